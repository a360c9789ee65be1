package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

const (
	// mostEvents is how long no history may become.
	mostEvents = 5_000
	// floodSenders is from how many senders at once a workflow is flooded, each as fast as the server takes its signals.
	floodSenders = 16
)

// flooding is how many signals flood a workflow: more than a history may have events, or as many as TIDEMARK_FLOOD says, like 20000.
var flooding = func() int {
	if many, err := strconv.Atoi(os.Getenv("TIDEMARK_FLOOD")); err == nil && many > mostEvents {
		return many
	}
	return 6_000
}()

// flood sends its requests as fast as the server takes them, has something done when they are sent, and judges what became of the runs of
// the workflow and of each request.
func (w *world) flood(done func()) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 4*patience)
	defer cancel()
	began := time.Now()
	w.burst(ctx, "shop", flooding, floodSenders)
	took := time.Since(began)
	if done != nil {
		done()
	}
	lengths := w.judgeHistories(ctx, workflows.WorkflowID(ledger.Smart, "shop"))
	w.t.Logf("%d signals in %s (%.0f a second); runs of the workflow with %v events", flooding, took.Round(time.Second), float64(flooding)/took.Seconds(), lengths)
	w.accounted(ctx, flooding)
}

// accounted demands that each request of a burst has been served.
func (w *world) accounted(ctx context.Context, n int) {
	w.t.Helper()
	found, err := w.ledger.Requests(ctx, ledger.RequestQuery{Connection: "shop", Limit: 2 * n})
	require.NoError(w.t, err)
	asked := map[string]bool{}
	for _, request := range found {
		require.Contains(w.t, []ledger.RequestOutcome{ledger.RequestServed, ledger.RequestCovered}, request.Outcome, "%+v", request)
		asked[request.ID] = true
	}
	for i := range n {
		require.True(w.t, asked[fmt.Sprint("burst/", i)], "request %d is not accounted for", i)
	}
}

