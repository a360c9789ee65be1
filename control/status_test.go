package control

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/mocks"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tidemark/tidemark/control/gateway"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// emptyLedger is a ledger in which nothing is defined.
func emptyLedger(t *testing.T) ledger.Ledger {
	t.Helper()
	state, err := ledger.Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"), noon)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, state.Close()) })
	return state
}

// shopLedger is a ledger with one enabled connection.
func shopLedger(t *testing.T, changes ...func(d *ledger.Definitions)) ledger.Ledger {
	t.Helper()
	state := emptyLedger(t)
	d := ledger.Definitions{
		Warehouses: []ledger.Warehouse{{ID: "depot", Merchant: "acme", Driver: "sandbox", Guard: ledger.Guard{DecideWithin: 48 * time.Hour}}},
		Stores:     []ledger.Store{{ID: "shop", Merchant: "acme", Driver: "sandbox"}},
		Connections: []ledger.Connection{{
			ID: "acme-shop", Merchant: "acme", Warehouse: "depot", Store: "shop", Enabled: true,
			Inventory: ledger.Flow{Enabled: true, Smart: []ledger.Rule{{Every: time.Hour}}},
		}},
	}
	for _, change := range changes {
		change(&d)
	}
	_, err := state.Apply(t.Context(), d, ledger.ApplyOptions{})
	require.NoError(t, err)
	return state
}

// runIn begins a run of the connection.
func runIn(t *testing.T, state ledger.Ledger, workflowRun string, at time.Time) ledger.Lease {
	t.Helper()
	grant, err := state.Begin(t.Context(), ledger.Claim{
		Connection: "acme-shop", Mode: ledger.Smart, Trigger: ledger.TriggerSchedule, Workflow: "smart-sync/acme-shop", WorkflowRun: workflowRun, Now: at,
	})
	require.NoError(t, err)
	return grant.Lease
}

func hold(t *testing.T, state ledger.Ledger, lease ledger.Lease, at time.Time) {
	t.Helper()
	require.NoError(t, state.Hold(t.Context(), ledger.Hold{
		Run: lease.Run, Kind: ledger.HoldZeroing, Connection: "acme-shop", Warehouse: "depot", Workflow: "smart-sync/acme-shop", Reason: "much to 0", At: at,
	}))
	require.NoError(t, state.Release(t.Context(), lease))
}

func TestStatusOfAHeldRunWithoutTemporal(t *testing.T) {
	t.Parallel()
	state := shopLedger(t)
	lease := runIn(t, state, "one", noon)
	temporal := mocks.NewClient(t)
	temporal.On("DescribeTaskQueue", mock.Anything, workflows.TaskQueue,
		enumspb.TASK_QUEUE_TYPE_WORKFLOW).Return(nil, errors.New("connection refused")).Run(func(arguments mock.Arguments) {
		end, bounded := arguments.Get(0).(context.Context).Deadline()
		require.True(t, bounded, "nobody waits long for a Temporal that is away")
		require.LessOrEqual(t, time.Until(end), alivePatience)
	})
	c := &Control{state: state, temporal: gateway.New(temporal, "shops"), now: time.Now}

	status, err := c.Status(t.Context(), "")
	require.NoError(t, err)
	require.Equal(t, "asking Temporal for the workers: connection refused", status.Unreachable)
	require.Equal(t, ledger.Running, status.Connections[0].Last.Outcome)
	require.Equal(t, []OpenHold{}, status.Holds)

	hold(t, state, lease, noon)
	c.temporal = nil
	status, err = c.Status(t.Context(), "acme-shop")
	require.NoError(t, err)
	require.NotEmpty(t, status.Unreachable)
	require.Equal(t, ledger.Held, status.Connections[0].Last.Outcome)
	require.Equal(t, noon.Add(48*time.Hour), *status.Holds[0].DecideBy)
	require.Equal(t, []ScheduleStatus{}, status.Connections[0].Schedules)
	runs, err := c.Runs(t.Context(), "acme-shop", 5)
	require.NoError(t, err)
	require.Equal(t, ledger.Held, runs[0].Outcome)

	_, err = c.Runs(t.Context(), "nobody", 5)
	require.EqualError(t, err, `there is no connection "nobody"; there are acme-shop`)
}

