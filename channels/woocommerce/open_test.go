package woocommerce_test

import (
	"encoding/base64"
	"maps"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/woocommerce"
	"github.com/tidemark/tidemark/channels/woocommerce/woocommercetest"
	"github.com/tidemark/tidemark/settings"
)

// with are settings that can be opened, changed.
func with(change settings.Values) settings.Values {
	values := settings.Values{"endpoint": "https://shop.example.com", "consumer_key": "env:KEY", "consumer_secret": "env:SECRET"}
	maps.Copy(values, change)
	return values
}

func TestOpenSetsTheLimits(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		values settings.Values
		want   channels.Limits
	}{
		"defaults": {with(nil), channels.Limits{Calls: 1, Batch: 100, Find: 90, Window: 1000, Rate: 2, Burst: 4, Timeout: 90 * time.Second}},
		"a slow shop": {
			with(settings.Values{"batch_limit": int64(20), "find_limit": int64(50), "rate": int64(1), "timeout": "2m"}),
			channels.Limits{Calls: 1, Batch: 20, Find: 50, Window: 1000, Rate: 1, Burst: 2, Timeout: 2 * time.Minute},
		},
		"a look-up is two calls": {
			with(settings.Values{"variations": "separate"}),
			channels.Limits{Calls: 1, Batch: 100, Find: 90, Window: 1000, Rate: 1, Burst: 2, Timeout: 90 * time.Second},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			channel, err := woocommerce.Driver().Open("shop", test.values, woocommercetest.Environment())
			require.NoError(t, err)
			require.Equal(t, test.want, channel.Limits())
		})
	}
	require.False(t, woocommerce.Spec.CreatesUnknown, "a SKU that is not found is never made")
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for want, values := range map[string]settings.Values{
		`woocommerce needs the setting "endpoint"`:         {"consumer_key": "env:KEY", "consumer_secret": "env:SECRET"},
		`"http://shop.example.com" is not an https addres`: with(settings.Values{"endpoint": "http://shop.example.com"}),
		`"http://127.0.0.1.example.com" is not an https`:   with(settings.Values{"endpoint": "http://127.0.0.1.example.com"}),
		`"http://10.0.0.7" is not an https address`:        with(settings.Values{"endpoint": "http://10.0.0.7"}),
		`has a query or a fragment`:                        with(settings.Values{"endpoint": "https://shop.example.com/?rest_route=/wc/v3"}),
		"the environment variable MISSING is not set":      with(settings.Values{"consumer_secret": "env:MISSING"}),
		"setting consumer_key: the environment variable":   with(settings.Values{"consumer_key": "env:GONE"}),
		"a credential is given by reference":               with(settings.Values{"consumer_key": "ck_123"}),
		`"push" is not one of manage, block`:               with(settings.Values{"unmanaged": "push"}),
		`"walk" is not one of products, separate`:          with(settings.Values{"variations": "walk"}),
		"1001 is outside 1 to 1000":                        with(settings.Values{"batch_limit": int64(1001)}),
		"100 is outside 1 to 99":                           with(settings.Values{"find_limit": int64(100)}),
	} {
		_, err := woocommerce.Driver().Open("shop", values, woocommercetest.Environment())
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), "ck_123")
	}
	for _, endpoint := range []string{"http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080", "https://shop.example.com/de"} {
		_, err := woocommerce.Driver().Open("shop", with(settings.Values{"endpoint": endpoint}), woocommercetest.Environment())
		require.NoError(t, err)
	}
}

func TestEncodeSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	channel, err := woocommerce.Driver().Open("shop", with(nil), woocommercetest.Environment())
	require.NoError(t, err)
	product := channels.Item{ChannelSKU: "BIKE", Reference: `{"id":1,"kind":"product"}`}
	for want, item := range map[string]channels.Item{
		`"A" has not been looked up`:                      {ChannelSKU: "A"},
		`"B" has not been looked up`:                      {ChannelSKU: "B", Reference: "gid://shopify/InventoryItem/1"},
		`"C" has not been looked up`:                      {ChannelSKU: "C", Reference: `{"id":2,"kind":"variation"}`},
		`"D" has not been looked up`:                      {ChannelSKU: "D", Reference: `{"id":2,"parent":1,"kind":"product"}`},
		`"E" has not been looked up`:                      {ChannelSKU: "E", Reference: `{"kind":"product"}`},
		`"BIKE" and "F" cannot go into one call`:          {ChannelSKU: "F", Reference: `{"id":2,"parent":1,"kind":"variation"}`},
		`"G" is for the location "front": WooCommerce ha`: {ChannelSKU: "G", Location: "front", Reference: `{"id":1,"kind":"product"}`},
	} {
		_, err := channel.Encode([]channels.Item{product, item}, "key")
		require.ErrorContains(t, err, want)
		_, err = channel.Send(t.Context(), channels.Call{Items: []channels.Item{product, {ChannelSKU: "H"}}})
		channeltest.RequireError(t, err, channels.Anew)
	}
}

