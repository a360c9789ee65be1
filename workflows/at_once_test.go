package workflows

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/ledger"
)

// ways records by which way steps go: as activities, and within the workflow task.
func (b *bench) ways() (ordinary, atOnce *[]string) {
	ordinary, atOnce = &[]string{}, &[]string{}
	b.SetOnActivityStartedListener(func(info *activity.Info, _ context.Context, _ converter.EncodedValues) {
		*ordinary = append(*ordinary, info.ActivityType.Name)
	})
	b.SetOnLocalActivityStartedListener(func(info *activity.Info, _ context.Context, _ []any) {
		*atOnce = append(*atOnce, info.ActivityType.Name)
	})
	return ordinary, atOnce
}

// Of a run for events only the calls to the store go through the server; of any other run every step does.
func TestWhichStepsAreDoneAtOnce(t *testing.T) {
	t.Parallel()
	everyStep := []string{"Begin", "Fetch", "Resolve", "Push", "Finish"}
	for name, row := range map[string]struct {
		request          SyncRequest
		older            bool
		ordinary, atOnce []string
	}{
		"an event":                    {SyncRequest{SkipFetch: true, SKUs: []string{"A"}}, false, []string{"Push"}, []string{"Begin", "Resolve", "Finish"}},
		"as many SKUs as a step does": {SyncRequest{SkipFetch: true, SKUs: skus(mostAtOnce)}, false, []string{"Push"}, []string{"Begin", "Resolve", "Finish"}},
		"more than that":              {SyncRequest{SkipFetch: true, SKUs: skus(mostAtOnce + 1)}, false, []string{"Resolve", "Push"}, []string{"Begin", "Finish"}},
		"an upload of everything":     {SyncRequest{SkipFetch: true}, false, []string{"Resolve", "Push"}, []string{"Begin", "Finish"}},
		"Update inventory":            {SyncRequest{}, false, everyStep, []string{}},
		"a request for a few SKUs":    {SyncRequest{SKUs: []string{"A"}}, false, everyStep, []string{}},
		"a history from before":       {SyncRequest{SkipFetch: true, SKUs: []string{"A"}}, true, []string{"Begin", "Resolve", "Push", "Finish"}, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			ordinary, atOnce := b.ways()
			if row.older {
				b.OnGetVersion("events-are-done-at-once", workflow.DefaultVersion, workflow.Version(3)).Return(workflow.DefaultVersion)
			}
			b.goes()
			row.request.ID = "1"
			b.RegisterDelayedCallback(func() { b.SignalWorkflow(SignalSyncRequested, row.request) }, 0)
			b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme"})
			require.Equal(t, ledger.Completed, b.result().Outcome)
			require.Equal(t, row.ordinary, *ordinary)
			require.Equal(t, row.atOnce, *atOnce)
		})
	}
}

// A run that is about to go on in a new one does nothing at once: the server would refuse its end for whatever came meanwhile, and have it all
// done again.
func TestNothingIsDoneAtOnceBeforeANewRun(t *testing.T) {
	t.Parallel()
	w := listening(t)
	w.SetContinueAsNewSuggested(true)
	ordinary, atOnce := w.ways()
	w.sendAfter(1, 0)
	w.ExecuteWorkflow(InventoryIntake, IntakeInput{Warehouse: "depot"})
	var again *workflow.ContinueAsNewError
	require.ErrorAs(t, w.GetWorkflowError(), &again)
	require.Equal(t, []string{"RecordUpdates", "Request"}, *ordinary)
	require.Empty(t, *atOnce)

	b := setup(t)
	ordinary, atOnce = b.ways()
	b.goes()
	b.RegisterDelayedCallback(func() {
		b.SignalWorkflow(SignalSyncRequested, SyncRequest{ID: "1", SkipFetch: true, SKUs: []string{"A"}})
	}, 0)
	b.RegisterDelayedCallback(func() { b.SetContinueAsNewSuggested(true) }, 0)
	b.ExecuteWorkflow(SmartSync, SyncInput{
		Connection: "acme", Carried: &Carried{Gathered: true, Pending: []pending{{SyncRequest: SyncRequest{ID: "0", SkipFetch: true, SKUs: []string{"B"}}}}},
	})
	require.Equal(t, []string{"Begin", "Resolve", "Push", "Finish"}, (*ordinary)[:4])
	require.Empty(t, *atOnce)
}

// A pass that is cancelled before it begins does not begin: nothing of it is tried within the workflow task.
func TestACancelledPassDoesNothingAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ordinary, atOnce := b.ways()
	b.goes()
	b.OnActivity(gate.Leave, mock.Anything, mock.Anything).Return(nil).Maybe()
	b.OnActivity(gate.Settle, mock.Anything, mock.Anything).Return(activities.RequestsResult{}, nil).Maybe()
	b.RegisterDelayedCallback(func() {
		b.SignalWorkflow(SignalSyncRequested, SyncRequest{ID: "1", SkipFetch: true, SKUs: []string{"A"}})
		b.CancelWorkflow()
	}, 0)
	b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme"})
	var cancelled *temporal.CanceledError
	require.ErrorAs(t, b.GetWorkflowError(), &cancelled)
	require.Empty(t, *atOnce)
	require.NotContains(t, *ordinary, "Push")
}

func skus(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("SKU-%05d", i)
	}
	return names
}

