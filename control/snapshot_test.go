package control

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

func TestSnapshotShowsWhatWasRefused(t *testing.T) {
	t.Parallel()
	state := emptyLedger(t)
	c := &Control{state: state}
	_, err := state.Apply(t.Context(), ledger.Definitions{Warehouses: []ledger.Warehouse{{ID: "depot", Merchant: "acme", Driver: "sandbox"}}},
		ledger.ApplyOptions{})
	require.NoError(t, err)

	_, err = c.Snapshot(t.Context(), "nowhere", 10)
	require.EqualError(t, err, `there is no warehouse "nowhere"; there are depot`)
	_, err = c.Snapshot(t.Context(), "depot", 10)
	require.EqualError(t, err, "warehouse depot has not been read yet, and has sent no snapshot; starter sync asks it")

	id, err := state.StageUpload(t.Context(), ledger.SnapshotStart{Warehouse: "depot", Now: noon})
	require.NoError(t, err)
	refusals := []inventory.Refusal{
		{SKU: "A", Facility: "east", Place: "stock.csv:2", Reason: "no figure"}, {SKU: "B", Place: "stock.csv:3", Reason: "half a piece"},
	}
	require.NoError(t, state.StageRows(t.Context(), id, nil, refusals))
	_, err = state.RecordUpload(t.Context(), id, ledger.SnapshotEnd{Full: true, Rows: 2, From: "stock.csv", Guard: ledger.Guard{MaximumRefused: 0.05}, Now: noon})
	require.NoError(t, err)
	shown, err := c.Snapshot(t.Context(), "depot", 1)
	require.NoError(t, err)
	require.EqualValues(t, 2, shown.Refused)
	require.Contains(t, shown.Held, "2 of the 2 rows were refused")
	require.Equal(t, []Refusal{{SKU: "A", Facility: "east", Place: "stock.csv:2", Reason: "no figure"}}, shown.Refusals)

	var status Status
	err = c.lookAtWarehouses(t.Context(), &status,
		warehousesOf([]ledger.Connection{{ID: "a", Warehouse: "depot"}, {ID: "b", Warehouse: "depot"}, {ID: "c", Warehouse: "new"}}))
	require.NoError(t, err)
	require.Equal(t, []ledger.SnapshotEntry{shown.SnapshotEntry}, status.Snapshots)
}
