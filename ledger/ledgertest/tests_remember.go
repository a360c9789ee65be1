package ledgertest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

var rememberTests = tests{
	"references are kept by store":           remembers,
	"rows are parked":                        parks,
	"rows that are tried again":              parksForNow,
	"what changed meanwhile is not parked":   parksUnchanged,
	"what cannot be parked":                  refusesParking,
	"a call counts for its items":            countsItems,
	"a call that is not counted":             countsNoItems,
	"a reference travels with the call":      carriesReference,
	"the days of a zone":                     countsDays,
	"references go with a store":             prunesReferences,
	"many references are loaded in one step": remembersMany,
	"references are learned anew":            refreshesIDs,
	"what is not learned anew":               refusesRefreshing,
}

func remembers(t *testing.T, w *world) {
	require.Empty(t, w.references(shop, "A"))
	require.Empty(t, w.references(shop))
	lease := w.take(hubShop, ledger.Smart)
	references := map[string]string{"A": "gid://1", "a": "gid://2", "'%_\"🚲": "x y", "B": ""}
	require.NoError(t, w.Remember(w.ctx(), lease, references, w.now()))
	require.Equal(t, references, w.references(shop, "A", "a", "'%_\"🚲", "B", "C", "A"))
	require.Empty(t, w.references(market, "A"))
	require.NoError(t, w.Remember(w.ctx(), lease, map[string]string{"A": "gid://3"}, w.now()))
	require.NoError(t, w.Forget(w.ctx(), lease, []string{"a", "C"}))
	require.Equal(t, map[string]string{"A": "gid://3"}, w.references(shop, "A", "a"))
	foundAt := w.now()
	require.NoError(t, w.Remember(w.ctx(), lease, map[string]string{"A": "gid://3"}, foundAt))
	again, err := w.References(w.ctx(), shop, []string{"A"})
	require.NoError(t, err)
	require.Equal(t, map[string]ledger.Reference{"A": {ID: "gid://3", FoundAt: foundAt}}, again, "the last look-up counts")
	require.NoError(t, w.Remember(w.ctx(), lease, nil, w.now()))
	require.NoError(t, w.Forget(w.ctx(), lease, nil))
	require.Error(t, w.Remember(w.ctx(), lease, map[string]string{"Z": "ok", "\x00": "x"}, w.now()))
	require.Error(t, w.Remember(w.ctx(), lease, map[string]string{"Z": "\xff"}, w.now()))
	require.Empty(t, w.references(shop, "Z"))
}

func parks(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5), level("B", 6), level("C", 7))
	items := w.due(lease)
	require.NoError(t, w.Park(w.ctx(), lease, items[:2], []ledger.ItemResponse{
		{ChannelSKU: "A", Status: ledger.StatusRejected, Reason: "the store does not know it"},
		{ChannelSKU: "B", Status: ledger.StatusBlocked, Reason: "two items have it"},
	}, w.now()))
	require.Equal(t, map[string]string{"A": "rejected 5, shows ?", "B": "blocked 6, shows ?", "C": "pending 7, shows ?"}, w.rows(hubShop))
	require.Equal(t, "the store does not know it", w.row(hubShop, "A").Reason)
	require.Equal(t, "two items have it", w.row(hubShop, "B").Reason)
	require.Equal(t, "rejected", w.kinds("A", hubShop)[0])
	require.Len(t, w.due(lease), 1)
	require.Zero(t, w.callsOn(shop, began))
	w.end(lease, ledger.CompletedWithFailures)
	lease = w.take(hubShop, ledger.Full)
	w.resolve(lease, ledger.Full)
	require.Len(t, w.due(lease), 3, "a Full Sync tries again")
}

// parksForNow: a look-up without a result counts as a try. The row stays due, after the rows that the run has not tried.
func parksForNow(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5), level("B", 6))
	query := ledger.DueQuery{Connection: hubShop, Run: lease.Run, MaximumTries: 2, Limit: 1}
	next := func() ledger.DueItem {
		items, err := w.NextDue(w.ctx(), query)
		require.NoError(t, err)
		require.Len(t, items, 1)
		return items[0]
	}
	first := next()
	refusal := []ledger.ItemResponse{{ChannelSKU: "A", Status: ledger.StatusRetrying, Reason: "not permitted"}}
	require.NoError(t, w.Park(w.ctx(), lease, []ledger.DueItem{first}, refusal, w.now()))
	require.Equal(t, map[string]string{"A": "retrying 5, shows ?", "B": "pending 6, shows ?"}, w.rows(hubShop))
	require.Equal(t, "not permitted", w.row(hubShop, "A").Reason)
	require.Equal(t, "retrying", w.kinds("A", hubShop)[0])
	counts, err := w.Tally(w.ctx(), lease.Run)
	require.NoError(t, err)
	require.EqualValues(t, 1, counts.Retrying)

	other := next()
	require.Equal(t, "B", other.ChannelSKU)
	limit := []ledger.ItemResponse{{ChannelSKU: "B", Status: ledger.StatusPending, Reason: "one of two", Part: 1}}
	require.NoError(t, w.Park(w.ctx(), lease, []ledger.DueItem{other}, limit, w.now()))
	require.Equal(t, "pending 6, shows ?", w.rows(hubShop)["B"])
	require.NotContains(t, w.kinds("B", hubShop), "pending", "nothing was tried")
	other = next()
	require.Equal(t, "B", other.ChannelSKU, "it was not tried")
	require.Equal(t, 1, other.Part)
	require.NoError(t, w.Park(w.ctx(), lease, []ledger.DueItem{other},
		[]ledger.ItemResponse{{ChannelSKU: "B", Status: ledger.StatusRejected, Reason: "gone"}}, w.now()))
	again := next()
	require.Equal(t, "A", again.ChannelSKU)
	require.Equal(t, 1, again.Attempts)
	require.NoError(t, w.Park(w.ctx(), lease, []ledger.DueItem{again}, refusal, w.now()))
	items, err := w.NextDue(w.ctx(), query)
	require.NoError(t, err)
	require.Empty(t, items, "it was tried as often as it may be in one run")
	w.end(lease, ledger.CompletedWithFailures)
	require.Len(t, w.due(w.take(hubShop, ledger.Smart)), 1, "the next run tries again")
}

