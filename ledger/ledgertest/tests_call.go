package ledgertest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

var callTests = tests{
	"the intent comes before the call":        intends,
	"exact bytes are kept":                    keepsBody,
	"open calls are listed oldest first":      listsOpen,
	"how stores are called":                   usesStores,
	"a row is in one call at a time":          refusesSecond,
	"a row that is not due is not sent":       refusesUndue,
	"a stale figure is not sent":              refusesStale,
	"a call is sent again":                    resends,
	"what is sent again must be open":         refusesResend,
	"calls are counted by day":                countsCalls,
	"what is known of a budget goes on":       keepsPace,
	"a call that is given up":                 abandons,
	"a call outlives its run":                 outlivesRun,
	"a figure that returns while unknown":     neverLost,
	"an item names where and what":            keepsItems,
	"a run's figures":                         tallies,
	"a parked row is not counted as rejected": talliesParked,
	"a run's figures are those of one run":    talliesOne,
}

func intends(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5), level("B", 6), level("C", 7))
	intent := w.intend(lease, w.item(lease, "A"), w.item(lease, "B"))
	require.Equal(t, map[string]string{"A": "unknown 5, shows ?", "B": "unknown 6, shows ?", "C": "pending 7, shows ?"}, w.rows(hubShop))
	require.Equal(t, []ledger.OpenCall{{Intent: intent, Sends: 1}}, w.openCalls(hubShop))
	require.Empty(t, w.openCalls(hubMarket))
	due := w.due(lease)
	require.Len(t, due, 1)
	require.Equal(t, "C", due[0].ChannelSKU)
	holder, err := w.Holder(w.ctx(), shop)
	require.NoError(t, err)
	require.Equal(t, intent.Deadline, holder.BusyUntil)
	require.EqualValues(t, 1, w.callsOn(shop, intent.Now))
	require.Equal(t, lease.Run, w.row(hubShop, "A").Run)
}

func usesStores(t *testing.T, w *world) {
	uses := func(day time.Time) ledger.StoreUse {
		byStore, err := w.StoreUses(w.ctx(), day)
		require.NoError(t, err)
		require.NotContains(t, byStore, market)
		return byStore[shop]
	}
	require.Zero(t, uses(w.now()))
	lease := w.changed(hubShop, level("A", 5), level("B", 6))
	first := w.intend(lease, w.due(lease)...)
	require.Equal(t, ledger.StoreUse{Calls: 1}, uses(first.Now), "it has not answered")
	at := w.now()
	answer := ledger.Response{Key: first.Key, Now: at}
	for _, item := range first.Items {
		answer.Items = append(answer.Items, ledger.ItemResponse{ChannelSKU: item.ChannelSKU, Location: item.Location, Status: ledger.StatusExported})
	}
	require.NoError(t, w.ApplyResponses(w.ctx(), lease, answer))
	require.Equal(t, ledger.StoreUse{Calls: 1, Answered: at}, uses(at))
	require.NoError(t, w.Throttled(w.ctx(), lease, 2, at))
	require.NoError(t, w.Throttled(w.ctx(), lease, 1, at))
	require.Equal(t, ledger.StoreUse{Calls: 1, Throttled: 3, Answered: at}, uses(at))
	require.NoError(t, w.Throttled(w.ctx(), lease, 1, at.Add(48*time.Hour)))
	require.Equal(t, ledger.StoreUse{Throttled: 1, Answered: at}, uses(at.Add(48*time.Hour)), "a day without a call that counts")
	require.EqualValues(t, 1, w.callsOn(shop, at), "they are no calls more")
	stale := lease
	stale.Fence--
	require.ErrorIs(t, w.Throttled(w.ctx(), stale, 1, at), ledger.ErrFenced)
	require.Equal(t, ledger.StoreUse{Answered: at}, uses(at.Add(24*time.Hour)), "on another day")
}

func (w *world) callsOn(store string, day time.Time) int64 {
	w.t.Helper()
	calls, err := w.CallsOn(w.ctx(), store, day)
	require.NoError(w.t, err)
	return calls
}

