package activities

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// policy sets the figure that a level of the depot has while its row is refused.
func (w *world) policy(refused inventory.RefusedPolicy) {
	w.t.Helper()
	d := definitions()
	d.Warehouses[0].Refused, d.Warehouses[0].Guard.MaximumRefused = refused, 1
	w.apply(d)
}

func (w *world) levelOf(sku string) ledger.LevelRow {
	w.t.Helper()
	rows, err := w.Levels(w.t.Context(), "depot", sku, ledger.Page{})
	require.NoError(w.t, err)
	require.Len(w.t, rows, 1)
	return rows[0]
}

func row(sku string, available int64) inventory.Row {
	return inventory.Row{SKU: sku, Facility: "east", Available: &available}
}

// A refused row marks its level, however it was fetched. The run counts the marked levels, even when nothing new was read.
func TestAFetchSaysWhatIsStale(t *testing.T) {
	t.Parallel()
	for policy, want := range map[inventory.RefusedPolicy]int64{"": 5, inventory.RefusedKeep: 5, inventory.RefusedZero: 0} {
		t.Run("refused "+string(policy), func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.policy(policy)
			lease := w.take("north", ledger.Full)
			w.source.rows = []inventory.Row{row("BIKE", 5), row("HELMET", 7)}
			read, err := w.fetch(lease, "north", nil)
			require.NoError(t, err)
			require.Zero(t, read.Stale)
			w.source.rows = []inventory.Row{{SKU: "BIKE", Facility: "east", Problem: "available: 5 pcs is not a number", Place: "page 1, item 1"}, row("HELMET", 7)}
			refused, err := w.fetch(lease, "north", nil)
			require.NoError(t, err)
			require.EqualValues(t, 1, refused.Refused)
			require.EqualValues(t, 1, refused.Stale)
			require.EqualValues(t, 1, refused.counts().Stale)
			level := w.levelOf("BIKE")
			require.Equal(t, want, level.Available)
			require.Equal(t, "its row was refused in run 1 (page 1, item 1): available: 5 pcs is not a number", level.Stale.Words())
			w.now = w.now.Add(time.Second)
			shared, err := w.fetch(w.take("south", ledger.Full), "south", nil)
			require.NoError(t, err)
			require.NotZero(t, shared.Shared)
			require.EqualValues(t, 1, shared.Refused, "who takes over a fetch takes over what was refused")
			require.EqualValues(t, 1, shared.Stale)
			require.EqualValues(t, 1, shared.counts().Stale)
		})
	}
}

// A row that an intake refuses marks its level too. When the level counts as 0 for it, this is pushed.
func TestRefusedUpdatesMarkTheirLevels(t *testing.T) {
	t.Parallel()
	for name, bad := range map[string]Update{
		"no figure":            {Event: "2", SKU: "BIKE", Facility: "east"},
		"refused at the door":  {Event: "2", SKU: "BIKE", Facility: "east", Problem: "available: expected a whole number, found text"},
		"no facility":          {Event: "2", SKU: "BIKE"},
		"an unreadable place":  {Event: "2", SKU: "BIKE", Facility: "e\x00", Available: new(int64(3))},
		"no event id":          {SKU: "BIKE", Facility: "east", Available: new(int64(3))},
		"a time far ahead":     {Event: "2", SKU: "BIKE", Facility: "east", Available: new(int64(3)), ReportedAt: new(noon.Add(1000 * time.Hour))},
		"a sequence below 0":   {Event: "2", SKU: "BIKE", Facility: "east", Available: new(int64(3)), Sequence: -2},
		"misplaced, no figure": {Event: "2", SKU: "BIKE", Available: new(int64(3))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.policy(inventory.RefusedZero)
			_, err := do[RecordUpdatesResult](w, w.intake().RecordUpdates, RecordUpdatesInput{Warehouse: "depot", Updates: []Update{update("1", "BIKE", 5)}})
			require.NoError(t, err)
			result, err := do[RecordUpdatesResult](w, w.intake().RecordUpdates,
				RecordUpdatesInput{Warehouse: "depot", Updates: []Update{bad, {Event: "3", SKU: "\x00"}}})
			require.NoError(t, err)
			require.EqualValues(t, 2, result.Refused)
			require.Equal(t, []string{"BIKE"}, result.SKUs)
			level := w.levelOf("BIKE")
			require.Zero(t, level.Available)
			require.NotNil(t, level.Stale)
			require.Equal(t, new(int64(5)), level.Stale.Read)
			count, err := w.CountStale(t.Context(), "depot")
			require.NoError(t, err)
			require.EqualValues(t, 1, count.Levels)
			require.Zero(t, count.Unread)
		})
	}
}

// An uploaded snapshot is judged like a fetched one.
func TestARefusedRowOfAnUploadMarksItsLevel(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.policy(inventory.RefusedZero)
	upload := func(rows []inventory.Level, refusals ...inventory.Refusal) RecordSnapshotResult {
		id, err := w.StageUpload(t.Context(), ledger.SnapshotStart{Warehouse: "depot", Now: w.now})
		require.NoError(t, err)
		require.NoError(t, w.StageRows(t.Context(), id, rows, refusals))
		result, err := do[RecordSnapshotResult](w, w.intake().RecordSnapshot,
			RecordSnapshotInput{Warehouse: "depot", Snapshot: Snapshot{ID: id, Full: true, Rows: len(rows) + len(refusals)}})
		require.NoError(t, err)
		return result
	}
	upload([]inventory.Level{{SKU: "BIKE", Available: 5}, {SKU: "HELMET", Available: 7}})
	result := upload([]inventory.Level{{SKU: "HELMET", Available: 7}}, inventory.Refusal{SKU: "BIKE", Reason: "no figure"})
	require.EqualValues(t, 1, result.Changed)
	require.Zero(t, w.levelOf("BIKE").Available)
	require.Equal(t, "its row was refused in snapshot 2, which was sent: no figure", w.levelOf("BIKE").Stale.Words())
}
