package control

import (
	"context"
	"errors"
	"fmt"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// SyncAnswer says where a request went.
type SyncAnswer struct {
	Workflow string `json:"workflow"`
	Run      string `json:"run"`
	// Joined is true when a workflow was open already: its pass serves the request if it has not begun to fetch, otherwise one
	// more pass does.
	Joined bool `json:"joined"`
	// Fate, ByRun and Why are what became of the request, where the workflow has answered: see workflows.SyncAnswer.
	Fate  workflows.SyncFate `json:"fate,omitempty"`
	ByRun int64              `json:"by_run,omitempty"`
	Why   string             `json:"why,omitempty"`
}

// sync asks for a run by a signal; see Sync.
func (c *Control) sync(ctx context.Context, mode ledger.Mode, id string, request workflows.SyncRequest) (SyncAnswer, error) {
	connection, err := c.syncable(ctx, id, request)
	if err != nil {
		return SyncAnswer{}, err
	}
	return c.request(ctx, connection, mode, request)
}

// syncable is the connection, where a run of it can be asked for so.
func (c *Control) syncable(ctx context.Context, id string, request workflows.SyncRequest) (ledger.Connection, error) {
	connection, err := c.connection(ctx, id)
	if err != nil {
		return connection, err
	}
	if !connection.Active() {
		return connection, usage("connection %s is not enabled; set enabled: true (and inventory.enabled) in the configuration and apply it", id)
	}
	if len(request.SKUs) > workflows.MaximumScope {
		return connection, usage("%d SKUs are more than one request may name (%d); ask for a whole sync, or in parts", len(request.SKUs), workflows.MaximumScope)
	}
	return connection, nil
}

// CheckScope refuses SKUs of which nothing at all is known, as they are mostly misspelt. A SKU that the warehouse has only now is
// found by a sync of everything.
func (c *Control) CheckScope(ctx context.Context, id string, skus []string) error {
	connection, err := c.connection(ctx, id)
	if err != nil {
		return err
	}
	return c.CheckSKUs(ctx, connection.Merchant, skus...)
}

func (c *Control) requestNow(ctx context.Context, connection ledger.Connection, mode ledger.Mode, request workflows.SyncRequest) (SyncAnswer, error) {
	joined, err := c.open(ctx, workflows.WorkflowID(mode, connection.ID))
	if err != nil {
		return SyncAnswer{}, err
	}
	answer, err := c.signal(ctx, connection, workflows.WorkflowID(mode, connection.ID), mode, request)
	answer.Joined = joined
	return answer, err
}

// signal starts a connection's workflow under an id, unless it is open, and gives it the request.
func (c *Control) signal(ctx context.Context, connection ledger.Connection, id string, mode ledger.Mode, request workflows.SyncRequest) (SyncAnswer, error) {
	options, input, err := c.starting(ctx, connection, id, mode)
	if err != nil {
		return SyncAnswer{}, err
	}
	run, err := c.Client.SignalWithStartWorkflow(ctx, id, workflows.SignalSyncRequested, request, options, workflows.WorkflowType(mode), input)
	if err != nil {
		return SyncAnswer{}, fmt.Errorf("asking for %s: %w", id, err)
	}
	return SyncAnswer{Workflow: id, Run: run.GetRunID()}, nil
}

// starting is how a connection's workflow is started under an id.
func (c *Control) starting(
	ctx context.Context, connection ledger.Connection, id string, mode ledger.Mode,
) (client.StartWorkflowOptions, workflows.SyncInput, error) {
	own, err := c.identity(ctx)
	if err != nil {
		return client.StartWorkflowOptions{}, workflows.SyncInput{}, err
	}
	options := client.StartWorkflowOptions{
		ID: id, TaskQueue: workflows.TaskQueue, WorkflowRunTimeout: workflows.ExecutionTimeout,
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		StaticSummary:         summary(connection, mode),
		StaticDetails:         details(connection, mode),
		Memo:                  owner{ledger: own}.memo(),
		Priority:              workflows.Priority(connection.Merchant, mode, ledger.TriggerRequest),
	}
	labelled, err := c.labelled(ctx)
	if err != nil {
		return client.StartWorkflowOptions{}, workflows.SyncInput{}, err
	}
	if labelled {
		options.TypedSearchAttributes = workflows.ConnectionAttributes(connection, mode, ledger.TriggerRequest)
	}
	return options, workflows.SyncInput{Connection: connection.ID, Ledger: own}, nil
}

// Wait waits for the workflow of a request to end and returns its report.
func (c *Control) Wait(ctx context.Context, answer SyncAnswer) (workflows.SyncReport, error) {
	var report workflows.SyncReport
	err := c.Client.GetWorkflow(ctx, answer.Workflow, answer.Run).Get(ctx, &report)
	return report, err
}

// Progress asks an open workflow how far it is. Without a worker there is no answer.
func (c *Control) Progress(ctx context.Context, workflow string) (workflows.Progress, error) {
	var progress workflows.Progress
	value, err := c.Client.QueryWorkflow(ctx, workflow, "", workflows.QueryProgress)
	if err == nil {
		err = value.Get(&progress)
	}
	return progress, err
}

// open tells whether a workflow is open under an id. One that belongs to another ledger is an error.
func (c *Control) open(ctx context.Context, id string) (bool, error) {
	open, theirs, err := c.looked(ctx, id)
	if err == nil {
		err = c.ours(id, theirs)
	}
	return open, err
}

// looked tells whether a workflow is open under an id, and to which other ledger it belongs then. It asks for the execution itself;
// visibility lags.
func (c *Control) looked(ctx context.Context, id string) (open bool, theirs *owner, err error) {
	description, err := c.Client.DescribeWorkflowExecution(ctx, id, "")
	var absent *serviceerror.NotFound
	if errors.As(err, &absent) {
		return false, nil, nil
	} else if err != nil {
		return false, nil, fmt.Errorf("asking Temporal for %s: %w", id, err)
	}
	info := description.GetWorkflowExecutionInfo()
	if info.GetStatus() != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
		return false, nil, nil
	}
	theirs, err = c.anothers(ctx, info.GetMemo())
	return true, theirs, err
}

