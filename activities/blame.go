package activities

import (
	"context"
	"errors"
	"fmt"

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
// it, tells nothing of what became of it. Tries is how often the item was refused before.
func (r refusals) blame(items int, again bool, tries int) culprit {
	switch {
	case items != 1 || again:
		return theStore
	case r.works:
		return theItem
	case max(len(r.refused), r.waiting) >= refusedItems || !r.reads:
		return theStore
	case tries+1 >= triesPerRun:
		return theItem // there was nobody else to learn from, and reading works
	}
	return unclear
}

// taken notes that the store took an item.
func (r *refusals) taken() { *r = refusals{works: true} }

// note adds an item that was refused.
func (r *refusals) note(sku string) {
	if r.refused == nil {
		r.refused = map[string]bool{}
	}
	r.refused[sku] = true
}

// settleBlame does what a refusal that asks for a person comes to.
func (s *slice) settleBlame(ctx context.Context, step step, refusal *channels.Error) error {
	call, again, tries := step.call, step.poll || step.resend, 0
	if len(call.Items) == 1 && !again {
		s.refusals.note(call.Items[0].ChannelSKU)
		tries = call.Items[0].Attempts
		if err := s.recallRefusals(ctx); err != nil {
			return err
		}
		if err := s.learnWhetherReadsWork(ctx); err != nil {
			return s.answerAll(ctx, call, untouched(step), refusal.Error()) // the store falters: it is asked again later
		}
	}
	switch s.refusals.blame(len(call.Items), again, tries) {
	case theItem:
		return s.answerAll(ctx, call, ledger.StatusRejected, refusal.OfItem())
	case unclear:
		return s.answerAll(ctx, call, ledger.StatusRetrying, refusal.Error())
	}
	if err := s.answerAll(ctx, call, untouched(step), refusal.Error()); err != nil {
		return err
	}
	return fmt.Errorf("store %s: %w", s.store.ID, refusal)
}

// learnWhetherReadsWork makes a read that changes nothing, where nothing is known of the credential yet. A read that the store refuses
// is an answer too; only one that says nothing is an error.
func (s *slice) learnWhetherReadsWork(ctx context.Context) error {
	if s.refusals.works || s.refusals.reads {
		return nil
	}
	_, err := s.channel.Check(ctx)
	var refusal *channels.Error
	if err != nil && errors.As(err, &refusal) && refusal.Next != channels.AskPerson {
		return err
	}
	s.refusals.reads = err == nil
	return nil
}

// recallRefusals learns what the slices of this run before this one have seen: a slow store has a slice for every call.
func (s *slice) recallRefusals(ctx context.Context) error {
	if s.refusals.works {
		return nil
	}
	tally, err := s.Ledger.Tally(ctx, s.input.Lease.Run)
	if err != nil {
		return err
	}
	s.refusals.works = tally.Exported+tally.Sent > 0
	s.refusals.waiting = int(tally.Retrying) // with the row of this call, which has no answer yet
	return nil
}
