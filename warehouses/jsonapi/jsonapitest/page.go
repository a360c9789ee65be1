package jsonapitest

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

// page answers with one page of the stock as it is now.
func (w *Warehouse) page(query url.Values) warehousetest.Answer {
	stock := w.stock
	if text := query.Get("changed_since"); text != "" {
		since, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return failure(http.StatusBadRequest, "changed_since")
		}
		stock = slices.DeleteFunc(slices.Clone(stock), func(item warehousetest.Item) bool { return w.changed[item].Before(since) })
	}
	size, from, err := w.window(query, len(stock))
	if err != nil || query.Get("status") != "all" {
		return failure(http.StatusBadRequest, "query")
	}
	number := 1
	if size > 0 {
		number = from/size + 1
	}
	if w.Fault() == warehousetest.Repeats && number > 2 {
		from = size // the second page is served again
	}
	from = min(from, len(stock))
	to := min(from+size, len(stock))
	next := to
	if w.Fault() == warehousetest.Repeats && number == 2 {
		next = from
	}
	ends := to == len(stock) || w.Fault() == warehousetest.Truncated && number == 2
	if w.Fault() == warehousetest.Truncated && number > 2 {
		from = to // what was promised does not come
	}
	response := warehousetest.JSON(http.StatusOK, w.envelope(warehousetest.List(stock[from:to], w.item), len(stock), next, size, ends))
	response.Cut = w.Fault() == warehousetest.BreaksOff && (number == 2 || w.form.Paging == "none")
	return w.Spoiled(number, response)
}

// window is how many items are asked for, and behind how many.
func (w *Warehouse) window(query url.Values, all int) (size, from int, err error) {
	if size, err = strconv.Atoi(query.Get("limit")); err != nil || size < 1 {
		return 0, 0, fmt.Errorf("limit")
	}
	if w.form.MostItems > 0 {
		size = min(size, w.form.MostItems)
	}
	switch w.form.Paging {
	case "none":
		return all, 0, nil
	case "page":
		from, err = strconv.Atoi(query.Get("page"))
		if !w.form.Zero {
			from--
		}
		return size, from * size, err
	case "offset":
		from, err = strconv.Atoi(query.Get("offset"))
		return size, from, err
	}
	if cursor := query.Get("cursor"); cursor != "" {
		_, err = fmt.Sscanf(cursor, "after %d", &from)
	}
	return size, from, err
}

func (w *Warehouse) envelope(list string, total, next, size int, ends bool) string {
	if w.form.Bare {
		return list
	}
	var text strings.Builder
	fmt.Fprintf(&text, `{"meta":{"as_of":%s`, warehousetest.Quote(w.at.Format(time.RFC3339)))
	if slices.Contains(w.form.Evidence, "total") {
		fmt.Fprintf(&text, `,"total":%d`, total)
	}
	if slices.Contains(w.form.Evidence, "more") {
		fmt.Fprintf(&text, `,"more":%t`, !ends)
	}
	text.WriteString(`},"data":{"stock":` + list + `},"links":{"self":"x"`)
	cursor := fmt.Sprintf("after %d", next)
	switch {
	case ends && w.form.OmitsNext:
	case ends:
		text.WriteString(`,"next":null`)
	case w.form.Paging == "cursor":
		text.WriteString(`,"next":` + warehousetest.Quote(cursor))
	case w.form.PathNext:
		text.WriteString(`,"next":` + warehousetest.Quote("/elsewhere?cursor="+url.QueryEscape(cursor)))
	default:
		query := url.Values{"cursor": {cursor}, "limit": {strconv.Itoa(size)}, "status": {"all"}}
		text.WriteString(`,"next":` + warehousetest.Quote(w.URL+Path+"?"+query.Encode()))
	}
	return text.String() + "}}"
}

// item writes an item.
func (w *Warehouse) item(item warehousetest.Item) string {
	free := item.Available
	if _, err := strconv.Atoi(free); err == nil && w.form.TextFigures {
		free = warehousetest.Quote(free)
	}
	if free != "" {
		free = `"free":` + free + ","
	}
	changed := item.ReportedAt
	if changed == "" {
		changed = w.changed[item].Format(time.RFC3339)
	}
	return fmt.Sprintf(`{"product":{"code":%s,"name":"An item"},"site":%s,"quantity":{%s"physical":null,"reserved":null},"changed":%s}`,
		warehousetest.Quote(item.SKU), warehousetest.Quote(item.Facility), free, warehousetest.Quote(changed))
}
