package workflows

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
	"pgregory.net/rapid"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// faulty is a bench of an intake one of whose steps fails for good, until it is mended.
type faulty struct {
	*warehouse
	step    string
	broken  func() bool
	refusal error
	failed  []time.Time // when the step failed
	again   []bool      // what RecordUpdates was told
}

// failing is a bench on which a step fails the first so many times.
func failing(t *testing.T, step string, times int) *faulty {
	t.Helper()
	f := &faulty{step: step, refusal: temporal.NewNonRetryableApplicationError("there is no warehouse \"depot\"", activities.ErrorNotConfigured, nil)}
	f.broken = func() bool { return len(f.failed) < times }
	f.warehouse = &warehouse{bench: setup(t)}
	fails := func(name string) error {
		if name == f.step && f.broken() {
			f.failed = append(f.failed, f.Now())
			return f.refusal
		}
		return nil
	}
	f.OnActivity(receive.RecordUpdates, mock.Anything, mock.Anything).Return(func(_ context.Context,
		in activities.RecordUpdatesInput,
	) (activities.RecordUpdatesResult, error) {
		if err := fails("RecordUpdates"); err != nil {
			return activities.RecordUpdatesResult{}, err
		}
		f.again = append(f.again, in.Again)
		result := activities.RecordUpdatesResult{Changed: int64(len(in.Updates))}
		for _, update := range in.Updates {
			f.events = append(f.events, update.Event)
			result.SKUs = append(result.SKUs, update.SKU)
		}
		return result, nil
	}).Maybe()
	f.OnActivity(receive.RecordSnapshot, mock.Anything, mock.Anything).Return(func(_ context.Context,
		in activities.RecordSnapshotInput,
	) (activities.RecordSnapshotResult, error) {
		if err := fails("RecordSnapshot"); err != nil {
			return activities.RecordSnapshotResult{}, err
		}
		f.snapshots = append(f.snapshots, in.Snapshot.ID)
		return activities.RecordSnapshotResult{SnapshotFigures: ledger.SnapshotFigures{Changed: 1}}, nil
	}).Maybe()
	f.OnActivity(receive.Request, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.RequestInput) (activities.RequestResult, error) {
		f.asked = append(f.asked, in)
		return activities.RequestResult{Requests: 1}, fails("Request")
	}).Maybe()
	return f
}

func (f *faulty) progress() IntakeReport {
	f.t.Helper()
	value, err := f.QueryWorkflow(QueryProgress)
	require.NoError(f.t, err)
	var report IntakeReport
	require.NoError(f.t, value.Get(&report))
	return report
}

// What was read was acknowledged: a step that fails for good keeps it waiting, and loses none of it.
func TestAFailedStepLosesNothing(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"RecordUpdates", "RecordSnapshot", "Request"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			f := failing(t, step, 3)
			f.sendAfter(2, 0)
			f.RegisterDelayedCallback(func() {
				f.SignalWorkflow(SignalInventoryUpdated, InventoryUpdated{Snapshot: &UploadedSnapshot{ID: 7, Full: true, Rows: 40}})
			}, 0)
			f.sendAfter(3, 90*time.Second) // while it waits
			report := f.listen()
			require.Len(t, f.failed, 3)
			require.Equal(t, 5, f.once())
			require.Equal(t, []int64{7}, f.snapshots)
			require.NotEmpty(t, f.asked)
			require.Nil(t, report.Failure, "it is over")
			require.EqualValues(t, 5, report.Updates, "each is counted once")
			require.EqualValues(t, 1, report.Snapshots)
			require.GreaterOrEqual(t, f.failed[1].Sub(f.failed[0]), failureFirst)
			require.GreaterOrEqual(t, f.failed[2].Sub(f.failed[1]), 2*failureFirst, "the wait grows")
		})
	}
}

// A request that could not be made is made again under its id, so that a connection that was asked already is not asked twice.
func TestARequestThatFailedKeepsItsID(t *testing.T) {
	t.Parallel()
	f := failing(t, "Request", 2)
	f.sendAfter(2, 0)
	f.listen()
	require.Len(t, f.asked, 3)
	for _, one := range f.asked {
		require.Equal(t, f.asked[0], one)
	}
	require.Equal(t, []string{"SKU-0", "SKU-1"}, f.asked[0].SKUs)
}

// What is behind a failed request is recorded all the same, each time that it is tried again.
func TestAFailedRequestKeepsNothingFromBeingRecorded(t *testing.T) {
	t.Parallel()
	f := failing(t, "Request", 1)
	f.sendAfter(2, 0)
	f.sendAfter(1, 30*time.Second)
	f.broken = func() bool { return f.once() < 3 }
	f.listen()
	require.Equal(t, 3, f.once())
	require.Len(t, f.failed, 1)
}

