package ledger

import (
	"context"
	"database/sql"
)

const activityColumns = "id, at, run, kind, warehouse, facility, connection, location, sku, channel_sku, before, after, call, note"

// Activity lists what happened to a SKU (the warehouse's or the channel's), newest first. With a connection it lists only what
// was pushed by that connection.
func (d *database) Activity(ctx context.Context, merchant, sku, connection string, limit int) ([]ActivityEntry, error) {
	// Each part walks one index from its end; a row that both find counts once.
	part := func(where string) (string, []any) {
		arguments := []any{merchant, sku}
		if connection != "" {
			where, arguments = where+" AND connection = ?", append(arguments, connection)
		}
		return "SELECT * FROM (SELECT " + activityColumns + " FROM activity WHERE merchant = ? AND " + where + " ORDER BY id DESC LIMIT ?) AS part", append(arguments, limitOf(limit))
	}
	ours, arguments := part("sku = ?")
	theirs, more := part("channel_sku = ? AND channel_sku <> ''")
	var found []ActivityEntry
	err := d.read(ctx, func(t *tx) error {
		found = nil
		return t.each(ctx, func(row *sql.Rows) error {
			entry, err := scanActivity(row)
			found = append(found, entry)
			return err
		}, ours+" UNION "+theirs+" ORDER BY id DESC LIMIT ?", append(append(arguments, more...), limitOf(limit))...)
	})
	return found, err
}

func scanActivity(row scanner) (ActivityEntry, error) {
	var found ActivityEntry
	var id, at int64
	err := row.Scan(&id, &at, &found.Run, &found.Kind, &found.Warehouse, &found.Facility, &found.Connection, &found.Location, &found.SKU, &found.ChannelSKU,
		&found.Before, &found.After, &found.Call, &found.Note)
	found.At = fromMicros(at)
	return found, err
}
