package e2e

import (
	"context"
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// A snapshot that is truncated, empty, shrunk to half or half refused changes nothing: not the ledger, not the store.
func TestBadSnapshotChangesNothing(t *testing.T) {
	t.Parallel()
	for name, faults := range map[string]map[string]any{
		"truncated":    {"truncate": 1},
		"looping":      {"repeat_page": true},
		"empty":        {"empty": true},
		"shrunk":       {"shrink": 0.5},
		"half refused": {"bad_rows": 0.5},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			one := shop{id: "shop", kind: "atomic"}
			w := newWorld(t, scenario(200, one))
			w.apply(w.box.definitions(one), ledger.ApplyOptions{})
			worker := w.work()
			w.firstFull("shop")
			calls, levels := w.box.facts("shop").Calls, w.levels("depot")

			w.box.set("depot", map[string]int64{"SKU-00001": 4001})
			w.box.faults("warehouses/depot", faults)
			answer := w.ask(ledger.Full, "shop", workflows.SyncRequest{})
			if name == "truncated" || name == "looping" {
				// The fetch fails and is tried again until the warehouse is whole.
				waitFor(t, "the fetch has failed", func(ctx context.Context) error {
					d, err := w.client.DescribeWorkflowExecution(ctx, answer.Workflow, "")
					if err != nil || len(d.GetPendingActivities()) == 0 || d.GetPendingActivities()[0].GetAttempt() < 2 {
						return fmt.Errorf("not yet: %v", err)
					}
					return nil
				})
				require.Equal(t, levels, w.levels("depot"))
				require.Equal(t, calls, w.box.facts("shop").Calls)
				return
			}
			hold := w.held()
			require.Equal(t, ledger.HoldSnapshot, hold.Kind)
			require.Equal(t, levels, w.levels("depot"), "nothing was recorded")
			require.Equal(t, calls, w.box.facts("shop").Calls, "nothing was pushed")

			// The decision works after a restart of the worker, and a rejected snapshot changes nothing either.
			worker.stop(syscall.SIGKILL)
			w.work()
			_, problems, code := w.starter("reject", fmt.Sprint(hold.Run))
			require.Zero(t, code, problems)
			waitFor(t, "the run has ended", func(ctx context.Context) error { return w.ended(ctx, hold.Run, ledger.RejectedOutcome) })
			require.Equal(t, levels, w.levels("depot"))
			require.Equal(t, calls, w.box.facts("shop").Calls)

			w.box.faults("warehouses/depot", map[string]any{})
			w.sync(ledger.Smart, "shop", workflows.SyncRequest{})
			require.Equal(t, int64(4001), w.box.levels("shop")[place{"SKU-00001", ""}])
			w.same("shop")
		})
	}
}

// One approval releases every run that waits on the warehouse's snapshot, and each fetches anew.
func TestApprovalReleasesEveryRunOfTheWarehouse(t *testing.T) {
	t.Parallel()
	shops := []shop{{id: "north", kind: "atomic"}, {id: "south", kind: "atomic"}}
	w := newWorld(t, scenario(200, shops...))
	w.apply(w.box.definitions(shops...), ledger.ApplyOptions{})
	worker := w.work()
	for _, one := range shops {
		w.firstFull(one.id)
	}
	w.box.faults("warehouses/depot", map[string]any{"shrink": 0.5})
	w.box.set("depot", map[string]int64{"SKU-00001": 4001, "SKU-00002": 4002, "SKU-00003": 4003, "SKU-00004": 4004})
	for _, one := range shops {
		w.ask(ledger.Smart, one.id, workflows.SyncRequest{})
	}
	waitFor(t, "both runs are held", func(ctx context.Context) error {
		holds, err := w.ledger.OpenHolds(ctx)
		if err == nil && len(holds) != 2 {
			err = fmt.Errorf("%d holds", len(holds))
		}
		return err
	})
	for _, one := range shops {
		_, err := w.ledger.Holder(context.Background(), one.id)
		require.ErrorIs(t, err, ledger.ErrNotFound, "a held run gives its store back")
	}
	worker.stop(syscall.SIGKILL)
	w.work()
	_, problems, code := w.starter("approve", fmt.Sprint(w.held().Run))
	require.Zero(t, code, problems)
	for _, one := range shops {
		waitFor(t, one.id+" has gone on", func(ctx context.Context) error {
			runs, err := w.ledger.Runs(ctx, one.id, 1)
			if err == nil && runs[0].Outcome != ledger.Completed {
				err = fmt.Errorf("%s is %s", one.id, runs[0].Outcome)
			}
			return err
		})
		w.same(one.id)
	}
}

