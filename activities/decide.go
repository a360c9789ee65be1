package activities

import (
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
	what verb
	at   time.Time // for wait
	why  string    // for wait and abandon, for people
}

const (
	// sendsPerCall is how often one call is sent before its bytes are given up. Its rows are then built anew: while an
	// unanswered call stands, nothing else may be sent for its rows, or a late resend would overwrite a newer figure.
	sendsPerCall = 5
	// ticketPatience is how long a store may work on a submission.
	ticketPatience = 24 * time.Hour
)

// decide says what to do with a call whose answer is not known.
func decide(call ledger.CallStanding, limits channels.Limits, now time.Time) decision {
	if call.Ticket != "" {
		switch {
		case now.Sub(call.Begun) > ticketPatience:
			return decision{what: abandon, why: "the store has not reported on submission " + call.Ticket + " for a day; its rows are sent again"}
		case call.PollAfter.After(now):
			return decision{what: wait, at: call.PollAfter, why: "waiting for the store's report on submission " + call.Ticket}
		}
		return decision{what: poll}
	}
	keyed := limits.KeyLifetime > 0
	mayRun := call.PollAfter.IsZero() && call.Deadline.After(now) // nobody saw this call end
	spent, forgotten := call.Sends >= sendsPerCall, keyed && now.Sub(call.Begun) > limits.KeyLifetime
	switch {
	case mayRun && (spent || forgotten || !keyed):
		// A second copy of it without a key, or a new call in its place, must not race with it.
		return decision{what: wait, at: call.Deadline, why: "a call whose caller was lost may still be under way"}
	case spent:
		return decision{what: abandon, why: "no answer came; the rows are sent again in a new call"}
	case forgotten:
		return decision{what: abandon, why: "the store has forgotten the key of a call without an answer; the rows are sent again in a new call"}
	case call.PollAfter.After(now):
		why := "the store falters"
		if call.Note != "" {
			why += " (" + call.Note + ")"
		}
		return decision{what: wait, at: call.PollAfter, why: why + "; the last call is sent again"}
	}
	return decision{what: send}
}

// backoff is how long to wait before a call is sent for the nth time.
func backoff(n int) time.Duration {
	const first, most = time.Second, 2 * time.Minute
	if n > 8 {
		return most
	}
	return min(first<<max(n-1, 0), most)
}

// nothingNamed is true when an answer says that nothing was applied and names no reason in any item. Sending the same again
// would bring the same again, so it is treated as a refusal of the whole.
func nothingNamed(reply channels.Reply) bool {
	for _, item := range reply.Items {
		if item.Verdict != channels.NotApplied || item.Lost || item.Code != "" || item.Reason != "" {
			return false
		}
	}
	return len(reply.Items) > 0
}

// within splits the rows of a call so that no part holds more rows than any of its rows may stand among.
func within(rows []ledger.DueItem) [][]ledger.DueItem {
	var parts [][]ledger.DueItem
	begin, most := 0, 0
	for i, row := range rows {
		limit := most
		if row.Part > 0 && (limit == 0 || row.Part < limit) {
			limit = row.Part
		}
		if limit > 0 && i-begin >= limit {
			parts, begin, limit = append(parts, rows[begin:i]), i, row.Part
		}
		most = limit
	}
	if begin < len(rows) {
		parts = append(parts, rows[begin:])
	}
	return parts
}
