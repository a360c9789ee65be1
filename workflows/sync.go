package workflows

import (
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/ledger"
)

// SmartSync pushes what changed since the connection last resolved, and what did not get there before.
func SmartSync(ctx workflow.Context, input SyncInput) (SyncReport, error) {
	return run(ctx, ledger.Smart, input)
}

// FullSync pushes everything.
func FullSync(ctx workflow.Context, input SyncInput) (SyncReport, error) {
	return run(ctx, ledger.Full, input)
}

// sync is one workflow: a pass for the schedule that started it, or passes until every request is served.
type sync struct {
	mode      ledger.Mode
	input     SyncInput
	inbox     inbox
	passes    int
	withoutID int // requests without an id, in this run of the workflow
	signals   int // read in this run of the workflow
	progress  Progress
	report    SyncReport
	labelled  bool // search attributes may be set
	stirred   bool // a request came by update

	requests, approve, reject, dissolved workflow.ReceiveChannel

	desk  desk
	fates fates
}

func run(ctx workflow.Context, mode ledger.Mode, input SyncInput) (SyncReport, error) {
	s := &sync{mode: mode, input: input, report: SyncReport{Mode: mode}}
	if err := s.setup(ctx); err != nil {
		return s.report, err
	}
	return s.serve(ctx)
}

func (s *sync) setup(ctx workflow.Context) error {
	if s.input.Connection == "" {
		return temporal.NewNonRetryableApplicationError(`the input names no connection; start with {"connection": "…"}`, activities.ErrorNotConfigured, nil)
	}
	if s.input.Trigger == "" {
		s.input.Trigger = ledger.TriggerRequest
	}
	if carried := s.input.Carried; carried != nil {
		s.passes = carried.Pass
		s.inbox = inbox{pending: carried.Pending, seen: carried.Seen}
	}
	return s.describe(ctx)
}

// turn is a pass that is about to be made.
type turn struct {
	assignment
	trigger ledger.Trigger
	held    *heldPass  // it waits for a person already
	begun   *begunPass // it is at work already
}

// serve makes passes: one for the start, then one for the requests that came after a pass had begun to fetch, until no request
// is left. Requests are read once more right before the end, so that none is lost.
func (s *sync) serve(ctx workflow.Context) (SyncReport, error) {
	for first := true; ; first = false {
		next, due := s.next(ctx, first)
		if !due {
			if s.release(ctx); len(s.inbox.pending) > 0 {
				continue
			}
			return s.report, nil
		}
		if !first && s.long(ctx) && s.bounded(ctx) || first && len(next.requests) > 0 && s.flooded(ctx) {
			return s.report, s.continueAsNew(ctx, Carried{Gathered: true, Next: next.unfinished(nil)})
		}
		more, err := s.pass(ctx, next)
		s.report.Passes = s.passes
		if goesOn := asGoesOn(err); goesOn != nil {
			return s.report, s.continueAsNew(ctx, Carried{Next: next.unfinished(goesOn)})
		}
		if err != nil {
			return s.report, s.afterFailure(ctx, err)
		}
		if more || workflow.GetInfo(ctx).GetContinueAsNewSuggested() || (s.long(ctx) && s.bounded(ctx)) {
			s.drain(ctx)
			if more || len(s.inbox.pending) > 0 {
				return s.report, s.continueAsNew(ctx, Carried{Go: more})
			}
		}
	}
}

// next plans the next pass; false when nothing is left to do.
func (s *sync) next(ctx workflow.Context, first bool) (turn, bool) {
	carried := s.input.Carried
	switch {
	case first && carried != nil && carried.Next != nil:
		return carried.Next.turn(), true // its number stays
	case first && carried == nil && s.input.Trigger == ledger.TriggerSchedule:
		s.passes++
		return turn{trigger: ledger.TriggerSchedule}, true
	case first && carried != nil && carried.Go:
		s.passes++
		return turn{trigger: s.input.Trigger, assignment: assignment{rest: true}}, true
	case first && (carried == nil || !carried.Gathered):
		s.gather(ctx)
	}
	s.drain(ctx)
	if first && len(s.inbox.pending) == 0 && carried == nil {
		s.accept(s.unnamed(ctx, SyncRequest{By: "started without a request"}))
	}
	s.lessen(ctx)
	if len(s.inbox.pending) == 0 {
		return turn{}, false
	}
	s.passes++
	return turn{trigger: ledger.TriggerRequest, assignment: s.inbox.next()}, true
}

