package workflows

import (
	"testing"

	"github.com/stretchr/testify/require"
	sdkpb "go.temporal.io/api/sdk/v1"

	"github.com/tidemark/tidemark/activities"
)

// Everything that a workflow can be told or asked is described for people, with its payload: `temporal workflow metadata` shows it.
func TestEverythingThatAWorkflowTakesIsDescribed(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(*bench){
		"sync": func(b *bench) {
			b.begins(activities.BeginResult{Action: activities.BeginCovered})
			b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme"})
		},
		"intake": func(b *bench) { b.ExecuteWorkflow(InventoryIntake, IntakeInput{Warehouse: "depot"}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			start(b)
			value, err := b.QueryWorkflow("__temporal_workflow_metadata")
			require.NoError(t, err)
			var metadata sdkpb.WorkflowMetadata
			require.NoError(t, value.Get(&metadata))
			definition := metadata.GetDefinition()
			require.NotEmpty(t, definition.GetSignalDefinitions())
			for _, signal := range definition.GetSignalDefinitions() {
				require.NotEmpty(t, signal.GetDescription(), signal.GetName())
			}
			for _, update := range definition.GetUpdateDefinitions() {
				require.Contains(t, update.GetDescription(), `{"by": "NAME"`, update.GetName())
			}
			described := 0
			for _, query := range definition.GetQueryDefinitions() {
				if query.GetName() == QueryProgress {
					require.NotEmpty(t, query.GetDescription())
					described++
				}
			}
			require.Equal(t, 1, described)
			if name == "sync" {
				require.Len(t, definition.GetUpdateDefinitions(), 3)
			}
		})
	}
}
