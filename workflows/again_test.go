package workflows

import (
	"context"
	"testing"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/ledger"
)

// resolvesAgain is a Full Sync whose push stops once because so much moved meanwhile; what was resolved is kept.
func resolvesAgain(t *testing.T, second activities.ResolveResult) (*bench, *[]activities.ResolveInput) {
	t.Helper()
	b := setup(t)
	b.OnActivity(gate.Begin, mock.Anything, mock.Anything).Return(activities.BeginResult{Action: activities.BeginGo, Lease: lease, Mode: ledger.Full}, nil)
	b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(activities.FetchResult{SnapshotFigures: ledger.SnapshotFigures{Rows: 10}}, nil)
	var resolved []activities.ResolveInput
	b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.ResolveInput) (activities.ResolveResult, error) {
		if resolved = append(resolved, in); len(resolved) == 2 {
			return second, nil
		}
		return activities.ResolveResult{Due: 10}, nil
	})
	pushes := 0
	b.OnActivity(push.Push, mock.Anything, mock.Anything).Return(func(context.Context, activities.PushInput) (activities.PushResult, error) {
		if pushes++; pushes == 1 {
			return activities.PushResult{Done: true, Again: "what decides all figures has changed", Left: 7}, nil
		}
		return activities.PushResult{Done: true, Counts: ledger.Counts{Exported: 10}}, nil
	})
	b.finishes()
	return b, &resolved
}

// A push that stops because more has moved than it can follow goes on when that is resolved: without another fetch, and without what it has
// pushed already, also of what somebody named.
func TestAPushIsResolvedAgain(t *testing.T) {
	t.Parallel()
	b, resolved := resolvesAgain(t, activities.ResolveResult{Due: 9})
	b.ExecuteWorkflow(FullSync, SyncInput{Connection: "acme", Trigger: ledger.TriggerSchedule})
	report := b.result()
	require.Equal(t, []string{"Begin", "Fetch", "Resolve", "Push", "Resolve", "Push", "Finish"}, b.calls)
	require.Equal(t, []ledger.Mode{ledger.Full, ledger.Smart}, []ledger.Mode{(*resolved)[0].Mode, (*resolved)[1].Mode})
	require.Equal(t, ledger.Completed, report.Outcome)
	require.EqualValues(t, 10, report.Counts.Exported)
}

// Where what moved would take too much to 0, a person is asked, as before any push.
func TestAPushThatIsResolvedAgainMayBeHeld(t *testing.T) {
	t.Parallel()
	b, _ := resolvesAgain(t, activities.ResolveResult{Due: 9, Zeroing: 5, Held: "5 of 10 live rows would newly go to 0"})
	b.OnActivity(gate.Hold, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.HoldInput) (activities.HoldResult, error) {
		require.Equal(t, ledger.HoldZeroing, in.Kind)
		b.SignalWorkflow(SignalReject, Decision{By: "ann"})
		return activities.HoldResult{}, nil
	})
	b.OnActivity(gate.Decide, mock.Anything, mock.Anything).Return(activities.DecideResult{Decision: activities.Rejected, By: "ann"}, nil)
	b.ExecuteWorkflow(FullSync, SyncInput{Connection: "acme", Trigger: ledger.TriggerSchedule})
	require.Equal(t, ledger.RejectedOutcome, b.result().Outcome)
	require.Equal(t, []string{"Begin", "Fetch", "Resolve", "Push", "Resolve", "Hold", "Decide", "Finish"}, b.calls)
}
