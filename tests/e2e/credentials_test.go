package e2e

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/operatorservice/v1"
	sdk "go.temporal.io/sdk/temporal"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// TestAStoreWithoutItsCredentialStopsNobodyElse: of two stores one has a credential that the worker cannot read. The worker starts and
// serves the other one; the run of the first is red, with the reason, which the metrics and starter status name too.
func TestAStoreWithoutItsCredentialStopsNobodyElse(t *testing.T) {
	t.Parallel()
	served, locked := shop{id: "served", kind: "atomic"}, shop{id: "locked", kind: "atomic"}
	w := newWorld(t, scenario(20, served, locked))
	definitions := w.box.definitions(served, locked)
	definitions.Stores[1].Settings["token"] = "env:MISSING_TOKEN"
	w.apply(definitions, ledger.ApplyOptions{})
	worker := w.work()

	require.Equal(t, ledger.Completed, w.firstFull("served").Outcome)
	w.same("served")

	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, err := w.control.Wait(ctx, control.SyncAnswer{Workflow: workflows.WorkflowID(ledger.Full, "locked")})
	var told *sdk.ApplicationError
	require.True(t, errors.As(err, &told), "%v", err)
	require.Equal(t, activities.ErrorCredentials, told.Type())
	require.ErrorContains(t, err, "store locked")
	require.ErrorContains(t, err, "MISSING_TOKEN is not set")
	require.Zero(t, w.box.facts("locked").Calls)

	var metrics string
	require.NoError(t, get(ctx, "http://"+w.address(worker)+"/metrics", func(body io.Reader) error {
		content, err := io.ReadAll(body)
		metrics = string(content)
		return err
	}))
	require.Contains(t, metrics, `tidemark_store_credentials_unreadable{store="locked"} 1`)
	require.Contains(t, metrics, `tidemark_store_credentials_unreadable{store="served"} 0`)
	status, problems, code := w.starter("status", "locked")
	require.Zero(t, code, problems)
	require.Contains(t, status, "failed")
	require.Contains(t, status, "MISSING_TOKEN is not set")
	_, problems, code = w.starter("check", "locked")
	require.NotZero(t, code)
	require.Contains(t, problems, "MISSING_TOKEN")

	require.Equal(t, ledger.Completed, w.sync(ledger.Smart, "served", workflows.SyncRequest{ID: "again"}).Outcome, "the worker goes on")
	require.True(t, strings.Contains(worker.output.String(), "store locked"), "and its log said at the start what would fail")
}

// fatalPatience is longer than a worker needs to be sure: a poll of a minute, and two minutes for which the SDK tries again.
const fatalPatience = 8 * time.Minute

// TestAWorkerWithoutItsNamespaceEnds: it is not ready while it cannot poll, and then ends with the reason, so that whatever keeps it
// running notices. It does not stay as a process that does nothing and calls itself well.
func TestAWorkerWithoutItsNamespaceEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, scenario(1))
	worker := w.work()
	ready := func(ctx context.Context) error { return get(ctx, "http://"+w.address(worker)+"/readyz", nil) }
	waitFor(t, "the worker polls", ready)

	connection, err := grpc.NewClient(w.temporal.address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	defer func() { _ = connection.Close() }()
	ctx, cancel := context.WithTimeout(context.Background(), fatalPatience)
	defer cancel()
	_, err = operatorservice.NewOperatorServiceClient(connection).DeleteNamespace(ctx, &operatorservice.DeleteNamespaceRequest{Namespace: w.namespace})
	require.NoError(t, err)
	waitFor(t, "the worker is not ready", func(ctx context.Context) error {
		if ready(ctx) == nil {
			return errors.New("it says that it is")
		}
		return nil
	})
	select {
	case <-worker.done:
	case <-ctx.Done():
		t.Fatal("the worker goes on without its namespace")
	}
	require.Equal(t, 1, worker.command.ProcessState.ExitCode())
	require.Contains(t, last(worker.output.String(), 400), "worker: the worker cannot go on in namespace \""+w.namespace+"\"")
}
