package ledgertest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
)

// A row that a store refused is tried again, once, when something about it changes. Each test runs for every kind of refusal.
var parkedTests = tests{
	"a new figure is tried, once":                        each(triesFigure),
	"the same figure is not":                             each(keepsParked),
	"a place that did not move is not":                   each(restsParked),
	"a run counts what it tried and what it did not":     countsParked,
	"a change of its store's settings tries it":          each(triesSettings),
	"a change of a store's budget does not":              each(keepsOverBudget),
	"a reference that is new tries it":                   each(triesReference),
	"a reference that is the same does not":              each(keepsReference),
	"a reference that comes in the same run does not":    each(keepsInRun),
	"its row says what will happen next":                 each(saysNext),
	"a rule of ours says nothing of a new figure":        saysNothing,
	"a figure that came while the store refused is due":  parksNewer,
	"an attempt beside the next one parks nothing twice": each(triesLate),
}

// park is a kind of refusal of a row by a store.
type park func(w *world, lease ledger.Lease, item ledger.DueItem, reason string) string

// each runs a test for every kind of refusal.
func each(test func(t *testing.T, w *world, refuse park)) func(t *testing.T, w *world) {
	return func(t *testing.T, w *world) {
		for _, refuse := range []park{
			func(w *world, lease ledger.Lease, item ledger.DueItem, reason string) string { // of a call
				answer := says(item, ledger.StatusRejected)
				answer.Reason = reason
				intent := w.intend(lease, item)
				require.NoError(w.t, w.ApplyResponses(w.ctx(), lease, ledger.Response{Key: intent.Key, Now: w.now(), Items: []ledger.ItemResponse{answer}}))
				return "rejected"
			},
			func(w *world, lease ledger.Lease, item ledger.DueItem, reason string) string { // of a look-up that finds nothing
				w.parkOne(lease, item, ledger.StatusRejected, reason)
				return "rejected"
			},
			func(w *world, lease ledger.Lease, item ledger.DueItem, reason string) string { // of a look-up that finds what must not be set
				w.parkOne(lease, item, ledger.StatusBlocked, reason)
				return "blocked"
			},
		} {
			_, err := w.Apply(w.ctx(), ledger.Definitions{}, ledger.ApplyOptions{Prune: true})
			require.NoError(t, err)
			w.apply(definitions())
			test(t, w, refuse)
		}
	}
}

func (w *world) parkOne(lease ledger.Lease, item ledger.DueItem, status ledger.Status, reason string) {
	w.t.Helper()
	require.NoError(w.t, w.Park(w.ctx(), lease, []ledger.DueItem{item}, []ledger.ItemResponse{{Status: status, Reason: reason}}, w.now()))
}

// refusedRun returns a run in which A, which is 40, was refused, and B, which is 1, was exported.
func refusedRun(w *world, refuse park) (status string) {
	w.t.Helper()
	lease := w.changed(hubShop, level("A", 40), level("B", 1))
	status = refuse(w, lease, w.item(lease, "A"), "not stocked")
	w.push(lease)
	w.end(lease, ledger.CompletedWithFailures)
	require.Equal(w.t, map[string]string{"A": status + " 40, shows ?", "B": "exported 1, shows 1"}, w.rows(hubShop))
	return status
}

func triesFigure(t *testing.T, w *world, refuse park) {
	status := refusedRun(w, refuse)
	lease := w.changed(hubShop, level("A", 5))
	require.Equal(t, map[string]string{"A": "pending 5, shows ?", "B": "exported 1, shows 1"}, w.rows(hubShop))
	require.Empty(t, w.row(hubShop, "A").Reason)

	refuse(w, lease, w.item(lease, "A"), "still not stocked")
	require.Equal(t, status+" 5, shows ?", w.rows(hubShop)["A"])
	require.Equal(t, "still not stocked", w.row(hubShop, "A").Reason, "the newest words")
	require.Empty(t, w.due(lease))
	w.resolve(lease, ledger.Smart)
	require.Empty(t, w.due(lease), "once")
	w.end(lease, ledger.CompletedWithFailures)

	w.pass(hubShop, ledger.Smart, level("A", 0), level("B", 1))
	require.Equal(t, "exported 0, shows 0", w.rows(hubShop)["A"])
}

func keepsParked(t *testing.T, w *world, refuse park) {
	status := refusedRun(w, refuse)
	lease := w.changed(hubShop, at("east", "A", 39), at("west", "A", 1))
	require.Equal(t, status+" 40, shows ?", w.rows(hubShop)["A"])
	require.Equal(t, "not stocked", w.row(hubShop, "A").Reason)
	require.Empty(t, w.due(lease))
}

func restsParked(t *testing.T, w *world, refuse park) {
	w.apply(linked())
	lease := w.changed(hubShop, at("east", "A", 40), at("west", "A", 6))
	status := refuse(w, lease, w.due(lease)[0], "not stocked")
	w.push(lease)
	w.change(lease, at("west", "A", 7))
	require.Equal(t, map[string]string{"A@e": status + " 40, shows ?", "A@w": "pending 7, shows 6"}, w.rows(hubShop))
}

