package sandbox_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/sandbox"
	"github.com/tidemark/tidemark/channels/sandbox/sandboxtest"
	"github.com/tidemark/tidemark/settings"
)

const endpoint = "http://127.0.0.1:9470/stores/shop"

func TestOpenSetsTheKindsLimits(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		values settings.Values
		want   channels.Limits
		polls  bool
	}{
		"the default is atomic": {
			values: settings.Values{},
			want:   channels.Limits{Calls: 1, Batch: 250, Rate: 4, Burst: 8, KeyLifetime: 24 * time.Hour, Timeout: 30 * time.Second},
		},
		"per_item": {
			values: settings.Values{"kind": "per_item", "rate": int64(100), "burst": int64(50), "timeout": "5s"},
			want:   channels.Limits{Calls: 1, Batch: 100, Rate: 100, Burst: 50, Timeout: 5 * time.Second},
		},
		"feed": {
			values: settings.Values{"kind": "feed"},
			want:   channels.Limits{Calls: 1, Batch: 10_000, Rate: 4, Burst: 8, KeyLifetime: 24 * time.Hour, Timeout: 30 * time.Second},
			polls:  true,
		},
		"single is always one": {
			values: settings.Values{"kind": "single", "batch_limit": int64(50), "compare": true},
			want:   channels.Limits{Calls: 1, Batch: 1, Rate: 4, Burst: 8, Compare: true, Timeout: 30 * time.Second},
		},
		"a smaller batch": {
			values: settings.Values{"batch_limit": int64(20), "compare": true},
			want:   channels.Limits{Calls: 1, Batch: 20, Rate: 4, Burst: 8, Compare: true, KeyLifetime: 24 * time.Hour, Timeout: 30 * time.Second},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.values["endpoint"], test.values["token"] = endpoint, "env:TOKEN"
			channel, err := sandbox.Driver().Open("shop", test.values, sandboxtest.Environment())
			require.NoError(t, err)
			require.Equal(t, test.want, channel.Limits())
			_, polls := channels.AsPoller(channel)
			require.Equal(t, test.polls, polls)
		})
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for want, values := range map[string]settings.Values{
		`sandbox needs the setting "endpoint"`:          {"token": "env:TOKEN"},
		`"fax" is not one of atomic`:                    {"endpoint": endpoint, "token": "env:TOKEN", "kind": "fax"},
		"the environment variable MISSING is not set":   {"endpoint": endpoint, "token": "env:MISSING"},
		"a store of the kind per_item cannot compare":   {"endpoint": endpoint, "token": "env:TOKEN", "kind": "per_item", "compare": true},
		"10001 is outside 0 to 10000":                   {"endpoint": endpoint, "token": "env:TOKEN", "batch_limit": int64(10_001)},
		`sandbox has no setting "colour"; it has batch`: {"endpoint": endpoint, "token": "env:TOKEN", "colour": "red"},
	} {
		_, err := sandbox.Driver().Open("shop", values, sandboxtest.Environment())
		require.ErrorContains(t, err, want)
	}
}

func TestEncodeMakesTheBytesOfTheInterface(t *testing.T) {
	t.Parallel()
	seven := int64(7)
	items := []channels.Item{{ChannelSKU: "A&B", Quantity: 5, Expected: &seven}, {Location: "front", ChannelSKU: "C", Quantity: 0}}
	for _, test := range []struct {
		kind    string
		compare bool
		items   []channels.Item
		want    string
	}{
		{"atomic", true, items, `{"quantities":[{"sku":"A\u0026B","quantity":5,"compare":7},{"sku":"C","location":"front","quantity":0,"compare":null}]}`},
		{"atomic", false, items[:1], `{"quantities":[{"sku":"A\u0026B","quantity":5,"compare":null}]}`},
		{"per_item", false, items, `{"items":[{"sku":"A\u0026B","quantity":5},{"sku":"C","location":"front","quantity":0}]}`},
		{"feed", false, items[1:], `{"items":[{"sku":"C","location":"front","quantity":0}]}`},
		{"single", true, items[:1], `{"quantity":5,"compare":7}`},
		{"single", false, items[:1], `{"quantity":5,"compare":null}`},
	} {
		channel, err := sandbox.Driver().Open("shop", settings.Values{"endpoint": endpoint, "token": "env:TOKEN", "kind": test.kind, "compare": test.compare},
			sandboxtest.Environment())
		require.NoError(t, err)
		body, err := channel.Encode(test.items, "key")
		require.NoError(t, err)
		require.Equal(t, test.want, string(body))
	}
	channel, err := sandbox.Driver().Open("shop", settings.Values{"endpoint": endpoint, "token": "env:TOKEN", "kind": "single"}, sandboxtest.Environment())
	require.NoError(t, err)
	_, err = channel.Encode(items, "key")
	require.ErrorContains(t, err, "holds one item, not 2")
}
