package channels

import (
	"fmt"
	"time"
)

// All is a reply that gives every item of a call the same verdict.
func All(items []Item, verdict Verdict) Reply {
	reply := Reply{Items: make([]ItemReply, len(items))}
	for i := range reply.Items {
		reply.Items[i].Verdict = verdict
	}
	return reply
}

// Single is the reply to a call of one item.
func Single(item ItemReply) Reply { return Reply{Items: []ItemReply{item}} }

// Pending is the reply while the store works on a submission: every item is Accepted, and the ticket is polled after a while.
func Pending(items []Item, ticket string, pollAfter time.Duration) Reply {
	reply := All(items, Accepted)
	reply.Ticket, reply.PollAfter = ticket, pollAfter
	return reply
}

// PollDelay is how long to wait before the next poll after so many: the first delay, and twice as long each time, up to the longest.
func PollDelay(first time.Duration, polls int, longest time.Duration) time.Duration {
	return min(first<<min(polls, 10), max(longest, first))
}

// Shown is a success where the store says what it shows, nil where it does not. A store that shows another figure than the item's has
// clamped it.
func Shown(item Item, actual *int64) ItemReply {
	reply := ItemReply{Verdict: Applied, Actual: actual}
	if actual != nil && *actual != item.Quantity {
		reply.Clamped = actual
	}
	return reply
}

// Unnamed fills in the replies of the items that no result of a response names, as Nameless does.
func Unnamed(reply Reply, named []bool, silent string, errors []ItemReply) {
	missing := 0
	for _, is := range named {
		if !is {
			missing++
		}
	}
	for i, is := range named {
		if !is {
			reply.Items[i] = Nameless(silent, errors, missing)
		}
	}
}

// Nameless is what becomes of an item that no result of a response names, when so many items of the call have none; silent says so for
// people. An error that names no item (its id is null, 0 or left out) is this item's when no other item lacks a result and there is no
// other such error. Else it may be any of theirs, so each stays Unknown and keeps the words of the first: the same bytes go out again,
// and tell.
func Nameless(silent string, errors []ItemReply, missing int) ItemReply {
	switch {
	case len(errors) == 0:
		return ItemReply{Reason: silent}
	case len(errors) == 1 && missing == 1:
		return errors[0]
	}
	first := errors[0]
	return ItemReply{Code: first.Code, Reason: fmt.Sprintf("%s, and there are errors that name no item: %s", silent, first.Reason)}
}
