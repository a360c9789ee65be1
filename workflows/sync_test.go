package workflows

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	temporallog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/ledger"
)

// bench is a workflow environment in which every activity succeeds at once, unless a test says otherwise, and that fails the test
// when a signal is left unread.
type bench struct {
	*testsuite.TestWorkflowEnvironment
	t     *testing.T
	calls []string
}

func setup(t *testing.T) *bench {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(temporallog.NewStructuredLogger(slog.New(&unreadSignals{Handler: slog.DiscardHandler, t: t})))
	b := &bench{TestWorkflowEnvironment: suite.NewTestWorkflowEnvironment(), t: t}
	b.SetWorkerOptions(worker.Options{DeadlockDetectionTimeout: time.Minute}) // a busy machine is no deadlock
	Register(b)
	b.RegisterActivity(&activities.Gate{})
	b.RegisterActivity(&activities.Fetch{})
	b.RegisterActivity(&activities.Resolve{})
	b.RegisterActivity(&activities.Push{})
	b.RegisterActivity(&activities.Intake{})
	b.onStep(func(step string) { b.calls = append(b.calls, step) })
	return b
}

// onStep has a function called when a step begins, as an activity or within the workflow task.
func (b *bench) onStep(begins func(step string)) {
	b.SetOnActivityStartedListener(func(info *activity.Info, _ context.Context, _ converter.EncodedValues) {
		begins(info.ActivityType.Name)
	})
	b.SetOnLocalActivityStartedListener(func(info *activity.Info, _ context.Context, _ []any) { begins(info.ActivityType.Name) })
}

// unreadSignals fails a test when the SDK reports that a workflow ended with signals that nobody read.
type unreadSignals struct {
	slog.Handler
	t *testing.T
}

func (h *unreadSignals) Enabled(context.Context, slog.Level) bool { return true }
func (h *unreadSignals) WithAttrs([]slog.Attr) slog.Handler       { return h }
func (h *unreadSignals) WithGroup(string) slog.Handler            { return h }
func (h *unreadSignals) Handle(_ context.Context, record slog.Record) error {
	if strings.Contains(record.Message, "unhandled signals") {
		h.t.Error("a workflow ended with unread signals")
	}
	return nil
}

var lease = ledger.Lease{Store: "shop", Fence: 7, Run: 42}

func (b *bench) begins(result activities.BeginResult) *testsuite.MockCallWrapper {
	if result.Action == activities.BeginGo {
		result.Lease, result.Mode = lease, ledger.Smart
	}
	return b.OnActivity(gate.Begin, mock.Anything, mock.Anything).Return(result, nil)
}

func (b *bench) goes() {
	b.begins(activities.BeginResult{Action: activities.BeginGo})
	b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(activities.FetchResult{SnapshotFigures: ledger.SnapshotFigures{Rows: 10, Changed: 3}},
		nil).Maybe()
	b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(activities.ResolveResult{Resolved: 3, Due: 3}, nil).Maybe()
	b.OnActivity(push.Push, mock.Anything, mock.Anything).Return(activities.PushResult{Done: true, Counts: ledger.Counts{Exported: 3}}, nil).Maybe()
	b.finishes()
}

func (b *bench) finishes() {
	b.OnActivity(gate.Finish, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.FinishInput) (activities.FinishResult, error) {
		return activities.FinishResult{Outcome: in.Outcome, Counts: in.Counts}, nil
	}).Maybe()
}

func (b *bench) scheduled() SyncReport {
	b.t.Helper()
	b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme", Trigger: ledger.TriggerSchedule})
	return b.result()
}

func (b *bench) result() SyncReport {
	b.t.Helper()
	require.True(b.t, b.IsWorkflowCompleted())
	require.NoError(b.t, b.GetWorkflowError())
	var report SyncReport
	require.NoError(b.t, b.GetWorkflowResult(&report))
	return report
}

func TestScheduledRunIsFiveActivities(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.goes()
	report := b.scheduled()
	require.Equal(t, []string{"Begin", "Fetch", "Resolve", "Push", "Finish"}, b.calls)
	require.Equal(t, ledger.Completed, report.Outcome)
	require.Equal(t, int64(42), report.Run)
	require.Equal(t, int64(3), report.Counts.Exported)
}

// storeless is a run that was begun without its store.
func (b *bench) storeless() {
	b.OnActivity(gate.Begin, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.BeginInput) (activities.BeginResult, error) {
		require.True(b.t, in.FetchFirst)
		return activities.BeginResult{Action: activities.BeginGo, Lease: ledger.Lease{Store: "shop", Run: 42}, Mode: ledger.Smart}, nil
	})
}

