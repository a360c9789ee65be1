package ledgertest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

var keepTests = tests{
	"rejected zeroes keep their figures":            keepsFigures,
	"what came back before the answer is not kept":  keepsStillZero,
	"other rows are not kept":                       keepsAsked,
	"a figure above 0 ends it":                      endsKeeping,
	"another product ends it":                       endsWithProduct,
	"another rule goes before it":                   keepsBehindRules,
	"a full sync keeps them too":                    keepsInFull,
	"a rejection of zeroes is lifted":               liftsZeroing,
	"what was lifted goes out":                      pushesLifted,
	"an approval keeps nothing":                     keepsNothingApproved,
	"a hold of a few SKUs asks about those":         keepsScope,
	"two holds of a connection":                     keepsOfBoth,
	"kept rows are counted by answer":               countsKept,
	"a kept row is not counted as going to 0":       countsNotDue,
	"a rejection of zeroes outlives the retention":  tidiesKept,
	"another account of the store begins anew":      forgetsKept,
	"refreshing ids leaves kept rows":               refreshLeavesKept,
	"a hold that is asked anew asks about new rows": asksAnew,
}

const keptWhy = "taking it to 0 was rejected by ann on 2026-03-01 12:00 UTC (run 2)"

// emptied returns a run, the second of its connection, that would take some of A, B, C and D to 0. The store shows 5 of each.
func (w *world) emptied(skus ...string) ledger.Lease {
	w.t.Helper()
	w.pass(hubShop, ledger.Smart, level("A", 5), level("B", 5), level("C", 5), level("D", 5))
	return w.selloff(skus...)
}

// selloff returns a run that would take SKUs to 0.
func (w *world) selloff(skus ...string) ledger.Lease {
	w.t.Helper()
	rows := make([]inventory.Level, len(skus))
	for i, sku := range skus {
		rows[i] = level(sku, 0)
	}
	return w.changed(hubShop, rows...)
}

// refuseZeroing holds a run for its zeroing, and rejects the hold.
func (w *world) refuseZeroing(lease ledger.Lease) {
	w.t.Helper()
	w.asks(lease, ledger.HoldZeroing, "too many")
	w.decide(lease, "rejected")
}

func (w *world) keptRows(connection string, scope ...string) ledger.Kept {
	w.t.Helper()
	kept, err := w.Kept(w.ctx(), connection, scope)
	require.NoError(w.t, err)
	if len(scope) == 0 {
		rows, err := w.ChannelLevels(w.ctx(), connection, "", ledger.StatusTooHigh, ledger.Page{})
		require.NoError(w.t, err)
		require.Len(w.t, rows, int(kept.Rows), "the rows that are counted can be listed")
		for _, row := range rows {
			require.NotEmpty(w.t, row.Kept, row.ChannelSKU)
		}
	}
	return kept
}

func keepsFigures(t *testing.T, w *world) {
	lease := w.emptied("A", "B")
	w.refuseZeroing(lease)
	require.Equal(t, map[string]string{
		"A": "blocked 0, shows 5", "B": "blocked 0, shows 5", "C": "exported 5, shows 5", "D": "exported 5, shows 5",
	}, w.rows(hubShop))
	require.Equal(t, keptWhy, w.row(hubShop, "A").Reason)
	require.Equal(t, ledger.Kept{Rows: 2, Answers: 1, Decided: "rejected by ann on 2026-03-01 12:00 UTC (run 2)", Runs: []int64{2}}, w.keptRows(hubShop))
	w.end(lease, ledger.RejectedOutcome)

	lease = w.selloff("A", "B", "C")
	require.Equal(t, map[string]string{
		"A": "blocked 0, shows 5", "B": "blocked 0, shows 5", "C": "pending 0, shows 5", "D": "exported 5, shows 5",
	}, w.rows(hubShop))
	require.Equal(t, keptWhy, w.row(hubShop, "A").Reason)
	w.push(lease)
	require.Equal(t, "blocked 0, shows 5", w.rows(hubShop)["A"])
}

func keepsStillZero(t *testing.T, w *world) {
	lease := w.emptied("A", "B", "C")
	w.asks(lease, ledger.HoldZeroing, "too many")
	require.NoError(t, w.Release(w.ctx(), lease))
	w.pass(hubShop, ledger.Smart, level("A", 4), level("B", 0), level("C", 0), level("D", 5)) // of a person who did not wait
	w.end(w.selloff("D"), ledger.Completed)
	w.decide(lease, "rejected")
	require.Equal(t, map[string]string{
		"A": "exported 4, shows 4", "B": "exported 0, shows 0", "C": "exported 0, shows 0", "D": "pending 0, shows 5",
	}, w.rows(hubShop))
	require.Zero(t, w.keptRows(hubShop))
}

func keepsAsked(t *testing.T, w *world) {
	lease := w.emptied("A", "B")
	w.change(lease, level("C", 1))
	w.asks(lease, ledger.HoldZeroing, "too many")
	w.change(lease, level("D", 0))
	w.decide(lease, "rejected")
	require.Equal(t, map[string]string{
		"A": "blocked 0, shows 5", "B": "blocked 0, shows 5", "C": "pending 1, shows 5", "D": "pending 0, shows 5",
	}, w.rows(hubShop))
}

