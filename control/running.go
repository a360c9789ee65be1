package control

import (
	"context"
	"errors"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tidemark/tidemark/control/gateway"
	"github.com/tidemark/tidemark/ledger"
)

// Retry is a step of a run that failed and is tried again.
type Retry struct {
	Step    string     `json:"step"`    // the activity
	Attempt int32      `json:"attempt"` // number of the attempt that comes next or is under way
	Error   string     `json:"error"`   // error of the last attempt
	Next    *time.Time `json:"next,omitempty"`
}

// OpenRun is a run that has not ended.
type OpenRun struct {
	ledger.Run
	Retry *Retry `json:"retry,omitempty"`
	// Idle is since when its next step has waited for a worker, where that is longer than pickUpPatience: no worker runs, or none has a free slot.
	Idle *time.Time `json:"idle,omitempty"`
}

// Retry asks Temporal which step of a workflow is being tried again. It is nil when none is, and when the workflow is over.
func (c *Control) Retry(ctx context.Context, workflow string) (*Retry, error) {
	retry, _, err := c.pendingSteps(ctx, workflow)
	return retry, err
}

// pendingSteps asks Temporal which step of a workflow is being tried again, and since when a step has waited for a worker. Each is nil where there is
// no such step, and where the workflow is over.
func (c *Control) pendingSteps(ctx context.Context, workflow string) (*Retry, *time.Time, error) {
	described, err := c.temporal.Describe(ctx, workflow)
	if gateway.Absent(err) {
		return nil, nil, nil
	} else if err != nil {
		return nil, nil, err
	}
	return retryOf(described.GetPendingActivities()), idleSince(described, c.now()), nil
}

// pickUpPatience is how long a step may wait for a worker before faces say so. A worker that polls takes a step within moments, but a server first
// offers a task to the worker that had the last one, for 5 seconds.
const pickUpPatience = 10 * time.Second

// idleSince is since when a step of a workflow has waited for a worker; nil where none has waited for pickUpPatience.
func idleSince(described *workflowservice.DescribeWorkflowExecutionResponse, now time.Time) *time.Time {
	var waits []time.Time
	if task := described.GetPendingWorkflowTask(); task.GetState() == enumspb.PENDING_WORKFLOW_TASK_STATE_SCHEDULED {
		waits = append(waits, task.GetOriginalScheduledTime().AsTime())
	}
	for _, activity := range described.GetPendingActivities() {
		if activity.GetState() != enumspb.PENDING_ACTIVITY_STATE_SCHEDULED {
			continue
		}
		since := activity.GetScheduledTime().AsTime()
		for _, later := range []*timestamppb.Timestamp{activity.GetLastAttemptCompleteTime(), activity.GetNextAttemptScheduleTime()} {
			if later != nil && later.AsTime().After(since) {
				since = later.AsTime()
			}
		}
		waits = append(waits, since)
	}
	for _, since := range waits {
		if now.Sub(since) >= pickUpPatience {
			return &since
		}
	}
	return nil
}

// retryOf is the first of the pending activities that has failed before.
func retryOf(pending []*workflowpb.PendingActivityInfo) *Retry {
	for _, activity := range pending {
		if activity.GetLastFailure() == nil {
			continue
		}
		retry := &Retry{Step: activity.GetActivityType().GetName(), Attempt: activity.GetAttempt(), Error: activity.GetLastFailure().GetMessage()}
		if next := activity.GetNextAttemptScheduleTime(); next != nil && activity.GetState() == enumspb.PENDING_ACTIVITY_STATE_SCHEDULED {
			retry.Next = new(next.AsTime())
		}
		return retry
	}
	return nil
}

// showRunning fills in what open runs have pushed so far, and gives those that wait for a person the outcome held.
func (c *Control) showRunning(ctx context.Context, runs []ledger.Run) error {
	for i := range runs {
		run := &runs[i]
		if run.EndedAt != nil {
			continue
		}
		pushed, err := c.state.Tally(ctx, run.ID)
		if errors.Is(err, ledger.ErrNotFound) {
			continue
		} else if err != nil {
			return err
		}
		showPushed(run, pushed)
	}
	return c.markHeld(ctx, runs)
}

// showPushed fills in what an open run has pushed so far.
func showPushed(run *ledger.Run, pushed ledger.Counts) {
	k := &run.Counts
	k.Exported, k.Sent, k.Rejected, k.Blocked, k.Retrying, k.Calls = pushed.Exported, pushed.Sent, pushed.Rejected, pushed.Blocked, pushed.Retrying, pushed.Calls
}
