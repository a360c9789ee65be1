package ledgertest

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

var stateTests = tests{
	"a restore moves the generation":            generations,
	"a restored ledger":                         restores,
	"which ledger it is":                        identity,
	"a restored ledger owes every connection":   restoredOwes,
	"a restored ledger forgets what is open":    restoredForgets,
	"a blocked row stays blocked after restore": restoredBlocked,
	"a lease that was lost with a ledger":       restoredFences,
	"a restored ledger ends what was asked for": restoredRequests,
}

func generations(t *testing.T, w *world) {
	first, err := w.Generation(w.ctx())
	require.NoError(t, err)
	for i := range int64(3) {
		require.NoError(t, w.Restored(w.ctx(), "", w.now()))
		next, err := w.Generation(w.ctx())
		require.NoError(t, err)
		require.Equal(t, first+i+1, next)
	}
}

func restores(t *testing.T, w *world) {
	epoch, err := w.Epoch(w.ctx())
	require.NoError(t, err)
	require.NotEmpty(t, epoch)
	w.pass(hubShop, ledger.Smart, level("A", 5))
	again, err := w.Epoch(w.ctx())
	require.NoError(t, err)
	require.Equal(t, epoch, again)
	held := w.take(hubShop, ledger.Smart)
	released := w.take(hubMarket, ledger.Smart)
	require.NoError(t, w.Release(w.ctx(), released))

	require.NoError(t, w.Restored(w.ctx(), "the disk\x00 was lost", w.now()))
	again, err = w.Epoch(w.ctx())
	require.NoError(t, err)
	require.NotEqual(t, epoch, again)
	_, err = w.Holder(w.ctx(), shop)
	require.ErrorIs(t, err, ledger.ErrNotFound)
	require.ErrorIs(t, w.AdvanceCursor(w.ctx(), held, w.plan(hubShop, ledger.Smart)), ledger.ErrFenced)
	next := w.take(hubShop, ledger.Smart)
	require.Greater(t, next.Fence, held.Fence)
	require.Equal(t, map[string]int64{"A": 5}, w.available(hub), "levels stay")
	require.Equal(t, map[string]string{"A": "exported 5, shows 5"}, w.rows(hubShop), "what was exported stays, until the Full Sync")
}

func restoredOwes(t *testing.T, w *world) {
	require.NoError(t, w.Restored(w.ctx(), "", w.now()))
	for _, outcome := range []ledger.Outcome{ledger.Cancelled, ledger.Failed, ledger.Partial, ledger.Held} {
		granted := w.grant(w.claim(hubShop, ledger.Smart))
		require.Equal(t, ledger.Full, granted.Mode)
		require.Equal(t, ledger.Full, w.runOf(granted.Lease).Mode)
		w.end(granted.Lease, outcome)
	}
	scoped := w.claim(hubShop, ledger.Full)
	scoped.Scope = []string{"A"}
	w.end(w.grant(scoped).Lease, ledger.Completed)
	dry := w.claim(hubShop, ledger.Full)
	dry.DryRun = true
	w.end(w.grant(dry).Lease, ledger.Completed)
	lost := w.grant(w.claim(hubShop, ledger.Smart))
	require.Equal(t, ledger.Full, lost.Mode)
	replacing := w.replaced(lost.Lease, hubShop)
	w.end(lost.Lease, ledger.Completed)
	w.end(replacing, ledger.Failed)

	granted := w.grant(w.claim(hubShop, ledger.Smart))
	require.Equal(t, ledger.Full, granted.Mode, "none of these paid it")
	w.end(granted.Lease, ledger.CompletedWithFailures)
	granted = w.grant(w.claim(hubShop, ledger.Smart))
	require.Equal(t, ledger.Smart, granted.Mode)
	w.end(granted.Lease, ledger.Completed)
	require.Equal(t, ledger.Full, w.grant(w.claim(hubMarket, ledger.Smart)).Mode, "each connection owes its own")
}

