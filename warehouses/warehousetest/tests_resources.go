package warehousetest

import (
	"context"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses"
)

func (s Subject) leavesNoGoroutine(t *testing.T) {
	before := goleak.IgnoreCurrent()
	t.Run("fetches", func(t *testing.T) { // its fake ends with it
		warehouse := s.Start(t, Stock(2*PageRows))
		source := warehouse.Open(t)
		whole(t, source, warehouses.Request{})

		ctx, cancel := context.WithCancel(t.Context())
		_, err := source.Fetch(ctx, warehouses.Request{}, func(context.Context, []inventory.Row) error {
			cancel()
			return nil
		})
		require.ErrorIs(t, err, context.Canceled)

		warehouse.Provoke(t, BreaksOff)
		_, err = source.Fetch(t.Context(), warehouses.Request{}, new(fetched).sink)
		require.Error(t, err)
	})
	goleak.VerifyNone(t, before)
}

// The stock with which memory is measured, and how much more may be in use at its end than at its beginning. The rows of the
// stock, held, would take about twelve times as much.
const (
	measuredRows  = 60 * PageRows
	measuredPages = 5
	mayGrow       = 1 << 20 // bytes
)

func (s Subject) memoryIsBounded(t *testing.T) {
	source := s.Start(t, Stock(measuredRows)).Open(t)
	early, late, rows := uint64(0), uint64(0), 0
	_, err := source.Fetch(t.Context(), warehouses.Request{}, func(_ context.Context, page []inventory.Row) error {
		require.LessOrEqual(t, len(page), PageRows)
		rows += len(page)
		switch {
		case early == 0 && rows >= measuredPages*PageRows:
			early = inUse()
		case rows == measuredRows:
			late = inUse()
		}
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, measuredRows, rows)
	require.Less(t, late, early+mayGrow, "in use after %d rows, and after %d", measuredPages*PageRows, measuredRows)
}

func inUse() uint64 {
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return memory.HeapAlloc
}

// Benchmark reads a stock of so many rows, and reports what a row costs and the most memory that was in use, of the fake too.
func Benchmark(b *testing.B, subject Subject, rows int) {
	b.Helper()
	source := subject.Start(b, Stock(rows)).Open(b)
	before := inUse()
	most := before
	b.ReportAllocs()
	for b.Loop() {
		pages := 0
		snapshot, err := source.Fetch(b.Context(), warehouses.Request{}, func(context.Context, []inventory.Row) error {
			if pages++; pages%100 == 0 {
				most = max(most, inUse())
			}
			return nil
		})
		require.NoError(b, err)
		require.Equal(b, rows, snapshot.Rows)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(rows), "ns/row")
	b.ReportMetric(float64(most-before)/(1<<20), "MiB-held")
}
