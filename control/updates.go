package control

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/control/gateway"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// answerWithin is how long an update may take to be answered. After that the request is sent by signal, which Temporal stores without a worker. The
// workflow recognises the request by its id and serves it once.
const answerWithin = 8 * time.Second

// syncWithAnswer asks for a run by an update, and by a signal where no worker answers in time; see SyncWithAnswer.
func (c *Control) syncWithAnswer(ctx context.Context, mode ledger.Mode, id string, request workflows.SyncRequest) (SyncAnswer, error) {
	connection, err := c.checkSyncRequest(ctx, id, request)
	if err != nil {
		return SyncAnswer{}, err
	}
	if err := c.checkScope(ctx, id, request.SKUs); err != nil {
		return SyncAnswer{}, err
	}
	if request.ID == "" {
		request.ID = uuid.NewString()
	}
	workflow := workflows.WorkflowID(mode, connection.ID)
	joined, err := c.isOpen(ctx, workflow)
	if err != nil {
		return SyncAnswer{}, err
	}
	start, err := c.starting(ctx, connection, workflow, mode)
	if err != nil {
		return SyncAnswer{}, err
	}
	start.WorkflowIDConflictPolicy = enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING
	within, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	var fate workflows.SyncAnswer
	run, err := c.temporal.UpdateWithStart(within, start, gateway.Update{ID: request.ID, Name: workflows.UpdateSync, Payload: request}, &fate)
	if err == nil {
		return SyncAnswer{Workflow: workflow, Run: run, Joined: joined, Fate: fate.Answer, ByRun: fate.Run, Why: fate.Reason}, nil
	}
	var refused *gateway.RefusedError
	if errors.As(err, &refused) {
		return SyncAnswer{}, usage("%s", refused.Reason)
	} else if ctx.Err() != nil {
		return SyncAnswer{}, fmt.Errorf("asking for %s: %w", workflow, err)
	}
	// Whatever the error was, asking once more by signal does no harm: the request has an id.
	answer, err := c.request(ctx, connection, mode, request)
	answer.Joined = joined
	return answer, err
}

// The answers to an approve or reject.
const (
	Approved  = activities.Approved
	Rejected  = activities.Rejected
	Dissolved = activities.Dissolved // nobody had to decide
	Lifted    = activities.Lifted    // a rejection was taken back
	NotHeld   = workflows.NotHeld    // nothing was held any more
)

// DecisionResult is the result of an approve or reject.
type DecisionResult struct {
	ledger.Hold
	// Answer is one of the above; empty where the decision was sent by signal and no worker has answered yet.
	Answer string `json:"answer,omitempty"`
	// Runs are all runs that the decision was for.
	Runs []int64 `json:"runs,omitempty"`
	// Why says why nothing was held any more.
	Why string `json:"why,omitempty"`
}

// decide answers a hold; see Decide. err is the error with which the hold was read.
func (c *Control) decide(ctx context.Context, run int64, hold ledger.Hold, err error, approve bool, by string) (DecisionResult, error) {
	if errors.Is(err, ledger.ErrNotFound) {
		if _, err := c.state.Run(ctx, run); errors.Is(err, ledger.ErrNotFound) {
			return DecisionResult{Hold: hold}, noRun(run)
		}
		return DecisionResult{Hold: hold}, usage("run %d holds nothing; starter status lists what waits for a decision", run)
	} else if err != nil {
		return DecisionResult{Hold: hold}, err
	}
	if hold.Decision == activities.Rejected && approve {
		return c.lift(ctx, hold, by)
	}
	if hold.Decision != "" {
		return DecisionResult{Hold: hold}, usage("run %d was %s already, by %s", run, hold.Decision, hold.By)
	}
	name := workflows.UpdateReject
	if approve {
		name = workflows.UpdateApprove
	}
	within, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	var answer workflows.DecisionAnswer
	err = c.temporal.Update(within, hold.Workflow, gateway.Update{
		// The same id for the same hold: a button that is pressed twice gives one answer.
		ID:   fmt.Sprintf("%s/%d/%s/%d", name, run, hold.Kind, hold.At.UnixMicro()),
		Name: name, Payload: workflows.Decision{By: by, Run: run, Kind: hold.Kind},
	}, &answer)
	var refused *gateway.RefusedError
	switch {
	case err == nil:
		return c.decisionResult(ctx, hold, answer)
	case errors.As(err, &refused):
		return DecisionResult{Hold: hold}, usage("%s", refused.Reason)
	case errors.Is(err, gateway.ErrUnanswered) && ctx.Err() == nil: // otherwise the client has gone
		// Temporal stores a signal also while no worker runs.
		return DecisionResult{Hold: hold}, c.signalDecision(ctx, hold, name, by)
	case gateway.Absent(err):
		return DecisionResult{Hold: hold}, workflowOverError(hold)
	}
	return DecisionResult{Hold: hold}, err
}

// decisionResult is a hold after an answer.
func (c *Control) decisionResult(ctx context.Context, before ledger.Hold, answer workflows.DecisionAnswer) (DecisionResult, error) {
	hold, err := c.state.HoldOf(ctx, before.Run)
	if err != nil {
		hold = before // the answer is valid all the same
	}
	return DecisionResult{Hold: hold, Answer: answer.Answer, Runs: answer.Runs, Why: answer.Reason}, nil
}

// lift takes a rejection back.
func (c *Control) lift(ctx context.Context, hold ledger.Hold, by string) (DecisionResult, error) {
	if _, err := c.state.Decide(ctx, hold.Run, activities.Approved, by, c.now()); err != nil {
		return DecisionResult{Hold: hold}, err
	}
	hold, err := c.state.HoldOf(ctx, hold.Run)
	return DecisionResult{Hold: hold, Answer: activities.Lifted, Runs: []int64{hold.Run}}, err
}

func (c *Control) signalDecision(ctx context.Context, hold ledger.Hold, name, by string) error {
	err := c.temporal.Signal(ctx, hold.Workflow, name, workflows.Decision{By: by, Run: hold.Run, Kind: hold.Kind})
	if gateway.Absent(err) {
		return workflowOverError(hold)
	}
	return err
}

func workflowOverError(hold ledger.Hold) error {
	return usage("the workflow %s of run %d is over, so there is nothing to decide; the next run looks anew", hold.Workflow, hold.Run)
}
