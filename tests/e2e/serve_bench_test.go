package e2e

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// part is the value below which so many percent of the values lie.
func part(sorted []time.Duration, percent int) float64 {
	return float64(sorted[(len(sorted)*percent+99)/100-1].Microseconds()) / 1000
}

// BenchmarkHookToStore measures how long an event takes from its POST until the store has answered the call that carries it, on an idle
// connection: through starter serve, Temporal, a worker and an SQLite ledger. The promise is 500 ms at the median and 1.5 s at the 99th
// percentile.
func BenchmarkHookToStore(b *testing.B) {
	const events = 100
	one := shop{id: "shop", kind: "atomic", rate: 1000}
	for range b.N {
		w := newWorld(b, scenario(200, one))
		w.apply(withHook(w.box.definitions(one)), ledger.ApplyOptions{})
		w.work()
		w.firstFull("shop")
		front := w.serve("")
		var took []time.Duration
		for i := range events {
			calls := w.box.facts("shop").Calls
			began := time.Now()
			require.Equal(b, http.StatusAccepted, front.event(b.Context(), "e"+strconv.Itoa(i), "SKU-00001", int64(5000+i)))
			w.box.waitCalls("stores/shop", calls+1)
			took = append(took, time.Since(began))
			ctx, cancel := context.WithTimeout(b.Context(), patience)
			_, err := w.control.Wait(ctx, control.SyncAnswer{Workflow: workflows.EventsID("shop")})
			cancel()
			require.NoError(b, err)
		}
		require.Equal(b, int64(5000+events-1), w.box.levels("shop")[place{"SKU-00001", ""}])
		slices.Sort(took)
		b.ReportMetric(part(took, 50), "p50-ms")
		b.ReportMetric(part(took, 99), "p99-ms")
	}
	b.ReportMetric(0, "ns/op")
}

// BenchmarkHookThroughput measures how many events a second are made durable and acknowledged: first 1,000 a second, one to a request, as
// is promised; then a flood of 600 senders with 20 events to a request, of which some are told to come later. Nothing that is
// acknowledged may be missing in the ledger.
func BenchmarkHookThroughput(b *testing.B) {
	const seconds = 15
	one := shop{id: "shop", kind: "atomic", rate: 1000}
	for range b.N {
		w := newWorld(b, scenario(600, one))
		w.apply(withHook(w.box.definitions(one)), ledger.ApplyOptions{})
		w.work()
		w.firstFull("shop")
		front := w.serve("")
		http.DefaultTransport.(*http.Transport).MaxIdleConnsPerHost = 600

		tickets := make(chan struct{}, seconds*1000)
		ctx, cancel := context.WithTimeout(b.Context(), seconds*time.Second)
		go func() {
			ticker := time.NewTicker(10 * time.Millisecond)
			defer ticker.Stop()
			given := 0
			for began := time.Now(); ctx.Err() == nil; <-ticker.C {
				for ; given < min(int(time.Since(began).Milliseconds()), cap(tickets)); given++ {
					tickets <- struct{}{}
				}
			}
		}()
		steady := w.load(ctx, front, 60, 0, 1, tickets)
		cancel()
		ctx, cancel = context.WithTimeout(b.Context(), seconds*time.Second)
		flood := w.load(ctx, front, 600, 60, 20, nil)
		cancel()
		b.ReportMetric(float64(steady.accepted)/seconds, "steady/s")
		b.ReportMetric(float64(steady.busy), "steady-503")
		b.ReportMetric(part(steady.took, 99), "steady-p99-ms")
		require.Positive(b, flood.busy, "a flood is more than is taken")
		b.ReportMetric(float64(flood.accepted)/seconds, "flood/s")
		b.ReportMetric(float64(flood.busy)/seconds, "flood-503/s")
		w.recorded(steady.last)
		w.recorded(flood.last)
	}
	b.ReportMetric(0, "ns/op")
}

// loaded is what became of a load.
type loaded struct {
	accepted, busy int64 // events
	took           []time.Duration
	last           map[string]int64 // the last figure of each SKU that was acknowledged
}

// load has senders send events, so many to a request and one request after the other, each of an SKU of its own, until the context
// ends. With tickets they wait for one before each.
func (w *world) load(ctx context.Context, front *face, senders, from, each int, tickets <-chan struct{}) loaded {
	w.t.Helper()
	result := loaded{last: map[string]int64{}}
	var accepted, busy atomic.Int64
	var mutex sync.Mutex
	var done sync.WaitGroup
	for sender := from; sender < from+senders; sender++ {
		done.Go(func() {
			sku := fmt.Sprintf("LOAD-%05d", sender)
			var took []time.Duration
			last := int64(-1)
			for i := int64(0); ctx.Err() == nil; i++ {
				if tickets != nil {
					select {
					case <-tickets:
					case <-ctx.Done():
						continue
					}
				}
				began := time.Now()
				id := fmt.Sprintf("%s-%d", sku, i)
				status, _ := front.send(w.t.Context(), id, "/hooks/depot", "application/json", events(sku, i*int64(each), each))
				switch status {
				case http.StatusAccepted:
					accepted.Add(int64(each))
					took = append(took, time.Since(began))
					last = (i+1)*int64(each) - 1
				case http.StatusServiceUnavailable:
					busy.Add(int64(each))
				}
			}
			mutex.Lock()
			defer mutex.Unlock()
			result.took = append(result.took, took...)
			if last >= 0 {
				result.last[sku] = last
			}
		})
	}
	done.Wait()
	slices.Sort(result.took)
	result.accepted, result.busy = accepted.Load(), busy.Load()
	return result
}

// events are so many events of a SKU, with rising figures.
func events(sku string, from int64, each int) string {
	list := make([]string, each)
	for i := range list {
		list[i] = fmt.Sprintf(`{"sku":%q,"facility":"east","available":%d}`, sku, from+int64(i))
	}
	return "[" + strings.Join(list, ",") + "]"
}

// recorded waits until the ledger has what was acknowledged. A sender's later event that was not acknowledged may have come after it.
func (w *world) recorded(last map[string]int64) {
	w.t.Helper()
	for sku, figure := range last {
		waitFor(w.t, "the last event of "+sku+" is recorded", func(ctx context.Context) error {
			rows, err := w.ledger.Levels(ctx, "depot", sku, ledger.Page{})
			if err == nil && (len(rows) != 1 || rows[0].Available < figure) {
				err = fmt.Errorf("%d is not there yet: %v", figure, rows)
			}
			return err
		})
	}
}
