package e2e

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	sdk "go.temporal.io/sdk/temporal"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// failingIntake is an intake that could not record an update, because its warehouse was not in the ledger. Now it is.
func failingIntake(t *testing.T) (*world, client.WorkflowRun) {
	t.Helper()
	one := shop{id: "shop", kind: "atomic"}
	w := newWorld(t, scenario(4, one))
	definitions := w.box.definitions(one)
	w.apply(definitions, ledger.ApplyOptions{})
	w.work()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	id := workflows.IntakeID("annex")
	run, err := w.client.SignalWithStartWorkflow(ctx, id, workflows.SignalInventoryUpdated,
		workflows.InventoryUpdated{Updates: []workflows.InventoryUpdate{{Event: "1", SKU: "BIKE", Available: new(int64(5))}}},
		client.StartWorkflowOptions{ID: id, TaskQueue: workflows.TaskQueue}, workflows.InventoryIntakeType, workflows.IntakeInput{Warehouse: "annex"})
	require.NoError(t, err)
	waitFor(t, "the intake says that it cannot record", func(ctx context.Context) error {
		described, err := w.client.DescribeWorkflowExecution(ctx, id, "")
		if err == nil && described.GetWorkflowExecutionInfo().GetMemo().GetFields()[workflows.MemoFailure] == nil {
			err = errors.New("its memo says nothing")
		}
		return err
	})
	annex := definitions.Warehouses[0]
	annex.ID = "annex"
	definitions.Warehouses = append(definitions.Warehouses, annex)
	w.apply(definitions, ledger.ApplyOptions{})
	return w, run
}

// An intake that cannot record what it has read keeps it and says so where no worker is needed; cancelled, it tries once more, and
// records everything when that is mended.
func TestAnIntakeThatFailsKeepsWhatItRead(t *testing.T) {
	w, run := failingIntake(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	require.NoError(t, w.client.CancelWorkflow(ctx, run.GetID(), ""))
	var cancelled *sdk.CanceledError
	require.ErrorAs(t, run.Get(ctx, nil), &cancelled)
	levels, err := w.control.Levels(ctx, "annex", "BIKE", ledger.Page{Limit: 10})
	require.NoError(t, err)
	require.Len(t, levels, 1)
	require.EqualValues(t, 5, levels[0].Available)
}
