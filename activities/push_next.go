package activities

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/ledger"
)

// step is the next thing to do: a call, a look-up, or a wait, or nothing.
type step struct {
	call   *ledger.OpenCall
	resend bool             // the call is in the ledger already
	poll   bool             // ask for the report of the call's ticket
	find   []ledger.DueItem // look these up
	at     time.Time
	why    string
	faulty bool
}

func (s step) operation() channels.Operation {
	switch {
	case s.find != nil:
		return channels.Looking
	case s.poll:
		return channels.Polling
	}
	return channels.Sending
}

func (s step) items() []ledger.DueItem {
	if s.find != nil {
		return s.find
	}
	return s.call.Items
}

// next decides what to do: first calls whose answer was lost, with the same bytes; then reports that are ready; then calls that
// were composed, or parts of one that was refused; then rows that are due.
func (s *slice) next(ctx context.Context) (step, error) {
	idle, tickets, err := s.unanswered(ctx)
	if err != nil || idle.call != nil || idle.faulty {
		return idle, err // the store falters: nothing new is sent until the lost call is answered
	}
	if s.limits.Tickets > 0 && tickets >= s.limits.Tickets {
		return idle, nil // the store works on as many submissions as it takes
	}
	for len(s.parts) == 0 {
		if len(s.window) == 0 {
			if err := s.take(ctx); err != nil || len(s.window) == 0 {
				return idle, err
			}
		}
		find, err := s.recall(ctx)
		if err != nil || find != nil {
			return step{find: find}, err
		}
		if err := s.compose(); err != nil {
			return step{}, err
		}
	}
	last := len(s.parts) - 1
	items := s.parts[last]
	call := &ledger.OpenCall{Intent: ledger.Intent{Key: uuid.NewString(), Items: items}}
	if call.Body, err = s.channel.Encode(s.asked(items), call.Key); err != nil {
		return step{}, askPerson(ErrorNotConfigured, fmt.Sprintf("store %s: the driver cannot write a call of %d items: %v", s.store.ID, len(items), err), err)
	}
	return step{call: call}, nil
}

// unanswered looks through the open calls. It returns the one that is to be sent or polled now, or how long to wait for one, and
// how many submissions the store still works on.
func (s *slice) unanswered(ctx context.Context) (idle step, tickets int, err error) {
	open, err := s.Ledger.OpenCalls(ctx, s.input.Connection)
	if err != nil {
		return step{}, 0, err
	}
	now := s.Now()
	for _, call := range open {
		if call.Ticket != "" {
			tickets++
		}
		switch decision := decide(call, s.limits, now); decision.what {
		case send, poll:
			whole, err := s.Ledger.OpenCall(ctx, s.input.Connection, call.Key)
			return step{call: &whole, resend: decision.what == send, poll: decision.what == poll}, tickets, err
		case abandon:
			if err := s.Ledger.Abandon(ctx, s.input.Lease, call.Key, decision.why, now); err != nil {
				return step{}, 0, err
			}
		case wait:
			if idle.at.IsZero() || decision.at.Before(idle.at) {
				idle = step{at: decision.at, why: decision.why, faulty: call.Ticket == ""}
			}
		}
	}
	return idle, tickets, nil
}

// take takes the next due rows, and begins again at the first after the last: rows came back meanwhile.
func (s *slice) take(ctx context.Context) error {
	query := ledger.DueQuery{
		Connection: s.input.Connection, Run: s.input.Lease.Run, Scope: s.input.Scope, MaximumTries: triesPerRun,
		AfterSKU: s.after.ChannelSKU, AfterPlace: s.after.Location, Limit: max(s.limits.Window, s.batch),
		MaximumCalls: s.limits.ItemCalls, Day: ledger.DayOf(s.Now(), s.limits.DayZone),
	}
	items, err := s.Ledger.NextDue(ctx, query)
	if err == nil && len(items) == 0 && s.after != (ledger.DueItem{}) {
		query.AfterSKU, query.AfterPlace = "", ""
		items, err = s.Ledger.NextDue(ctx, query)
	}
	if err != nil {
		return err
	}
	s.window, s.after = items, ledger.DueItem{}
	if len(items) > 0 {
		s.after = ledger.DueItem{ChannelSKU: items[len(items)-1].ChannelSKU, Location: items[len(items)-1].Location}
	}
	return nil
}

// referenceLife is how long it is trusted, at least, by which id a store knows an item: the SKU may have moved to another item while
// the first still exists, and then no answer says so.
const referenceLife = 30 * 24 * time.Hour

