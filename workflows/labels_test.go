package workflows

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/ledger"
)

// urgencies notes how urgent each step is, by its name. The test environment hands no priority to its activities.
func (b *bench) urgencies() map[string][]temporal.Priority {
	noted := &urgencies{found: map[string][]temporal.Priority{}}
	b.SetWorkerOptions(worker.Options{DeadlockDetectionTimeout: time.Minute, Interceptors: []interceptor.WorkerInterceptor{noted}})
	return noted.found
}

type urgencies struct {
	interceptor.WorkerInterceptorBase
	found map[string][]temporal.Priority
}

func (u *urgencies) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	return &urgentInbound{WorkflowInboundInterceptorBase: interceptor.WorkflowInboundInterceptorBase{Next: next}, urgencies: u}
}

type urgentInbound struct {
	interceptor.WorkflowInboundInterceptorBase
	*urgencies
}

func (u *urgentInbound) Init(next interceptor.WorkflowOutboundInterceptor) error {
	return u.Next.Init(&urgentOutbound{WorkflowOutboundInterceptorBase: interceptor.WorkflowOutboundInterceptorBase{Next: next}, urgencies: u.urgencies})
}

type urgentOutbound struct {
	interceptor.WorkflowOutboundInterceptorBase
	*urgencies
}

func (u *urgentOutbound) ExecuteActivity(ctx workflow.Context, name string, input ...any) workflow.Future {
	u.found[name] = append(u.found[name], workflow.GetActivityOptions(ctx).Priority)
	return u.Next.ExecuteActivity(ctx, name, input...)
}

// A run's steps are as urgent as the run, and shared fairly between merchants, whoever started the workflow: a service that signals it sets
// neither. What a merchant's run does is only known when it has begun.
func TestStepsAreAsUrgentAsTheirRun(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		workflow any
		trigger  ledger.Trigger
		want     int
	}{
		"asked for":             {SmartSync, "", 2},
		"a scheduled Smart one": {SmartSync, ledger.TriggerSchedule, 3},
		"a scheduled Full one":  {FullSync, ledger.TriggerSchedule, 4},
		"a Full one, asked for": {FullSync, "", 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.OnActivity(gate.Begin, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.BeginInput) (activities.BeginResult, error) {
				return activities.BeginResult{Action: activities.BeginGo, Merchant: "birch", Lease: ledger.Lease{Store: "shop", Run: 42}, Mode: in.Mode}, nil
			})
			b.OnActivity(gate.Acquire, mock.Anything, mock.Anything).Return(activities.BeginResult{Action: activities.BeginGo, Lease: lease}, nil)
			b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(activities.FetchResult{}, nil)
			b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(activities.ResolveResult{}, nil)
			b.OnActivity(push.Push, mock.Anything, mock.Anything).Return(activities.PushResult{Done: true}, nil)
			b.finishes()
			found := b.urgencies()
			b.ExecuteWorkflow(test.workflow, SyncInput{Connection: "acme", Trigger: test.trigger})
			require.Equal(t, ledger.Completed, b.result().Outcome)
			for _, step := range []string{"Fetch", "Acquire", "Resolve", "Push", "Finish"} {
				require.Equal(t, []temporal.Priority{{PriorityKey: test.want, FairnessKey: "birch"}}, found[step], step)
			}
		})
	}
}

// handsOnHeld has a run that is held go on in a new run of the workflow, for many requests have come.
func (b *bench) handsOnHeld(workflow any) SyncInput {
	b.t.Helper()
	b.OnActivity(gate.Hold, mock.Anything, mock.Anything).Return(activities.HoldResult{Within: day}, nil)
	b.RegisterDelayedCallback(func() {
		b.SetCurrentHistoryLength(longHistory + 1)
		b.SignalWorkflow(SignalSyncRequested, SyncRequest{ID: "r"})
	}, time.Minute)
	b.ExecuteWorkflow(workflow, SyncInput{Connection: "acme", Trigger: ledger.TriggerSchedule})
	input := b.continued()
	require.NotNil(b.t, input.Carried.Next.Held)
	input.Carried.Pending = nil // they are another pass
	return input
}

// approved has a run that was handed on held be approved. It returns what was resolved, and how urgent the steps were.
func approved(t *testing.T, workflow any, input SyncInput) ([]activities.ResolveInput, map[string][]temporal.Priority) {
	t.Helper()
	b := setup(t)
	found := b.urgencies()
	var resolved []activities.ResolveInput
	b.OnActivity(gate.Decide, mock.Anything, mock.Anything).Return(activities.DecideResult{Decision: activities.Approved, Rows: 5, Zeroing: 5}, nil)
	b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(activities.FetchResult{}, nil)
	b.OnActivity(gate.Acquire, mock.Anything, mock.Anything).Return(activities.BeginResult{Action: activities.BeginGo, Lease: lease}, nil)
	b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.ResolveInput) (activities.ResolveResult, error) {
		resolved = append(resolved, in)
		return activities.ResolveResult{}, nil
	})
	b.OnActivity(push.Push, mock.Anything, mock.Anything).Return(activities.PushResult{Done: true}, nil)
	b.finishes()
	b.RegisterDelayedCallback(func() { b.SignalWorkflow(SignalApprove, Decision{By: "ann"}) }, time.Minute)
	b.ExecuteWorkflow(workflow, input)
	require.Equal(t, ledger.Completed, b.result().Outcome)
	return resolved, found
}

