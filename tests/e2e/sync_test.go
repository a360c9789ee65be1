package e2e

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// Two connections on one warehouse each get every change, whoever fetches first.
func TestEachConnectionGetsEveryChange(t *testing.T) {
	t.Parallel()
	shops := []shop{{id: "north", kind: "atomic"}, {id: "south", kind: "per_item"}, {id: "feeds", kind: "feed"}, {id: "ones", kind: "single"}}
	w := newWorld(t, scenario(60, shops...))
	w.apply(w.box.definitions(shops...), ledger.ApplyOptions{})
	w.work()
	for _, one := range shops {
		require.Equal(t, ledger.Completed, w.firstFull(one.id).Outcome)
		w.same(one.id)
	}
	w.box.set("depot", map[string]int64{"SKU-00001": 901, "SKU-00002": 902})
	for i, one := range shops {
		report := w.sync(ledger.Smart, one.id, workflows.SyncRequest{})
		require.Equal(t, ledger.Completed, report.Outcome)
		require.Equal(t, int64(2), report.Counts.Exported, "%s gets both changes", one.id)
		if i > 0 {
			require.Zero(t, report.Counts.Changed, "the first connection's fetch recorded them")
		}
		w.same(one.id)
		require.Equal(t, int64(901), w.box.levels(one.id)[place{"SKU-00001", ""}])
	}
	for _, one := range shops {
		require.Zero(t, w.sync(ledger.Smart, one.id, workflows.SyncRequest{}).Counts.Due, "nothing changed, nothing is pushed")
		require.LessOrEqual(t, w.box.facts(one.id).MaxParallel, int64(1))
	}
}

// A push whose answer was lost is pushed again by the next Smart Sync even when the warehouse has returned to the old value: the
// ledger knows that the store may show another figure, and the lost call is brought to an end before anything else is sent for its rows.
func TestLostAnswerCannotHideAChange(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"atomic", "per_item", "feed", "single"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			one := shop{id: "shop", kind: kind}
			w := newWorld(t, scenario(5, one))
			definitions := w.box.definitions(one)
			definitions.Stores[0].Settings["timeout"] = "3s" // the next run waits for the end of a lost call
			w.apply(definitions, ledger.ApplyOptions{})
			worker := w.work()
			w.firstFull("shop")
			before := w.box.levels("shop")[place{"SKU-00001", ""}]

			ctx := context.Background()
			w.box.pause("stores/shop")
			w.box.set("depot", map[string]int64{"SKU-00001": before + 7})
			w.ask(ledger.Smart, "shop", workflows.SyncRequest{})
			lost := w.loseAnswer(worker, "shop")
			require.NoError(t, w.client.TerminateWorkflow(ctx, "smart-sync/shop", "", "the test"))
			unknown, err := w.ledger.ChannelLevels(ctx, "shop", "", ledger.StatusUnknown, ledger.Page{Limit: 10})
			require.NoError(t, err)
			require.Len(t, unknown, 1, "the ledger knows that the store may show something else")
			require.Equal(t, "SKU-00001", unknown[0].ChannelSKU)
			waitFor(t, "the store shows what the lost call said", func(context.Context) error {
				if shown := w.box.levels("shop")[place{"SKU-00001", ""}]; shown != before+7 {
					return fmt.Errorf("it shows %d", shown)
				}
				return nil
			})

			w.box.set("depot", map[string]int64{"SKU-00001": before})
			w.work()
			w.sync(ledger.Smart, "shop", workflows.SyncRequest{})
			again := w.box.writes("shop", lost.N)
			require.Equal(t, []string{lost.Key, lost.Body}, []string{again[0].Key, again[0].Body}, "the lost call is brought to an end first, with the same bytes")
			require.Equal(t, before, w.box.levels("shop")[place{"SKU-00001", ""}])
			w.same("shop")
		})
	}
}

