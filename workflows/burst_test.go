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
	"go.temporal.io/sdk/workflow"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/ledger"
)

// accounts notes what becomes of requests.
type accounts struct {
	noted map[string]string // by id: the group
	taken map[string]int    // by id, also of groups: by how many passes
	runs  int
}

func (b *bench) accounts() *accounts {
	a := &accounts{noted: map[string]string{}, taken: map[string]int{}}
	b.account(a)
	return a
}

func (b *bench) account(a *accounts) {
	b.OnActivity(gate.Note, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.RequestsInput) (activities.RequestsResult, error) {
		for _, request := range in.Requests {
			a.noted[request.ID] = in.Group
		}
		return activities.RequestsResult{}, nil
	}).Maybe()
	b.OnActivity(gate.Begin, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.BeginInput) (activities.BeginResult, error) {
		for _, request := range in.Requests {
			a.taken[request.ID]++
		}
		a.runs++
		return activities.BeginResult{Action: activities.BeginGo, Lease: lease, Mode: ledger.Smart}, nil
	}).Maybe()
}

// by says how many passes served an id.
func (a *accounts) by(id string) int { return a.taken[id] + a.taken[a.noted[id]] }

// handedOn is what a workflow handed to itself.
func (b *bench) handedOn() (SyncInput, bool) {
	b.t.Helper()
	require.True(b.t, b.IsWorkflowCompleted())
	var again *workflow.ContinueAsNewError
	if !errors.As(b.GetWorkflowError(), &again) {
		return SyncInput{}, false
	}
	var input SyncInput
	require.NoError(b.t, converter.GetDefaultDataConverter().FromPayloads(again.Input, &input))
	size := 0
	for _, payload := range again.Input.GetPayloads() {
		size += len(payload.GetData())
	}
	require.Less(b.t, size, 1<<20, "what is handed on fits into one payload")
	return input, true
}

// A burst of requests is one pass, and each of them is accounted for. The SDK takes a workflow task that
// runs for a second for deadlocked.
func TestABurstIsOnePass(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.accounts()
	b.goes()
	const sent = 4_500
	const together = 900
	for n := range sent / together {
		b.RegisterDelayedCallback(func() {
			for i := range together {
				b.SignalWorkflow(SignalSyncRequested, SyncRequest{ID: fmt.Sprint("r", n*together+i)})
			}
		}, time.Duration(n)*time.Millisecond)
	}
	b.RegisterDelayedCallback(func() {
		b.SetCurrentHistoryLength(longHistory + 1)
		b.SignalWorkflow(SignalSyncRequested, SyncRequest{ID: "r0"})
	}, debounce/2)
	b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme"})
	input, again := b.handedOn()
	require.True(t, again, "so many signals end the run of the workflow before the pass")
	require.Zero(t, a.runs)

	next := setup(t)
	next.account(a)
	next.goes()
	next.ExecuteWorkflow(SmartSync, input)
	require.Equal(t, 1, next.result().Passes)
	for i := range sent {
		require.Equal(t, 1, a.by(fmt.Sprint("r", i)), "request %d", i)
	}
}