// A fetch needs no store: it is taken when the fetch is over.
func TestTheStoreIsTakenAfterTheFetch(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.storeless()
	b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.FetchInput) (activities.FetchResult, error) {
		require.Zero(t, in.Lease.Fence)
		return activities.FetchResult{SnapshotFigures: ledger.SnapshotFigures{Rows: 10, Changed: 3}}, nil
	})
	b.OnActivity(gate.Acquire, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.AcquireInput) (activities.BeginResult, error) {
		require.Equal(t, activities.AcquireInput{Run: 42, Connection: "acme", Trigger: ledger.TriggerSchedule}, in)
		return activities.BeginResult{Action: activities.BeginGo, Lease: lease, NotBefore: b.Now().Add(time.Minute)}, nil
	})
	began := b.Now()
	b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.ResolveInput) (activities.ResolveResult, error) {
		require.Equal(t, lease, in.Lease)
		require.GreaterOrEqual(t, b.Now().Sub(began), time.Minute, "a call of a dead holder may still be under way")
		return activities.ResolveResult{Due: 3}, nil
	})
	b.OnActivity(push.Push, mock.Anything, mock.Anything).Return(activities.PushResult{Done: true}, nil)
	b.finishes()
	require.Equal(t, ledger.Completed, b.scheduled().Outcome)
	require.Equal(t, []string{"Begin", "Fetch", "Acquire", "Resolve", "Push", "Finish"}, b.calls)
}

// A scheduled run that may not wait for its store ends as skipped also when it has fetched; a dry run needs no store at all.
func TestRunsThatNeverHaveTheirStore(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.storeless()
	b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(activities.FetchResult{}, nil)
	b.OnActivity(gate.Acquire, mock.Anything, mock.Anything).Return(activities.BeginResult{Action: activities.BeginSkip, Reason: "store shop is in use"}, nil)
	b.finishes()
	report := b.scheduled()
	require.Equal(t, ledger.Skipped, report.Outcome)
	require.Equal(t, "store shop is in use", report.Reason)
	require.Equal(t, []string{"Begin", "Fetch", "Acquire", "Finish"}, b.calls)

	b = setup(t)
	b.storeless()
	b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(activities.FetchResult{}, nil)
	b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(activities.ResolveResult{}, nil)
	b.finishes()
	b.RegisterDelayedCallback(func() { b.SignalWorkflow(SignalSyncRequested, SyncRequest{ID: "1", DryRun: true}) }, 0)
	b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme"})
	require.Equal(t, ledger.Completed, b.result().Outcome)
	require.Equal(t, []string{"Begin", "Fetch", "Resolve", "Finish"}, b.calls)
}

func TestSkippedAndCoveredRunsTouchNothing(t *testing.T) {
	t.Parallel()
	for action, outcome := range map[activities.BeginAction]ledger.Outcome{activities.BeginSkip: ledger.Skipped, activities.BeginCovered: ledger.Covered} {
		b := setup(t)
		b.begins(activities.BeginResult{Action: action, Reason: "because"})
		report := b.scheduled()
		require.Equal(t, []string{"Begin"}, b.calls)
		require.Equal(t, outcome, report.Outcome)
		require.Equal(t, "because", report.Reason)
	}
}

func TestBurstOfSignalsIsOnePass(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.goes()
	for i := range 5 {
		b.RegisterDelayedCallback(func() {
			b.SignalWorkflow(SignalSyncRequested, SyncRequest{ID: fmt.Sprint("r", i/2)})
		}, time.Duration(i)*300*time.Millisecond)
	}
	b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme"})
	require.Equal(t, 1, b.result().Passes)
}

// A signal during any phase is served: by this pass when it has not begun to take the store, else by one more.
func TestSignalInEveryPhaseIsServedOnce(t *testing.T) {
	t.Parallel()
	for _, during := range []string{"Begin", "Fetch", "Resolve", "Push", "Finish"} {
		t.Run(during, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.goes()
			sent := false
			b.SetOnActivityStartedListener(func(info *activity.Info, _ context.Context, _ converter.EncodedValues) {
				b.calls = append(b.calls, info.ActivityType.Name)
				if info.ActivityType.Name == during && !sent {
					sent = true
					b.SignalWorkflow(SignalSyncRequested, SyncRequest{ID: "late"})
					b.SignalWorkflow(SignalSyncRequested, SyncRequest{ID: "late"})
				}
			})
			b.RegisterDelayedCallback(func() { b.SignalWorkflow(SignalSyncRequested, SyncRequest{ID: "first"}) }, 0)
			b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme"})
			require.Equal(t, 2, b.result().Passes)
		})
	}
}

