package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// A run that outlasts its interval: with skip the starts in between are dropped and counted; with buffer exactly one of them follows at
// once.
func TestOverlapOfASchedulesOwnRuns(t *testing.T) {
	t.Parallel()
	for _, policy := range []ledger.Overlap{ledger.OverlapSkip, ledger.OverlapBuffer} {
		t.Run(string(policy), func(t *testing.T) {
			t.Parallel()
			one := shop{id: "shop", kind: "atomic"}
			w := newWorld(t, scenario(5, one))
			definitions := w.box.definitions(one)
			w.apply(definitions, ledger.ApplyOptions{})
			w.work()
			w.firstFull("shop")

			w.box.pause("warehouses/depot") // the next run hangs in its fetch
			definitions.Connections[0].Inventory.Smart = []ledger.Rule{{Every: 2 * time.Second}}
			definitions.Connections[0].Inventory.Overlap = policy
			w.apply(definitions, ledger.ApplyOptions{})
			handle := w.client.ScheduleClient().GetHandle(context.Background(), "smart-sync/shop")
			waitFor(t, "starts overlap", func(ctx context.Context) error {
				d, err := handle.Describe(ctx)
				if err == nil && (len(d.Info.RunningWorkflows) == 0 || d.Info.NumActionsSkippedOverlap < 2) {
					err = fmt.Errorf("%d skipped", d.Info.NumActionsSkippedOverlap)
				}
				return err
			})
			description, err := handle.Describe(context.Background())
			require.NoError(t, err)
			require.Len(t, description.Info.RunningWorkflows, 1)
			first, started := description.Info.RunningWorkflows[0].WorkflowID, description.Info.NumActions
			follow := 0
			if policy == ledger.OverlapBuffer {
				follow = 1
			}
			require.Equal(t, follow, w.buffered("smart-sync/shop"), "starts that wait for the end of the run")

			// Nothing starts by the clock from now on, so what starts has waited.
			definitions.Connections[0].Inventory.Smart = []ledger.Rule{{Every: 24 * time.Hour}}
			w.apply(definitions, ledger.ApplyOptions{})
			w.box.resume("warehouses/depot")
			waitFor(t, "the runs are over", func(ctx context.Context) error {
				d, err := handle.Describe(ctx)
				if err == nil && len(d.Info.RunningWorkflows) > 0 {
					err = fmt.Errorf("%v run", d.Info.RunningWorkflows)
				}
				if err == nil && w.buffered("smart-sync/shop") > 0 {
					err = fmt.Errorf("a start waits")
				}
				return err
			})
			description, err = handle.Describe(context.Background())
			require.NoError(t, err)
			require.Equal(t, follow, description.Info.NumActions-started, "runs that followed")
			newest := description.Info.RecentActions[len(description.Info.RecentActions)-1]
			require.Equal(t, follow == 0, newest.StartWorkflowResult.WorkflowID == first)
			if follow == 1 {
				ended := w.endOf(first)
				require.WithinRange(t, newest.ActualTime, ended.Add(-time.Second), ended.Add(patience), "it follows at once, a day before the next")
				require.Less(t, newest.ScheduleTime, ended, "and had waited")
			}
			status, err := w.control.Status(context.Background(), "shop")
			require.NoError(t, err)
			require.GreaterOrEqual(t, status.Connections[0].Schedules[0].Skipped, 2, "skips are visible")
			w.same("shop")
		})
	}
}

// buffered is how many starts of a schedule wait for the end of a run.
func (w *world) buffered(schedule string) int {
	w.t.Helper()
	description, err := w.client.WorkflowService().DescribeSchedule(context.Background(), &workflowservice.DescribeScheduleRequest{
		Namespace: w.namespace, ScheduleId: schedule,
	})
	require.NoError(w.t, err)
	return int(description.GetInfo().GetBufferSize())
}

