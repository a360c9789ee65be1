package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"github.com/tidemark/tidemark/inventory"
)

// The states of a snapshot.
const (
	snapshotStaging  = "staging"
	snapshotRecorded = "recorded"
	snapshotHeld     = "held"
)

// SourceCursor returns the source cursor of the last recorded snapshot of a warehouse.
func (d *database) SourceCursor(ctx context.Context, warehouse string) (string, error) {
	var cursor string
	err := d.read(ctx, func(t *tx) error {
		err := t.row(ctx, "SELECT mark FROM warehouses WHERE id = ?", warehouse).Scan(&cursor)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("%w: warehouse %q", ErrNotFound, warehouse)
		}
		return err
	})
	return cursor, err
}

// Stage begins a snapshot; see Recorder.
func (d *database) Stage(ctx context.Context, lease Lease, start SnapshotStart) (int64, error) {
	var snapshot int64
	err := d.write(ctx, func(t *tx) error {
		leased, err := t.checkFetchLease(ctx, lease)
		if err != nil {
			return err
		}
		if leased.warehouse != start.Warehouse {
			return fmt.Errorf("ledger: run %d stages warehouse %q, and connection %s reads %q",
				lease.Run, start.Warehouse, leased.connection, leased.warehouse)
		}
		if err := t.discardLeft(ctx, lease.Run, start.Warehouse); err != nil {
			return err
		}
		_, err = t.exec(ctx, "UPDATE runs SET fetch_began = ? WHERE id = ? AND fetch_began IS NULL", micros(start.Now), lease.Run)
		if err != nil {
			return err
		}
		return t.row(ctx, "INSERT INTO snapshots (warehouse, run, state, began_at, sums) VALUES (?, ?, ?, ?, ?) RETURNING id",
			start.Warehouse, lease.Run, snapshotStaging, micros(start.Now), start.Repeated == inventory.RepeatedSum).Scan(&snapshot)
	})
	return snapshot, err
}

