// Package shipbobtest is a fake of ShipBob's inventory API, written from its documentation as far as that is told in
// docs/warehouses/shipbob.md. What the documentation leaves open is a switch.
package shipbobtest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tidemark/tidemark/settings"
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
	*warehousetest.Fake

	switches Switches
	stock    []warehousetest.Item
	items    []item
	ids      map[string]int // inventory ids, by SKU and how often it was seen before
	centers  map[string]int // location ids, by name
	counts   bool           // calls
	recent   []time.Time    // of calls
	others   int            // calls of others, which count until a time
	until    time.Time
}

// item is one inventory item: rows of one SKU that follow each other.
type item struct {
	id       int
	sku      string
	rows     []warehousetest.Item
	inactive bool
	digital  bool
}

// Start starts a fake. It ends with the test.
func Start(t testing.TB, stock []warehousetest.Item) *Warehouse {
	w := &Warehouse{ids: map[string]int{}, centers: map[string]int{}}
	w.Fake = warehousetest.NewFake(t, warehousetest.Opening{ID: ID, Driver: shipbob.Driver(), Path: Version, Settings: settings.Values{"token": "env:TOKEN"}},
		w.respond)
	w.Set(t, stock)
	return w
}

// Set replaces the stock. A SKU keeps its inventory id, and a name that begins with "inactive" or "digital" makes it so.
func (w *Warehouse) Set(_ testing.TB, stock []warehousetest.Item) {
	w.Mutex.Lock()
	defer w.Mutex.Unlock()
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

// Turn sets what the documentation leaves open.
func (w *Warehouse) Turn(switches Switches) { w.Hold(func() { w.switches = switches }) }

// Count has the fake count calls by a clock, and throttle what is over the budget. Others have just made so many.
func (w *Warehouse) Count(now func() time.Time, more int) {
	w.Mutex.Lock()
	defer w.Mutex.Unlock()
	w.counts, w.Now, w.others, w.until = true, now, more, now().Add(time.Minute)
}

func (w *Warehouse) respond(request *http.Request, _ []byte) warehousetest.Answer {
	w.Note(request.URL.RequestURI())
	left := w.budget()
	accepted := request.Header.Get("Authorization") == "Bearer "+warehousetest.Credential
	if refusal, refused := w.Refusal(request, accepted, problem, w.throttled); refused {
		return refusal
	}
	switch {
	case left < 0:
		return w.throttled()
	case request.Method != http.MethodGet:
		return problem(http.StatusMethodNotAllowed, "only GET")
	case request.URL.Path == Version+"/inventory-level", request.URL.Path == Version+"/inventory-level/locations":
		response := w.levels(request)
		if !w.switches.QuietBudget {
			response.Header.Set("X-Remaining-Calls", strconv.Itoa(left))
		}
		return response
	}
	return problem(http.StatusNotFound, request.URL.Path)
}

// budget counts a call, and returns how many are left of the minute that ends now; below 0 the call is one too many.
func (w *Warehouse) budget() int {
	if !w.counts {
		return Permitted - 1
	}
	now := w.Now()
	w.recent = append(slices.DeleteFunc(w.recent, func(at time.Time) bool { return now.Sub(at) >= time.Minute }), now)
	used := len(w.recent)
	if now.Before(w.until) {
		used += w.others
	}
	return Permitted - used
}

func (w *Warehouse) throttled() warehousetest.Answer {
	seconds := strconv.Itoa(int(RetryAfter / time.Second))
	name := "X-Retry-After"
	if w.switches.PlainRetryAfter {
		name = "Retry-After"
	}
	return warehousetest.Answer{
		Status: http.StatusTooManyRequests,
		Header: http.Header{name: {seconds}, "X-Remaining-Calls": {"0"}},
		Body:   `{"statusCode":429,"message":"Rate limit is exceeded. Try again in ` + seconds + ` seconds."}`,
	}
}

// problem is a response in the form of ShipBob's ProblemDetails.
func problem(status int, detail string) warehousetest.Answer {
	return warehousetest.Typed(status, "application/problem+json",
		fmt.Sprintf(`{"title":"problem","status":%d,"detail":%s}`, status, warehousetest.Quote(detail)))
}
