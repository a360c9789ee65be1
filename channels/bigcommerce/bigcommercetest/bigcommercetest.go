// Package bigcommercetest is one BigCommerce store in memory, written from docs/channels/bigcommerce.md. What is not confirmed about
// BigCommerce is an option, so that the driver can be tested both ways.
//
// The files: bigcommercetest.go is what a test does with the store, serve.go what stands before the API, read.go what can be read,
// adjust.go how figures are set, window.go how calls are counted.
package bigcommercetest

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/bigcommerce"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/settings"
)

const (
	// Hash is the id of the store.
	Hash = "abc123"
	// Poison is a SKU that is there and refuses every figure, for its stock is tracked by product.
	Poison = "POISON"
)

// Naming is how a response names an offender.
type Naming int

// The ways. A response of BigCommerce to a call by SKU is not published, only one to a call by variant_id.
const (
	BySKU     Naming = iota // "Item with sku A", after the published title
	ByList                  // "identities: [A,B]", after that of locations
	ByVariant               // "Item with variant_id 106", which Tidemark did not send
	ByIndex                 // in the errors, by its place in the call
	ByNobody                // not at all
)

// Options of a store.
type Options struct {
	Settings map[string]any // further settings of the channels that Open returns
	Now      func() time.Time
	// Locations are the ids of its locations; none means 1 only, for a connection that is not split.
	Locations []string

	// Quota is how many calls it takes in a window; 0 means the 450 of Pro.
	Quota int
	// Window is how long a quota is for; 0 means 30 seconds.
	Window time.Duration
	// Unlimited counts no calls and tells of no quota, as on the unlimited plan.
	Unlimited bool
	// ReadOnly is a token that must not adjust.
	ReadOnly bool
	// NoLocations is a token that must not read locations.
	NoLocations bool
	// NoInformation is a token that must not read the store's name.
	NoInformation bool

	// What is not confirmed about BigCommerce, each off by default.
	Naming      Naming
	OneOffender bool          // names one offender at a time
	Partial     bool          // applies the rest of a call that it refuses
	Delay       time.Duration // until an adjustment that was taken shows
	LongCalls   int           // the status of the response to a call of too many items; 0 means 413
	EmptyCalls  int           // the status of the response to a call of no items; 0 means 422
	Gradual     bool          // renews its quota bit by bit, not all at once
}

// Store is a running store. It is a channeltest.Store.
type Store struct {
	*channeltest.Fake
	options Options

	locations  map[int64]bool
	items      map[string]*item // by SKU
	first      string           // the SKU that was added first
	shown      map[place]int64
	queue      []adjusted // what was taken and does not show yet, the oldest first
	window     window
	overload   int   // calls that are still to be refused for the platform's load
	overloaded int   // calls that were
	last       int64 // the last variant id
}

// item is a product without variants, or a variant.
type item struct {
	variant int64
	refused bool // its stock is tracked by product
	dropped bool // its adjustments are taken and never made
}

type place struct {
	location int64
	sku      string
}

type adjusted struct {
	place    place
	quantity int64
	at       time.Time
}

// Start starts a store that ends with the test.
func Start(t testing.TB, options Options) *Store {
	t.Helper()
	s := &Store{
		Fake: channeltest.NewFake(options.Now, channeltest.Opening{
			Driver: bigcommerce.Driver(), Settings: settings.Values{"store_hash": Hash, "token": "env:TOKEN"}, More: options.Settings, Environment: Environment(),
		}), options: options, locations: map[int64]bool{}, items: map[string]*item{}, shown: map[place]int64{}, last: 70,
	}
	for _, location := range options.Locations {
		s.locations[s.id(location)] = true
	}
	if len(options.Locations) == 0 {
		s.locations[s.id("")] = true
	}
	s.window = newWindow(options, s.Now())
	s.add(Poison).refused = true
	s.Serve(t, s.routes())
	s.Sort = sort
	s.Front.Refuse = func(w http.ResponseWriter, status int, words string) { refuse(w, status, words) }
	return s
}

// sort tells adjustments from everything else. Those of nothing change nothing.
var sort = channeltest.ByMark(http.MethodPut, `"sku"`)

// Environment holds the credential.
func Environment() settings.Environment { return channeltest.Environment("TOKEN") }

// Set edits the store. It makes an item for a SKU that it does not have.
func (s *Store) Set(_ *testing.T, items ...channels.Item) {
	s.Mutex.Lock()
	defer s.Mutex.Unlock()
	s.settle()
	for _, item := range items {
		if _, exists := s.items[item.ChannelSKU]; !exists {
			s.add(item.ChannelSKU)
		}
		s.shown[place{s.id(item.Location), item.ChannelSKU}] = item.Quantity
	}
}

// add makes an item. The mutex is held, or the store is not started yet.
func (s *Store) add(sku string) *item {
	s.last++
	made := &item{variant: s.last}
	s.items[sku] = made
	if s.first == "" {
		s.first = sku
	}
	return made
}

// id is the id of a location; an item without one is at the first.
func (s *Store) id(location string) int64 {
	id, err := strconv.ParseInt(location, 10, 64)
	if err != nil {
		return 1
	}
	return id
}

// Poison makes a SKU refuse every figure, as one whose stock is tracked by product does.
func (s *Store) Poison(sku string) { s.edit(sku, func(entry *item) { entry.refused = true }) }

// Drop makes a SKU's figures be taken and never be made.
func (s *Store) Drop(sku string) { s.edit(sku, func(entry *item) { entry.dropped = true }) }

// Remove deletes the item of a SKU.
func (s *Store) Remove(sku string) {
	s.Mutex.Lock()
	defer s.Mutex.Unlock()
	delete(s.items, sku)
	for location := range s.locations {
		delete(s.shown, place{location, sku})
	}
}

func (s *Store) edit(sku string, change func(*item)) {
	s.Mutex.Lock()
	defer s.Mutex.Unlock()
	if item, exists := s.items[sku]; exists {
		change(item)
	}
}

// Offender is an item that is refused for ever.
func (s *Store) Offender(*testing.T) channels.Item {
	return channeltest.Offending(Poison, s.options.Locations)
}

// Shown is what the store shows at each location.
func (s *Store) Shown(*testing.T) map[channeltest.Place]int64 {
	s.Mutex.Lock()
	defer s.Mutex.Unlock()
	s.settle()
	shown := make(map[channeltest.Place]int64, len(s.shown))
	for at, quantity := range s.shown {
		location := ""
		if len(s.options.Locations) > 0 {
			location = strconv.FormatInt(at.location, 10)
		}
		shown[channeltest.Place{Location: location, SKU: at.sku}] = quantity
	}
	return shown
}

// Overload refuses the next calls for the load of the whole platform, without a word on the quota.
func (s *Store) Overload(calls int) { s.Hold(func() { s.overload = calls }) }

// Throttled counts answers that throttle, for the quota or for the platform's load.
func (s *Store) Throttled() int {
	return channeltest.Held(s.Fake, func() int { return s.Limiter.Throttled() + s.overloaded })
}
