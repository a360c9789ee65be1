package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// listStale lists what was refused of a warehouse and not read since.
func listStale(ctx context.Context, s *session, c *control.Control, arguments []string, sku string, page ledger.Page) error {
	if arguments[0] != "warehouse" {
		return &flagError{errors.New("--stale is for levels of a warehouse")}
	}
	list := func(page ledger.Page) ([]ledger.StaleLevel, error) {
		return c.StaleLevels(ctx, arguments[1], sku, page)
	}
	rows, next, err := onePage(page, list, func(row ledger.StaleLevel) string { return row.SKU })
	if err != nil {
		return err
	}
	return s.print(rows, func(w io.Writer) { showStaleLevels(w, rows); showNext(w, next) })
}

func showStaleLevels(w io.Writer, rows []ledger.StaleLevel) {
	if len(rows) == 0 {
		line(w, "nothing is stale: every refused row has been read since")
		return
	}
	table(w, "SKU\tFACILITY\tCOUNTS\tREAD LAST\tSTALE SINCE (UTC)\tWHY", func(row func(string, ...any)) {
		for _, r := range rows {
			counts := figure(r.Read)
			if r.Zeroed {
				counts = "0"
			}
			row("%s\t%s\t%s\t%s\t%s\t%s", plain(r.SKU), plain(r.Facility), counts, figure(r.Read), moment(&r.Since), plain(r.Words()))
		}
	})
}

// staleOf says why a level is stale, where it is.
func staleOf(stale *inventory.Stale) string {
	if stale == nil {
		return ""
	}
	return plain(stale.Words())
}

func are(n int64) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// showStale says of each warehouse how much was refused and not read since.
func showStale(w io.Writer, warehouses []control.WarehouseStale) {
	for _, warehouse := range warehouses {
		text := fmt.Sprintf("%s of %s %s stale, the first since %s: a row was refused, and none was read after it",
			count(warehouse.Levels, "level"), warehouse.Warehouse, are(warehouse.Levels), stamp(warehouse.Since))
		if warehouse.Zeroed > 0 {
			text += fmt.Sprintf("; %d of them count as 0", warehouse.Zeroed)
		}
		if warehouse.Levels == 0 {
			text = fmt.Sprintf("%s of %s %s never read, since %s: every row was refused", count(warehouse.Unread, "level"), warehouse.Warehouse,
				were(warehouse.Unread), stamp(warehouse.Since))
		} else if warehouse.Unread > 0 {
			text += fmt.Sprintf("; %d more %s never read", warehouse.Unread, were(warehouse.Unread))
		}
		line(w, "%s\n  starter levels warehouse %s --stale\n", text, warehouse.Warehouse)
	}
}
