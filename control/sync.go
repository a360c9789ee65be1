package control

import (
	"context"
	"fmt"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"github.com/tidemark/tidemark/control/gateway"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// SyncAnswer says where a request went.
type SyncAnswer struct {
	Workflow string `json:"workflow"`
	Run      string `json:"run"`
	// Joined is true when a workflow was open already. Its pass serves the request if it has not begun to fetch; otherwise one more pass does.
	Joined bool `json:"joined"`
	// Fate, ByRun and Why are the answer of the workflow, where it has answered: see workflows.SyncAnswer.
	Fate  workflows.SyncFate `json:"fate,omitempty"`
	ByRun int64              `json:"by_run,omitempty"`
	Why   string             `json:"why,omitempty"`
}

// sync asks for a run by a signal; see Sync.
func (c *Control) sync(ctx context.Context, mode ledger.Mode, id string, request workflows.SyncRequest) (SyncAnswer, error) {
	connection, err := c.checkSyncRequest(ctx, id, request)
	if err != nil {
		return SyncAnswer{}, err
	}
	return c.request(ctx, connection, mode, request)
}

// checkSyncRequest refuses a request that cannot be granted: its connection is not active, or it names too many SKUs. It returns the connection.
func (c *Control) checkSyncRequest(ctx context.Context, id string, request workflows.SyncRequest) (ledger.Connection, error) {
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

// checkScope refuses unknown SKUs, because most are misspelt. A SKU that is new in the warehouse is found by a sync of everything.
func (c *Control) checkScope(ctx context.Context, id string, skus []string) error {
	connection, err := c.connection(ctx, id)
	if err != nil {
		return err
	}
	return c.CheckSKUs(ctx, connection.Merchant, skus...)
}

func (c *Control) requestNow(ctx context.Context, connection ledger.Connection, mode ledger.Mode, request workflows.SyncRequest) (SyncAnswer, error) {
	joined, err := c.isOpen(ctx, workflows.WorkflowID(mode, connection.ID))
	if err != nil {
		return SyncAnswer{}, err
	}
	answer, err := c.signal(ctx, connection, workflows.WorkflowID(mode, connection.ID), mode, request)
	answer.Joined = joined
	return answer, err
}

// signal starts a connection's workflow under an id, unless it is open, and signals the request to it.
func (c *Control) signal(ctx context.Context, connection ledger.Connection, id string, mode ledger.Mode, request workflows.SyncRequest) (SyncAnswer, error) {
	start, err := c.starting(ctx, connection, id, mode)
	if err != nil {
		return SyncAnswer{}, err
	}
	run, err := c.temporal.SignalWithStart(ctx, start, workflows.SignalSyncRequested, request)
	if err != nil {
		return SyncAnswer{}, fmt.Errorf("asking for %s: %w", id, err)
	}
	return SyncAnswer{Workflow: id, Run: run}, nil
}

// starting says how to start a connection's workflow under an id.
func (c *Control) starting(ctx context.Context, connection ledger.Connection, id string, mode ledger.Mode) (gateway.Start, error) {
	own, err := c.identity(ctx)
	if err != nil {
		return gateway.Start{}, err
	}
	start := gateway.Start{Type: workflows.WorkflowType(mode), Input: workflows.SyncInput{Connection: connection.ID, Ledger: own}}
	start.StartWorkflowOptions = client.StartWorkflowOptions{
		ID: id, TaskQueue: workflows.TaskQueue, WorkflowRunTimeout: workflows.ExecutionTimeout,
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		StaticSummary:         summary(connection, mode),
		StaticDetails:         details(connection, mode),
		Memo:                  owner{ledger: own}.memo(),
		Priority:              workflows.Priority(connection.Merchant, mode, ledger.TriggerRequest),
	}
	withAttributes, err := c.attributesRegistered(ctx)
	if err != nil {
		return gateway.Start{}, err
	}
	if withAttributes {
		start.TypedSearchAttributes = workflows.ConnectionAttributes(connection, mode, ledger.TriggerRequest)
	}
	return start, nil
}

// Wait waits until the workflow of a request has ended, and returns its report.
func (c *Control) Wait(ctx context.Context, answer SyncAnswer) (workflows.SyncReport, error) {
	var report workflows.SyncReport
	err := c.temporal.Result(ctx, answer.Workflow, answer.Run, &report)
	return report, err
}

// Progress asks an open workflow how far it is. Without a worker nobody answers, which is an error.
func (c *Control) Progress(ctx context.Context, workflow string) (workflows.Progress, error) {
	var progress workflows.Progress
	err := c.temporal.Query(ctx, workflow, workflows.QueryProgress, &progress)
	return progress, err
}

// isOpen tells whether a workflow is open under an id. One that belongs to another ledger is a *UsageError.
func (c *Control) isOpen(ctx context.Context, id string) (bool, error) {
	open, theirs, err := c.openWorkflow(ctx, id)
	if err == nil {
		err = c.checkOwner(id, theirs)
	}
	return open, err
}

// openWorkflow tells whether a workflow is open under an id, and which other ledger owns it, if any. It describes the execution itself, because
// visibility lags.
func (c *Control) openWorkflow(ctx context.Context, id string) (open bool, theirs *owner, err error) {
	description, err := c.temporal.Describe(ctx, id)
	if gateway.Absent(err) {
		return false, nil, nil
	} else if err != nil {
		return false, nil, fmt.Errorf("asking Temporal for %s: %w", id, err)
	}
	info := description.GetWorkflowExecutionInfo()
	if info.GetStatus() != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
		return false, nil, nil
	}
	theirs, err = c.otherOwner(ctx, info.GetMemo())
	return true, theirs, err
}
