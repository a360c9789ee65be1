package control

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// The error for an unknown SKU suggests one that differs from it only in its spelling.
func TestDidYouMean(t *testing.T) {
	t.Parallel()
	state := shopLedger(t)
	c := &Control{state: state}
	lease := runIn(t, state, "one", noon)
	reports(t, state, lease, "", noon, []inventory.Level{{SKU: "Bike", Available: 5}, {SKU: "BIKE\u00a0", Available: 1}, {SKU: "00124", Available: 1}})
	for sku, want := range map[string]string{
		"BIKE ": `; did you mean "BIKE\u00a0" or "Bike"? (capitals and spaces count)`,
		"124":   `; did you mean "00124"? (capitals and spaces count)`,
		"TENT":  "; check the spelling (capitals and spaces count)",
	} {
		_, err := c.Explain(t.Context(), "acme-shop", sku)
		require.EqualError(t, err, fmt.Sprintf("store shop shows nothing as %q, and warehouse depot has never reported it", sku)+want)
		require.ErrorContains(t, c.checkScope(t.Context(), "acme-shop", []string{sku}), want)
	}
}

// An explanation names the listing, or the level, that spells its SKU in another way.
func TestAnExplanationNamesOtherSpellings(t *testing.T) {
	t.Parallel()
	state := shopLedger(t, func(d *ledger.Definitions) {
		d.Listings = []ledger.ListingDefinition{
			{Store: "shop", Listing: inventory.Listing{SKU: "BIKE", ChannelSKU: "SHOP-BIKE"}},
			{Store: "shop", Listing: inventory.Listing{SKU: "BELL", ChannelSKU: "SHOP-BELL"}},
		}
		d.Bundles = []ledger.BundleDefinition{{
			Merchant: "acme", Bundle: inventory.Bundle{SKU: "KIT", Components: []inventory.Component{{SKU: "Bike", Count: 1}, {SKU: "bell", Count: 1}}},
		}}
	})
	c := &Control{state: state}
	lease := runIn(t, state, "one", noon)
	reports(t, state, lease, "", noon, []inventory.Level{{SKU: "Bike", Available: 5}, {SKU: "BELL", Available: 5}})
	require.Contains(t, linesOf(t, c, "Bike"), `the listings have no "Bike"; they have "BIKE", which is another SKU, for capitals and spaces count`)
	require.NotContains(t, linesOf(t, c, "SHOP-BELL"), "another SKU")
	text := linesOf(t, c, "KIT")
	require.Contains(t, text, `the warehouse reports no "bell"; it reports "BELL", which is another SKU, for capitals and spaces count`)
	require.NotContains(t, text, `no "Bike"`)
}
