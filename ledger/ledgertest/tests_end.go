package ledgertest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

var endTests = tests{
	"how a run ended is kept":       keepsEnd,
	"the first end stands":          endsOnce,
	"a lease that was lost":         endsWithoutLease,
	"a run that does not exist":     endsNothing,
	"the owed Full Sync is paid":    paysFull,
	"a scoped run stays scoped":     owesNoScope,
	"an event fetches what is owed": fetchesForScope,
	"an ended run writes no more":   writesNoMore,
	"runs are listed newest first":  listsRuns,
	"when fetching began":           notesFetch,
}

var counts = ledger.Counts{
	SnapshotFigures: ledger.SnapshotFigures{Rows: 1, Refused: 2, Missing: 3, Changed: 4, Older: 5}, Resolved: 6, Due: 7, Exported: 8, Sent: 9, Rejected: 10,
	Blocked: 11, Retrying: 12, Calls: 13, Waits: 14,
}

func keepsEnd(t *testing.T, w *world) {
	for _, outcome := range []ledger.Outcome{
		ledger.Completed, ledger.CompletedWithFailures, ledger.Partial, ledger.Covered, ledger.Held, ledger.RejectedOutcome, ledger.Cancelled, ledger.Failed,
	} {
		lease := w.take(hubShop, ledger.Smart)
		end := ledger.RunEnd{Outcome: outcome, Reason: "because\x00 \xff", Counts: counts, Now: w.now()}
		require.NoError(t, w.EndRun(w.ctx(), lease, end))
		run := w.runOf(lease)
		require.Equal(t, outcome, run.Outcome)
		require.Equal(t, "because\uFFFD \uFFFD", run.Reason)
		require.Equal(t, counts, run.Counts)
		require.Equal(t, &end.Now, run.EndedAt)
		_, err := w.Holder(w.ctx(), shop)
		require.ErrorIs(t, err, ledger.ErrNotFound)
	}
}

func endsOnce(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.end(lease, ledger.Completed)
	before := w.runOf(lease)
	next := w.take(annexShop, ledger.Smart)
	require.NoError(t, w.EndRun(w.ctx(), lease, ledger.RunEnd{Outcome: ledger.Failed, Reason: "again", Counts: counts, Now: w.now()}))
	require.Equal(t, before, w.runOf(lease))
	holder, err := w.Holder(w.ctx(), shop)
	require.NoError(t, err)
	require.Equal(t, next.Fence, holder.Fence)
}

func endsWithoutLease(t *testing.T, w *world) {
	lease := w.grant(w.requesting(hubShop, ledger.Smart, "r")).Lease
	next := w.replaced(lease, annexShop)
	w.end(lease, ledger.Completed)
	require.Equal(t, ledger.Completed, w.runOf(lease).Outcome)
	holder, err := w.Holder(w.ctx(), shop)
	require.NoError(t, err)
	require.Equal(t, next.Fence, holder.Fence, "the store is left alone")
	require.True(t, w.grant(w.requesting(hubShop, ledger.Smart, "r")).Covered, "its requests were served all the same")

	released := w.take(hubMarket, ledger.Smart)
	require.NoError(t, w.Release(w.ctx(), released))
	w.end(released, ledger.RejectedOutcome)
	require.Equal(t, ledger.RejectedOutcome, w.runOf(released).Outcome)
}

func endsNothing(t *testing.T, w *world) {
	err := w.EndRun(w.ctx(), ledger.Lease{Store: shop, Fence: 1, Run: 1000}, ledger.RunEnd{Outcome: ledger.Completed, Now: w.now()})
	require.ErrorIs(t, err, ledger.ErrNotFound)
}

func paysFull(t *testing.T, w *world) {
	require.NoError(t, w.Restored(w.ctx(), "", w.now()))
	lease := w.grant(w.claim(hubShop, ledger.Smart)).Lease
	require.NoError(t, w.Release(w.ctx(), lease))
	granted, err := w.Reacquire(w.ctx(), lease.Run, 0, w.now())
	require.NoError(t, err)
	require.Equal(t, ledger.Full, granted.Mode)
	w.end(granted.Lease, ledger.Completed)
	require.Equal(t, ledger.Smart, w.grant(w.claim(hubShop, ledger.Smart)).Mode)
}

func owesNoScope(t *testing.T, w *world) {
	require.NoError(t, w.Restored(w.ctx(), "", w.now()))
	claim := w.claim(hubShop, ledger.Smart)
	claim.Scope = []string{"A"}
	lease := w.grant(claim)
	require.Equal(t, ledger.Smart, lease.Mode, "a run of a few SKUs pays nothing")
	w.end(lease.Lease, ledger.Completed)
}

// An event may be older than what the store shows, which a ledger that was put back does not know any more.
func fetchesForScope(t *testing.T, w *world) {
	require.NoError(t, w.Restored(w.ctx(), "", w.now()))
	claim := w.fetching(hubShop, ledger.Smart)
	claim.Scope, claim.SkipFetch = []string{"A"}, true
	granted := w.grant(claim)
	require.Equal(t, ledger.Full, granted.Mode)
	require.Zero(t, granted.Lease.Fence, "it fetches first")
	w.end(w.acquire(granted.Lease), ledger.Completed)
	require.Equal(t, ledger.Full, w.grant(w.fetching(hubShop, ledger.Smart)).Mode, "the Full Sync is still owed")
}

func writesNoMore(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	id := w.stage(lease, []inventory.Level{level("A", 5)})
	w.end(lease, ledger.Cancelled)
	_, err := w.Record(w.ctx(), lease, id, ledger.SnapshotEnd{Rows: 1, Guard: lax, Now: w.now()})
	require.ErrorIs(t, err, ledger.ErrFenced)
	require.Empty(t, w.levels(hub))
}

func listsRuns(t *testing.T, w *world) {
	var all, shops []int64
	for i := range 6 {
		id := []string{hubShop, hubMarket}[i%2]
		run := w.pass(id, ledger.Smart)
		all = append([]int64{run}, all...)
		if id == hubShop {
			shops = append([]int64{run}, shops...)
		}
	}
	require.Equal(t, all, w.runIDs("", 0))
	require.Equal(t, all[:4], w.runIDs("", 4))
	require.Equal(t, shops, w.runIDs(hubShop, 100))
	require.Equal(t, shops[:1], w.runIDs(hubShop, 1))
	require.Empty(t, w.runIDs(annexShop, 10))
}

func (w *world) runIDs(connection string, limit int) []int64 {
	w.t.Helper()
	runs, err := w.Runs(w.ctx(), connection, limit)
	require.NoError(w.t, err)
	var ids []int64
	for _, run := range runs {
		ids = append(ids, run.ID)
	}
	return ids
}

func notesFetch(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	require.Nil(t, w.runOf(lease).FetchBegan)
	first := w.now()
	for range 2 {
		_, err := w.Stage(w.ctx(), lease, ledger.SnapshotStart{Warehouse: hub, Now: first})
		require.NoError(t, err)
	}
	require.Equal(t, &first, w.runOf(lease).FetchBegan)
	_, err := w.Stage(w.ctx(), lease, ledger.SnapshotStart{Warehouse: hub, Now: w.now()})
	require.NoError(t, err)
	require.Equal(t, &first, w.runOf(lease).FetchBegan, "a request is satisfied only by what was fetched after it, from the first row on")
}
