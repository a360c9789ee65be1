package woocommerce_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/woocommerce/woocommercetest"
)

func TestFindSaysWhatCannotBeSet(t *testing.T) {
	t.Parallel()
	store := woocommercetest.Start(t, woocommercetest.Options{Variations: 3})
	skus := []string{"SHIRT-S", "SHIRT-M", "shirt-m", "LONE", "TWIN", "SET", "LINK", "BIKE", "PLAIN"}
	var items []channels.Item
	for _, sku := range skus {
		items = append(items, channels.Item{ChannelSKU: sku})
	}
	store.Set(t, items...)
	store.Share("SHIRT-S", "SHIRT", 7)
	store.Orphan("LONE")
	store.Duplicate("TWIN")
	store.Retype("SET", "grouped")
	store.Retype("LINK", "external")
	store.Retype("BIKE", "variable")
	store.Retype("PLAIN", "simple")
	store.Manage("PLAIN", false)
	items = append(items, channels.Item{ChannelSKU: "SHIRT"}, channels.Item{ChannelSKU: "UNKNOWN"}, channels.Item{Location: "front", ChannelSKU: "SHIRT-M"})

	matches := channeltest.Find(t, channels.Guarded(store.Open(t)), items...)
	require.Contains(t, matches[0].Blocked, "shares the stock of its product")
	require.Regexp(t, fmt.Sprintf(`^{"id":\d+,"parent":%d,"kind":"variation"}$`, store.Parent("SHIRT-M")), matches[1].Reference)
	require.NotEmpty(t, matches[2].Reference)
	require.NotEqual(t, matches[1], matches[2], "SKUs are compared byte by byte")
	require.Contains(t, matches[3].Blocked, "a variation without a product")
	require.Contains(t, matches[4].Blocked, "2 products have this SKU")
	require.Contains(t, matches[5].Blocked, "of the type grouped has no stock")
	require.Contains(t, matches[6].Blocked, "of the type external has no stock")
	require.Contains(t, matches[7].Blocked, "no stock of its own")
	require.Contains(t, matches[8].Reference, `"manage":true`)
	require.Contains(t, matches[9].Reference, `"kind":"product"`, "the shared figure is that of the product")
	require.NotContains(t, matches[9].Reference, "manage")
	require.Contains(t, matches[10].Missing, "no product with exactly this SKU")
	require.Contains(t, matches[11].Blocked, "no locations")
}

func TestTheSharedFigureIsSetByTheSKUOfTheProduct(t *testing.T) {
	t.Parallel()
	store := woocommercetest.Start(t, woocommercetest.Options{Variations: 3})
	store.Set(t, channels.Item{ChannelSKU: "SHIRT-S"})
	store.Share("SHIRT-S", "SHIRT", 7)
	channel := channels.Guarded(store.Open(t))
	reply, err := channeltest.Push(t, channel, channeltest.LookUp(t, channel, channels.Item{ChannelSKU: "SHIRT", Quantity: 9})...)
	require.NoError(t, err)
	require.Equal(t, channels.Applied, reply.Items[0].Verdict)
	require.Equal(t, int64(9), store.Shown(t)[channeltest.Place{SKU: "SHIRT"}])
}

func TestUnmanagedProductsAreBlockedWhereThatIsSet(t *testing.T) {
	t.Parallel()
	for _, variations := range []int{0, 10} {
		store := woocommercetest.Start(t, woocommercetest.Options{Unmanaged: true, Variations: variations, Settings: map[string]any{"unmanaged": "block"}})
		store.Set(t, channels.Item{ChannelSKU: "BIKE"})
		matches := channeltest.Find(t, channels.Guarded(store.Open(t)), channels.Item{ChannelSKU: "BIKE"})
		require.Contains(t, matches[0].Blocked, "does not manage the stock of this product")
	}
}

