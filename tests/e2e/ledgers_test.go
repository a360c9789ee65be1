package e2e

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/control/gateway"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// second is a second installation.
type second struct {
	*control.Control
	ledger ledger.Ledger
}

// beside is another ledger in the namespace of a world, as a second installation has it.
func (w *world) beside(name string) second {
	w.t.Helper()
	state, err := ledger.Open(context.Background(), filepath.Join(w.folder, name+".db"), time.Now())
	require.NoError(w.t, err)
	w.t.Cleanup(func() { _ = state.Close() })
	return second{control.New(state, gateway.New(w.client, w.namespace), time.Now), state}
}

// nameOf is how a ledger is named to people.
func nameOf(t testing.TB, state ledger.Ledger) string {
	t.Helper()
	identity, err := state.Identity(context.Background())
	require.NoError(t, err)
	return ledger.ShortIdentity(identity)
}

// schedules waits until exactly these schedules are listed.
func (w *world) schedules(want ...string) {
	w.t.Helper()
	waitFor(w.t, fmt.Sprintf("the schedules are %v", want), func(ctx context.Context) error {
		list, err := w.client.ScheduleClient().List(ctx, client.ScheduleListOptions{})
		var found []string
		for err == nil && list.HasNext() {
			var entry *client.ScheduleListEntry
			if entry, err = list.Next(); err == nil {
				found = append(found, entry.ID)
			}
		}
		slices.Sort(found)
		if err == nil && !slices.Equal(want, found) {
			err = fmt.Errorf("%v", found)
		}
		return err
	})
}

// terminate ends an open workflow, as a person would.
func (w *world) terminate(id string) {
	w.t.Helper()
	require.NoError(w.t, w.client.TerminateWorkflow(context.Background(), id, "", "the test"))
}

// An unrelated merchant's ledger in the same namespace removes nothing of the first, whatever it is told to prune.
func TestAnotherLedgerPrunesOnlyItsOwn(t *testing.T) {
	t.Parallel()
	ctx := asAdmin()
	first, second := shop{id: "acme", kind: "atomic"}, shop{id: "zenith", kind: "atomic"}
	w := newWorld(t, scenario(5, first, second))
	_, err := w.control.Apply(ctx, w.box.definitions(first), control.ApplyOptions{From: "box:/etc/acme.yaml"})
	require.NoError(t, err)
	w.schedules("smart-sync/acme")

	other := w.beside("other")
	prune := control.ApplyOptions{ApplyOptions: ledger.ApplyOptions{Prune: true}}
	report, err := other.Apply(ctx, w.box.definitions(second), prune)
	require.NoError(t, err)
	require.Equal(t, []control.ScheduleChange{{ID: "smart-sync/zenith", Action: "created"}}, report.Schedules)
	require.Len(t, report.Warnings, 1)
	require.Contains(t, report.Warnings[0], "also has 1 schedule of ledger "+nameOf(t, w.ledger)+" (last applied from box:/etc/acme.yaml), which are left alone")
	w.schedules("smart-sync/acme", "smart-sync/zenith")

	// The first prunes its own, and only that.
	definitions := w.box.definitions(first)
	definitions.Connections, definitions.Stores, definitions.Warehouses = nil, nil, nil
	report, err = w.control.Apply(ctx, definitions, prune)
	require.NoError(t, err)
	require.Equal(t, []control.ScheduleChange{{ID: "smart-sync/acme", Action: "removed", Detail: "its connection is no longer configured"}}, report.Schedules)
	w.schedules("smart-sync/zenith")
}

