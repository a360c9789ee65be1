package e2e

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	sdk "go.temporal.io/sdk/temporal"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/control/gateway"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// loseAnswer has the worker die of the next call that carries figures: the store does what it asks and never says so. The intent of
// the call was in the ledger before the call came to the store. It returns the call.
func (w *world) loseAnswer(worker *running, store string) recorded {
	w.t.Helper()
	caught := w.box.catch(store)
	var open []ledger.CallStanding
	calls, err := w.ledger.OpenCalls(context.Background(), store)
	require.NoError(w.t, err)
	for _, call := range calls {
		if call.Ticket == "" { // not a submission that the store works on
			open = append(open, call)
		}
	}
	require.Len(w.t, open, 1, "the intent is in the ledger while its call is under way")
	w.box.faults("stores/"+store, map[string]any{"slow": 1, "slow_for": "10m"})
	w.box.resume("stores/" + store) // the call is carried out now, and its answer takes its time
	worker.stop(syscall.SIGKILL)
	waitFor(w.t, "the store notices that the caller has left", func(context.Context) error {
		if caught = w.box.writes(store, caught.N-1)[0]; caught.Status != 499 {
			return fmt.Errorf("the call has the status %d", caught.Status)
		}
		return nil
	})
	w.box.faults("stores/"+store, map[string]any{})
	if caught.Key != "" {
		require.Equal(w.t, open[0].Key, caught.Key, "the intent is that of the call")
	}
	return caught
}

// The worker is killed in the middle of a push of 20,000 rows: the run goes on in another worker, the store ends right, and the batch
// that was under way, and no other, is sent twice, with the same key and the same bytes.
func TestWorkerIsKilledInTheMiddleOfAPush(t *testing.T) {
	t.Parallel()
	const rows = 20_000
	for _, kind := range []string{"atomic", "feed"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			one := shop{id: "shop", kind: kind, batch: 250}
			w := newWorld(t, scenario(rows, one))
			w.apply(w.box.definitions(one), ledger.ApplyOptions{})
			worker := w.work()
			w.box.waitCalls("stores/shop", 20)
			lost := w.loseAnswer(worker, "shop")
			w.work()
			report := w.firstFull("shop")
			require.Equal(t, ledger.Completed, report.Outcome)
			w.same("shop")
			facts := w.box.facts("shop")
			require.Equal(t, int64(1), facts.DuplicateKeys, "the batch whose answer was lost is sent twice")
			require.Zero(t, facts.KeyConflicts, "a key never comes back with other bytes")
			require.LessOrEqual(t, facts.MaxParallel, int64(1))
			again := w.box.writes("shop", lost.N)
			require.Equal(t, lost.Key, again[0].Key, "the lost call is sent again before anything else, with its key")
			require.Equal(t, lost.Body, again[0].Body, "and its bytes")
			keys := map[string]bool{}
			writes := w.box.writes("shop", 0)
			for _, write := range writes {
				keys[write.Key] = true
			}
			require.Len(t, keys, rows/250)
			require.Len(t, writes, rows/250+1, "no other is sent twice")
		})
	}
}

// The Temporal server is killed in the middle and comes back with its file: the run goes on, the schedules are still there.
func TestTemporalIsKilledInTheMiddleOfAPush(t *testing.T) {
	t.Parallel()
	path := temporalBinary(t)
	database, listen := filepath.Join(t.TempDir(), "temporal.db"), port(t)
	one := shop{id: "shop", kind: "atomic", batch: 250}
	first := startTemporal(t, path, listen, "--db-filename", database)
	w := newWorld(t, scenario(20_000, one), func(w *world) { w.temporal = first })
	w.apply(w.box.definitions(one), ledger.ApplyOptions{})
	w.work()
	w.box.waitCalls("stores/shop", 20)
	first.stop(syscall.SIGKILL)
	second := startTemporal(t, path, listen, "--db-filename", database)
	t.Cleanup(func() { second.stop(syscall.SIGTERM) })
	require.Equal(t, ledger.Completed, w.firstFull("shop").Outcome)
	w.same("shop")
	facts := w.box.facts("shop")
	require.LessOrEqual(t, facts.DuplicateKeys, int64(1))
	require.Zero(t, facts.KeyConflicts)
	status, err := w.control.Status(context.Background(), "shop")
	require.NoError(t, err)
	require.Len(t, status.Connections[0].Schedules, 1)
}

// A worker that is asked to stop finishes the call that it is making and loses nothing.
func TestWorkerStopsGracefully(t *testing.T) {
	t.Parallel()
	one := shop{id: "shop", kind: "atomic", batch: 10, rate: 20}
	w := newWorld(t, scenario(1000, one))
	w.apply(w.box.definitions(one), ledger.ApplyOptions{})
	worker := w.work()
	w.box.waitCalls("stores/shop", 5)
	worker.stop(syscall.SIGTERM)
	require.Zero(t, worker.command.ProcessState.ExitCode(), worker.output.String())
	w.work()
	require.Equal(t, ledger.Completed, w.firstFull("shop").Outcome)
	require.Zero(t, w.box.facts("shop").DuplicateKeys)
	w.same("shop")
}