func endsKeeping(t *testing.T, w *world) {
	lease := w.emptied("A", "B")
	w.refuseZeroing(lease)
	w.change(lease, level("A", 3))
	require.Equal(t, "pending 3, shows 5", w.rows(hubShop)["A"])
	require.Empty(t, w.row(hubShop, "A").Reason)
	w.push(lease)
	w.change(lease, level("A", 0))
	require.Equal(t, "pending 0, shows 3", w.rows(hubShop)["A"], "that is another question")
	require.EqualValues(t, 1, w.keptRows(hubShop).Rows)
}

func endsWithProduct(t *testing.T, w *world) {
	lease := w.emptied("A", "B")
	w.refuseZeroing(lease)
	w.change(lease, level("E", 0))
	w.apply(alter(func(d *ledger.Definitions) { d.Listings = []ledger.ListingDefinition{listing(shop, "E", "A")} }))
	w.resolve(lease, ledger.Smart)
	require.Equal(t, "E", w.row(hubShop, "A").Product)
	require.Equal(t, "pending 0, shows 5", w.rows(hubShop)["A"])
	require.Equal(t, "blocked 0, shows 5", w.rows(hubShop)["B"])
}

func keepsBehindRules(t *testing.T, w *world) {
	lease := w.emptied("A", "B")
	w.refuseZeroing(lease)
	w.apply(alter(func(d *ledger.Definitions) { d.Connections[0].Inventory.Unlisted = inventory.UnlistedBlock }))
	w.resolve(lease, ledger.Smart)
	require.Equal(t, "blocked 0, shows 5", w.rows(hubShop)["A"])
	require.Contains(t, w.row(hubShop, "A").Reason, "list")
	require.Zero(t, w.keptRows(hubShop).Rows, "another rule keeps them")
	w.apply(definitions())
	w.resolve(lease, ledger.Smart)
	require.Equal(t, keptWhy, w.row(hubShop, "A").Reason)
}

func keepsInFull(t *testing.T, w *world) {
	lease := w.emptied("A", "B")
	w.refuseZeroing(lease)
	w.end(lease, ledger.RejectedOutcome)
	w.pass(hubShop, ledger.Full, level("A", 0), level("B", 0), level("C", 5), level("D", 5))
	require.Equal(t, map[string]string{
		"A": "blocked 0, shows 5", "B": "blocked 0, shows 5", "C": "exported 5, shows 5", "D": "exported 5, shows 5",
	}, w.rows(hubShop))
}

func liftsZeroing(t *testing.T, w *world) {
	lease := w.emptied("A", "B")
	w.refuseZeroing(lease)
	w.end(lease, ledger.RejectedOutcome)
	other := w.selloff("A", "B", "C")
	w.refuseZeroing(other)
	lifted := w.decide(lease, "approved")
	require.Equal(t, []int64{lease.Run}, runsOf(lifted))
	require.Equal(t, "lifted", lifted[0].Decision)
	require.Equal(t, map[string]string{
		"A": "pending 0, shows 5", "B": "pending 0, shows 5", "C": "blocked 0, shows 5", "D": "exported 5, shows 5",
	}, w.rows(hubShop))
	require.Empty(t, w.row(hubShop, "A").Reason)
	require.Equal(t, lifted, w.decide(lease, "approved"), "once")
	w.change(other, level("A", 0), level("B", 0))
	due, err := w.Due(w.ctx(), hubShop, nil)
	require.NoError(t, err)
	require.EqualValues(t, 2, due.Zeroing, "the next run asks anew")
	w.end(other, ledger.RejectedOutcome)
	other = w.selloff("D")
	w.refuseZeroing(other)
	require.EqualValues(t, 4, w.keptRows(hubShop).Rows)
}

func pushesLifted(t *testing.T, w *world) {
	lease := w.emptied("A", "B")
	w.refuseZeroing(lease)
	w.decide(lease, "approved")
	w.push(lease)
	require.Equal(t, "exported 0, shows 0", w.rows(hubShop)["A"], "nothing keeps it any more")
}

func keepsNothingApproved(t *testing.T, w *world) {
	lease := w.emptied("A", "B")
	w.asks(lease, ledger.HoldZeroing, "too many")
	w.decide(lease, "approved")
	require.Zero(t, w.keptRows(hubShop))
	w.push(lease)
	require.Equal(t, "exported 0, shows 0", w.rows(hubShop)["A"])
}

func keepsScope(t *testing.T, w *world) {
	w.apply(alter(func(d *ledger.Definitions) { d.Bundles = []ledger.BundleDefinition{bundle("KIT", of("A", 1))} }))
	w.end(w.emptied("A", "B", "C"), ledger.Held)
	claim := w.claim(hubShop, ledger.Smart)
	claim.Scope = []string{"A"}
	lease := w.grant(claim).Lease
	w.refuseZeroing(lease)
	require.Equal(t, map[string]string{
		"A": "blocked 0, shows 5", "KIT": "blocked 0, shows 5", "B": "pending 0, shows 5", "C": "pending 0, shows 5", "D": "exported 5, shows 5",
	}, w.rows(hubShop))
	require.EqualValues(t, 2, w.keptRows(hubShop, "A").Rows)
	require.Zero(t, w.keptRows(hubShop, "B").Rows)
}