// What an intake asks for is served at once and without asking the warehouse.
func TestRequestOfAnIntakeSkipsTheFetch(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.goes()
	b.RegisterDelayedCallback(func() {
		b.SignalWorkflow(SignalSyncRequested, SyncRequest{ID: "1", SKUs: []string{"BIKE"}, SkipFetch: true})
	}, 0)
	began := b.Now()
	b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme"})
	require.Equal(t, 1, b.result().Passes)
	require.Equal(t, []string{"Begin", "Resolve", "Push", "Finish"}, b.calls)
	require.Less(t, b.Now().Sub(began), debounce, "nothing is waited for")
}

// Events that would take too much to 0 wait for nobody: more events are behind them.
func TestRequestOfAnIntakeIsNotHeldUp(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.begins(activities.BeginResult{Action: activities.BeginGo})
	b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(activities.ResolveResult{Held: "half would go to 0", Zeroing: 50}, nil)
	b.finishes()
	b.RegisterDelayedCallback(func() {
		b.SignalWorkflow(SignalSyncRequested, SyncRequest{ID: "1", SKUs: []string{"BIKE", "LIGHT"}, SkipFetch: true})
	}, 0)
	b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme"})
	report := b.result()
	require.Equal(t, []string{"Begin", "Resolve", "Finish"}, b.calls)
	require.Equal(t, ledger.Held, report.Outcome)
	require.Equal(t, "half would go to 0; the next run of everything asks whether it may", report.Reason)
}

// A FullSync asks the warehouse whatever the request says, also one that takes the place of a Smart Sync because the connection
// owes it.
func TestFullSyncAlwaysFetches(t *testing.T) {
	t.Parallel()
	for name, workflow := range map[string]any{"asked for": FullSync, "owed": SmartSync} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.OnActivity(gate.Begin, mock.Anything, mock.Anything).Return(activities.BeginResult{Action: activities.BeginGo, Lease: lease, Mode: ledger.Full}, nil)
			b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(activities.FetchResult{Shared: 41}, nil)
			b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(activities.ResolveResult{}, nil)
			b.OnActivity(push.Push, mock.Anything, mock.Anything).Return(activities.PushResult{Done: true}, nil)
			b.finishes()
			b.RegisterDelayedCallback(func() { b.SignalWorkflow(SignalSyncRequested, SyncRequest{ID: "1", SkipFetch: true}) }, 0)
			b.ExecuteWorkflow(workflow, SyncInput{Connection: "acme"})
			require.Equal(t, ledger.Completed, b.result().Outcome)
			require.Equal(t, []string{"Begin", "Fetch", "Resolve", "Push", "Finish"}, b.calls)
			value, err := b.QueryWorkflow(QueryProgress)
			require.NoError(t, err)
			var progress Progress
			require.NoError(t, value.Get(&progress))
			require.Equal(t, int64(41), progress.Shared)
			require.Contains(t, progress.markdown("acme"), "| fetched by run | 41 |")
		})
	}
}

// A fetch is told when its newest request was made, and a scheduled one that nobody asked.
func TestFetchKnowsWhenItWasAskedFor(t *testing.T) {
	t.Parallel()
	for _, trigger := range []ledger.Trigger{ledger.TriggerSchedule, ledger.TriggerRequest} {
		b := setup(t)
		var asked *time.Time
		b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.FetchInput) (activities.FetchResult, error) {
			asked = in.Asked
			return activities.FetchResult{}, nil
		})
		b.goes()
		var sent time.Time
		if trigger == ledger.TriggerRequest {
			b.RegisterDelayedCallback(func() { b.SignalWorkflow(SignalSyncRequested, SyncRequest{ID: "early"}) }, 0)
			b.RegisterDelayedCallback(func() {
				sent = b.Now()
				b.SignalWorkflow(SignalSyncRequested, SyncRequest{ID: "late"})
			}, 700*time.Millisecond)
		}
		b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme", Trigger: trigger})
		b.result()
		if trigger == ledger.TriggerSchedule {
			require.Nil(t, asked)
		} else {
			require.True(t, sent.Equal(*asked), "%s and %s", sent, asked)
		}
	}
}

