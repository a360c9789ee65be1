package workflows

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/ledger"
)

func TestStagesThatMayBeCancelled(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		stage stage
		lasts time.Duration
		want  bool
	}{
		"a fetch":                           {stageFetch, 0, true},
		"a fetch that lasts":                {stageFetch, stagePatience - time.Second, true},
		"a fetch that would never end":      {stageFetch, stagePatience, false},
		"a resolve":                         {stageResolve, 0, true},
		"a resolve that would never end":    {stageResolve, stagePatience, false},
		"a push, which goes on":             {stagePush, 24 * time.Hour, true},
		"a wait for the store, which lasts": {stageAcquire, 24 * time.Hour, true},
		"a wait before any of them":         {"", time.Hour, true},
	} {
		require.Equal(t, test.want, test.stage.cancellable(arrived, arrived.Add(test.lasts)), name)
	}
}

// floods has a step last until it is cancelled, while the history becomes long and requests come. A step that nothing cancels ends after a
// quarter of an hour.
func floods[In, Out any](b *bench, seen *[]In) func(context.Context, In) (Out, error) {
	return func(ctx context.Context, in In) (Out, error) {
		*seen = append(*seen, in)
		var out Out
		b.SetCurrentHistoryLength(longHistory + 1)
		b.SignalWorkflow(SignalSyncRequested, SyncRequest{ID: fmt.Sprint("r", len(*seen))})
		select {
		case <-ctx.Done():
			return out, ctx.Err()
		case <-time.After(15 * time.Second):
			return out, temporal.NewNonRetryableApplicationError("nothing has cancelled it", "", nil)
		}
	}
}

// A run whose push is under way when requests flood in goes on in the next run of the workflow: the same run of the ledger, with its store,
// its figures and what persons said, at the push.
func TestAPushGoesOnInTheNextRun(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.begins(activities.BeginResult{Action: activities.BeginGo, Merchant: "birch", Attributes: true})
	b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(activities.FetchResult{
		SnapshotFigures: ledger.SnapshotFigures{Rows: 10, Changed: 3},
		Rejected:        "ann said no",
	}, nil)
	b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(activities.ResolveResult{Resolved: 3, Due: 3, Rejected: "nor to zero"}, nil)
	var pushed []activities.PushInput
	b.OnActivity(push.Push, mock.Anything, mock.Anything).Return(floods[activities.PushInput, activities.PushResult](b, &pushed))
	b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme", Trigger: ledger.TriggerSchedule})
	input := b.continued()
	require.Equal(t, []string{"Begin", "Fetch", "Resolve", "Push"}, b.calls, "the store is kept, and the run is not ended")
	require.False(t, input.Carried.GoOn)
	require.Len(t, input.Carried.Pending, 1)
	begun := input.Carried.Next.Begun
	require.NotNil(t, begun)
	require.Equal(t, stagePush, begun.Stage)
	require.Equal(t, lease, begun.Lease)
	require.Equal(t, int64(3), begun.Left)

	next := setup(t)
	var again []activities.PushInput
	next.begins(activities.BeginResult{Action: activities.BeginGo})
	next.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(activities.FetchResult{}, nil)
	next.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(activities.ResolveResult{}, nil)
	next.OnActivity(push.Push, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.PushInput) (activities.PushResult, error) {
		again = append(again, in)
		return activities.PushResult{Done: true, Counts: ledger.Counts{Exported: 3}}, nil
	})
	var ended []activities.FinishInput
	next.OnActivity(gate.Finish, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.FinishInput) (activities.FinishResult, error) {
		ended = append(ended, in)
		return activities.FinishResult{Outcome: in.Outcome, Counts: in.Counts}, nil
	})
	next.ExecuteWorkflow(SmartSync, input)
	require.Equal(t, 2, next.result().Passes, "one for the requests that came")
	require.Equal(t, []string{"Push", "Finish", "Begin", "Fetch", "Resolve", "Push", "Finish"}, next.calls)
	require.Equal(t, pushed[0], again[0])
	require.Equal(t, int64(3), ended[0].Counts.Exported)
	require.Equal(t, int64(10), ended[0].Counts.Rows)
	require.Equal(t, ledger.CompletedWithFailures, ended[0].Outcome)
	require.Contains(t, ended[0].Reason, "ann said no")
	require.Contains(t, ended[0].Reason, "nor to zero")
}

