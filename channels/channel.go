// Package channels is the port to the stores: what Tidemark asks of a store's API and what it wants to know of the response.
//
// A driver translates; it does not decide. It turns a batch into exact bytes (Encode), sends those bytes (Send) and says
// item by item what the response means. It never retries, never paces, never bisects and never remembers: the push activity
// does that once for all drivers, and the pacing decorator keeps every store's budget.
//
// The port fits the four kinds of answer that store APIs give:
//
//   - all or nothing: either the named offenders are Rejected and the others NotApplied, or nobody is named and Reply.Refused is true;
//   - per item in one response: every item has its own outcome;
//   - submit, poll, report: items are Accepted and Reply.Ticket is polled through the Poller capability;
//   - a single item: a batch of one.
//
// What only some stores need is a capability, asked for by interface: Poller (reports later), Finder (knows items by ids of its
// own), Composer (does not take every mix of items in one call), Metered (counts kinds of calls apart), Submitter (reports later on some
// calls alone).
package channels

import (
	"context"
	"errors"
	"time"

	"github.com/tidemark/tidemark/settings"
)

// Item is one number that a store should show.
type Item struct {
	Location   string // the store's location id; empty for a store that is not split
	ChannelSKU string
	Quantity   int64 // units, absolute, never negative
	// Expected is the figure that the store is believed to show, for drivers that can compare before they set. Nil means
	// that it is not known, or that the store must not compare.
	Expected *int64
	// Reference is the store's own id of the item, as Find returned it; empty for drivers that are no Finder.
	Reference string
}

// Call is one request to a store, as it is kept in the ledger before it is sent. Sending the same Call again sends the
// same bytes with the same key.
type Call struct {
	Key   string // the idempotency key, unique for each new attempt at new content
	Body  []byte // what Encode made of Items
	Items []Item
}

// Verdict is what a store's response means for one item.
type Verdict int

// The verdicts. The zero value is Unknown: what is not marked is never taken for a success.
const (
	Unknown    Verdict = iota // it may or may not have been applied; the same bytes are sent again with the same key
	Applied                   // the store shows the figure
	Accepted                  // the store has taken the figure and will report later
	Rejected                  // the store will never take this item as it is; it is parked with the reason
	NotApplied                // nothing was changed for this item, through no fault of its own; it is sent again in another call
	Conflict                  // the store shows something else than Expected; Actual holds it
)

// ItemReply is the response for one item.
type ItemReply struct {
	Verdict Verdict
	Code    string // the store's own code, for people
	Reason  string // what is wrong and, where known, what to do; empty on success
	Actual  *int64 // what the store shows now, where it says
	// Clamped is the figure that the store took instead of the one asked for; nil when it took that one.
	Clamped *int64
	// Lost is true when the store does not know the item's Reference any more: it is forgotten, and ids are refreshed.
	Lost bool
}

// Reply is the response to one call. Items has one entry for each item of the call, in the call's order.
type Reply struct {
	Items []ItemReply
	// Refused is true when the store refused the call as a whole and named nobody: the push activity bisects.
	Refused bool
	Reason  string // why, when Refused
	// Ticket identifies a submission that is still to be reported on; empty otherwise.
	Ticket string
	// PollAfter is how long the store asks to wait before the first or next poll.
	PollAfter time.Duration
	// Budget is what the response says about the rate budget; the zero value says nothing.
	Budget Budget
}

// Budget is what a store says about its own rate limit in a response.
type Budget struct {
	Known     bool
	Capacity  float64 // the bucket's size, in calls (or cost points)
	Remaining float64 // what is left now
	PerSecond float64 // how fast it refills
	Cost      float64 // what this call took; 0 means 1
}

