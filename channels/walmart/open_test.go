package walmart_test

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/walmart"
	"github.com/tidemark/tidemark/channels/walmart/walmarttest"
	"github.com/tidemark/tidemark/settings"
)

// minimal are the settings that every store needs, and more.
func minimal(more settings.Values) settings.Values {
	values := settings.Values{"client_id": walmarttest.Client, "client_secret": "env:SECRET"}
	maps.Copy(values, more)
	return values
}

func open(t *testing.T, more settings.Values) channels.Channel {
	t.Helper()
	channel, err := walmart.Driver().Open("shop", minimal(more), walmarttest.Environment())
	require.NoError(t, err)
	return channel
}

func TestOpenSetsTheLimits(t *testing.T) {
	t.Parallel()
	put := channels.Rate{PerSecond: 200.0 / 60, Burst: 200, Calls: 4}
	rates := func(perHour float64) map[string]channels.Rate {
		return map[string]channels.Rate{"put": put, "poll": put, "feed": {PerSecond: perHour / 3600, Burst: perHour, Calls: 1}}
	}
	for name, test := range map[string]struct {
		values settings.Values
		want   channels.Limits
		polls  bool
	}{
		"by default": {
			want:  channels.Limits{Calls: 4, Batch: 10_000, Window: 50_000, Rate: put.PerSecond, Burst: put.Burst, Rates: rates(10), Timeout: time.Minute},
			polls: true,
		},
		"larger feeds": {
			values: settings.Values{"feed_items": int64(50_000), "feeds_per_hour": int64(6), "tickets": int64(4), "timeout": "5s"},
			want: channels.Limits{
				Calls: 4, Batch: 50_000, Window: 50_000, Rate: put.PerSecond, Burst: put.Burst, Rates: rates(6), Tickets: 4,
				Timeout: 5 * time.Second,
			},
			polls: true,
		},
		"without feeds": {
			values: settings.Values{"feeds": false},
			want:   channels.Limits{Calls: 4, Batch: 1, Window: 1, Rate: put.PerSecond, Burst: put.Burst, Rates: rates(10), Timeout: time.Minute},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			channel := open(t, test.values)
			require.Equal(t, test.want, channel.Limits())
			_, polls := channels.AsPoller(channel)
			require.Equal(t, test.polls, polls)
		})
	}
	require.False(t, walmart.Spec.CreatesUnknown, "Walmart makes no item of a figure")
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for want, values := range map[string]settings.Values{
		"setting client_secret: the environment variable MISSING": {"client_secret": "env:MISSING"},
		"a credential is given by reference":                      {"client_secret": "AK0-secret"},
		"50001 is outside 2 to 50000":                             {"feed_items": int64(50_001)},
		"1001 is outside 50 to 1000":                              {"details_limit": int64(1001)},
		`needs the setting "client_id"`:                           {"client_id": nil},
	} {
		_, err := walmart.Driver().Open("shop", minimal(values), walmarttest.Environment())
		require.ErrorContains(t, err, want)
	}
}

// due are figures that are due, so many at each ship node, in the order in which the ledger gives them.
func due(nodes map[string]int) []channels.Item {
	var items []channels.Item
	for n := 0; ; n++ {
		before := len(items)
		for _, node := range []string{"", "EAST", "WEST"} {
			if n < nodes[node] {
				items = append(items, channels.Item{ChannelSKU: fmt.Sprintf("SKU-%05d", n), Location: node})
			}
		}
		if len(items) == before {
			return items
		}
	}
}

