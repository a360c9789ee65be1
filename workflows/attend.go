package workflows

import (
	"errors"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/ledger"
)

// What a workflow does while it waits: it reads the requests that come, by signal and by update, and goes on in a new run before its history
// is long. A Temporal server takes 10,000 signals for a run and no more, so whoever waits for long must not wait in one.

const (
	// longHistory is how many events a history may have when a run waits for something. What a pass adds after that stays far below
	// the 4,096 of which the server says that it is enough.
	longHistory = 2500
	// manySignals is how many requests one run of a workflow reads.
	manySignals = 5000
)

// long is true when the workflow should go on in a new run.
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

// bounded is true for histories in which requests are grouped and waiting runs go on in new ones. It is asked only where that matters,
// so that other histories do not show it.
func (s *sync) bounded(ctx workflow.Context) bool {
	return workflow.GetVersion(ctx, "requests-are-bounded", workflow.DefaultVersion, 1) == 1
}

// goesOnError ends a pass that waits: it goes on in a new run of the workflow.
type goesOnError struct {
	held  *heldPass  // it waits for a person
	begun *begunPass // it was at work
}

func (*goesOnError) Error() string { return "the pass goes on in a new run of the workflow" }

// attend waits until something is done, and reads requests meanwhile. It returns a goesOnError when the history has become long.
func (s *sync) attend(ctx workflow.Context, done func() bool) error {
	return s.attendWhile(ctx, done, func() bool { return true })
}

// there is true when a request has come.
func (s *sync) there() bool { return s.requests.Len() > 0 || s.stirred }

// attendWhile is attend where something may have to come to its end first, however long the history becomes.
func (s *sync) attendWhile(ctx workflow.Context, done, leaves func() bool) error {
	for {
		if err := workflow.Await(ctx, func() bool { return done() || s.there() }); err != nil {
			return err
		}
		if done() {
			return nil
		}
		s.stirred = false
		s.drain(ctx)
		s.lessen(ctx)
		if !done() && leaves() && s.long(ctx) && s.bounded(ctx) {
			return &goesOnError{}
		}
	}
}

// wait waits for a step that may wait for days before it does anything, and that another attempt of it does no harm to. Where the
// history becomes long meanwhile, the step is cancelled and the pass goes on in a new run; where it was done at that very moment, it
// counts.
func (s *sync) wait(ctx workflow.Context, begin func(workflow.Context) workflow.Future, result any) error {
	return s.leaving(ctx, begin, result, s.attend)
}

// leaving waits for a step in some way, and cancels it where the pass goes on in a new run meanwhile.
func (s *sync) leaving(
	ctx workflow.Context, begin func(workflow.Context) workflow.Future, result any, attend func(workflow.Context, func() bool) error,
) error {
	step, cancel := workflow.WithCancel(ctx)
	future := begin(step)
	err := attend(ctx, future.IsReady)
	if asGoesOn(err) == nil {
		return future.Get(ctx, result) // when the pass is cancelled, the step is, and it is waited for
	}
	cancel()
	got := future.Get(ctx, result)
	var cancelled *temporal.CanceledError
	if errors.As(got, &cancelled) && ctx.Err() == nil {
		return err
	}
	if got != nil && ctx.Err() == nil && s.attends(ctx) {
		return err // what fails while it is cancelled is tried again
	}
	return got
}

// lessen makes what waits less, and has the ledger keep whom that concerns.
func (s *sync) lessen(ctx workflow.Context) {
	if !s.inbox.load().crowded() {
		return
	}
	if !s.bounded(ctx) {
		s.inbox.collapse()
		return
	}
	out := s.inbox.crowd(workflow.GetInfo(ctx).WorkflowExecution.RunID)
	s.keep(ctx, gate.Note, out.noted, activities.RequestsInput{Group: out.group}, "note the ids of requests that wait together")
	s.endUnserved(ctx, out.refused, ledger.RequestFailed, "too many dry runs of this connection wait already; ask again when they are done")
}

// endUnserved has the ledger say what became of requests.
func (s *sync) endUnserved(ctx workflow.Context, requests []pending, outcome ledger.RequestOutcome, reason string) {
	s.keep(ctx, gate.Settle, requests, activities.RequestsInput{Outcome: outcome, Reason: reason}, "record what became of requests: "+string(outcome))
}

// idsAtOnce and idBytesAtOnce bound the requests that one step names.
const (
	idsAtOnce     = 1000
	idBytesAtOnce = 256 << 10
)

// keep has the ledger keep something of requests, in parts that a payload holds. It goes on without when the ledger cannot: that the
// requests are served matters more than that their ids can be asked for.
func (s *sync) keep(ctx workflow.Context, step any, requests []pending, input activities.RequestsInput, summary string) {
	clean, _ := workflow.NewDisconnectedContext(ctx)
	input.Connection, input.Mode = s.input.Connection, s.mode
	for _, part := range portions(requests) {
		input.Requests = ledgerRequests(part)
		if err := workflow.ExecuteActivity(options(clean, noteOptions, summary), step, input).Get(clean, nil); err != nil {
			workflow.GetLogger(ctx).Error("the ledger does not keep requests", "requests", len(part), "error", err)
		}
	}
}

// portions cuts requests into parts that a payload holds.
func portions(requests []pending) [][]pending {
	var cut [][]pending
	begin, size := 0, 0
	for i, request := range requests {
		if n := len(request.ID) + len(request.By); i > begin && (i-begin >= idsAtOnce || size+n > idBytesAtOnce) {
			cut, begin, size = append(cut, requests[begin:i:i]), i, 0
		}
		size += len(request.ID) + len(request.By)
	}
	if begin < len(requests) {
		cut = append(cut, requests[begin:])
	}
	return cut
}
