package activities

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/ledger"
)

func (s *slice) asked(items []ledger.DueItem) []channels.Item {
	asked := make([]channels.Item, len(items))
	for i, item := range items {
		asked[i] = channels.Item{Location: item.Location, ChannelSKU: item.ChannelSKU, Quantity: item.Quantity, Reference: item.Reference}
		if s.limits.Compare && item.Attempts < comparedTries {
			asked[i].Expected = item.Exported
		}
	}
	return asked
}

// make writes the intent, makes the call and writes the answer.
func (s *slice) make(ctx context.Context, pacer *channels.Pacer, step step) error {
	now := s.Now()
	timeout := callTimeout(s.limits)
	deadline := now.Add(timeout + callMargin)
	call := step.call
	var err error
	if step.resend || step.poll {
		err = s.Ledger.Resend(ctx, s.input.Lease, call.Key, deadline, now)
	} else {
		call.Deadline, call.Now = deadline, now
		if s.limits.ItemCalls > 0 {
			call.CountOn = ledger.DayOf(now, s.limits.DayZone)
		}
		err = s.Ledger.Intend(ctx, s.input.Lease, call.Intent)
	}
	if err != nil {
		return err
	}
	if !step.resend && !step.poll {
		s.parts = s.parts[:len(s.parts)-1]
	}
	pacer.Began(now)
	limited, cancel := context.WithTimeout(ctx, timeout)
	var reply channels.Reply
	if step.poll {
		reply, err = s.poll(limited, call)
	} else {
		reply, err = s.channel.Send(limited, channels.Call{Key: call.Key, Body: call.Body, Items: s.asked(call.Items)})
	}
	cancel()
	pacer.Ended(s.Now(), reply.Budget, err)
	count(ctx, s.store, reply, err, s.Now().Sub(now))

	// The answer is written even when a cancellation came meanwhile: what the store said must not be lost.
	keep, done := context.WithTimeout(context.WithoutCancel(ctx), answerPatience)
	defer done()
	return s.settle(keep, step, reply, err)
}

func (s *slice) poll(ctx context.Context, call *ledger.OpenCall) (channels.Reply, error) {
	poller, ok := channels.AsPoller(s.channel)
	if !ok {
		return channels.Reply{}, &channels.Error{Next: channels.Anew, Reason: fmt.Sprintf("store %s no longer reports on submissions; they are sent again", s.store.ID)}
	}
	return poller.Poll(ctx, call.Ticket, s.asked(call.Items))
}

// callTimeout is the longest that a call may take.
func callTimeout(limits channels.Limits) time.Duration {
	if limits.Timeout > 0 {
		return limits.Timeout
	}
	return longestCall
}

// settle writes down what a call brought.
func (s *slice) settle(ctx context.Context, step step, reply channels.Reply, failed error) error {
	call, now := step.call, s.Now()
	if failed != nil {
		return s.settleFailure(ctx, step, failed)
	}
	if reply.Refused || nothingNamed(reply) {
		return s.settleRefusal(ctx, step, reply.Reason)
	}
	answer := ledger.Answer{Key: call.Key, Ticket: reply.Ticket, Note: reply.Reason, Now: now}
	if reply.Ticket != "" {
		answer.PollAfter = now.Add(reply.PollAfter)
	}
	var lost []string
	for i, item := range call.Items {
		if verdict := reply.Items[i].Verdict; verdict == channels.Applied || verdict == channels.Accepted {
			s.refusals.taken()
		}
		answer.Items = append(answer.Items, meaning(item, reply.Items[i]))
		if reply.Items[i].Lost {
			lost = append(lost, item.ChannelSKU)
		}
	}
	if len(lost) > 0 {
		if err := s.Ledger.Forget(ctx, s.input.Lease, lost); err != nil {
			return err
		}
	}
	return s.Ledger.Answer(ctx, s.input.Lease, answer)
}

