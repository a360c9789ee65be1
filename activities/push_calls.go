package activities

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/crash"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/push"
)

// responsePatience is how long the ledger may take to record a response after the activity was cancelled.
const responsePatience = 10 * time.Second

// reply is the result of a call.
type reply struct {
	number  int // the machine's number of the call
	kind    push.Kind
	pacer   *channels.Pacer
	paid    int // the pacer's number of the call
	took    time.Duration
	reply   channels.Reply
	matches []channels.Found
	err     error
}

// record does a step that concerns only the ledger.
func (s *slice) record(ctx context.Context, step push.Step) error {
	switch step.Kind {
	case push.ReadOpen:
		calls, err := s.Ledger.OpenCalls(ctx, s.input.Connection)
		if err != nil {
			return err
		}
		s.machine.Opened(calls)
	case push.ReadCall:
		call, err := s.Ledger.OpenCall(ctx, s.input.Connection, step.Key)
		if err != nil {
			return err
		}
		s.machine.Read(call)
	case push.ReadDue:
		rows, err := s.Ledger.NextDue(ctx, step.Query)
		if err != nil {
			return err
		}
		s.machine.Due(rows)
	case push.ReadReferences:
		references, err := s.Ledger.References(ctx, s.store.ID, step.SKUs)
		if err != nil {
			return err
		}
		s.machine.Known(step, references, s.Now())
	case push.Abandon:
		if err := s.Ledger.Abandon(ctx, s.input.Lease, step.Key, step.Why, s.Now()); err != nil {
			return err
		}
		crash.At(crash.CallAbandoned)
		s.machine.Abandoned(step.Key)
	}
	return nil
}

// beginning is a prepared call: it is paid for in the pacer, and is made once its intent is recorded.
type beginning struct {
	number int
	kind   push.Kind
	call   ledger.OpenCall
	items  []channels.Item
	pacer  *channels.Pacer
	paid   int
	at     time.Time
}

// start prepares a call.
func (s *slice) start(ctx context.Context, pacer *channels.Pacer, step push.Step) error {
	now, items := s.Now(), s.machine.Items(step.Call.Items)
	paid := pacer.Began(now)
	call, err := s.intend(ctx, step, items, now)
	if err != nil {
		pacer.Answered(paid, now, channels.Budget{}, err)
		return err
	}
	s.beginning = append(s.beginning, beginning{s.machine.Began(step, call), step.Kind, call, items, pacer, paid, now})
	return nil
}

// intend returns the call to make. A new call gets an intent, which launch records. A call that is sent again, or polled, is recorded at once.
func (s *slice) intend(ctx context.Context, step push.Step, items []channels.Item, now time.Time) (ledger.OpenCall, error) {
	call := step.Call
	switch step.Kind {
	case push.Send:
		key := uuid.NewString()
		body, err := s.channel.Encode(items, key)
		if err != nil {
			return call, askPerson(ErrorNotConfigured, fmt.Sprintf("store %s: the driver cannot write a call of %d items: %v", s.store.ID, len(items), err), err)
		}
		call.Intent = s.machine.Intent(step, key, body, now)
		call.Pace = s.pace() // it includes the payment for this call
		s.today++
	case push.Resend, push.Poll:
		if err := s.Ledger.Resend(ctx, s.input.Lease, call.Key, s.machine.Deadline(now), now); err != nil {
			return call, err
		}
		crash.At(crash.ResendNoted)
		s.today++
	}
	return call, nil
}

// launch records the intents of the prepared calls, and makes each call in a goroutine. If the intents cannot be recorded, none of the calls is
// made.
func (s *slice) launch(ctx context.Context) error {
	calls := s.beginning
	if s.beginning = nil; len(calls) == 0 {
		return nil
	}
	var intents []ledger.Intent
	for _, beginning := range calls {
		if beginning.kind == push.Send {
			intents = append(intents, beginning.call.Intent)
		}
	}
	if err := s.Ledger.Intend(ctx, s.input.Lease, intents...); err != nil {
		for _, beginning := range calls {
			beginning.pacer.Answered(beginning.paid, s.Now(), channels.Budget{}, err)
			s.machine.Withdrawn(beginning.number)
		}
		return err
	}
	if len(intents) > 0 {
		crash.At(crash.IntentWritten)
	}
	for _, beginning := range calls {
		go s.perform(ctx, beginning)
	}
	return nil
}

// perform makes a call and sends its result to the loop. The call's time began when it was prepared. A worker that was suspended since then must
// not make the call after its deadline, because others take it for over.
func (s *slice) perform(ctx context.Context, call beginning) {
	left := s.machine.Timeout() - s.Now().Sub(call.at)
	response := reply{err: &channels.Error{Reason: "the call was not made: the worker stood still until its time was over"}}
	if left > 0 {
		limited, cancel := context.WithTimeout(ctx, left)
		defer cancel()
		response = s.call(limited, call.kind, call.call, call.items)
		crash.At(crash.CallAnswered)
	}
	response.number, response.kind, response.pacer, response.paid, response.took = call.number, call.kind, call.pacer, call.paid, s.Now().Sub(call.at)
	s.replies <- response
}