// discardLeft deletes what earlier attempts of the run left staged, and what ended runs left: a cancelled fetch does not clean up.
func (t *tx) discardLeft(ctx context.Context, run int64, warehouse string) error {
	var left []int64
	err := t.each(ctx, func(row *sql.Rows) error {
		var id int64
		err := row.Scan(&id)
		left = append(left, id)
		return err
	}, `SELECT s.id FROM snapshots s WHERE s.state = 'staging' AND s.warehouse = ?
		AND (s.run = ? OR (s.run <> 0 AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.id = s.run AND r.ended_at IS NULL)))`, warehouse, run)
	if err != nil {
		return err
	}
	for _, id := range left {
		if err := t.discard(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// Discard deletes a staged snapshot. A snapshot that was recorded or held meanwhile is no longer staged, and stays.
func (d *database) Discard(ctx context.Context, snapshot int64) error {
	return d.writeScratch(ctx, func(t *tx) error {
		_, err := t.staging(ctx, snapshot)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		return t.discard(ctx, snapshot)
	})
}

func (t *tx) discard(ctx context.Context, snapshot int64) error {
	for _, statement := range []string{
		"DELETE FROM staged WHERE snapshot = ?",
		"DELETE FROM refusals WHERE snapshot = ?",
		"DELETE FROM snapshots WHERE id = ?",
	} {
		if _, err := t.exec(ctx, statement, snapshot); err != nil {
			return err
		}
	}
	return nil
}

// stagedSnapshot is a snapshot that is not visible yet.
type stagedSnapshot struct {
	id        int64
	warehouse string
	owner     int64 // the run that stages it; 0 for an upload
	began     int64 // when its fetch or upload began, in microseconds
	sums      bool  // rows of the same level are summed
}

// staging loads and locks a staged snapshot.
func (t *tx) staging(ctx context.Context, snapshot int64) (stagedSnapshot, error) {
	staged := stagedSnapshot{id: snapshot}
	err := t.row(ctx, "SELECT warehouse, run, began_at, sums FROM snapshots WHERE id = ? AND state = 'staging'"+
		t.dialect.lock("snapshots"), snapshot).
		Scan(&staged.warehouse, &staged.owner, &staged.began, &staged.sums)
	if errors.Is(err, sql.ErrNoRows) {
		return stagedSnapshot{}, fmt.Errorf("%w: snapshot %d is not staged; it was recorded, or thrown away for a newer attempt",
			ErrNotFound, snapshot)
	}
	return staged, err
}

// StageRows adds rows to a staged snapshot.
func (d *database) StageRows(ctx context.Context, snapshot int64, levels []inventory.Level, refusals []inventory.Refusal) error {
	for _, level := range levels {
		if err := checkText("the SKU or facility of a level", level.SKU, level.Facility); err != nil {
			return err
		}
	}
	return d.writeScratch(ctx, func(t *tx) error {
		staged, err := t.staging(ctx, snapshot)
		if err != nil {
			return err
		}
		if staged.sums {
			err = t.stageSums(ctx, snapshot, levels)
		} else {
			err = t.stageDistinct(ctx, snapshot, levels)
		}
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, "UPDATE snapshots SET level_keys = (level_keys + ?) % ? WHERE id = ?",
			sumOfKeys(levels), int64(levelKeysRange), snapshot)
		if err != nil {
			return err
		}
		_, err = t.bulk(ctx, *refusalTable(refusals), `INSERT INTO refusals (snapshot, facility, sku, place, reason, no_sku, no_facility, copies)
			SELECT CAST(? AS BIGINT), facility, sku, place, reason, no_sku, no_facility, 1 FROM input`, snapshot)
		return err
	})
}

// stageDistinct stages levels that the snapshot should name once each. Further rows of a level are only counted.
func (t *tx) stageDistinct(ctx context.Context, snapshot int64, levels []inventory.Level) error {
	distinct, copies := countCopies(levels)
	_, err := t.bulk(ctx, *levelTable(distinct, copies), `INSERT INTO staged (snapshot, sku, facility, available, on_hand, committed, reported_at, copies)
		SELECT CAST(? AS BIGINT), sku, facility, available, on_hand, committed, reported_at, copies FROM input WHERE TRUE
		ON CONFLICT (snapshot, sku, facility) DO UPDATE SET copies = staged.copies + excluded.copies`, snapshot)
	return err
}

// stageSums stages levels whose rows are summed. The sum has the time of its oldest row. A figure that some of the rows lack is not known.
// A sum that reaches the largest allowed figure stays there, so that refuse finds it.
func (t *tx) stageSums(ctx context.Context, snapshot int64, levels []inventory.Level) error {
	bounded := func(sum string) string {
		return fmt.Sprintf("CASE WHEN %[1]s > %[2]d THEN %[2]d WHEN %[1]s < -%[2]d THEN -%[2]d ELSE %[1]s END", sum, inventory.MaxQuantity)
	}
	sumIfComplete := func(field string) string {
		return fmt.Sprintf("CASE WHEN COUNT(%[1]s) = COUNT(*) THEN CAST(SUM(%[1]s) AS BIGINT) END", field)
	}
	_, err := t.bulk(ctx, *levelTable(levels, nil), `INSERT INTO staged (snapshot, sku, facility, available, on_hand, committed, reported_at, copies)
		SELECT CAST(? AS BIGINT), sku, facility, `+bounded("CAST(SUM(available) AS BIGINT)")+`, `+
		sumIfComplete("on_hand")+`, `+sumIfComplete("committed")+`, MIN(reported_at), COUNT(*)
		FROM input GROUP BY sku, facility
		ON CONFLICT (snapshot, sku, facility) DO UPDATE SET
			available = CASE WHEN ABS(staged.available) = `+strconv.Itoa(inventory.MaxQuantity)+` THEN staged.available
				ELSE `+bounded("staged.available + excluded.available")+` END,
			on_hand = staged.on_hand + excluded.on_hand, committed = staged.committed + excluded.committed,
			reported_at = CASE WHEN staged.reported_at IS NULL OR excluded.reported_at < staged.reported_at
				THEN excluded.reported_at ELSE staged.reported_at END,
			copies = staged.copies + excluded.copies`, snapshot)
	return err
}

// countCopies returns the distinct levels and how often each is named. It is needed because no statement may write a row twice.
func countCopies(levels []inventory.Level) (distinct []inventory.Level, copies []int64) {
	type key struct{ sku, facility string }
	rows := make(map[key]int, len(levels))
	distinct, copies = make([]inventory.Level, 0, len(levels)), make([]int64, 0, len(levels))
	for _, level := range levels {
		row, ok := rows[key{level.SKU, level.Facility}]
		if ok {
			copies[row]++
			continue
		}
		rows[key{level.SKU, level.Facility}] = len(distinct)
		distinct, copies = append(distinct, level), append(copies, 1)
	}
	return distinct, copies
}

// levelTable makes bulk input of levels, with their copies unless these are nil.
func levelTable(levels []inventory.Level, copies []int64) *table {
	rows := newTable(len(levels))
	skus, facilities, available := rows.texts("sku"), rows.texts("facility"), rows.numbers("available")
	onHand, committed, reportedAt := rows.optionals("on_hand"), rows.optionals("committed"), rows.optionals("reported_at")
	if copies != nil {
		copy(rows.numbers("copies"), copies)
	}
	for i, level := range levels {
		skus[i], facilities[i], available[i] = level.SKU, level.Facility, level.Available
		onHand[i], committed[i], reportedAt[i] = level.OnHand, level.Committed, optionalMicros(level.ReportedAt)
	}
	return rows
}

func refusalTable(refusals []inventory.Refusal) *table {
	rows := newTable(len(refusals))
	facilities, skus, places, reasons := rows.texts("facility"), rows.texts("sku"), rows.texts("place"), rows.texts("reason")
	noSKU, noFacility := rows.truths("no_sku"), rows.truths("no_facility")
	for i, refusal := range refusals {
		facilities[i], skus[i] = inventory.Storable(refusal.Facility), inventory.Storable(refusal.SKU)
		places[i], reasons[i] = inventory.Storable(refusal.Place), inventory.Storable(refusal.Reason)
		noSKU[i] = refusal.UnreadableSKU || refusal.SKU == "" || skus[i] != refusal.SKU
		noFacility[i] = refusal.UnreadableFacility || facilities[i] != refusal.Facility
	}
	return rows
}

// Refusals lists refused rows of the warehouse's latest snapshot that was recorded or held, in the order of the source.
func (d *database) Refusals(ctx context.Context, warehouse string, limit int) ([]inventory.Refusal, error) {
	var refusals []inventory.Refusal
	err := d.read(ctx, func(t *tx) error {
		refusals = nil
		return t.each(ctx, func(row *sql.Rows) error {
			var next inventory.Refusal
			err := row.Scan(&next.Facility, &next.SKU, &next.Place, &next.Reason)
			refusals = append(refusals, next)
			return err
		}, `SELECT facility, sku, place, reason FROM refusals
			WHERE snapshot = (SELECT MAX(id) FROM snapshots WHERE warehouse = ? AND state <> 'staging') ORDER BY id LIMIT ?`, warehouse, limitOf(limit))
	})
	return refusals, err
}

// LastSnapshot returns the newest snapshot of a warehouse that was recorded or held; see Reader.
func (d *database) LastSnapshot(ctx context.Context, warehouse string) (SnapshotEntry, error) {
	var snapshot SnapshotEntry
	err := d.read(ctx, func(t *tx) (err error) {
		snapshot, err = t.lastSnapshot(ctx, warehouse)
		return err
	})
	return snapshot, err
}

func (t *tx) lastSnapshot(ctx context.Context, warehouse string) (SnapshotEntry, error) {
	snapshot := SnapshotEntry{Warehouse: warehouse}
	var result SnapshotResult
	var content, odd string
	var began int64
	var ended sql.NullInt64
	err := t.row(ctx, `SELECT id, run, began_at, ended_at, complete, source, held, rejected, result, odd FROM snapshots
		WHERE warehouse = ? AND state <> 'staging' ORDER BY id DESC LIMIT 1`, warehouse).
		Scan(&snapshot.ID, &snapshot.Run, &began, &ended, &snapshot.Full, &snapshot.From, &snapshot.Held, &snapshot.Rejected, &content, &odd)
	if errors.Is(err, sql.ErrNoRows) {
		return snapshot, fmt.Errorf("%w: warehouse %q has no snapshot", ErrNotFound, warehouse)
	} else if err != nil {
		return snapshot, err
	}
	snapshot.BeganAt, snapshot.EndedAt = fromMicros(began), fromMicros(ended.Int64)
	if snapshot.Oddities, err = decodeOddities(snapshot.ID, odd); err != nil {
		return snapshot, err
	}
	err = decode(fmt.Sprintf("the result of snapshot %d", snapshot.ID), content, &result)
	snapshot.SnapshotFigures = result.SnapshotFigures
	return snapshot, err
}