// endOf is when a workflow ended.
func (w *world) endOf(workflow string) time.Time {
	w.t.Helper()
	description, err := w.client.DescribeWorkflowExecution(context.Background(), workflow, "")
	require.NoError(w.t, err)
	return description.GetWorkflowExecutionInfo().GetCloseTime().AsTime()
}

// A scheduled run that finds its store taken by another run ends as skipped and names the holder, or waits, by the same setting.
func TestScheduledRunFindsTheStoreTaken(t *testing.T) {
	t.Parallel()
	for _, policy := range []ledger.Overlap{ledger.OverlapSkip, ledger.OverlapBuffer} {
		t.Run(string(policy), func(t *testing.T) {
			t.Parallel()
			one := shop{id: "shop", kind: "atomic"}
			w := newWorld(t, scenario(5, one))
			definitions := w.box.definitions(one)
			definitions.Connections[0].Inventory.Overlap = policy
			w.apply(definitions, ledger.ApplyOptions{})
			w.work()
			w.firstFull("shop")

			w.box.pause("stores/shop")
			w.ask(ledger.Full, "shop", workflows.SyncRequest{})
			waitFor(t, "the Full Sync has the store", func(ctx context.Context) error {
				_, err := w.ledger.Holder(ctx, "shop")
				return err
			})
			require.NoError(t, w.client.ScheduleClient().GetHandle(context.Background(), "smart-sync/shop").Trigger(context.Background(), client.ScheduleTriggerOptions{}))
			if policy == ledger.OverlapSkip {
				waitFor(t, "the scheduled run is skipped", func(ctx context.Context) error {
					return w.scheduledRun(ctx, func(run ledger.Run) bool { return run.Outcome == ledger.Skipped })
				})
				w.box.resume("stores/shop")
				run := w.lastScheduled()
				require.Contains(t, run.Reason, "full-sync/shop")
				return
			}
			var scheduled string
			waitFor(t, "the scheduled run waits", func(ctx context.Context) error {
				d, err := w.client.ScheduleClient().GetHandle(ctx, "smart-sync/shop").Describe(ctx)
				if err != nil || len(d.Info.RunningWorkflows) == 0 {
					return fmt.Errorf("not started: %v", err)
				}
				scheduled = d.Info.RunningWorkflows[0].WorkflowID
				w, err := w.client.DescribeWorkflowExecution(ctx, scheduled, "")
				if err != nil || len(w.GetPendingActivities()) == 0 || !strings.Contains(w.GetPendingActivities()[0].GetLastFailure().GetMessage(), "full-sync/shop") {
					return fmt.Errorf("does not wait visibly: %v", err)
				}
				return nil
			})
			w.box.resume("stores/shop")
			var report workflows.SyncReport
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			require.NoError(t, w.client.GetWorkflow(ctx, scheduled, "").Get(ctx, &report))
			require.Equal(t, ledger.Completed, report.Outcome)
		})
	}
}

func (w *world) scheduledRun(ctx context.Context, accept func(ledger.Run) bool) error {
	runs, err := w.ledger.Runs(ctx, "", 100)
	if err != nil {
		return err
	}
	for _, run := range runs {
		if run.Trigger == ledger.TriggerSchedule && accept(run) {
			return nil
		}
	}
	return fmt.Errorf("none of %d runs", len(runs))
}

func (w *world) lastScheduled() ledger.Run {
	w.t.Helper()
	runs, err := w.ledger.Runs(context.Background(), "", 100)
	require.NoError(w.t, err)
	for _, run := range runs {
		if run.Trigger == ledger.TriggerSchedule {
			return run
		}
	}
	w.t.Fatal("no scheduled run")
	return ledger.Run{}
}

