package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/tidemark/tidemark/inventory"
)

const holdColumns = "run, kind, connection, warehouse, workflow, reason, level_rows, zeroing, held_at, decision, decided_by, decided_at, unnamed, twice, approved_rows, approved_by, approved_at"

// waits is true for a hold h that still waits for a person: the run of one that was not answered in time has ended.
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

// Hold records that a run waits for a person; see Reader. That of a snapshot is of the content that the run held last; that of a push marks
// the rows that it asks about. Where it takes the place of one that was approved, it keeps what was approved.
func (d *database) Hold(ctx context.Context, hold Hold) error {
	if hold.Kind != HoldSnapshot && hold.Kind != HoldZeroing {
		return fmt.Errorf("ledger: %q is no kind of a hold", hold.Kind)
	}
	return d.write(ctx, func(t *tx) error {
		content := ""
		if hold.Kind == HoldSnapshot {
			err := t.row(ctx, "SELECT content FROM snapshots WHERE run = ? AND warehouse = ? AND held <> '' ORDER BY id DESC LIMIT 1", hold.Run, hold.Warehouse).Scan(&content)
			if err != nil && !errors.Is(err, sql.ErrNoRows) {
				return err
			}
		}
		// A run waits for one answer at a time. What it asked before would else stay the older question, to which no answer comes.
		by := fmt.Sprintf("run %d", hold.Run)
		if _, err := t.dissolveHolds(ctx, hold.Run, by, hold.At, fmt.Sprintf("h.kind <> '%s' AND h.run = ?", hold.Kind), hold.Run); err != nil {
			return err
		}
		written, err := t.exec(ctx, `INSERT INTO holds (run, kind, connection, warehouse, workflow, reason, level_rows, zeroing, held_at, unnamed, twice, content)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (run, kind) DO UPDATE SET connection = excluded.connection, warehouse = excluded.warehouse, workflow = excluded.workflow, reason = excluded.reason,
			level_rows = excluded.level_rows, zeroing = excluded.zeroing, held_at = excluded.held_at, unnamed = excluded.unnamed,
			twice = excluded.twice, content = excluded.content,
			approved_rows = CASE WHEN holds.decision <> 'approved' THEN NULL WHEN holds.kind = 'zeroing' THEN holds.zeroing ELSE holds.level_rows END,
			approved_by = CASE WHEN holds.decision = 'approved' THEN holds.decided_by ELSE '' END,
			approved_at = CASE WHEN holds.decision = 'approved' THEN holds.decided_at END,
			decision = '', decided_by = '', decided_at = NULL, answered_with = NULL
			WHERE holds.decision <> ''`,
			hold.Run, string(hold.Kind), hold.Connection, hold.Warehouse, hold.Workflow, inventory.Storable(hold.Reason), hold.Rows, hold.Zeroing, micros(hold.At),
			hold.Absent.Levels, hold.Absent.Twice, content)
		if err != nil || written == 0 || hold.Kind != HoldZeroing {
			return err
		}
		return t.markZeroing(ctx, hold)
	})
}

// newestHold finds the newest hold of a run: one of a push comes after one of a snapshot.
func (t *tx) newestHold(ctx context.Context, run int64, lock string) (Hold, sql.NullInt64, error) {
	var with sql.NullInt64
	hold, err := scanHold(t.row(ctx, "SELECT "+holdColumns+", answered_with FROM holds WHERE run = ? ORDER BY held_at DESC, kind DESC LIMIT 1"+lock, run), &with)
	if errors.Is(err, sql.ErrNoRows) {
		return Hold{}, with, fmt.Errorf("%w: a hold of run %d", ErrNotFound, run)
	}
	return hold, with, err
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

// OpenHolds lists holds that wait, oldest first. That of a run which has ended waits for nobody.
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

// Decide answers the newest hold of a run; see Reader. The same run asked again gets the same holds, so that a caller who was
// interrupted can tell every run of the answer.
func (d *database) Decide(ctx context.Context, run int64, decision, by string, now time.Time) ([]Hold, error) {
	if decision != decisionApproved && decision != decisionRejected {
		return nil, fmt.Errorf("ledger: a hold is approved or rejected, not %q", decision)
	}
	var answered []Hold
	err := d.write(ctx, func(t *tx) error {
		hold, with, err := t.newestHold(ctx, run, t.dialect.lock("holds"))
		if err != nil {
			return err
		}
		after, changed := decide(hold.Decision, decision)
		if changed {
			if err := t.decide(ctx, hold, with, after, inventory.Storable(by), now); err != nil {
				return err
			}
			with, hold.DecidedAt = sql.NullInt64{Int64: run, Valid: true}, new(fromMicros(micros(now)))
		}
		if with.Int64 != run {
			answered = []Hold{hold} // with another run's answer, or with none
			return nil
		}
		answered, err = t.holds(ctx, "h.answered_with = ? AND h.kind = ? AND h.decided_at = ?", run, string(hold.Kind), micros(*hold.DecidedAt))
		if err != nil || !changed {
			return err
		}
		return t.carryOut(ctx, answered)
	})
	return answered, err
}

// decide answers a hold, and with a snapshot's every other that waits on the same warehouse. A rejection is lifted from every hold that was
// rejected with this one, or of the same content.
func (t *tx) decide(ctx context.Context, hold Hold, with sql.NullInt64, after, by string, now time.Time) error {
	where, arguments := "h.run = ? AND h.kind = ?", []any{hold.Run, string(hold.Kind)}
	switch {
	case hold.Kind != HoldSnapshot:
	case after == decisionLifted:
		where += ` OR (h.kind = 'snapshot' AND h.warehouse = ? AND h.decision = 'rejected' AND (h.answered_with = ?
			OR (h.content <> '' AND h.content = (SELECT o.content FROM holds o WHERE o.run = ? AND o.kind = 'snapshot'))))`
		arguments = append(arguments, hold.Warehouse, with, hold.Run)
	default:
		where += " OR (h.kind = 'snapshot' AND h.warehouse = ? AND " + waits + ")"
		arguments = append(arguments, hold.Warehouse)
	}
	_, err := t.exec(ctx, "UPDATE holds AS h SET decision = ?, decided_by = ?, decided_at = ?, answered_with = ? WHERE "+where,
		append([]any{after, by, micros(now), hold.Run}, arguments...)...)
	return err
}

// carryOut does to rows and snapshots what was decided on holds.
func (t *tx) carryOut(ctx context.Context, decided []Hold) error {
	for _, hold := range decided {
		var err error
		switch {
		case hold.Kind == HoldSnapshot:
			err = t.tellSnapshots(ctx, hold)
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

// tellSnapshots has the snapshots of a hold's content say what was decided.
func (t *tx) tellSnapshots(ctx context.Context, hold Hold) error {
	held, rejected := hold.heldSince(), ""
	if hold.Decision == decisionRejected {
		held, rejected = "", hold.Verdict()
	}
	_, err := t.exec(ctx, `UPDATE snapshots SET held = ?, rejected = ? WHERE warehouse = ? AND content <> '' AND state = 'held'
		AND content = (SELECT h.content FROM holds h WHERE h.run = ? AND h.kind = 'snapshot')`, held, rejected, hold.Warehouse, hold.Run)
	return err
}
