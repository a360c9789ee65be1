package ledgertest

import (
	"fmt"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// callTime is how long a call may take.
const callTime = time.Minute

func (w *world) due(lease ledger.Lease, scope ...string) []ledger.DueItem {
	w.t.Helper()
	items, err := w.NextDue(w.ctx(), ledger.DueQuery{
		Connection: w.runOf(lease).Connection, Run: lease.Run, Scope: scope, MaximumTries: 3, Limit: 1000,
		AfterPlace: "a place of no SKU", // so that the query is not from the beginning, which leaves out rows that the run has tried
	})
	require.NoError(w.t, err)
	return items
}

// item returns the due row of a channel SKU.
func (w *world) item(lease ledger.Lease, channelSKU string) ledger.DueItem {
	w.t.Helper()
	for _, due := range w.due(lease) {
		if due.ChannelSKU == channelSKU {
			return due
		}
	}
	require.FailNow(w.t, "the row is not due", "%s of %s", channelSKU, w.runOf(lease).Connection)
	return ledger.DueItem{}
}

// intend writes an intent for some due rows; for all of them when none is named.
func (w *world) intend(lease ledger.Lease, items ...ledger.DueItem) ledger.Intent {
	w.t.Helper()
	if items == nil {
		items = w.due(lease)
	}
	now := w.now()
	intent := ledger.Intent{Key: w.name("key"), Body: []byte(w.name("body")), Items: items, Deadline: now.Add(callTime), Now: now}
	require.NoError(w.t, w.Intend(w.ctx(), lease, intent))
	return intent
}

// answered gives every item of a call the same result.
func (w *world) answered(lease ledger.Lease, intent ledger.Intent, status ledger.Status) {
	w.t.Helper()
	answer := ledger.Response{Key: intent.Key, Now: w.now()}
	for _, item := range intent.Items {
		answer.Items = append(answer.Items, says(item, status))
	}
	require.NoError(w.t, w.ApplyResponses(w.ctx(), lease, answer))
}

// says returns a store's result for an item.
func says(item ledger.DueItem, status ledger.Status) ledger.ItemResponse {
	answer := ledger.ItemResponse{Location: item.Location, ChannelSKU: item.ChannelSKU, Status: status}
	if status == ledger.StatusRejected || status == ledger.StatusRetrying {
		answer.Reason = "the store says no to " + item.ChannelSKU
	}
	return answer
}

// push exports everything that is due.
func (w *world) push(lease ledger.Lease) {
	w.t.Helper()
	if items := w.due(lease); len(items) > 0 {
		w.answered(lease, w.intend(lease, items...), ledger.StatusExported)
	}
	require.Empty(w.t, w.due(lease))
}

// pass is a complete run. It reports the levels as a full snapshot, unless there are none.
func (w *world) pass(connection string, mode ledger.Mode, rows ...inventory.Level) int64 {
	w.t.Helper()
	lease := w.take(connection, mode)
	if len(rows) > 0 {
		w.report(lease, whole(), rows)
	}
	w.resolve(lease, mode)
	w.push(lease)
	w.end(lease, ledger.Completed)
	return lease.Run
}

// changed returns the lease of a run that has recorded and resolved some levels, and pushed nothing yet.
func (w *world) changed(connection string, rows ...inventory.Level) ledger.Lease {
	w.t.Helper()
	lease := w.take(connection, ledger.Smart)
	w.change(lease, rows...)
	return lease
}

// change reports and resolves some levels in a run that goes on.
func (w *world) change(lease ledger.Lease, rows ...inventory.Level) {
	w.t.Helper()
	w.report(lease, part(), rows)
	w.resolve(lease, ledger.Smart)
}

// openCalls returns the connection's open calls with their rows. It compares the list with each call.
func (w *world) openCalls(connection string) []ledger.OpenCall {
	w.t.Helper()
	listed, err := w.OpenCalls(w.ctx(), connection)
	require.NoError(w.t, err)
	open := make([]ledger.OpenCall, len(listed))
	for i, standing := range listed {
		open[i], err = w.OpenCall(w.ctx(), connection, standing.Key)
		require.NoError(w.t, err)
		require.Equal(w.t, standing, ledger.CallStanding{
			Key: open[i].Key, Begun: open[i].Now, Deadline: open[i].Deadline, Ticket: open[i].Ticket, PollAfter: open[i].PollAfter,
			Sends: open[i].Sends, Note: standing.Note,
		})
	}
	return open
}

// references returns the stored ids of a store's channel SKUs.
func (w *world) references(store string, skus ...string) map[string]string {
	w.t.Helper()
	references, err := w.References(w.ctx(), store, skus)
	require.NoError(w.t, err)
	ids := map[string]string{}
	for sku, reference := range references {
		require.False(w.t, reference.FoundAt.IsZero())
		ids[sku] = reference.ID
	}
	return ids
}

func (w *world) channelLevels(connection string) []ledger.ChannelLevelRow {
	w.t.Helper()
	rows, err := w.ChannelLevels(w.ctx(), connection, "", "", ledger.Page{Limit: 10_000})
	require.NoError(w.t, err)
	return rows
}

// row returns the row of a channel SKU.
func (w *world) row(connection, channelSKU string) ledger.ChannelLevelRow {
	w.t.Helper()
	rows, err := w.ChannelLevels(w.ctx(), connection, channelSKU, "", ledger.Page{})
	require.NoError(w.t, err)
	require.Len(w.t, rows, 1, "rows of %s", channelSKU)
	return rows[0]
}

// rows describes the rows of a connection: "pending 5, shows 4".
func (w *world) rows(connection string) map[string]string {
	w.t.Helper()
	described := map[string]string{}
	for _, row := range w.channelLevels(connection) {
		key := row.ChannelSKU
		if row.Location != "" {
			key += "@" + row.Location
		}
		require.NotContains(w.t, described, key)
		described[key] = describe(row)
	}
	return described
}

func describe(row ledger.ChannelLevelRow) string {
	shows := "?"
	if row.Exported != nil {
		shows = fmt.Sprint(*row.Exported)
	}
	return fmt.Sprintf("%s %d, shows %s", row.Status, row.Quantity, shows)
}

func (w *world) levels(warehouse string) []ledger.LevelRow {
	w.t.Helper()
	rows, err := w.Levels(w.ctx(), warehouse, "", ledger.Page{Limit: 10_000})
	require.NoError(w.t, err)
	return rows
}

// available returns the recorded figures of a warehouse by SKU, or by SKU@facility outside the facility east.
func (w *world) available(warehouse string) map[string]int64 {
	w.t.Helper()
	figures := map[string]int64{}
	for _, row := range w.levels(warehouse) {
		key := row.SKU
		if row.Facility != "east" {
			key += "@" + row.Facility
		}
		require.NotContains(w.t, figures, key)
		figures[key] = row.Available
	}
	return figures
}

func (w *world) levelRow(warehouse, sku string) ledger.LevelRow {
	w.t.Helper()
	rows, err := w.Levels(w.ctx(), warehouse, sku, ledger.Page{})
	require.NoError(w.t, err)
	require.Len(w.t, rows, 1, "levels of %s", sku)
	return rows[0]
}

func (w *world) activity(sku, connection string) []ledger.ActivityEntry {
	w.t.Helper()
	entries, err := w.Activity(w.ctx(), ledger.ActivityQuery{Merchant: merchant, SKU: sku, Connection: connection, Limit: 1000})
	require.NoError(w.t, err)
	return entries
}

// kinds returns the kinds of a SKU's activity entries, newest first.
func (w *world) kinds(sku, connection string) []string {
	w.t.Helper()
	var kinds []string
	for _, entry := range w.activity(sku, connection) {
		kinds = append(kinds, entry.Kind)
	}
	return kinds
}
