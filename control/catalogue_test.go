package control

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// The catalogue is listed by kind and a part at a time, with under what each store sells a SKU.
func TestTheCatalogueIsListed(t *testing.T) {
	t.Parallel()
	c := New(shopLedger(t, func(d *ledger.Definitions) {
		d.Stores = append(d.Stores, ledger.Store{ID: "till", Merchant: "acme", Driver: "sandbox"}, ledger.Store{ID: "other", Merchant: "birch", Driver: "sandbox"})
		d.Products = []ledger.Product{{Merchant: "acme", SKU: "BELL", Name: "Bell"}, {Merchant: "acme", SKU: "BIKE", Name: "City bike", Barcode: "42"}}
		d.Bundles = []ledger.BundleDefinition{{
			Merchant: "acme", Bundle: inventory.Bundle{SKU: "KIT", Components: []inventory.Component{{SKU: "BIKE", Count: 1}, {SKU: "BELL", Count: 2}}},
		}}
		d.Listings = []ledger.ListingDefinition{
			{Store: "shop", Listing: inventory.Listing{SKU: "BIKE", ChannelSKU: "S-1"}},
			{Store: "till", Listing: inventory.Listing{SKU: "BIKE", ChannelSKU: "T-1"}},
			{Store: "till", Listing: inventory.Listing{SKU: "KIT", ChannelSKU: "T-2"}},
		}
	}), nil, nil)
	list := func(query CatalogueQuery) Catalogue {
		t.Helper()
		if query.Limit == 0 {
			query.Limit = 10
		}
		catalogue, err := c.Catalogue(t.Context(), query)
		require.NoError(t, err)
		return catalogue
	}
	first := list(CatalogueQuery{Limit: 1})
	require.Equal(t, []string{"acme", "birch"}, first.Merchants)
	require.Equal(t, []string{"shop", "till"}, first.Stores)
	require.Equal(t, []CatalogueEntry{{SKU: "BELL", Name: "Bell"}}, first.Entries)
	second := list(CatalogueQuery{Limit: 1, After: first.Next})
	require.Equal(t, "BIKE", second.Entries[0].SKU)
	require.Equal(t, []string{"S-1", "T-1"}, []string{second.Entries[0].Sold[0].ChannelSKU, second.Entries[0].Sold[1].ChannelSKU})
	require.Empty(t, list(CatalogueQuery{Limit: 1, After: second.Next}).Entries)
	require.Len(t, list(CatalogueQuery{Prefix: "BI"}).Entries, 1)
	kit := list(CatalogueQuery{Kind: CatalogueBundles}).Entries[0]
	require.Equal(t, []inventory.Component{{SKU: "BIKE", Count: 1}, {SKU: "BELL", Count: 2}}, kit.Components)
	require.Equal(t, "T-2", kit.Sold[0].ChannelSKU)
	listings := list(CatalogueQuery{Kind: CatalogueListings, Store: "till", Limit: 1})
	require.Equal(t, "BIKE", listings.Entries[0].SKU)
	require.Equal(t, "T-1", listings.Next)
	require.Empty(t, list(CatalogueQuery{Merchant: "birch"}).Entries)

	var absent *AbsentError
	_, err := c.Catalogue(t.Context(), CatalogueQuery{Merchant: "nobody"})
	require.ErrorAs(t, err, &absent)
	_, err = c.Catalogue(t.Context(), CatalogueQuery{Store: "other"})
	require.ErrorAs(t, err, &absent, "another merchant's")
	_, err = c.Catalogue(t.Context(), CatalogueQuery{Kind: "prices"})
	require.EqualError(t, err, `the catalogue has no list "prices"; there are products, bundles, listings`)
}
