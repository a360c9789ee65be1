package ledger

import (
	"context"
	"database/sql"
	"time"
)

// Due counts the rows that a push would work on. Without a scope, each figure has an index that covers just the rows that it counts.
// The range of one connection (BETWEEN) keeps SQLite from preferring the index by status, which does not help to count zeroing.
func (d *database) Due(ctx context.Context, connection string, scope []string) (Due, error) {
	const open = "status IN ('unknown', 'sent')"
	var due Due
	err := d.read(ctx, func(t *tx) error {
		if len(scope) > 0 {
			return t.row(ctx, scopedProducts(t.dialect)+`
				SELECT COUNT(*) FILTER (WHERE `+isDue+`), COUNT(*) FILTER (WHERE live),
					COUNT(*) FILTER (WHERE `+isDue+` AND quantity = 0 AND live),
					COUNT(*) FILTER (WHERE `+open+` AND quantity = 0 AND live), COUNT(*) FILTER (WHERE open_call IS NOT NULL)
				FROM scoped CROSS JOIN channel_levels c WHERE c.connection = ? AND c.product = scoped.product`,
				t.dialect.list(scope), connection, connection).
				Scan(&due.Rows, &due.Live, &due.Zeroing, &due.Open, &due.InCalls)
		}
		const zeroing = "(SELECT COUNT(*) FROM channel_levels WHERE connection BETWEEN ? AND ? AND live AND quantity = 0 AND "
		live := ", (SELECT COUNT(*) FROM channel_levels WHERE connection = ? AND live), "
		return t.row(ctx, remains+live+zeroing+isDue+`), `+zeroing+open+`)`,
			connection, connection, connection, connection, connection, connection, connection).
			Scan(&due.Rows, &due.InCalls, &due.Live, &due.Zeroing, &due.Open)
	})
	return due, err
}

// isDue is a condition for rows that still need a call.
const isDue = "status IN ('pending', 'retrying')"

// remains begins a statement that counts what a push of a whole connection still has to do: the due rows, and the rows in open calls.
// Its arguments are the connection, twice.
const remains = `SELECT (SELECT COUNT(*) FROM channel_levels WHERE connection = ? AND ` + isDue + `),
	(SELECT COUNT(*) FROM channel_levels WHERE connection = ? AND open_call IS NOT NULL)`

// Remaining counts what a push still has to do; see Pusher.
func (d *database) Remaining(ctx context.Context, connection string, scope []string) (Remaining, error) {
	if len(scope) > 0 {
		due, err := d.Due(ctx, connection, scope)
		return Remaining{Rows: due.Rows, InCalls: due.InCalls}, err
	}
	var remaining Remaining
	err := d.read(ctx, func(t *tx) error {
		return t.row(ctx, remains, connection, connection).Scan(&remaining.Rows, &remaining.InCalls)
	})
	return remaining, err
}

// Zeroed counts the rows that went to 0; see Resolver.
func (d *database) Zeroed(ctx context.Context, connection string, since time.Time) (Zeroed, error) {
	var zeroed Zeroed
	err := d.read(ctx, func(t *tx) error {
		var first sql.NullInt64
		err := t.row(ctx, `SELECT COUNT(*), COUNT(*) FILTER (WHERE quantity = 0), MIN(zeroed_at) FILTER (WHERE quantity = 0)
			FROM channel_levels WHERE connection = ? AND zeroed_at > ?`, connection, micros(since)).Scan(&zeroed.All, &zeroed.Rows, &first)
		zeroed.First = time.Time{}
		if first.Valid {
			zeroed.First = fromMicros(first.Int64)
		}
		return err
	})
	return zeroed, err
}

// ApproveZeroing records that a person agreed to the rows that go to 0; see Resolver.
func (d *database) ApproveZeroing(ctx context.Context, lease Lease) error {
	return d.write(ctx, func(t *tx) error {
		at, err := t.checkLease(ctx, lease)
		if err != nil {
			return err
		}
		if _, err = t.exec(ctx, "UPDATE channel_levels SET zeroed_at = NULL WHERE connection = ? AND zeroed_at IS NOT NULL", at.connection); err != nil {
			return err
		}
		_, err = t.exec(ctx, `UPDATE channel_levels SET live = FALSE WHERE connection BETWEEN ? AND ? AND live AND quantity = 0
			AND status IN ('pending', 'retrying', 'unknown', 'sent')`, at.connection, at.connection)
		return err
	})
}

// dueOrBlocked is the status of a row after its call ended without a response: due again, unless a rule of our own blocks it.
const dueOrBlocked = "CASE WHEN blocked <> '' THEN 'blocked' ELSE 'pending' END"