// judgeHistories waits for the end of a workflow and returns how long the histories of its runs became: none too long. No workflow task may
// have failed, but for those whose end a signal overtook, and those during which more than 100 signals came, which is what a server keeps
// for one task.
func (w *world) judgeHistories(ctx context.Context, id string) (lengths []int64) {
	w.t.Helper()
	waitFor(w.t, "every run of "+id+" has ended", func(ctx context.Context) error {
		var open bool
		if lengths, open = w.lengths(ctx, id); open || len(lengths) == 0 {
			return errors.New("one is open")
		}
		return nil
	})
	failures := map[enumspb.WorkflowTaskFailedCause]int{}
	for _, run := range w.executions(ctx, id) {
		events := w.client.GetWorkflowHistory(ctx, id, run.GetExecution().GetRunId(), false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for events.HasNext() {
			event, err := events.Next()
			require.NoError(w.t, err)
			if failed := event.GetWorkflowTaskFailedEventAttributes(); failed != nil {
				require.Contains(w.t, []enumspb.WorkflowTaskFailedCause{
					enumspb.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND, enumspb.WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND,
				}, failed.GetCause(), "%s", failed.GetFailure().GetMessage())
				failures[failed.GetCause()]++
			}
		}
		require.Less(w.t, run.GetHistoryLength(), int64(mostEvents), "of %v", lengths)
	}
	w.t.Logf("%s: workflow tasks that failed: %v", id, failures)
	return lengths
}

// smartRuns are the Smart Syncs of the connection.
func (w *world) smartRuns() (runs []ledger.Run) {
	w.t.Helper()
	all, err := w.ledger.Runs(context.Background(), "shop", 1000)
	require.NoError(w.t, err)
	for _, run := range all {
		if run.Mode == ledger.Smart {
			runs = append(runs, run)
		}
	}
	return runs
}

// More signals than a history may have events come for a connection that does nothing else.
func TestFloodOfSignalsIsServed(t *testing.T) {
	w := atFirst(t, 50)
	w.flood(nil)
	w.same("shop")
}

// More signals than a history may have events come while a run waits for a person: the hold stays, and one more pass serves them all.
func TestFloodOfSignalsWhileHeld(t *testing.T) {
	w := atFirst(t, 40)
	full, none := map[string]int64{}, map[string]int64{}
	for sku := 1; sku <= 40; sku++ {
		full[fmt.Sprintf("SKU-%05d", sku)] = 10
		if sku <= 20 {
			none[fmt.Sprintf("SKU-%05d", sku)] = 0
		}
	}
	w.box.set("depot", full)
	w.sync(ledger.Smart, "shop", workflows.SyncRequest{})
	w.box.set("depot", none)
	w.ask(ledger.Smart, "shop", workflows.SyncRequest{})
	hold := w.held()
	w.flood(func() {
		require.Equal(t, hold.Run, w.held().Run, "the same run is held")
		_, problems, code := w.starter("approve", fmt.Sprint(hold.Run))
		require.Zero(t, code, problems)
	})
	require.NoError(t, w.ended(t.Context(), hold.Run, ledger.Completed))
	require.Len(t, w.smartRuns(), 3, "one before, the one that was held, and one for the flood")
	w.same("shop")
}

// More signals than a history may have events come while a slow store is pushed to: the push goes on, as the same run or, where the flood
// ends a part of it, as the run of its rest, and one more pass serves them all.
func TestFloodOfSignalsWhilePushing(t *testing.T) {
	const skus = 150
	one := shop{id: "shop", kind: "single"}
	w := newWorld(t, scenario(skus, one))
	w.apply(w.box.definitions(one), ledger.ApplyOptions{})
	w.work("--push-slice", "60s")
	w.firstFull("shop")
	changed := map[string]int64{}
	for sku := 1; sku <= skus; sku++ {
		changed[fmt.Sprintf("SKU-%05d", sku)] = int64(1000 + sku)
	}
	w.box.set("depot", changed)
	w.box.faults("stores/shop", map[string]any{"slow": 1, "slow_for": "1s"})
	calls := w.box.facts("shop").Calls
	w.ask(ledger.Smart, "shop", workflows.SyncRequest{})
	w.box.waitArrived("stores/shop", calls+2)
	w.flood(func() { w.box.faults("stores/shop", map[string]any{}) })
	runs := w.smartRuns()
	runs = slices.DeleteFunc(runs, func(run ledger.Run) bool { return run.Outcome == ledger.Partial })
	require.LessOrEqual(t, len(runs), 2, "the push, and one for the flood")
	w.same("shop")
}

// refusing has the world's server take so many signals for one run, as docs/signals.md advises. A run ends only where nothing comes for it during
// its last workflow task, so at some pace nothing else bounds its history.
func refusing(w *world) {
	w.temporal = startTemporal(w.t, temporalBinary(w.t), port(w.t), "--dynamic-config-value", "history.maximumSignalsPerExecution=4000")
	w.t.Cleanup(func() { w.temporal.stop(syscall.SIGKILL) })
}

// More events than a history may have come for a warehouse, each in a signal of its own: the intake records each once, and its store shows the last.
func TestFloodOfEventSignals(t *testing.T) {
	const skus = 20
	w := atFirst(t, skus, refusing)
	ctx, cancel := context.WithTimeout(context.Background(), 4*patience)
	defer cancel()
	id := workflows.IntakeID("depot")
	began := time.Now()
	w.atOnce(ctx, flooding, floodSenders, func(i int64) error {
		_, err := w.client.SignalWithStartWorkflow(ctx, id, workflows.SignalInventoryUpdated,
			workflows.InventoryUpdated{Updates: []workflows.InventoryUpdate{{
				Event: fmt.Sprint(i), SKU: fmt.Sprintf("SKU-%05d", i%skus+1), Facility: "east", Available: new(1000 + i/skus), Sequence: i + 1,
			}}},
			client.StartWorkflowOptions{ID: id, TaskQueue: workflows.TaskQueue}, workflows.InventoryIntakeType, workflows.IntakeInput{Warehouse: "depot"})
		return err
	})
	took := time.Since(began)
	report := w.takenIn(flooding, 0)
	require.Zero(t, report.Refused)
	want := map[string]int64{}
	for n := 1; n <= skus; n++ {
		want[fmt.Sprintf("SKU-%05d", n)] = int64(1000 + flooding/skus - 1)
	}
	w.shows("shop", want)
	w.same("shop")
	lengths := w.judgeHistories(ctx, id)
	t.Logf("%d signals in %s (%.0f a second); runs of the intake with %v events", flooding, took.Round(time.Second), float64(flooding)/took.Seconds(), lengths)
	t.Logf("runs for the events with %v events", w.judgeHistories(ctx, workflows.EventsID("shop")))
}

// More requests than a history may have events come from services, each for a SKU whose level was recorded already: the short steps that are done
// within a workflow task do not keep the task from its end.
func TestFloodOfRequestsForSKUs(t *testing.T) {
	const skus = 20
	w := atFirst(t, skus, refusing)
	ctx, cancel := context.WithTimeout(context.Background(), 4*patience)
	defer cancel()
	id := workflows.EventsID("shop")
	w.burstTo(ctx, id, "shop", flooding, floodSenders, func(i int64) workflows.SyncRequest {
		return workflows.SyncRequest{SKUs: []string{fmt.Sprintf("SKU-%05d", i%skus+1)}, SkipFetch: true}
	})
	t.Logf("runs of the workflow with %v events", w.judgeHistories(ctx, id))
	w.accounted(ctx, flooding)
	w.same("shop")
}
