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
			{Store: "shop", Listing: inventory.Listing{SKU: "BIKE", ChannelSKU: "SHOP-BIKE"}}, {Store: "shop", Listing: inventory.Listing{SKU: "LIGHT", ChannelSKU: "BIKE"}},
		}
	})}
	lease := runIn(t, wholeLedger(c.state), "one", noon)
	reports(t, wholeLedger(c.state), lease, "", noon, []inventory.Level{{SKU: "BIKE", Facility: "east", Available: 7}, {SKU: "LIGHT", Facility: "east", Available: 3}})
	product, err := c.Product(t.Context(), "acme", "BIKE", 10)
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
	product, err = c.Product(t.Context(), "acme", "BIKE", 10)
	require.NoError(t, err)
	require.Equal(t, 6*time.Minute, *product.Activity[0].Took)
	_, err = c.Product(t.Context(), "acme", "BIEK", 10)
	require.ErrorContains(t, err, "nothing is known of a SKU")
	require.Equal(t, []string{"SHOP-BIKE", "BIKE"}, channelSKUs("BIKE", []inventory.ChannelLevel{{ChannelSKU: "SHOP-BIKE"}, {ChannelSKU: "SHOP-BIKE"}}))
}
