package activities

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/tidemark/tidemark/crash"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
)

// Fetch reads warehouses into the ledger.
type Fetch struct {
	Ledger      FetchLedger
	Drivers     warehouses.Drivers
	Environment settings.Environment
	Executions  Executions
	Now         func() time.Time
}

// snapshotsPerFetch is the most snapshots that one activity records. So a folder with a year of files is read by several activities.
const snapshotsPerFetch = 100

// Fetch reads everything that the warehouse reports and records it. Pages are staged as they arrive. The staged snapshot becomes visible in
// one transaction, after the source has confirmed that it is complete and if the guard does not hold it.
func (f *Fetch) Fetch(ctx context.Context, input FetchInput) (FetchResult, error) {
	read, stop := heartbeat(ctx)
	defer stop()
	result, err := f.fetch(ctx, input, read)
	if err == nil {
		if err = f.Ledger.EndStage(ctx, input.Lease.Run, ledger.StageFetch, ledger.PhaseResolving, result.counts(), f.Now()); err == nil {
			crash.At(crash.FetchEnded)
		}
	}
	err = convert("fetching from the warehouse", err, f.Now())
	if phase := retried(ledger.PhaseFetching, err, activity.GetInfo(ctx), f.Now()); phase != "" {
		if failed := f.Ledger.Progress(ctx, input.Lease.Run, phase, ledger.Counts{}); failed != nil {
			activity.GetLogger(ctx).Warn("why the fetch is retried could not be recorded with the run", "error", failed)
		}
	}
	return result, err
}

func (f *Fetch) fetch(ctx context.Context, input FetchInput, read *atomic.Int64) (FetchResult, error) {
	connection, err := f.Ledger.Connection(ctx, input.Connection)
	if err != nil {
		return FetchResult{}, err
	}
	warehouse, err := f.Ledger.Warehouse(ctx, connection.Warehouse)
	if err != nil {
		return FetchResult{}, err
	}
	result, err := f.shareOrRead(ctx, input, warehouse, read)
	if err != nil {
		return result, err
	}
	stale, err := f.Ledger.CountStale(ctx, warehouse.ID)
	result.Stale = stale.Levels
	return result, err
}

// shareOrRead uses the snapshot that another run fetched a moment ago, or reads the warehouse.
func (f *Fetch) shareOrRead(ctx context.Context, input FetchInput, warehouse ledger.Warehouse, read *atomic.Int64) (FetchResult, error) {
	if shared, err := f.share(ctx, input, warehouse, 0); err != nil || shared.Shared != 0 {
		return shared, err
	}
	source, err := openSource(f.Drivers, warehouse, f.Environment)
	if err != nil {
		return FetchResult{}, err
	}
	total := FetchResult{Unchanged: true}
	var odd []inventory.Oddity
	for n := range snapshotsPerFetch {
		snapshot, result, err := f.fetchOne(ctx, input, warehouse, source, read, n == 0)
		if err != nil {
			return total, err
		}
		if snapshot.Unchanged {
			result, err = f.unchanged(ctx, warehouse.ID, &total)
			if err != nil {
				return total, err
			}
		}
		signalDissolved(ctx, f.Executions, result.Dissolved)
		odd = addOdd(odd, total.Unchanged, snapshot, result)
		total = add(total, snapshot, result)
		if total.Held != "" || !snapshot.More {
			break
		}
		input.Approved = false // the approval was for the held snapshot; nobody has judged the ones after it
	}
	return total.looksOdd(odd), nil
}

// unchanged completes the result of a fetch whose source has nothing new: since when, how many levels, and whether the last snapshot was
// rejected.
func (f *Fetch) unchanged(ctx context.Context, warehouse string, total *FetchResult) (ledger.SnapshotResult, error) {
	last, err := f.Ledger.LastSnapshot(ctx, warehouse)
	if errors.Is(err, ledger.ErrNotFound) {
		return ledger.SnapshotResult{}, nil
	}
	if err == nil && last.Held == "" && last.Rejected == "" {
		total.UnchangedSince, total.UnchangedLevels = new(last.EndedAt), last.Rows-last.Refused
	}
	return ledger.SnapshotResult{Rejected: last.Rejected, Oddities: last.Oddities}, err
}

