package ledger

import "context"

// this is the recording as a table of one row, for the statements of a merge. "confirms" is 1 when the snapshot moves the time of the
// confirmed levels from confirmed_at to taken. "dated" is 1 when taken is a time of the source.
const this = `WITH this (snapshot, warehouse, merchant, run, now, taken, dated, began, version, confirmed_at, confirmed_received, confirms) AS (
	SELECT CAST(? AS BIGINT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT),
	CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT)) `

func (r *recording) this() []any {
	number := map[bool]int64{true: 1}
	return []any{
		r.id, r.warehouse, r.merchant, r.owner, micros(r.end.Now), r.taken, number[r.dated], r.began,
		r.version + 1, r.confirmed.at, r.confirmed.received, number[r.confirms],
	}
}

// Expressions over each staged row (s) and the recorded level (l) of the same key, if there is one.
const (
	beside = ` FROM this CROSS JOIN staged s LEFT JOIN levels l ON l.warehouse = this.warehouse AND l.sku = s.sku AND l.facility = s.facility
		WHERE s.snapshot = this.snapshot`
	// observed is the time of a staged row.
	observed = `COALESCE(s.reported_at, this.taken)`
	// ours is true when that time is by our clock.
	ours = `(s.copies < 1 OR (s.reported_at IS NULL AND this.dated = 0))`
	// recordedAt and receivedAt are when the recorded level was observed, and received.
	recordedAt = `CASE WHEN l.confirmed THEN this.confirmed_at ELSE l.observed_at END`
	receivedAt = `CASE WHEN l.confirmed THEN this.confirmed_received ELSE l.received_at END`
	// fresh is true when the recorded level is not newer than the row. It is the table of newer, for a row of a snapshot.
	fresh = `(l.sku IS NULL OR CASE WHEN l.ours THEN this.taken >= ` + recordedAt + `
		WHEN s.reported_at IS NOT NULL OR this.dated = 1 THEN ` + observed + ` >= ` + recordedAt + ` ELSE this.began >= ` + receivedAt + ` END)`
	// freshAbsence is fresh for a level that the snapshot does not name.
	freshAbsence = `CASE WHEN l.ours OR this.dated = 1 THEN this.taken >= ` + recordedAt + ` ELSE this.began >= ` + receivedAt + ` END`
	// confirming is true when the row gets its time from the warehouse's confirmed_at.
	confirming = `(this.confirms = 1 AND s.reported_at IS NULL)`
	// moved is true when the available figure changes.
	moved = `l.available IS DISTINCT FROM s.available`
	// differs is true when a stored field of the level changes, or the time or clock of its observation, unless moving the warehouse's
	// confirmed_at covers that.
	differs = `(l.sku IS NULL OR l.available <> s.available OR l.on_hand IS DISTINCT FROM s.on_hand OR l.committed IS DISTINCT FROM s.committed
		OR l.reported_at IS DISTINCT FROM s.reported_at
		OR l.ours <> ` + ours + ` OR CASE WHEN ` + confirming + ` THEN NOT l.confirmed ELSE l.confirmed OR l.observed_at <> ` + observed + ` END)`
)

// comparison counts what staged rows would do to the recorded levels.
type comparison struct {
	named     int64 // levels that the rows name
	confirmed int64 // of these, confirmed levels that stay confirmed when the warehouse's time moves
	older     int64 // rows older than the recorded level
	differing int64 // rows to write
}

// merge makes the levels what the snapshot says. Its statements work on the rows as a set. When nothing changed, only the statements that
// count are needed.
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
	if err := r.refusals(ctx); err != nil {
		return err
	}
	if err := r.nameFacilities(ctx, rows.differing > 0); err != nil {
		return err
	}
	if r.confirms && rows.confirmed+zeroed.confirmed < levels.confirmed {
		return r.unconfirm(ctx)
	}
	return nil
}

