package ledgertest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

var planTests = tests{
	"the first plan is everything":             plansFirst,
	"full is everything":                       plansFull,
	"the cursor goes where it was planned":     movesCursor,
	"what arrives while resolving is next":     plansNext,
	"two connections have each every change":   servesBoth,
	"a cursor that was not moved loses none":   losesNone,
	"a plan carries what decides the numbers":  plansStrategy,
	"a run of a few SKUs leaves the cursor":    scopesPlan,
	"a full pass clears what was due as smart": fullMovesCursor,
}

func plansFirst(t *testing.T, w *world) {
	plan := w.plan(hubShop, ledger.Smart)
	require.True(t, plan.Everything, "a new connection was never resolved")
	require.True(t, plan.Redefined)
	require.Zero(t, plan.Cursor)
	require.Positive(t, plan.Next.Definitions)
	require.Equal(t, connection(hub, shop), plan.Connection)
	require.Nil(t, plan.Strategy)
	require.Equal(t, []string{hubMarket, hubShop}, plan.Sharing)
	w.pass(hubShop, ledger.Smart)
	plan = w.plan(hubShop, ledger.Smart)
	require.False(t, plan.Everything)
	require.False(t, plan.Redefined)
	require.Equal(t, plan.Next, plan.Cursor)
	require.Empty(t, w.affected(plan))
}

func plansFull(t *testing.T, w *world) {
	w.pass(hubShop, ledger.Smart, level("A", 5), level("B", 3))
	plan := w.plan(hubShop, ledger.Full)
	require.True(t, plan.Everything)
	require.False(t, plan.Redefined, "no definition changed")
	require.Equal(t, []ledger.Affected{{Product: "A", Redefined: true}, {Product: "B", Redefined: true}}, w.affected(plan))
	w.apply(alter(func(d *ledger.Definitions) { d.Connections[0].Inventory.Unlisted = inventory.UnlistedBlock }))
	plan = w.plan(hubShop, ledger.Full)
	require.True(t, plan.Everything)
	require.True(t, plan.Redefined)
}

func movesCursor(t *testing.T, w *world) {
	w.pass(hubShop, ledger.Smart)
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, whole(), []inventory.Level{level("A", 5)})
	before := w.plan(hubShop, ledger.Smart)
	require.Less(t, before.Cursor.Levels, before.Next.Levels)
	require.NoError(t, w.AdvanceCursor(w.ctx(), lease, before))
	after := w.plan(hubShop, ledger.Smart)
	require.Equal(t, before.Next, after.Cursor)
	require.Equal(t, before.Next, after.Next)
	require.NoError(t, w.AdvanceCursor(w.ctx(), lease, before), "a retry")
	require.Equal(t, after, w.plan(hubShop, ledger.Smart))
	w.report(lease, whole(), []inventory.Level{level("A", 6)})
	w.apply(alter(func(d *ledger.Definitions) { d.Products = []ledger.Product{{Merchant: merchant, SKU: "A"}} }))
	later := w.plan(hubShop, ledger.Smart)
	require.Equal(t, after.Cursor, later.Cursor)
	require.Greater(t, later.Next.Levels, after.Next.Levels)
	require.Greater(t, later.Next.Definitions, after.Next.Definitions)
}

// plansNext: a level that is recorded between the plan and the end of resolving belongs to the next pass at the latest.
func plansNext(t *testing.T, w *world) {
	w.pass(hubShop, ledger.Smart, level("A", 5), level("B", 5))
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, part(), []inventory.Level{level("A", 6)})
	plan := w.plan(hubShop, ledger.Smart)
	page := w.affected(plan)
	other := w.take(hubMarket, ledger.Smart)
	w.report(other, part(), []inventory.Level{level("A", 7), level("B", 7)})
	w.resolvePage(lease, plan, page)
	require.NoError(t, w.AdvanceCursor(w.ctx(), lease, plan))
	require.Equal(t, []ledger.Affected{{Product: "A"}, {Product: "B"}}, w.affected(w.plan(hubShop, ledger.Smart)))
	w.resolve(lease, ledger.Smart)
	require.Equal(t, map[string]string{"A": "pending 7, shows 5", "B": "pending 7, shows 5"}, w.rows(hubShop))
}

