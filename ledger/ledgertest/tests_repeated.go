package ledgertest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

var repeatedTests = tests{
	"rows of one level add up where that is set":        addsUp,
	"a sum whose row was refused is refused":            refusesPartOfSum,
	"a sum that no level may have is refused":           refusesLargeSums,
	"a sum counts as of the oldest of its rows":         datesSums,
	"a warehouse that adds up is read again everything": readsSumsAnew,
}

// reportSums records a full snapshot whose rows are summed, one page for each row.
func (w *world) reportSums(lease ledger.Lease, rows int, pages ...[]inventory.Level) ledger.SnapshotResult {
	w.t.Helper()
	id, err := w.Stage(w.ctx(), lease, ledger.SnapshotStart{Warehouse: hub, Repeated: inventory.RepeatedSum, Now: w.now()})
	require.NoError(w.t, err)
	for _, page := range pages {
		require.NoError(w.t, w.StageRows(w.ctx(), id, page, nil))
	}
	result, err := w.Record(w.ctx(), lease, id, ledger.SnapshotEnd{Full: true, Rows: rows, Guard: lax, Now: w.now()})
	require.NoError(w.t, err)
	require.Empty(w.t, result.Held)
	return result
}

// binOf returns one row of a level; it has 8 more units on hand, and 8 committed.
func binOf(sku string, available int64) inventory.Level {
	bin := level(sku, available)
	bin.OnHand, bin.Committed = new(available+8), new(int64(8))
	return bin
}

func addsUp(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	result := w.reportSums(lease, 12,
		[]inventory.Level{binOf("A", 100), binOf("B", 1), binOf("A", 300), {Facility: "west", SKU: "Z", Available: 9}, binOf("C", 5)},
		[]inventory.Level{binOf("A", -7), level("C", 2), binOf("D", 0), binOf("D", 0), binOf("E", 1), level("E", 2)},
		[]inventory.Level{binOf("A", 1)})
	require.EqualValues(t, 12, result.Rows)
	require.Zero(t, result.Refused)
	require.Equal(t, map[string]int64{"A": 394, "Z@west": 9, "B": 1, "C": 7, "D": 0, "E": 3}, w.available(hub))
	figures := func(sku string) (onHand, committed *int64) {
		row := w.levelRow(hub, sku)
		return row.OnHand, row.Committed
	}
	onHand, committed := figures("A")
	require.Equal(t, []int64{394 + 4*8, 4 * 8}, []int64{*onHand, *committed})
	for _, sku := range []string{"C", "E"} {
		onHand, committed = figures(sku)
		require.Nil(t, onHand, "only one of the rows of %s says how many are on hand", sku)
		require.Nil(t, committed)
	}

	result = w.reportSums(lease, 4, []inventory.Level{binOf("A", 200), binOf("A", 194), binOf("B", 1), binOf("C", 7)})
	require.Zero(t, result.Changed, "the same sums in other bins")
}

func refusesPartOfSum(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, whole(), []inventory.Level{level("A", 5), level("B", 3)})
	id, err := w.Stage(w.ctx(), lease, ledger.SnapshotStart{Warehouse: hub, Repeated: inventory.RepeatedSum, Now: w.now()})
	require.NoError(t, err)
	require.NoError(t, w.StageRows(w.ctx(), id, []inventory.Level{level("A", 6), level("A", 7), level("B", 4)},
		[]inventory.Refusal{{Facility: "east", SKU: "A", Place: "line 4", Reason: "no figure"}}))
	result, err := w.Record(w.ctx(), lease, id, ledger.SnapshotEnd{Full: true, Rows: 4, Guard: lax, Now: w.now()})
	require.NoError(t, err)
	require.EqualValues(t, 3, result.Refused)
	require.Equal(t, map[string]int64{"A": 5, "B": 4}, w.available(hub), "a part of a level is not the level")
}

func refusesLargeSums(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	const most = inventory.MaxQuantity
	result := w.reportSums(lease, 10,
		[]inventory.Level{level("A", most-1), level("B", -most+1), level("C", most-1), level("D", most)},
		[]inventory.Level{level("A", 2), level("B", -2), level("C", 0)},
		[]inventory.Level{level("A", -5), level("B", 5), level("C", -1)})
	require.EqualValues(t, 6, result.Refused)
	require.Equal(t, map[string]int64{"C": most - 2, "D": most}, w.available(hub), "whatever came after it was too large")
	refusals, err := w.Refusals(w.ctx(), hub, 10)
	require.NoError(t, err)
	require.Len(t, refusals, 2)
	require.Contains(t, refusals[0].Reason, "the 3 rows of this SKU of this facility add up to 1000000000 or more")

	result = w.reportSums(lease, 3, []inventory.Level{level("A", most-1), level("A", most-1), level("C", 1)})
	require.EqualValues(t, 2, result.Refused, "within one page too")
}

func datesSums(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	at := w.now()
	dated := func(sku string, available int64, ago time.Duration) inventory.Level {
		return levelAt(sku, available, at.Add(-ago))
	}
	w.reportSums(lease, 8,
		[]inventory.Level{dated("A", 1, time.Minute), dated("B", 1, time.Hour), level("C", 1), dated("D", 1, time.Minute), dated("D", 2, time.Hour)},
		[]inventory.Level{dated("A", 2, time.Hour), dated("B", 2, time.Minute), dated("C", 2, time.Hour)})
	for _, sku := range []string{"A", "B", "C", "D"} {
		row := w.levelRow(hub, sku)
		require.EqualValues(t, 3, row.Available)
		require.True(t, row.ReportedAt.Equal(at.Add(-time.Hour)), "%s: %v", sku, row.ReportedAt)
	}
}

func readsSumsAnew(t *testing.T, w *world) {
	before, err := w.Warehouse(w.ctx(), hub)
	require.NoError(t, err)
	after := before
	after.Repeated = inventory.RepeatedSum
	require.False(t, before.ReadsLike(after))
	require.NotEmpty(t, w.apply(alter(func(d *ledger.Definitions) { d.Warehouses[0].Repeated = inventory.RepeatedSum })))
	stored, err := w.Warehouse(w.ctx(), hub)
	require.NoError(t, err)
	require.Equal(t, inventory.RepeatedSum, stored.Repeated)
}
