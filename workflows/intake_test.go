package workflows

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/ledger"
)

// warehouse is what an intake did: the events and snapshots that it recorded, in order, and what it asked for.
type warehouse struct {
	*bench
	events    []string
	batches   int
	snapshots []int64
	asked     []activities.RequestInput
}

// listening is a bench on which everything that is recorded changes something.
func listening(t *testing.T) *warehouse {
	t.Helper()
	w := &warehouse{bench: setup(t)}
	w.OnActivity(receive.RecordUpdates, mock.Anything, mock.Anything).Return(func(_ context.Context,
		in activities.RecordUpdatesInput,
	) (activities.RecordUpdatesResult, error) {
		require.Equal(t, "depot", in.Warehouse)
		require.LessOrEqual(t, len(in.Updates), MaximumUpdates)
		w.batches++
		result := activities.RecordUpdatesResult{Changed: int64(len(in.Updates))}
		for _, update := range in.Updates {
			w.events = append(w.events, update.Event)
			result.SKUs = append(result.SKUs, update.SKU)
		}
		return result, nil
	}).Maybe()
	w.OnActivity(receive.RecordSnapshot, mock.Anything, mock.Anything).Return(func(_ context.Context,
		in activities.RecordSnapshotInput,
	) (activities.RecordSnapshotResult, error) {
		w.snapshots = append(w.snapshots, in.Snapshot.ID)
		return activities.RecordSnapshotResult{SnapshotFigures: ledger.SnapshotFigures{Rows: int64(in.Snapshot.Rows), Changed: int64(in.Snapshot.Rows)}}, nil
	}).Maybe()
	w.OnActivity(receive.Request, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.RequestInput) (activities.RequestResult, error) {
		require.LessOrEqual(t, len(in.SKUs), MaximumScope)
		w.asked = append(w.asked, in)
		return activities.RequestResult{Requests: 2}, nil
	}).Maybe()
	return w
}

// send sends some updates, named after the time.
func (w *warehouse) send(n int) {
	made := updates(n)
	for i := range made {
		made[i].Event = fmt.Sprintf("%d/%d", w.Now().UnixMilli(), i)
	}
	w.SignalWorkflow(SignalInventoryUpdated, InventoryUpdated{Updates: made})
}

func (w *warehouse) sendAfter(n int, delay time.Duration) {
	w.RegisterDelayedCallback(func() { w.send(n) }, delay)
}

func (w *warehouse) listen() IntakeReport {
	w.t.Helper()
	w.ExecuteWorkflow(InventoryIntake, IntakeInput{Warehouse: "depot"})
	require.True(w.t, w.IsWorkflowCompleted())
	require.NoError(w.t, w.GetWorkflowError())
	var report IntakeReport
	require.NoError(w.t, w.GetWorkflowResult(&report))
	return report
}

// once fails the test when an event was recorded twice, and says how many were.
func (w *warehouse) once() int {
	w.t.Helper()
	seen := map[string]bool{}
	for _, event := range w.events {
		require.False(w.t, seen[event], "%s twice", event)
		seen[event] = true
	}
	return len(seen)
}

func TestIntakeRecordsAndAsks(t *testing.T) {
	t.Parallel()
	w := listening(t)
	w.sendAfter(2, 0)
	began := w.Now()
	report := w.listen()
	require.Equal(t, []string{"RecordUpdates", "Request"}, w.calls)
	require.Equal(t, IntakeReport{Batches: 1, Updates: 2, Changed: 2, Requests: 2}, report)
	require.Equal(t, []string{"SKU-0", "SKU-1"}, w.asked[0].SKUs)
	require.GreaterOrEqual(t, w.Now().Sub(began), intakeIdle, "it listens for a while")
	value, err := w.QueryWorkflow(QueryProgress)
	require.NoError(t, err)
	var progress IntakeReport
	require.NoError(t, value.Get(&progress))
	require.Equal(t, report, progress)
	require.Contains(t, progress.markdown("depot", "ended"), "| updates | 2 |")
}

