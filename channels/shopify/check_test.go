package shopify_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/shopify"
	"github.com/tidemark/tidemark/channels/shopify/shopifytest"
	"github.com/tidemark/tidemark/settings"
)

func TestCheckSaysWhoseShopItIs(t *testing.T) {
	t.Parallel()
	store := shopifytest.Start(t, shopifytest.Options{Locations: []string{"106318430514", "106318430515"}})
	finding, err := store.Open(t).Check(t.Context())
	require.NoError(t, err)
	require.Equal(t, "acme.myshopify.com (Acme Bikes)", finding.Account)
	require.Equal(t, []string{"gid://shopify/Location/106318430514", "gid://shopify/Location/106318430515"}, finding.Locations)
	require.Equal(t, []string{
		"scopes: write_inventory, read_products, read_locations",
		`location 106318430514 is "Shop location", active`,
		`location 106318430515 is "Shop location", active`,
		"the setting location is empty, so every connection must link locations",
		`the first variant has the SKU "POISON"`,
	}, finding.Notes)
}

func TestCheckSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for want, test := range map[string]struct {
		options shopifytest.Options
		scopes  []string
		change  settings.Values
	}{
		"lacks the scopes write_inventory; add them":    {scopes: []string{"read_inventory", "read_products", "read_locations"}},
		"give the app the scopes":                       {scopes: []string{"write_inventory", "read_products"}},
		"lacks the scopes write_inventory, read_invent": {scopes: []string{"write_products", "read_locations"}},
		"has no active location 42; correct":            {change: settings.Values{"location": "42"}},
		"no such version":                               {change: settings.Values{"endpoint": "/elsewhere"}},
		"no access token for client_id":                 {options: shopifytest.Options{App: true}, change: settings.Values{"client_id": "another"}},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			store := shopifytest.Start(t, test.options)
			if test.scopes != nil {
				store.Grant(test.scopes...)
			}
			values := store.Settings()
			for name, value := range test.change {
				values[name] = value
			}
			if test.change["endpoint"] != nil {
				values["endpoint"] = store.URL + "/elsewhere"
			}
			channel, err := shopify.Driver().Open("shop", values, store.Environment())
			require.NoError(t, err)
			_, err = channels.Guarded(channel).Check(t.Context())
			channeltest.RequireError(t, err, channels.AskPerson, want)
		})
	}
}
