package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// openRun is the connection's run that is under way, as status shows it.
func (w *world) openRun(ctx context.Context, connection string) (control.OpenRun, error) {
	status, err := w.control.Status(ctx, connection)
	if err != nil {
		return control.OpenRun{}, err
	}
	if status.Unreachable != "" || len(status.Connections[0].Open) == 0 {
		return control.OpenRun{}, fmt.Errorf("no open run %s", status.Unreachable)
	}
	return status.Connections[0].Open[0], nil
}

// A warehouse that fails for a while keeps nobody from the store: events go out meanwhile, people see what fails and when it is tried
// again, and can end the run. When the warehouse is well, the next run goes through.
func TestAnOutageOfAWarehouseHoldsNoStore(t *testing.T) {
	t.Parallel()
	one := shop{id: "shop", kind: "atomic"}
	w := newWorld(t, scenario(20, one))
	w.apply(w.box.definitions(one), ledger.ApplyOptions{})
	w.work()
	w.firstFull("shop")

	w.box.faults("warehouses/depot", map[string]any{"truncate": 1})
	w.ask(ledger.Smart, "shop", workflows.SyncRequest{})
	var open control.OpenRun
	waitFor(t, "status shows what fails", func(ctx context.Context) (err error) {
		if open, err = w.openRun(ctx, "shop"); err == nil && (open.Retry == nil || open.Retry.Attempt < 2 || open.Retry.Next == nil) {
			err = fmt.Errorf("no retry yet: %+v", open.Retry)
		}
		return err
	})
	require.Equal(t, "Fetch", open.Retry.Step)
	require.Equal(t, ledger.PhaseFetching, open.Step())
	require.Contains(t, open.Retry.Error, "fetching from the warehouse")
	_, err := w.ledger.Holder(context.Background(), "shop")
	require.ErrorIs(t, err, ledger.ErrNotFound, "a fetch needs no store")
	out, problems, code := w.starter("status", "shop")
	require.Zero(t, code, problems)
	require.Contains(t, out, fmt.Sprintf("run %d (smart) is under way: fetching", open.ID))
	require.Contains(t, out, "fetching from the warehouse")
	require.Contains(t, out, "attempt ")
	require.Equal(t, 1, strings.Count(out, "fetching from the warehouse"), "once")
	out, _, _ = w.starter("runs", "shop")
	require.Regexp(t, `fetching, attempt \d+ failed, the next one is due at 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC: fetching from the warehouse: `, out)

	sent := time.Now()
	w.send(workflows.InventoryUpdate{Event: "sold", SKU: "SKU-00001", Facility: "east", Available: new(int64(7))})
	w.shows("shop", map[string]int64{"SKU-00001": 7})
	t.Logf("the event was in the store after %s", time.Since(sent).Round(time.Millisecond))
	found, err := w.ledger.Run(context.Background(), open.ID)
	require.NoError(t, err)
	require.Nil(t, found.EndedAt, "the fetch is still being tried")

	out, problems, code = w.starter("cancel", fmt.Sprint(open.ID))
	require.Zero(t, code, problems)
	require.Contains(t, out, fmt.Sprintf("run %d of shop: cancelled", open.ID))
	_, problems, code = w.starter("cancel", fmt.Sprint(open.ID))
	require.Equal(t, 2, code)
	require.Contains(t, problems, "has ended already (cancelled)")

	w.box.faults("warehouses/depot", map[string]any{})
	w.box.set("depot", map[string]int64{"SKU-00002": 4321})
	require.Equal(t, ledger.Completed, w.sync(ledger.Smart, "shop", workflows.SyncRequest{}).Outcome)
	w.shows("shop", map[string]int64{"SKU-00002": 4321})
}

// listed are the ids of the workflows that a query finds.
func (w *world) listed(ctx context.Context, query string) (string, error) {
	found, err := w.client.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{Namespace: w.namespace, Query: query})
	if err != nil {
		return "", err
	}
	var ids []string
	for _, one := range found.GetExecutions() {
		ids = append(ids, one.GetExecution().GetWorkflowId())
	}
	return strings.Join(ids, " "), nil
}

