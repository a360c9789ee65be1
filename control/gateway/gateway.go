// Package gateway is Tidemark's way to Temporal: the interface that package control needs, and its implementation on the SDK's client.
//
// It deals in workflows, schedules and workers, and knows nothing of connections, runs or the ledger. Workers do not use it: they use the SDK itself.
package gateway

import (
	"context"
	"errors"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
)

// Temporal is one namespace of a Temporal server. Its errors are those of the server; Absent is true for those that say that something does not exist.
type Temporal interface {
	// Namespace is the name of the namespace.
	Namespace() string

	Workflows
	Schedules

	// Pollers are the workers that polled a task queue for workflow tasks lately.
	Pollers(ctx context.Context, queue string) ([]*taskqueuepb.PollerInfo, error)
	// Attributes are the namespace's own search attributes.
	Attributes(ctx context.Context) (map[string]enumspb.IndexedValueType, error)
	// AddAttributes registers search attributes; many servers do not permit it.
	AddAttributes(ctx context.Context, types map[string]enumspb.IndexedValueType) error
}

// Workflows are the executions of the namespace. Each is named by its workflow id; an empty run id means the latest run.
type Workflows interface {
	// Describe describes the execution itself, so that its result does not lag as lists do.
	Describe(ctx context.Context, workflow string) (*workflowservice.DescribeWorkflowExecutionResponse, error)
	// History reads the events of a run; an empty run id means the latest.
	History(ctx context.Context, workflow, run string) client.HistoryEventIterator
	// Query queries a workflow and reads its answer. Without a worker nobody answers.
	Query(ctx context.Context, workflow, query string, answer any) error
	// Result waits for a workflow to end, and reads its result.
	Result(ctx context.Context, workflow, run string, result any) error
	Cancel(ctx context.Context, workflow string) error
	Signal(ctx context.Context, workflow, signal string, payload any) error
	// SignalWithStart signals a workflow, and starts it where it is not open. It returns the run id.
	SignalWithStart(ctx context.Context, start Start, signal string, payload any) (run string, err error)
	// Update sends an update to a workflow and reads its answer. Its error is a *RefusedError where the workflow refused the update, and wraps
	// ErrUnanswered where nobody answered in time.
	Update(ctx context.Context, workflow string, update Update, answer any) error
	// UpdateWithStart is Update for a workflow that is started where it is not open. It returns the run id.
	UpdateWithStart(ctx context.Context, start Start, update Update, answer any) (run string, err error)
}

// Schedules are the schedules of the namespace.
type Schedules interface {
	// Schedule is the handle of a schedule; it makes no call.
	Schedule(id string) client.ScheduleHandle
	// CreateSchedule creates a schedule. Its error is temporal.ErrScheduleAlreadyRunning where the schedule exists already.
	CreateSchedule(ctx context.Context, options client.ScheduleOptions) error
	// ScheduleIDs lists the ids of all schedules, other programs' too. The list lags behind creations and deletions.
	ScheduleIDs(ctx context.Context) ([]string, error)
	// ListSchedules lists the states of all schedules by id, other programs' too, in one call where describing them takes one call each. The list lags
	// behind changes, by a fraction of a second on a server that is not busy.
	ListSchedules(ctx context.Context) (map[string]ListedSchedule, error)
}

// ListedSchedule is the state of a schedule, as far as a list has it.
type ListedSchedule struct {
	Paused bool
	Note   string
	Next   []time.Time // the next starts at the time of the list
}

// Start says how to start a workflow.
type Start struct {
	client.StartWorkflowOptions
	Type  string
	Input any
}

// Update is a request that a workflow handles and answers.
type Update struct {
	ID      string // updates with the same id are handled once
	Name    string
	Payload any
}

// RefusedError is for an update that its workflow refused, with the reason in words.
type RefusedError struct{ Reason string }

func (e *RefusedError) Error() string { return e.Reason }

// ErrUnanswered is for an update that nobody answered in time, or whose workflow runs on a worker that does not know the update.
var ErrUnanswered = errors.New("nobody has answered")

// Absent is true for an error that says that a workflow or a schedule does not exist.
func Absent(err error) bool {
	var absent *serviceerror.NotFound
	return errors.As(err, &absent)
}
