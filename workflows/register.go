package workflows

import (
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// Register makes the workflows known to a worker, a replayer or a test environment, each with what becomes of its open runs when
// a new version of the workers is deployed. It counts only for workers that have a version.
//
// A sync is pinned: it ends on the version that it began on, and the next one begins on the current version. An intake goes on
// for as long as its warehouse sends something, so it moves to the current version with its next task.
func Register(registry worker.WorkflowRegistry) {
	for _, each := range []struct {
		name     string
		workflow any
		versions workflow.VersioningBehavior
	}{
		{SmartSyncType, SmartSync, workflow.VersioningBehaviorPinned},
		{FullSyncType, FullSync, workflow.VersioningBehaviorPinned},
		{InventoryIntakeType, InventoryIntake, workflow.VersioningBehaviorAutoUpgrade},
	} {
		registry.RegisterWorkflowWithOptions(each.workflow, workflow.RegisterOptions{Name: each.name, VersioningBehavior: each.versions})
	}
}
