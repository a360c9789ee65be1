package push

import (
	"errors"
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/ledger"
)

// Effects are what a response of the store changes. They are carried out in the order of the fields.
type Effects struct {
	Forget   []string          // channel SKUs whose references the store does not know any more
	Remember map[string]string // references by channel SKU
	Park     []Parked          // rows that cannot be sent
	Abandon  *Abandoned        // a call that must not be sent again as it was
	Response *ledger.Response
	// Check asks for a read of the store that changes nothing. What it brought is told to Checked, which has the other effects.
	Check bool
	Pause *Pause // the slice ends, and the push goes on later
	Fail  error  // the push ends
}

// Parked is a row that cannot be sent, and why.
type Parked struct {
	Row      ledger.DueItem
	Response ledger.ItemResponse
}

// Abandoned is a call that is given up.
type Abandoned struct{ Key, Why string }

// Pause is when a push goes on, and why not before, for people.
type Pause struct {
	Until time.Time
	Why   string
}

// Answered tells the reply to a call, or how it failed.
func (m *Machine) Answered(number int, reply channels.Reply, failed error, now time.Time) Effects {
	under := m.flights[number]
	m.returned()
	effects := m.applyReply(under, reply, failed, now)
	if !effects.Check {
		delete(m.flights, number)
	}
	m.note(effects)
	m.stirred(under.step.Call.Items)
	return effects
}

// note keeps what effects do to the open calls. The ledger decides whether a call that may be open still is.
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
	if under.mayArrive(now) && (failed != nil || !taken(reply)) {
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

// mayArrive is true for a call that was sent again while the copy of a worker that was lost may still arrive.
func (f *flight) mayArrive(now time.Time) bool {
	call := f.step.Call
	return f.step.Kind == Resend && call.PollAfter.IsZero() && call.Deadline.After(now)
}

// taken is true when the store took every item.
func taken(reply channels.Reply) bool {
	for _, item := range reply.Items {
		if item.Verdict != channels.Applied && item.Verdict != channels.Accepted {
			return false
		}
	}
	return !reply.Refused
}

// undecided is what a response means while an earlier copy of its call may still arrive. Items that the store did not take stay in the call until
// that copy is certainly over, and the call is then sent again: a newer figure that went out before would be overwritten by the copy.
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

// meaning turns a verdict into what the ledger keeps.
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
			response.Status = ledger.StatusRetrying // it has a cause of its own, which may last: the tries are counted
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

// nothingNamed is true when a response says that nothing was applied and names no reason in any item. Sending the same again
// would bring the same again, so it is treated as a refusal of the whole.
func nothingNamed(reply channels.Reply) bool {
	for _, item := range reply.Items {
		if item.Verdict != channels.NotApplied || item.Lost || item.Code != "" || item.Reason != "" {
			return false
		}
	}
	return len(reply.Items) > 0
}

// applyRefusal halves a call that the store refused without naming anybody. A single item that is refused is the culprit.
func (m *Machine) applyRefusal(under *flight, why string, now time.Time) Effects {
	call := under.step.Call
	if len(call.Items) == 1 {
		return all(under, ledger.StatusRejected, why, now)
	}
	left, right := channels.Halves(call.Items)
	response := &ledger.Response{Key: call.Key, Note: why, Now: now}
	for i := range call.Items {
		// The limit is kept with the row, so that another worker, or a slice much later, goes on where this one was.
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

// unanswered is the status of rows of a call whose response did not come.
func (f *flight) unanswered() ledger.Status {
	if f.step.Kind == Poll {
		return ledger.StatusSent
	}
	return ledger.StatusUnknown
}

// untouched is the status of rows of a call that did nothing. It says nothing about an earlier send of the same call.
func (f *flight) untouched() ledger.Status {
	if f.again() {
		return f.unanswered()
	}
	return ledger.StatusPending
}

// all gives every row of a call the same response. A call that stays open is tried again after a while.
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
