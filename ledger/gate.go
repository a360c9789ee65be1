package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/tidemark/tidemark/inventory"
)

// leased is what a valid lease allows to work on.
type leased struct {
	lease      Lease
	connection string
	merchant   string
	warehouse  string
}

// checkLease checks a lease and keeps others from taking the store until the transaction ends. A lease is no longer valid when
// its run has ended, or when its connection was removed or now leads to another store.
func (t *tx) checkLease(ctx context.Context, lease Lease) (leased, error) {
	checked := leased{lease: lease}
	err := t.row(ctx, `SELECT c.id, c.merchant, c.warehouse FROM gates g JOIN runs r ON r.id = g.run JOIN connections c ON c.id = r.connection
		WHERE g.store = ? AND g.fence = ? AND g.run = ? AND c.store = g.store AND r.ended_at IS NULL`+t.dialect.lock("g"),
		lease.Store, lease.Fence, lease.Run).Scan(&checked.connection, &checked.merchant, &checked.warehouse)
	if errors.Is(err, sql.ErrNoRows) {
		return leased{}, fmt.Errorf("%w: run %d of store %s", ErrFenced, lease.Run, lease.Store)
	} else if err != nil {
		return leased{}, err
	}
	return checked, t.rowsChange(ctx, checked.connection)
}

// checkFetchLease is checkLease for a fetch, which needs no store: the run must be open, and its connection must lead to the same store.
func (t *tx) checkFetchLease(ctx context.Context, lease Lease) (leased, error) {
	if lease.Fence != 0 {
		return t.checkLease(ctx, lease)
	}
	checked := leased{lease: lease}
	err := t.row(ctx, `SELECT c.id, c.merchant, c.warehouse FROM runs r JOIN connections c ON c.id = r.connection
		WHERE r.id = ? AND r.store = ? AND c.store = r.store AND r.ended_at IS NULL`+t.dialect.lock("r"), lease.Run, lease.Store).
		Scan(&checked.connection, &checked.merchant, &checked.warehouse)
	if errors.Is(err, sql.ErrNoRows) {
		return leased{}, fmt.Errorf("%w: run %d of store %s has ended", ErrFenced, lease.Run, lease.Store)
	}
	return checked, err
}

// gate is a store's row of the table gates, locked.
type gate struct {
	store        string
	fence        int64
	run          sql.NullInt64
	busyUntil    int64
	awaitedBy    string
	awaitedUntil int64
}

// gate loads and locks a store's gate. It creates the gate when there is none.
func (t *tx) gate(ctx context.Context, store string) (gate, error) {
	locked := gate{store: store}
	if _, err := t.exec(ctx, "INSERT INTO gates (store) VALUES (?) ON CONFLICT (store) DO NOTHING", store); err != nil {
		return gate{}, err
	}
	err := t.row(ctx, "SELECT fence, run, busy_until, awaited_by, awaited_until FROM gates WHERE store = ?"+t.dialect.lock("gates"), store).
		Scan(&locked.fence, &locked.run, &locked.busyUntil, &locked.awaitedBy, &locked.awaitedUntil)
	return locked, err
}

// give gives the store to a workflow's run under the next fence. If the workflow waited for its turn, the wait is over.
func (t *tx) give(ctx context.Context, at gate, run int64, workflow string, mode Mode, now time.Time) (Grant, error) {
	if _, err := t.exec(ctx, "UPDATE runs SET phase = ? WHERE id = ?", PhaseResolving, run); err != nil {
		return Grant{}, err
	}
	_, err := t.exec(ctx, `UPDATE gates SET fence = ?, run = ?, taken_at = ?, awaited_by = CASE WHEN awaited_by = ? THEN '' ELSE awaited_by END
		WHERE store = ?`, at.fence+1, run, micros(now), workflow, at.store)
	return at.grant(at.fence+1, run, mode, now), err
}

func (g gate) grant(fence, run int64, mode Mode, now time.Time) Grant {
	granted := Grant{Lease: Lease{Store: g.store, Fence: fence, Run: run}, Mode: mode}
	if g.busyUntil > micros(now) {
		granted.NotBefore = fromMicros(g.busyUntil)
	}
	return granted
}

