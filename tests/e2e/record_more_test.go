//go:build record

package e2e

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// shortHistories is a Temporal server that suggests to continue as new after few events, so that what a long run lives through can be
// recorded in a history that a person can read.
func shortHistories(t *testing.T) func(*world) {
	t.Helper()
	started := startTemporal(t, temporalBinary(t), port(t), "--dynamic-config-value", "limit.historyCount.suggestContinueAsNew=40")
	t.Cleanup(func() { started.process.stop(9) })
	return func(w *world) { w.temporal = started }
}

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

// runsOf are the runs of a workflow id, oldest first.
func (w *world) runsOf(workflow string) []*workflowpb.WorkflowExecutionInfo {
	w.t.Helper()
	var found []*workflowpb.WorkflowExecutionInfo
	waitFor(w.t, "the runs of "+workflow+" are listed", func(ctx context.Context) error {
		listed, err := w.client.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
			Namespace: w.namespace, Query: fmt.Sprintf("WorkflowId=%q", workflow),
		})
		if err != nil {
			return err
		}
		found = nil
		for i := len(listed.GetExecutions()) - 1; i >= 0; i-- {
			found = append(found, listed.GetExecutions()[i])
		}
		if len(found) == 0 {
			return fmt.Errorf("none is")
		}
		return nil
	})
	return found
}

// keepChain keeps the first run of a workflow that continued as new, and the one that it went on in.
func (w *world) keepChain(folder, workflow, ended, carried string) {
	w.t.Helper()
	var runs []*workflowpb.WorkflowExecutionInfo
	waitFor(w.t, workflow+" went on in a new run, and ended", func(ctx context.Context) error {
		runs = w.runsOf(workflow)
		if len(runs) < 2 || runs[0].GetStatus() != enumspb.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW {
			return fmt.Errorf("it has %d runs, the first is %s", len(runs), runs[0].GetStatus())
		}
		return w.closed(ctx, workflow)
	})
	w.keep(folder, ended, workflow, runs[0].GetExecution().GetRunId())
	w.keep(folder, carried, workflow, runs[1].GetExecution().GetRunId())
}

// recordLong records a run that ends as partial because its history is long, and the one that goes on where it was.
func recordLong(t *testing.T, folder string) {
	target := shop{id: "shop", kind: "feed", batch: 5, rate: 2}
	w := newWorld(t, scenario(40, target), shortHistories(t))
	w.apply(w.box.definitions(target), ledger.ApplyOptions{})
	w.work("--push-slice", "1s")
	w.keepChain(folder, workflows.WorkflowID(ledger.Full, "shop"), "partial", "carried")
}

// recordLongIntake records an intake that goes on in a new run.
func recordLongIntake(t *testing.T, folder string) {
	w := atFirst(t, 5, shortHistories(t))
	for n := range 12 {
		w.send(workflows.InventoryUpdate{Event: fmt.Sprint(n), SKU: "SKU-00001", Facility: "east", Available: new(int64(1000 + n))})
		w.takenIn(n+1, 0)
	}
	w.shows("shop", map[string]int64{"SKU-00001": 1011})
	w.keepChain(folder, workflows.IntakeID("depot"), "intake-continued", "intake-carried")
}

// recordZeroing records a zeroing that is held and approved, and events that would zero too much.
func recordZeroing(t *testing.T, folder string) {
	w := atFirst(t, 40)
	full, none := map[string]int64{}, map[string]int64{}
	var sold []workflows.InventoryUpdate
	for n := 1; n <= 40; n++ {
		sku := fmt.Sprintf("SKU-%05d", n)
		full[sku] = 10
		if n <= 20 {
			none[sku] = 0
		} else if n <= 35 {
			sold = append(sold, workflows.InventoryUpdate{Event: "sold " + sku, SKU: sku, Facility: "east", Available: new(int64(0))})
		}
	}
	w.box.set("depot", full)
	w.sync(ledger.Smart, "shop", workflows.SyncRequest{})
	w.box.set("depot", none)
	held := w.ask(ledger.Smart, "shop", workflows.SyncRequest{ID: "zeroing"})
	hold := w.held()
	require.Equal(t, ledger.HoldZeroing, hold.Kind)
	require.NoError(t, w.client.SignalWorkflow(context.Background(), held.Workflow, "", workflows.SignalApprove, workflows.Decision{By: "the recording"}))
	w.finished(held)
	w.keep(folder, "zeroing-approved", held.Workflow, held.Run)

	w.send(sold...)
	w.takenIn(len(sold), 0)
	waitFor(t, "the run of the events is held", func(ctx context.Context) error {
		runs, err := w.ledger.Runs(ctx, "shop", 1)
		if err == nil && runs[0].Outcome != ledger.Held {
			err = fmt.Errorf("it is %s", runs[0].Outcome)
		}
		if err == nil {
			err = w.closed(ctx, workflows.EventsID("shop"))
		}
		return err
	})
	w.keep(folder, "held-events", workflows.EventsID("shop"), "")
}

