package ledger

import (
	"context"
	"database/sql"
)

// Tally counts the rows that a run touched, by status, and the run's calls; see Pusher. A row whose call got no answer counts
// as being retried: it was not accepted, and it is sent again.
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

// tally counts what a run has done so far. Only of rejected rows does it matter whether the run tried them: the others are counted in the index by
// status, for a run may have touched millions.
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

// add counts rows of a status. tried is true for those that got an answer in the run.
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