// free returns nil when a run may take the store, otherwise a *BusyError.
func (t *tx) free(ctx context.Context, at gate, replace int64) error {
	if !at.run.Valid || at.fence == replace {
		return nil
	}
	holder, err := t.holder(ctx, at.store)
	if err != nil {
		return err
	}
	return &BusyError{Holder: holder}
}

// Begin takes the connection's store and starts a run; see Gate.
func (d *database) Begin(ctx context.Context, claim Claim) (Grant, error) {
	if err := checkClaim(claim); err != nil {
		return Grant{}, err
	}
	var granted Grant
	err := d.move(ctx, claim.Now, func(t *tx) (err error) {
		granted, err = t.begin(ctx, claim)
		return err
	})
	if err != nil {
		return Grant{}, err
	}
	return granted, nil
}

func (t *tx) begin(ctx context.Context, claim Claim) (Grant, error) {
	target, err := t.target(ctx, claim.Connection)
	if err != nil {
		return Grant{}, err
	}
	at, err := t.gate(ctx, target.store)
	if err != nil {
		return Grant{}, err
	}
	run, err := t.runOfPass(ctx, claim)
	if err != nil {
		return Grant{}, err
	}
	switch {
	case run.over() && run.outcome == Covered:
		return Grant{Covered: true}, t.leave(ctx, at, claim.Workflow)
	case run.over() && run.outcome != Skipped:
		return Grant{}, fmt.Errorf("%w: run %d of connection %s is over", ErrFenced, run.id, claim.Connection)
	case run.id != 0 && at.run.Int64 == run.id:
		return at.grant(at.fence, run.id, run.mode, claim.Now), nil
	case run.id == 0:
		by, covered, err := t.covered(ctx, claim)
		if err != nil {
			return Grant{}, err
		}
		if covered {
			if err := t.coveredBy(ctx, claim, by, claim.Now); err != nil {
				return Grant{}, err
			}
			return Grant{Covered: true, CoveredBy: by}, t.leave(ctx, at, claim.Workflow)
		}
	}
	mode := target.mode(claim.Mode, claim.Scope, claim.SkipFetch)
	fetches := claim.FetchFirst && (!claim.SkipFetch || mode == Full)
	if !fetches || claim.Yields {
		if err := t.free(ctx, at, claim.Replace); err != nil {
			return Grant{}, err
		}
	}
	if !fetches {
		if err := at.turn(claim.Scope, claim.Workflow, claim.Now); err != nil {
			return Grant{}, err
		}
	}
	switch {
	case run.id == 0:
		run.id, err = t.insertRun(ctx, claim, target, mode, Running, "")
	default: // the run was skipped, or gave the store back, and goes on now
		_, err = t.exec(ctx, `UPDATE runs SET mode = ?, outcome = ?, reason = '',
			started_at = CASE WHEN ended_at IS NULL THEN started_at ELSE ? END, ended_at = NULL WHERE id = ?`,
			mode, Running, micros(claim.Now), run.id)
	}
	if err != nil {
		return Grant{}, err
	}
	if err := t.takeUp(ctx, claim, mode, run.id); err != nil {
		return Grant{}, err
	}
	if fetches {
		_, err := t.exec(ctx, "UPDATE runs SET phase = ? WHERE id = ?", PhaseFetching, run.id)
		return Grant{Lease: Lease{Store: at.store, Run: run.id}, Mode: mode}, err
	}
	return t.give(ctx, at, run.id, claim.Workflow, mode, claim.Now)
}

// turn returns a *TurnError when the claim has a scope and the store is reserved for another workflow; otherwise nil.
func (g gate) turn(scope []string, workflow string, now time.Time) error {
	if len(scope) > 0 && g.awaitedBy != "" && g.awaitedBy != workflow && g.awaitedUntil > micros(now) {
		return &TurnError{Store: g.store, Workflow: g.awaitedBy}
	}
	return nil
}

// target is a claimed connection's store and warehouse.
type target struct {
	store, warehouse string
	fullSyncRequired bool
}

func (t *tx) target(ctx context.Context, connection string) (target, error) {
	var loaded target
	err := t.row(ctx, "SELECT store, warehouse, owes_full FROM connections WHERE id = ?", connection).
		Scan(&loaded.store, &loaded.warehouse, &loaded.fullSyncRequired)
	if errors.Is(err, sql.ErrNoRows) {
		return target{}, fmt.Errorf("%w: connection %q", ErrNotFound, connection)
	}
	return loaded, err
}