func keepsBody(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5))
	for _, body := range [][]byte{{0, 1, 0xff, 0xfe, 0}, []byte("{\"a\": \"\\u0000é\r\n\"}"), make([]byte, 1<<20)} {
		now := w.now()
		intent := ledger.Intent{Key: w.name("key 'ä\"%_🚲"), Body: body, Items: w.due(lease), Deadline: now.Add(callTime), Now: now}
		require.NoError(t, w.Intend(w.ctx(), lease, intent))
		require.Equal(t, []ledger.OpenCall{{Intent: intent, Sends: 1}}, w.openCalls(hubShop))
		w.answered(lease, intent, ledger.StatusPending)
	}
	now := w.now()
	require.NoError(t, w.Intend(w.ctx(), lease, ledger.Intent{Key: "empty", Items: w.due(lease), Deadline: now, Now: now}))
	require.Empty(t, w.openCalls(hubShop)[0].Body)
}

func listsOpen(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5), level("B", 6), level("C", 7))
	var keys []string
	for _, sku := range []string{"C", "A", "B"} {
		keys = append(keys, w.intend(lease, w.item(lease, sku)).Key)
	}
	var open []string
	for _, call := range w.openCalls(hubShop) {
		open = append(open, call.Key)
	}
	require.Equal(t, keys, open)
	_, err := w.OpenCall(w.ctx(), hubMarket, keys[0])
	require.ErrorIs(t, err, ledger.ErrNotFound, "it is another connection's")
	w.answered(lease, w.openCalls(hubShop)[0].Intent, ledger.StatusExported)
	_, err = w.OpenCall(w.ctx(), hubShop, keys[0])
	require.ErrorIs(t, err, ledger.ErrNotFound, "it is closed")
}

func refusesSecond(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5), level("B", 6))
	items := w.due(lease)
	first := w.intend(lease, items[0])
	now := w.now()
	for name, intent := range map[string]ledger.Intent{
		"a row of an open call": {Key: "second", Items: items, Deadline: now.Add(time.Hour), Now: now},
		"the same call":         first,
		"the key of another":    {Key: first.Key, Items: items[1:], Deadline: now.Add(time.Hour), Now: now},
		"the same row twice":    {Key: "twice", Items: []ledger.DueItem{items[1], items[1]}, Deadline: now.Add(time.Hour), Now: now},
	} {
		require.Error(t, w.Intend(w.ctx(), lease, intent), name)
		require.Equal(t, []ledger.OpenCall{{Intent: first, Sends: 1}}, w.openCalls(hubShop), name)
		require.Equal(t, map[string]string{"A": "unknown 5, shows ?", "B": "pending 6, shows ?"}, w.rows(hubShop), name)
		require.EqualValues(t, 1, w.callsOn(shop, now), name)
	}
	holder, err := w.Holder(w.ctx(), shop)
	require.NoError(t, err)
	require.Equal(t, first.Deadline, holder.BusyUntil)
}

func refusesUndue(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5))
	items := w.due(lease)
	w.answered(lease, w.intend(lease, items...), ledger.StatusExported)
	now := w.now()
	require.Error(t, w.Intend(w.ctx(), lease, ledger.Intent{Key: "again", Items: items, Deadline: now, Now: now}))
	require.Error(t, w.Intend(w.ctx(), lease, ledger.Intent{Key: "none", Items: []ledger.DueItem{{ChannelSKU: "NEVER"}}, Deadline: now, Now: now}))
	require.Empty(t, w.openCalls(hubShop))
	require.Equal(t, map[string]string{"A": "exported 5, shows 5"}, w.rows(hubShop))
}

func refusesStale(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5), level("B", 6))
	items := w.due(lease)
	w.change(lease, level("A", 4))
	now := w.now()
	require.Error(t, w.Intend(w.ctx(), lease, ledger.Intent{Key: "stale", Items: items, Deadline: now, Now: now}))
	require.Empty(t, w.openCalls(hubShop))
	require.Equal(t, map[string]string{"A": "pending 4, shows ?", "B": "pending 6, shows ?"}, w.rows(hubShop))
}

