// Package adobecommercetest is one Adobe Commerce store in memory, written from Adobe's documentation, from what the PHP of Magento does
// and from docs/channels/adobecommerce.md. What is not confirmed, or differs between versions, is an option.
//
// The files: adobecommercetest.go is what a test does with the store, serve.go what the store answers, bulks.go how it takes bulks and
// reports on them.
package adobecommercetest

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/adobecommerce"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/settings"
)

// Poison is a SKU whose product is found like any other and refuses every figure.
const Poison = "POISON"

// standard is the source that every store has.
const standard = "default"

// The resources that the driver's calls need.
const (
	Sources  = "Magento_InventoryApi::source"
	Assign   = "Magento_InventoryApi::stock_source_item_assign"
	Products = "Magento_Catalog::products"
	Reports  = "Magento_AsynchronousOperations::system_magento_logging_bulk_operations"
)

// Where a poison is refused.
const (
	AtReceipt = "receipt" // the operation is not queued, and the receipt says so
	AsAWhole  = "whole"   // the bulk is refused and names nobody
)

// Options of a store. The zero value is a store without limits, whose only source is the default one.
type Options struct {
	Settings map[string]any // further settings of the channels that Open returns
	Now      func() time.Time

	// Sources are the codes of the sources besides the default one.
	Sources []string
	// Disabled are those of them that are disabled.
	Disabled []string
	// Processing is how long the consumer takes over a bulk. With 0 a bulk is done when it was asked about twice.
	Processing time.Duration
	// Without are resources that the integration has no access to.
	Without []string
	// The bucket of its server, in calls; 0 means what the driver keeps to by default: 2 a second, 4 at once.
	PerSecond, Burst float64
	// Throttle answers calls over the bucket with 429; otherwise they are only counted.
	Throttle bool
	// RetryAfter is what such a response says.
	RetryAfter string
	// Deadlocks are how often operations of a SKU fail for a reason that passes.
	Deadlocks map[string]int

	// What is not confirmed about Adobe Commerce, or differs between versions; each off by default.
	Limit          int    // input limits are on, and this is the most operations in a bulk
	LimitStatus    int    // the status of the response to more; 0 is 400
	RefusesUnknown bool   // figures of SKUs that do not exist are refused, otherwise they are taken without a word
	Refuses        string // where a poison is refused: AtReceipt or AsAWhole, otherwise by the consumer
	PoisonStatus   int    // the status of the operation of a poison; 0 is 3, not retriable
	NotSaved       bool   // a deadlock shows as status 3, Could not save Source Item, otherwise as status 2
	DatabaseIDs    bool   // operations are numbered across bulks, as in older versions
	KeepsNoData    bool   // reports do not say what operations held
	Snake          bool   // reports say it with names_like_this
}

// Store is a running store. It is a channeltest.Store and a channeltest.Renewer.
type Store struct {
	*channeltest.Fake
	options Options
	sources map[string]bool

	products  map[string]*product   // by SKU
	similar   map[string][]*product // by what the database takes for the same SKU
	figures   map[place]int64
	marked    map[place]int // 1 in stock, 0 out of stock
	orphans   int           // figures of SKUs that do not exist, which were taken
	deadlocks map[string]int
	bulks     map[string]*bulk
	queue     []*bulk             // not yet processed, in the order in which they came
	body      []byte              // of the last bulk
	bucket    *channeltest.Bucket // of its server; Adobe Commerce itself counts no calls
}

// place is a product's stock in a source.
type place struct{ source, name string }

// product is one of the catalogue.
type product struct {
	name     string // what the tests call it
	sku      string // as the store spells it
	kind     string
	poisoned bool
}

// Start starts a store that ends with the test.
func Start(t testing.TB, options Options) *Store {
	t.Helper()
	if options.LimitStatus == 0 {
		options.LimitStatus = 400
	}
	if options.PoisonStatus == 0 {
		options.PoisonStatus = failed
	}
	s := &Store{
		Fake: channeltest.NewFake(options.Now, channeltest.Opening{
			Driver: adobecommerce.Driver(), Settings: settings.Values{"token": "env:TOKEN"}, More: options.Settings, Environment: Environment(),
		}),
		options: options, sources: map[string]bool{standard: true}, products: map[string]*product{}, similar: map[string][]*product{},
		figures: map[place]int64{}, marked: map[place]int{}, deadlocks: maps.Clone(options.Deadlocks), bulks: map[string]*bulk{},
	}
	for _, code := range options.Sources {
		s.sources[code] = true
	}
	s.bucket = channeltest.NewBucket(cmp.Or(options.PerSecond, 2), cmp.Or(options.Burst, 4), s.Now())
	s.add(Poison, "simple").poisoned = true
	s.Serve(t, s.routes())
	s.Refuse = func(w http.ResponseWriter, status int, words string) { refuse(w, status, words, nil) }
	return s
}

