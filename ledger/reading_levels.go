package ledger

import (
	"context"
	"database/sql"
)

const levelRows = `SELECT l.warehouse, l.sku, l.facility, l.available, l.on_hand, l.committed, l.reported_at, l.version, l.recorded_at,
	COALESCE(p.name, ''),
	m.available, m.zeroed, m.run, m.snapshot, m.since, m.refused_at, m.place, m.reason
	FROM levels l JOIN warehouses w ON w.id = l.warehouse
	LEFT JOIN stale_levels m ON m.warehouse = l.warehouse AND m.sku = l.sku AND m.facility = l.facility
	LEFT JOIN products p ON p.merchant = w.merchant AND p.sku = l.sku AND NOT p.removed
	WHERE l.warehouse = ?`

// Levels lists a warehouse's levels by SKU and facility; sku may be empty. Page.After is a SKU. All facilities of a SKU are on the same
// page, so a page may be longer than its limit.
func (d *database) Levels(ctx context.Context, warehouse, sku string, page Page) ([]LevelRow, error) {
	query, arguments := levelRows+" AND l.sku > ?", []any{warehouse, page.After}
	if sku != "" {
		query, arguments = query+" AND l.sku = ?", append(arguments, sku)
	}
	var rows []LevelRow
	err := d.read(ctx, func(t *tx) error {
		rows = nil
		scan := func(row *sql.Rows) error {
			level, err := scanLevel(row)
			rows = append(rows, level)
			return err
		}
		limit := limitOf(page.Limit)
		err := t.each(ctx, scan, query+" ORDER BY l.sku, l.facility LIMIT ?", append(arguments, limit)...)
		if err != nil || len(rows) < limit {
			return err
		}
		last := rows[len(rows)-1]
		return t.each(ctx, scan, levelRows+" AND l.sku = ? AND l.facility > ? ORDER BY l.facility", warehouse, last.SKU, last.Facility)
	})
	return rows, err
}

func scanLevel(row scanner) (LevelRow, error) {
	var level LevelRow
	var reported sql.NullInt64
	var recorded int64
	var stale scannedStale
	err := row.Scan(append([]any{
		&level.Warehouse, &level.SKU, &level.Facility, &level.Available, &level.OnHand, &level.Committed, &reported, &level.Version,
		&recorded, &level.Product,
	}, stale.into()...)...)
	level.Stale = stale.stale()
	level.ReportedAt, level.RecordedAt = fromMicros(reported.Int64), fromMicros(recorded)
	return level, err
}

const channelLevelRows = `SELECT connection, location, channel_sku, product, quantity, exported, status, reason, kept, attempts, observed, run,
	last_exported, why, blocked, ` + refused + ` FROM channel_levels`

// ChannelLevels lists a connection's rows by channel SKU and location; sku (channel SKU) and status may be empty, and the status may be
// StatusTooHigh. Page.After is a channel SKU. All locations of a channel SKU are on the same page, so a page may be longer than its limit.
func (d *database) ChannelLevels(ctx context.Context, connection, sku string, status Status, page Page) ([]ChannelLevelRow, error) {
	const ofConnection = channelLevelRows + " WHERE connection = ?"
	where, arguments := "", []any{connection}
	switch status {
	case "":
	case StatusTooHigh:
		where = " AND kept <> '' AND blocked = kept"
	default:
		where, arguments = " AND status = ?", append(arguments, string(status))
	}
	query, pageArguments := ofConnection+where+" AND channel_sku > ?", append(arguments[:len(arguments):len(arguments)], page.After)
	if sku != "" {
		query, pageArguments = query+" AND channel_sku = ?", append(pageArguments, sku)
	}
	var rows []ChannelLevelRow
	err := d.read(ctx, func(t *tx) error {
		rows = nil
		scan := func(row *sql.Rows) error {
			level, err := scanChannelLevel(row)
			rows = append(rows, level)
			return err
		}
		limit := limitOf(page.Limit)
		err := t.each(ctx, scan, query+" ORDER BY channel_sku, location LIMIT ?", append(pageArguments, limit)...)
		if err != nil || len(rows) < limit {
			return err
		}
		last := rows[len(rows)-1]
		return t.each(ctx, scan, ofConnection+where+" AND channel_sku = ? AND location > ? ORDER BY location",
			append(arguments[:len(arguments):len(arguments)], last.ChannelSKU, last.Location)...)
	})
	return rows, err
}

func scanChannelLevel(row scanner) (ChannelLevelRow, error) {
	var level ChannelLevelRow
	var exported sql.NullInt64
	var why string
	var refused bool
	err := row.Scan(&level.Connection, &level.Location, &level.ChannelSKU, &level.Product, &level.Quantity, &level.Exported, &level.Status,
		&level.Reason, &level.Kept, &level.Attempts, &level.Observed, &level.Run, &exported, &why, &level.blocked, &refused)
	if err != nil {
		return ChannelLevelRow{}, err
	}
	level.LastExported = fromOptional(exported)
	if refused {
		level.Next = NextTry
	}
	return level, decode("the explanation of channel SKU "+level.ChannelSKU, why, &level.Why)
}
