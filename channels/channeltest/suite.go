// Package channeltest is the contract of channels.Channel as tests. Every driver runs it against a fake of its store:
//
//	func TestConformance(t *testing.T) {
//		channeltest.Run(t, channeltest.Subject{Driver: driver.Driver(), Shape: channeltest.PerItem, Start: start})
//	}
//
// The fake speaks the store's protocol correctly; Front spoils its answers in the ways that are the same for every store. A Subject
// states what the store can do; what it cannot do is excused with a reason, and the reason is shown.
package channeltest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/settings"
)

// Shape is the kind of answer that a store gives.
type Shape string

// The shapes of package channels.
const (
	AllOrNothing Shape = "all or nothing"
	PerItem      Shape = "per item"
	Submit       Shape = "submit, poll, report"
	Single       Shape = "single"
)

// Credential is what the fake takes for its secret; no error and no body of a call may hold it.
const Credential = "canary-credential-2f6c"

// Environment holds Credential under the names of these variables, and nothing else.
func Environment(names ...string) settings.Environment {
	return settings.Environment{Variable: func(name string) (string, bool) { return Credential, slices.Contains(names, name) }}
}

// Subject is a driver under test, and what its store can do.
type Subject struct {
	Shape Shape
	// Driver opens the store.
	Driver channels.Driver
	// Start starts a fresh fake of the store that shows nothing; it ends with the test.
	Start func(t *testing.T) Store
	// Locations are those of the fake; none means that the store is not split.
	Locations []string
	// Keys is true when the store honours idempotency keys.
	Keys bool
	// Compare is true when the channel that Open returns compares before it sets.
	Compare bool
	// TellsBudget is true when answers carry the store's rate budget.
	TellsBudget bool
	// RetryAfter is what the fake says when it throttles with ThrottleSeconds or ThrottleDate; 0 when the test cannot know.
	RetryAfter time.Duration
	// Finds is true when the channel is a Finder. The fake's Store is a Renewer then.
	Finds bool
	// Clamp is the most that the fake shows of an item; 0 when it does not clamp.
	Clamp int64
	// NamesFailures is true when the store's response names what went wrong and counts the rest.
	NamesFailures bool
	// Excused says of faults that the store's API cannot show, why not.
	Excused map[Fault]string
}

// Store is a running fake.
type Store interface {
	// Open returns a new channel to the fake, with Credential.
	Open(t *testing.T) channels.Channel
	// Settings are those with which Open opens the driver.
	Settings() settings.Values
	// Provoke gives every later call a fault, until the next Provoke; None ends it.
	Provoke(t *testing.T, fault Fault)
	// Set changes what the store shows, as its owner would, behind Tidemark's back. Unknown SKUs are added.
	Set(t *testing.T, items ...channels.Item)
	// Offender returns an item that the store will never take.
	Offender(t *testing.T) channels.Item
	// Shown returns everything that the store shows.
	Shown(t *testing.T) map[Place]int64
	// Calls is how many calls that could change something have reached the store, spoiled ones included.
	Calls(t *testing.T) int
	// Close has the store refuse an item from now on, and Reopen has it take every item again. Both come with a Front.
	Close(sku string, closing Closing)
	Reopen()
	// Leaks is how many calls followed a redirect.
	Leaks(t *testing.T) int
}

// Renewer is a fake whose items have ids of the store's own.
type Renewer interface {
	// Renew gives an item another id, as when its owner deletes it and makes it again; the old id is not known any more.
	Renew(t *testing.T, item channels.Item)
}

// Place is where a store shows a figure.
type Place struct{ Location, SKU string }

// patience is how long a call or a report may take in a test, on a slow machine.
const patience = 30 * time.Second

