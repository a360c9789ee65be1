package ledgertest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

var intakeTests = tests{
	"an upload becomes visible":             uploads,
	"an upload is recorded once":            uploadsOnce,
	"a held upload":                         holdsUpload,
	"an upload that is never finished":      forgetsUpload,
	"uploads do not disturb each other":     uploadsApart,
	"an upload is no run's snapshot":        separatesUploads,
	"an upload of nowhere":                  uploadsNowhere,
	"a snapshot is shared":                  shares,
	"a snapshot that will not do":           sharesNot,
	"nothing is taken over twice":           sharesNews,
	"a snapshot that is being fetched":      sharesLater,
	"two fetches that begin at once":        sharesTogether,
	"two fetches that died":                 sharesAfterCrashes,
	"a snapshot with more behind it":        sharesWhole,
	"a fetch that nobody waits for":         sharesNothingDead,
	"an upload is not shared":               sharesNoUpload,
	"a run that took over covers from then": sharesCoverage,
}

func (w *world) upload(rows ...inventory.Level) int64 {
	w.t.Helper()
	id, err := w.StageUpload(w.ctx(), ledger.SnapshotStart{Warehouse: hub, Now: w.now()})
	require.NoError(w.t, err)
	require.NoError(w.t, w.StageRows(w.ctx(), id, rows, nil))
	return id
}

func (w *world) uploaded(id int64, end ledger.SnapshotEnd, rows int) ledger.SnapshotResult {
	w.t.Helper()
	end.Rows, end.Now = rows, w.now()
	result, err := w.RecordUpload(w.ctx(), id, end)
	require.NoError(w.t, err)
	return result
}

func uploads(t *testing.T, w *world) {
	id := w.upload(level("A", 5), level("B", 6), level("B", 7))
	require.Empty(t, w.levels(hub))
	end := whole()
	end.SourceCursor = "uploaded"
	result := w.uploaded(id, end, 3)
	require.EqualValues(t, 3, result.Rows)
	require.EqualValues(t, 2, result.Refused)
	require.EqualValues(t, 1, result.Changed)
	require.Equal(t, map[string]int64{"A": 5}, w.available(hub))
	require.Equal(t, []string{"reported"}, w.kinds("A", ""))
	refusals, err := w.Refusals(w.ctx(), hub, 10)
	require.NoError(t, err)
	require.NotEmpty(t, refusals)
	cursor, err := w.SourceCursor(w.ctx(), hub)
	require.NoError(t, err)
	require.Empty(t, cursor, "how far the source has been read is another matter")
	w.pass(hubShop, ledger.Smart)
	require.Equal(t, map[string]string{"A": "exported 5, shows 5"}, w.rows(hubShop))

	id = w.upload(level("A", 6))
	_, err = w.RecordUpload(w.ctx(), id, ledger.SnapshotEnd{Full: true, Rows: 2, Guard: lax, Now: w.now()})
	require.Error(t, err, "the rows must be complete")
	require.Equal(t, map[string]int64{"A": 5}, w.available(hub))
}

func uploadsOnce(t *testing.T, w *world) {
	id := w.upload(level("A", 5))
	first := w.uploaded(id, whole(), 1)
	w.observe(w.event("A", 9, 60))
	require.Equal(t, first, w.uploaded(id, whole(), 1))
	require.Equal(t, map[string]int64{"A": 9}, w.available(hub))
	require.NoError(t, w.Discard(w.ctx(), id), "it is no longer staged")
	require.Equal(t, first, w.uploaded(id, whole(), 1))
}

func holdsUpload(t *testing.T, w *world) {
	w.uploaded(w.upload(many(10)...), guarded(), 10)
	id := w.upload(many(7)...)
	held := w.uploaded(id, guarded(), 7)
	require.NotEmpty(t, held.Held)
	require.Equal(t, held, w.uploaded(id, guarded(), 7))
	require.Len(t, w.levels(hub), 10)
	require.EqualValues(t, 10, held.LastRows)
}

func forgetsUpload(t *testing.T, w *world) {
	id := w.upload(level("A", 5))
	const kept = 30 * 24 * time.Hour // it may be acknowledged, and wait in an intake that cannot record
	w.ticks.Add(int64((kept - time.Hour) / time.Second))
	w.upload(level("B", 5))
	require.NoError(t, w.StageRows(w.ctx(), id, []inventory.Level{level("C", 5)}, nil))
	w.ticks.Add(int64(time.Hour / time.Second))
	w.upload(level("B", 5))
	_, err := w.RecordUpload(w.ctx(), id, ledger.SnapshotEnd{Full: true, Rows: 2, Guard: lax, Now: w.now()})
	require.ErrorIs(t, err, ledger.ErrNotFound)
	require.Empty(t, w.levels(hub))
}