func parksUnchanged(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5), level("B", 6), level("C", 7))
	items := w.due(lease)
	w.change(lease, level("A", 4))
	w.intend(lease, items[1])
	answers := make([]ledger.ItemResponse, len(items))
	for i, item := range items {
		answers[i] = says(item, ledger.StatusRejected)
	}
	require.NoError(t, w.Park(w.ctx(), lease, items, answers, w.now()))
	require.Equal(t, map[string]string{"A": "pending 4, shows ?", "B": "unknown 6, shows ?", "C": "rejected 7, shows ?"}, w.rows(hubShop))
	require.NotContains(t, w.kinds("A", hubShop), "rejected")
}

func refusesParking(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5))
	items := w.due(lease)
	require.Error(t, w.Park(w.ctx(), lease, items, nil, w.now()))
	for _, status := range []ledger.Status{ledger.StatusExported, ledger.StatusSent, ledger.StatusUnknown, ""} {
		require.Error(t, w.Park(w.ctx(), lease, items, []ledger.ItemResponse{says(items[0], status)}, w.now()), status)
	}
	require.Len(t, w.due(lease), 1)
}

// countsItems: a store may limit the calls of an item per day, in its own time zone.
func countsItems(t *testing.T, w *world) {
	const today, tomorrow = ledger.Day(20_000), ledger.Day(20_001)
	lease := w.changed(hubShop, level("A", 5), level("B", 5))
	due := func(most int64, day ledger.Day) []string {
		items, err := w.NextDue(w.ctx(), ledger.DueQuery{Connection: hubShop, Run: lease.Run, MaximumTries: 100, Limit: 10, MaximumCalls: most, Day: day})
		require.NoError(t, err)
		var skus []string
		for _, item := range items {
			skus = append(skus, item.ChannelSKU)
		}
		return skus
	}
	send := func(day ledger.Day) ledger.Intent {
		now := w.now()
		intent := ledger.Intent{Key: w.name("key"), Items: []ledger.DueItem{w.item(lease, "A")}, Deadline: now.Add(callTime), Now: now, CountOn: day}
		require.NoError(t, w.Intend(w.ctx(), lease, intent))
		return intent
	}
	w.answered(lease, send(today), ledger.StatusPending)
	require.Equal(t, []string{"A", "B"}, due(2, today))
	require.Equal(t, []string{"B"}, due(1, today))
	require.Equal(t, []string{"A", "B"}, due(0, today), "0 means no limit")
	w.answered(lease, send(today), ledger.StatusPending)
	require.Equal(t, []string{"B"}, due(2, today))
	require.Equal(t, []string{"A", "B"}, due(2, tomorrow))
	require.Equal(t, ledger.Due{Rows: 2}, w.counted(hubShop), "it stays due for another day")
	w.answered(lease, send(tomorrow), ledger.StatusPending)
	require.Equal(t, []string{"B"}, due(1, tomorrow))
}

func countsNoItems(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5))
	w.answered(lease, w.intend(lease), ledger.StatusPending)
	for _, day := range []ledger.Day{0, ledger.DayOf(began, nil)} {
		items, err := w.NextDue(w.ctx(), ledger.DueQuery{Connection: hubShop, Run: lease.Run, MaximumTries: 3, Limit: 10, MaximumCalls: 1, Day: day})
		require.NoError(t, err)
		require.Len(t, items, 1)
	}
}

func carriesReference(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5))
	require.NoError(t, w.Remember(w.ctx(), lease, map[string]string{"A": "gid://1"}, w.now()))
	item := w.item(lease, "A")
	require.Empty(t, item.Reference, "the ledger does not fill it in")
	item.Reference = "gid://1"
	w.intend(lease, item)
	require.NoError(t, w.Remember(w.ctx(), lease, map[string]string{"A": "gid://2"}, w.now()))
	require.Equal(t, []ledger.DueItem{item}, w.openCalls(hubShop)[0].Items, "as it was when the call was made")
}

