package control

import (
	"context"
	"sort"
	"strings"

	"github.com/tidemark/tidemark/ledger"
)

// Activity lists what happened to a SKU. The merchant may be left out where there is only one.
func (c *Control) Activity(ctx context.Context, merchant, sku, connection string, limit int) ([]ledger.ActivityEntry, error) {
	warehouses, err := c.Ledger.Warehouses(ctx)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, warehouse := range warehouses {
		known[warehouse.Merchant] = true
	}
	var merchants []string
	for name := range known {
		merchants = append(merchants, name)
	}
	sort.Strings(merchants)
	switch {
	case merchant == "" && len(merchants) == 1:
		merchant = merchants[0]
	case merchant == "" && len(merchants) == 0:
		return nil, usage("nothing is configured yet; apply a configuration first (starter apply FILE)")
	case merchant == "":
		return nil, usage("SKUs belong to a merchant; name one with --merchant: %s", strings.Join(merchants, ", "))
	case !known[merchant]:
		return nil, usage("there is no merchant %q; there are %s", merchant, strings.Join(merchants, ", "))
	}
	return c.Ledger.Activity(ctx, merchant, sku, connection, limit)
}