// A connection id that another ledger uses already is refused before anything is changed. --take-over takes it, once the other's
// workflows have ended; from then on it is the other who is refused.
func TestCollidingIdsAreRefusedAndTakenOver(t *testing.T) {
	t.Parallel()
	ctx := asAdmin()
	one := shop{id: "acme", kind: "atomic"}
	w := newWorld(t, scenario(5, one))
	definitions := w.box.definitions(one)
	_, err := w.control.Apply(ctx, definitions, control.ApplyOptions{From: "box:/etc/acme.yaml"})
	require.NoError(t, err)

	other := w.beside("other")
	ours, theirs := nameOf(t, other.ledger), nameOf(t, w.ledger)
	refused := func(c *control.Control, options control.ApplyOptions, says ...string) {
		t.Helper()
		_, err := c.Apply(ctx, definitions, options)
		var wrong *control.UsageError
		require.ErrorAs(t, err, &wrong)
		for _, text := range says {
			require.ErrorContains(t, err, text)
		}
	}
	dry := ledger.ApplyOptions{DryRun: true}
	for _, options := range []control.ApplyOptions{{}, {ApplyOptions: dry}, {ApplyOptions: ledger.ApplyOptions{Prune: true}}} {
		refused(other.Control, options, "nothing was changed: this is ledger "+ours,
			"schedule smart-sync/acme belongs to ledger "+theirs+" (last applied from box:/etc/acme.yaml)", "the open workflow full-sync/acme belongs to ledger "+theirs, "--take-over")
	}
	known, err := other.ledger.Connections(ctx)
	require.NoError(t, err)
	require.Empty(t, known, "the ledger is as it was")

	refused(other.Control, control.ApplyOptions{TakeOver: true}, "the open workflow full-sync/acme belongs to ledger "+theirs)
	w.terminate("full-sync/acme")
	report, err := other.Apply(ctx, definitions, control.ApplyOptions{TakeOver: true, From: "spare:/etc/acme.yaml"})
	require.NoError(t, err)
	said := "taken over: it belongs to ledger " + theirs + " (last applied from box:/etc/acme.yaml)"
	require.Equal(t, []control.ScheduleChange{{ID: "smart-sync/acme", Action: "changed", Detail: said}}, report.Schedules)
	require.Equal(t, []string{"acme"}, report.Requested)
	status, err := other.Status(ctx, "acme")
	require.NoError(t, err)
	require.Equal(t, said, status.Connections[0].Schedules[0].Note)
	require.Empty(t, status.Connections[0].Schedules[0].Ledger)
	again, err := other.Apply(ctx, definitions, control.ApplyOptions{})
	require.NoError(t, err)
	require.Empty(t, again.Schedules)

	refused(w.control, control.ApplyOptions{ApplyOptions: dry}, "schedule smart-sync/acme belongs to ledger "+ours+" (last applied from spare:/etc/acme.yaml)")
	status, err = w.control.Status(ctx, "acme")
	require.NoError(t, err)
	require.Contains(t, status.Connections[0].Schedules[0].Ledger, ours)
	_, err = w.control.Pause(ctx, "acme", "ann", "")
	require.ErrorContains(t, err, "it belongs to ledger "+ours)
	_, err = w.control.Sync(ctx, ledger.Full, "acme", workflows.SyncRequest{})
	require.ErrorContains(t, err, "workflow full-sync/acme is open and belongs to ledger "+ours+", not to this one ("+theirs+")")
}

// Schedules from before ledgers were named are adopted where the ledger had their connection, and refused otherwise.
func TestSchedulesThatNameNoLedger(t *testing.T) {
	t.Parallel()
	ctx := asAdmin()
	one := shop{id: "acme", kind: "atomic"}
	w := newWorld(t, scenario(5, one))
	definitions := w.box.definitions(one)
	w.apply(definitions, ledger.ApplyOptions{})
	w.terminate("full-sync/acme")
	handle := w.client.ScheduleClient().GetHandle(ctx, "smart-sync/acme")
	require.NoError(t, handle.Update(ctx, client.ScheduleUpdateOptions{DoUpdate: func(input client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
		found := input.Description.Schedule
		action := found.Action.(*client.ScheduleWorkflowAction)
		action.Memo, action.Args = nil, []any{workflows.SyncInput{Connection: "acme", Trigger: ledger.TriggerSchedule}}
		return &client.ScheduleUpdate{Schedule: &found}, nil
	}}))

	_, err := w.beside("other").Apply(ctx, definitions, control.ApplyOptions{})
	require.ErrorContains(t, err, "schedule smart-sync/acme names no ledger")
	report := w.apply(definitions, ledger.ApplyOptions{})
	require.Equal(t, []control.ScheduleChange{{
		ID: "smart-sync/acme", Action: "changed", Detail: "adopted: it named no ledger, and connection acme is this ledger's",
	}}, report.Schedules)
	require.Empty(t, w.apply(definitions, ledger.ApplyOptions{}).Schedules)
}

// A worker of one ledger refuses a run of another, and serves what services start without naming a ledger.
func TestWorkerRefusesARunOfAnotherLedger(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(asAdmin(), 2*patience)
	defer cancel()
	one := shop{id: "acme", kind: "atomic"}
	w := newWorld(t, scenario(5, one))
	definitions := w.box.definitions(one)
	w.apply(definitions, ledger.ApplyOptions{})
	w.work()
	w.firstFull("acme")
	calls := w.box.facts("acme").Calls

	other := w.beside("other")
	_, err := other.Apply(ctx, definitions, control.ApplyOptions{TakeOver: true})
	require.NoError(t, err)
	_, err = other.Wait(ctx, control.SyncAnswer{Workflow: "full-sync/acme"})
	require.ErrorContains(t, err, activities.ErrorNotConfigured)
	require.ErrorContains(t, err, "this is of ledger "+nameOf(t, other.ledger)+", and this worker is of ledger "+nameOf(t, w.ledger))
	require.Equal(t, calls, w.box.facts("acme").Calls, "the store was not called")

	run, err := w.client.SignalWithStartWorkflow(ctx, "smart-sync/acme", workflows.SignalSyncRequested, workflows.SyncRequest{By: "a service"},
		client.StartWorkflowOptions{ID: "smart-sync/acme", TaskQueue: workflows.TaskQueue}, workflows.SmartSyncType, workflows.SyncInput{Connection: "acme"})
	require.NoError(t, err)
	var report workflows.SyncReport
	require.NoError(t, run.Get(ctx, &report))
	require.Equal(t, ledger.Completed, report.Outcome)
}