// share uses the snapshot that another run fetched a moment ago. While another run is still fetching, it makes the server retry. After an
// approval nothing is shared, because the person approved a new fetch.
func (f *Fetch) share(ctx context.Context, input FetchInput, warehouse ledger.Warehouse, staged int64) (FetchResult, error) {
	if warehouse.Freshness <= 0 || input.Approved {
		return FetchResult{}, nil
	}
	now := f.Now()
	shared, err := f.Ledger.Share(ctx, input.Lease, ledger.ShareQuery{
		Warehouse: warehouse.ID, Since: sharedSince(now, warehouse.Freshness, input.Asked), Full: input.Mode == ledger.Full, Staged: staged, Now: now,
	})
	switch {
	case err != nil:
		return FetchResult{}, err
	case shared.Fetching != 0:
		return FetchResult{}, tryAfter(ErrorFetching,
			fmt.Sprintf("waiting for run %d, which fetches from warehouse %s; its snapshot is shared", shared.Fetching, warehouse.ID),
			fetchPoll(activity.GetInfo(ctx).Attempt))
	case shared.Run == 0:
		return FetchResult{}, nil
	}
	result := add(FetchResult{}, warehouses.Snapshot{From: shared.From}, shared.Result).looksOdd(shared.Result.Oddities)
	result.Shared = shared.Run
	return result, nil
}

// yield gives way to a run that began to fetch a moment before this one. Then it discards the staged snapshot.
func (f *Fetch) yield(ctx context.Context, input FetchInput, warehouse ledger.Warehouse, staged int64) error {
	shared, err := f.share(ctx, input, warehouse, staged)
	if err == nil && shared.Shared != 0 {
		err = tryAfter(ErrorFetching, fmt.Sprintf("run %d has fetched from warehouse %s meanwhile; its snapshot is shared", shared.Shared, warehouse.ID),
			shortestWait)
	}
	if err != nil {
		if failed := f.Ledger.Discard(context.WithoutCancel(ctx), staged); failed != nil {
			return failed
		}
	}
	return err
}

// sharedSince returns the earliest time at which a shared snapshot's fetch may have begun: never before the run was requested.
func sharedSince(now time.Time, freshness time.Duration, requested *time.Time) time.Time {
	since := now.Add(-freshness)
	if requested != nil && requested.After(since) {
		return *requested
	}
	return since
}

// fetchPoll is how long to wait before checking again whether another run has fetched.
func fetchPoll(attempt int32) time.Duration {
	return time.Duration(min(attempt, 4)) * shortestWait
}

