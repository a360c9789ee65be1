package e2e

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/ledger/ledgertest"
	"github.com/tidemark/tidemark/workflows"
)

// TestTodaysProgramsGoOnWithAnEarlierLedger: a worker of an earlier release was killed while a call hung, a feed was worked on and a run was held.
// Today's worker starts on its ledger. Smart Syncs settle what was open, push what had changed and nothing else, and the stores show what the
// warehouses have.
func TestTodaysProgramsGoOnWithAnEarlierLedger(t *testing.T) {
	t.Parallel()
	for _, left := range ledgertest.ReleasedLedgers(t, "../../ledger/testdata/released") {
		t.Run(left.Release+"_on_"+left.Database, func(t *testing.T) {
			t.Parallel()
			goOnWith(t, left)
		})
	}
}

func goOnWith(t *testing.T, left ledgertest.ReleasedLedger) {
	var beside keptLedger
	require.NoError(t, json.Unmarshal(left.Beside, &beside))
	w := &world{t: t, folder: t.TempDir(), namespace: "e2e-upgrade-" + left.Release + left.Database, temporal: server(t)}
	w.register()
	w.box = startSandbox(t, w.folder, releasedScenario(0))
	for id, levels := range beside.Warehouses {
		w.box.post("/judge/warehouses/"+id+"/set", map[string]any{"items": levels})
	}
	for id, levels := range beside.Stores {
		w.box.post("/judge/stores/"+id+"/set", map[string]any{"items": levels})
	}
	w.location = left.Load(t, w.box.address)
	worker := w.work("--retention", "0") // what is kept has its own dates
	w.connect()
	require.NotContains(t, worker.output.String(), "counts as restored")
	shown, problems, code := w.starter("check", "--ledger", w.location)
	require.Zero(t, code, "%s\n%s", shown, problems)

	// kiosk's warehouse has its stock back; the hold of the run that nobody knows any more is gone with it.
	require.Len(t, beside.Warehouses["annex"], 12)
	var stock []figure
	for i, level := range beside.Warehouses["annex"] {
		n := int64(100 + i)
		stock = append(stock, figure{SKU: level.SKU, Facility: level.Facility, Available: &n})
	}
	w.box.post("/judge/warehouses/annex/set", map[string]any{"items": stock})
	w.box.set("depot", map[string]int64{"SKU-00009": 99})
	for _, one := range releasedShops {
		report := w.sync(ledger.Smart, one.id, workflows.SyncRequest{})
		require.Contains(t, []ledger.Outcome{ledger.Completed, ledger.CompletedWithFailures}, report.Outcome, "%s: %s", one.id, report.Reason)
		w.same(one.id)
	}

	warehouse := map[string]int64{}
	for _, level := range w.box.kept("warehouses/depot") {
		warehouse[level.SKU] += *level.Available
	}
	var changed int64
	for at, quantity := range w.box.levels("market") {
		if before, there := shownBefore(beside.Stores["market"])[at]; !there || before != quantity {
			changed++
		}
	}
	require.Equal(t, changed, w.box.facts("market").ItemsWritten, "a store is told what changed and nothing else")
	for sku, total := range warehouse {
		if sku == "SKU-00003" || sku == "SKU-00001" || sku == "KIT" { // refused by market, or known by another SKU there
			continue
		}
		shares := w.box.levels("shop")[place{sku, "front"}] + w.box.levels("shop")[place{sku, "outlet"}] +
			w.box.levels("market")[place{sku: sku}] + w.box.levels("outlet")[place{sku: sku}]
		require.LessOrEqual(t, shares, max(0, total-2), "%s: what the three stores of depot show together", sku)
		require.GreaterOrEqual(t, shares, total-2-2, "%s: each facility is shared by whole units", sku)
	}
	for _, level := range stock {
		require.Equal(t, *level.Available, w.box.levels("kiosk")[place{sku: level.SKU}], level.SKU)
	}
	recount, err := w.ledger.Recount(context.Background())
	require.NoError(t, err)
	require.Empty(t, recount.Wrong)
	runs, err := w.ledger.Runs(context.Background(), "", 100)
	require.NoError(t, err)
	var replaced int
	for _, run := range runs {
		require.NotNil(t, run.EndedAt, "run %d of %s", run.ID, run.Connection)
		if run.Outcome == ledger.Cancelled {
			replaced++
		}
	}
	require.Equal(t, 3, replaced, "the runs that the killed worker had open")
}

func shownBefore(levels []figure) map[place]int64 {
	shown := map[place]int64{}
	for _, level := range levels {
		shown[place{level.SKU, level.Location}] = *level.Quantity
	}
	return shown
}
