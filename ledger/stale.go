package ledger

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/tidemark/tidemark/inventory"
)

// A level is stale from the time that a row of it is refused until a row of it is accepted ("read"). The mark tells people that its figure
// is not what the warehouse reports now. The marks are in a table of their own, stale_levels, so that levels without refused rows cost
// nothing.
//
//   - A refused row marks the level that it names. Without a facility, it marks every level of its SKU that no accepted row names. Without
//     a SKU, it marks nothing. A row that is older than the level marks nothing, because it would have changed nothing.
//   - A level is unmarked by a row that is read and that is not older than the last row that was read. It is also unmarked by a full
//     snapshot that neither names nor refuses it, because then the rule for absent levels applies (see record_absent.go). If the snapshot
//     has a refused row without a SKU, which may be of any level, the levels that it does not name stay marked.
//   - With refused: zero a marked level counts as 0. The level keeps the time of the last row that was read, so the next row is accepted
//     or not as it would be without the refusal; see clock.go. If a full snapshot no longer names the level, it stays 0 and marked.
//   - A refused row that has no level is stored too, without a figure, until it is read or a full snapshot does not name it.

// StaleLevel is a level whose newest row was refused, or a refused row that has no level.
type StaleLevel struct {
	Warehouse string `json:"warehouse"`
	SKU       string `json:"sku"`
	Facility  string `json:"facility,omitempty"`
	inventory.Stale
}

// StaleCount counts the stale levels of a warehouse.
type StaleCount struct {
	Levels int64      `json:"levels"`          // stale levels that have a figure
	Zeroed int64      `json:"zeroed"`          // of these, levels that count as 0 because they are stale
	Unread int64      `json:"unread"`          // refused rows without a level, because no row of it was ever read
	Since  *time.Time `json:"since,omitempty"` // the time since when the first of all these is stale
}

// scannedStale is a mark as it is read from the database; all its columns are NULL when there is no mark.
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
	var mark scannedStale
	err := row.Scan(append([]any{&level.Warehouse, &level.SKU, &level.Facility}, mark.into()...)...)
	if stale := mark.stale(); stale != nil {
		level.Stale = *stale
	}
	return level, err
}

const staleRows = "SELECT m.warehouse, m.sku, m.facility, " + staleColumns + " FROM stale_levels m WHERE m.warehouse = ?"

// StaleLevels lists stale levels; see Reader.
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
		ofLastSKU, err := t.stale(ctx, staleRows+" AND m.sku = ? AND m.facility > ? ORDER BY m.facility", warehouse, last.SKU, last.Facility)
		levels = append(levels, ofLastSKU...)
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

// StaleOf lists the stale levels of a product of a connection; see Reader.
func (d *database) StaleOf(ctx context.Context, connection Connection, sku string) ([]StaleLevel, error) {
	var levels []StaleLevel
	err := d.read(ctx, func(t *tx) (err error) {
		levels, err = t.stale(ctx, staleRows+` AND (m.sku = ? OR m.sku IN (SELECT l.sku FROM listings l
				WHERE l.store = ? AND l.channel_sku = ? AND NOT l.removed))
			ORDER BY m.sku, m.facility`, connection.Warehouse, sku, connection.Store, sku)
		return err
	})
	return levels, err
}

// CountStale counts the stale levels of a warehouse; see Reader.
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
	err := t.row(ctx, `SELECT COUNT(*) FILTER (WHERE available IS NOT NULL), COUNT(*) FILTER (WHERE zeroed),
			COUNT(*) FILTER (WHERE available IS NULL), MIN(since)
		FROM stale_levels WHERE warehouse = ?`, warehouse).Scan(&count.Levels, &count.Zeroed, &count.Unread, &since)
	count.Since = fromOptional(since)
	return count, err
}

// anyStale is true when a warehouse has any marks.
func (t *tx) anyStale(ctx context.Context, warehouse string) (bool, error) {
	var marked bool
	err := t.row(ctx, "SELECT EXISTS (SELECT 1 FROM stale_levels WHERE warehouse = ?)", warehouse).Scan(&marked)
	return marked, err
}

// staleOf adds the marks of some SKUs to facts: to the levels that are stale, and as unread levels where there is no level.
func (t *tx) staleOf(ctx context.Context, warehouse string, skus []string, loaded *facts) error {
	marked, err := t.anyStale(ctx, warehouse)
	if err != nil || !marked {
		return err
	}
	marks, err := t.stale(ctx, staleRows+" AND m.sku IN (SELECT j.value FROM "+t.dialect.set()+") ORDER BY m.sku, m.facility",
		warehouse, t.dialect.list(skus))
	for _, mark := range marks {
		if mark.Read == nil {
			loaded.unread[mark.SKU] = append(loaded.unread[mark.SKU], inventory.UnreadLevel{Facility: mark.Facility, Stale: mark.Stale})
			continue
		}
		levels := loaded.levels[mark.SKU]
		if i := slices.IndexFunc(levels, func(level inventory.Level) bool { return level.Facility == mark.Facility }); i >= 0 {
			levels[i].Stale = &mark.Stale
		}
	}
	return err
}
