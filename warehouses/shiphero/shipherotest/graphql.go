package shipherotest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

// What calls cost besides a credit for each product that comes back.
const base = 1

// budget is what ShipHero charges calls to.
type budget struct {
	left  float64
	at    time.Time
	short int
}

// charge takes the credits of a call, or says how long it takes until there are enough.
func (b *budget) charge(cost int, now time.Time) (left int, missing time.Duration) {
	b.left = min(Most, b.left+now.Sub(b.at).Seconds()*Restored)
	b.at = now
	if b.left < float64(cost) {
		b.short++
		seconds := (float64(cost) - b.left) / Restored
		return int(b.left), time.Duration(int(seconds)+1) * time.Second
	}
	b.left -= float64(cost)
	return int(b.left), 0
}

// graphql answers a GraphQL call.
func (w *Warehouse) graphql(request *http.Request, body []byte) (kind string, number int, response warehousetest.Answer) {
	var call struct {
		Query     string         `json:"query"`
		Variables map[string]any `json:"variables"`
	}
	if json.Unmarshal(body, &call) != nil {
		return "", 0, warehousetest.JSON(http.StatusBadRequest, `{"errors":[{"message":"no JSON"}]}`)
	}
	variables, _ := json.Marshal(call.Variables)
	w.Note("/graphql " + string(variables))
	throttled := func() warehousetest.Answer { return w.short(1301, 263, Remaining) }
	if refusal, refused := w.Refusal(request, w.TakesToken(request.Header.Get("Authorization"), w.switches.Withdrawn), warehousetest.JSON, throttled); refused {
		return "", 0, refusal
	}
	switch {
	case strings.Contains(call.Query, "warehouse_products("):
		number, response = w.levels(call.Variables)
		return Levels, number, response
	case strings.Contains(call.Query, "inventory_generate_snapshot("):
		number, response = w.generate(call.Variables)
		return Generate, number, response
	case strings.Contains(call.Query, "inventory_snapshot("):
		number, response = w.poll(call.Variables)
		return Poll, number, response
	}
	return "", 0, warehousetest.JSON(http.StatusBadRequest, `{"errors":[{"message":"no such field"}]}`)
}

// short is the response for too few credits.
func (w *Warehouse) short(required, left int, wait time.Duration) warehousetest.Answer {
	seconds := int(wait / time.Second)
	remaining := fmt.Sprintf(`,"time_remaining":"%d seconds"`, seconds)
	if w.switches.NoTime {
		remaining = ""
	}
	return warehousetest.JSON(http.StatusOK, fmt.Sprintf(
		`{"errors":[{"code":30,"message":"There are not enough credits to perform the requested operation, which requires %d `+
			`credits, but there are only %d left. In %d seconds you will have enough credits to perform the operation","operation":"warehouse_products",`+
			`"required_credits":%d,"remaining_credits":%d%s}],"data":{"warehouse_products":null}}`,
		required, left, seconds, required, left, remaining))
}

// complain is an error in a response with status 200.
func complain(code int, message string) warehousetest.Answer {
	return warehousetest.JSON(http.StatusOK, fmt.Sprintf(`{"errors":[{"code":%d,"message":%s}],"data":null}`, code, warehousetest.Quote(message)))
}

// cost is the member that says what a call has cost.
func (w *Warehouse) cost(credits int) string {
	if w.switches.NoComplexity {
		return ""
	}
	return `"complexity":` + strconv.Itoa(credits) + ","
}

// levels answers with one page of the list as it is now; it is not frozen while it is read.
func (w *Warehouse) levels(variables map[string]any) (int, warehousetest.Answer) {
	first, ok := variables["first"].(float64)
	if !ok || first < 1 {
		return 0, complain(1, "first")
	}
	if first+base > Most {
		return 0, w.short(int(first)+base, Most, 0)
	}
	warehouse, _ := variables["warehouse"].(string)
	customer, _ := variables["customer"].(string)
	var since time.Time
	if text, ok := variables["since"].(string); ok {
		var err error
		if since, err = time.Parse(time.RFC3339, text); err != nil {
			return 0, complain(1, "updated_from")
		}
	}
	rows := w.filtered(warehouse, customer, since)
	from := 0
	if cursor, ok := variables["after"].(string); ok {
		text, _ := base64.StdEncoding.DecodeString(cursor)
		if _, err := fmt.Sscanf(string(text), "arrayconnection:%d", &from); err != nil {
			return 0, complain(1, "after "+cursor)
		}
		from++
	}
	page := w.Page(from, int(first), len(rows))
	credits := page.To - page.From + base
	if w.budget != nil {
		if left, wait := w.budget.charge(credits, w.Now()); wait > 0 {
			return page.Number, w.short(credits, left, wait)
		}
	}
	cursor := warehousetest.Quote(base64.StdEncoding.EncodeToString([]byte("arrayconnection:" + strconv.Itoa(page.Next-1))))
	if page.To == page.From || w.switches.NoCursor && page.Last {
		cursor = "null"
	}
	response := warehousetest.JSON(http.StatusOK, fmt.Sprintf(
		`{"data":{"warehouse_products":{"request_id":"5e70d213",%s"data":{"pageInfo":{"hasNextPage":%t,"endCursor":%s},"edges":%s}}}}`,
		w.cost(credits), !page.Last, cursor, warehousetest.List(rows[page.From:page.To], node)))
	response.Cut = page.Cut
	return page.Number, response
}

// filtered are the rows that are asked for.
func (w *Warehouse) filtered(warehouse, customer string, since time.Time) []row {
	if warehouse == "" && customer == "" && since.IsZero() {
		return w.rows
	}
	var rows []row
	for _, row := range w.rows {
		if (warehouse == "" || row.Facility == warehouse) && (customer == "" || row.account == customer) && !row.updated.Before(since) {
			rows = append(rows, row)
		}
	}
	return rows
}

// The figures besides the available one.
const (
	OnHand    = 1200
	Allocated = 3
)

func node(row row) string {
	return fmt.Sprintf(`{"node":{"id":%s,"account_id":%s,"sku":%s,"warehouse_id":%s,"on_hand":%d,"allocated":%d%s}}`,
		warehousetest.Quote(base64.StdEncoding.EncodeToString([]byte(row.SKU+"/"+row.Facility))), warehousetest.Quote(row.account), warehousetest.Quote(row.SKU),
		warehousetest.Quote(row.Facility), OnHand, Allocated, figure(row.Available))
}

// figure is a member with the available figure, nothing when it is left out.
func figure(raw string) string {
	if raw == "" {
		return ""
	}
	return `,"available":` + raw
}
