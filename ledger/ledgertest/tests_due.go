package ledgertest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

var dueTests = tests{
	"what a push would do":                countsDue,
	"what a push would do within a scope": countsDueScoped,
	"what went to 0 lately":               countsZeroed,
	"what a person let go to 0":           approvesZeroing,
	"due rows come in order":              ordersDue,
	"rows that were tried come last":      triesDue,
	"due rows within a scope":             scopesDue,
	"which rows are due":                  choosesDue,
	"tries are counted by run":            countsTries,
}

func (w *world) counted(connection string, scope ...string) ledger.Due {
	w.t.Helper()
	due, err := w.Due(w.ctx(), connection, scope)
	require.NoError(w.t, err)
	remaining, err := w.Remaining(w.ctx(), connection, scope)
	require.NoError(w.t, err)
	require.Equal(w.t, ledger.Remaining{Rows: due.Rows, InCalls: due.InCalls}, remaining)
	return due
}

func countsDue(t *testing.T, w *world) {
	require.Zero(t, w.counted(hubShop))
	lease := w.changed(hubShop, level("A", 5), level("B", 6), level("C", 0), level("D", 7), level("E", 8))
	require.Equal(t, ledger.Due{Rows: 5}, w.counted(hubShop), "nothing is live before it was exported")
	w.push(lease)
	require.Equal(t, ledger.Due{Live: 4}, w.counted(hubShop))
	w.change(lease, level("A", 0), level("B", -1), level("C", -1), level("D", 1))
	require.Equal(t, ledger.Due{Rows: 4, Live: 4, Zeroing: 2}, w.counted(hubShop), "C shows 0 already")
	intent := w.intend(lease, w.item(lease, "A"), w.item(lease, "D"))
	require.Equal(t, ledger.Due{Rows: 2, Live: 4, Zeroing: 1, Open: 1, InCalls: 2}, w.counted(hubShop))
	require.Equal(t, ledger.Due{Live: 1, InCalls: 1}, w.counted(hubShop, "D"), "of one SKU")
	w.answered(lease, intent, ledger.StatusRetrying)
	require.Equal(t, ledger.Due{Rows: 4, Live: 4, Zeroing: 2}, w.counted(hubShop), "retrying rows are due")
	w.answered(lease, w.intend(lease, w.item(lease, "A")), ledger.StatusExported)
	require.Equal(t, ledger.Due{Rows: 3, Live: 3, Zeroing: 1}, w.counted(hubShop))
	require.Zero(t, w.counted(hubMarket))
}

func countsDueScoped(t *testing.T, w *world) {
	w.apply(alter(func(d *ledger.Definitions) {
		d.Bundles = []ledger.BundleDefinition{bundle("KIT", of("A", 1), of("B", 1))}
	}))
	w.pass(hubShop, ledger.Smart, level("A", 5), level("B", 6), level("C", 7))
	w.changed(hubShop, level("A", 0), level("C", 0))
	require.Equal(t, ledger.Due{Rows: 3, Live: 4, Zeroing: 3}, w.counted(hubShop))
	require.Equal(t, ledger.Due{Rows: 2, Live: 2, Zeroing: 2}, w.counted(hubShop, "A"), "A and the bundle")
	require.Equal(t, ledger.Due{Rows: 1, Live: 1, Zeroing: 1}, w.counted(hubShop, "C"))
	require.Equal(t, ledger.Due{Rows: 1, Live: 2, Zeroing: 1}, w.counted(hubShop, "B"))
	require.Zero(t, w.counted(hubShop, "%", "a"))
}

func (w *world) zeroed(since time.Time) int64 {
	w.t.Helper()
	zeroed, err := w.Zeroed(w.ctx(), hubShop, since)
	require.NoError(w.t, err)
	require.Equal(w.t, zeroed.Rows == 0, zeroed.First.IsZero())
	return zeroed.Rows
}