// A step whose answer was lost may have recorded what the next one is given.
func TestAfterAFailureTheLedgerIsToldThatItMayKnowTheUpdates(t *testing.T) {
	t.Parallel()
	f := failing(t, "RecordUpdates", 1)
	f.sendAfter(2, 0)
	f.sendAfter(2, 70*time.Second)
	f.listen()
	require.Equal(t, []bool{true, false}, f.again)
}

// While it waits it says what failed, since when, how much waits, and when the next attempt is due.
func TestAFailedIntakeIsSeen(t *testing.T) {
	t.Parallel()
	f := failing(t, "RecordUpdates", 2)
	require.NoError(t, f.SetTypedSearchAttributesOnStart(temporal.NewSearchAttributes(AttributeWarehouse.ValueSet("depot"))))
	var marks []IntakeFailure
	var memos []IntakeFailure
	var outcomes []string
	f.OnUpsertMemo(mock.Anything).Run(func(arguments mock.Arguments) {
		failure, _ := arguments.Get(0).(map[string]any)[MemoFailure].(IntakeFailure)
		memos = append(memos, failure)
	}).Return(nil)
	f.OnUpsertTypedSearchAttributes(mock.Anything).Run(func(arguments mock.Arguments) {
		outcome, _ := arguments.Get(0).(temporal.SearchAttributes).GetKeyword(AttributeOutcome)
		outcomes = append(outcomes, outcome)
	}).Return(nil)
	began := f.Now()
	f.sendAfter(2, 0)
	f.sendAfter(1, 20*time.Second)
	f.RegisterDelayedCallback(func() {
		failure := f.progress().Failure
		require.NotNil(t, failure)
		marks = append(marks, *failure)
	}, 30*time.Second)
	f.listen()
	require.Len(t, marks, 1)
	require.Equal(t, "there is no warehouse \"depot\"", marks[0].Error)
	require.Equal(t, 1, marks[0].Attempts)
	require.Equal(t, 3, marks[0].Updates)
	require.WithinDuration(t, began, marks[0].Since, time.Second)
	require.WithinDuration(t, began.Add(failureFirst), marks[0].Next, time.Second)
	require.Equal(t, []string{"failed", "failed", ""}, outcomes)
	require.Len(t, memos, 3)
	require.Equal(t, 2, memos[1].Attempts)
	require.Zero(t, memos[2].Attempts, "it is over")
	page := IntakeReport{Failure: &marks[0]}.markdown("depot", "waiting, because a step failed")
	require.Contains(t, page, "there is no warehouse")
	require.Contains(t, page, "3 updates and 0 snapshots wait")
}

// A failed intake whose history becomes long goes on in a new run, with everything that it has read and what it was waiting for.
func TestAFailedIntakeGoesOnInANewRun(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"RecordUpdates", "RecordSnapshot", "Request"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			f := failing(t, step, 1)
			f.sendAfter(2, 0)
			f.RegisterDelayedCallback(func() {
				f.SignalWorkflow(SignalInventoryUpdated, InventoryUpdated{Snapshot: &UploadedSnapshot{ID: 7, Full: true, Rows: 40}})
			}, 0)
			f.RegisterDelayedCallback(func() { f.SetContinueAsNewSuggested(true); f.send(1) }, 10*time.Second)
			f.ExecuteWorkflow(InventoryIntake, IntakeInput{Warehouse: "depot", Ledger: "OURS"})
			var again *workflow.ContinueAsNewError
			require.ErrorAs(t, f.GetWorkflowError(), &again)
			var input IntakeInput
			require.NoError(t, converter.GetDefaultDataConverter().FromPayloads(again.Input, &input))
			require.NotNil(t, input.Carried.Failure)

			next := failing(t, "", 0)
			next.SetStartTime(f.Now())
			var first time.Time
			next.onStep(func(string) {
				if first.IsZero() {
					first = next.Now()
				}
			})
			next.ExecuteWorkflow(InventoryIntake, input)
			require.NoError(t, next.GetWorkflowError())
			require.False(t, first.Before(input.Carried.Failure.Next), "it waits for the rest of the time")
			require.Equal(t, 3, f.once()+next.once())
			require.Len(t, append(f.snapshots, next.snapshots...), 1)
			require.NotEmpty(t, next.asked)
			if step == "Request" {
				require.Equal(t, f.asked[0], next.asked[len(next.asked)-2], "what was recorded before is asked for under its id")
			}
			var report IntakeReport
			require.NoError(t, next.GetWorkflowResult(&report))
			require.EqualValues(t, 3, report.Updates)
			require.Nil(t, report.Failure)
		})
	}
}

