package workflows

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/ledger"
)

// continued is what a workflow hands to the run that it goes on in.
func (b *bench) continued() SyncInput {
	b.t.Helper()
	var again *workflow.ContinueAsNewError
	require.ErrorAs(b.t, b.GetWorkflowError(), &again)
	var input SyncInput
	require.NoError(b.t, converter.GetDefaultDataConverter().FromPayloads(again.Input, &input))
	require.NotNil(b.t, input.Carried)
	return input
}

// crowd says that the history is long, and has requests come when a slice has been pushed. It returns when they came.
func (b *bench) crowd(slice activities.PushResult, requests ...SyncRequest) (came *time.Time) {
	came = new(time.Time)
	b.SetContinueAsNewSuggested(true)
	b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(activities.FetchResult{SnapshotFigures: ledger.SnapshotFigures{Rows: 10, Changed: 3}}, nil)
	b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(activities.ResolveResult{Resolved: 3, Due: 3}, nil)
	b.OnActivity(push.Push, mock.Anything, mock.Anything).Return(slice, nil)
	b.OnActivity(gate.Finish, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.FinishInput) (activities.FinishResult, error) {
		*came = b.Now()
		for _, request := range requests {
			b.SignalWorkflow(SignalSyncRequested, request)
		}
		return activities.FinishResult{Outcome: in.Outcome, Counts: in.Counts}, nil
	})
	return came
}

// A run that has grown too long goes on in a new one, which gets all that the first would still have done: the rest of the push, the
// requests that came meanwhile, which ids need not be served again, and how many passes there were.
func TestLongRunGoesOnInANewOne(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.begins(activities.BeginResult{Action: activities.BeginGo})
	scoped := SyncRequest{ID: "scoped", By: "ann", SKUs: []string{"BIKE"}, SkipFetch: true}
	dry := SyncRequest{ID: "dry", By: "bob", DryRun: true}
	came := b.crowd(activities.PushResult{Left: 5}, scoped, dry, scoped)
	b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme", Trigger: ledger.TriggerSchedule, Ledger: "OURS"})
	input := b.continued()
	require.Equal(t, "acme", input.Connection)
	require.Equal(t, "OURS", input.Ledger)
	require.Equal(t, ledger.TriggerSchedule, input.Trigger)
	require.True(t, input.Carried.GoOn, "what is left is pushed without a request")
	require.Equal(t, 1, input.Carried.Pass)
	require.Len(t, input.Carried.Pending, 2)
	for i, want := range []SyncRequest{scoped, dry} {
		require.Equal(t, want, input.Carried.Pending[i].SyncRequest)
		require.True(t, came.Equal(input.Carried.Pending[i].At), "it was made at %s and not at %s", came, input.Carried.Pending[i].At)
	}
	require.Equal(t, []string{"scoped", "dry"}, input.Carried.Seen)
}

// A pass that came to its end owes no other, but the requests that came meanwhile go on in the new run all the same, and what was
// served is remembered.
func TestRequestsGoOnInANewRun(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.begins(activities.BeginResult{Action: activities.BeginGo})
	b.crowd(activities.PushResult{Done: true}, SyncRequest{ID: "late"}, SyncRequest{ID: "early"})
	b.RegisterDelayedCallback(func() { b.SignalWorkflow(SignalSyncRequested, SyncRequest{ID: "early"}) }, 0)
	b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme"})
	carried := b.continued().Carried
	require.False(t, carried.GoOn)
	require.Equal(t, 1, carried.Pass)
	require.Len(t, carried.Pending, 1)
	require.Equal(t, "late", carried.Pending[0].ID)
	require.Equal(t, []string{"early", "late"}, carried.Seen)
}

// The run that another goes on in does the rest first, then serves the requests that it was handed, with when they were made, and
// serves nothing twice. Its passes are counted on.
func TestNewRunTakesUpWhatItIsHanded(t *testing.T) {
	t.Parallel()
	b := setup(t)
	made := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	var begun []activities.BeginInput
	var resolved []activities.ResolveInput
	var asked []*time.Time
	b.OnActivity(gate.Begin, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.BeginInput) (activities.BeginResult, error) {
		if len(begun) == 0 { // these have been served, or wait
			b.SignalWorkflow(SignalSyncRequested, SyncRequest{ID: "served"})
			b.SignalWorkflow(SignalSyncRequested, SyncRequest{ID: "waits"})
		}
		begun = append(begun, in)
		return activities.BeginResult{Action: activities.BeginGo, Lease: lease, Mode: in.Mode}, nil
	})
	b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.FetchInput) (activities.FetchResult, error) {
		asked = append(asked, in.Asked)
		return activities.FetchResult{}, nil
	})
	b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.ResolveInput) (activities.ResolveResult, error) {
		resolved = append(resolved, in)
		return activities.ResolveResult{}, nil
	})
	b.OnActivity(push.Push, mock.Anything, mock.Anything).Return(activities.PushResult{Done: true}, nil)
	b.finishes()
	b.ExecuteWorkflow(FullSync, SyncInput{Connection: "acme", Trigger: ledger.TriggerSchedule, Carried: &Carried{
		Pass: 3, GoOn: true, Seen: []string{"served", "waits"},
		Pending: []pending{{SyncRequest: SyncRequest{ID: "waits", By: "ann", SKUs: []string{"BIKE"}}, At: made}},
	}})
	require.Equal(t, 5, b.result().Passes)
	require.Len(t, begun, 2)
	require.Equal(t, 4, begun[0].Pass)
	require.Equal(t, ledger.TriggerSchedule, begun[0].Trigger)
	require.Empty(t, begun[0].Requests)
	require.Equal(t, ledger.Smart, resolved[0].Mode, "the rest is due; a Full Sync would begin again with the first row")
	require.Equal(t, 5, begun[1].Pass)
	require.Equal(t, ledger.TriggerRequest, begun[1].Trigger)
	require.Equal(t, []ledger.Request{{ID: "waits", By: "ann", At: made}}, begun[1].Requests)
	require.Equal(t, []string{"BIKE"}, begun[1].Scope)
	require.Equal(t, []string{"BIKE"}, resolved[1].Scope)
	require.Nil(t, asked[0])
	require.True(t, made.Equal(*asked[1]))
}

