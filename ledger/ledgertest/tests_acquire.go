package ledgertest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

var acquireTests = tests{
	"a fetch needs no store":               fetchesFirst,
	"which runs begin without a store":     choosesFetch,
	"a run yields to who has the store":    yields,
	"the store after the fetch":            acquires,
	"an ended run fetches no more":         fetchesNoMore,
	"a run that ended without its store":   endsWithoutStore,
	"a run that did not know it had it":    endsUnknown,
	"open runs and how far they are":       tellsProgress,
	"when the stages of a run ended":       tellsStages,
	"a run without a store takes its turn": acquiresInTurn,
}

// fetching returns the claim of a run that fetches before it takes its store.
func (w *world) fetching(connection string, mode ledger.Mode) ledger.Claim {
	claim := w.claim(connection, mode)
	claim.FetchFirst = true
	return claim
}

func (w *world) acquire(lease ledger.Lease) ledger.Lease {
	w.t.Helper()
	granted, err := w.Acquire(w.ctx(), lease.Run, 0, w.now())
	require.NoError(w.t, err)
	require.Equal(w.t, w.runOf(lease).Mode, granted.Mode)
	return granted.Lease
}

// fetchesFirst: a run that only fetches does not keep others from the store. What it records belongs to the warehouse alone.
func fetchesFirst(t *testing.T, w *world) {
	claim := w.fetching(hubShop, ledger.Smart)
	lease := w.grant(claim).Lease
	require.Zero(t, lease.Fence)
	require.Equal(t, lease, w.grant(claim).Lease, "the same pass gets the same run")
	other := w.take(hubShop, ledger.Smart) // of events, say
	w.report(lease, whole(), []inventory.Level{level("A", 5)})
	require.ErrorIs(t, w.AdvanceCursor(w.ctx(), lease, w.plan(hubShop, ledger.Smart)), ledger.ErrFenced, "the store is not its")
	w.resolve(other, ledger.Smart)
	w.push(other)
	w.end(other, ledger.Completed)
	acquired := w.acquire(lease)
	require.Greater(t, acquired.Fence, other.Fence)
	require.Empty(t, w.affected(w.plan(hubShop, ledger.Smart)), "the other run has pushed what was fetched")
	w.end(acquired, ledger.Completed)
	require.Equal(t, ledger.Completed, w.runOf(lease).Outcome)
}

func choosesFetch(t *testing.T, w *world) {
	skips := w.fetching(hubShop, ledger.Smart)
	skips.SkipFetch = true
	lease := w.grant(skips).Lease
	require.NotZero(t, lease.Fence, "it fetches nothing, so it has the store at once")
	w.end(lease, ledger.Completed)
	require.NoError(t, w.Restored(w.ctx(), "a test", w.now()))
	skips = w.fetching(hubShop, ledger.Smart)
	skips.SkipFetch = true
	granted := w.grant(skips)
	require.Equal(t, ledger.Full, granted.Mode)
	require.Zero(t, granted.Lease.Fence, "a Full Sync fetches all the same")
	w.end(w.acquire(granted.Lease), ledger.Completed)
	require.Equal(t, ledger.Smart, w.grant(w.fetching(hubShop, ledger.Smart)).Mode, "and pays what was owed")
}

func yields(t *testing.T, w *world) {
	holder := w.take(annexShop, ledger.Full)
	claim := w.fetching(hubShop, ledger.Smart)
	claim.Yields = true
	_, err := w.Begin(w.ctx(), claim)
	var busy *ledger.BusyError
	require.ErrorAs(t, err, &busy)
	require.Equal(t, holder.Run, busy.Holder.Run)
	claim.Yields = false
	require.Zero(t, w.grant(claim).Lease.Fence)
}

func acquires(t *testing.T, w *world) {
	lease := w.grant(w.fetching(hubShop, ledger.Full)).Lease
	holder := w.take(annexShop, ledger.Smart)
	_, err := w.Acquire(w.ctx(), lease.Run, 0, w.now())
	var busy *ledger.BusyError
	require.ErrorAs(t, err, &busy)
	w.end(holder, ledger.Completed)
	acquired := w.acquire(lease)
	require.Equal(t, acquired, w.acquire(lease), "a retry gets the same lease")
	w.end(acquired, ledger.Completed)
	_, err = w.Acquire(w.ctx(), lease.Run, 0, w.now())
	require.ErrorIs(t, err, ledger.ErrFenced, "it is over")
	_, err = w.Acquire(w.ctx(), lease.Run+1000, 0, w.now())
	require.ErrorIs(t, err, ledger.ErrNotFound)
}

func acquiresInTurn(t *testing.T, w *world) {
	claim := w.fetching(hubShop, ledger.Smart)
	claim.Scope = []string{"A"}
	lease := w.grant(claim).Lease
	require.NoError(t, w.Await(w.ctx(), shop, "another", w.now().Add(time.Hour), w.now()))
	_, err := w.Acquire(w.ctx(), lease.Run, 0, w.now())
	var turn *ledger.TurnError
	require.ErrorAs(t, err, &turn)
	whole := w.grant(w.fetching(hubShop, ledger.Full)).Lease
	require.NotZero(t, w.acquire(whole).Fence)
}

