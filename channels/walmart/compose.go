package walmart

import (
	"slices"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/settings"
)

// The kinds of calls that Walmart counts apart, for one seller.
const (
	meterFeed = "feed" // POST /v3/feeds of this kind of feed
	meterPut  = "put"  // PUT /v3/inventory
	meterPoll = "poll" // GET /v3/feeds/{feedId}
)

// perMinute is what Walmart takes in a minute of each of the other kinds. Its own table (us-marketplace/docs/rate-limiting) was not
// readable; this is what others quote of it.
const perMinute = 200

// callsAtOnce is our own: Walmart publishes a bucket of calls and no number at once. Answers may take more than a second until it holds the pace
// back. A feed is sent by itself.
const callsAtOnce = 4

// window is how many due figures are looked at together. It is more than a feed holds, because a feed is for one ship node: of a few
// nodes, each still fills its feeds.
const window = 5 * batch

// limits adds to those of the settings what the API allows. Walmart fills a bucket gradually: 20 an hour is one each 3 minutes
// (suppliers/docs/rate-limiting).
func limits(l channels.Limits, values settings.Values) channels.Limits {
	put := channels.Rate{PerSecond: perMinute / 60.0, Burst: perMinute, Calls: callsAtOnce}
	perHour := float64(values.Integer("feeds_per_hour"))
	l.Batch, l.Window = 1, 1
	l.Rate, l.Burst, l.Calls = put.PerSecond, put.Burst, callsAtOnce
	l.Rates = map[string]channels.Rate{meterFeed: {PerSecond: perHour / 3600, Burst: perHour, Calls: 1}, meterPut: put, meterPoll: put}
	if values.Boolean("feeds") {
		l.Batch = int(values.Integer("feed_items"))
		l.Window = max(window, l.Batch)
	}
	return l
}

// Compose puts many items into feeds, each for one ship node, and few into a call each. Feeds are scarce and take half an hour, so
// one by one is better for what takes about a minute, at 200 a minute with the default of feed_from. That is the least of it: a node
// with few items, or what is left over from full feeds. What goes one by one is sent first, for it need not wait for a feed's turn;
// then the fullest feed.
func (s *store) Compose(items []channels.Item) [][]int {
	parts := s.parts(items)
	slices.SortStableFunc(parts, func(a, b []int) int { return len(b) - len(a) })
	feeds := len(parts)
	if !s.feeds {
		feeds = 0
	}
	for few := 0; feeds > 0 && few+len(parts[feeds-1]) <= s.feedFrom; feeds-- {
		few += len(parts[feeds-1])
	}
	var calls [][]int
	for _, part := range parts[feeds:] {
		for _, at := range part {
			calls = append(calls, []int{at})
		}
	}
	return append(calls, parts[:feeds]...)
}

// parts splits items by ship node, in the order in which the nodes come first, and into as many as fit into a feed.
func (s *store) parts(items []channels.Item) [][]int {
	var parts [][]int
	open := map[string]int{} // the last part of a node
	for at, item := range items {
		part, ok := open[item.Location]
		if !ok || len(parts[part]) >= s.Bounds.Batch {
			part = len(parts)
			open[item.Location] = part
			parts = append(parts, nil)
		}
		parts[part] = append(parts[part], at)
	}
	return parts
}

// Meter names the budget of a call: to send one item is always a PUT, to send more is always a feed.
func (s *store) Meter(operation channels.Operation, items []channels.Item) string {
	switch {
	case operation == channels.Polling:
		return meterPoll
	case operation == channels.Sending && len(items) == 1:
		return meterPut
	case operation == channels.Sending:
		return meterFeed
	}
	return ""
}

// Submits is true for feeds: a PUT is answered at once.
func (s *store) Submits(items []channels.Item) bool { return len(items) > 1 }
