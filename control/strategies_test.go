package control

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// A strategy is tried on a SKU of every store that shares the stock, and nothing is set.
func TestAStrategyIsTried(t *testing.T) {
	t.Parallel()
	state := shopLedger(t, func(d *ledger.Definitions) {
		second := d.Connections[0]
		second.ID, second.Store = "acme-till", "till"
		d.Stores, d.Connections = append(d.Stores, ledger.Store{ID: "till", Merchant: "acme", Driver: "sandbox"}), append(d.Connections, second)
		d.Strategies = []ledger.StrategyDefinition{{
			Merchant: "acme", Warehouse: "depot", Strategy: inventory.Strategy{BufferUnits: 2, Distribution: inventory.DistributeAll},
		}}
		d.Listings = []ledger.ListingDefinition{{Store: "till", Listing: inventory.Listing{SKU: "BIKE", ChannelSKU: "T-1"}}}
	})
	_, err := state.Observe(t.Context(), "depot", []ledger.Observation{{Event: "e", Level: inventory.Level{SKU: "BIKE", Available: 11, ReportedAt: noon}}}, noon)
	require.NoError(t, err)
	c := New(state, nil, func() time.Time { return noon })
	all, err := c.Strategies(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.Equal(t, []string{"acme-shop", "acme-till"}, all[0].Connections)
	require.EqualValues(t, 2, all[0].Strategy.BufferUnits)

	tried, err := c.TryStrategy(t.Context(), "depot", inventory.Strategy{Distribution: inventory.DistributeWeighted, Weights: map[string]int64{"acme-shop": 10}},
		"BIKE")
	require.NoError(t, err)
	require.Len(t, tried.Effects, 2)
	shop, till := tried.Effects[0], tried.Effects[1]
	require.Equal(t, "BIKE", shop.ChannelSKU)
	require.Equal(t, "T-1", till.ChannelSKU)
	require.Equal(t, []int64{9, 10, 9, 1}, []int64{*shop.Now, shop.Would, *till.Now, till.Would})
	require.NotEmpty(t, shop.Why)
	require.Equal(t, []string{"strategies:", "  - merchant: acme", "    warehouse: depot", "    distribution: weighted", "    weights: {acme-shop: 10}"},
		tried.YAML)
	after, err := c.Strategies(t.Context())
	require.NoError(t, err)
	require.Equal(t, all, after, "nothing was set")

	for want, strategy := range map[string]inventory.Strategy{
		"percentage from 0 to 100": {BufferPercent: 101, Distribution: inventory.DistributeEqual},
		"whole numbers from 0":     {Minimum: -1, Distribution: inventory.DistributeEqual},
		"keep one of them":         {BufferPercent: 1, BufferUnits: 1, Distribution: inventory.DistributeEqual},
		`no distribution "fair"`:   {Distribution: "fair"},
		"weights only count":       {Distribution: inventory.DistributeEqual, Weights: map[string]int64{"acme-shop": 1}},
		"caps only count":          {Distribution: inventory.DistributeEqual, Priority: []string{"acme-shop"}},
		"all weights are 0":        {Distribution: inventory.DistributeWeighted, Weights: map[string]int64{"acme-shop": 0, "acme-till": 0}},
		`no enabled connection "x" of this warehouse; there are acme-shop, acme-till`: {
			Distribution: inventory.DistributeWeighted, Weights: map[string]int64{"x": 1},
		},
		"the priority: there is no enabled": {Distribution: inventory.DistributePriority, Priority: []string{"x"}},
		"caps give acme-shop -1": {
			Distribution: inventory.DistributePriority, Caps: map[string]int64{"acme-shop": -1},
		},
	} {
		_, err := c.TryStrategy(t.Context(), "depot", strategy, "BIKE")
		require.ErrorContains(t, err, want)
	}
	_, err = c.TryStrategy(t.Context(), "depot", inventory.Strategy{Distribution: inventory.DistributeEqual}, "NOSUCH")
	require.ErrorContains(t, err, "nothing is known of a SKU")
	var absent *AbsentError
	_, err = c.TryStrategy(t.Context(), "nowhere", inventory.Strategy{Distribution: inventory.DistributeEqual}, "BIKE")
	require.ErrorAs(t, err, &absent)
}