func TestIntakeOfNothingEnds(t *testing.T) {
	t.Parallel()
	require.Equal(t, IntakeReport{}, listening(t).listen())
}

func TestIntakeNeedsAWarehouse(t *testing.T) {
	t.Parallel()
	w := listening(t)
	w.ExecuteWorkflow(InventoryIntake, IntakeInput{})
	var application *temporal.ApplicationError
	require.ErrorAs(t, w.GetWorkflowError(), &application)
	require.Equal(t, activities.ErrorNotConfigured, application.Type())
}

// Nothing waits for more to come, and what comes while a batch is being recorded is the next one.
func TestBurstOfUpdatesIsTwoBatches(t *testing.T) {
	t.Parallel()
	for _, during := range []string{"RecordUpdates", "Request"} {
		w := listening(t)
		began, first := w.Now(), true
		w.onStep(func(step string) {
			if first {
				require.Less(t, w.Now().Sub(began), 10*time.Millisecond)
			}
			if first && step == during {
				first = false
				for n := range 5 {
					w.SignalWorkflow(SignalInventoryUpdated, InventoryUpdated{Updates: []InventoryUpdate{{Event: fmt.Sprint(n), SKU: "A"}}})
				}
			}
		})
		w.sendAfter(2, 0)
		w.listen()
		require.Equal(t, 7, w.once(), during)
		require.Equal(t, 2, w.batches, during)
	}
}

// Updates that come one by one keep an intake going; one that comes after its end is for the next.
func TestIntakeGoesOnWhileSomethingComes(t *testing.T) {
	t.Parallel()
	for every, want := range map[time.Duration]int{time.Second: 3, intakeIdle - time.Second: 3, intakeIdle + time.Second: 1} {
		w := listening(t)
		for i := range 3 {
			w.sendAfter(1, time.Duration(i)*every)
		}
		w.listen()
		require.Equal(t, want, w.once(), "every %s", every)
	}
}

// A stream of events has one timer in thirty seconds, and not one for each event: each is an action, and a workflow task when it fires. The intake
// ends thirty seconds after the last one all the same.
func TestIntakeKeepsOneTimer(t *testing.T) {
	t.Parallel()
	w := listening(t)
	began, timers := w.Now(), 0
	w.SetOnTimerScheduledListener(func(string, time.Duration) { timers++ })
	const last = 65 * time.Second
	for at := time.Duration(0); at <= last; at += time.Second {
		w.sendAfter(1, at)
	}
	w.listen()
	require.Equal(t, 66, w.once())
	require.Equal(t, last+intakeIdle, w.Now().Sub(began).Truncate(time.Second))
	require.LessOrEqual(t, timers, 4, "one in thirty seconds")
}

// More than a batch at once is recorded in several, whether it comes in one signal or many.
func TestFloodIsRecordedInBatches(t *testing.T) {
	t.Parallel()
	w := listening(t)
	w.sendAfter(3*MaximumUpdates+1, 0)
	for i := range 8 {
		w.sendAfter(MaximumUpdates/2, time.Duration(i+1)*time.Millisecond)
	}
	w.listen()
	require.Equal(t, 7*MaximumUpdates+1, w.once())
	require.LessOrEqual(t, w.batches, 3+1+8)
	ids := map[string]bool{}
	for _, request := range w.asked {
		require.False(t, ids[request.ID], "each request has an id of its own")
		ids[request.ID] = true
	}
}

// A signal during any step, and right at the end, is recorded.
func TestUpdatesInEveryPhaseAreRecorded(t *testing.T) {
	t.Parallel()
	for _, during := range []string{"RecordUpdates", "Request"} {
		w := listening(t)
		sent := false
		w.onStep(func(step string) {
			if step == during && !sent {
				sent = true
				w.send(3)
			}
		})
		w.RegisterDelayedCallback(func() {
			w.SignalWorkflow(SignalInventoryUpdated, InventoryUpdated{Updates: []InventoryUpdate{{Event: "first", SKU: "A"}}})
		}, 0)
		w.listen()
		require.Equal(t, 4, w.once(), during)
	}
	w := listening(t)
	w.sendAfter(1, 0)
	w.sendAfter(1, intakeIdle-time.Millisecond)
	w.listen()
	require.Equal(t, 2, w.once(), "right before the end")
}

