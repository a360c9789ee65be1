package workflows

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/ledger"
)

// heldBench is a run whose first fetches are held, until a whole snapshot comes.
func heldBench(t *testing.T, whole func(*bench) bool) *bench {
	t.Helper()
	b := setup(t)
	b.storeless()
	b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.FetchInput) (activities.FetchResult, error) {
		if whole(b) || in.Approved {
			return activities.FetchResult{SnapshotFigures: ledger.SnapshotFigures{Rows: 10, Changed: 3}}, nil
		}
		return activities.FetchResult{SnapshotFigures: ledger.SnapshotFigures{Rows: 5}, Held: "shrunk to half"}, nil
	})
	passes := 0
	b.OnActivity(gate.Acquire, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.AcquireInput) (activities.BeginResult, error) {
		passes++
		require.True(t, in.Waits || passes > 1, "a run that was held does not give up because another has the store")
		return activities.BeginResult{Action: activities.BeginGo, Lease: lease, Mode: ledger.Smart}, nil
	}).Maybe()
	b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(activities.ResolveResult{Due: 3}, nil).Maybe()
	b.OnActivity(gate.Hold, mock.Anything, mock.Anything).Return(activities.HoldResult{Within: day}, nil)
	b.OnActivity(push.Push, mock.Anything, mock.Anything).Return(activities.PushResult{Done: true, Counts: ledger.Counts{Exported: 3}}, nil).Maybe()
	b.finishes()
	return b
}

// after is true from so long after a run's beginning on.
func after(wait time.Duration) func(*bench) bool {
	var began time.Time
	return func(b *bench) bool {
		if began.IsZero() {
			began = b.Now()
		}
		return b.Now().Sub(began) >= wait
	}
}

// Nobody comes, and the file is whole again: the run goes on by itself.
func TestAHoldDissolvesByItself(t *testing.T) {
	t.Parallel()
	b := heldBench(t, after(40*time.Minute))
	began := b.Now()
	report := b.scheduled()
	require.Equal(t, ledger.Completed, report.Outcome)
	require.Equal(t, int64(3), report.Counts.Exported)
	require.Equal(t, []string{"Begin", "Fetch", "Hold", "Fetch", "Hold", "Fetch", "Acquire", "Resolve", "Push", "Finish"}, b.calls)
	require.Equal(t, firstRecheck+2*firstRecheck, b.Now().Sub(began).Truncate(time.Minute), "it looked after a quarter of an hour, and half an hour later")
}

// Another run has recorded a whole snapshot and says so: nobody waits for the next look.
func TestAHeldRunIsToldThatItsHoldDissolved(t *testing.T) {
	t.Parallel()
	b := heldBench(t, after(time.Minute))
	began := b.Now()
	b.RegisterDelayedCallback(func() { b.SignalWorkflow(SignalHoldDissolved, HoldDissolved{Run: 41, By: "run 43"}) }, 2*time.Minute) // another run
	b.RegisterDelayedCallback(func() { b.SignalWorkflow(SignalHoldDissolved, HoldDissolved{Run: 42, By: "run 43"}) }, 3*time.Minute)
	require.Equal(t, ledger.Completed, b.scheduled().Outcome)
	require.Equal(t, 3*time.Minute, b.Now().Sub(began).Truncate(time.Second))
	require.Equal(t, []string{"Begin", "Fetch", "Hold", "Fetch", "Acquire", "Resolve", "Push", "Finish"}, b.calls)
}

// A zeroing that the guard lets pass by now dissolves as well; one that it does not is held on, and the store is given back each time.
func TestAHeldZeroingLooksAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.storeless()
	b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(activities.FetchResult{}, nil)
	b.OnActivity(gate.Acquire, mock.Anything, mock.Anything).Return(activities.BeginResult{Action: activities.BeginGo, Lease: lease, Mode: ledger.Smart}, nil)
	resolved := 0
	b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.ResolveInput) (activities.ResolveResult, error) {
		require.False(t, in.Approved)
		if resolved++; resolved < 3 {
			return activities.ResolveResult{Due: 50, Zeroing: 50, Held: "half would go to 0"}, nil
		}
		return activities.ResolveResult{Due: 3}, nil
	})
	var given []ledger.Lease
	b.OnActivity(gate.Hold, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.HoldInput) (activities.HoldResult, error) {
		require.Equal(t, ledger.HoldZeroing, in.Kind)
		given = append(given, in.Lease)
		return activities.HoldResult{}, nil
	})
	b.OnActivity(push.Push, mock.Anything, mock.Anything).Return(activities.PushResult{Done: true}, nil)
	b.finishes()
	require.Equal(t, ledger.Completed, b.scheduled().Outcome)
	require.Equal(t, []ledger.Lease{lease, lease}, given)
}

