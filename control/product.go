package control

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// Product is everything about a merchant's SKU: what the warehouses reported, what each store should show and does show and why, and what happened
// to it.
type Product struct {
	Merchant string              `json:"merchant"`
	SKU      string              `json:"sku"`
	Name     string              `json:"name,omitempty"`    // its name in the catalogue
	Barcode  string              `json:"barcode,omitempty"` // its barcode in the catalogue
	Bundles  []string            `json:"bundles,omitempty"` // SKUs of the first mostBundles bundles that have it as a component, sorted
	Levels   []ledger.LevelRow   `json:"levels"`
	Unread   []ledger.StaleLevel `json:"unread,omitempty"` // levels that were never read, because every row of them was refused
	Sold     []RowExplanation    `json:"sold"`
	Activity []ProductEvent      `json:"activity"` // newest first
	// Older is the id of an entry before which there is more activity; 0 where there is none.
	Older int64 `json:"older,omitempty"`
}

// mostBundles is how many bundles of a component are named.
const mostBundles = 20

// ProductEvent is an entry of a SKU's activity with how long its run took, for people who tune a schedule by real run times.
type ProductEvent struct {
	ledger.ActivityEntry
	Took *time.Duration `json:"took,omitempty"` // nil while the run is open, and where no run made the entry
	Mode ledger.Mode    `json:"mode,omitempty"`
}

// Product gathers everything about a warehouse SKU of a merchant, with at most limit entries of its activity: the newest before the entry before, or
// the newest of all where before is 0.
func (c *Control) Product(ctx context.Context, merchant, sku string, before int64, limit int) (Product, error) {
	product := Product{Merchant: merchant, SKU: sku, Levels: []ledger.LevelRow{}, Sold: []RowExplanation{}, Activity: []ProductEvent{}}
	warehouses, err := c.state.Warehouses(ctx)
	if err != nil {
		return product, err
	}
	activity, err := c.Activity(ctx, ledger.ActivityQuery{Merchant: merchant, SKU: sku, Before: before, Limit: limit + 1})
	if err != nil {
		return product, err
	}
	if len(activity) > limit {
		activity = activity[:limit]
		product.Older = activity[limit-1].ID
	}
	for _, warehouse := range warehouses {
		if warehouse.Merchant != merchant {
			continue
		}
		levels, err := c.state.Levels(ctx, warehouse.ID, sku, ledger.Page{Limit: 1000})
		if err != nil {
			return product, err
		}
		product.Levels = append(product.Levels, levels...)
		refused, err := c.state.StaleLevels(ctx, warehouse.ID, sku, ledger.Page{Limit: 1000})
		if err != nil {
			return product, err
		}
		for _, level := range refused {
			if level.Read == nil {
				product.Unread = append(product.Unread, level)
			}
		}
	}
	defined, err := c.state.Products(ctx, merchant, ledger.Page{Prefix: sku, Limit: 1})
	if err != nil {
		return product, err
	}
	if len(defined) == 1 && defined[0].SKU == sku {
		product.Name, product.Barcode = defined[0].Name, defined[0].Barcode
	}
	if product.Bundles, err = c.state.BundlesWith(ctx, merchant, sku, mostBundles); err != nil {
		return product, err
	}
	if product.Sold, err = c.productRows(ctx, merchant, sku); err != nil {
		return product, err
	}
	product.Activity, err = c.withDurations(ctx, activity)
	return product, err
}

// productRows explain what each of a merchant's stores shows for a product, under each of its channel SKUs.
func (c *Control) productRows(ctx context.Context, merchant, sku string) ([]RowExplanation, error) {
	view, err := c.state.SoldOf(ctx, merchant, sku)
	if err != nil {
		return nil, err
	}
	holds, err := c.state.OpenHolds(ctx)
	if err != nil {
		return nil, err
	}
	plans := map[string]int{}
	for i, plan := range view.Plans {
		plans[plan.Connection.ID] = i
	}
	sold, spelled := []RowExplanation{}, spelling{c.state, map[alikeKey][]string{}}
	for i, plan := range view.Plans {
		if len(view.Inputs[i].Listings) == 0 {
			store := plan.Connection.Store
			spelled.cache[alikeKey{sku, ledger.AlikeQuery{Store: store}}] = view.Alike[store]
		}
	}
	for _, row := range view.Rows {
		at := plans[row.Connection]
		connection, now := view.Plans[at].Connection, inventory.Resolve(view.Inputs[at])
		if !slices.Contains(channelSKUs(sku, now), row.ChannelSKU) {
			continue
		}
		explanation := RowExplanation{Row: row, Now: resolvedLevel(now, row), Unread: view.Unread[connection.Warehouse]}
		if run, ok := view.Runs[row.Run]; ok {
			explanation.Run = new(withHeldOutcome(run, holds))
		}
		if explanation.Spelled, err = spelled.lines(ctx, connection, explanation); err != nil {
			return nil, err
		}
		explanation.Activity, explanation.Confirmed = history(row, view.Activity[connection.ID])
		sold = append(sold, explanation)
	}
	return sold, nil
}

// resolvedLevel is the level, of those that a product is resolved to, for the channel SKU and location of a row; nil when there is none.
func resolvedLevel(levels []inventory.ChannelLevel, row ledger.ChannelLevelRow) *inventory.ChannelLevel {
	at := slices.IndexFunc(levels, func(level inventory.ChannelLevel) bool {
		return level.ChannelSKU == row.ChannelSKU && level.Location == row.Location
	})
	if at < 0 {
		return nil
	}
	return &levels[at]
}

// channelSKUs are the SKUs under which a product is sold, each once, and its own SKU, under which it may have been sold before.
func channelSKUs(sku string, levels []inventory.ChannelLevel) []string {
	var names []string
	seen := map[string]bool{}
	for _, level := range append(levels, inventory.ChannelLevel{ChannelSKU: sku}) {
		if !seen[level.ChannelSKU] {
			seen[level.ChannelSKU] = true
			names = append(names, level.ChannelSKU)
		}
	}
	return names
}

// withDurations adds to entries how long their runs took.
func (c *Control) withDurations(ctx context.Context, entries []ledger.ActivityEntry) ([]ProductEvent, error) {
	runs := map[int64]ledger.Run{}
	events := make([]ProductEvent, len(entries))
	for i, entry := range entries {
		events[i].ActivityEntry = entry
		if entry.Run == 0 {
			continue
		}
		run, cached := runs[entry.Run]
		if !cached {
			var err error
			run, err = c.state.Run(ctx, entry.Run)
			if err != nil && !errors.Is(err, ledger.ErrNotFound) { // a run that is not found was deleted by retention
				return nil, err
			}
			runs[entry.Run] = run
		}
		events[i].Mode = run.Mode
		if run.EndedAt != nil {
			events[i].Took = new(run.EndedAt.Sub(run.StartedAt))
		}
	}
	return events, nil
}
