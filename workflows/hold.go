package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/ledger"
)

// hold gives the store back and waits for a person. After an approval it takes the store again; everything is then fetched anew,
// for the world has moved on meanwhile. An empty decision means that nobody decided in time.
func (p *pass) hold(ctx workflow.Context, input activities.HoldInput) (string, error) {
	input.Lease, input.Connection = p.lease, p.input.Connection
	once := workflow.GetVersion(ctx, "an-answer-is-for-one-hold", workflow.DefaultVersion, 1) == 1
	if once {
		p.dropAnswers(ctx) // before a person could see this hold
	}
	var held activities.HoldResult
	if err := workflow.ExecuteActivity(options(ctx, holdOptions, "hold: "+input.Reason), gate.Hold, input).Get(ctx, &held); err != nil {
		return "", err
	}
	p.labelOutcome(ctx, ledger.Held)
	if held.Within <= 0 {
		held.Within = holdPatience
	}
	until := workflow.Now(ctx).Add(held.Within)
	p.progress.Phase, p.progress.Waiting, p.progress.Until = "held", input.Reason, &until
	p.paint(ctx)
	asked, by, err := p.await(ctx, held.Within)
	if once {
		p.dropAnswers(ctx) // one was enough
	}
	if err != nil || asked == "" {
		return "", err
	}
	var decision activities.DecideResult
	err = workflow.ExecuteActivity(options(ctx, holdOptions, "record the decision: "+asked), gate.Decide,
		activities.DecideInput{Run: p.lease.Run, Decision: asked, By: by}).Get(ctx, &decision)
	if err != nil {
		return "", err
	}
	workflow.GetLogger(ctx).Info("decided", "decision", decision.Decision, "by", decision.By)
	if decision.Decision != activities.Approved {
		return decision.Decision, nil
	}
	if input.Kind == ledger.HoldSnapshot {
		p.fetchApproved = &decision
	} else {
		p.zeroApproved = &decision
	}
	p.labelOutcome(ctx, ledger.Running)
	if fetchesFirst(ctx) {
		p.lease.Fence = 0 // it fetches without the store, and takes it afterwards
		return activities.Approved, nil
	}
	p.show(ctx, "taking the store again")
	var again activities.BeginResult
	err = workflow.ExecuteActivity(options(ctx, beginOptions, "take the store again"), gate.Retake,
		activities.RetakeInput{Run: p.lease.Run, Connection: p.input.Connection}).Get(ctx, &again)
	if err != nil {
		return "", err
	}
	p.lease = again.Lease
	return activities.Approved, p.sleep(ctx, again.NotBefore, "a call of the run before may still be under way")
}

// dropAnswers forgets answers that are not for the hold that is waited for: they may have been given twice.
func (p *pass) dropAnswers(ctx workflow.Context) {
	var dropped Decision
	for p.approve.ReceiveAsync(&dropped) || p.reject.ReceiveAsync(&dropped) {
		workflow.GetLogger(ctx).Warn("an answer was dropped; it was for no hold, or another answer came first", "by", dropped.By)
	}
}

// await waits for approve or reject; of both at once reject counts. A signal whose payload cannot be read is dropped, and the wait goes on.
func (p *pass) await(ctx workflow.Context, within time.Duration) (decision, by string, err error) {
	var signal Decision
	over := false
	timer, stop := workflow.WithCancel(ctx)
	defer stop()
	selector := workflow.NewSelector(ctx)
	selector.AddReceive(p.reject, func(c workflow.ReceiveChannel, _ bool) {
		if c.ReceiveAsync(&signal) {
			decision, over = activities.Rejected, true
		}
	})
	selector.AddReceive(p.approve, func(c workflow.ReceiveChannel, _ bool) {
		if c.ReceiveAsync(&signal) {
			decision, over = activities.Approved, true
		}
	})
	selector.AddFuture(workflow.NewTimerWithOptions(timer, within, workflow.TimerOptions{Summary: "wait for approve or reject"}), func(f workflow.Future) {
		err, over = f.Get(ctx, nil), true
	})
	selector.AddReceive(ctx.Done(), func(workflow.ReceiveChannel, bool) { err, over = ctx.Err(), true })
	for !over {
		selector.Select(ctx)
	}
	return decision, signal.By, err
}
