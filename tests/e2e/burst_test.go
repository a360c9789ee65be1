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
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// burst sends requests from many senders at once. A server that says that it is too much is asked again, as a service would.
func (w *world) burst(ctx context.Context, connection string, n int) {
	w.t.Helper()
	id := workflows.WorkflowID(ledger.Smart, connection)
	var next atomic.Int64
	var senders sync.WaitGroup
	var failed atomic.Value
	for range 40 {
		senders.Go(func() {
			for i := next.Add(1) - 1; i < int64(n) && ctx.Err() == nil; i = next.Add(1) - 1 {
				for wait := 20 * time.Millisecond; ; wait = min(2*wait, time.Second) {
					_, err := w.control.Client.SignalWithStartWorkflow(ctx, id, workflows.SignalSyncRequested,
						workflows.SyncRequest{ID: fmt.Sprint("burst/", i), By: "burst"},
						client.StartWorkflowOptions{ID: id, TaskQueue: workflows.TaskQueue}, workflows.SmartSyncType, workflows.SyncInput{Connection: connection})
					if err == nil {
						break
					}
					var full *serviceerror.ResourceExhausted
					var limit *serviceerror.InvalidArgument
					if !errors.As(err, &full) && !errors.As(err, &limit) {
						failed.Store(err)
						return
					}
					timer := time.NewTimer(wait)
					select {
					case <-timer.C:
					case <-ctx.Done():
						failed.Store(ctx.Err())
						return
					}
				}
			}
		})
	}
	senders.Wait()
	require.Nil(w.t, failed.Load())
}

// lengths are the history lengths of all runs of a workflow.
func (w *world) lengths(ctx context.Context, id string) (lengths []int64, open bool) {
	w.t.Helper()
	found, err := w.control.Client.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
		Namespace: w.namespace, Query: fmt.Sprintf("WorkflowId = '%s'", id), PageSize: 1000,
	})
	require.NoError(w.t, err)
	for _, one := range found.GetExecutions() {
		lengths = append(lengths, one.GetHistoryLength())
		open = open || one.GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING
	}
	return lengths, open
}

// longestHistory is how long the history of a run may become while requests flood in. While a workflow task runs, the server takes no
// continue-as-new that a signal has overtaken, so at some hundreds a second a run goes on in a new one only when the flood ebbs, or when
// the server lets no more in (10,000 signals a run). Slower floods stay under 5,000 events.
const longestHistory = 15_000

// A service gone wild asks 6,000 times at once. All of it is served by few passes, and each request can be asked for.
func TestBurstOfRequestsIsServed(t *testing.T) {
	one := shop{id: "shop", kind: "atomic"}
	w := newWorld(t, scenario(50, one))
	w.apply(w.box.definitions(one), ledger.ApplyOptions{})
	w.work()
	w.firstFull("shop")
	const sent = 6_000
	ctx, cancel := context.WithTimeout(context.Background(), 4*patience)
	defer cancel()
	began := time.Now()
	w.burst(ctx, "shop", sent)
	took := time.Since(began)
	var lengths []int64
	waitFor(t, "every run of the workflow has ended", func(ctx context.Context) error {
		var open bool
		if lengths, open = w.lengths(ctx, "smart-sync/shop"); open || len(lengths) == 0 {
			return errors.New("one is open")
		}
		return nil
	})
	ended := time.Since(began)
	var runs []ledger.Run
	all, err := w.ledger.Runs(ctx, "shop", 1000)
	require.NoError(t, err)
	for _, run := range all {
		if run.Mode == ledger.Smart {
			runs = append(runs, run)
		}
	}
	t.Logf("sent in %s; %d runs of the workflow with %v events; %d passes", took, len(lengths), lengths, len(runs))
	for _, length := range lengths {
		require.Less(t, length, int64(longestHistory))
	}
	// A pass is six steps of a real server, and serves all that came during the pass before it: so there are two or three a second at most,
	// however many ask.
	require.LessOrEqual(t, len(runs), 10+3*int(ended.Seconds()), "passes, for a burst that was served after %s", ended)
	asked := map[string]bool{}
	found, err := w.ledger.Requests(ctx, ledger.RequestQuery{Connection: "shop", Limit: 2 * sent})
	require.NoError(t, err)
	for _, request := range found {
		require.Contains(t, []ledger.RequestOutcome{ledger.RequestServed, ledger.RequestCovered}, request.Outcome, "%+v", request)
		asked[request.ID] = true
	}
	for i := range sent {
		require.True(t, asked[fmt.Sprint("burst/", i)], "request %d is not accounted for", i)
	}
}
