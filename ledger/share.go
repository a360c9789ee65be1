package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Share looks for a snapshot to take over; see Recorder.
func (d *database) Share(ctx context.Context, lease Lease, query ShareQuery) (Shared, error) {
	var shared Shared
	err := d.write(ctx, func(t *tx) error {
		shared = Shared{}
		if _, err := t.checkFetchLease(ctx, lease); err != nil {
			return err
		}
		if query.Staged == 0 {
			// Nobody may wait for a run that waits itself.
			if err := t.discardLeft(ctx, lease.Run, query.Warehouse); err != nil {
				return err
			}
		}
		snapshot, began, err := t.shareable(ctx, lease, query)
		if err != nil {
			return err
		}
		if snapshot.Run == 0 {
			shared.Fetching, err = t.fetching(ctx, lease, query)
			return err
		}
		if snapshot.Result.More {
			shared.Fetching, err = t.living(ctx, lease, snapshot.Run)
			return err
		}
		shared = snapshot
		_, err = t.exec(ctx, "UPDATE runs SET fetch_began = ? WHERE id = ?", began, lease.Run)
		return err
	})
	return shared, err
}

// ofOthers is a condition on the run of a snapshot s: it is another connection's than the lease's. What a connection fetched itself is
// no news to it.
const ofOthers = "EXISTS (SELECT 1 FROM runs o JOIN runs me ON me.id = ? WHERE o.id = s.run AND o.connection <> me.connection)"

// readAsNow is a condition on a snapshot s: no setting that says what the warehouse's rows mean has changed since it was begun.
const readAsNow = "s.id > (SELECT w.reread_after FROM warehouses w WHERE w.id = s.warehouse)"

// shareable finds the last snapshot that another connection's run has recorded, or that was rejected, and when its fetch began. What the connection has
// fetched or taken over in an earlier run is not taken over again: a run that did so would do nothing.
func (t *tx) shareable(ctx context.Context, lease Lease, query ShareQuery) (Shared, int64, error) {
	var shared Shared
	var began int64
	var snapshot int64
	var result, rejected, odd string
	err := t.row(ctx, `SELECT id, run, began_at, source, rejected, result, odd FROM snapshots s WHERE warehouse = ? AND (state = 'recorded' OR rejected <> '') AND began_at >= ?
		AND began_at > COALESCE((SELECT p.fetch_began FROM runs p JOIN runs me ON me.id = ? WHERE p.connection = me.connection AND p.id <> me.id
			AND p.fetch_began IS NOT NULL ORDER BY p.id DESC LIMIT 1), 0)
		AND `+ofOthers+` AND (complete OR NOT ?) AND `+readAsNow+` ORDER BY id DESC LIMIT 1`, query.Warehouse, micros(query.Since), lease.Run, lease.Run, query.Full).
		Scan(&snapshot, &shared.Run, &began, &shared.From, &rejected, &result, &odd)
	if errors.Is(err, sql.ErrNoRows) {
		return Shared{}, 0, nil
	}
	if err != nil {
		return Shared{}, 0, err
	}
	if err = decode(fmt.Sprintf("the result of the snapshot of run %d", shared.Run), result, &shared.Result); err == nil {
		shared.Result.Oddities, err = decodeOddities(snapshot, odd)
	}
	if rejected != "" {
		shared.Result.Held, shared.Result.Rejected = "", rejected // it may have been rejected since
	}
	return shared, began, err
}

// fetchPatience is how long a fetch may take before nobody waits for it any more.
const fetchPatience = time.Hour

// fetching looks for a living run that is staging a snapshot that would do. A full one cannot be told from a delta before its
// end, so a run that needs a full one waits only for runs that fetch everything.
func (t *tx) fetching(ctx context.Context, lease Lease, query ShareQuery) (int64, error) {
	var run int64
	err := t.row(ctx, `SELECT s.run FROM snapshots s JOIN runs r ON r.id = s.run WHERE s.warehouse = ? AND s.state = 'staging' AND s.began_at >= ?
		AND s.began_at > ? AND `+ofOthers+` AND `+readAsNow+` AND r.ended_at IS NULL AND (r.mode = 'full' OR NOT ?) AND (s.id < ? OR ? = 0) ORDER BY s.id LIMIT 1`,
		query.Warehouse, micros(query.Since), micros(query.Now.Add(-fetchPatience)), lease.Run, query.Full, query.Staged, query.Staged).Scan(&run)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return run, err
}

// living is the run when it has not ended, else 0. Runs with more to read wait for older ones only, so that no two wait for each
// other.
func (t *tx) living(ctx context.Context, lease Lease, run int64) (int64, error) {
	var count int64
	err := t.row(ctx, "SELECT id FROM runs WHERE id = ? AND id < ? AND ended_at IS NULL", run, lease.Run).Scan(&count)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return count, err
}
