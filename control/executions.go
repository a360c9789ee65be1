package control

import (
	"context"
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/control/gateway"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// Executions does for activities what they need of workflows: it implements their interfaces Executions and Requests.
type Executions struct{ control *Control }

var (
	_ activities.Executions = (*Executions)(nil)
	_ activities.Requests   = (*Executions)(nil)
)

// NewExecutions makes the Executions for a ledger and a namespace of Temporal.
func NewExecutions(state Ledger, temporal gateway.Temporal) *Executions {
	return &Executions{control: New(state, temporal, time.Now)}
}

// Alive is true while the chain of runs that began with firstRun is open.
func (e *Executions) Alive(ctx context.Context, workflow, firstRun string) (bool, error) {
	description, err := e.control.temporal.Describe(ctx, workflow)
	if gateway.Absent(err) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	info := description.GetWorkflowExecutionInfo()
	open := info.GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING || info.GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_PAUSED
	return open && info.GetFirstRunId() == firstRun, nil
}

// Decide signals a person's answer to the workflow of a held run. It does nothing for a workflow that is over.
func (e *Executions) Decide(ctx context.Context, workflow, decision, by string) error {
	signal := workflows.SignalReject
	if decision == activities.Approved {
		signal = workflows.SignalApprove
	}
	return e.signalIfOpen(ctx, workflow, signal, workflows.Decision{By: by})
}

// Dissolved signals to the workflow of a held run that nobody need decide any more. It does nothing for a workflow that is over.
func (e *Executions) Dissolved(ctx context.Context, workflow string, run int64, by string) error {
	return e.signalIfOpen(ctx, workflow, workflows.SignalHoldDissolved, workflows.HoldDissolved{Run: run, By: by})
}

// signalIfOpen signals a workflow, unless it is over.
func (e *Executions) signalIfOpen(ctx context.Context, workflow, signal string, payload any) error {
	err := e.control.temporal.Signal(ctx, workflow, signal, payload)
	if gateway.Absent(err) {
		return nil
	}
	return err
}

// Attributes is true when the namespace has the search attributes.
func (e *Executions) Attributes(ctx context.Context) (bool, error) {
	return e.control.attributesRegistered(ctx)
}

// Request asks for a Smart Sync of the figures that the ledger has, without a fetch. A request for named SKUs goes to a workflow of its own, so that
// it does not wait behind a run of everything that is held.
func (e *Executions) Request(ctx context.Context, connection ledger.Connection, request activities.SyncRequest) error {
	id := workflows.EventsID(connection.ID)
	if len(request.SKUs) == 0 {
		id = workflows.WorkflowID(ledger.Smart, connection.ID)
	}
	if err := e.control.checkOwnerOften(ctx, id); err != nil {
		return err
	}
	_, err := e.control.signal(ctx, connection, id, ledger.Smart, workflows.SyncRequest{
		ID: request.ID, By: request.By, SKUs: request.SKUs, SkipFetch: true, Moved: true,
	})
	return err
}
