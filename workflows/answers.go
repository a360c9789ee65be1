package workflows

import (
	"fmt"
	"slices"
	"time"

	"github.com/tidemark/tidemark/activities"
)

// answer is what a person said of a held run, by a signal or by an update.
type answer struct {
	Decision
	decision string // activities.Approved or activities.Rejected
	at       time.Time
	done     bool // the update that brought it may return its result
	result   DecisionAnswer
}

// desk is where the answers of persons come together. All of it is decided here, without Temporal.
type desk struct {
	hold    *heldPass // what a person is asked about; nil: nothing
	answers []*answer // for what is asked, in the order in which they came
	strays  []string  // the last answers that were for nothing, in words
}

// ask opens the desk for answers to a hold. Answers that came before could not be to it.
func (d *desk) ask(held heldPass) {
	d.turnAway("it came before the run was held")
	d.hold = &held
}

// put takes an answer in, or turns it away where it is for nothing that is asked.
func (d *desk) put(a *answer) {
	if reason := d.stray(a.Decision); reason != "" {
		d.turn(a, reason)
		return
	}
	d.answers = append(d.answers, a)
}

// stray says why an answer is for nothing that is asked; empty when it is for what is.
func (d *desk) stray(given Decision) string {
	switch {
	case d.hold == nil:
		return "nothing is held here"
	case given.Run != 0 && d.hold.Run != 0 && given.Run != d.hold.Run:
		return fmt.Sprintf("it is for run %d, and run %d is held here", given.Run, d.hold.Run)
	case given.Kind != "" && given.Kind != d.hold.Kind:
		return fmt.Sprintf("it is for a hold of the %s, and the %s is held now: %s", given.Kind, d.hold.Kind, d.hold.Reason)
	}
	return ""
}

// chosen is the answer that counts: of several the first, but a rejection counts before every approval. Nil: there is none.
func (d *desk) chosen() *answer {
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

// close gives every answer the decision that holds, and asks nothing any more.
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

// turnAway gives every answer that waits the reason why it is for nothing, and asks nothing any more.
func (d *desk) turnAway(reason string) {
	d.hold = nil
	for _, a := range d.answers {
		d.turn(a, reason)
	}
	d.answers = nil
}

func (d *desk) turn(a *answer, reason string) {
	a.done, a.result = true, DecisionAnswer{Answer: NotHeld, Reason: reason}
	d.note(a, reason)
}

// straysShown is how many answers that were for nothing are shown.
const straysShown = 5

// note keeps an answer that changed nothing, for people.
func (d *desk) note(a *answer, reason string) {
	verb := "reject"
	if a.decision == activities.Approved {
		verb = "approve"
	}
	by := a.By
	if by == "" {
		by = "somebody"
	}
	d.strays = append(d.strays, fmt.Sprintf("%s by %s at %s changed nothing: %s", verb, by, until(a.at), reason))
	if over := len(d.strays) - straysShown; over > 0 {
		d.strays = d.strays[over:]
	}
}

// fates is what became of requests that are made by update. All of it is decided here, without Temporal.
type fates struct {
	first    string                // the request that the workflow was started for
	planned  []string              // the requests of the pass that is under way
	busy     bool                  // one is
	begun    int                   // passes of which it is known what became of their requests
	outcomes map[string]SyncAnswer // of the requests of the last of these
	leaving  bool                  // what waits goes on in a new run of the workflow
}

// assign notes that a pass is under way for requests.
func (f *fates) assign(requests []pending) {
	f.planned, f.busy = nil, true
	for _, request := range requests {
		f.planned = append(f.planned, request.ID)
	}
}

// begin notes what became of the requests of the pass that is under way.
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

// end notes that no pass is under way.
func (f *fates) end() { f.planned, f.busy = nil, false }

// of says what became of a request that was accepted when so many passes had begun; fresh is false when its id was known before. It says
// false when that is not known yet.
func (f *fates) of(id string, accepted int, fresh bool, inbox []string, now Progress) (SyncAnswer, bool) {
	waits := slices.Contains(inbox, id)
	fate, ok := f.outcomes[id]
	switch {
	case ok:
		return fate, true
	case f.leaving:
		return SyncAnswer{ID: id, Answer: SyncWaits, Reason: "it goes on in a new run of the workflow"}, true
	case slices.Contains(f.planned, id):
		return SyncAnswer{}, false // its pass is about to begin
	case f.busy && f.begun == accepted:
		return SyncAnswer{ID: id, Answer: SyncWaits, Run: now.Run, Reason: "served next; " + stands(now)}, true
	case !fresh && !waits:
		return SyncAnswer{ID: id, Answer: SyncCovered, Reason: "a request with this id was served before"}, true
	case f.begun > accepted && !waits:
		return SyncAnswer{ID: id, Answer: SyncJoined, Run: now.Run, Reason: "many requests are served together"}, true
	}
	return SyncAnswer{}, false
}

// stands is how far a workflow is, in words.
func stands(p Progress) string {
	words := "the pass before it is " + p.Phase
	if p.Run != 0 {
		words = fmt.Sprintf("run %d is %s", p.Run, p.Phase)
	}
	if p.Waiting != "" {
		words += ": " + p.Waiting
	}
	return words
}

// begunFate is what became of the requests of a pass that has begun, or was found not to be needed.
func begunFate(begun activities.BeginResult) SyncAnswer {
	switch begun.Action {
	case activities.BeginSkip:
		return SyncAnswer{Answer: SyncFailed, Run: begun.Lease.Run, Reason: begun.Reason}
	case activities.BeginCovered:
		return SyncAnswer{Answer: SyncCovered, Run: begun.CoveredBy, Reason: begun.Reason}
	case activities.BeginGo:
	}
	return SyncAnswer{Answer: SyncStarted, Run: begun.Lease.Run}
}