// servesBoth: the connection that fetches does not use up the other connection's changes.
func servesBoth(t *testing.T, w *world) {
	w.pass(hubShop, ledger.Smart, level("A", 5), level("B", 5))
	w.pass(hubMarket, ledger.Smart)
	for i := range int64(3) {
		w.pass(hubShop, ledger.Smart, level("A", 6+i), level("B", 5))
	}
	require.Equal(t, map[string]string{"A": "exported 8, shows 8", "B": "exported 5, shows 5"}, w.rows(hubShop))
	require.Equal(t, map[string]string{"A": "exported 5, shows 5", "B": "exported 5, shows 5"}, w.rows(hubMarket))
	require.Equal(t, []ledger.Affected{{Product: "A"}}, w.affected(w.plan(hubMarket, ledger.Smart)))
	lease := w.take(hubMarket, ledger.Smart)
	require.Zero(t, w.report(lease, whole(), []inventory.Level{level("A", 8), level("B", 5)}).Changed)
	w.resolve(lease, ledger.Smart)
	require.Equal(t, map[string]string{"A": "pending 8, shows 5", "B": "exported 5, shows 5"}, w.rows(hubMarket))
	require.Empty(t, w.affected(w.plan(hubShop, ledger.Smart)))
}

func losesNone(t *testing.T, w *world) {
	w.pass(hubShop, ledger.Smart, level("A", 5), level("B", 5))
	dead := w.take(hubShop, ledger.Smart)
	w.report(dead, part(), []inventory.Level{level("A", 6), level("B", 6)})
	plan := w.plan(hubShop, ledger.Smart)
	w.resolvePage(dead, plan, w.affected(plan)[:1])
	require.Equal(t, "pending 6, shows 5", w.rows(hubShop)["A"])
	lease := w.replaced(dead, hubShop)
	require.Equal(t, []ledger.Affected{{Product: "A"}, {Product: "B"}}, w.affected(w.plan(hubShop, ledger.Smart)), "all of it is resolved anew")
	w.resolve(lease, ledger.Smart)
	require.Equal(t, map[string]string{"A": "pending 6, shows 5", "B": "pending 6, shows 5"}, w.rows(hubShop))
}

func plansStrategy(t *testing.T, w *world) {
	strategy := inventory.Strategy{BufferUnits: 1, Distribution: inventory.DistributeEqual}
	w.apply(alter(func(d *ledger.Definitions) {
		d.Strategies = []ledger.StrategyDefinition{{Merchant: merchant, Warehouse: hub, Strategy: strategy}}
		d.Connections[0].Inventory.Unlisted = inventory.UnlistedBlock
	}))
	plan := w.plan(hubShop, ledger.Smart)
	require.Equal(t, &strategy, plan.Strategy)
	require.Nil(t, w.plan(annexShop, ledger.Smart).Strategy)
	require.Equal(t, []string{annexShop}, w.plan(annexShop, ledger.Smart).Sharing)
	inputs, err := w.Inputs(w.ctx(), plan, []string{"A"})
	require.NoError(t, err)
	require.Equal(t, hubShop, inputs[0].Connection)
	require.Equal(t, inventory.UnlistedBlock, inputs[0].Unlisted)
	require.Equal(t, &strategy, inputs[0].Strategy)
	require.Equal(t, []string{hubMarket, hubShop}, inputs[0].Sharing)
}

func scopesPlan(t *testing.T, w *world) {
	w.pass(hubShop, ledger.Smart, level("A", 5), level("B", 5))
	claim := w.claim(hubShop, ledger.Smart)
	claim.Scope = []string{"A"}
	lease := w.grant(claim).Lease
	w.report(lease, part(), []inventory.Level{level("A", 6), level("B", 6)})
	before := w.plan(hubShop, ledger.Smart).Cursor
	w.resolve(lease, ledger.Smart, "A")
	require.Equal(t, map[string]string{"A": "pending 6, shows 5", "B": "exported 5, shows 5"}, w.rows(hubShop))
	require.Equal(t, before, w.plan(hubShop, ledger.Smart).Cursor)
	w.resolve(lease, ledger.Smart)
	require.Equal(t, map[string]string{"A": "pending 6, shows 5", "B": "pending 6, shows 5"}, w.rows(hubShop))
}

func fullMovesCursor(t *testing.T, w *world) {
	w.pass(hubShop, ledger.Smart, level("A", 5))
	w.pass(hubShop, ledger.Full, level("A", 6))
	require.Empty(t, w.affected(w.plan(hubShop, ledger.Smart)))
	require.Equal(t, map[string]string{"A": "exported 6, shows 6"}, w.rows(hubShop))
}