// pause stops a connection's schedules; see Pause.
func (c *Control) pause(ctx context.Context, id, by, reason string) ([]string, error) {
	note := "paused by " + by
	if reason != "" {
		note += ": " + reason
	}
	return c.eachSchedule(ctx, id, func(handle client.ScheduleHandle) error {
		return handle.Pause(ctx, client.SchedulePauseOptions{Note: note})
	})
}

// resume starts a connection's schedules again; see Resume.
func (c *Control) resume(ctx context.Context, id, by string) ([]string, error) {
	connection, err := c.connection(ctx, id)
	if err != nil {
		return nil, err
	}
	if !connection.Active() {
		return nil, usage("connection %s is not enabled, so its schedules stay paused; enable it in the configuration and apply that", id)
	}
	return c.eachSchedule(ctx, id, func(handle client.ScheduleHandle) error {
		return handle.Unpause(ctx, client.ScheduleUnpauseOptions{Note: "resumed by " + by})
	})
}

func (c *Control) eachSchedule(ctx context.Context, id string, do func(client.ScheduleHandle) error) ([]string, error) {
	connection, err := c.connection(ctx, id)
	if err != nil {
		return nil, err
	}
	var done []string
	for _, mode := range []ledger.Mode{ledger.Smart, ledger.Full} {
		name := workflows.WorkflowID(mode, connection.ID)
		handle := c.Client.ScheduleClient().GetHandle(ctx, name)
		err := c.ownSchedule(ctx, handle)
		if err == nil {
			err = do(handle)
		}
		var absent *serviceerror.NotFound
		if errors.As(err, &absent) {
			continue
		} else if err != nil {
			return done, fmt.Errorf("schedule %s: %w", name, err)
		}
		done = append(done, name)
	}
	if len(done) == 0 {
		return nil, usage("connection %s has no schedules", id)
	}
	return done, nil
}
