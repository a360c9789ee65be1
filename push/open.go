package push

import (
	"slices"
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/ledger"
)

// verb is what to do with an open call.
type verb int

const (
	wait verb = iota
	send
	poll
	abandon
)

type decision struct {
	what  verb
	until time.Time // until when, for wait
	why   string    // for wait and abandon, for people
}

const (
	// sendsPerCall is how often one call is sent before it is abandoned. After that its rows are sent in a new call. As long as a call without
	// a response is open, nothing else is sent for its rows, because a late resend would overwrite a newer figure.
	sendsPerCall = 5
	// ticketPatience is how long a store may work on a submission.
	ticketPatience = 24 * time.Hour
)

// decide says what to do with a call without a known response.
func decide(call ledger.CallStanding, limits channels.Limits, now time.Time) decision {
	if call.Ticket != "" {
		switch {
		case now.Sub(call.Begun) > ticketPatience:
			return decision{what: abandon, why: "the store has not reported on submission " + call.Ticket + " for a day; its rows are sent again"}
		case call.PollAfter.After(now):
			return decision{what: wait, until: call.PollAfter, why: "waiting for the store's report on submission " + call.Ticket}
		}
		return decision{what: poll}
	}
	keyed := limits.KeyLifetime > 0
	mayRun := call.PollAfter.IsZero() && call.Deadline.After(now) // the worker that made it was lost, so the call may still be under way
	spent, forgotten := call.Sends >= sendsPerCall, keyed && now.Sub(call.Begun) > limits.KeyLifetime
	switch {
	case mayRun && (spent || forgotten || !keyed):
		// A second copy without a key, or a new call in its place, must not race with it.
		return decision{what: wait, until: call.Deadline, why: "a call whose caller was lost may still be under way"}
	case spent:
		return decision{what: abandon, why: "no answer came; the rows are sent again in a new call"}
	case forgotten:
		return decision{what: abandon, why: "the store has forgotten the key of a call without an answer; the rows are sent again in a new call"}
	case call.PollAfter.After(now):
		why := "the store has server errors"
		if call.Note != "" {
			why += " (" + call.Note + ")"
		}
		return decision{what: wait, until: call.PollAfter, why: why + "; the last call is sent again"}
	}
	return decision{what: send}
}

// backoff is how long to wait before a call is sent for the nth time.
func backoff(n int) time.Duration {
	const first, limit = time.Second, 2 * time.Minute
	if n > 8 {
		return limit
	}
	return min(first<<max(n-1, 0), limit)
}

// Opened takes the open calls of the ledger. Those that are under way are left out.
func (m *Machine) Opened(calls []ledger.CallStanding) {
	m.listed, m.open = true, nil
	for _, call := range calls {
		if !m.underWay(call.Key) {
			m.open = append(m.open, openCall{CallStanding: call})
		}
	}
}

// Read takes the bytes and rows of an open call.
func (m *Machine) Read(call ledger.OpenCall) {
	for i := range m.open {
		if m.open[i].Key == call.Key {
			m.open[i].whole = &call
		}
	}
}

// Abandoned takes the key of a call that was closed; its rows are due again.
func (m *Machine) Abandoned(key string) {
	m.close(key)
	m.returned()
}

func (m *Machine) close(key string) {
	m.open = slices.DeleteFunc(m.open, func(call openCall) bool { return call.Key == key })
}

// underWay is true while the call with this key is under way.
func (m *Machine) underWay(key string) bool {
	for _, under := range m.flights {
		if key != "" && under.step.Call.Key == key {
			return true
		}
	}
	return false
}

// unanswered says what to do about open calls, or how long to wait for one. serverErrors is true while a call without a response is open:
// it is sent again before anything new, and such calls are sent one at a time.
func (m *Machine) unanswered(now time.Time) (plan NextSteps, serverErrors bool) {
	resends := false
	for _, under := range m.flights {
		resends = resends || under.step.Kind == Resend
	}
	serverErrors = resends
	for _, call := range m.open {
		decision := decide(call.CallStanding, m.setup.Limits, now)
		lost := call.Ticket == ""
		serverErrors = serverErrors || lost
		switch {
		case decision.what == abandon:
			return NextSteps{Steps: []Step{{Kind: Abandon, Key: call.Key, Why: decision.why}}}, serverErrors
		case decision.what == wait:
			if plan.Until.IsZero() || decision.until.Before(plan.Until) {
				plan.Until, plan.Why, plan.Faulty = decision.until, decision.why, lost
			}
		case len(m.flights) >= m.atOnce || len(plan.Steps) > 0 || lost && resends:
			// Next decides about it again when a call has ended.
		case call.whole == nil:
			return NextSteps{Steps: []Step{{Kind: ReadCall, Key: call.Key}}}, serverErrors
		case decision.what == send:
			plan.Steps = append(plan.Steps, Step{Kind: Resend, Call: *call.whole})
		default:
			plan.Steps = append(plan.Steps, Step{Kind: Poll, Call: *call.whole, Why: call.Note})
		}
	}
	return plan, serverErrors
}