func uploadsApart(t *testing.T, w *world) {
	first, second, discarded := w.upload(level("A", 5)), w.upload(level("B", 6)), w.upload(level("C", 7))
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, part(), []inventory.Level{level("D", 8)})
	require.NoError(t, w.Discard(w.ctx(), discarded))
	w.uploaded(second, part(), 1)
	w.uploaded(first, part(), 1)
	require.Equal(t, map[string]int64{"A": 5, "B": 6, "D": 8}, w.available(hub))
	_, err := w.RecordUpload(w.ctx(), discarded, ledger.SnapshotEnd{Rows: 1, Guard: lax, Now: w.now()})
	require.ErrorIs(t, err, ledger.ErrNotFound)
}

func separatesUploads(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	staged, sent := w.stage(lease, []inventory.Level{level("A", 5)}), w.upload(level("B", 6))
	end := ledger.SnapshotEnd{Rows: 1, Guard: lax, Now: w.now()}
	_, err := w.RecordUpload(w.ctx(), staged, end)
	require.Error(t, err, "that would write for a run without its lease")
	_, err = w.Record(w.ctx(), lease, sent, end)
	require.Error(t, err)
	require.Empty(t, w.levels(hub))
}

func uploadsNowhere(t *testing.T, w *world) {
	_, err := w.StageUpload(w.ctx(), ledger.SnapshotStart{Warehouse: "moon", Now: w.now()})
	require.ErrorIs(t, err, ledger.ErrNotFound)
	_, err = w.RecordUpload(w.ctx(), 1000, ledger.SnapshotEnd{Guard: lax, Now: w.now()})
	require.ErrorIs(t, err, ledger.ErrNotFound)
}

func (w *world) share(lease ledger.Lease, since time.Time, full bool) ledger.Shared {
	w.t.Helper()
	shared, err := w.Share(w.ctx(), lease, ledger.ShareQuery{Warehouse: w.runOf(lease).Warehouse, Since: since, Full: full, Now: w.now()})
	require.NoError(w.t, err)
	return shared
}

func shares(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	require.Zero(t, w.share(lease, began, false))
	end := whole()
	end.From = "page 1 to 3"
	result := w.report(lease, end, []inventory.Level{level("A", 5)})
	fetched := w.runOf(lease).FetchBegan
	require.Zero(t, w.share(lease, began, false), "its own is not another's")
	other := w.take(hubMarket, ledger.Smart)
	w.ticks.Add(60)
	shared := w.share(other, *fetched, true)
	require.Equal(t, ledger.Shared{Run: lease.Run, Result: result, From: end.From}, shared)
	require.Equal(t, fetched, w.runOf(other).FetchBegan)
	require.Equal(t, shared, w.share(other, *fetched, true), "a retry")
}

func sharesNot(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, whole(), many(10))
	fetched := w.runOf(lease).FetchBegan
	other := w.take(hubMarket, ledger.Smart)
	require.Zero(t, w.share(other, fetched.Add(time.Microsecond), false), "it was begun too early")
	require.Nil(t, w.runOf(other).FetchBegan)
	w.ticks.Add(60)
	since := w.now()
	require.NotEmpty(t, w.report(lease, guarded(), many(1)).Held)
	require.Zero(t, w.share(other, since, false), "what was held was not recorded")
	w.report(lease, part(), []inventory.Level{level("A", 5)})
	require.Zero(t, w.share(other, since, true), "a part is not everything")
	require.Equal(t, lease.Run, w.share(other, since, false).Run)
	w.end(lease, ledger.Completed)
	elsewhere := w.take(annexShop, ledger.Smart)
	require.Zero(t, w.share(elsewhere, began, false), "another warehouse's")
}

// sharesNews: a connection does not take over a snapshot that its own runs have fetched or taken over, because that run would change nothing.
func sharesNews(t *testing.T, w *world) {
	first := w.take(hubShop, ledger.Full)
	w.report(first, whole(), many(10))
	w.end(first, ledger.Completed)
	own := w.take(hubShop, ledger.Full)
	require.Zero(t, w.share(own, began, false), "its connection fetched it itself")
	other := w.take(hubMarket, ledger.Full)
	require.Equal(t, first.Run, w.share(other, began, true).Run)
	w.end(other, ledger.Completed)
	other = w.take(hubMarket, ledger.Full)
	require.Zero(t, w.share(other, began, true), "the run before has taken it over")

	w.stage(own, many(10))
	require.Equal(t, own.Run, w.share(other, began, true).Fetching)
	w.report(own, whole(), many(10))
	require.Equal(t, own.Run, w.share(other, began, true).Run, "this one is news")
}

func sharesLater(t *testing.T, w *world) {
	first, second := w.take(hubShop, ledger.Full), w.take(hubMarket, ledger.Full)
	since := w.now()
	// The second one begins first.
	id := w.stage(second, []inventory.Level{level("A", 5)})
	require.Equal(t, ledger.Shared{Fetching: second.Run}, w.share(first, since, true))
	require.Nil(t, w.runOf(first).FetchBegan, "it has taken over nothing yet")
	_, err := w.Record(w.ctx(), second, id, ledger.SnapshotEnd{Full: true, Rows: 1, Guard: lax, Now: w.now()})
	require.NoError(t, err)
	require.Equal(t, second.Run, w.share(first, since, true).Run)
}