// What failed or was throttled is pushed by the next Smart Sync, without a Full Sync and without a change at the warehouse.
func TestFailedPushIsDueAgain(t *testing.T) {
	t.Parallel()
	one := shop{id: "shop", kind: "per_item"}
	w := newWorld(t, scenario(40, one))
	w.apply(w.box.definitions(one), ledger.ApplyOptions{})
	w.work()
	w.firstFull("shop")
	w.box.faults("stores/shop", map[string]any{"throttle": 0.3, "error_500": 0.2, "wrong_json": 0.1, "html": 0.1, "lost_answer": 0.1, "retry_after": "seconds"})
	for n := range 3 {
		figures := map[string]int64{}
		for sku := 1; sku <= 8; sku++ {
			figures[fmt.Sprintf("SKU-%05d", sku)] = int64(1000 + 10*n + sku)
		}
		w.box.set("depot", figures)
		w.ask(ledger.Smart, "shop", workflows.SyncRequest{})
	}
	w.box.faults("stores/shop", map[string]any{})
	for range 3 {
		w.sync(ledger.Smart, "shop", workflows.SyncRequest{})
	}
	w.same("shop")
	require.Equal(t, int64(1021), w.box.levels("shop")[place{"SKU-00001", ""}])
}

// 249 of 250 land in the same run when one is poison: one extra call where the store names it, at most 16 where it does not.
func TestPoisonIsParkedAndTheRestLands(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		more  string
		extra int64
	}{"named": {"", 1}, "unnamed": {", unnamed: true", 16}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			one := shop{id: "shop", kind: "atomic"}
			w := newWorld(t, "seed: 3\nwarehouses:\n  - {id: depot, facilities: [east], skus: 250}\nstores:\n"+
				"  - {id: shop, kind: atomic, rate: 100, burst: 100, batch_limit: 250, faults: {poison: [SKU-00113]}"+test.more+"}\n")
			w.apply(w.box.definitions(one), ledger.ApplyOptions{})
			w.work()
			report := w.firstFull("shop")
			require.Equal(t, ledger.CompletedWithFailures, report.Outcome)
			require.Equal(t, int64(249), report.Counts.Exported)
			require.Equal(t, int64(1), report.Counts.Rejected)
			require.LessOrEqual(t, w.box.facts("shop").Calls, 1+test.extra)
			w.same("shop")

			require.Zero(t, w.sync(ledger.Smart, "shop", workflows.SyncRequest{}).Counts.Calls, "a parked row is not tried by a Smart Sync")
			w.box.set("depot", map[string]int64{"SKU-00113": 5})
			again := w.sync(ledger.Smart, "shop", workflows.SyncRequest{}).Counts
			require.Equal(t, [2]int64{1, 1}, [2]int64{again.Calls, again.Rejected}, "a new figure is tried, once")
			require.Zero(t, w.sync(ledger.Smart, "shop", workflows.SyncRequest{}).Counts.Calls)
			require.Equal(t, int64(1), w.sync(ledger.Full, "shop", workflows.SyncRequest{}).Counts.Rejected, "a Full Sync tries it again")

			w.box.faults("stores/shop", map[string]any{}) // the shop takes it now
			w.box.set("depot", map[string]int64{"SKU-00113": 0})
			require.Equal(t, ledger.Completed, w.sync(ledger.Smart, "shop", workflows.SyncRequest{}).Outcome)
			require.Zero(t, w.box.levels("shop")[place{"SKU-00113", ""}])
		})
	}
}

// A Full Sync overwrites what somebody changed in the store.
func TestFullSyncReconcilesDrift(t *testing.T) {
	t.Parallel()
	one := shop{id: "shop", kind: "atomic"}
	w := newWorld(t, scenario(20, one))
	w.apply(w.box.definitions(one), ledger.ApplyOptions{})
	w.work()
	w.firstFull("shop")
	w.box.edit("shop", "SKU-00003", 77777)
	w.sync(ledger.Smart, "shop", workflows.SyncRequest{})
	require.Equal(t, int64(77777), w.box.levels("shop")[place{"SKU-00003", ""}], "a Smart Sync pushes only what changed")
	require.Equal(t, int64(20), w.sync(ledger.Full, "shop", workflows.SyncRequest{}).Counts.Exported)
	w.same("shop")
}