// Applying is idempotent, keeps what a person paused, follows enabling and disabling, mends edits behind our back, and removes what
// is no longer configured only with --prune.
func TestApply(t *testing.T) {
	t.Parallel()
	ctx := asAdmin()
	shops := []shop{{id: "shop", kind: "atomic"}, {id: "other", kind: "atomic"}}
	w := newWorld(t, scenario(5, shops...))
	definitions := w.box.definitions(shops...)
	definitions.Connections[0].Inventory.Full = []ledger.Rule{{Daily: "01:00"}}
	definitions.Connections[0].Inventory.Smart = []ledger.Rule{
		{Every: time.Hour}, {Hourly: &ledger.Hourly{Every: 2, Minute: 15}}, {Flexible: &ledger.Flexible{Every: 45 * time.Minute, From: 22, To: 2, Days: []string{"mon", "fri"}}},
	}
	definitions.Connections[0].Inventory.Timezone = "Europe/Paris"
	dry := w.apply(definitions, ledger.ApplyOptions{DryRun: true})
	first := w.apply(definitions, ledger.ApplyOptions{})
	require.Len(t, first.Schedules, 3, "Smart for both, Full for one")
	require.Equal(t, first.Schedules, dry.Schedules, "a dry run says what will become of schedules that are not there yet")
	require.Equal(t, []string{"shop", "other"}, first.Requested)
	again := w.apply(definitions, ledger.ApplyOptions{})
	require.Empty(t, again.Changes)
	require.Empty(t, again.Schedules)
	require.Empty(t, again.Requested)

	_, err := w.control.Pause(ctx, "shop", "ann", "stocktaking")
	require.NoError(t, err)
	definitions.Connections[0].Inventory.Smart = []ledger.Rule{{Every: 2 * time.Hour}}
	changed := w.apply(definitions, ledger.ApplyOptions{})
	require.Equal(t, []control.ScheduleChange{{ID: "smart-sync/shop", Action: "changed", Detail: "it stays paused: paused by ann: stocktaking"}}, changed.Schedules)
	status, err := w.control.Status(ctx, "shop")
	require.NoError(t, err)
	for _, schedule := range status.Connections[0].Schedules {
		require.True(t, schedule.Paused)
		require.Equal(t, "paused by ann: stocktaking", schedule.Note)
	}

	definitions.Connections[1].Enabled = false
	require.Equal(t, []control.ScheduleChange{{ID: "smart-sync/other", Action: "paused"}}, w.apply(definitions, ledger.ApplyOptions{}).Schedules)
	_, err = w.control.Sync(ctx, ledger.Smart, "other", workflows.SyncRequest{})
	require.ErrorContains(t, err, "not enabled")
	definitions.Connections[1].Enabled = true
	enabled := w.apply(definitions, ledger.ApplyOptions{})
	require.Equal(t, []control.ScheduleChange{{ID: "smart-sync/other", Action: "unpaused"}}, enabled.Schedules)
	require.Equal(t, []string{"other"}, enabled.Requested, "enabling requests a Full Sync")

	handle := w.client.ScheduleClient().GetHandle(ctx, "smart-sync/other")
	require.NoError(t, handle.Delete(ctx))
	waitFor(t, "the schedule is gone", func(ctx context.Context) error {
		if _, err := handle.Describe(ctx); err == nil {
			return fmt.Errorf("still there")
		}
		return nil
	})
	require.Equal(t, []control.ScheduleChange{{ID: "smart-sync/other", Action: "created"}}, w.apply(definitions, ledger.ApplyOptions{}).Schedules)

	definitions.Connections, definitions.Stores = definitions.Connections[:1], definitions.Stores[:1]
	waitFor(t, "the schedule without a connection is listed", func(context.Context) error {
		kept := w.apply(definitions, ledger.ApplyOptions{})
		if len(kept.Schedules) > 0 || len(kept.Warnings) == 0 {
			return fmt.Errorf("%v", kept)
		}
		return nil
	})
	_, err = handle.Describe(ctx)
	require.NoError(t, err, "without --prune it stays")
	pruned := w.apply(definitions, ledger.ApplyOptions{Prune: true})
	require.Equal(t, "removed", pruned.Schedules[0].Action)
}
