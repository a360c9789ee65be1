package ledger

import (
	"fmt"
	"strings"
	"time"
)

// The decisions on a hold; empty while it waits.
const (
	decisionApproved  = "approved"
	decisionRejected  = "rejected"
	decisionDissolved = "dissolved" // nobody had to decide: what was held is no longer the newest
	decisionLifted    = "lifted"    // it was rejected, and approved afterwards: the next run may ask anew
)

// decide is what an answer makes of a hold. The first answer holds, except that an approval lifts a rejection. Changed is false where the
// hold stays as it is.
func decide(before, answer string) (after string, changed bool) {
	switch {
	case before == "":
		return answer, true
	case before == decisionRejected && answer == decisionApproved:
		return decisionLifted, true
	}
	return before, false
}

// Decided says in words what was decided, by whom and when, and of which run's hold; empty while it waits.
func (h Hold) Decided() string {
	if h.Decision == "" {
		return ""
	}
	text := h.Decision
	if h.Decision == decisionLifted {
		text = "the rejection was lifted"
	}
	if h.By != "" {
		text += " by " + h.By
	}
	if h.DecidedAt != nil {
		text += " on " + minute(*h.DecidedAt)
	}
	return fmt.Sprintf("%s (run %d)", text, h.Run)
}

// minute is a moment for people, to the minute.
func minute(at time.Time) string { return at.UTC().Format("2006-01-02 15:04 UTC") }

// nothingRecorded divides the reason of a held snapshot from what an answer does to it.
const nothingRecorded = "; nothing was recorded"

// Verdict says why a snapshot is not asked about again: what was decided, and the reason of the hold without its question.
func (h Hold) Verdict() string {
	reason, _, _ := strings.Cut(h.Reason, nothingRecorded)
	return h.Decided() + ": " + reason
}

// heldSince is why a snapshot was not recorded, after its hold was decided on otherwise than by a rejection.
func (h Hold) heldSince() string {
	reason, _, _ := strings.Cut(h.Reason, nothingRecorded)
	next := "it is fetched again"
	if h.Decision == decisionLifted {
		next = "the next run asks anew"
	}
	return reason + nothingRecorded + "; " + h.Decided() + ", " + next
}

// keptBefore begins why a row keeps its figure; the decision follows.
const keptBefore = "taking it to 0 was "

// keptReason is why a row keeps its figure after a hold was rejected.
func (h Hold) keptReason() string { return keptBefore + h.Decided() }

// Kept are a connection's rows that keep their figures, because a person rejected to take them to 0.
type Kept struct {
	Rows    int64
	Answers int     // how many answers keep them
	Decided string  // the newest of these, as Hold.Decided
	Runs    []int64 // whose holds were answered so, the newest first: to approve one lifts its rejection
}

// Words says which figures stay above 0, and why; empty when none does.
func (k Kept) Words() string {
	var text string
	switch k.Rows {
	case 0:
		return ""
	case 1:
		text = "1 figure stays above 0: " + keptBefore + k.Decided
	default:
		text = fmt.Sprintf("%d figures stay above 0: taking them to 0 was %s", k.Rows, k.Decided)
	}
	if k.Answers > 1 {
		text += " and others"
	}
	return text
}