// A fetch, the wait for the store and a resolve are cancelled as well, and the next run of the workflow goes on there.
func TestEveryLongStepGoesOnInTheNextRun(t *testing.T) {
	t.Parallel()
	for at, calls := range map[stage][2][]string{
		stageFetch:   {{"Begin", "Fetch"}, {"Fetch", "Acquire", "Resolve", "Push", "Finish"}},
		stageAcquire: {{"Begin", "Fetch", "Acquire"}, {"Acquire", "Resolve", "Push", "Finish"}},
		stageResolve: {{"Begin", "Fetch", "Acquire", "Resolve"}, {"Resolve", "Push", "Finish"}},
	} {
		t.Run(string(at), func(t *testing.T) {
			t.Parallel()
			steps := func(b *bench, long stage) {
				b.storeless()
				if long == stageFetch {
					b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(floods[activities.FetchInput, activities.FetchResult](b, new([]activities.FetchInput)))
				} else {
					b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(activities.FetchResult{SnapshotFigures: ledger.SnapshotFigures{Rows: 10, Changed: 3}}, nil)
				}
				if long == stageAcquire {
					b.OnActivity(gate.Acquire, mock.Anything, mock.Anything).Return(floods[activities.AcquireInput, activities.BeginResult](b, new([]activities.AcquireInput)))
				} else {
					b.OnActivity(gate.Acquire, mock.Anything, mock.Anything).Return(activities.BeginResult{Action: activities.BeginGo, Lease: lease}, nil)
				}
				if long == stageResolve {
					b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(floods[activities.ResolveInput, activities.ResolveResult](b,
						new([]activities.ResolveInput)))
				} else {
					b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(activities.ResolveResult{Resolved: 3, Due: 3}, nil)
				}
				b.OnActivity(push.Push, mock.Anything, mock.Anything).Return(activities.PushResult{Done: true}, nil)
				b.finishes()
			}
			b := setup(t)
			steps(b, at)
			b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme", Trigger: ledger.TriggerSchedule})
			input := b.continued()
			require.Equal(t, calls[0], b.calls)
			require.Equal(t, at, input.Carried.Next.Begun.Stage)
			require.Equal(t, int64(42), input.Carried.Next.Begun.Lease.Run)

			next := setup(t)
			steps(next, "")
			input.Carried.Pending = nil // they are another pass
			next.ExecuteWorkflow(SmartSync, input)
			require.Equal(t, calls[1], next.calls)
			require.Equal(t, int64(42), next.result().Run)
			require.Equal(t, int64(10), next.result().Counts.Rows)
			require.Equal(t, 1, next.result().Passes)
		})
	}
}

// A fetch that is begun anew again and again while requests never stop comes to its end, however long the history becomes.
func TestAFetchIsNotCancelledForEver(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.storeless()
	since := b.Now().Add(-stagePatience)
	noted := make(chan struct{}, 10)
	b.OnActivity(gate.Note, mock.Anything, mock.Anything).Return(func(context.Context, activities.RequestsInput) (activities.RequestsResult, error) {
		noted <- struct{}{}
		return activities.RequestsResult{}, nil
	})
	b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(func(ctx context.Context, _ activities.FetchInput) (activities.FetchResult, error) {
		b.SetCurrentHistoryLength(longHistory + 1)
		for round := range 2 { // the second is read after what the first led to
			for n := range mostWaiting + 1 {
				b.SignalWorkflow(SignalSyncRequested, SyncRequest{ID: fmt.Sprint("r", round, "/", n)})
			}
			select {
			case <-noted:
			case <-ctx.Done():
			}
		}
		require.NoError(t, ctx.Err(), "it was cancelled")
		b.SetCurrentHistoryLength(0)
		return activities.FetchResult{SnapshotFigures: ledger.SnapshotFigures{Rows: 10}}, nil
	}).Once()
	b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(activities.FetchResult{SnapshotFigures: ledger.SnapshotFigures{Rows: 10}}, nil)
	b.OnActivity(gate.Acquire, mock.Anything, mock.Anything).Return(activities.BeginResult{Action: activities.BeginGo, Lease: lease}, nil)
	b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(activities.ResolveResult{}, nil)
	b.OnActivity(push.Push, mock.Anything, mock.Anything).Return(activities.PushResult{Done: true}, nil)
	b.finishes()
	b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme", Carried: &Carried{Pass: 1, Next: &unfinished{
		Trigger: ledger.TriggerSchedule, Begun: &begunPass{Lease: ledger.Lease{Store: "shop", Run: 42}, Mode: ledger.Smart, Stage: stageFetch, Since: since},
	}}})
	require.Equal(t, 2, b.result().Passes)
}

