package push

import (
	"errors"
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/ledger"
)

// Effects are the consequences of a store's response. They are carried out in the order of the fields.
type Effects struct {
	Forget   []string          // channel SKUs whose references the store no longer knows
	Remember map[string]string // references by channel SKU
	Park     []Parked          // rows that cannot be sent
	Abandon  *Abandoned        // a call that must not be sent again
	Response *ledger.Response
	// Check asks the caller to make a read that changes nothing in the store. Machine.Checked takes its result and returns the other effects.
	Check bool
	Pause *Pause // the slice ends; the push goes on later
	Fail  error  // the push ends with this error
}

// Parked is a row that cannot be sent, with the reason in its response.
type Parked struct {
	Row      ledger.DueItem
	Response ledger.ItemResponse
}

// Abandoned is a call that is not sent again, with the reason.
type Abandoned struct{ Key, Why string }

// Pause says when the push goes on, and for people why not earlier.
type Pause struct {
	Until time.Time
	Why   string
}

// Answered takes the response to a call, or the error with which it failed.
func (m *Machine) Answered(number int, reply channels.Reply, failed error, now time.Time) Effects {
	under := m.flights[number]
	m.returned()
	effects := m.applyReply(under, reply, failed, now)
	if !effects.Check {
		delete(m.flights, number)
	}
	m.note(effects)
	m.rereadMoved(under.step.Call.Items)
	return effects
}

// note requests the list of open calls anew when effects leave a call open. Only the ledger knows whether such a call is still open.
func (m *Machine) note(effects Effects) {
	if effects.Response == nil {
		return
	}
	if effects.Response.Ticket != "" {
		m.listed = false
	}
	for _, item := range effects.Response.Items {
		if item.Status == ledger.StatusUnknown || item.Status == ledger.StatusSent {
			m.listed = false
		}
	}
}

func (m *Machine) applyReply(under *flight, reply channels.Reply, failed error, now time.Time) Effects {
	if under.mayArrive(now) && (failed != nil || !allTaken(reply)) {
		return undecided(under, reply, failed, now)
	}
	if failed != nil {
		return m.applyFailure(under, failed, now)
	}
	if reply.Refused || nothingNamed(reply) {
		return m.applyRefusal(under, reply.Reason, now)
	}
	call := under.step.Call
	effects := Effects{Response: &ledger.Response{Key: call.Key, Ticket: reply.Ticket, Note: reply.Reason, Now: now}}
	if reply.Ticket != "" {
		effects.Response.PollAfter = now.Add(reply.PollAfter)
	}
	for i, row := range call.Items {
		if verdict := reply.Items[i].Verdict; verdict == channels.Applied || verdict == channels.Accepted {
			m.of(under.step).answered()
		}
		effects.Response.Items = append(effects.Response.Items, meaning(row, reply.Items[i]))
		if reply.Items[i].Lost {
			effects.Forget = append(effects.Forget, row.ChannelSKU)
		}
	}
	return effects
}

// mayArrive is true for a call that is sent again while an earlier copy of it, by a worker that was lost, may still reach the store.
func (f *flight) mayArrive(now time.Time) bool {
	call := f.step.Call
	return f.step.Kind == Resend && call.PollAfter.IsZero() && call.Deadline.After(now)
}

// allTaken is true when the store took every item.
func allTaken(reply channels.Reply) bool {
	for _, item := range reply.Items {
		if item.Verdict != channels.Applied && item.Verdict != channels.Accepted {
			return false
		}
	}
	return !reply.Refused
}

// undecided is what a response means while an earlier copy of the call may still reach the store. Items that the store did not take stay in
// the call. It is sent again after the copy's deadline: a newer figure that was sent before would be overwritten by the copy.
func undecided(under *flight, reply channels.Reply, failed error, now time.Time) Effects {
	call := under.step.Call
	why := reply.Reason
	if failed != nil {
		why = failed.Error()
	}
	effects := all(under, ledger.StatusUnknown, why, now)
	if effects.Response.PollAfter.Before(call.Deadline) {
		effects.Response.PollAfter = call.Deadline
	}
	for i, item := range reply.Items {
		if failed == nil && item.Verdict == channels.Applied {
			effects.Response.Items[i] = meaning(call.Items[i], item)
		}
	}
	return effects
}

