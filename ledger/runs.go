package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/tidemark/tidemark/inventory"
)

const runColumns = `id, connection, store, warehouse, mode, trigger_kind, workflow, workflow_run, pass, dry_run, scope, requests,
	started_at, fetch_began, fetched_at, resolved_at, pushed_at, ended_at, outcome, reason, counts, phase`

// scanner is a *sql.Row or *sql.Rows.
type scanner interface{ Scan(into ...any) error }

func scanRun(row scanner) (Run, error) {
	var run Run
	var scope, requests, counts string
	var started int64
	var began, fetched, resolved, pushed, ended sql.NullInt64
	err := row.Scan(&run.ID, &run.Connection, &run.Store, &run.Warehouse, &run.Mode, &run.Trigger, &run.Workflow, &run.WorkflowRun,
		&run.Pass, &run.DryRun, &scope, &requests, &started, &began, &fetched, &resolved, &pushed, &ended, &run.Outcome, &run.Reason, &counts, &run.Phase)
	if err != nil {
		return Run{}, err
	}
	run.StartedAt, run.FetchBegan, run.EndedAt = fromMicros(started), fromOptional(began), fromOptional(ended)
	run.FetchedAt, run.ResolvedAt, run.PushedAt = fromOptional(fetched), fromOptional(resolved), fromOptional(pushed)
	name := fmt.Sprintf("run %d", run.ID)
	err = errors.Join(decode(name, scope, &run.Scope), decode(name, requests, &run.Requests), decode(name, counts, &run.Counts))
	if len(run.Scope) == 0 {
		run.Scope = nil
	}
	if len(run.Requests) == 0 {
		run.Requests = nil
	}
	return run, err
}

func (t *tx) run(ctx context.Context, id int64) (Run, error) {
	run, err := scanRun(t.row(ctx, "SELECT "+runColumns+" FROM runs WHERE id = ?", id))
	if errors.Is(err, sql.ErrNoRows) {
		return Run{}, fmt.Errorf("%w: run %d", ErrNotFound, id)
	}
	return run, err
}

// Run returns a run.
func (d *database) Run(ctx context.Context, id int64) (Run, error) {
	var run Run
	err := d.read(ctx, func(t *tx) (err error) {
		run, err = t.run(ctx, id)
		return err
	})
	return run, err
}

// Runs lists runs, newest first; connection may be empty.
func (d *database) Runs(ctx context.Context, connection string, limit int) ([]Run, error) {
	query, arguments := "SELECT "+runColumns+" FROM runs", []any{}
	if connection != "" {
		query, arguments = query+" WHERE connection = ?", append(arguments, connection)
	}
	return d.listRuns(ctx, query+" ORDER BY id DESC LIMIT ?", append(arguments, limitOf(limit))...)
}

// listRuns reads the runs of a query for runColumns.
func (d *database) listRuns(ctx context.Context, query string, arguments ...any) ([]Run, error) {
	var runs []Run
	err := d.read(ctx, func(t *tx) error {
		runs = nil
		return t.each(ctx, func(row *sql.Rows) error {
			run, err := scanRun(row)
			runs = append(runs, run)
			return err
		}, query, arguments...)
	})
	return runs, err
}

// OpenRuns lists a connection's runs that have not ended; see Gate.
func (d *database) OpenRuns(ctx context.Context, connection string) ([]Run, error) {
	return d.listRuns(ctx, "SELECT "+runColumns+" FROM runs WHERE connection = ? AND ended_at IS NULL ORDER BY id", connection)
}

// Progress records a run's phase and counts; see Gate.
func (d *database) Progress(ctx context.Context, run int64, phase string, counts Counts) error {
	return d.write(ctx, func(t *tx) error {
		current, err := t.run(ctx, run)
		if err != nil || current.EndedAt != nil {
			return err
		}
		_, err = t.exec(ctx, "UPDATE runs SET phase = ?, counts = ? WHERE id = ?",
			inventory.Storable(phase), encode(current.Counts.with(counts)), run)
		return err
	})
}

