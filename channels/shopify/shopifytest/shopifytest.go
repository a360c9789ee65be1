// Package shopifytest is one Shopify shop in memory, written from the documented and recorded behaviour of the Admin API in
// docs/channels/shopify.md. What is not confirmed about Shopify is an option.
//
// The files: shopifytest.go is what a test does with the shop, api.go what the shop answers, quantities.go how it sets figures,
// search.go how it finds variants, bucket.go how it counts points.
package shopifytest

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/shopify"
	"github.com/tidemark/tidemark/settings"
)

// Poison is a SKU whose item is found like any other and refuses every figure.
const Poison = "POISON"

// DefaultLocation is the location of a shop that is started without Locations.
const DefaultLocation = "gid://shopify/Location/70000000001"

// Options of a shop.
type Options struct {
	Locations []string       // ids, as numbers or as gids
	App       bool           // the credential is a client id and secret in place of a token
	Settings  map[string]any // further settings of the channels that Open returns
	Now       func() time.Time

	// The bucket, in points; 0 means that of a standard shop: 2,000, and 100 a second.
	Capacity, PerSecond float64

	// What is not confirmed about Shopify, each off by default.
	OneOffender       bool    // names one offender at a time
	Partial           bool    // applies what is not at fault next to what is
	FailedKeys        bool    // a key whose call was refused is refused as such, in place of the same response again
	SearchesLoosely   bool    // a search finds SKUs in other case and longer ones
	CountsItself      bool    // an item counts among those that have its SKU
	PointsPerQuantity float64 // what a quantity costs on top of the mutation
}

// Store is a running shop. It is a channeltest.Store.
type Store struct {
	*channeltest.Fake
	options Options

	locations map[string]string // by gid: the name that items use
	items     map[int64]*item
	bySKU     map[string][]int64
	levels    map[level]int64
	keys      map[string]kept
	scopes    []string
	bucket    bucket
	lastID    int64
}

// item is an inventory item with its variant.
type item struct {
	id        int64
	sku       string
	poisoned  bool // not mutable, though nothing shows it
	bundle    bool // requires components
	untracked bool
	unstocked map[string]bool // locations
}

type level struct {
	item     int64
	location string
}

// Start starts a shop that ends with the test.
func Start(t testing.TB, options Options) *Store {
	t.Helper()
	s := &Store{
		Fake: channeltest.NewFake(options.Now, channeltest.Opening{
			Driver: shopify.Driver(), Settings: credentials(options), More: options.Settings, Environment: Environment(),
		}),
		options: options, locations: map[string]string{}, items: map[int64]*item{}, bySKU: map[string][]int64{},
		levels: map[level]int64{}, keys: map[string]kept{}, lastID: 53_000_000_000_000,
		scopes: []string{"write_inventory", "read_products", "read_locations"},
	}
	for _, name := range options.Locations {
		s.locations[gid(name)] = name
	}
	if len(s.locations) == 0 {
		s.locations[DefaultLocation] = ""
	}
	s.bucket = newBucket(options.Capacity, options.PerSecond, s.Now())
	s.add(Poison).poisoned = true
	s.Serve(t, s.Locked(s.serve))
	s.Sort = sort
	s.NameBy(s.idOf)
	s.Refuse = func(w http.ResponseWriter, status int, words string) {
		channeltest.Reply(w, status, map[string]string{"errors": words})
	}
	return s
}

// idOf is how a call names the inventory item of a SKU.
func (s *Store) idOf(sku string) string {
	for _, id := range s.bySKU[sku] {
		return itemGID(id) + `"`
	}
	return ""
}

// sort tells mutations from queries: both are posted to the same address.
func sort(r *http.Request, body []byte) channeltest.Kind {
	switch {
	case r.URL.Path == tokenPath:
		return channeltest.Aside
	case bytes.Contains(body, []byte("inventorySetQuantities")):
		return channeltest.Write
	}
	return channeltest.Read
}

// gid is the full id of a location.
func gid(location string) string {
	if location == "" {
		return DefaultLocation
	}
	return "gid://shopify/Location/" + strings.TrimPrefix(location, "gid://shopify/Location/")
}

// Environment holds the credentials.
func Environment() settings.Environment { return channeltest.Environment("TOKEN", "SECRET") }

