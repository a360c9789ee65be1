package e2e

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// Nobody works for a while: starts by the clock do not pile up, and requests and events wait. Then a worker comes, and each of them is done once.
func TestNobodyWorksForAWhile(t *testing.T) {
	t.Parallel()
	one := shop{id: "shop", kind: "atomic"}
	w := newWorld(t, scenario(40, one))
	definitions := w.box.definitions(one)
	w.apply(definitions, ledger.ApplyOptions{})
	worker := w.work()
	w.firstFull("shop")
	worker.stop(syscall.SIGKILL)

	definitions.Connections[0].Inventory.Smart = []ledger.Rule{{Every: 2 * time.Second}}
	definitions.Connections[0].Inventory.Overlap = ledger.OverlapSkip
	w.apply(definitions, ledger.ApplyOptions{})
	var answers []answered
	want := map[string]int64{}
	for n := range 4 {
		sku := fmt.Sprintf("SKU-%05d", n+1)
		want[sku] = int64(3000 + n)
		w.box.set("depot", map[string]int64{sku: want[sku]})
		id := fmt.Sprintf("request-%d", n)
		for range 2 { // the same request twice is one request
			w.ask(ledger.Smart, "shop", workflows.SyncRequest{ID: id})
		}
		answers = append(answers, answered{ledger.Smart, id})
	}
	for range 2 {
		w.send(workflows.InventoryUpdate{Event: "sold", SKU: "SKU-00010", Facility: "east", Available: new(int64(5000))})
	}
	w.box.set("depot", map[string]int64{"SKU-00010": 5000})
	want["SKU-00010"] = 5000
	handle := w.client.ScheduleClient().GetHandle(context.Background(), "smart-sync/shop")
	waitFor(t, "five starts by the clock have come", func(ctx context.Context) error {
		d, err := handle.Describe(ctx)
		if err == nil && (len(d.Info.RunningWorkflows) != 1 || d.Info.NumActionsSkippedOverlap < 4) {
			err = fmt.Errorf("%v run, %d were left out", d.Info.RunningWorkflows, d.Info.NumActionsSkippedOverlap)
		}
		return err
	})
	calls := w.box.facts("shop").Calls

	w.work()
	waitFor(t, "every request is served", func(ctx context.Context) error {
		description, err := w.client.DescribeWorkflowExecution(ctx, workflows.WorkflowID(ledger.Smart, "shop"), "")
		if err == nil && description.GetWorkflowExecutionInfo().GetCloseTime() == nil {
			err = fmt.Errorf("smart-sync/shop is open")
		}
		return err
	})
	w.shows("shop", want)
	waitFor(t, "the schedules are paused", func(context.Context) error { // a busy server may not answer in time
		_, err := w.control.Pause(asAdmin(), "shop", "the test", "")
		return err
	})
	w.sync(ledger.Smart, "shop", workflows.SyncRequest{})
	w.same("shop")
	require.Equal(t, int64(1), w.takenIn(2, 0).Duplicates, "the event came twice and counts once")
	facts := w.box.facts("shop")
	require.LessOrEqual(t, facts.MaxParallel, int64(1))
	require.LessOrEqual(t, facts.Calls-calls, int64(len(want)), "what changed is sent, and nothing again")
	runs, err := w.ledger.Runs(context.Background(), "shop", 1000)
	require.NoError(t, err)
	served := map[string]int{}
	for _, run := range runs {
		for _, request := range run.Requests {
			served[request.ID]++
		}
	}
	for _, one := range answers {
		require.LessOrEqual(t, served[one.id], 1, "request %s", one.id)
		kept, err := w.ledger.Requests(context.Background(), ledger.RequestQuery{Connection: "shop", ID: one.id, Limit: 1})
		require.NoError(t, err)
		require.Len(t, kept, 1, "request %s", one.id)
		// A start by the clock may have come first, and have done what was asked for.
		require.Contains(t, []ledger.RequestOutcome{ledger.RequestServed, ledger.RequestCovered}, kept[0].Outcome, "%+v", kept[0])
	}
}

