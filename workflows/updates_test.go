package workflows

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/ledger"
)

// sentUpdate is an update that a test sends.
type sentUpdate struct {
	answer   any // what it is read as
	at       time.Time
	accepted bool
	rejected error
	done     bool
}

// update sends an update after a while.
func (b *bench) update(after time.Duration, name string, payload, answer any) *sentUpdate {
	sent := &sentUpdate{answer: answer}
	b.RegisterDelayedCallback(func() { b.sends(sent, fmt.Sprintf("%s %s %v", name, after, payload), name, payload) }, after)
	return sent
}

// sends sends an update at once.
func (b *bench) sends(sent *sentUpdate, id, name string, payload any) {
	b.UpdateWorkflow(name, id, &testsuite.TestUpdateCallback{
		OnAccept: func() { sent.accepted = true },
		OnReject: func(err error) { sent.rejected = err },
		OnComplete: func(success any, err error) {
			require.NoError(b.t, err)
			encoded, err := json.Marshal(success)
			require.NoError(b.t, err)
			require.NoError(b.t, json.Unmarshal(encoded, sent.answer))
			sent.done, sent.at = true, b.Now()
		},
	}, payload)
}

// An update to approve or reject answers with what became of it, for every run that it was for.
func TestApproveAndRejectAnswer(t *testing.T) {
	t.Parallel()
	for name, decision := range map[string]string{UpdateApprove: activities.Approved, UpdateReject: activities.Rejected} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := heldBench(t, func(*bench) bool { return false })
			b.OnActivity(gate.Decide, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.DecideInput) (activities.DecideResult, error) {
				require.Equal(t, activities.DecideInput{Run: 42, Decision: decision, By: "ann"}, in)
				return activities.DecideResult{Decision: in.Decision, By: in.By, Rows: 5, Runs: []int64{42, 44}}, nil
			}).Once()
			early := b.update(0, name, Decision{By: "eve"}, new(DecisionAnswer))
			first := b.update(5*time.Minute, name, Decision{By: "ann", Run: 42, Kind: ledger.HoldSnapshot}, new(DecisionAnswer))
			again := b.update(5*time.Minute, name, Decision{By: "bob"}, new(DecisionAnswer))
			b.scheduled()
			want := &DecisionAnswer{Answer: decision, By: "ann", Runs: []int64{42, 44}, Reason: "shrunk to half"}
			require.Equal(t, want, first.answer)
			require.Equal(t, want, again.answer)
			require.Equal(t, NotHeld, early.answer.(*DecisionAnswer).Answer)
			require.Contains(t, early.answer.(*DecisionAnswer).Reason, "nothing is held")
		})
	}
}

