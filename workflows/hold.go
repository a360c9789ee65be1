package workflows

import (
	"errors"

	"go.temporal.io/sdk/workflow"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/ledger"
)

// hold records that the run waits for a person, and gives its store back meanwhile.
func (p *pass) hold(ctx workflow.Context, input activities.HoldInput) (*heldPass, error) {
	input.Lease, input.Connection = p.lease, p.input.Connection
	heldState := heldPass{Run: p.lease.Run, Mode: p.mode, Kind: input.Kind, Reason: input.Reason, Rows: input.Rows, Zeroing: input.Zeroing, Absent: input.Absent}
	if p.answersOneHold(ctx) {
		p.readAnswers(ctx) // before a person could see this hold
	}
	p.desk.open(heldState) // from now on a person can see it
	var result activities.HoldResult
	if err := workflow.ExecuteActivity(options(ctx, holdOptions, "hold: "+input.Reason), gate.Hold, input).Get(ctx, &result); err != nil {
		p.desk.turnAway("the run could not be held")
		return nil, err
	}
	p.labelOutcome(ctx, ledger.Held)
	if result.Within <= 0 {
		result.Within = holdPatience
	}
	heldState.Until = workflow.Now(ctx).Add(result.Within)
	return &heldState, nil
}

// resume continues a pass that has waited for a person since an earlier run of the workflow.
func (p *pass) resume(ctx workflow.Context, held heldPass) (ledger.Outcome, string, error) {
	p.lease.Run, p.mode, p.begun, p.counts = held.Run, held.Mode, true, held.Counts
	p.fetchApproved, p.zeroApproved, p.labelled = held.FetchApproved, held.ZeroApproved, held.Labelled
	p.lease.Store, p.merchant = held.Store, held.Merchant
	p.continues = p.continues || held.Continues
	p.progress.Run, p.progress.Counts, p.progress.Oddities = held.Run, held.Counts, held.Oddities
	p.desk.open(held)
	return p.work(p.prioritised(ctx), &held)
}

// handOn is the error that hands a held pass to the next run of the workflow.
func (p *pass) handOn(held heldPass) *continuedError {
	held.Store, held.Counts, held.Labelled, held.Merchant, held.Continues = p.lease.Store, p.counts, p.labelled, p.merchant, p.continues
	held.FetchApproved, held.ZeroApproved, held.Oddities = p.fetchApproved, p.zeroApproved, p.progress.Oddities
	return &continuedError{held: &held}
}

// answersOneHold is true for histories in which an answer that is given twice answers one hold only.
func (s *sync) answersOneHold(ctx workflow.Context) bool {
	return workflow.GetVersion(ctx, "an-answer-is-for-one-hold", workflow.DefaultVersion, 1) == 1
}

// decide waits until a person has answered, or until a check finds that nobody need answer: then the pass is ready to push. After an approval the pass
// fetches everything anew, because the levels have moved on meanwhile. An empty decision means that nobody decided in time.
func (p *pass) decide(ctx workflow.Context, held heldPass) (string, error) {
	p.showHeld(ctx, held)
	requested, by, err := p.await(ctx, &held)
	if continued := (*continuedError)(nil); errors.As(err, &continued) {
		return "", err
	}
	if p.answersOneHold(ctx) {
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
		return activities.Approved, nil // without an approval to apply: the pass is prepared anew, and held again where it must be
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
		p.lease.Fence = 0 // the pass fetches without the store, and acquires it afterwards
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

// await waits for an answer, and checks from time to time whether the pass must still be held. When an approval and a rejection come together, the
// rejection counts. A signal whose payload cannot be read is dropped. Requests are read meanwhile.
func (p *pass) await(ctx workflow.Context, held *heldPass) (decision, by string, err error) {
	if held.Answered != "" {
		return held.Answered, held.AnsweredBy, nil
	}
	clock, stop := workflow.WithCancel(ctx)
	defer stop()
	within := max(held.Until.Sub(workflow.Now(ctx)), 0)
	timer := workflow.NewTimerWithOptions(clock, within, workflow.TimerOptions{Summary: "wait for approve or reject"})
	answered := func() bool {
		return timer.IsReady() || p.desk.decisive() != nil || p.approve.Len() > 0 || p.reject.Len() > 0
	}
	for {
		passes, err := p.recheckUntil(ctx, held, answered)
		if continued := (*continuedError)(nil); errors.As(err, &continued) {
			return "", "", p.handOn(*held)
		}
		if err != nil || passes {
			return activities.Dissolved, "", err
		}
		p.readAnswers(ctx)
		if answer := p.desk.decisive(); answer != nil {
			return answer.decision, answer.By, nil
		}
		if timer.IsReady() {
			return "", "", timer.Get(ctx, nil)
		}
	}
}

// carryAnswer reads an answer that came while the workflow prepared to continue as new, and hands it on.
func (s *sync) carryAnswer(ctx workflow.Context, held *heldPass) {
	s.readAnswers(ctx)
	if answer := s.desk.decisive(); answer != nil && held.Answered == "" {
		held.Answered, held.AnsweredBy = answer.decision, answer.By
		// The next run of the workflow records the answer; which other runs it releases is known only then.
		s.desk.close(activities.DecideResult{Decision: answer.decision, By: answer.By, Runs: []int64{held.Run}})
	}
}
