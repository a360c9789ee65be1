//go:build record

package e2e

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/workflows"
)

// comesTo waits until a workflow is in a phase.
func (w *world) comesTo(workflow, phase string) {
	w.t.Helper()
	waitFor(w.t, workflow+" is "+phase, func(ctx context.Context) error {
		progress, err := w.control.Progress(ctx, workflow)
		if err == nil && progress.Phase != phase {
			err = fmt.Errorf("it is %s", progress.Phase)
		}
		return err
	})
}

// recordInterrupted records a push and a fetch that last, and are asked for so often, that their run goes on in a new one.
func recordInterrupted(t *testing.T, folder string) {
	for name, one := range map[string]struct{ paused, phase string }{
		"push":  {"stores/shop", "pushing"},
		"fetch": {"warehouses/depot", "fetching from the warehouse"},
	} {
		w := atFirst(t, 40, shortHistories(t))
		w.box.set("depot", map[string]int64{"SKU-00001": 11})
		w.box.pause(one.paused)
		asked := w.ask(ledger.Smart, "shop", workflows.SyncRequest{ID: "interrupted"})
		w.comesTo(asked.Workflow, one.phase)
		w.askUntilItGoesOn(asked.Workflow)
		w.box.resume(one.paused)
		w.keepChain(folder, asked.Workflow, name+"-continued", name+"-carried")
	}
}

// recordEarlyAnswer records an approval that comes before the run is held, and so is none of its hold.
func recordEarlyAnswer(t *testing.T, folder string) {
	w := atFirst(t, 40)
	w.box.faults("warehouses/depot", map[string]any{"shrink": 0.5})
	w.box.pause("warehouses/depot")
	held := w.ask(ledger.Smart, "shop", workflows.SyncRequest{ID: "held"})
	w.comesTo(held.Workflow, "fetching from the warehouse")
	require.NoError(t, w.control.Client.SignalWorkflow(context.Background(), held.Workflow, "", workflows.SignalApprove, workflows.Decision{By: "the recording"}))
	w.box.resume("warehouses/depot")
	hold := w.held()
	w.comesTo(held.Workflow, "held")
	require.Equal(t, activities.Approved, w.decides("approve", hold.Run).Answer)
	w.finished(held)
	w.keep(folder, "answered-early", held.Workflow, held.Run)
}

// recordFailedIntake records an intake that cannot record what it has read until its warehouse is there.
func recordFailedIntake(t *testing.T, folder string) {
	one := shop{id: "shop", kind: "atomic"}
	w := newWorld(t, scenario(4, one))
	definitions := w.box.definitions(one)
	w.apply(definitions, ledger.ApplyOptions{})
	w.work()
	id := workflows.IntakeID("annex")
	_, err := w.control.Client.SignalWithStartWorkflow(context.Background(), id, workflows.SignalInventoryUpdated,
		workflows.InventoryUpdated{Updates: []workflows.InventoryUpdate{{Event: "1", SKU: "BIKE", Available: new(int64(5))}}},
		client.StartWorkflowOptions{ID: id, TaskQueue: workflows.TaskQueue}, workflows.InventoryIntakeType, workflows.IntakeInput{Warehouse: "annex"})
	require.NoError(t, err)
	waitFor(t, "the intake says that it cannot record", func(ctx context.Context) error {
		described, err := w.control.Client.DescribeWorkflowExecution(ctx, id, "")
		if err == nil && described.GetWorkflowExecutionInfo().GetMemo().GetFields()[workflows.MemoFailure] == nil {
			err = errors.New("its memo says nothing")
		}
		return err
	})
	annex := definitions.Warehouses[0]
	annex.ID = "annex"
	definitions.Warehouses = append(definitions.Warehouses, annex)
	w.apply(definitions, ledger.ApplyOptions{})
	require.NoError(t, w.control.Client.CancelWorkflow(context.Background(), id, ""))
	waitFor(t, "the intake has ended", func(ctx context.Context) error { return w.closed(ctx, id) })
	w.keep(folder, "intake-failed", id, "")
}

// recordNeverBegun records a run for which not even a run of the ledger could begin.
func recordNeverBegun(t *testing.T, folder string) {
	w := atFirst(t, 5)
	id := workflows.WorkflowID(ledger.Smart, "nobody")
	_, err := w.control.Client.SignalWithStartWorkflow(context.Background(), id, workflows.SignalSyncRequested, workflows.SyncRequest{ID: "r"},
		client.StartWorkflowOptions{ID: id, TaskQueue: workflows.TaskQueue}, workflows.SmartSyncType, workflows.SyncInput{Connection: "nobody"})
	require.NoError(t, err)
	w.finished(control.SyncAnswer{Workflow: id})
	w.keep(folder, "never-begun", id, "")
}

// recordAllRefused records a run of which every row was refused, and that a person approved: it is red.
func recordAllRefused(t *testing.T, folder string) {
	one := shop{id: "shop", kind: "per_item"}
	w := newWorld(t, scenario(10, one))
	d := w.box.definitions(one)
	path := filepath.Join(w.folder, "stock.csv")
	d.Warehouses[0].Driver, d.Warehouses[0].Settings = "csv", settings.Values{"path": path, "kind": "full"}
	now := time.Now()
	export(t, path, now.Add(-2*time.Hour), 5, nil)
	w.work()
	w.apply(d, ledger.ApplyOptions{})
	w.firstFull("shop")
	export(t, path, now.Add(-time.Hour), 6, nil)
	for n := 1; n <= 10; n++ {
		garble(t, path, fmt.Sprintf("SKU-%05d", n), now.Add(-time.Hour))
	}
	held := w.ask(ledger.Smart, "shop", workflows.SyncRequest{ID: "refused"})
	w.decides("approve", w.held().Run)
	w.finished(held)
	run, err := w.ledger.Runs(context.Background(), "shop", 1)
	require.NoError(t, err)
	require.Equal(t, ledger.Failed, run[0].Outcome, run[0].Reason)
	w.keep(folder, "all-refused-fails", held.Workflow, held.Run)
}