// meaning turns a verdict into what the ledger keeps.
func meaning(item ledger.DueItem, reply channels.ItemReply) ledger.ItemAnswer {
	answer := ledger.ItemAnswer{Location: item.Location, ChannelSKU: item.ChannelSKU, Reason: reason(reply)}
	switch reply.Verdict {
	case channels.Applied:
		answer.Status, answer.Shown = ledger.StatusExported, reply.Clamped
	case channels.Accepted:
		answer.Status = ledger.StatusSent
	case channels.Rejected:
		answer.Status = ledger.StatusRejected
	case channels.NotApplied:
		answer.Status = ledger.StatusPending
		if answer.Reason != "" || reply.Lost {
			answer.Status = ledger.StatusRetrying // it has a cause of its own, which may last: the tries are counted
		}
	case channels.Conflict:
		answer.Status, answer.Shown = ledger.StatusRetrying, reply.Actual
	case channels.Unknown:
		answer.Status = ledger.StatusUnknown
	}
	return answer
}

func reason(reply channels.ItemReply) string {
	switch {
	case reply.Code == "":
		return reply.Reason
	case reply.Reason == "":
		return reply.Code
	}
	return reply.Code + ": " + reply.Reason
}

// settleRefusal halves a call that the store refused without naming anybody. A single item that is refused is the culprit.
func (s *slice) settleRefusal(ctx context.Context, step step, why string) error {
	call := step.call
	if len(call.Items) == 1 {
		return s.answerAll(ctx, call, ledger.StatusRejected, why)
	}
	left, right := channels.Halves(call.Items)
	answer := ledger.Answer{Key: call.Key, Note: why, Now: s.Now()}
	for i := range call.Items {
		// The limit is kept with the row, so that another worker, or a slice much later, goes on where this one was.
		item := &call.Items[i]
		item.Part = len(left)
		answer.Items = append(answer.Items, ledger.ItemAnswer{
			Location: item.Location, ChannelSKU: item.ChannelSKU, Status: ledger.StatusPending, Reason: why, Part: item.Part,
		})
	}
	s.parts = append(s.parts, right, left)
	return s.Ledger.Answer(ctx, s.input.Lease, answer)
}

// settleFailure does what the driver's error asks for.
func (s *slice) settleFailure(ctx context.Context, step step, failed error) error {
	call := step.call
	var told *channels.Error
	if !errors.As(failed, &told) {
		told = &channels.Error{Next: channels.Resend, Reason: failed.Error()}
	}
	switch told.Next {
	case channels.Resend:
		return s.answerAll(ctx, call, open(step), told.Error())
	case channels.Wait:
		if !step.resend && !step.poll {
			s.parts = append(s.parts, call.Items)
		}
		return s.answerAll(ctx, call, untouched(step), told.Error())
	case channels.Anew:
		return s.Ledger.Abandon(ctx, s.input.Lease, call.Key, told.Error(), s.Now())
	case channels.Smaller:
		return s.settleRefusal(ctx, step, told.Error())
	case channels.AskPerson:
		return s.settleBlame(ctx, step, told)
	}
	return fmt.Errorf("store %s: a driver asks for something unheard of: %w", s.store.ID, told)
}

// open is the status of rows of a call whose answer did not come.
func open(step step) ledger.Status {
	if step.poll {
		return ledger.StatusSent
	}
	return ledger.StatusUnknown
}

// untouched is the status of rows of a call that did nothing. It says nothing about an earlier send of the same call.
func untouched(step step) ledger.Status {
	if step.poll || step.resend {
		return open(step)
	}
	return ledger.StatusPending
}

// answerAll gives every item of a call the same answer. A call that stays open is tried again after a while.
func (s *slice) answerAll(ctx context.Context, call *ledger.OpenCall, status ledger.Status, why string) error {
	answer := ledger.Answer{Key: call.Key, Note: why, Now: s.Now()}
	if status == ledger.StatusUnknown || status == ledger.StatusSent {
		answer.Ticket, answer.PollAfter = call.Ticket, s.Now().Add(backoff(call.Sends+1))
	}
	for _, item := range call.Items {
		answer.Items = append(answer.Items, ledger.ItemAnswer{Location: item.Location, ChannelSKU: item.ChannelSKU, Status: status, Reason: why})
	}
	return s.Ledger.Answer(ctx, s.input.Lease, answer)
}

// report adds the run's figures to how a slice ended.
func (s *slice) report(ctx context.Context, result PushResult) (PushResult, error) {
	due, err := s.Ledger.Due(ctx, s.input.Connection, s.input.Scope)
	if err != nil {
		return PushResult{}, err
	}
	if result.Counts, err = s.Ledger.Tally(ctx, s.input.Lease.Run); err != nil {
		return PushResult{}, err
	}
	result.Left, result.Rate = due.Rows, s.meters.Rate()
	return result, nil
}
