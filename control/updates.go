package control

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// answerWithin is how long an update may take to be answered. After that the same is sent by signal, which needs no worker to be safe
// with Temporal; the workflow knows the request by its id and serves it once.
const answerWithin = 8 * time.Second

// ask asks for a run by an update, and by a signal where no worker answers in time; see Ask.
func (c *Control) ask(ctx context.Context, mode ledger.Mode, id string, request workflows.SyncRequest) (SyncAnswer, error) {
	connection, err := c.syncable(ctx, id, request)
	if err != nil {
		return SyncAnswer{}, err
	}
	if request.ID == "" {
		request.ID = uuid.NewString()
	}
	workflow := workflows.WorkflowID(mode, connection.ID)
	joined, err := c.open(ctx, workflow)
	if err != nil {
		return SyncAnswer{}, err
	}
	options, input, err := c.starting(ctx, connection, workflow, mode)
	if err != nil {
		return SyncAnswer{}, err
	}
	options.WorkflowIDConflictPolicy = enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING
	start := c.Client.NewWithStartWorkflowOperation(options, workflows.WorkflowType(mode), input)
	within, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	var fate workflows.SyncAnswer
	handle, err := c.Client.UpdateWithStartWorkflow(within, client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: start,
		UpdateOptions: client.UpdateWorkflowOptions{
			UpdateID: request.ID, UpdateName: workflows.UpdateSync, Args: []any{request}, WaitForStage: client.WorkflowUpdateStageCompleted,
		},
	})
	if err == nil {
		err = handle.Get(within, &fate)
	}
	if err == nil {
		return SyncAnswer{Workflow: workflow, Run: handle.RunID(), Joined: joined, Fate: fate.Answer, ByRun: fate.Run, Why: fate.Reason}, nil
	}
	if failure := unansweredUpdate(ctx, err); failure == updateRefused {
		return SyncAnswer{}, usage("%s", whyRefused(err))
	} else if ctx.Err() != nil {
		return SyncAnswer{}, fmt.Errorf("asking for %s: %w", workflow, err)
	}
	// Whatever it was, to ask once more by signal does no harm: the request has an id.
	answer, err := c.request(ctx, connection, mode, request)
	answer.Joined = joined
	return answer, err
}

// What becomes of an approve or reject.
const (
	Approved  = activities.Approved
	Rejected  = activities.Rejected
	Dissolved = activities.Dissolved // nobody had to decide
	Lifted    = activities.Lifted    // a rejection was taken back
	NotHeld   = workflows.NotHeld    // the answer was for nothing
)

// Decided is what became of an approve or reject.
type Decided struct {
	ledger.Hold
	// Answer is one of the above. Empty: it was sent by signal, and no worker has answered yet.
	Answer string `json:"answer,omitempty"`
	// Runs are all runs that the answer was for.
	Runs []int64 `json:"runs,omitempty"`
	// Why says, where the answer was for nothing, why.
	Why string `json:"why,omitempty"`
}

// decide answers a hold, which was read with an error; see Decide.
func (c *Control) decide(ctx context.Context, run int64, hold ledger.Hold, err error, approve bool, by string) (Decided, error) {
	if errors.Is(err, ledger.ErrNotFound) {
		return Decided{Hold: hold}, usage("run %d holds nothing; starter status lists what waits for a decision", run)
	} else if err != nil {
		return Decided{Hold: hold}, err
	}
	if hold.Decision == activities.Rejected && approve {
		return c.lift(ctx, hold, by)
	}
	if hold.Decision != "" {
		return Decided{Hold: hold}, usage("run %d was %s already, by %s", run, hold.Decision, hold.By)
	}
	name := workflows.UpdateReject
	if approve {
		name = workflows.UpdateApprove
	}
	within, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	var answer workflows.DecisionAnswer
	handle, err := c.Client.UpdateWorkflow(within, client.UpdateWorkflowOptions{
		// To press twice is one answer to one hold.
		UpdateID:   fmt.Sprintf("%s/%d/%s/%d", name, run, hold.Kind, hold.At.UnixMicro()),
		WorkflowID: hold.Workflow, UpdateName: name, Args: []any{workflows.Decision{By: by, Run: run, Kind: hold.Kind}},
		WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err == nil {
		err = handle.Get(within, &answer)
	}
	if err == nil {
		return c.decided(ctx, hold, answer)
	}
	switch unansweredUpdate(ctx, err) {
	case updateRefused:
		return Decided{Hold: hold}, usage("%s", whyRefused(err))
	case updateUnanswered:
		// A signal is safe with Temporal also while no worker runs.
		return Decided{Hold: hold}, c.signalDecision(ctx, hold, name, by)
	}
	var absent *serviceerror.NotFound
	if errors.As(err, &absent) {
		return Decided{Hold: hold}, over(hold)
	}
	return Decided{Hold: hold}, err
}

// decided is a hold as it stands after an answer.
func (c *Control) decided(ctx context.Context, before ledger.Hold, answer workflows.DecisionAnswer) (Decided, error) {
	hold, err := c.Ledger.HoldOf(ctx, before.Run)
	if err != nil {
		hold = before // the answer counts all the same
	}
	return Decided{Hold: hold, Answer: answer.Answer, Runs: answer.Runs, Why: answer.Reason}, nil
}

// lift takes a rejection back.
func (c *Control) lift(ctx context.Context, hold ledger.Hold, by string) (Decided, error) {
	if _, err := c.Ledger.Decide(ctx, hold.Run, activities.Approved, by, c.Now()); err != nil {
		return Decided{Hold: hold}, err
	}
	hold, err := c.Ledger.HoldOf(ctx, hold.Run)
	return Decided{Hold: hold, Answer: activities.Lifted, Runs: []int64{hold.Run}}, err
}

func (c *Control) signalDecision(ctx context.Context, hold ledger.Hold, name, by string) error {
	err := c.Client.SignalWorkflow(ctx, hold.Workflow, "", name, workflows.Decision{By: by, Run: hold.Run, Kind: hold.Kind})
	var absent *serviceerror.NotFound
	if errors.As(err, &absent) {
		return over(hold)
	}
	return err
}

func over(hold ledger.Hold) error {
	return usage("the workflow %s of run %d is over, so there is nothing to decide; the next run looks anew", hold.Workflow, hold.Run)
}

// updateFailure is what kind of failure an update met.
type updateFailure int

const (
	updateFailed     updateFailure = iota // another error
	updateRefused                         // by the workflow, with the reason
	updateUnanswered                      // nobody answered in time, or the workflow runs on a worker that knows no updates
)

// unansweredUpdate tells what to do about the failure of an update.
func unansweredUpdate(ctx context.Context, err error) updateFailure {
	var application *temporal.ApplicationError
	if errors.As(err, &application) {
		if strings.Contains(application.Message(), "unknown update") {
			return updateUnanswered
		}
		return updateRefused
	}
	if ctx.Err() != nil {
		return updateFailed // who asks has gone
	}
	var late *client.WorkflowUpdateServiceTimeoutOrCanceledError
	var busy *serviceerror.ResourceExhausted // an execution takes 2,000 updates
	var deadline *serviceerror.DeadlineExceeded
	if errors.As(err, &late) || errors.As(err, &busy) || errors.As(err, &deadline) || errors.Is(err, context.DeadlineExceeded) {
		return updateUnanswered
	}
	return updateFailed
}

// whyRefused is why a workflow refused an update.
func whyRefused(err error) string {
	var application *temporal.ApplicationError
	if errors.As(err, &application) {
		return application.Message()
	}
	return err.Error()
}