// Cancelled in the middle, terminated in the middle: what is left is due for the next run, and the store is free for it. After a
// termination nobody knows whether a call is still under way; the next run closes the run that is over, and its first call comes
// when the last call of that run cannot run any more.
func TestCancelledAndTerminatedRuns(t *testing.T) {
	t.Parallel()
	one := shop{id: "shop", kind: "atomic", batch: 10, rate: 20}
	w := newWorld(t, scenario(600, one))
	definitions := w.box.definitions(one)
	definitions.Stores[0].Settings["timeout"] = "3s"
	w.apply(definitions, ledger.ApplyOptions{})
	w.work()
	w.box.waitCalls("stores/shop", 3)
	ctx := context.Background()
	require.NoError(t, w.client.CancelWorkflow(ctx, "full-sync/shop", ""))
	_, err := w.control.Wait(ctx, control.SyncAnswer{Workflow: "full-sync/shop"})
	require.Error(t, err)
	runs, err := w.ledger.Runs(ctx, "shop", 1)
	require.NoError(t, err)
	require.Equal(t, ledger.Cancelled, runs[0].Outcome)

	calls := w.box.facts("shop").Calls
	w.ask(ledger.Smart, "shop", workflows.SyncRequest{})
	w.box.waitCalls("stores/shop", calls+3)
	last := w.box.catch("shop")
	dead, err := w.ledger.Holder(ctx, "shop")
	require.NoError(t, err)
	require.Greater(t, dead.BusyUntil, last.At.Add(3*time.Second), "the call may take as long as the store's timeout")
	require.NoError(t, w.client.TerminateWorkflow(ctx, "smart-sync/shop", "", "the test"))
	next := w.ask(ledger.Smart, "shop", workflows.SyncRequest{})
	w.box.waitArrived("stores/shop", last.N+1)
	w.box.resume("stores/shop")
	patient, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	report, err := w.control.Wait(patient, next)
	require.NoError(t, err)
	require.Equal(t, ledger.Completed, report.Outcome)
	require.WithinRange(t, w.box.writes("shop", last.N)[0].At, dead.BusyUntil, dead.BusyUntil.Add(patience), "the first call of the next run waits for the last one of the dead run")
	replaced, err := w.ledger.Run(ctx, dead.Run)
	require.NoError(t, err)
	require.Equal(t, ledger.Cancelled, replaced.Outcome)
	require.NotNil(t, replaced.EndedAt, "the dead run is closed")
	require.Contains(t, replaced.Reason, "its workflow ended")
	w.same("shop")
}

// A run that is cancelled while it waits for more requests of a burst ends: the timer of its wait is cancelled with it, and no other one is started.
func TestACancelledBurst(t *testing.T) {
	t.Parallel()
	one := shop{id: "shop", kind: "atomic"}
	w := newWorld(t, scenario(4, one))
	w.apply(w.box.definitions(one), ledger.ApplyOptions{})
	request := w.ask(ledger.Smart, "shop", workflows.SyncRequest{})
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	require.NoError(t, w.client.CancelWorkflow(ctx, "smart-sync/shop", ""))
	w.work() // its first task finds the request and the cancellation
	var cancelled *sdk.CanceledError
	require.ErrorAs(t, w.client.GetWorkflow(ctx, request.Workflow, "").Get(ctx, nil), &cancelled)
}

// A backup that was made while the worker ran is put back over the ledger, and the warehouse is where it was then: nothing differs
// from what the ledger believes, and the store shows another number.
func TestRestoredLedgerIsNoticed(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	one := shop{id: "shop", kind: "atomic"}
	w := newWorld(t, scenario(10, one))
	w.apply(w.box.definitions(one), ledger.ApplyOptions{})
	worker := w.work()
	w.firstFull("shop")
	first := w.box.levels("shop")
	var sku string
	for at := range first {
		sku = at.sku
	}
	backup := filepath.Join(w.folder, "backup.db")
	db, err := sql.Open("sqlite", w.location)
	require.NoError(t, err)
	_, err = db.ExecContext(ctx, "VACUUM INTO '"+backup+"'")
	require.NoError(t, err)
	require.NoError(t, db.Close())

	before := first[place{sku: sku}]
	w.box.set("depot", map[string]int64{sku: before + 2})
	w.sync(ledger.Smart, "shop", workflows.SyncRequest{})
	require.Equal(t, before+2, w.box.levels("shop")[place{sku: sku}])
	worker.stop(syscall.SIGTERM)
	require.NoError(t, w.ledger.Close())
	require.NoError(t, os.Rename(backup, w.location))
	w.box.set("depot", map[string]int64{sku: before})
	w.ledger, err = ledger.Open(ctx, w.location, time.Now())
	require.NoError(t, err)
	t.Cleanup(func() { _ = w.ledger.Close() })
	w.control = control.New(w.ledger, gateway.New(w.client, w.namespace), time.Now)

	worker = w.work()
	w.sync(ledger.Smart, "shop", workflows.SyncRequest{})
	require.Equal(t, first, w.box.levels("shop"))
	w.same("shop")
	require.Contains(t, worker.output.String(), "counts as restored from a backup")
}
