package ledger

import (
	"context"
	"database/sql"
)

const levelRows = `SELECT l.warehouse, l.sku, l.facility, l.available, l.on_hand, l.committed, l.reported_at, l.version, l.recorded_at, COALESCE(p.name, ''),
	m.available, m.zeroed, m.run, m.snapshot, m.since, m.refused_at, m.place, m.reason
	FROM levels l JOIN warehouses w ON w.id = l.warehouse
	LEFT JOIN stale_levels m ON m.warehouse = l.warehouse AND m.sku = l.sku AND m.facility = l.facility
	LEFT JOIN products p ON p.merchant = w.merchant AND p.sku = l.sku AND NOT p.removed
	WHERE l.warehouse = ?`

// Levels lists a warehouse's levels by SKU and facility; sku may be empty. Page.After is a SKU. All facilities of a SKU stand
// on one page, so a page may be longer than its limit.
func (d *database) Levels(ctx context.Context, warehouse, sku string, page Page) ([]LevelRow, error) {
	query, arguments := levelRows+" AND l.sku > ?", []any{warehouse, page.After}
	if sku != "" {
		query, arguments = query+" AND l.sku = ?", append(arguments, sku)
	}
	var found []LevelRow
	err := d.read(ctx, func(t *tx) error {
		found = nil
		scan := func(row *sql.Rows) error {
			level, err := scanLevel(row)
			found = append(found, level)
			return err
		}
		limit := limitOf(page.Limit)
		err := t.each(ctx, scan, query+" ORDER BY l.sku, l.facility LIMIT ?", append(arguments, limit)...)
		if err != nil || len(found) < limit {
			return err
		}
		last := found[len(found)-1]
		return t.each(ctx, scan, levelRows+" AND l.sku = ? AND l.facility > ? ORDER BY l.facility", warehouse, last.SKU, last.Facility)
	})
	return found, err
}

func scanLevel(row scanner) (LevelRow, error) {
	var found LevelRow
	var reported sql.NullInt64
	var recorded int64
	var cursor scannedStale
	err := row.Scan(append([]any{
		&found.Warehouse, &found.SKU, &found.Facility, &found.Available, &found.OnHand, &found.Committed, &reported, &found.Version, &recorded, &found.Product,
	}, cursor.into()...)...)
	found.Stale = cursor.stale()
	found.ReportedAt, found.RecordedAt = fromMicros(reported.Int64), fromMicros(recorded)
	return found, err
}

const channelLevelRows = `SELECT connection, location, channel_sku, product, quantity, exported, status, reason, kept, attempts, observed, run, last_exported, why, blocked, ` + refused + `
	FROM channel_levels`

// ChannelLevels lists a connection's rows by channel SKU and location; sku (channel SKU) and status may be empty. Page.After is
// a channel SKU. All locations of a channel SKU stand on one page, so a page may be longer than its limit.
func (d *database) ChannelLevels(ctx context.Context, connection, sku string, status Status, page Page) ([]ChannelLevelRow, error) {
	const ofConnection = channelLevelRows + " WHERE connection = ?"
	where, arguments := "", []any{connection}
	if status != "" {
		where, arguments = " AND status = ?", append(arguments, string(status))
	}
	query, pageArguments := ofConnection+where+" AND channel_sku > ?", append(arguments[:len(arguments):len(arguments)], page.After)
	if sku != "" {
		query, pageArguments = query+" AND channel_sku = ?", append(pageArguments, sku)
	}
	var found []ChannelLevelRow
	err := d.read(ctx, func(t *tx) error {
		found = nil
		scan := func(row *sql.Rows) error {
			level, err := scanChannelLevel(row)
			found = append(found, level)
			return err
		}
		limit := limitOf(page.Limit)
		err := t.each(ctx, scan, query+" ORDER BY channel_sku, location LIMIT ?", append(pageArguments, limit)...)
		if err != nil || len(found) < limit {
			return err
		}
		last := found[len(found)-1]
		return t.each(ctx, scan, ofConnection+where+" AND channel_sku = ? AND location > ? ORDER BY location",
			append(arguments[:len(arguments):len(arguments)], last.ChannelSKU, last.Location)...)
	})
	return found, err
}

func scanChannelLevel(row scanner) (ChannelLevelRow, error) {
	var found ChannelLevelRow
	var exported sql.NullInt64
	var why string
	var refused bool
	err := row.Scan(&found.Connection, &found.Location, &found.ChannelSKU, &found.Product, &found.Quantity, &found.Exported, &found.Status, &found.Reason, &found.Kept,
		&found.Attempts, &found.Observed, &found.Run, &exported, &why, &found.blocked, &refused)
	if err != nil {
		return ChannelLevelRow{}, err
	}
	found.LastExported = fromOptional(exported)
	if refused {
		found.Next = NextTry
	}
	return found, decode("the explanation of channel SKU "+found.ChannelSKU, why, &found.Why)
}