// recorded opens a channel to a shop that keeps what it is sent and answers the same to everything.
func recorded(t *testing.T, path, body string, values settings.Values) (channels.Channel, *channeltest.Canned) {
	t.Helper()
	server := channeltest.Answering(t, http.StatusOK, nil, body)
	values = with(values)
	values["endpoint"] = server.URL + path
	channel, err := woocommerce.Driver().Open("shop", values, woocommercetest.Environment())
	require.NoError(t, err)
	return channel, server
}

func TestTheBytesOfCalls(t *testing.T) {
	t.Parallel()
	channel, server := recorded(t, "", `{"update":[]}`, nil)
	for _, test := range []struct {
		name, path string
		items      []channels.Item
	}{
		{"update_products", "/wp-json/wc/v3/products/batch", []channels.Item{
			{ChannelSKU: "BIKE", Quantity: 5, Expected: new(int64(7)), Reference: `{"id":799,"kind":"product"}`},
			{ChannelSKU: "BELL", Quantity: 0, Reference: `{"id":794,"kind":"product","manage":true}`},
		}},
		{"update_variations", "/wp-json/wc/v3/products/22/variations/batch", []channels.Item{
			{ChannelSKU: "SHIRT-S", Quantity: 12, Reference: `{"id":733,"parent":22,"kind":"variation"}`},
			{ChannelSKU: "SHIRT-M", Quantity: 1_000_000_000, Reference: `{"id":732,"parent":22,"kind":"variation","manage":true}`},
		}},
	} {
		sent, err := channel.Encode(test.items, "key")
		require.NoError(t, err)
		channeltest.Golden(t, test.name, sent)
		_, err = channel.Send(t.Context(), channels.Call{Key: "key", Body: sent, Items: test.items})
		require.NoError(t, err)
		last := server.Last(t)
		require.Equal(t, http.MethodPost, last.Method)
		require.Equal(t, test.path, last.RequestURI)
		require.Equal(t, sent, last.Content, "a call goes out as it was kept")
		require.Equal(t, "application/json", last.Header.Get("Content-Type"))
		key := base64.StdEncoding.EncodeToString([]byte(channeltest.Credential + ":" + channeltest.Credential))
		require.Equal(t, "Basic "+key, last.Header.Get("Authorization"))
	}
}

func TestTheAddressesOfLookUps(t *testing.T) {
	t.Parallel()
	const fields = "?_fields=id%2Csku%2Ctype%2Cparent_id%2Cmanage_stock&per_page=100&sku="
	items := []channels.Item{{ChannelSKU: "BIKE"}, {ChannelSKU: `ä &"1+1"%2F`}, {ChannelSKU: "BIKE"}}
	for name, test := range map[string]struct {
		path   string
		values settings.Values
		items  []channels.Item
		want   []string
	}{
		"several":     {items: items, want: []string{"/wp-json/wc/v3/products" + fields + "BIKE%2C%C3%A4+%26%221%2B1%22%252F"}},
		"in a folder": {path: "/shop", items: items[:1], want: []string{"/shop/wp-json/wc/v3/products" + fields + "BIKE"}},
		"elsewhere":   {path: "/api/wc/v3", items: items[:1], want: []string{"/api/wc/v3/products" + fields + "BIKE"}},
		"a comma":     {items: []channels.Item{{ChannelSKU: "A,B"}}, want: []string{"/wp-json/wc/v3/products" + fields + "A%2CB"}},
		"a lone zero": {items: []channels.Item{{ChannelSKU: "0"}}, want: []string{"/wp-json/wc/v3/products" + fields + "0%2C0"}},
		"apart": {
			values: settings.Values{"variations": "separate"}, items: items[:1],
			want: []string{"/wp-json/wc/v3/products" + fields + "BIKE", "/wp-json/wc/v3/variations" + fields + "BIKE"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			channel, server := recorded(t, test.path, `[]`, test.values)
			_, _, err := channel.(channels.Finder).Find(t.Context(), test.items)
			require.NoError(t, err)
			var skus []string
			for _, request := range server.Requests() {
				require.Equal(t, http.MethodGet, request.Method)
				skus = append(skus, request.RequestURI)
			}
			require.Equal(t, test.want, skus)
		})
	}
}
