package ebay_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/ebay"
	"github.com/tidemark/tidemark/channels/ebay/ebaytest"
	"github.com/tidemark/tidemark/settings"
)

func find(t *testing.T, channel channels.Channel, item channels.Item) (channels.Found, error) {
	t.Helper()
	finder, ok := channels.AsFinder(channel)
	require.True(t, ok)
	matches, _, err := finder.Find(t.Context(), []channels.Item{item})
	if err != nil {
		return channels.Found{}, err
	}
	return matches[0], nil
}

func TestFindTakesLiveOffersOfTheMarketplace(t *testing.T) {
	t.Parallel()
	store := ebaytest.Start(t, ebaytest.Options{ShortSKUs: true})
	for _, sku := range []string{"BIKE", "AUCTIONED", "HIDDEN", "ENDED", "BARE"} {
		store.Set(t, channels.Item{ChannelSKU: sku})
	}
	store.Offer("BIKE", "EBAY_DE", "FIXED_PRICE")
	store.Offer("BIKE", ebaytest.Marketplace, "AUCTION")
	for _, sku := range []string{"AUCTIONED", "BARE"} {
		store.Unoffer(sku)
	}
	store.Offer("AUCTIONED", ebaytest.Marketplace, "AUCTION")
	store.Withdraw("HIDDEN")
	store.End("ENDED")
	us := channels.Guarded(store.Open(t))
	de, err := ebay.Driver().Open("shop", with(store.Settings(), settings.Values{"marketplace": "EBAY_DE"}), store.Environment())
	require.NoError(t, err)
	gb, err := ebay.Driver().Open("shop", with(store.Settings(), settings.Values{"marketplace": "EBAY_GB"}), store.Environment())
	require.NoError(t, err)

	for _, test := range []struct {
		channel          channels.Channel
		sku              string
		missing, blocked string
	}{
		{us, "AUCTIONED", "", "by auction only"},
		{us, "HIDDEN", "is not published, or its listing has ended", ""},
		{us, "ENDED", "is not published, or its listing has ended", ""},
		{us, "BARE", "has no offer on EBAY_US with exactly this SKU", ""},
		{us, "bike", "has no offer on EBAY_US with exactly this SKU", ""},
		{us, strings.Repeat("x", 51), "eBay does not take this SKU (25707: ", ""},
		{gb, "BIKE", "is listed on EBAY_US, EBAY_DE and not on EBAY_GB; correct the setting marketplace", ""},
	} {
		match, err := find(t, test.channel, channels.Item{ChannelSKU: test.sku})
		require.NoError(t, err)
		require.Empty(t, match.Reference, test.sku)
		require.Contains(t, match.Missing, test.missing, test.sku)
		require.Contains(t, match.Blocked, test.blocked, test.sku)
	}
	ours, err := find(t, us, channels.Item{ChannelSKU: "BIKE"})
	require.NoError(t, err)
	theirs, err := find(t, de, channels.Item{ChannelSKU: "BIKE"})
	require.NoError(t, err)
	require.Equal(t, channels.Found{Reference: `["8209815002"]`}, ours)
	require.Equal(t, channels.Found{Reference: `["8209815007"]`}, theirs)
}

// The figure of the SKU and that of its offer are both set, whether the call is for one SKU or more.
func TestBothFiguresAreSet(t *testing.T) {
	t.Parallel()
	store := ebaytest.Start(t, ebaytest.Options{})
	store.Set(t, channels.Item{ChannelSKU: "BIKE", Quantity: 1})
	channel := channels.Guarded(store.Open(t))
	items := channeltest.LookUp(t, channel, channels.Item{ChannelSKU: "BIKE", Quantity: 5})
	_, err := channeltest.Push(t, channel, items...)
	require.NoError(t, err)
	require.Equal(t, int64(5), store.Shown(t)[channeltest.Place{SKU: "BIKE"}], "the lesser of both")
}

// An offer that was withdrawn is lost, and the next look-up says why.
func TestAWithdrawnOfferIsLookedUpAnew(t *testing.T) {
	t.Parallel()
	store := ebaytest.Start(t, ebaytest.Options{})
	store.Set(t, channels.Item{ChannelSKU: "BIKE"})
	channel := channels.Guarded(store.Open(t))
	items := channeltest.LookUp(t, channel, channels.Item{ChannelSKU: "BIKE", Quantity: 5})
	store.Withdraw("BIKE")
	reply, err := channeltest.Push(t, channel, items...)
	require.NoError(t, err)
	require.True(t, reply.Items[0].Lost)
	match, err := find(t, channel, items[0])
	require.NoError(t, err)
	require.Contains(t, match.Missing, "publish it")
}

func TestALocationIsNotLookedUp(t *testing.T) {
	t.Parallel()
	store := ebaytest.Start(t, ebaytest.Options{})
	match, err := find(t, channels.Guarded(store.Open(t)), channels.Item{Location: "front", ChannelSKU: "BIKE"})
	require.NoError(t, err)
	require.Contains(t, match.Blocked, "take the locations out of the connection")
	require.Zero(t, store.Lookups())
}

