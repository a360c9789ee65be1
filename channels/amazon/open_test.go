package amazon_test

import (
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/amazon"
	"github.com/tidemark/tidemark/channels/amazon/amazontest"
	"github.com/tidemark/tidemark/settings"
)

// minimal are the settings that every store needs, and more.
func minimal(more settings.Values) settings.Values {
	values := settings.Values{
		"seller_id": amazontest.Seller, "marketplace_id": amazontest.Marketplace, "client_id": amazontest.Client,
		"client_secret": "env:SECRET", "refresh_token": "env:TOKEN",
	}
	maps.Copy(values, more)
	return values
}

func open(t *testing.T, more settings.Values) channels.Channel {
	t.Helper()
	channel, err := amazon.Driver().Open("shop", minimal(more), amazontest.Environment())
	require.NoError(t, err)
	return channel
}

func TestOpenSetsTheLimits(t *testing.T) {
	t.Parallel()
	rates := func(feed float64) map[string]channels.Rate {
		return map[string]channels.Rate{
			"patch": {PerSecond: 5, Burst: 5, Calls: 5}, "feed": {PerSecond: feed, Burst: 2, Calls: 1},
			"poll": {PerSecond: 2, Burst: 15, Calls: 2}, "listing": {PerSecond: 5, Burst: 10, Calls: 5},
		}
	}
	for name, test := range map[string]struct {
		values settings.Values
		want   channels.Limits
		polls  bool
	}{
		"by default": {
			want:  channels.Limits{Calls: 10, Batch: 25_000, Window: 25_000, Rate: 5, Burst: 5, Rates: rates(0.0083), Tickets: 301, Timeout: time.Minute},
			polls: true,
		},
		"at Amazon's word": {
			values: settings.Values{"confirm": "accepted", "timeout": "5s"},
			want:   channels.Limits{Calls: 10, Batch: 25_000, Window: 25_000, Rate: 5, Burst: 5, Rates: rates(0.0083), Tickets: 1, Timeout: 5 * time.Second},
			polls:  true,
		},
		"the advised pace of feeds": {
			values: settings.Values{"feed_every": "20m", "tickets": int64(4), "feed_from": int64(20)},
			want:   channels.Limits{Calls: 10, Batch: 25_000, Window: 25_000, Rate: 5, Burst: 5, Rates: rates(1.0 / 1200), Tickets: 4, Timeout: time.Minute},
			polls:  true,
		},
		"without feeds": {
			values: settings.Values{"feeds": false},
			want:   channels.Limits{Calls: 10, Batch: 1, Window: 1, Rate: 5, Burst: 5, Rates: rates(0.0083), Tickets: 301, Timeout: time.Minute},
			polls:  true,
		},
		"without feeds, at Amazon's word": {
			values: settings.Values{"feeds": false, "confirm": "accepted"},
			want:   channels.Limits{Calls: 10, Batch: 1, Window: 1, Rate: 5, Burst: 5, Rates: rates(0.0083), Tickets: 1, Timeout: time.Minute},
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
	require.True(t, amazon.Spec.CreatesUnknown)
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for want, values := range map[string]settings.Values{
		`"mars" is not one of na, eu, fe`:             {"region": "mars"},
		"the environment variable MISSING is not set": {"refresh_token": "env:MISSING"},
		"setting client_secret: the environment":      {"client_secret": "env:MISSING"},
		"a credential is given by reference":          {"client_secret": "amzn1.oa2-cs.v1.0a1b"},
		`"delete" is not one of merge, replace`:       {"op": "delete"},
		"25001 is outside 1 to 25000":                 {"feed_from": int64(25_001)},
		`needs the setting "seller_id"`:               {"seller_id": nil},
	} {
		_, err := amazon.Driver().Open("shop", minimal(values), amazontest.Environment())
		require.ErrorContains(t, err, want)
	}
}

func TestComposeTellsManyFromFew(t *testing.T) {
	t.Parallel()
	items := func(n int) []channels.Item { return make([]channels.Item, n) }
	sizes := func(channel channels.Channel, n int) (sizes []int) {
		calls, err := channels.Compose(channel, items(n), channel.Limits().Batch)
		require.NoError(t, err)
		for _, call := range calls {
			sizes = append(sizes, len(call))
		}
		return sizes
	}
	ones := func(n int) []int {
		ones := make([]int, n)
		for i := range ones {
			ones[i] = 1
		}
		return ones
	}
	channel := open(t, nil)
	require.Equal(t, ones(1), sizes(channel, 1))
	require.Equal(t, ones(300), sizes(channel, 300))
	require.Equal(t, []int{301}, sizes(channel, 301))
	require.Equal(t, []int{25_000}, sizes(channel, 25_000))
	require.Equal(t, []int{2}, sizes(open(t, settings.Values{"feed_from": int64(1)}), 2))
	require.Equal(t, ones(400), sizes(open(t, settings.Values{"feeds": false}), 400))
}

func TestMeters(t *testing.T) {
	t.Parallel()
	metered, ok := open(t, nil).(channels.Metered)
	require.True(t, ok)
	items, many := make([]channels.Item, 1), make([]channels.Item, 2)
	require.Equal(t, "patch", metered.Meter(channels.Sending, items))
	require.Equal(t, "feed", metered.Meter(channels.Sending, many))
	require.Equal(t, "listing", metered.Meter(channels.Polling, items))
	require.Equal(t, "poll", metered.Meter(channels.Polling, many))
	require.Empty(t, metered.Meter(channels.Looking, items))
	require.True(t, channels.Submits(open(t, nil), items), "its listing is looked at later")
	taken := channels.Guarded(open(t, settings.Values{"confirm": "accepted"}))
	require.False(t, channels.Submits(taken, items), "Amazon is taken at its word")
	require.True(t, channels.Submits(taken, many))
}

func TestEncodeRefusesLocations(t *testing.T) {
	t.Parallel()
	_, err := open(t, nil).Encode([]channels.Item{{Location: "front", ChannelSKU: "BIKE", Quantity: 1}}, "key")
	require.ErrorContains(t, err, "take the locations out of the connection")
}