// An approve for which nothing waits is shown in the run, whichever way it came.
func TestAnApproveForNothingIsShown(t *testing.T) {
	t.Parallel()
	for name, send := range map[string]func(*bench){
		"signal": func(b *bench) { b.SignalWorkflow(SignalApprove, Decision{By: "ann"}) },
		"update": func(b *bench) {
			b.UpdateWorkflow(UpdateApprove, "1", &testsuite.TestUpdateCallback{OnAccept: func() {}, OnReject: func(error) {}, OnComplete: func(any, error) {}},
				Decision{By: "ann"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.begins(activities.BeginResult{Action: activities.BeginGo})
			b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(activities.FetchResult{}, nil)
			b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(activities.ResolveResult{}, nil)
			b.OnActivity(push.Push, mock.Anything, mock.Anything).Return(func(context.Context, activities.PushInput) (activities.PushResult, error) {
				send(b)
				return activities.PushResult{Done: true}, nil
			})
			b.finishes()
			b.scheduled()
			value, err := b.QueryWorkflow(QueryProgress)
			require.NoError(t, err)
			var progress Progress
			require.NoError(t, value.Get(&progress))
			require.Len(t, progress.Strays, 1)
			require.Contains(t, progress.Strays[0], "approve by ann")
			require.Contains(t, progress.Strays[0], "nothing is held")
			require.Contains(t, progress.markdown("acme"), progress.Strays[0])
		})
	}
}

// What a signal would have to take as it comes, an update refuses with the reason, before it leaves a trace.
func TestUpdatesRefuseWhatCannotBe(t *testing.T) {
	t.Parallel()
	many := make([]string, MaximumScope+1)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	for name, one := range map[string]struct {
		update  string
		payload any
		reason  string
	}{
		"a request that cannot be read": {UpdateSync, "now", "decode"},
		"too many SKUs":                 {UpdateSync, SyncRequest{SKUs: many}, "501 SKUs"},
		"no SKU":                        {UpdateSync, SyncRequest{SKUs: []string{""}}, "SKU"},
		"an id with a line break":       {UpdateSync, SyncRequest{ID: "a\nb"}, "id"},
		"a name without an end":         {UpdateSync, SyncRequest{By: strings.Repeat("x", 256)}, "name"},
		"an answer that cannot be read": {UpdateApprove, "yes", "decode"},
		"an answer by nobody's name":    {UpdateReject, Decision{By: strings.Repeat("x", 256)}, "name"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := heldBench(t, after(10*time.Minute))
			sent := b.update(time.Minute, one.update, one.payload, new(any))
			report := b.scheduled()
			require.Equal(t, ledger.Completed, report.Outcome)
			require.Equal(t, 1, report.Passes, "it is no request")
			require.ErrorContains(t, sent.rejected, one.reason)
			require.False(t, sent.done)
		})
	}
}

// An update to sync answers what becomes of the request, and the request is served as one by signal is.
func TestSyncAnswersWhatBecomesOfIt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	passes := 0
	b.OnActivity(gate.Begin, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.BeginInput) (activities.BeginResult, error) {
		passes++
		lease := ledger.Lease{Store: "shop", Fence: 1, Run: int64(40 + passes)}
		if passes == 3 {
			require.Equal(t, "covered", in.Requests[0].ID)
			return activities.BeginResult{Action: activities.BeginCovered, CoveredBy: 42, Reason: "done by run 42"}, nil
		}
		return activities.BeginResult{Action: activities.BeginGo, Lease: lease, Mode: ledger.Smart}, nil
	})
	b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(activities.FetchResult{}, nil)
	b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(activities.ResolveResult{}, nil)
	slices := 0
	b.OnActivity(push.Push, mock.Anything, mock.Anything).Return(func(context.Context, activities.PushInput) (activities.PushResult, error) {
		if slices++; slices == 1 {
			return activities.PushResult{Until: b.Now().Add(time.Hour), Why: "throttled", Left: 3}, nil
		}
		if slices == 3 {
			b.SignalWorkflow(SignalSyncRequested, SyncRequest{ID: "covered"})
		}
		return activities.PushResult{Done: true}, nil
	})
	b.finishes()
	first := b.update(0, UpdateSync, SyncRequest{ID: "first", By: "ann"}, new(SyncAnswer))
	joined := b.update(300*time.Millisecond, UpdateSync, SyncRequest{ID: "second"}, new(SyncAnswer))
	waits := b.update(time.Minute, UpdateSync, SyncRequest{ID: "third"}, new(SyncAnswer))
	again := b.update(2*time.Minute, UpdateSync, SyncRequest{ID: "first", DryRun: false}, new(SyncAnswer))
	b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme"})
	require.Equal(t, 3, b.result().Passes)
	require.Equal(t, &SyncAnswer{ID: "first", Answer: SyncStarted, Run: 41}, first.answer)
	require.Equal(t, &SyncAnswer{ID: "second", Answer: SyncJoined, Run: 41}, joined.answer)
	require.Equal(t, &SyncAnswer{ID: "third", Answer: SyncWaits, Run: 41, Reason: "served next; run 41 is pushing: throttled"}, waits.answer)
	require.Equal(t, first.answer, again.answer, "the same request has the same answer")
	require.Less(t, waits.at.Sub(first.at), 2*time.Minute, "nobody waits until the run is over")
}

