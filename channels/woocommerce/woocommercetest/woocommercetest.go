// Package woocommercetest is one WooCommerce shop in memory, written from what the PHP of WooCommerce does and from
// docs/channels/woocommerce.md. What is not confirmed, or differs between shops, is an option.
//
// The files: woocommercetest.go is what a test does with the shop, serve.go what the shop answers and what stands before it, find.go
// how it looks products up, batch.go how it sets figures.
package woocommercetest

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/woocommerce"
	"github.com/tidemark/tidemark/settings"
)

// Poison is a SKU whose product is found like any other and refuses every figure.
const Poison = "POISON"

// Options of a shop.
type Options struct {
	Settings map[string]any // further settings of the channels that Open returns
	Now      func() time.Time

	// Variations makes every new SKU a variation, so many of each product; 0 makes products.
	Variations int
	// Unmanaged makes products whose stock is not managed.
	Unmanaged bool
	// NoStock is a shop that manages no stock at all.
	NoStock bool
	// Batch is the most items that it takes in a call; 0 is WooCommerce's own 100.
	Batch int
	// Permissions of the key: read_write, which is the default, read or write.
	Permissions string
	// Clamp is the most that a plugin of the shop lets stand; 0 means no limit.
	Clamp int64

	// The bucket of its host, in calls; 0 means what the driver keeps to by default: 2 a second, 4 at once.
	PerSecond, Burst float64

	// What is not confirmed about WooCommerce and its hosts, each off by default.
	Throttles          int    // the status of the response to a call that overruns the bucket: 429, 403 or 503; 0 lets it through
	RetryAfter         string // what such a response says
	SeparateVariations bool   // a look-up of products finds no variations, as with some plugins; GET variations finds them
	NoVariationsRoute  bool   // a shop before 10.3: there is no GET variations
	Cleans             bool   // takes out of a look-up what sanitize_text_field does; no such SKU can be found then
	TextFigures        bool   // a plugin makes texts of quantities
	NoPages            bool   // something takes the headers X-WP-Total and X-WP-TotalPages out
}

// Store is a running shop. It is a channeltest.Store.
type Store struct {
	*channeltest.Fake
	options Options

	products map[int64]*product
	bySKU    map[string][]int64  // by what the database takes for the same
	last     int64               // the last id
	parent   int64               // where the next variation goes
	room     int                 // for how many more
	bucket   *channeltest.Bucket // of its host; WooCommerce itself counts no calls
	die      int                 // the item of the next call before which PHP dies; 0 is none
}

// product is a product or a variation.
type product struct {
	id       int64
	parent   int64
	sku      string
	kind     string // simple, variable, grouped, external or variation
	status   string
	manages  bool
	quantity int64
	poisoned bool
}

// Start starts a shop that ends with the test.
func Start(t testing.TB, options Options) *Store {
	t.Helper()
	s := &Store{
		Fake: channeltest.NewFake(options.Now, channeltest.Opening{
			Driver: woocommerce.Driver(), Settings: settings.Values{"consumer_key": "env:KEY", "consumer_secret": "env:SECRET"}, More: options.Settings,
			Environment: Environment(),
		}), options: options, products: map[int64]*product{}, bySKU: map[string][]int64{}, last: 1000,
	}
	if s.options.Batch == 0 {
		s.options.Batch = 100
	}
	if s.options.Permissions == "" {
		s.options.Permissions = "read_write"
	}
	s.bucket = channeltest.NewBucket(cmp.Or(options.PerSecond, 2), cmp.Or(options.Burst, 4), s.Now())
	s.add(Poison).poisoned = true
	s.Serve(t, s.routes())
	s.Sort = sort
	s.NameBy(s.idOf)
	s.Refuse = func(w http.ResponseWriter, status int, words string) {
		refuse(w, status, "woocommerce_rest_cannot_edit", words)
	}
	return s
}

// idOf is how a call names the product of a SKU.
func (s *Store) idOf(sku string) string {
	for _, product := range s.having(sku) {
		return fmt.Sprintf(`"id":%d,`, product.id)
	}
	return ""
}

// sort tells batches from everything else. A batch of nothing changes nothing.
var sort = channeltest.ByMark(http.MethodPost, `"id"`)

// Environment holds the credentials.
func Environment() settings.Environment { return channeltest.Environment("KEY", "SECRET") }

// Set edits the shop. It makes a product, or a variation, for a SKU that it does not have.
func (s *Store) Set(_ *testing.T, items ...channels.Item) {
	s.Mutex.Lock()
	defer s.Mutex.Unlock()
	for _, item := range items {
		made := false
		for _, product := range s.having(item.ChannelSKU) {
			product.quantity, made = item.Quantity, true
		}
		if !made {
			s.add(item.ChannelSKU).quantity = item.Quantity
		}
	}
}