// Whether a look-up of products finds variations in every shop is not confirmed, and older shops have no look-up of variations.
func TestVariationsThatALookUpOfProductsDoesNotFind(t *testing.T) {
	t.Parallel()
	apart := map[string]any{"variations": "separate"}
	for name, test := range map[string]struct {
		options woocommercetest.Options
		want    string // within the reference; empty: it is not found
	}{
		"with the products":                {woocommercetest.Options{Variations: 9}, `"kind":"variation"`},
		"with the products, before 10.3":   {woocommercetest.Options{Variations: 9, NoVariationsRoute: true}, `"kind":"variation"`},
		"not with the products":            {woocommercetest.Options{Variations: 9, SeparateVariations: true}, ""},
		"not with the products, but apart": {woocommercetest.Options{Variations: 9, SeparateVariations: true, Settings: apart}, `"kind":"variation"`},
		"both ways":                        {woocommercetest.Options{Variations: 9, Settings: apart}, `"kind":"variation"`},
		"a product, both ways":             {woocommercetest.Options{Settings: apart}, `"kind":"product"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := woocommercetest.Start(t, test.options)
			item := channels.Item{ChannelSKU: "SHIRT-S"}
			store.Set(t, item)
			match := channeltest.Find(t, channels.Guarded(store.Open(t)), item)[0]
			require.Contains(t, match.Reference, test.want)
			require.Equal(t, test.want == "", match.Missing != "")
		})
	}
}

func TestAShopBefore103CannotLookVariationsUpApart(t *testing.T) {
	t.Parallel()
	store := woocommercetest.Start(t, woocommercetest.Options{NoVariationsRoute: true, Settings: map[string]any{"variations": "separate"}})
	finder, ok := channels.AsFinder(channels.Guarded(store.Open(t)))
	require.True(t, ok)
	_, _, err := finder.Find(t.Context(), []channels.Item{{ChannelSKU: "BIKE"}})
	channeltest.RequireError(t, err, channels.AskPerson, "set variations: products")
}

func TestASKUWithACommaIsLookedUpAlone(t *testing.T) {
	t.Parallel()
	store := woocommercetest.Start(t, woocommercetest.Options{})
	items := []channels.Item{{ChannelSKU: "A,B"}, {ChannelSKU: "A"}, {ChannelSKU: "0"}}
	store.Set(t, items...)
	channel := channels.Guarded(store.Open(t))
	finder, ok := channels.AsFinder(channel)
	require.True(t, ok)
	_, _, err := finder.Find(t.Context(), items)
	channeltest.RequireError(t, err, channels.Smaller)
	require.Zero(t, store.Lookups())
	for _, item := range items {
		require.NotEmpty(t, channeltest.Find(t, channel, item)[0].Reference, item.ChannelSKU)
	}
}

// WordPress cleans what it is asked for. The other shop stands for one where something keeps it from that.
func TestSKUsThatWordPressCleans(t *testing.T) {
	t.Parallel()
	for _, cleans := range []bool{false, true} {
		store := woocommercetest.Start(t, woocommercetest.Options{Cleans: cleans})
		channel := channels.Guarded(store.Open(t))
		for sku, survives := range map[string]bool{
			" BIKE": false, "BI  KE": false, "BI\tKE": false, "<b>BIKE": false, "BIKE%2F1": false,
			"BIKE": true, "B I KE": true, "100%": true, "50%2": true, "É>": true,
			"BELL ": true, // to the database it is the same as without the blank, which is what it is asked for
		} {
			item := channels.Item{ChannelSKU: sku}
			store.Set(t, item)
			match := channeltest.Find(t, channel, item)[0]
			require.Equal(t, survives || !cleans, match.Reference != "", "%q: %+v", sku, match)
			if match.Reference == "" {
				require.Contains(t, match.Missing, "WordPress takes blanks", "%q", sku)
			}
		}
	}
}

func TestALookUpThatIsTooMuchIsHalved(t *testing.T) {
	t.Parallel()
	for _, noPages := range []bool{false, true} {
		store := woocommercetest.Start(t, woocommercetest.Options{NoPages: noPages})
		for range 101 { // in every mixture of upper and lower case the database takes them for the same
			store.Duplicate("same")
		}
		store.Set(t, channels.Item{ChannelSKU: "SAME"}, channels.Item{ChannelSKU: "BIKE"})
		channel := channels.Guarded(store.Open(t))
		finder, ok := channels.AsFinder(channel)
		require.True(t, ok)
		_, _, err := finder.Find(t.Context(), []channels.Item{{ChannelSKU: "SAME"}, {ChannelSKU: "BIKE"}})
		channeltest.RequireError(t, err, channels.Smaller)
		require.Contains(t, channeltest.Find(t, channel, channels.Item{ChannelSKU: "SAME"})[0].Blocked, "more than 100 products")
		require.NotEmpty(t, channeltest.Find(t, channel, channels.Item{ChannelSKU: "BIKE"})[0].Reference)

		long := []channels.Item{{ChannelSKU: strings.Repeat("A", 4000)}, {ChannelSKU: strings.Repeat("B", 4000)}}
		store.Set(t, long...)
		lookups := store.Lookups()
		_, _, err = finder.Find(t.Context(), long)
		channeltest.RequireError(t, err, channels.Smaller)
		require.Equal(t, lookups, store.Lookups(), "no call is made for nothing")
		require.NotEmpty(t, channeltest.Find(t, channel, long[0])[0].Reference)
	}
}

func TestLookUpsThatFail(t *testing.T) {
	t.Parallel()
	part, several := []channels.Item{{ChannelSKU: "BIKE"}}, []channels.Item{{ChannelSKU: "BIKE"}, {ChannelSKU: "BELL"}}
	for name, test := range map[string]struct {
		status  int
		body    string
		items   []channels.Item
		fault   string
		next    channels.Next
		matches []channels.Found
	}{
		"found": {
			status: 200, body: `[{"id":1,"sku":"BIKE","type":"simple","parent_id":0,"manage_stock":true}]`, items: part,
			matches: []channels.Found{{Reference: `{"id":1,"kind":"product"}`}},
		},
		"a type of a plugin": {
			status: 200, body: `[{"id":1,"sku":"BIKE","type":"subscription","parent_id":0,"manage_stock":true}]`, items: part,
			matches: []channels.Found{{Reference: `{"id":1,"kind":"product"}`}},
		},
		"in a grouped product": {
			status: 200, body: `[{"id":1,"sku":"BIKE","type":"simple","parent_id":4,"manage_stock":true}]`, items: part,
			matches: []channels.Found{{Reference: `{"id":1,"kind":"product"}`}},
		},
		"the same product twice": {
			status: 200, body: `[{"id":1,"sku":"BIKE","manage_stock":true},{"id":1,"sku":"BIKE","manage_stock":true}]`, items: part,
			matches: []channels.Found{{Reference: `{"id":1,"kind":"product"}`}},
		},
		"no SKU": {
			status: 200, body: `[{"id":1,"sku":null,"manage_stock":true}]`, items: part,
			matches: []channels.Found{{Missing: "the shop has no product with exactly this SKU, upper and lower case included; correct it there, " +
				"or list the SKU under its name in the shop"}},
		},
		"no id":               {status: 200, body: `[{"sku":"BIKE","manage_stock":true}]`, items: part, fault: "has no id"},
		"not whether managed": {status: 200, body: `[{"id":1,"sku":"BIKE"}]`, items: part, fault: "whether the stock is managed"},
		"null":                {status: 200, body: `null`, items: part, fault: "no list of products"},
		"an object":           {status: 200, body: `{"0":{}}`, items: part, fault: "not the JSON"},
		"a page":              {status: 200, body: `<html>`, items: part, fault: "not the JSON"},
		"an address too long": {status: 414, items: several, fault: "find_limit", next: channels.Smaller},
		"a SKU too long": {status: 414, items: part, matches: []channels.Found{{Missing: "the shop has no product with exactly this SKU, upper and lower case " +
			"included; correct it there, or list the SKU under its name in the shop"}}},
		"no API":      {status: 404, body: `<html>`, items: part, fault: "no WooCommerce API", next: channels.AskPerson},
		"a parameter": {status: 400, body: `{"code":"rest_invalid_param"}`, items: part, fault: "rest_invalid_param", next: channels.AskPerson},
		"a firewall":  {status: 403, body: `<html>`, items: part, fault: "firewall"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			finder, ok := channels.AsFinder(answering(t, test.status, http.Header{}, test.body))
			require.True(t, ok)
			matches, _, err := finder.Find(t.Context(), test.items)
			if test.fault != "" {
				require.ErrorContains(t, err, test.fault)
				channeltest.RequireError(t, err, test.next)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.matches, matches)
		})
	}
}
