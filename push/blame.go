package push

import (
	"errors"
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/ledger"
)

// A store may refuse a call because of one item with a status that usually means the whole store: 401, 403, 404 or another 4xx, for an item
// that is archived or belongs to somebody else. It may do so when a figure is set, when the item is looked up, and when a submission is
// polled. Such a refusal stops the push only when no single item is to blame. The order of the items must not matter: an item that is
// refused is tried again after the others, and a call for several items is halved until the refused item is alone.

// refusals records which calls of one operation were refused with an error that asks for a person, in this slice and in earlier slices of
// the run. They are kept by operation, because a credential may allow reads and no writes.
type refusals struct {
	works   bool            // the store accepted a call for another item with the same credential
	refused map[string]bool // channel SKUs that were refused since the last item that the store accepted
	waiting int             // items that earlier slices of the run left to be tried again; some of them were refused
}

// refusedItems is how many different items a store may refuse in a row before the store itself is to blame: a credential that allows no
// writes refuses every item.
const refusedItems = 3

// culprit is what a refusal is about.
type culprit int

const (
	theStore culprit = iota // nothing works until a person acts
	theItem                 // the item is parked with the store's reason; the others are still sent
	someItem                // one of several items, perhaps: the call is halved
	unclear                 // the call is tried again after the others, whose responses will tell
)

// refused is a refused call.
type refused struct {
	kind  Kind
	items int
	tries int  // how often its item was refused before
	reads bool // reads that change nothing work with the credential
	// others is how many other calls of the same kind are under way. Their responses count as well, so that their order does not matter.
	others int
}

// blame decides what the refusal of a call is about.
func (r refusals) blame(call refused) culprit {
	switch {
	case !r.works && !call.reads:
		return theStore
	case call.kind == Poll && call.items > 1:
		return theStore // the report on a submission of several items is about none of them
	case call.kind == Resend:
		return unclear // it does not say what became of the first send; when the call is abandoned, its items are sent in new calls
	case call.items > 1:
		return someItem
	case r.works:
		return theItem
	case max(len(r.refused), r.waiting) >= refusedItems && call.others > 0:
		return unclear
	case max(len(r.refused), r.waiting) >= refusedItems:
		return theStore
	case call.tries+1 >= triesPerRun:
		return theItem // there was no other item to compare with, and reads work
	}
	return unclear
}

// answered notes that the store accepted a call for an item.
func (r *refusals) answered() { *r = refusals{works: true} }

// doubtful is true when so many items were refused in a row that nothing but an accepted item can clear the store of blame.
func (m *Machine) doubtful() bool {
	for _, kind := range []Kind{Send, Find, Poll} {
		if seen := m.of(Step{Kind: kind}); !seen.works && len(seen.refused) >= refusedItems {
			return true
		}
	}
	return false
}

// note records an item that was refused.
func (r *refusals) note(sku string) {
	if r.refused == nil {
		r.refused = map[string]bool{}
	}
	r.refused[sku] = true
}

// of returns the refusals of the step's operation.
func (m *Machine) of(step Step) *refusals {
	operation := step.Operation()
	if m.refusals[operation] == nil {
		m.refusals[operation] = &refusals{}
	}
	return m.refusals[operation]
}

// applyBlame handles a refusal that asks for a person. While it is unknown whether the credential works at all, a read that changes nothing
// is made first.
func (m *Machine) applyBlame(under *flight, refusal *channels.Error, now time.Time) Effects {
	step, seen := under.step, m.of(under.step)
	call := refused{kind: step.Kind, items: len(step.Call.Items), reads: m.reads, others: m.others(under)}
	if call.items == 1 && step.Kind != Resend {
		seen.note(step.Call.Items[0].ChannelSKU)
		call.tries = m.triesOf(step, refusal)
	}
	if under.refusal == nil && !seen.works && !m.reads {
		under.refusal = refusal
		return Effects{Check: true}
	}
	culprit := seen.blame(call)
	if step.Kind == Find {
		return m.applyBlamedFind(step, culprit, refusal)
	}
	switch culprit {
	case theItem:
		return all(under, ledger.StatusRejected, refusal.OfItem(), now)
	case someItem:
		return m.applyRefusal(under, refusal.Error(), now)
	case unclear:
		if under.again() {
			return all(under, under.unanswered(), refusal.Error(), now)
		}
		return all(under, ledger.StatusRetrying, refusal.Error(), now)
	case theStore:
	}
	effects := all(under, under.untouched(), refusal.Error(), now)
	effects.Fail = m.named(refusal)
	return effects
}