// fetchOne reads and records one snapshot.
func (f *Fetch) fetchOne(ctx context.Context, input FetchInput, warehouse ledger.Warehouse, source warehouses.Source, read *atomic.Int64,
	first bool,
) (warehouses.Snapshot, ledger.SnapshotResult, error) {
	cursor, err := f.Ledger.SourceCursor(ctx, warehouse.ID)
	if err != nil {
		return warehouses.Snapshot{}, ledger.SnapshotResult{}, err
	}
	id, err := f.Ledger.Stage(ctx, input.Lease, ledger.SnapshotStart{Warehouse: warehouse.ID, Repeated: warehouse.Repeated, Now: f.Now()})
	if err != nil {
		return warehouses.Snapshot{}, ledger.SnapshotResult{}, err
	}
	crash.At(crash.SnapshotBegun)
	if now, err := f.Ledger.Warehouse(ctx, warehouse.ID); err != nil || !now.ReadsLike(warehouse) {
		if err == nil {
			err = tryAfter(ErrorFetching, fmt.Sprintf("the settings of warehouse %s have just changed; it is read by the new ones", warehouse.ID), shortestWait)
		}
		return warehouses.Snapshot{}, ledger.SnapshotResult{}, errors.Join(err, f.Ledger.Discard(context.WithoutCancel(ctx), id))
	}
	if first {
		if err := f.yield(ctx, input, warehouse, id); err != nil {
			return warehouses.Snapshot{}, ledger.SnapshotResult{}, err
		}
	}
	last, err := f.Ledger.Pages(ctx, warehouse.ID)
	if err != nil {
		return warehouses.Snapshot{}, ledger.SnapshotResult{}, err
	}
	staged := staging{Fetch: f, snapshot: id, quantity: warehouse.Quantity, read: read, pages: pages{last: last, most: maximumKept}}
	snapshot, err := source.Fetch(ctx, warehouses.Request{Cursor: cursor, Everything: input.Mode == ledger.Full}, staged.page)
	if part := warehouse.Repeated.Complete(snapshot.Full); err == nil && !snapshot.Unchanged && part != nil {
		err = askPerson(ErrorNotConfigured, fmt.Sprintf("warehouse %s: %v", warehouse.ID, part), nil)
	}
	if err != nil || snapshot.Unchanged {
		// The staged rows of a failed fetch must not stay. Those of a cancelled fetch are deleted when the next one begins to stage.
		return snapshot, ledger.SnapshotResult{}, errors.Join(err, f.Ledger.Discard(context.WithoutCancel(ctx), id))
	}
	if snapshot.Rows != staged.rows {
		return snapshot, ledger.SnapshotResult{}, fmt.Errorf("the source %s passed on %d rows and says that it read %d", warehouse.Driver, staged.rows, snapshot.Rows)
	}
	end := ledger.SnapshotEnd{
		Full: snapshot.Full, Rows: snapshot.Rows - staged.none, AsOf: notAfter(snapshot.AsOf, f.Now()), SourceCursor: snapshot.Cursor, From: snapshot.From,
		Guard: warehouse.Guard, Missing: warehouse.Missing, Refused: warehouse.Refused,
		Approved: input.Approved, ApprovedRows: input.ApprovedRows, ApprovedAbsent: input.ApprovedAbsent, More: snapshot.More,
		Pages: staged.pages.fingerprints, Now: f.Now(),
	}
	if staged.pages.same() {
		if result, confirmed, err := f.Ledger.Confirm(ctx, input.Lease, id, end); err != nil || confirmed {
			if confirmed {
				crash.At(crash.SnapshotConfirmed)
			}
			return snapshot, result, err
		}
	}
	if err := errors.Join(staged.stageKept(ctx), staged.noteOddities(ctx)); err != nil {
		return snapshot, ledger.SnapshotResult{}, err
	}
	result, err := f.Ledger.Record(ctx, input.Lease, id, end)
	if err == nil {
		crash.At(crash.SnapshotRecorded)
	}
	return snapshot, result, err
}

// add adds a snapshot to the result of a fetch. A full snapshot replaces what the ones before it reported.
func add(total FetchResult, snapshot warehouses.Snapshot, result ledger.SnapshotResult) FetchResult {
	switch {
	case result.Rejected != "":
		total.Rejected = result.Rejected
	case snapshot.Full && result.Held == "":
		total.Rejected = ""
	}
	if snapshot.Unchanged {
		return total
	}
	total.Unchanged, total.UnchangedSince, total.UnchangedLevels = false, nil, 0
	total.From = snapshot.From
	total.Add(result.SnapshotFigures)
	total.Held, total.HeldRows, total.Absent = result.Held, nil, ledger.Absence{}
	if result.Held != "" {
		total.HeldRows, total.Absent = &result.Rows, result.Absent
	}
	return total
}

// counts returns the counts of the run that fetched. The figures of a shared snapshot belong to the run that fetched it.
func (r FetchResult) counts() ledger.Counts {
	if r.Shared != 0 {
		return ledger.Counts{Stale: r.Stale, Odd: r.Odd}
	}
	return ledger.Counts{SnapshotFigures: r.SnapshotFigures, Stale: r.Stale, Odd: r.Odd}
}

// openSource opens a warehouse's driver. An error ends the run, because a person must correct it.
func openSource(drivers warehouses.Drivers, warehouse ledger.Warehouse, environment settings.Environment) (warehouses.Source, error) {
	source, err := drivers.Open(warehouse.Driver, warehouse.ID, warehouse.Settings, environment)
	switch {
	case errors.Is(err, warehouses.ErrNoDriver):
		return nil, askPerson(ErrorNotConfigured, fmt.Sprintf("warehouse %s: this worker has no driver %q", warehouse.ID, warehouse.Driver), nil)
	case err != nil:
		return nil, askPerson(ErrorCredentials, fmt.Sprintf("warehouse %s: %v", warehouse.ID, err), err)
	}
	return source, nil
}

// notAfter returns a time of the source, or now when that time is in the future. Otherwise reports that follow one from a clock that is ahead
// would look old.
func notAfter(asOf, now time.Time) time.Time {
	if asOf.After(now) {
		return now
	}
	return asOf
}