func countsZeroed(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5), level("B", 6), level("C", 0), level("D", 7))
	w.push(lease)
	require.Zero(t, w.zeroed(began), "C has never been more")
	w.change(lease, level("A", 0))
	require.Zero(t, w.zeroed(began), "it is only due")
	w.push(lease)
	require.EqualValues(t, 1, w.zeroed(began))
	first, err := w.Zeroed(w.ctx(), hubShop, began)
	require.NoError(t, err)
	require.Zero(t, w.zeroed(first.First), "the window begins after it")
	w.change(lease, level("A", -1))
	w.push(lease)
	again, err := w.Zeroed(w.ctx(), hubShop, began)
	require.NoError(t, err)
	require.Equal(t, first, again, "it went to 0 once")

	// Of B it is not known any more what the store shows; it is live until that is known.
	w.change(lease, level("B", 0))
	intent := w.intend(lease)
	require.NoError(t, w.Abandon(w.ctx(), lease, intent.Key, "no answer", w.now()))
	require.Equal(t, ledger.Due{Rows: 1, Live: 2, Zeroing: 1}, w.counted(hubShop))
	w.push(lease)
	require.EqualValues(t, 2, w.zeroed(began))
	require.Equal(t, ledger.Due{Live: 1}, w.counted(hubShop))

	w.change(lease, level("A", 1))
	require.EqualValues(t, 1, w.zeroed(began), "it is to come back")
	coming, err := w.Zeroed(w.ctx(), hubShop, began)
	require.NoError(t, err)
	require.EqualValues(t, 2, coming.All)
	w.push(lease)
	w.change(lease, level("B", 1))
	w.push(lease)
	require.Zero(t, w.zeroed(began))
	require.Equal(t, ledger.Due{Live: 3}, w.counted(hubShop))
	elsewhere, err := w.Zeroed(w.ctx(), hubMarket, began)
	require.NoError(t, err)
	require.Zero(t, elsewhere)
}

func approvesZeroing(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5), level("B", 6), level("C", 7), level("D", 8))
	w.push(lease)
	w.change(lease, level("A", 0))
	w.push(lease)
	w.change(lease, level("B", 0), level("C", 0))
	intent := w.intend(lease, w.item(lease, "C"))
	require.Equal(t, ledger.Due{Rows: 1, Live: 3, Zeroing: 1, Open: 1, InCalls: 1}, w.counted(hubShop))
	require.ErrorIs(t, w.ApproveZeroing(w.ctx(), ledger.Lease{Store: shop, Fence: lease.Fence + 1, Run: lease.Run}), ledger.ErrFenced)
	require.NoError(t, w.ApproveZeroing(w.ctx(), lease))
	require.Zero(t, w.zeroed(began))
	require.Equal(t, ledger.Due{Rows: 1, Live: 1, InCalls: 1}, w.counted(hubShop))
	w.answered(lease, intent, ledger.StatusRetrying)
	w.push(lease)
	require.Zero(t, w.zeroed(began), "what was approved does not count when it is done")
	require.Equal(t, ledger.Due{Live: 1}, w.counted(hubShop))
	w.change(lease, level("B", 1))
	w.push(lease)
	w.change(lease, level("B", 0))
	require.Equal(t, ledger.Due{Rows: 1, Live: 2, Zeroing: 1}, w.counted(hubShop), "it came back, and would go anew")
}

func ordersDue(t *testing.T, w *world) {
	w.apply(alter(func(d *ledger.Definitions) {
		d.Connections[0].Inventory.Locations = []inventory.Location{
			{ID: "north", Facilities: []string{"east"}}, {ID: "a south", Facilities: []string{"east"}}, {ID: "Z", Facilities: []string{"east"}},
		}
	}))
	lease := w.changed(hubShop, level("b", 1), level("B", 2), level("a", 3), level("a b", 4), level("é", 5), level("~", 6))
	var want []string
	for _, sku := range []string{"B", "a", "a b", "b", "~", "é"} {
		for _, place := range []string{"Z", "a south", "north"} {
			want = append(want, sku+"@"+place)
		}
	}
	for _, limit := range []int{1, 2, 7, 18, 100} {
		var listed []string
		query := ledger.DueQuery{Connection: hubShop, Run: lease.Run, MaximumTries: 3, Limit: limit}
		for {
			items, err := w.NextDue(w.ctx(), query)
			require.NoError(t, err)
			require.LessOrEqual(t, len(items), limit)
			if len(items) == 0 {
				break
			}
			for _, item := range items {
				listed = append(listed, item.ChannelSKU+"@"+item.Location)
			}
			last := items[len(items)-1]
			query.AfterSKU, query.AfterPlace = last.ChannelSKU, last.Location
		}
		require.Equal(t, want, listed, "limit %d", limit)
	}
}

