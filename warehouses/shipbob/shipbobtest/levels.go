package shipbobtest

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

// usual is how many items a page has when nothing is asked for.
const usual = 50

// levels answers with one page of the list as it is now; it is not frozen while it is read.
func (w *Warehouse) levels(request *http.Request) warehousetest.Answer {
	query := folded(request.URL.Query())
	size := usual
	if text := query.Get("pagesize"); text != "" {
		var err error
		if size, err = strconv.Atoi(text); err != nil || size < 1 {
			return problem(http.StatusBadRequest, "PageSize "+text)
		}
	}
	if w.switches.MostItems > 0 {
		size = min(size, w.switches.MostItems)
	}
	from := 0
	if cursor := query.Get("cursor"); cursor != "" {
		if _, err := fmt.Sscanf(cursor, "after-%d", &from); err != nil {
			return problem(http.StatusBadRequest, "cursor "+cursor)
		}
	}
	items, write := w.filtered(query), total
	if strings.HasSuffix(request.URL.Path, "/locations") {
		write = w.byLocation
	}
	page, final := w.Page(from, size, len(items)), max((len(items)-1)/size*size, 0)
	first, last := page.From == 0, page.From == final
	response := warehousetest.JSON(http.StatusOK, fmt.Sprintf(`{"first":%s,"items":%s,"last":%s,"next":%s,"prev":%s}`,
		w.address(request, size, 0, first), warehousetest.List(items[page.From:page.To], write),
		w.address(request, size, final, last && !w.switches.LastKept || w.switches.NoLast),
		w.address(request, size, page.Next, page.Last), w.address(request, size, max(page.From-size, 0), first))).WithoutDate(w.switches.NoDate)
	response.Cut = page.Cut
	return w.Spoiled(page.Number, response)
}

// folded has the names of a query in one case: ShipBob does not tell them apart.
func folded(query url.Values) url.Values {
	lower := url.Values{}
	for name, values := range query {
		for _, value := range values {
			lower.Add(strings.ToLower(name), value)
		}
	}
	return lower
}

func (w *Warehouse) filtered(query url.Values) []item {
	var items []item
	for _, item := range w.items {
		if query.Get("isactive") == "true" && item.inactive || query.Get("isdigital") == "false" && item.digital {
			continue
		}
		items = append(items, item)
	}
	return items
}

// address leads to the page that begins after so many items; null when there is none.
func (w *Warehouse) address(request *http.Request, size, after int, none bool) string {
	if none {
		return "null"
	}
	query := url.Values{"cursor": {fmt.Sprintf("after-%d", after)}}
	if !w.switches.BareNext {
		for name, values := range request.URL.Query() {
			if !strings.EqualFold(name, "cursor") && !strings.EqualFold(name, "PageSize") {
				query[strings.ToLower(name[:1])+name[1:]] = values
			}
		}
		query.Set("pageSize", strconv.Itoa(size))
	}
	base := w.URL + request.URL.Path
	if w.switches.PathNext {
		base = "/inventory-levels"
	}
	return warehousetest.Quote(base + "?" + query.Encode())
}

// The figures besides the available one.
const (
	OnHand    = 1200
	Committed = 3
)

// byLocation is an item with its stock in each location.
func (w *Warehouse) byLocation(item item) string {
	return fmt.Sprintf(`{"inventory_id":%d,"locations":%s,"name":"An item","sku":%s}`, item.id, warehousetest.List(item.rows, func(row warehousetest.Item) string {
		return fmt.Sprintf(`{"awaiting_quantity":7,"committed_quantity":%d,%s"internal_transfer_quantity":0,"location_id":%d,"name":%s,"on_hand_quantity":%d}`,
			Committed, figure("fulfillable_quantity", row.Available), w.centers[row.Facility], warehousetest.Quote(row.Facility), OnHand)
	}), warehousetest.Quote(item.sku))
}

// total is an item with its stock in all locations. The sellable figure is one more than the fulfillable one, so that they
// can be told apart.
func total(item item) string {
	fulfillable, sellable := item.rows[0].Available, item.rows[0].Available
	if sum, whole := sum(item.rows); whole {
		fulfillable, sellable = strconv.Itoa(sum), strconv.Itoa(sum+1)
	}
	return fmt.Sprintf(`{"inventory_id":%d,"name":"An item","sku":%s,"total_awaiting_quantity":7,"total_backordered_quantity":0,"total_committed_quantity":%d,`+
		`"total_exception_quantity":0,%s"total_internal_transfer_quantity":0,%s"total_on_hand_quantity":%d}`,
		item.id, warehousetest.Quote(item.sku), Committed, figure("total_fulfillable_quantity", fulfillable), figure("total_sellable_quantity", sellable), OnHand)
}

func sum(rows []warehousetest.Item) (units int, whole bool) {
	for _, row := range rows {
		figure, err := strconv.Atoi(row.Available)
		if err != nil {
			return 0, false
		}
		units += figure
	}
	return units, true
}

// figure is a member with a figure, nothing when it is left out.
func figure(name, raw string) string {
	if raw == "" {
		return ""
	}
	return warehousetest.Quote(name) + ":" + raw + ","
}
