package ledgertest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

var tidyTests = tests{
	"what is old goes":       tidies,
	"what is new stays":      tidiesNothingNew,
	"what is at work stays":  tidiesNothingOpen,
	"the work goes on after": worksAfterTidy,
	"what was removed goes":  tidiesRemoved,
}

// tidyAll tidies until nothing is left to delete, and returns the number of deleted rows.
func (w *world) tidyAll(before time.Time) int64 {
	w.t.Helper()
	var total int64
	for range 1000 {
		removed, err := w.Tidy(w.ctx(), before)
		require.NoError(w.t, err)
		if removed == 0 {
			return total
		}
		total += removed
	}
	require.FailNow(w.t, "tidying does not end")
	return total
}

func tidies(t *testing.T, w *world) {
	var old []int64
	for i := range int64(3) {
		old = append(old, w.pass(hubShop, ledger.Smart, level("A", i)))
	}
	skipped, err := w.SkipRun(w.ctx(), w.claim(hubShop, ledger.Smart), ledger.Skipped, "busy")
	require.NoError(t, err)
	border := w.now()
	kept := w.pass(hubShop, ledger.Smart, level("A", 9))
	rows, levels := w.channelLevels(hubShop), w.levels(hub)
	require.Positive(t, w.tidyAll(border))
	for _, run := range append(old[:2:2], skipped) {
		_, err := w.Run(w.ctx(), run)
		require.ErrorIs(t, err, ledger.ErrNotFound)
	}
	_, err = w.Run(w.ctx(), kept)
	require.NoError(t, err)
	require.Equal(t, []string{"exported", "reported"}, w.kinds("A", ""))
	require.Equal(t, rows, w.channelLevels(hubShop), "what stores show is no history")
	require.Equal(t, levels, w.levels(hub))
}

func tidiesNothingNew(t *testing.T, w *world) {
	run := w.pass(hubShop, ledger.Smart, level("A", 5))
	activity := w.activity("A", "")
	require.Zero(t, w.tidyAll(began))
	require.Equal(t, activity, w.activity("A", ""))
	_, err := w.Run(w.ctx(), run)
	require.NoError(t, err)
}

func tidiesNothingOpen(t *testing.T, w *world) {
	ended := w.changed(hubShop, level("A", 5))
	intent := w.intend(ended)
	w.end(ended, ledger.Partial)
	running := w.take(hubShop, ledger.Smart)
	_, hold := w.held(hubMarket, ledger.HoldSnapshot)
	staging := w.stage(running, nil)
	w.tidyAll(w.now().Add(24 * time.Hour))

	require.Equal(t, []ledger.OpenCall{{Intent: intent, Sends: 1}}, w.openCalls(hubShop), "with its bytes")
	require.Equal(t, []ledger.Hold{hold}, w.openHolds())
	require.Equal(t, ledger.Running, w.runOf(running).Outcome)
	holder, err := w.Holder(w.ctx(), shop)
	require.NoError(t, err)
	require.Equal(t, running.Run, holder.Run)
	require.NoError(t, w.StageRows(w.ctx(), staging, many(1), nil))
	_, err = w.Record(w.ctx(), running, staging, ledger.SnapshotEnd{Rows: 1, Guard: lax, Now: w.now()})
	require.NoError(t, err)
	w.answered(running, intent, ledger.StatusExported)
	require.Equal(t, "exported 5, shows 5", w.rows(hubShop)["A"])
}

func worksAfterTidy(t *testing.T, w *world) {
	w.pass(hubShop, ledger.Smart, level("A", 5), level("B", 6))
	w.report(w.take(hubMarket, ledger.Smart), guarded(), many(100))
	cursor := w.plan(hubShop, ledger.Smart).Cursor
	w.tidyAll(w.now().Add(24 * time.Hour))
	require.Empty(t, w.activity("A", ""))
	require.Equal(t, cursor, w.plan(hubShop, ledger.Smart).Cursor)
	lease := w.take(annexShop, ledger.Smart)
	w.end(lease, ledger.Completed)
	w.pass(hubShop, ledger.Smart)
	lease = w.take(hubShop, ledger.Smart)
	require.NotEmpty(t, w.report(lease, guarded(), many(79)).Held, "the guard still knows the last snapshot")
	w.change(lease, level("A", 4))
	require.Equal(t, "pending 4, shows 5", w.rows(hubShop)["A"])
	request := w.requesting(hubShop, ledger.Smart, "r")
	w.end(lease, ledger.Completed)
	require.False(t, w.grant(request).Covered)
}

// A removed definition is a change for every connection that has not resolved it yet.
func tidiesRemoved(t *testing.T, w *world) {
	w.apply(alter(func(d *ledger.Definitions) {
		d.Products = []ledger.Product{{Merchant: merchant, SKU: "A", Name: "Bicycle"}}
		d.Bundles = []ledger.BundleDefinition{bundle("KIT", of("A", 2))}
		d.Listings = []ledger.ListingDefinition{listing(shop, "A", "S-A"), listing(market, "A", "M-A")}
		d.Strategies = []ledger.StrategyDefinition{{Merchant: merchant, Warehouse: hub, Strategy: inventory.Strategy{BufferUnits: 1}}}
	}))
	for _, id := range []string{hubShop, hubMarket, annexShop} {
		w.pass(id, ledger.Full, level("A", 9))
	}
	w.apply(definitions())
	require.Zero(t, w.tidyAll(began))
	w.pass(hubShop, ledger.Smart)
	require.Equal(t, "exported 9, shows 9", w.rows(hubShop)["A"])
	require.Zero(t, w.tidyAll(began), "the others have not seen it")
	w.pass(hubMarket, ledger.Smart)
	require.Equal(t, "exported 9, shows 9", w.rows(hubMarket)["A"])
	require.EqualValues(t, 2, w.tidyAll(began), "a listing and the strategy: both their connections have")
	w.pass(annexShop, ledger.Smart)
	require.EqualValues(t, 3, w.tidyAll(began))
	rows := w.rows(hubShop)
	w.pass(hubShop, ledger.Full)
	require.Equal(t, rows, w.rows(hubShop))
}