// Set edits the shop. It makes a variant for a SKU that it does not have, and stocks it at every location.
func (s *Store) Set(_ *testing.T, items ...channels.Item) {
	s.Mutex.Lock()
	defer s.Mutex.Unlock()
	for _, item := range items {
		if len(s.bySKU[item.ChannelSKU]) == 0 {
			s.add(item.ChannelSKU)
		}
		for _, id := range s.bySKU[item.ChannelSKU] {
			s.levels[level{id, gid(item.Location)}] = item.Quantity
		}
	}
}

// add makes a variant. The mutex is held, or the shop is not started yet.
func (s *Store) add(sku string) *item {
	s.lastID += 32_768
	made := &item{id: s.lastID, sku: sku, unstocked: map[string]bool{}}
	s.items[made.id] = made
	s.bySKU[sku] = append(s.bySKU[sku], made.id)
	return made
}

// edit changes every item of a SKU.
func (s *Store) edit(sku string, change func(*item)) {
	s.Mutex.Lock()
	defer s.Mutex.Unlock()
	for _, id := range s.bySKU[sku] {
		change(s.items[id])
	}
}

// Poison makes a SKU refuse every figure, as the parent of a bundle does whose components the look-up did not tell of.
func (s *Store) Poison(sku string) { s.edit(sku, func(entry *item) { entry.poisoned = true }) }

// Bundle makes a variant require components.
func (s *Store) Bundle(sku string) { s.edit(sku, func(entry *item) { entry.bundle = true }) }

// Untrack ends the tracking of a variant's quantity.
func (s *Store) Untrack(sku string) { s.edit(sku, func(entry *item) { entry.untracked = true }) }

// Unstock takes a variant away from a location.
func (s *Store) Unstock(sku, location string) {
	s.edit(sku, func(entry *item) { entry.unstocked[gid(location)] = true })
}

// Duplicate makes another variant with a SKU.
func (s *Store) Duplicate(sku string) { s.Hold(func() { s.add(sku) }) }

// Move gives a SKU to a new variant. The variant that had it stays, under another SKU.
func (s *Store) Move(sku, other string) {
	s.Mutex.Lock()
	defer s.Mutex.Unlock()
	for _, id := range s.bySKU[sku] {
		s.items[id].sku = other
	}
	s.bySKU[other] = append(s.bySKU[other], s.bySKU[sku]...)
	delete(s.bySKU, sku)
	s.add(sku)
}

// Renew deletes an item's variant and makes it again.
func (s *Store) Renew(_ *testing.T, renewed channels.Item) {
	s.Mutex.Lock()
	defer s.Mutex.Unlock()
	for _, id := range s.bySKU[renewed.ChannelSKU] {
		delete(s.items, id)
		maps.DeleteFunc(s.levels, func(at level, _ int64) bool { return at.item == id })
	}
	delete(s.bySKU, renewed.ChannelSKU)
	s.add(renewed.ChannelSKU)
}

// Offender is an item that is refused for ever.
func (s *Store) Offender(*testing.T) channels.Item {
	return channeltest.Offending(Poison, s.options.Locations)
}

// Shown is what the shop shows.
func (s *Store) Shown(*testing.T) map[channeltest.Place]int64 {
	s.Mutex.Lock()
	defer s.Mutex.Unlock()
	shown := make(map[channeltest.Place]int64, len(s.levels))
	for at, quantity := range s.levels {
		shown[channeltest.Place{Location: s.locations[at.location], SKU: s.items[at.item].sku}] = quantity
	}
	return shown
}

// Grant sets the scopes of the credential.
func (s *Store) Grant(scopes ...string) { s.Hold(func() { s.scopes = slices.Clone(scopes) }) }

// credentials are the settings that name the credential and the location.
func credentials(options Options) settings.Values {
	values := settings.Values{"token": "env:TOKEN"}
	if options.App {
		values = settings.Values{"client_id": "app", "client_secret": "env:SECRET"}
	}
	if len(options.Locations) == 0 {
		values["location"] = DefaultLocation
	}
	return values
}

func itemGID(id int64) string { return fmt.Sprintf("gid://shopify/InventoryItem/%d", id) }
