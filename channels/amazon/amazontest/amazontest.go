// Package amazontest is one seller account on Amazon in memory, written from Amazon's models and documentation, for tests of the driver
// and of whatever stands above it. What is not confirmed about the real one is a switch in Options.
package amazontest

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/amazon"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/settings"
)

// Poison is a SKU whose figure is refused for ever.
const Poison = "POISON"

// The account.
const (
	Seller      = "A2TIDEMARK"
	Marketplace = "ATVPDKIKX0DER"
	Client      = "amzn1.application-oa2-client.tidemark"
)

// Options of an account. The zero value is an account that takes everything at once and counts calls over its rates.
type Options struct {
	// Now is the account's clock; nil is the real one.
	Now func() time.Time
	// Throttle answers calls over the published rates with 429; otherwise they are only counted.
	Throttle bool
	// Processing is how long one feed takes; feeds are processed one after the other. With 0 a feed is done when it was asked about
	// twice.
	Processing time.Duration
	// Propagation is how long an accepted PATCH takes until the listing shows it.
	Propagation time.Duration
	// End is how feeds end: DONE, FATAL or CANCELLED; empty is DONE. Only DONE applies anything.
	End string
	// Compressed has reports come as gzip.
	Compressed bool
	// Poisons are further SKUs whose figures are refused for ever.
	Poisons []string
	// LateRefusal has a PATCH of a poison accepted; the listing then shows an error about its quantity.
	LateRefusal bool

	// StrictProductType refuses the product type PRODUCT. Unconfirmed: that it is taken was only reported.
	StrictProductType bool
	// UnknownAccepted takes figures of SKUs that do not exist and reports success, as was reported of feeds. Otherwise they are refused.
	UnknownAccepted bool

	// Settings are further settings of the channels that Open returns.
	Settings map[string]any
}

// Store is a running account. It is a channeltest.Store.
type Store struct {
	*channeltest.Fake
	options Options
	poisons map[string]bool

	shown     map[string]*listing
	documents map[string]*stored
	feeds     map[string]*feed
	queue     channeltest.Queue[*feed] // not yet processed, in order
	free      time.Time
	meters    map[string]*channeltest.Bucket
	recent    []time.Time // feeds of the last five minutes
	leaks     int
}

// listing is what Amazon shows of a SKU.
type listing struct {
	channel  string // the fulfilment channel
	quantity int64
	refused  bool
	pending  []change
}

type change struct {
	at       time.Time
	quantity int64
}

// Start starts an account that ends with the test.
func Start(t testing.TB, options Options) *Store {
	t.Helper()
	if options.End == "" {
		options.End = "DONE"
	}
	s := &Store{
		Fake: channeltest.NewFake(options.Now, channeltest.Opening{
			Driver: amazon.Driver(), Settings: settings.Values{
				"seller_id": Seller, "marketplace_id": Marketplace,
				"client_id": Client, "client_secret": "env:SECRET", "refresh_token": "env:TOKEN",
			}, More: options.Settings, Environment: Environment(),
		}),
		options: options, poisons: map[string]bool{Poison: true}, shown: map[string]*listing{}, documents: map[string]*stored{},
		feeds: map[string]*feed{},
	}
	s.meters = published(s.Now())
	for _, sku := range options.Poisons {
		s.poisons[sku] = true
	}
	s.Serve(t, s.Locked(s.serve))
	s.Configure("token_endpoint", s.URL+"/auth/o2/token")
	s.Sort = sort
	s.Alone = func(r *http.Request) bool { return r.Method == http.MethodPatch }
	s.Refuse = func(w http.ResponseWriter, status int, words string) {
		refuse(w, status, closedCode(status), words, "")
	}
	return s
}

// closedCode is how Amazon's errors call a status.
func closedCode(status int) string {
	switch {
	case status >= http.StatusInternalServerError:
		return "InternalFailure"
	case status == http.StatusTooManyRequests:
		return "QuotaExceeded"
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return "Unauthorized"
	}
	return "InvalidInput"
}

// sort tells the calls that can change a figure, the reading ones, and the steps before a feed.
var sort = channeltest.ByMethod(func(r *http.Request) bool {
	return r.URL.Path == "/auth/o2/token" || r.URL.Path == documentsPath && r.Method == http.MethodPost || strings.HasPrefix(r.URL.Path, "/upload/")
})

// Environment holds the credentials.
func Environment() settings.Environment { return channeltest.Environment("SECRET", "TOKEN") }

// Set edits listings; unknown SKUs are listed.
func (s *Store) Set(_ *testing.T, items ...channels.Item) {
	s.Mutex.Lock()
	defer s.Mutex.Unlock()
	for _, item := range items {
		s.shown[item.ChannelSKU] = &listing{channel: "DEFAULT", quantity: item.Quantity}
	}
}

// SetFulfilledByAmazon lists SKUs that Amazon fulfils.
func (s *Store) SetFulfilledByAmazon(skus ...string) {
	s.Mutex.Lock()
	defer s.Mutex.Unlock()
	for _, sku := range skus {
		s.shown[sku] = &listing{channel: "AMAZON_NA"}
	}
}

// Offender is an item that is refused for ever.
func (s *Store) Offender(*testing.T) channels.Item {
	s.Mutex.Lock()
	defer s.Mutex.Unlock()
	s.shown[Poison] = &listing{channel: "DEFAULT"}
	return channels.Item{ChannelSKU: Poison, Quantity: 1}
}

// Shown is what Amazon shows of everything that the merchant fulfils.
func (s *Store) Shown(*testing.T) map[channeltest.Place]int64 {
	s.Mutex.Lock()
	defer s.Mutex.Unlock()
	s.process()
	shown := make(map[channeltest.Place]int64, len(s.shown))
	for sku, listing := range s.shown {
		if listing.settle(s.Now()); listing.channel == "DEFAULT" {
			shown[channeltest.Place{SKU: sku}] = listing.quantity
		}
	}
	return shown
}

// Leaks counts calls that followed a redirect, or brought a token to where documents are moved.
func (s *Store) Leaks(t *testing.T) int {
	return channeltest.Held(s.Fake, func() int { return s.Front.Leaks(t) + s.leaks })
}

// Feeds is how many feeds were made.
func (s *Store) Feeds() int { return channeltest.Held(s.Fake, func() int { return len(s.feeds) }) }

// login gives an access token for an hour.
func (s *Store) login(w http.ResponseWriter, body []byte) {
	form, err := url.ParseQuery(string(body))
	switch {
	case err != nil || form.Get("grant_type") != "refresh_token":
		channeltest.Reply(w, http.StatusBadRequest, map[string]string{"error": "unsupported_grant_type"})
	case form.Get("client_id") != Client || form.Get("client_secret") != channeltest.Credential:
		channeltest.Reply(w, http.StatusUnauthorized, map[string]string{"error": "invalid_client", "error_description": "Client authentication failed"})
	case form.Get("refresh_token") != channeltest.Credential:
		channeltest.Reply(w, http.StatusBadRequest, map[string]string{
			"error":             "invalid_grant",
			"error_description": "The request has an invalid grant parameter : refresh_token",
		})
	default:
		token := s.IssueToken("Atza|", time.Hour)
		channeltest.Reply(w, http.StatusOK, map[string]any{
			"access_token": token, "token_type": "bearer", "expires_in": 3600,
			"refresh_token": channeltest.Credential,
		})
	}
}

// settle brings a listing up to now.
func (l *listing) settle(now time.Time) {
	for len(l.pending) > 0 && !l.pending[0].at.After(now) {
		l.quantity, l.pending = l.pending[0].quantity, l.pending[1:]
	}
}
