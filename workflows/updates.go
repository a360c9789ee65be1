package workflows

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/inventory"
)

// describe registers the signals, updates and queries of the workflow, each with a description that `temporal workflow metadata` and the Web UI show.
func (s *sync) describe(ctx workflow.Context) error {
	s.requests = workflow.GetSignalChannelWithOptions(ctx, SignalSyncRequested, workflow.SignalChannelOptions{
		Description: `Asks for one more run. Payload: {"id": "…", "by": "NAME", "skus": ["…"], "dry_run": false}, all optional.`,
	})
	s.approve = workflow.GetSignalChannelWithOptions(ctx, SignalApprove, workflow.SignalChannelOptions{
		Description: `Lets a held run go on; it fetches anew first. Payload: {"by": "NAME"}. The update of this name answers.`,
	})
	s.reject = workflow.GetSignalChannelWithOptions(ctx, SignalReject, workflow.SignalChannelOptions{
		Description: `Refuses what a held run wants to do; the same is not asked again. Payload: {"by": "NAME"}. The update of this name answers.`,
	})
	s.dissolved = workflow.GetSignalChannelWithOptions(ctx, SignalHoldDissolved, workflow.SignalChannelOptions{
		Description: "Tidemark tells a held run by it that another run has removed the reason of its hold; it then checks at once whether it must stay held.",
	})
	err := workflow.SetQueryHandlerWithOptions(ctx, QueryProgress, func() (Progress, error) {
		shown := s.progress
		shown.Requests, shown.Queued = s.inbox.ids(), s.inbox.waiting()
		return shown, nil
	}, workflow.QueryHandlerOptions{Description: "How far the run is, what it waits for, and which requests wait for the next one."})
	if err != nil {
		return err
	}
	err = workflow.SetUpdateHandlerWithOptions(ctx, UpdateSync, s.onSync, workflow.UpdateHandlerOptions{
		Validator:   func(_ workflow.Context, request SyncRequest) error { return s.checkRequest(request) },
		Description: `Asks for one more run and answers what became of that: started, joined, waits, covered. Payload: {"by": "NAME", "skus": ["…"]}, all optional.`,
	})
	if err != nil {
		return err
	}
	for _, entry := range []struct{ name, decision, description string }{
		{UpdateApprove, activities.Approved, `Lets a held run go on and answers which runs that released. Payload: {"by": "NAME"}.`},
		{UpdateReject, activities.Rejected, `Refuses what a held run wants to do and answers which runs that ended. Payload: {"by": "NAME"}.`},
	} {
		handler := func(ctx workflow.Context, decision Decision) (DecisionAnswer, error) {
			return s.onDecision(ctx, entry.decision, decision)
		}
		err = workflow.SetUpdateHandlerWithOptions(ctx, entry.name, handler, workflow.UpdateHandlerOptions{
			Validator:   func(_ workflow.Context, decision Decision) error { return checkDecision(decision) },
			Description: entry.description,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// checkRequest refuses an update with an invalid request. A signal cannot be refused, so its request is made storable instead.
func (s *sync) checkRequest(request SyncRequest) error {
	if len(request.SKUs) > MaximumScope {
		return fmt.Errorf("%d SKUs are more than one request may name (%d); ask for everything, or in parts", len(request.SKUs), MaximumScope)
	}
	for _, sku := range request.SKUs {
		if err := inventory.CheckSKU("SKU", sku); err != nil {
			return err
		}
	}
	if RequestID(request.ID) != request.ID {
		return fmt.Errorf("the id of a request is at most %d bytes of text without control characters", mostID)
	}
	if len(request.By) > mostID {
		return fmt.Errorf("the name of who asks is longer than %d bytes", mostID)
	}
	if request.DryRun && s.inbox.load().dry >= mostDry {
		return fmt.Errorf("%d dry runs of this connection wait already; ask again when they are done", mostDry)
	}
	return nil
}

// checkDecision refuses a decision that cannot be recorded.
func checkDecision(decision Decision) error {
	if len(decision.By) > mostID {
		return fmt.Errorf("the name of who answers is longer than %d bytes", mostID)
	}
	return nil
}

// onSync takes in a request, with those that share its update, and answers as soon as its answer is known.
func (s *sync) onSync(ctx workflow.Context, request SyncRequest) (SyncAnswer, error) {
	all := request.Each()
	waiting := s.withID(ctx, all[0])
	fresh := s.accept(waiting)
	for _, other := range all[1:] {
		s.accept(s.withID(ctx, other))
	}
	s.stirred = true
	accepted := s.fates.begun
	var fate SyncAnswer
	err := workflow.Await(ctx, func() (ok bool) {
		fate, ok = s.fates.answer(waiting.ID, accepted, fresh, s.inbox.ids(), s.progress)
		return ok
	})
	return fate, err
}

// onDecision takes in a person's decision, and returns its result as soon as that is known.
func (s *sync) onDecision(ctx workflow.Context, kind string, decision Decision) (DecisionAnswer, error) {
	item := &answer{Decision: decision, decision: kind, at: workflow.Now(ctx)}
	s.desk.add(item)
	if item.done {
		s.paint(ctx)
	}
	err := workflow.Await(ctx, func() bool { return item.done })
	return item.result, err
}

// readAnswers takes in the decisions that came by signal, rejections first.
func (s *sync) readAnswers(ctx workflow.Context) {
	for _, channel := range []struct {
		workflow.ReceiveChannel
		decision string
	}{{s.reject, activities.Rejected}, {s.approve, activities.Approved}} {
		var decision Decision
		for channel.ReceiveAsync(&decision) {
			s.desk.add(&answer{Decision: decision, decision: channel.decision, at: workflow.Now(ctx)})
			decision = Decision{}
		}
	}
}

// release lets every waiting update return, because the workflow is about to end or to continue as new. It reads the requests that have come by then,
// so that none is left behind.
func (s *sync) release(ctx workflow.Context) {
	s.fates.leaving = true
	s.desk.turnAway("the workflow went on in a new run; ask there again")
	clean, _ := workflow.NewDisconnectedContext(ctx)
	_ = workflow.Await(clean, func() bool { return workflow.AllHandlersFinished(clean) }) // disconnected from any cancellation
	s.fates.leaving = false
	s.drain(ctx)
}
