package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// decides answers a held run by the starter, and returns what became of that.
func (w *world) decides(word string, run int64) control.DecisionResult {
	w.t.Helper()
	out, problems, code := w.starter(word, fmt.Sprint(run), "-o", "json")
	require.Zero(w.t, code, problems)
	var decided control.DecisionResult
	require.NoError(w.t, json.Unmarshal([]byte(out), &decided), out)
	return decided
}

// A rejected snapshot is not asked about again while it stays as it is: the next run pushes the rest and says who rejected it. An approval
// afterwards lifts that. When the snapshot is whole again, the hold dissolves, though nobody answers.
func TestARejectedSnapshotStaysRejected(t *testing.T) {
	t.Parallel()
	w := atFirst(t, 200)

	w.box.faults("warehouses/depot", map[string]any{"shrink": 0.5})
	w.box.set("depot", map[string]int64{"SKU-00001": 4001})
	w.ask(ledger.Smart, "shop", workflows.SyncRequest{})
	first := w.held()
	decided := w.decides("reject", first.Run)
	require.Equal(t, activities.Rejected, decided.Answer)
	require.Equal(t, []int64{first.Run}, decided.Runs)
	waitFor(t, "the run has ended", func(ctx context.Context) error { return w.ended(ctx, first.Run, ledger.RejectedOutcome) })
	out, _, _ := w.starter("approve", "9999")
	require.Empty(t, out)

	w.send(workflows.InventoryUpdate{Event: "sold", SKU: "SKU-00150", Facility: "east", Available: new(int64(3))})
	w.shows("shop", map[string]int64{"SKU-00150": 3})
	report := w.sync(ledger.Smart, "shop", workflows.SyncRequest{})
	require.Equal(t, ledger.CompletedWithFailures, report.Outcome, report.Reason)
	require.Contains(t, report.Reason, "rejected by "+decided.By)
	require.Contains(t, report.Reason, fmt.Sprintf("run %d", first.Run))
	require.Equal(t, int64(3), w.box.levels("shop")[place{"SKU-00150", ""}])
	require.NotEqual(t, int64(4001), w.box.levels("shop")[place{"SKU-00001", ""}])

	require.Equal(t, activities.Lifted, w.decides("approve", first.Run).Answer)
	w.ask(ledger.Smart, "shop", workflows.SyncRequest{})
	second := w.held()
	require.NotEqual(t, first.Run, second.Run)

	// Nobody answers. Another run reads a whole snapshot, and the one that waits goes on by itself.
	w.box.faults("warehouses/depot", map[string]any{})
	require.Equal(t, ledger.Completed, w.sync(ledger.Full, "shop", workflows.SyncRequest{}).Outcome)
	waitFor(t, "the held run has gone on by itself", func(ctx context.Context) error { return w.ended(ctx, second.Run, ledger.Completed) })
	hold, err := w.ledger.HoldOf(context.Background(), second.Run)
	require.NoError(t, err)
	require.Equal(t, activities.Dissolved, hold.Decision)
	_, problems, code := w.starter("approve", fmt.Sprint(second.Run))
	require.NotZero(t, code)
	require.Contains(t, problems, "dissolved already, by run")
	require.Equal(t, int64(4001), w.box.levels("shop")[place{"SKU-00001", ""}])
	w.same("shop")
}

// Figures of which a person has said that they shall not go to 0 stay, while the rest goes out; when the warehouse has stock again they follow it.
func TestARejectedZeroingStaysRejected(t *testing.T) {
	t.Parallel()
	w := atFirst(t, 40)
	full, none, back := map[string]int64{}, map[string]int64{}, map[string]int64{}
	for sku := 1; sku <= 40; sku++ {
		full[fmt.Sprintf("SKU-%05d", sku)] = 10
		if sku <= 20 {
			none[fmt.Sprintf("SKU-%05d", sku)] = 0
			back[fmt.Sprintf("SKU-%05d", sku)] = 5
		}
	}
	w.box.set("depot", full)
	w.sync(ledger.Smart, "shop", workflows.SyncRequest{})
	w.box.set("depot", none)
	w.ask(ledger.Smart, "shop", workflows.SyncRequest{})
	hold := w.held()
	require.Equal(t, activities.Rejected, w.decides("reject", hold.Run).Answer)
	waitFor(t, "the run has ended", func(ctx context.Context) error { return w.ended(ctx, hold.Run, ledger.RejectedOutcome) })

	w.box.set("depot", map[string]int64{"SKU-00030": 7})
	for _, mode := range []ledger.Mode{ledger.Smart, ledger.Full} {
		report := w.sync(mode, "shop", workflows.SyncRequest{})
		require.Equal(t, ledger.CompletedWithFailures, report.Outcome, report.Reason)
		require.Contains(t, report.Reason, "20 figures stay above 0")
		shown := w.box.levels("shop")
		require.Equal(t, int64(10), shown[place{"SKU-00002", ""}])
		require.Equal(t, int64(7), shown[place{"SKU-00030", ""}])
	}
	out, _, code := w.starter("explain", "shop", "SKU-00002")
	require.Zero(t, code)
	require.Contains(t, out, "rejected by")

	w.box.set("depot", back)
	require.Equal(t, ledger.Completed, w.sync(ledger.Smart, "shop", workflows.SyncRequest{}).Outcome)
	require.Equal(t, int64(5), w.box.levels("shop")[place{"SKU-00002", ""}])
	w.same("shop")
}

