package ledgertest

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

var snapshotTests = tests{
	"the same key twice refuses both":                refusesDuplicates,
	"the same key in two pages":                      refusesAcrossPages,
	"a NUL in a key":                                 refusesNUL,
	"refusals are listed":                            listsRefusals,
	"the rows must be complete":                      countsRows,
	"a failure half-way changes nothing":             failsHalfWay,
	"a new attempt throws the old one away":          stagesAnew,
	"two runs stage side by side":                    stagesApart,
	"a discarded snapshot":                           discards,
	"the source cursor moves with what was recorded": keepsMark,
	"a snapshot is recorded once":                    recordsOnce,
	"a snapshot that does not exist":                 recordsNothing,
	"a snapshot of a warehouse that is not":          stagesNowhere,
	"everything is staged before it is judged":       judgesWhole,
}

func refusesDuplicates(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, whole(), []inventory.Level{level("A", 5), level("B", 3)})
	result := w.report(lease, whole(), []inventory.Level{level("A", 6), level("B", 4), level("A", 7), {Facility: "west", SKU: "A", Available: 9}})
	require.EqualValues(t, 4, result.Rows)
	require.EqualValues(t, 2, result.Refused)
	require.EqualValues(t, 2, result.Changed)
	require.Zero(t, result.Missing)
	require.Equal(t, map[string]int64{"A": 5, "A@west": 9, "B": 4}, w.available(hub), "neither is believed, not even the same figure")
	refusals, err := w.Refusals(w.ctx(), hub, 10)
	require.NoError(t, err)
	require.NotEmpty(t, refusals)
	for _, refusal := range refusals {
		require.Equal(t, "A", refusal.SKU)
		require.Equal(t, "east", refusal.Facility)
		require.NotEmpty(t, refusal.Reason)
	}

	result = w.report(lease, whole(), []inventory.Level{level("A", 8), level("A", 8), level("B", 4)})
	require.EqualValues(t, 2, result.Refused, "the same figure twice is no better")
	require.Equal(t, int64(5), w.available(hub)["A"])
	result = w.report(lease, whole(), []inventory.Level{level("NEW", 8), level("B", 4), level("NEW", 8)})
	require.EqualValues(t, 2, result.Refused)
	require.NotContains(t, w.available(hub), "NEW")
}

func refusesAcrossPages(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	id := w.stage(lease, []inventory.Level{level("A", 5), level("B", 1)})
	for _, figure := range []int64{6, 5} {
		require.NoError(t, w.StageRows(w.ctx(), id, []inventory.Level{level("A", figure)}, nil))
	}
	require.NoError(t, w.StageRows(w.ctx(), id, nil, nil), "a page may be empty")
	result, err := w.Record(w.ctx(), lease, id, ledger.SnapshotEnd{Full: true, Rows: 4, Guard: lax, Now: w.now()})
	require.NoError(t, err)
	require.EqualValues(t, 4, result.Rows)
	require.EqualValues(t, 3, result.Refused)
	require.EqualValues(t, 1, result.Changed)
	require.Equal(t, map[string]int64{"B": 1}, w.available(hub))
}

func refusesNUL(t *testing.T, w *world) {
	id := w.stage(w.take(hubShop, ledger.Smart), nil)
	for _, invalid := range []inventory.Level{{SKU: "A", Facility: "\x00"}, {SKU: "A\x00"}} {
		require.ErrorContains(t, w.StageRows(w.ctx(), id, []inventory.Level{level("B", 1), invalid}, nil), "NUL")
	}
}

func listsRefusals(t *testing.T, w *world) {
	none, err := w.Refusals(w.ctx(), hub, 10)
	require.NoError(t, err)
	require.Empty(t, none)
	lease := w.take(hubShop, ledger.Smart)
	var refused []inventory.Refusal
	for i := range 5 {
		refused = append(refused, inventory.Refusal{Facility: "east", SKU: fmt.Sprint("R", i), Place: fmt.Sprint("line ", i), Reason: "no figure"})
	}
	refused = append(refused, inventory.Refusal{Reason: "the SKU is empty"})
	result := w.report(lease, whole(), []inventory.Level{level("A", 5)}, refused...)
	require.EqualValues(t, 7, result.Rows)
	require.EqualValues(t, 6, result.Refused)
	listed, err := w.Refusals(w.ctx(), hub, 100)
	require.NoError(t, err)
	require.ElementsMatch(t, refused, listed)
	listed, err = w.Refusals(w.ctx(), hub, 2)
	require.NoError(t, err)
	require.Len(t, listed, 2)
	listed, err = w.Refusals(w.ctx(), annex, 10)
	require.NoError(t, err)
	require.Empty(t, listed)
	w.report(lease, whole(), []inventory.Level{level("A", 5)})
	listed, err = w.Refusals(w.ctx(), hub, 10)
	require.NoError(t, err)
	require.Empty(t, listed, "only the latest snapshot's")
}