// A signal that cannot be read stops nobody.
func TestUnreadableRequestIsPassedOver(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.goes()
	b.RegisterDelayedCallback(func() { b.SignalWorkflow(SignalSyncRequested, "not a request") }, 0)
	b.RegisterDelayedCallback(func() { b.SignalWorkflow(SignalSyncRequested, SyncRequest{ID: "good"}) }, 100*time.Millisecond)
	b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme"})
	require.Equal(t, 1, b.result().Passes)
}

func TestHeldRunGivesTheStoreBackAndFetchesAnewAfterApproval(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.begins(activities.BeginResult{Action: activities.BeginGo})
	b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.FetchInput) (activities.FetchResult, error) {
		if !in.Approved {
			return activities.FetchResult{
				SnapshotFigures: ledger.SnapshotFigures{Rows: 25}, HeldRows: new(int64(5)), Held: "shrunk to half",
				Absent: ledger.Absence{Levels: 4, Twice: 3},
			}, nil
		}
		require.Equal(t, ledger.Absence{Levels: 4, Twice: 2}, in.ApprovedAbsent, "what the hold says, not what was fetched")
		require.Zero(t, in.Lease.Fence, "it fetches without the store")
		require.Equal(t, int64(5), in.ApprovedRows)
		return activities.FetchResult{SnapshotFigures: ledger.SnapshotFigures{Rows: 5}}, nil
	})
	b.OnActivity(gate.Hold, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.HoldInput) (activities.HoldResult, error) {
		require.Equal(t, ledger.Absence{Levels: 4, Twice: 3}, in.Absent)
		require.EqualValues(t, 5, in.Rows, "those of the snapshot that is held")
		return activities.HoldResult{}, nil
	})
	b.OnActivity(gate.Decide, mock.Anything, mock.Anything).Return(activities.DecideResult{
		Decision: activities.Approved, Rows: 5,
		Absent: ledger.Absence{Levels: 4, Twice: 2},
	}, nil)
	b.OnActivity(gate.Acquire, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.AcquireInput) (activities.BeginResult, error) {
		require.True(t, in.Waits, "a person has approved it")
		return activities.BeginResult{Action: activities.BeginGo, Lease: ledger.Lease{Store: "shop", Fence: 8, Run: 42}}, nil
	})
	b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(activities.ResolveResult{}, nil)
	b.OnActivity(push.Push, mock.Anything, mock.Anything).Return(activities.PushResult{Done: true}, nil)
	b.finishes()
	b.RegisterDelayedCallback(func() {
		value, err := b.QueryWorkflow(QueryProgress)
		require.NoError(t, err)
		var progress Progress
		require.NoError(t, value.Get(&progress))
		require.Equal(t, "held", progress.Phase)
		b.SignalWorkflow(SignalApprove, Decision{By: "ann"})
	}, firstRecheck-time.Minute)
	report := b.scheduled()
	require.Equal(t, []string{"Begin", "Fetch", "Hold", "Decide", "Fetch", "Acquire", "Resolve", "Push", "Finish"}, b.calls)
	require.Equal(t, ledger.Completed, report.Outcome)
}

func TestRejectedAndUnansweredHoldsPushNothing(t *testing.T) {
	t.Parallel()
	for outcome, answer := range map[ledger.Outcome]string{ledger.RejectedOutcome: SignalReject, ledger.Held: ""} {
		b := setup(t)
		b.begins(activities.BeginResult{Action: activities.BeginGo})
		b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(activities.FetchResult{}, nil)
		b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(activities.ResolveResult{Held: "half would go to 0", Zeroing: 50}, nil)
		b.OnActivity(gate.Hold, mock.Anything, mock.Anything).Return(activities.HoldResult{}, nil)
		b.finishes()
		b.RegisterDelayedCallback(func() { b.SignalWorkflow(SignalApprove, "yes") }, time.Second) // no payload that can be read
		if answer != "" {
			b.OnActivity(gate.Decide, mock.Anything, mock.Anything).Return(activities.DecideResult{Decision: activities.Rejected}, nil)
			b.RegisterDelayedCallback(func() { b.SignalWorkflow(answer, Decision{By: "ann"}) }, time.Minute)
		}
		report := b.scheduled()
		require.Equal(t, outcome, report.Outcome)
		require.NotContains(t, b.calls, "Push")
		require.Equal(t, "Finish", b.calls[len(b.calls)-1])
	}
}

