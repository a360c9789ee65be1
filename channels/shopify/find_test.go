package shopify_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/shopify/shopifytest"
)

func TestFindSaysWhatCannotBeSet(t *testing.T) {
	t.Parallel()
	// Whether a search finds more than was asked for and whether an item counts itself is not confirmed.
	for _, options := range []shopifytest.Options{{}, {SearchesLoosely: true}, {CountsItself: true}} {
		t.Run(fmt.Sprintf("loosely %t, itself %t", options.SearchesLoosely, options.CountsItself), func(t *testing.T) {
			t.Parallel()
			store := shopifytest.Start(t, options)
			var items []channels.Item
			for _, sku := range []string{"BIKE", "BIKE-2", "bike", "KIT", "CARD", "TWIN", "UNKNOWN"} {
				items = append(items, channels.Item{ChannelSKU: sku})
			}
			store.Set(t, items[:6]...)
			store.Bundle("KIT")
			store.Untrack("CARD")
			store.Duplicate("TWIN")
			matches := find(t, channels.Guarded(store.Open(t)), items...)
			references := map[string]bool{}
			for _, match := range matches[:3] {
				require.NotEmpty(t, match.Reference)
				references[match.Reference] = true
			}
			require.Len(t, references, 3)
			require.Contains(t, matches[3].Blocked, "from its components")
			require.Contains(t, matches[4].Blocked, "does not track")
			require.Contains(t, matches[5].Blocked, "2 variants have this SKU")
			require.Contains(t, matches[6].Missing, "no variant with exactly this SKU")
		})
	}
}

func TestTheFirstOfDuplicatesIsTheOldest(t *testing.T) {
	t.Parallel()
	store := shopifytest.Start(t, shopifytest.Options{Settings: map[string]any{"duplicates": "first"}})
	twin := channels.Item{ChannelSKU: "TWIN"}
	store.Set(t, twin)
	channel := channels.Guarded(store.Open(t))
	alone := find(t, channel, twin)
	store.Duplicate("TWIN")
	require.Equal(t, alone, find(t, channel, twin))
}

func TestASKUInTwoLocationsIsAskedForOnce(t *testing.T) {
	t.Parallel()
	store := shopifytest.Start(t, shopifytest.Options{Locations: []string{"1", "2"}})
	items := []channels.Item{{Location: "1", ChannelSKU: "BIKE"}, {Location: "2", ChannelSKU: "BIKE"}}
	store.Set(t, items...)
	matches := find(t, channels.Guarded(store.Open(t)), items...)
	require.NotEmpty(t, matches[0].Reference)
	require.Equal(t, matches[0], matches[1])
}

func TestALookUpThatResemblesTooMuchIsHalved(t *testing.T) {
	t.Parallel()
	store := shopifytest.Start(t, shopifytest.Options{SearchesLoosely: true})
	var many []channels.Item
	for i := range 300 {
		many = append(many, channels.Item{ChannelSKU: fmt.Sprintf("A-%d", i)})
	}
	store.Set(t, many...)
	store.Set(t, channels.Item{ChannelSKU: "a"}) // the last of all that resemble it
	finder, ok := channels.AsFinder(channels.Guarded(store.Open(t)))
	require.True(t, ok)
	late := channels.Item{ChannelSKU: "a"}
	_, _, err := finder.Find(t.Context(), []channels.Item{late, {ChannelSKU: "A-1"}})
	var failure *channels.Error
	require.True(t, errors.As(err, &failure))
	require.Equal(t, channels.Smaller, failure.Next)
	matches, _, err := finder.Find(t.Context(), []channels.Item{late})
	require.NoError(t, err)
	require.Contains(t, matches[0].Missing, "more than 250 variants resemble this SKU")
	// What is shown is taken, even when there is more.
	matches, _, err = finder.Find(t.Context(), []channels.Item{{ChannelSKU: "A-1"}})
	require.NoError(t, err)
	require.NotEmpty(t, matches[0].Reference)
}

func TestLookUpsThatAreNotBelieved(t *testing.T) {
	t.Parallel()
	variant := `{"sku":"BIKE","requiresComponents":false,"inventoryItem":{"id":"gid://shopify/InventoryItem/1","tracked":true,"duplicateSkuCount":%d}}`
	page := func(nodes string) string {
		return `{"data":{"productVariants":{"nodes":[` + nodes + `],"pageInfo":{"hasNextPage":false}}}}`
	}
	item := []channels.Item{{ChannelSKU: "BIKE"}}
	for name, test := range map[string]struct {
		body  string
		fault string
		next  channels.Next
		match channels.Found
	}{
		"found":         {body: page(fmt.Sprintf(variant, 0)), match: channels.Found{Reference: "gid://shopify/InventoryItem/1"}},
		"counts itself": {body: page(fmt.Sprintf(variant, 1)), match: channels.Found{Reference: "gid://shopify/InventoryItem/1"}},
		"others are not shown": {
			body: page(fmt.Sprintf(variant, 3)),
			match: channels.Found{Blocked: "3 variants have this SKU in Shopify, so it is not known which one is meant; give each its own SKU, or set duplicates: " +
				"first"},
		},
		"another SKU": {
			body: page(`{"sku":"bike","inventoryItem":{"id":"gid://shopify/InventoryItem/1","tracked":true}}`),
			match: channels.Found{Missing: "Shopify has no variant with exactly this SKU, upper and lower case included; correct it there, or list the SKU under its " +
				"name in the shop"},
		},
		"no SKU": {
			body: page(`{"sku":null,"inventoryItem":{"id":"gid://shopify/InventoryItem/1","tracked":true}}`),
			match: channels.Found{Missing: "Shopify has no variant with exactly this SKU, upper and lower case included; correct it there, or list the SKU under its " +
				"name in the shop"},
		},
		"no item":     {body: page(`{"sku":"BIKE","inventoryItem":null}`), fault: "no inventory item"},
		"no page":     {body: `{"data":{"productVariants":{"nodes":[]}}}`, fault: "holds no variants"},
		"no variants": {body: `{"data":{"productVariants":null}}`, fault: "holds no variants"},
		"denied": {body: `{"data":{"productVariants":null},"errors":[{"message":"x","path":["productVariants"],` +
			`"extensions":{"code":"ACCESS_DENIED"}}]}`, fault: "read_products", next: channels.AskPerson},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			finder, ok := channels.AsFinder(answering(t, http.StatusOK, test.body))
			require.True(t, ok)
			matches, _, err := finder.Find(t.Context(), item)
			if test.fault != "" {
				channeltest.RequireError(t, err, test.next, test.fault)
				return
			}
			require.NoError(t, err)
			require.Equal(t, []channels.Found{test.match}, matches)
		})
	}
}
