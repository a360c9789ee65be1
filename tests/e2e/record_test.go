//go:build record

package e2e

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

var to = flag.String("to", "", "the folder for the histories, like ../../workflows/testdata/v1")

// TestRecord records a history of every ending, for the replay tests of package workflows. Run it on released code (make record), never on
// a change that it is to judge.
func TestRecord(t *testing.T) {
	require.NotEmpty(t, *to, "name a folder with -to")
	require.NoError(t, os.MkdirAll(*to, 0o755))
	for name, record := range map[string]func(*testing.T, string){
		"endings": recordEndings, "holds": recordHolds, "store-taken": recordStoreTaken, "waits": recordWaits,
		"intake": recordIntake, "long": recordLong, "long-intake": recordLongIntake, "zeroing": recordZeroing, "uploads": recordUploads,
		"long-hold": recordLongHold, "long-wait": recordLongWait, "failure": recordFailure, "dissolved": recordDissolved, "refused": recordRefused,
		"interrupted": recordInterrupted, "early-answer": recordEarlyAnswer, "failed-intake": recordFailedIntake, "never-begun": recordNeverBegun,
		"all-refused": recordAllRefused,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			record(t, *to)
		})
	}
}

// keep writes the history of a workflow.
func (w *world) keep(folder, name, workflow, run string) {
	w.t.Helper()
	history, err := w.control.HistoryOf(context.Background(), workflow, run)
	require.NoError(w.t, err)
	content, err := protojson.MarshalOptions{Multiline: true, Indent: " "}.Marshal(history)
	require.NoError(w.t, err)
	require.NoError(w.t, os.WriteFile(filepath.Join(folder, name+".json"), append(content, '\n'), 0o644))
}

// finished waits for a workflow, whatever its end.
func (w *world) finished(answer control.SyncAnswer) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, _ = w.control.Wait(ctx, answer)
	require.NoError(w.t, ctx.Err())
}

func recordEndings(t *testing.T, folder string) {
	one := shop{id: "shop", kind: "atomic", batch: 10, rate: 50}
	w := newWorld(t, scenario(300, one))
	w.apply(w.box.definitions(one), ledger.ApplyOptions{})
	w.work()
	w.box.waitCalls("stores/shop", 2)
	require.NoError(t, w.client.CancelWorkflow(context.Background(), "full-sync/shop", ""))
	w.finished(control.SyncAnswer{Workflow: "full-sync/shop"})
	w.keep(folder, "cancelled", "full-sync/shop", "")

	answer := w.ask(ledger.Full, "shop", workflows.SyncRequest{ID: "first", By: "the recording"})
	w.finished(answer)
	w.keep(folder, "completed-full", answer.Workflow, answer.Run)

	w.box.set("depot", map[string]int64{"SKU-00001": 11})
	require.NoError(t, w.client.ScheduleClient().GetHandle(context.Background(), "smart-sync/shop").Trigger(context.Background(), client.ScheduleTriggerOptions{}))
	waitFor(t, "the scheduled run has ended", func(ctx context.Context) error {
		return w.scheduledRun(ctx, func(run ledger.Run) bool { return run.Outcome == ledger.Completed })
	})
	run := w.lastScheduled()
	waitFor(t, "its workflow has ended", func(ctx context.Context) error { return w.closed(ctx, run.Workflow) })
	w.keep(folder, "completed-scheduled", run.Workflow, "")

	answer = w.ask(ledger.Smart, "shop", workflows.SyncRequest{SKUs: []string{"SKU-00002"}, ID: "scoped"})
	w.ask(ledger.Smart, "shop", workflows.SyncRequest{DryRun: true, ID: "dry"})
	w.finished(answer)
	w.keep(folder, "completed-passes", answer.Workflow, answer.Run)

	answer = w.ask(ledger.Smart, "shop", workflows.SyncRequest{ID: "scoped"})
	w.finished(answer)
	w.keep(folder, "covered", answer.Workflow, answer.Run)

	w.box.faults("stores/shop", map[string]any{"poison": []string{"SKU-00003"}})
	w.box.set("depot", map[string]int64{"SKU-00003": 12, "SKU-00004": 13})
	answer = w.ask(ledger.Smart, "shop", workflows.SyncRequest{})
	w.finished(answer)
	w.keep(folder, "completed-with-failures", answer.Workflow, answer.Run)

	w.box.faults("stores/shop", map[string]any{"unauthorized": true})
	w.box.set("depot", map[string]int64{"SKU-00005": 14})
	answer = w.ask(ledger.Smart, "shop", workflows.SyncRequest{})
	w.finished(answer)
	w.keep(folder, "failed", answer.Workflow, answer.Run)
}

