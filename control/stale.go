package control

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tidemark/tidemark/ledger"
)

// noRowsError says why a store shows nothing for a channel SKU.
func (c *Control) noRowsError(ctx context.Context, connection ledger.Connection, sku string) error {
	levels, err := c.state.Levels(ctx, connection.Warehouse, sku, ledger.Page{Limit: 1})
	if err != nil {
		return err
	}
	if len(levels) > 0 {
		return absentf("store %s shows nothing as %q: the warehouse reports it, but it has another channel SKU on this store, "+
			"or no run has resolved it yet (starter levels channel %s)", connection.Store, sku, connection.ID)
	}
	refused, err := c.state.StaleOf(ctx, connection, sku)
	if err != nil {
		return err
	}
	if len(refused) > 0 {
		return absentf("store %s shows nothing as %q: %s", connection.Store, sku, neverReadText(refused))
	}
	hint, err := c.didYouMean(ctx, sku, ledger.AlikeQuery{Connection: connection.ID}, ledger.AlikeQuery{Warehouse: connection.Warehouse, Store: connection.Store})
	if err != nil {
		return err
	}
	return absentf("store %s shows nothing as %q, and warehouse %s has never reported it; %s (capitals and spaces count)",
		connection.Store, sku, connection.Warehouse, hint)
}

// neverReadText says that every row of some levels was refused, and what to do.
func neverReadText(refused []ledger.StaleLevel) string {
	var lines []string
	for _, level := range refused {
		place := ""
		if level.Facility != "" {
			place = " in " + level.Facility
		}
		lines = append(lines, fmt.Sprintf("%s%s: %s, on %s", level.SKU, place, level.Words(), level.At.UTC().Format("2006-01-02 15:04:05 UTC")))
	}
	return fmt.Sprintf("warehouse %s names it, and no row of it was ever read, for all were refused (%s). "+
		"Correct the source, or the settings that say how it is read (starter snapshot %s)",
		refused[0].Warehouse, strings.Join(lines, "; "), refused[0].Warehouse)
}

// unread are the levels of a product that were never read, because every row of them was refused.
func (c *Control) unread(ctx context.Context, connection ledger.Connection, product string) ([]ledger.StaleLevel, error) {
	levels, err := c.state.StaleLevels(ctx, connection.Warehouse, product, ledger.Page{})
	return slices.DeleteFunc(levels, func(level ledger.StaleLevel) bool { return level.Read != nil }), err
}

// unreadLine says that a level does not count, and why.
func unreadLine(level ledger.StaleLevel) string {
	place := "without a facility"
	if level.Facility != "" {
		place = "in " + level.Facility
	}
	return fmt.Sprintf("nothing counts %s: %s; %s", place, level.Words(), level.Consequence())
}

// StaleLevels lists the levels of a warehouse whose last row was refused, by SKU and facility; an empty sku means all.
func (c *Control) StaleLevels(ctx context.Context, warehouse, sku string, page ledger.Page) ([]ledger.StaleLevel, error) {
	if _, err := c.warehouse(ctx, warehouse); err != nil {
		return nil, err
	}
	rows, err := c.state.StaleLevels(ctx, warehouse, sku, page)
	return orEmpty(rows), err
}

// WarehouseStale counts the levels of a warehouse whose last row was refused.
type WarehouseStale struct {
	Warehouse string `json:"warehouse"`
	ledger.StaleCount
}
