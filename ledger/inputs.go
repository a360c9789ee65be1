package ledger

import (
	"context"
	"database/sql"
	"maps"
	"slices"

	"github.com/tidemark/tidemark/inventory"
)

// Inputs loads what inventory.Resolve needs; see Resolver.
func (d *database) Inputs(ctx context.Context, plan Plan, products []string) ([]inventory.Input, error) {
	var loaded facts
	err := d.read(ctx, func(t *tx) (err error) {
		loaded, err = t.facts(ctx, plan, products)
		return err
	})
	if err != nil {
		return nil, err
	}
	inputs := make([]inventory.Input, len(products))
	for i, product := range products {
		inputs[i] = loaded.input(plan, product)
	}
	return inputs, nil
}

// facts holds what resolving a page of products needs, by SKU. takenBy is by channel SKU.
type facts struct {
	bundles  map[string]inventory.Bundle
	levels   map[string][]inventory.Level
	listings map[string][]inventory.Listing
	takenBy  map[string]string
	unread   map[string][]inventory.UnreadLevel
}

func (t *tx) facts(ctx context.Context, plan Plan, products []string) (facts, error) {
	loaded := facts{
		bundles: map[string]inventory.Bundle{}, levels: map[string][]inventory.Level{},
		listings: map[string][]inventory.Listing{}, takenBy: map[string]string{},
		unread: map[string][]inventory.UnreadLevel{},
	}
	connection, page, set := plan.Connection, t.dialect.list(products), "(SELECT j.value FROM "+t.dialect.set()+")"
	if err := t.bundlesOf(ctx, connection.Merchant, products, loaded.bundles); err != nil {
		return facts{}, err
	}
	err := t.each(ctx, func(row *sql.Rows) error {
		var listing inventory.Listing
		err := row.Scan(&listing.SKU, &listing.ChannelSKU)
		loaded.listings[listing.SKU] = append(loaded.listings[listing.SKU], listing)
		return err
	}, "SELECT sku, channel_sku FROM listings WHERE store = ? AND NOT removed AND sku IN "+set+" ORDER BY sku, channel_sku", connection.Store, page)
	if err != nil {
		return facts{}, err
	}
	err = t.each(ctx, func(row *sql.Rows) error {
		var channelSKU, sku string
		err := row.Scan(&channelSKU, &sku)
		loaded.takenBy[channelSKU] = sku
		return err
	}, "SELECT channel_sku, sku FROM listings WHERE store = ? AND NOT removed AND sku <> channel_sku AND channel_sku IN "+set, connection.Store, page)
	if err != nil {
		return facts{}, err
	}
	skus := loaded.skus(products)
	if err := t.levelsOf(ctx, connection.Warehouse, skus, loaded.levels); err != nil {
		return facts{}, err
	}
	return loaded, t.staleOf(ctx, connection.Warehouse, skus, &loaded)
}

// bundlesOf loads the bundles among the products.
func (t *tx) bundlesOf(ctx context.Context, merchant string, products []string, bundles map[string]inventory.Bundle) error {
	return t.each(ctx, func(row *sql.Rows) error {
		var sku, components string
		if err := row.Scan(&sku, &components); err != nil {
			return err
		}
		bundle := inventory.Bundle{SKU: sku}
		err := decode("bundle "+sku, components, &bundle.Components)
		bundles[sku] = bundle
		return err
	}, "SELECT sku, components FROM bundles WHERE merchant = ? AND NOT removed AND sku IN (SELECT j.value FROM "+t.dialect.set()+")",
		merchant, t.dialect.list(products))
}

// skus returns the products and the components of those that are bundles, sorted.
func (f facts) skus(products []string) []string {
	skus := make(map[string]bool, len(products))
	for _, product := range products {
		skus[product] = true
	}
	for _, bundle := range f.bundles {
		for _, component := range bundle.Components {
			skus[component.SKU] = true
		}
	}
	return slices.Sorted(maps.Keys(skus))
}

// levelsOf loads the levels of SKUs in all facilities.
func (t *tx) levelsOf(ctx context.Context, warehouse string, skus []string, levels map[string][]inventory.Level) error {
	return t.each(ctx, func(row *sql.Rows) error {
		var level inventory.Level
		var reportedAt *int64
		err := row.Scan(&level.SKU, &level.Facility, &level.Available, &level.OnHand, &level.Committed, &reportedAt, &level.Version)
		if err != nil {
			return err
		}
		if reportedAt != nil {
			level.ReportedAt = fromMicros(*reportedAt)
		}
		levels[level.SKU] = append(levels[level.SKU], level)
		return nil
	}, `SELECT sku, facility, available, on_hand, committed, reported_at, version FROM levels
		WHERE warehouse = ? AND sku IN (SELECT j.value FROM `+t.dialect.set()+`) ORDER BY sku, facility`, warehouse, t.dialect.list(skus))
}

// input assembles the input of inventory.Resolve for one product.
func (f facts) input(plan Plan, product string) inventory.Input {
	connection := plan.Connection
	input := inventory.Input{
		Product: product, Levels: map[string][]inventory.Level{}, Listings: f.listings[product], TakenBy: f.takenBy[product],
		Connection: connection.ID, Locations: connection.Inventory.Locations, Unlisted: connection.Inventory.Unlisted,
		Strategy: plan.Strategy, Sharing: plan.Sharing,
	}
	skus := []string{product}
	if bundle, ok := f.bundles[product]; ok {
		input.Bundle = &bundle
		for _, component := range bundle.Components {
			skus = append(skus, component.SKU)
		}
	}
	for _, sku := range skus {
		if levels := f.levels[sku]; len(levels) > 0 {
			input.Levels[sku] = levels
		} else if unread := f.unread[sku]; len(unread) > 0 {
			if input.Unread == nil {
				input.Unread = map[string][]inventory.UnreadLevel{}
			}
			input.Unread[sku] = unread
		}
	}
	return input
}
