// Package ebaytest is one seller on eBay in memory, written from eBay's OpenAPI document of the Inventory API and from
// docs/channels/ebay.md. What is not confirmed about eBay is an option.
//
// The files: ebaytest.go is what a test does with the seller, serve.go what eBay answers, quantities.go how it sets figures, bucket.go
// how it counts calls and revisions.
package ebaytest

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/ebay"
	"github.com/tidemark/tidemark/settings"
)

// Poison is a SKU whose offer is found like any other and refuses every figure.
const Poison = "POISON"

// The seller.
const (
	Client      = "AcmeBike-Tidemark-PRD-0a1b2c3d4-5e6f7a8b"
	Marketplace = "EBAY_US"
)

// Scope is what the driver needs.
const Scope = "https://api.ebay.com/oauth/api_scope/sell.inventory"

// Options of a seller. The zero value takes everything and counts calls over its limits.
type Options struct {
	Settings map[string]any // further settings of the channels that Open returns
	Now      func() time.Time

	// The limits; 0 means the default. Calls per second and at once are what the driver keeps to by default, 10: eBay publishes none.
	PerSecond, Burst float64
	Daily            int // calls in a day of the Pacific coast, by default 2,000,000
	Revisions        int // of one offer in such a day, by default 250
	// Throttles answers calls over the limits with 429; otherwise they are only counted.
	Throttles  bool
	RetryAfter string // what such a response says

	// What is not confirmed about eBay, each off by default.
	OneSKU      bool // takes one SKU in a call, as the text of the method says, in place of 25
	SKURows     bool // has a result for a SKU itself, next to those of its offers
	EmptyOffers bool // a SKU without offers has an empty list, in place of 404
	RefusesZero bool // does not take 0, as without the out-of-stock option
	ShortSKUs   bool // refuses a look-up of a SKU of more than 50 characters
	Plain400    bool // a call in which everything fails is answered with 400 and no results
}

// Store is a running seller. It is a channeltest.Store.
type Store struct {
	*channeltest.Fake
	options Options

	items  map[string]*item
	offers map[string]*offer
	scopes []string
	lastID int64
	limits limits
}

// item is an inventory item.
type item struct {
	sku      string
	quantity int64 // ship-to-home
	offers   []*offer
	poisoned bool
}

// offer is one of an inventory item.
type offer struct {
	id          string
	sku         string
	marketplace string
	format      string // FIXED_PRICE or AUCTION
	published   bool
	ended       bool // its listing, though it is published
	quantity    int64
}

// Start starts a seller that ends with the test.
func Start(t testing.TB, options Options) *Store {
	t.Helper()
	s := &Store{
		Fake: channeltest.NewFake(options.Now, channeltest.Opening{
			Driver: ebay.Driver(), Settings: settings.Values{
				"marketplace": Marketplace, "client_id": Client, "client_secret": "env:SECRET",
				"refresh_token": "env:TOKEN",
			}, More: options.Settings, Environment: Environment(),
		}),
		options: options, items: map[string]*item{}, offers: map[string]*offer{},
		scopes: []string{Scope}, lastID: 8_209_815_000,
	}
	s.limits = newLimits(options, s.Now())
	s.list(Poison).poisoned = true
	s.Serve(t, s.Locked(s.serve))
	s.Sort = sort
	s.Alone = func(*http.Request) bool { return options.OneSKU }
	s.Refuse = func(w http.ResponseWriter, status int, words string) { refuse(w, status, fault(25002, words)) }
	return s
}

// sort tells the calls that can change a figure from the reading ones and from those for a token.
var sort = channeltest.ByMethod(func(r *http.Request) bool {
	return r.URL.Path == tokenPath
})

// Environment holds the credentials.
func Environment() settings.Environment { return channeltest.Environment("SECRET", "TOKEN") }