// A snapshot is asked to be pushed as a whole, once, with what came before it.
func TestIntakeOfSnapshots(t *testing.T) {
	t.Parallel()
	w := listening(t)
	w.RegisterDelayedCallback(func() {
		w.SignalWorkflow(SignalInventoryUpdated, InventoryUpdated{Updates: updates(2)})
		w.SignalWorkflow(SignalInventoryUpdated, InventoryUpdated{Snapshot: &UploadedSnapshot{ID: 7, Full: true, Rows: 40}})
	}, 0)
	report := w.listen()
	require.Equal(t, []int64{7}, w.snapshots)
	require.Equal(t, []string{"RecordUpdates", "RecordSnapshot", "Request"}, w.calls)
	require.Empty(t, w.asked[0].SKUs, "one request for everything")
	require.Equal(t, IntakeReport{Batches: 1, Updates: 2, Changed: 42, Snapshots: 1, Requests: 2}, report)
}

func TestHeldSnapshotAsksForNothing(t *testing.T) {
	t.Parallel()
	w := &warehouse{bench: setup(t)}
	w.OnActivity(receive.RecordSnapshot, mock.Anything, mock.Anything).Return(activities.RecordSnapshotResult{
		SnapshotFigures: ledger.SnapshotFigures{Rows: 3},
		Held:            "half of it is missing",
	}, nil)
	w.RegisterDelayedCallback(func() {
		w.SignalWorkflow(SignalInventoryUpdated, InventoryUpdated{Snapshot: &UploadedSnapshot{ID: 9, Full: true, Rows: 3}})
	}, 0)
	report := w.listen()
	require.Equal(t, []string{"RecordSnapshot"}, w.calls)
	require.Equal(t, "half of it is missing", report.LastHeld)
	require.Contains(t, report.markdown("depot", "ended"), "half of it is missing")
}

// What changed nothing is not asked to be pushed.
func TestDuplicatesAskForNothing(t *testing.T) {
	t.Parallel()
	w := &warehouse{bench: setup(t)}
	w.OnActivity(receive.RecordUpdates, mock.Anything, mock.Anything).Return(activities.RecordUpdatesResult{Duplicates: 1, Older: 2, Refused: 3}, nil)
	w.sendAfter(6, 0)
	require.Equal(t, IntakeReport{Batches: 1, Updates: 6, Duplicates: 1, Older: 2, Refused: 3}, w.listen())
	require.Equal(t, []string{"RecordUpdates"}, w.calls)
}

func TestUnreadableUpdateIsPassedOver(t *testing.T) {
	t.Parallel()
	w := listening(t)
	w.RegisterDelayedCallback(func() { w.SignalWorkflow(SignalInventoryUpdated, "not an update") }, 0)
	w.sendAfter(1, time.Second)
	w.listen()
	require.Equal(t, 1, w.once())
}

// A chain of runs records what a stream of signals brings, each once, although there is no moment in which nothing is to be read.
func TestContinuingAsNewLosesNothing(t *testing.T) {
	t.Parallel()
	input := IntakeInput{Warehouse: "depot"}
	recorded, sent, counted := map[string]bool{}, 0, int64(0)
	for chain := 0; ; chain++ {
		w := listening(t)
		w.SetContinueAsNewSuggested(chain < 5)
		if chain < 5 {
			burst := func() {
				w.SignalWorkflow(SignalInventoryUpdated, InventoryUpdated{Updates: []InventoryUpdate{{Event: fmt.Sprint(sent), SKU: "A"}}})
				sent++
			}
			w.RegisterDelayedCallback(burst, 0)
			w.onStep(func(string) { burst() })
		}
		w.ExecuteWorkflow(InventoryIntake, input)
		for _, event := range w.events {
			require.False(t, recorded[event], "%s twice", event)
			recorded[event] = true
		}
		var again *workflow.ContinueAsNewError
		if !errors.As(w.GetWorkflowError(), &again) {
			require.NoError(t, w.GetWorkflowError())
			var report IntakeReport
			require.NoError(t, w.GetWorkflowResult(&report))
			counted = report.Updates
			require.Equal(t, 5, chain)
			break
		}
		require.Equal(t, InventoryIntakeType, again.WorkflowType.Name)
		input = IntakeInput{}
		require.NoError(t, converter.GetDefaultDataConverter().FromPayloads(again.Input, &input))
		require.NotEmpty(t, input.Pending, "signals came to the very end")
		require.Less(t, len(input.Pending), MaximumUpdates)
	}
	require.Len(t, recorded, sent)
	require.Equal(t, int64(sent), counted, "the figures are carried along")
}

