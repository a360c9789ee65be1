package control

import (
	"context"
	"slices"
	"sort"
	"strings"

	"github.com/tidemark/tidemark/ledger"
)

// Activity lists what happened to a SKU. The merchant may be left out where there is only one.
func (c *Control) Activity(ctx context.Context, query ledger.ActivityQuery) ([]ledger.ActivityEntry, error) {
	warehouses, err := c.state.Warehouses(ctx)
	if err != nil {
		return nil, err
	}
	isMerchant := map[string]bool{}
	for _, warehouse := range warehouses {
		isMerchant[warehouse.Merchant] = true
	}
	var merchants []string
	for name := range isMerchant {
		merchants = append(merchants, name)
	}
	sort.Strings(merchants)
	switch {
	case query.Merchant == "" && len(merchants) == 1:
		query.Merchant = merchants[0]
	case query.Merchant == "" && len(merchants) == 0:
		return nil, usage("nothing is configured yet; apply a configuration first (starter apply FILE)")
	case query.Merchant == "":
		return nil, usage("SKUs belong to a merchant; name one with --merchant: %s", strings.Join(merchants, ", "))
	case !isMerchant[query.Merchant]:
		return nil, usage("there is no merchant %q; there are %s", query.Merchant, strings.Join(merchants, ", "))
	}
	if query.Connection != "" {
		if _, err := c.connection(ctx, query.Connection); err != nil {
			return nil, err
		}
	}
	entries, err := c.state.Activity(ctx, query)
	if err == nil && len(entries) == 0 && query.Before == 0 {
		err = c.CheckSKUs(ctx, query.Merchant, query.SKU)
	}
	return orEmpty(entries), err
}

// CheckSKUs refuses SKUs that no warehouse of the merchant has reported and that the catalogue does not have.
func (c *Control) CheckSKUs(ctx context.Context, merchant string, skus ...string) error {
	for _, sku := range skus {
		known, err := c.state.Known(ctx, merchant, sku)
		if err != nil {
			return err
		}
		if !known {
			hint, err := c.didYouMean(ctx, sku, ledger.AlikeQuery{Merchant: merchant})
			if err != nil {
				return err
			}
			return usage("nothing is known of a SKU %q of %s: no warehouse has reported it, and no product, bundle or listing has it; "+
				"%s (capitals and spaces count)", sku, merchant, hint)
		}
	}
	return nil
}

// Levels lists the levels that a warehouse reported, by SKU and facility; an empty sku means all.
func (c *Control) Levels(ctx context.Context, warehouse, sku string, page ledger.Page) ([]ledger.LevelRow, error) {
	if _, err := c.warehouse(ctx, warehouse); err != nil {
		return nil, err
	}
	rows, err := c.state.Levels(ctx, warehouse, sku, page)
	return orEmpty(rows), err
}

// ChannelLevels lists the figures that a connection's store should show and does show, by channel SKU and location. An empty sku or status means
// all.
func (c *Control) ChannelLevels(ctx context.Context, id, sku string, status ledger.Status, page ledger.Page) ([]ledger.ChannelLevelRow, error) {
	connection, err := c.connection(ctx, id)
	if err != nil {
		return nil, err
	}
	if status != "" && !slices.Contains(StatusFilters(), status) {
		return nil, usage("there is no status %q; there are %s", status, strings.Join(textsOf(StatusFilters()), ", "))
	}
	rows, err := c.state.ChannelLevels(ctx, connection.ID, sku, status, page)
	return orEmpty(rows), err
}

// StatusFilters are the statuses by which rows can be listed: those of rows, and too_high for the rows that a rejection keeps above 0.
func StatusFilters() []ledger.Status { return append(Statuses(), ledger.StatusTooHigh) }

// Statuses are the statuses that a row can have.
func Statuses() []ledger.Status {
	return []ledger.Status{
		ledger.StatusPending, ledger.StatusUnknown, ledger.StatusSent, ledger.StatusExported, ledger.StatusRetrying, ledger.StatusRejected, ledger.StatusBlocked,
	}
}