// EndStage records that a stage of a run has ended; see Gate.
func (d *database) EndStage(ctx context.Context, run int64, stage Stage, next string, counts Counts, now time.Time) error {
	column := map[Stage]string{StageFetch: "fetched_at", StageResolve: "resolved_at", StagePush: "pushed_at"}[stage]
	if column == "" {
		return fmt.Errorf("ledger: %q is not a stage of a run", stage)
	}
	return d.write(ctx, func(t *tx) error {
		current, err := t.run(ctx, run)
		if err != nil || current.EndedAt != nil {
			return err
		}
		_, err = t.exec(ctx, "UPDATE runs SET "+column+" = ?, phase = ?, counts = ? WHERE id = ?",
			micros(now), inventory.Storable(cmp.Or(next, current.Phase)), encode(current.Counts.with(counts)), run)
		return err
	})
}

// with returns the counts with those of newer that are not 0 in their place.
func (c Counts) with(newer Counts) Counts {
	return Counts{
		SnapshotFigures: SnapshotFigures{
			Rows: cmp.Or(newer.Rows, c.Rows), Refused: cmp.Or(newer.Refused, c.Refused), Missing: cmp.Or(newer.Missing, c.Missing),
			Changed: cmp.Or(newer.Changed, c.Changed), Older: cmp.Or(newer.Older, c.Older),
		},
		Stale: cmp.Or(newer.Stale, c.Stale),
		Odd:   cmp.Or(newer.Odd, c.Odd), Resolved: cmp.Or(newer.Resolved, c.Resolved),
		Due: cmp.Or(newer.Due, c.Due), Exported: cmp.Or(newer.Exported, c.Exported), Sent: cmp.Or(newer.Sent, c.Sent),
		Rejected: cmp.Or(newer.Rejected, c.Rejected), Parked: cmp.Or(newer.Parked, c.Parked), Blocked: cmp.Or(newer.Blocked, c.Blocked),
		Retrying: cmp.Or(newer.Retrying, c.Retrying), Calls: cmp.Or(newer.Calls, c.Calls), Waits: cmp.Or(newer.Waits, c.Waits),
	}
}

// pushedEverything is a condition for completed runs without a scope that were not dry. prefix is the prefix of the columns, such as "r.".
func pushedEverything(prefix string) string {
	return prefix + "outcome IN ('completed', 'completed_with_failures') AND NOT " + prefix + "dry_run AND " + prefix + "scope = '[]'"
}

// LastSuccess returns a connection's newest run that pushed everything; see Reader.
func (d *database) LastSuccess(ctx context.Context, connection string) (Run, error) {
	var run Run
	err := d.read(ctx, func(t *tx) (err error) {
		run, err = scanRun(t.row(ctx, "SELECT "+runColumns+` FROM runs WHERE connection = ?
			AND `+pushedEverything("")+" ORDER BY id DESC LIMIT 1", connection))
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("%w: a run of connection %s that went through everything", ErrNotFound, connection)
		}
		return err
	})
	return run, err
}

// pageRows is how many rows a list returns when no limit is given.
const pageRows = 100

func limitOf(limit int) int {
	if limit <= 0 {
		return pageRows
	}
	return limit
}

func (t *tx) insertRun(ctx context.Context, claim Claim, target target, mode Mode, outcome Outcome, reason string) (int64, error) {
	var ended *int64
	if outcome != Running {
		ended = new(micros(claim.Now))
	}
	requests := make([]Request, len(claim.Requests))
	for i, request := range claim.Requests {
		requests[i] = Request{ID: request.ID, By: inventory.Storable(request.By), At: request.At.UTC().Truncate(time.Microsecond)}
	}
	scope := claim.Scope
	if scope == nil {
		scope = []string{}
	}
	var id int64
	err := t.row(ctx, `INSERT INTO runs (connection, store, warehouse, mode, trigger_kind, workflow, workflow_run, pass, dry_run, scope, requests,
			started_at, ended_at, outcome, reason)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
		claim.Connection, target.store, target.warehouse, mode, claim.Trigger, claim.Workflow, claim.WorkflowRun, claim.Pass, claim.DryRun,
		encode(scope), encode(requests), micros(claim.Now), ended, outcome, inventory.Storable(reason)).Scan(&id)
	return id, err
}
