package channels

import (
	"context"
	"fmt"
)

// As returns what a channel can do besides, like Composer, through whatever is around it. A channel that is around another one has a method
// Unwrap() Channel.
func As[T any](channel Channel) (T, bool) {
	for {
		if capable, ok := channel.(T); ok {
			return capable, true
		}
		around, ok := channel.(interface{ Unwrap() Channel })
		if !ok {
			var none T
			return none, false
		}
		channel = around.Unwrap()
	}
}

// Finder is the capability of stores that know their items by ids of their own. What was found is remembered in the ledger, so
// a look-up is made once for an item, and again when the store says that a reference is Lost.
type Finder interface {
	// Find looks the channel SKUs of items up, at most Limits.Find of them, in one call that changes nothing. It returns one
	// entry for each item, in order. The budget is what the response says about the rate, also next to an error.
	Find(ctx context.Context, items []Item) ([]Found, Budget, error)
}

// Found is what a store knows of a channel SKU. Exactly one field is set; a look-up that says nothing of an item is not believed.
type Found struct {
	Reference string // what Encode and Send need to address the item; text of the driver's own, at most MaxReference bytes
	Missing   string // why there is nothing to set, and what to do: the item is parked as rejected
	Blocked   string // why the item must not be set, though it exists: it is parked as blocked
}

// MaxReference is the longest reference that is kept, in bytes.
const MaxReference = 2048

// MaxAddress keeps the address of a look-up below what web servers read by default, in bytes: 8,190 for a request line in Apache
// (LimitRequestLine), 8 KiB in nginx (large_client_header_buffers).
const MaxAddress = 7 << 10

// Composer is the capability of stores that do not take every mix of items in one call.
type Composer interface {
	// Compose splits due items, at most Limits.Window of them, into calls of at most Limits.Batch items. It returns the
	// items of each call as positions in the list; each position stands in exactly one call. It must be deterministic.
	Compose(items []Item) [][]int
}

// Operation is a kind of call.
type Operation string

// The operations.
const (
	Sending Operation = "send"
	Polling Operation = "poll"
	Looking Operation = "find"
)

// Metered is the capability of stores that count kinds of calls apart.
type Metered interface {
	// Meter names the budget, of Limits.Rates, that a call counts against. Items are those of the call.
	Meter(operation Operation, items []Item) string
}

// Submitter is the capability of stores that report later on some of their calls and answer others at once.
type Submitter interface {
	// Submits is true when a call for items makes a submission, which counts against Limits.Tickets.
	Submits(items []Item) bool
}

// Submits tells whether a call for items makes a submission. Where a store does not say, each may.
func Submits(channel Channel, items []Item) bool {
	submitter, ok := As[Submitter](channel)
	return !ok || submitter.Submits(items)
}

// AsFinder returns the Finder of a channel, behind the same guard as the channel.
func AsFinder(channel Channel) (Finder, bool) {
	finder, ok := As[Finder](channel)
	if _, guarded := channel.(*guard); ok && guarded {
		return guardedFinder{finder, channel.Limits()}, true
	}
	return finder, ok
}

type guardedFinder struct {
	finder Finder
	limits Limits
}

func (g guardedFinder) Find(ctx context.Context, items []Item) (matches []Found, budget Budget, err error) {
	defer func() {
		if fault := panicked(recover(), "looking items up"); fault != nil {
			matches, err = nil, fault
		}
	}()
	if len(items) == 0 || len(items) > max(g.limits.Find, 1) {
		return nil, Budget{}, &Error{Next: AskPerson, Reason: fmt.Sprintf("a look-up of %d items, the driver takes %d; this is a fault of Tidemark, please report it",
			len(items), g.limits.Find)}
	}
	matches, budget, err = g.finder.Find(ctx, items)
	if err != nil {
		return nil, budget, typed(err)
	}
	if len(matches) != len(items) {
		return nil, budget, &Error{Reason: fmt.Sprintf("the driver's look-up is not believed: it counts %d items, %d were asked for", len(matches), len(items))}
	}
	for i, match := range matches {
		if len(match.Reference) > MaxReference {
			return nil, budget,
				&Error{Next: AskPerson, Reason: "the driver's reference of an item is too long to be kept; this is a fault of the driver, please report it"}
		}
		matches[i].Missing, matches[i].Blocked = plain(match.Missing), plain(match.Blocked)
		if match == (Found{}) {
			return nil, budget, &Error{Reason: "the driver's look-up is not believed: it says nothing of an item"}
		}
	}
	return matches, budget, nil
}

// Compose returns how due items go into calls: as a Composer says, or else in order, as many as fit. What a Composer gets wrong
// is an error before anything was sent.
func Compose(channel Channel, items []Item, batch int) (calls [][]int, err error) {
	composer, ok := As[Composer](channel)
	if !ok {
		return chunks(len(items), batch), nil
	}
	defer func() {
		if fault := panicked(recover(), "composing calls"); fault != nil {
			calls, err = nil, fault
		}
	}()
	seen := make([]bool, len(items))
	left := len(items)
	for _, positions := range composer.Compose(items) {
		for _, at := range positions {
			if at < 0 || at >= len(items) || seen[at] {
				return nil,
					&Error{Next: AskPerson, Reason: "the driver composes an item twice, or one that was not asked for; this is a fault of the driver, please report it"}
			}
			seen[at] = true
			left--
		}
		for begin := 0; begin < len(positions); begin += batch {
			calls = append(calls, positions[begin:min(begin+batch, len(positions))])
		}
	}
	if left > 0 {
		return nil, &Error{Next: AskPerson, Reason: fmt.Sprintf("the driver left %d items out of its calls; this is a fault of the driver, please report it", left)}
	}
	return calls, nil
}

func chunks(items, batch int) [][]int {
	var calls [][]int
	for begin := 0; begin < items; begin += batch {
		call := make([]int, 0, min(batch, items-begin))
		for at := begin; at < min(begin+batch, items); at++ {
			call = append(call, at)
		}
		calls = append(calls, call)
	}
	return calls
}
