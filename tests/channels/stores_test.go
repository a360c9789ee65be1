package channels

import (
	"maps"
	"testing"
	"time"

	"github.com/tidemark/tidemark/channels/adobecommerce/adobecommercetest"
	"github.com/tidemark/tidemark/channels/amazon/amazontest"
	"github.com/tidemark/tidemark/channels/bigcommerce/bigcommercetest"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/ebay/ebaytest"
	"github.com/tidemark/tidemark/channels/shopify/shopifytest"
	"github.com/tidemark/tidemark/channels/vendure/venduretest"
	"github.com/tidemark/tidemark/channels/walmart/walmarttest"
	"github.com/tidemark/tidemark/channels/woocommerce/woocommercetest"
	"github.com/tidemark/tidemark/settings"
)

// fake is a running fake of a store that counts what it had to refuse.
type fake interface {
	channeltest.Store
	Settings() settings.Values
	Environment() settings.Environment
	Overruns() int
	Throttled() int
}

// subject is a driver and how to start its fake.
type subject struct {
	driver   string
	location string
	// batch is how many items the store takes in a call, to know what a push without an offender costs.
	batch int
	// few is how many items this way of pushing is for; 0 is any number.
	few int
	// calls is how many calls say something of the pace, where they are few; 0 is any number.
	calls int
	// named is true when the store's answer names an offender.
	named bool
	// floor is how long n calls take at the published rate.
	floor func(n int) time.Duration
	// reports is true when asking for a report counts against the same rate.
	reports bool
	start   func(t testing.TB, now func() time.Time) fake
	more    settings.Values
}

// poison makes an item that the store will never take, in the store's own way, and returns its channel SKU.
func poison(store fake) string {
	if poisoner, ok := store.(interface{ Poison(sku string) }); ok {
		poisoner.Poison("SKU-POISON")
		return "SKU-POISON"
	}
	return store.Offender(nil).ChannelSKU
}

// perSecond is the time that calls take at a rate.
func perSecond(calls int, rate float64) time.Duration {
	return time.Duration(float64(calls) / rate * float64(time.Second))
}

// calls is how many calls n items need.
func calls(n, batch int) int { return (n + batch - 1) / batch }

// subjects are all drivers of real stores, under the rates that the vendors publish (docs/channels).
func subjects() map[string]subject {
	return map[string]subject{
		"shopify": {
			driver: "shopify", location: "655441491", batch: 250, named: true,
			// 10 points a call, 100 points a second on the standard plan.
			floor: func(n int) time.Duration { return perSecond(10*n, 100) },
			start: func(t testing.TB, now func() time.Time) fake {
				return shopifytest.Start(t, shopifytest.Options{Locations: []string{"655441491"}, Now: now})
			},
		},
		"amazon feed": {
			driver: "amazon", batch: 25_000, named: true, more: settings.Values{"feed_from": int64(10)},
			// createFeed: 0.0083 a second.
			floor: func(n int) time.Duration { return perSecond(n, 0.0083) },
			start: func(t testing.TB, now func() time.Time) fake {
				return amazontest.Start(t, amazontest.Options{Now: now})
			},
		},
		"amazon, one by one": {
			driver: "amazon", batch: 1, named: true, more: settings.Values{"confirm": "accepted"}, few: 250,
			// patchListingsItem: 5 a second.
			floor: func(n int) time.Duration { return perSecond(n, 5) },
			start: func(t testing.TB, now func() time.Time) fake {
				return amazontest.Start(t, amazontest.Options{Now: now})
			},
		},
		"adobecommerce": {
			driver: "adobecommerce", location: "default", batch: 1000, named: true, reports: true,
			// No published rate: the setting's default of 2 calls a second. Each bulk is asked about once, by consumers that are done
			// with it in time.
			floor: func(n int) time.Duration { return perSecond(n, 2) },
			start: func(t testing.TB, now func() time.Time) fake {
				return adobecommercetest.Start(t, adobecommercetest.Options{Throttle: true, Processing: 5 * time.Second, Now: now})
			},
		},
		"bigcommerce": {
			driver: "bigcommerce", location: "1", batch: 2000,
			// 450 calls in 30 seconds on the plan pro.
			floor: func(n int) time.Duration { return perSecond(n, 15) },
			start: func(t testing.TB, now func() time.Time) fake {
				return bigcommercetest.Start(t, bigcommercetest.Options{Locations: []string{"1"}, Now: now})
			},
		},
		"ebay": {
			driver: "ebay", batch: 25, named: true,
			// No published short-term rate: the setting's default of 10 calls a second.
			floor: func(n int) time.Duration { return perSecond(n, 10) },
			start: func(t testing.TB, now func() time.Time) fake {
				return ebaytest.Start(t, ebaytest.Options{Throttles: true, Now: now})
			},
		},
		"woocommerce": {
			driver: "woocommerce", batch: 100, named: true,
			// No published rate: the setting's default of 2 calls a second.
			floor: func(n int) time.Duration { return perSecond(n, 2) },
			start: func(t testing.TB, now func() time.Time) fake {
				return woocommercetest.Start(t, woocommercetest.Options{Throttles: 429, Now: now})
			},
		},
		"walmart feed": {
			driver: "walmart", batch: 10_000, named: true, more: settings.Values{"feed_from": int64(10)},
			// The feed type inventory: 10 an hour.
			floor: func(n int) time.Duration { return perSecond(n, 10.0/3600) },
			start: func(t testing.TB, now func() time.Time) fake {
				return walmarttest.Start(t, walmarttest.Options{Throttle: true, Now: now})
			},
		},
		"vendure": {
			driver: "vendure", location: "1", batch: 100,
			// No published rate: the setting's default of 2 calls a second.
			floor: func(n int) time.Duration { return perSecond(n, 2) },
			start: func(t testing.TB, now func() time.Time) fake {
				return venduretest.Start(t, venduretest.Options{Locations: []string{"1"}, Throttles: true, Now: now})
			},
		},
	}
}

// start starts the fake and says how a driver is opened to it.
func (s subject) open(t testing.TB, at *clock) (fake, shop) {
	t.Helper()
	store := s.start(t, at.now)
	joined := settings.Values{}
	maps.Copy(joined, store.Settings())
	maps.Copy(joined, s.more)
	return store, shop{driver: s.driver, settings: joined, environment: store.Environment()}
}
