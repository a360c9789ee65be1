package ledgertest

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

var answerTests = tests{
	"what each answer leads to":              answersEach,
	"what each leads to after a change":      answersChanged,
	"answers are given by item":              answersItems,
	"an item that is not answered":           answersSome,
	"answered items stay answered":           answersOnce,
	"a row that went on in another call":     answersOther,
	"a store that shows another figure":      showsOther,
	"an answer to a closed call":             answersClosed,
	"an answer to another's rows":            answersForeign,
	"an answer to a call that is not there":  answersNothing,
	"what happened is in the activity":       writesAnswers,
	"an answer of many items":                answersMany,
	"a store's words may hold anything":      keepsWords,
	"a newer figure that is blocked":         answersBlocked,
	"an unknown answer leaves the call open": answersUnknown,
}

func answersEach(t *testing.T, w *world) {
	for status, want := range map[ledger.Status]string{
		ledger.StatusExported: "exported 4, shows 4",
		ledger.StatusRejected: "rejected 4, shows 5",
		ledger.StatusRetrying: "retrying 4, shows 5",
		ledger.StatusPending:  "pending 4, shows 5",
	} {
		w.pass(hubShop, ledger.Full, level("A", 5))
		lease := w.changed(hubShop, level("A", 4))
		intent := w.intend(lease)
		w.answered(lease, intent, status)
		row := w.row(hubShop, "A")
		require.Equal(t, want, describe(row))
		require.Empty(t, w.openCalls(hubShop))
		switch status {
		case ledger.StatusExported:
			require.Empty(t, row.Reason)
			require.NotNil(t, row.LastExported)
			require.True(t, row.LastExported.After(intent.Now))
			require.Empty(t, w.due(lease))
		case ledger.StatusRejected:
			require.Contains(t, row.Reason, "no to A")
			require.Empty(t, w.due(lease))
		case ledger.StatusRetrying:
			require.Contains(t, row.Reason, "no to A")
			require.Equal(t, 1, w.item(lease, "A").Attempts)
		case ledger.StatusPending:
			require.Zero(t, w.item(lease, "A").Attempts)
		}
		w.end(lease, ledger.Completed)
	}
}

// answersChanged: the figure changed between the call and its response, so the row is due again whatever the response was.
func answersChanged(t *testing.T, w *world) {
	for status, shows := range map[ledger.Status]int{
		ledger.StatusExported: 4, ledger.StatusRetrying: 5, ledger.StatusPending: 5,
	} {
		w.pass(hubShop, ledger.Full, level("A", 5))
		lease := w.changed(hubShop, level("A", 4))
		intent := w.intend(lease)
		w.change(lease, level("A", 3))
		w.answered(lease, intent, status)
		require.Equal(t, new(int64(shows)), w.row(hubShop, "A").Exported, status)
		require.Equal(t, int64(3), w.item(lease, "A").Quantity, status)
		if status == ledger.StatusExported {
			require.Equal(t, "pending 3, shows 4", describe(w.row(hubShop, "A")))
			require.Equal(t, "superseded", w.kinds("A", hubShop)[0])
		}
		require.Empty(t, w.openCalls(hubShop))
		w.push(lease)
		w.end(lease, ledger.Completed)
	}
}

func answersItems(t *testing.T, w *world) {
	w.apply(alter(func(d *ledger.Definitions) {
		d.Connections[0].Inventory.Locations = []inventory.Location{{ID: "n", Facilities: []string{"east"}}, {ID: "s", Facilities: []string{"east"}}}
	}))
	lease := w.changed(hubShop, level("A", 5), level("B", 6))
	intent := w.intend(lease)
	require.NoError(t, w.ApplyResponses(w.ctx(), lease, ledger.Response{Key: intent.Key, Now: w.now(), Items: []ledger.ItemResponse{
		{Location: "s", ChannelSKU: "A", Status: ledger.StatusRejected, Reason: "no such place"},
		{Location: "n", ChannelSKU: "B", Status: ledger.StatusRetrying, Reason: "locked"},
		{Location: "n", ChannelSKU: "A", Status: ledger.StatusExported},
		{Location: "s", ChannelSKU: "B", Status: ledger.StatusPending},
	}}))
	require.Equal(t, map[string]string{
		"A@n": "exported 5, shows 5", "A@s": "rejected 5, shows ?", "B@n": "retrying 6, shows ?", "B@s": "pending 6, shows ?",
	}, w.rows(hubShop))
	require.Empty(t, w.openCalls(hubShop))
}