func countsRows(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, whole(), []inventory.Level{level("A", 5), level("B", 3)})
	before := w.plan(hubShop, ledger.Smart)
	for _, wrong := range []int{0, 2, 4} {
		id := w.stage(lease, []inventory.Level{level("A", 6), level("B", 4)}, inventory.Refusal{SKU: "C", Reason: "no figure"})
		_, err := w.Record(w.ctx(), lease, id, ledger.SnapshotEnd{Full: true, Rows: wrong, SourceCursor: "m", Guard: lax, Now: w.now()})
		require.Error(t, err)
		require.NotErrorIs(t, err, ledger.ErrFenced)
		require.Equal(t, map[string]int64{"A": 5, "B": 3}, w.available(hub))
	}
	require.Equal(t, before, w.plan(hubShop, ledger.Smart))
	cursor, err := w.SourceCursor(w.ctx(), hub)
	require.NoError(t, err)
	require.Empty(t, cursor)
}

func failsHalfWay(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	id := w.stage(lease, []inventory.Level{level("A", 5), level("B", 3)})
	require.Error(t, w.StageRows(w.ctx(), id, []inventory.Level{level("C", 1), level("D\x00", 1)}, nil))
	ctx, cancel := context.WithCancel(w.ctx())
	cancel()
	require.ErrorIs(t, w.StageRows(ctx, id, []inventory.Level{level("E", 1)}, nil), context.Canceled)
	_, err := w.Record(ctx, lease, id, ledger.SnapshotEnd{Full: true, Rows: 2, Guard: lax, Now: w.now()})
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, w.levels(hub))
	result, err := w.Record(w.ctx(), lease, id, ledger.SnapshotEnd{Full: true, Rows: 2, Guard: lax, Now: w.now()})
	require.NoError(t, err, "nothing of the failed page was staged")
	require.EqualValues(t, 2, result.Changed)
	require.Equal(t, map[string]int64{"A": 5, "B": 3}, w.available(hub))
}

func stagesAnew(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	old := w.stage(lease, []inventory.Level{level("A", 5), level("GONE", 3)}, inventory.Refusal{SKU: "R", Reason: "no figure"})
	id := w.stage(lease, []inventory.Level{level("A", 6)})
	require.NotEqual(t, old, id)
	_, err := w.Record(w.ctx(), lease, old, ledger.SnapshotEnd{Full: true, Rows: 3, Guard: lax, Now: w.now()})
	require.Error(t, err)
	result, err := w.Record(w.ctx(), lease, id, ledger.SnapshotEnd{Full: true, Rows: 1, Guard: lax, Now: w.now()})
	require.NoError(t, err)
	require.Zero(t, result.Refused)
	require.Equal(t, map[string]int64{"A": 6}, w.available(hub))
}

func stagesApart(t *testing.T, w *world) {
	one, two := w.take(hubShop, ledger.Smart), w.take(hubMarket, ledger.Smart)
	first := w.stage(one, []inventory.Level{level("A", 5)})
	second := w.stage(two, []inventory.Level{level("A", 6), level("B", 1)})
	_, err := w.Record(w.ctx(), one, first, ledger.SnapshotEnd{Full: true, Rows: 1, Guard: lax, Now: w.now()})
	require.NoError(t, err)
	require.Equal(t, map[string]int64{"A": 5}, w.available(hub))
	_, err = w.Record(w.ctx(), two, second, ledger.SnapshotEnd{Full: true, Rows: 2, AsOf: w.now(), Guard: lax, Now: w.now()})
	require.NoError(t, err)
	require.Equal(t, map[string]int64{"A": 6, "B": 1}, w.available(hub))
}

