// Package gateway is what Tidemark asks of Temporal: an interface that package control needs, and its implementation on the SDK's client.
//
// It speaks of workflows, schedules and workers, and knows nothing of connections, runs or the ledger. Workers take their work through the
// SDK itself.
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

// Temporal is one namespace of a Temporal server. Errors are those of the server; Absent tells which say that something is not there.
type Temporal interface {
	// Namespace is the name of it.
	Namespace() string

	Workflows
	Schedules

	// Pollers are who polled a task queue for workflow tasks lately.
	Pollers(ctx context.Context, queue string) ([]*taskqueuepb.PollerInfo, error)
	// Attributes are the namespace's own search attributes.
	Attributes(ctx context.Context) (map[string]enumspb.IndexedValueType, error)
	// AddAttributes registers search attributes; many servers do not permit it.
	AddAttributes(ctx context.Context, types map[string]enumspb.IndexedValueType) error
}

// Workflows are the executions of the namespace. Each is named by its workflow id; without a run id the latest run is meant.
type Workflows interface {
	// Describe asks for the execution itself, so what it says does not lag as lists do.
	Describe(ctx context.Context, workflow string) (*workflowservice.DescribeWorkflowExecutionResponse, error)
	// History reads the events of a run; an empty run id means the latest.
	History(ctx context.Context, workflow, run string) client.HistoryEventIterator
	// Query asks a workflow for something, into answer. Without a worker nobody answers.
	Query(ctx context.Context, workflow, query string, answer any) error
	// Result waits for a workflow to end, and reads its result.
	Result(ctx context.Context, workflow, run string, result any) error
	Cancel(ctx context.Context, workflow string) error
	Signal(ctx context.Context, workflow, signal string, payload any) error
	// SignalWithStart signals a workflow, and starts it where it is not open. It returns the run id.
	SignalWithStart(ctx context.Context, start Start, signal string, payload any) (run string, err error)
	// Update has a workflow do something, and reads its answer. Its error is a RefusedError where the workflow refused it, and wraps
	// ErrUnanswered where nobody answered in time.
	Update(ctx context.Context, workflow string, update Update, answer any) error
	// UpdateWithStart is Update for a workflow that is started where it is not open. It returns the run id.
	UpdateWithStart(ctx context.Context, start Start, update Update, answer any) (run string, err error)
}

// Schedules are those of the namespace.
type Schedules interface {
	// Schedule is the handle of one; nothing is asked of the server yet.
	Schedule(id string) client.ScheduleHandle
	// CreateSchedule creates one. Its error is temporal.ErrScheduleAlreadyRunning where it is there already.
	CreateSchedule(ctx context.Context, options client.ScheduleOptions) error
	// ScheduleIDs lists all, other programs' too. The list lags behind what was created and deleted.
	ScheduleIDs(ctx context.Context) ([]string, error)
	// ListSchedules is how all stand, other programs' too, by id. It is one question where Describe of each takes one, and lags behind what was created,
	// deleted and changed, by a fraction of a second on a server that is not busy.
	ListSchedules(ctx context.Context) (map[string]ListedSchedule, error)
}

// ListedSchedule is how a schedule stands, as far as lists know.
type ListedSchedule struct {
	Paused bool
	Note   string
	Next   []time.Time // starts to come, when it was listed
}

// Start is how a workflow is started.
type Start struct {
	client.StartWorkflowOptions
	Type  string
	Input any
}

// Update is something that a workflow is to do and to answer.
type Update struct {
	ID      string // the same id is done once
	Name    string
	Payload any
}

// RefusedError is an update that its workflow refused, with the reason in words.
type RefusedError struct{ Reason string }

func (e *RefusedError) Error() string { return e.Reason }

// ErrUnanswered is for an update that nobody answered in time, or whose workflow runs on a worker that knows no such update.
var ErrUnanswered = errors.New("nobody has answered")

// Absent is true for an error that says that a workflow or a schedule is not there.
func Absent(err error) bool {
	var absent *serviceerror.NotFound
	return errors.As(err, &absent)
}
