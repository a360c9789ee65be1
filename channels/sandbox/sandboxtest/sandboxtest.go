// Package sandboxtest is one sandbox store in memory, written from sandbox/API.md, for tests that need a store at once or one that
// answers in ways that the real sandbox does not.
package sandboxtest

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/sandbox"
	"github.com/tidemark/tidemark/settings"
)

// Poison is a SKU that every store refuses for ever.
const Poison = "POISON"

// Options of a store. It is called "shop".
type Options struct {
	Kind       string // atomic, per_item, feed or single
	Locations  []string
	BatchLimit int
	Clamp      int64          // the most that it shows; 0 means no limit
	Settings   map[string]any // further settings of the channels that Open returns
}

// Store is a running store. It is a channeltest.Store.
type Store struct {
	*channeltest.Fake
	options Options

	shown map[channeltest.Place]int64
	keys  map[string]kept
	feeds map[string]*submission
}

type kept struct {
	hash     [sha256.Size]byte
	response *httptest.ResponseRecorder
}

type submission struct {
	polls   int
	results []result
}

type item struct {
	SKU      string `json:"sku"`
	Location string `json:"location"`
	Quantity int64  `json:"quantity"`
	Compare  *int64 `json:"compare"`
}

type problem struct {
	Index   *int   `json:"index,omitempty"`
	Code    string `json:"code"`
	Message string `json:"message"`
	Actual  *int64 `json:"actual,omitempty"`
}

type result struct {
	SKU      string `json:"sku"`
	Location string `json:"location"`
	Status   string `json:"status"`
	Code     string `json:"code,omitempty"`
	Message  string `json:"message,omitempty"`
	Quantity *int64 `json:"quantity,omitempty"`
}

// Start starts a store that ends with the test.
func Start(t testing.TB, options Options) *Store {
	t.Helper()
	s := &Store{
		Fake: channeltest.NewFake(nil, channeltest.Opening{
			Driver: sandbox.Driver(), Path: "/stores/shop", Settings: settings.Values{"token": "env:TOKEN", "kind": options.Kind}, More: options.Settings,
			Environment: Environment(),
		}), options: options, shown: map[channeltest.Place]int64{}, keys: map[string]kept{}, feeds: map[string]*submission{},
	}
	routes := http.NewServeMux()
	routes.HandleFunc("GET /stores/shop", s.about)
	routes.HandleFunc("GET /stores/shop/items", s.page)
	switch options.Kind {
	case "atomic":
		routes.HandleFunc("POST /stores/shop/quantities", s.keyed(s.quantities))
	case "per_item":
		routes.HandleFunc("POST /stores/shop/batch", s.batch)
	case "feed":
		routes.HandleFunc("POST /stores/shop/feeds", s.keyed(s.submit))
		routes.HandleFunc("GET /stores/shop/feeds/{feed}", s.progress)
		routes.HandleFunc("GET /stores/shop/feeds/{feed}/report", s.report)
	case "single":
		routes.HandleFunc("PUT /stores/shop/item", s.single)
	default:
		t.Fatalf("a sandbox store of the kind %q does not exist", options.Kind)
	}
	s.Serve(t, s.Guarded(func(w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("X-Bucket-Capacity", "8")
		w.Header().Set("X-Bucket-Remaining", "7.5")
		w.Header().Set("X-Bucket-Rate", "4")
		if r.Header.Get("Authorization") != "Bearer "+channeltest.Credential {
			refuse(w, http.StatusUnauthorized, problem{Code: "unauthorized", Message: "the token is wrong"})
			return false
		}
		return true
	}, routes))
	s.Alone = func(r *http.Request) bool { return r.Method == http.MethodPut }
	s.Front.Refuse = func(w http.ResponseWriter, status int, words string) {
		refuse(w, status, problem{Code: "closed", Message: words})
	}
	return s
}

// Environment holds the credential.
func Environment() settings.Environment { return channeltest.Environment("TOKEN") }