func TestLookUps(t *testing.T) {
	t.Parallel()
	offers := func(offers string) string { return `{"total":1,"size":1,"offers":[` + offers + `]}` }
	const live = `{"offerId":"101","sku":"BIKE","marketplaceId":"EBAY_US","format":"FIXED_PRICE","status":"PUBLISHED","listing":{"listingId":"1",` +
		`"listingStatus":"OUT_OF_STOCK"}}`
	for name, test := range map[string]struct {
		response canned
		match    channels.Found
		next     channels.Next // with fault
		fault    string
	}{
		"out of stock": {response: canned{body: offers(live)}, match: channels.Found{Reference: `["101"]`}},
		"no format, no more": {
			response: canned{body: offers(`{"offerId":"101","sku":"BIKE","marketplaceId":"EBAY_US","status":"PUBLISHED"}`)},
			match:    channels.Found{Reference: `["101"]`},
		},
		"two, out of order": {response: canned{body: offers(strings.Replace(live, "101", "102", 1) + `,` + live)}, match: channels.Found{Reference: `["101","102"]`}},
		"more pages": {
			response: canned{body: `{"total":200,"next":"https://api.ebay.com/x","offers":[` + live + `]}`},
			match:    channels.Found{Blocked: "this SKU has more than the 25 offers that eBay lets a SKU have, so not all of them could be set"},
		},
		"26 offers": {
			response: canned{body: offers(strings.Repeat(live+`,`, 25) + live)},
			match:    channels.Found{Blocked: "this SKU has more than the 25 offers that eBay lets a SKU have, so not all of them could be set"},
		},
		"not published": {
			response: canned{body: offers(strings.Replace(live, "PUBLISHED", "UNPUBLISHED", 1))},
			match:    channels.Found{Missing: "the offer of this SKU on EBAY_US is not published, or its listing has ended, so no buyer would see a figure; publish it"},
		},
		"ended by eBay": {
			response: canned{body: offers(strings.Replace(live, "OUT_OF_STOCK", "EBAY_ENDED", 1))},
			match:    channels.Found{Missing: "the offer of this SKU on EBAY_US is not published, or its listing has ended, so no buyer would see a figure; publish it"},
		},
		"none, counted":   {response: canned{body: `{"total":0,"size":0}`}, match: channels.Found{Missing: noOffer}},
		"none, a list":    {response: canned{body: `{"offers":[]}`}, match: channels.Found{Missing: noOffer}},
		"none, not found": {response: canned{status: 404, body: `{"errors":[` + inventory("25713", "gone") + `]}`}, match: channels.Found{Missing: noOffer}},
		"no such SKU":     {response: canned{status: 400, body: `{"errors":[` + inventory("25702", "gone") + `]}`}, match: channels.Found{Missing: noOffer}},
		"a SKU it cannot take": {
			response: canned{status: 400, body: `{"errors":[` + inventory("25709", "Invalid value for sku.") + `]}`},
			match:    channels.Found{Missing: "eBay does not take this SKU (25709: Invalid value for sku.); list the SKU under its name on eBay"},
		},
		"another's SKU":   {response: canned{body: offers(strings.Replace(live, "BIKE", "bike", 1))}, match: channels.Found{Missing: noOffer}},
		"no offers":       {response: canned{body: `{"total":3}`}, fault: "holds no offers"},
		"offers are null": {response: canned{body: `{"offers":null}`}, fault: "holds no offers"},
		"no id":           {response: canned{body: offers(strings.Replace(live, "101", "", 1))}, fault: "no id"},
		"no status":       {response: canned{body: offers(`{"offerId":"101","sku":"BIKE","marketplaceId":"EBAY_US"}`)}, fault: "no status"},
		"a page":          {response: canned{body: `<!DOCTYPE html>canary-0123456789`}, fault: "not the JSON"},
		"no content":      {response: canned{status: 204}, fault: "not one that eBay's API promises"},
		"another address": {response: canned{status: 404, body: `canary-0123456789`}, fault: "check the setting endpoint", next: channels.AskPerson},
		"a fault of eBay": {response: canned{status: 400, body: `{"errors":[` + system + `]}`}, fault: "server error", next: channels.Resend},
		"throttled":       {response: canned{status: 429}, fault: "throttles", next: channels.Wait},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			match, err := find(t, answering(t, token, test.response), channels.Item{ChannelSKU: "BIKE"})
			if test.fault != "" {
				channeltest.RequireError(t, err, test.next, test.fault)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.match, match)
		})
	}
}

const noOffer = "eBay's Inventory API has no offer on EBAY_US with exactly this SKU, upper and lower case included; correct it there, list the SKU under its " +
	"name on eBay, or migrate its listing to the Inventory API"

func TestTheQueryOfALookUp(t *testing.T) {
	t.Parallel()
	var uri string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			uri = r.URL.RequestURI()
		}
		token.write(w)
	}))
	t.Cleanup(server.Close)
	channel, err := ebay.Driver().Open("shop", values(settings.Values{"endpoint": server.URL}), ebaytest.Environment())
	require.NoError(t, err)
	_, err = find(t, channel, channels.Item{ChannelSKU: "A&B/ü 100%+1"})
	require.ErrorContains(t, err, "holds no offers")
	require.Equal(t, "/sell/inventory/v1/offer?sku=A%26B%2F%C3%BC+100%25%2B1", uri)
}
