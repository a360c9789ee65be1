package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tidemark/tidemark/workflows"
)

// pollFresh is how old the last poll of this process may be. A poll lasts up to a minute, then the next one begins.
const pollFresh = 2 * time.Minute

// Reasons why a worker is not ready. They contain no detail of the server, because anybody may request /readyz.
var (
	errNoTemporal  = errors.New("no answer from Temporal")
	errNoNamespace = errors.New("the namespace is gone")
	errNoPolls     = errors.New("this worker does not poll for work")
)

// identify is the name of this process in Temporal: its process id, its machine and a random text. In containers many processes share the
// first two.
func identify() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%d@%s@%s", os.Getpid(), host, rand.Text()[:6])
}

// taskQueues is the part of a Temporal client that lists the pollers of a task queue.
type taskQueues interface {
	DescribeTaskQueue(ctx context.Context, queue string, kind enumspb.TaskQueueType) (*workflowservice.DescribeTaskQueueResponse, error)
}

// polls checks that this process works: Temporal has recently seen it poll, both for workflows and for activities.
type polls struct {
	temporal taskQueues
	identity string
	now      func() time.Time
}

func (p polls) check(ctx context.Context) error {
	for _, kind := range []enumspb.TaskQueueType{enumspb.TASK_QUEUE_TYPE_WORKFLOW, enumspb.TASK_QUEUE_TYPE_ACTIVITY} {
		queue, err := p.temporal.DescribeTaskQueue(ctx, workflows.TaskQueue, kind)
		var gone *serviceerror.NamespaceNotFound
		switch {
		case errors.As(err, &gone):
			return errNoNamespace
		case err != nil:
			return errNoTemporal
		case !seen(queue.GetPollers(), p.identity, p.now().Add(-pollFresh)):
			return errNoPolls
		}
	}
	return nil
}

// seen is true when a poller with the identity has polled since a time.
func seen(pollers []*taskqueuepb.PollerInfo, identity string, since time.Time) bool {
	for _, poller := range pollers {
		if poller.GetIdentity() == identity && poller.GetLastAccessTime().AsTime().After(since) {
			return true
		}
	}
	return false
}
