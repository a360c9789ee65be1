package workflows

import (
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// Register registers the workflows with a worker, a replayer or a test environment. Each has a versioning behavior, which says what happens to its open
// runs when a new version of the workers is deployed; it matters only for workers that have a version.
//
// A sync is pinned: it ends on the version that it began on, and the next one begins on the current version. An intake goes on for as long as its
// warehouse sends something, so it moves to the current version with its next task.
func Register(registry worker.WorkflowRegistry) {
	for _, registration := range []struct {
		name     string
		workflow any
		versions workflow.VersioningBehavior
	}{
		{SmartSyncType, SmartSync, workflow.VersioningBehaviorPinned},
		{FullSyncType, FullSync, workflow.VersioningBehaviorPinned},
		{InventoryIntakeType, InventoryIntake, workflow.VersioningBehaviorAutoUpgrade},
	} {
		registry.RegisterWorkflowWithOptions(registration.workflow, workflow.RegisterOptions{Name: registration.name, VersioningBehavior: registration.versions})
	}
}