// drainAtOnce is how many signals are read before others get their turn: a workflow that does not yield for a second is taken for
// deadlocked.
const drainAtOnce = 250

// drain reads the requests that are there, without waiting. It says whether one of them is to be served at once.
func (s *sync) drain(ctx workflow.Context) bool {
	atOnce := false
	var request SyncRequest
	for n := 1; s.requests.ReceiveAsync(&request); n++ {
		s.take(ctx, request)
		atOnce = atOnce || request.SkipFetch
		request = SyncRequest{}
		if n%drainAtOnce == 0 {
			yield(ctx)
		}
	}
	return atOnce
}

// yield lets the workflow's other coroutines have their turn, within the same workflow task.
func yield(ctx workflow.Context) {
	turned := false
	clean, _ := workflow.NewDisconnectedContext(ctx)
	workflow.Go(clean, func(workflow.Context) { turned = true })
	_ = workflow.Await(clean, func() bool { return turned }) // it can only fail by a cancellation, of which it is disconnected
}

// take puts a request into the inbox.
func (s *sync) take(ctx workflow.Context, request SyncRequest) {
	s.signals++
	for _, item := range request.Each() {
		s.accept(s.unnamed(ctx, item))
	}
}

// accept puts a request into the inbox; false when its id is known already.
func (s *sync) accept(request pending) bool {
	if s.fates.first == "" && s.passes == 0 {
		s.fates.first = request.ID
	}
	return s.inbox.add(request)
}

// unnamed gives a request without an id one of its own.
func (s *sync) unnamed(ctx workflow.Context, request SyncRequest) pending {
	request = keepable(request)
	if request.ID == "" {
		s.withoutID++
		request.ID = fmt.Sprintf("%s/%d", workflow.GetInfo(ctx).WorkflowExecution.RunID, s.withoutID)
	}
	return pending{SyncRequest: request, At: workflow.Now(ctx)}
}

// continueAsNew goes on in a new run. Nothing may be waited for between the last reading of requests and the end, so they are read here.
func (s *sync) continueAsNew(ctx workflow.Context, carried Carried) error {
	for s.drain(ctx); !s.inbox.load().portable() && s.bounded(ctx); s.drain(ctx) {
		s.lessen(ctx)
	}
	if carried.Next != nil && carried.Next.Held != nil {
		s.carryAnswer(ctx, carried.Next.Held)
	}
	s.release(ctx)
	input := s.input
	carried.Pass, carried.Pending, carried.Seen = s.passes, s.inbox.pending, s.inbox.seen
	input.Carried = &carried
	return workflow.NewContinueAsNewError(ctx, WorkflowType(s.mode), input)
}

// pass is one run: take the store, fetch, resolve, push, end. It reports whether another pass is due because this one had to stop
// before everything was pushed.
func (s *sync) pass(ctx workflow.Context, next turn) (bool, error) {
	p := &pass{sync: s, assignment: next.assignment}
	s.progress = Progress{Pass: s.passes, Since: workflow.Now(ctx)}
	s.fates.assign(next.requests)
	defer s.fates.end()
	outcome, reason, err := p.run(ctx, next)
	if err == nil && outcome == ledger.Completed && reason == "" {
		reason = p.unchanged
	}
	if goesOn := asGoesOn(err); goesOn != nil {
		p.handsOn(ctx, goesOn)
		return false, err
	}
	if err == nil {
		outcome, reason = withRejected(outcome, reason, p.snapshotRejected, p.zeroingRejected)
		outcome, reason, err = p.judged(ctx, outcome, reason)
	}
	if err != nil {
		outcome, reason = outcomeOf(err)
	}
	if p.lease.Run != 0 && p.begun {
		// The store is given back on a context of its own: a cancelled run must not leave it taken.
		clean, _ := workflow.NewDisconnectedContext(ctx)
		if ended := p.finish(clean, outcome, reason); ended != nil && err == nil {
			err = ended
		}
	}
	if err != nil && !p.begun && len(p.assignment.requests) > 0 && s.accounts(ctx) {
		s.endUnserved(ctx, p.assignment.requests, ledger.RequestFailed, "no run could begin for it: "+reason) // no run can say so
	}
	s.end(ctx, p, outcome, reason)
	return outcome == ledger.Partial, err
}

