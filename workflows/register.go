package workflows

import (
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// Register makes the workflows known to a worker, a replayer or a test environment.
func Register(registry worker.WorkflowRegistry) {
	registry.RegisterWorkflowWithOptions(SmartSync, workflow.RegisterOptions{Name: SmartSyncType})
	registry.RegisterWorkflowWithOptions(FullSync, workflow.RegisterOptions{Name: FullSyncType})
	registry.RegisterWorkflowWithOptions(InventoryIntake, workflow.RegisterOptions{Name: InventoryIntakeType})
}
