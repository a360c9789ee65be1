package control

import (
	"context"
	"errors"
	"fmt"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"github.com/tidemark/tidemark/control/gateway"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// Intake signals what a warehouse sent to the warehouse's intake workflow, and starts that when it is not open. It returns when Temporal has stored
// the signal, not when the ledger has recorded the updates.
func (c *Control) Intake(ctx context.Context, warehouse string, updated workflows.InventoryUpdated) error {
	if len(updated.Updates) > workflows.MaximumUpdates {
		return usage("%d updates are more than may be sent at once (%d); send them in parts", len(updated.Updates), workflows.MaximumUpdates)
	}
	definition, err := c.state.Warehouse(ctx, warehouse)
	if errors.Is(err, ledger.ErrNotFound) {
		return usage("there is no warehouse %q; apply a configuration that has it", warehouse)
	} else if err != nil {
		return err
	}
	id := workflows.IntakeID(warehouse)
	own, err := c.identity(ctx)
	if err != nil {
		return err
	}
	if err := c.checkOwnerOften(ctx, id); err != nil {
		return err
	}
	// No timeout: where updates always come, the chain of runs never ends.
	start := gateway.Start{Type: workflows.InventoryIntakeType, Input: workflows.IntakeInput{Warehouse: warehouse, Ledger: own}}
	start.StartWorkflowOptions = client.StartWorkflowOptions{
		ID: id, TaskQueue: workflows.TaskQueue,
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		StaticSummary:         fmt.Sprintf("Intake of %s: what %s sends", definition.Merchant, warehouse),
		StaticDetails:         intakeDetails(warehouse),
		Memo:                  owner{ledger: own}.memo(),
		Priority:              workflows.IntakePriority(definition.Merchant),
	}
	withAttributes, err := c.attributesRegistered(ctx)
	if err != nil {
		return err
	}
	if withAttributes {
		start.TypedSearchAttributes = workflows.WarehouseAttributes(definition)
	}
	if _, err = c.temporal.SignalWithStart(ctx, start, workflows.SignalInventoryUpdated, updated); err != nil {
		return fmt.Errorf("handing updates to %s: %w", id, err)
	}
	return nil
}

// intakeDetails tell a person who sees an intake in the Web UI what to do, in Markdown.
func intakeDetails(warehouse string) string {
	return fmt.Sprintf("Records what %[1]s sends, and asks for Smart Syncs of what that changes. It ends when nothing comes for a while.\n\n"+
		"How it stands: `starter status`; the last snapshot: `starter snapshot %[1]s`. Nothing need be done here: what cannot be recorded waits, "+
		"and the current details say why; mend that, and it goes on by itself. An event by hand: *Send a Signal* `%[2]s` "+
		"with `{\"updates\": [{\"event\": \"…\", \"sku\": \"…\", \"available\": 5}]}`.", warehouse, workflows.SignalInventoryUpdated)
}
