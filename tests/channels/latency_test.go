package channels

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/all"
	"github.com/tidemark/tidemark/channels/walmart/walmarttest"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
)

// distances are all drivers, in the ways of pushing that differ in how many calls are under way at once. A call holds as few items as make it
// what it is: how many they are changes nothing on a clock that stands meanwhile.
func distances() map[string]subject {
	all := subjects()
	all["walmart, one by one"] = subject{
		driver: "walmart", batch: 1, more: settings.Values{"feeds": false},
		// 200 a minute.
		floor: func(n int) time.Duration { return perSecond(n, 200.0/60) },
		start: func(t testing.TB, now func() time.Time) fake {
			return walmarttest.Start(t, walmarttest.Options{Throttle: true, Now: now})
		},
	}
	for name, one := range all {
		switch {
		case one.batch > 5000:
			one.batch, one.calls = 12, 12 // more than feed_from, so that it is a feed
		default:
			one.batch = min(one.batch, 2)
		}
		all[name] = one
	}
	return all
}

// climb is until a push has its full pace, with some more.
const climb = 15 * time.Second

// pace is how a steady push went.
type pace struct {
	took, floor         time.Duration
	calls               int
	throttled, overruns int
}

// reached is the part of the floor's pace, in percent.
func (p pace) reached() float64 { return 100 * p.floor.Seconds() / p.took.Seconds() }

// steady pushes so many calls at the full pace to a store that answers after the latency, ±50 %. The floor is the larger of what our share of
// the store's rate allows, and of what the calls took one after the other, divided by how many may be under way at once.
func (s subject) steady(t testing.TB, latency time.Duration, calls int) pace {
	at := newClock()
	store, to := s.open(t, at)
	to.batch = s.batch
	p := newPushing(t, at, to, s.location)
	way := newSlow(at, latency)
	p.push.Drivers, p.push.After = way.drivers(p.push.Drivers), way.wait
	rows := s.batch * calls
	levels := catalogue(rows, 10)
	store.Set(nil, items(s.location, levels)...)
	p.take()
	// The first pushes look items up and climb to the full pace, which takes 10 clean seconds.
	for figure, begin := int64(10), at.now(); at.now().Sub(begin) < climb; figure += 7 {
		p.report(catalogue(rows, figure))
		p.run()
	}
	result := pace{throttled: -store.Throttled(), overruns: -store.Overruns()}
	p.report(catalogue(rows, 5000))
	way.made = nil
	p.run()
	require.Equal(t, map[ledger.Status]int64{ledger.StatusExported: int64(rows)}, p.statuses())

	result.throttled += store.Throttled()
	result.overruns += store.Overruns()
	counted := way.made
	if !s.reports {
		counted = slices.DeleteFunc(counted, func(one made) bool { return one.operation == channels.Polling })
	}
	slices.SortFunc(counted, func(a, b made) int { return a.began.Compare(b.began) })
	for counted[len(counted)-1].operation == channels.Polling { // whoever waits for the last reports has nothing else to do
		counted = counted[:len(counted)-1]
	}
	result.calls = len(counted)
	result.took = counted[len(counted)-1].began.Sub(counted[0].began)
	result.floor = max(seconds(s.floor(len(counted)).Seconds()/share), s.oneAfterTheOther(t, to, counted))
	result.floor -= result.floor / time.Duration(len(counted)) // between n calls lie n-1 gaps
	return result
}

// oneAfterTheOther is how long calls take when as many are under way as may be.
func (s subject) oneAfterTheOther(t testing.TB, to shop, calls []made) time.Duration {
	channel, err := all.Drivers()[s.driver].Open("shop", to.settings, to.environment)
	require.NoError(t, err)
	limits := channel.Limits()
	longest := time.Duration(0)
	whole, meters := time.Duration(0), map[string]time.Duration{}
	for _, one := range calls {
		whole += one.took
		meters[one.meter] += one.took
	}
	for name, took := range meters {
		if most := limits.Rates[name].Calls; most > 0 {
			longest = max(longest, took/time.Duration(most))
		}
	}
	return max(longest, whole/time.Duration(max(limits.Calls, 1)))
}

// A push to a store that answers after 400 ms runs at the store's own limit: its budget, or one call at a time where it takes no more. Nothing
// is throttled, and no call is over the budget.
func TestPushWaitsForTheStoresLimitAlone(t *testing.T) {
	t.Parallel()
	for name, subject := range distances() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := subject.steady(t, 400*time.Millisecond, cmp.Or(subject.calls, 80))
			t.Logf("%d calls took %s of %s", found.calls, found.took, found.floor)
			require.GreaterOrEqual(t, found.reached(), 95.0, "%d calls took %s, the floor is %s", found.calls, found.took, found.floor)
			require.Zero(t, found.throttled)
			require.Zero(t, found.overruns)
		})
	}
}

// BenchmarkLatency reports, for stores that answer after a while, the part of the floor's pace that the push reached.
func BenchmarkLatency(b *testing.B) {
	for name, subject := range distances() {
		for _, latency := range []int{50, 400, 1000} {
			b.Run(fmt.Sprintf("%s/%d ms", name, latency), func(b *testing.B) {
				for range b.N {
					found := subject.steady(b, time.Duration(latency)*time.Millisecond, cmp.Or(subject.calls, 150))
					b.ReportMetric(found.reached(), "%-of-floor")
					b.ReportMetric(found.floor.Seconds(), "floor-s")
					b.ReportMetric(found.took.Seconds(), "virtual-s")
					b.ReportMetric(float64(found.calls), "calls")
					b.ReportMetric(float64(found.throttled), "throttled")
					b.ReportMetric(float64(found.overruns), "overruns")
				}
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}
