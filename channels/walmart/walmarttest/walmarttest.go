// Package walmarttest is one seller account on Walmart in memory, written from Walmart's documentation, for tests of the driver and of
// whatever stands above it. What is not confirmed about the real one is a switch in Options.
package walmarttest

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/walmart"
	"github.com/tidemark/tidemark/settings"
)

// Poison is a SKU whose figure is refused for ever.
const Poison = "POISON"

// Client is the client ID of the API key.
const Client = "5c8e1f0a-tidemark"

// The ways in which answers tell when more calls are taken.
const (
	Milliseconds = "milliseconds" // X-Next-Replenishment-Time, since 1970
	Seconds      = "seconds"      // x-next-replenish-time, since 1970
	Date         = "date"         // X-NEXT-REPLENISHMENT-TIME, ISO 8601
)

// Options of an account. The zero value is an account that takes everything at once and counts calls over its rates.
type Options struct {
	// Now is the account's clock; nil is the real one.
	Now func() time.Time
	// Throttle answers calls over the published rates with 429; otherwise they are only counted.
	Throttle bool
	// Processing is how long a feed takes. With 0 a feed is done when it was asked about twice.
	Processing time.Duration
	// Failing has every feed fail as a whole, for this type of error: DATA_ERROR, SYSTEM_ERROR or TIMEOUT_ERROR.
	Failing string
	// Poisons are further SKUs whose figures are refused for ever.
	Poisons []string
	// Faulty are SKUs on which Walmart fails, by the status that a report gives them: SYSTEM_ERROR or TIMEOUT_ERROR.
	Faulty map[string]string
	// Nodes are the ship nodes beside the default one; nil is NODE-1 and NODE-2.
	Nodes []string
	// Node is where the Offender is; empty is the default node.
	Node string
	// Scopes are the permissions of the API key; nil is full access.
	Scopes map[string]string
	// Unreadable are paths that the API key may not read.
	Unreadable []string

	// Replenishment is how answers tell when more calls are taken; empty is Milliseconds. Unconfirmed: documents and answers differ.
	Replenishment string
	// DetailsLimit is the most rows of a report in one response; 0 is 1,000. Unconfirmed: the OpenAPI says 50.
	DetailsLimit int
	// DetailsCut has a response with fewer rows where more than DetailsLimit are asked for; otherwise that is refused. Unconfirmed.
	DetailsCut bool
	// FeedItems is the most figures in a feed, a larger one fails as a whole; 0 is 10,000. Unconfirmed: another table says 50,000.
	FeedItems int
	// FeedsPerHour is how many feeds are taken in an hour; 0 is 10. Unconfirmed for the US.
	FeedsPerHour int
	// UnknownAccepted takes figures of SKUs that do not exist and reports success. Unconfirmed; otherwise they are refused.
	UnknownAccepted bool

	// Settings are further settings of the channels that Open returns.
	Settings map[string]any
}

// Store is a running account. It is a channeltest.Store.
type Store struct {
	*channeltest.Fake
	options Options
	poisons map[string]bool

	listed  map[string]bool // the SKUs
	shown   map[channeltest.Place]int64
	feeds   map[string]*feed
	queue   channeltest.Queue[*feed] // not yet processed, in the order in which they came
	meters  map[string]*channeltest.Bucket
	headers map[string]http.Header
}

// Start starts an account that ends with the test.
func Start(t testing.TB, options Options) *Store {
	t.Helper()
	if options.Nodes == nil {
		options.Nodes = []string{"NODE-1", "NODE-2"}
	}
	for limit, usual := range map[*int]int{&options.DetailsLimit: 1000, &options.FeedItems: 10_000, &options.FeedsPerHour: 10} {
		if *limit == 0 {
			*limit = usual
		}
	}
	s := &Store{
		Fake: channeltest.NewFake(options.Now, channeltest.Opening{
			Driver: walmart.Driver(), Settings: settings.Values{"client_id": Client, "client_secret": "env:SECRET"}, More: options.Settings, Environment: Environment(),
		}),
		options: options, poisons: map[string]bool{Poison: true}, listed: map[string]bool{}, shown: map[channeltest.Place]int64{},
		feeds: map[string]*feed{}, headers: map[string]http.Header{},
	}
	s.meters = published(options.FeedsPerHour, s.Now())
	for _, sku := range options.Poisons {
		s.poisons[sku] = true
	}
	s.Serve(t, s.Locked(s.serve))
	s.Sort = sort
	s.Alone = func(r *http.Request) bool { return r.Method == http.MethodPut }
	s.Refuse = func(w http.ResponseWriter, status int, words string) {
		refuse(w, status, "INVALID_REQUEST_CONTENT.GMP_INVENTORY_API", "", words)
	}
	return s
}

// sort tells the calls that can change a figure, the reading ones, and those for a token.
var sort = channeltest.ByMethod(func(r *http.Request) bool {
	return r.URL.Path == "/v3/token"
})

// Environment holds the credential.
func Environment() settings.Environment { return channeltest.Environment("SECRET") }

// Set edits figures; unknown SKUs are listed.
func (s *Store) Set(_ *testing.T, items ...channels.Item) {
	s.Mutex.Lock()
	defer s.Mutex.Unlock()
	for _, item := range items {
		s.set(item)
	}
}

func (s *Store) set(item channels.Item) {
	s.listed[item.ChannelSKU] = true
	s.shown[channeltest.Place{Location: item.Location, SKU: item.ChannelSKU}] = item.Quantity
}

// Offender is an item that is refused for ever.
func (s *Store) Offender(*testing.T) channels.Item {
	s.Mutex.Lock()
	defer s.Mutex.Unlock()
	s.set(channels.Item{Location: s.options.Node, ChannelSKU: Poison})
	return channels.Item{Location: s.options.Node, ChannelSKU: Poison, Quantity: 1}
}

// Shown is what Walmart shows.
func (s *Store) Shown(*testing.T) map[channeltest.Place]int64 {
	s.Mutex.Lock()
	defer s.Mutex.Unlock()
	s.process()
	return maps.Clone(s.shown)
}

// Feeds is how many feeds were taken.
func (s *Store) Feeds() int { return channeltest.Held(s.Fake, func() int { return len(s.feeds) }) }

// Header is what the last call of an operation had: "put", "feed", "poll" or "token".
func (s *Store) Header(operation string) http.Header {
	return channeltest.Held(s.Fake, func() http.Header { return s.headers[operation] })
}

// login gives an access token for 900 seconds.
func (s *Store) login(w http.ResponseWriter, r *http.Request, body []byte) {
	form, err := url.ParseQuery(string(body))
	id, secret, _ := r.BasicAuth()
	switch {
	case err != nil || form.Get("grant_type") != "client_credentials" || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded"):
		refuse(w, http.StatusBadRequest, "INVALID_REQUEST.GMP_GATEWAY_API", "", "grant_type is not valid")
	case id != Client || secret != channeltest.Credential:
		refuse(w, http.StatusUnauthorized, "UNAUTHORIZED.GMP_GATEWAY_API", "", "Unauthorized")
	default:
		token := s.IssueToken("eyJraWQiOi-", 900*time.Second)
		channeltest.Reply(w, http.StatusOK, map[string]any{"access_token": token, "token_type": "Bearer", "expires_in": 900})
	}
}

var _ channeltest.Store = (*Store)(nil)
