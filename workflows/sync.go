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

// SmartSync pushes what has changed since the connection last resolved, and what has not reached the store before.
func SmartSync(ctx workflow.Context, input SyncInput) (SyncReport, error) {
	return run(ctx, ledger.Smart, input)
}

// FullSync pushes everything.
func FullSync(ctx workflow.Context, input SyncInput) (SyncReport, error) {
	return run(ctx, ledger.Full, input)
}

// sync is the state of one workflow. It makes one pass for the schedule that started it, or passes until every request is served.
type sync struct {
	mode      ledger.Mode
	input     SyncInput
	inbox     inbox
	passes    int
	withoutID int // how many requests without an id came in this run of the workflow
	signals   int // how many signals were read in this run of the workflow
	progress  Progress
	report    SyncReport
	labelled  bool // search attributes may be set
	stirred   bool // a request came by update since the last wait

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

// turn describes a pass that is about to be made.
type turn struct {
	assignment
	trigger ledger.Trigger
	held    *heldPass  // set for a pass that waits for a person already
	begun   *begunPass // set for a pass that is at work already
}

// serve makes passes: one for the start, then one for the requests that came after a pass had begun to fetch, until no request is left. It reads
// requests once more right before the end, so that none is lost.
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
		if continued := asContinued(err); continued != nil {
			return s.report, s.continueAsNew(ctx, Carried{Next: next.unfinished(continued)})
		}
		if err != nil {
			return s.report, s.afterFailure(ctx, err)
		}
		if more || workflow.GetInfo(ctx).GetContinueAsNewSuggested() || (s.long(ctx) && s.bounded(ctx)) {
			s.drain(ctx)
			if more || len(s.inbox.pending) > 0 {
				return s.report, s.continueAsNew(ctx, Carried{GoOn: more})
			}
		}
	}
}

// next plans the next pass; false when nothing is left to do.
func (s *sync) next(ctx workflow.Context, first bool) (turn, bool) {
	carried := s.input.Carried
	switch {
	case first && carried != nil && carried.Next != nil:
		return carried.Next.turn(), true // it keeps its number
	case first && carried == nil && s.input.Trigger == ledger.TriggerSchedule:
		s.passes++
		return turn{trigger: ledger.TriggerSchedule}, true
	case first && carried != nil && carried.GoOn:
		s.passes++
		return turn{trigger: s.input.Trigger, assignment: assignment{continues: true}}, true
	case first && (carried == nil || !carried.Gathered):
		s.gather(ctx)
	}
	s.drain(ctx)
	if first && len(s.inbox.pending) == 0 && carried == nil {
		s.accept(s.withID(ctx, SyncRequest{By: "started without a request"}))
	}
	s.shrinkInbox(ctx)
	if len(s.inbox.pending) == 0 {
		return turn{}, false
	}
	s.passes++
	return turn{trigger: ledger.TriggerRequest, assignment: s.inbox.next()}, true
}

// drainAtOnce is how many signals are read before other coroutines get their turn: the SDK takes a workflow that does not yield for a second for
// deadlocked.
const drainAtOnce = 250

// drain reads the requests that are there, without waiting. It returns true when one of them needs no fetch and should be served at once.
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
	_ = workflow.Await(clean, func() bool { return turned }) // it fails only by a cancellation, from which the context is disconnected
}

// take puts the requests of a signal into the inbox.
func (s *sync) take(ctx workflow.Context, request SyncRequest) {
	s.signals++
	for _, item := range request.Each() {
		s.accept(s.withID(ctx, item))
	}
}

// accept puts a request into the inbox. It returns false when the inbox has seen its id already.
func (s *sync) accept(request pending) bool {
	if s.fates.first == "" && s.passes == 0 {
		s.fates.first = request.ID
	}
	return s.inbox.add(request)
}

// withID is a request in a storable form, with an id of its own where it has none.
func (s *sync) withID(ctx workflow.Context, request SyncRequest) pending {
	request = storableRequest(request)
	if request.ID == "" {
		s.withoutID++
		request.ID = fmt.Sprintf("%s/%d", workflow.GetInfo(ctx).WorkflowExecution.RunID, s.withoutID)
	}
	return pending{SyncRequest: request, At: workflow.Now(ctx)}
}

