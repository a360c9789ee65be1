package ledgertest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

var togetherTests = tests{
	"how connections stand is what each question says": standsTogether,
	"the newest results of a connection":               findsResults,
	"the newest runs have bounds":                      boundsNewest,
	"how a product is sold is what each question says": sellsTogether,
}

// standsTogether compares the states of all connections with the state of each.
func standsTogether(t *testing.T, w *world) {
	done := w.changed(hubShop, level("A", 1), level("B", 2), level("C", 3))
	w.answered(done, w.intend(done, w.item(done, "B")), ledger.StatusExported)
	w.end(done, ledger.Completed)
	w.changed(hubMarket, level("D", 4))
	open := w.take(hubShop, ledger.Smart)
	w.answered(open, w.intend(open, w.item(open, "A")), ledger.StatusExported)
	w.apply(alter(func(d *ledger.Definitions) {
		for _, i := range []int{0, 2} { // both that lead to the store
			d.Connections[i].Inventory.Locations = []inventory.Location{{ID: "s", Facilities: []string{"east"}}}
		}
	}))

	ids := []string{hubShop, hubMarket, "moon"}
	states, err := w.ConnectionStates(w.ctx(), ids, w.now().Add(-24*time.Hour))
	require.NoError(t, err)
	require.Len(t, states, len(ids))
	for _, id := range ids {
		at := states[id]
		rows, err := w.StatusCounts(w.ctx(), id)
		require.NoError(t, err)
		require.Equal(t, rows, at.Rows, id)
		kept, err := w.Kept(w.ctx(), id, nil)
		require.NoError(t, err)
		require.Equal(t, kept, at.Kept, id)
		runs, err := w.Runs(w.ctx(), id, 0)
		require.NoError(t, err)
		require.Equal(t, runs, at.Newest, id)
		unended, err := w.OpenRuns(w.ctx(), id)
		require.NoError(t, err)
		require.Equal(t, unended, at.Open, id)
		for _, run := range unended {
			tally, err := w.Tally(w.ctx(), run.ID)
			require.NoError(t, err)
			require.Equal(t, tally, at.Done[run.ID], id)
		}
		if id == "moon" {
			continue
		}
		left, err := w.LeftBehind(w.ctx(), id)
		require.NoError(t, err)
		require.Equal(t, left, at.Left, id)
		holder, err := w.Holder(w.ctx(), map[string]string{hubShop: shop, hubMarket: market}[id])
		require.NoError(t, err)
		require.Equal(t, &holder, at.Holder, id)
		alone, err := w.ConnectionStates(w.ctx(), []string{id}, w.now().Add(-24*time.Hour))
		require.NoError(t, err)
		require.Equal(t, at, alone[id])
	}
	require.NotEmpty(t, states[hubShop].Left)
	require.EqualValues(t, 1, states[hubShop].Done[open.Run].Exported)

	warehouses, err := w.WarehouseStates(w.ctx(), []string{hub, "moon"})
	require.NoError(t, err)
	last, err := w.LastSnapshot(w.ctx(), hub)
	require.NoError(t, err)
	require.Equal(t, ledger.WarehouseState{Last: &last}, warehouses[hub])
	require.Equal(t, ledger.WarehouseState{}, warehouses["moon"])
}

// findsResults: a run that was skipped, covered, cancelled or rejected tells nothing about the store or the warehouse. Neither does a run with
// a scope, nor a dry run.
func findsResults(t *testing.T, w *world) {
	id := func(run *ledger.Run) int64 {
		if run == nil {
			return 0
		}
		return run.ID
	}
	results := func() [3]int64 {
		states, err := w.ConnectionStates(w.ctx(), []string{hubShop}, w.now())
		require.NoError(t, err)
		at := states[hubShop]
		return [3]int64{id(at.Result), id(at.Smart), id(at.Full)}
	}
	ended := func(mode ledger.Mode, outcome ledger.Outcome) int64 {
		lease := w.take(hubShop, mode)
		w.end(lease, outcome)
		return lease.Run
	}
	require.Equal(t, [3]int64{}, results())
	smart := ended(ledger.Smart, ledger.Completed)
	require.Equal(t, [3]int64{smart, smart, 0}, results())
	full := ended(ledger.Full, ledger.CompletedWithFailures)
	require.Equal(t, [3]int64{full, smart, full}, results())
	failed := ended(ledger.Smart, ledger.Failed)
	require.Equal(t, [3]int64{failed, smart, full}, results())
	for _, outcome := range []ledger.Outcome{ledger.Skipped, ledger.Covered, ledger.Cancelled, ledger.Held, ledger.RejectedOutcome} {
		ended(ledger.Full, outcome)
	}
	scoped, dry := w.claim(hubShop, ledger.Smart), w.claim(hubShop, ledger.Full)
	scoped.Scope, dry.DryRun = []string{"A"}, true
	w.end(w.grant(scoped).Lease, ledger.Completed)
	w.end(w.grant(dry).Lease, ledger.Completed)
	w.end(w.take(hubMarket, ledger.Smart), ledger.Completed)
	w.take(hubShop, ledger.Smart)
	require.Equal(t, [3]int64{failed, smart, full}, results())
}

