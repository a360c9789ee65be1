package ledger

import (
	"context"
	"database/sql"
	"strings"
)

const activityColumns = "id, at, run, kind, warehouse, facility, connection, location, sku, channel_sku, before, after, call, note"

// Activity lists the history of a SKU (the warehouse's or the channel's), newest first. With a connection it lists only what that
// connection pushed.
func (d *database) Activity(ctx context.Context, query ActivityQuery) ([]ActivityEntry, error) {
	// Each part reads one index from its end. UNION removes the rows that both parts return.
	part := func(where string) (string, []any) {
		arguments := []any{query.Merchant, query.SKU}
		if query.Connection != "" {
			where, arguments = where+" AND connection = ?", append(arguments, query.Connection)
		}
		if query.Before != 0 {
			where, arguments = where+" AND id < ?", append(arguments, query.Before)
		}
		return "SELECT * FROM (SELECT " + activityColumns + " FROM activity WHERE merchant = ? AND " + where + " ORDER BY id DESC LIMIT ?) AS part",
			append(arguments, limitOf(query.Limit))
	}
	bySKU, arguments := part("sku = ?")
	byChannelSKU, more := part("channel_sku = ? AND channel_sku <> ''")
	var entries []ActivityEntry
	err := d.read(ctx, func(t *tx) error {
		entries = nil
		return t.each(ctx, func(row *sql.Rows) error {
			entry, err := scanActivity(row)
			entries = append(entries, entry)
			return err
		}, bySKU+" UNION "+byChannelSKU+" ORDER BY id DESC LIMIT ?", append(append(arguments, more...), limitOf(query.Limit))...)
	})
	return entries, err
}

func scanActivity(row scanner) (ActivityEntry, error) {
	var entry ActivityEntry
	var at int64
	err := row.Scan(&entry.ID, &at, &entry.Run, &entry.Kind, &entry.Warehouse, &entry.Facility, &entry.Connection, &entry.Location,
		&entry.SKU, &entry.ChannelSKU, &entry.Before, &entry.After, &entry.Call, &entry.Note)
	entry.At = fromMicros(at)
	return entry, err
}

// Known is true when the ledger has anything on a merchant's SKU or channel SKU; see Reader.
func (d *database) Known(ctx context.Context, merchant, sku string) (bool, error) {
	parts := []string{
		"SELECT 1 FROM warehouses w JOIN levels l ON l.warehouse = w.id WHERE w.merchant = ? AND l.sku = ?",
		"SELECT 1 FROM warehouses w JOIN stale_levels l ON l.warehouse = w.id WHERE w.merchant = ? AND l.sku = ?",
		"SELECT 1 FROM products WHERE merchant = ? AND sku = ? AND NOT removed",
		"SELECT 1 FROM bundles WHERE merchant = ? AND sku = ? AND NOT removed",
		"SELECT 1 FROM bundle_components WHERE merchant = ? AND component = ?",
		"SELECT 1 FROM stores s JOIN listings l ON l.store = s.id WHERE s.merchant = ? AND l.sku = ? AND NOT l.removed",
		"SELECT 1 FROM stores s JOIN listings l ON l.store = s.id WHERE s.merchant = ? AND l.channel_sku = ? AND NOT l.removed",
		"SELECT 1 FROM connections k JOIN channel_levels c ON c.connection = k.id WHERE k.merchant = ? AND c.channel_sku = ?",
		"SELECT 1 FROM activity WHERE merchant = ? AND sku = ?",
		"SELECT 1 FROM activity WHERE merchant = ? AND channel_sku = ? AND channel_sku <> ''",
	}
	var arguments []any
	for range parts {
		arguments = append(arguments, merchant, sku)
	}
	var ok bool
	err := d.read(ctx, func(t *tx) error {
		return t.row(ctx, "SELECT EXISTS ("+strings.Join(parts, ") OR EXISTS (")+")", arguments...).Scan(&ok)
	})
	return ok, err
}
