package shiphero_test

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/shiphero"
	"github.com/tidemark/tidemark/warehouses/shiphero/shipherotest"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestConformance: full fetches read the file of a snapshot.
func TestConformance(t *testing.T) {
	subject := subject("snapshot")
	subject.Excused[warehousetest.Repeats] = "a file has no pages; TestConformanceOfPages shows it"
	warehousetest.Run(t, subject)
}

// TestConformanceOfPages: full fetches read page by page.
func TestConformanceOfPages(t *testing.T) {
	subject := subject("pages")
	subject.Excused[warehousetest.Truncated] = "ShipHero does not count its list, so only the guard can notice that it ends early; the file of a snapshot " +
		"proves its end"
	warehousetest.Run(t, subject)
}

func BenchmarkMillionRows(b *testing.B) { warehousetest.Benchmark(b, subject("snapshot"), 1_000_000) }

func subject(full string) warehousetest.Subject {
	return warehousetest.Subject{
		Driver: shiphero.Driver(),
		Start: func(t testing.TB, stock []warehousetest.Item) warehousetest.Warehouse {
			return hurried{shipherotest.Start(t, stock), full}
		},
		Unreadable: warehousetest.UnreadableJSON("available"),
		Excused: map[warehousetest.Fault]string{
			warehousetest.RowsWithTime: "updated_at tells when a level last changed, not when its figure was so, and is not read",
		},
	}
}

// hurried is a fake whose sources never wait.
type hurried struct {
	*shipherotest.Warehouse
	full string
}

func (h hurried) Open(t testing.TB) warehouses.Source { return h.OpenWith(t, nil) }

// OpenWith returns a source with other settings on top.
func (h hurried) OpenWith(t testing.TB, other map[string]any) warehouses.Source {
	raw := map[string]any{"full": h.full, "page": 500}
	maps.Copy(raw, other)
	return open(t, h.Warehouse, warehousetest.NewClock(), raw)
}

// open returns a source that waits by a clock of the test.
func open(t testing.TB, fake *shipherotest.Warehouse, clock *warehousetest.Clock, other map[string]any) warehouses.Source {
	t.Helper()
	source, err := shiphero.OpenAt(shipherotest.ID, fake.Settings(other), warehousetest.Environment(), clock.Now, clock.Wait)
	require.NoError(t, err)
	return source
}