// A run that would take too much of a store to 0 waits for a person, whose answer is for as many rows as were shown, and not for more.
func TestMassZeroingIsHeld(t *testing.T) {
	t.Parallel()
	one := shop{id: "shop", kind: "atomic"}
	w := newWorld(t, scenario(40, one))
	w.apply(w.box.definitions(one), ledger.ApplyOptions{})
	w.work()
	full := map[string]int64{}
	none := map[string]int64{}
	for sku := 1; sku <= 40; sku++ {
		full[fmt.Sprintf("SKU-%05d", sku)] = 10
		if sku <= 20 {
			none[fmt.Sprintf("SKU-%05d", sku)] = 0
		}
	}
	w.firstFull("shop")
	w.box.set("depot", full)
	w.sync(ledger.Smart, "shop", workflows.SyncRequest{})
	calls := w.box.facts("shop").Calls

	w.box.set("depot", none)
	w.ask(ledger.Smart, "shop", workflows.SyncRequest{})
	hold := w.held()
	require.Equal(t, ledger.HoldZeroing, hold.Kind)
	require.Equal(t, int64(20), hold.Zeroing)
	require.Equal(t, calls, w.box.facts("shop").Calls)
	out, _, _ := w.starter("status")
	require.Contains(t, out, fmt.Sprintf("starter approve %d", hold.Run))

	// Events still reach the store meanwhile: one SKU that comes back, and one that is sold out.
	w.send(workflows.InventoryUpdate{Event: "back", SKU: "SKU-00001", Facility: "east", Available: new(int64(7))})
	w.send(workflows.InventoryUpdate{Event: "sold", SKU: "SKU-00040", Facility: "east", Available: new(int64(0))})
	w.shows("shop", map[string]int64{"SKU-00001": 7, "SKU-00040": 0, "SKU-00002": 10})

	// While the person thought about it, more went to 0.
	calls = w.box.facts("shop").Calls
	w.box.set("depot", map[string]int64{"SKU-00021": 0, "SKU-00022": 0, "SKU-00023": 0, "SKU-00024": 0, "SKU-00025": 0})
	_, problems, code := w.starter("approve", fmt.Sprint(hold.Run))
	require.Zero(t, code, problems)
	var larger ledger.Hold
	waitFor(t, "the run is held again", func(ctx context.Context) error {
		holds, err := w.ledger.OpenHolds(ctx)
		if err == nil && (len(holds) != 1 || holds[0].Zeroing <= hold.Zeroing) {
			err = fmt.Errorf("holds: %v", holds)
		}
		if err == nil {
			larger = holds[0]
		}
		return err
	})
	require.Equal(t, hold.Run, larger.Run)
	require.Equal(t, calls, w.box.facts("shop").Calls, "nothing was pushed of what was approved for another figure")

	_, problems, code = w.starter("approve", fmt.Sprint(hold.Run))
	require.Zero(t, code, problems)
	waitFor(t, "the run has ended", func(ctx context.Context) error { return w.ended(ctx, hold.Run, ledger.Completed) })
	require.Zero(t, w.box.levels("shop")[place{"SKU-00002", ""}])
	require.Zero(t, w.box.levels("shop")[place{"SKU-00025", ""}])
	w.same("shop")

	// What was approved is not counted against what comes later on the same day.
	w.box.set("depot", map[string]int64{"SKU-00026": 0})
	require.Equal(t, ledger.Completed, w.sync(ledger.Smart, "shop", workflows.SyncRequest{}).Outcome)
	require.Zero(t, w.box.levels("shop")[place{"SKU-00026", ""}])
}

func (w *world) held() ledger.Hold {
	w.t.Helper()
	var held ledger.Hold
	waitFor(w.t, "a run is held", func(ctx context.Context) error {
		holds, err := w.ledger.OpenHolds(ctx)
		if err == nil && len(holds) == 0 {
			err = fmt.Errorf("no hold")
		}
		if err == nil {
			held = holds[0]
		}
		return err
	})
	return held
}

func (w *world) ended(ctx context.Context, run int64, outcome ledger.Outcome) error {
	found, err := w.ledger.Run(ctx, run)
	if err == nil && found.Outcome != outcome {
		err = fmt.Errorf("run %d is %s %s", run, found.Outcome, found.Reason)
	}
	return err
}

// levels is a warehouse's recorded levels, as one text to compare.
func (w *world) levels(warehouse string) string {
	w.t.Helper()
	rows, err := w.ledger.Levels(context.Background(), warehouse, "", ledger.Page{Limit: 1000})
	require.NoError(w.t, err)
	var text strings.Builder
	for _, row := range rows {
		fmt.Fprintf(&text, "%s/%s=%d v%d\n", row.SKU, row.Facility, row.Available, row.Version)
	}
	return text.String()
}