// mode is Full for a connection that requires a Full Sync. A run with a scope keeps its mode, unless it would skip its fetch: the levels that a
// restored ledger holds of its SKUs may be older than what the store shows.
func (t target) mode(mode Mode, scope []string, skipsFetch bool) Mode {
	if t.fullSyncRequired && (len(scope) == 0 || skipsFetch) {
		return Full
	}
	return mode
}

// Reacquire takes the store again for a run that released it; see Gate. The run fetches anew, so it may become a Full Sync.
func (d *database) Reacquire(ctx context.Context, run int64, replace int64, now time.Time) (Grant, error) {
	return d.acquireFor(ctx, run, replace, now, func(t *tx, target target, current Run, _ gate) (Mode, error) {
		mode := target.mode(current.Mode, current.Scope, false)
		_, err := t.exec(ctx, "UPDATE runs SET mode = ? WHERE id = ?", mode, run)
		return mode, err
	})
}

// Acquire takes the store for a run that was started without it; see Gate. The run has fetched already, so it keeps its mode.
func (d *database) Acquire(ctx context.Context, run int64, replace int64, now time.Time) (Grant, error) {
	return d.acquireFor(ctx, run, replace, now, func(_ *tx, _ target, current Run, at gate) (Mode, error) {
		return current.Mode, at.turn(current.Scope, current.Workflow, now)
	})
}

// acquireFor takes the store for a run in progress. It calls chooseMode once the store is free.
func (d *database) acquireFor(ctx context.Context, run, replace int64, now time.Time,
	chooseMode func(t *tx, target target, current Run, at gate) (Mode, error),
) (Grant, error) {
	var granted Grant
	err := d.move(ctx, now, func(t *tx) error {
		current, err := t.run(ctx, run)
		if err != nil {
			return err
		}
		target, err := t.target(ctx, current.Connection)
		if err != nil {
			return err
		}
		at, err := t.gate(ctx, target.store)
		if err != nil {
			return err
		}
		switch {
		case current.EndedAt != nil:
			return fmt.Errorf("%w: run %d of connection %s is over", ErrFenced, run, current.Connection)
		case target.store != current.Store:
			return fmt.Errorf("%w: connection %s now leads to store %s", ErrFenced, current.Connection, target.store)
		case at.run.Valid && at.run.Int64 == run:
			granted = at.grant(at.fence, run, current.Mode, now)
			return nil
		}
		if err := t.free(ctx, at, replace); err != nil {
			return err
		}
		mode, err := chooseMode(t, target, current, at)
		if err != nil {
			return err
		}
		granted, err = t.give(ctx, at, run, current.Workflow, mode, now)
		return err
	})
	if err != nil {
		return Grant{}, err
	}
	return granted, nil
}

// Await notes that a workflow waits for a store; see Gate.
func (d *database) Await(ctx context.Context, store, workflow string, until, now time.Time) error {
	return d.write(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `UPDATE gates SET awaited_by = ?, awaited_until = ?
			WHERE store = ? AND (awaited_by IN ('', ?) OR awaited_until <= ?)`, workflow, micros(until), store, workflow, micros(now))
		return err
	})
}

// leave ends the reservation of the store for a workflow that no longer waits for it. Otherwise runs with a scope would have to
// wait, for nobody's sake, until the reservation expires.
func (t *tx) leave(ctx context.Context, at gate, workflow string) error {
	if at.awaitedBy != workflow {
		return nil
	}
	_, err := t.exec(ctx, "UPDATE gates SET awaited_by = '' WHERE store = ?", at.store)
	return err
}

// Leave ends the wait of a workflow that did not get the store; see Gate.
func (d *database) Leave(ctx context.Context, workflowRun string, pass int, workflow string, end RunEnd) error {
	return d.write(ctx, func(t *tx) error {
		if _, err := t.exec(ctx, "UPDATE gates SET awaited_by = '' WHERE awaited_by = ?", workflow); err != nil {
			return err
		}
		earlier, err := t.runOfPass(ctx, Claim{WorkflowRun: workflowRun, Pass: pass})
		if err != nil || earlier.id == 0 || earlier.over() {
			return err
		}
		run, err := t.run(ctx, earlier.id)
		if err != nil {
			return err
		}
		if err := t.endRun(ctx, run, end); err != nil {
			return err
		}
		_, err = t.exec(ctx, "UPDATE gates SET run = NULL WHERE store = ? AND run = ?", run.Store, run.ID)
		return err
	})
}