// aged tells that a SKU is looked up anew. What one Full Sync found ages over as long a time again, each SKU on a day of its own, for
// looking all of them up can take hours.
func aged(sku string, foundAt, now time.Time) bool {
	day := fnv.New32a()
	_, _ = day.Write([]byte(sku))
	return now.Sub(foundAt) > referenceLife+time.Duration(day.Sum32())*(referenceLife>>32)
}

// recall fills in what is remembered of the rows in the window, and returns those that must be looked up first.
func (s *slice) recall(ctx context.Context) ([]ledger.DueItem, error) {
	if _, finds := channels.AsFinder(s.channel); !finds {
		return nil, nil
	}
	skus := make([]string, len(s.window))
	for i, item := range s.window {
		skus[i] = item.ChannelSKU
	}
	known, err := s.Ledger.References(ctx, s.store.ID, skus)
	if err != nil {
		return nil, err
	}
	var find []ledger.DueItem
	now := s.Now()
	for i := range s.window {
		if one := known[s.window[i].ChannelSKU]; !aged(s.window[i].ChannelSKU, one.FoundAt, now) {
			s.window[i].Reference = one.ID
		}
		if s.window[i].Reference == "" && len(find) < s.find {
			find = append(find, s.window[i])
		}
	}
	return find, nil
}

// compose makes calls of the window.
func (s *slice) compose() error {
	calls, err := channels.Compose(s.channel, s.asked(s.window), s.batch)
	if err != nil {
		return err
	}
	var parts [][]ledger.DueItem
	for _, positions := range calls {
		rows := make([]ledger.DueItem, len(positions))
		for i, at := range positions {
			rows[i] = s.window[at]
		}
		parts = append(parts, within(rows)...)
	}
	slices.Reverse(parts) // the next one stands last
	s.parts = append(s.parts, parts...)
	s.window = nil
	return nil
}

// look looks rows up, remembers what was found, and parks what cannot be pushed.
func (s *slice) look(ctx context.Context, pacer *channels.Pacer, items []ledger.DueItem) error {
	finder, ok := channels.AsFinder(s.channel)
	if !ok {
		return fmt.Errorf("store %s: the driver %s looks nothing up", s.store.ID, s.store.Driver)
	}
	timeout := callTimeout(s.limits)
	began := s.Now()
	pacer.Began(began)
	limited, cancel := context.WithTimeout(ctx, timeout)
	found, budget, err := finder.Find(limited, s.asked(items))
	cancel()
	pacer.Ended(s.Now(), budget, err)
	count(ctx, s.store, channels.Reply{}, err, s.Now().Sub(began))
	if err != nil {
		return s.lookFailed(err)
	}
	s.refused = 0
	s.find = min(2*s.find, max(s.limits.Find, 1)) // after one that was too large
	references := map[string]string{}
	parked := map[string]bool{}
	var rows []ledger.DueItem
	var answers []ledger.ItemAnswer
	for i, item := range items {
		switch one := found[i]; {
		case one.Missing != "":
			rows, answers = append(rows, item), append(answers, ledger.ItemAnswer{Status: ledger.StatusRejected, Reason: one.Missing})
			parked[item.ChannelSKU+"\x00"+item.Location] = true
		case one.Blocked != "":
			rows, answers = append(rows, item), append(answers, ledger.ItemAnswer{Status: ledger.StatusBlocked, Reason: one.Blocked})
			parked[item.ChannelSKU+"\x00"+item.Location] = true
		default:
			references[item.ChannelSKU] = one.Reference
		}
	}
	if len(references) > 0 {
		if err := s.Ledger.Remember(ctx, s.input.Lease, references, s.Now()); err != nil {
			return err
		}
	}
	if len(rows) > 0 {
		if err := s.Ledger.Park(ctx, s.input.Lease, rows, answers, s.Now()); err != nil {
			return err
		}
	}
	left := s.window[:0]
	for _, item := range s.window {
		if !parked[item.ChannelSKU+"\x00"+item.Location] {
			left = append(left, item)
		}
	}
	s.window = left
	return nil
}

// errPause ends a slice after a look-up that failed; nothing was begun, so there is nothing to keep.
type errPause struct {
	wait time.Duration
	why  string
}

func (e *errPause) Error() string { return e.why }

func (s *slice) lookFailed(failed error) error {
	var told *channels.Error
	if !errors.As(failed, &told) {
		told = &channels.Error{Reason: failed.Error()}
	}
	switch told.Next {
	case channels.AskPerson:
		return fmt.Errorf("store %s: %w", s.store.ID, told)
	case channels.Wait:
		return nil // the pacer knows until when
	case channels.Smaller:
		if s.find > 1 {
			s.find = (s.find + 1) / 2
			return nil
		}
	}
	s.refused++
	return &errPause{wait: findPause * time.Duration(s.refused), why: told.Error()}
}