// Set edits the store.
func (s *Store) Set(_ *testing.T, items ...channels.Item) {
	s.Mutex.Lock()
	defer s.Mutex.Unlock()
	for _, item := range items {
		s.shown[channeltest.Place{Location: item.Location, SKU: item.ChannelSKU}] = item.Quantity
	}
}

// Offender is an item that is refused for ever.
func (s *Store) Offender(*testing.T) channels.Item {
	return channeltest.Offending(Poison, s.options.Locations)
}

// Shown is what the store shows.
func (s *Store) Shown(*testing.T) map[channeltest.Place]int64 {
	return channeltest.Held(s.Fake, func() map[channeltest.Place]int64 { return maps.Clone(s.shown) })
}

func refuse(w http.ResponseWriter, status int, p problem) {
	channeltest.Reply(w, status, map[string]problem{"error": p})
}

// keyed returns the first response again to the same key with the same bytes.
func (s *Store) keyed(next func(http.ResponseWriter, []byte)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		key, hash := r.Header.Get("Idempotency-Key"), sha256.Sum256(body)
		before, exists := s.keys[key]
		switch {
		case exists && before.hash != hash:
			refuse(w, http.StatusConflict, problem{Code: "key_reused", Message: "the key was used with other bytes"})
			return
		case !exists:
			before = kept{hash, httptest.NewRecorder()}
			next(before.response, body)
			if key != "" {
				s.keys[key] = before
			}
		}
		maps.Copy(w.Header(), before.response.Header())
		w.WriteHeader(before.response.Code)
		_, _ = w.Write(before.response.Body.Bytes())
	}
}

// read decodes the items of a call, or refuses it.
func (s *Store) read(w http.ResponseWriter, body []byte) ([]item, bool) {
	var call struct{ Items, Quantities []item }
	if err := json.Unmarshal(body, &call); err != nil {
		refuse(w, http.StatusBadRequest, problem{Code: "bad_request", Message: "the body is not JSON"})
		return nil, false
	}
	items := slices.Concat(call.Items, call.Quantities)
	if s.options.BatchLimit > 0 && len(items) > s.options.BatchLimit {
		refuse(w, http.StatusRequestEntityTooLarge, problem{Code: "batch_too_large", Message: "too many items"})
		return nil, false
	}
	return items, true
}

// judge says what is wrong with an item.
func (s *Store) judge(entry item) (problem, bool) {
	closing, closed := s.Closing(entry.SKU)
	switch actual := s.shown[place(entry)]; {
	case closed:
		return problem{Code: "closed", Message: closing.Words}, true
	case entry.SKU == Poison:
		return problem{Code: "poison", Message: "the store never takes this SKU"}, true
	case entry.Location != "" && !slices.Contains(s.options.Locations, entry.Location):
		return problem{Code: "not_stocked", Message: "the store has no such location"}, true
	case entry.Compare != nil && *entry.Compare != actual:
		return problem{Code: "quantity_stale", Message: "the store shows something else", Actual: &actual}, true
	}
	return problem{}, false
}

func place(entry item) channeltest.Place {
	return channeltest.Place{Location: entry.Location, SKU: entry.SKU}
}

// show sets a figure and returns what is shown.
func (s *Store) show(entry item) *int64 {
	if s.options.Clamp > 0 {
		entry.Quantity = min(entry.Quantity, s.options.Clamp)
	}
	s.shown[place(entry)] = entry.Quantity
	return &entry.Quantity
}

func (s *Store) about(w http.ResponseWriter, _ *http.Request) {
	channeltest.Reply(w, http.StatusOK, map[string]any{"id": "shop", "kind": s.options.Kind, "locations": s.options.Locations, "items": len(s.shown)})
}

func (s *Store) page(w http.ResponseWriter, _ *http.Request) {
	items := []item{}
	for at, quantity := range s.shown {
		items = append(items, item{SKU: at.SKU, Location: at.Location, Quantity: quantity})
	}
	slices.SortFunc(items, func(a, b item) int { return strings.Compare(a.SKU+a.Location, b.SKU+b.Location) })
	channeltest.Reply(w, http.StatusOK, map[string]any{"items": items})
}