// continueAsNew is the error that continues the workflow as new. It reads the requests, because nothing may be waited for between the last reading and
// the end of the run.
func (s *sync) continueAsNew(ctx workflow.Context, carried Carried) error {
	for s.drain(ctx); !s.inbox.load().portable() && s.bounded(ctx); s.drain(ctx) {
		s.shrinkInbox(ctx)
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

// pass makes one run: begin, fetch, acquire the store, resolve, push, end. It returns true when another pass is due because this one had to stop before
// everything was pushed.
func (s *sync) pass(ctx workflow.Context, next turn) (bool, error) {
	p := &pass{sync: s, assignment: next.assignment}
	s.progress = Progress{Pass: s.passes, Since: workflow.Now(ctx)}
	s.fates.assign(next.requests)
	defer s.fates.end()
	outcome, reason, err := p.run(ctx, next)
	if err == nil && outcome == ledger.Completed && reason == "" {
		reason = p.unchanged
	}
	if continued := asContinued(err); continued != nil {
		p.fillGoesOn(ctx, continued)
		return false, err
	}
	if err == nil {
		outcome, reason = withRejected(outcome, reason, p.snapshotRejected, p.zeroingRejected)
		outcome, reason, err = p.withJudgement(ctx, outcome, reason)
	}
	if err != nil {
		outcome, reason = outcomeOf(err)
	}
	if p.lease.Run != 0 && p.begun {
		// The run ends on a disconnected context: a cancelled run must give its store back too.
		clean, _ := workflow.NewDisconnectedContext(ctx)
		if ended := p.finish(clean, outcome, reason); ended != nil && err == nil {
			err = ended
		}
	}
	if err != nil && !p.begun && len(p.assignment.requests) > 0 && s.accountsForRequests(ctx) {
		s.endUnserved(ctx, p.assignment.requests, ledger.RequestFailed, "no run could begin for it: "+reason) // there is no run that records it
	}
	s.end(ctx, p, outcome, reason)
	return outcome == ledger.Partial, err
}

// afterFailure is the error that ends the workflow after a pass that failed or was cancelled. Waiting requests, which are not of that pass, go on in a
// new run, also after a cancellation, which is meant for the pass. Without waiting requests the workflow ends with the pass's error.
func (s *sync) afterFailure(ctx workflow.Context, err error) error {
	if s.release(ctx); len(s.inbox.pending) == 0 || !s.accountsForRequests(ctx) {
		return err
	}
	workflow.GetLogger(ctx).Warn("a pass failed or was cancelled; requests that wait go on in a new run", "requests", s.inbox.waiting(), "error", err)
	return s.continueAsNew(ctx, Carried{Gathered: true})
}

// accountsForRequests is true for histories in which every request is accounted for after a failure. It is called only where the answer matters.
func (s *sync) accountsForRequests(ctx workflow.Context) bool {
	return workflow.GetVersion(ctx, "requests-outlive-a-failure", workflow.DefaultVersion, 1) == 1
}

// outcomeOf is the outcome and the reason of a pass that a cancellation or an error has stopped.
func outcomeOf(err error) (ledger.Outcome, string) {
	var cancelled *temporal.CanceledError
	if errors.As(err, &cancelled) {
		return ledger.Cancelled, "cancelled"
	}
	return ledger.Failed, failure(err)
}

// failure is the message of a step's error, without what Temporal wraps around it.
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
		// It fails only for an attribute that the namespace does not have, and Begin has checked that.
		_ = workflow.UpsertTypedSearchAttributes(ctx, AttributeOutcome.ValueSet(string(outcome)))
	}
	s.progress.Phase, s.progress.Waiting, s.progress.Until = string(outcome), reason, nil
	if s.approve.Len()+s.reject.Len() > 0 && s.answersOneHold(ctx) {
		s.readAnswers(ctx) // the desk notes that nothing is held, and the details show it
	}
	p.holdDissolved(p.lease.Run) // reads the signals, so that none is left behind
	s.paint(ctx)
}

// show sets the phase that is shown, and clears what the last phase waited for.
func (s *sync) show(ctx workflow.Context, phase string) {
	s.progress.Phase, s.progress.Waiting, s.progress.Until = phase, "", nil
	s.paint(ctx)
}

// sleep waits until a moment, by a timer whose reason is shown.
func (s *sync) sleep(ctx workflow.Context, until time.Time, why string) error {
	return s.pause(ctx, until, why, func(workflow.Future) error { return nil })
}

// idle sleeps until a moment and reads requests meanwhile. It returns a continuedError when the history has become long.
func (s *sync) idle(ctx workflow.Context, until time.Time, why string) error {
	return s.pause(ctx, until, why, func(timer workflow.Future) error { return s.waitFor(ctx, timer.IsReady) })
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
