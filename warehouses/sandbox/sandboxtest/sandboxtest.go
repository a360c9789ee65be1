// Package sandboxtest is a fake of a sandbox warehouse, written from sandbox/API.md and not from the sandbox's code, so that
// the driver and the sandbox cannot share a misreading.
package sandboxtest

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
	"github.com/tidemark/tidemark/warehouses/sandbox"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

// ID is the id of the warehouse, in the configuration and at the sandbox.
const ID = "portland"

// RetryAfter is what the fake says when it throttles.
const RetryAfter = 7 * time.Second

var _ warehousetest.Warehouse = (*Warehouse)(nil)

// Warehouse is a running fake.
type Warehouse struct {
	server *httptest.Server

	mu        sync.Mutex
	stock     []warehousetest.Item            // is replaced, never changed
	snapshots map[string][]warehousetest.Item // by id
	taken     int
	fault     warehousetest.Fault
	spoil     func(page int, answer *Answer)
	calls     []string // path and query of each call
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
	w := &Warehouse{stock: slices.Clone(stock), snapshots: map[string][]warehousetest.Item{}}
	w.server = httptest.NewServer(http.HandlerFunc(w.serve))
	t.Cleanup(w.server.Close)
	return w
}

// Open returns a source that reads the fake, with the driver's own page size.
func (w *Warehouse) Open(t testing.TB) warehouses.Source { return w.OpenWith(t, nil) }

// OpenWith returns a source with other settings on top.
func (w *Warehouse) OpenWith(t testing.TB, other map[string]any) warehouses.Source {
	raw := settings.Values{"endpoint": w.Endpoint(), "token": "env:TOKEN"}
	for name, value := range other {
		raw[name] = value
	}
	source, err := sandbox.Open(ID, raw, settings.Environment{
		Variable: func(string) (string, bool) { return warehousetest.Credential, true },
	})
	require.NoError(t, err)
	return source
}

// Endpoint is the fake's address.
func (w *Warehouse) Endpoint() string { return w.server.URL + "/warehouses/" + ID }

// Set replaces the stock. Snapshots that were taken stay as they are.
func (w *Warehouse) Set(_ testing.TB, stock []warehousetest.Item) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stock = slices.Clone(stock)
}

// Provoke gives every later call a fault.
func (w *Warehouse) Provoke(_ testing.TB, fault warehousetest.Fault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fault = fault
}

// Spoil has every answer with levels go through a function first; the page is counted from 1.
func (w *Warehouse) Spoil(spoil func(page int, answer *Answer)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.spoil = spoil
}

// Forget forgets every snapshot that was taken.
func (w *Warehouse) Forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.snapshots)
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
	switch {
	case w.fault == warehousetest.Redirects:
		answer := failure(http.StatusFound, "moved", "elsewhere")
		answer.Header.Set("Location", w.server.URL+"/elsewhere")
		return answer
	case w.fault == warehousetest.Unauthorised, request.Header.Get("Authorization") != "Bearer "+warehousetest.Credential:
		return failure(http.StatusUnauthorized, "unauthorized", "not with "+request.Header.Get("Authorization"))
	case w.fault == warehousetest.Throttles:
		answer := failure(http.StatusTooManyRequests, "throttled", "slow down")
		answer.Header.Set("Retry-After", strconv.Itoa(int(RetryAfter/time.Second)))
		return answer
	case w.fault == warehousetest.Falters:
		return failure(http.StatusInternalServerError, "internal", "for "+request.Header.Get("Authorization"))
	case w.fault == warehousetest.Garbage:
		return Answer{Status: http.StatusOK, Header: http.Header{"Content-Type": {"text/html"}}, Body: "<!doctype html><title>Sign in</title>"}
	case request.Method != http.MethodGet:
		return failure(http.StatusMethodNotAllowed, "method_not_allowed", "only GET")
	case request.URL.Path == "/warehouses/"+ID+"/facilities":
		return w.facilities()
	case request.URL.Path == "/warehouses/"+ID+"/levels":
		return w.levels(request)
	}
	return failure(http.StatusNotFound, "not_found", request.URL.Path)
}

