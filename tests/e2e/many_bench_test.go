package e2e

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/ledger/ledgertest"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/workflows"
)

// full asks for a Full Sync of each connection at once, and returns how long all of them took together.
func (w *world) full(b *testing.B, connections ...string) time.Duration {
	b.Helper()
	return w.all(b, ledger.Full, connections...)
}

// all asks for a run of each connection at once, and returns how long all of them took together.
func (w *world) all(b *testing.B, mode ledger.Mode, connections ...string) time.Duration {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), 20*time.Minute)
	defer cancel()
	began := time.Now()
	var answers []control.SyncAnswer
	for _, connection := range connections {
		answers = append(answers, w.ask(mode, connection, workflows.SyncRequest{}))
	}
	for _, answer := range answers {
		report, err := w.control.Wait(ctx, answer)
		require.NoError(b, err)
		require.Equal(b, ledger.Completed, report.Outcome, report.Reason)
	}
	return time.Since(began)
}

// median is the middle of how long something took, of several times.
func median(times int, once func() time.Duration) time.Duration {
	took := make([]time.Duration, times)
	for i := range took {
		took[i] = once()
	}
	slices.Sort(took)
	return took[times/2]
}

// BenchmarkManyConnections has 100 connections of 500 SKUs due at one moment, with one worker and with two, on both databases. Its floor is one of
// them alone, times 100, divided by the two processors that everything shares: workers, Temporal, databases, stores.
func BenchmarkManyConnections(b *testing.B) {
	const connections, skus, processors = 100, 500, 2
	var shops []shop
	var names []string
	for i := range connections {
		shops = append(shops, shop{id: fmt.Sprintf("shop-%03d", i), kind: "atomic", batch: 250, rate: 1000})
		names = append(names, shops[i].id)
	}
	for _, database := range []string{"sqlite", "postgres"} {
		for _, workers := range []int{1, 2} {
			b.Run(fmt.Sprintf("%s/%d workers", database, workers), func(b *testing.B) {
				for range b.N {
					w := newWorld(b, scenario(skus, shops...), func(w *world) {
						if database == "postgres" {
							w.location = ledgertest.Postgres(b)
						}
					})
					w.apply(w.box.definitions(shops...), ledger.ApplyOptions{})
					for range workers {
						w.work()
					}
					for _, name := range names {
						w.firstFull(name)
					}
					alone := median(5, func() time.Duration { return w.full(b, names[0]) })
					all := w.full(b, names...)
					b.ReportMetric(alone.Seconds(), "alone-s")
					b.ReportMetric(all.Seconds(), "all-s")
					b.ReportMetric(all.Seconds()/(alone.Seconds()*connections/processors), "all/floor")
				}
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// BenchmarkSmallBesideHuge measures how much longer a merchant of 500 SKUs waits for a Full Sync while another one's of 100,000 is pushed, in calls of
// 50, by the same worker.
func BenchmarkSmallBesideHuge(b *testing.B) {
	for range b.N {
		text := strings.Replace(scenario(500, shop{id: "small", kind: "atomic", batch: 50, rate: 1000}, shop{id: "huge", kind: "atomic", batch: 50, rate: 100}),
			"stores:", "  - {id: mountain, facilities: [east], skus: 100000}\nstores:", 1)
		w := newWorld(b, text)
		small := w.box.definitions(shop{id: "small", kind: "atomic", batch: 50, rate: 1000})
		huge := w.box.definitions(shop{id: "huge", kind: "atomic", batch: 50, rate: 100})
		huge.Warehouses[0].ID, huge.Warehouses[0].Merchant = "mountain", "birch"
		huge.Warehouses[0].Settings = settings.Values{"endpoint": w.box.address + "/warehouses/mountain", "token": "env:SANDBOX_TOKEN", "page": int64(5000)}
		huge.Stores[0].Merchant, huge.Connections[0].Merchant, huge.Connections[0].Warehouse = "birch", "birch", "mountain"
		small.Warehouses, small.Stores = append(small.Warehouses, huge.Warehouses...), append(small.Stores, huge.Stores...)
		small.Connections = append(small.Connections, huge.Connections...)
		w.apply(small, ledger.ApplyOptions{})
		w.work()
		w.firstFull("small")
		w.firstFull("huge")
		alone := median(9, func() time.Duration { return w.full(b, "small") })
		answer := w.ask(ledger.Full, "huge", workflows.SyncRequest{})
		waitFor(b, "the huge one pushes", func(ctx context.Context) error {
			if progress, err := w.control.Progress(ctx, answer.Workflow); err != nil || progress.Phase != "pushing" {
				return fmt.Errorf("it is %q (%w)", progress.Phase, err)
			}
			return nil
		})
		beside := median(9, func() time.Duration { return w.full(b, "small") })
		progress, err := w.control.Progress(b.Context(), answer.Workflow)
		require.NoError(b, err)
		require.Equal(b, "pushing", progress.Phase, "the huge one is still under way")
		b.ReportMetric(alone.Seconds(), "alone-s")
		b.ReportMetric(beside.Seconds(), "beside-s")
		b.ReportMetric(beside.Seconds()/alone.Seconds(), "beside/alone")
	}
	b.ReportMetric(0, "ns/op")
}

// BenchmarkGrowth measures a Smart Sync in which nothing changed at 10,000 and 100,000 levels; BenchmarkMillionLevels has a million.
func BenchmarkGrowth(b *testing.B) {
	for _, levels := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(levels), func(b *testing.B) {
			one := shop{id: "shop", kind: "atomic", batch: 10_000, rate: 1000}
			for range b.N {
				w := newWorld(b, scenario(levels, one))
				w.apply(w.box.definitions(one), ledger.ApplyOptions{})
				worker := w.work()
				w.measure(b, "full", worker, control.SyncAnswer{Workflow: workflows.WorkflowID(ledger.Full, "shop")})
				worker.stop(syscall.SIGTERM)
				worker = w.work()
				w.measure(b, "nothing", worker, w.ask(ledger.Smart, "shop", workflows.SyncRequest{}))
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkConnections measures the growth by connections to one warehouse of 2,000 levels: how long all of them take together for a Full Sync that
// pushes every row, and for a Smart Sync with nothing changed, and the worker's peak memory.
func BenchmarkConnections(b *testing.B) {
	for _, connections := range []int{1, 10, 100} {
		b.Run(fmt.Sprint(connections), func(b *testing.B) {
			var shops []shop
			var names []string
			for i := range connections {
				shops = append(shops, shop{id: fmt.Sprintf("shop-%03d", i), kind: "atomic", batch: 2000, rate: 1000})
				names = append(names, shops[i].id)
			}
			for range b.N {
				w := newWorld(b, scenario(2000, shops...))
				w.apply(w.box.definitions(shops...), ledger.ApplyOptions{})
				worker := w.work()
				for _, name := range names {
					w.firstFull(name)
				}
				b.ReportMetric(w.full(b, names...).Seconds(), "full-s")
				b.ReportMetric(peak(b, worker), "full-MB")
				worker.stop(syscall.SIGTERM)
				worker = w.work()
				b.ReportMetric(w.all(b, ledger.Smart, names...).Seconds(), "nothing-s")
				b.ReportMetric(peak(b, worker), "nothing-MB")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}