func (s *Store) quantities(w http.ResponseWriter, body []byte) {
	items, ok := s.read(w, body)
	if !ok {
		return
	}
	var problems []problem
	for i, item := range items {
		if p, bad := s.judge(item); bad {
			if s.Fault() == channeltest.Stray {
				i = len(items)
			}
			if closing, _ := s.Closing(item.SKU); !closing.Nameless {
				p.Index = &i
			}
			problems = append(problems, p)
		}
	}
	switch {
	case len(problems) == 0:
		for _, item := range items {
			s.show(item)
		}
		channeltest.Reply(w, http.StatusOK, map[string]any{"applied": true})
	case s.Fault() == channeltest.UnnamedOffender:
		refuse(w, http.StatusUnprocessableEntity, problem{Code: "invalid_batch", Message: "an item is not valid"})
	default:
		channeltest.Reply(w, http.StatusOK, map[string]any{"applied": false, "errors": problems})
	}
}

// apply sets the items one by one.
func (s *Store) apply(items []item) []result {
	var results []result
	for _, entry := range items {
		if p, bad := s.judge(entry); bad {
			if closing, _ := s.Closing(entry.SKU); closing.Nameless {
				entry = item{}
			}
			results = append(results, result{SKU: entry.SKU, Location: entry.Location, Status: "error", Code: p.Code, Message: p.Message})
		} else {
			results = append(results, result{SKU: entry.SKU, Location: entry.Location, Status: "ok", Quantity: s.show(entry)})
		}
	}
	return channeltest.Distort(s.Fault(), results, result{SKU: "NOT-ASKED", Status: "ok", Quantity: new(int64(1))})
}

func (s *Store) batch(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	if items, ok := s.read(w, body); ok {
		channeltest.Reply(w, http.StatusOK, map[string]any{"results": s.apply(items)})
	}
}

func (s *Store) submit(w http.ResponseWriter, body []byte) {
	items, ok := s.read(w, body)
	if !ok {
		return
	}
	id := fmt.Sprintf("f%d", len(s.feeds)+1)
	s.feeds[id] = &submission{results: s.apply(items)}
	channeltest.Reply(w, http.StatusAccepted, map[string]any{"feed": id, "poll_after_ms": 1})
}

// states are what a feed says on its first polls; then it is done.
var states = []string{"queued", "processing"}

func (s *Store) progress(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("feed")
	feed, ok := s.feeds[id]
	if !ok {
		refuse(w, http.StatusNotFound, problem{Code: "unknown_feed", Message: "there is no such feed"})
		return
	}
	state := "done"
	if feed.polls < len(states) {
		state = states[feed.polls]
	}
	feed.polls++
	channeltest.Reply(w, http.StatusOK, map[string]any{"feed": id, "state": state, "poll_after_ms": 1})
}

func (s *Store) report(w http.ResponseWriter, r *http.Request) {
	feed, ok := s.feeds[r.PathValue("feed")]
	if !ok || feed.polls <= len(states) {
		refuse(w, http.StatusNotFound, problem{Code: "no_report", Message: "there is no report"})
		return
	}
	channeltest.Reply(w, http.StatusOK, map[string]any{"results": feed.results})
}

func (s *Store) single(w http.ResponseWriter, r *http.Request) {
	var entry item
	if err := json.NewDecoder(r.Body).Decode(&entry); err != nil {
		refuse(w, http.StatusBadRequest, problem{Code: "bad_request", Message: "the body is not JSON"})
		return
	}
	entry.SKU, entry.Location = r.URL.Query().Get("sku"), r.URL.Query().Get("location")
	p, bad := s.judge(entry)
	switch {
	case !bad:
		channeltest.Reply(w, http.StatusOK, map[string]any{"quantity": s.show(entry)})
	case p.Code == "quantity_stale":
		refuse(w, http.StatusConflict, p)
	case p.Code == "poison":
		refuse(w, http.StatusUnprocessableEntity, p)
	default:
		refuse(w, http.StatusNotFound, p)
	}
}
