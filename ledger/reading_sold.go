package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strconv"

	"github.com/tidemark/tidemark/inventory"
)

// SoldOf is what explains how the connections of a merchant sell a product, of one moment.
type SoldOf struct {
	// Plans are those of the connections, by id, and Inputs what the product is resolved from in each.
	Plans  []Plan
	Inputs []inventory.Input
	// Rows are the connections' rows of the product, by connection, channel SKU and location.
	Rows []ChannelLevelRow
	// Runs are those that touched the rows last, by id, where they were not tidied away.
	Runs map[int64]Run
	// Activity is what happened to the rows lately, by connection, newest first.
	Activity map[string][]ActivityEntry
	// Unread is what was refused of the product and never read, by warehouse.
	Unread map[string][]StaleLevel
	// Alike are the SKUs of listings that are spelled nearly as the product, by store, of the stores that do not list the product.
	Alike map[string][]string
}

// soldActivity is how many entries of the activity of a channel SKU are read at most, over all connections.
const soldActivity = 10_000

// soldQuery gathers it in one transaction, with a number of statements that does not grow with the connections.
type soldQuery struct {
	*tx

	merchant, product string
	sold              *SoldOf
}

// SoldOf gathers what explains how a product is sold; see Reader.
func (d *database) SoldOf(ctx context.Context, merchant, product string) (SoldOf, error) {
	var sold SoldOf
	err := d.read(ctx, func(t *tx) error {
		sold = SoldOf{Runs: map[int64]Run{}, Activity: map[string][]ActivityEntry{}, Unread: map[string][]StaleLevel{}, Alike: map[string][]string{}}
		query := soldQuery{t, merchant, product, &sold}
		for _, ask := range []func(context.Context) error{query.plans, query.inputs, query.rows, query.runs, query.activity, query.alike} {
			if err := ask(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	return sold, err
}

// among is a condition that a column is one of texts, which are its argument.
func (l soldQuery) among(column string) string {
	return column + " IN (SELECT j.value FROM " + l.dialect.set() + ")"
}

// plans reads the connections with what decides over their figures. Nothing is resolved by it, so it has no cursors.
func (l soldQuery) plans(ctx context.Context) error {
	connections, err := definitions[Connection](ctx, l.tx, "connection")
	if err != nil {
		return err
	}
	strategies := map[string]*inventory.Strategy{}
	err = l.each(ctx, func(row *sql.Rows) error {
		var warehouse, content string
		if err := row.Scan(&warehouse, &content); err != nil {
			return err
		}
		strategies[warehouse] = &inventory.Strategy{}
		return decode("the strategy of "+l.merchant+" and "+warehouse, content, strategies[warehouse])
	}, "SELECT warehouse, definition FROM strategies WHERE merchant = ? AND NOT removed", l.merchant)
	if err != nil {
		return err
	}
	sharing := map[string][]string{}
	for _, connection := range connections {
		if connection.Merchant == l.merchant && connection.Active() {
			sharing[connection.Warehouse] = append(sharing[connection.Warehouse], connection.ID)
		}
	}
	for _, connection := range connections {
		if connection.Merchant == l.merchant {
			l.sold.Plans = append(l.sold.Plans, Plan{Connection: connection, Strategy: strategies[connection.Warehouse], Sharing: sharing[connection.Warehouse]})
		}
	}
	return nil
}

// ofPlans is a value of each connection, every one once.
func (l soldQuery) ofPlans(value func(Connection) string) []string {
	var matches []string
	for _, plan := range l.sold.Plans {
		matches = append(matches, value(plan.Connection))
	}
	slices.Sort(matches)
	return slices.Compact(matches)
}

// inputs is what Inputs reads, for all plans. Listings are of a store, levels of a warehouse, and bundles of the merchant.
func (l soldQuery) inputs(ctx context.Context) error {
	if len(l.sold.Plans) == 0 {
		return nil
	}
	shared := facts{bundles: map[string]inventory.Bundle{}}
	if err := l.bundlesOf(ctx, l.merchant, []string{l.product}, shared.bundles); err != nil {
		return err
	}
	byStore := map[string]*facts{}
	of := func(store string) *facts {
		if byStore[store] == nil {
			byStore[store] = &facts{listings: map[string][]inventory.Listing{}, takenBy: map[string]string{}}
		}
		return byStore[store]
	}
	stores := l.dialect.list(l.ofPlans(func(connection Connection) string { return connection.Store }))
	err := l.each(ctx, func(row *sql.Rows) error {
		var store string
		var listing inventory.Listing
		err := row.Scan(&store, &listing.SKU, &listing.ChannelSKU)
		if listing.SKU == l.product {
			of(store).listings[listing.SKU] = append(of(store).listings[listing.SKU], listing)
		}
		if listing.ChannelSKU == l.product && listing.SKU != l.product {
			of(store).takenBy[listing.ChannelSKU] = listing.SKU
		}
		return err
	}, "SELECT store, sku, channel_sku FROM listings WHERE "+l.among("store")+" AND NOT removed AND (sku = ? OR channel_sku = ?) ORDER BY store, sku, channel_sku",
		stores, l.product, l.product)
	if err != nil {
		return err
	}
	byWarehouse := map[string]facts{}
	for _, warehouse := range l.ofPlans(func(connection Connection) string { return connection.Warehouse }) {
		at := facts{levels: map[string][]inventory.Level{}, unread: map[string][]inventory.UnreadLevel{}}
		skus := shared.skus([]string{l.product})
		if err := l.levelsOf(ctx, warehouse, skus, at.levels); err != nil {
			return err
		}
		if err := l.staleOf(ctx, warehouse, skus, &at); err != nil {
			return err
		}
		if _, bundle := shared.bundles[l.product]; !bundle && len(at.unread[l.product]) > 0 {
			all, err := l.stale(ctx, staleRows+" AND m.sku = ? ORDER BY m.facility", warehouse, l.product)
			if err != nil {
				return err
			}
			l.sold.Unread[warehouse] = slices.DeleteFunc(all, func(level StaleLevel) bool { return level.Read != nil })
		}
		byWarehouse[warehouse] = at
	}
	for _, plan := range l.sold.Plans {
		store, warehouse := of(plan.Connection.Store), byWarehouse[plan.Connection.Warehouse]
		loaded := facts{bundles: shared.bundles, levels: warehouse.levels, unread: warehouse.unread, listings: store.listings, takenBy: store.takenBy}
		l.sold.Inputs = append(l.sold.Inputs, loaded.input(plan, l.product))
	}
	return nil
}

func (l soldQuery) connections() any {
	return l.dialect.list(l.ofPlans(func(connection Connection) string { return connection.ID }))
}

// rows reads them unsorted: asked for their order, SQLite walks all rows of the connections, which have it.
func (l soldQuery) rows(ctx context.Context) error {
	err := l.each(ctx, func(row *sql.Rows) error {
		level, err := scanChannelLevel(row)
		l.sold.Rows = append(l.sold.Rows, level)
		return err
	}, channelLevelRows+" WHERE "+l.among("connection")+" AND product = ?", l.connections(), l.product)
	slices.SortFunc(l.sold.Rows, func(a, b ChannelLevelRow) int {
		return cmp.Or(cmp.Compare(a.Connection, b.Connection), cmp.Compare(a.ChannelSKU, b.ChannelSKU), cmp.Compare(a.Location, b.Location))
	})
	return err
}

func (l soldQuery) runs(ctx context.Context) error {
	var ids []string
	for _, row := range l.sold.Rows {
		ids = append(ids, strconv.FormatInt(row.Run, 10))
	}
	slices.Sort(ids)
	return l.each(ctx, func(row *sql.Rows) error {
		run, err := scanRun(row)
		l.sold.Runs[run.ID] = run
		return err
	}, "SELECT "+runColumns+" FROM runs WHERE id IN (SELECT CAST(j.value AS BIGINT) FROM "+l.dialect.set()+")", l.dialect.list(slices.Compact(ids)))
}

// activity reads the newest entries of each channel SKU under which the product is sold.
func (l soldQuery) activity(ctx context.Context) error {
	var names []string
	for _, row := range l.sold.Rows {
		names = append(names, row.ChannelSKU)
	}
	slices.Sort(names)
	return l.each(ctx, func(row *sql.Rows) error {
		entry, err := scanActivity(row)
		l.sold.Activity[entry.Connection] = append(l.sold.Activity[entry.Connection], entry)
		return err
	}, `WITH bounds (name, least) AS MATERIALIZED (SELECT j.value, COALESCE((SELECT b.id FROM activity b WHERE b.merchant = ? AND b.channel_sku = j.value AND b.channel_sku <> ''
			ORDER BY b.id DESC LIMIT 1 OFFSET ?), 0) FROM `+l.dialect.set()+") SELECT "+activityColumns+` FROM bounds JOIN activity ON activity.channel_sku = bounds.name
			AND activity.id >= bounds.least WHERE activity.merchant = ? AND activity.channel_sku <> '' ORDER BY activity.id DESC`,
		l.merchant, soldActivity-1, l.dialect.list(slices.Compact(names)), l.merchant)
}

// alike looks at the listings of those stores that sell the product without one.
func (l soldQuery) alike(ctx context.Context) error {
	var stores []string
	for i, plan := range l.sold.Plans {
		if len(l.sold.Inputs[i].Listings) == 0 {
			stores = append(stores, plan.Connection.Store)
		}
	}
	key := inventory.Alike(l.product)
	return l.each(ctx, func(row *sql.Rows) error {
		var store, sku string
		err := row.Scan(&store, &sku)
		if matches := l.sold.Alike[store]; sku != l.product && len(matches) < alikeMost && inventory.Alike(sku) == key && !slices.Contains(matches, sku) {
			l.sold.Alike[store] = append(matches, sku)
		}
		return err
	}, "SELECT store, sku FROM listings WHERE "+l.among("store")+" AND NOT removed ORDER BY store, sku", l.dialect.list(stores))
}