// A run that was held over many requests is as urgent as before when it is approved.
func TestAHeldRunKeepsItsUrgency(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.begins(activities.BeginResult{Action: activities.BeginGo, Merchant: "birch"})
	b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(activities.FetchResult{
		SnapshotFigures: ledger.SnapshotFigures{Rows: 5},
		Held:            "half of it is missing",
	}, nil)
	input := b.handsOnHeld(SmartSync)
	require.Equal(t, "birch", input.Carried.Next.Held.Merchant)
	_, found := approved(t, SmartSync, input)
	for _, step := range []string{"Decide", "Fetch", "Acquire", "Resolve", "Push", "Finish"} {
		require.Equal(t, []temporal.Priority{{PriorityKey: 3, FairnessKey: "birch"}}, found[step], step)
	}
}

// A Full Sync that is held in the middle of its push does not begin again with the first row, also when it is approved in a new run.
func TestAHeldRunKeepsWhatItHasPushed(t *testing.T) {
	t.Parallel()
	b, _ := resolvesAgain(t, activities.ResolveResult{Due: 9, Zeroing: 5, Held: "5 of 10 live rows would newly go to 0"})
	resolved, _ := approved(t, FullSync, b.handsOnHeld(FullSync))
	require.Len(t, resolved, 1)
	require.Equal(t, ledger.Smart, resolved[0].Mode)
}

// An intake that a service started by a signal is found by its warehouse and its merchant, and its steps are as urgent as those of another,
// from when a step has told it.
func TestAnIntakeThatAServiceStartedIsFound(t *testing.T) {
	t.Parallel()
	for name, attributes := range map[string]bool{"in a namespace with our search attributes": true, "in one without": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.OnGetVersion("events-are-done-at-once", workflow.DefaultVersion, workflow.Version(3)).Return(workflow.DefaultVersion) // local activities have no urgency
			urgent := b.urgencies()
			b.OnActivity(receive.RecordUpdates, mock.Anything, mock.Anything).Return(
				activities.RecordUpdatesResult{SKUs: []string{"A"}, Labels: activities.Labels{Merchant: "birch", Attributes: attributes}}, nil)
			b.OnActivity(receive.RecordSnapshot, mock.Anything, mock.Anything).Return(activities.RecordSnapshotResult{}, nil)
			b.OnActivity(receive.Request, mock.Anything, mock.Anything).Return(activities.RequestResult{}, nil)
			var set []map[string]string
			b.OnUpsertTypedSearchAttributes(mock.Anything).Run(func(arguments mock.Arguments) { set = append(set, keywords(arguments)) }).Return(nil).Maybe()
			for at := range 3 {
				b.RegisterDelayedCallback(func() {
					b.SignalWorkflow(SignalInventoryUpdated, InventoryUpdated{Updates: updates(1)})
				}, time.Duration(at)*time.Second)
			}
			b.RegisterDelayedCallback(func() { b.SignalWorkflow(SignalInventoryUpdated, InventoryUpdated{Snapshot: &UploadedSnapshot{ID: 1}}) }, 3*time.Second)
			b.ExecuteWorkflow(InventoryIntake, IntakeInput{Warehouse: "depot"})
			require.NoError(t, b.GetWorkflowError())
			share := temporal.Priority{PriorityKey: 1, FairnessKey: "birch"}
			require.Equal(t, []temporal.Priority{{}, share, share}, urgent["RecordUpdates"])
			require.Equal(t, []temporal.Priority{share}, urgent["RecordSnapshot"])
			require.Equal(t, []temporal.Priority{share, share, share}, urgent["Request"])
			if !attributes {
				require.Empty(t, set, "it would block the workflow")
				return
			}
			require.Equal(t, []map[string]string{{"TidemarkWarehouse": "depot", "TidemarkMerchant": "birch"}}, set, "once")
		})
	}
}

// keywords are what an upsert of search attributes sets, by name.
func keywords(arguments mock.Arguments) map[string]string {
	found := map[string]string{}
	attributes, _ := arguments.Get(0).(temporal.SearchAttributes)
	for _, key := range Attributes() {
		if value, set := attributes.GetKeyword(key); set {
			found[key.GetName()] = value
		}
	}
	return found
}

// Such an intake is found when it cannot record anything, too: the error of its step says that it may be labelled.
func TestAFailedIntakeThatAServiceStartedIsFound(t *testing.T) {
	t.Parallel()
	f := failing(t, "RecordUpdates", 1)
	f.refusal = temporal.NewNonRetryableApplicationError("the ledger is damaged", activities.ErrorNotConfigured, nil, activities.Labels{Attributes: true})
	var set []map[string]string
	f.OnUpsertTypedSearchAttributes(mock.Anything).Run(func(arguments mock.Arguments) { set = append(set, keywords(arguments)) }).Return(nil)
	f.sendAfter(2, 0)
	f.listen()
	require.Equal(t, []map[string]string{{"TidemarkWarehouse": "depot"}, {"TidemarkOutcome": "failed"}, {}}, set)

	require.Zero(t, labelsOf(temporal.NewNonRetryableApplicationError("no", "X", nil)))
	require.Equal(t, activities.Labels{Attributes: true}, labelsOf(temporal.NewTimeoutError(3, f.refusal)), "a step that was tried for its whole time")
}
