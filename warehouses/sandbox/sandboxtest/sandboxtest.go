// Package sandboxtest is a fake of a sandbox warehouse, written from sandbox/API.md and not from the sandbox's code, so that
// the driver and the sandbox cannot share a misreading.
package sandboxtest

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/tidemark/tidemark/settings"
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
	*warehousetest.Fake

	stock     []warehousetest.Item            // is replaced, never changed
	snapshots map[string][]warehousetest.Item // by id
	taken     int
	began     time.Time // of the first snapshot
}

// Start starts a fake. It ends with the test.
func Start(t testing.TB, stock []warehousetest.Item) *Warehouse {
	w := &Warehouse{stock: slices.Clone(stock), snapshots: map[string][]warehousetest.Item{}, began: Began}
	w.Fake = warehousetest.NewFake(t, warehousetest.Opening{
		ID: ID, Driver: sandbox.Driver(), Path: "/warehouses/" + ID,
		Settings: settings.Values{"token": "env:TOKEN"},
	}, w.respond)
	return w
}

// Set replaces the stock. Snapshots that were taken stay as they are.
func (w *Warehouse) Set(_ testing.TB, stock []warehousetest.Item) {
	w.Hold(func() { w.stock = slices.Clone(stock) })
}

// Date says when the next snapshot is taken.
func (w *Warehouse) Date(_ testing.TB, at time.Time) {
	w.Hold(func() { w.began = at.UTC().Add(-time.Duration(w.taken) * time.Second) })
}

// Forget forgets every snapshot that was taken.
func (w *Warehouse) Forget() { w.Hold(func() { clear(w.snapshots) }) }

func (w *Warehouse) respond(request *http.Request, _ []byte) warehousetest.Answer {
	w.Note(request.URL.RequestURI())
	accepted := request.Header.Get("Authorization") == "Bearer "+warehousetest.Credential
	fault := func(status int, words string) warehousetest.Answer { return failure(status, codes[status], words) }
	throttled := func() warehousetest.Answer { return fault(http.StatusTooManyRequests, "slow down").Later(RetryAfter) }
	if refusal, refused := w.Refusal(request, accepted, fault, throttled); refused {
		return refusal
	}
	switch {
	case request.Method != http.MethodGet:
		return failure(http.StatusMethodNotAllowed, "method_not_allowed", "only GET")
	case request.URL.Path == "/warehouses/"+ID+"/facilities":
		return w.facilities()
	case request.URL.Path == "/warehouses/"+ID+"/levels":
		return w.levels(request)
	}
	return failure(http.StatusNotFound, "not_found", request.URL.Path)
}

// codes are the sandbox's own of some statuses.
var codes = map[int]string{
	http.StatusUnauthorized: "unauthorized", http.StatusTooManyRequests: "throttled", http.StatusInternalServerError: "internal",
}

func failure(status int, code, message string) warehousetest.Answer {
	return warehousetest.JSON(status, fmt.Sprintf(`{"error":{"code":%s,"message":%s}}`, warehousetest.Quote(code), warehousetest.Quote(message)))
}

func (w *Warehouse) facilities() warehousetest.Answer {
	var ids []string
	for _, item := range w.stock {
		if !slices.Contains(ids, item.Facility) {
			ids = append(ids, item.Facility)
		}
	}
	return warehousetest.JSON(http.StatusOK, `{"facilities":`+warehousetest.List(ids, func(id string) string {
		return fmt.Sprintf(`{"id":%s,"name":%s}`, warehousetest.Quote(id), warehousetest.Quote("The "+id))
	})+"}")
}

// levels answers with one page of a snapshot that was taken at its first page.
func (w *Warehouse) levels(request *http.Request) warehousetest.Answer {
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
	page := w.Page(from, limit, len(stock))
	response := warehousetest.JSON(http.StatusOK, w.write(id, stock, page))
	response.Cut = page.Cut
	return w.Spoiled(page.Number, response)
}

// Began is when the first snapshot was taken; each later one is a second younger.
var Began = time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC)

// write writes a page of a snapshot.
func (w *Warehouse) write(id string, stock []warehousetest.Item, page warehousetest.Page) string {
	number, _ := strconv.Atoi(id[1:])
	asOf := w.began.Add(time.Duration(number-1) * time.Second).Format("2006-01-02T15:04:05.000000Z07:00")
	next := "null"
	if !page.Last {
		next = warehousetest.Quote(fmt.Sprintf("%d@%s", page.Next, id))
	}
	items := warehousetest.List(stock[page.From:page.To], func(item warehousetest.Item) string {
		available := ""
		if item.Available != "" {
			available = `"available":` + item.Available + ","
		}
		return fmt.Sprintf(`{"sku":%s,"facility":%s,%s"on_hand":null,"committed":null,"reported_at":%s}`, warehousetest.Quote(item.SKU),
			warehousetest.Quote(item.Facility), available, warehousetest.Quote(cmp.Or(item.ReportedAt, asOf)))
	})
	return fmt.Sprintf(`{"snapshot":%s,"as_of":%s,"total":%d,"items":%s,"next":%s}`, warehousetest.Quote(id), warehousetest.Quote(asOf), len(stock), items, next)
}
