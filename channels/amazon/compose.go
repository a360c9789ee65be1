package amazon

import (
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/settings"
)

// The kinds of calls that Amazon counts apart, for one seller and application.
const (
	meterPatch   = "patch"   // patchListingsItem
	meterFeed    = "feed"    // createFeed
	meterPoll    = "poll"    // getFeed
	meterListing = "listing" // getListingsItem
)

// The published rates, in calls per second (listingsItems_2021-08-01.json, feeds_2021-06-30.json).
const (
	feedRate = 0.0083
	// feedBurst is less than createFeed's own 15: of this kind of feed, 5 in 5 minutes are taken (sp-api/changelog, 2025-05-06),
	// and a bucket of 2 that refills at feedRate lets through 4 in any 5 minutes.
	feedBurst = 2
	// callsAtOnce is of all operations together. Each has its own number: a feed at a time, for feeds wait in one queue
	// (sp-api/docs/feeds-api-best-practices); of single figures and listings, the burst that is published for one figure.
	callsAtOnce = 10
)

// limits adds to those of the settings what the API allows.
//
// createFeedDocument (0.5 a second, burst 15) and getFeedDocument (0.0222, burst 10) have no meter of their own: one of each goes with
// a createFeed, which is rarer.
func limits(l channels.Limits, values settings.Values) channels.Limits {
	l.Batch, l.Window = 1, 1
	l.Rate, l.Burst, l.Calls = 5, 5, callsAtOnce
	l.Rates = map[string]channels.Rate{
		meterPatch:   {PerSecond: 5, Burst: 5, Calls: 5},
		meterFeed:    {PerSecond: feedRate, Burst: feedBurst, Calls: 1},
		meterPoll:    {PerSecond: 2, Burst: 15, Calls: 2},
		meterListing: {PerSecond: 5, Burst: 10, Calls: 5},
	}
	if values.Boolean("feeds") {
		l.Batch, l.Window = batch, batch
	}
	if every := values.Duration("feed_every"); every > 0 {
		l.Rates[meterFeed] = channels.Rate{PerSecond: min(feedRate, float64(time.Second)/float64(every)), Burst: feedBurst, Calls: 1}
	}
	if l.Tickets == 0 {
		// Feeds wait in one queue (sp-api/docs/feeds-api-best-practices: let the last one end first). Figures that are confirmed one
		// by one have a ticket each, and a whole run of them must be able to wait together.
		l.Tickets = 1
		if values.Text("confirm") == confirmReport {
			l.Tickets += int(values.Integer("feed_from"))
		}
	}
	return l
}

// Compose puts many items into one feed and few into a call each. A feed takes minutes to hours, so it pays only where one by one,
// at 5 a second, would take long, too: a minute with the default of feed_from.
func (s *store) Compose(items []channels.Item) [][]int {
	if s.feeds && len(items) > s.feedFrom {
		feed := make([]int, len(items))
		for i := range feed {
			feed[i] = i
		}
		return [][]int{feed}
	}
	calls := make([][]int, len(items))
	for i := range calls {
		calls[i] = []int{i}
	}
	return calls
}

// Meter names the budget of a call: one item is always the Listings Items API, more are always the Feeds API.
func (s *store) Meter(operation channels.Operation, items []channels.Item) string {
	single := len(items) == 1
	switch {
	case operation == channels.Sending && single:
		return meterPatch
	case operation == channels.Sending:
		return meterFeed
	case operation == channels.Polling && single:
		return meterListing
	case operation == channels.Polling:
		return meterPoll
	}
	return ""
}

// Submits is true for feeds, and for single figures that are confirmed by a look at their listing.
func (s *store) Submits(items []channels.Item) bool { return len(items) > 1 || s.confirms }
