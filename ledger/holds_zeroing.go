package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// goesToZero is a condition for the rows of a connection that the guard against mass zeroing counts as due; see Due.
const goesToZero = "connection BETWEEN ? AND ? AND live AND quantity = 0 AND " + isDue

// scoped returns a condition for the rows of a run's scope, with its arguments; empty without a scope.
func (t *tx) scoped(connection string, scope []string) (string, []any) {
	if len(scope) == 0 {
		return "", nil
	}
	return " AND product IN (" + scopedProducts(t.dialect) + " SELECT product FROM scoped)", []any{t.dialect.list(scope), connection}
}

// scopeOf is the scope of a hold's run.
func (t *tx) scopeOf(ctx context.Context, hold Hold) ([]string, error) {
	run, err := t.run(ctx, hold.Run)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return run.Scope, err
}

// markZeroing marks the rows that are due to go to 0 with the run of the hold that asks about them. A row that another open hold asks about
// stays marked for that one: see keepRows.
func (t *tx) markZeroing(ctx context.Context, hold Hold) error {
	scope, err := t.scopeOf(ctx, hold)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, "UPDATE channel_levels SET hold_run = NULL WHERE connection = ? AND hold_run = ? AND kept = ''",
		hold.Connection, hold.Run)
	if err != nil {
		return err
	}
	within, arguments := t.scoped(hold.Connection, scope)
	_, err = t.exec(ctx, "UPDATE channel_levels SET hold_run = ? WHERE "+goesToZero+` AND (hold_run IS NULL OR hold_run NOT IN
		(SELECT h.run FROM holds h WHERE h.connection = ? AND h.kind = 'zeroing' AND `+waits+`))`+within,
		append([]any{hold.Run, hold.Connection, hold.Connection, hold.Connection}, arguments...)...)
	return err
}

// keepRows blocks the rows that a rejected hold asked about and that still go to 0. When a connection has several open holds, a row is
// marked for the oldest, although the later ones asked about it too.
func (t *tx) keepRows(ctx context.Context, hold Hold) error {
	scope, err := t.scopeOf(ctx, hold)
	if err != nil {
		return err
	}
	if err := t.rowsChange(ctx, hold.Connection); err != nil {
		return err
	}
	why := hold.keptReason()
	within, arguments := t.scoped(hold.Connection, scope)
	_, err = t.exec(ctx, "UPDATE channel_levels SET kept = ?, blocked = ?, status = 'blocked', reason = ?, hold_run = ? WHERE "+goesToZero+`
		AND hold_run IN (SELECT h.run FROM holds h WHERE h.connection = ? AND h.kind = 'zeroing'
			AND (h.run = ? OR (h.held_at <= ? AND `+waits+`)))`+within,
		append([]any{why, why, why, hold.Run, hold.Connection, hold.Connection, hold.Connection, hold.Run, micros(hold.At)}, arguments...)...)
	return err
}

// liftRows makes the rows due again that a rejection kept.
func (t *tx) liftRows(ctx context.Context, hold Hold) error {
	if err := t.rowsChange(ctx, hold.Connection); err != nil {
		return err
	}
	_, err := t.exec(ctx, `UPDATE channel_levels SET status = CASE WHEN blocked = kept AND open_call IS NULL THEN 'pending' ELSE status END,
		reason = CASE WHEN blocked = kept AND open_call IS NULL THEN '' ELSE reason END,
		blocked = CASE WHEN blocked = kept THEN '' ELSE blocked END,
		kept = '', hold_run = NULL WHERE connection = ? AND hold_run = ? AND kept <> ''`, hold.Connection, hold.Run)
	return err
}

// Kept counts the rows that a rejection keeps from going to 0; see Resolver.
func (d *database) Kept(ctx context.Context, connection string, scope []string) (Kept, error) {
	var kept Kept
	err := d.read(ctx, func(t *tx) error {
		within, arguments := t.scoped(connection, scope)
		byConnection, err := t.keptRows(ctx, []string{connection}, within, arguments...)
		kept = byConnection[connection]
		return err
	})
	return kept, err
}

// keptRows counts, by connection, the rows within a condition that a rejection keeps from going to 0.
func (t *tx) keptRows(ctx context.Context, connections []string, within string, arguments ...any) (map[string]Kept, error) {
	byConnection := map[string]Kept{}
	return byConnection, t.each(ctx, func(row *sql.Rows) error {
		var connection, why string
		var rows, at int64
		var run sql.NullInt64
		err := row.Scan(&connection, &why, &rows, &at, &run)
		kept := byConnection[connection]
		if kept.Answers == 0 {
			kept.Decided = strings.TrimPrefix(why, keptBefore)
		}
		kept.Rows, kept.Answers = kept.Rows+rows, kept.Answers+1
		if run.Valid {
			kept.Runs = append(kept.Runs, run.Int64)
		}
		byConnection[connection] = kept
		return err
	}, `SELECT connection, kept, COUNT(*),
			COALESCE(MAX((SELECT h.decided_at FROM holds h WHERE h.run = hold_run AND h.kind = 'zeroing')), 0) AS decided, MAX(hold_run)
		FROM channel_levels WHERE connection IN (SELECT j.value FROM `+t.dialect.set()+`) AND kept <> '' AND blocked = kept`+within+`
		GROUP BY connection, kept ORDER BY decided DESC, MAX(hold_run) DESC`, append([]any{t.dialect.list(connections)}, arguments...)...)
}

// DissolveZeroing ends the wait of the connection's held pushes; see Resolver.
func (d *database) DissolveZeroing(ctx context.Context, lease Lease, now time.Time) ([]Hold, error) {
	var others []Hold
	err := d.write(ctx, func(t *tx) error {
		at, err := t.checkLease(ctx, lease)
		if err != nil {
			return err
		}
		others, err = t.dissolveHolds(ctx, lease.Run, fmt.Sprintf("run %d", lease.Run), now,
			"h.kind = 'zeroing' AND h.connection = ?", at.connection)
		return err
	})
	return others, err
}

// dissolveHolds dissolves the open holds within a condition, which need no decision any more. It returns those of other runs than the
// given one.
func (t *tx) dissolveHolds(ctx context.Context, run int64, by string, now time.Time, condition string, argument any) ([]Hold, error) {
	open, err := t.holds(ctx, condition+" AND "+waits, argument)
	if err != nil {
		return nil, err
	}
	var others []Hold
	for _, hold := range open {
		hold.Decision, hold.By, hold.DecidedAt = decisionDissolved, by, new(fromMicros(micros(now)))
		changed, err := t.exec(ctx, "UPDATE holds SET decision = ?, decided_by = ?, decided_at = ? WHERE run = ? AND kind = ? AND decision = ''",
			hold.Decision, hold.By, micros(now), hold.Run, string(hold.Kind))
		if err != nil {
			return nil, err
		}
		if changed > 0 && hold.Run != run {
			others = append(others, hold)
		}
	}
	return others, nil
}