// A scoped run touches its SKUs, a dry run touches nothing, and neither eats a change.
func TestScopedAndDryRuns(t *testing.T) {
	t.Parallel()
	one := shop{id: "shop", kind: "atomic"}
	w := newWorld(t, scenario(20, one))
	w.apply(w.box.definitions(one), ledger.ApplyOptions{})
	w.work()
	w.firstFull("shop")
	calls := w.box.facts("shop").Calls
	w.box.set("depot", map[string]int64{"SKU-00001": 501, "SKU-00002": 502})

	dry := w.sync(ledger.Smart, "shop", workflows.SyncRequest{DryRun: true})
	require.Equal(t, int64(2), dry.Preview.Raise+dry.Preview.Lower)
	require.Equal(t, calls, w.box.facts("shop").Calls, "a dry run calls no store")

	scoped := w.sync(ledger.Smart, "shop", workflows.SyncRequest{SKUs: []string{"SKU-00002"}})
	require.Equal(t, int64(1), scoped.Counts.Exported)
	require.NotEqual(t, int64(501), w.box.levels("shop")[place{"SKU-00001", ""}])
	require.Equal(t, int64(502), w.box.levels("shop")[place{"SKU-00002", ""}])

	w.sync(ledger.Smart, "shop", workflows.SyncRequest{})
	require.Equal(t, int64(501), w.box.levels("shop")[place{"SKU-00001", ""}])
	w.same("shop")
}

// One writer per store, no request lost, none served twice: a Full during a Smart, manual runs during scheduled ones, and signals in
// every phase, on a store that is slow.
func TestOneWriterPerStore(t *testing.T) {
	t.Parallel()
	one := shop{id: "shop", kind: "atomic", batch: 10}
	w := newWorld(t, scenario(60, one))
	definitions := w.box.definitions(one)
	definitions.Connections[0].Inventory.Smart = []ledger.Rule{{Every: 2 * time.Second}}
	definitions.Connections[0].Inventory.Overlap = ledger.OverlapSkip
	w.apply(definitions, ledger.ApplyOptions{})
	w.work()
	w.firstFull("shop")
	w.box.faults("stores/shop", map[string]any{"slow": 0.5, "slow_for": "400ms"})
	var answers []answered
	for n := range 12 {
		w.box.set("depot", map[string]int64{fmt.Sprintf("SKU-%05d", n+1): int64(3000 + n)})
		mode := ledger.Smart
		if n%4 == 1 {
			mode = ledger.Full
		}
		id := fmt.Sprintf("request-%d", n)
		for range 2 { // the same request twice is one request
			w.ask(mode, "shop", workflows.SyncRequest{ID: id})
		}
		answers = append(answers, answered{mode, id})
	}
	w.box.faults("stores/shop", map[string]any{})
	waitFor(t, "every request is served", func(ctx context.Context) error { return w.served(ctx, answers) })
	require.LessOrEqual(t, w.box.facts("shop").MaxParallel, int64(1), "two writers at once")
	w.control.Pause(asAdmin(), "shop", "the test", "")
	w.sync(ledger.Smart, "shop", workflows.SyncRequest{})
	w.same("shop")
	runs, err := w.ledger.Runs(context.Background(), "shop", 1000)
	require.NoError(t, err)
	served := map[string]int{}
	for _, run := range runs {
		if run.Outcome == ledger.Completed || run.Outcome == ledger.CompletedWithFailures {
			for _, request := range run.Requests {
				served[request.ID]++
			}
		}
	}
	for _, one := range answers {
		require.LessOrEqual(t, served[one.id], 1, "request %s was served twice", one.id)
	}
}

type answered struct {
	mode ledger.Mode
	id   string
}

// served checks that no workflow on demand is open any more and that none failed: then nothing is left unserved.
func (w *world) served(ctx context.Context, _ []answered) error {
	for _, mode := range []ledger.Mode{ledger.Smart, ledger.Full} {
		description, err := w.client.DescribeWorkflowExecution(ctx, workflows.WorkflowID(mode, "shop"), "")
		if err != nil {
			return err
		}
		if status := description.GetWorkflowExecutionInfo().GetStatus().String(); status != "Completed" {
			return fmt.Errorf("%s is %s", workflows.WorkflowID(mode, "shop"), status)
		}
	}
	return nil
}