func resends(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5))
	intent := w.intend(lease)
	now := w.now()
	intent.Deadline = now.Add(time.Hour)
	require.NoError(t, w.Resend(w.ctx(), lease, intent.Key, intent.Deadline, now))
	require.Equal(t, []ledger.OpenCall{{Intent: intent, Sends: 2}}, w.openCalls(hubShop))
	holder, err := w.Holder(w.ctx(), shop)
	require.NoError(t, err)
	require.Equal(t, intent.Deadline, holder.BusyUntil)
	require.EqualValues(t, 2, w.callsOn(shop, now))
	counts, err := w.Tally(w.ctx(), lease.Run)
	require.NoError(t, err)
	require.EqualValues(t, 2, counts.Calls)
}

func refusesResend(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5))
	now := w.now()
	require.Error(t, w.Resend(w.ctx(), lease, "never", now, now))
	intent := w.intend(lease)
	w.answered(lease, intent, ledger.StatusExported)
	require.Error(t, w.Resend(w.ctx(), lease, intent.Key, now, now), "a closed call has no bytes any more")
	require.EqualValues(t, 1, w.callsOn(shop, now))
}

func keepsPace(t *testing.T, w *world) {
	pace := func(store string) string {
		known, err := w.Pace(w.ctx(), store)
		require.NoError(t, err)
		return known
	}
	lease := w.changed(hubShop, level("A", 5), level("B", 6))
	require.Empty(t, pace(shop))
	intent := ledger.Intent{Key: "k", Items: w.due(lease), Deadline: w.now(), Now: w.now(), Pace: "paid"}
	require.NoError(t, w.Intend(w.ctx(), lease, intent))
	require.Equal(t, "paid", pace(shop))
	require.NoError(t, w.Resend(w.ctx(), lease, "k", w.now(), w.now()))
	require.Equal(t, "paid", pace(shop), "what says nothing of it leaves it")
	answer := ledger.Response{Key: "k", Now: w.now(), Pace: "answered"}
	stale := lease
	stale.Fence--
	require.Error(t, w.ApplyResponses(w.ctx(), stale, answer))
	require.Equal(t, "paid", pace(shop), "a holder that was replaced says nothing")
	require.NoError(t, w.ApplyResponses(w.ctx(), lease, answer))
	w.answered(lease, intent, ledger.StatusExported)
	w.end(lease, ledger.Completed)
	require.Equal(t, "answered", pace(shop), "it outlives the holder")
	require.Empty(t, pace(market))
	require.Empty(t, pace("moon"))
}

func countsCalls(t *testing.T, w *world) {
	midnight := time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC)
	lease := w.changed(hubShop, level("A", 5), level("B", 6))
	for i, at := range []time.Time{midnight.Add(-time.Microsecond), midnight} {
		item := w.due(lease)[0]
		require.NoError(t, w.Intend(w.ctx(), lease, ledger.Intent{Key: item.ChannelSKU, Items: []ledger.DueItem{item}, Deadline: at, Now: at}), i)
	}
	require.NoError(t, w.Resend(w.ctx(), lease, "A", midnight, midnight.Add(24*time.Hour-time.Microsecond)))
	for name, test := range map[string]struct {
		store string
		day   time.Time
		want  int64
	}{
		"the first day":            {shop, midnight.Add(-12 * time.Hour), 1},
		"the second day":           {shop, midnight.Add(12 * time.Hour), 2},
		"a day of another zone":    {shop, midnight.Add(-time.Hour).In(time.FixedZone("", 7200)), 1},
		"the third day":            {shop, midnight.Add(24 * time.Hour), 0},
		"a day before 1970":        {shop, time.Date(1969, time.December, 31, 0, 0, 0, 0, time.UTC), 0},
		"another store":            {market, midnight, 0},
		"a store that was not met": {"moon", midnight, 0},
	} {
		require.Equal(t, test.want, w.callsOn(test.store, test.day), name)
	}
	w.end(lease, ledger.Completed)
	lease = w.take(annexShop, ledger.Smart)
	w.change(lease, level("Z", 1))
	require.NoError(t, w.Intend(w.ctx(), lease, ledger.Intent{Key: "Z", Items: w.due(lease), Deadline: midnight, Now: midnight}))
	require.EqualValues(t, 3, w.callsOn(shop, midnight), "the calls of all connections of a store")
}