// One request a second for a day while a run waits for a person: no run of the workflow has a long history, the hold stays the same,
// and one more pass serves them all.
func TestADayOfRequestsWhileHeld(t *testing.T) {
	t.Parallel()
	const sent = 86_400
	a := &accounts{noted: map[string]string{}, taken: map[string]int{}}
	began := time.Date(2026, 11, 25, 3, 0, 0, 0, time.UTC)
	until := began.Add(7 * 24 * time.Hour)
	input := SyncInput{Connection: "acme", Trigger: ledger.TriggerSchedule}
	at, n, runs, fetched, approved := began, 0, 0, 0, false
	for again := true; again; runs++ {
		b := setup(t)
		b.SetTestTimeout(time.Minute)
		b.SetStartTime(at)
		b.account(a)
		b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.FetchInput) (activities.FetchResult, error) {
			fetched++
			if !in.Approved && !approved {
				return activities.FetchResult{SnapshotFigures: ledger.SnapshotFigures{Rows: 5}, Held: "half of it is missing"}, nil
			}
			return activities.FetchResult{SnapshotFigures: ledger.SnapshotFigures{Rows: 5}}, nil
		}).Maybe()
		b.OnActivity(gate.Hold, mock.Anything, mock.Anything).Return(activities.HoldResult{Within: 7 * 24 * time.Hour}, nil).Maybe()
		b.OnActivity(gate.Decide, mock.Anything, mock.Anything).Return(activities.DecideResult{Decision: activities.Approved, Rows: 5}, nil).Maybe()
		b.OnActivity(gate.Acquire, mock.Anything, mock.Anything).Return(activities.BeginResult{Action: activities.BeginGo, Lease: lease}, nil).Maybe()
		b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(activities.ResolveResult{}, nil).Maybe()
		b.OnActivity(push.Push, mock.Anything, mock.Anything).Return(activities.PushResult{Done: true}, nil).Maybe()
		b.finishes()
		history := 20
		var send func()
		send = func() {
			if b.IsWorkflowCompleted() {
				return
			}
			at = b.Now()
			if n == sent {
				approved = true
				b.SignalWorkflow(SignalApprove, Decision{By: "ann"})
				return
			}
			b.SignalWorkflow(SignalSyncRequested, SyncRequest{ID: fmt.Sprint("r", n)})
			n++
			history += 4 // the signal, and a workflow task for it
			b.SetCurrentHistoryLength(history)
			b.RegisterDelayedCallback(send, time.Second)
		}
		b.RegisterDelayedCallback(send, time.Second)
		b.ExecuteWorkflow(SmartSync, input)
		require.Less(t, history, 5000)
		input, again = b.handedOn()
		if again && input.Carried.Next != nil && input.Carried.Next.Held != nil {
			require.WithinDuration(t, until, input.Carried.Next.Held.Until, time.Minute, "the deadline stays")
			require.Equal(t, int64(42), input.Carried.Next.Held.Run)
			require.LessOrEqual(t, len(input.Carried.Pending), mostWaiting+1)
		} else if !again {
			require.Equal(t, 2, b.result().Passes)
			require.Equal(t, ledger.Completed, b.result().Outcome)
		}
	}
	require.Greater(t, runs, 50)
	require.InDelta(t, 26, fetched, 2, "the held run looks again after a quarter of an hour and then ever less often, up to hourly; then it is approved")
	require.Equal(t, 2, a.runs, "the held pass, and one for all that came")
	for i := range sent {
		require.Equal(t, 1, a.by(fmt.Sprint("r", i)), "request %d", i)
	}
}

// A run that waits for its store, or for what the store asks to wait for, goes on in a new run of the workflow before its history is long.
func TestWaitingRunsGoOnInNewOnes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.begins(activities.BeginResult{Action: activities.BeginGo})
	b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(activities.FetchResult{}, nil)
	b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(activities.ResolveResult{Due: 3}, nil)
	b.OnActivity(push.Push, mock.Anything, mock.Anything).Return(activities.PushResult{Until: b.Now().Add(10 * time.Hour), Why: "quiet hours", Left: 3}, nil)
	b.finishes()
	for i := range 3 {
		b.RegisterDelayedCallback(func() {
			b.SetCurrentHistoryLength(longHistory * i)
			b.SignalWorkflow(SignalSyncRequested, SyncRequest{ID: fmt.Sprint("r", i)})
		}, time.Duration(i+1)*time.Hour)
	}
	b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme", Trigger: ledger.TriggerSchedule})
	input, again := b.handedOn()
	require.True(t, again)
	require.True(t, input.Carried.GoOn, "what is due stays to be pushed")
	require.Len(t, input.Carried.Pending, 3)
	require.Equal(t, "Finish", b.calls[len(b.calls)-1], "the store is given back")
}

// A pass that was planned, and whose store was in use, is begun in the next run of the workflow, under its number.
func TestAPlannedPassGoesOn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var begun []activities.BeginInput
	b.OnActivity(gate.Begin, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.BeginInput) (activities.BeginResult, error) {
		begun = append(begun, in)
		return activities.BeginResult{Action: activities.BeginGo, Lease: lease, Mode: ledger.Smart}, nil
	})
	b.goes()
	planned := turn{trigger: ledger.TriggerSchedule, assignment: assignment{scope: []string{"A"}, requests: []pending{{SyncRequest: SyncRequest{ID: "first"}}}}}
	b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme", Carried: &Carried{
		Pass: 7, Next: planned.unfinished(nil), Pending: []pending{{SyncRequest: SyncRequest{ID: "second"}}},
	}})
	require.Equal(t, 8, b.result().Passes)
	require.Len(t, begun, 2)
	require.Equal(t, 7, begun[0].Pass, "the ledger knows it again by its number")
	require.Equal(t, ledger.TriggerSchedule, begun[0].Trigger)
	require.Equal(t, []string{"A"}, begun[0].Scope)
	require.Equal(t, "first", begun[0].Requests[0].ID)
	require.Equal(t, "second", begun[1].Requests[0].ID)
}
