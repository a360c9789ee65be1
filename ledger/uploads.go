package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/tidemark/tidemark/inventory"
)

// uploadPatience is how long an upload may stay staged. Its sender was told that it is safe, so this is longer than any outage that an intake
// waits for. Only uploads whose receiving process died stay staged for longer.
const uploadPatience = 30 * 24 * time.Hour

// StageUpload begins a snapshot that was sent to us; see Recorder. It belongs to no run.
func (d *database) StageUpload(ctx context.Context, start SnapshotStart) (int64, error) {
	var snapshot int64
	err := d.write(ctx, func(t *tx) error {
		if _, err := definition[Warehouse](ctx, t, "warehouse", start.Warehouse); err != nil {
			return err
		}
		old, err := t.numbers(ctx, "SELECT id FROM snapshots WHERE state = 'staging' AND run = 0 AND began_at < ?",
			micros(start.Now.Add(-uploadPatience)))
		if err != nil {
			return err
		}
		for _, id := range old {
			if err := t.discard(ctx, id); err != nil {
				return err
			}
		}
		return t.row(ctx, "INSERT INTO snapshots (warehouse, run, state, began_at, sums) VALUES (?, 0, ?, ?, ?) RETURNING id",
			start.Warehouse, snapshotStaging, micros(start.Now), start.Repeated == inventory.RepeatedSum).Scan(&snapshot)
	})
	return snapshot, err
}

// errRecorded ends a transaction when the snapshot turns out to be recorded already.
var errRecorded = errors.New("recorded already")

// RecordUpload makes a snapshot that was sent to us visible, or holds it; see Recorder.
func (d *database) RecordUpload(ctx context.Context, snapshot int64, end SnapshotEnd) (SnapshotResult, error) {
	var earlier SnapshotResult
	result, err := d.recordSnapshot(ctx, snapshot, end, func(t *tx) (stagedSnapshot, error) {
		var content string
		err := t.row(ctx, "SELECT result FROM snapshots WHERE id = ? AND run = 0 AND state <> 'staging'", snapshot).Scan(&content)
		if err == nil {
			return stagedSnapshot{}, errors.Join(errRecorded, decode(fmt.Sprintf("the result of snapshot %d", snapshot), content, &earlier))
		} else if !errors.Is(err, sql.ErrNoRows) {
			return stagedSnapshot{}, err
		}
		staged, err := t.staging(ctx, snapshot)
		if err == nil && staged.owner != 0 {
			err = fmt.Errorf("ledger: snapshot %d is being fetched by run %d; it was not uploaded", snapshot, staged.owner)
		}
		return staged, err
	})
	if errors.Is(err, errRecorded) && !errors.Is(err, ErrDamaged) {
		return earlier, nil
	}
	return result, err
}
