package adobecommerce_test

import (
	"maps"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/adobecommerce"
	"github.com/tidemark/tidemark/channels/adobecommerce/adobecommercetest"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/settings"
)

// with are settings that can be opened, changed.
func with(change settings.Values) settings.Values {
	values := settings.Values{"endpoint": "https://shop.example.com", "token": "env:TOKEN"}
	maps.Copy(values, change)
	return values
}

func TestOpenSetsTheLimits(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		values settings.Values
		want   channels.Limits
	}{
		"defaults": {with(nil), channels.Limits{Calls: 20, Batch: 1000, Find: 100, Tickets: 20, Rate: 2, Burst: 4, Timeout: 90 * time.Second}},
		"a large store": {
			with(settings.Values{"batch_limit": int64(5000), "find_limit": int64(150), "rate": int64(10), "tickets": int64(0), "timeout": "3m"}),
			channels.Limits{Calls: 20, Batch: 5000, Find: 150, Rate: 10, Burst: 20, Timeout: 3 * time.Minute},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			channel, err := adobecommerce.Driver().Open("shop", test.values, adobecommercetest.Environment())
			require.NoError(t, err)
			require.Equal(t, test.want, channel.Limits())
		})
	}
	require.False(t, adobecommerce.Spec.CreatesUnknown, "a SKU that is not found is never sent")
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for want, values := range map[string]settings.Values{
		`adobecommerce needs the setting "endpoint"`:        {"token": "env:TOKEN"},
		`"http://shop.example.com" is not an https address`: with(settings.Values{"endpoint": "http://shop.example.com"}),
		`"http://10.0.0.7" is not an https address`:         with(settings.Values{"endpoint": "http://10.0.0.7"}),
		`"https://shop.example.com/rest" is not a store's`:  with(settings.Values{"endpoint": "https://shop.example.com/rest"}),
		`"https://shop.example.com?a=b" is not a store's`:   with(settings.Values{"endpoint": "https://shop.example.com?a=b"}),
		"the environment variable MISSING is not set":       with(settings.Values{"token": "env:MISSING"}),
		"a credential is given by reference":                with(settings.Values{"token": "canary"}),
		"5001 is outside 1 to 5000":                         with(settings.Values{"batch_limit": int64(5001)}),
		"151 is outside 1 to 150":                           with(settings.Values{"find_limit": int64(151)}),
		`"always" is not one of quantity, in_stock`:         with(settings.Values{"stock_status": "always"}),
		"must not be empty":                                 with(settings.Values{"default_source": ""}),
	} {
		_, err := adobecommerce.Driver().Open("shop", values, adobecommercetest.Environment())
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), "canary")
	}
	for _, endpoint := range []string{"http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080", "https://example.com/shop/"} {
		_, err := adobecommerce.Driver().Open("shop", with(settings.Values{"endpoint": endpoint}), adobecommercetest.Environment())
		require.NoError(t, err)
	}
}

// recorded opens a channel to a store that keeps what it is sent and answers the same to everything.
func recorded(t *testing.T, body string, values settings.Values) (channels.Channel, *channeltest.Canned) {
	t.Helper()
	server := channeltest.Answering(t, http.StatusOK, nil, body)
	values = with(values)
	values["endpoint"] = server.URL + "/shop"
	channel, err := adobecommerce.Driver().Open("shop", values, adobecommercetest.Environment())
	require.NoError(t, err)
	return channel, server
}

func TestTheBytesOfCalls(t *testing.T) {
	t.Parallel()
	items := []channels.Item{
		{ChannelSKU: "bike", Reference: "BIKE", Quantity: 5, Expected: new(int64(7))},
		{ChannelSKU: "A&B/ü", Reference: "A&B/ü", Location: "east", Quantity: 0},
		{ChannelSKU: "MANY", Reference: "MANY", Location: "west", Quantity: 1_000_000_000},
	}
	for name, values := range map[string]settings.Values{
		"bulk":          nil,
		"bulk_in_stock": {"stock_status": "in_stock", "default_source": "hub", "store_view": "eu shop"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			channel, server := recorded(t, `{"bulk_uuid":"b1"}`, values)
			sent, err := channel.Encode(items, "key")
			require.NoError(t, err)
			channeltest.Golden(t, name, sent)
			_, err = channel.Send(t.Context(), channels.Call{Key: "key", Body: sent, Items: items})
			require.NoError(t, err)
			view := "all"
			if values != nil {
				view = "eu%20shop"
			}
			last := server.Last(t)
			require.Equal(t, http.MethodPost, last.Method)
			require.Equal(t, "/shop/rest/"+view+"/async/bulk/V1/inventory/source-items", last.RequestURI)
			require.Equal(t, sent, last.Content, "a call goes out as it was kept")
			require.Equal(t, "application/json", last.Header.Get("Content-Type"))
			require.Equal(t, "Bearer "+channeltest.Credential, last.Header.Get("Authorization"))
		})
	}
	channel, _ := recorded(t, `{}`, nil)
	_, err := channel.Encode([]channels.Item{items[0], {ChannelSKU: "NEW"}}, "key")
	require.ErrorContains(t, err, `"NEW" has not been looked up`)
}

func TestTheAddressesOfOtherCalls(t *testing.T) {
	t.Parallel()
	channel, server := recorded(t, `{"items":[],"total_count":0,"bulk_id":"a/b","operations_list":[]}`, nil)
	_, _, err := channel.(channels.Finder).Find(t.Context(), []channels.Item{
		{ChannelSKU: "BIKE"},
		{ChannelSKU: "A,B"},
		{ChannelSKU: `ä &"1+1"%2F`},
		{ChannelSKU: "BIKE"},
	})
	require.NoError(t, err)
	_, err = channel.(channels.Poller).Poll(t.Context(), "0:a/b", []channels.Item{{ChannelSKU: "BIKE"}})
	require.NoError(t, err)
	requests := server.Requests()
	require.Equal(t, url.Values{
		"fields": {"items[sku,type_id],total_count"}, "searchCriteria[pageSize]": {"300"},
		"searchCriteria[filter_groups][0][filters][0][field]": {"sku"}, "searchCriteria[filter_groups][0][filters][0][condition_type]": {"eq"},
		"searchCriteria[filter_groups][0][filters][0][value]": {"A,B"},
		"searchCriteria[filter_groups][0][filters][1][field]": {"sku"}, "searchCriteria[filter_groups][0][filters][1][condition_type]": {"in"},
		"searchCriteria[filter_groups][0][filters][1][value]": {`BIKE,ä &"1+1"%2F`},
	}, requests[0].URL.Query())
	require.Equal(t, "/shop/rest/all/V1/products", requests[0].URL.Path)
	require.Equal(t, "/shop/rest/all/V1/bulk/a%2Fb/detailed-status", requests[1].RequestURI)
}
