package control

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// A SKU is shown with what each store sells it as, also where another product has its name there, and with how long its runs took.
func TestProduct(t *testing.T) {
	t.Parallel()
	c := &Control{now: func() time.Time { return noon }, state: shopLedger(t, func(d *ledger.Definitions) {
		d.Listings = []ledger.ListingDefinition{
			{Store: "shop", Listing: inventory.Listing{SKU: "BIKE", ChannelSKU: "SHOP-BIKE"}},
			{Store: "shop", Listing: inventory.Listing{SKU: "LIGHT", ChannelSKU: "BIKE"}},
		}
	})}
	lease := runIn(t, wholeLedger(c.state), "one", noon)
	reports(t, wholeLedger(c.state), lease, "", noon,
		[]inventory.Level{{SKU: "BIKE", Facility: "east", Available: 7}, {SKU: "LIGHT", Facility: "east", Available: 3}})
	product, err := c.Product(t.Context(), "acme", "BIKE", 0, 10)
	require.NoError(t, err)
	require.Len(t, product.Levels, 1)
	require.EqualValues(t, 7, product.Levels[0].Available)
	require.Len(t, product.Sold, 1, "what is listed as BIKE is another product")
	require.Equal(t, "SHOP-BIKE", product.Sold[0].Row.ChannelSKU)
	require.Len(t, product.Activity, 1)
	require.Nil(t, product.Activity[0].Took, "the run goes on")
	require.Equal(t, ledger.Smart, product.Activity[0].Mode)

	err = wholeLedger(c.state).EndRun(t.Context(), lease, ledger.RunEnd{Outcome: ledger.Completed, Now: noon.Add(6 * time.Minute)})
	require.NoError(t, err)
	product, err = c.Product(t.Context(), "acme", "BIKE", 0, 10)
	require.NoError(t, err)
	require.Equal(t, 6*time.Minute, *product.Activity[0].Took)
	_, err = c.Product(t.Context(), "acme", "BIEK", 0, 10)
	require.ErrorContains(t, err, "nothing is known of a SKU")
	require.Equal(t, []string{"SHOP-BIKE", "BIKE"}, channelSKUs("BIKE", []inventory.ChannelLevel{{ChannelSKU: "SHOP-BIKE"}, {ChannelSKU: "SHOP-BIKE"}}))
}

// A SKU is shown with what the catalogue says of it, and with its activity part by part, also before it was ever reported.
func TestProductOfTheCatalogue(t *testing.T) {
	t.Parallel()
	c := &Control{now: func() time.Time { return noon }, state: shopLedger(t, func(d *ledger.Definitions) {
		d.Products = []ledger.Product{
			{Merchant: "acme", SKU: "BIKE", Name: "City bike", Barcode: "0012345678905"}, {Merchant: "acme", SKU: "BIKE-2", Name: "Another"},
		}
		d.Bundles = []ledger.BundleDefinition{
			{Merchant: "acme", Bundle: inventory.Bundle{SKU: "KIT", Components: []inventory.Component{{SKU: "BIKE", Count: 1}, {SKU: "BELL", Count: 2}}}},
			{Merchant: "acme", Bundle: inventory.Bundle{SKU: "PAIR", Components: []inventory.Component{{SKU: "BIKE", Count: 2}}}},
		}
	})}
	product, err := c.Product(t.Context(), "acme", "BIKE", 0, 10)
	require.NoError(t, err)
	require.Equal(t, "City bike", product.Name)
	require.Equal(t, "0012345678905", product.Barcode)
	require.Equal(t, []string{"KIT", "PAIR"}, product.Bundles)
	require.Empty(t, product.Activity)
	product, err = c.Product(t.Context(), "acme", "BELL", 0, 10)
	require.NoError(t, err)
	require.Empty(t, product.Name, "the product BIKE has another name, and BELL none")
	require.Equal(t, []string{"KIT"}, product.Bundles)

	lease := runIn(t, wholeLedger(c.state), "one", noon)
	for available := range int64(3) {
		reports(t, wholeLedger(c.state), lease, "", noon.Add(time.Duration(available)*time.Minute), []inventory.Level{{SKU: "BIKE", Available: 7 + available}})
	}
	product, err = c.Product(t.Context(), "acme", "BIKE", 0, 2)
	require.NoError(t, err)
	require.Len(t, product.Activity, 2)
	require.EqualValues(t, 9, *product.Activity[0].After)
	require.Equal(t, product.Activity[1].ID, product.Older)
	older, err := c.Product(t.Context(), "acme", "BIKE", product.Older, 2)
	require.NoError(t, err)
	require.Len(t, older.Activity, 1)
	require.EqualValues(t, 7, *older.Activity[0].After)
	require.Zero(t, older.Older, "that was all")
	older, err = c.Product(t.Context(), "acme", "BIKE", older.Activity[0].ID, 2)
	require.NoError(t, err)
	require.Empty(t, older.Activity, "of a SKU that is known, though nothing older is")
}
