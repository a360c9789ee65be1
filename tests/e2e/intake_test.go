package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// send hands updates to the warehouse's intake.
func (w *world) send(updates ...workflows.InventoryUpdate) {
	w.t.Helper()
	require.NoError(w.t, w.control.Intake(context.Background(), "depot", workflows.InventoryUpdated{Updates: updates}))
}

// takenIn waits until the intake has recorded so many updates and snapshots.
func (w *world) takenIn(updates, snapshots int) workflows.IntakeReport {
	w.t.Helper()
	var report workflows.IntakeReport
	waitFor(w.t, "the intake has recorded everything", func(ctx context.Context) error {
		value, err := w.client.QueryWorkflow(ctx, workflows.IntakeID("depot"), "", workflows.QueryProgress)
		if err == nil {
			err = value.Get(&report)
		}
		if err == nil && (report.Updates != int64(updates) || report.Snapshots != int64(snapshots)) {
			err = fmt.Errorf("it has recorded %d of %d updates and %d of %d snapshots", report.Updates, updates, report.Snapshots, snapshots)
		}
		return err
	})
	return report
}

// shows waits until a store shows some figures and no run is under way any more.
func (w *world) shows(store string, want map[string]int64) {
	w.t.Helper()
	waitFor(w.t, store+" shows what was reported", func(ctx context.Context) error {
		shown := w.box.levels(store)
		for sku, figure := range want {
			if got := shown[place{sku, ""}]; got != figure {
				return fmt.Errorf("%s is %d and not %d", sku, got, figure)
			}
		}
		return w.closed(ctx, workflows.EventsID(store))
	})
}

func (w *world) closed(ctx context.Context, workflow string) error {
	d, err := w.client.DescribeWorkflowExecution(ctx, workflow, "")
	var absent *serviceerror.NotFound
	if errors.As(err, &absent) {
		return nil
	}
	if err == nil && d.GetWorkflowExecutionInfo().GetCloseTime() == nil {
		err = fmt.Errorf("%s is open", workflow)
	}
	return err
}

// asked is how often the warehouse was asked.
func (b *box) asked(warehouse string) int64 {
	b.t.Helper()
	var found facts
	b.get("/judge/warehouses/"+warehouse, func(body io.Reader) error { return json.NewDecoder(body).Decode(&found) })
	return found.Calls
}

// upload sends a whole snapshot.
func (w *world) upload(figures map[string]int64) {
	w.t.Helper()
	ctx := context.Background()
	id, err := w.ledger.StageUpload(ctx, ledger.SnapshotStart{Warehouse: "depot", Now: time.Now()})
	require.NoError(w.t, err)
	var levels []inventory.Level
	for sku, figure := range figures {
		levels = append(levels, inventory.Level{SKU: sku, Facility: "east", Available: figure})
	}
	require.NoError(w.t, w.ledger.StageRows(ctx, id, levels, nil))
	require.NoError(w.t, w.control.Intake(ctx, "depot", workflows.InventoryUpdated{
		Snapshot: &workflows.UploadedSnapshot{ID: id, Full: true, Rows: len(levels), AsOf: new(time.Now()), From: "the test"},
	}))
}

