package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/tidemark/tidemark/inventory"
)

const holdColumns = "run, kind, connection, warehouse, workflow, reason, level_rows, zeroing, held_at, " +
	"decision, decided_by, decided_at, unnamed, twice, approved_rows, approved_by, approved_at"

// waits is a condition for holds h that wait for a person. A hold whose run has ended, because nobody answered in time, waits no more.
const waits = "h.decision = '' AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.id = h.run AND r.ended_at IS NOT NULL)"

func scanHold(row scanner, more ...any) (Hold, error) {
	var hold Hold
	var at int64
	var decided, approved, approvedAt sql.NullInt64
	var approvedBy string
	err := row.Scan(append([]any{
		&hold.Run, &hold.Kind, &hold.Connection, &hold.Warehouse, &hold.Workflow, &hold.Reason, &hold.Rows, &hold.Zeroing, &at,
		&hold.Decision, &hold.By, &decided, &hold.Absent.Levels, &hold.Absent.Twice,
		&approved, &approvedBy, &approvedAt,
	}, more...)...)
	if approved.Valid {
		hold.Before = &Approval{Rows: approved.Int64, By: approvedBy, At: fromMicros(approvedAt.Int64)}
	}
	hold.At, hold.DecidedAt = fromMicros(at), fromOptional(decided)
	return hold, err
}

// Hold records that a run waits for a person; see HoldKeeper. The hold of a snapshot is recorded with the content that the run held last.
// The hold of a push marks the rows that it asks about. When a run that was approved is held again, the new hold keeps the approval.
func (d *database) Hold(ctx context.Context, hold Hold) error {
	if hold.Kind != HoldSnapshot && hold.Kind != HoldZeroing {
		return fmt.Errorf("ledger: %q is not a kind of hold", hold.Kind)
	}
	return d.write(ctx, func(t *tx) error {
		content := ""
		if hold.Kind == HoldSnapshot {
			err := t.row(ctx, `SELECT content FROM snapshots WHERE run = ? AND warehouse = ? AND held <> ''
				ORDER BY id DESC LIMIT 1`, hold.Run, hold.Warehouse).Scan(&content)
			if err != nil && !errors.Is(err, sql.ErrNoRows) {
				return err
			}
		}
		// A run waits for one answer at a time. An earlier hold of the other kind would otherwise stay open and never be answered.
		by := fmt.Sprintf("run %d", hold.Run)
		if _, err := t.dissolveHolds(ctx, hold.Run, by, hold.At, fmt.Sprintf("h.kind <> '%s' AND h.run = ?", hold.Kind), hold.Run); err != nil {
			return err
		}
		const columns = "run, kind, connection, warehouse, workflow, reason, level_rows, zeroing, held_at, unnamed, twice, content"
		written, err := t.exec(ctx, "INSERT INTO holds ("+columns+`)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (run, kind) DO UPDATE SET connection = excluded.connection, warehouse = excluded.warehouse,
			workflow = excluded.workflow, reason = excluded.reason,
			level_rows = excluded.level_rows, zeroing = excluded.zeroing, held_at = excluded.held_at, unnamed = excluded.unnamed,
			twice = excluded.twice, content = excluded.content,
			approved_rows = CASE WHEN holds.decision <> 'approved' THEN NULL
				WHEN holds.kind = 'zeroing' THEN holds.zeroing ELSE holds.level_rows END,
			approved_by = CASE WHEN holds.decision = 'approved' THEN holds.decided_by ELSE '' END,
			approved_at = CASE WHEN holds.decision = 'approved' THEN holds.decided_at END,
			decision = '', decided_by = '', decided_at = NULL, answered_with = NULL
			WHERE holds.decision <> ''`,
			hold.Run, string(hold.Kind), hold.Connection, hold.Warehouse, hold.Workflow, inventory.Storable(hold.Reason),
			hold.Rows, hold.Zeroing, micros(hold.At),
			hold.Absent.Levels, hold.Absent.Twice, content)
		if err != nil || written == 0 || hold.Kind != HoldZeroing {
			return err
		}
		return t.markZeroing(ctx, hold)
	})
}

// newestHold returns the newest hold of a run, and the run whose answer decided it (NULL when none did). The hold of a push comes
// after the hold of a snapshot.
func (t *tx) newestHold(ctx context.Context, run int64, lock string) (Hold, sql.NullInt64, error) {
	var answeredWith sql.NullInt64
	hold, err := scanHold(t.row(ctx, "SELECT "+holdColumns+`, answered_with FROM holds
		WHERE run = ? ORDER BY held_at DESC, kind DESC LIMIT 1`+lock, run), &answeredWith)
	if errors.Is(err, sql.ErrNoRows) {
		return Hold{}, answeredWith, fmt.Errorf("%w: a hold of run %d", ErrNotFound, run)
	}
	return hold, answeredWith, err
}

