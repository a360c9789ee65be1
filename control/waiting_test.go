package control

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	updatepb "go.temporal.io/api/update/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/mocks"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tidemark/tidemark/control/gateway"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// events is a history that a test reads event by event.
type events struct {
	left []*historypb.HistoryEvent
	read int
}

func (e *events) HasNext() bool { return len(e.left) > 0 }

func (e *events) Next() (*historypb.HistoryEvent, error) {
	event := e.left[0]
	e.left, e.read = e.left[1:], e.read+1
	if event == nil {
		return nil, errors.New("no answer")
	}
	return event, nil
}

func payloadsOf(t *testing.T, value any) *commonpb.Payloads {
	t.Helper()
	made, err := converter.GetDefaultDataConverter().ToPayloads(value)
	require.NoError(t, err)
	return made
}

func signalled(t *testing.T, name string, value any) *historypb.HistoryEvent {
	t.Helper()
	return &historypb.HistoryEvent{EventTime: timestamppb.New(noon), Attributes: &historypb.HistoryEvent_WorkflowExecutionSignaledEventAttributes{
		WorkflowExecutionSignaledEventAttributes: &historypb.WorkflowExecutionSignaledEventAttributes{SignalName: name, Input: payloadsOf(t, value)},
	}}
}

func updated(t *testing.T, name string, value any) *historypb.HistoryEvent {
	t.Helper()
	return &historypb.HistoryEvent{EventTime: timestamppb.New(noon), Attributes: &historypb.HistoryEvent_WorkflowExecutionUpdateAcceptedEventAttributes{
		WorkflowExecutionUpdateAcceptedEventAttributes: &historypb.WorkflowExecutionUpdateAcceptedEventAttributes{
			AcceptedRequest: &updatepb.Request{Input: &updatepb.Input{Name: name, Args: payloadsOf(t, value)}},
		},
	}}
}

func startedWith(t *testing.T, input any) *historypb.HistoryEvent {
	t.Helper()
	return &historypb.HistoryEvent{Attributes: &historypb.HistoryEvent_WorkflowExecutionStartedEventAttributes{
		WorkflowExecutionStartedEventAttributes: &historypb.WorkflowExecutionStartedEventAttributes{Input: payloadsOf(t, input)},
	}}
}

func TestRequestsOfAHistory(t *testing.T) {
	t.Parallel()
	carried := map[string]any{"connection": "acme-shop", "carried": map[string]any{
		"pass": 2, "pending": []any{map[string]any{"id": "carried", "at": noon}},
		"next": map[string]any{"requests": []any{map[string]any{"id": "planned", "at": noon}}},
	}}
	history := []*historypb.HistoryEvent{
		startedWith(t, carried),
		{},
		signalled(t, workflows.SignalSyncRequested, "none"), signalled(t, workflows.SignalApprove, workflows.SyncRequest{ID: "approve"}),
		signalled(t, workflows.SignalSyncRequested, workflows.SyncRequest{ID: "signalled", By: "ada", Also: []workflows.AlsoRequested{{ID: "shared"}}}),
		updated(t, workflows.UpdateSync, workflows.SyncRequest{ID: "updated"}), updated(t, workflows.UpdateReject, workflows.SyncRequest{ID: "reject"}),
	}
	for id, want := range map[string]bool{
		"carried": true, "planned": true, "signalled": true, "updated": true, "shared": true, "approve": false, "reject": false, "none": false, "other": false,
	} {
		request, err := requestIn(&events{left: slices.Clone(history)}, id)
		require.NoError(t, err)
		require.Equal(t, want, request != nil, id)
		if id == "signalled" {
			require.Equal(t, &ledger.Request{ID: "signalled", By: "ada", At: noon}, request)
		}
	}
	long := &events{left: slices.Repeat([]*historypb.HistoryEvent{{}}, mostEvents+10)}
	request, err := requestIn(long, "x")
	require.NoError(t, err)
	require.Nil(t, request)
	require.Equal(t, mostEvents, long.read, "a bounded part is read")
	_, err = requestIn(&events{left: []*historypb.HistoryEvent{nil}}, "x")
	require.Error(t, err)
}

func TestPhaseOf(t *testing.T) {
	t.Parallel()
	for want, progress := range map[string]workflows.Progress{
		", which begins":                      {},
		", which is gathering requests":       {Phase: "gathering requests"},
		", which is beginning: the store":     {Phase: "beginning", Waiting: "the store"},
		" for run 7 to end, which is pushing": {Phase: "pushing", Run: 7},
		" for run 7 to end, which is held: x": {Phase: "held", Run: 7, Waiting: "x"},
	} {
		require.Equal(t, want, phaseText(progress))
	}
}

