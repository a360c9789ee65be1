package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/tidemark/tidemark/sandbox/internal/scenario"
	"github.com/tidemark/tidemark/sandbox/internal/stock"
)

// The rows of a page.
const (
	defaultPage = 1000
	maxPage     = 5000
)

// warehouse is a warehouse that is served.
type warehouse struct {
	target
	stock *stock.Warehouse
}

func (w *warehouse) work(c *call) answer {
	switch c.rest() {
	case "levels", "facilities":
	default:
		return noRoute(c.request)
	}
	if c.request.Method != http.MethodGet {
		return refuse(http.StatusMethodNotAllowed, "method_not_allowed", "a warehouse is only read, with GET")
	}
	if c.rest() == "facilities" {
		return w.truncated(c, w.facilities())
	}
	return w.page(c)
}

func (w *warehouse) facilities() answer {
	type facility struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	all := []facility{}
	for _, id := range w.stock.Facilities() {
		all = append(all, facility{id, strings.ToUpper(id[:1]) + id[1:]})
	}
	return reply(http.StatusOK, map[string]any{"facilities": all})
}

func (w *warehouse) page(c *call) answer {
	limit, err := number(c.request, "limit", defaultPage, 1, maxPage)
	if err != nil {
		return refuse(http.StatusBadRequest, "invalid_limit", "%v", err)
	}
	var snapshot *stock.Snapshot
	from := 0
	if cursor := c.request.URL.Query().Get("cursor"); cursor == "" {
		snapshot = w.stock.Take(stock.Shape{Shrink: c.faults.Shrink, BadRows: c.faults.BadRows, Empty: c.faults.Empty})
	} else {
		id, place, matching := strings.Cut(cursor, "-")
		if from, err = strconv.Atoi(place); err != nil || !matching || from < 0 {
			return refuse(http.StatusBadRequest, "invalid_cursor", "%q is not a cursor of this warehouse", cursor)
		}
		if snapshot = w.stock.Snapshot(id); snapshot == nil {
			return refuse(http.StatusGone, "snapshot_gone", "the snapshot of the cursor %q is forgotten; begin with a new one, without a cursor", cursor)
		}
	}
	w.befallen(c, snapshot.Shape)
	rows, next, more := snapshot.Page(from, limit)
	cursor := ""
	if more {
		cursor = fmt.Sprintf("%s-%d", snapshot.ID, next)
	}
	if c.faults.RepeatPage {
		cursor = fmt.Sprintf("%s-%d", snapshot.ID, from)
	}
	if c.drawn == scenario.Truncate && w.draws.Below(c.n, "truncated", 3) == 0 {
		return answer{status: http.StatusOK, body: page(snapshot, rows[:len(rows)/2], "")} // and says that it is the last one
	}
	return w.truncated(c, answer{status: http.StatusOK, body: page(snapshot, rows, cursor)})
}

// befallen records the faults that are not drawn.
func (w *warehouse) befallen(c *call, shape stock.Shape) {
	for _, fault := range []struct {
		name string
		on   bool
	}{{"repeat_page", c.faults.RepeatPage}, {"empty", shape.Empty}, {"shrink", shape.Shrink > 0}, {"bad_rows", shape.BadRows > 0}} {
		if fault.on && c.outcome.Fault == "" {
			c.outcome.Fault = fault.name
		}
	}
}

// truncated ends an answer in the middle when that is the fault: the connection breaks off, or the JSON does.
func (w *warehouse) truncated(c *call, a answer) answer {
	if c.drawn == scenario.Truncate {
		if w.draws.Below(c.n, "broken off", 2) == 0 {
			a.spoiled = cut
		} else {
			a.body = a.body[:len(a.body)/2]
		}
	}
	return a
}

// page is one page of a snapshot. It is written by hand, for the sake of those with a million rows.
func page(s *stock.Snapshot, rows []stock.Row, next string) []byte {
	to := make([]byte, 0, 200+170*len(rows))
	to = append(to, `{"snapshot":`...)
	to = appendText(to, s.ID)
	to = append(to, `,"as_of":"`...)
	to = s.AsOf.AppendFormat(to, timeLayout)
	to = append(to, `","total":`...)
	to = strconv.AppendInt(to, int64(s.Total), 10)
	to = append(to, `,"items":[`...)
	for i, row := range rows {
		if i > 0 {
			to = append(to, ',')
		}
		to = appendLevel(to, row.Level, row.Available)
	}
	to = append(to, `],"next":`...)
	if next == "" {
		return append(to, "null}\n"...)
	}
	to = appendText(to, next)
	return append(to, "}\n"...)
}

// appendLevel writes a level; available is its figure as JSON.
func appendLevel(to []byte, level stock.Level, available string) []byte {
	to = append(to, `{"sku":`...)
	to = appendText(to, level.SKU)
	to = append(to, `,"facility":`...)
	to = appendText(to, level.Facility)
	to = append(to, `,"available":`...)
	to = append(to, available...)
	to = append(to, `,"on_hand":`...)
	to = strconv.AppendInt(to, level.OnHand(), 10)
	to = append(to, `,"committed":`...)
	to = strconv.AppendInt(to, level.Committed, 10)
	to = append(to, `,"reported_at":"`...)
	to = level.ReportedAt.AppendFormat(to, timeLayout)
	return append(to, `"}`...)
}

// appendText writes a JSON text; plain ASCII, which nearly all SKUs are, goes as it is.
func appendText(to []byte, text string) []byte {
	for i := range len(text) {
		if letter := text[i]; letter < ' ' || letter > '~' || letter == '"' || letter == '\\' {
			quoted, err := json.Marshal(text)
			if err != nil {
				panic("sandbox: a text cannot be written as JSON: " + err.Error()) // encoding/json takes every string
			}
			return append(to, quoted...)
		}
	}
	to = append(to, '"')
	to = append(to, text...)
	return append(to, '"')
}
