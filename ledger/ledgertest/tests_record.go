package ledgertest

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

var recordTests = tests{
	"levels are kept as they came":         keepsLevels,
	"versions grow only on a change":       growsVersions,
	"each change is in the activity":       writesReports,
	"figures at the limits":                keepsLimits,
	"figures beyond the limits":            refusesBeyond,
	"facilities are levels of their own":   keepsFacilities,
	"warehouses do not mix":                separatesWarehouses,
	"a level that is missing is kept":      keepsMissing,
	"a level that is missing becomes zero": zeroesMissing,
	"a refused row is not missing":         refusedIsNotMissing,
	"a part misses nothing":                partMissesNothing,
	"what only is shown is kept up":        updatesShown,
	"a page of many rows":                  recordsMany,
}

func keepsLevels(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	reported := w.now()
	id := w.stage(lease, []inventory.Level{
		{Facility: "east", SKU: "A", Available: 5, OnHand: new(int64(7)), Committed: new(int64(-2)), ReportedAt: reported},
		{SKU: "B", Available: -3},
	})
	require.Empty(t, w.levels(hub), "what is staged is not visible")
	now := w.now()
	result, err := w.Record(w.ctx(), lease, id, ledger.SnapshotEnd{Full: true, Rows: 2, AsOf: now, Guard: strict, Now: now})
	require.NoError(t, err)
	rows := w.levels(hub)
	require.Equal(t, ledger.SnapshotResult{
		SnapshotFigures: ledger.SnapshotFigures{Rows: 2, Changed: 2}, Version: max(rows[0].Version, rows[1].Version),
		LastRows: 2,
	}, withoutLast(result))
	require.Equal(t, []ledger.LevelRow{
		{
			Warehouse: hub, Version: rows[0].Version, RecordedAt: now,
			Level: inventory.Level{Facility: "east", SKU: "A", Available: 5, OnHand: new(int64(7)), Committed: new(int64(-2)), ReportedAt: reported},
		},
		{Warehouse: hub, Level: inventory.Level{SKU: "B", Available: -3}, Version: rows[1].Version, RecordedAt: now},
	}, rows)
	require.Positive(t, rows[0].Version)
	require.Positive(t, rows[1].Version)
}

// withoutLast clears LastRows: an implementation may or may not count the snapshot that was just recorded.
func withoutLast(result ledger.SnapshotResult) ledger.SnapshotResult {
	result.LastRows = result.Rows
	return result
}

func growsVersions(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	first := w.report(lease, whole(), []inventory.Level{level("A", 5), level("B", 3)})
	require.EqualValues(t, 2, first.Changed)
	require.Equal(t, first.Version, w.plan(hubShop, ledger.Smart).Next.Levels)
	a, b := w.levelRow(hub, "A"), w.levelRow(hub, "B")

	for range 3 {
		again := w.report(lease, whole(), []inventory.Level{level("A", 5), level("B", 3)})
		require.Zero(t, again.Changed)
		require.Zero(t, again.Older)
		require.Equal(t, first.Version, again.Version)
	}
	require.Equal(t, a.Version, w.levelRow(hub, "A").Version)

	second := w.report(lease, whole(), []inventory.Level{level("A", 6), level("B", 3)})
	require.EqualValues(t, 1, second.Changed)
	require.Greater(t, second.Version, first.Version)
	require.Greater(t, w.levelRow(hub, "A").Version, first.Version)
	require.LessOrEqual(t, w.levelRow(hub, "A").Version, second.Version)
	require.Equal(t, b.Version, w.levelRow(hub, "B").Version)

	third := w.report(lease, whole(), []inventory.Level{level("A", 5), level("B", 3)})
	require.EqualValues(t, 1, third.Changed, "back again is a change")
	require.Greater(t, third.Version, second.Version)
	require.Zero(t, w.plan(annexShop, ledger.Smart).Next.Levels, "each warehouse counts by itself")
}

func writesReports(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, whole(), []inventory.Level{level("A", 5), level("B", 1)})
	w.report(lease, whole(), []inventory.Level{level("A", 5), level("B", 1)})
	other := w.take(hubMarket, ledger.Smart)
	result := w.report(other, whole(), []inventory.Level{level("A", -6), level("B", 1)})
	require.EqualValues(t, 1, result.Changed)
	entries := w.activity("A", "")
	require.Len(t, entries, 2)
	require.Greater(t, entries[0].ID, entries[1].ID)
	for i := range entries {
		require.False(t, entries[i].At.Before(began))
		entries[i].ID, entries[i].At, entries[i].Note = 0, began, ""
	}
	require.Equal(t, []ledger.ActivityEntry{
		{At: began, Run: other.Run, Kind: "reported", Warehouse: hub, Facility: "east", SKU: "A", Before: new(int64(5)), After: new(int64(-6))},
		{At: began, Run: lease.Run, Kind: "reported", Warehouse: hub, Facility: "east", SKU: "A", After: new(int64(5))},
	}, entries)
	require.Equal(t, []string{"reported"}, w.kinds("B", ""))
}