// A cancellation makes it try once more, at once. What it still cannot record it says, and it ends red.
func TestACancelledIntakeThatFails(t *testing.T) {
	t.Parallel()
	for name, mended := range map[string]bool{"mended": true, "not mended": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := failing(t, "RecordUpdates", 1)
			if !mended {
				f.broken = func() bool { return true }
			}
			f.sendAfter(2, 0)
			began := f.Now()
			f.RegisterDelayedCallback(func() {
				f.send(1)
				f.CancelWorkflow()
			}, 10*time.Second)
			f.ExecuteWorkflow(InventoryIntake, IntakeInput{Warehouse: "depot"})
			require.Less(t, f.Now().Sub(began), 20*time.Second, "at once")
			if mended {
				var cancelled *temporal.CanceledError
				require.ErrorAs(t, f.GetWorkflowError(), &cancelled)
				require.Equal(t, 3, f.once())
				require.NotEmpty(t, f.asked)
				return
			}
			var application *temporal.ApplicationError
			require.ErrorAs(t, f.GetWorkflowError(), &application)
			require.Equal(t, activities.ErrorNotConfigured, application.Type())
			require.Contains(t, application.Message(), "cancelled with 3 updates and 0 snapshots that could not be recorded: there is no warehouse")
		})
	}
}

func TestFailureWait(t *testing.T) {
	t.Parallel()
	var waits []string
	for n := range 7 {
		waits = append(waits, failureWait(n+1).String())
	}
	require.Equal(t, "1m0s 2m0s 4m0s 8m0s 15m0s 15m0s 15m0s", strings.Join(waits, " "))
	require.Equal(t, failureMost, failureWait(1<<40), "a year of failures is no overflow")
}

func TestFailureOf(t *testing.T) {
	t.Parallel()
	require.Equal(t, "no", Failure(errors.New("no")))
	require.Equal(t, "gone", Failure(temporal.NewNonRetryableApplicationError("gone", "X", nil)))
	require.Contains(t, Failure(temporal.NewTimeoutError(3, temporal.NewApplicationError("the disk is full", "Faltered"))), "the disk is full")
}

// What an intake hands to itself is a payload that a server takes, whatever is in it.
func TestWhatIsCarriedIsPortable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var i intake
		filler := strings.Repeat(rapid.SampledFrom([]string{"x", "\x01", "é", "<"}).Draw(t, "filler"), rapid.IntRange(0, inventory.MaxSKUBytes/2).Draw(t, "length"))
		for n := range rapid.IntRange(0, 3000).Draw(t, "updates") {
			at, figure := arrived, int64(-inventory.MaxQuantity)
			i.batch.add(InventoryUpdated{Updates: []InventoryUpdate{{
				Event: fmt.Sprint(n), SKU: filler, Facility: filler, Available: &figure, OnHand: &figure, Committed: &figure, Sequence: 1 << 62, ReportedAt: &at,
			}}}, at)
		}
		for n := range rapid.IntRange(0, 50).Draw(t, "snapshots") {
			i.batch.add(InventoryUpdated{Snapshot: &UploadedSnapshot{ID: int64(n), From: filler, AsOf: new(arrived)}}, arrived)
		}
		for range rapid.IntRange(0, 6).Draw(t, "requests") {
			i.requests = append(i.requests, IntakeRequest{ID: strings.Repeat("i", 40), SKUs: repeated(filler, rapid.IntRange(0, MaximumScope).Draw(t, "SKUs"))})
		}
		if !i.batch.portable() {
			return
		}
		if tooManyRequests(i.requests) {
			i.requests = nil
		}
		payload, err := json.Marshal(IntakeInput{Warehouse: "depot", Pending: i.batch.updates, Snapshots: i.batch.snapshots, Requests: i.requests})
		require.NoError(t, err)
		require.Less(t, len(payload), 2_000_000)
	})
}

func repeated(text string, n int) []string {
	made := make([]string, n)
	for i := range made {
		made[i] = text
	}
	return made
}

// An update that cannot be read is counted and left out; the others of its signal are recorded.
func TestAnUnreadableUpdateStopsNoOther(t *testing.T) {
	t.Parallel()
	w := listening(t)
	w.RegisterDelayedCallback(func() {
		w.SignalWorkflow(SignalInventoryUpdated, json.RawMessage(`{"updates":[{"event":"1","sku":"A","available":5},{"event":"2","sku":"B","available":1.5},
			{"event":"3","sku":"C","available":5},"no update"]}`))
	}, 0)
	report := w.listen()
	require.Equal(t, []string{"1", "3"}, w.events)
	require.EqualValues(t, 4, report.Updates)
	require.EqualValues(t, 2, report.Refused)
}
