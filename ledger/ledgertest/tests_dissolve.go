package ledgertest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

var dissolveTests = tests{
	"a whole snapshot dissolves holds":          dissolvesSnapshots,
	"what is not whole dissolves nothing":       dissolvesByWholeOnly,
	"a snapshot that was sent dissolves holds":  dissolvesBySent,
	"held pushes dissolve":                      dissolvesZeroing,
	"what was decided does not dissolve":        dissolvesOpenOnly,
	"what has dissolved cannot be decided":      decidesNotDissolved,
	"dissolving needs the store":                dissolvesFenced,
	"the store is given back without its fence": releasesAnyFence,
	"another run's store is not given back":     releasesOwnOnly,
}

func dissolvesSnapshots(t *testing.T, w *world) {
	held := w.doubt(hubShop)
	two := w.take(hubMarket, ledger.Smart)
	w.heldSnapshot(two, many(79))
	elsewhere, _ := w.held(annexShopAfter(w, held), ledger.HoldSnapshot)
	push, _ := w.held(hubMarketAfter(w, two), ledger.HoldZeroing)
	own := w.take(hubShop, ledger.Smart)
	w.heldSnapshot(own, many(70))

	result := w.report(own, guarded(), many(100))
	require.Empty(t, result.Held)
	require.ElementsMatch(t, []int64{held.Run, two.Run}, runsOf(result.Dissolved), "its own is not among them")
	for _, lease := range []ledger.Lease{held, two, own} {
		hold := w.holdOf(lease)
		require.Equal(t, "dissolved", hold.Decision)
		require.Equal(t, "run 5", hold.By)
		require.NotNil(t, hold.DecidedAt)
	}
	for _, hold := range result.Dissolved {
		require.Equal(t, w.holdOf(ledger.Lease{Run: hold.Run}), hold)
	}
	require.ElementsMatch(t, []int64{elsewhere.Run, push.Run}, runsOf(w.openHolds()))
	require.Empty(t, w.report(own, guarded(), many(100)).Dissolved)
}

// annexShopAfter and hubMarketAfter release the store of a waiting run, and return the connection that uses it next.
func annexShopAfter(w *world, lease ledger.Lease) string {
	require.NoError(w.t, w.Release(w.ctx(), lease))
	return annexShop
}

func hubMarketAfter(w *world, lease ledger.Lease) string {
	require.NoError(w.t, w.Release(w.ctx(), lease))
	return hubMarket
}

func dissolvesByWholeOnly(t *testing.T, w *world) {
	lease := w.doubt(hubShop)
	require.NoError(t, w.Release(w.ctx(), lease))
	other := w.take(hubShop, ledger.Smart)
	end := part()
	require.Empty(t, w.report(other, end, many(100)).Dissolved)
	require.NotEmpty(t, w.report(other, guarded(), many(50)).Held)
	w.asks(other, ledger.HoldSnapshot, "50 rows")
	require.Len(t, w.openHolds(), 2)
	w.decide(other, "rejected")
	require.NotEmpty(t, w.report(other, guarded(), many(50)).Rejected)
	require.Equal(t, "rejected", w.holdOf(lease).Decision)
}

func dissolvesBySent(t *testing.T, w *world) {
	lease := w.doubt(hubShop)
	id, err := w.StageUpload(w.ctx(), ledger.SnapshotStart{Warehouse: hub, Now: w.now()})
	require.NoError(t, err)
	require.NoError(t, w.StageRows(w.ctx(), id, many(100), nil))
	end := guarded()
	end.Rows, end.Now = 100, w.now()
	result, err := w.RecordUpload(w.ctx(), id, end)
	require.NoError(t, err)
	require.Equal(t, []int64{lease.Run}, runsOf(result.Dissolved))
	require.Equal(t, "the snapshot 3 that was sent", w.holdOf(lease).By)
	again, err := w.RecordUpload(w.ctx(), id, end)
	require.NoError(t, err)
	require.Empty(t, again.Dissolved)
}

func dissolvesZeroing(t *testing.T, w *world) {
	one, _ := w.held(hubShop, ledger.HoldZeroing)
	snapshot, _ := w.held(hubShop, ledger.HoldSnapshot)
	other, _ := w.held(hubMarket, ledger.HoldZeroing)
	own := w.take(hubShop, ledger.Smart)
	w.asks(own, ledger.HoldZeroing, "too many")
	now := w.now()
	dissolved, err := w.DissolveZeroing(w.ctx(), own, now)
	require.NoError(t, err)
	require.Equal(t, []ledger.Hold{w.holdOf(one)}, dissolved)
	for _, lease := range []ledger.Lease{one, own} {
		hold := w.holdOf(lease)
		require.Equal(t, []any{"dissolved", "run 4", now}, []any{hold.Decision, hold.By, *hold.DecidedAt})
	}
	require.ElementsMatch(t, []int64{snapshot.Run, other.Run}, runsOf(w.openHolds()))
	dissolved, err = w.DissolveZeroing(w.ctx(), own, w.now())
	require.NoError(t, err)
	require.Empty(t, dissolved)
}

func dissolvesOpenOnly(t *testing.T, w *world) {
	approved := w.doubt(hubShop)
	w.decide(approved, "approved")
	require.Empty(t, w.report(approved, guarded(), many(100)).Dissolved)
	require.Equal(t, "approved", w.holdOf(approved).Decision)
	over, _ := w.held(hubMarket, ledger.HoldSnapshot)
	w.end(over, ledger.Held)
	require.Empty(t, w.report(approved, guarded(), many(100)).Dissolved)
	require.Empty(t, w.holdOf(over).Decision, "its run ended undecided")
}

func decidesNotDissolved(t *testing.T, w *world) {
	lease := w.doubt(hubShop)
	w.report(lease, guarded(), many(100))
	hold := w.holdOf(lease)
	require.Equal(t, "dissolved", hold.Decision)
	for _, decision := range []string{"approved", "rejected"} {
		require.Equal(t, []ledger.Hold{hold}, w.decide(lease, decision))
	}
	require.NotEmpty(t, w.report(lease, guarded(), many(79)).Held)
}

func dissolvesFenced(t *testing.T, w *world) {
	held, _ := w.held(hubShop, ledger.HoldZeroing)
	lease := w.take(hubShop, ledger.Smart)
	w.replaced(lease, hubShop)
	_, err := w.DissolveZeroing(w.ctx(), lease, w.now())
	require.ErrorIs(t, err, ledger.ErrFenced)
	require.Empty(t, w.holdOf(held).Decision)
}

func releasesAnyFence(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	require.NoError(t, w.Release(w.ctx(), ledger.Lease{Store: shop, Run: lease.Run, Fence: lease.Fence + 1}))
	_, err := w.Holder(w.ctx(), shop)
	require.NoError(t, err, "another fence is another's")
	require.NoError(t, w.Release(w.ctx(), ledger.Lease{Store: shop, Run: lease.Run}))
	_, err = w.Holder(w.ctx(), shop)
	require.ErrorIs(t, err, ledger.ErrNotFound)
}

func releasesOwnOnly(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	require.NoError(t, w.Release(w.ctx(), lease))
	next := w.take(hubShop, ledger.Smart)
	require.NoError(t, w.Release(w.ctx(), ledger.Lease{Store: shop, Run: lease.Run}))
	holder, err := w.Holder(w.ctx(), shop)
	require.NoError(t, err)
	require.Equal(t, next.Run, holder.Run)
}
