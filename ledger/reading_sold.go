package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strconv"

	"github.com/tidemark/tidemark/inventory"
)

// SoldOf holds the facts that explain how the connections of a merchant sell a product, all of the same moment.
type SoldOf struct {
	// Plans are the plans of the connections, by id. Inputs are the inputs of inventory.Resolve for the product, in the same order.
	Plans  []Plan
	Inputs []inventory.Input
	// Rows are the connections' rows of the product, by connection, channel SKU and location.
	Rows []ChannelLevelRow
	// Runs are the runs that touched the rows last, by id. Runs that were deleted since are absent.
	Runs map[int64]Run
	// Activity is the recent history of the rows, by connection, newest first.
	Activity map[string][]ActivityEntry
	// Unread are the refused rows of the product that have no level, by warehouse.
	Unread map[string][]StaleLevel
	// Alike are the SKUs of listings that resemble the product, by store, for the stores that do not list the product.
	Alike map[string][]string
}

// soldActivity is the most entries of the activity of a channel SKU that are read, over all connections.
const soldActivity = 10_000

// soldQuery reads a SoldOf in one transaction, by a number of statements that does not grow with the connections.
type soldQuery struct {
	*tx

	merchant, product string
	sold              *SoldOf
}

// SoldOf gathers the facts that explain how a product is sold; see Reader.
func (d *database) SoldOf(ctx context.Context, merchant, product string) (SoldOf, error) {
	var sold SoldOf
	err := d.read(ctx, func(t *tx) error {
		sold = SoldOf{Runs: map[int64]Run{}, Activity: map[string][]ActivityEntry{}, Unread: map[string][]StaleLevel{}, Alike: map[string][]string{}}
		query := soldQuery{t, merchant, product, &sold}
		for _, read := range []func(context.Context) error{query.plans, query.inputs, query.rows, query.runs, query.activity, query.alike} {
			if err := read(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	return sold, err
}

// among is a condition that a column is one of the texts of its argument.
func (l soldQuery) among(column string) string {
	return column + " IN (SELECT j.value FROM " + l.dialect.set() + ")"
}

// plans reads the connections with their strategies and sharing. The plans have no cursors, because nothing is resolved by them.
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
			plan := Plan{Connection: connection, Strategy: strategies[connection.Warehouse], Sharing: sharing[connection.Warehouse]}
			l.sold.Plans = append(l.sold.Plans, plan)
		}
	}
	return nil
}

// ofPlans returns the distinct values of the plans' connections, sorted.
func (l soldQuery) ofPlans(value func(Connection) string) []string {
	var values []string
	for _, plan := range l.sold.Plans {
		values = append(values, value(plan.Connection))
	}
	slices.Sort(values)
	return slices.Compact(values)
}

// inputs reads the same as Inputs, for all plans. Listings belong to a store, levels to a warehouse, and bundles to the merchant.
func (l soldQuery) inputs(ctx context.Context) error {
	if len(l.sold.Plans) == 0 {
		return nil
	}
	shared := facts{bundles: map[string]inventory.Bundle{}}
	if err := l.bundlesOf(ctx, l.merchant, []string{l.product}, shared.bundles); err != nil {
		return err
	}
	byStore := map[string]*facts{}
	factsOf := func(store string) *facts {
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
			factsOf(store).listings[listing.SKU] = append(factsOf(store).listings[listing.SKU], listing)
		}
		if listing.ChannelSKU == l.product && listing.SKU != l.product {
			factsOf(store).takenBy[listing.ChannelSKU] = listing.SKU
		}
		return err
	}, "SELECT store, sku, channel_sku FROM listings WHERE "+l.among("store")+` AND NOT removed AND (sku = ? OR channel_sku = ?)
		ORDER BY store, sku, channel_sku`, stores, l.product, l.product)
	if err != nil {
		return err
	}
	byWarehouse := map[string]facts{}
	for _, warehouse := range l.ofPlans(func(connection Connection) string { return connection.Warehouse }) {
		ofWarehouse := facts{levels: map[string][]inventory.Level{}, unread: map[string][]inventory.UnreadLevel{}}
		skus := shared.skus([]string{l.product})
		if err := l.levelsOf(ctx, warehouse, skus, ofWarehouse.levels); err != nil {
			return err
		}
		if err := l.staleOf(ctx, warehouse, skus, &ofWarehouse); err != nil {
			return err
		}
		if _, bundle := shared.bundles[l.product]; !bundle && len(ofWarehouse.unread[l.product]) > 0 {
			levels, err := l.stale(ctx, staleRows+" AND m.sku = ? ORDER BY m.facility", warehouse, l.product)
			if err != nil {
				return err
			}
			l.sold.Unread[warehouse] = slices.DeleteFunc(levels, func(level StaleLevel) bool { return level.Read != nil })
		}
		byWarehouse[warehouse] = ofWarehouse
	}
	for _, plan := range l.sold.Plans {
		store, warehouse := factsOf(plan.Connection.Store), byWarehouse[plan.Connection.Warehouse]
		loaded := facts{
			bundles: shared.bundles, levels: warehouse.levels, unread: warehouse.unread, listings: store.listings, takenBy: store.takenBy,
		}
		l.sold.Inputs = append(l.sold.Inputs, loaded.input(plan, l.product))
	}
	return nil
}

func (l soldQuery) connections() any {
	return l.dialect.list(l.ofPlans(func(connection Connection) string { return connection.ID }))
}

// rows reads the rows unsorted and sorts them in memory. With ORDER BY, SQLite would read all rows of the connections in that order.
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
	}, "SELECT "+runColumns+" FROM runs WHERE id IN (SELECT CAST(j.value AS BIGINT) FROM "+l.dialect.set()+")",
		l.dialect.list(slices.Compact(ids)))
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
	}, `WITH bounds (name, least) AS MATERIALIZED (SELECT j.value, COALESCE((SELECT b.id FROM activity b
			WHERE b.merchant = ? AND b.channel_sku = j.value AND b.channel_sku <> ''
			ORDER BY b.id DESC LIMIT 1 OFFSET ?), 0) FROM `+l.dialect.set()+") SELECT "+activityColumns+`
			FROM bounds JOIN activity ON activity.channel_sku = bounds.name
			AND activity.id >= bounds.least WHERE activity.merchant = ? AND activity.channel_sku <> '' ORDER BY activity.id DESC`,
		l.merchant, soldActivity-1, l.dialect.list(slices.Compact(names)), l.merchant)
}

// alike looks for similar SKUs in the listings of the stores that sell the product without a listing.
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
		similar := l.sold.Alike[store]
		if sku != l.product && len(similar) < maximumAlikeListed && inventory.Alike(sku) == key && !slices.Contains(similar, sku) {
			l.sold.Alike[store] = append(similar, sku)
		}
		return err
	}, "SELECT store, sku FROM listings WHERE "+l.among("store")+" AND NOT removed ORDER BY store, sku", l.dialect.list(stores))
}