func restoredForgets(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5), level("B", 6))
	intent := w.intend(lease)
	require.NoError(t, w.ApplyResponses(w.ctx(), lease, ledger.Response{Key: intent.Key, Ticket: "T1", Now: w.now(), Items: []ledger.ItemResponse{
		says(intent.Items[0], ledger.StatusSent), says(intent.Items[1], ledger.StatusSent),
	}}))
	require.NoError(t, w.Restored(w.ctx(), "", w.now()))
	require.Empty(t, w.openCalls(hubShop))
	require.Equal(t, map[string]string{"A": "pending 5, shows ?", "B": "pending 6, shows ?"}, w.rows(hubShop))
	next := w.take(hubShop, ledger.Smart)
	w.answered(next, intent, ledger.StatusExported)
	require.Equal(t, map[string]string{"A": "pending 5, shows ?", "B": "pending 6, shows ?"}, w.rows(hubShop), "a late answer changes nothing")
	require.Len(t, w.due(next), 2)
}

func restoredBlocked(t *testing.T, w *world) {
	w.apply(alter(func(d *ledger.Definitions) { d.Listings = []ledger.ListingDefinition{listing(shop, "A", "X")} }))
	lease := w.changed(hubShop, level("A", 5))
	w.intend(lease)
	w.apply(definitions())
	w.resolve(lease, ledger.Smart)
	require.Equal(t, "unknown 5, shows ?", w.rows(hubShop)["X"])
	require.NoError(t, w.Restored(w.ctx(), "", w.now()))
	require.Equal(t, "blocked 5, shows ?", w.rows(hubShop)["X"])
	require.NotEmpty(t, w.row(hubShop, "X").Reason)
}

// restoredFences: a workflow may still be open whose lease the restored ledger does not know, and whose fence it is about to give again.
func restoredFences(t *testing.T, w *world) {
	w.end(w.take(hubShop, ledger.Smart), ledger.Completed)
	lease := w.take(hubShop, ledger.Smart)
	lost := ledger.Lease{Store: shop, Fence: lease.Fence + 2, Run: lease.Run + 1} // it was taken, given back and taken again after the backup
	require.NoError(t, w.Restored(w.ctx(), "", w.now()))
	next := w.take(hubShop, ledger.Smart)
	require.Equal(t, lost.Run, next.Run)
	require.NotEqual(t, lost, next)
	require.ErrorIs(t, w.AdvanceCursor(w.ctx(), lost, w.plan(hubShop, ledger.Smart)), ledger.ErrFenced)
}

// restoredRequests: the restore ends the runs of the backup and also their requests, which would otherwise stay open.
func restoredRequests(t *testing.T, w *world) {
	served := w.requesting(hubShop, ledger.Smart, "served")
	w.end(w.grant(served).Lease, ledger.Completed)
	running := w.requesting(hubShop, ledger.Smart, "running")
	lease := w.grant(running).Lease
	now := w.now()
	require.NoError(t, w.Restored(w.ctx(), "the disk was lost", now))
	requests, err := w.Requests(w.ctx(), ledger.RequestQuery{Connection: hubShop, Limit: 10})
	require.NoError(t, err)
	require.Len(t, requests, 2)
	require.Equal(t, ledger.RequestFailed, requests[0].Outcome)
	require.Equal(t, fmt.Sprintf("run %d ended as cancelled: the ledger was declared restored: the disk was lost", lease.Run), requests[0].Reason)
	require.Equal(t, &now, requests[0].EndedAt)
	require.Equal(t, ledger.RequestServed, requests[1].Outcome)
}

// identity: schedules and workflows name the ledger, so a restore must not change its identity.
func identity(t *testing.T, w *world) {
	first, err := w.Identity(w.ctx())
	require.NoError(t, err)
	require.Greater(t, len(first), 20, "two ledgers never have the same by chance")
	require.NoError(t, w.Restored(w.ctx(), "", w.now()))
	again, err := w.Identity(w.ctx())
	require.NoError(t, err)
	require.Equal(t, first, again)
}