func countsParked(t *testing.T, w *world) {
	first := w.changed(hubShop, level("A", 40), level("B", 5))
	w.answered(first, w.intend(first), ledger.StatusRejected)
	w.end(first, ledger.CompletedWithFailures)

	second := w.changed(hubShop, level("A", 41), at("east", "B", 4), at("west", "B", 1))
	counted := func() [2]int64 {
		counts, err := w.Tally(w.ctx(), second.Run)
		require.NoError(t, err)
		return [2]int64{counts.Rejected, counts.Parked}
	}
	require.Equal(t, [2]int64{0, 1}, counted(), "B has the same figure; A is to be tried")
	w.answered(second, w.intend(second), ledger.StatusRejected)
	require.Equal(t, [2]int64{1, 1}, counted(), "A was tried and refused by this run")
}

func triesSettings(t *testing.T, w *world, refuse park) {
	refusedRun(w, refuse)
	w.apply(alter(func(d *ledger.Definitions) { d.Stores[0].Settings = settings.Values{"backorders": true} }))
	require.Equal(t, map[string]string{"A": "pending 40, shows ?", "B": "exported 1, shows 1"}, w.rows(hubShop))
	require.Empty(t, w.row(hubShop, "A").Reason)
}

func keepsOverBudget(t *testing.T, w *world, refuse park) {
	status := refusedRun(w, refuse)
	w.apply(alter(func(d *ledger.Definitions) { d.Stores[0].Budget.Share = 0.5 }))
	require.Equal(t, status+" 40, shows ?", w.rows(hubShop)["A"])
}

func triesReference(t *testing.T, w *world, refuse park) {
	refusedRun(w, refuse)
	lease := w.take(hubShop, ledger.Smart)
	require.NoError(t, w.Remember(w.ctx(), lease, map[string]string{"A": "17"}, w.now()))
	require.Equal(t, map[string]string{"A": "pending 40, shows ?", "B": "exported 1, shows 1"}, w.rows(hubShop), "the store has the item now")
}

func keepsReference(t *testing.T, w *world, refuse park) {
	lease := w.take(hubShop, ledger.Smart)
	require.NoError(t, w.Remember(w.ctx(), lease, map[string]string{"A": "17"}, w.now()))
	w.end(lease, ledger.Completed)
	status := refusedRun(w, refuse)
	lease = w.take(hubShop, ledger.Smart)
	require.NoError(t, w.Remember(w.ctx(), lease, map[string]string{"A": "17"}, w.now().Add(60*24*time.Hour)))
	require.Equal(t, status+" 40, shows ?", w.rows(hubShop)["A"])
	require.NoError(t, w.Remember(w.ctx(), lease, map[string]string{"A": "18"}, w.now()))
	require.Equal(t, "pending 40, shows ?", w.rows(hubShop)["A"], "it is another item now")
}

// keepsInRun: a run that refreshes an item's id after a refusal does not try it for ever.
func keepsInRun(t *testing.T, w *world, refuse park) {
	lease := w.changed(hubShop, level("A", 40))
	status := refuse(w, lease, w.item(lease, "A"), "not stocked")
	require.NoError(t, w.Remember(w.ctx(), lease, map[string]string{"A": "17"}, w.now()))
	require.Equal(t, status+" 40, shows ?", w.rows(hubShop)["A"])
}

func saysNext(t *testing.T, w *world, refuse park) {
	refusedRun(w, refuse)
	require.Contains(t, w.row(hubShop, "A").Next, "tried again when its figure changes")
	require.Empty(t, w.row(hubShop, "B").Next)
}

func saysNothing(t *testing.T, w *world) {
	w.apply(listings(listing(shop, "A", "X")))
	w.pass(hubShop, ledger.Smart, level("A", 5))
	w.apply(definitions())
	w.pass(hubShop, ledger.Smart)
	require.Equal(t, ledger.StatusBlocked, w.row(hubShop, "X").Status)
	require.Empty(t, w.row(hubShop, "X").Next)
}

func parksNewer(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 40))
	intent := w.intend(lease)
	w.change(lease, level("A", 5))
	w.answered(lease, intent, ledger.StatusRejected)
	require.Equal(t, "pending 5, shows ?", w.rows(hubShop)["A"])
}

// triesLate: the activity that resolves may be retried.
func triesLate(t *testing.T, w *world, refuse park) {
	status := refusedRun(w, refuse)
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, part(), rowsOf("A", 5))
	plan := w.plan(hubShop, ledger.Smart)
	page := w.affected(plan)
	w.resolvePage(lease, plan, page)
	require.Equal(t, "pending 5, shows ?", w.rows(hubShop)["A"])
	refuse(w, lease, w.item(lease, "A"), "still not stocked")
	w.resolvePage(lease, plan, page)
	require.Equal(t, status+" 5, shows ?", w.rows(hubShop)["A"])
}

func rowsOf(sku string, available int64) []inventory.Level {
	return []inventory.Level{level(sku, available)}
}
