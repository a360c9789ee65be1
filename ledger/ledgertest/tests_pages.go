package ledgertest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

var pageTests = tests{
	"the same pages confirm":                 confirmsPages,
	"what is reported after the same pages":  datesByPages,
	"what changes levels forgets the pages":  forgetsPages,
	"a snapshot whose pages are not kept":    keepsNoPages,
	"pages that are not the last ones":       refusesOtherPages,
	"the same pages, but older":              refusesOlderPages,
	"the same pages by other definitions":    refusesOtherDefinitions,
	"the same pages of a run that is over":   fencesPages,
	"the same pages answer an open question": dissolvesByPages,
}

// paged is a full snapshot with page fingerprints, dated by our clock.
func (w *world) paged(pages string) ledger.SnapshotEnd {
	end := whole()
	end.Pages, end.Rows, end.Now, end.SourceCursor, end.From = []byte(pages), 2, w.now(), "mark "+pages, "pages"
	return end
}

// kept records a snapshot of two levels whose page fingerprints are stored.
func (w *world) kept(lease ledger.Lease, pages string) ledger.SnapshotResult {
	w.t.Helper()
	id := w.stage(lease, []inventory.Level{level("A", 5), level("B", 6)})
	result, err := w.Record(w.ctx(), lease, id, w.paged(pages))
	require.NoError(w.t, err)
	w.keeps(pages)
	return result
}

func (w *world) keeps(pages string) {
	w.t.Helper()
	stored, err := w.Pages(w.ctx(), hub)
	require.NoError(w.t, err)
	require.Equal(w.t, pages, string(stored))
}

// confirm confirms a snapshot without rows.
func (w *world) confirm(lease ledger.Lease, end ledger.SnapshotEnd) (ledger.SnapshotResult, bool) {
	w.t.Helper()
	result, confirmed, err := w.Confirm(w.ctx(), lease, w.stage(lease, nil), end)
	require.NoError(w.t, err)
	return result, confirmed
}

func confirmsPages(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.keeps("")
	recorded := w.kept(lease, "p")
	before := w.levels(hub)
	for range 2 { // and once more after that
		result, confirmed := w.confirm(lease, w.paged("p"))
		require.True(t, confirmed)
		require.Equal(t, ledger.SnapshotResult{SnapshotFigures: ledger.SnapshotFigures{Rows: 2}, LastRows: 2, Version: recorded.Version}, result)
		require.Equal(t, before, w.levels(hub))
		w.keeps("p")
	}
	last, err := w.LastSnapshot(w.ctx(), hub)
	require.NoError(t, err)
	require.Equal(t, int64(2), last.Rows)
	require.Equal(t, "pages", last.From)
	require.True(t, last.Full)
	cursor, err := w.SourceCursor(w.ctx(), hub)
	require.NoError(t, err)
	require.Equal(t, "mark p", cursor)
	require.Equal(t, []string{"reported"}, w.kinds("A", ""))
}

// A confirmed level has the time of the confirming snapshot: what was observed before that is older.
func datesByPages(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.kept(lease, "p")
	between := w.now()
	_, confirmed := w.confirm(lease, w.paged("p"))
	require.True(t, confirmed)
	late := ledger.Observation{Event: "late", Level: level("A", 9), ReceivedAt: between}
	result, err := w.Observe(w.ctx(), hub, []ledger.Observation{late}, w.now())
	require.NoError(t, err)
	require.Equal(t, int64(1), result.Older)
	require.Equal(t, int64(5), w.available(hub)["A"])
}