func abandons(t *testing.T, w *world) {
	w.pass(hubShop, ledger.Smart, level("A", 4), level("B", 6))
	lease := w.changed(hubShop, level("A", 5))
	intent := w.intend(lease)
	require.NoError(t, w.Abandon(w.ctx(), lease, intent.Key, "the store has forgotten the key", w.now()))
	require.Empty(t, w.openCalls(hubShop))
	require.Equal(t, map[string]string{"A": "pending 5, shows ?", "B": "exported 6, shows 6"}, w.rows(hubShop))
	require.Nil(t, w.item(lease, "A").Exported)
	before := w.activity("A", hubShop)
	w.answered(lease, intent, ledger.StatusExported)
	require.Equal(t, map[string]string{"A": "pending 5, shows ?", "B": "exported 6, shows 6"}, w.rows(hubShop), "an answer to a closed call changes nothing")
	require.Equal(t, before, w.activity("A", hubShop))
	require.NoError(t, w.Abandon(w.ctx(), lease, intent.Key, "again", w.now()), "a retry")

	w.change(lease, level("A", 7))
	second := w.intend(lease)
	require.NoError(t, w.Abandon(w.ctx(), lease, intent.Key, "late", w.now()))
	require.Equal(t, ledger.StatusUnknown, w.row(hubShop, "A").Status, "the row belongs to another call now")
	require.Equal(t, second.Key, w.openCalls(hubShop)[0].Key)
}

func outlivesRun(t *testing.T, w *world) {
	dead := w.changed(hubShop, level("A", 5))
	intent := w.intend(dead)
	lease := w.replaced(dead, hubShop)
	require.Equal(t, []ledger.OpenCall{{Intent: intent, Sends: 1}}, w.openCalls(hubShop))
	w.resolve(lease, ledger.Full)
	require.Empty(t, w.due(lease))
	w.answered(lease, intent, ledger.StatusExported)
	require.NotEqual(t, ledger.StatusUnknown, w.row(hubShop, "A").Status)
	require.Equal(t, new(int64(5)), w.row(hubShop, "A").Exported)
	require.Empty(t, w.openCalls(hubShop))
}

// neverLost: the response to a call was lost, and the warehouse has returned to the figure that the store showed before.
func neverLost(t *testing.T, w *world) {
	w.pass(hubShop, ledger.Smart, level("A", 5))
	dead := w.changed(hubShop, level("A", 4))
	intent := w.intend(dead)
	lease := w.replaced(dead, hubShop)
	w.change(lease, level("A", 5))
	require.Equal(t, map[string]string{"A": "unknown 5, shows 5"}, w.rows(hubShop))
	require.Len(t, w.openCalls(hubShop), 1)
	w.answered(lease, intent, ledger.StatusExported)
	require.Equal(t, map[string]string{"A": "pending 5, shows 4"}, w.rows(hubShop), "the store shows 4, and must be told 5")
	require.Contains(t, w.kinds("A", hubShop), "superseded")
	w.push(lease)
	require.Equal(t, map[string]string{"A": "exported 5, shows 5"}, w.rows(hubShop))
}

func keepsItems(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5), level("B", 6))
	w.push(lease)
	w.change(lease, level("A", 4), level("B", 5))
	items := w.due(lease)
	require.Equal(t, []ledger.DueItem{
		{ChannelSKU: "A", Product: "A", Quantity: 4, Observed: w.row(hubShop, "A").Observed, Exported: new(int64(5))},
		{ChannelSKU: "B", Product: "B", Quantity: 5, Observed: w.row(hubShop, "B").Observed, Exported: new(int64(6))},
	}, items)
	w.intend(lease, items...)
	require.Equal(t, items, w.openCalls(hubShop)[0].Items)
}

