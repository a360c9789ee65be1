package workflows_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/workflows"
)

// endings are what must have been recorded of each release: a run of each outcome, and what a run can live through.
var endings = map[string][]string{
	"v1": firstEndings, "v2": slices.Concat(firstEndings, longEndings), "v3": slices.Concat(firstEndings, longEndings, heldEndings),
	"v4": slices.Concat(firstEndings, longEndings, heldEndings, lateEndings), "v5": slices.Concat(firstEndings, longEndings, heldEndings, lateEndings),
}

var lateEndings = []string{
	"push-continued", "push-carried", "fetch-continued", "fetch-carried", "answered-early", "intake-failed", "never-begun", "all-refused-fails",
}

var heldEndings = []string{
	"answered-by-update", "dissolved", "all-refused",
	"held-continued", "held-carried", "waiting-continued", "waiting-carried", "failed-continued", "failed-carried",
}

var longEndings = []string{"partial", "carried", "zeroing-approved", "held-events", "intake-continued", "intake-carried", "intake-snapshot"}

var firstEndings = []string{
	"cancelled", "completed-full", "completed-passes", "completed-scheduled", "completed-skipped-fetch", "completed-waits", "completed-with-failures", "covered",
	"failed", "held", "held-approved", "intake-completed", "rejected", "skipped",
}

// histories reads the recorded histories, by release and ending.
func histories(t *testing.T) map[string]*historypb.History {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "*", "*.json"))
	require.NoError(t, err)
	found := map[string]*historypb.History{}
	for _, file := range files {
		opened, err := os.Open(file)
		require.NoError(t, err)
		history, err := client.HistoryFromJSON(opened, client.HistoryJSONOptions{})
		require.NoError(t, opened.Close())
		require.NoError(t, err, file)
		found[strings.TrimSuffix(strings.TrimPrefix(filepath.ToSlash(file), "testdata/"), ".json")] = history
	}
	return found
}

func replay(history *historypb.History, register func(worker.WorkflowReplayer), interceptors ...interceptor.WorkerInterceptor) error {
	replayer, err := worker.NewWorkflowReplayerWithOptions(worker.WorkflowReplayerOptions{Interceptors: interceptors})
	if err != nil {
		return err
	}
	register(replayer)
	started := history.Events[0].GetWorkflowExecutionStartedEventAttributes()
	return replayer.ReplayWorkflowHistoryWithOptions(nil, history, worker.ReplayWorkflowHistoryOptions{
		// Without it the code would see an id of the replayer's own.
		OriginalExecution: workflow.Execution{ID: started.GetWorkflowId(), RunID: started.GetOriginalExecutionRunId()},
	})
}

// Today's code makes the decisions that the recorded runs made, so that a run that is under way survives a deploy.
func TestRecordedHistoriesReplay(t *testing.T) {
	t.Parallel()
	found := histories(t)
	releases := map[string]bool{}
	for name := range found {
		releases[filepath.Dir(name)] = true
	}
	for release := range releases {
		require.Contains(t, endings, release, "say what was recorded of it")
	}
	for release, recorded := range endings {
		for _, ending := range recorded {
			require.Contains(t, found, release+"/"+ending)
		}
	}
	for name, history := range found {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var end replayed
			require.NoError(t, replay(history, func(r worker.WorkflowReplayer) { workflows.Register(r) }, &end))
			end.compare(t, history.Events[len(history.Events)-1])
		})
	}
}

// replayed notes how a replayed workflow ended, which the SDK compares only where it completed.
type replayed struct {
	interceptor.WorkerInterceptorBase
	interceptor.WorkflowInboundInterceptorBase
	ended bool
	err   error
}

func (r *replayed) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	r.Next = next
	return r
}

func (r *replayed) ExecuteWorkflow(ctx workflow.Context, in *interceptor.ExecuteWorkflowInput) (any, error) {
	result, err := r.Next.ExecuteWorkflow(ctx, in)
	r.ended, r.err = true, err
	return result, err
}

// compare demands that the workflow ended as the recorded one did, and handed the same to the run that it goes on in.
func (r *replayed) compare(t *testing.T, last *historypb.HistoryEvent) {
	t.Helper()
	require.True(t, r.ended)
	switch last.GetEventType() {
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
		require.NoError(t, r.err)
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
		var application *temporal.ApplicationError
		require.ErrorAs(t, r.err, &application)
		failure := last.GetWorkflowExecutionFailedEventAttributes().GetFailure()
		for failure.GetApplicationFailureInfo() == nil {
			require.NotNil(t, failure.GetCause())
			failure = failure.GetCause() // of the step that failed
		}
		require.Equal(t, failure.GetMessage(), application.Message())
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
		var cancelled *temporal.CanceledError
		require.ErrorAs(t, r.err, &cancelled)
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
		var again *workflow.ContinueAsNewError
		require.ErrorAs(t, r.err, &again)
		recorded := last.GetWorkflowExecutionContinuedAsNewEventAttributes().GetInput().GetPayloads()
		require.Len(t, again.Input.GetPayloads(), len(recorded))
		for i, payload := range recorded {
			require.Equal(t, handed(t, payload.GetData(), nil), handed(t, again.Input.GetPayloads()[i].GetData(), payload.GetData()))
		}
	default:
		require.Fail(t, "no history ends so", last.GetEventType())
	}
}