// Release gives the store back without ending the run; see Gate.
func (d *database) Release(ctx context.Context, lease Lease) error {
	statement, arguments := "UPDATE gates SET run = NULL WHERE store = ? AND run = ?", []any{lease.Store, lease.Run}
	if lease.Fence != 0 {
		statement, arguments = statement+" AND fence = ?", append(arguments, lease.Fence)
	}
	return d.write(ctx, func(t *tx) error {
		_, err := t.exec(ctx, statement, arguments...)
		return err
	})
}

// Holder returns the holder of a store; see Gate.
func (d *database) Holder(ctx context.Context, store string) (Holder, error) {
	var holder Holder
	err := d.read(ctx, func(t *tx) (err error) {
		holder, err = t.holder(ctx, store)
		return err
	})
	return holder, err
}

func (t *tx) holder(ctx context.Context, store string) (Holder, error) {
	holder, err := scanHolder(t.row(ctx, "SELECT "+holderColumns+" FROM gates g JOIN runs r ON r.id = g.run WHERE g.store = ?", store))
	if errors.Is(err, sql.ErrNoRows) {
		return Holder{}, fmt.Errorf("%w: no run holds store %q", ErrNotFound, store)
	}
	return holder, err
}

const holderColumns = "g.store, g.fence, g.taken_at, g.busy_until, r.id, r.connection, r.workflow, r.workflow_run"

func scanHolder(row scanner, more ...any) (Holder, error) {
	var holder Holder
	var takenAt, busyUntil int64
	columns := []any{
		&holder.Store, &holder.Fence, &takenAt, &busyUntil, &holder.Run, &holder.Connection, &holder.Workflow, &holder.WorkflowRun,
	}
	err := row.Scan(append(columns, more...)...)
	holder.TakenAt, holder.BusyUntil = fromMicros(takenAt), fromMicros(busyUntil)
	return holder, err
}

// EndRun records how a run ended and gives the store back; see Gate.
func (d *database) EndRun(ctx context.Context, lease Lease, end RunEnd) error {
	return d.move(ctx, end.Now, func(t *tx) error {
		at, err := t.gate(ctx, lease.Store)
		if err != nil {
			return err
		}
		run, err := t.run(ctx, lease.Run)
		if err != nil {
			return err
		}
		if run.EndedAt == nil {
			if err := t.endRun(ctx, run, end); err != nil {
				return err
			}
			if err := t.leave(ctx, at, run.Workflow); err != nil {
				return err
			}
		}
		if at.run.Int64 != lease.Run || (lease.Fence != 0 && at.fence != lease.Fence) {
			return nil // another run holds the store
		}
		if run.EndedAt == nil && fulfilsFullSync(run, end.Outcome) {
			if _, err := t.exec(ctx, "UPDATE connections SET owes_full = FALSE WHERE id = ? AND owes_full", run.Connection); err != nil {
				return err
			}
		}
		_, err = t.exec(ctx, "UPDATE gates SET run = NULL WHERE store = ?", lease.Store)
		return err
	})
}

func (t *tx) endRun(ctx context.Context, run Run, end RunEnd) error {
	_, err := t.exec(ctx, "UPDATE runs SET ended_at = ?, outcome = ?, reason = ?, counts = ?, phase = '' WHERE id = ?",
		micros(end.Now), end.Outcome, inventory.Storable(end.Reason), encode(end.Counts), run.ID)
	if err != nil {
		return err
	}
	return t.endRequests(ctx, run, end)
}

// fulfilsFullSync is true when a run that ends so is the Full Sync that its connection requires.
func fulfilsFullSync(run Run, outcome Outcome) bool {
	return run.Mode == Full && len(run.Scope) == 0 && !run.DryRun && (outcome == Completed || outcome == CompletedWithFailures)
}
