package e2e

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// The worker is killed in the middle of a push of 20,000 rows: the run goes on in another worker, the store ends right, and at most
// the batch that was under way is sent twice, with the same key and the same bytes.
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
			worker.stop(syscall.SIGKILL)
			w.work()
			report := w.firstFull("shop")
			require.Equal(t, ledger.Completed, report.Outcome)
			w.same("shop")
			facts := w.box.facts("shop")
			require.LessOrEqual(t, facts.DuplicateKeys, int64(1), "at most one batch is sent twice")
			require.Zero(t, facts.KeyConflicts, "a key never comes back with other bytes")
			require.LessOrEqual(t, facts.MaxParallel, int64(1))
			if kind == "atomic" {
				require.LessOrEqual(t, facts.Calls, int64(rows/250+1))
			}
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

// Cancelled in the middle, terminated in the middle: what is left is due for the next run, and the store is free for it.
func TestCancelledAndTerminatedRuns(t *testing.T) {
	t.Parallel()
	one := shop{id: "shop", kind: "atomic", batch: 10, rate: 20}
	w := newWorld(t, scenario(600, one))
	w.apply(w.box.definitions(one), ledger.ApplyOptions{})
	w.work()
	w.box.waitCalls("stores/shop", 3)
	ctx := context.Background()
	require.NoError(t, w.control.Client.CancelWorkflow(ctx, "full-sync/shop", ""))
	_, err := w.control.Wait(ctx, control.SyncAnswer{Workflow: "full-sync/shop"})
	require.Error(t, err)
	runs, err := w.ledger.Runs(ctx, "shop", 1)
	require.NoError(t, err)
	require.Equal(t, ledger.Cancelled, runs[0].Outcome)

	calls := w.box.facts("shop").Calls
	w.ask(ledger.Smart, "shop", workflows.SyncRequest{})
	w.box.waitCalls("stores/shop", calls+3)
	require.NoError(t, w.control.Client.TerminateWorkflow(ctx, "smart-sync/shop", "", "the test"))
	began := time.Now()
	require.Equal(t, ledger.Completed, w.sync(ledger.Smart, "shop", workflows.SyncRequest{}).Outcome, "waited %s", time.Since(began))
	w.same("shop")
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
	w.control.Ledger = w.ledger

	worker = w.work()
	w.sync(ledger.Smart, "shop", workflows.SyncRequest{})
	require.Equal(t, first, w.box.levels("shop"))
	w.same("shop")
	require.Contains(t, worker.output.String(), "counts as restored from a backup")
}