// keepsOfBoth: a Full Sync is held for rows that a Smart Sync waits for already, and for more.
func keepsOfBoth(t *testing.T, w *world) {
	for name, test := range map[string]struct {
		later bool // the later one is rejected
		want  map[string]string
	}{
		"the first":  {false, map[string]string{"A": "blocked 0, shows 5", "B": "pending 0, shows 5"}},
		"the second": {true, map[string]string{"A": "blocked 0, shows 5", "B": "blocked 0, shows 5"}},
	} {
		w.apply(definitions())
		rows := []inventory.Level{level("A", 5), level("B", 5)}
		w.pass(hubShop, ledger.Full, rows...)
		first := w.selloff("A")
		w.asks(first, ledger.HoldZeroing, "too many")
		require.NoError(t, w.Release(w.ctx(), first))
		two := w.selloff("B")
		w.asks(two, ledger.HoldZeroing, "too many")
		require.NoError(t, w.Release(w.ctx(), two))
		answered, open := first, two
		if test.later {
			answered, open = two, first
		}
		w.decide(answered, "rejected")
		require.Equal(t, test.want, w.rows(hubShop), name)
		w.decide(open, "rejected")
		require.EqualValues(t, 2, w.keptRows(hubShop).Rows, name)
		w.end(first, ledger.RejectedOutcome)
		w.end(two, ledger.RejectedOutcome)
	}
}

func countsKept(t *testing.T, w *world) {
	require.Zero(t, w.keptRows(hubShop))
	lease := w.emptied("A", "B")
	w.refuseZeroing(lease)
	w.end(lease, ledger.RejectedOutcome)
	lease = w.selloff("C")
	w.refuseZeroing(lease)
	require.Equal(t, ledger.Kept{
		Rows: 3, Answers: 2, Decided: "rejected by ann on 2026-03-01 12:00 UTC (run 3)", Runs: []int64{3, 2},
	}, w.keptRows(hubShop), "the newest is named")
	require.Zero(t, w.keptRows(hubMarket))
}

func countsNotDue(t *testing.T, w *world) {
	lease := w.emptied("A", "B")
	w.refuseZeroing(lease)
	due, err := w.Due(w.ctx(), hubShop, nil)
	require.NoError(t, err)
	require.Equal(t, ledger.Due{Live: 4}, due, "the store goes on to show more than 0 there")
	counts, err := w.Tally(w.ctx(), lease.Run)
	require.NoError(t, err)
	require.EqualValues(t, 2, counts.Blocked, "of the run that was to take them there")
}

func tidiesKept(t *testing.T, w *world) {
	lease := w.emptied("A")
	w.refuseZeroing(lease)
	w.end(lease, ledger.RejectedOutcome)
	w.pass(hubShop, ledger.Smart)
	_, err := w.Tidy(w.ctx(), w.now())
	require.NoError(t, err)
	require.Equal(t, "lifted", w.decide(lease, "approved")[0].Decision)
	require.Equal(t, "pending 0, shows 5", w.rows(hubShop)["A"])
	_, err = w.Tidy(w.ctx(), w.now())
	require.NoError(t, err)
	_, err = w.HoldOf(w.ctx(), lease.Run)
	require.ErrorIs(t, err, ledger.ErrNotFound)
}

func forgetsKept(t *testing.T, w *world) {
	lease := w.emptied("A", "B")
	w.refuseZeroing(lease)
	w.end(lease, ledger.RejectedOutcome)
	w.apply(alter(func(d *ledger.Definitions) { d.Stores[0].Driver = "another" }))
	require.Equal(t, "pending 0, shows ?", w.rows(hubShop)["A"])
	require.Zero(t, w.keptRows(hubShop))
}

func refreshLeavesKept(t *testing.T, w *world) {
	lease := w.emptied("A", "B")
	w.refuseZeroing(lease)
	w.end(lease, ledger.RejectedOutcome)
	_, err := w.RefreshIDs(w.ctx(), shop, nil)
	require.NoError(t, err)
	require.Equal(t, "blocked 0, shows 5", w.rows(hubShop)["A"])
}

// asksAnew: a run that was approved finds more rows that go to 0, and is held again.
func asksAnew(t *testing.T, w *world) {
	lease := w.emptied("A")
	w.asks(lease, ledger.HoldZeroing, "too many")
	w.change(lease, level("B", 0))
	w.asks(lease, ledger.HoldZeroing, "more, while it waits")
	require.Equal(t, "too many", w.holdOf(lease).Reason)
	w.decide(lease, "approved")
	w.asks(lease, ledger.HoldZeroing, "more")
	w.decide(lease, "rejected")
	require.Equal(t, "blocked 0, shows 5", w.rows(hubShop)["A"])
	require.Equal(t, "blocked 0, shows 5", w.rows(hubShop)["B"])
}
