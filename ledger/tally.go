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
		counts = Counts{}
		found, err := t.run(ctx, run)
		if err != nil {
			return err
		}
		if err := t.row(ctx, "SELECT calls FROM runs WHERE id = ?", run).Scan(&counts.Calls); err != nil {
			return err
		}
		return t.each(ctx, func(row *sql.Rows) error {
			var status Status
			var rows int64
			err := row.Scan(&status, &rows)
			counts.add(status, rows)
			return err
		}, `SELECT status, COUNT(*) FROM channel_levels WHERE connection = ? AND run = ?
			AND status IN ('exported', 'sent', 'rejected', 'blocked', 'retrying', 'unknown') GROUP BY status`, found.Connection, run)
	})
	return counts, err
}

func (c *Counts) add(status Status, rows int64) {
	switch status {
	case StatusExported:
		c.Exported += rows
	case StatusSent:
		c.Sent += rows
	case StatusRejected:
		c.Rejected += rows
	case StatusBlocked:
		c.Blocked += rows
	case StatusRetrying, StatusUnknown:
		c.Retrying += rows
	case StatusPending, StatusSuperseded: // not pushed by this run
	}
}