func recordHolds(t *testing.T, folder string) {
	one := shop{id: "shop", kind: "atomic"}
	w := newWorld(t, scenario(50, one))
	definitions := w.box.definitions(one)
	w.apply(definitions, ledger.ApplyOptions{})
	w.work()
	w.firstFull("shop")
	w.box.faults("warehouses/depot", map[string]any{"shrink": 0.5})
	for n, one := range []struct {
		name   string
		answer func(hold ledger.Hold)
	}{
		{"held-approved", func(hold ledger.Hold) {
			require.NoError(t, w.client.SignalWorkflow(context.Background(), hold.Workflow, "", workflows.SignalApprove, workflows.Decision{By: "the recording"}))
		}},
		{"answered-by-update", func(hold ledger.Hold) { require.Equal(t, activities.Approved, w.decides("approve", hold.Run).Answer) }},
		{"rejected", func(hold ledger.Hold) { require.Equal(t, activities.Rejected, w.decides("reject", hold.Run).Answer) }},
	} {
		w.box.set("depot", map[string]int64{"SKU-00001": int64(100 + n)}) // another snapshot each time
		var answer control.SyncAnswer
		if one.name == "answered-by-update" {
			asked, err := w.control.SyncWithAnswer(asAdmin(), ledger.Full, "shop", workflows.SyncRequest{ID: "by-update", By: "the recording"})
			require.NoError(t, err)
			answer = asked
		} else {
			answer = w.ask(ledger.Full, "shop", workflows.SyncRequest{})
		}
		one.answer(w.held())
		w.finished(answer)
		w.keep(folder, one.name, answer.Workflow, answer.Run)
		w.box.faults("warehouses/depot", map[string]any{})
		w.finished(w.ask(ledger.Full, "shop", workflows.SyncRequest{}))
		w.box.faults("warehouses/depot", map[string]any{"shrink": 0.5})
	}
	w.box.set("depot", map[string]int64{"SKU-00001": 200})
	definitions.Warehouses[0].Guard.DecideWithin = 3 * time.Second
	w.apply(definitions, ledger.ApplyOptions{})
	answer := w.ask(ledger.Full, "shop", workflows.SyncRequest{})
	w.finished(answer)
	w.keep(folder, "held", answer.Workflow, answer.Run)
}

func recordStoreTaken(t *testing.T, folder string) {
	w := atFirst(t, 5)
	w.box.pause("stores/shop")
	full := w.ask(ledger.Full, "shop", workflows.SyncRequest{})
	waitFor(t, "the Full Sync has the store", func(ctx context.Context) error {
		_, err := w.ledger.Holder(ctx, "shop")
		return err
	})
	require.NoError(t, w.client.ScheduleClient().GetHandle(context.Background(), "smart-sync/shop").Trigger(context.Background(), client.ScheduleTriggerOptions{}))
	waitFor(t, "the scheduled run is skipped", func(ctx context.Context) error {
		return w.scheduledRun(ctx, func(run ledger.Run) bool { return run.Outcome == ledger.Skipped })
	})
	w.box.resume("stores/shop")
	run := w.lastScheduled()
	waitFor(t, "its workflow has ended", func(ctx context.Context) error { return w.closed(ctx, run.Workflow) })
	w.keep(folder, "skipped", run.Workflow, "")
	w.finished(full)
}

func recordWaits(t *testing.T, folder string) {
	one := shop{id: "shop", kind: "feed", batch: 20, rate: 1}
	w := newWorld(t, scenario(60, one))
	w.apply(w.box.definitions(one), ledger.ApplyOptions{})
	w.work()
	w.firstFull("shop")
	w.keep(folder, "completed-waits", "full-sync/shop", "")
}

func recordIntake(t *testing.T, folder string) {
	w := atFirst(t, 5)
	update := func(event, sku string, available int64) workflows.InventoryUpdate {
		return workflows.InventoryUpdate{Event: event, SKU: sku, Facility: "east", Available: &available}
	}
	w.send(update("1", "SKU-00001", 1001), update("2", "SKU-00002", 1002), update("2", "SKU-00002", 1003), update("3", "", 1))
	w.takenIn(4, 0)
	w.shows("shop", map[string]int64{"SKU-00001": 1001, "SKU-00002": 1002})
	w.keep(folder, "completed-skipped-fetch", workflows.EventsID("shop"), "")
	w.upload(map[string]int64{"SKU-00001": 2001})
	require.NotEmpty(t, w.takenIn(4, 1).LastHeld)
	w.upload(map[string]int64{"SKU-00001": 1, "SKU-00002": 2, "SKU-00003": 3, "SKU-00004": 4, "SKU-00005": 5})
	w.takenIn(4, 2)
	w.shows("shop", map[string]int64{"SKU-00001": 1, "SKU-00005": 5})
	waitFor(t, "the intake has ended", func(ctx context.Context) error { return w.closed(ctx, workflows.IntakeID("depot")) })
	w.keep(folder, "intake-completed", workflows.IntakeID("depot"), "")
}
