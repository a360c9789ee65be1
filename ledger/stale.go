package ledger

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/tidemark/tidemark/inventory"
)

// A level is stale from when a row of it was refused until a row of it is read, so that nobody takes its figure for what the warehouse
// reports now. The marks stand in a table of their own, stale_levels: a million levels of which none was refused cost nothing.
//
//   - A refused row is of the level that it names, or of every level of its SKU that no accepted row names where it does not say which.
//     One that does not say its SKU marks nothing. A row that is older than the level would have changed nothing either.
//   - A row that is read, and that is not older than the one that was read last, unmarks the level; so does a full snapshot that neither
//     names nor refuses it, for then the rule for absent levels holds (see record_absent.go). A row that does not say which SKU it is of
//     may be of any level, and leaves the marks of those that are not named.
//   - With refused: zero the level counts as 0. The 0 has no time of its own: the level keeps that of the row that was read last, so the
//     next row that is read wins by the rule that would have held without the refusal; see clock.go. A level that is not named any more
//     stays 0, and marked.
//   - What was refused and has no level is kept too, without a figure, until it is read or a full snapshot does not name it.

// StaleLevel is what was refused and not read since.
type StaleLevel struct {
	Warehouse string `json:"warehouse"`
	SKU       string `json:"sku"`
	Facility  string `json:"facility,omitempty"`
	inventory.Stale
}

// StaleCount counts what was refused and not read since.
type StaleCount struct {
	Levels int64      `json:"levels"`          // that have a figure
	Zeroed int64      `json:"zeroed"`          // of these, levels that count as 0 because of it
	Unread int64      `json:"unread"`          // that have none, because no row of them was ever read
	Since  *time.Time `json:"since,omitempty"` // the earliest of them
}

// scannedStale is a mark as it comes from the database; all of it is NULL where there is none.
type scannedStale struct {
	available, run, snapshot, since, at sql.NullInt64
	zeroed                              sql.NullBool
	place, reason                       sql.NullString
}

const staleColumns = "m.available, m.zeroed, m.run, m.snapshot, m.since, m.refused_at, m.place, m.reason"

func (s *scannedStale) into() []any {
	return []any{&s.available, &s.zeroed, &s.run, &s.snapshot, &s.since, &s.at, &s.place, &s.reason}
}

func (s *scannedStale) stale() *inventory.Stale {
	if !s.since.Valid {
		return nil
	}
	stale := &inventory.Stale{
		Run: s.run.Int64, Snapshot: s.snapshot.Int64, Since: fromMicros(s.since.Int64), At: fromMicros(s.at.Int64),
		Place: s.place.String, Reason: s.reason.String, Zeroed: s.zeroed.Bool,
	}
	if stale.Run != 0 {
		stale.Snapshot = 0
	}
	if s.available.Valid {
		stale.Read = &s.available.Int64
	}
	return stale
}

func scanStale(row scanner) (StaleLevel, error) {
	var level StaleLevel
	var cursor scannedStale
	err := row.Scan(append([]any{&level.Warehouse, &level.SKU, &level.Facility}, cursor.into()...)...)
	if stale := cursor.stale(); stale != nil {
		level.Stale = *stale
	}
	return level, err
}

const staleRows = "SELECT m.warehouse, m.sku, m.facility, " + staleColumns + " FROM stale_levels m WHERE m.warehouse = ?"

// StaleLevels lists what was refused and not read since; see Reader.
func (d *database) StaleLevels(ctx context.Context, warehouse, sku string, page Page) ([]StaleLevel, error) {
	query, arguments := staleRows+" AND m.sku > ?", []any{warehouse, page.After}
	if sku != "" {
		query, arguments = query+" AND m.sku = ?", append(arguments, sku)
	}
	var levels []StaleLevel
	err := d.read(ctx, func(t *tx) (err error) {
		limit := limitOf(page.Limit)
		levels, err = t.stale(ctx, query+" ORDER BY m.sku, m.facility LIMIT ?", append(arguments, limit)...)
		if err != nil || len(levels) < limit {
			return err
		}
		last := levels[len(levels)-1]
		rest, err := t.stale(ctx, staleRows+" AND m.sku = ? AND m.facility > ? ORDER BY m.facility", warehouse, last.SKU, last.Facility)
		levels = append(levels, rest...)
		return err
	})
	return levels, err
}

func (t *tx) stale(ctx context.Context, query string, arguments ...any) ([]StaleLevel, error) {
	var levels []StaleLevel
	err := t.each(ctx, func(row *sql.Rows) error {
		level, err := scanStale(row)
		levels = append(levels, level)
		return err
	}, query, arguments...)
	return levels, err
}

// StaleOf lists what was refused of a product of a connection; see Reader.
func (d *database) StaleOf(ctx context.Context, connection Connection, sku string) ([]StaleLevel, error) {
	var levels []StaleLevel
	err := d.read(ctx, func(t *tx) (err error) {
		levels, err = t.stale(ctx, staleRows+` AND (m.sku = ? OR m.sku IN (SELECT l.sku FROM listings l WHERE l.store = ? AND l.channel_sku = ? AND NOT l.removed))
			ORDER BY m.sku, m.facility`, connection.Warehouse, sku, connection.Store, sku)
		return err
	})
	return levels, err
}

// CountStale counts what was refused and not read since; see Reader.
func (d *database) CountStale(ctx context.Context, warehouse string) (StaleCount, error) {
	var count StaleCount
	err := d.read(ctx, func(t *tx) (err error) {
		count, err = t.countStale(ctx, warehouse)
		return err
	})
	return count, err
}

func (t *tx) countStale(ctx context.Context, warehouse string) (StaleCount, error) {
	var count StaleCount
	var since sql.NullInt64
	err := t.row(ctx, `SELECT COUNT(*) FILTER (WHERE available IS NOT NULL), COUNT(*) FILTER (WHERE zeroed), COUNT(*) FILTER (WHERE available IS NULL), MIN(since)
		FROM stale_levels WHERE warehouse = ?`, warehouse).Scan(&count.Levels, &count.Zeroed, &count.Unread, &since)
	count.Since = fromOptional(since)
	return count, err
}

// anyStale is true when anything of a warehouse is marked.
func (t *tx) anyStale(ctx context.Context, warehouse string) (bool, error) {
	var marked bool
	err := t.row(ctx, "SELECT EXISTS (SELECT 1 FROM stale_levels WHERE warehouse = ?)", warehouse).Scan(&marked)
	return marked, err
}

// staleOf adds to facts which of their levels are stale, and what has no level because it was refused.
func (t *tx) staleOf(ctx context.Context, warehouse string, skus []string, into *facts) error {
	marked, err := t.anyStale(ctx, warehouse)
	if err != nil || !marked {
		return err
	}
	match, err := t.stale(ctx, staleRows+" AND m.sku IN (SELECT j.value FROM "+t.dialect.set()+") ORDER BY m.sku, m.facility", warehouse, t.dialect.list(skus))
	for _, stale := range match {
		if stale.Read == nil {
			into.unread[stale.SKU] = append(into.unread[stale.SKU], inventory.UnreadLevel{Facility: stale.Facility, Stale: stale.Stale})
			continue
		}
		levels := into.levels[stale.SKU]
		if at := slices.IndexFunc(levels, func(level inventory.Level) bool { return level.Facility == stale.Facility }); at >= 0 {
			levels[at].Stale = &stale.Stale
		}
	}
	return err
}