// meaning maps a store's verdict on an item to the status that the ledger keeps.
func meaning(row ledger.DueItem, reply channels.ItemReply) ledger.ItemResponse {
	response := ledger.ItemResponse{Location: row.Location, ChannelSKU: row.ChannelSKU, Reason: reason(reply)}
	switch reply.Verdict {
	case channels.Applied:
		response.Status, response.Shown = ledger.StatusExported, reply.Clamped
	case channels.Accepted:
		response.Status = ledger.StatusSent
	case channels.Rejected:
		response.Status = ledger.StatusRejected
	case channels.NotApplied:
		response.Status = ledger.StatusPending
		if response.Reason != "" || reply.Lost {
			response.Status = ledger.StatusRetrying // the cause may last, so the attempts are counted
		}
	case channels.Conflict:
		response.Status, response.Shown = ledger.StatusRetrying, reply.Actual
	case channels.Unknown:
		response.Status = ledger.StatusUnknown
	}
	return response
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

// nothingNamed is true when a response applied nothing and gives no reason for any item. Sending the same call again would bring the same
// response, so it is treated like a refusal of the whole call.
func nothingNamed(reply channels.Reply) bool {
	for _, item := range reply.Items {
		if item.Verdict != channels.NotApplied || item.Lost || item.Code != "" || item.Reason != "" {
			return false
		}
	}
	return len(reply.Items) > 0
}

// applyRefusal splits a call that the store refused as a whole into two halves. When the call has only one item, that item is rejected.
func (m *Machine) applyRefusal(under *flight, why string, now time.Time) Effects {
	call := under.step.Call
	if len(call.Items) == 1 {
		return all(under, ledger.StatusRejected, why, now)
	}
	left, right := channels.Halves(call.Items)
	response := &ledger.Response{Key: call.Key, Note: why, Now: now}
	for i := range call.Items {
		// The limit is kept with the row, so that another worker or a later slice continues the search here.
		row := &call.Items[i]
		row.Part = len(left)
		response.Items = append(response.Items, ledger.ItemResponse{
			Location: row.Location, ChannelSKU: row.ChannelSKU, Status: ledger.StatusPending, Reason: why, Part: row.Part,
		})
	}
	m.parts = append(m.parts, right, left)
	return Effects{Response: response}
}

// applyFailure does what the driver's error asks for.
func (m *Machine) applyFailure(under *flight, failed error, now time.Time) Effects {
	call := under.step.Call
	var cause *channels.Error
	if !errors.As(failed, &cause) {
		cause = &channels.Error{Next: channels.Resend, Reason: failed.Error()}
	}
	switch cause.Next {
	case channels.Wait:
		if !under.again() {
			m.parts = append(m.parts, call.Items)
		}
		return all(under, under.untouched(), cause.Error(), now)
	case channels.Anew:
		return Effects{Abandon: &Abandoned{Key: call.Key, Why: cause.Error()}}
	case channels.Smaller:
		return m.applyRefusal(under, cause.Error(), now)
	case channels.AskPerson:
		return m.applyBlame(under, cause, now)
	}
	return all(under, under.unanswered(), cause.Error(), now)
}

// unanswered is the status of the rows of a call without a response.
func (f *flight) unanswered() ledger.Status {
	if f.step.Kind == Poll {
		return ledger.StatusSent
	}
	return ledger.StatusUnknown
}

// untouched is the status of the rows of a call that did nothing this time. An earlier send of the same call may have done something.
func (f *flight) untouched() ledger.Status {
	if f.again() {
		return f.unanswered()
	}
	return ledger.StatusPending
}

// all gives every row of a call the same status. A call that stays open is sent again, or polled, after a backoff.
func all(under *flight, status ledger.Status, why string, now time.Time) Effects {
	call := under.step.Call
	response := &ledger.Response{Key: call.Key, Note: why, Now: now}
	if status == ledger.StatusUnknown || status == ledger.StatusSent {
		response.Ticket, response.PollAfter = call.Ticket, now.Add(backoff(call.Sends+1))
	}
	for _, row := range call.Items {
		response.Items = append(response.Items, ledger.ItemResponse{Location: row.Location, ChannelSKU: row.ChannelSKU, Status: status, Reason: why})
	}
	return Effects{Response: response}
}
