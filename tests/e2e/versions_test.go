package e2e

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

const deploymentName = "tidemark"

// workAs starts a worker process of a deployment version, and makes that version the current one.
func (w *world) workAs(build string) {
	w.t.Helper()
	folder, err := programs()
	require.NoError(w.t, err)
	address := "127.0.0.1:" + port(w.t)
	environment := append(w.environment(), "TEMPORAL_DEPLOYMENT_NAME="+deploymentName, "TEMPORAL_WORKER_BUILD_ID="+build)
	w.workers = append(w.workers, launch(w.t, environment, filepath.Join(folder, "worker"), "--listen", address))
	deployment := w.client.WorkerDeploymentClient().GetHandle(deploymentName)
	waitFor(w.t, "version "+build+" is current", func(ctx context.Context) error {
		_, err := deployment.SetCurrentVersion(ctx, client.WorkerDeploymentSetCurrentVersionOptions{BuildID: build})
		return err
	})
	waitFor(w.t, "the deployment says that version "+build+" is current", func(ctx context.Context) error {
		described, err := deployment.Describe(ctx, client.WorkerDeploymentDescribeOptions{})
		if err == nil && (described.Info.RoutingConfig.CurrentVersion == nil || described.Info.RoutingConfig.CurrentVersion.BuildID != build) {
			err = fmt.Errorf("it is not yet")
		}
		return err
	})
}

// buildsOf are the builds that completed the tasks of a workflow run, in order, and how the last task said it is versioned.
func (w *world) buildsOf(workflow, run string) (builds []string, behavior enumspb.VersioningBehavior) {
	w.t.Helper()
	history, err := w.control.HistoryOf(context.Background(), workflow, run)
	require.NoError(w.t, err)
	for _, event := range history.GetEvents() {
		if completed := event.GetWorkflowTaskCompletedEventAttributes(); completed != nil {
			builds = append(builds, completed.GetDeploymentVersion().GetBuildId())
			behavior = completed.GetVersioningBehavior()
		}
	}
	return builds, behavior
}

// Two versions of the workers side by side: a sync ends on the version that it began on, the next one begins on the current
// version, and an intake moves there while it is open.
func TestOldAndNewWorkersSideBySide(t *testing.T) {
	t.Parallel()
	target := shop{id: "shop", kind: "atomic"}
	w := newWorld(t, scenario(20, target))
	w.workAs("old")
	w.apply(w.box.definitions(target), ledger.ApplyOptions{})
	w.firstFull("shop")
	w.send(workflows.InventoryUpdate{Event: "1", SKU: "SKU-00001", Facility: "east", Available: new(int64(1001))})
	w.shows("shop", map[string]int64{"SKU-00001": 1001})

	w.box.pause("warehouses/depot")
	begun := w.ask(ledger.Full, "shop", workflows.SyncRequest{ID: "begun on the old version"})
	waitFor(t, "the run fetches", func(ctx context.Context) error {
		var progress workflows.Progress
		value, err := w.client.QueryWorkflow(ctx, begun.Workflow, begun.Run, workflows.QueryProgress)
		if err == nil {
			err = value.Get(&progress)
		}
		if err == nil && progress.Phase != "fetching from the warehouse" {
			err = fmt.Errorf("its phase is %s", progress.Phase)
		}
		return err
	})
	w.workAs("new")
	w.send(workflows.InventoryUpdate{Event: "2", SKU: "SKU-00002", Facility: "east", Available: new(int64(1002))})
	w.takenIn(2, 0)
	w.box.resume("warehouses/depot")
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, err := w.control.Wait(ctx, begun)
	require.NoError(t, err)
	builds, behavior := w.buildsOf(begun.Workflow, begun.Run)
	require.Equal(t, enumspb.VERSIONING_BEHAVIOR_PINNED, behavior)
	for _, build := range builds {
		require.Equal(t, "old", build, "a sync ends where it began")
	}

	report := w.sync(ledger.Full, "shop", workflows.SyncRequest{ID: "after the deploy"})
	require.Equal(t, ledger.Completed, report.Outcome, report.Reason)
	builds, _ = w.buildsOf(workflows.WorkflowID(ledger.Full, "shop"), "")
	for _, build := range builds {
		require.Equal(t, "new", build, "the next sync begins on the current version")
	}

	// The server tells its task queues of a new current version some time after the deployment names it, so the first tasks
	// after the change may still go to the old one.
	sent := 2
	waitFor(t, "the intake moves to the current version", func(context.Context) error {
		builds, behavior = w.buildsOf(workflows.IntakeID("depot"), "")
		if last := builds[len(builds)-1]; last != "new" {
			sent++
			w.send(workflows.InventoryUpdate{Event: strconv.Itoa(sent), SKU: "SKU-00002", Facility: "east", Available: new(int64(1000 + sent))})
			w.takenIn(sent, 0)
			return fmt.Errorf("its last task went to %s", last)
		}
		return nil
	})
	require.Equal(t, enumspb.VERSIONING_BEHAVIOR_AUTO_UPGRADE, behavior)
	require.Equal(t, "old", builds[0])
	w.send(workflows.InventoryUpdate{Event: "last", SKU: "SKU-00002", Facility: "east", Available: new(int64(2000))})
	w.shows("shop", map[string]int64{"SKU-00002": 2000}) // so the pushes of all events have ended
	w.same("shop")
}
