package workflows

import (
	"fmt"
	"slices"
	"time"

	"github.com/tidemark/tidemark/activities"
)

// answer is a person's decision about a held run, which came by a signal or by an update.
type answer struct {
	Decision
	decision string // activities.Approved or activities.Rejected
	at       time.Time
	done     bool // result is set, so the update that brought the answer may return
	result   DecisionAnswer
}

// desk collects the answers of people. It is pure: it decides without Temporal.
type desk struct {
	hold       *heldPass // the hold that people are asked about; nil for none
	answers    []*answer // the answers to this hold, in the order in which they came
	strayNotes []string  // the last answers that changed nothing, in words
}

// open opens the desk for answers to a hold. It turns earlier answers away, because they cannot be meant for it.
func (d *desk) open(held heldPass) {
	d.turnAway("it came before the run was held")
	d.hold = &held
}

// add takes an answer in, or turns it away where it does not match the hold.
func (d *desk) add(a *answer) {
	if reason := d.mismatch(a.Decision); reason != "" {
		d.reject(a, reason)
		return
	}
	d.answers = append(d.answers, a)
}

// mismatch says why an answer does not match the hold; it is empty when it does.
func (d *desk) mismatch(decision Decision) string {
	switch {
	case d.hold == nil:
		return "nothing is held here"
	case decision.Run != 0 && d.hold.Run != 0 && decision.Run != d.hold.Run:
		return fmt.Sprintf("it is for run %d, and run %d is held here", decision.Run, d.hold.Run)
	case decision.Kind != "" && decision.Kind != d.hold.Kind:
		return fmt.Sprintf("it is for a hold of the %s, and the %s is held now: %s", decision.Kind, d.hold.Kind, d.hold.Reason)
	}
	return ""
}

// decisive is the answer that counts: the first rejection, or else the first approval; nil when there is no answer.
func (d *desk) decisive() *answer {
	for _, a := range d.answers {
		if a.decision == activities.Rejected {
			return a
		}
	}
	if len(d.answers) > 0 {
		return d.answers[0]
	}
	return nil
}

// close gives every answer the recorded decision as its result, and closes the desk.
func (d *desk) close(decided activities.DecideResult) {
	heldPass := d.hold
	d.hold = nil
	for i, a := range d.answers {
		a.done = true
		a.result = DecisionAnswer{Answer: decided.Decision, By: decided.By, Runs: decided.Runs}
		if heldPass != nil {
			a.result.Reason = heldPass.Reason
		}
		if late := i > 0 || a.decision != decided.Decision; late {
			d.note(a, fmt.Sprintf("the hold was %s by %s", decided.Decision, decided.By))
		}
	}
	d.answers = nil
}

// turnAway gives every answer the reason why it changes nothing, and closes the desk.
func (d *desk) turnAway(reason string) {
	d.hold = nil
	for _, a := range d.answers {
		d.reject(a, reason)
	}
	d.answers = nil
}

func (d *desk) reject(a *answer, reason string) {
	a.done, a.result = true, DecisionAnswer{Answer: NotHeld, Reason: reason}
	d.note(a, reason)
}

// mostStrayNotes is how many answers that changed nothing are shown.
const mostStrayNotes = 5

// note keeps an answer that changed nothing, in words, for people.
func (d *desk) note(a *answer, reason string) {
	verb := "reject"
	if a.decision == activities.Approved {
		verb = "approve"
	}
	by := a.By
	if by == "" {
		by = "somebody"
	}
	d.strayNotes = append(d.strayNotes, fmt.Sprintf("%s by %s at %s changed nothing: %s", verb, by, until(a.at), reason))
	if over := len(d.strayNotes) - mostStrayNotes; over > 0 {
		d.strayNotes = d.strayNotes[over:]
	}
}

// fates works out the answers to requests that were made by update. It is pure: it decides without Temporal.
type fates struct {
	first    string                // id of the request that the workflow was started for
	planned  []string              // ids of the requests of the current pass
	busy     bool                  // there is a current pass
	begun    int                   // how many passes have begun, so that the answers to their requests are known
	outcomes map[string]SyncAnswer // the answers to the requests of the pass that began last, by id
	leaving  bool                  // the workflow continues as new, and takes waiting requests along
}

// assign notes the requests of the pass that starts.
func (f *fates) assign(requests []pending) {
	f.planned, f.busy = nil, true
	for _, request := range requests {
		f.planned = append(f.planned, request.ID)
	}
}

// begin notes the answer to the requests of the current pass.
func (f *fates) begin(fate SyncAnswer) {
	f.begun++
	f.outcomes = map[string]SyncAnswer{}
	for _, id := range f.planned {
		answer := fate
		answer.ID = id
		if answer.Answer == SyncStarted && id != f.first {
			answer.Answer = SyncJoined
		}
		f.outcomes[id] = answer
	}
}

// end notes that the current pass is over.
func (f *fates) end() { f.planned, f.busy = nil, false }

// answer is the answer to a request. accepted is how many passes had begun when the request was accepted; fresh is false when its id was known
// before; inbox has the ids of the requests that wait. It returns false while the answer is not known.
func (f *fates) answer(id string, accepted int, fresh bool, inbox []string, now Progress) (SyncAnswer, bool) {
	waiting := slices.Contains(inbox, id)
	fate, ok := f.outcomes[id]
	switch {
	case ok:
		return fate, true
	case f.leaving:
		return SyncAnswer{ID: id, Answer: SyncWaits, Reason: "it goes on in a new run of the workflow"}, true
	case slices.Contains(f.planned, id):
		return SyncAnswer{}, false // its pass is about to begin
	case f.busy && f.begun == accepted:
		return SyncAnswer{ID: id, Answer: SyncWaits, Run: now.Run, Reason: "served next; " + progressWords(now)}, true
	case !fresh && !waiting:
		return SyncAnswer{ID: id, Answer: SyncCovered, Reason: "a request with this id was served before"}, true
	case f.begun > accepted && !waiting:
		return SyncAnswer{ID: id, Answer: SyncJoined, Run: now.Run, Reason: "many requests are served together"}, true
	}
	return SyncAnswer{}, false
}

// progressWords say how far a workflow is.
func progressWords(p Progress) string {
	words := "the pass before it is " + p.Phase
	if p.Run != 0 {
		words = fmt.Sprintf("run %d is %s", p.Run, p.Phase)
	}
	if p.Waiting != "" {
		words += ": " + p.Waiting
	}
	return words
}

// beginAnswer is the answer to the requests of a pass that has begun, was skipped, or was not needed.
func beginAnswer(begun activities.BeginResult) SyncAnswer {
	switch begun.Action {
	case activities.BeginSkip:
		return SyncAnswer{Answer: SyncFailed, Run: begun.Lease.Run, Reason: begun.Reason}
	case activities.BeginCovered:
		return SyncAnswer{Answer: SyncCovered, Run: begun.CoveredBy, Reason: begun.Reason}
	case activities.BeginGo:
	}
	return SyncAnswer{Answer: SyncStarted, Run: begun.Lease.Run}
}
