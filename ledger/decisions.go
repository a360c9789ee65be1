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
	decisionDissolved = "dissolved" // no decision was needed: what was held is no longer the newest
	decisionLifted    = "lifted"    // it was rejected, and approved afterwards: the next run may hold it again
)

// decide returns a hold's decision after an answer. The first answer stands, except that an approval lifts a rejection. changed is
// false when the decision stays as it was.
func decide(before, answer string) (after string, changed bool) {
	switch {
	case before == "":
		return answer, true
	case before == decisionRejected && answer == decisionApproved:
		return decisionLifted, true
	}
	return before, false
}

// Decided describes the decision: what it was, by whom, when, and on which run's hold. It is empty while the hold waits.
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

// minute formats a time for people, to the minute.
func minute(at time.Time) string { return at.UTC().Format("2006-01-02 15:04 UTC") }

// nothingRecorded separates the reason of a held snapshot from the explanation of what an answer does.
const nothingRecorded = "; nothing was recorded"

// Verdict explains why a snapshot is not held again: the earlier decision, and the reason of that hold.
func (h Hold) Verdict() string {
	reason, _, _ := strings.Cut(h.Reason, nothingRecorded)
	return h.Decided() + ": " + reason
}

// heldSince explains why a snapshot was not recorded after its hold was approved, lifted or dissolved.
func (h Hold) heldSince() string {
	reason, _, _ := strings.Cut(h.Reason, nothingRecorded)
	next := "it is fetched again"
	if h.Decision == decisionLifted {
		next = "the next run asks anew"
	}
	return reason + nothingRecorded + "; " + h.Decided() + ", " + next
}

// keptBefore begins the reason why a row keeps its figure; the decision follows.
const keptBefore = "taking it to 0 was "

// keptReason is the reason why a row keeps its figure after its hold was rejected.
func (h Hold) keptReason() string { return keptBefore + h.Decided() }

// Kept describes the rows of a connection that keep their figures because a person rejected taking them to 0.
type Kept struct {
	Rows    int64
	Answers int     // number of rejections that keep rows
	Decided string  // the newest of these rejections, as Hold.Decided
	Runs    []int64 // runs whose holds were rejected, newest first: approving a run's hold lifts the rejection
}

// Words says how many figures stay above 0, and why; empty when none does.
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
