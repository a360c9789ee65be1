package e2e

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// burst sends requests for a connection from so many senders at once.
func (w *world) burst(ctx context.Context, connection string, n, at int) {
	w.t.Helper()
	w.burstTo(ctx, workflows.WorkflowID(ledger.Smart, connection), connection, n, at, func(int64) workflows.SyncRequest { return workflows.SyncRequest{} })
}

// burstTo sends requests to one workflow of a connection; each is as request says, with an id of its own.
func (w *world) burstTo(ctx context.Context, id, connection string, n, at int, request func(i int64) workflows.SyncRequest) {
	w.t.Helper()
	w.atOnce(ctx, n, at, func(i int64) error {
		each := request(i)
		each.ID, each.By = fmt.Sprint("burst/", i), "burst"
		_, err := w.client.SignalWithStartWorkflow(ctx, id, workflows.SignalSyncRequested, each,
			client.StartWorkflowOptions{ID: id, TaskQueue: workflows.TaskQueue}, workflows.SmartSyncType, workflows.SyncInput{Connection: connection})
		return err
	})
}

// atOnce sends n signals from so many senders, each as fast as the server takes them. A server that says that it is too much is asked again,
// as a service would; only what it has accepted counts.
func (w *world) atOnce(ctx context.Context, n, at int, send func(i int64) error) {
	w.t.Helper()
	var next atomic.Int64
	var senders sync.WaitGroup
	var failed atomic.Value
	for range at {
		senders.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				if err := persist(ctx, func() error { return send(i) }); err != nil {
					failed.Store(err)
					return
				}
			}
		})
	}
	senders.Wait()
	require.Nil(w.t, failed.Load())
}

// persist sends until the server accepts, with a growing pause while it takes no more.
func persist(ctx context.Context, send func() error) error {
	for wait := 20 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		err := send()
		var full *serviceerror.ResourceExhausted
		var limit *serviceerror.InvalidArgument
		if err == nil || !errors.As(err, &full) && !errors.As(err, &limit) {
			return err
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// lengths are the history lengths of all runs of a workflow. It is open as long as a run has not ended, or the newest is not listed yet: the
// list follows what happens with a delay.
func (w *world) lengths(ctx context.Context, id string) ([]int64, bool) {
	w.t.Helper()
	newest, err := w.client.DescribeWorkflowExecution(ctx, id, "")
	require.NoError(w.t, err)
	current := newest.GetWorkflowExecutionInfo()
	open, listed := current.GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING, false
	var lengths []int64
	for _, run := range w.executions(ctx, id) {
		lengths = append(lengths, run.GetHistoryLength())
		open = open || run.GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING
		listed = listed || run.GetExecution().GetRunId() == current.GetExecution().GetRunId()
	}
	return lengths, open || !listed
}

// executions are all runs of a workflow.
func (w *world) executions(ctx context.Context, id string) []*workflowpb.WorkflowExecutionInfo {
	w.t.Helper()
	found, err := w.client.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
		Namespace: w.namespace, Query: fmt.Sprintf("WorkflowId = '%s'", id), PageSize: 1000,
	})
	require.NoError(w.t, err)
	return found.GetExecutions()
}

// A service gone wild asks 6,000 times, from 40 senders at once. As long as so many calls wait for one workflow, the server delays the workflow's
// first task, so what bounds its history then is the server's limit of signals. All of it is served by few passes, and each request can be
// asked for.
func TestBurstOfRequestsIsServed(t *testing.T) {
	w := atFirst(t, 50, refusing)
	const sent = 6_000
	ctx, cancel := context.WithTimeout(context.Background(), 4*patience)
	defer cancel()
	began := time.Now()
	w.burst(ctx, "shop", sent, 40)
	took := time.Since(began)
	lengths := w.judgeHistories(ctx, "smart-sync/shop")
	ended := time.Since(began)
	runs := w.smartRuns()
	t.Logf("sent in %s; %d runs of the workflow with %v events; %d passes", took, len(lengths), lengths, len(runs))
	// A pass is six steps of a real server, and serves all that came during the pass before it: so there are two or three a second at most,
	// however many ask.
	require.LessOrEqual(t, len(runs), 10+3*int(ended.Seconds()), "passes, for a burst that was served after %s", ended)
	w.accounted(ctx, sent)
}