// A change that would get open runs stuck is caught: copies of the workflow that leave a step out, swap two or add one do not replay.
func TestBrokenCopiesDoNotReplay(t *testing.T) {
	t.Parallel()
	var gate *activities.Gate
	var fetch *activities.Fetch
	var resolve *activities.Resolve
	var push *activities.Push
	step := func(ctx workflow.Context, activity any, input any) error {
		return workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: 1e9}), activity, input).Get(ctx, nil)
	}
	copies := map[string][]func(workflow.Context) error{
		"as it is": {
			func(ctx workflow.Context) error { return step(ctx, gate.Begin, activities.BeginInput{}) },
			func(ctx workflow.Context) error { return step(ctx, fetch.Fetch, activities.FetchInput{}) },
			func(ctx workflow.Context) error { return step(ctx, resolve.Resolve, activities.ResolveInput{}) },
			func(ctx workflow.Context) error { return step(ctx, push.Push, activities.PushInput{}) },
			func(ctx workflow.Context) error { return step(ctx, gate.Finish, activities.FinishInput{}) },
		},
	}
	whole := copies["as it is"]
	copies["without resolve"] = append(append([]func(workflow.Context) error{}, whole[:2]...), whole[3:]...)
	copies["resolve before fetch"] = []func(workflow.Context) error{whole[0], whole[2], whole[1], whole[3], whole[4]}
	copies["a timer more"] = append([]func(workflow.Context) error{func(ctx workflow.Context) error { return workflow.Sleep(ctx, 1e9) }}, whole...)
	copies["without an end"] = whole[:4]

	history := histories(t)["v1/completed-scheduled"]
	require.NotNil(t, history)
	for name, steps := range copies {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := replay(history, func(r worker.WorkflowReplayer) {
				r.RegisterWorkflowWithOptions(func(ctx workflow.Context, _ workflows.SyncInput) (workflows.SyncReport, error) {
					for _, one := range steps {
						if err := one(ctx); err != nil {
							return workflows.SyncReport{}, err
						}
					}
					return workflows.SyncReport{}, workflow.UpsertTypedSearchAttributes(ctx, workflows.AttributeOutcome.ValueSet("completed"))
				}, workflow.RegisterOptions{Name: workflows.SmartSyncType})
			})
			if name == "as it is" {
				require.NoError(t, err, "else the other copies would prove nothing")
				return
			}
			require.ErrorContains(t, err, "TMPRL1100")
		})
	}
}

// handed is the input that a run gives to the next one. With the recorded input of a release, it leaves out the fields that a held pass has
// gained since that release: today's code fills them, and the release did not know them.
func handed(t *testing.T, input, release []byte) map[string]any {
	t.Helper()
	var read map[string]any
	require.NoError(t, json.Unmarshal(input, &read))
	carried, _ := read["carried"].(map[string]any)
	next, _ := carried["next"].(map[string]any)
	held, _ := next["held"].(map[string]any)
	for _, gained := range []string{"absent", "look_at", "merchant", "rest"} {
		if release != nil && !bytes.Contains(release, []byte(`"`+gained+`"`)) {
			delete(held, gained)
		}
	}
	return read
}

