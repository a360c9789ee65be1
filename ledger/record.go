package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/tidemark/tidemark/inventory"
)

// largeRows is the number of changed rows from which on the planner's statistics of a table are updated.
const largeRows = 10_000

// Record makes a staged snapshot visible, or holds it; see Recorder.
//
// The time of each level's observation is kept without writing every level. When a full snapshot names levels without times of their own,
// warehouses.confirmed_at moves to the snapshot's time, and is then the time of every level with confirmed = 1. So confirmed levels that
// differ in nothing else are not written at all. Levels that the snapshot does not confirm lose the mark first, and get the old
// confirmed_at as their own time.
func (d *database) Record(ctx context.Context, lease Lease, snapshot int64, end SnapshotEnd) (SnapshotResult, error) {
	return d.recordSnapshot(ctx, snapshot, end, func(t *tx) (stagedSnapshot, error) { return t.stagedBy(ctx, lease, snapshot) })
}

// stagedBy loads and locks a snapshot that a run is staging.
func (t *tx) stagedBy(ctx context.Context, lease Lease, snapshot int64) (stagedSnapshot, error) {
	if _, err := t.checkFetchLease(ctx, lease); err != nil {
		return stagedSnapshot{}, err
	}
	staged, err := t.staging(ctx, snapshot)
	if err == nil && staged.owner != lease.Run {
		err = fmt.Errorf("ledger: snapshot %d belongs to run %d, not to run %d", snapshot, staged.owner, lease.Run)
	}
	return staged, err
}

// recordSnapshot records a snapshot. claim loads and locks it.
func (d *database) recordSnapshot(
	ctx context.Context, snapshot int64, end SnapshotEnd, claim func(t *tx) (stagedSnapshot, error),
) (SnapshotResult, error) {
	if err := checkText("the source cursor of a snapshot", end.SourceCursor); err != nil {
		return SnapshotResult{}, err
	}
	if err := d.analyze(ctx, "staged"); err != nil {
		return SnapshotResult{}, err
	}
	odd, err := d.odd(ctx, snapshot, end.Full)
	if err != nil {
		return SnapshotResult{}, err
	}
	var result SnapshotResult
	err = d.write(ctx, func(t *tx) error {
		staged, err := claim(t)
		if err != nil {
			return err
		}
		r, err := t.recording(ctx, staged, end)
		if err != nil {
			return err
		}
		r.odd, r.result.Oddities = odd, odd.oddities
		if err := r.record(ctx); err != nil {
			return fmt.Errorf("snapshot %d of warehouse %s: %w", snapshot, r.warehouse, err)
		}
		result = r.result
		return nil
	})
	if err != nil {
		return SnapshotResult{}, err
	}
	if result.Changed >= largeRows {
		err = d.analyze(ctx, "levels")
	}
	return result, err
}

// analyze updates the planner's statistics of a table, in a transaction of its own, because it waits for other processes that do the same.
func (d *database) analyze(ctx context.Context, table string) error {
	statement := d.dialect.analyze(table)
	if statement == "" {
		return nil
	}
	return d.write(ctx, func(t *tx) error {
		_, err := t.exec(ctx, statement)
		return err
	})
}

// recording records one snapshot into the levels.
type recording struct {
	*tx
	stagedSnapshot
	end       SnapshotEnd
	merchant  string
	taken     int64        // when the snapshot was taken: the time of each row that has no time of its own
	version   int64        // level version of the warehouse before
	dated     bool         // taken is by the source's clock
	confirmed recordedTime // time of every level that has confirmed = 1, before this snapshot
	confirms  bool         // the snapshot moves that time
	// unnamedBefore is how many levels with stock the last recorded full snapshot left unnamed.
	unnamedBefore int64
	unnamedAfter  int64  // the same number for this snapshot
	content       string // hash of the content; set only when the guard would hold the snapshot
	rereadAfter   int64  // snapshots up to this id were begun before a change of settings that gave the rows another meaning
	odd           oddness
	result        SnapshotResult
}

