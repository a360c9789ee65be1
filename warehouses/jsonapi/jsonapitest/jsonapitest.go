// Package jsonapitest is a fake of a warehouse with a JSON API, in the forms that the driver's settings can describe.
package jsonapitest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses/jsonapi"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

// ID is the id of the warehouse in the configuration.
const ID = "lyon"

// RetryAfter is what the fake says when it throttles.
const RetryAfter = 7 * time.Second

// Path is where the fake serves its stock.
const Path = "/api/stock"

var _ warehousetest.Warehouse = (*Warehouse)(nil)

// Form is the API that the fake plays.
type Form struct {
	// Paging is none, page, offset, cursor or next.
	Paging string
	// Evidence is how the end is told, besides the cursor: any of "total" and "more".
	Evidence []string
	// Bare: the response is the list of items.
	Bare bool
	// Since: the API can be asked for what changed.
	Since bool
	// Zero: the first page has the number 0.
	Zero bool
	// OmitsNext: the last page leaves next out; otherwise it is null there.
	OmitsNext bool
	// PathNext: next is a path without what was asked for at first; otherwise it is a whole URL.
	PathNext bool
	// MostItems is the most items of a page, whatever is asked for; 0 is no limit.
	MostItems int
	// TextFigures: figures are written as text.
	TextFigures bool
}

// Warehouse is a running fake.
type Warehouse struct {
	*warehousetest.Fake
	form Form

	stock   []warehousetest.Item
	changed map[warehousetest.Item]time.Time // when an item came to be what it is
	at      time.Time                        // of the last change
	headers []http.Header
}

// Began is the time of the first stock; each later one is a minute younger.
var Began = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// Start starts a fake. It ends with the test.
func Start(t testing.TB, form Form, stock []warehousetest.Item) *Warehouse {
	w := &Warehouse{form: form, changed: map[warehousetest.Item]time.Time{}, at: Began.Add(-time.Minute)}
	w.Fake = warehousetest.NewFake(t, warehousetest.Opening{ID: ID, Driver: jsonapi.Driver(), Path: Path, Settings: describe(form)}, w.respond)
	w.Set(t, stock)
	return w
}

// describe are the settings for a form.
func describe(form Form) settings.Values {
	raw := settings.Values{
		"auth": "bearer", "credential": "env:TOKEN", "paging": form.Paging,
		"query": map[string]any{"status": "all"}, "size_param": "limit", "items": "data.stock", "as_of": "meta.as_of",
		"fields": map[string]any{
			"sku": "product.code", "facility": "site", "available": "quantity.free", "on_hand": "quantity.physical",
			"committed": "quantity.reserved", "reported_at": "changed",
		},
	}
	if form.Bare {
		raw["items"], raw["as_of"] = "", ""
	}
	for _, evidence := range form.Evidence {
		raw[evidence] = "meta." + evidence
	}
	if form.Paging == "cursor" || form.Paging == "next" {
		raw["next"], raw["next_omitted"] = "links.next", form.OmitsNext
	}
	if form.Zero {
		raw["first_page"] = 0
	}
	if form.Since {
		raw["since_param"], raw["overlap"] = "changed_since", "0s"
	}
	if form.TextFigures {
		raw["figures_as_text"] = true
	}
	return raw
}

// Set replaces the stock.
func (w *Warehouse) Set(_ testing.TB, stock []warehousetest.Item) {
	w.Mutex.Lock()
	defer w.Mutex.Unlock()
	w.at = w.at.Add(time.Minute)
	for _, item := range stock {
		if _, exists := w.changed[item]; !exists {
			w.changed[item] = w.at
		}
	}
	w.stock = slices.Clone(stock)
}

// Date says when the stock came to be what it is.
func (w *Warehouse) Date(_ testing.TB, at time.Time) { w.Hold(func() { w.at = at.UTC() }) }

// Headers are those of the last call.
func (w *Warehouse) Headers() http.Header {
	w.Mutex.Lock()
	defer w.Mutex.Unlock()
	return w.headers[len(w.headers)-1]
}

func (w *Warehouse) respond(request *http.Request, _ []byte) warehousetest.Answer {
	w.Note(request.URL.RequestURI())
	w.headers = append(w.headers, request.Header.Clone())
	header := request.Header
	permitted := slices.Contains([]string{header.Get("Authorization"), header.Get("X-Api-Key")}, warehousetest.Credential) ||
		strings.HasSuffix(header.Get("Authorization"), " "+warehousetest.Credential) || basic(request)
	throttled := func() warehousetest.Answer { return failure(http.StatusTooManyRequests, "slow down").Later(RetryAfter) }
	if refusal, refused := w.Refusal(request, permitted, failure, throttled); refused {
		return refusal
	}
	if request.URL.Path != Path {
		return failure(http.StatusNotFound, request.URL.Path)
	}
	return w.page(request.URL.Query())
}

func basic(request *http.Request) bool {
	user, password, ok := request.BasicAuth()
	return ok && user == "tidemark" && password == warehousetest.Credential
}

func failure(status int, message string) warehousetest.Answer {
	return warehousetest.JSON(status, fmt.Sprintf(`{"error":%s}`, warehousetest.Quote(message)))
}
