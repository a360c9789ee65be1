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

// A pass that fails, or is cancelled, takes nobody else's request with it: what waits goes on in a new run of the workflow.
func TestWhatWaitsOutlivesAFailure(t *testing.T) {
	t.Parallel()
	for name, cancel := range map[string]bool{"failed": false, "cancelled": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.begins(activities.BeginResult{Action: activities.BeginGo})
			b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(activities.FetchResult{}, nil)
			b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(activities.ResolveResult{}, nil)
			b.OnActivity(push.Push, mock.Anything, mock.Anything).Return(func(context.Context, activities.PushInput) (activities.PushResult, error) {
				b.SignalWorkflow(SignalSyncRequested, SyncRequest{ID: "late"})
				if cancel {
					return activities.PushResult{Until: b.Now().Add(time.Hour), Why: "throttled"}, nil
				}
				return activities.PushResult{}, temporal.NewNonRetryableApplicationError("the token has been revoked", activities.ErrorCredentials, nil)
			})
			b.finishes()
			if cancel {
				b.RegisterDelayedCallback(b.CancelWorkflow, time.Minute)
			}
			b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme", Trigger: ledger.TriggerSchedule})
			input, again := b.handedOn()
			require.True(t, again, "%v", b.GetWorkflowError())
			require.Equal(t, "Finish", b.calls[len(b.calls)-1])
			require.Len(t, input.Carried.Pending, 1)
			require.Equal(t, "late", input.Carried.Pending[0].ID)

			next := setup(t)
			next.goes()
			next.ExecuteWorkflow(SmartSync, input)
			require.Equal(t, 2, next.result().Passes)
		})
	}
}

// Where not even a run could begin, the ledger is told what became of the requests.
func TestRequestsOfAPassThatNeverBeganHaveFailed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.OnActivity(gate.Begin, mock.Anything, mock.Anything).Return(activities.BeginResult{},
		temporal.NewNonRetryableApplicationError(`there is no connection "acme"`, activities.ErrorNotConfigured, nil))
	b.OnActivity(gate.Leave, mock.Anything, mock.Anything).Return(nil).Maybe()
	var settled activities.RequestsInput
	b.OnActivity(gate.Settle, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.RequestsInput) (activities.RequestsResult, error) {
		settled = in
		return activities.RequestsResult{}, nil
	})
	b.RegisterDelayedCallback(func() { b.SignalWorkflow(SignalSyncRequested, SyncRequest{ID: "r1"}) }, 0)
	b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme"})
	require.Error(t, b.GetWorkflowError(), "a person must act")
	require.Equal(t, ledger.RequestFailed, settled.Outcome)
	require.Equal(t, `no run could begin for it: there is no connection "acme"`, settled.Reason)
	require.Equal(t, "r1", settled.Requests[0].ID)
}
