package shopify_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/shopify"
	"github.com/tidemark/tidemark/channels/shopify/shopifytest"
	"github.com/tidemark/tidemark/settings"
)

func TestOpenSetsTheLimits(t *testing.T) {
	t.Parallel()
	channel, err := shopify.Driver().Open("shop", settings.Values{"shop": "acme.myshopify.com", "token": "env:TOKEN", "compare": true}, shopifytest.Environment())
	require.NoError(t, err)
	require.Equal(t, channels.Limits{
		Calls: 10,
		Batch: 250, Rate: 10, Burst: 200, Compare: true, KeyLifetime: 23 * time.Hour, Timeout: 30 * time.Second, Find: 100,
	}, channel.Limits())
	require.False(t, shopify.Spec.CreatesUnknown, "a SKU that is not found is never made")
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	with := func(more settings.Values) settings.Values {
		values := settings.Values{"shop": "acme.myshopify.com", "token": "env:TOKEN"}
		for name, value := range more {
			if value == nil {
				delete(values, name)
			} else {
				values[name] = value
			}
		}
		return values
	}
	for want, values := range map[string]settings.Values{
		`shopify needs the setting "shop"`:               with(settings.Values{"shop": nil}),
		`"acme.com" is not a domain like acme.myshopify`: with(settings.Values{"shop": "acme.com"}),
		`"evil.com/.myshopify.com" is not a domain`:      with(settings.Values{"shop": "evil.com/.myshopify.com"}),
		`"2026-01" is not a version of the Admin API`:    with(settings.Values{"version": "2026-01"}),
		`"unstable" is not a version of the Admin API`:   with(settings.Values{"version": "unstable"}),
		`location of shopify: "front" is not the id`:     with(settings.Values{"location": "front"}),
		`"gid://shopify/Product/1" is not the id`:        with(settings.Values{"location": "gid://shopify/Product/1"}),
		"needs a credential":                             with(settings.Values{"token": nil}),
		"needs a credential: the setting token, or cl":   with(settings.Values{"token": nil, "client_id": "app"}),
		"not both": with(settings.Values{"client_id": "app"}),
		"the environment variable MISSING is not set":     with(settings.Values{"token": "env:MISSING"}),
		"environment variable MISSING":                    with(settings.Values{"token": nil, "client_id": "app", "client_secret": "env:MISSING"}),
		`"gone" is not one of correction`:                 with(settings.Values{"reason": "gone"}),
		`"all" is not one of block, first`:                with(settings.Values{"duplicates": "all"}),
		"241 is outside 1 to 240":                         with(settings.Values{"find_limit": int64(241)}),
		`shopify has no setting "colour"; it has client_`: with(settings.Values{"colour": "red"}),
	} {
		_, err := shopify.Driver().Open("shop", values, shopifytest.Environment())
		require.ErrorContains(t, err, want)
	}
}

func TestEncodeSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	channel, err := shopify.Driver().Open("shop", settings.Values{"shop": "acme.myshopify.com", "token": "env:TOKEN"}, shopifytest.Environment())
	require.NoError(t, err)
	for want, item := range map[string]channels.Item{
		`channel SKU "A" has no location; link locations`:     {ChannelSKU: "A", Reference: "gid://shopify/InventoryItem/1"},
		`channel SKU "B": "front" is not the id of a locatio`: {ChannelSKU: "B", Location: "front", Reference: "gid://shopify/InventoryItem/1"},
		`channel SKU "C" has not been looked up`:              {ChannelSKU: "C", Location: "1"},
		`channel SKU "D" has not been looked up`:              {ChannelSKU: "D", Location: "1", Reference: "gid://shopify/Product/1"},
	} {
		_, err := channel.Encode([]channels.Item{item}, "key")
		require.ErrorContains(t, err, want)
	}
}

// recorded opens a channel to a shop that keeps what it is sent and finds nothing.
func recorded(t *testing.T, values settings.Values) (channels.Channel, *channeltest.Canned) {
	t.Helper()
	server := channeltest.Answering(t, http.StatusOK, nil,
		`{"data":{"productVariants":{"nodes":[],"pageInfo":{"hasNextPage":false}},"shop":{"myshopifyDomain":"acme.myshopify.com"}}}`)
	values["endpoint"], values["token"] = server.URL, "env:TOKEN"
	channel, err := shopify.Driver().Open("shop", values, shopifytest.Environment())
	require.NoError(t, err)
	return channel, server
}

func TestTheBytesOfCalls(t *testing.T) {
	t.Parallel()
	seven := int64(7)
	items := []channels.Item{
		{ChannelSKU: `A&B "18\20"`, Quantity: 5, Expected: &seven, Reference: "gid://shopify/InventoryItem/53208220533042"},
		{Location: "106318430515", ChannelSKU: "ä sku:*", Quantity: 0, Reference: "gid://shopify/InventoryItem/53208220565810"},
	}
	plain, server := recorded(t, settings.Values{"location": "106318430514"})
	comparing, _ := recorded(t, settings.Values{"location": "106318430514", "compare": true, "reason": "restock"})
	sent, err := plain.Encode(items, "0b5e0f3c-1a52-4f0e-9a3e-2f4c6f0f4a11")
	require.NoError(t, err)
	channeltest.Golden(t, "set_quantities", sent)
	sent, err = comparing.Encode(items, "odd key?/")
	require.NoError(t, err)
	channeltest.Golden(t, "set_quantities_compare", sent)

	_, _, err = plain.(channels.Finder).Find(t.Context(), items)
	require.NoError(t, err)
	last := server.Last(t)
	channeltest.Golden(t, "find_variants", last.Content)
	require.Equal(t, http.MethodPost, last.Method)
	require.Equal(t, "/admin/api/2026-10/graphql.json", last.URL.Path)
	require.Equal(t, channeltest.Credential, last.Header.Get("X-Shopify-Access-Token"))
	require.Equal(t, "application/json", last.Header.Get("Content-Type"))

	_, err = plain.Check(t.Context())
	require.Error(t, err, "this shop has no locations")
	channeltest.Golden(t, "check", server.Last(t).Content)
}

func TestTheBytesOfTheReadAfterAConflict(t *testing.T) {
	t.Parallel()
	server := channeltest.Answering(t, http.StatusOK, nil,
		userErrors(`{"field":["input","quantities","1","changeFromQuantity"],"code":"CHANGE_FROM_QUANTITY_STALE","message":"stale"}`))
	channel, err := shopify.Driver().Open("shop", settings.Values{"endpoint": server.URL, "token": "env:TOKEN", "location": "1", "compare": true},
		shopifytest.Environment())
	require.NoError(t, err)
	reply, err := push(t, channel, "key", two...)
	require.NoError(t, err, "a read that fails changes nothing about the verdicts")
	require.Equal(t, channels.Conflict, reply.Items[1].Verdict)
	require.Nil(t, reply.Items[1].Actual)
	require.Len(t, server.Requests(), 2)
	channeltest.Golden(t, "read_levels", server.Last(t).Content)
}