func forgetsPages(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	observe := func(one ledger.Observation) {
		one.Event = w.name("event")
		_, err := w.Observe(w.ctx(), hub, []ledger.Observation{one}, w.now())
		require.NoError(t, err)
	}
	for name, change := range map[string]func(){
		"an event":                func() { observe(ledger.Observation{Level: level("A", 1)}) },
		"an event without news":   func() { observe(ledger.Observation{Level: level("A", 5)}) },
		"an event that is no use": func() { observe(ledger.Observation{Level: level("B", 0), Refused: "unreadable"}) },
		"another snapshot":        func() { w.report(lease, part(), []inventory.Level{level("B", 7)}) },
		"a snapshot that is sent": func() { w.uploaded(w.upload(level("B", 7)), part(), 1) },
		"rows mean something else": func() {
			changed := definitions()
			for i := range changed.Warehouses {
				changed.Warehouses[i].Quantity = map[inventory.QuantityField]inventory.QuantityField{
					inventory.QuantityAvailable: inventory.QuantityOnHand,
				}[changed.Warehouses[i].Quantity]
			}
			w.apply(changed)
			w.apply(definitions())
		},
	} {
		id := w.stage(lease, nil) // begun before
		w.kept(lease, "p")
		change()
		w.keeps("")
		_, confirmed := w.confirm(lease, w.paged("p"))
		require.False(t, confirmed, name)
		_, confirmed, err := w.Confirm(w.ctx(), lease, id, w.paged("p"))
		require.True(t, err != nil || !confirmed, name)
	}
}

// Page fingerprints are stored only for a snapshot after which the levels are exactly its rows.
func keepsNoPages(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	for name, record := range map[string]func(end ledger.SnapshotEnd) ledger.SnapshotResult{
		"a part": func(end ledger.SnapshotEnd) ledger.SnapshotResult {
			end.Full = false
			return w.report(lease, end, []inventory.Level{level("A", 5), level("B", 6)})
		},
		"more behind it": func(end ledger.SnapshotEnd) ledger.SnapshotResult {
			end.More = true
			return w.report(lease, end, []inventory.Level{level("A", 5), level("B", 6)})
		},
		"a row that was refused": func(end ledger.SnapshotEnd) ledger.SnapshotResult {
			return w.report(lease, end, []inventory.Level{level("A", 5), level("B", 6)}, inventory.Refusal{SKU: "C", Reason: "unreadable"})
		},
		"a level that is not named": func(end ledger.SnapshotEnd) ledger.SnapshotResult {
			return w.report(lease, end, []inventory.Level{level("A", 5)})
		},
		"a row that is older than its level": func(end ledger.SnapshotEnd) ledger.SnapshotResult {
			w.report(lease, whole(), []inventory.Level{levelAt("A", 5, end.Now), level("B", 6)})
			return w.report(lease, end, []inventory.Level{levelAt("A", 4, end.Now.Add(-time.Hour)), level("B", 6)})
		},
		"an older snapshot": func(end ledger.SnapshotEnd) ledger.SnapshotResult {
			end.AsOf = began.Add(-time.Hour)
			return w.report(lease, end, []inventory.Level{level("A", 5), level("B", 6)})
		},
		"unknown pages": func(end ledger.SnapshotEnd) ledger.SnapshotResult {
			end.Pages = nil
			return w.report(lease, end, []inventory.Level{level("A", 5), level("B", 6)})
		},
	} {
		w.kept(lease, "p")
		require.Empty(t, record(w.paged("q")).Held, name)
		w.keeps("")
		_, confirmed := w.confirm(lease, w.paged("q"))
		require.False(t, confirmed, name)
		w.report(lease, whole(), []inventory.Level{level("A", 5), level("B", 6)})
	}
}

