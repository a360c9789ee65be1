package control

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// A run says that no worker takes up its next step, once that has lasted longer than a moment.
func TestRunsThatNobodyTakesUp(t *testing.T) {
	t.Parallel()
	ago := func(seconds int) *timestamppb.Timestamp {
		return timestamppb.New(noon.Add(-time.Duration(seconds) * time.Second))
	}
	activity := func(state enumspb.PendingActivityState, scheduled, completed, next *timestamppb.Timestamp) *workflowservice.DescribeWorkflowExecutionResponse {
		return &workflowservice.DescribeWorkflowExecutionResponse{PendingActivities: []*workflowpb.PendingActivityInfo{
			{State: state, ScheduledTime: scheduled, LastAttemptCompleteTime: completed, NextAttemptScheduleTime: next},
		}}
	}
	task := func(state enumspb.PendingWorkflowTaskState, first int) *workflowservice.DescribeWorkflowExecutionResponse {
		return &workflowservice.DescribeWorkflowExecutionResponse{PendingWorkflowTask: &workflowpb.PendingWorkflowTaskInfo{
			State: state, OriginalScheduledTime: ago(first), ScheduledTime: ago(first - 5),
		}}
	}
	const scheduled, started = enumspb.PENDING_ACTIVITY_STATE_SCHEDULED, enumspb.PENDING_ACTIVITY_STATE_STARTED
	for name, test := range map[string]struct {
		described *workflowservice.DescribeWorkflowExecutionResponse
		since     int // seconds ago; 0: it is not idle
	}{
		"nothing pending":                 {&workflowservice.DescribeWorkflowExecutionResponse{}, 0},
		"a worker does it":                {activity(started, ago(600), nil, nil), 0},
		"a worker decides":                {task(enumspb.PENDING_WORKFLOW_TASK_STATE_STARTED, 600), 0},
		"a moment":                        {activity(scheduled, ago(9), nil, nil), 0},
		"nobody takes a step":             {activity(scheduled, ago(10), nil, nil), 10},
		"nobody takes it again":           {activity(scheduled, ago(600), ago(40), nil), 40},
		"it is due again later":           {activity(scheduled, ago(600), ago(40), timestamppb.New(noon.Add(time.Minute))), 0},
		"it was due again":                {activity(scheduled, ago(600), ago(40), ago(30)), 30},
		"nobody decides":                  {task(enumspb.PENDING_WORKFLOW_TASK_STATE_SCHEDULED, 12), 12},
		"nobody decides since a moment":   {task(enumspb.PENDING_WORKFLOW_TASK_STATE_SCHEDULED, 8), 0},
		"it is cancelled, and runs still": {activity(enumspb.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED, ago(600), nil, nil), 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			since := idleSince(test.described, noon)
			if test.since == 0 {
				require.Nil(t, since)
				return
			}
			require.NotNil(t, since)
			require.Equal(t, noon.Add(-time.Duration(test.since)*time.Second), since.In(noon.Location()))
		})
	}
}