func TestIntakesRecordAtOnce(t *testing.T) {
	t.Parallel()
	none, both := []string{}, []string{"RecordUpdates", "Request"}
	for name, row := range map[string]struct {
		updates          int
		version          workflow.Version
		ordinary, atOnce []string
	}{
		"few":                           {fewAtOnce, 3, none, both},
		"a burst":                       {fewAtOnce + 1, 3, both, none},
		"a burst, in an older history":  {mostAtOnce, 1, none, both},
		"more, in an older history":     {mostAtOnce + 1, 1, both[:1], both[1:]}, // of many, the time that it takes is not known
		"few, in a history before that": {1, workflow.DefaultVersion, both, none},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := listening(t)
			w.OnGetVersion("events-are-done-at-once", workflow.DefaultVersion, workflow.Version(3)).Return(row.version)
			ordinary, atOnce := w.ways()
			w.sendAfter(row.updates, 0)
			w.listen()
			require.Equal(t, row.ordinary, *ordinary)
			require.Equal(t, row.atOnce, *atOnce)
		})
	}
}

// Of a burst of requests no step is done within the workflow task, which more requests than a server keeps for one task would fail.
func TestABurstIsNotDoneAtOnce(t *testing.T) {
	t.Parallel()
	for requests, ordinary := range map[int][]string{fewAtOnce: {"Push"}, fewAtOnce + 1: {"Begin", "Resolve", "Push", "Finish"}} {
		b := setup(t)
		steps, _ := b.ways()
		b.goes()
		b.RegisterDelayedCallback(func() {
			request := SyncRequest{ID: "0", SkipFetch: true, SKUs: []string{"A"}}
			for n := 1; n < requests; n++ {
				request.Also = append(request.Also, AlsoRequested{ID: fmt.Sprint(n)})
			}
			b.SignalWorkflow(SignalSyncRequested, request)
		}, 0)
		b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme"})
		require.Equal(t, ledger.Completed, b.result().Outcome)
		require.Equal(t, ordinary, *steps, "%d requests", requests)
	}
}

// together counts a group as the requests that are in it.
func TestHowManyRequestsAPassServesTogether(t *testing.T) {
	t.Parallel()
	for want, requests := range map[int][]pending{
		0:   nil,
		2:   {{}, {}},
		301: {{}, {Count: 300}},
	} {
		require.Equal(t, want, assignment{requests: requests}.requestCount())
	}
}

// What fails at once is done again as an ordinary activity, and what would fail again is not.
func TestWhatFailsAtOnce(t *testing.T) {
	t.Parallel()
	busy := temporal.NewApplicationErrorWithOptions("waiting for another run", activities.ErrorStoreBusy,
		temporal.ApplicationErrorOptions{NextRetryDelay: time.Second})
	gone := temporal.NewNonRetryableApplicationError("there is no connection", activities.ErrorNotConfigured, nil)
	for name, row := range map[string]struct {
		failure          error
		ordinary, atOnce []string
		outcome          ledger.Outcome
	}{
		"the store is busy":      {busy, []string{"Begin", "Push"}, []string{"Begin", "Resolve", "Finish"}, ledger.Completed},
		"it took too long":       {context.DeadlineExceeded, []string{"Begin", "Push"}, []string{"Begin", "Resolve", "Finish"}, ledger.Completed},
		"the connection is gone": {gone, []string{"Leave", "Settle"}, []string{"Begin"}, ledger.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			ordinary, atOnce := b.ways()
			var begun []activities.BeginInput
			b.OnActivity(gate.Begin, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.BeginInput) (activities.BeginResult, error) {
				if begun = append(begun, in); len(begun) == 1 {
					return activities.BeginResult{}, row.failure
				}
				return activities.BeginResult{Action: activities.BeginGo, Lease: lease, Mode: ledger.Smart}, nil
			})
			b.OnActivity(gate.Leave, mock.Anything, mock.Anything).Return(nil).Maybe()
			b.OnActivity(gate.Settle, mock.Anything, mock.Anything).Return(activities.RequestsResult{}, nil).Maybe()
			b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(activities.ResolveResult{Due: 1}, nil).Maybe()
			b.OnActivity(push.Push, mock.Anything, mock.Anything).Return(activities.PushResult{Done: true}, nil).Maybe()
			b.finishes()
			b.RegisterDelayedCallback(func() {
				b.SignalWorkflow(SignalSyncRequested, SyncRequest{ID: "1", SkipFetch: true, SKUs: []string{"A"}})
			}, 0)
			b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme"})
			require.Equal(t, row.ordinary, *ordinary)
			require.Equal(t, row.atOnce, *atOnce)
			if row.outcome == ledger.Failed {
				require.ErrorContains(t, b.GetWorkflowError(), "there is no connection")
				return
			}
			require.Equal(t, row.outcome, b.result().Outcome)
			require.Len(t, begun, 2)
			require.Equal(t, begun[0], begun[1])
		})
	}
}

// A batch that is recorded again has the name that it had, so that what a lost attempt has recorded is known to be of it.
func TestABatchKeepsItsName(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var names []string
	b.OnActivity(receive.RecordUpdates, mock.Anything, mock.Anything).Return(func(
		_ context.Context, in activities.RecordUpdatesInput,
	) (activities.RecordUpdatesResult, error) {
		if names = append(names, in.Batch); len(names) == 1 {
			return activities.RecordUpdatesResult{}, context.DeadlineExceeded
		}
		return activities.RecordUpdatesResult{}, nil
	})
	for at := range 2 {
		b.RegisterDelayedCallback(func() { b.SignalWorkflow(SignalInventoryUpdated, InventoryUpdated{Updates: updates(1)}) }, time.Duration(at)*time.Second)
	}
	b.ExecuteWorkflow(InventoryIntake, IntakeInput{Warehouse: "depot", Carried: &IntakeReport{Batches: 7}})
	require.NoError(t, b.GetWorkflowError())
	require.Len(t, names, 3)
	require.Equal(t, names[0], names[1])
	require.NotEqual(t, names[1], names[2])
	require.Regexp(t, `^.*/7$`, names[0], "the number goes on in the next run of the workflow")
	require.Regexp(t, `^.*/8$`, names[2])
}