// call makes a call.
func (s *slice) call(ctx context.Context, kind push.Kind, call ledger.OpenCall, items []channels.Item) (response reply) {
	switch kind {
	case push.Find:
		finder, ok := channels.AsFinder(s.channel)
		if !ok {
			response.err = fmt.Errorf("store %s: the driver %s cannot resolve ids", s.store.ID, s.store.Driver)
			return response
		}
		response.matches, response.reply.Budget, response.err = finder.Find(ctx, items)
	case push.Poll:
		poller, ok := channels.AsPoller(s.channel)
		if !ok {
			response.err = &channels.Error{Next: channels.Anew, Reason: fmt.Sprintf("store %s no longer reports on submissions; they are sent again", s.store.ID)}
			return response
		}
		response.reply, response.err = poller.Poll(ctx, call.Ticket, items)
	default:
		response.reply, response.err = s.channel.Send(ctx, channels.Call{Key: call.Key, Body: call.Body, Items: items})
	}
	return response
}

// writeResponses records the results of calls. It does so even after a cancellation, because a store's response must not be lost.
func (s *slice) writeResponses(ctx context.Context, responses []reply) *ending {
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), responsePatience)
	defer cancel()
	var end *ending
	var written []ledger.Response
	throttled := int64(0)
	for _, response := range responses {
		effects, err := s.applyReply(ctx, response), error(nil)
		if throttles(response.err) {
			throttled++
		}
		if effects.Check {
			// The responses before this one are recorded first, because the check uses the run's figures.
			if err = s.Ledger.ApplyResponses(limited, s.input.Lease, written...); err == nil {
				written = nil
				effects, err = s.check(limited, response)
			}
			if err != nil {
				s.machine.Withdrawn(response.number)
			}
		}
		if err == nil {
			written, err = s.write(limited, effects, written)
		}
		if last := ended(effects, err); last != nil && (end == nil || end.err == nil) {
			end = last
		}
	}
	err := s.Ledger.ApplyResponses(limited, s.input.Lease, written...)
	if err == nil && throttled > 0 {
		err = s.Ledger.Throttled(limited, s.input.Lease, throttled, s.Now())
	}
	if err != nil {
		return &ending{err: err}
	}
	crash.At(crash.AnswerWritten)
	return end
}

// applyReply returns the effects of a response.
func (s *slice) applyReply(ctx context.Context, response reply) push.Effects {
	count(ctx, s.store, response.reply, response.err, response.took)
	response.pacer.Answered(response.paid, s.Now(), response.reply.Budget, response.err)
	if response.kind == push.Find {
		return s.machine.Found(response.number, response.matches, response.err, s.Now())
	}
	return s.machine.Answered(response.number, response.reply, response.err, s.Now())
}

// check returns the effects of a response that depend on whether the store answers a check.
func (s *slice) check(ctx context.Context, response reply) (push.Effects, error) {
	earlier, err := s.Ledger.Tally(ctx, s.input.Lease.Run)
	if err != nil {
		return push.Effects{}, err
	}
	s.machine.Earlier(earlier)
	_, err = s.channel.Check(ctx)
	return s.machine.Checked(response.number, err, s.Now()), nil
}

// ended returns the end of the slice, if effects or an error in carrying them out end it; otherwise nil.
func ended(effects push.Effects, err error) *ending {
	switch {
	case err != nil:
		return &ending{err: err}
	case effects.Fail != nil:
		return &ending{err: effects.Fail}
	case effects.Pause != nil:
		return &ending{result: PushResult{Until: effects.Pause.Until, Why: effects.Pause.Why, Faulty: true}}
	}
	return nil
}

// write carries effects out, except for their response: it adds that to the responses that are recorded together later.
func (s *slice) write(ctx context.Context, effects push.Effects, written []ledger.Response) ([]ledger.Response, error) {
	lease, now := s.input.Lease, s.Now()
	if len(effects.Forget) > 0 {
		if err := s.Ledger.Forget(ctx, lease, effects.Forget); err != nil {
			return written, err
		}
	}
	if len(effects.Remember) > 0 {
		if err := s.Ledger.Remember(ctx, lease, effects.Remember, now); err != nil {
			return written, err
		}
	}
	if len(effects.Park) > 0 {
		rows, responses := make([]ledger.DueItem, len(effects.Park)), make([]ledger.ItemResponse, len(effects.Park))
		for i, parked := range effects.Park {
			rows[i], responses[i] = parked.Row, parked.Response
		}
		if err := s.Ledger.Park(ctx, lease, rows, responses, now); err != nil {
			return written, err
		}
	}
	if effects.Abandon != nil {
		if err := s.Ledger.Abandon(ctx, lease, effects.Abandon.Key, effects.Abandon.Why, now); err != nil {
			return written, err
		}
	}
	if effects.Response != nil {
		effects.Response.Pace = s.pace()
		written = append(written, *effects.Response)
	}
	return written, nil
}