// Run tests a driver.
func Run(t *testing.T, subject Subject) {
	for fault, reason := range subject.Excused {
		require.Contains(t, outcomes, fault, "an excuse for a fault that does not exist")
		require.NotEmpty(t, reason, "%s: an excuse needs a reason", fault)
		t.Logf("excused: %s: %s", fault, reason)
	}
	s := suite{subject}
	for _, test := range []struct {
		name string
		run  func(*testing.T, Store)
		when bool
	}{
		{"limits make sense", s.limits, true},
		{"bytes are the same every time", s.encode, true},
		{"figures arrive", s.figures, true},
		{"figures arrive in full batches", s.fullBatch, true},
		{"SKUs are opaque", s.oddSKUs, true},
		{"an offender is parked", s.offender, true},
		{"an offender that is not named", s.unnamedOffender, subject.applies(UnnamedOffender)},
		{"results in another order", s.reordered, subject.applies(Reordered)},
		{"a result is missing", s.shortened, subject.applies(Shortened)},
		{"an item that is refused", s.closedItem, subject.applies(Closed)},
		{"an item that is refused alone", s.closedAlone, subject.applies(Closed)},
		{"a call for several that is refused for one", s.closedAmong, subject.applies(Closed) && subject.Shape != Single},
		{"a look-up that is refused for one", s.closedLookUp, subject.applies(Closed) && subject.Finds},
		{"a check when an item is refused", s.closedCheck, subject.applies(Closed)},
		{"a report that is refused for one", s.closedReport, subject.applies(Closed) && subject.Shape == Submit},
		{"a call for several that is refused for the credential", s.closedWhole, subject.applies(Closed)},
		{"an item on which the store has a server error", s.serverErrorOnItem, subject.applies(ItemServerError)},
		{"an item on which a database has an error", s.passingItem, subject.applies(Closed)},
		{"an error that names no item", s.nameless, subject.applies(Nameless)},
		{"an error that names no item among others", s.namelessAmong, subject.applies(Nameless)},
		{"a byte order mark before a refusal is skipped", s.markedRefusal, subject.applies(Closed)},
		{"a result that nobody asked for", s.stray, subject.applies(Stray)},
		{"a figure is clamped", s.clamped, subject.Clamp > 0},
		{"the same call twice", s.repeated, true},
		{"a key with other bytes", s.reused, subject.Keys},
		{"a stale comparison", s.stale, subject.Compare},
		{"nothing is compared", s.notCompared, !subject.Compare},
		{"a report comes later", s.report, subject.Shape == Submit},
		{"a report is forgotten", s.forgotten, subject.Shape == Submit},
		{"only stores that report later are polled", s.noPoller, subject.Shape != Submit},
		{"a call that was cancelled", s.cancelled, true},
		{"a byte order mark before an answer is skipped", s.marked, true},
		{"check", s.check, true},
		{"addresses that are refused", s.reach, true},
		{"the budget is told", s.budget, subject.TellsBudget},
		{"items are found", s.finds, subject.Finds},
		{"a reference is lost", s.lost, subject.Finds},
		{"only stores with ids of their own are asked for them", s.noFinder, !subject.Finds},
		{"due items become calls", s.composes, true},
		{"every call has a budget", s.meters, true},
	} {
		if test.when {
			t.Run(test.name, func(t *testing.T) {
				t.Parallel()
				test.run(t, subject.Start(t))
			})
		}
	}
	for fault, outcome := range outcomes {
		if outcome.whole && subject.applies(fault) {
			t.Run(string(fault), func(t *testing.T) {
				t.Parallel()
				s.failure(t, subject.Start(t), fault, outcome)
			})
			if subject.Finds && fault != TooLarge {
				t.Run(string(fault)+" while looking up", func(t *testing.T) {
					t.Parallel()
					s.findFailure(t, subject.Start(t), fault, outcome)
				})
			}
			if subject.Shape == Submit {
				t.Run(string(fault)+" while polling", func(t *testing.T) {
					t.Parallel()
					s.pollFailure(t, subject.Start(t), fault, outcome)
				})
			}
		}
	}
}

// applies tells whether the store can show a fault.
func (s Subject) applies(fault Fault) bool {
	_, excused := s.Excused[fault]
	shapes := outcomes[fault].shapes
	return !excused && (shapes == nil || shapes[s.Shape])
}

type suite struct{ subject Subject }

// open returns a channel as production uses it.
func open(t *testing.T, store Store) channels.Channel {
	t.Helper()
	return channels.Guarded(store.Open(t))
}

// items are some that the store takes, as many as fit into a call, three at most.
func (s suite) items(t *testing.T, store Store, channel channels.Channel) []channels.Item {
	t.Helper()
	return s.listed(t, store, min(3, channel.Limits().Batch))
}

// listed returns n items that the store has and shows as 0.
func (s suite) listed(t *testing.T, store Store, n int) []channels.Item {
	t.Helper()
	items := make([]channels.Item, n)
	for i := range items {
		items[i] = channels.Item{Location: s.location(i), ChannelSKU: fmt.Sprintf("CT-%d", i)}
	}
	store.Set(t, items...)
	for i := range items {
		items[i].Quantity = int64(10 + i)
	}
	return items
}

func (s suite) location(i int) string {
	if len(s.subject.Locations) == 0 {
		return ""
	}
	return s.subject.Locations[i%len(s.subject.Locations)]
}

// call makes a call as the push activity does: items are looked up first where the store has ids of its own.
func call(t *testing.T, channel channels.Channel, key string, items ...channels.Item) channels.Call {
	t.Helper()
	items = lookedUp(t, channel, items)
	body, err := channel.Encode(items, key)
	require.NoError(t, err)
	return channels.Call{Key: key, Body: body, Items: items}
}
