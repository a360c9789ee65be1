package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

func checkClaim(claim Claim) error {
	if claim.WorkflowRun == "" {
		return errors.New("ledger: a claim needs the first run id of its workflow")
	}
	if claim.Mode != Smart && claim.Mode != Full {
		return fmt.Errorf("ledger: %q is not a mode of a run", claim.Mode)
	}
	if err := checkRequests(claim.Requests); err != nil {
		return err
	}
	return checkText("a SKU of the scope", claim.Scope...)
}

// passRun is the run that a pass of a workflow has begun before.
type passRun struct {
	id      int64 // 0: it has begun none
	mode    Mode
	outcome Outcome
	ended   sql.NullInt64
}

func (p passRun) over() bool { return p.ended.Valid }

func (t *tx) runOfPass(ctx context.Context, claim Claim) (passRun, error) {
	var run passRun
	err := t.row(ctx, "SELECT id, mode, outcome, ended_at FROM runs WHERE workflow_run = ? AND pass = ?", claim.WorkflowRun, claim.Pass).
		Scan(&run.id, &run.mode, &run.outcome, &run.ended)
	if errors.Is(err, sql.ErrNoRows) {
		return passRun{}, nil
	}
	return run, err
}

// SkipRun records a scheduled run that did not take place. Recording the same pass again changes nothing.
func (d *database) SkipRun(ctx context.Context, claim Claim, outcome Outcome, reason string) (int64, error) {
	if err := checkClaim(claim); err != nil {
		return 0, err
	}
	var id int64
	err := d.write(ctx, func(t *tx) error {
		target, err := t.target(ctx, claim.Connection)
		if err != nil {
			return err
		}
		at, err := t.gate(ctx, target.store)
		if err != nil {
			return err
		}
		if err := t.leave(ctx, at, claim.Workflow); err != nil {
			return err
		}
		run, err := t.runOfPass(ctx, claim)
		if err != nil {
			return err
		}
		if id = run.id; id != 0 {
			return nil
		}
		if id, err = t.insertRun(ctx, claim, target, claim.Mode, outcome, reason); err != nil {
			return err
		}
		end := RequestEnd{Run: id, Outcome: RequestFailed, Reason: reason, Now: claim.Now}
		return t.endUnserved(ctx, claim.Connection, claim.Mode, claim.Requests, end)
	})
	return id, err
}

// covered returns whether every request of a claim is already satisfied, and the latest run that satisfied one.
//
// A request that was served is never served again, for as long as it is stored. A request that was not served is satisfied by a completed
// pass without a scope that began to fetch after the request was made. A Smart pass covers only Smart requests. Only a Full pass covers a
// request with a scope, which wants its SKUs pushed whether they changed or not. Nothing covers a request for a dry run, whose result
// somebody wants to see.
//
// These rules also hold for a request that needs no fetch: the change that it is about was recorded before the request was made, so a pass
// that began to fetch later resolves that change too. A pass that skips its fetch covers no requests. It serves its own when it ends.
func (t *tx) covered(ctx context.Context, claim Claim) (int64, bool, error) {
	var last int64
	for _, request := range claim.Requests {
		run, err := t.coveringRun(ctx, claim, request)
		if err != nil || run == nil {
			return 0, false, err
		}
		last = max(last, *run)
	}
	return last, len(claim.Requests) > 0, nil
}

// coveringRun returns the run that satisfied a request, nil when none did.
func (t *tx) coveringRun(ctx context.Context, claim Claim, request Request) (*int64, error) {
	var run int64
	err := t.row(ctx, "SELECT run FROM requests WHERE connection = ? AND id = ? AND served_at IS NOT NULL AND (mode = 'full' OR ? = 'smart')",
		claim.Connection, request.ID, string(claim.Mode)).Scan(&run)
	if err == nil {
		return &run, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	if claim.DryRun {
		return nil, nil
	}
	needed := Smart
	if claim.Mode == Full || len(claim.Scope) > 0 {
		needed = Full
	}
	err = t.row(ctx, `SELECT id FROM runs WHERE connection = ? AND `+pushedEverything("")+`
		AND fetch_began > ? AND (mode = 'full' OR ? = 'smart') ORDER BY id DESC LIMIT 1`,
		claim.Connection, micros(request.At), string(needed)).Scan(&run)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &run, err
}