func (w *world) lists(query, workflow string) {
	w.t.Helper()
	waitFor(w.t, query+" lists "+workflow, func(ctx context.Context) error {
		ids, err := w.listed(ctx, query)
		if err == nil && !strings.Contains(ids, workflow) {
			err = fmt.Errorf("it lists %s", ids)
		}
		return err
	})
}

// sharedBy demands that steps of a workflow are shared fairly between merchants, on behalf of one.
func (w *world) sharedBy(merchant, workflow string, steps ...string) {
	w.t.Helper()
	found := map[string]string{}
	events := w.client.GetWorkflowHistory(context.Background(), workflow, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		require.NoError(w.t, err)
		if scheduled := event.GetActivityTaskScheduledEventAttributes(); scheduled != nil {
			found[scheduled.GetActivityType().GetName()] = scheduled.GetPriority().GetFairnessKey()
		}
	}
	for _, step := range steps {
		require.Equal(w.t, merchant, found[step], "%s of %s", step, workflow)
	}
}

// A run that a service started by a plain signal is found by its store, as a scheduled one is; a held one as held, while it is.
func TestSignalledRunsAreFound(t *testing.T) {
	t.Parallel()
	one := shop{id: "shop", kind: "atomic"}
	w := newWorld(t, scenario(40, one))
	w.apply(w.box.definitions(one), ledger.ApplyOptions{})
	w.work()
	w.firstFull("shop")
	_, err := w.client.SignalWithStartWorkflow(context.Background(), "smart-sync/shop", workflows.SignalSyncRequested, workflows.SyncRequest{ID: "plain"},
		client.StartWorkflowOptions{ID: "smart-sync/shop", TaskQueue: workflows.TaskQueue}, workflows.SmartSyncType, workflows.SyncInput{Connection: "shop"})
	require.NoError(t, err)
	w.lists(`TidemarkStore="shop" AND TidemarkMode="smart" AND TidemarkTrigger="request" AND TidemarkOutcome="completed"`, "smart-sync/shop")
	w.sharedBy("acme", "smart-sync/shop", "Fetch", "Acquire", "Resolve", "Push", "Finish")

	intake := workflows.IntakeID("depot")
	sold := workflows.InventoryUpdate{Event: "sold", SKU: "SKU-00001", Facility: "east", Available: new(int64(7))}
	_, err = w.client.SignalWithStartWorkflow(context.Background(), intake, workflows.SignalInventoryUpdated, workflows.InventoryUpdated{Updates: []workflows.InventoryUpdate{sold}},
		client.StartWorkflowOptions{ID: intake, TaskQueue: workflows.TaskQueue}, workflows.InventoryIntakeType, workflows.IntakeInput{Warehouse: "depot"})
	require.NoError(t, err)
	w.lists(`TidemarkStore="shop"`, workflows.EventsID("shop"))
	w.lists(`WorkflowType="InventoryIntake" AND TidemarkWarehouse="depot" AND TidemarkMerchant="acme"`, intake)
	var many []workflows.InventoryUpdate // more than are recorded within the workflow task
	for i := range 300 {
		many = append(many, workflows.InventoryUpdate{Event: fmt.Sprint("many-", i), SKU: "SKU-00002", Facility: "east", Available: new(int64(100 + i)), Sequence: int64(i + 1)})
	}
	require.NoError(t, w.client.SignalWorkflow(context.Background(), intake, "", workflows.SignalInventoryUpdated, workflows.InventoryUpdated{Updates: many}))
	w.takenIn(301, 0)
	w.sharedBy("acme", intake, "RecordUpdates")

	w.box.faults("warehouses/depot", map[string]any{"shrink": 0.5})
	answer := w.ask(ledger.Smart, "shop", workflows.SyncRequest{})
	hold := w.held()
	w.lists(`TidemarkOutcome="held"`, answer.Workflow)
	w.box.faults("warehouses/depot", map[string]any{})
	_, problems, code := w.starter("approve", fmt.Sprint(hold.Run))
	require.Zero(t, code, problems)
	waitFor(t, "nothing is held any more", func(ctx context.Context) error {
		ids, err := w.listed(ctx, `TidemarkOutcome="held"`)
		if err == nil && ids != "" {
			err = fmt.Errorf("held: %s", ids)
		}
		return err
	})
}