// Set edits the listings. It lists a SKU that the seller does not have.
func (s *Store) Set(_ *testing.T, items ...channels.Item) {
	s.Mutex.Lock()
	defer s.Mutex.Unlock()
	for _, item := range items {
		entry, exists := s.items[item.ChannelSKU]
		if !exists {
			entry = s.list(item.ChannelSKU)
		}
		entry.quantity = item.Quantity
		for _, offered := range entry.offers {
			offered.quantity = item.Quantity
		}
	}
}

// list makes an inventory item with a published offer. The mutex is held, or the seller is not started yet.
func (s *Store) list(sku string) *item {
	made := &item{sku: sku}
	s.items[sku] = made
	s.offer(made, Marketplace, "FIXED_PRICE")
	return made
}

func (s *Store) offer(entry *item, marketplace, format string) {
	s.lastID++
	made := &offer{id: strconv.FormatInt(s.lastID, 10), sku: entry.sku, marketplace: marketplace, format: format, published: true}
	s.offers[made.id] = made
	entry.offers = append(entry.offers, made)
}

// edit changes the inventory item of a SKU.
func (s *Store) edit(sku string, change func(*item)) {
	s.Mutex.Lock()
	defer s.Mutex.Unlock()
	if item, exists := s.items[sku]; exists {
		change(item)
	}
}

// Poison makes a SKU refuse every figure.
func (s *Store) Poison(sku string) { s.edit(sku, func(entry *item) { entry.poisoned = true }) }

// Offer offers a SKU once more, on a marketplace and as FIXED_PRICE or AUCTION.
func (s *Store) Offer(sku, marketplace, format string) {
	s.edit(sku, func(entry *item) { s.offer(entry, marketplace, format) })
}

// Withdraw makes the offers of a SKU unpublished.
func (s *Store) Withdraw(sku string) {
	s.edit(sku, func(entry *item) {
		for _, offered := range entry.offers {
			offered.published = false
		}
	})
}

// End ends the listings of a SKU, and leaves its offers published.
func (s *Store) End(sku string) {
	s.edit(sku, func(entry *item) {
		for _, offered := range entry.offers {
			offered.ended = true
		}
	})
}

// Unoffer deletes the offers of a SKU.
func (s *Store) Unoffer(sku string) { s.edit(sku, s.unoffer) }

func (s *Store) unoffer(entry *item) {
	for _, offered := range entry.offers {
		delete(s.offers, offered.id)
	}
	entry.offers = nil
}

// Renew deletes an item's offers and makes one again.
func (s *Store) Renew(_ *testing.T, renewed channels.Item) {
	s.edit(renewed.ChannelSKU, func(entry *item) {
		s.unoffer(entry)
		s.offer(entry, Marketplace, "FIXED_PRICE")
	})
}

// Offender is an item that is refused for ever.
func (s *Store) Offender(*testing.T) channels.Item {
	return channels.Item{ChannelSKU: Poison, Quantity: 1}
}

// Shown is what buyers see of every SKU on the marketplace: the lesser of its own quantity and that of its offer.
func (s *Store) Shown(*testing.T) map[channeltest.Place]int64 {
	s.Mutex.Lock()
	defer s.Mutex.Unlock()
	shown := make(map[channeltest.Place]int64, len(s.items))
	for sku, item := range s.items {
		for _, offered := range item.offers {
			if offered.marketplace == Marketplace && offered.format == "FIXED_PRICE" && offered.published && !offered.ended {
				shown[channeltest.Place{SKU: sku}] = min(item.quantity, offered.quantity)
			}
		}
	}
	return shown
}

// Grant sets the scopes that the seller consented to.
func (s *Store) Grant(scopes ...string) { s.Hold(func() { s.scopes = scopes }) }

// Overruns counts calls over the limits, and figures for offers that were revised too often.
func (s *Store) Overruns() int {
	return channeltest.Held(s.Fake, func() int { return s.Limiter.Overruns() + s.limits.refused })
}
