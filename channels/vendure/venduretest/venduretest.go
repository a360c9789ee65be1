// Package venduretest is one Vendure server in memory, for tests that need it at once, with many variants, or with answers that a real
// one gives rarely. It answers as @vendure/core 3.7.3 was seen to answer.
package venduretest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/vendure"
	"github.com/tidemark/tidemark/settings"
)

// Options of a server. Its zero value has one stock location, "1", where the figures of items without a location are.
type Options struct {
	Locations []string // ids of stock locations
	APIKey    bool     // channels authenticate with an API key and do not log in
	// Rate and Burst are the bucket that calls are counted against; 0 is what the driver takes for its own limit, since Vendure has
	// none. With Throttles a call over it is answered with 429, as by a gateway before the server.
	Rate, Burst float64
	Throttles   bool
	ListLimit   int              // apiOptions.adminListQueryLimit; 0 is Vendure's own
	Now         func() time.Time // nil is the real clock
	Settings    map[string]any   // further settings of the channels that Open returns
}

// Store is a running server. It is a channeltest.Store and a channeltest.Renewer.
type Store struct {
	*channeltest.Fake
	options Options

	variants []*variant          // by id, which is the position and one more
	skus     map[string][]string // the ids of those that are not deleted
	foreign  map[string]bool     // SKUs that a plugin of the shop refuses
	untracks bool                // globalSettings.trackInventory is false
	bucket   *channeltest.Bucket
}

type variant struct {
	id, sku, track string
	deleted        bool
	levels         map[string]int64
}

// The driver's own limits.
const (
	rate  = 2
	burst = 4
)

// Start starts a server that ends with the test.
func Start(t testing.TB, options Options) *Store {
	t.Helper()
	if options.Rate == 0 {
		options.Rate, options.Burst = rate, burst
	}
	if options.ListLimit == 0 {
		options.ListLimit = 1000
	}
	s := &Store{
		Fake: channeltest.NewFake(options.Now, channeltest.Opening{
			Driver: vendure.Driver(), Path: "/admin-api", Settings: credentials(options), More: options.Settings, Environment: Environment(),
		}),
		options: options, skus: map[string][]string{}, foreign: map[string]bool{},
	}
	s.bucket = channeltest.NewBucket(options.Rate, options.Burst, s.Now())
	s.Serve(t, s.Locked(s.serve))
	s.Front.Sort = Sort
	s.NameBy(s.idOf)
	s.Refuse = func(w http.ResponseWriter, status int, words string) {
		channeltest.Reply(w, status, object{"statusCode": status, "message": words})
	}
	return s
}

// idOf is how a call names the variant of a SKU.
func (s *Store) idOf(sku string) string {
	for _, id := range s.skus[sku] {
		return fmt.Sprintf(`"id":%q`, id)
	}
	return ""
}

// Sort tells what a request of the driver is.
func Sort(_ *http.Request, body []byte) channeltest.Kind {
	switch text := string(body); {
	case strings.Contains(text, "mutation TidemarkLogin"):
		return channeltest.Aside
	case strings.Contains(text, "mutation Tidemark"):
		return channeltest.Write
	}
	return channeltest.Read
}

// sessionLife is how long a session lives (authOptions.sessionDuration).
const sessionLife = 365 * 24 * time.Hour

// Username is the administrator's.
const Username = "tidemark@example.com"

// Environment holds the credential.
func Environment() settings.Environment { return channeltest.Environment("PASSWORD") }

// Set edits figures, and makes variants where there are none.
func (s *Store) Set(_ *testing.T, items ...channels.Item) {
	s.Mutex.Lock()
	defer s.Mutex.Unlock()
	for _, item := range items {
		if len(s.skus[item.ChannelSKU]) == 0 {
			s.add(item.ChannelSKU)
		}
		for _, id := range s.skus[item.ChannelSKU] {
			s.variant(id).levels[s.inside(item.Location)] = item.Quantity
		}
	}
}

// credentials are the settings that name the credential.
func credentials(options Options) settings.Values {
	if options.APIKey {
		return settings.Values{"api_key": "env:PASSWORD"}
	}
	return settings.Values{"username": Username, "password": "env:PASSWORD"}
}