// A look that fails leaves the run held; an answer that comes while it looks ends the look, and counts.
func TestAnAnswerEndsALook(t *testing.T) {
	t.Parallel()
	for name, decision := range map[string]string{"approve": SignalApprove, "reject": SignalReject} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.storeless()
			fetched := 0
			b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.FetchInput) (activities.FetchResult, error) {
				switch fetched++; {
				case in.Approved:
					return activities.FetchResult{SnapshotFigures: ledger.SnapshotFigures{Rows: 5}}, nil
				case fetched == 2:
					return activities.FetchResult{}, temporal.NewNonRetryableApplicationError("the folder is not there", activities.ErrorNotConfigured, nil)
				}
				return activities.FetchResult{SnapshotFigures: ledger.SnapshotFigures{Rows: 5}, Held: "shrunk to half"}, nil
			})
			b.OnActivity(gate.Acquire, mock.Anything, mock.Anything).Return(activities.BeginResult{Action: activities.BeginGo, Lease: lease, Mode: ledger.Smart},
				nil).Maybe()
			b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(activities.ResolveResult{}, nil).Maybe()
			b.OnActivity(gate.Hold, mock.Anything, mock.Anything).Return(activities.HoldResult{Within: day}, nil)
			b.OnActivity(gate.Decide, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.DecideInput) (activities.DecideResult, error) {
				return activities.DecideResult{Decision: in.Decision, By: in.By, Rows: 5}, nil
			})
			b.OnActivity(push.Push, mock.Anything, mock.Anything).Return(activities.PushResult{Done: true}, nil).Maybe()
			b.finishes()
			b.RegisterDelayedCallback(func() { b.SignalWorkflow(decision, Decision{By: "ann"}) }, firstRecheck+3*time.Minute)
			report := b.scheduled()
			if decision == SignalApprove {
				require.Equal(t, ledger.Completed, report.Outcome)
				require.Equal(t, []string{"Begin", "Fetch", "Hold", "Fetch", "Hold", "Decide", "Fetch", "Acquire", "Resolve", "Push", "Finish"}, b.calls)
				return
			}
			require.Equal(t, ledger.RejectedOutcome, report.Outcome)
			require.NotContains(t, b.calls, "Push")
		})
	}
}

// The snapshot is whole by now, but would take too much to 0: that is another question, and an answer to the first is none to it.
func TestALookMayFindAnotherReasonToHold(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.storeless()
	whole := after(time.Minute)
	b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(func(context.Context, activities.FetchInput) (activities.FetchResult, error) {
		if whole(b) {
			return activities.FetchResult{SnapshotFigures: ledger.SnapshotFigures{Rows: 10}}, nil
		}
		return activities.FetchResult{SnapshotFigures: ledger.SnapshotFigures{Rows: 5}, Held: "shrunk to half"}, nil
	})
	b.OnActivity(gate.Acquire, mock.Anything, mock.Anything).Return(activities.BeginResult{Action: activities.BeginGo, Lease: lease, Mode: ledger.Smart}, nil)
	b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.ResolveInput) (activities.ResolveResult, error) {
		if in.Approved {
			return activities.ResolveResult{}, nil
		}
		return activities.ResolveResult{Zeroing: 90, Held: "90 would go to 0"}, nil
	})
	var kinds []ledger.HoldKind
	b.OnActivity(gate.Hold, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.HoldInput) (activities.HoldResult, error) {
		kinds = append(kinds, in.Kind)
		return activities.HoldResult{Within: day}, nil
	})
	b.OnActivity(gate.Decide, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.DecideInput) (activities.DecideResult, error) {
		return activities.DecideResult{Decision: in.Decision, By: in.By, Runs: []int64{in.Run}, Zeroing: 90}, nil
	})
	b.OnActivity(push.Push, mock.Anything, mock.Anything).Return(activities.PushResult{Done: true}, nil)
	b.finishes()
	first := b.update(firstRecheck+time.Minute, UpdateApprove, Decision{By: "ann", Run: 42, Kind: ledger.HoldSnapshot}, new(DecisionAnswer))
	second := b.update(firstRecheck+2*time.Minute, UpdateApprove, Decision{By: "ann", Run: 42, Kind: ledger.HoldZeroing}, new(DecisionAnswer))
	require.Equal(t, ledger.Completed, b.scheduled().Outcome)
	require.Equal(t, []ledger.HoldKind{ledger.HoldSnapshot, ledger.HoldZeroing}, kinds)
	require.Equal(t, NotHeld, first.answer.(*DecisionAnswer).Answer)
	require.Equal(t, &DecisionAnswer{Answer: activities.Approved, By: "ann", Runs: []int64{42}, Reason: "90 would go to 0"}, second.answer)
}