// recording locks the warehouse until the end of the transaction.
func (t *tx) recording(ctx context.Context, staged stagedSnapshot, end SnapshotEnd) (*recording, error) {
	r := &recording{tx: t, stagedSnapshot: staged, end: end, taken: staged.began, result: SnapshotResult{More: end.More}}
	if !end.AsOf.IsZero() {
		r.taken, r.dated = micros(end.AsOf), true
	}
	const columns = "merchant, level_version, confirmed_at, confirmed_ours, confirmed_received, last_rows, unnamed, reread_after"
	err := t.row(ctx, "SELECT "+columns+" FROM warehouses WHERE id = ?"+t.dialect.lock("warehouses"), r.warehouse).
		Scan(&r.merchant, &r.version, &r.confirmed.at, &r.confirmed.ours, &r.confirmed.received, &r.result.LastRows, &r.unnamedBefore, &r.rereadAfter)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("%w: warehouse %q", ErrNotFound, r.warehouse)
	}
	// Levels with confirmed = 1 may have a time by either clock (absent levels have ours), so the snapshot must be new enough by both.
	r.confirms = end.Full && r.taken >= r.confirmed.at &&
		newer(incomingTime{snapshot: true, taken: r.taken, dated: r.dated, received: r.began}, r.confirmed)
	return r, err
}

func (r *recording) record(ctx context.Context) error {
	if err := r.count(ctx); err != nil {
		return err
	}
	if r.id <= r.rereadAfter {
		return r.outdated(ctx)
	}
	recorded, err := r.recordedBefore(ctx)
	if err != nil {
		return err
	}
	rows, err := r.compare(ctx, "")
	if err != nil {
		return err
	}
	levels, err := r.unnamed(ctx, rows.named)
	if err != nil {
		return err
	}
	if r.result.Held, err = r.judge(ctx, levels, recorded); err != nil {
		return err
	}
	if r.result.Held != "" {
		if err := r.recognize(ctx); err != nil {
			return err
		}
		r.result.Version = r.version
		return r.finish(ctx, snapshotHeld)
	}
	if err := r.merge(ctx, rows, levels); err != nil {
		return err
	}
	if err := r.dissolve(ctx); err != nil {
		return err
	}
	return r.finish(ctx, snapshotRecorded)
}

// outdated refuses a snapshot that was read under settings that have changed since. Its run fetches again; a sender must send it again.
func (r *recording) outdated(ctx context.Context) error {
	const why = "the settings of the warehouse have changed since it was begun, so nothing was recorded"
	if r.owner != 0 {
		return fmt.Errorf("ledger: %s; it is fetched again", why)
	}
	r.result.Held, r.result.Version = why+"; send it again", r.version
	return r.finish(ctx, snapshotHeld)
}

// judge returns the reason to hold the snapshot; empty when there is none.
func (r *recording) judge(ctx context.Context, levels recordedLevels, recordedBefore bool) (string, error) {
	held := holdSnapshot(r.end, r.result, levels.absent, recordedBefore)
	if held == "" || levels.absent.Levels == 0 {
		return held, nil
	}
	if err := r.facilities(ctx, &levels.absent); err != nil {
		return "", err
	}
	return holdSnapshot(r.end, r.result, levels.absent, recordedBefore), nil
}

// count counts the snapshot's rows. It refuses levels that the snapshot names more than once, unless rows of the same level are summed.
func (r *recording) count(ctx context.Context) error {
	var taken, twice int64
	err := r.row(ctx, `SELECT CAST(COALESCE(SUM(copies), 0) AS BIGINT), COUNT(*) FILTER (WHERE copies > 1),
		(SELECT COUNT(*) FROM refusals WHERE snapshot = ?) FROM staged WHERE snapshot = ?`, r.id, r.id).Scan(&taken, &twice, &r.result.Refused)
	if err != nil {
		return err
	}
	r.result.Rows = taken + r.result.Refused
	if r.result.Rows != int64(r.end.Rows) {
		return fmt.Errorf("ledger: the source counted %d rows and %d were staged; nothing was recorded, fetch again", r.end.Rows, r.result.Rows)
	}
	if twice+r.result.Refused == 0 {
		return nil
	}
	return r.refuse(ctx)
}

