// Package shipbobtest is a fake of ShipBob's inventory API, written from its documentation as far as that is told in
// docs/warehouses/shipbob.md. What the documentation leaves open is a switch.
package shipbobtest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/shipbob"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

// ID is the id of the warehouse in the configuration.
const ID = "moreno"

// RetryAfter is what the fake says when it throttles.
const RetryAfter = 25 * time.Second

// Permitted is how many calls a minute ShipBob permits.
const Permitted = 150

// Version is the part of the address that names the version.
const Version = "/2026-07"

var _ warehousetest.Warehouse = (*Warehouse)(nil)

// Switches are what the documentation leaves open, or where reports differ from it. The zero value is what it says.
type Switches struct {
	// PathNext: next is a path, and of another name than the list that was called; the documentation says a URL.
	PathNext bool
	// BareNext: next leaves out what was asked for at first, and the cursor does not remember it.
	BareNext bool
	// LastKept: last is given on the last page too; the documentation says null.
	LastKept bool
	// NoLast: last is never given.
	NoLast bool
	// MostItems is the most items of a page, whatever is asked for; 0 is no limit.
	MostItems int
	// QuietBudget: x-remaining-calls is told only when the fake throttles.
	QuietBudget bool
	// PlainRetryAfter: the wait is told in Retry-After; the documentation says x-retry-after.
	PlainRetryAfter bool
	// NoDate: answers have no Date.
	NoDate bool
}

// Warehouse is a running fake.
type Warehouse struct {
	server *httptest.Server

	mu       sync.Mutex
	switches Switches
	stock    []warehousetest.Item
	items    []item
	ids      map[string]int // inventory ids, by SKU and how often it was seen before
	centers  map[string]int // location ids, by name
	fault    warehousetest.Fault
	spoil    func(page int, answer *Answer)
	now      func() time.Time // nil when calls are not counted
	recent   []time.Time      // of calls
	others   int              // calls of others, which count until a time
	until    time.Time
	calls    []string // path and query of each call
}

// item is one inventory item: rows of one SKU that follow each other.
type item struct {
	id       int
	sku      string
	rows     []warehousetest.Item
	inactive bool
	digital  bool
}

// Answer is what the fake is about to answer with.
type Answer struct {
	Status int
	Header http.Header
	Body   string
	// Cut sends the first half of the body and breaks the connection.
	Cut bool
}

// Start starts a fake. It ends with the test.
func Start(t testing.TB, stock []warehousetest.Item) *Warehouse {
	w := &Warehouse{ids: map[string]int{}, centers: map[string]int{}}
	w.Set(t, stock)
	w.server = httptest.NewServer(http.HandlerFunc(w.serve))
	t.Cleanup(w.server.Close)
	return w
}

// Open returns a source that reads the fake, at ShipBob's pace.
func (w *Warehouse) Open(t testing.TB) warehouses.Source {
	source, err := shipbob.Open(ID, w.Settings(nil), Environment())
	require.NoError(t, err)
	return source
}

// Settings are those of a source that reads the fake, with others on top.
func (w *Warehouse) Settings(other map[string]any) settings.Values {
	raw := settings.Values{"endpoint": w.Endpoint(), "token": "env:TOKEN"}
	for name, value := range other {
		raw[name] = value
	}
	return raw
}

// Environment holds the credential.
func Environment() settings.Environment {
	return settings.Environment{Variable: func(string) (string, bool) { return warehousetest.Credential, true }}
}

// Endpoint is the fake's address.
func (w *Warehouse) Endpoint() string { return w.server.URL + Version }

// Set replaces the stock. A SKU keeps its inventory id, and a name that begins with "inactive" or "digital" makes it so.
func (w *Warehouse) Set(_ testing.TB, stock []warehousetest.Item) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stock, w.items = slices.Clone(stock), nil
	seen := map[string]int{}
	for from := 0; from < len(stock); {
		to := from + 1
		for to < len(stock) && stock[to].SKU == stock[from].SKU {
			to++
		}
		sku := stock[from].SKU
		key := fmt.Sprintf("%d %s", seen[sku], sku)
		seen[sku]++
		if w.ids[key] == 0 {
			w.ids[key] = 20_000_001 + len(w.ids)
		}
		w.items = append(w.items, item{
			id: w.ids[key], sku: sku, rows: w.stock[from:to],
			inactive: strings.HasPrefix(sku, "inactive"), digital: strings.HasPrefix(sku, "digital"),
		})
		from = to
	}
	for _, row := range stock {
		if w.centers[row.Facility] == 0 {
			w.centers[row.Facility] = 101 + len(w.centers)
		}
	}
}