// nameFacilities records the facilities that the snapshot names. If none of its rows differs from the levels, they are recorded already.
func (r *recording) nameFacilities(ctx context.Context, differs bool) error {
	if !differs {
		var recorded bool
		err := r.row(ctx, "SELECT EXISTS (SELECT 1 FROM facilities WHERE warehouse = ?)", r.warehouse).Scan(&recorded)
		if err != nil || recorded {
			return err
		}
	}
	_, err := r.exec(ctx, `INSERT INTO facilities (warehouse, facility)
		SELECT DISTINCT CAST(? AS TEXT), s.facility FROM staged s WHERE s.snapshot = ? AND s.copies > 0
		ON CONFLICT (warehouse, facility) DO NOTHING`, r.warehouse, r.id)
	return err
}

// compare counts what the staged rows within a condition would do.
func (r *recording) compare(ctx context.Context, condition string) (comparison, error) {
	var compared comparison
	err := r.row(ctx, this+`SELECT COUNT(l.sku), COUNT(*) FILTER (WHERE l.confirmed AND s.reported_at IS NULL),
		COUNT(*) FILTER (WHERE NOT `+fresh+`), COUNT(*) FILTER (WHERE `+differs+` AND `+fresh+`)`+beside+condition, r.this()...).
		Scan(&compared.named, &compared.confirmed, &compared.older, &compared.differing)
	return compared, err
}

// write writes the levels that differ. It writes the activity first, while the levels still have their old figures.
func (r *recording) write(ctx context.Context) error {
	changed, err := r.exec(ctx, `INSERT INTO activity (at, run, kind, merchant, warehouse, facility, sku, before, after, note) `+this+`
		SELECT this.now, this.run, CASE WHEN s.copies < 1 THEN 'missing' ELSE 'reported' END,
		this.merchant, this.warehouse, s.facility, s.sku, l.available, s.available,
		CASE WHEN s.copies < 0 THEN CAST(? AS TEXT) ELSE '' END`+beside+` AND `+moved+` AND `+fresh, append(r.this(), r.droppedNote())...)
	if err != nil {
		return err
	}
	_, err = r.exec(ctx, `INSERT INTO levels (warehouse, sku, facility, available, on_hand, committed, reported_at,
			observed_at, ours, received_at, confirmed, version, recorded_at) `+this+`
		SELECT this.warehouse, s.sku, s.facility, s.available, s.on_hand, s.committed, s.reported_at,
			`+observed+`, `+ours+`, this.began, `+confirming+`,
		CASE WHEN `+moved+` THEN this.version ELSE l.version END, CASE WHEN `+moved+` THEN this.now ELSE l.recorded_at END`+
		beside+` AND `+differs+` AND `+fresh+`
		ON CONFLICT (warehouse, sku, facility) DO UPDATE SET available = excluded.available, on_hand = excluded.on_hand,
		committed = excluded.committed, reported_at = excluded.reported_at, observed_at = excluded.observed_at, ours = excluded.ours,
		received_at = excluded.received_at, confirmed = excluded.confirmed, version = excluded.version, recorded_at = excluded.recorded_at`,
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

// moves is true when the snapshot moves the time of the confirmed levels.
func (r *recording) moves() bool {
	return r.confirms && (r.taken != r.confirmed.at || r.began != r.confirmed.received || r.confirmed.ours == r.dated)
}

// unconfirm removes the mark of levels that the snapshot does not confirm, before the warehouse's time moves.
func (r *recording) unconfirm(ctx context.Context) error {
	if !r.moves() {
		return nil
	}
	_, err := r.exec(ctx, `UPDATE levels SET confirmed = FALSE, observed_at = ?, received_at = ? WHERE warehouse = ? AND confirmed
		AND NOT EXISTS (SELECT 1 FROM staged s WHERE s.snapshot = ? AND s.sku = levels.sku AND s.facility = levels.facility AND s.reported_at IS NULL)`,
		r.confirmed.at, r.confirmed.received, r.warehouse, r.id)
	return err
}