// Every event is delivered one to five times, in any order, or not at all, and then one snapshot comes: the stores end right, each
// event has had one effect, and the warehouse was never asked.
func TestEventsComeTwiceInAnyOrderOrNever(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	const skus, rounds = 30, 6
	shops := []shop{{id: "north", kind: "atomic"}, {id: "south", kind: "per_item"}}
	w := newWorld(t, scenario(skus, shops...))
	w.apply(w.box.definitions(shops...), ledger.ApplyOptions{})
	w.work()
	for _, one := range shops {
		w.firstFull(one.id)
	}
	asked := w.box.asked("depot")

	truth, delivered, highest := map[string]int64{}, map[string]int64{}, map[string]int64{}
	var deliveries []workflows.InventoryUpdate
	distinct := 0
	began := time.Now()
	for round := range int64(rounds) {
		for n := range skus {
			sku := fmt.Sprintf("SKU-%05d", n+1)
			update := workflows.InventoryUpdate{
				Event: fmt.Sprintf("%s/%d", sku, round), SKU: sku, Facility: "east", Available: new(1000*(round+1) + random.Int64N(1000)),
				Sequence: round + 1, ReportedAt: new(began.Add(time.Duration(round) * time.Millisecond)),
			}
			truth[sku] = *update.Available
			if random.IntN(10) == 0 {
				continue
			}
			distinct++
			for range 1 + random.IntN(5) {
				deliveries = append(deliveries, update)
			}
			if update.Sequence > highest[sku] {
				highest[sku], delivered[sku] = update.Sequence, *update.Available
			}
		}
	}
	random.Shuffle(len(deliveries), func(i, j int) { deliveries[i], deliveries[j] = deliveries[j], deliveries[i] })
	for rest := deliveries; len(rest) > 0; {
		n := min(1+random.IntN(60), len(rest))
		w.send(rest[:n]...)
		rest = rest[n:]
	}
	report := w.takenIn(len(deliveries), 0)
	require.Equal(t, int64(len(deliveries)-distinct), report.Duplicates)
	require.Zero(t, report.Refused)
	require.LessOrEqual(t, report.Changed+report.Older, int64(distinct))
	for _, one := range shops {
		w.shows(one.id, delivered)
		w.same(one.id)
	}
	require.Equal(t, report.Changed, w.effects(truth), "each change was written down once")

	w.upload(truth)
	require.Empty(t, w.takenIn(len(deliveries), 1).LastHeld)
	for _, one := range shops {
		w.shows(one.id, truth)
		w.same(one.id)
	}
	require.Equal(t, asked, w.box.asked("depot"), "nothing needed a fetch")
}

// effects counts what update events have changed.
func (w *world) effects(skus map[string]int64) int64 {
	w.t.Helper()
	var found int64
	for sku := range skus {
		entries, err := w.ledger.Activity(context.Background(), ledger.ActivityQuery{Merchant: "acme", SKU: sku, Limit: 1000})
		require.NoError(w.t, err)
		for _, entry := range entries {
			if entry.Note == "an update event" {
				found++
			}
		}
	}
	return found
}

// An event that comes while a snapshot is being read wins over the snapshot's older row.
func TestEventDuringAFetchWins(t *testing.T) {
	t.Parallel()
	one := shop{id: "shop", kind: "atomic"}
	w := newWorld(t, scenario(20, one))
	definitions := w.box.definitions(one)
	definitions.Warehouses[0].Settings["page"] = int64(2)
	w.apply(definitions, ledger.ApplyOptions{})
	w.work()
	w.firstFull("shop")

	asked := w.box.asked("depot")
	w.box.set("depot", map[string]int64{"SKU-00001": 111, "SKU-00002": 222})
	w.box.faults("warehouses/depot", map[string]any{"slow": 1, "slow_for": "500ms"})
	answer := w.ask(ledger.Smart, "shop", workflows.SyncRequest{})
	w.box.waitCalls("warehouses/depot", asked+1) // the snapshot was taken with its first page
	w.box.pause("warehouses/depot")
	w.send(workflows.InventoryUpdate{Event: "sold", SKU: "SKU-00001", Facility: "east", Available: new(int64(110))})
	w.takenIn(1, 0)
	w.box.faults("warehouses/depot", map[string]any{})
	w.box.resume("warehouses/depot")

	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, err := w.control.Wait(ctx, answer)
	require.NoError(t, err)
	w.shows("shop", map[string]int64{"SKU-00001": 110, "SKU-00002": 222})
	w.same("shop")
	runs, err := w.ledger.Runs(ctx, "shop", 10)
	require.NoError(t, err)
	var older int64
	for _, run := range runs {
		older += run.Counts.Older
	}
	require.Equal(t, int64(1), older, "the row of the snapshot")
}