// What a person has approved goes on with the run, and so does the wait for a call that may still be under way.
func TestApprovalsAndWaitsGoOnInTheNextRun(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.storeless()
	b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.FetchInput) (activities.FetchResult, error) {
		if !in.Approved {
			return activities.FetchResult{SnapshotFigures: ledger.SnapshotFigures{Rows: 5}, Held: "half of it is missing"}, nil
		}
		return activities.FetchResult{SnapshotFigures: ledger.SnapshotFigures{Rows: 5}}, nil
	})
	b.OnActivity(gate.Hold, mock.Anything, mock.Anything).Return(activities.HoldResult{Within: day}, nil)
	b.OnActivity(gate.Decide, mock.Anything, mock.Anything).Return(activities.DecideResult{Decision: activities.Approved, Rows: 5}, nil)
	notBefore := b.Now().Add(2 * time.Hour)
	b.OnActivity(gate.Acquire, mock.Anything, mock.Anything).Return(activities.BeginResult{Action: activities.BeginGo, Lease: lease, NotBefore: notBefore}, nil)
	b.RegisterDelayedCallback(func() { b.SignalWorkflow(SignalApprove, Decision{By: "ann"}) }, time.Minute)
	b.RegisterDelayedCallback(func() {
		b.SetCurrentHistoryLength(longHistory + 1)
		b.SignalWorkflow(SignalSyncRequested, SyncRequest{ID: "r"})
	}, time.Hour)
	b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme", Trigger: ledger.TriggerSchedule})
	input := b.continued()
	begun := input.Carried.Next.Begun
	require.NotNil(t, begun)
	require.Nil(t, input.Carried.Next.Held)
	require.Equal(t, lease, begun.Lease)
	require.True(t, notBefore.Equal(begun.NotBefore))
	require.Equal(t, int64(5), begun.FetchApproved.Rows)

	next := setup(t)
	next.SetStartTime(notBefore.Add(-time.Hour))
	next.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(func(context.Context, activities.ResolveInput) (activities.ResolveResult, error) {
		require.False(t, next.Now().Before(notBefore), "a call of the run before may still be under way")
		return activities.ResolveResult{}, nil
	})
	next.OnActivity(push.Push, mock.Anything, mock.Anything).Return(activities.PushResult{Done: true}, nil)
	next.finishes()
	input.Carried.Pending = nil
	next.ExecuteWorkflow(SmartSync, input)
	require.Equal(t, ledger.Completed, next.result().Outcome)
	require.Equal(t, []string{"Resolve", "Push", "Finish"}, next.calls)
}