// boundsNewest: of the runs that ended before a time, only the newest are read.
func boundsNewest(t *testing.T, w *world) {
	var all []int64
	for range 15 {
		lease := w.take(hubShop, ledger.Smart)
		w.end(lease, ledger.Completed)
		all = append([]int64{lease.Run}, all...)
	}
	newest := func(since time.Time) []int64 {
		states, err := w.ConnectionStates(w.ctx(), []string{hubShop}, since)
		require.NoError(t, err)
		var runs []int64
		for _, run := range states[hubShop].Newest {
			runs = append(runs, run.ID)
		}
		return runs
	}
	require.Equal(t, all, newest(time.Time{}))
	require.Equal(t, all[:12], newest(w.now().Add(time.Hour)))
}

// sellsTogether compares the explanation of a product in all connections with the explanation in each.
func sellsTogether(t *testing.T, w *world) {
	w.apply(alter(func(d *ledger.Definitions) {
		d.Listings = []ledger.ListingDefinition{listing(shop, "A", "SHOP-A"), listing(market, "a", "M-a"), listing(market, "B", "OTHER")}
		d.Bundles = []ledger.BundleDefinition{bundle("PACK", of("A", 2))}
	}))
	for _, id := range []string{hubShop, hubMarket} {
		lease := w.changed(id, level("A", 8), level("B", 3))
		for _, item := range w.due(lease) {
			w.answered(lease, w.intend(lease, item), ledger.StatusExported)
		}
		w.end(lease, ledger.Completed)
	}
	for _, product := range []string{"A", "B", "PACK", "none"} {
		sold, err := w.SoldOf(w.ctx(), merchant, product)
		require.NoError(t, err)
		require.Len(t, sold.Inputs, len(sold.Plans))
		var rows []ledger.ChannelLevelRow
		for i, plan := range sold.Plans {
			id := plan.Connection.ID
			want, err := w.Plan(w.ctx(), id, ledger.Smart)
			require.NoError(t, err)
			require.Equal(t, want.Connection, plan.Connection)
			require.Equal(t, want.Strategy, plan.Strategy)
			require.Equal(t, want.Sharing, plan.Sharing)
			inputs, err := w.Inputs(w.ctx(), want, []string{product})
			require.NoError(t, err)
			require.Equal(t, inventory.Resolve(inputs[0]), inventory.Resolve(sold.Inputs[i]), "%s in %s", product, id)
			all, err := w.ChannelLevels(w.ctx(), id, "", "", ledger.Page{})
			require.NoError(t, err)
			for _, row := range all {
				if row.Product == product {
					rows = append(rows, row)
					run, err := w.Run(w.ctx(), row.Run)
					require.NoError(t, err)
					require.Equal(t, run, sold.Runs[run.ID])
					entries, err := w.Activity(w.ctx(), ledger.ActivityQuery{Merchant: merchant, SKU: row.ChannelSKU, Connection: id, Limit: 100})
					require.NoError(t, err)
					require.Equal(t, entries, sold.Activity[id], "%s in %s", product, id)
				}
			}
		}
		require.Equal(t, rows, sold.Rows, product)
	}
	sold, err := w.SoldOf(w.ctx(), merchant, "A")
	require.NoError(t, err)
	require.NotEmpty(t, sold.Rows)
	require.Equal(t, map[string][]string{market: {"a"}}, sold.Alike)
}
