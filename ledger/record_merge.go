package ledger

import "context"

// this is the recording as a table of one row, for the statements of a merge. "confirms" is 1 when the snapshot moves the time
// up to which the warehouse's levels are confirmed, from confirmed_at to confirms_at.
const this = `WITH this (snapshot, warehouse, merchant, run, now, taken, version, confirmed_at, confirms, confirms_at) AS (SELECT CAST(? AS BIGINT), CAST(? AS TEXT),
	CAST(? AS TEXT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT)) `

func (r *recording) this() []any {
	confirms, confirmsAt := int64(0), r.confirmedAt
	if r.confirms {
		confirms, confirmsAt = 1, r.taken
	}
	return []any{r.id, r.warehouse, r.merchant, r.owner, micros(r.end.Now), r.taken, r.version + 1, r.confirmedAt, confirms, confirmsAt}
}

// Each staged row (s) beside the recorded level (l), if there is one.
const (
	beside = ` FROM this CROSS JOIN staged s LEFT JOIN levels l ON l.warehouse = this.warehouse AND l.sku = s.sku AND l.facility = s.facility
		WHERE s.snapshot = this.snapshot`
	// observed is when a staged row was observed.
	observed = `COALESCE(s.reported_at, this.taken)`
	// fresh: the recorded level was not observed later.
	fresh = `(l.sku IS NULL OR (` + observed + ` >= l.observed_at AND (NOT l.confirmed OR ` + observed + ` >= this.confirmed_at)))`
	// moved: the available figure is another.
	moved = `l.available IS DISTINCT FROM s.available`
	// differs: something that is kept of the level is another, or when it was observed, unless moving the warehouse's time says that.
	differs = `(l.sku IS NULL OR l.available <> s.available OR l.on_hand IS DISTINCT FROM s.on_hand OR l.committed IS DISTINCT FROM s.committed
		OR l.reported_at IS DISTINCT FROM s.reported_at
		OR (` + observed + ` > l.observed_at AND (NOT l.confirmed OR (` + observed + ` > this.confirmed_at AND (this.confirms = 0 OR s.reported_at IS NOT NULL)))))`
)

// comparison is what staged rows mean for the recorded levels.
type comparison struct {
	named     int64 // levels that the rows name
	confirmed int64 // of these, levels that were confirmed and that moving the warehouse's time confirms again
	older     int64 // rows older than the recorded level
	differing int64 // rows to write
}

// merge makes the levels what the snapshot says. Its statements take the rows as a set, and when nothing changed only those
// that count are needed.
func (r *recording) merge(ctx context.Context, rows comparison, levels recordedLevels) error {
	r.result.Older, r.result.Version = rows.older, r.version
	zeroed, err := r.missing(ctx, levels)
	if err != nil {
		return err
	}
	r.unnamedAfter = r.leftUnnamed(levels)
	if rows.differing+zeroed.differing > 0 {
		if err := r.write(ctx); err != nil {
			return err
		}
	}
	if r.confirms && rows.confirmed+zeroed.confirmed < levels.confirmed {
		return r.unconfirm(ctx)
	}
	return nil
}

// compare counts over the staged rows that fulfil a condition.
func (r *recording) compare(ctx context.Context, condition string) (comparison, error) {
	var found comparison
	err := r.row(ctx, this+`SELECT COUNT(l.sku), COUNT(*) FILTER (WHERE l.confirmed AND s.reported_at IS NULL), COUNT(*) FILTER (WHERE NOT `+fresh+`),
		COUNT(*) FILTER (WHERE `+differs+` AND `+fresh+`)`+beside+condition, r.this()...).
		Scan(&found.named, &found.confirmed, &found.older, &found.differing)
	return found, err
}

// write writes what differs. What the levels were before goes into the activity first.
func (r *recording) write(ctx context.Context) error {
	changed, err := r.exec(ctx, `INSERT INTO activity (at, run, kind, merchant, warehouse, facility, sku, before, after, note) `+this+`SELECT this.now, this.run,
		CASE WHEN s.copies < 1 THEN 'missing' ELSE 'reported' END, this.merchant, this.warehouse, s.facility, s.sku, l.available, s.available,
		CASE WHEN s.copies < 0 THEN CAST(? AS TEXT) ELSE '' END`+beside+` AND `+moved+` AND `+fresh, append(r.this(), r.droppedNote())...)
	if err != nil {
		return err
	}
	_, err = r.exec(ctx, `INSERT INTO levels (warehouse, sku, facility, available, on_hand, committed, reported_at, observed_at, confirmed, version, recorded_at) `+
		this+`SELECT this.warehouse, s.sku, s.facility, s.available, s.on_hand, s.committed, s.reported_at, `+observed+`, `+observed+` >= this.confirms_at,
		CASE WHEN `+moved+` THEN this.version ELSE l.version END, CASE WHEN `+moved+` THEN this.now ELSE l.recorded_at END`+
		beside+` AND `+differs+` AND `+fresh+`
		ON CONFLICT (warehouse, sku, facility) DO UPDATE SET available = excluded.available, on_hand = excluded.on_hand, committed = excluded.committed,
		reported_at = excluded.reported_at, observed_at = excluded.observed_at, confirmed = excluded.confirmed, version = excluded.version,
		recorded_at = excluded.recorded_at`,
		r.this()...)
	if err != nil {
		return err
	}
	r.result.Changed = changed
	if changed > 0 {
		r.result.Version = r.version + 1
	}
	return nil
}

// unconfirm takes the mark from levels that the snapshot does not confirm, before the warehouse's time moves.
func (r *recording) unconfirm(ctx context.Context) error {
	if r.taken == r.confirmedAt {
		return nil // it does not move
	}
	_, err := r.exec(ctx, `UPDATE levels SET confirmed = FALSE, observed_at = CASE WHEN observed_at < ? THEN ? ELSE observed_at END
		WHERE warehouse = ? AND confirmed AND observed_at < ?
		AND NOT EXISTS (SELECT 1 FROM staged s WHERE s.snapshot = ? AND s.sku = levels.sku AND s.facility = levels.facility AND s.reported_at IS NULL)`,
		r.confirmedAt, r.confirmedAt, r.warehouse, r.taken, r.id)
	return err
}