// afterFailure ends the workflow after a pass that failed or was cancelled. Requests that wait are not that pass's: they go on in a new
// run, also after a cancellation, which was of the pass that was under way. Without any the workflow shows what happened.
func (s *sync) afterFailure(ctx workflow.Context, err error) error {
	if s.release(ctx); len(s.inbox.pending) == 0 || !s.accounts(ctx) {
		return err
	}
	workflow.GetLogger(ctx).Warn("a pass failed or was cancelled; requests that wait go on in a new run", "requests", s.inbox.waiting(), "error", err)
	return s.continueAsNew(ctx, Carried{Gathered: true})
}

// accounts is true for histories in which every request is accounted for after a failure. It is asked only where that matters.
func (s *sync) accounts(ctx workflow.Context) bool {
	return workflow.GetVersion(ctx, "requests-outlive-a-failure", workflow.DefaultVersion, 1) == 1
}

// outcomeOf names how a pass ended that a cancellation or an error has stopped.
func outcomeOf(err error) (ledger.Outcome, string) {
	var cancelled *temporal.CanceledError
	if errors.As(err, &cancelled) {
		return ledger.Cancelled, "cancelled"
	}
	return ledger.Failed, failure(err)
}

// failure is the message of the step that failed, without the wrapping that Temporal puts around it.
func failure(err error) string {
	var application *temporal.ApplicationError
	if errors.As(err, &application) {
		return application.Message()
	}
	return err.Error()
}

// end shows how the pass ended.
func (s *sync) end(ctx workflow.Context, p *pass, outcome ledger.Outcome, reason string) {
	s.report.Run, s.report.Mode, s.report.Outcome, s.report.Reason = p.lease.Run, p.mode, outcome, reason
	s.report.Counts, s.report.Preview, s.report.Oddities = p.counts, p.preview, p.progress.Oddities
	workflow.GetLogger(ctx).Info("run ended", "run", p.lease.Run, "outcome", outcome, "reason", reason)
	workflow.GetMetricsHandler(ctx).WithTags(map[string]string{"mode": string(s.mode), "outcome": string(outcome)}).Counter("tidemark_runs").Inc(1)
	if s.labelled {
		// Only an attribute that the namespace does not know could make this fail, and Begin has asked for that.
		_ = workflow.UpsertTypedSearchAttributes(ctx, AttributeOutcome.ValueSet(string(outcome)))
	}
	s.progress.Phase, s.progress.Waiting, s.progress.Until = string(outcome), reason, nil
	if s.approve.Len()+s.reject.Len() > 0 && s.oneAnswer(ctx) {
		s.readAnswers(ctx) // nothing is held, and that is shown
	}
	p.holdDissolved(p.lease.Run) // read, so that no signal is left behind
	s.paint(ctx)
}

// show names the phase, and forgets what the last one waited for.
func (s *sync) show(ctx workflow.Context, phase string) {
	s.progress.Phase, s.progress.Waiting, s.progress.Until = phase, "", nil
	s.paint(ctx)
}

// sleep is a wait that is shown and that survives everything.
func (s *sync) sleep(ctx workflow.Context, until time.Time, why string) error {
	return s.pause(ctx, until, why, func(workflow.Future) error { return nil })
}

// idle is a sleep for as long as it takes, in which requests are read. It returns a goesOnError when the history has become long.
func (s *sync) idle(ctx workflow.Context, until time.Time, why string) error {
	return s.pause(ctx, until, why, func(timer workflow.Future) error { return s.attend(ctx, timer.IsReady) })
}

func (s *sync) pause(ctx workflow.Context, until time.Time, why string, attend func(timer workflow.Future) error) error {
	wait := until.Sub(workflow.Now(ctx))
	if wait <= 0 {
		return nil
	}
	s.progress.Waiting, s.progress.Until = why, &until
	s.paint(ctx)
	clock, stop := workflow.WithCancel(ctx)
	timer := workflow.NewTimerWithOptions(clock, wait, workflow.TimerOptions{Summary: clip(why)})
	err := attend(timer)
	if err == nil {
		err = timer.Get(ctx, nil)
	} else {
		stop()
	}
	s.progress.Waiting, s.progress.Until = "", nil
	return err
}