func TestStatusNamesMissingSchedules(t *testing.T) {
	t.Parallel()
	temporal, schedules, handle := mocks.NewClient(t), mocks.NewScheduleClient(t), mocks.NewScheduleHandle(t)
	temporal.On("DescribeTaskQueue", mock.Anything, mock.Anything, mock.Anything).Return(&workflowservice.DescribeTaskQueueResponse{}, nil)
	temporal.On("DescribeWorkflowExecution", mock.Anything, "intake/depot", "").Return(failedIntake(t), nil)
	temporal.On("ScheduleClient").Return(schedules)
	schedules.On("GetHandle", mock.Anything, mock.Anything).Return(handle)
	handle.On("Describe", mock.Anything).Return(nil, serviceerror.NewNotFound("no rows"))
	c := &Control{state: shopLedger(t), temporal: gateway.New(temporal, "shops"), now: time.Now}
	status, err := c.Status(t.Context(), "")
	require.NoError(t, err)
	require.Empty(t, status.Unreachable)
	require.Len(t, status.Intakes, 1)
	require.Equal(t, "the disk is full", status.Intakes[0].Failure.Error)
	require.Equal(t, []ScheduleStatus{{ID: "smart-sync/acme-shop", Missing: true}}, status.Connections[0].Schedules, "no Full Sync is configured")
}

// A worker that has stopped is still among those that polled lately. What says otherwise is a step that nobody takes up, and everybody is told.
func TestAWorkerThatStopped(t *testing.T) {
	t.Parallel()
	state := shopLedger(t)
	runIn(t, state, "one", noon)
	temporal, schedules, handle := mocks.NewClient(t), mocks.NewScheduleClient(t), mocks.NewScheduleHandle(t)
	temporal.On("DescribeTaskQueue", mock.Anything, mock.Anything, mock.Anything).Return(&workflowservice.DescribeTaskQueueResponse{
		Pollers: []*taskqueuepb.PollerInfo{{Identity: "gone", LastAccessTime: timestamppb.New(noon.Add(-time.Minute))}},
	}, nil)
	temporal.On("DescribeWorkflowExecution", mock.Anything, "intake/depot", "").Return(nil, serviceerror.NewNotFound("none"))
	waits := &workflowservice.DescribeWorkflowExecutionResponse{PendingActivities: []*workflowpb.PendingActivityInfo{
		{State: enumspb.PENDING_ACTIVITY_STATE_SCHEDULED, ScheduledTime: timestamppb.New(noon.Add(-30 * time.Second))},
	}}
	temporal.On("DescribeWorkflowExecution", mock.Anything, mock.Anything, "").Return(waits, nil)
	temporal.On("ScheduleClient").Return(schedules)
	schedules.On("GetHandle", mock.Anything, mock.Anything).Return(handle)
	handle.On("Describe", mock.Anything).Return(nil, serviceerror.NewNotFound("none"))
	c := &Control{state: state, temporal: gateway.New(temporal, "shops"), now: func() time.Time { return noon }}
	status, err := c.Status(t.Context(), "")
	require.NoError(t, err)
	require.Equal(t, 1, status.Workers)
	require.Equal(t, noon.Add(-30*time.Second), status.Idle.In(noon.Location()))
	require.Equal(t, status.Idle, status.Connections[0].Open[0].Idle)
	pulse, err := c.Pulse(t.Context())
	require.NoError(t, err)
	require.Equal(t, status.Idle, pulse.Idle)
	require.Equal(t, pulse.Idle, status.Pulse().Idle)

	waits.PendingActivities[0].State = enumspb.PENDING_ACTIVITY_STATE_STARTED
	pulse, err = c.Pulse(t.Context())
	require.NoError(t, err)
	require.Nil(t, pulse.Idle)
}
