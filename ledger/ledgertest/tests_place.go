package ledgertest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// A row is a place: the level of a facility makes due only the locations that show that facility.
var placeTests = tests{
	"a level moves the locations of its facility":          movesPlace,
	"a location of two facilities moves with either":       movesShared,
	"a bundle moves where its component moved":             movesBundle,
	"a strategy does not move other places":                movesShares,
	"the same figure of a level that moved is pushed":      movesSame,
	"what an event has pushed is not pushed once more":     movesOnce,
	"a scope of events moves what moved":                   movesScope,
	"a named SKU is pushed everywhere":                     movesNamed,
	"a Full Sync pushes every place":                       movesAll,
	"a place that did not move keeps its open call":        restsOpen,
	"a place that did not move stays due":                  restsDue,
	"an answer after another place moved is no old answer": answersRested,
	"a place that did not move has its chain of now":       restsExplained,
	"another warehouse moves every place":                  movesWarehouse,
}

func at(facility, sku string, available int64) inventory.Level {
	return inventory.Level{Facility: facility, SKU: sku, Available: available}
}

// linked returns definitions with two locations, which show the facilities east and west.
func linked(change ...func(*ledger.Definitions)) ledger.Definitions {
	return alter(func(d *ledger.Definitions) {
		d.Connections[0].Inventory.Locations = []inventory.Location{{ID: "e", Facilities: []string{"east"}}, {ID: "w", Facilities: []string{"west"}}}
		for _, apply := range change {
			apply(d)
		}
	})
}

// shownIn returns a world in which A is pushed to both locations.
func shownIn(w *world, change ...func(*ledger.Definitions)) {
	w.t.Helper()
	w.apply(linked(change...))
	w.pass(hubShop, ledger.Smart, at("east", "A", 139), at("west", "A", 50))
	require.Equal(w.t, map[string]string{"A@e": "exported 139, shows 139", "A@w": "exported 50, shows 50"}, w.rows(hubShop))
}

func movesPlace(t *testing.T, w *world) {
	shownIn(w)
	lease := w.changed(hubShop, at("west", "A", 49))
	require.Equal(t, map[string]string{"A@e": "exported 139, shows 139", "A@w": "pending 49, shows 50"}, w.rows(hubShop),
		"the figure of east would undo what the shop has sold there")
	counts, err := w.Tally(w.ctx(), lease.Run)
	require.NoError(t, err)
	require.Zero(t, counts.Exported, "the run did not touch the row of east")
	w.push(lease)
	w.change(lease, at("east", "A", 132))
	require.Equal(t, map[string]string{"A@e": "pending 132, shows 139", "A@w": "exported 49, shows 49"}, w.rows(hubShop))
}

func movesShared(t *testing.T, w *world) {
	shownIn(w, func(d *ledger.Definitions) {
		d.Connections[0].Inventory.Locations[0].Facilities = []string{"east", "south"}
	})
	lease := w.changed(hubShop, at("south", "A", 0))
	require.Equal(t, map[string]string{"A@e": "pending 139, shows 139", "A@w": "exported 50, shows 50"}, w.rows(hubShop), "a new level is a change, also of 0")
	w.push(lease)
	w.change(lease, at("north", "A", 7))
	require.Empty(t, w.due(lease), "no location shows the facility north")
}

func movesBundle(t *testing.T, w *world) {
	w.apply(linked(func(d *ledger.Definitions) {
		d.Bundles = []ledger.BundleDefinition{bundle("KIT", of("A", 2), of("B", 1))}
	}))
	w.pass(hubShop, ledger.Smart, at("east", "A", 20), at("west", "A", 30), at("east", "B", 5), at("west", "B", 6))
	w.changed(hubShop, at("west", "A", 29))
	require.Equal(t, map[string]string{
		"A@e": "exported 20, shows 20", "A@w": "pending 29, shows 30",
		"B@e": "exported 5, shows 5", "B@w": "exported 6, shows 6",
		"KIT@e": "exported 5, shows 5", "KIT@w": "pending 6, shows 6",
	}, w.rows(hubShop))
}

func movesShares(t *testing.T, w *world) {
	w.apply(linked(func(d *ledger.Definitions) {
		d.Strategies = []ledger.StrategyDefinition{{Merchant: merchant, Warehouse: hub, Strategy: inventory.Strategy{BufferUnits: 2}}}
	}))
	w.pass(hubShop, ledger.Smart, at("east", "A", 20), at("west", "A", 30))
	lease := w.changed(hubShop, at("west", "A", 3))
	require.Equal(t, map[string]string{"A@e": "exported 9, shows 9", "A@w": "pending 0, shows 14"}, w.rows(hubShop))
	w.push(lease)
	w.change(lease, at("west", "A", 2))
	require.Equal(t, map[string]string{"A@e": "exported 9, shows 9", "A@w": "pending 0, shows 0"}, w.rows(hubShop), "the level moved below the buffer")
}

func movesSame(t *testing.T, w *world) {
	shownIn(w)
	other := w.changed(hubMarket, at("west", "A", 51))
	w.change(other, at("west", "A", 50))
	lease := w.changed(hubShop)
	require.Equal(t, map[string]string{"A@e": "exported 139, shows 139", "A@w": "pending 50, shows 50"}, w.rows(hubShop), "it changed and came back")
	require.Len(t, w.due(lease), 1)
}

