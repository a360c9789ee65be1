package ledgertest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

var versionTests = tests{
	"every apply that changes has one version":  countsApplies,
	"what makes everything due":                 makesEverythingDue,
	"a schedule makes nothing due":              schedulesAlone,
	"the sharing changes with the connections":  changesSharing,
	"a removal waits for every cursor":          removesForAll,
	"a removed definition may come back":        comesBack,
	"a strategy that comes back is a new one":   strategyComesBack,
	"a connection's warehouse changes its rows": changesWarehouse,
}

func countsApplies(t *testing.T, w *world) {
	last := w.plan(hubShop, ledger.Smart).Next.Definitions
	for name, change := range map[string]func(d *ledger.Definitions){
		"product":    func(d *ledger.Definitions) { d.Products = []ledger.Product{{Merchant: merchant, SKU: "A"}} },
		"bundle":     func(d *ledger.Definitions) { d.Bundles = []ledger.BundleDefinition{bundle("KIT", of("A", 1))} },
		"listing":    func(d *ledger.Definitions) { d.Listings = []ledger.ListingDefinition{listing(market, "A", "X")} },
		"connection": func(d *ledger.Definitions) { d.Connections[1].Inventory.Unlisted = inventory.UnlistedBlock },
		"strategy": func(d *ledger.Definitions) {
			d.Strategies = []ledger.StrategyDefinition{{Merchant: merchant, Warehouse: hub}}
		},
	} {
		for _, d := range []ledger.Definitions{alter(change), definitions()} { // the change, and its removal
			w.apply(d)
			next := w.plan(hubShop, ledger.Smart).Next.Definitions
			require.Greater(t, next, last, name)
			last = next
			w.apply(d)
			require.Equal(t, last, w.plan(hubShop, ledger.Smart).Next.Definitions, name)
		}
	}
}

func makesEverythingDue(t *testing.T, w *world) {
	for name, change := range map[string]func(d *ledger.Definitions){
		"unlisted": func(d *ledger.Definitions) { d.Connections[0].Inventory.Unlisted = inventory.UnlistedBlock },
		"locations": func(d *ledger.Definitions) {
			d.Connections[0].Inventory.Locations = []inventory.Location{{ID: "north"}}
		},
		"strategy": func(d *ledger.Definitions) {
			d.Strategies = []ledger.StrategyDefinition{{Merchant: merchant, Warehouse: hub, Strategy: inventory.Strategy{BufferUnits: 1}}}
		},
	} {
		for _, d := range []ledger.Definitions{alter(change), definitions()} {
			w.pass(hubShop, ledger.Smart)
			require.False(t, w.plan(hubShop, ledger.Smart).Everything, name)
			w.apply(d)
			plan := w.plan(hubShop, ledger.Smart)
			require.True(t, plan.Everything, name)
			require.True(t, plan.Redefined, name)
			require.False(t, w.plan(annexShop, ledger.Smart).Cursor == plan.Cursor, "each connection has its own cursor")
		}
	}
}

func schedulesAlone(t *testing.T, w *world) {
	w.pass(hubShop, ledger.Smart)
	w.apply(alter(func(d *ledger.Definitions) {
		d.Connections[0].Inventory.Smart = []ledger.Rule{{Every: 2 * time.Hour}}
		d.Connections[0].Inventory.Timezone = "Europe/Berlin"
		d.Connections[0].Inventory.Overlap = ledger.OverlapBuffer
	}))
	plan := w.plan(hubShop, ledger.Smart)
	require.False(t, plan.Everything)
	require.Equal(t, ledger.OverlapBuffer, plan.Connection.Inventory.Overlap, "the plan has the new connection all the same")
}

func changesSharing(t *testing.T, w *world) {
	for _, id := range []string{hubShop, hubMarket, annexShop} {
		w.pass(id, ledger.Smart)
		require.False(t, w.plan(id, ledger.Smart).Everything)
	}
	require.Equal(t, []string{hubMarket, hubShop}, w.plan(hubShop, ledger.Smart).Sharing, "in order")
	w.apply(alter(func(d *ledger.Definitions) { d.Connections[1].Inventory.Enabled = false }))
	plan := w.plan(hubShop, ledger.Smart)
	require.True(t, plan.Everything, "its share grew")
	require.True(t, plan.Redefined)
	require.Equal(t, []string{hubShop}, plan.Sharing)
	require.False(t, w.plan(annexShop, ledger.Smart).Everything, "another warehouse is another pair")

	w.pass(hubShop, ledger.Smart)
	w.apply(alter(func(d *ledger.Definitions) { d.Connections[1].Enabled = false }))
	require.False(t, w.plan(hubShop, ledger.Smart).Everything, "it was inactive before")
	w.apply(definitions())
	require.True(t, w.plan(hubShop, ledger.Smart).Everything)

	w.pass(hubShop, ledger.Smart)
	_, err := w.Apply(w.ctx(), alter(func(d *ledger.Definitions) { d.Connections = d.Connections[:1] }), ledger.ApplyOptions{Prune: true})
	require.NoError(t, err)
	require.True(t, w.plan(hubShop, ledger.Smart).Everything, "one that is pruned shares no more")
}

