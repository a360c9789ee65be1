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

// SmartSync pushes what changed since the connection last looked, and what did not get there before.
func SmartSync(ctx workflow.Context, input SyncInput) (SyncReport, error) {
	return run(ctx, ledger.Smart, input)
}

// FullSync pushes everything.
func FullSync(ctx workflow.Context, input SyncInput) (SyncReport, error) {
	return run(ctx, ledger.Full, input)
}

// sync is one workflow: a pass for the schedule that started it, or passes until every request is served.
type sync struct {
	mode     ledger.Mode
	input    SyncInput
	inbox    inbox
	passes   int
	wishes   int // requests without an id, in this run of the workflow
	requests workflow.ReceiveChannel
	approve  workflow.ReceiveChannel
	reject   workflow.ReceiveChannel
	progress Progress
	report   SyncReport
	labelled bool // search attributes may be set
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
	s.requests = workflow.GetSignalChannel(ctx, SignalSyncRequested)
	s.approve = workflow.GetSignalChannel(ctx, SignalApprove)
	s.reject = workflow.GetSignalChannel(ctx, SignalReject)
	if carried := s.input.Carried; carried != nil {
		s.passes = carried.Pass
		s.inbox = inbox{pending: carried.Pending, seen: carried.Seen}
	}
	return workflow.SetQueryHandler(ctx, QueryProgress, func() (Progress, error) {
		s.progress.Requests = s.inbox.ids()
		return s.progress, nil
	})
}

// serve makes passes: one for the start, then one for the requests that came after a pass had begun to fetch, until no request
// is left. Requests are read once more right before the end, so that none is lost.
func (s *sync) serve(ctx workflow.Context) (SyncReport, error) {
	scheduled := s.input.Trigger == ledger.TriggerSchedule && s.input.Carried == nil
	owed := s.input.Carried != nil && s.input.Carried.Go
	for first := true; ; first = false {
		var next plan
		trigger := ledger.TriggerRequest
		switch {
		case first && scheduled:
			trigger = ledger.TriggerSchedule
		case first && owed:
			trigger, next.rest = s.input.Trigger, true
		default:
			if first {
				s.gather(ctx)
			}
			s.drain(ctx)
			if first && len(s.inbox.pending) == 0 && s.input.Carried == nil {
				s.inbox.add(s.unnamed(ctx, SyncRequest{By: "started without a request"}))
			}
			if len(s.inbox.pending) == 0 {
				return s.report, nil
			}
			next = s.inbox.next()
		}
		s.passes++
		more, err := s.pass(ctx, trigger, next)
		s.report.Passes = s.passes
		if err != nil {
			return s.report, err
		}
		if more || workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			s.drain(ctx)
			if more || len(s.inbox.pending) > 0 {
				return s.report, s.continueAsNew(ctx, more)
			}
		}
	}
}

// gather waits for a burst of requests to end. A request of an intake is gathered already, and goes on at once: somebody waits to
// see it in a store.
func (s *sync) gather(ctx workflow.Context) {
	s.show(ctx, "gathering requests")
	end := workflow.Now(ctx).Add(debounceMost)
	for workflow.Now(ctx).Before(end) {
		// Not ReceiveWithTimeout: it panics at a signal that cannot be read.
		came, err := workflow.AwaitWithTimeout(ctx, debounce, func() bool { return s.requests.Len() > 0 })
		if !came || err != nil {
			return
		}
		var request SyncRequest
		if !s.requests.ReceiveAsync(&request) {
			continue
		}
		s.inbox.add(s.unnamed(ctx, request))
		if request.SkipFetch {
			return
		}
	}
}

// drain reads the requests that are there, without waiting.
func (s *sync) drain(ctx workflow.Context) {
	var request SyncRequest
	for s.requests.ReceiveAsync(&request) {
		s.inbox.add(s.unnamed(ctx, request))
		request = SyncRequest{}
	}
}

// unnamed gives a request without an id one of its own.
func (s *sync) unnamed(ctx workflow.Context, request SyncRequest) pending {
	if request.ID == "" {
		s.wishes++
		request.ID = fmt.Sprintf("%s/%d", workflow.GetInfo(ctx).WorkflowExecution.RunID, s.wishes)
	}
	return pending{SyncRequest: request, At: workflow.Now(ctx)}
}

func (s *sync) continueAsNew(ctx workflow.Context, more bool) error {
	input := s.input
	input.Carried = &Carried{Pass: s.passes, Pending: s.inbox.pending, Seen: s.inbox.seen, Go: more}
	return workflow.NewContinueAsNewError(ctx, WorkflowType(s.mode), input)
}

// pass is one run: take the store, fetch, resolve, push, end. It reports whether another pass is due because this one had to stop
// before everything was pushed.
func (s *sync) pass(ctx workflow.Context, trigger ledger.Trigger, next plan) (bool, error) {
	p := &pass{sync: s, plan: next}
	s.progress = Progress{Pass: s.passes, Since: workflow.Now(ctx)}
	outcome, reason, err := p.run(ctx, trigger)
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
	s.end(ctx, p, outcome, reason)
	return outcome == ledger.Partial, err
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
	s.report.Counts, s.report.Preview = p.counts, p.preview
	workflow.GetLogger(ctx).Info("run ended", "run", p.lease.Run, "outcome", outcome, "reason", reason)
	workflow.GetMetricsHandler(ctx).WithTags(map[string]string{"mode": string(s.mode), "outcome": string(outcome)}).Counter("tidemark_runs").Inc(1)
	if s.labelled {
		// Only an attribute that the namespace does not know could make this fail, and Begin has asked for that.
		_ = workflow.UpsertTypedSearchAttributes(ctx, AttributeOutcome.ValueSet(string(outcome)))
	}
	s.progress.Phase, s.progress.Waiting, s.progress.Until = string(outcome), reason, nil
	s.paint(ctx)
}

// show names the phase, and forgets what the last one waited for.
func (s *sync) show(ctx workflow.Context, phase string) {
	s.progress.Phase, s.progress.Waiting, s.progress.Until = phase, "", nil
	s.paint(ctx)
}

// sleep is a wait that is shown and that survives everything.
func (s *sync) sleep(ctx workflow.Context, until time.Time, why string) error {
	wait := until.Sub(workflow.Now(ctx))
	if wait <= 0 {
		return nil
	}
	s.progress.Waiting, s.progress.Until = why, &until
	s.paint(ctx)
	err := workflow.NewTimerWithOptions(ctx, wait, workflow.TimerOptions{Summary: why}).Get(ctx, nil)
	s.progress.Waiting, s.progress.Until = "", nil
	return err
}