// sharesTogether: two runs find no snapshot and begin to fetch at once. Only the one that began later waits.
func sharesTogether(t *testing.T, w *world) {
	first, second := w.take(hubShop, ledger.Full), w.take(hubMarket, ledger.Full)
	since := w.now()
	require.Zero(t, w.share(first, since, true))
	require.Zero(t, w.share(second, since, true))
	earlier, later := w.stage(second, []inventory.Level{level("A", 5)}), w.stage(first, []inventory.Level{level("A", 5)})
	query := ledger.ShareQuery{Warehouse: hub, Since: since, Full: true, Now: w.now(), Staged: earlier}
	shared, err := w.Share(w.ctx(), second, query)
	require.NoError(t, err)
	require.Zero(t, shared)
	query.Staged = later
	shared, err = w.Share(w.ctx(), first, query)
	require.NoError(t, err)
	require.Equal(t, ledger.Shared{Fetching: second.Run}, shared)
	require.NoError(t, w.Discard(w.ctx(), later))
	_, err = w.Record(w.ctx(), second, earlier, ledger.SnapshotEnd{Full: true, Rows: 1, Guard: lax, Now: w.now()})
	require.NoError(t, err)
	require.Equal(t, second.Run, w.share(first, since, true).Run)
}

// sharesAfterCrashes: attempts of two runs died while they fetched. What they staged is not a fetch in progress, so the runs do not wait for
// each other.
func sharesAfterCrashes(t *testing.T, w *world) {
	first, second := w.take(hubShop, ledger.Full), w.take(hubMarket, ledger.Full)
	since := w.now()
	w.stage(first, []inventory.Level{level("A", 5)})
	w.stage(second, []inventory.Level{level("A", 5)})
	require.Equal(t, second.Run, w.share(first, since, true).Fetching)
	require.Zero(t, w.share(second, since, true))
	require.Zero(t, w.share(first, since, true))
}

// sharesWhole: of several snapshots of a source, only the last is what another run would fetch.
func sharesWhole(t *testing.T, w *world) {
	since := w.now()
	lease, other := w.take(hubShop, ledger.Smart), w.take(hubMarket, ledger.Smart)
	more := whole()
	more.More = true
	require.True(t, w.report(lease, more, []inventory.Level{level("A", 5)}).More)
	require.Equal(t, ledger.Shared{Fetching: lease.Run}, w.share(other, since, false))
	require.Nil(t, w.runOf(other).FetchBegan)
	w.report(lease, whole(), []inventory.Level{level("A", 6)})
	require.Equal(t, lease.Run, w.share(other, since, false).Run)
	w.report(lease, more, []inventory.Level{level("A", 7)})
	w.end(lease, ledger.Failed)
	require.Zero(t, w.share(other, since, false), "it died before the last")
}

func sharesNothingDead(t *testing.T, w *world) {
	since := w.now()
	ended := w.take(hubShop, ledger.Full)
	w.stage(ended, nil)
	w.end(ended, ledger.Cancelled)
	other := w.take(hubMarket, ledger.Full)
	require.Zero(t, w.share(other, since, true), "its run is over")
	discarded := w.take(hubShop, ledger.Full)
	require.NoError(t, w.Discard(w.ctx(), w.stage(discarded, nil)))
	w.end(other, ledger.Completed)
	other = w.take(hubMarket, ledger.Full)
	require.Zero(t, w.share(other, since, true), "what it fetched was thrown away")
	w.stage(discarded, nil)
	require.Equal(t, discarded.Run, w.share(other, since, true).Fetching)
	require.Zero(t, w.share(other, w.now(), true), "it is fetching what was asked for too late")
}

// sharesNoUpload: an uploaded snapshot is not the fetch of a run, and does not hide one.
func sharesNoUpload(t *testing.T, w *world) {
	since := w.now()
	lease, other := w.take(hubShop, ledger.Smart), w.take(hubMarket, ledger.Smart)
	w.uploaded(w.upload(level("A", 5)), whole(), 1)
	require.Zero(t, w.share(other, since, false))
	require.Nil(t, w.runOf(other).FetchBegan)
	w.report(lease, whole(), []inventory.Level{level("A", 6)})
	w.uploaded(w.upload(level("A", 7)), whole(), 1)
	w.upload(level("A", 8))
	require.Equal(t, lease.Run, w.share(other, since, false).Run)
}

// sharesCoverage: a run that takes over a snapshot covers the requests that were made before its fetch began, and no later ones.
func sharesCoverage(t *testing.T, w *world) {
	early := w.requesting(hubMarket, ledger.Smart, "early")
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, whole(), []inventory.Level{level("A", 5)})
	late := w.requesting(hubMarket, ledger.Smart, "late")
	other := w.take(hubMarket, ledger.Smart)
	require.Equal(t, lease.Run, w.share(other, began, false).Run)
	w.end(other, ledger.Completed)
	require.True(t, w.grant(early).Covered)
	require.False(t, w.grant(late).Covered)
}
