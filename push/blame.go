package push

import (
	"errors"
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/ledger"
)

// A store may answer a call about one item in words that are meant for the whole: 401, 403, 404 or another 4xx for an item that is
// archived, or somebody else's. Such a refusal stops the store only when it is not about the item. The order of the items decides
// nothing: an item that comes first is asked about again after the others.

// refusals is what a slice has seen, and the ledger knows of the slices before it, of refusals of single items that ask for a person.
type refusals struct {
	works   bool            // the store took another item with the same credential
	reads   bool            // a read that changes nothing works with the credential
	refused map[string]bool // channel SKUs that were refused so; none was taken meanwhile
	waiting int             // items that wait for another try in the run, this one included: slices before this one refused some of them
}

// refusedItems is how many items a store may refuse one after the other, without taking any, before it is the store's own trouble: a
// credential that may read and not write refuses every item, and none of them is to blame.
const refusedItems = 3

// culprit is whom a refusal is about.
type culprit int

const (
	theStore culprit = iota // nothing will work until a person acts
	theItem                 // the item is parked with the store's words; the others go on
	unclear                 // the item is tried again after the others, which tell
)

// blame decides whom a refusal of a call is about. Again says that the call was sent before: a refusal to send it again, or to report on
// it, tells nothing of what became of it. Tries is how often the item was refused before. Others is how many other calls are under way: what
// they bring tells more, so that it does not matter whose answer comes first.
func (r refusals) blame(items int, again bool, tries, others int) culprit {
	switch {
	case items != 1 || again:
		return theStore
	case r.works:
		return theItem
	case !r.reads:
		return theStore
	case max(len(r.refused), r.waiting) >= refusedItems && others > 0:
		return unclear
	case max(len(r.refused), r.waiting) >= refusedItems:
		return theStore
	case tries+1 >= triesPerRun:
		return theItem // there was nobody else to learn from, and reading works
	}
	return unclear
}

// doubtful is true when so many items were refused that only an item that the store takes can clear it.
func (r *refusals) doubtful() bool { return !r.works && len(r.refused) >= refusedItems }

// taken notes that the store took an item.
func (r *refusals) taken() { *r = refusals{works: true} }

// note adds an item that was refused.
func (r *refusals) note(sku string) {
	if r.refused == nil {
		r.refused = map[string]bool{}
	}
	r.refused[sku] = true
}

// settleBlame does what a refusal that asks for a person comes to. Where nothing is known of the credential yet, a read that changes nothing
// comes first.
func (m *Machine) settleBlame(under *flight, refusal *channels.Error, now time.Time) Effects {
	call, tries := under.step.Call, 0
	if len(call.Items) == 1 && !under.again() {
		m.refusals.note(call.Items[0].ChannelSKU)
		tries = call.Items[0].Attempts
		if under.refusal == nil && !m.refusals.works && !m.refusals.reads {
			under.refusal = refusal
			return Effects{Check: true}
		}
	}
	switch m.refusals.blame(len(call.Items), under.again(), tries, m.others(under)) {
	case theItem:
		return all(under, ledger.StatusRejected, refusal.OfItem(), now)
	case unclear:
		return all(under, ledger.StatusRetrying, refusal.Error(), now)
	}
	effects := all(under, under.untouched(), refusal.Error(), now)
	effects.Fail = m.named(refusal)
	return effects
}

// others is how many calls of figures are under way besides one.
func (m *Machine) others(than *flight) int {
	others := 0
	for _, under := range m.flights {
		if under != than && under.step.Kind == Send {
			others++
		}
	}
	return others
}

// Checked tells how a read went that changes nothing. One that the store refuses says that the credential does not work; one that brings no
// answer says nothing: the item is asked about again later.
func (m *Machine) Checked(number int, failed error, now time.Time) Effects {
	under := m.flights[number]
	delete(m.flights, number)
	var cause *channels.Error
	if failed != nil && errors.As(failed, &cause) && cause.Next != channels.AskPerson {
		return all(under, under.untouched(), under.refusal.Error(), now)
	}
	m.refusals.reads = failed == nil
	return m.settleBlame(under, under.refusal, now)
}

// Earlier tells what the slices of the run before this one have seen, before Checked: a slow store has a slice for every call. Rows that are
// being retried hold that of the call that was refused, which has no answer yet.
func (m *Machine) Earlier(counts ledger.Counts) {
	m.refusals.works = m.refusals.works || counts.Exported+counts.Sent > 0
	m.refusals.waiting = int(counts.Retrying)
}