func countsDays(t *testing.T, _ *world) {
	tokyo, honolulu := time.FixedZone("", 9*3600), time.FixedZone("", -10*3600)
	at := time.Date(2026, time.March, 1, 20, 0, 0, 0, time.UTC)
	require.Equal(t, ledger.DayOf(at, nil), ledger.DayOf(at, time.UTC))
	require.Equal(t, ledger.DayOf(at, nil)+1, ledger.DayOf(at, tokyo))
	require.Equal(t, ledger.DayOf(at, nil), ledger.DayOf(at, honolulu))
	require.Equal(t, ledger.DayOf(at, nil)-1, ledger.DayOf(at.Add(-20*time.Hour), honolulu))
	require.Zero(t, ledger.DayOf(time.Unix(0, 0), nil))
}

func prunesReferences(t *testing.T, w *world) {
	lease := w.take(hubMarket, ledger.Smart)
	require.NoError(t, w.Remember(w.ctx(), lease, map[string]string{"A": "gid://1"}, w.now()))
	_, err := w.Apply(w.ctx(), without(), ledger.ApplyOptions{Prune: true})
	require.NoError(t, err)
	w.apply(definitions())
	require.Empty(t, w.references(market, "A"))
}

func remembersMany(t *testing.T, w *world) {
	const count = 2000
	lease := w.take(hubShop, ledger.Smart)
	references := map[string]string{}
	var skus []string
	for range count {
		sku := w.name("SKU")
		references[sku], skus = "of "+sku, append(skus, sku)
	}
	require.NoError(t, w.Remember(w.ctx(), lease, references, w.now()))
	require.Equal(t, references, w.references(shop, skus...))
	require.NoError(t, w.Forget(w.ctx(), lease, skus))
	require.Empty(t, w.references(shop, skus...))
}

func refreshesIDs(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5), level("B", 6), level("C", 7), level("D", 8), level("E", 9))
	require.NoError(t, w.Remember(w.ctx(), lease, map[string]string{"A": "gid://1", "B": "gid://2", "C": "gid://3", "D": "gid://4"}, w.now()))
	w.answered(lease, w.intend(lease, w.item(lease, "A"), w.item(lease, "B")), ledger.StatusExported)
	w.answered(lease, w.intend(lease, w.item(lease, "C")), ledger.StatusRejected)
	item := w.item(lease, "E")
	require.NoError(t, w.Park(w.ctx(), lease, []ledger.DueItem{item},
		[]ledger.ItemResponse{{ChannelSKU: "E", Status: ledger.StatusBlocked, Reason: "two items have it"}}, w.now()))
	w.intend(lease, w.item(lease, "D"))
	w.end(lease, ledger.Failed)

	done, err := w.RefreshIDs(w.ctx(), shop, []string{"A", "E", "NEVER"})
	require.NoError(t, err)
	require.Equal(t, ledger.RefreshedIDs{References: 1, Due: 2}, done)
	require.Equal(t, map[string]string{
		"A": "pending 5, shows ?", "B": "exported 6, shows 6", "C": "rejected 7, shows ?", "D": "unknown 8, shows ?", "E": "pending 9, shows ?",
	}, w.rows(hubShop))
	require.Empty(t, w.row(hubShop, "E").Reason)
	require.Equal(t, map[string]string{"B": "gid://2", "C": "gid://3", "D": "gid://4"}, w.references(shop, "A", "B", "C", "D"))

	done, err = w.RefreshIDs(w.ctx(), shop, nil)
	require.NoError(t, err)
	require.Equal(t, ledger.RefreshedIDs{References: 3, Due: 4, Open: 1}, done)
	require.Equal(t, map[string]string{
		"A": "pending 5, shows ?", "B": "pending 6, shows ?", "C": "pending 7, shows ?", "D": "unknown 8, shows ?", "E": "pending 9, shows ?",
	}, w.rows(hubShop))
	require.Empty(t, w.references(shop, "A", "B", "C", "D"))
	require.Len(t, w.openCalls(hubShop), 1)
}

func refusesRefreshing(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5))
	require.NoError(t, w.Remember(w.ctx(), lease, map[string]string{"A": "gid://1"}, w.now()))
	w.answered(lease, w.intend(lease), ledger.StatusExported)
	_, err := w.RefreshIDs(w.ctx(), shop, nil)
	var busy *ledger.BusyError
	require.ErrorAs(t, err, &busy)
	require.Equal(t, lease.Run, busy.Holder.Run)
	_, err = w.RefreshIDs(w.ctx(), "nowhere", nil)
	require.ErrorIs(t, err, ledger.ErrNotFound)
	require.Equal(t, map[string]string{"A": "exported 5, shows 5"}, w.rows(hubShop))
	require.Equal(t, map[string]string{"A": "gid://1"}, w.references(shop, "A"))
}