// wireTypes are what the payloads of a history are read as, by the name of the activity, workflow or signal.
var wireTypes = map[string][2]func() any{
	"Begin":   {func() any { return new(activities.BeginInput) }, func() any { return new(activities.BeginResult) }},
	"Fetch":   {func() any { return new(activities.FetchInput) }, func() any { return new(activities.FetchResult) }},
	"Resolve": {func() any { return new(activities.ResolveInput) }, func() any { return new(activities.ResolveResult) }},
	"Push":    {func() any { return new(activities.PushInput) }, func() any { return new(activities.PushResult) }},
	"Hold":    {func() any { return new(activities.HoldInput) }, func() any { return new(activities.HoldResult) }},
	"Decide":  {func() any { return new(activities.DecideInput) }, func() any { return new(activities.DecideResult) }},
	"Retake":  {func() any { return new(activities.ReacquireInput) }, func() any { return new(activities.BeginResult) }},
	"Acquire": {func() any { return new(activities.AcquireInput) }, func() any { return new(activities.BeginResult) }},
	"Note":    {func() any { return new(activities.RequestsInput) }, func() any { return new(activities.RequestsResult) }},
	"Settle":  {func() any { return new(activities.RequestsInput) }, func() any { return new(activities.RequestsResult) }},
	"Leave":   {func() any { return new(activities.LeaveInput) }, func() any { return new(struct{}) }},
	"Finish":  {func() any { return new(activities.FinishInput) }, func() any { return new(activities.FinishResult) }},

	"RecordUpdates":  {func() any { return new(activities.RecordUpdatesInput) }, func() any { return new(activities.RecordUpdatesResult) }},
	"RecordSnapshot": {func() any { return new(activities.RecordSnapshotInput) }, func() any { return new(activities.RecordSnapshotResult) }},
	"Request":        {func() any { return new(activities.RequestInput) }, func() any { return new(activities.RequestResult) }},

	// What workflows take and return, by their types, and what signals carry.
	workflows.SmartSyncType:          {func() any { return new(workflows.SyncInput) }, func() any { return new(workflows.SyncReport) }},
	workflows.FullSyncType:           {func() any { return new(workflows.SyncInput) }, func() any { return new(workflows.SyncReport) }},
	workflows.InventoryIntakeType:    {func() any { return new(workflows.IntakeInput) }, func() any { return new(workflows.IntakeReport) }},
	workflows.SignalSyncRequested:    {func() any { return new(workflows.SyncRequest) }},
	workflows.SignalInventoryUpdated: {func() any { return new(workflows.InventoryUpdated) }},
	workflows.SignalApprove:          {func() any { return new(workflows.Decision) }},
	workflows.SignalReject:           {func() any { return new(workflows.Decision) }},
	workflows.SignalHoldDissolved:    {func() any { return new(workflows.HoldDissolved) }},

	// What updates carry and answer. Those of approve and reject have the names of signals.
	"update " + workflows.UpdateSync:    {func() any { return new(workflows.SyncRequest) }, func() any { return new(workflows.SyncAnswer) }},
	"update " + workflows.UpdateApprove: {func() any { return new(workflows.Decision) }, func() any { return new(workflows.DecisionAnswer) }},
	"update " + workflows.UpdateReject:  {func() any { return new(workflows.Decision) }, func() any { return new(workflows.DecisionAnswer) }},
}

// Wire types only grow: every field of every recorded payload is still known, and payloads stay small.
func TestRecordedPayloadsAreStillUnderstood(t *testing.T) {
	t.Parallel()
	const mostBytes = 4 << 10
	for name, history := range histories(t) {
		scheduled := map[int64]string{}
		read := func(payloads *commonpb.Payloads, into any) {
			for _, payload := range payloads.GetPayloads() {
				require.Less(t, len(payload.GetData()), mostBytes, "%s: payloads do not grow with the catalogue", name)
				decoder := json.NewDecoder(bytes.NewReader(payload.GetData()))
				decoder.DisallowUnknownFields()
				require.NoError(t, decoder.Decode(into), "%s: %s", name, payload.GetData())
			}
		}
		var workflow string
		updates := map[string]string{}
		for _, event := range history.GetEvents() {
			switch event.GetEventType() {
			case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
				workflow = event.GetWorkflowExecutionStartedEventAttributes().GetWorkflowType().GetName()
				require.Contains(t, wireTypes, workflow, name)
				read(event.GetWorkflowExecutionStartedEventAttributes().GetInput(), wireTypes[workflow][0]())
			case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
				read(event.GetWorkflowExecutionCompletedEventAttributes().GetResult(), wireTypes[workflow][1]())
			case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
				attributes := event.GetWorkflowExecutionSignaledEventAttributes()
				require.Contains(t, wireTypes, attributes.GetSignalName(), name)
				read(attributes.GetInput(), wireTypes[attributes.GetSignalName()][0]())
			case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
				request := event.GetWorkflowExecutionUpdateAcceptedEventAttributes().GetAcceptedRequest()
				update := "update " + request.GetInput().GetName()
				require.Contains(t, wireTypes, update, name)
				updates[request.GetMeta().GetUpdateId()] = update
				read(request.GetInput().GetArgs(), wireTypes[update][0]())
			case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED:
				attributes := event.GetWorkflowExecutionUpdateCompletedEventAttributes()
				read(attributes.GetOutcome().GetSuccess(), wireTypes[updates[attributes.GetMeta().GetUpdateId()]][1]())
			case enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
				attributes := event.GetActivityTaskScheduledEventAttributes()
				activity := attributes.GetActivityType().GetName()
				require.Contains(t, wireTypes, activity, name)
				scheduled[event.GetEventId()] = activity
				read(attributes.GetInput(), wireTypes[activity][0]())
			case enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
				attributes := event.GetActivityTaskCompletedEventAttributes()
				read(attributes.GetResult(), wireTypes[scheduled[attributes.GetScheduledEventId()]][1]())
			default:
			}
		}
	}
}