func keepsLimits(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, whole(), []inventory.Level{
		{Facility: "east", SKU: "HIGH", Available: inventory.MaxQuantity, OnHand: new(int64(inventory.MaxQuantity)), Committed: new(int64(-inventory.MaxQuantity))},
		level("LOW", -inventory.MaxQuantity),
		{Facility: "east", SKU: "TWO", Available: inventory.MaxQuantity},
		{Facility: "west", SKU: "TWO", Available: inventory.MaxQuantity},
	})
	require.Equal(t, map[string]int64{"HIGH": 1_000_000_000, "LOW": -1_000_000_000, "TWO": 1_000_000_000, "TWO@west": 1_000_000_000}, w.available(hub))
	w.resolve(lease, ledger.Smart)
	w.push(lease)
	require.Equal(t, map[string]string{
		"HIGH": "exported 1000000000, shows 1000000000", "LOW": "exported 0, shows 0", "TWO": "exported 1000000000, shows 1000000000",
	}, w.rows(hubShop))
}

// refusesBeyond: the caller failed to check the figure, which is out of range.
func refusesBeyond(t *testing.T, w *world) {
	for _, figure := range []int64{inventory.MaxQuantity + 1, -inventory.MaxQuantity - 1} {
		lease := w.take(hubShop, ledger.Smart)
		id, err := w.Stage(w.ctx(), lease, ledger.SnapshotStart{Warehouse: hub, Now: w.now()})
		require.NoError(t, err)
		require.Error(t, w.StageRows(w.ctx(), id, []inventory.Level{level("A", 1), level("B", figure)}, nil))
		w.end(lease, ledger.Failed)
	}
	require.Empty(t, w.levels(hub))
}

func keepsFacilities(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	rows := []inventory.Level{{SKU: "A", Available: 1}, {Facility: "east", SKU: "A", Available: 2}, {Facility: "west", SKU: "A", Available: 4}}
	w.report(lease, whole(), rows)
	rows[1].Available = 3
	result := w.report(lease, whole(), rows)
	require.EqualValues(t, 1, result.Changed)
	require.Equal(t, map[string]int64{"A@": 1, "A": 3, "A@west": 4}, w.available(hub))
	w.resolve(lease, ledger.Smart)
	require.Equal(t, map[string]string{"A": "pending 8, shows ?"}, w.rows(hubShop))
}

func separatesWarehouses(t *testing.T, w *world) {
	w.pass(hubMarket, ledger.Smart, level("A", 5))
	w.pass(annexShop, ledger.Smart, level("A", 50), level("B", 60))
	require.Equal(t, map[string]int64{"A": 5}, w.available(hub))
	require.Equal(t, map[string]int64{"A": 50, "B": 60}, w.available(annex))
	w.pass(hubShop, ledger.Smart)
	require.Equal(t, map[string]string{"A": "exported 5, shows 5"}, w.rows(hubShop))
	require.Equal(t, map[string]string{"A": "exported 50, shows 50", "B": "exported 60, shows 60"}, w.rows(annexShop))
}

func keepsMissing(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, whole(), []inventory.Level{level("A", 5), level("B", 3), level("C", 1)})
	result := w.report(lease, whole(), []inventory.Level{level("B", 4)})
	require.EqualValues(t, 2, result.Missing)
	require.EqualValues(t, 1, result.Changed)
	require.Equal(t, map[string]int64{"A": 5, "B": 4, "C": 1}, w.available(hub), "absence is never zero")
	require.Equal(t, []string{"reported"}, w.kinds("A", ""))
	result = w.report(lease, whole(), []inventory.Level{level("B", 4), level("A", 5)})
	require.EqualValues(t, 1, result.Missing)
	require.Zero(t, result.Changed)
}