// A flood is more than one history can hold. The intake goes on in new runs while it lasts, and nothing is lost.
func TestFloodOfEventsOutgrowsAHistory(t *testing.T) {
	t.Parallel()
	const senders, each, skus = 8, 500, 20
	one := shop{id: "shop", kind: "atomic"}
	w := newWorld(t, scenario(skus, one))
	w.apply(w.box.definitions(one), ledger.ApplyOptions{})
	w.work()
	w.firstFull("shop")
	var group sync.WaitGroup
	failures := make(chan error, senders)
	for sender := range senders {
		group.Go(func() {
			for n := range each {
				err := w.control.Intake(context.Background(), "depot", workflows.InventoryUpdated{Updates: []workflows.InventoryUpdate{{
					Event: fmt.Sprintf("%d/%d", sender, n), SKU: fmt.Sprintf("SKU-%05d", n%skus+1), Facility: "east",
					Available: new(int64(1000 + n)), Sequence: int64(n + 1),
				}}})
				if err != nil {
					failures <- err
					return
				}
			}
		})
	}
	group.Wait()
	close(failures)
	for err := range failures {
		require.NoError(t, err)
	}
	report := w.takenIn(senders*each, 0)
	require.Zero(t, report.Duplicates)
	require.Zero(t, report.Refused)
	description, err := w.client.DescribeWorkflowExecution(context.Background(), workflows.IntakeID("depot"), "")
	require.NoError(t, err)
	require.NotEqual(t, description.GetWorkflowExecutionInfo().GetFirstRunId(), description.GetWorkflowExecutionInfo().GetExecution().GetRunId())
	want := map[string]int64{}
	for n := each - skus; n < each; n++ {
		want[fmt.Sprintf("SKU-%05d", n%skus+1)] = int64(1000 + n)
	}
	w.shows("shop", want)
	w.same("shop")
}

// Connections on one warehouse share a fetch: one that comes while another fetches waits for it and takes it over, and who asks for a
// sync gets a fetch of what is there then.
func TestConnectionsShareAFetch(t *testing.T) {
	t.Parallel()
	shops := []shop{{id: "north", kind: "atomic"}, {id: "south", kind: "per_item"}}
	w := newWorld(t, scenario(20, shops...))
	definitions := w.box.definitions(shops...)
	definitions.Warehouses[0].Freshness = 10 * time.Minute
	w.apply(definitions, ledger.ApplyOptions{})
	for _, one := range shops { // the Full Syncs that the first apply asks for
		require.NoError(t, w.client.TerminateWorkflow(context.Background(), workflows.WorkflowID(ledger.Full, one.id), "", "the test"))
	}
	w.box.pause("warehouses/depot")
	w.work()
	north := w.ask(ledger.Full, "north", workflows.SyncRequest{})
	w.box.get("/judge/wait?target=warehouses/depot&arrived=1&timeout=60s", nil)
	require.NoError(t, w.client.ScheduleClient().GetHandle(context.Background(), "smart-sync/south").Trigger(context.Background(), client.ScheduleTriggerOptions{}))
	waitFor(t, "the second run waits for the first one's fetch", func(ctx context.Context) error {
		runs, err := w.ledger.Runs(ctx, "south", 1)
		if err != nil || len(runs) == 0 {
			return fmt.Errorf("no run yet: %w", err)
		}
		described, err := w.client.DescribeWorkflowExecution(ctx, runs[0].Workflow, "")
		if err != nil {
			return err
		}
		for _, pending := range described.GetPendingActivities() {
			if strings.Contains(pending.GetLastFailure().GetMessage(), "its snapshot is shared") {
				return nil
			}
		}
		return fmt.Errorf("it does something else: %v", described.GetPendingActivities())
	})
	w.box.resume("warehouses/depot")

	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	report, err := w.control.Wait(ctx, north)
	require.NoError(t, err)
	waitFor(t, "the scheduled run has ended", func(ctx context.Context) error {
		runs, err := w.ledger.Runs(ctx, "south", 1)
		if err == nil && runs[0].Outcome != ledger.Completed {
			err = fmt.Errorf("it is %s: %s", runs[0].Outcome, runs[0].Reason)
		}
		return err
	})
	require.Equal(t, int64(1), w.box.asked("depot"), "one fetch serves both")
	runs, err := w.ledger.Runs(ctx, "south", 1)
	require.NoError(t, err)
	first, err := w.ledger.Run(ctx, report.Run)
	require.NoError(t, err)
	require.Equal(t, first.FetchBegan, runs[0].FetchBegan)
	require.Equal(t, int64(20), runs[0].Counts.Exported)
	w.same("north")
	w.same("south")

	w.box.set("depot", map[string]int64{"SKU-00001": 4321})
	w.sync(ledger.Smart, "south", workflows.SyncRequest{})
	require.Equal(t, int64(2), w.box.asked("depot"), "a person wants what is there now")
	w.shows("south", map[string]int64{"SKU-00001": 4321})
}
