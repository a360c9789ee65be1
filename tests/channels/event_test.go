package channels

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels/shopify/shopifytest"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// slowShop is a shop with 25 points a second, of which a Full Sync of 30,000 SKUs takes a minute.
const (
	slowShopPoints   = 25
	slowShopCapacity = 500
)

// events is what became of events that came while a Full Sync was under way, one after each call.
type events struct {
	waits []time.Duration // until the call with the figure came to the store, in order
	calls int
	stale []string // calls with a figure that the ledger knew to be stale when they began
}

// duringAFullSync has an event come whenever a call was answered, about any SKU.
func duringAFullSync(t testing.TB, skus, batch int) events {
	at := newClock()
	one := subject{driver: "shopify", location: shopPlace, start: func(t testing.TB, now func() time.Time) fake {
		return shopifytest.Start(t, shopifytest.Options{Locations: []string{shopPlace}, Capacity: slowShopCapacity, PerSecond: slowShopPoints, Now: now})
	}}
	store, to := one.open(t, at)
	to.batch = batch
	p := newPushing(t, at, to, shopPlace)
	p.mode = ledger.Full
	way := newSlow(at, away)
	p.push.Drivers, p.push.After = way.drivers(p.push.Drivers), way.wait
	levels := catalogue(skus, 10)
	store.Set(nil, items(shopPlace, levels)...)
	p.take()
	p.report(levels)
	p.run() // everything is looked up
	p.end()
	at.after(time.Hour)

	p.take()
	p.report(levels)
	way.made = nil
	random := rand.New(rand.NewPCG(11, 4))
	came := map[string][]time.Time{} // the nth has the figure 1,000,000 + n
	full := (skus + batch - 1) / batch
	heard := 0
	way.answered = func() {
		if heard == full-1 { // the Full Sync may be over with the next call
			return
		}
		heard++
		sku := fmt.Sprintf("SKU-%06d", random.IntN(skus))
		came[sku] = append(came[sku], at.now())
		_, err := p.ledger.Observe(t.Context(), warehouseID, []ledger.Observation{{
			Event: fmt.Sprint("event-", heard),
			Level: inventory.Level{SKU: sku, Facility: facility, Available: 1_000_000 + int64(len(came[sku]))},
		}}, at.now())
		require.NoError(t, err)
	}
	p.run()
	require.Equal(t, map[ledger.Status]int64{ledger.StatusExported: int64(skus)}, p.statuses())
	require.Zero(t, store.Throttled())
	require.Zero(t, store.Overruns())

	var found events
	found.calls = len(way.made)
	slices.SortFunc(way.made, func(a, b made) int { return a.arrived().Compare(b.arrived()) })
	for sku, times := range came {
		for n, event := range times {
			reached := slices.IndexFunc(way.made, func(one made) bool { return one.figures[sku] > 1_000_000+int64(n) })
			require.GreaterOrEqual(t, reached, 0, "the store was never told of event %d of %s", n, sku)
			found.waits = append(found.waits, way.made[reached].arrived().Sub(event))
		}
		for _, one := range way.made {
			figure, told := one.figures[sku]
			known := int64(0)
			for n, event := range times {
				if !one.began.Before(event) {
					known = 1_000_000 + int64(n) + 1
				}
			}
			if told && figure < known {
				found.stale = append(found.stale, fmt.Sprintf("%s: %d at %s, when the ledger had %d", sku, figure, one.began, known))
			}
		}
	}
	slices.Sort(found.waits)
	return found
}

func (e events) percentile(n int) time.Duration { return e.waits[(len(e.waits)-1)*n/100] }

// Events that come while a Full Sync is under way reach the store's API within two seconds, though the shop takes two calls a second, and no
// call that begins after an event has the figure before it.
func TestEventsDuringAFullSyncFarAway(t *testing.T) {
	t.Parallel()
	found := duringAFullSync(t, 360, 3)
	t.Logf("%d calls, %d events: p50 %s, p99 %s, max %s", found.calls, len(found.waits), found.percentile(50), found.percentile(99), found.percentile(100))
	require.Greater(t, len(found.waits), 100)
	require.Less(t, found.percentile(99), 2*time.Second)
	require.Empty(t, found.stale)
}

// BenchmarkEventsDuringAFullSync is the same with 30,000 SKUs, 250 a call.
func BenchmarkEventsDuringAFullSync(b *testing.B) {
	for range b.N {
		found := duringAFullSync(b, 30_000, 250)
		b.ReportMetric(float64(len(found.waits)), "events")
		b.ReportMetric(float64(found.calls), "calls")
		for _, n := range []int{50, 90, 99, 100} {
			b.ReportMetric(found.percentile(n).Seconds(), fmt.Sprintf("p%d-s", n))
		}
		b.ReportMetric(float64(len(found.stale)), "stale")
	}
	b.ReportMetric(0, "ns/op")
}