func zeroesMissing(t *testing.T, w *world) {
	zero := whole()
	zero.Missing = inventory.MissingZero
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, zero, []inventory.Level{level("A", 5), level("B", 3), {Facility: "west", SKU: "B", Available: 2}, level("C", 0)})
	result := w.report(lease, zero, []inventory.Level{level("B", 3)})
	require.EqualValues(t, 3, result.Missing)
	require.EqualValues(t, 2, result.Changed)
	require.Equal(t, map[string]int64{"A": 0, "B": 3, "B@west": 0, "C": 0}, w.available(hub))
	entry := w.activity("A", "")[0]
	require.Equal(t, "missing", entry.Kind)
	require.Equal(t, new(int64(5)), entry.Before)
	require.Equal(t, new(int64(0)), entry.After)
	require.Equal(t, []string{"reported"}, w.kinds("C", ""), "0 did not change")
	version := result.Version
	result = w.report(lease, zero, []inventory.Level{level("B", 3)})
	require.Zero(t, result.Changed)
	require.Equal(t, version, result.Version)
	w.resolve(lease, ledger.Smart)
	require.Equal(t, "pending 0, shows ?", w.rows(hubShop)["A"])

	w.report(lease, zero, []inventory.Level{level("A", 9), level("B", 3)})
	require.Equal(t, map[string]int64{"A": 9, "B": 3, "B@west": 0, "C": 0}, w.available(hub))
	partly := part()
	partly.Missing = inventory.MissingZero
	w.report(lease, partly, []inventory.Level{level("C", 1)})
	require.Equal(t, map[string]int64{"A": 9, "B": 3, "B@west": 0, "C": 1}, w.available(hub), "a part that names few misses nothing")
}

// refusedIsNotMissing: a refused row is not an absent one. The level keeps the recorded figure, whatever absence means.
func refusedIsNotMissing(t *testing.T, w *world) {
	zero := whole()
	zero.Missing = inventory.MissingZero
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, zero, []inventory.Level{level("A", 5), level("B", 3), level("C", 1), level("D", 8)})
	result := w.report(lease, zero, []inventory.Level{level("A", 6), level("B", 9), level("B", 4)},
		inventory.Refusal{Facility: "east", SKU: "C", Place: "line 4", Reason: "a fraction"})
	require.EqualValues(t, 1, result.Missing, "only D")
	require.EqualValues(t, 3, result.Refused)
	require.Equal(t, map[string]int64{"A": 6, "B": 3, "C": 1, "D": 0}, w.available(hub))
}

func partMissesNothing(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, whole(), []inventory.Level{level("A", 5), level("B", 3)})
	result := w.report(lease, part(), []inventory.Level{level("A", 6)})
	require.Zero(t, result.Missing)
	require.EqualValues(t, 1, result.Changed)
	require.Equal(t, map[string]int64{"A": 6, "B": 3}, w.available(hub))
}

// updatesShown: on hand and committed do not decide any figure, so they change without a new version.
func updatesShown(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	recorded := level("A", 5)
	recorded.OnHand, recorded.Committed = new(int64(8)), new(int64(3))
	before := w.report(lease, whole(), []inventory.Level{recorded})
	recorded.OnHand, recorded.Committed = new(int64(9)), nil
	after := w.report(lease, whole(), []inventory.Level{recorded})
	require.Zero(t, after.Changed)
	require.Equal(t, before.Version, after.Version)
	row := w.levelRow(hub, "A")
	require.Equal(t, new(int64(9)), row.OnHand)
	require.Nil(t, row.Committed)
}

func recordsMany(t *testing.T, w *world) {
	const many = 3000
	lease := w.take(hubShop, ledger.Smart)
	rows := make([]inventory.Level, many)
	for i := range rows {
		rows[i] = level(w.name("SKU"), int64(i))
	}
	result := w.report(lease, whole(), rows)
	require.EqualValues(t, many, result.Changed)
	for i := range rows {
		if i%100 == 0 {
			rows[i].Available++
		}
	}
	result = w.report(lease, whole(), rows)
	require.EqualValues(t, many/100, result.Changed)
	require.Zero(t, result.Missing)
	available := w.available(hub)
	require.Len(t, available, many)
	for _, row := range rows {
		require.Equal(t, row.Available, available[row.SKU])
	}
	plan := w.plan(hubShop, ledger.Smart)
	affected, err := w.Affected(w.ctx(), plan, nil, "", many+1)
	require.NoError(t, err)
	require.Len(t, affected, many)
	ctx, cancel := context.WithCancel(w.ctx())
	cancel()
	_, err = w.Affected(ctx, plan, nil, "", many)
	require.ErrorIs(t, err, context.Canceled)
}