func failure(status int, code, message string) Answer {
	return Answer{
		Status: status, Header: http.Header{"Content-Type": {"application/json"}},
		Body: fmt.Sprintf(`{"error":{"code":%s,"message":%s}}`, quote(code), quote(message)),
	}
}

func (w *Warehouse) facilities() Answer {
	var ids, parts []string
	for _, item := range w.stock {
		if !slices.Contains(ids, item.Facility) {
			ids = append(ids, item.Facility)
		}
	}
	for _, id := range ids {
		parts = append(parts, fmt.Sprintf(`{"id":%s,"name":%s}`, quote(id), quote("The "+id)))
	}
	return Answer{Status: http.StatusOK, Body: `{"facilities":[` + strings.Join(parts, ",") + `]}`}
}

// levels answers with one page of a snapshot that was taken at its first page.
func (w *Warehouse) levels(request *http.Request) Answer {
	limit := 1000
	if text := request.URL.Query().Get("limit"); text != "" {
		var err error
		if limit, err = strconv.Atoi(text); err != nil || limit < 1 || limit > 5000 {
			return failure(http.StatusBadRequest, "invalid_limit", text)
		}
	}
	var id string
	var from int
	if cursor := request.URL.Query().Get("cursor"); cursor == "" {
		w.taken++
		id = fmt.Sprintf("s%d", w.taken)
		w.snapshots[id] = w.stock
	} else if _, err := fmt.Sscanf(cursor, "%d@%s", &from, &id); err != nil {
		return failure(http.StatusBadRequest, "invalid_cursor", cursor)
	}
	stock, ok := w.snapshots[id]
	if !ok {
		return failure(http.StatusGone, "snapshot_gone", id)
	}
	to, number := min(from+limit, len(stock)), from/limit+1
	next := fmt.Sprintf("%d@%s", to, id)
	if w.fault == warehousetest.Repeats && number == 2 {
		next = fmt.Sprintf("%d@%s", from, id)
	}
	last := to == len(stock) || w.fault == warehousetest.Truncated && number == 2
	answer := Answer{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: page(id, stock, from, to, next, last)}
	answer.Cut = w.fault == warehousetest.BreaksOff && number == 2
	if w.spoil != nil {
		w.spoil(number, &answer)
	}
	return answer
}

// Began is when the first snapshot was taken; each later one is a second younger.
var Began = time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC)

func page(id string, stock []warehousetest.Item, from, to int, next string, last bool) string {
	var text strings.Builder
	number, _ := strconv.Atoi(id[1:])
	asOf := Began.Add(time.Duration(number-1) * time.Second).Format("2006-01-02T15:04:05.000000Z07:00")
	fmt.Fprintf(&text, `{"snapshot":%s,"as_of":%s,"total":%d,"items":[`, quote(id), quote(asOf), len(stock))
	for i, item := range stock[from:to] {
		if i > 0 {
			text.WriteByte(',')
		}
		fmt.Fprintf(&text, `{"sku":%s,"facility":%s,`, quote(item.SKU), quote(item.Facility))
		if item.Available != "" {
			fmt.Fprintf(&text, `"available":%s,`, item.Available)
		}
		fmt.Fprintf(&text, `"on_hand":null,"committed":null,"reported_at":%s}`, quote(asOf))
	}
	text.WriteString(`],"next":`)
	if last {
		text.WriteString("null}")
	} else {
		text.WriteString(quote(next) + "}")
	}
	return text.String()
}

// quote writes a JSON text byte by byte: unlike encoding/json it leaves invalid UTF-8 as it is, as a careless server does.
func quote(text string) string {
	quoted := make([]byte, 0, len(text)+2)
	quoted = append(quoted, '"')
	for _, letter := range []byte(text) {
		switch {
		case letter == '"' || letter == '\\':
			quoted = append(quoted, '\\', letter)
		case letter < 0x20:
			quoted = fmt.Appendf(quoted, `\u%04x`, letter)
		default:
			quoted = append(quoted, letter)
		}
	}
	return string(append(quoted, '"'))
}
