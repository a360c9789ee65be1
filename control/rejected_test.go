package control

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/mocks"

	"github.com/tidemark/tidemark/control/gateway"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// Signalling a workflow that is over that its hold has dissolved is no error; a Temporal that does not answer is one.
func TestDissolvedHoldsAreTold(t *testing.T) {
	t.Parallel()
	payload := workflows.HoldDissolved{Run: 12, By: "run 13"}
	refused := errors.New("no server answers")
	temporal := mocks.NewClient(t)
	executions := NewExecutions(emptyLedger(t), gateway.New(temporal, "default"))
	for workflow, answer := range map[string]error{"smart-sync/open": nil, "smart-sync/over": serviceerror.NewNotFound("it is over"), "smart-sync/away": refused} {
		temporal.On("SignalWorkflow", mock.Anything, workflow, "", "hold-dissolved", payload).Return(answer)
	}
	require.NoError(t, executions.Dissolved(t.Context(), "smart-sync/open", 12, "run 13"))
	require.NoError(t, executions.Dissolved(t.Context(), "smart-sync/over", 12, "run 13"))
	require.ErrorIs(t, executions.Dissolved(t.Context(), "smart-sync/away", 12, "run 13"), refused)
}

// snapshotOf has the depot's levels recorded, or held, in a run.
func snapshotOf(t *testing.T, state ledger.Ledger, lease ledger.Lease, available int64, skus ...string) ledger.SnapshotResult {
	t.Helper()
	id, err := state.Stage(t.Context(), lease, ledger.SnapshotStart{Warehouse: "depot", Now: noon})
	require.NoError(t, err)
	levels := make([]inventory.Level, len(skus))
	for i, sku := range skus {
		levels[i] = inventory.Level{SKU: sku, Facility: "east", Available: available}
	}
	require.NoError(t, state.StageRows(t.Context(), id, levels, nil))
	result, err := state.Record(t.Context(), lease, id, ledger.SnapshotEnd{
		Full: true, Rows: len(skus), AsOf: noon, From: "stock.csv", Guard: ledger.Guard{MinimumRows: 0.8, MaximumMissing: 1}, Missing: inventory.MissingKeep,
		Now: noon,
	})
	require.NoError(t, err)
	return result
}

// resolved resolves everything in a run, and has the store confirm what is due.
func resolved(t *testing.T, state ledger.Ledger, lease ledger.Lease, push bool) {
	t.Helper()
	ctx := t.Context()
	plan, err := state.Plan(ctx, "acme-shop", ledger.Full)
	require.NoError(t, err)
	affected, err := state.Affected(ctx, plan, nil, "", 100)
	require.NoError(t, err)
	products := make([]string, len(affected))
	for i, row := range affected {
		products[i] = row.Product
	}
	inputs, err := state.Inputs(ctx, plan, products)
	require.NoError(t, err)
	page := make([]ledger.Resolution, len(affected))
	for i, row := range affected {
		page[i] = ledger.Resolution{Affected: row, Levels: inventory.Resolve(inputs[i])}
	}
	_, err = state.Resolve(ctx, lease, plan, page, noon)
	require.NoError(t, err)
	if !push {
		return
	}
	due, err := state.NextDue(ctx, ledger.DueQuery{Connection: "acme-shop", Run: lease.Run})
	require.NoError(t, err)
	require.NoError(t, state.Intend(ctx, lease, ledger.Intent{Key: "k", Items: due, Now: noon, Deadline: noon}))
	answer := ledger.Response{Key: "k", Now: noon}
	for _, item := range due {
		answer.Items = append(answer.Items, ledger.ItemResponse{ChannelSKU: item.ChannelSKU, Status: ledger.StatusExported})
	}
	require.NoError(t, state.ApplyResponses(ctx, lease, answer))
}

// The status shows what a person decided, and no longer the question.
func TestStatusShowsWhatWasRejected(t *testing.T) {
	t.Parallel()
	state := shopLedger(t)
	c := &Control{state: state, now: time.Now}
	lease := runIn(t, state, "one", noon)
	snapshotOf(t, state, lease, 5, "A", "B", "C")
	resolved(t, state, lease, true)

	require.NoError(t, state.Throttled(t.Context(), lease, 2, time.Now()))
	held := snapshotOf(t, state, lease, 5, "A")
	require.NoError(t,
		state.Hold(t.Context(), ledger.Hold{Run: lease.Run, Kind: ledger.HoldSnapshot, Connection: "acme-shop", Warehouse: "depot", Reason: held.Held, At: noon}))
	status, err := c.Status(t.Context(), "")
	require.NoError(t, err)
	require.Contains(t, status.Snapshots[0].Held, "approve it to")
	require.Equal(t, &StoreToday{Throttled: 2, Answered: &noon}, status.Connections[0].Today, "the calls were made on another day")
	_, err = state.Decide(t.Context(), lease.Run, "rejected", "ann", noon)
	require.NoError(t, err)
	status, err = c.Status(t.Context(), "")
	require.NoError(t, err)
	const rejected = "rejected by ann on 2026-11-25 12:00 UTC (run 1): the full snapshot has 1 rows, fewer than 80 % of the 3 rows of the last one"
	require.Equal(t, rejected, status.Snapshots[0].Rejected)
	require.Empty(t, status.Snapshots[0].Held)
	require.Empty(t, status.Connections[0].Kept)
	shown, err := c.Snapshot(t.Context(), "depot", 10)
	require.NoError(t, err)
	require.Equal(t, rejected, shown.Rejected)

	snapshotOf(t, state, lease, 0, "A", "B", "C")
	resolved(t, state, lease, false)
	require.NoError(t,
		state.Hold(t.Context(),
			ledger.Hold{Run: lease.Run, Kind: ledger.HoldZeroing, Connection: "acme-shop", Warehouse: "depot", Reason: "much to 0", At: noon.Add(time.Second)}))
	_, err = state.Decide(t.Context(), lease.Run, "rejected", "bob", noon)
	require.NoError(t, err)
	status, err = c.Status(t.Context(), "")
	require.NoError(t, err)
	require.Empty(t, status.Snapshots, "the last one is whole")
	require.Equal(t, "3 figures stay above 0: taking them to 0 was rejected by bob on 2026-11-25 12:00 UTC (run 1)", status.Connections[0].Kept)

	explained, err := c.Explain(t.Context(), "acme-shop", "A")
	require.NoError(t, err)
	require.Contains(t, explained[0].Lines(), "nothing is pushed for A: it is blocked: taking it to 0 was rejected by bob on 2026-11-25 12:00 UTC (run 1)")
	require.False(t, explained[0].Moved())
}