// Provoke gives every later call a fault.
func (w *Warehouse) Provoke(_ testing.TB, fault warehousetest.Fault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fault = fault
}

// Turn sets what the documentation leaves open.
func (w *Warehouse) Turn(switches Switches) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.switches = switches
}

// Spoil has every answer with levels go through a function first; the page is counted from 1.
func (w *Warehouse) Spoil(spoil func(page int, answer *Answer)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.spoil = spoil
}

// Count has the fake count calls by a clock, and throttle what is over the budget. Others have just made so many.
func (w *Warehouse) Count(now func() time.Time, others int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now, w.others, w.until = now, others, now().Add(time.Minute)
}

// Calls are the path and query of each call so far.
func (w *Warehouse) Calls() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.calls)
}

func (w *Warehouse) serve(out http.ResponseWriter, request *http.Request) {
	w.mu.Lock()
	w.calls = append(w.calls, request.URL.RequestURI())
	answer := w.answer(request)
	w.mu.Unlock()
	for name, values := range answer.Header {
		out.Header()[name] = values
	}
	body := []byte(answer.Body)
	out.Header().Set("Content-Length", strconv.Itoa(len(body)))
	out.WriteHeader(answer.Status)
	if answer.Cut {
		_, _ = out.Write(body[:len(body)/2])
		_ = http.NewResponseController(out).Flush()
		panic(http.ErrAbortHandler)
	}
	_, _ = out.Write(body)
}

func (w *Warehouse) answer(request *http.Request) Answer {
	left := w.budget()
	switch {
	case w.fault == warehousetest.Redirects:
		answer := problem(http.StatusFound, "moved")
		answer.Header.Set("Location", w.server.URL+"/elsewhere")
		return answer
	case w.fault == warehousetest.Unauthorised, request.Header.Get("Authorization") != "Bearer "+warehousetest.Credential:
		return problem(http.StatusUnauthorized, "not with "+request.Header.Get("Authorization"))
	case w.fault == warehousetest.Throttles, left < 0:
		return w.throttled()
	case w.fault == warehousetest.Falters:
		return problem(http.StatusInternalServerError, "for "+request.Header.Get("Authorization"))
	case w.fault == warehousetest.Garbage:
		return Answer{Status: http.StatusOK, Header: http.Header{"Content-Type": {"text/html"}}, Body: "<!doctype html><title>Sign in</title>"}
	case request.Method != http.MethodGet:
		return problem(http.StatusMethodNotAllowed, "only GET")
	case request.URL.Path == Version+"/inventory-level", request.URL.Path == Version+"/inventory-level/locations":
		answer := w.levels(request)
		if !w.switches.QuietBudget {
			answer.Header.Set("X-Remaining-Calls", strconv.Itoa(left))
		}
		return answer
	}
	return problem(http.StatusNotFound, request.URL.Path)
}

// budget counts a call, and returns how many are left of the minute that ends now; below 0 the call is one too many.
func (w *Warehouse) budget() int {
	if w.now == nil {
		return Permitted - 1
	}
	now := w.now()
	w.recent = append(slices.DeleteFunc(w.recent, func(at time.Time) bool { return now.Sub(at) >= time.Minute }), now)
	used := len(w.recent)
	if now.Before(w.until) {
		used += w.others
	}
	return Permitted - used
}

func (w *Warehouse) throttled() Answer {
	seconds := strconv.Itoa(int(RetryAfter / time.Second))
	name := "X-Retry-After"
	if w.switches.PlainRetryAfter {
		name = "Retry-After"
	}
	return Answer{
		Status: http.StatusTooManyRequests,
		Header: http.Header{name: {seconds}, "X-Remaining-Calls": {"0"}},
		Body:   `{"statusCode":429,"message":"Rate limit is exceeded. Try again in ` + seconds + ` seconds."}`,
	}
}

// problem is an answer in the form of ShipBob's ProblemDetails.
func problem(status int, detail string) Answer {
	return Answer{
		Status: status, Header: http.Header{"Content-Type": {"application/problem+json"}},
		Body: fmt.Sprintf(`{"title":"problem","status":%d,"detail":%s}`, status, quote(detail)),
	}
}
