// Package jsonapitest is a fake of a warehouse with a JSON API, in the forms that the driver's settings can describe.
package jsonapitest

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
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
	// Bare: the answer is the list of items.
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
	*warehousetest.Server
	form Form

	mu      sync.Mutex
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
	w.Set(t, stock)
	w.Server = warehousetest.NewServer(t, w.answer)
	return w
}

// Open returns a source whose settings describe the fake.
func (w *Warehouse) Open(t testing.TB) warehouses.Source { return w.OpenWith(t, nil) }

// OpenWith returns a source with other settings on top.
func (w *Warehouse) OpenWith(t testing.TB, other map[string]any) warehouses.Source {
	source, err := jsonapi.Open(ID, w.Settings(other), warehousetest.Environment())
	require.NoError(t, err)
	return source
}

// Settings describe the fake, with others on top.
func (w *Warehouse) Settings(other map[string]any) settings.Values {
	raw := settings.Values{
		"endpoint": w.Endpoint(), "auth": "bearer", "credential": "env:TOKEN", "paging": w.form.Paging,
		"query": map[string]any{"status": "all"}, "size_param": "limit", "items": "data.stock", "as_of": "meta.as_of",
		"fields": map[string]any{
			"sku": "product.code", "facility": "site", "available": "quantity.free", "on_hand": "quantity.physical",
			"committed": "quantity.reserved", "reported_at": "changed",
		},
	}
	if w.form.Bare {
		raw["items"], raw["as_of"] = "", ""
	}
	for _, evidence := range w.form.Evidence {
		raw[evidence] = "meta." + evidence
	}
	if w.form.Paging == "cursor" || w.form.Paging == "next" {
		raw["next"], raw["next_omitted"] = "links.next", w.form.OmitsNext
	}
	if w.form.Zero {
		raw["first_page"] = 0
	}
	if w.form.Since {
		raw["since_param"], raw["overlap"] = "changed_since", "0s"
	}
	if w.form.TextFigures {
		raw["figures_as_text"] = true
	}
	maps.Copy(raw, other)
	return raw
}

// Endpoint is the fake's address.
func (w *Warehouse) Endpoint() string { return w.URL + Path }

// Set replaces the stock.
func (w *Warehouse) Set(_ testing.TB, stock []warehousetest.Item) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = w.at.Add(time.Minute)
	for _, item := range stock {
		if _, known := w.changed[item]; !known {
			w.changed[item] = w.at
		}
	}
	w.stock = slices.Clone(stock)
}

// Date says when the stock came to be what it is.
func (w *Warehouse) Date(_ testing.TB, at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = at.UTC()
}

// Headers are those of the last call.
func (w *Warehouse) Headers() http.Header {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.headers[len(w.headers)-1]
}

func (w *Warehouse) answer(request *http.Request, _ []byte) warehousetest.Answer {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.Note(request.URL.RequestURI())
	w.headers = append(w.headers, request.Header.Clone())
	header := request.Header
	permitted := slices.Contains([]string{header.Get("Authorization"), header.Get("X-Api-Key")}, warehousetest.Credential) ||
		strings.HasSuffix(header.Get("Authorization"), " "+warehousetest.Credential) || basic(request)
	switch {
	case w.Fault() == warehousetest.Redirects:
		return w.Elsewhere()
	case w.Fault() == warehousetest.Unauthorised, !permitted:
		return failure(http.StatusUnauthorized, "not with "+header.Get("Authorization"))
	case w.Fault() == warehousetest.Throttles:
		answer := failure(http.StatusTooManyRequests, "slow down")
		answer.Header.Set("Retry-After", strconv.Itoa(int(RetryAfter/time.Second)))
		return answer
	case w.Fault() == warehousetest.Falters:
		return failure(http.StatusInternalServerError, "for "+header.Get("Authorization"))
	case w.Fault() == warehousetest.Garbage:
		return warehousetest.SignIn()
	case request.URL.Path != Path:
		return failure(http.StatusNotFound, request.URL.Path)
	}
	return w.page(request.URL.Query())
}

func basic(request *http.Request) bool {
	user, password, ok := request.BasicAuth()
	return ok && user == "tidemark" && password == warehousetest.Credential
}

func failure(status int, message string) warehousetest.Answer {
	return warehousetest.Answer{
		Status: status, Header: http.Header{"Content-Type": {"application/json"}},
		Body: fmt.Sprintf(`{"error":%s}`, warehousetest.Quote(message)),
	}
}