// Duplicate makes one more variant with a SKU.
func (s *Store) Duplicate(sku string) { s.Hold(func() { s.add(sku) }) }

// Track sets trackInventory of a SKU to TRUE, FALSE or INHERIT, and that of the server to global.
func (s *Store) Track(sku, track string, global bool) {
	s.Mutex.Lock()
	defer s.Mutex.Unlock()
	for _, id := range s.skus[sku] {
		s.variant(id).track = track
	}
	s.untracks = !global
}

// Delete deletes the variants with a SKU. It is what poisons a call in Vendure's own way: the call that names one is refused as a
// whole, and the error names the first.
func (s *Store) Delete(sku string) { s.Hold(func() { s.remove(sku) }) }

// Poison makes a plugin of the shop refuse every call that names a SKU, without saying which SKU it is.
func (s *Store) Poison(sku string) { s.Hold(func() { s.foreign[sku] = true }) }

// Rename gives the variants with a SKU another one.
func (s *Store) Rename(sku, to string) {
	s.Mutex.Lock()
	defer s.Mutex.Unlock()
	for _, id := range s.skus[sku] {
		s.variant(id).sku = to
		s.skus[to] = append(s.skus[to], id)
	}
	delete(s.skus, sku)
}

// Renew deletes a variant and makes it again.
func (s *Store) Renew(_ *testing.T, item channels.Item) {
	s.Mutex.Lock()
	defer s.Mutex.Unlock()
	levels := s.variant(s.skus[item.ChannelSKU][0]).levels
	s.remove(item.ChannelSKU)
	s.add(item.ChannelSKU).levels = levels
}

// Offender is an item that is refused for ever: GraphQL has no such number.
func (s *Store) Offender(t *testing.T) channels.Item {
	offender := channels.Item{ChannelSKU: "OFFENDER", Quantity: 1 << 31}
	if len(s.options.Locations) > 0 {
		offender.Location = s.options.Locations[0]
	}
	s.Set(t, channels.Item{Location: offender.Location, ChannelSKU: offender.ChannelSKU})
	return offender
}

// Shown is what the server shows of variants that are not deleted.
func (s *Store) Shown(*testing.T) map[channeltest.Place]int64 {
	s.Mutex.Lock()
	defer s.Mutex.Unlock()
	shown := map[channeltest.Place]int64{}
	for sku, ids := range s.skus {
		for _, id := range ids {
			for location, figure := range s.variant(id).levels {
				if len(s.options.Locations) == 0 {
					location = ""
				}
				shown[channeltest.Place{Location: location, SKU: sku}] = figure
			}
		}
	}
	return shown
}

func (s *Store) add(sku string) *variant {
	entry := &variant{id: strconv.Itoa(len(s.variants) + 1), sku: sku, track: "INHERIT", levels: map[string]int64{}}
	for _, location := range s.locations() {
		entry.levels[location] = 0
	}
	s.variants = append(s.variants, entry)
	s.skus[sku] = append(s.skus[sku], entry.id)
	return entry
}

func (s *Store) remove(sku string) {
	for _, id := range s.skus[sku] {
		s.variant(id).deleted = true
	}
	delete(s.skus, sku)
}

// variant returns one that is not deleted, or nil.
func (s *Store) variant(id string) *variant {
	at, err := strconv.Atoi(id)
	if err != nil || at < 1 || at > len(s.variants) || s.variants[at-1].deleted {
		return nil
	}
	return s.variants[at-1]
}

func (s *Store) locations() []string {
	if len(s.options.Locations) == 0 {
		return []string{"1"}
	}
	return s.options.Locations
}

// inside is the stock location of an item's location.
func (s *Store) inside(location string) string {
	if location == "" {
		return s.locations()[0]
	}
	return location
}

// takes tells whether a call comes with a credential that the server takes.
func (s *Store) takes(r *http.Request) bool {
	if s.options.APIKey {
		return r.Header.Get("vendure-api-key") == channeltest.Credential
	}
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return bearer && s.TakesToken(token)
}

// byID is the order of the server's answers: by id, not by the order of the call.
func byID(ids []string) []string {
	ids = slices.Clone(ids)
	slices.SortFunc(ids, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	return slices.Compact(ids)
}
