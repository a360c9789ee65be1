package control

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// reports records a snapshot of the depot by a run, and resolves it.
func reports(t *testing.T, state ledger.Ledger, lease ledger.Lease, policy inventory.RefusedPolicy, at time.Time, rows []inventory.Level,
	refusals ...inventory.Refusal,
) {
	t.Helper()
	ctx := t.Context()
	id, err := state.Stage(ctx, lease, ledger.SnapshotStart{Warehouse: "depot", Now: at})
	require.NoError(t, err)
	require.NoError(t, state.StageRows(ctx, id, rows, refusals))
	_, err = state.Record(ctx, lease, id, ledger.SnapshotEnd{
		Full: true, Rows: len(rows) + len(refusals), Refused: policy, Guard: ledger.Guard{MaximumRefused: 1, MaximumMissing: 1}, Now: at,
	})
	require.NoError(t, err)
	plan, err := state.Plan(ctx, "acme-shop", ledger.Smart)
	require.NoError(t, err)
	page, err := state.Affected(ctx, plan, nil, "", 100)
	require.NoError(t, err)
	products := make([]string, len(page))
	for i, level := range page {
		products[i] = level.Product
	}
	inputs, err := state.Inputs(ctx, plan, products)
	require.NoError(t, err)
	resolved := make([]ledger.Resolution, len(page))
	for i, level := range page {
		resolved[i] = ledger.Resolution{Affected: level, Levels: inventory.Resolve(inputs[i])}
	}
	_, err = state.Resolve(ctx, lease, plan, resolved, at)
	require.NoError(t, err)
	require.NoError(t, state.AdvanceCursor(ctx, lease, plan))
}

func linesOf(t *testing.T, c *Control, sku string) string {
	t.Helper()
	explanations, err := c.Explain(t.Context(), "acme-shop", sku)
	require.NoError(t, err)
	require.Len(t, explanations, 1)
	return strings.Join(explanations[0].Lines(), "\n")
}

// A sold-out SKU whose row is refused is not what "the warehouse reports".
func TestExplainSaysThatALevelIsStale(t *testing.T) {
	t.Parallel()
	for policy, want := range map[inventory.RefusedPolicy]string{
		inventory.RefusedKeep: "the warehouse reported 5 available in east; stale: its row was refused in run 1 (stock.csv:3): available: \"sold out\" is " +
			"not a whole number; 5, which was read before, counts until it is read again",
		inventory.RefusedZero: "0 counts in east; stale: its row was refused in run 1 (stock.csv:3): available: \"sold out\" is not a whole number; it " +
			"counts as 0 until it is read again (refused: zero); 5 was read last",
	} {
		state := shopLedger(t)
		c := &Control{state: state}
		lease := runIn(t, state, "one", noon)
		level := func(sku string, available int64) inventory.Level {
			return inventory.Level{SKU: sku, Facility: "east", Available: available}
		}
		refusal := inventory.Refusal{SKU: "BIKE", Facility: "east", Place: "stock.csv:3", Reason: `available: "sold out" is not a whole number`}
		reports(t, state, lease, policy, noon, []inventory.Level{level("BIKE", 5), level("HELMET", 7)})
		require.Contains(t, linesOf(t, c, "BIKE"), "the warehouse reports 5 available in east")
		reports(t, state, lease, policy, noon.Add(time.Hour), []inventory.Level{level("HELMET", 7)}, refusal,
			inventory.Refusal{SKU: "HELMET", Facility: "west", Reason: "a fraction"})
		text := linesOf(t, c, "BIKE")
		require.Contains(t, text, want)
		require.NotContains(t, text, "the warehouse reports")
		require.NotContains(t, text, "something changed")
		text = linesOf(t, c, "HELMET")
		require.Contains(t, text, "the warehouse reports 7 available in east")
		require.Contains(t, text, "nothing counts in west: its row was refused in run 1: a fraction; it was never read, so it has no figure")

		var status Status
		err := c.lookAtWarehouses(t.Context(), &status,
			warehousesOf([]ledger.Connection{{ID: "a", Warehouse: "depot"}, {ID: "b", Warehouse: "depot"}, {ID: "c", Warehouse: "new"}}))
		require.NoError(t, err)
		stale := status.Stale
		require.Len(t, stale, 1)
		require.Equal(t, "depot", stale[0].Warehouse)
		require.EqualValues(t, 1, stale[0].Levels)
		require.EqualValues(t, 1, stale[0].Unread)

		reports(t, state, lease, policy, noon.Add(2*time.Hour), []inventory.Level{level("BIKE", 5), level("HELMET", 7)})
		text = linesOf(t, c, "BIKE")
		require.Contains(t, text, "the warehouse reports 5 available in east")
		require.NotContains(t, text, "stale")
	}
}

func TestExplainOfWhatWasOnlyEverRefused(t *testing.T) {
	t.Parallel()
	state := shopLedger(t)
	c := &Control{state: state}
	lease := runIn(t, state, "one", noon)
	_, err := c.Explain(t.Context(), "acme-shop", "TENT")
	require.ErrorContains(t, err, "check the spelling")
	reports(t, state, lease, "", noon, []inventory.Level{{SKU: "BIKE", Available: 5}}, inventory.Refusal{SKU: "TENT", Place: "stock.csv:9", Reason: "a fraction"})
	_, err = c.Explain(t.Context(), "acme-shop", "TENT")
	require.EqualError(t, err, `store shop shows nothing as "TENT": warehouse depot names it, and no row of it was ever read, for all were refused `+
		`(TENT: its row was refused in run 1 (stock.csv:9): a fraction, on 2026-11-25 12:00:00 UTC). Correct the source, or the settings that say how it is `+
		`read (starter snapshot depot)`)
	require.NoError(t, c.CheckSKUs(t.Context(), "acme", "TENT"))
	product, err := c.Product(t.Context(), "acme", "TENT", 0, 10)
	require.NoError(t, err)
	require.Empty(t, product.Levels)
	require.Len(t, product.Unread, 1)
	require.Equal(t, "a fraction", product.Unread[0].Reason)
	rows, err := c.StaleLevels(t.Context(), "depot", "", ledger.Page{})
	require.NoError(t, err)
	require.Len(t, rows, 1)
	_, err = c.StaleLevels(t.Context(), "nowhere", "", ledger.Page{})
	require.ErrorContains(t, err, "there is no warehouse")
}