// A worker stands still in the middle of a call, for so long that another takes over, ends the run and pushes newer figures. Then it goes on: neither
// what it knows of its call nor what it would do next changes anything.
func TestAWorkerThatStandsStill(t *testing.T) {
	t.Parallel()
	one := shop{id: "shop", kind: "atomic", batch: 10}
	w := newWorld(t, scenario(100, one))
	definitions := w.box.definitions(one)
	definitions.Stores[0].Settings["timeout"] = "3s" // whoever takes over waits for the end of a call that may be under way
	w.apply(definitions, ledger.ApplyOptions{})
	w.box.post("/judge/pause", map[string]any{"target": "stores/shop", "writes": true})
	still := w.work()
	w.box.get("/judge/wait?target=stores/shop&hanging=1&timeout=60s", nil)
	require.NoError(t, still.command.Process.Signal(syscall.SIGSTOP))
	w.box.resume("stores/shop") // the call is carried out, and its answer lies there until somebody reads it
	w.work()
	require.Equal(t, ledger.Completed, w.firstFull("shop").Outcome)
	w.same("shop")
	newer := map[string]int64{}
	for n := range 20 { // two calls
		newer[fmt.Sprintf("SKU-%05d", n+1)] = int64(7000 + n)
	}
	w.box.set("depot", newer)
	w.box.post("/judge/pause", map[string]any{"target": "stores/shop", "writes": true})
	begun := w.ask(ledger.Smart, "shop", workflows.SyncRequest{})
	w.box.get("/judge/wait?target=stores/shop&hanging=1&timeout=60s", nil)

	// It goes on while the other one makes the first of two calls, so there is something that it could send.
	require.NoError(t, still.command.Process.Signal(syscall.SIGCONT))
	waitFor(t, "the ledger refuses what it writes", func(context.Context) error {
		if !strings.Contains(still.output.String(), activities.ErrorStoreLost) {
			return fmt.Errorf("the worker says %q", last(still.output.String(), 1000))
		}
		return nil
	})
	require.Equal(t, int64(1), w.box.facts("shop").InFlight, "it makes no call of the run that it lost")
	w.box.resume("stores/shop")
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	report, err := w.control.Wait(ctx, begun)
	require.NoError(t, err)
	require.Equal(t, ledger.Completed, report.Outcome)
	w.same("shop")
	require.Zero(t, w.sync(ledger.Smart, "shop", workflows.SyncRequest{}).Counts.Due, "nothing that it wrote made anything due")
	facts := w.box.facts("shop")
	require.Zero(t, facts.StaleWrites)
	require.Zero(t, facts.KeyConflicts)
	require.Equal(t, int64(1), facts.DuplicateKeys, "the call that it made is sent again, once")
	require.LessOrEqual(t, facts.MaxParallel, int64(1))
	w.same("shop")
}

// limited starts a program that may open so many files and connections.
func (w *world) limited(files int, environment []string, program string, arguments ...string) *running {
	w.t.Helper()
	folder, err := programs()
	require.NoError(w.t, err)
	limit := fmt.Sprintf(`ulimit -n %d && exec "$0" "$@"`, files)
	return launch(w.t, environment, "/bin/sh", append([]string{"-c", limit, filepath.Join(folder, program)}, arguments...)...)
}

// The processes may open 64 files and connections. A worker does with them; starter serve says that it has none left when more come, acknowledges nothing
// then, and goes on when they have left.
func TestSixtyFourFiles(t *testing.T) {
	t.Parallel()
	const files = 64
	one := shop{id: "shop", kind: "atomic", batch: 50}
	w := newWorld(t, scenario(1000, one))
	w.apply(withHook(w.box.definitions(one)), ledger.ApplyOptions{})
	listen := "127.0.0.1:" + port(t)
	w.workers = append(w.workers, w.limited(files, w.environment(), "worker", "--listen", listen, "--push-slice", "10s"))
	require.Equal(t, ledger.Completed, w.firstFull("shop").Outcome)
	w.same("shop")

	front := &face{t: t, address: "127.0.0.1:" + port(t)}
	front.process = w.limited(files, append(w.environment(), "HOOK_KEY="+hookKey, "API_TOKEN="+apiToken), "starter",
		"serve", "--listen", front.address, "--api-token", "env:API_TOKEN")
	t.Cleanup(func() {
		front.process.stop(syscall.SIGKILL)
		if t.Failed() {
			t.Logf("serve:\n%s", last(front.process.output.String(), 3000))
		}
	})
	waitFor(t, "starter serve is well", func(ctx context.Context) error { return get(ctx, "http://"+front.address+"/healthz", nil) })
	var crowd []net.Conn
	for range 2 * files {
		conn, err := net.Dial("tcp", front.address)
		require.NoError(t, err)
		crowd = append(crowd, conn)
	}
	waitFor(t, "starter serve says that it has no files left", func(context.Context) error {
		if !strings.Contains(front.process.output.String(), "too many open files") {
			return fmt.Errorf("it says %q", front.process.output.String())
		}
		return nil
	})
	for _, conn := range crowd {
		require.NoError(t, conn.Close())
	}
	waitFor(t, "the event is taken", func(ctx context.Context) error { // its sender sends it until it is acknowledged
		if status := front.event(ctx, "order-1", "SKU-00001", 4711); status != http.StatusAccepted {
			return fmt.Errorf("the status is %d", status)
		}
		return nil
	})
	w.shows("shop", map[string]int64{"SKU-00001": 4711})
	w.same("shop")
}