// HoldOf returns the newest hold of a run.
func (d *database) HoldOf(ctx context.Context, run int64) (Hold, error) {
	var hold Hold
	err := d.read(ctx, func(t *tx) (err error) {
		hold, _, err = t.newestHold(ctx, run, "")
		return err
	})
	return hold, err
}

// OpenHolds lists the waiting holds, oldest first. A hold of a run that has ended is not waiting.
func (d *database) OpenHolds(ctx context.Context) ([]Hold, error) {
	var holds []Hold
	err := d.read(ctx, func(t *tx) (err error) {
		holds, err = t.holds(ctx, waits)
		return err
	})
	return holds, err
}

func (t *tx) holds(ctx context.Context, where string, arguments ...any) ([]Hold, error) {
	var holds []Hold
	err := t.each(ctx, func(row *sql.Rows) error {
		hold, err := scanHold(row)
		holds = append(holds, hold)
		return err
	}, "SELECT "+holdColumns+" FROM holds h WHERE "+where+" ORDER BY held_at, run, kind", arguments...)
	return holds, err
}

// Decide answers the newest hold of a run; see HoldKeeper. A second call for the same run returns the same holds, so that a caller that was
// interrupted can still signal every run that the answer concerns.
func (d *database) Decide(ctx context.Context, run int64, decision, by string, now time.Time) ([]Hold, error) {
	if decision != decisionApproved && decision != decisionRejected {
		return nil, fmt.Errorf("ledger: a hold is approved or rejected, not %q", decision)
	}
	var answered []Hold
	err := d.write(ctx, func(t *tx) error {
		hold, answeredWith, err := t.newestHold(ctx, run, t.dialect.lock("holds"))
		if err != nil {
			return err
		}
		after, changed := decide(hold.Decision, decision)
		if changed {
			if err := t.decide(ctx, hold, answeredWith, after, inventory.Storable(by), now); err != nil {
				return err
			}
			answeredWith, hold.DecidedAt = sql.NullInt64{Int64: run, Valid: true}, new(fromMicros(micros(now)))
		}
		if answeredWith.Int64 != run {
			answered = []Hold{hold} // it was decided with the answer to another run, or without any
			return nil
		}
		answered, err = t.holds(ctx, "h.answered_with = ? AND h.kind = ? AND h.decided_at = ?",
			run, string(hold.Kind), micros(*hold.DecidedAt))
		if err != nil || !changed {
			return err
		}
		return t.carryOut(ctx, answered)
	})
	return answered, err
}

// decide records the decision on a hold. For a snapshot it decides every hold that waits on the same warehouse. A rejection is lifted from
// every hold that was rejected with this one (with the answer to the run answeredWith), or for the same content.
func (t *tx) decide(ctx context.Context, hold Hold, answeredWith sql.NullInt64, after, by string, now time.Time) error {
	where, arguments := "h.run = ? AND h.kind = ?", []any{hold.Run, string(hold.Kind)}
	switch {
	case hold.Kind != HoldSnapshot:
	case after == decisionLifted:
		where += ` OR (h.kind = 'snapshot' AND h.warehouse = ? AND h.decision = 'rejected' AND (h.answered_with = ?
			OR (h.content <> '' AND h.content = (SELECT o.content FROM holds o WHERE o.run = ? AND o.kind = 'snapshot'))))`
		arguments = append(arguments, hold.Warehouse, answeredWith, hold.Run)
	default:
		where += " OR (h.kind = 'snapshot' AND h.warehouse = ? AND " + waits + ")"
		arguments = append(arguments, hold.Warehouse)
	}
	_, err := t.exec(ctx, "UPDATE holds AS h SET decision = ?, decided_by = ?, decided_at = ?, answered_with = ? WHERE "+where,
		append([]any{after, by, micros(now), hold.Run}, arguments...)...)
	return err
}

// carryOut applies the decisions on holds to rows and snapshots.
func (t *tx) carryOut(ctx context.Context, decided []Hold) error {
	for _, hold := range decided {
		var err error
		switch {
		case hold.Kind == HoldSnapshot:
			err = t.markSnapshots(ctx, hold)
		case hold.Decision == decisionRejected:
			err = t.keepRows(ctx, hold)
		case hold.Decision == decisionLifted:
			err = t.liftRows(ctx, hold)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// markSnapshots writes the decision on a hold into the held snapshots that have its content.
func (t *tx) markSnapshots(ctx context.Context, hold Hold) error {
	held, rejected := hold.heldSince(), ""
	if hold.Decision == decisionRejected {
		held, rejected = "", hold.Verdict()
	}
	_, err := t.exec(ctx, `UPDATE snapshots SET held = ?, rejected = ? WHERE warehouse = ? AND content <> '' AND state = 'held'
		AND content = (SELECT h.content FROM holds h WHERE h.run = ? AND h.kind = 'snapshot')`, held, rejected, hold.Warehouse, hold.Run)
	return err
}