// triesOf is how often the only item of a call was refused before. The reason of a refused poll is kept with its call, so that a second
// refusal with the same reason is recognised as the last one.
func (m *Machine) triesOf(step Step, refusal *channels.Error) int {
	if step.Kind != Poll {
		return step.Call.Items[0].Attempts
	}
	if step.Why == refusal.Error() {
		return triesPerRun - 1
	}
	return 0
}

// applyBlamedFind handles a look-up that was refused.
func (m *Machine) applyBlamedFind(step Step, culprit culprit, refusal *channels.Error) Effects {
	var effects Effects
	park := func(status ledger.Status, reason string) {
		for _, row := range step.Call.Items {
			effects.Park = append(effects.Park, Parked{row, ledger.ItemResponse{Status: status, Reason: reason}})
		}
		step.window.learn(effects)
	}
	switch culprit {
	case theItem:
		park(ledger.StatusRejected, refusal.OfItem())
	case unclear:
		park(ledger.StatusRetrying, refusal.Error())
	case someItem:
		left, _ := channels.Halves(step.Call.Items)
		for i := range step.Call.Items {
			// The limit is kept with the row, like that of a call: for a slow store every call is in a slice of its own.
			row := &step.Call.Items[i]
			row.Part = len(left)
			effects.Park = append(effects.Park, Parked{*row, ledger.ItemResponse{Status: ledger.StatusPending, Reason: refusal.Error(), Part: row.Part}})
		}
		step.window.again(step)
	case theStore:
		step.window.again(step)
		effects.Fail = m.named(refusal)
	}
	return effects
}

// others counts the calls of the same kind that are under way, without the given one.
func (m *Machine) others(than *flight) int {
	rest := 0
	for _, under := range m.flights {
		if under != than && under.step.Kind == than.step.Kind {
			rest++
		}
	}
	return rest
}

// Checked takes the result of the read that Effects.Check asked for. A refusal means that the credential does not work. A read without a
// response means nothing, and the original call is made again later.
func (m *Machine) Checked(number int, failed error, now time.Time) Effects {
	under := m.flights[number]
	delete(m.flights, number)
	effects := m.applyChecked(under, failed, now)
	m.note(effects)
	m.rereadMoved(under.step.Call.Items)
	return effects
}

func (m *Machine) applyChecked(under *flight, failed error, now time.Time) Effects {
	var cause *channels.Error
	if failed != nil && errors.As(failed, &cause) && cause.Next != channels.AskPerson {
		if under.step.Kind == Find {
			under.step.window.again(under.step)
			return m.pauseFinds(under.refusal, now)
		}
		return all(under, under.untouched(), under.refusal.Error(), now)
	}
	m.reads = failed == nil
	return m.applyBlame(under, under.refusal, now)
}

// Earlier takes what earlier slices of the run counted; it is called before Checked, because for a slow store every call is in a slice of
// its own. Retrying rows include those of calls without a response, which prove nothing, apart from the item that was refused.
func (m *Machine) Earlier(counts ledger.Counts) {
	waiting := int(counts.Retrying)
	for _, under := range m.flights {
		items := len(under.step.Call.Items)
		switch {
		case under.step.Kind != Send && under.step.Kind != Resend:
		case under.refusal != nil && items == 1:
		default:
			waiting -= items
		}
	}
	for _, step := range []Kind{Send, Find, Poll} {
		seen, confirmed := m.of(Step{Kind: step}), counts.Exported
		if step != Poll { // a store that takes figures may still refuse to report on submissions
			confirmed += counts.Sent
			seen.waiting = max(waiting, 0)
		}
		seen.works = seen.works || confirmed > 0
	}
}
