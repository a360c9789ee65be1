package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Share looks for a snapshot to use instead of fetching; see Recorder.
func (d *database) Share(ctx context.Context, lease Lease, query ShareQuery) (Shared, error) {
	var shared Shared
	err := d.write(ctx, func(t *tx) error {
		shared = Shared{}
		if _, err := t.checkFetchLease(ctx, lease); err != nil {
			return err
		}
		if query.Staged == 0 {
			// A run that waits must stage nothing: other runs would wait for it.
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
			shared.Fetching, err = t.openRun(ctx, lease, snapshot.Run)
			return err
		}
		shared = snapshot
		_, err = t.exec(ctx, "UPDATE runs SET fetch_began = ? WHERE id = ?", began, lease.Run)
		return err
	})
	return shared, err
}

// ofOthers is a condition for snapshots s that a run of another connection than the lease's fetched. A snapshot that a connection fetched
// itself brings it nothing new. Its argument is the lease's run.
const ofOthers = "EXISTS (SELECT 1 FROM runs o JOIN runs me ON me.id = ? WHERE o.id = s.run AND o.connection <> me.connection)"

// readAsNow is a condition for snapshots s: since they were begun, no setting has changed that gives the warehouse's rows another meaning.
const readAsNow = "s.id > (SELECT w.reread_after FROM warehouses w WHERE w.id = s.warehouse)"

// shareable returns the last snapshot that a run of another connection recorded, or that was rejected, and when its fetch began (in
// microseconds). It leaves out snapshots that are not newer than the last one that this connection fetched or took over in an earlier run,
// because using one of these again would change nothing.
func (t *tx) shareable(ctx context.Context, lease Lease, query ShareQuery) (Shared, int64, error) {
	var shared Shared
	var began int64
	var snapshot int64
	var result, rejected, odd string
	err := t.row(ctx, `SELECT id, run, began_at, source, rejected, result, odd FROM snapshots s
		WHERE warehouse = ? AND (state = 'recorded' OR rejected <> '') AND began_at >= ?
		AND began_at > COALESCE((SELECT p.fetch_began FROM runs p JOIN runs me ON me.id = ? WHERE p.connection = me.connection AND p.id <> me.id
			AND p.fetch_began IS NOT NULL ORDER BY p.id DESC LIMIT 1), 0)
		AND `+ofOthers+` AND (complete OR NOT ?) AND `+readAsNow+` ORDER BY id DESC LIMIT 1`,
		query.Warehouse, micros(query.Since), lease.Run, lease.Run, query.Full).
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
		shared.Result.Held, shared.Result.Rejected = "", rejected // a person may have rejected it after the result was stored
	}
	return shared, began, err
}

// fetchPatience is how long a fetch may take before other runs no longer wait for it.
const fetchPatience = time.Hour

// fetching returns an open run that is staging a suitable snapshot; 0 when there is none. Whether a snapshot is full is known only at its
// end, so a run that needs a full one waits only for runs that fetch everything.
func (t *tx) fetching(ctx context.Context, lease Lease, query ShareQuery) (int64, error) {
	var run int64
	err := t.row(ctx, `SELECT s.run FROM snapshots s JOIN runs r ON r.id = s.run
		WHERE s.warehouse = ? AND s.state = 'staging' AND s.began_at >= ? AND s.began_at > ? AND `+ofOthers+` AND `+readAsNow+`
		AND r.ended_at IS NULL AND (r.mode = 'full' OR NOT ?) AND (s.id < ? OR ? = 0) ORDER BY s.id LIMIT 1`,
		query.Warehouse, micros(query.Since), micros(query.Now.Add(-fetchPatience)), lease.Run, query.Full, query.Staged, query.Staged).Scan(&run)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return run, err
}

// openRun returns the run if it has not ended and is older than the lease's run, otherwise 0. Runs whose source has more snapshots wait only
// for older runs, so that no two wait for each other.
func (t *tx) openRun(ctx context.Context, lease Lease, run int64) (int64, error) {
	var id int64
	err := t.row(ctx, "SELECT id FROM runs WHERE id = ? AND id < ? AND ended_at IS NULL", run, lease.Run).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, err
}