// triesDue: a query from the beginning returns rows that the run has not tried before those that it has.
func triesDue(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 1), level("B", 2), level("C", 3))
	refuse := func(sku string) {
		intent := w.intend(lease, w.item(lease, sku))
		require.NoError(t, w.ApplyResponses(w.ctx(), lease, ledger.Response{
			Key: intent.Key, Now: w.now(), Items: []ledger.ItemResponse{{ChannelSKU: sku, Status: ledger.StatusRetrying, Reason: "no"}},
		}))
	}
	next := func() []string {
		items, err := w.NextDue(w.ctx(), ledger.DueQuery{Connection: hubShop, Run: lease.Run, MaximumTries: 2, Limit: 10})
		require.NoError(t, err)
		skus := []string{}
		for _, item := range items {
			skus = append(skus, item.ChannelSKU)
		}
		return skus
	}
	require.Equal(t, []string{"A", "B", "C"}, next())
	refuse("A")
	require.Equal(t, []string{"B", "C"}, next())
	refuse("C")
	refuse("B")
	require.Equal(t, []string{"A", "B", "C"}, next(), "then they are tried again")
	refuse("A")
	require.Equal(t, []string{"B", "C"}, next())
}

func scopesDue(t *testing.T, w *world) {
	w.apply(alter(func(d *ledger.Definitions) {
		d.Bundles = []ledger.BundleDefinition{bundle("KIT", of("A", 1), of("B", 1))}
		d.Listings = []ledger.ListingDefinition{listing(shop, "A", "X1"), listing(shop, "A", "X2"), listing(shop, "C", "A")}
	}))
	lease := w.changed(hubShop, level("A", 5), level("B", 6), level("C", 7), level("%", 8))
	for name, test := range map[string]struct{ scope, want []string }{
		"all":         {nil, []string{"%", "A", "B", "KIT", "X1", "X2"}},
		"a component": {[]string{"A"}, []string{"KIT", "X1", "X2"}},
		"a bundle":    {[]string{"KIT"}, []string{"KIT"}},
		"a listed":    {[]string{"C"}, []string{"A"}},
		"opaque":      {[]string{"%"}, []string{"%"}},
		"nothing":     {[]string{"X1", "a", "A "}, nil},
	} {
		var skus []string
		for _, item := range w.due(lease, test.scope...) {
			skus = append(skus, item.ChannelSKU)
		}
		require.Equal(t, test.want, skus, name)
	}
}

func choosesDue(t *testing.T, w *world) {
	var rows []inventory.Level
	statuses := []ledger.Status{ledger.StatusExported, ledger.StatusRetrying, ledger.StatusRejected, ledger.StatusPending, ledger.StatusUnknown}
	for _, status := range statuses {
		rows = append(rows, level(string(status), 5))
	}
	lease := w.changed(hubShop, append(rows, level("untouched", 5))...)
	var items []ledger.DueItem
	for _, status := range statuses {
		items = append(items, w.item(lease, string(status)))
	}
	intent := w.intend(lease, items...)
	answer := ledger.Response{Key: intent.Key, Now: w.now()}
	for i, item := range items {
		answer.Items = append(answer.Items, says(item, statuses[i]))
	}
	require.NoError(t, w.ApplyResponses(w.ctx(), lease, answer))
	due := w.due(lease)
	require.Len(t, due, 3)
	require.Equal(t, []string{"pending", "retrying", "untouched"}, []string{due[0].ChannelSKU, due[1].ChannelSKU, due[2].ChannelSKU})
	require.Equal(t, []int{0, 1, 0}, []int{due[0].Attempts, due[1].Attempts, due[2].Attempts}, "what was not applied was not attempted")
	require.Equal(t, "untouched", due[2].Product)
	require.Nil(t, due[2].Exported)
}

func countsTries(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5), level("B", 5))
	for i := range 3 {
		item := w.item(lease, "A")
		require.Equal(t, i, item.Attempts)
		w.answered(lease, w.intend(lease, item), ledger.StatusRetrying)
		require.Contains(t, w.row(hubShop, "A").Reason, "no to A")
	}
	due := w.due(lease)
	require.Len(t, due, 1, "the row is left for the next run")
	require.Equal(t, "B", due[0].ChannelSKU)
	require.Equal(t, ledger.Due{Rows: 2}, w.counted(hubShop), fmt.Sprint("and it is due: ", w.rows(hubShop)))
	w.end(lease, ledger.CompletedWithFailures)
	next := w.take(hubShop, ledger.Smart)
	require.Equal(t, 3, w.item(next, "A").Attempts)
	w.answered(next, w.intend(next, w.item(next, "A")), ledger.StatusExported)
	require.Zero(t, w.row(hubShop, "A").Attempts)
	require.Empty(t, w.row(hubShop, "A").Reason)
}
