package bigcommerce_test

import (
	"maps"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/bigcommerce"
	"github.com/tidemark/tidemark/channels/bigcommerce/bigcommercetest"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/settings"
)

// with are settings that can be opened, changed.
func with(change settings.Values) settings.Values {
	values := settings.Values{"store_hash": "abc123", "token": "env:TOKEN"}
	maps.Copy(values, change)
	return values
}

func TestOpenSetsTheLimits(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		values settings.Values
		want   channels.Limits
	}{
		"pro is the default": {nil, channels.Limits{Calls: 1, Batch: 2000, Window: 10_000, Rate: 15, Burst: 450, Timeout: time.Minute}},
		"standard": {
			settings.Values{"plan": "standard", "batch_limit": int64(500), "timeout": "2m"},
			channels.Limits{Calls: 1, Batch: 500, Window: 10_000, Rate: 5, Burst: 150, Timeout: 2 * time.Minute},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			channel, err := bigcommerce.Driver().Open("shop", with(test.values), bigcommercetest.Environment())
			require.NoError(t, err)
			require.Equal(t, test.want, channel.Limits())
		})
	}
	require.False(t, bigcommerce.Spec.CreatesUnknown, "a SKU that is not there is never made")
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for want, values := range map[string]settings.Values{
		`bigcommerce needs the setting "store_hash"`:  {"token": "env:TOKEN"},
		`bigcommerce needs the setting "token"`:       {"store_hash": "abc123"},
		`"stores/abc123" is not the id of a store`:    with(settings.Values{"store_hash": "stores/abc123"}),
		`"" is not the id of a store`:                 with(settings.Values{"store_hash": ""}),
		"the environment variable MISSING is not set": with(settings.Values{"token": "env:MISSING"}),
		"a credential is given by reference":          with(settings.Values{"token": "h5qz4f87dnbo"}),
		`"gold" is not one of standard, pro`:          with(settings.Values{"plan": "gold"}),
		"2001 is outside 1 to 2000":                   with(settings.Values{"batch_limit": int64(2001)}),
		"0 is outside 1 to 2147483647":                with(settings.Values{"location": int64(0)}),
		"expected a whole number":                     with(settings.Values{"location": "front"}),
	} {
		_, err := bigcommerce.Driver().Open("shop", values, bigcommercetest.Environment())
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), "h5qz4f87dnbo")
	}
}

func TestEncodeSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	channel, err := bigcommerce.Driver().Open("shop", with(nil), bigcommercetest.Environment())
	require.NoError(t, err)
	for _, location := range []string{"front", "0", "-1", "01", "+1", "1.0", " 1", "99999999999", "gid://shopify/Location/1"} {
		_, err := channel.Encode([]channels.Item{{ChannelSKU: "BELL"}, {ChannelSKU: "BIKE", Location: location}}, "key")
		require.ErrorContains(t, err, `channel SKU "BIKE"`)
		require.ErrorContains(t, err, "is not the id of a location of BigCommerce")
	}
}

// TestTheBytesOfCalls compares what is sent, byte for byte. The files are indented for the reader; the bytes are not.
func TestTheBytesOfCalls(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		values settings.Values
		items  []channels.Item
	}{
		"adjust": {nil, []channels.Item{{ChannelSKU: "A&B/ü", Quantity: 5, Expected: new(int64(7))}, {ChannelSKU: "0012", Quantity: 0}}},
		"adjust_locations": {
			settings.Values{"location": int64(9), "reason": "Warehouse Portland"},
			[]channels.Item{
				{Location: "1", ChannelSKU: "BIKE", Quantity: 1_000_000_000},
				{Location: "20", ChannelSKU: "BIKE", Quantity: 4},
				{ChannelSKU: "BELL", Quantity: 2_147_483_647},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := channeltest.Answering(t, http.StatusOK, nil, `{"transaction_id":"1"}`)
			values := with(test.values)
			values["endpoint"] = server.URL + "/proxy/"
			channel, err := bigcommerce.Driver().Open("shop", values, bigcommercetest.Environment())
			require.NoError(t, err)
			_, err = channeltest.Push(t, channel, test.items...)
			require.NoError(t, err)
			got := server.Last(t)
			channeltest.Golden(t, name, got.Content)
			require.Equal(t, http.MethodPut, got.Method, "POST is for relative adjustments")
			require.Equal(t, "/proxy/stores/abc123/v3/inventory/adjustments/absolute", got.RequestURI)
			require.Equal(t, channeltest.Credential, got.Header.Get("X-Auth-Token"))
			require.Equal(t, "application/json", got.Header.Get("Content-Type"))
			require.Equal(t, "application/json", got.Header.Get("Accept"))
			require.Empty(t, got.Header.Get("Authorization"))
		})
	}
}
