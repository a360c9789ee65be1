package ledgertest

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

var readTests = tests{
	"levels come in pages":             pagesLevels,
	"channel levels come in pages":     pagesChannelLevels,
	"channel levels by SKU and status": filtersChannelLevels,
	"statuses are counted":             countsStatuses,
	"the last success":                 findsLastSuccess,
	"activity by either name":          findsActivity,
	"activity is of a merchant":        separatesActivity,
	"what is known of a SKU":           knowsSKUs,
	"nothing is found where nothing is": func(t *testing.T, w *world) {
		require.Empty(t, w.levels("moon"))
		require.Empty(t, w.channelLevels("moon"))
		require.Empty(t, w.activity("A", ""))
		counts, err := w.StatusCounts(w.ctx(), "moon")
		require.NoError(t, err)
		require.Empty(t, counts)
	},
}

// findsLastSuccess: only a completed run without a scope shows that a connection is well.
func findsLastSuccess(t *testing.T, w *world) {
	_, err := w.LastSuccess(w.ctx(), hubShop)
	require.ErrorIs(t, err, ledger.ErrNotFound)
	lease := w.take(hubShop, ledger.Smart)
	w.end(lease, ledger.Completed)
	for _, outcome := range []ledger.Outcome{ledger.Failed, ledger.Cancelled, ledger.Partial, ledger.Held, ledger.RejectedOutcome} {
		w.end(w.take(hubShop, ledger.Smart), outcome)
	}
	scoped, dry := w.claim(hubShop, ledger.Smart), w.claim(hubShop, ledger.Full)
	scoped.Scope, dry.DryRun = []string{"A"}, true
	w.end(w.grant(scoped).Lease, ledger.Completed)
	w.end(w.grant(dry).Lease, ledger.Completed)
	w.end(w.take(hubMarket, ledger.Smart), ledger.Completed)
	run, err := w.LastSuccess(w.ctx(), hubShop)
	require.NoError(t, err)
	require.Equal(t, lease.Run, run.ID)
	require.NotNil(t, run.EndedAt)

	running := w.take(hubShop, ledger.Smart)
	run, err = w.LastSuccess(w.ctx(), hubShop)
	require.NoError(t, err)
	require.Equal(t, lease.Run, run.ID)
	w.end(running, ledger.CompletedWithFailures)
	run, err = w.LastSuccess(w.ctx(), hubShop)
	require.NoError(t, err)
	require.Equal(t, running.Run, run.ID)
}

// pagesLevels: pages are cut by SKU, so the facilities of a SKU are on the same page.
func pagesLevels(t *testing.T, w *world) {
	var rows []inventory.Level
	for i := range 5 {
		for _, facility := range []string{"west", "", "east"} {
			rows = append(rows, inventory.Level{Facility: facility, SKU: fmt.Sprint("P", i), Available: int64(i)})
		}
	}
	w.report(w.take(hubShop, ledger.Smart), whole(), rows)
	var want []string
	for i := range 5 {
		for _, facility := range []string{"", "east", "west"} {
			want = append(want, fmt.Sprint("P", i, "@", facility))
		}
	}
	for _, limit := range []int{1, 2, 3, 4, 15, 100} {
		var levels []string
		for after := ""; ; {
			page, err := w.Levels(w.ctx(), hub, "", ledger.Page{After: after, Limit: limit})
			require.NoError(t, err)
			if len(page) == 0 {
				break
			}
			for _, row := range page {
				levels = append(levels, row.SKU+"@"+row.Facility)
			}
			after = page[len(page)-1].SKU
		}
		require.Equal(t, want, levels, "limit %d", limit)
	}
	page, err := w.Levels(w.ctx(), hub, "P3", ledger.Page{})
	require.NoError(t, err)
	require.Len(t, page, 3)
}

func pagesChannelLevels(t *testing.T, w *world) {
	w.apply(alter(func(d *ledger.Definitions) {
		d.Connections[0].Inventory.Locations = []inventory.Location{{ID: "s", Facilities: []string{"east"}}, {ID: "n", Facilities: []string{"east"}}}
	}))
	w.changed(hubShop, level("a", 1), level("B", 2), level("é", 3), level("A", 4))
	want := []string{"A@n", "A@s", "B@n", "B@s", "a@n", "a@s", "é@n", "é@s"}
	for _, limit := range []int{1, 2, 3, 8, 100} {
		var rows []string
		for after := ""; ; {
			page, err := w.ChannelLevels(w.ctx(), hubShop, "", "", ledger.Page{After: after, Limit: limit})
			require.NoError(t, err)
			if len(page) == 0 {
				break
			}
			for _, row := range page {
				rows = append(rows, row.ChannelSKU+"@"+row.Location)
			}
			after = page[len(page)-1].ChannelSKU
		}
		require.Equal(t, want, rows, "limit %d", limit)
	}
}

