package push

import (
	"errors"
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/ledger"
)

// A store may answer a call about an item in words that are meant for the whole: 401, 403, 404 or another 4xx for an item that is
// archived, or somebody else's. It may do so when a figure is set, when the item is looked up, and when it is asked what became of the
// figure. Such a refusal stops the store only when it is not about an item. The order of the items decides nothing: an item that comes
// first is asked about again after the others, and a call for several is halved until the item stands alone.

// refusals is what a slice has seen, and the ledger knows of the slices before it, of refusals that ask for a person, in calls of one
// operation: a credential may permit to read and not to write.
type refusals struct {
	works   bool            // the store answered a call about another item with the same credential
	refused map[string]bool // channel SKUs that were refused so; none was answered meanwhile
	waiting int             // items that wait for another try in the run: slices before this one refused some of them
}

// refusedItems is how many items a store may refuse one after the other, without taking any, before it is the store's own trouble: a
// credential that may read and not write refuses every item, and none of them is to blame.
const refusedItems = 3

// culprit is whom a refusal is about.
type culprit int

const (
	theStore culprit = iota // nothing will work until a person acts
	theItem                 // the item is parked with the store's words; the others go on
	someItem                // some item of several, perhaps: the call is halved
	unclear                 // the call is tried again after the others, which tell
)

// refused is a call that was refused.
type refused struct {
	kind  Kind
	items int
	tries int  // how often the item was refused before
	reads bool // a read that changes nothing works with the credential
	// others is how many other calls of its kind are under way: what they bring tells more, so that it does not matter whose response comes
	// first.
	others int
}

// blame decides whom a refusal of a call is about.
func (r refusals) blame(call refused) culprit {
	switch {
	case !r.works && !call.reads:
		return theStore
	case call.kind == Poll && call.items > 1:
		return theStore // the report on a submission is no item's
	case call.kind == Resend:
		return unclear // it tells nothing of the first time; when the call is given up, its items are sent anew
	case call.items > 1:
		return someItem
	case r.works:
		return theItem
	case max(len(r.refused), r.waiting) >= refusedItems && call.others > 0:
		return unclear
	case max(len(r.refused), r.waiting) >= refusedItems:
		return theStore
	case call.tries+1 >= triesPerRun:
		return theItem // there was nobody else to learn from, and reading works
	}
	return unclear
}

// answered notes that the store answered a call about an item.
func (r *refusals) answered() { *r = refusals{works: true} }

// doubtful is true when so many items were refused that only an item that the store takes can clear it.
func (m *Machine) doubtful() bool {
	for _, kind := range []Kind{Send, Find, Poll} {
		if seen := m.of(Step{Kind: kind}); !seen.works && len(seen.refused) >= refusedItems {
			return true
		}
	}
	return false
}

// note adds an item that was refused.
func (r *refusals) note(sku string) {
	if r.refused == nil {
		r.refused = map[string]bool{}
	}
	r.refused[sku] = true
}

// of are the refusals of calls like this one.
func (m *Machine) of(step Step) *refusals {
	operation := step.Operation()
	if m.refusals[operation] == nil {
		m.refusals[operation] = &refusals{}
	}
	return m.refusals[operation]
}

// applyBlame does what a refusal that asks for a person comes to. Where nothing is known of the credential yet, a read that changes nothing
// comes first.
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

// triesOf is how often the one item of a call was refused before. What a poll was refused with is kept with its call, so that the second
// refusal in the same words is the last.
func (m *Machine) triesOf(step Step, refusal *channels.Error) int {
	if step.Kind != Poll {
		return step.Call.Items[0].Attempts
	}
	if step.Why == refusal.Error() {
		return triesPerRun - 1
	}
	return 0
}

// applyBlamedFind does what a look-up that was refused comes to.
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
			// The limit is kept with the row, as that of a call is: a slow store has a slice for every call.
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

// others is how many calls of the same kind are under way besides one.
func (m *Machine) others(than *flight) int {
	others := 0
	for _, under := range m.flights {
		if under != than && under.step.Kind == than.step.Kind {
			others++
		}
	}
	return others
}

// Checked tells how a read went that changes nothing. One that the store refuses says that the credential does not work; one that brings no
// answer says nothing: the call is made again later.
func (m *Machine) Checked(number int, failed error, now time.Time) Effects {
	under := m.flights[number]
	delete(m.flights, number)
	effects := m.applyChecked(under, failed, now)
	m.note(effects)
	m.stirred(under.step.Call.Items)
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

// Earlier tells what the slices of the run before this one have seen, before Checked: a slow store has a slice for every call. Rows that are
// being retried hold those of calls without a response yet, which say nothing, but for the one item that was refused.
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
		if step != Poll { // for that a store took a figure does not say that it lets its reports be read
			confirmed += counts.Sent
			seen.waiting = max(waiting, 0)
		}
		seen.works = seen.works || confirmed > 0
	}
}