// having is every product with exactly a SKU. The mutex is held.
func (s *Store) having(sku string) []*product {
	var having []*product
	for _, id := range s.bySKU[fold(sku)] {
		if product := s.products[id]; product.sku == sku {
			having = append(having, product)
		}
	}
	return having
}

// add makes a product or a variation. The mutex is held, or the shop is not started yet.
func (s *Store) add(sku string) *product {
	if s.options.Variations == 0 {
		return s.create(sku, "simple", 0)
	}
	if s.room == 0 {
		s.parent, s.room = s.create("", "variable", 0).id, s.options.Variations
	}
	s.room--
	return s.create(sku, "variation", s.parent)
}

func (s *Store) create(sku, kind string, parent int64) *product {
	s.last++
	made := &product{id: s.last, parent: parent, sku: sku, kind: kind, status: "publish", manages: !s.options.Unmanaged && kind != "variable"}
	s.products[made.id] = made
	if sku != "" {
		s.bySKU[fold(sku)] = append(s.bySKU[fold(sku)], made.id)
	}
	return made
}

// fold is what the database compares: it takes upper and lower case, and blanks at the end, for the same.
func fold(sku string) string { return strings.TrimRight(strings.ToLower(sku), " ") }

// edit changes every product with a SKU.
func (s *Store) edit(sku string, change func(*product)) {
	s.Mutex.Lock()
	defer s.Mutex.Unlock()
	for _, product := range s.having(sku) {
		change(product)
	}
}

// Poison makes a SKU refuse every figure.
func (s *Store) Poison(sku string) { s.edit(sku, func(entry *product) { entry.poisoned = true }) }

// Retype gives a product another type.
func (s *Store) Retype(sku, kind string) {
	s.edit(sku, func(entry *product) { entry.kind, entry.manages = kind, entry.manages && kind != "variable" })
}

// Manage turns the stock management of a product on or off.
func (s *Store) Manage(sku string, manages bool) {
	s.edit(sku, func(entry *product) { entry.manages = manages })
}

// Share makes a variation share the stock of its product, which gets a SKU and a figure.
func (s *Store) Share(sku, parentSKU string, quantity int64) {
	s.edit(sku, func(entry *product) {
		entry.manages = false
		parent := s.products[entry.parent]
		parent.sku, parent.manages, parent.quantity = parentSKU, true, quantity
		s.bySKU[fold(parentSKU)] = append(s.bySKU[fold(parentSKU)], parent.id)
	})
}

// Orphan takes a variation's product away.
func (s *Store) Orphan(sku string) { s.edit(sku, func(entry *product) { entry.parent = 0 }) }

// Trash moves a product to the trash.
func (s *Store) Trash(sku string) { s.edit(sku, func(entry *product) { entry.status = "trash" }) }

// Duplicate makes another product with a SKU.
func (s *Store) Duplicate(sku string) { s.Hold(func() { s.add(sku) }) }

// Rename gives a product another SKU.
func (s *Store) Rename(sku, name string) {
	s.edit(sku, func(entry *product) {
		s.remove(entry)
		entry.sku = name
		s.products[entry.id], s.bySKU[fold(name)] = entry, append(s.bySKU[fold(name)], entry.id)
	})
}

// remove deletes a product. The mutex is held.
func (s *Store) remove(entry *product) {
	delete(s.products, entry.id)
	var left []int64
	for _, id := range s.bySKU[fold(entry.sku)] {
		if id != entry.id {
			left = append(left, id)
		}
	}
	s.bySKU[fold(entry.sku)] = left
}

// Renew deletes an item's product and makes it again.
func (s *Store) Renew(_ *testing.T, renewed channels.Item) {
	s.edit(renewed.ChannelSKU, func(entry *product) {
		s.remove(entry)
		s.create(entry.sku, entry.kind, entry.parent)
	})
}

// Offender is an item that is refused for ever.
func (s *Store) Offender(*testing.T) channels.Item {
	return channels.Item{ChannelSKU: Poison, Quantity: 1}
}

// Shown is what the shop shows of every product whose stock is managed.
func (s *Store) Shown(*testing.T) map[channeltest.Place]int64 {
	s.Mutex.Lock()
	defer s.Mutex.Unlock()
	shown := make(map[channeltest.Place]int64, len(s.products))
	for _, product := range s.products {
		if s.managing(product) == true {
			shown[channeltest.Place{SKU: product.sku}] = product.quantity
		}
	}
	return shown
}

// Parent is the id of the product that a variation belongs to now.
func (s *Store) Parent(sku string) (parent int64) {
	s.edit(sku, func(entry *product) { parent = entry.parent })
	return parent
}

// Die makes PHP run out of time in the next call, after so many of its items were applied.
func (s *Store) Die(after int) { s.Hold(func() { s.die = after + 1 }) }

// name is what a product is called.
func (p *product) name() string { return fmt.Sprintf("Product %d", p.id) }