// refuse turns the rows of levels that are named more than once into refusals. This includes a level that one good row and one refused row
// name. Each refusal counts for as many rows as it replaces. Where rows are summed, a level is refused when one of its rows was, or when
// the sum is out of range.
func (r *recording) refuse(ctx context.Context) error {
	badly, twice := "s.copies = 1", "copies > 1"
	reason := "'the snapshot names this SKU of this facility ' || copies || ' times; none of them is taken; " +
		"where they are parts of one level, like its bins, set repeated: sum'"
	if r.sums {
		badly, twice = "s.copies > 0", fmt.Sprintf("copies > 1 AND ABS(available) = %d", inventory.MaxQuantity)
		reason = fmt.Sprintf("'the ' || copies || ' rows of this SKU of this facility add up to %d or more; none of them is taken'", inventory.MaxQuantity)
	}
	for _, step := range []string{
		`INSERT INTO refusals (snapshot, facility, sku, place, reason, copies)
			SELECT s.snapshot, s.facility, s.sku, '', 'the snapshot names this SKU of this facility again in a row that was refused; neither is taken', s.copies
			FROM (SELECT DISTINCT snapshot, sku, facility FROM refusals WHERE snapshot = ?) f
			CROSS JOIN staged s WHERE s.snapshot = f.snapshot AND s.sku = f.sku AND s.facility = f.facility AND ` + badly,
		`INSERT INTO refusals (snapshot, facility, sku, place, reason, copies)
			SELECT snapshot, facility, sku, '', ` + reason + `, copies FROM staged WHERE snapshot = ? AND ` + twice,
		`DELETE FROM staged WHERE (snapshot, sku, facility) IN (SELECT snapshot, sku, facility FROM refusals WHERE snapshot = ?)`,
	} {
		if _, err := r.exec(ctx, step, r.id); err != nil {
			return err
		}
	}
	return r.row(ctx, "SELECT CAST(COALESCE(SUM(copies), 0) AS BIGINT) FROM refusals WHERE snapshot = ?", r.id).Scan(&r.result.Refused)
}

// recordedBefore is true when the warehouse has reported anything before.
func (r *recording) recordedBefore(ctx context.Context) (bool, error) {
	var recorded bool
	err := r.row(ctx, "SELECT EXISTS (SELECT 1 FROM levels WHERE warehouse = ?)", r.warehouse).Scan(&recorded)
	return recorded || r.result.LastRows > 0, err
}

// finish closes the snapshot. It deletes the refusals of earlier snapshots.
func (r *recording) finish(ctx context.Context, state string) error {
	if _, err := r.exec(ctx, "DELETE FROM staged WHERE snapshot = ?", r.id); err != nil {
		return err
	}
	_, err := r.exec(ctx, `DELETE FROM refusals WHERE snapshot IN (SELECT id FROM snapshots WHERE warehouse = ? AND id < ? AND state <> 'staging')`,
		r.warehouse, r.id)
	if err != nil {
		return err
	}
	_, err = r.exec(ctx, `UPDATE snapshots SET state = ?, ended_at = ?, complete = ?, source = ?, held = ?, rejected = ?, content = ?,
		result = ?, odd = ?, compared = ? WHERE id = ?`,
		state, micros(r.end.Now), r.end.Full, inventory.Storable(r.end.From), r.result.Held, r.result.Rejected, r.content,
		encode(r.result), encodeOddities(r.odd.oddities), r.odd.compared, r.id)
	if err != nil {
		return err
	}
	if state != snapshotRecorded {
		return r.pass(ctx)
	}
	if err := r.keepPages(ctx); err != nil {
		return err
	}
	confirmed, lastRows, unnamed := r.confirmed, r.result.LastRows, r.unnamedBefore
	if r.moves() {
		confirmed = recordedTime{at: r.taken, ours: !r.dated, received: r.began}
	}
	if r.end.Full {
		lastRows, unnamed = r.result.Rows, r.unnamedAfter
	}
	cursor := &r.end.SourceCursor
	if r.owner == 0 {
		cursor = nil // a snapshot that was sent to us does not tell how far the source has been read
	}
	_, err = r.exec(ctx, `UPDATE warehouses SET mark = COALESCE(?, mark), level_version = ?, confirmed_at = ?, confirmed_ours = ?,
		confirmed_received = ?, last_rows = ?, unnamed = ? WHERE id = ?`,
		cursor, r.result.Version, confirmed.at, confirmed.ours, confirmed.received, lastRows, unnamed, r.warehouse)
	return err
}