func tallies(t *testing.T, w *world) {
	w.apply(alter(func(d *ledger.Definitions) { d.Listings = []ledger.ListingDefinition{listing(shop, "F", "G")} }))
	lease := w.changed(hubShop, level("A", 5), level("B", 5), level("C", 5), level("D", 5), level("E", 5), level("G", 5))
	none, err := w.Tally(w.ctx(), lease.Run)
	require.NoError(t, err)
	require.EqualValues(t, 1, none.Blocked)
	require.Zero(t, none.Exported+none.Sent+none.Rejected+none.Retrying+none.Calls)
	statuses := []ledger.Status{ledger.StatusExported, ledger.StatusExported, ledger.StatusRejected, ledger.StatusRetrying, ledger.StatusExported}
	intent := w.intend(lease)
	answer := ledger.Response{Key: intent.Key, Now: w.now()}
	for i, item := range intent.Items {
		answer.Items = append(answer.Items, says(item, statuses[i]))
	}
	require.NoError(t, w.ApplyResponses(w.ctx(), lease, answer))
	w.submitted(lease, w.intend(lease, w.item(lease, "D")), "T1")
	counts, err := w.Tally(w.ctx(), lease.Run)
	require.NoError(t, err)
	require.Equal(t, ledger.Counts{Exported: 3, Sent: 1, Rejected: 1, Blocked: 1, Calls: 2},
		ledger.Counts{
			Exported: counts.Exported, Sent: counts.Sent, Rejected: counts.Rejected,
			Blocked: counts.Blocked, Retrying: counts.Retrying, Calls: counts.Calls,
		})
}

// talliesParked: a run that only resolves a row which an earlier run saw rejected has not tried it, so it does not count it as rejected.
func talliesParked(t *testing.T, w *world) {
	west := func(sku string, available int64) inventory.Level {
		return inventory.Level{Facility: "west", SKU: sku, Available: available}
	}
	first := w.changed(hubShop, level("A", 5), west("A", 5), level("B", 5))
	intent := w.intend(first)
	require.NoError(t, w.ApplyResponses(w.ctx(), first, ledger.Response{Key: intent.Key, Now: w.now(), Items: []ledger.ItemResponse{
		says(intent.Items[0], ledger.StatusRejected), says(intent.Items[1], ledger.StatusRejected),
	}}))
	counts, err := w.Tally(w.ctx(), first.Run)
	require.NoError(t, err)
	require.Equal(t, [2]int64{2, 0}, [2]int64{counts.Rejected, counts.Parked})
	w.end(first, ledger.CompletedWithFailures)

	// Stock moves from one facility to the other, so the row is computed again to the same figure.
	second := w.changed(hubShop, level("A", 4), west("A", 6))
	counts, err = w.Tally(w.ctx(), second.Run)
	require.NoError(t, err)
	require.Equal(t, [2]int64{0, 1}, [2]int64{counts.Rejected, counts.Parked})
}

func talliesOne(t *testing.T, w *world) {
	first := w.pass(hubShop, ledger.Smart, level("A", 5), level("B", 5))
	lease := w.changed(hubShop, level("A", 6))
	w.push(lease)
	for run, exported := range map[int64]int64{first: 1, lease.Run: 1} {
		counts, err := w.Tally(w.ctx(), run)
		require.NoError(t, err)
		require.Equal(t, exported, counts.Exported, "rows that the run touched last")
		require.EqualValues(t, 1, counts.Calls)
	}
	w.change(lease, level("A", 7))
	w.intend(lease, w.item(lease, "A"))
	counts, err := w.Tally(w.ctx(), lease.Run)
	require.NoError(t, err)
	require.Equal(t, ledger.Counts{Retrying: 1, Calls: 2}, counts, "a row in an open call has no answer yet")
	_, err = w.Tally(w.ctx(), lease.Run+1000)
	require.ErrorIs(t, err, ledger.ErrNotFound)
}
