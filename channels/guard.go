package channels

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"unicode/utf8"

	"github.com/tidemark/tidemark/inventory"
)

// Guarded puts a driver under the port's contract. What a driver gets wrong becomes an *Error, so that a fault in one driver
// can never be taken for a success, leave a row without an owner or end the process:
//
//   - a response that does not count as many items as the call is not believed at all;
//   - a call of no items, of more than the store takes, or with a figure below zero is not sent;
//   - an item that is Accepted has a ticket that can be polled, and a refused call has applied nothing;
//   - what is refused in the words of a database whose fault passes is tried again: the item, or the whole call;
//   - an error that is no *Error, and a panic, are a lost response: the same bytes go out again;
//   - codes and reasons are one line of text that is fit to be shown.
//
// The store's Budget is passed on with an error, too, for the pacer.
func Guarded(channel Channel) Channel { return &guard{channel} }

// AsPoller returns the Poller of a channel whose store reports later, behind the same guard as the channel.
func AsPoller(channel Channel) (Poller, bool) {
	poller, ok := As[Poller](channel)
	if _, guarded := channel.(*guard); ok && guarded {
		return guardedPoller{poller}, true
	}
	return poller, ok
}

type guard struct{ channel Channel }

// Unwrap returns the channel behind the guard.
func (g *guard) Unwrap() Channel { return g.channel }

// Limits passes the driver's limits on; a batch is at least one item.
func (g *guard) Limits() Limits {
	limits := g.channel.Limits()
	limits.Batch = max(limits.Batch, 1)
	return limits
}

// Encode refuses items that no store could take as they are.
func (g *guard) Encode(items []Item, key string) (body []byte, err error) {
	defer func() {
		if fault := panicked(recover(), "writing a call"); fault != nil {
			body, err = nil, fault
		}
	}()
	if fault := g.outside(items); fault != nil {
		return nil, fault
	}
	for _, item := range items {
		switch {
		case item.ChannelSKU == "":
			return nil, fmt.Errorf("an item in location %q has no channel SKU", item.Location)
		case item.Quantity < 0:
			return nil, fmt.Errorf("channel SKU %q: the quantity %d is below zero; it must be clamped before it is sent", item.ChannelSKU, item.Quantity)
		case !utf8.ValidString(item.ChannelSKU) || !utf8.ValidString(item.Location):
			return nil, fmt.Errorf("channel SKU %q in location %q is not valid UTF-8; no store could read it back", item.ChannelSKU, item.Location)
		}
	}
	return g.channel.Encode(items, key)
}

func (g *guard) Send(ctx context.Context, call Call) (reply Reply, err error) {
	defer func() {
		if fault := panicked(recover(), "sending a call"); fault != nil {
			reply, err = Reply{}, fault
		}
	}()
	if fault := g.outside(call.Items); fault != nil {
		return Reply{}, fault
	}
	reply, err = g.channel.Send(ctx, call)
	_, polls := As[Poller](g.channel)
	return believed(reply, err, len(call.Items), polls)
}

func (g *guard) Check(ctx context.Context) (finding Finding, err error) {
	defer func() {
		if fault := panicked(recover(), "checking the store"); fault != nil {
			finding, err = Finding{}, fault
		}
	}()
	finding, err = g.channel.Check(ctx)
	return finding, typed(err)
}

// outside tells why a call cannot be sent; nothing has been applied by it.
func (g *guard) outside(items []Item) error {
	limit := g.Limits().Batch
	switch {
	case len(items) == 0:
		return &Error{Next: Anew, Reason: "the call holds no items"}
	case len(items) > limit:
		return &Error{Next: Smaller, Reason: fmt.Sprintf("the call holds %d items, the store takes %d", len(items), limit)}
	}
	return nil
}

type guardedPoller struct{ poller Poller }

func (g guardedPoller) Poll(ctx context.Context, ticket string, items []Item) (reply Reply, err error) {
	defer func() {
		if fault := panicked(recover(), "asking for a report"); fault != nil {
			reply, err = Reply{}, fault
		}
	}()
	reply, err = g.poller.Poll(ctx, ticket, items)
	return believed(reply, err, len(items), true)
}