func filtersChannelLevels(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 1), level("B", 2), level("C", 3))
	w.answered(lease, w.intend(lease, w.item(lease, "B")), ledger.StatusExported)
	find := func(sku string, status ledger.Status) []string {
		rows, err := w.ChannelLevels(w.ctx(), hubShop, sku, status, ledger.Page{})
		require.NoError(t, err)
		var skus []string
		for _, row := range rows {
			skus = append(skus, row.ChannelSKU)
		}
		return skus
	}
	require.Equal(t, []string{"A", "B", "C"}, find("", ""))
	require.Equal(t, []string{"A", "C"}, find("", ledger.StatusPending))
	require.Equal(t, []string{"B"}, find("", ledger.StatusExported))
	require.Equal(t, []string{"B"}, find("B", ""))
	require.Equal(t, []string{"A"}, find("A", ledger.StatusPending))
	require.Empty(t, find("A", ledger.StatusExported))
	require.Empty(t, find("%", ""))
	require.Empty(t, find("a", ""))
}

func countsStatuses(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 1), level("B", 2), level("C", 3))
	w.answered(lease, w.intend(lease, w.item(lease, "B")), ledger.StatusExported)
	counts, err := w.StatusCounts(w.ctx(), hubShop)
	require.NoError(t, err)
	require.Equal(t, map[ledger.Status]int64{ledger.StatusPending: 2, ledger.StatusExported: 1}, counts)
}

func findsActivity(t *testing.T, w *world) {
	w.apply(alter(func(d *ledger.Definitions) {
		d.Listings = []ledger.ListingDefinition{listing(shop, "A", "X"), listing(market, "A", "Y")}
	}))
	w.pass(hubShop, ledger.Smart, level("A", 5))
	w.pass(hubMarket, ledger.Smart)
	require.Equal(t, []string{"exported", "exported", "reported"}, w.kinds("A", ""))
	require.Equal(t, []string{"exported"}, w.kinds("X", ""))
	require.Equal(t, []string{"exported"}, w.kinds("Y", ""))
	require.Equal(t, hubMarket, w.activity("Y", "")[0].Connection)
	require.Equal(t, "A", w.activity("Y", "")[0].SKU)
	require.Empty(t, w.kinds("Y", hubShop))
	for _, entry := range w.activity("A", hubShop) {
		require.NotEqual(t, hubMarket, entry.Connection)
	}
	entries, err := w.Activity(w.ctx(), ledger.ActivityQuery{Merchant: merchant, SKU: "A", Limit: 2})
	require.NoError(t, err)
	require.Len(t, entries, 2)
	require.Equal(t, hubMarket, entries[0].Connection, "newest first")
	all := w.activity("A", "")
	require.Greater(t, entries[0].ID, entries[1].ID)
	older, err := w.Activity(w.ctx(), ledger.ActivityQuery{Merchant: merchant, SKU: "A", Before: entries[1].ID, Limit: 10})
	require.NoError(t, err)
	require.Equal(t, all[2:], older, "the entries before those two")
}

func separatesActivity(t *testing.T, w *world) {
	w.pass(hubShop, ledger.Smart, level("A", 5))
	entries, err := w.Activity(w.ctx(), ledger.ActivityQuery{Merchant: "another", SKU: "A", Limit: 10})
	require.NoError(t, err)
	require.Empty(t, entries)
	require.Empty(t, w.activity("a", ""))
	require.Empty(t, w.activity("%", ""))
	require.Equal(t, []string{"exported", "reported"}, w.kinds("A", ""), "a name that is both is listed once")
}

func knowsSKUs(t *testing.T, w *world) {
	w.apply(alter(func(d *ledger.Definitions) {
		d.Products = []ledger.Product{{Merchant: merchant, SKU: "NAMED"}}
		d.Bundles = []ledger.BundleDefinition{bundle("KIT", of("PART", 2))}
		d.Listings = []ledger.ListingDefinition{listing(shop, "LISTED", "X")}
	}))
	w.pass(hubShop, ledger.Smart, level("A", 5))
	for _, sku := range []string{"NAMED", "KIT", "PART", "LISTED", "X", "A"} {
		known, err := w.Known(w.ctx(), merchant, sku)
		require.NoError(t, err)
		require.True(t, known, sku)
		known, err = w.Known(w.ctx(), "another", sku)
		require.NoError(t, err)
		require.False(t, known, sku)
	}
	for _, sku := range []string{"", "a", "%", "NONE"} {
		known, err := w.Known(w.ctx(), merchant, sku)
		require.NoError(t, err)
		require.False(t, known, sku)
	}
}
