package sim

import (
	"context"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tidemark/tidemark/control/gateway"
	"github.com/tidemark/tidemark/workflows"
)

// What package control asks of Temporal is answered by the simulated server. What is not asked in a history is not there.
var _ gateway.Temporal = (*reached)(nil)

type reached struct {
	gateway.Temporal
	server *server
}

func (r *reached) Namespace() string { return "simulated" }

func (r *reached) Attributes(context.Context) (map[string]enumspb.IndexedValueType, error) {
	known := map[string]enumspb.IndexedValueType{}
	for _, key := range workflows.Attributes() {
		known[key.GetName()] = enumspb.INDEXED_VALUE_TYPE_KEYWORD
	}
	return known, nil
}

func (r *reached) Describe(_ context.Context, id string) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	x := r.server.find(id)
	if x == nil {
		return nil, serviceerror.NewNotFound("no workflow " + id)
	}
	return &workflowservice.DescribeWorkflowExecutionResponse{WorkflowExecutionInfo: &workflowpb.WorkflowExecutionInfo{
		Execution: &commonpb.WorkflowExecution{WorkflowId: id, RunId: x.run}, FirstRunId: x.first, Status: enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING,
	}}, nil
}

func (r *reached) Signal(_ context.Context, id, name string, payload any) error {
	x := r.server.find(id)
	if x == nil {
		return serviceerror.NewNotFound("no workflow " + id)
	}
	x.signal(name, payload)
	return nil
}

func (r *reached) SignalWithStart(_ context.Context, start gateway.Start, name string, payload any) (string, error) {
	return r.server.signalWithStart(start.ID, start.Type, start.Input, name, payload), nil
}