// While the last call of a dead holder may be under way, nothing is pushed: neither by a run that begins nor by one that was held.
func TestLastCallOfADeadHolderIsWaitedFor(t *testing.T) {
	t.Parallel()
	for name, held := range map[string]bool{
		"a run that begins": false, "a run that was held": true,
		"a run that was held, of a workflow that keeps its store": true,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			if name == "a run that was held, of a workflow that keeps its store" {
				b.OnGetVersion("fetch-before-store", workflow.DefaultVersion, workflow.Version(1)).Return(workflow.DefaultVersion)
			}
			const late = 35 * time.Second
			var over, pushed time.Time
			first, again := activities.BeginResult{Action: activities.BeginGo, Lease: lease, Mode: ledger.Smart}, activities.BeginResult{
				Action: activities.BeginGo,
				Lease:  lease,
			}
			b.OnActivity(gate.Begin, mock.Anything, mock.Anything).Return(func(context.Context, activities.BeginInput) (activities.BeginResult, error) {
				if !held {
					over = b.Now().Add(late)
					first.NotBefore = over
				}
				return first, nil
			})
			b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(activities.FetchResult{}, nil)
			b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.ResolveInput) (activities.ResolveResult, error) {
				if held && !in.Approved {
					return activities.ResolveResult{Held: "half would go to 0", Zeroing: 50}, nil
				}
				return activities.ResolveResult{}, nil
			})
			b.OnActivity(gate.Hold, mock.Anything, mock.Anything).Return(activities.HoldResult{}, nil).Maybe()
			b.OnActivity(gate.Decide, mock.Anything, mock.Anything).Return(activities.DecideResult{Decision: activities.Approved, Zeroing: 50}, nil).Maybe()
			b.OnActivity(gate.Acquire, mock.Anything, mock.Anything).Return(func(context.Context, activities.AcquireInput) (activities.BeginResult, error) {
				over = b.Now().Add(late)
				again.NotBefore = over
				return again, nil
			}).Maybe()
			b.OnActivity(gate.Retake, mock.Anything, mock.Anything).Return(func(context.Context, activities.ReacquireInput) (activities.BeginResult, error) {
				over = b.Now().Add(late)
				again.NotBefore = over
				return again, nil
			}).Maybe()
			b.OnActivity(push.Push, mock.Anything, mock.Anything).Return(func(context.Context, activities.PushInput) (activities.PushResult, error) {
				pushed = b.Now()
				return activities.PushResult{Done: true}, nil
			})
			b.finishes()
			if held {
				b.RegisterDelayedCallback(func() { b.SignalWorkflow(SignalApprove, Decision{By: "ann"}) }, time.Hour)
			}
			b.scheduled()
			require.False(t, pushed.Before(over), "it pushed at %s, and the last call may be under way until %s", pushed, over)
		})
	}
}

// What a person approved is handed on with its figure, and a larger one is asked about again.
func TestApprovalOfZeroingNamesItsFigure(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.begins(activities.BeginResult{Action: activities.BeginGo})
	b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(activities.FetchResult{}, nil)
	zeroing := int64(50)
	var allowed []int64
	b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.ResolveInput) (activities.ResolveResult, error) {
		allowed = append(allowed, in.ApprovedZeroing)
		if in.Approved && in.ApprovedZeroing >= zeroing {
			return activities.ResolveResult{Zeroing: zeroing}, nil
		}
		return activities.ResolveResult{Held: "too many would go to 0", Zeroing: zeroing}, nil
	})
	var shown int64
	b.OnActivity(gate.Hold, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.HoldInput) (activities.HoldResult, error) {
		shown = in.Zeroing
		return activities.HoldResult{}, nil
	})
	b.OnActivity(gate.Decide, mock.Anything, mock.Anything).Return(func(context.Context, activities.DecideInput) (activities.DecideResult, error) {
		zeroing = 60 // meanwhile
		return activities.DecideResult{Decision: activities.Approved, Zeroing: shown}, nil
	})
	b.OnActivity(gate.Acquire, mock.Anything, mock.Anything).Return(activities.BeginResult{Action: activities.BeginGo, Lease: lease, Mode: ledger.Smart}, nil)
	b.OnActivity(push.Push, mock.Anything, mock.Anything).Return(activities.PushResult{Done: true}, nil)
	b.finishes()
	for _, at := range []time.Duration{firstRecheck / 3, 2 * firstRecheck / 3} { // before a look of its own
		b.RegisterDelayedCallback(func() { b.SignalWorkflow(SignalApprove, Decision{By: "ann"}) }, at)
	}
	require.Equal(t, ledger.Completed, b.scheduled().Outcome)
	require.Equal(t, []int64{0, 50, 60}, allowed)
}
