package shipherotest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

// cost of a call for a snapshot, as the documentation's example has it.
const snapshotCost = 30

// SnapshotID is the id of the fake's nth snapshot.
func SnapshotID(number int) string { return fmt.Sprintf("5e70d213ec6c5e62d4b%05d", number) }

// generate takes a snapshot, which is ready after a while.
func (w *Warehouse) generate(variables map[string]any) (int, warehousetest.Answer) {
	data, _ := variables["data"].(map[string]any)
	if data["new_format"] != true || data["has_inventory"] == true {
		return 0, complain(1, "data")
	}
	if w.budget != nil {
		if left, wait := w.budget.charge(snapshotCost, w.Now()); wait > 0 {
			return len(w.jobs) + 1, w.short(snapshotCost, left, wait)
		}
	}
	if !w.switches.SameSnapshot || len(w.jobs) == 0 {
		var made job
		warehouse, _ := data["warehouse_id"].(string)
		customer, _ := data["customer_account_id"].(string)
		made.rows = w.filtered(warehouse, customer, time.Time{})
		w.jobs = append(w.jobs, made)
	}
	status := "InventorySnapshotStatus.enqueued"
	if w.switches.PlainStatus {
		status = "enqueued"
	}
	return len(w.jobs), w.job("inventory_generate_snapshot", len(w.jobs), status, "null")
}

func (w *Warehouse) job(operation string, number int, status, address string) warehousetest.Answer {
	return warehousetest.JSON(http.StatusOK, fmt.Sprintf(
		`{"data":{%s:{"request_id":"5e70d213",%s"snapshot":{"snapshot_id":%s,"status":%s,"error":null,"snapshot_url":%s}}}}`,
		warehousetest.Quote(operation), w.cost(snapshotCost), warehousetest.Quote(SnapshotID(number)), warehousetest.Quote(status), address))
}

// poll tells how far a snapshot is.
func (w *Warehouse) poll(variables map[string]any) (int, warehousetest.Answer) {
	id, _ := variables["id"].(string)
	for i := range w.jobs {
		if SnapshotID(i+1) != id {
			continue
		}
		times := &w.jobs[i].polls
		*times++
		switch {
		case *times <= w.polls/2:
			return *times, w.job("inventory_snapshot", i+1, "enqueued", "null")
		case *times <= w.polls:
			return *times, w.job("inventory_snapshot", i+1, "processing", "null")
		}
		return *times, w.job("inventory_snapshot", i+1, "success", warehousetest.Quote(fmt.Sprintf("%s/files/%d?signature=%s", w.URL, i+1, warehousetest.Credential)))
	}
	return 0, complain(5, "no snapshot "+id)
}

// file answers with the file of a snapshot.
func (w *Warehouse) file(path string) (int, warehousetest.Answer) {
	number, err := strconv.Atoi(strings.TrimPrefix(path, "/files/"))
	if err != nil || number < 1 || number > len(w.jobs) {
		return 0, warehousetest.JSON(http.StatusForbidden, "<Error><Code>AccessDenied</Code></Error>")
	}
	products := w.products(w.jobs[number-1].rows)
	head := `"snapshot_id":` + warehousetest.Quote(SnapshotID(number)) +
		`,"snapshot_started_at":"2026-03-01T12:00:00","snapshot_finished_at":"2026-03-01T12:03:07.123456","warehouse_id":null`
	text := "{" + head + `,"products":` + products + "}"
	if w.switches.ProductsFirst {
		text = `{"products":` + products + "," + head + "}"
	}
	if w.Fault() == warehousetest.Truncated {
		text = text[:len(text)/2]
	}
	response := warehousetest.JSON(http.StatusOK, text)
	response.Cut = w.Fault() == warehousetest.BreaksOff
	return number, response
}

// products are the rows, grouped by account and SKU: rows of one that follow each other.
func (w *Warehouse) products(rows []row) string {
	var text strings.Builder
	text.WriteByte('{')
	for from := 0; from < len(rows); {
		to := from + 1
		for to < len(rows) && rows[to].SKU == rows[from].SKU && rows[to].account == rows[from].account {
			to++
		}
		starts := from == 0 || rows[from-1].account != rows[from].account
		switch {
		case w.switches.OldFormat && from > 0, !starts:
			text.WriteByte(',')
		case !w.switches.OldFormat && from > 0:
			text.WriteString("},")
		}
		if starts && !w.switches.OldFormat {
			text.WriteString(warehousetest.Quote(rows[from].account) + ":{")
		}
		w.product(&text, rows[from:to])
		from = to
	}
	if len(rows) > 0 && !w.switches.OldFormat {
		text.WriteByte('}')
	}
	text.WriteByte('}')
	return text.String()
}

func (w *Warehouse) product(text *strings.Builder, rows []row) {
	text.WriteString(warehousetest.Quote(rows[0].SKU) + ":{")
	if !w.switches.KeyOnly {
		fmt.Fprintf(text, `"account_id":%s,"sku":%s,"vendors":{"VmVuZG9yOjE=":{"name":"A vendor"}},`, warehousetest.Quote(rows[0].account),
			warehousetest.Quote(rows[0].SKU))
	}
	text.WriteString(`"warehouse_products":{`)
	for i, row := range rows {
		if i > 0 {
			text.WriteByte(',')
		}
		fmt.Fprintf(text, `%s:{"on_hand":%d,"allocated":%d,"backorder":0,"reserve":0,"non_sellable":7%s,"item_bins":{"QmluOjE=":{"quantity":9,"sellable":true}}}`,
			warehousetest.Quote(row.Facility), OnHand, Allocated, figure(row.Available))
	}
	text.WriteString("}}")
}