// Many updates are one pass, are counted, and grow no inbox without bound.
func TestUpdatesAreGroupedAsSignalsAre(t *testing.T) {
	t.Parallel()
	b := heldBench(t, after(10*time.Minute))
	b.OnActivity(gate.Note, mock.Anything, mock.Anything).Return(activities.RequestsResult{}, nil)
	const sent = mostWaiting + 50
	var all []*sentUpdate
	for n := range sent {
		all = append(all, b.update(time.Minute+time.Duration(n)*time.Second, UpdateSync, SyncRequest{ID: fmt.Sprint("r", n)}, new(SyncAnswer)))
	}
	var queued int
	b.RegisterDelayedCallback(func() {
		value, err := b.QueryWorkflow(QueryProgress)
		require.NoError(t, err)
		var progress Progress
		require.NoError(t, value.Get(&progress))
		queued = progress.Queued
		require.Less(t, len(progress.Requests), mostWaiting)
	}, 9*time.Minute)
	report := b.scheduled()
	require.Equal(t, 2, report.Passes)
	require.Equal(t, sent, queued)
	for _, one := range all {
		require.True(t, one.done)
		require.Equal(t, SyncWaits, one.answer.(*SyncAnswer).Answer)
	}
}

// Every update returns, however its workflow ends: covered, failed, or going on in a new run.
func TestEveryUpdateReturns(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct {
		begin func(b *bench) (activities.BeginResult, error)
		want  SyncAnswer
	}{
		"what it asks for is covered": {
			func(*bench) (activities.BeginResult, error) {
				return activities.BeginResult{Action: activities.BeginCovered, CoveredBy: 7, Reason: "done by run 7"}, nil
			},
			SyncAnswer{ID: "r", Answer: SyncCovered, Run: 7, Reason: "done by run 7"},
		},
		"no run can begin": {
			func(*bench) (activities.BeginResult, error) {
				return activities.BeginResult{}, temporal.NewNonRetryableApplicationError(`there is no connection "acme"`, activities.ErrorNotConfigured, nil)
			},
			SyncAnswer{ID: "r", Answer: SyncFailed, Reason: `there is no connection "acme"`},
		},
		"it goes on in a new run": {
			func(b *bench) (activities.BeginResult, error) {
				b.SetContinueAsNewSuggested(true)
				b.SignalWorkflow(SignalSyncRequested, SyncRequest{ID: "more"})
				return activities.BeginResult{}, temporal.NewApplicationErrorWithOptions("the store is in use", activities.ErrorStoreBusy,
					temporal.ApplicationErrorOptions{NextRetryDelay: time.Hour})
			},
			SyncAnswer{ID: "r", Answer: SyncWaits, Reason: "it goes on in a new run of the workflow"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.OnActivity(gate.Begin, mock.Anything, mock.Anything).Return(func(context.Context, activities.BeginInput) (activities.BeginResult,
				error,
			) {
				return one.begin(b)
			})
			b.OnActivity(gate.Leave, mock.Anything, mock.Anything).Return(nil).Maybe()
			b.OnActivity(gate.Settle, mock.Anything, mock.Anything).Return(activities.RequestsResult{}, nil).Maybe()
			sent := b.update(0, UpdateSync, SyncRequest{ID: "r"}, new(SyncAnswer))
			b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme"})
			require.True(t, b.IsWorkflowCompleted())
			require.True(t, sent.done, "it never returned")
			require.Equal(t, &one.want, sent.answer)
		})
	}
}

