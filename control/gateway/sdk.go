package gateway

import (
	"context"
	"errors"
	"fmt"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
)

// sdk implements Temporal on the SDK's client.
type sdk struct {
	client    client.Client
	namespace string
}

var _ Temporal = (*sdk)(nil)

// New makes the Temporal of a namespace on a client, which the caller closes.
func New(sdkClient client.Client, namespace string) Temporal {
	return &sdk{client: sdkClient, namespace: namespace}
}

func (s *sdk) Namespace() string { return s.namespace }

func (s *sdk) Describe(ctx context.Context, workflow string) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	return s.client.DescribeWorkflowExecution(ctx, workflow, "")
}

func (s *sdk) History(ctx context.Context, workflow, run string) client.HistoryEventIterator {
	return s.client.GetWorkflowHistory(ctx, workflow, run, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
}

func (s *sdk) Query(ctx context.Context, workflow, query string, answer any) error {
	value, err := s.client.QueryWorkflow(ctx, workflow, "", query)
	if err != nil {
		return err
	}
	return value.Get(answer)
}

func (s *sdk) Result(ctx context.Context, workflow, run string, result any) error {
	return s.client.GetWorkflow(ctx, workflow, run).Get(ctx, result)
}

func (s *sdk) Cancel(ctx context.Context, workflow string) error {
	return s.client.CancelWorkflow(ctx, workflow, "")
}

func (s *sdk) Signal(ctx context.Context, workflow, signal string, payload any) error {
	return s.client.SignalWorkflow(ctx, workflow, "", signal, payload)
}

func (s *sdk) SignalWithStart(ctx context.Context, start Start, signal string, payload any) (string, error) {
	run, err := s.client.SignalWithStartWorkflow(ctx, start.ID, signal, payload, start.StartWorkflowOptions, start.Type, start.Input)
	if err != nil {
		return "", err
	}
	return run.GetRunID(), nil
}

func (s *sdk) Update(ctx context.Context, workflow string, update Update, answer any) error {
	handle, err := s.client.UpdateWorkflow(ctx, optionsOf(update, workflow))
	if err == nil {
		err = handle.Get(ctx, answer)
	}
	return updateError(err)
}

func (s *sdk) UpdateWithStart(ctx context.Context, start Start, update Update, answer any) (string, error) {
	handle, err := s.client.UpdateWithStartWorkflow(ctx, client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: s.client.NewWithStartWorkflowOperation(start.StartWorkflowOptions, start.Type, start.Input),
		UpdateOptions:          optionsOf(update, ""), // start names the workflow
	})
	if err == nil {
		err = handle.Get(ctx, answer)
	}
	if err != nil {
		return "", updateError(err)
	}
	return handle.RunID(), nil
}

func optionsOf(update Update, workflow string) client.UpdateWorkflowOptions {
	return client.UpdateWorkflowOptions{
		UpdateID: update.ID, WorkflowID: workflow, UpdateName: update.Name, Args: []any{update.Payload}, WaitForStage: client.WorkflowUpdateStageCompleted,
	}
}

func (s *sdk) Schedule(id string) client.ScheduleHandle {
	return s.client.ScheduleClient().GetHandle(context.Background(), id) // which makes no call
}

func (s *sdk) CreateSchedule(ctx context.Context, options client.ScheduleOptions) error {
	_, err := s.client.ScheduleClient().Create(ctx, options)
	return err
}

// schedulePage is how many schedules are listed at once.
const schedulePage = 500

func (s *sdk) ScheduleIDs(ctx context.Context) ([]string, error) {
	var ids []string
	err := s.forEachSchedule(ctx, func(entry *client.ScheduleListEntry) { ids = append(ids, entry.ID) })
	return ids, err
}

func (s *sdk) ListSchedules(ctx context.Context) (map[string]ListedSchedule, error) {
	listed := map[string]ListedSchedule{}
	err := s.forEachSchedule(ctx, func(entry *client.ScheduleListEntry) {
		listed[entry.ID] = ListedSchedule{Paused: entry.Paused, Note: entry.Note, Next: entry.NextActionTimes}
	})
	return listed, err
}

// forEachSchedule calls take for every schedule of the namespace.
func (s *sdk) forEachSchedule(ctx context.Context, take func(*client.ScheduleListEntry)) error {
	list, err := s.client.ScheduleClient().List(ctx, client.ScheduleListOptions{PageSize: schedulePage})
	if err != nil {
		return fmt.Errorf("listing the schedules: %w", err)
	}
	for list.HasNext() {
		entry, err := list.Next()
		if err != nil {
			return fmt.Errorf("listing the schedules: %w", err)
		}
		take(entry)
	}
	return nil
}

func (s *sdk) Pollers(ctx context.Context, queue string) ([]*taskqueuepb.PollerInfo, error) {
	described, err := s.client.DescribeTaskQueue(ctx, queue, enumspb.TASK_QUEUE_TYPE_WORKFLOW)
	return described.GetPollers(), err
}

func (s *sdk) Attributes(ctx context.Context) (map[string]enumspb.IndexedValueType, error) {
	answer, err := s.client.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: s.namespace})
	if err == nil {
		return answer.GetCustomAttributes(), nil
	}
	var denied *serviceerror.PermissionDenied
	var absent *serviceerror.Unimplemented
	if !errors.As(err, &denied) && !errors.As(err, &absent) {
		return nil, err
	}
	response, err := s.client.GetSearchAttributes(ctx)
	if err != nil {
		return nil, err
	}
	return response.GetKeys(), nil
}

func (s *sdk) AddAttributes(ctx context.Context, types map[string]enumspb.IndexedValueType) error {
	_, err := s.client.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{SearchAttributes: types, Namespace: s.namespace})
	return err
}