// refusesOlderPages: a snapshot with a time is compared by the source's clock.
func refusesOlderPages(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	record := func(at time.Time) {
		end := w.paged("p")
		end.AsOf = at
		_, err := w.Record(w.ctx(), lease, w.stage(lease, []inventory.Level{level("A", 5), level("B", 6)}), end)
		require.NoError(t, err)
		w.keeps("p")
	}
	confirm := func(snapshot int64, at time.Time) bool {
		end := w.paged("p")
		end.AsOf = at
		_, confirmed, err := w.Confirm(w.ctx(), lease, snapshot, end)
		require.NoError(t, err)
		return confirmed
	}
	record(began)
	require.False(t, confirm(w.stage(lease, nil), began.Add(-time.Hour)), "it is older")
	require.True(t, confirm(w.stage(lease, nil), began))
	require.False(t, confirm(w.stage(lease, nil), time.Time{}), "it has no time")

	old := w.stage(lease, nil)
	changed := definitions()
	for i := range changed.Warehouses {
		changed.Warehouses[i].Quantity = inventory.QuantityOnHand
	}
	w.apply(changed)
	other := w.take(hubMarket, ledger.Smart)
	end := w.paged("p")
	end.AsOf = began.Add(time.Hour)
	_, err := w.Record(w.ctx(), other, w.stage(other, []inventory.Level{level("A", 5), level("B", 6)}), end)
	require.NoError(t, err)
	w.keeps("p")
	require.False(t, confirm(old, began.Add(2*time.Hour)), "it was begun by other settings")
}

// refusesOtherDefinitions: the oddities of a snapshot depend on the definitions.
func refusesOtherDefinitions(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.kept(lease, "p")
	changed := definitions()
	changed.Products = append(changed.Products, ledger.Product{Merchant: changed.Warehouses[0].Merchant, SKU: "a"})
	w.apply(changed)
	_, confirmed := w.confirm(lease, w.paged("p"))
	require.False(t, confirmed)
	w.keeps("p")

	result := w.kept(lease, "p")
	require.NotEmpty(t, result.Oddities, "A is nearly a")
	again, confirmed := w.confirm(lease, w.paged("p"))
	require.True(t, confirmed)
	require.Equal(t, result.Oddities, again.Oddities)
	last, err := w.LastSnapshot(w.ctx(), hub)
	require.NoError(t, err)
	require.Equal(t, result.Oddities, last.Oddities)
}

func refusesOtherPages(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	for name, change := range map[string]func(end *ledger.SnapshotEnd){
		"other pages":         func(end *ledger.SnapshotEnd) { end.Pages = []byte("q") },
		"more rows":           func(end *ledger.SnapshotEnd) { end.Rows++ },
		"a time of its own":   func(end *ledger.SnapshotEnd) { end.AsOf = w.now() },
		"an older time":       func(end *ledger.SnapshotEnd) { end.AsOf = began.Add(-time.Hour) },
		"a part":              func(end *ledger.SnapshotEnd) { end.Full = false },
		"more behind it":      func(end *ledger.SnapshotEnd) { end.More = true },
		"a guard that is not": func(end *ledger.SnapshotEnd) { end.Guard.MinimumRows = 2 },
	} {
		w.kept(lease, "p")
		end := w.paged("p")
		change(&end)
		id := w.stage(lease, nil)
		_, confirmed, err := w.Confirm(w.ctx(), lease, id, end)
		require.NoError(t, err, name)
		require.False(t, confirmed, name)
		w.keeps("p")
		require.NoError(t, w.StageRows(w.ctx(), id, []inventory.Level{level("A", 5), level("B", 6)}, nil), "%s: it is still staged", name)
	}
}

func fencesPages(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.kept(lease, "p")
	id := w.stage(lease, nil)
	w.replaced(lease, hubShop)
	_, confirmed, err := w.Confirm(w.ctx(), lease, id, w.paged("p"))
	require.ErrorIs(t, err, ledger.ErrFenced)
	require.False(t, confirmed)
}

func dissolvesByPages(t *testing.T, w *world) {
	held := w.take(hubShop, ledger.Smart)
	w.kept(held, "p")
	w.asks(held, ledger.HoldSnapshot, "too few rows")
	require.NoError(t, w.Release(w.ctx(), held))
	result, confirmed := w.confirm(w.take(hubShop, ledger.Smart), w.paged("p"))
	require.True(t, confirmed)
	require.Equal(t, []int64{held.Run}, runsOf(result.Dissolved))
	require.Equal(t, "dissolved", w.holdOf(held).Decision)
}
