package channels

import (
	"cmp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

// BenchmarkRate pushes 100,000 SKUs through the real push loop to each driver's fake at the vendor's published rate, on a clock that
// moves only while somebody waits, and reports:
//
//   - allowed: the part of the rate that we may use (the share of 80 %) that the push really used in the steady state, in percent; at
//     least 95 is promised;
//   - floor: the time that the calls take at the whole published rate, divided by the time that they took;
//   - throttled and overruns: answers and calls over the store's bucket, as the fake counts them; none are promised.
//
// A smaller push before brings the pace up, and finds the items in stores that have ids of their own.
func BenchmarkRate(b *testing.B) {
	for name, subject := range subjects() {
		rows := cmp.Or(subject.few, 100_000)
		b.Run(name, func(b *testing.B) {
			for range b.N {
				at := newClock()
				store, to := subject.open(b, at)
				p := newPushing(b, at, to, subject.location)
				levels := catalogue(rows, 10)
				store.Set(nil, items(subject.location, levels)...)
				p.take()
				// The first pushes look items up and climb to the full pace, which takes 10 clean seconds.
				for figure, begin := int64(10), at.now(); at.now().Sub(begin) < 30*time.Second; figure += 7 {
					p.report(catalogue(rows, figure))
					p.run()
				}
				require.Equal(b, map[ledger.Status]int64{ledger.StatusExported: int64(rows)}, p.statuses())

				before := store.Calls(nil)
				p.report(catalogue(rows, 5000))
				began := at.now()
				p.run()
				took := at.now().Sub(began)
				require.Equal(b, map[ledger.Status]int64{ledger.StatusExported: int64(rows)}, p.statuses())
				floor := subject.floor(rows)
				b.ReportMetric(100*floor.Seconds()/share/took.Seconds(), "%-allowed")
				b.ReportMetric(floor.Seconds()/took.Seconds(), "floor/took")
				b.ReportMetric(took.Seconds(), "virtual-s")
				b.ReportMetric(float64(store.Calls(nil)-before), "calls")
				b.ReportMetric(float64(store.Throttled()), "throttled")
				b.ReportMetric(float64(store.Overruns()), "overruns")
				b.Logf("%s: floor %s, took %s", name, floor, took)
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}
