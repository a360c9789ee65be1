package control

import (
	"context"
	"errors"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// Status is how everything stands.
type Status struct {
	Workers     int                `json:"workers"` // that poll for work now
	Connections []ConnectionStatus `json:"connections"`
	Holds       []ledger.Hold      `json:"holds"`
}

// ConnectionStatus is how a connection stands.
type ConnectionStatus struct {
	ledger.Connection
	Schedules []ScheduleStatus        `json:"schedules"`
	Rows      map[ledger.Status]int64 `json:"rows"`
	Last      *ledger.Run             `json:"last,omitempty"`
	Holder    *ledger.Holder          `json:"holder,omitempty"` // who has the store now
}

// ScheduleStatus is how a schedule stands.
type ScheduleStatus struct {
	ID      string     `json:"id"`
	Paused  bool       `json:"paused,omitempty"`
	Note    string     `json:"note,omitempty"`
	Next    *time.Time `json:"next,omitempty"`
	Skipped int        `json:"skipped"` // starts that the schedule's own overlap policy dropped
	Missed  int        `json:"missed"`  // starts that were too late to be made up for
}

// Status looks at every connection, or at one.
func (c *Control) Status(ctx context.Context, only string) (Status, error) {
	var status Status
	connections, err := c.Ledger.Connections(ctx)
	if err != nil {
		return status, err
	}
	if only != "" {
		connection, err := c.connection(ctx, only)
		if err != nil {
			return status, err
		}
		connections = []ledger.Connection{connection}
	}
	if status.Workers, err = c.workers(ctx); err != nil {
		return status, err
	}
	for _, connection := range connections {
		one, err := c.connectionStatus(ctx, connection)
		if err != nil {
			return status, err
		}
		status.Connections = append(status.Connections, one)
	}
	status.Holds, err = c.Ledger.OpenHolds(ctx)
	return status, err
}

func (c *Control) connectionStatus(ctx context.Context, connection ledger.Connection) (ConnectionStatus, error) {
	status := ConnectionStatus{Connection: connection}
	for _, mode := range []ledger.Mode{ledger.Smart, ledger.Full} {
		schedule, err := c.scheduleStatus(ctx, workflows.WorkflowID(mode, connection.ID))
		if err != nil {
			return status, err
		}
		if schedule != nil {
			status.Schedules = append(status.Schedules, *schedule)
		}
	}
	rows, err := c.Ledger.StatusCounts(ctx, connection.ID)
	if err != nil {
		return status, err
	}
	status.Rows = rows
	runs, err := c.Ledger.Runs(ctx, connection.ID, 1)
	if err != nil {
		return status, err
	}
	if len(runs) > 0 {
		status.Last = &runs[0]
	}
	holder, err := c.Ledger.Holder(ctx, connection.Store)
	if err == nil {
		status.Holder = &holder
	} else if !errors.Is(err, ledger.ErrNotFound) {
		return status, err
	}
	return status, nil
}

func (c *Control) scheduleStatus(ctx context.Context, id string) (*ScheduleStatus, error) {
	found, err := c.Client.ScheduleClient().GetHandle(ctx, id).Describe(ctx)
	var absent *serviceerror.NotFound
	if errors.As(err, &absent) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("schedule %s: %w", id, err)
	}
	status := &ScheduleStatus{
		ID: id, Paused: found.Schedule.State.Paused, Note: found.Schedule.State.Note,
		Skipped: found.Info.NumActionsSkippedOverlap, Missed: found.Info.NumActionsMissedCatchupWindow,
	}
	if next := found.Info.NextActionTimes; len(next) > 0 && !status.Paused {
		status.Next = &next[0]
	}
	return status, nil
}

// workers counts the processes that poll for work.
func (c *Control) workers(ctx context.Context) (int, error) {
	queue, err := c.Client.DescribeTaskQueue(ctx, workflows.TaskQueue, enumspb.TASK_QUEUE_TYPE_WORKFLOW)
	if err != nil {
		return 0, fmt.Errorf("asking Temporal for the workers: %w", err)
	}
	identities := map[string]bool{}
	for _, poller := range queue.GetPollers() {
		if last := poller.GetLastAccessTime(); last != nil && c.Now().Sub(last.AsTime()) < 2*time.Minute {
			identities[poller.GetIdentity()] = true
		}
	}
	return len(identities), nil
}