// answersSome: an item without a result is unknown, never exported.
func answersSome(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5), level("B", 6), level("C", 7))
	intent := w.intend(lease)
	require.NoError(t, w.ApplyResponses(w.ctx(), lease, ledger.Response{Key: intent.Key, Now: w.now(), Items: []ledger.ItemResponse{
		says(intent.Items[0], ledger.StatusExported), says(intent.Items[1], ledger.StatusUnknown),
	}}))
	require.Equal(t, map[string]string{"A": "exported 5, shows 5", "B": "unknown 6, shows ?", "C": "unknown 7, shows ?"}, w.rows(hubShop))
	open := w.openCalls(hubShop)
	require.Len(t, open, 1)
	require.Equal(t, intent.Body, open[0].Body, "the same bytes go out again")
	require.Empty(t, w.due(lease))
	require.NoError(t, w.ApplyResponses(w.ctx(), lease, ledger.Response{
		Key: intent.Key, Now: w.now(), Items: []ledger.ItemResponse{says(intent.Items[1], ledger.StatusExported)},
	}))
	require.Len(t, w.openCalls(hubShop), 1)
	w.answered(lease, intent, ledger.StatusExported)
	require.Empty(t, w.openCalls(hubShop))
	require.Equal(t, map[string]string{"A": "exported 5, shows 5", "B": "exported 6, shows 6", "C": "exported 7, shows 7"}, w.rows(hubShop))
}

// answersOnce: the bytes are sent again because of one unknown item, and so the store gets the old figure of an answered item too.
func answersOnce(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5), level("B", 6))
	intent := w.intend(lease)
	require.NoError(t, w.ApplyResponses(w.ctx(), lease, ledger.Response{Key: intent.Key, Now: w.now(), Items: []ledger.ItemResponse{
		says(intent.Items[0], ledger.StatusExported), says(intent.Items[1], ledger.StatusUnknown),
	}}))
	w.change(lease, level("A", 9))
	w.answered(lease, intent, ledger.StatusExported)
	require.Equal(t, "pending 9, shows 5", w.rows(hubShop)["A"])
	require.Equal(t, "exported 6, shows 6", w.rows(hubShop)["B"])
	w.push(lease)
	require.Equal(t, "exported 9, shows 9", w.rows(hubShop)["A"])
}

// answersOther: an item was answered, and its row is in a newer call by now. The old call's second response must not change it.
func answersOther(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5), level("B", 6))
	first := w.intend(lease)
	require.NoError(t, w.ApplyResponses(w.ctx(), lease, ledger.Response{Key: first.Key, Now: w.now(), Items: []ledger.ItemResponse{
		says(first.Items[0], ledger.StatusExported), says(first.Items[1], ledger.StatusUnknown),
	}}))
	w.change(lease, level("A", 9))
	second := w.intend(lease)
	w.answered(lease, first, ledger.StatusRejected)
	require.Equal(t, map[string]string{"A": "unknown 9, shows 5", "B": "rejected 6, shows ?"}, w.rows(hubShop))
	open := w.openCalls(hubShop)
	require.Len(t, open, 1)
	require.Equal(t, second.Key, open[0].Key)
	w.answered(lease, second, ledger.StatusExported)
	require.Equal(t, "exported 9, shows 9", w.rows(hubShop)["A"])
}