// Channel speaks to one store.
type Channel interface {
	// Limits says what the store's API allows; it is asked once, before the first call.
	Limits() Limits
	// Encode makes the exact bytes of a call. It must be deterministic.
	Encode(items []Item, key string) ([]byte, error)
	// Send sends the call's bytes once. An error is an *Error; together with a Reply the error wins.
	Send(ctx context.Context, call Call) (Reply, error)
	// Check proves credentials, location and one read, without changing anything.
	Check(ctx context.Context) (Finding, error)
}

// Poller is the capability of stores that take a submission and report on it later.
type Poller interface {
	// Poll asks for the report on a ticket. While the store still works, Ticket is set: items that it is done with already have
	// their verdicts, the others are Accepted.
	Poll(ctx context.Context, ticket string, items []Item) (Reply, error)
}

// Limits is what a store's API allows, as published.
type Limits struct {
	Batch int // the most items in one call
	// Rate is the published budget: calls per second and the burst on top. Zero means unknown: a careful default is used.
	Rate  float64
	Burst float64
	// Compare is true when the driver passes Expected on to the store.
	Compare bool
	// KeyLifetime is how long the store remembers an idempotency key; a call older than that is not sent again as it was.
	// Zero means that the store has no keys: a call is a set of absolute figures, and sending it again is harmless.
	KeyLifetime time.Duration
	// Calls is the most calls, look-ups among them, that may be under way at once; 0 means 1. Few stores publish it: the source of a number
	// above 1 stands on the driver's page.
	Calls int
	// Timeout is the longest that one call may take.
	Timeout time.Duration
	// Rates are the published budgets of the meters that a Metered store counts apart, by name; others use Rate and Burst.
	Rates map[string]Rate
	// Find is the most items in one look-up of a Finder.
	Find int
	// Window is how many due items a Composer is shown at once; 0 means Batch.
	Window int
	// Tickets is the most submissions that may be under way at once; 0 means no limit.
	Tickets int
	// ItemCalls is the most calls that may name one channel SKU in a day of DayZone (UTC when nil); 0 means no limit. What
	// changes more often waits for the next day, and only its newest figure goes out then.
	ItemCalls int64
	DayZone   *time.Location
}

// Expected is the figure that a store is to compare an item with; nil where it does not compare.
func (l Limits) Expected(item Item) *int64 {
	if !l.Compare {
		return nil
	}
	return item.Expected
}

// Rate is a published budget: calls per second and the burst on top.
type Rate struct {
	PerSecond, Burst float64
	Calls            int // under way at once, of this meter; 0 means as many as Limits.Calls
}

// Finding is what Check found, for people.
type Finding struct {
	Account   string   // which account the credentials belong to
	Locations []string // ids of the store's locations
	Notes     []string
}

// Driver opens channels of one kind. Drivers are listed in channels/all.
type Driver struct {
	Spec settings.Spec
	Open func(store string, values settings.Values, environment settings.Environment) (Channel, error)
}

// NewDriver returns the driver of stores with an HTTP API. Settings that are not right are refused before a store is opened; bytes is the most
// that is read of a response, 0 the default.
func NewDriver(spec settings.Spec, bytes int64, open func(Base, settings.Values, settings.Environment) (Channel, error)) Driver {
	return Driver{Spec: spec, Open: func(store string, given settings.Values, environment settings.Environment) (Channel, error) {
		base, values, err := newBase(spec, store, given, environment, bytes)
		if err != nil {
			return nil, err
		}
		return open(base, values, environment)
	}}
}

// Drivers are drivers by their names.
type Drivers map[string]Driver

// ErrNoDriver: a store's driver is not one of those that this program has.
var ErrNoDriver = errors.New("no such driver")

// Open opens a store with the driver that it names, behind the guard (Guarded). It is the one way in which programs open stores. Its error
// says what to correct.
func (d Drivers) Open(driver, store string, values settings.Values, environment settings.Environment) (Channel, error) {
	existing, ok := d[driver]
	if !ok {
		return nil, ErrNoDriver
	}
	channel, err := existing.Open(store, values, environment)
	if err != nil {
		return nil, err
	}
	return Guarded(channel), nil
}