// movesOnce: a run with a scope does not move the cursor. The next unscoped run finds the level above the cursor, already pushed.
func movesOnce(t *testing.T, w *world) {
	shownIn(w)
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, part(), []inventory.Level{at("east", "A", 132)})
	w.resolve(lease, ledger.Smart, "A")
	require.Equal(t, "pending 132, shows 139", w.rows(hubShop)["A@e"])
	w.push(lease)
	w.change(lease, at("west", "A", 49))
	require.Equal(t, map[string]string{"A@e": "exported 132, shows 132", "A@w": "pending 49, shows 50"}, w.rows(hubShop))
	w.push(lease)
	w.resolve(lease, ledger.Smart)
	require.Empty(t, w.due(lease))
}

func movesScope(t *testing.T, w *world) {
	shownIn(w)
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, part(), []inventory.Level{at("west", "A", 49)})
	w.resolve(lease, ledger.Smart, "A")
	require.Equal(t, map[string]string{"A@e": "exported 139, shows 139", "A@w": "pending 49, shows 50"}, w.rows(hubShop))
}

func movesAll(t *testing.T, w *world) {
	shownIn(w)
	lease := w.take(hubShop, ledger.Full)
	w.resolve(lease, ledger.Full)
	require.Equal(t, map[string]string{"A@e": "pending 139, shows 139", "A@w": "pending 50, shows 50"}, w.rows(hubShop))
}

func restsOpen(t *testing.T, w *world) {
	w.apply(linked())
	lease := w.changed(hubShop, at("east", "A", 5), at("west", "A", 6))
	intent := w.intend(lease)
	w.change(lease, at("west", "A", 7))
	require.Equal(t, map[string]string{"A@e": "unknown 5, shows ?", "A@w": "unknown 7, shows ?"}, w.rows(hubShop))
	w.answered(lease, intent, ledger.StatusExported)
	require.Equal(t, map[string]string{"A@e": "exported 5, shows 5", "A@w": "pending 7, shows 6"}, w.rows(hubShop), "only the place that moved is due again")
}

func restsDue(t *testing.T, w *world) {
	w.apply(linked())
	lease := w.changed(hubShop, at("east", "A", 5), at("west", "A", 6))
	w.answered(lease, w.intend(lease), ledger.StatusRetrying)
	w.change(lease, at("west", "A", 7))
	require.Equal(t, map[string]string{"A@e": "retrying 5, shows ?", "A@w": "pending 7, shows ?"}, w.rows(hubShop))
	require.Len(t, w.due(lease), 2)
}

// answersRested: a rejection counts although a later run has resolved the product, because that run did not touch this place.
func answersRested(t *testing.T, w *world) {
	w.apply(linked())
	first := w.changed(hubShop, at("east", "A", 5), at("west", "A", 6))
	intent := w.intend(first)
	second := w.replaced(first, hubShop)
	w.change(second, at("west", "A", 7))
	w.answered(second, intent, ledger.StatusRejected)
	require.Equal(t, map[string]string{"A@e": "rejected 5, shows ?", "A@w": "pending 7, shows ?"}, w.rows(hubShop))
}

// restsExplained: the explanation of a row is updated even where its figure could not have changed.
func restsExplained(t *testing.T, w *world) {
	w.apply(linked(func(d *ledger.Definitions) {
		d.Bundles = []ledger.BundleDefinition{bundle("KIT", of("A", 1), of("NEVER", 1))}
	}))
	w.pass(hubShop, ledger.Smart, at("east", "A", 5))
	why := func() []string {
		for _, row := range w.channelLevels(hubShop) {
			if row.ChannelSKU == "KIT" && row.Location == "e" {
				require.Equal(t, "exported 0, shows 0", describe(row))
				return row.Why.Notes
			}
		}
		return nil
	}
	require.Contains(t, why(), "component NEVER was never reported: 0")
	w.pass(hubShop, ledger.Smart, at("east", "A", 5), at("west", "NEVER", 3))
	require.Contains(t, why(), "component NEVER: no stock is reported in the facilities of location e")
}

func movesWarehouse(t *testing.T, w *world) {
	shownIn(w)
	lease := w.take(annexShop, ledger.Smart)
	w.report(lease, whole(), []inventory.Level{at("east", "A", 139)})
	w.end(lease, ledger.Completed)
	w.apply(linked(func(d *ledger.Definitions) {
		d.Connections[0].Warehouse, d.Connections[2].Enabled = annex, false
	}))
	lease = w.take(hubShop, ledger.Smart)
	w.resolve(lease, ledger.Smart)
	require.Equal(t, map[string]string{"A@e": "pending 139, shows 139", "A@w": "pending 0, shows 50"}, w.rows(hubShop))
}

func movesNamed(t *testing.T, w *world) {
	shownIn(w)
	lease := w.take(hubShop, ledger.Smart)
	plan := w.plan(hubShop, ledger.Smart)
	page := w.affected(plan, "A")
	require.Equal(t, []ledger.Affected{{Product: "A"}}, page)
	w.resolvePage(lease, plan, page)
	require.Empty(t, w.due(lease), "nothing moved")
	page[0].Named = true
	w.resolvePage(lease, plan, page)
	require.Equal(t, map[string]string{"A@e": "pending 139, shows 139", "A@w": "pending 50, shows 50"}, w.rows(hubShop))
}
