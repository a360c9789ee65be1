package ledger

import (
	"context"
	"database/sql"
)

// Tally counts the rows that a run touched, by status, and the run's calls; see Pusher. A row whose call got no response counts as
// retrying: it was not accepted, and it will be sent again.
func (d *database) Tally(ctx context.Context, run int64) (Counts, error) {
	var counts Counts
	err := d.read(ctx, func(t *tx) error {
		current, err := t.run(ctx, run)
		if err == nil {
			counts, err = t.tally(ctx, current)
		}
		return err
	})
	return counts, err
}

// tally counts what a run has done so far. It looks at single rows only for rejected ones, which count differently when the run tried them.
// All other rows are counted in the index by status, because a run may have touched millions.
func (t *tx) tally(ctx context.Context, run Run) (Counts, error) {
	var counts Counts
	if err := t.row(ctx, "SELECT calls FROM runs WHERE id = ?", run.ID).Scan(&counts.Calls); err != nil {
		return counts, err
	}
	return counts, t.each(ctx, func(row *sql.Rows) error {
		var status Status
		var tried bool
		var rows int64
		err := row.Scan(&status, &tried, &rows)
		counts.add(status, tried, rows)
		return err
	}, `SELECT status, FALSE, COUNT(*) FROM channel_levels WHERE connection = ? AND run = ?
			AND status IN ('exported', 'sent', 'blocked', 'retrying', 'unknown') GROUP BY status
		UNION ALL SELECT status, tries_run = run, COUNT(*) FROM channel_levels WHERE connection = ? AND run = ? AND status = 'rejected'
			GROUP BY status, tries_run = run`, run.Connection, run.ID, run.Connection, run.ID)
}

// add counts rows of a status. tried is true when they got a response in the run.
func (c *Counts) add(status Status, tried bool, rows int64) {
	switch status {
	case StatusExported:
		c.Exported += rows
	case StatusSent:
		c.Sent += rows
	case StatusRejected:
		if tried {
			c.Rejected += rows
		} else {
			c.Parked += rows
		}
	case StatusBlocked:
		c.Blocked += rows
	case StatusRetrying, StatusUnknown:
		c.Retrying += rows
	case StatusPending, StatusSuperseded: // not pushed by this run
	}
}