// removesForAll: the second connection learns of a removal after the first has long passed it.
func removesForAll(t *testing.T, w *world) {
	w.apply(alter(func(d *ledger.Definitions) {
		d.Bundles = []ledger.BundleDefinition{bundle("KIT", of("A", 1))}
		d.Listings = []ledger.ListingDefinition{listing(shop, "A", "X"), listing(market, "A", "X")}
	}))
	w.pass(hubShop, ledger.Smart, level("A", 5))
	w.pass(hubMarket, ledger.Smart)
	before := map[string]string{"KIT": "exported 5, shows 5", "X": "exported 5, shows 5"}
	require.Equal(t, before, w.rows(hubShop))
	require.Equal(t, before, w.rows(hubMarket))

	w.apply(definitions())
	after := map[string]string{"KIT": "blocked 5, shows 5", "X": "blocked 5, shows 5", "A": "exported 5, shows 5"}
	w.pass(hubShop, ledger.Smart)
	require.Equal(t, after, w.rows(hubShop))
	w.apply(definitions())
	w.apply(alter(func(d *ledger.Definitions) { d.Products = []ledger.Product{{Merchant: merchant, SKU: "Z"}} }))
	w.pass(hubShop, ledger.Smart)
	require.Equal(t, before, w.rows(hubMarket))
	w.pass(hubMarket, ledger.Smart)
	require.Equal(t, after, w.rows(hubMarket))
}

func comesBack(t *testing.T, w *world) {
	defined := alter(func(d *ledger.Definitions) {
		d.Products = []ledger.Product{{Merchant: merchant, SKU: "A", Name: "Anvil"}}
		d.Bundles = []ledger.BundleDefinition{bundle("KIT", of("A", 1))}
		d.Listings = []ledger.ListingDefinition{listing(shop, "A", "X")}
	})
	for range 2 {
		w.apply(defined)
		w.pass(hubShop, ledger.Smart, level("A", 5))
		rows := w.rows(hubShop)
		require.Equal(t, "exported 5, shows 5", rows["KIT"])
		require.Equal(t, "exported 5, shows 5", rows["X"])
		require.Equal(t, "Anvil", w.levelRow(hub, "A").Product)
		w.apply(definitions())
		w.pass(hubShop, ledger.Smart)
		rows = w.rows(hubShop)
		require.Equal(t, "blocked 5, shows 5", rows["KIT"])
		require.Equal(t, "blocked 5, shows 5", rows["X"])
		require.Empty(t, w.levelRow(hub, "A").Product)
	}
}

func strategyComesBack(t *testing.T, w *world) {
	buffered := alter(func(d *ledger.Definitions) {
		d.Strategies = []ledger.StrategyDefinition{{
			Merchant: merchant, Warehouse: hub, Strategy: inventory.Strategy{BufferUnits: 1, Distribution: inventory.DistributeAll},
		}}
	})
	for range 2 {
		w.apply(buffered)
		w.pass(hubShop, ledger.Smart, level("A", 5))
		require.Equal(t, map[string]string{"A": "exported 4, shows 4"}, w.rows(hubShop))
		w.apply(definitions())
		w.pass(hubShop, ledger.Smart)
		require.Equal(t, map[string]string{"A": "exported 5, shows 5"}, w.rows(hubShop))
	}
}

// changesWarehouse: versions are counted by warehouse, so a cursor for one warehouse means nothing for another.
func changesWarehouse(t *testing.T, w *world) {
	for i := range 5 {
		w.pass(hubMarket, ledger.Smart, level("A", int64(5+i)), level("ONLY-HUB", 1))
	}
	w.pass(annexShop, ledger.Smart, level("A", 70))
	w.apply(alter(func(d *ledger.Definitions) { d.Connections[1].Warehouse = annex }))
	plan := w.plan(hubMarket, ledger.Smart)
	require.True(t, plan.Everything)
	lease := w.take(hubMarket, ledger.Smart)
	w.resolve(lease, ledger.Smart)
	require.Equal(t, "pending 70, shows 9", w.rows(hubMarket)["A"])
	w.push(lease)
	w.end(lease, ledger.Completed)
	w.pass(annexShop, ledger.Smart, level("A", 71))
	w.pass(hubMarket, ledger.Smart)
	require.Equal(t, "exported 71, shows 71", w.rows(hubMarket)["A"])
}