// recordUploads records an intake of snapshots alone.
func recordUploads(t *testing.T, folder string) {
	w := atFirst(t, 5)
	w.upload(map[string]int64{"SKU-00001": 11, "SKU-00002": 12, "SKU-00003": 13, "SKU-00004": 14, "SKU-00005": 15})
	w.takenIn(0, 1)
	w.shows("shop", map[string]int64{"SKU-00001": 11, "SKU-00005": 15})
	waitFor(t, "the intake has ended", func(ctx context.Context) error { return w.closed(ctx, workflows.IntakeID("depot")) })
	w.keep(folder, "intake-snapshot", workflows.IntakeID("depot"), "")
}

// recordLongHold records a run that is held for so long, and asked for so often, that it goes on in a new run, where it is approved.
func recordLongHold(t *testing.T, folder string) {
	w := atFirst(t, 40, shortHistories(t))
	w.box.faults("warehouses/depot", map[string]any{"shrink": 0.5})
	held := w.ask(ledger.Smart, "shop", workflows.SyncRequest{ID: "held"})
	hold := w.held()
	w.askUntilItGoesOn(held.Workflow)
	require.Equal(t, activities.Approved, w.decides("approve", hold.Run).Answer)
	w.box.faults("warehouses/depot", map[string]any{})
	w.keepChain(folder, held.Workflow, "held-continued", "held-carried")
}

// askUntilItGoesOn sends requests to a workflow that waits, one after the other, until it has continued as new.
func (w *world) askUntilItGoesOn(workflow string) {
	w.t.Helper()
	for n := 0; ; n++ {
		require.Less(w.t, n, 100)
		w.ask(ledger.Smart, "shop", workflows.SyncRequest{ID: fmt.Sprint("more-", n)})
		waitFor(w.t, "the request is read", func(ctx context.Context) error {
			progress, err := w.control.Progress(ctx, workflow)
			if err == nil && progress.Queued <= n {
				err = fmt.Errorf("%d wait", progress.Queued)
			}
			return err
		})
		if runs := w.runsOf(workflow); len(runs) > 1 {
			return
		}
	}
}

// recordLongWait records a run that waits for its store for so long, and is asked for so often, that it goes on in a new run.
func recordLongWait(t *testing.T, folder string) {
	w := atFirst(t, 40, shortHistories(t))
	w.box.pause("stores/shop")
	full := w.ask(ledger.Full, "shop", workflows.SyncRequest{})
	waitFor(t, "the Full Sync has the store", func(ctx context.Context) error {
		_, err := w.ledger.Holder(ctx, "shop")
		return err
	})
	waits := w.ask(ledger.Smart, "shop", workflows.SyncRequest{ID: "waits"})
	w.comesTo(waits.Workflow, "taking the store")
	w.askUntilItGoesOn(waits.Workflow)
	w.box.resume("stores/shop")
	w.finished(full)
	w.keepChain(folder, waits.Workflow, "waiting-continued", "waiting-carried")
}

// recordFailure records a run that fails while requests wait, which go on in a new run.
func recordFailure(t *testing.T, folder string) {
	w := atFirst(t, 40)
	w.box.set("depot", map[string]int64{"SKU-00001": 11})
	w.box.pause("stores/shop")
	fails := w.ask(ledger.Smart, "shop", workflows.SyncRequest{ID: "fails"})
	w.comesTo(fails.Workflow, "pushing")
	w.ask(ledger.Smart, "shop", workflows.SyncRequest{ID: "waits"})
	w.box.faults("stores/shop", map[string]any{"unauthorized": true})
	w.box.resume("stores/shop")
	waitFor(t, "what waits goes on in a new run", func(context.Context) error {
		if n := len(w.runsOf(fails.Workflow)); n < 2 {
			return fmt.Errorf("%d runs", n)
		}
		return nil
	})
	w.box.faults("stores/shop", map[string]any{})
	w.keepChain(folder, fails.Workflow, "failed-continued", "failed-carried")
}

// recordDissolved records a hold that dissolves because another run reads a whole snapshot.
func recordDissolved(t *testing.T, folder string) {
	w := atFirst(t, 40)
	w.box.faults("warehouses/depot", map[string]any{"shrink": 0.5})
	held := w.ask(ledger.Smart, "shop", workflows.SyncRequest{ID: "held"})
	hold := w.held()
	w.box.faults("warehouses/depot", map[string]any{})
	w.sync(ledger.Full, "shop", workflows.SyncRequest{})
	waitFor(t, "the held run has gone on", func(ctx context.Context) error { return w.ended(ctx, hold.Run, ledger.Completed) })
	w.finished(held)
	w.keep(folder, "dissolved", held.Workflow, held.Run)
}

// recordRefused records a run of which every row was refused, and that was approved.
func recordRefused(t *testing.T, folder string) {
	w := atFirst(t, 40)
	w.box.faults("warehouses/depot", map[string]any{"bad_rows": 1})
	held := w.ask(ledger.Smart, "shop", workflows.SyncRequest{ID: "refused"})
	w.decides("approve", w.held().Run)
	w.finished(held)
	w.keep(folder, "all-refused", held.Workflow, held.Run)
}