// A request that no run has taken up is found where it waits, with a worker or without; the answer names the workflows that could not be searched.
func TestARequestThatWaitsAloneIsKnown(t *testing.T) {
	t.Parallel()
	running := &workflowservice.DescribeWorkflowExecutionResponse{WorkflowExecutionInfo: &workflowpb.WorkflowExecutionInfo{
		Status: enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING, Execution: &commonpb.WorkflowExecution{RunId: "r"},
	}}
	over := &workflowservice.DescribeWorkflowExecutionResponse{WorkflowExecutionInfo: &workflowpb.WorkflowExecutionInfo{
		Status: enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED,
	}}
	setup := func(t *testing.T) (*Control, *mocks.Client) {
		temporal := mocks.NewClient(t)
		temporal.On("DescribeWorkflowExecution", mock.Anything, "smart-sync/acme-shop", "").Return(running, nil)
		temporal.On("DescribeWorkflowExecution", mock.Anything, "full-sync/acme-shop", "").Return(over, nil)
		temporal.On("GetWorkflowHistory", mock.Anything, "smart-sync/acme-shop", "r", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT).Return(
			&events{left: []*historypb.HistoryEvent{signalled(t, workflows.SignalSyncRequested, workflows.SyncRequest{ID: "mine", By: "ada"})}})
		return &Control{state: shopLedger(t), temporal: gateway.New(temporal, "shops"), now: time.Now}, temporal
	}
	t.Run("with a worker", func(t *testing.T) {
		t.Parallel()
		c, temporal := setup(t)
		temporal.On("DescribeWorkflowExecution", mock.Anything, "smart-sync/acme-shop/events", "").Return(nil, serviceerror.NewNotFound("none"))
		value := mocks.NewEncodedValue(t)
		value.On("Get", mock.Anything).Run(func(arguments mock.Arguments) {
			*arguments.Get(0).(*workflows.Progress) = workflows.Progress{Phase: "pushing", Run: 7}
		}).Return(nil)
		temporal.On("QueryWorkflow", mock.Anything, "smart-sync/acme-shop", "", workflows.QueryProgress).Return(value, nil)
		requests, err := c.Requests(t.Context(), "", "mine", 10)
		require.NoError(t, err)
		require.Equal(t, []ledger.RequestEntry{{
			Connection: "acme-shop", ID: "mine", Mode: ledger.Smart, By: "ada", MadeAt: noon, Outcome: ledger.RequestWaiting,
			Reason: "it waits in smart-sync/acme-shop for run 7 to end, which is pushing",
		}}, requests)
	})
	t.Run("without a worker", func(t *testing.T) {
		t.Parallel()
		c, temporal := setup(t)
		temporal.On("DescribeWorkflowExecution", mock.Anything, "smart-sync/acme-shop/events", "").Return(nil, errors.New("connection refused"))
		temporal.On("QueryWorkflow", mock.Anything, "smart-sync/acme-shop", "", workflows.QueryProgress).Return(nil, errors.New("no poller"))
		requests, notSearched, err := c.WaitingRequests(t.Context(), "acme-shop", "mine")
		require.NoError(t, err)
		require.Equal(t, ledger.RequestWaiting, requests[0].Outcome)
		require.Contains(t, requests[0].Reason, "could not be asked how far it is: no worker answers")
		require.Contains(t, notSearched, "smart-sync/acme-shop/events could not be looked into: connection refused")
	})
	t.Run("of none", func(t *testing.T) {
		t.Parallel()
		c, temporal := setup(t)
		temporal.On("DescribeWorkflowExecution", mock.Anything, "smart-sync/acme-shop/events", "").Return(nil, serviceerror.NewNotFound("none"))
		_, err := c.Requests(t.Context(), "", "other", 10)
		var wrong *UsageError
		require.ErrorAs(t, err, &wrong)
		require.Contains(t, err.Error(), `nothing is known of a request "other"`)
	})
	t.Run("without Temporal", func(t *testing.T) {
		t.Parallel()
		c := &Control{state: shopLedger(t), now: time.Now}
		_, err := c.Requests(t.Context(), "", "other", 10)
		require.ErrorContains(t, err, "Temporal cannot be reached, so the workflows were not looked into")
	})
}