// What a person has rejected is not asked again: the run pushes the rest, and says who rejected what.
func TestWhatWasRejectedIsSaid(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.begins(activities.BeginResult{Action: activities.BeginGo})
	b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(activities.FetchResult{Rejected: "the snapshot was rejected by ann"}, nil)
	b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(activities.ResolveResult{Due: 3, Rejected: "2 figures stay above 0"}, nil)
	b.OnActivity(push.Push, mock.Anything, mock.Anything).Return(activities.PushResult{Done: true, Counts: ledger.Counts{Exported: 3}}, nil)
	b.finishes()
	report := b.scheduled()
	require.Equal(t, ledger.CompletedWithFailures, report.Outcome)
	require.Equal(t, "the snapshot was rejected by ann; 2 figures stay above 0", report.Reason)
	require.Equal(t, int64(3), report.Counts.Exported)
}

// A look that fails asks what was asked before: the ledger may know by then that the hold had dissolved, and would record another one.
func TestAFailedLookAsksTheSame(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.storeless()
	fetched := 0
	b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(func(context.Context, activities.FetchInput) (activities.FetchResult, error) {
		if fetched++; fetched == 1 {
			return activities.FetchResult{SnapshotFigures: ledger.SnapshotFigures{Rows: 5}, Held: "shrunk to half", Absent: ledger.Absence{Levels: 4, Twice: 3}}, nil
		}
		return activities.FetchResult{}, temporal.NewNonRetryableApplicationError("the folder is not there", activities.ErrorNotConfigured, nil)
	})
	var asked []activities.HoldInput
	b.OnActivity(gate.Hold, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.HoldInput) (activities.HoldResult, error) {
		asked = append(asked, in)
		return activities.HoldResult{Within: firstRecheck + time.Minute}, nil
	})
	b.finishes()
	require.Equal(t, ledger.Held, b.scheduled().Outcome)
	require.Len(t, asked, 2)
	require.Equal(t, asked[0], asked[1])
}

// The ledger does not know a held run any more, or it was put back from a backup that ended it: nobody is shown what waits, so it does not wait on, and
// what was asked for meanwhile has a run of its own.
func TestAHeldRunThatTheLedgerDoesNotKnowEnds(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.storeless()
	fetched := 0
	b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(func(context.Context, activities.FetchInput) (activities.FetchResult, error) {
		if fetched++; fetched == 1 {
			return activities.FetchResult{SnapshotFigures: ledger.SnapshotFigures{Rows: 5}, Held: "shrunk to half"}, nil
		}
		return activities.FetchResult{}, temporal.NewNonRetryableApplicationError("fetching: another run has taken the store", activities.ErrorStoreLost, nil)
	})
	b.OnActivity(gate.Hold, mock.Anything, mock.Anything).Return(activities.HoldResult{Within: day}, nil)
	b.finishes()
	b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme", Trigger: ledger.TriggerSchedule})
	require.True(t, b.IsWorkflowCompleted())
	require.ErrorContains(t, b.GetWorkflowError(), "another run has taken the store")
	require.Equal(t, []string{"Begin", "Fetch", "Hold", "Fetch", "Finish"}, b.calls)
}