// A burst is gathered with a few timers, however many requests it has: until none came for a while, and never longer than debounceMost.
func TestABurstIsGatheredWithFewTimers(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		lasts, want time.Duration
	}{
		"a short one":        {2 * time.Second, 2*time.Second + debounce},
		"one without an end": {time.Minute, debounceMost},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			began := b.Now()
			var begun atomic.Int64 // when the first pass began; activities run beside the clock of the test
			b.OnActivity(gate.Begin, mock.Anything, mock.Anything).Return(func(context.Context, activities.BeginInput) (activities.BeginResult, error) {
				begun.CompareAndSwap(0, int64(b.Now().Sub(began)))
				return activities.BeginResult{Action: activities.BeginCovered}, nil
			})
			b.OnActivity(gate.Note, mock.Anything, mock.Anything).Return(activities.RequestsResult{}, nil).Maybe()
			timers, n := 0, 0
			b.SetOnTimerScheduledListener(func(string, time.Duration) { timers++ })
			var send func()
			send = func() {
				if begun.Load() > 0 || b.Now().Sub(began) > test.lasts {
					return
				}
				b.SignalWorkflow(SignalSyncRequested, SyncRequest{ID: fmt.Sprint("r", n)})
				n++
				b.RegisterDelayedCallback(send, 20*time.Millisecond)
			}
			b.RegisterDelayedCallback(send, 0)
			b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme"})
			require.InDelta(t, test.want, time.Duration(begun.Load()), float64(100*time.Millisecond))
			require.Greater(t, n, 90)
			require.Less(t, timers, 10)
		})
	}
}

// A request that is sent again, by update, while the pass that serves it goes on in the next run of the workflow is told which run that is.
func TestARequestOfAPassThatGoesOnIsAnswered(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var answer SyncAnswer
	sent := b.update(time.Minute, UpdateSync, SyncRequest{ID: "r"}, &answer)
	b.OnActivity(push.Push, mock.Anything, mock.Anything).Return(activities.PushResult{Until: b.Now().Add(time.Hour), Why: "quiet hours", Left: 3}, nil).Once()
	b.OnActivity(push.Push, mock.Anything, mock.Anything).Return(activities.PushResult{Done: true}, nil)
	b.finishes()
	b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme", Carried: &Carried{Pass: 1, Seen: []string{"r"}, Next: &unfinished{
		Trigger: ledger.TriggerRequest, Requests: []pending{{SyncRequest: SyncRequest{ID: "r"}}},
		Begun: &begunPass{Lease: lease, Mode: ledger.Smart, Stage: stagePush},
	}}})
	require.Equal(t, 1, b.result().Passes)
	require.True(t, sent.done)
	require.Equal(t, SyncAnswer{ID: "r", Answer: SyncJoined, Run: 42}, answer)
}

// Where a pass that has gone on at its resolve is held there, what a person approves is fetched anew.
func TestAnApprovalOfAPassThatGoesOnIsFetchedAnew(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.ResolveInput) (activities.ResolveResult, error) {
		if !in.Approved {
			return activities.ResolveResult{Due: 50, Zeroing: 50, Held: "half would go to 0"}, nil
		}
		return activities.ResolveResult{Due: 50}, nil
	})
	b.OnActivity(gate.Hold, mock.Anything, mock.Anything).Return(activities.HoldResult{Within: day}, nil)
	b.OnActivity(gate.Decide, mock.Anything, mock.Anything).Return(activities.DecideResult{Decision: activities.Approved, Zeroing: 50}, nil)
	b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(activities.FetchResult{SnapshotFigures: ledger.SnapshotFigures{Rows: 5}}, nil)
	b.OnActivity(gate.Acquire, mock.Anything, mock.Anything).Return(activities.BeginResult{Action: activities.BeginGo, Lease: lease}, nil)
	b.OnActivity(push.Push, mock.Anything, mock.Anything).Return(activities.PushResult{Done: true}, nil)
	b.finishes()
	b.RegisterDelayedCallback(func() { b.SignalWorkflow(SignalApprove, Decision{By: "ann"}) }, time.Minute)
	b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme", Carried: &Carried{Pass: 1, Next: &unfinished{
		Trigger: ledger.TriggerSchedule, Begun: &begunPass{Lease: lease, Mode: ledger.Smart, Stage: stageResolve},
	}}})
	require.Equal(t, ledger.Completed, b.result().Outcome)
	require.Equal(t, []string{"Resolve", "Hold", "Decide", "Fetch", "Acquire", "Resolve", "Push", "Finish"}, b.calls)
}
