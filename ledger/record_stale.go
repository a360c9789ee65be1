package ledger

import (
	"context"

	"github.com/tidemark/tidemark/inventory"
)

// refusals marks the levels whose rows the snapshot refused, and unmarks those that it read; see stale.go. The levels have been merged
// before.
func (r *recording) refusals(ctx context.Context) error {
	marked, err := r.anyStale(ctx, r.warehouse)
	if err == nil && marked {
		err = r.unmark(ctx)
	}
	if err != nil {
		return err
	}
	if r.result.Refused == 0 {
		return nil
	}
	if err := r.mark(ctx); err != nil {
		return err
	}
	if err := r.markUnread(ctx); err != nil {
		return err
	}
	changed, err := r.applyRefused(ctx, r.warehouse, "m.snapshot = ?", []any{r.id}, r.end.Refused, r.version+1, micros(r.end.Now))
	if changed > 0 {
		r.result.Changed += changed
		r.result.Version = r.version + 1
	}
	return err
}

// unmark removes the marks of levels that the snapshot read. A full snapshot also unmarks levels that it neither names nor refuses.
func (r *recording) unmark(ctx context.Context) error {
	unclear := false // a refused row has no readable SKU, so it may name any level
	if r.end.Full && r.result.Refused > 0 {
		if err := r.row(ctx, "SELECT EXISTS (SELECT 1 FROM refusals WHERE snapshot = ? AND no_sku)", r.id).Scan(&unclear); err != nil {
			return err
		}
	}
	// goes decides whether a mark m is removed; l is its level, if there is one, and s the row that names it.
	goes := `CASE WHEN s.sku IS NOT NULL THEN ` + fresh + `
		WHEN m.available IS NULL AND m.facility = ''
			AND EXISTS (SELECT 1 FROM staged s WHERE s.snapshot = this.snapshot AND s.sku = m.sku) THEN TRUE`
	if r.end.Full && !unclear {
		goes += ` WHEN m.zeroed OR EXISTS (SELECT 1 FROM refusals f
				WHERE f.snapshot = this.snapshot AND f.sku = m.sku AND ` + namesMark + `) THEN FALSE
			ELSE l.sku IS NULL OR ` + freshAbsence
	} else {
		goes += ` ELSE FALSE`
	}
	_, err := r.exec(ctx, `DELETE FROM stale_levels WHERE warehouse = ? AND (sku, facility) IN (`+this+`SELECT m.sku, m.facility FROM this
		JOIN stale_levels m ON m.warehouse = this.warehouse
		LEFT JOIN levels l ON l.warehouse = m.warehouse AND l.sku = m.sku AND l.facility = m.facility
		LEFT JOIN staged s ON s.snapshot = this.snapshot AND s.sku = m.sku AND s.facility = m.facility
		WHERE `+goes+` END)`, append([]any{r.warehouse}, r.this()...)...)
	return err
}

// namesMark is namesLevel for a mark m.
const namesMark = `(NOT f.no_sku AND (f.facility IN (m.facility, '') OR f.no_facility))`

// refusedLevels selects the levels (l) that refused rows name and no accepted row names, each with the first such refused row.
const refusedLevels = `SELECT l.sku, l.facility, MIN(f.id) AS refusal FROM this CROSS JOIN refusals f CROSS JOIN levels l
	WHERE f.snapshot = this.snapshot AND l.warehouse = this.warehouse AND l.sku = f.sku AND ` + namesLevel + `
	AND NOT EXISTS (SELECT 1 FROM staged s WHERE s.snapshot = this.snapshot AND s.sku = l.sku AND s.facility = l.facility)
	AND ` + freshAbsence + ` GROUP BY l.sku, l.facility`

// mark marks the levels whose rows were refused. It writes the activity first, for marks that are new or have another reason.
func (r *recording) mark(ctx context.Context) error {
	_, err := r.exec(ctx, `INSERT INTO activity (at, run, kind, merchant, warehouse, facility, sku, before, after, note) `+this+`
		SELECT this.now, this.run, 'refused', this.merchant, this.warehouse, l.facility, l.sku, l.available, `+counts(r.end.Refused)+`,
			f.reason || CASE WHEN f.place = '' THEN '' ELSE ' (' || f.place || ')' END
		FROM this CROSS JOIN (`+refusedLevels+`) x JOIN refusals f ON f.id = x.refusal
		JOIN levels l ON l.warehouse = this.warehouse AND l.sku = x.sku AND l.facility = x.facility
		LEFT JOIN stale_levels m ON m.warehouse = this.warehouse AND m.sku = x.sku AND m.facility = x.facility
		WHERE m.sku IS NULL OR m.reason <> f.reason OR l.available <> `+counts(r.end.Refused), r.this()...)
	if err != nil {
		return err
	}
	_, err = r.exec(ctx, `INSERT INTO stale_levels (warehouse, sku, facility, available, zeroed, run, snapshot, since, refused_at, place, reason) `+this+`
		SELECT this.warehouse, l.sku, l.facility, l.available, FALSE, this.run, this.snapshot, this.now, this.now, f.place, f.reason
		FROM this CROSS JOIN (`+refusedLevels+`) x JOIN refusals f ON f.id = x.refusal
		JOIN levels l ON l.warehouse = this.warehouse AND l.sku = x.sku AND l.facility = x.facility
		WHERE TRUE `+markAgain, r.this()...)
	return err
}

