package control

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/converter"

	"github.com/tidemark/tidemark/workflows"
)

// failedIntake describes an intake that waits because a step has failed for good.
func failedIntake(t *testing.T) *workflowservice.DescribeWorkflowExecutionResponse {
	t.Helper()
	payload, err := converter.GetDefaultDataConverter().ToPayload(workflows.IntakeFailure{
		Error: "the disk is full", Since: noon, Attempts: 2, Next: noon.Add(time.Minute), Updates: 3,
	})
	require.NoError(t, err)
	return &workflowservice.DescribeWorkflowExecutionResponse{WorkflowExecutionInfo: &workflowpb.WorkflowExecutionInfo{
		Status: enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING, Memo: &commonpb.Memo{Fields: map[string]*commonpb.Payload{workflows.MemoFailure: payload}},
	}}
}

func TestIntakesThatCannotRecord(t *testing.T) {
	t.Parallel()
	failed := failedIntake(t)
	failure := &workflows.IntakeFailure{Error: "the disk is full", Since: noon, Attempts: 2, Next: noon.Add(time.Minute), Updates: 3}
	with := func(status enumspb.WorkflowExecutionStatus, memo *commonpb.Memo,
		pending ...*workflowpb.PendingActivityInfo,
	) *workflowservice.DescribeWorkflowExecutionResponse {
		return &workflowservice.DescribeWorkflowExecutionResponse{
			WorkflowExecutionInfo: &workflowpb.WorkflowExecutionInfo{Status: status, Memo: memo}, PendingActivities: pending,
		}
	}
	running, over := enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING, enumspb.WORKFLOW_EXECUTION_STATUS_FAILED
	memo := failed.WorkflowExecutionInfo.Memo
	nothing := &commonpb.Memo{Fields: map[string]*commonpb.Payload{workflows.MemoFailure: {}}}
	retried := &workflowpb.PendingActivityInfo{Attempt: 4, LastFailure: &failurepb.Failure{Message: "locked"}}
	for name, test := range map[string]struct {
		described *workflowservice.DescribeWorkflowExecutionResponse
		want      *IntakeStatus
	}{
		"well":                    {with(running, nil), nil},
		"well again":              {with(running, nothing), nil},
		"a step under way":        {with(running, nil, &workflowpb.PendingActivityInfo{Attempt: 1}), nil},
		"a step that is retried":  {with(running, nil, retried), &IntakeStatus{Retry: &Retry{Attempt: 4, Error: "locked"}}},
		"a step that has failed":  {failed, &IntakeStatus{Failure: failure}},
		"over, and well":          {with(enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED, nil), nil},
		"over, while it failed":   {with(over, memo), &IntakeStatus{Failure: failure, Ended: "failed"}},
		"terminated while failed": {with(enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED, memo), &IntakeStatus{Failure: failure, Ended: "terminated"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.want != nil {
				test.want.Warehouse, test.want.Workflow = "depot", "intake/depot"
			}
			require.Equal(t, test.want, intakeOf("depot", test.described))
		})
	}
}