// A run that was rejected says who rejected it, and not what was asked.
func TestARejectedRunSaysWhoRejectedIt(t *testing.T) {
	t.Parallel()
	for _, decision := range []string{activities.Rejected, activities.Lifted} {
		b := heldBench(t, func(*bench) bool { return false })
		b.OnActivity(gate.Decide, mock.Anything, mock.Anything).Return(activities.DecideResult{Decision: decision, Verdict: "rejected by ann: shrunk"}, nil)
		b.RegisterDelayedCallback(func() { b.SignalWorkflow(SignalReject, Decision{By: "ann"}) }, time.Minute)
		report := b.scheduled()
		require.Equal(t, ledger.RejectedOutcome, report.Outcome)
		require.Equal(t, "rejected by ann: shrunk", report.Reason)
	}
}

// An answer does not wait for a look that takes long.
func TestAnAnswerEndsALongLook(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.storeless()
	fetched := 0
	b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.FetchInput) (activities.FetchResult, error) {
		if fetched++; fetched > 1 {
			return activities.FetchResult{}, temporal.NewApplicationErrorWithOptions("the warehouse does not answer", activities.ErrorSource,
				temporal.ApplicationErrorOptions{NextRetryDelay: time.Hour})
		}
		return activities.FetchResult{SnapshotFigures: ledger.SnapshotFigures{Rows: 5}, Held: "shrunk to half"}, nil
	})
	b.OnActivity(gate.Hold, mock.Anything, mock.Anything).Return(activities.HoldResult{Within: day}, nil)
	var decided time.Time
	b.OnActivity(gate.Decide, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.DecideInput) (activities.DecideResult, error) {
		decided = b.Now()
		return activities.DecideResult{Decision: in.Decision, By: in.By}, nil
	})
	b.finishes()
	began := b.Now()
	b.RegisterDelayedCallback(func() { b.SignalWorkflow(SignalReject, Decision{By: "ann"}) }, firstRecheck+5*time.Minute)
	require.Equal(t, ledger.RejectedOutcome, b.scheduled().Outcome)
	require.Less(t, decided.Sub(began), firstRecheck+10*time.Minute, "it waited for a look that takes long")
}

// An answer that came before a run was held is none to its hold. Where the ledger knows that the hold has dissolved when a person approves
// it, nothing is approved: the run is prepared anew as if nobody had said anything.
func TestWhatIsNoAnswerApprovesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.storeless()
	var approved []bool
	b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.FetchInput) (activities.FetchResult, error) {
		if approved = append(approved, in.Approved); len(approved) == 1 {
			b.SignalWorkflow(SignalApprove, Decision{By: "eve"})
			return activities.FetchResult{SnapshotFigures: ledger.SnapshotFigures{Rows: 5}, Held: "shrunk to half"}, nil
		}
		return activities.FetchResult{SnapshotFigures: ledger.SnapshotFigures{Rows: 10}}, nil
	})
	b.OnActivity(gate.Hold, mock.Anything, mock.Anything).Return(activities.HoldResult{Within: day}, nil)
	var by []string
	b.OnActivity(gate.Decide, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.DecideInput) (activities.DecideResult, error) {
		by = append(by, in.By)
		return activities.DecideResult{Decision: activities.Dissolved, By: "run 43", Runs: []int64{42}}, nil
	})
	b.OnActivity(gate.Acquire, mock.Anything, mock.Anything).Return(activities.BeginResult{Action: activities.BeginGo, Lease: lease, Mode: ledger.Smart}, nil)
	b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(activities.ResolveResult{}, nil)
	b.OnActivity(push.Push, mock.Anything, mock.Anything).Return(activities.PushResult{Done: true}, nil)
	b.finishes()
	sent := b.update(5*time.Minute, UpdateApprove, Decision{By: "ann"}, new(DecisionAnswer))
	require.Equal(t, ledger.Completed, b.scheduled().Outcome)
	require.Equal(t, []string{"ann"}, by)
	require.Equal(t, []bool{false, false}, approved)
	require.Equal(t, &DecisionAnswer{Answer: activities.Dissolved, By: "run 43", Runs: []int64{42}, Reason: "shrunk to half"}, sent.answer)
}