// One answer is for every run that waits on a snapshot, and names them. Without a worker it is safe all the same.
func TestAnAnswerNamesEveryRunThatItIsFor(t *testing.T) {
	t.Parallel()
	shops := []shop{{id: "north", kind: "atomic"}, {id: "south", kind: "atomic"}}
	w := newWorld(t, scenario(200, shops...))
	w.apply(w.box.definitions(shops...), ledger.ApplyOptions{})
	worker := w.work()
	for _, one := range shops {
		w.firstFull(one.id)
	}
	heldBoth := func() []int64 {
		var runs []int64
		for _, one := range shops {
			w.ask(ledger.Smart, one.id, workflows.SyncRequest{})
		}
		waitFor(t, "both runs are held", func(ctx context.Context) error {
			runs = nil
			holds, err := w.ledger.OpenHolds(ctx)
			for _, hold := range holds {
				runs = append(runs, hold.Run)
			}
			if err == nil && len(holds) != 2 {
				err = fmt.Errorf("%d holds", len(holds))
			}
			return err
		})
		return runs
	}
	w.box.faults("warehouses/depot", map[string]any{"shrink": 0.5})
	runs := heldBoth()
	decided := w.decides("reject", runs[0])
	require.Equal(t, activities.Rejected, decided.Answer)
	require.ElementsMatch(t, runs, decided.Runs)
	for _, run := range runs {
		waitFor(t, "it has ended", func(ctx context.Context) error { return w.ended(ctx, run, ledger.RejectedOutcome) })
	}

	w.box.faults("warehouses/depot", map[string]any{"shrink": 0.4})
	runs = heldBoth()
	worker.stop(syscall.SIGKILL)
	require.Empty(t, w.decides("approve", runs[1]).Answer, "nobody could answer")
	w.work()
	for _, run := range runs {
		waitFor(t, "it has gone on", func(ctx context.Context) error { return w.ended(ctx, run, ledger.Completed) })
	}
}

// Who asks for a run is told what becomes of the request at once, and the request is served whatever happens to the answer.
func TestSyncSaysWhatBecomesOfTheRequest(t *testing.T) {
	t.Parallel()
	one := shop{id: "shop", kind: "atomic"}
	w := newWorld(t, scenario(200, one))
	w.apply(w.box.definitions(one), ledger.ApplyOptions{})
	worker := w.work()
	w.firstFull("shop")
	out, problems, code := w.starter("sync", "smart", "shop", "--request-id", "first")
	require.Zero(t, code, problems)
	require.Regexp(t, `^smart-sync/shop started as run \d+; request first`, out)
	waitFor(t, "it is over", func(ctx context.Context) error { return w.closed(ctx, "smart-sync/shop") })

	w.box.faults("warehouses/depot", map[string]any{"shrink": 0.5})
	w.ask(ledger.Smart, "shop", workflows.SyncRequest{})
	hold := w.held()
	out, problems, code = w.starter("sync", "smart", "shop", "--request-id", "second")
	require.Zero(t, code, problems)
	require.Contains(t, out, fmt.Sprintf("the request waits: served next; run %d is held", hold.Run))
	_, problems, code = w.starter("sync", "smart", "shop", "--request-id", "bad\nid")
	require.NotZero(t, code)
	require.Contains(t, problems, "id of a request")
	w.box.faults("warehouses/depot", map[string]any{})
	worker.stop(syscall.SIGKILL)
	out, problems, code = w.starter("sync", "smart", "shop", "--request-id", "third")
	require.Zero(t, code, problems)
	require.Contains(t, out, "has not answered yet")

	w.work()
	w.decides("approve", hold.Run)
	for _, id := range []string{"second", "third"} {
		waitFor(t, id+" is served", func(ctx context.Context) error {
			found, err := w.ledger.Requests(ctx, ledger.RequestQuery{ID: id})
			if err == nil && (len(found) != 1 || found[0].Outcome != ledger.RequestServed) {
				err = fmt.Errorf("%v", found)
			}
			return err
		})
	}
}