func showsOther(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 500), level("B", 6))
	intent := w.intend(lease)
	require.NoError(t, w.ApplyResponses(w.ctx(), lease, ledger.Response{Key: intent.Key, Now: w.now(), Items: []ledger.ItemResponse{
		{ChannelSKU: "A", Status: ledger.StatusExported, Shown: new(int64(99)), Reason: "clamped"},
		{ChannelSKU: "B", Status: ledger.StatusRetrying, Shown: new(int64(3)), Reason: "the store shows 3"},
	}}))
	require.Equal(t, map[string]string{"A": "exported 500, shows 99", "B": "retrying 6, shows 3"}, w.rows(hubShop))
	require.Equal(t, new(int64(3)), w.item(lease, "B").Exported, "what the next comparison expects")
}

func answersClosed(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5))
	intent := w.intend(lease)
	w.answered(lease, intent, ledger.StatusExported)
	w.change(lease, level("A", 4))
	before, activity := w.channelLevels(hubShop), w.activity("A", "")
	for _, status := range []ledger.Status{ledger.StatusExported, ledger.StatusRejected, ledger.StatusRetrying, ledger.StatusUnknown, ledger.StatusSent} {
		w.answered(lease, intent, status)
		require.Equal(t, before, w.channelLevels(hubShop))
		require.Equal(t, activity, w.activity("A", ""))
		require.Empty(t, w.openCalls(hubShop))
	}
}

func answersForeign(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5), level("B", 6))
	a := w.intend(lease, w.item(lease, "A"))
	b := w.intend(lease, w.item(lease, "B"))
	require.NoError(t, w.ApplyResponses(w.ctx(), lease, ledger.Response{Key: a.Key, Now: w.now(), Items: []ledger.ItemResponse{
		says(a.Items[0], ledger.StatusExported), says(b.Items[0], ledger.StatusExported),
		{ChannelSKU: "NEVER", Status: ledger.StatusExported},
		{Location: "moon", ChannelSKU: "A", Status: ledger.StatusRejected},
	}}))
	require.Equal(t, map[string]string{"A": "exported 5, shows 5", "B": "unknown 6, shows ?"}, w.rows(hubShop))
	require.Len(t, w.openCalls(hubShop), 1)
}

func answersNothing(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5))
	before := w.channelLevels(hubShop)
	_ = w.ApplyResponses(w.ctx(), lease, ledger.Response{
		Key: "never", Now: w.now(), Items: []ledger.ItemResponse{{ChannelSKU: "A", Status: ledger.StatusExported}},
	})
	require.Equal(t, before, w.channelLevels(hubShop))
}

func writesAnswers(t *testing.T, w *world) {
	w.pass(hubShop, ledger.Smart, level("A", 5))
	lease := w.changed(hubShop, level("A", 4))
	var keys []string
	answer := func(status ledger.Status, note string) {
		intent := w.intend(lease)
		item := says(intent.Items[0], status)
		require.NoError(t, w.ApplyResponses(w.ctx(), lease, ledger.Response{Key: intent.Key, Items: []ledger.ItemResponse{item}, Note: note, Now: w.now()}))
		keys = append(keys, intent.Key)
	}
	answer(ledger.StatusRetrying, "")
	answer(ledger.StatusExported, "the store says OK")
	w.change(lease, level("A", 3))
	answer(ledger.StatusRejected, "")
	entries := w.activity("A", hubShop)
	require.Equal(t, []string{"rejected", "exported", "retrying", "exported"}, w.kinds("A", hubShop))
	exported := entries[1]
	require.Equal(t, ledger.ActivityEntry{
		ID: exported.ID, At: exported.At, Run: lease.Run, Kind: "exported", Warehouse: exported.Warehouse, Connection: hubShop, SKU: "A", ChannelSKU: "A",
		Before: new(int64(5)), After: new(int64(4)), Call: keys[1], Note: exported.Note,
	}, exported)
	require.Contains(t, exported.Note, "the store says OK")
	require.Contains(t, entries[0].Note, "no to A")
	require.Equal(t, keys[2], entries[0].Call)
}