// Environment holds the credential.
func Environment() settings.Environment { return channeltest.Environment("TOKEN") }

// Set edits the store. It makes a product for a SKU that it does not have.
func (s *Store) Set(_ *testing.T, items ...channels.Item) {
	s.Mutex.Lock()
	defer s.Mutex.Unlock()
	for _, item := range items {
		product := s.named(item.ChannelSKU)
		if product == nil {
			product = s.add(item.ChannelSKU, "simple")
		}
		source := item.Location
		if source == "" {
			source = standard
		}
		s.figures[place{source, product.name}] = item.Quantity
	}
}

// add makes a product. The mutex is held, or the store is not started yet.
func (s *Store) add(sku, kind string) *product {
	made := &product{name: sku, sku: sku, kind: kind}
	s.list(made)
	return made
}

func (s *Store) list(entry *product) {
	s.products[entry.sku] = entry
	s.similar[fold(entry.sku)] = append(s.similar[fold(entry.sku)], entry)
}

func (s *Store) unlist(entry *product) {
	delete(s.products, entry.sku)
	s.similar[fold(entry.sku)] = slices.DeleteFunc(s.similar[fold(entry.sku)], func(other *product) bool { return other == entry })
}

// named is the product that the tests call so.
func (s *Store) named(name string) *product {
	for _, product := range s.similar[fold(name)] {
		if product.name == name {
			return product
		}
	}
	return nil
}

// fold is what the database compares: it takes upper and lower case, and blanks at the end, for the same.
func fold(sku string) string { return strings.TrimRight(strings.ToLower(sku), " ") }

// edit changes a product.
func (s *Store) edit(name string, change func(*product)) {
	s.Mutex.Lock()
	defer s.Mutex.Unlock()
	entry := s.named(name)
	s.unlist(entry)
	change(entry)
	s.list(entry)
}

// Poison makes a SKU refuse every figure.
func (s *Store) Poison(sku string) { s.edit(sku, func(entry *product) { entry.poisoned = true }) }

// Retype gives a product another type.
func (s *Store) Retype(sku, kind string) { s.edit(sku, func(entry *product) { entry.kind = kind }) }

// Respell gives a product's SKU another spelling, which the database takes for the same.
func (s *Store) Respell(sku, spelling string) {
	s.edit(sku, func(entry *product) { entry.sku = spelling })
}

// Delete deletes a product.
func (s *Store) Delete(sku string) { s.Hold(func() { s.unlist(s.named(sku)) }) }

// Renew deletes an item's product and makes it again with its SKU in small letters.
func (s *Store) Renew(_ *testing.T, item channels.Item) {
	s.Respell(item.ChannelSKU, strings.ToLower(item.ChannelSKU))
}

// Offender is an item that is refused for ever.
func (s *Store) Offender(*testing.T) channels.Item {
	return channeltest.Offending(Poison, s.options.Sources)
}

// Shown is the quantity of every product in every source. A store with one source is not split.
func (s *Store) Shown(*testing.T) map[channeltest.Place]int64 {
	s.Mutex.Lock()
	defer s.Mutex.Unlock()
	s.process()
	shown := make(map[channeltest.Place]int64, len(s.figures))
	for at, quantity := range s.figures {
		shown[channeltest.Place{Location: s.location(at.source), SKU: at.name}] = quantity
	}
	return shown
}

func (s *Store) location(source string) string {
	if len(s.options.Sources) == 0 {
		return ""
	}
	return source
}

// InStock is how a product is marked in a source.
func (s *Store) InStock(source, sku string) bool {
	s.Mutex.Lock()
	defer s.Mutex.Unlock()
	s.process()
	return s.marked[place{source, sku}] == 1
}

// Orphans counts figures of SKUs that do not exist, which were taken.
func (s *Store) Orphans() int { return channeltest.Held(s.Fake, func() int { return s.orphans }) }

// Body is that of the last bulk.
func (s *Store) Body() []byte { return channeltest.Held(s.Fake, func() []byte { return s.body }) }

var (
	_ channeltest.Store   = (*Store)(nil)
	_ channeltest.Renewer = (*Store)(nil)
)