func TestComposeTellsManyFromFew(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		settings settings.Values
		due      map[string]int
		ones     int
		feeds    []string // node:items
	}{
		"one":                           {due: map[string]int{"": 1}, ones: 1},
		"few":                           {due: map[string]int{"": 200}, ones: 200},
		"many":                          {due: map[string]int{"": 201}, feeds: []string{":201"}},
		"more than a feed":              {due: map[string]int{"": 20_150}, ones: 150, feeds: []string{":10000", ":10000"}},
		"much more than a feed":         {due: map[string]int{"": 20_500}, feeds: []string{":10000", ":10000", ":500"}},
		"few at each node":              {due: map[string]int{"EAST": 100, "WEST": 100}, ones: 200},
		"few at one node":               {due: map[string]int{"EAST": 300, "WEST": 7}, ones: 7, feeds: []string{"EAST:300"}},
		"many at each node":             {due: map[string]int{"": 250, "EAST": 300, "WEST": 12_000}, feeds: []string{"WEST:10000", "WEST:2000", "EAST:300", ":250"}},
		"few at two nodes, in all many": {due: map[string]int{"": 150, "EAST": 150, "WEST": 20}, ones: 170, feeds: []string{":150"}},
		"small feeds": {
			settings: settings.Values{"feed_items": int64(20), "feed_from": int64(1)}, due: map[string]int{"": 41}, ones: 1,
			feeds: []string{":20", ":20"},
		},
		"without feeds": {settings: settings.Values{"feeds": false}, due: map[string]int{"EAST": 400}, ones: 400},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			channel, items := open(t, test.settings), due(test.due)
			calls, err := channels.Compose(channel, items, channel.Limits().Batch)
			require.NoError(t, err)
			require.Len(t, calls, test.ones+len(test.feeds))
			for i, call := range calls {
				if i < test.ones {
					require.Len(t, call, 1)
					continue
				}
				require.Equal(t, test.feeds[i-test.ones], fmt.Sprintf("%s:%d", items[call[0]].Location, len(call)))
			}
		})
	}
}

// TestCallsCanBeWritten: whatever is due, each item is in one call, and each call is for one ship node.
func TestCallsCanBeWritten(t *testing.T) {
	t.Parallel()
	channel := channels.Guarded(open(t, settings.Values{"feed_items": int64(7), "feed_from": int64(5)}))
	rapid.Check(t, func(t *rapid.T) {
		nodes := rapid.SliceOfN(rapid.SampledFrom([]string{"", "EAST", "WEST"}), 0, 60).Draw(t, "nodes")
		items := make([]channels.Item, len(nodes))
		for i, node := range nodes {
			items[i] = channels.Item{ChannelSKU: fmt.Sprint(i), Location: node}
		}
		calls, err := channels.Compose(channel, items, channel.Limits().Batch)
		require.NoError(t, err)
		ones := 0
		for _, call := range calls {
			part := make([]channels.Item, len(call))
			for i, at := range call {
				part[i] = items[at]
			}
			_, err := channel.Encode(part, "key")
			require.NoError(t, err)
			if len(call) == 1 {
				ones++
			}
		}
		require.LessOrEqual(t, ones, 5+3, "as many as feed_from, and a feed of one item for each node")
	})
}

func TestMeters(t *testing.T) {
	t.Parallel()
	metered, ok := open(t, nil).(channels.Metered)
	require.True(t, ok)
	items, many := make([]channels.Item, 1), make([]channels.Item, 2)
	require.Equal(t, "put", metered.Meter(channels.Sending, items))
	require.Equal(t, "feed", metered.Meter(channels.Sending, many))
	require.Equal(t, "poll", metered.Meter(channels.Polling, items))
	require.Equal(t, "poll", metered.Meter(channels.Polling, many))
	require.Empty(t, metered.Meter(channels.Looking, items))
	require.False(t, channels.Submits(open(t, nil), items), "a PUT is answered at once")
	require.True(t, channels.Submits(open(t, nil), many))
}

func TestEncodeRefusesTwoShipNodes(t *testing.T) {
	t.Parallel()
	_, err := open(t, nil).Encode([]channels.Item{{Location: "EAST", ChannelSKU: "BIKE"}, {Location: "WEST", ChannelSKU: "BIKE"}}, "key")
	require.ErrorContains(t, err, "a feed is for one ship node")
}
