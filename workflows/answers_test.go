package workflows

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/ledger"
)

// A person presses approve twice, or two persons approve: that is one answer to the snapshot, and none to what the run holds next.
func TestAnAnswerGivenTwiceAnswersOneHold(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.OnActivity(gate.Begin, mock.Anything, mock.Anything).Return(activities.BeginResult{Action: activities.BeginGo, Lease: lease, Mode: ledger.Smart}, nil)
	b.OnActivity(gate.Acquire, mock.Anything, mock.Anything).Return(activities.BeginResult{Action: activities.BeginGo, Lease: lease, Mode: ledger.Smart}, nil)
	b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.FetchInput) (activities.FetchResult, error) {
		if in.Approved {
			return activities.FetchResult{SnapshotFigures: ledger.SnapshotFigures{Rows: 50}}, nil
		}
		return activities.FetchResult{SnapshotFigures: ledger.SnapshotFigures{Rows: 50}, Held: "half of the rows are missing"}, nil
	})
	b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.ResolveInput) (activities.ResolveResult, error) {
		if in.Approved {
			return activities.ResolveResult{Due: 90}, nil
		}
		return activities.ResolveResult{Due: 90, Zeroing: 90, Held: "90 of 100 live rows would newly go to 0"}, nil
	})
	b.OnActivity(gate.Hold, mock.Anything, mock.Anything).Return(activities.HoldResult{Within: time.Hour}, nil)
	b.OnActivity(gate.Decide, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.DecideInput) (activities.DecideResult, error) {
		return activities.DecideResult{Decision: in.Decision, By: in.By, Rows: 50, Zeroing: 90}, nil
	})
	pushed := false
	b.OnActivity(push.Push, mock.Anything, mock.Anything).Return(func(context.Context, activities.PushInput) (activities.PushResult, error) {
		pushed = true
		return activities.PushResult{Done: true}, nil
	}).Maybe()
	b.finishes()
	b.RegisterDelayedCallback(func() {
		b.SignalWorkflow(SignalApprove, Decision{By: "ann"})
		b.SignalWorkflow(SignalApprove, Decision{By: "ann"})
	}, time.Minute)
	b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme", Trigger: ledger.TriggerSchedule})
	require.False(t, pushed, "90 of 100 rows went to 0, and nobody was asked about that")
	require.Equal(t, ledger.Held, b.result().Outcome)
}

// Two answers in one workflow task: the first holds.
func TestTheFirstAnswerHolds(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.OnActivity(gate.Begin, mock.Anything, mock.Anything).Return(activities.BeginResult{Action: activities.BeginGo, Lease: lease, Mode: ledger.Smart}, nil)
	b.OnActivity(gate.Acquire, mock.Anything, mock.Anything).Return(activities.BeginResult{Action: activities.BeginGo, Lease: lease, Mode: ledger.Smart},
		nil).Maybe()
	b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(activities.FetchResult{}, nil)
	b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.ResolveInput) (activities.ResolveResult, error) {
		if in.Approved {
			return activities.ResolveResult{}, nil
		}
		return activities.ResolveResult{Held: "too much"}, nil
	})
	b.OnActivity(gate.Hold, mock.Anything, mock.Anything).Return(func(context.Context, activities.HoldInput) (activities.HoldResult, error) {
		b.SignalWorkflow(SignalReject, Decision{By: "ann"})
		b.SignalWorkflow(SignalApprove, Decision{By: "bob"})
		return activities.HoldResult{Within: time.Hour}, nil
	})
	b.OnActivity(gate.Decide, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.DecideInput) (activities.DecideResult, error) {
		return activities.DecideResult{Decision: in.Decision, By: in.By}, nil
	})
	b.OnActivity(push.Push, mock.Anything, mock.Anything).Return(activities.PushResult{Done: true}, nil).Maybe()
	b.finishes()
	b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme", Trigger: ledger.TriggerSchedule})
	require.Equal(t, ledger.RejectedOutcome, b.result().Outcome)
}

// "Empty: every signal is a request of its own", also after a thousand.
func TestRequestsWithoutAnIDAreServedForEver(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.begins(activities.BeginResult{Action: activities.BeginGo})
	served := map[string]bool{}
	b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.ResolveInput) (activities.ResolveResult, error) {
		for _, sku := range in.Scope {
			served[sku] = true
		}
		return activities.ResolveResult{}, nil
	})
	b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(activities.FetchResult{}, nil)
	b.OnActivity(push.Push, mock.Anything, mock.Anything).Return(activities.PushResult{Done: true}, nil)
	b.finishes()
	carried := Carried{Pass: 7}
	for i := range remembered {
		carried.Seen = append(carried.Seen, fmt.Sprint("r", i))
	}
	const sent = 3
	b.RegisterDelayedCallback(func() {
		for i := range sent {
			b.SignalWorkflow(SignalSyncRequested, SyncRequest{SKUs: []string{fmt.Sprintf("SKU-%04d", i)}})
		}
	}, 0)
	b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme", Carried: &carried})
	b.result()
	require.Len(t, served, sent)
}

// What a workflow hands to itself must fit into one payload, however much came while it waited for the store.
func TestWhatIsCarriedFitsIntoAPayload(t *testing.T) {
	t.Parallel()
	var in inbox
	for i := range 1200 { // two batches a second of an intake, for ten minutes in which another run has the store
		request := SyncRequest{ID: fmt.Sprintf("0199a3f0-6c0e-7a53-9b0c-2f6f4be0a001/%d", i), By: "intake of hub", SkipFetch: true}
		for sku := range MaximumScope {
			request.SKUs = append(request.SKUs, fmt.Sprintf("ACME-%08d", (i*MaximumScope+sku)%20_000)) // of 20,000 SKUs that sell
		}
		in.add(pending{SyncRequest: request})
		if in.load().crowded() {
			in.crowd("run")
		}
		require.True(t, in.load().portable())
	}
	carried, err := json.Marshal(Carried{Pending: in.pending, Seen: in.seen})
	require.NoError(t, err)
	require.Less(t, len(carried), 2<<20, "a Temporal server fails a workflow that continues as new with more")
}

// A Full Sync that goes on in a new run pushes what is left; it does not begin again with the first row.
func TestALongFullSyncGoesOn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.OnActivity(gate.Begin, mock.Anything, mock.Anything).Return(activities.BeginResult{Action: activities.BeginGo, Lease: lease, Mode: ledger.Full}, nil)
	b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(activities.FetchResult{}, nil).Maybe()
	var asked ledger.Mode
	b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.ResolveInput) (activities.ResolveResult, error) {
		asked = in.Mode
		return activities.ResolveResult{}, nil
	})
	b.OnActivity(push.Push, mock.Anything, mock.Anything).Return(activities.PushResult{Done: true}, nil)
	b.finishes()
	b.ExecuteWorkflow(FullSync, SyncInput{Connection: "acme", Carried: &Carried{Pass: 1, GoOn: true}})
	b.result()
	require.Equal(t, ledger.Smart, asked, "Full makes every row pending again, also those that the part before has exported")
}
