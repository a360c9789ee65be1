package control

import (
	"context"
	"fmt"
	"strings"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/converter"

	"github.com/tidemark/tidemark/control/gateway"
	"github.com/tidemark/tidemark/workflows"
)

// IntakeStatus is an intake that cannot record what it has read.
type IntakeStatus struct {
	Warehouse string `json:"warehouse"`
	Workflow  string `json:"workflow"`
	// Retry is a step that failed and is being tried again.
	Retry *Retry `json:"retry,omitempty"`
	// Failure is a step that has used up its attempts; the intake tries it again later.
	Failure *workflows.IntakeFailure `json:"failure,omitempty"`
	// Ended is how the intake ended while it had such a failure (failed, terminated): what it had read is in its history only.
	Ended string `json:"ended,omitempty"`
}

// intakes are the intakes of warehouses that cannot record what they have read.
func (c *Control) intakes(ctx context.Context, warehouses []string) ([]IntakeStatus, error) {
	intakes := []IntakeStatus{}
	for _, warehouse := range warehouses {
		described, err := c.temporal.Describe(ctx, workflows.IntakeID(warehouse))
		if gateway.Absent(err) {
			continue
		} else if err != nil {
			return intakes, fmt.Errorf("asking Temporal for the intake of %s: %w", warehouse, err)
		}
		if intake := intakeOf(warehouse, described); intake != nil {
			intakes = append(intakes, *intake)
		}
	}
	return intakes, nil
}

// intakeOf is the status of an intake; nil when nothing is wrong with it.
func intakeOf(warehouse string, described *workflowservice.DescribeWorkflowExecutionResponse) *IntakeStatus {
	info := described.GetWorkflowExecutionInfo()
	status := &IntakeStatus{Warehouse: warehouse, Workflow: workflows.IntakeID(warehouse), Failure: failureIn(info.GetMemo())}
	if info.GetStatus() != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
		if status.Failure == nil {
			return nil
		}
		status.Ended = strings.ToLower(info.GetStatus().String())
		return status
	}
	if status.Retry = retryOf(described.GetPendingActivities()); status.Retry == nil && status.Failure == nil {
		return nil
	}
	return status
}

// failureIn is the failure that an intake's memo names; nil when it names none.
func failureIn(memo *commonpb.Memo) *workflows.IntakeFailure {
	var failure *workflows.IntakeFailure
	if payload := memo.GetFields()[workflows.MemoFailure]; payload != nil {
		// A failure that cannot be read was written by a later version; the status then shows none.
		_ = converter.GetDefaultDataConverter().FromPayload(payload, &failure)
	}
	return failure
}
