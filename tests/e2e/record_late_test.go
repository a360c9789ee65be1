//go:build record

package e2e

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// recordInterrupted records two runs that go on in a new one because many requests come: one in the middle of its push, one in the middle of
// its fetch.
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

// recordEarlyAnswer records an approval that comes before the run is held. It approves nothing: the run still waits for an answer.
func recordEarlyAnswer(t *testing.T, folder string) {
	w := atFirst(t, 40)
	w.box.faults("warehouses/depot", map[string]any{"shrink": 0.5})
	w.box.pause("warehouses/depot")
	held := w.ask(ledger.Smart, "shop", workflows.SyncRequest{ID: "held"})
	w.comesTo(held.Workflow, "fetching from the warehouse")
	require.NoError(t, w.client.SignalWorkflow(context.Background(), held.Workflow, "", workflows.SignalApprove, workflows.Decision{By: "the recording"}))
	w.box.resume("warehouses/depot")
	hold := w.held()
	w.comesTo(held.Workflow, "held")
	require.Equal(t, activities.Approved, w.decides("approve", hold.Run).Answer)
	w.finished(held)
	w.keep(folder, "answered-early", held.Workflow, held.Run)
}

// recordFailedIntake records an intake whose updates cannot be recorded until its warehouse is in the ledger.
func recordFailedIntake(t *testing.T, folder string) {
	w, run := failingIntake(t)
	require.NoError(t, w.client.CancelWorkflow(context.Background(), run.GetID(), ""))
	waitFor(t, "the intake has ended", func(ctx context.Context) error { return w.closed(ctx, run.GetID()) })
	w.keep(folder, "intake-failed", run.GetID(), "")
}

// recordNeverBegun records a workflow that fails before its run is in the ledger: its connection does not exist.
func recordNeverBegun(t *testing.T, folder string) {
	w := atFirst(t, 5)
	id := workflows.WorkflowID(ledger.Smart, "nobody")
	_, err := w.client.SignalWithStartWorkflow(context.Background(), id, workflows.SignalSyncRequested, workflows.SyncRequest{ID: "r"},
		client.StartWorkflowOptions{ID: id, TaskQueue: workflows.TaskQueue}, workflows.SmartSyncType, workflows.SyncInput{Connection: "nobody"})
	require.NoError(t, err)
	w.finished(control.SyncAnswer{Workflow: id})
	w.keep(folder, "never-begun", id, "")
}

// recordAllRefused records a run whose every row was refused. A person approves it, and it fails all the same.
func recordAllRefused(t *testing.T, folder string) {
	now := time.Now()
	w, d, path := fromFile(t, now.Add(-2*time.Hour), 5)
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
