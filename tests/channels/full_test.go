package channels

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/shopify/shopifytest"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
)

// A Full Sync to a shop with 2,000 points, 100 a second, that answers after 400 ms.
const (
	points            = 2000.0
	perSecondOfPoints = 100.0
	mutation          = 10.0
	away              = 400 * time.Millisecond
	shopPlace         = "655441491"
)

// fulls is how long two Full Syncs took, with the floors beside them.
type fulls struct {
	first, firstFloor time.Duration
	known, knownFloor time.Duration
	throttled         int
	overruns          int
}

// fullSyncs makes a first Full Sync, which looks everything up, and an hour later one of everything that is known by then.
func fullSyncs(t testing.TB, skus, batch, find int) fulls {
	at := newClock()
	one := subject{
		driver: "shopify", location: shopPlace, more: settings.Values{"find_limit": int64(find)},
		start: func(t testing.TB, now func() time.Time) fake {
			return shopifytest.Start(t, shopifytest.Options{Locations: []string{shopPlace}, Now: now})
		},
	}
	store, to := one.open(t, at)
	to.batch = batch
	p := newPushing(t, at, to, shopPlace)
	p.mode = ledger.Full
	way := newSlow(at, away)
	p.push.Drivers, p.push.After = way.drivers(p.push.Drivers), way.wait
	levels := catalogue(skus, 10)
	store.Set(nil, items(shopPlace, levels)...)
	full := func() (took time.Duration, calls []made) {
		p.take()
		p.report(levels)
		began := at.now()
		way.made = nil
		p.run()
		p.end()
		require.Equal(t, map[ledger.Status]int64{ledger.StatusExported: int64(skus)}, p.statuses())
		return at.now().Sub(began), way.made
	}
	var result fulls
	var calls []made
	result.first, calls = full()
	lookups := 0.0
	for _, one := range calls {
		if one.operation == channels.Looking {
			lookups += one.cost
		}
	}
	result.firstFloor = max(seconds(lookups/(share*perSecondOfPoints)), one.oneAfterTheOther(t, to, calls))

	at.after(time.Hour)
	result.known, calls = full()
	require.Len(t, calls, (skus+batch-1)/batch)
	short := mutation*float64(len(calls)) - share*points
	result.knownFloor = max(seconds(short/(share*perSecondOfPoints)), one.oneAfterTheOther(t, to, calls))
	result.throttled, result.overruns = store.Throttled(), store.Overruns()
	return result
}

func seconds(n float64) time.Duration { return time.Duration(n * float64(time.Second)) }

// TestFullSyncOfAShopFarAway is row 4 of docs/performance.md with few rows in a call.
func TestFullSyncOfAShopFarAway(t *testing.T) {
	t.Parallel()
	found := fullSyncs(t, 800, 5, 5)
	t.Logf("known: %s of %s; first: %s of %s", found.known, found.knownFloor, found.first, found.firstFloor)
	require.LessOrEqual(t, found.known.Seconds(), 1.2*found.knownFloor.Seconds(), "of everything that is known")
	require.LessOrEqual(t, found.first.Seconds(), 1.5*found.firstFloor.Seconds(), "the first one")
	require.Zero(t, found.throttled)
	require.Zero(t, found.overruns)
}

// BenchmarkFullSync is row 4 of docs/performance.md.
func BenchmarkFullSync(b *testing.B) {
	for range b.N {
		found := fullSyncs(b, 40_000, 250, 100)
		b.ReportMetric(found.known.Seconds(), "virtual-s")
		b.ReportMetric(found.knownFloor.Seconds(), "floor-s")
		b.ReportMetric(found.known.Seconds()/found.knownFloor.Seconds(), "took/floor")
		b.ReportMetric(found.first.Seconds(), "first-virtual-s")
		b.ReportMetric(found.firstFloor.Seconds(), "first-floor-s")
		b.ReportMetric(found.first.Seconds()/found.firstFloor.Seconds(), "first-took/floor")
		b.ReportMetric(float64(found.throttled), "throttled")
		b.ReportMetric(float64(found.overruns), "overruns")
	}
	b.ReportMetric(0, "ns/op")
}
