package activities

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// bins is a depot that reports each SKU in several rows, which are summed.
func bins(t *testing.T) *world {
	t.Helper()
	w := setup(t)
	d := definitions()
	d.Warehouses[0].Repeated = inventory.RepeatedSum
	w.apply(d)
	return w
}

func TestRowsOfALevelAddUpWhereThatIsSet(t *testing.T) {
	t.Parallel()
	w := bins(t)
	w.source.rows = []inventory.Row{row("BIKE", 100), row("HELMET", 7), row("BIKE", 300)}
	result, err := w.fetch(w.take("north", ledger.Full), "north", nil)
	require.NoError(t, err)
	require.EqualValues(t, 3, result.Rows)
	require.Zero(t, result.Refused)
	require.Equal(t, map[string]int64{"BIKE": 400, "HELMET": 7}, w.available())
}

// A partial snapshot that names one bin would look like the whole level.
func TestADeltaNeverAddsUp(t *testing.T) {
	t.Parallel()
	w := bins(t)
	w.source.rows = []inventory.Row{row("BIKE", 100), row("BIKE", 300)}
	lease := w.take("north", ledger.Full)
	_, err := w.fetch(lease, "north", nil)
	require.NoError(t, err)
	w.source.rows, w.source.delta = []inventory.Row{row("BIKE", 90)}, true
	_, err = w.fetch(lease, "north", nil)
	require.ErrorContains(t, err, "warehouse depot: the warehouse is set to repeated: sum, and this snapshot is a delta")
	require.True(t, temporalError(t, err).NonRetryable())
	require.Equal(t, map[string]int64{"BIKE": 400}, w.available())

	id, err := w.StageUpload(t.Context(), ledger.SnapshotStart{Warehouse: "depot", Repeated: inventory.RepeatedSum, Now: w.now})
	require.NoError(t, err)
	require.NoError(t, w.StageRows(t.Context(), id, []inventory.Level{{SKU: "BIKE", Facility: "east", Available: 90}}, nil))
	sent, err := do[RecordSnapshotResult](w, w.intake().RecordSnapshot, RecordSnapshotInput{Warehouse: "depot", Snapshot: Snapshot{ID: id, Rows: 1}})
	require.NoError(t, err)
	require.Contains(t, sent.Held, "this snapshot is a delta")
	require.Equal(t, map[string]int64{"BIKE": 400}, w.available())
}