// believed returns what of a response to a call of so many items can be believed.
func believed(reply Reply, err error, items int, polls bool) (Reply, error) {
	if err != nil {
		return Reply{Budget: reply.Budget}, typed(err)
	}
	disbelieve := func(format string, arguments ...any) (Reply, error) {
		return Reply{Budget: reply.Budget}, &Error{Reason: "the driver's answer is not believed: " + fmt.Sprintf(format, arguments...)}
	}
	if reply.Refused && Passes(reply.Reason) {
		// To halve the call would blame items that have nothing to do with it. Nothing was applied, and the same bytes are still right.
		return Reply{Budget: reply.Budget}, &Error{Reason: "the store's database had an error: " + plain(reply.Reason)}
	}
	reply.PollAfter = max(reply.PollAfter, 0)
	if reply.Refused && len(reply.Items) == 0 {
		reply.Items = make([]ItemReply, items)
		for i := range reply.Items {
			reply.Items[i] = ItemReply{Verdict: NotApplied, Reason: reply.Reason}
		}
	}
	if len(reply.Items) != items {
		return disbelieve("it counts %d items, the call had %d", len(reply.Items), items)
	}
	accepted := 0
	reply.Reason = plain(reply.Reason)
	for i, item := range reply.Items {
		reply.Items[i].Code, reply.Items[i].Reason = plain(item.Code), plain(item.Reason)
		if item.Verdict == Rejected && Passes(item.Reason) {
			reply.Items[i].Verdict = NotApplied
		}
		switch {
		case item.Verdict < Unknown || item.Verdict > Conflict:
			return disbelieve("item %d has the verdict %d, which does not exist", i, item.Verdict)
		case reply.Refused && item.Verdict != NotApplied:
			return disbelieve("it is a refusal of the whole call and has a verdict on item %d", i)
		case item.Verdict == Accepted:
			accepted++
		}
	}
	switch {
	case accepted > 0 && (reply.Ticket == "" || !polls):
		return disbelieve("%d items are accepted, but nothing will report on them", accepted)
	case accepted == 0 && reply.Ticket != "":
		return disbelieve("it has the ticket %q, but no accepted items", reply.Ticket)
	}
	return reply, nil
}

// maxText is the longest code or reason that is kept, in bytes.
const maxText = 500

// plain makes a store's words fit to be kept and shown.
func plain(text string) string { return inventory.OneLine(text, maxText) }

// typed makes an *Error of any error. One that the driver did not judge is a lost response.
func typed(err error) error {
	if err == nil {
		return nil
	}
	const unknown = "the call failed for a reason that the driver does not know"
	var failure *Error
	switch {
	case errors.As(err, &failure) && failure == nil:
		return &Error{Reason: unknown} // a nil pointer in an error: nothing may be asked of it
	case failure != nil && (failure.Next < Resend || failure.Next > AskPerson):
		return &Error{Reason: failure.Reason, Status: failure.Status, Code: failure.Code, Cause: err}
	case failure != nil:
		// Nothing is written that is right already: a driver may return one error from several calls that are under way at once.
		if words := plain(failure.Words); words != failure.Words {
			failure.Words = words
		}
		if failure.Next == AskPerson && Passes(failure.Words) {
			failure.Next = Resend
		}
		return err
	}
	reason := unknown
	switch {
	case errors.Is(err, context.Canceled):
		reason = "the call was cancelled before its answer came"
	case errors.Is(err, context.DeadlineExceeded):
		reason = "the store did not answer in time"
	}
	return &Error{Reason: reason, Cause: err}
}

// panicked makes an error of what recover returned. A value that is no runtime error might hold anything, so it is not shown.
func panicked(value any, doing string) error {
	if value == nil {
		return nil
	}
	what := fmt.Sprintf("%T", value)
	var fault runtime.Error
	if err, ok := value.(error); ok && errors.As(err, &fault) {
		what = fault.Error()
	}
	return &Error{Reason: fmt.Sprintf("the driver panicked while %s: %s; this is a fault of the driver, please report it", doing, what)}
}