func fetchesNoMore(t *testing.T, w *world) {
	lease := w.grant(w.fetching(hubShop, ledger.Smart)).Lease
	snapshot := w.stage(lease, []inventory.Level{level("A", 5)})
	forged := lease
	forged.Store = market
	_, err := w.Stage(w.ctx(), forged, ledger.SnapshotStart{Warehouse: hub, Now: w.now()})
	require.ErrorIs(t, err, ledger.ErrFenced)
	w.end(lease, ledger.Cancelled)
	_, err = w.Record(w.ctx(), lease, snapshot, ledger.SnapshotEnd{Full: true, Rows: 1, Guard: lax, Now: w.now()})
	require.ErrorIs(t, err, ledger.ErrFenced)
	_, err = w.Stage(w.ctx(), lease, ledger.SnapshotStart{Warehouse: hub, Now: w.now()})
	require.ErrorIs(t, err, ledger.ErrFenced)
	_, err = w.Share(w.ctx(), lease, ledger.ShareQuery{Warehouse: hub, Since: began, Now: w.now()})
	require.ErrorIs(t, err, ledger.ErrFenced)
	require.Empty(t, w.levels(hub))
}

func endsWithoutStore(t *testing.T, w *world) {
	lease := w.grant(w.fetching(hubShop, ledger.Smart)).Lease
	holder := w.take(hubShop, ledger.Full)
	w.end(lease, ledger.Failed)
	held, err := w.Holder(w.ctx(), shop)
	require.NoError(t, err, "the store is another's")
	require.Equal(t, holder.Run, held.Run)
}

// endsUnknown: the store was taken, but the workflow did not get the answer.
func endsUnknown(t *testing.T, w *world) {
	lease := w.grant(w.fetching(hubShop, ledger.Smart)).Lease
	w.acquire(lease)
	w.end(lease, ledger.Cancelled)
	_, err := w.Holder(w.ctx(), shop)
	require.ErrorIs(t, err, ledger.ErrNotFound)
}

func tellsProgress(t *testing.T, w *world) {
	lease := w.grant(w.fetching(hubShop, ledger.Full)).Lease
	require.Equal(t, ledger.PhaseFetching, w.runOf(lease).Phase)
	require.NoError(t, w.Progress(w.ctx(), lease.Run, "waiting", ledger.Counts{SnapshotFigures: ledger.SnapshotFigures{Rows: 7, Changed: 3}}))
	require.NoError(t, w.Progress(w.ctx(), lease.Run, ledger.PhasePushing, ledger.Counts{Due: 2}))
	run := w.runOf(lease)
	require.Equal(t, ledger.PhasePushing, run.Phase)
	require.Equal(t, ledger.Counts{SnapshotFigures: ledger.SnapshotFigures{Rows: 7, Changed: 3}, Due: 2}, run.Counts)
	other := w.take(hubMarket, ledger.Smart)
	require.Equal(t, ledger.PhaseResolving, w.runOf(other).Phase)
	open, err := w.OpenRuns(w.ctx(), hubShop)
	require.NoError(t, err)
	require.Equal(t, []ledger.Run{run}, open)

	w.end(lease, ledger.Completed)
	require.Empty(t, w.runOf(lease).Phase)
	require.NoError(t, w.Progress(w.ctx(), lease.Run, "too late", ledger.Counts{Due: 9}))
	require.Empty(t, w.runOf(lease).Phase)
	open, err = w.OpenRuns(w.ctx(), hubShop)
	require.NoError(t, err)
	require.Empty(t, open)
	require.ErrorIs(t, w.Progress(w.ctx(), lease.Run+1000, "nobody", ledger.Counts{}), ledger.ErrNotFound)
}

// tellsStages: each stage has the time at which it last ended, and an ended run keeps its times.
func tellsStages(t *testing.T, w *world) {
	lease := w.grant(w.fetching(hubShop, ledger.Full)).Lease
	run := w.runOf(lease)
	require.Nil(t, run.FetchedAt)
	first, again, resolved, pushed := w.now(), w.now(), w.now(), w.now()
	require.NoError(t, w.EndStage(w.ctx(), lease.Run, ledger.StageFetch, ledger.PhaseResolving, ledger.Counts{SnapshotFigures: ledger.SnapshotFigures{Rows: 7}},
		first))
	run = w.runOf(lease)
	require.Equal(t, ledger.PhaseResolving, run.Phase)
	require.Equal(t, first, *run.FetchedAt)
	require.Nil(t, run.ResolvedAt)
	require.NoError(t, w.EndStage(w.ctx(), lease.Run, ledger.StageFetch, ledger.PhaseResolving, ledger.Counts{SnapshotFigures: ledger.SnapshotFigures{Rows: 8}},
		again))
	require.NoError(t, w.EndStage(w.ctx(), lease.Run, ledger.StageResolve, ledger.PhasePushing, ledger.Counts{Due: 2}, resolved))
	require.NoError(t, w.EndStage(w.ctx(), lease.Run, ledger.StagePush, "", ledger.Counts{}, pushed))
	run = w.runOf(lease)
	require.Equal(t, ledger.PhasePushing, run.Phase)
	require.Equal(t, ledger.Counts{SnapshotFigures: ledger.SnapshotFigures{Rows: 8}, Due: 2}, run.Counts)
	require.Equal(t, []time.Time{again, resolved, pushed}, []time.Time{*run.FetchedAt, *run.ResolvedAt, *run.PushedAt})
	w.end(lease, ledger.Completed)
	require.NoError(t, w.EndStage(w.ctx(), lease.Run, ledger.StagePush, "late", ledger.Counts{Due: 9}, w.now()))
	run = w.runOf(lease)
	require.Equal(t, pushed, *run.PushedAt)
	require.Empty(t, run.Phase)
	require.ErrorIs(t, w.EndStage(w.ctx(), lease.Run+1000, ledger.StagePush, "", ledger.Counts{}, w.now()), ledger.ErrNotFound)
	require.Error(t, w.EndStage(w.ctx(), lease.Run, "slept", "", ledger.Counts{}, w.now()))
}
