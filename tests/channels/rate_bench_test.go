package channels

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

// BenchmarkRate pushes 100 calls, or 12 feeds, of 250 SKUs at most, through the real push loop to each driver's fake at the vendor's
// published rate, on a clock that moves only while somebody waits, and reports:
//
//   - allowed: the part of the rate that we may use (the share of 80 %) that the push really used in the steady state, in percent; at
//     least 95 is promised. More than 100 is what had gathered in the store's bucket before;
//   - floor: the time that the calls take at the whole published rate, divided by the time from the first of them to the last. Asking
//     for reports is one of the calls where the store counts it with the others; where it has a rate of its own it is not, and the
//     wait for the last report is no part of the time;
//   - throttled and overruns: answers and calls over the store's bucket, as the fake counts them; none are promised.
//
// Pushes before it bring the pace up, and find the items in stores that have ids of their own.
func BenchmarkRate(b *testing.B) {
	for name, subject := range subjects() {
		calls, batch := 100, min(subject.batch, 250)
		if subject.batch > 5000 {
			calls = 12 // feeds
		}
		rows := cmp.Or(subject.few, calls*batch)
		b.Run(name, func(b *testing.B) {
			for range b.N {
				at := newClock()
				store, to := subject.open(b, at)
				to.batch = batch
				p := newPushing(b, at, to, subject.location)
				levels := catalogue(rows, 10)
				store.Set(nil, items(subject.location, levels)...)
				p.take()
				// The first pushes look items up and climb to the full pace, which takes 10 clean seconds.
				for figure, begin := int64(10), at.now(); at.now().Sub(begin) < climb; figure += 7 {
					p.report(catalogue(rows, figure))
					p.run()
				}
				require.Equal(b, map[ledger.Status]int64{ledger.StatusExported: int64(rows)}, p.statuses())

				p.report(catalogue(rows, 5000))
				p.calls = nil
				began := at.now()
				p.run()
				require.Equal(b, map[ledger.Status]int64{ledger.StatusExported: int64(rows)}, p.statuses())
				counted := slices.Clone(p.calls)
				if !subject.reports {
					counted = slices.DeleteFunc(counted, func(one call) bool { return one.report })
				}
				for counted[len(counted)-1].report { // whoever waits for the last reports has nothing else to do
					counted = counted[:len(counted)-1]
				}
				took := counted[len(counted)-1].at.Sub(counted[0].at)
				floor := subject.floor(len(counted))
				floor -= floor / time.Duration(len(counted)) // between n calls lie n-1 gaps
				allowed := 100 * floor.Seconds() / share / took.Seconds()
				require.GreaterOrEqual(b, allowed, 95.0)
				require.Zero(b, store.Throttled())
				require.Zero(b, store.Overruns())
				b.ReportMetric(allowed, "%-allowed")
				b.ReportMetric(floor.Seconds()/took.Seconds(), "floor/took")
				b.ReportMetric(took.Seconds(), "virtual-s")
				b.ReportMetric(at.now().Sub(began).Seconds(), "done-s")
				b.ReportMetric(float64(len(p.calls)), "calls")
				b.ReportMetric(float64(store.Throttled()), "throttled")
				b.ReportMetric(float64(store.Overruns()), "overruns")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}
