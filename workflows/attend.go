package workflows

import (
	"errors"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/ledger"
)

// While a workflow waits, it reads the requests that come, by signal and by update, and continues as new before its history gets long. A Temporal
// server accepts at most 10,000 signals for one run, so a long wait must be spread over several runs.

const (
	// longHistory is how many events a history may have while a run waits. The events that a pass adds after that stay far below the 4,096 at which the
	// server suggests to continue as new.
	longHistory = 2500
	// manySignals is how many requests one run of a workflow reads.
	manySignals = 5000
)

// long is true when the workflow should continue as new.
func (s *sync) long(ctx workflow.Context) bool {
	info := workflow.GetInfo(ctx)
	return s.signals > manySignals || info.GetContinueAsNewSuggested() || info.GetCurrentHistoryLength() > longHistory
}

// flooded is true when a burst has made the history long before the first pass.
func (s *sync) flooded(ctx workflow.Context) bool {
	fresh := s.input.Carried == nil || (!s.input.Carried.Gathered && s.input.Carried.Next == nil)
	much := s.signals > manySignals || workflow.GetInfo(ctx).GetCurrentHistoryLength() > longHistory
	return fresh && much && s.bounded(ctx)
}

// bounded is true for histories in which requests are grouped and waiting runs continue as new. It is called only where the answer matters, so that
// other histories do not get its version marker.
func (s *sync) bounded(ctx workflow.Context) bool {
	return workflow.GetVersion(ctx, "requests-are-bounded", workflow.DefaultVersion, 1) == 1
}

// continuedError ends a pass that goes on in a new run of the workflow.
type continuedError struct {
	held  *heldPass  // set when the pass waits for a person
	begun *begunPass // set when the pass was at work
}

func (*continuedError) Error() string { return "the pass goes on in a new run of the workflow" }

// waitFor waits until done returns true, and reads requests meanwhile. It returns a continuedError when the history has become long.
func (s *sync) waitFor(ctx workflow.Context, done func() bool) error {
	return s.attendWhile(ctx, done, func() bool { return true })
}

// requestCame is true when a request has come that was not read yet.
func (s *sync) requestCame() bool { return s.requests.Len() > 0 || s.stirred }

// attendWhile is waitFor with a condition: it returns a continuedError only while leaves returns true. Otherwise it waits to the end, however long
// the history becomes.
func (s *sync) attendWhile(ctx workflow.Context, done, leaves func() bool) error {
	for {
		if err := workflow.Await(ctx, func() bool { return done() || s.requestCame() }); err != nil {
			return err
		}
		if done() {
			return nil
		}
		s.stirred = false
		s.drain(ctx)
		s.shrinkInbox(ctx)
		if !done() && leaves() && s.long(ctx) && s.bounded(ctx) {
			return &continuedError{}
		}
	}
}

// wait begins a step that may wait for days and that may be repeated, and waits for its result. When the history becomes long meanwhile, the step is
// cancelled and the pass goes on in a new run, unless the step was done at that very moment.
func (s *sync) wait(ctx workflow.Context, begin func(workflow.Context) workflow.Future, result any) error {
	return s.cancelOrWait(ctx, begin, result, s.waitFor)
}

// cancelOrWait begins a step and waits for it by attend. It cancels the step where attend says that the pass goes on in a new run.
func (s *sync) cancelOrWait(
	ctx workflow.Context, begin func(workflow.Context) workflow.Future, result any, attend func(workflow.Context, func() bool) error,
) error {
	step, cancel := workflow.WithCancel(ctx)
	future := begin(step)
	err := attend(ctx, future.IsReady)
	if asContinued(err) == nil {
		return future.Get(ctx, result) // a cancellation of the pass cancels the step too, and its end is waited for
	}
	cancel()
	stepErr := future.Get(ctx, result)
	var cancelled *temporal.CanceledError
	if errors.As(stepErr, &cancelled) && ctx.Err() == nil {
		return err
	}
	if stepErr != nil && ctx.Err() == nil && s.attends(ctx) {
		return err // a step that fails while it is cancelled is tried again in the new run
	}
	return stepErr
}

// shrinkInbox groups or refuses requests where too many wait, and has the ledger keep their ids or outcomes.
func (s *sync) shrinkInbox(ctx workflow.Context) {
	if !s.inbox.load().crowded() {
		return
	}
	if !s.bounded(ctx) {
		s.inbox.collapse()
		return
	}
	out := s.inbox.crowd(workflow.GetInfo(ctx).WorkflowExecution.RunID)
	s.recordRequests(ctx, gate.Note, out.noted, activities.RequestsInput{Group: out.group}, "note the ids of requests that wait together")
	s.endUnserved(ctx, out.refused, ledger.RequestFailed, "too many dry runs of this connection wait already; ask again when they are done")
}

// endUnserved has the ledger record the outcome of requests that no run serves.
func (s *sync) endUnserved(ctx workflow.Context, requests []pending, outcome ledger.RequestOutcome, reason string) {
	s.recordRequests(ctx, gate.Settle, requests, activities.RequestsInput{Outcome: outcome, Reason: reason}, "record what became of requests: "+string(outcome))
}

// idsAtOnce and idBytesAtOnce bound the number of requests, and the bytes of their ids and names, in the input of one step.
const (
	idsAtOnce     = 1000
	idBytesAtOnce = 256 << 10
)

// recordRequests runs a step that records requests in the ledger, in parts that fit into a payload. It goes on where the ledger fails: serving the
// requests matters more than being able to look up their ids.
func (s *sync) recordRequests(ctx workflow.Context, step any, requests []pending, input activities.RequestsInput, summary string) {
	clean, _ := workflow.NewDisconnectedContext(ctx)
	input.Connection, input.Mode = s.input.Connection, s.mode
	for _, part := range portions(requests) {
		input.Requests = ledgerRequests(part)
		if err := workflow.ExecuteActivity(options(clean, noteOptions, summary), step, input).Get(clean, nil); err != nil {
			workflow.GetLogger(ctx).Error("the ledger does not keep requests", "requests", len(part), "error", err)
		}
	}
}

// portions cuts requests into parts that fit into a payload.
func portions(requests []pending) [][]pending {
	var parts [][]pending
	begin, size := 0, 0
	for i, request := range requests {
		if n := len(request.ID) + len(request.By); i > begin && (i-begin >= idsAtOnce || size+n > idBytesAtOnce) {
			parts, begin, size = append(parts, requests[begin:i:i]), i, 0
		}
		size += len(request.ID) + len(request.By)
	}
	if begin < len(requests) {
		parts = append(parts, requests[begin:])
	}
	return parts
}
