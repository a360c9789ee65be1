package workflows

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/workflow"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/ledger"
)

// A held run looks again, its history becomes long meanwhile, and a person answers while it gives its store back to go on in the next run
// of the workflow: that run has the answer, and asks nobody again.
func TestAnAnswerIsCarriedOver(t *testing.T) {
	t.Parallel()
	for name, byUpdate := range map[string]bool{"by update": true, "by signal": false} {
		for _, word := range []string{activities.Approved, activities.Rejected} {
			t.Run(word+" "+name, func(t *testing.T) {
				t.Parallel()
				b := setup(t)
				b.storeless()
				b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(activities.FetchResult{
					SnapshotFigures: ledger.SnapshotFigures{Rows: 5},
					Held:            "shrunk to half",
				}, nil).Once()
				b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(floods[activities.FetchInput, activities.FetchResult](b, new([]activities.FetchInput)))
				holds := 0
				sent := &sentUpdate{answer: new(DecisionAnswer)}
				names := map[string]string{activities.Approved: SignalApprove, activities.Rejected: SignalReject}
				b.OnActivity(gate.Hold, mock.Anything, mock.Anything).Return(func(context.Context, activities.HoldInput) (activities.HoldResult, error) {
					if holds++; holds == 2 {
						if byUpdate {
							b.sends(sent, "1", names[word], Decision{By: "ann"})
						} else {
							b.SignalWorkflow(names[word], Decision{By: "ann"})
						}
					}
					return activities.HoldResult{Within: day}, nil
				})
				b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme", Trigger: ledger.TriggerSchedule})
				input := b.continued()
				require.Equal(t, 2, holds)
				require.NotNil(t, input.Carried.Next.Held)
				require.Equal(t, word, input.Carried.Next.Held.Answered)
				require.Equal(t, "ann", input.Carried.Next.Held.AnsweredBy)
				if byUpdate {
					require.True(t, sent.done, "it never returned")
					require.Equal(t, &DecisionAnswer{Answer: word, By: "ann", Runs: []int64{42}, Reason: "shrunk to half"}, sent.answer)
				}

				next := setup(t)
				next.OnActivity(gate.Decide, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.DecideInput) (activities.DecideResult, error) {
					require.Equal(t, activities.DecideInput{Run: 42, Decision: word, By: "ann"}, in)
					return activities.DecideResult{Decision: in.Decision, By: in.By, Rows: 5, Verdict: "by ann"}, nil
				})
				next.goesAfterAHold()
				input.Carried.Pending = nil // they are another pass
				began := next.Now()
				next.ExecuteWorkflow(SmartSync, input)
				require.Equal(t, "Decide", next.calls[0])
				require.Less(t, next.Now().Sub(began), time.Minute, "nobody is asked again")
				want := map[string]ledger.Outcome{activities.Approved: ledger.Completed, activities.Rejected: ledger.RejectedOutcome}
				require.Equal(t, want[word], next.result().Outcome)
			})
		}
	}
}

// goesAfterAHold has every step after a decision succeed.
func (b *bench) goesAfterAHold() {
	b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(activities.FetchResult{SnapshotFigures: ledger.SnapshotFigures{Rows: 5}}, nil).Maybe()
	acquired := activities.BeginResult{Action: activities.BeginGo, Lease: lease, Mode: ledger.Smart}
	b.OnActivity(gate.Acquire, mock.Anything, mock.Anything).Return(acquired, nil).Maybe()
	b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(activities.ResolveResult{}, nil).Maybe()
	b.OnActivity(push.Push, mock.Anything, mock.Anything).Return(activities.PushResult{Done: true}, nil).Maybe()
	b.finishes()
}

// Whatever was left open when a workflow ends or goes on in a new run, an update that waits for it returns.
func TestNoUpdateIsLeftWaiting(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*sync, workflow.Context) error{
		"at a clean end": func(s *sync, ctx workflow.Context) error {
			_, err := s.serve(ctx)
			return err
		},
		"before a new run": func(s *sync, ctx workflow.Context) error { return s.continueAsNew(ctx, Carried{}) },
		"after a failure":  func(s *sync, ctx workflow.Context) error { return s.afterFailure(ctx, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.RegisterWorkflowWithOptions(func(ctx workflow.Context, input SyncInput) error {
				s := &sync{mode: ledger.Smart, input: input}
				if err := s.setup(ctx); err != nil {
					return err
				}
				s.desk.open(heldPass{Run: 7})
				if err := workflow.Await(ctx, func() bool { return s.desk.decisive() != nil }); err != nil {
					return err
				}
				return end(s, ctx)
			}, workflow.RegisterOptions{Name: "an open desk"})
			sent := b.update(time.Minute, UpdateApprove, Decision{By: "ann"}, new(DecisionAnswer))
			b.ExecuteWorkflow("an open desk", SyncInput{Connection: "acme", Carried: &Carried{Gathered: true}})
			require.True(t, b.IsWorkflowCompleted())
			require.True(t, sent.done, "it never returned")
			require.Equal(t, NotHeld, sent.answer.(*DecisionAnswer).Answer)
			require.Contains(t, sent.answer.(*DecisionAnswer).Reason, "ask there again")
		})
	}
}