func answersMany(t *testing.T, w *world) {
	const count = 1500
	rows := make([]inventory.Level, count)
	for i := range rows {
		rows[i] = level(fmt.Sprintf("P%04d", i), int64(i))
	}
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, whole(), rows)
	plan := w.plan(hubShop, ledger.Smart)
	page, err := w.Affected(w.ctx(), plan, nil, "", count)
	require.NoError(t, err)
	w.resolvePage(lease, plan, page)
	items, err := w.NextDue(w.ctx(), ledger.DueQuery{Connection: hubShop, Run: lease.Run, MaximumTries: 3, Limit: count})
	require.NoError(t, err)
	require.Len(t, items, count)
	intent := w.intend(lease, items...)
	answer := ledger.Response{Key: intent.Key, Now: w.now()}
	for i, item := range items {
		answer.Items = append(answer.Items, says(item, []ledger.Status{ledger.StatusExported, ledger.StatusRejected, ledger.StatusRetrying}[i%3]))
	}
	require.NoError(t, w.ApplyResponses(w.ctx(), lease, answer))
	counts, err := w.StatusCounts(w.ctx(), hubShop)
	require.NoError(t, err)
	require.Equal(t, map[ledger.Status]int64{ledger.StatusExported: count / 3, ledger.StatusRejected: count / 3, ledger.StatusRetrying: count / 3}, counts)
	for i, row := range w.channelLevels(hubShop) {
		require.Equal(t, int64(i), row.Quantity)
		if i%3 == 1 {
			require.Equal(t, "the store says no to "+row.ChannelSKU, row.Reason)
		}
	}
}

// keepsWords: an invalid text in a response must not lose the response.
func keepsWords(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5))
	intent := w.intend(lease)
	words := "NUL \x00 bytes \xff 'quote' \"%_🚲"
	require.NoError(t, w.ApplyResponses(w.ctx(), lease, ledger.Response{Key: intent.Key, Note: words, Now: w.now(), Items: []ledger.ItemResponse{
		{ChannelSKU: "A", Status: ledger.StatusRejected, Reason: words},
	}}))
	require.Equal(t, "NUL \uFFFD bytes \uFFFD 'quote' \"%_🚲", w.row(hubShop, "A").Reason)
	w.end(lease, ledger.Completed)
	lease = w.take(hubShop, ledger.Full)
	w.resolve(lease, ledger.Full)
	intent = w.intend(lease)
	require.NoError(t, w.Abandon(w.ctx(), lease, intent.Key, words, w.now()))
}

func answersBlocked(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5))
	intent := w.intend(lease)
	w.apply(alter(func(d *ledger.Definitions) { d.Connections[0].Inventory.Unlisted = inventory.UnlistedBlock }))
	w.change(lease, level("A", 6))
	require.Equal(t, map[string]string{"A": "unknown 6, shows ?"}, w.rows(hubShop))
	w.answered(lease, intent, ledger.StatusExported)
	require.Equal(t, map[string]string{"A": "blocked 6, shows 5"}, w.rows(hubShop))
	require.Contains(t, w.row(hubShop, "A").Reason, "no listing")
	require.Empty(t, w.due(lease))
}

func answersUnknown(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5))
	intent := w.intend(lease)
	later := w.now().Add(callTime)
	require.NoError(t, w.ApplyResponses(w.ctx(), lease, ledger.Response{
		Key: intent.Key, PollAfter: later, Note: "timeout", Now: w.now(),
		Items: []ledger.ItemResponse{{ChannelSKU: "A", Status: ledger.StatusUnknown, Reason: "timeout"}},
	}))
	open := w.openCalls(hubShop)
	require.Len(t, open, 1)
	require.Equal(t, later, open[0].PollAfter, "when to send it again")
	require.Empty(t, open[0].Ticket)
	require.Equal(t, intent.Body, open[0].Body)
	require.Equal(t, map[string]string{"A": "unknown 5, shows ?"}, w.rows(hubShop))
	require.Equal(t, "unknown", w.kinds("A", hubShop)[0])
}
