package ledgertest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

var ticketTests = tests{
	"a call stays open under its ticket":  keepsTicket,
	"a report closes the call":            reportsTicket,
	"a report comes in parts":             reportsInParts,
	"a newer figure waits for the report": waitsForReport,
	"a ticket that is given up":           abandonsTicket,
}

func keepsTicket(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5), level("B", 6))
	intent := w.intend(lease)
	w.submitted(lease, intent, "T 'ä\"🚲")
	require.Equal(t, map[string]string{"A": "sent 5, shows ?", "B": "sent 6, shows ?"}, w.rows(hubShop))
	open := w.openCalls(hubShop)
	require.Len(t, open, 1)
	require.Equal(t, "T 'ä\"🚲", open[0].Ticket)
	require.True(t, open[0].PollAfter.After(intent.Now))
	require.Equal(t, intent.Items, open[0].Items)
	require.Equal(t, "sent", w.kinds("A", hubShop)[0])
	require.Empty(t, w.due(lease))
	later := w.now().Add(2 * callTime)
	answer := ledger.Response{Key: intent.Key, Ticket: open[0].Ticket, PollAfter: later, Now: w.now()}
	for _, item := range intent.Items {
		answer.Items = append(answer.Items, says(item, ledger.StatusSent))
	}
	require.NoError(t, w.ApplyResponses(w.ctx(), lease, answer), "the report is not ready")
	require.Equal(t, later, w.openCalls(hubShop)[0].PollAfter)
}

func reportsTicket(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5), level("B", 6))
	intent := w.intend(lease)
	w.submitted(lease, intent, "T1")
	w.end(lease, ledger.Completed)
	lease = w.take(hubShop, ledger.Smart)
	require.NoError(t, w.ApplyResponses(w.ctx(), lease, ledger.Response{Key: intent.Key, Now: w.now(), Items: []ledger.ItemResponse{
		says(intent.Items[0], ledger.StatusExported), says(intent.Items[1], ledger.StatusRejected),
	}}))
	require.Equal(t, map[string]string{"A": "exported 5, shows 5", "B": "rejected 6, shows ?"}, w.rows(hubShop))
	require.Empty(t, w.openCalls(hubShop))
	require.Equal(t, lease.Run, w.row(hubShop, "A").Run)
}

func reportsInParts(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5), level("B", 6))
	intent := w.intend(lease)
	w.submitted(lease, intent, "T1")
	require.NoError(t, w.ApplyResponses(w.ctx(), lease, ledger.Response{Key: intent.Key, Ticket: "T1", Now: w.now(), Items: []ledger.ItemResponse{
		says(intent.Items[0], ledger.StatusExported), says(intent.Items[1], ledger.StatusSent),
	}}))
	require.Equal(t, map[string]string{"A": "exported 5, shows 5", "B": "sent 6, shows ?"}, w.rows(hubShop))
	require.Len(t, w.openCalls(hubShop), 1)
	require.NoError(t, w.ApplyResponses(w.ctx(), lease, ledger.Response{
		Key: intent.Key, Now: w.now(), Items: []ledger.ItemResponse{says(intent.Items[1], ledger.StatusExported)},
	}))
	require.Empty(t, w.openCalls(hubShop))
}

func waitsForReport(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5))
	intent := w.intend(lease)
	w.submitted(lease, intent, "T1")
	w.change(lease, level("A", 4))
	require.Empty(t, w.due(lease))
	w.answered(lease, intent, ledger.StatusExported)
	require.Equal(t, map[string]string{"A": "pending 4, shows 5"}, w.rows(hubShop))
	require.Equal(t, "superseded", w.kinds("A", hubShop)[0])
	w.push(lease)
	require.Equal(t, map[string]string{"A": "exported 4, shows 4"}, w.rows(hubShop))
}

func abandonsTicket(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5))
	intent := w.intend(lease)
	w.submitted(lease, intent, "T1")
	require.NoError(t, w.Abandon(w.ctx(), lease, intent.Key, "no report for a day", w.now()))
	require.Equal(t, map[string]string{"A": "pending 5, shows ?"}, w.rows(hubShop))
	require.Empty(t, w.openCalls(hubShop))
	require.Len(t, w.due(lease), 1)
}
