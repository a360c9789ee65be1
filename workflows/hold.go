package workflows

import (
	"errors"

	"go.temporal.io/sdk/workflow"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/ledger"
)

// hold gives the store back, so that a person can decide in peace.
func (p *pass) hold(ctx workflow.Context, input activities.HoldInput) (*heldPass, error) {
	input.Lease, input.Connection = p.lease, p.input.Connection
	waits := heldPass{Run: p.lease.Run, Mode: p.mode, Kind: input.Kind, Reason: input.Reason, Rows: input.Rows, Zeroing: input.Zeroing, Absent: input.Absent}
	if p.oneAnswer(ctx) {
		p.readAnswers(ctx) // before a person could see this hold
	}
	p.desk.ask(waits) // from now on a person can see it
	var held activities.HoldResult
	if err := workflow.ExecuteActivity(options(ctx, holdOptions, "hold: "+input.Reason), gate.Hold, input).Get(ctx, &held); err != nil {
		p.desk.turnAway("the run could not be held")
		return nil, err
	}
	p.labelOutcome(ctx, ledger.Held)
	if held.Within <= 0 {
		held.Within = holdPatience
	}
	waits.Until = workflow.Now(ctx).Add(held.Within)
	return &waits, nil
}

// resume goes on with a pass that waits for a person since an earlier run of the workflow.
func (p *pass) resume(ctx workflow.Context, held heldPass) (ledger.Outcome, string, error) {
	p.lease.Run, p.mode, p.begun, p.counts = held.Run, held.Mode, true, held.Counts
	p.fetchApproved, p.zeroApproved, p.labelled = held.FetchApproved, held.ZeroApproved, held.Labelled
	p.lease.Store, p.merchant = held.Store, held.Merchant
	p.rest = p.rest || held.Rest
	p.progress.Run, p.progress.Counts, p.progress.Oddities = held.Run, held.Counts, held.Oddities
	p.desk.ask(held)
	return p.work(p.prioritised(ctx), &held)
}

// handOn is a held pass as the next run of the workflow needs it.
func (p *pass) handOn(held heldPass) *goesOnError {
	held.Store, held.Counts, held.Labelled, held.Merchant, held.Rest = p.lease.Store, p.counts, p.labelled, p.merchant, p.rest
	held.FetchApproved, held.ZeroApproved, held.Oddities = p.fetchApproved, p.zeroApproved, p.progress.Oddities
	return &goesOnError{held: &held}
}

// oneAnswer is true for histories in which an answer that is given twice answers one hold.
func (s *sync) oneAnswer(ctx workflow.Context) bool {
	return workflow.GetVersion(ctx, "an-answer-is-for-one-hold", workflow.DefaultVersion, 1) == 1
}

// decide waits until a person has answered, or nobody need: then the pass was checked again, and is ready to push. After an approval
// everything is fetched anew, for the world has moved on meanwhile. An empty decision means that nobody decided in time.
func (p *pass) decide(ctx workflow.Context, held heldPass) (string, error) {
	p.showHeld(ctx, held)
	requested, by, err := p.await(ctx, &held)
	if goesOn := (*goesOnError)(nil); errors.As(err, &goesOn) {
		return "", err
	}
	if p.oneAnswer(ctx) {
		p.readAnswers(ctx) // of several answers one holds
	}
	if err != nil || requested == "" || requested == activities.Dissolved {
		p.desk.turnAway("the run is not held any more")
		if err == nil && requested != "" {
			p.labelOutcome(ctx, ledger.Running)
		}
		return requested, err
	}
	var decision activities.DecideResult
	err = workflow.ExecuteActivity(options(ctx, holdOptions, "record the decision: "+requested), gate.Decide,
		activities.DecideInput{Run: p.lease.Run, Decision: requested, By: by}).Get(ctx, &decision)
	if err != nil {
		p.desk.turnAway("the decision could not be recorded: " + failure(err))
		return "", err
	}
	p.readAnswers(ctx)
	p.desk.close(decision)
	p.verdict = decision.Verdict
	workflow.GetLogger(ctx).Info("decided", "decision", decision.Decision, "by", decision.By, "runs", decision.Runs)
	if decision.Decision == activities.Dissolved {
		p.lease.Fence = 0
		p.labelOutcome(ctx, ledger.Running)
		return activities.Approved, nil // of nothing: it is prepared anew, and held again where it must be
	}
	if decision.Decision != activities.Approved {
		return decision.Decision, nil
	}
	if held.Kind == ledger.HoldSnapshot {
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
		activities.ReacquireInput{Run: p.lease.Run, Connection: p.input.Connection}).Get(ctx, &again)
	if err != nil {
		return "", err
	}
	p.lease = again.Lease
	return activities.Approved, p.sleep(ctx, again.NotBefore, "a call of the run before may still be under way")
}

// showHeld shows that the pass waits for a person.
func (p *pass) showHeld(ctx workflow.Context, held heldPass) {
	p.progress.Phase, p.progress.Waiting, p.progress.Until = "held", held.Reason, &held.Until
	p.paint(ctx)
}

// await waits for an answer, and checks from time to time whether the pass must still be held. Of an approval and a rejection at once
// the rejection counts. A signal whose payload cannot be read is dropped, and the wait goes on. Requests are read meanwhile.
func (p *pass) await(ctx workflow.Context, held *heldPass) (decision, by string, err error) {
	if held.Answered != "" {
		return held.Answered, held.AnsweredBy, nil
	}
	clock, stop := workflow.WithCancel(ctx)
	defer stop()
	within := max(held.Until.Sub(workflow.Now(ctx)), 0)
	timer := workflow.NewTimerWithOptions(clock, within, workflow.TimerOptions{Summary: "wait for approve or reject"})
	answered := func() bool {
		return timer.IsReady() || p.desk.chosen() != nil || p.approve.Len() > 0 || p.reject.Len() > 0
	}
	for {
		passes, err := p.recheckUntil(ctx, held, answered)
		if goesOn := (*goesOnError)(nil); errors.As(err, &goesOn) {
			return "", "", p.handOn(*held)
		}
		if err != nil || passes {
			return activities.Dissolved, "", err
		}
		p.readAnswers(ctx)
		if answer := p.desk.chosen(); answer != nil {
			return answer.decision, answer.By, nil
		}
		if timer.IsReady() {
			return "", "", timer.Get(ctx, nil)
		}
	}
}

// carryAnswer reads an answer that came while the workflow got ready to continue as new.
func (s *sync) carryAnswer(ctx workflow.Context, held *heldPass) {
	s.readAnswers(ctx)
	if answer := s.desk.chosen(); answer != nil && held.Answered == "" {
		held.Answered, held.AnsweredBy = answer.decision, answer.By
		// The next run of the workflow records it; which other runs it answers is known only then.
		s.desk.close(activities.DecideResult{Decision: answer.decision, By: answer.By, Runs: []int64{held.Run}})
	}
}