func TestWaitsAreTimersAndEndTheRunWhenAStoreFalters(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.begins(activities.BeginResult{Action: activities.BeginGo})
	b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(activities.FetchResult{}, nil)
	b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(activities.ResolveResult{Due: 9}, nil)
	pushes := 0
	b.OnActivity(push.Push, mock.Anything, mock.Anything).Return(func(context.Context, activities.PushInput) (activities.PushResult, error) {
		pushes++
		return activities.PushResult{Until: b.Now().Add(time.Hour), Why: "the store answers 503", Faulty: true, Left: 9}, nil
	})
	b.finishes()
	began := b.Now()
	report := b.scheduled()
	require.Equal(t, ledger.CompletedWithFailures, report.Outcome)
	require.Contains(t, report.Reason, "503")
	require.Equal(t, faultyMost+1, pushes)
	require.Equal(t, time.Duration(faultyMost)*time.Hour, b.Now().Sub(began).Round(time.Hour))
}

func TestFailureIsRedAndGivesTheStoreBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.begins(activities.BeginResult{Action: activities.BeginGo})
	b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(activities.FetchResult{},
		temporal.NewNonRetryableApplicationError("the token has been revoked", activities.ErrorCredentials, nil))
	b.OnActivity(gate.Finish, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.FinishInput) (activities.FinishResult, error) {
		require.Equal(t, ledger.Failed, in.Outcome)
		require.Equal(t, "the token has been revoked", in.Reason)
		return activities.FinishResult{Outcome: in.Outcome}, nil
	})
	b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme", Trigger: ledger.TriggerSchedule})
	var application *temporal.ApplicationError
	require.True(t, errors.As(b.GetWorkflowError(), &application))
	require.Equal(t, activities.ErrorCredentials, application.Type())
	require.Equal(t, []string{"Begin", "Fetch", "Finish"}, b.calls)
}

func TestCancelledRunGivesTheStoreBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.begins(activities.BeginResult{Action: activities.BeginGo})
	b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(activities.FetchResult{}, nil)
	b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(activities.ResolveResult{}, nil)
	b.OnActivity(push.Push, mock.Anything, mock.Anything).Return(activities.PushResult{Until: b.Now().Add(time.Hour), Why: "throttled"}, nil)
	var ended ledger.Outcome
	b.OnActivity(gate.Finish, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.FinishInput) (activities.FinishResult, error) {
		ended = in.Outcome
		return activities.FinishResult{Outcome: in.Outcome}, nil
	})
	b.RegisterDelayedCallback(b.CancelWorkflow, time.Minute)
	b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme", Trigger: ledger.TriggerSchedule})
	require.Error(t, b.GetWorkflowError())
	require.Equal(t, ledger.Cancelled, ended)
}

// A run that is cancelled, or fails, while it waits for its store leaves the queue for it: events behind it do not wait for its turn.
func TestAWaitThatCameToNothingLeavesTheQueue(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fails error
		want  ledger.Outcome
	}{
		"cancelled": {
			temporal.NewApplicationErrorWithOptions("waiting", activities.ErrorStoreBusy, temporal.ApplicationErrorOptions{NextRetryDelay: time.Hour}),
			ledger.Cancelled,
		},
		"failed": {temporal.NewNonRetryableApplicationError("there is no connection", activities.ErrorNotConfigured, nil), ledger.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.OnActivity(gate.Begin, mock.Anything, mock.Anything).Return(activities.BeginResult{}, test.fails)
			var left *activities.LeaveInput
			b.OnActivity(gate.Leave, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.LeaveInput) error {
				left = &in
				return nil
			})
			b.RegisterDelayedCallback(b.CancelWorkflow, time.Minute)
			b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme", Trigger: ledger.TriggerSchedule})
			require.Error(t, b.GetWorkflowError())
			require.NotNil(t, left)
			require.Equal(t, test.want, left.Outcome)
			require.Equal(t, 1, left.Pass)
		})
	}
}

func TestNamesAreInverse(t *testing.T) {
	t.Parallel()
	for _, mode := range []ledger.Mode{ledger.Smart, ledger.Full} {
		for _, suffix := range []string{"", "-2026-11-24T01:00:00Z"} {
			gotMode, connection, ok := ConnectionOf(WorkflowID(mode, "acme-shop") + suffix)
			require.True(t, ok)
			require.Equal(t, mode, gotMode)
			require.Equal(t, "acme-shop", connection)
		}
	}
	mode, connection, ok := ConnectionOf(EventsID("acme-shop"))
	require.True(t, ok)
	require.Equal(t, ledger.Smart, mode)
	require.Equal(t, "acme-shop", connection)
	_, _, ok = ConnectionOf("intake/portland")
	require.False(t, ok)
}