// More than a batch is recorded before the next run begins.
func TestContinuingAsNewCarriesLessThanABatch(t *testing.T) {
	t.Parallel()
	w := listening(t)
	w.SetContinueAsNewSuggested(true)
	w.sendAfter(3*MaximumUpdates, 0)
	w.RegisterDelayedCallback(func() {
		w.SignalWorkflow(SignalInventoryUpdated, InventoryUpdated{Snapshot: &UploadedSnapshot{ID: 7, Rows: 1}})
	}, time.Millisecond)
	w.ExecuteWorkflow(InventoryIntake, IntakeInput{Warehouse: "depot", Ledger: "OURS"})
	var again *workflow.ContinueAsNewError
	require.ErrorAs(t, w.GetWorkflowError(), &again)
	var input IntakeInput
	require.NoError(t, converter.GetDefaultDataConverter().FromPayloads(again.Input, &input))
	require.Equal(t, "OURS", input.Ledger)
	require.Equal(t, 3*MaximumUpdates, w.once()+len(input.Pending))
	require.Equal(t, []int64{7}, w.snapshots)
}

// A cancellation ends an intake at once, also where it comes alone: the timer of its wait is cancelled with it, and no other one is started.
func TestCancelledIntakeDoesNotWait(t *testing.T) {
	t.Parallel()
	w := listening(t)
	began, timers := w.Now(), 0
	w.SetOnTimerScheduledListener(func(string, time.Duration) { timers++ })
	w.sendAfter(2, 0)
	const at = 5 * time.Second
	w.RegisterDelayedCallback(w.CancelWorkflow, at)
	w.ExecuteWorkflow(InventoryIntake, IntakeInput{Warehouse: "depot"})
	var cancelled *temporal.CanceledError
	require.ErrorAs(t, w.GetWorkflowError(), &cancelled)
	require.Equal(t, at, w.Now().Sub(began).Truncate(time.Second))
	require.Equal(t, 2, w.once())
	require.LessOrEqual(t, timers, 2)
}

// What was read is recorded and pushed before a cancellation is obeyed, whenever it comes.
func TestCancelledIntakeRecordsWhatItRead(t *testing.T) {
	t.Parallel()
	for name, at := range map[string]time.Duration{"at once": time.Millisecond, "while listening": 5 * time.Second} {
		w := listening(t)
		w.sendAfter(2, 0)
		w.RegisterDelayedCallback(func() {
			w.send(1)
			w.CancelWorkflow()
		}, at)
		w.ExecuteWorkflow(InventoryIntake, IntakeInput{Warehouse: "depot"})
		var cancelled *temporal.CanceledError
		require.ErrorAs(t, w.GetWorkflowError(), &cancelled, name)
		require.Equal(t, 3, w.once(), name)
		require.NotEmpty(t, w.asked, name)
	}
	w := listening(t)
	w.onStep(func(step string) {
		if step == "RecordUpdates" {
			w.CancelWorkflow()
		}
	})
	w.sendAfter(2, 0)
	w.ExecuteWorkflow(InventoryIntake, IntakeInput{Warehouse: "depot"})
	require.Error(t, w.GetWorkflowError())
	require.Equal(t, 2, w.once())
	require.Len(t, w.asked, 1)
}