func discards(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	id := w.stage(lease, []inventory.Level{level("A", 5)})
	require.NoError(t, w.Discard(w.ctx(), id))
	require.NoError(t, w.Discard(w.ctx(), id))
	require.NoError(t, w.Discard(w.ctx(), id+1000))
	_, err := w.Record(w.ctx(), lease, id, ledger.SnapshotEnd{Full: true, Rows: 1, Guard: lax, Now: w.now()})
	require.Error(t, err)
	require.Empty(t, w.levels(hub))

	w.report(lease, whole(), []inventory.Level{level("A", 5)}, inventory.Refusal{SKU: "R", Reason: "no figure"})
	id = w.stage(lease, nil)
	require.NoError(t, w.Discard(w.ctx(), id))
	refusals, err := w.Refusals(w.ctx(), hub, 10)
	require.NoError(t, err)
	require.Len(t, refusals, 1, "a fetch that found nothing new leaves the latest snapshot as it was")
}

func keepsMark(t *testing.T, w *world) {
	cursor := func() string {
		sourceCursor, err := w.SourceCursor(w.ctx(), hub)
		require.NoError(t, err)
		return sourceCursor
	}
	require.Empty(t, cursor())
	lease := w.take(hubShop, ledger.Smart)
	end := whole()
	end.SourceCursor = "one 'ä\"🚲%_"
	w.report(lease, end, []inventory.Level{level("A", 5), level("B", 5)})
	require.Equal(t, end.SourceCursor, cursor())
	held := end
	held.SourceCursor, held.Guard = "two", strict
	require.NotEmpty(t, w.report(lease, held, []inventory.Level{level("A", 5)}).Held)
	require.Equal(t, end.SourceCursor, cursor(), "what was held was not recorded")
	end = part()
	end.SourceCursor = "three"
	w.report(lease, end, []inventory.Level{level("A", 5)})
	require.Equal(t, "three", cursor(), "even when nothing changed")
	other, err := w.SourceCursor(w.ctx(), annex)
	require.NoError(t, err)
	require.Empty(t, other)
	_, err = w.SourceCursor(w.ctx(), "moon")
	require.ErrorIs(t, err, ledger.ErrNotFound)
}

// recordsOnce: the result of Record may be lost, and the caller tries again.
func recordsOnce(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	id := w.stage(lease, []inventory.Level{level("A", 5)})
	end := ledger.SnapshotEnd{Full: true, Rows: 1, SourceCursor: "one", Guard: lax, Now: w.now()}
	first, err := w.Record(w.ctx(), lease, id, end)
	require.NoError(t, err)
	before := w.levels(hub)
	again, err := w.Record(w.ctx(), lease, id, end)
	if err == nil {
		require.Equal(t, first, again)
	}
	require.Equal(t, before, w.levels(hub))
	require.Equal(t, first.Version, w.plan(hubShop, ledger.Smart).Next.Levels)
	require.Len(t, w.activity("A", ""), 1)
}

func recordsNothing(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	_, err := w.Record(w.ctx(), lease, 1000, ledger.SnapshotEnd{Full: true, Guard: lax, Now: w.now()})
	require.Error(t, err)
	require.Error(t, w.StageRows(w.ctx(), 1000, []inventory.Level{level("A", 5)}, nil), "rows of nothing would linger for ever")
}

func stagesNowhere(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	_, err := w.Stage(w.ctx(), lease, ledger.SnapshotStart{Warehouse: "moon", Now: w.now()})
	require.Error(t, err)
}

// judgesWhole: the guard judges the rows and the refusals of all pages together.
func judgesWhole(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	id := w.stage(lease, nil)
	for i := range 5 {
		require.NoError(t, w.StageRows(w.ctx(), id, []inventory.Level{level(fmt.Sprint("A", i), 1)},
			[]inventory.Refusal{{SKU: fmt.Sprint("R", i), Reason: "no figure"}}))
	}
	result, err := w.Record(w.ctx(), lease, id, ledger.SnapshotEnd{Full: true, Rows: 10, Guard: ledger.Guard{MaximumRefused: 0.5}, Now: w.now()})
	require.NoError(t, err)
	require.Empty(t, result.Held)
	require.EqualValues(t, 5, result.Refused)
	require.Len(t, w.levels(hub), 5)
}