// counts is an SQL expression: the figure that a level l counts as when its row is refused; m is its stale mark, if it has one.
func counts(policy inventory.RefusedPolicy) string {
	const read = "CASE WHEN m.zeroed THEN m.available ELSE l.available END"
	if policy == inventory.RefusedZero {
		return "CASE WHEN l.available > 0 THEN 0 ELSE l.available END"
	}
	return read
}

// markAgain updates a stale mark that exists. It keeps the figure that was read last, and the time since when the level is stale.
const markAgain = ` ON CONFLICT (warehouse, sku, facility) DO UPDATE SET run = excluded.run, snapshot = excluded.snapshot,
	refused_at = excluded.refused_at, place = excluded.place, reason = excluded.reason,
	since = CASE WHEN stale_levels.available IS NULL AND excluded.available IS NOT NULL THEN excluded.since ELSE stale_levels.since END,
	available = CASE WHEN stale_levels.zeroed THEN stale_levels.available ELSE excluded.available END`

// unreadRows selects the refused rows (f) that have a SKU but no level: none at their facility, or none at all when they name no facility.
const unreadRows = `SELECT f.sku, CASE WHEN f.no_facility THEN '' ELSE f.facility END AS facility, MIN(f.id) AS refusal FROM this CROSS JOIN refusals f
	WHERE f.snapshot = this.snapshot AND NOT f.no_sku AND NOT EXISTS (SELECT 1 FROM levels l WHERE l.warehouse = this.warehouse AND l.sku = f.sku
		AND (l.facility = f.facility OR f.facility = '' OR f.no_facility))
	GROUP BY f.sku, CASE WHEN f.no_facility THEN '' ELSE f.facility END`

// markUnread marks refused rows that have no level.
func (r *recording) markUnread(ctx context.Context) error {
	_, err := r.exec(ctx, `INSERT INTO activity (at, run, kind, merchant, warehouse, facility, sku, note) `+this+`
		SELECT this.now, this.run, 'refused', this.merchant, this.warehouse, x.facility, x.sku,
			f.reason || CASE WHEN f.place = '' THEN '' ELSE ' (' || f.place || ')' END
		FROM this CROSS JOIN (`+unreadRows+`) x JOIN refusals f ON f.id = x.refusal
		LEFT JOIN stale_levels m ON m.warehouse = this.warehouse AND m.sku = x.sku AND m.facility = x.facility
		WHERE m.sku IS NULL OR m.reason <> f.reason`, r.this()...)
	if err != nil {
		return err
	}
	_, err = r.exec(ctx, `INSERT INTO stale_levels (warehouse, sku, facility, available, zeroed, run, snapshot, since, refused_at, place, reason) `+this+`
		SELECT this.warehouse, x.sku, x.facility, NULL, FALSE, this.run, this.snapshot, this.now, this.now, f.place, f.reason
		FROM this CROSS JOIN (`+unreadRows+`) x JOIN refusals f ON f.id = x.refusal WHERE TRUE `+markAgain, r.this()...)
	return err
}

// applyRefused applies the policy for refused levels to the figures of the levels whose marks m fulfil a condition. It returns how many
// figures changed. The times of the levels stay, because no row was read.
func (t *tx) applyRefused(ctx context.Context, warehouse, marks string, arguments []any, policy inventory.RefusedPolicy, version, now int64) (int64, error) {
	zeroed, figure, due := "FALSE", "m.available", "m.zeroed"
	if policy == inventory.RefusedZero {
		zeroed, figure, due = "TRUE", "0", "NOT m.zeroed AND m.available > 0"
	}
	changed, err := t.exec(ctx, `UPDATE levels AS l SET available = `+figure+`, version = ?, recorded_at = ? FROM stale_levels m
		WHERE m.warehouse = ? AND `+marks+` AND `+due+` AND l.warehouse = m.warehouse AND l.sku = m.sku AND l.facility = m.facility`,
		append([]any{version, now, warehouse}, arguments...)...)
	if err != nil || changed == 0 {
		return changed, err
	}
	_, err = t.exec(ctx, `UPDATE stale_levels AS m SET zeroed = `+zeroed+` WHERE m.warehouse = ? AND `+marks+` AND `+due,
		append([]any{warehouse}, arguments...)...)
	return changed, err
}
