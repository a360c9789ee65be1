package control

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"sort"
	"strings"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	temporallog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/tidemark/tidemark/control/gateway"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/workflows"
)

// Replay is the result of replaying a recorded history.
type Replay struct {
	Workflow string   `json:"workflow"`
	Run      string   `json:"run"`
	Type     string   `json:"type"`
	Events   int      `json:"events"`
	Steps    []string `json:"steps"`  // what the run did, one line for each decision and each answer
	Ending   string   `json:"ending"` // how the recorded run ended, with the failure where it failed
	// Difference says where today's code decides otherwise than the recorded run; it is empty where it decides the same.
	Difference string `json:"difference,omitempty"`
	Meaning    string `json:"meaning"`
}

// What a replay means. A replay checks the order of decisions. It makes no calls, and it compares neither arguments nor results.
const (
	meaningSame = "Today's code takes the same decisions in the same order, so runs that are open can go on with it. " +
		"It does not mean that a failure is mended: no store or warehouse was called, and the recorded answers were used again."
	meaningDifferent = "Today's code decides otherwise than the run did: an open run with this history would get stuck on it. " +
		"Keep the old path behind workflow.GetVersion, or let such runs end with the old code first."
)

// HistoryFromFile reads a history that `temporal workflow show -o json` or the Web UI exported. It decrypts sealed payloads with the keys of the
// environment.
func HistoryFromFile(path string) (*historypb.History, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	history, err := client.HistoryFromJSON(file, client.HistoryJSONOptions{})
	if err != nil {
		return nil, usage("%s is not a workflow history in JSON (%v); "+
			"export one with: temporal workflow show -w WORKFLOW-ID -r RUN-ID -o json > FILE", path, brief(err))
	}
	keys, err := gateway.ProcessKeys()
	if err == nil {
		err = keys.OpenHistory(history)
	}
	if err != nil {
		return nil, usage("%s cannot be opened: %v", path, err)
	}
	return history, nil
}

// HistoryOf fetches a history from the server. An empty run id means the latest run.
func (c *Control) HistoryOf(ctx context.Context, id, run string) (*historypb.History, error) {
	history := &historypb.History{}
	events := c.temporal.History(ctx, id, run)
	for events.HasNext() {
		event, err := events.Next()
		if gateway.Absent(err) {
			return nil, usage("there is no workflow %q on the server (any more: histories are kept as long as the namespace's retention says); "+
				"starter runs lists workflow ids", id)
		} else if err != nil {
			return nil, fmt.Errorf("fetching the history of %s: %w", id, err)
		}
		history.Events = append(history.Events, event)
	}
	return history, nil
}

// ReplayHistory runs today's workflow code against a recorded history. The log of the workflow's own decisions goes to log.
func ReplayHistory(history *historypb.History, log temporallog.Logger) (Replay, error) {
	if len(history.GetEvents()) == 0 || history.Events[0].GetWorkflowExecutionStartedEventAttributes() == nil {
		return Replay{}, usage("the history does not begin with the start of a workflow; it may have been cut")
	}
	started := history.Events[0].GetWorkflowExecutionStartedEventAttributes()
	result := Replay{
		Workflow: started.GetWorkflowId(), Run: started.GetOriginalExecutionRunId(), Type: started.GetWorkflowType().GetName(),
		Events: len(history.Events), Meaning: meaningSame,
	}
	if !slices.Contains([]string{workflows.SmartSyncType, workflows.FullSyncType, workflows.InventoryIntakeType}, result.Type) {
		return result, usage("the history is of a workflow of type %q, which is not Tidemark's", result.Type)
	}
	result.Steps, result.Ending = DescribeHistory(history)
	replayer, err := worker.NewWorkflowReplayerWithOptions(worker.WorkflowReplayerOptions{EnableLoggingInReplay: true})
	if err != nil {
		return result, err
	}
	workflows.Register(replayer)
	err = replayer.ReplayWorkflowHistoryWithOptions(log, history, worker.ReplayWorkflowHistoryOptions{
		OriginalExecution: workflow.Execution{ID: result.Workflow, RunID: result.Run},
	})
	if err != nil {
		result.Difference, result.Meaning = err.Error(), meaningDifferent
	}
	return result, nil
}

// DescribeHistory puts a history into words: one line for each decision and each answer, and how the run ended.
func DescribeHistory(history *historypb.History) (steps []string, ending string) {
	names := map[int64]string{}
	ending = "the run is still open"
	for _, event := range history.GetEvents() {
		at := event.GetEventTime().AsTime().UTC().Format(time.TimeOnly)
		add := func(format string, arguments ...any) {
			steps = append(steps, fmt.Sprintf("%5d %s  ", event.GetEventId(), at)+fmt.Sprintf(format, arguments...))
		}
		switch event.GetEventType() {
		case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
			add("started with %s", payloads(event.GetWorkflowExecutionStartedEventAttributes().GetInput()))
		case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
			a := event.GetWorkflowExecutionSignaledEventAttributes()
			add("signal %s %s", a.GetSignalName(), payloads(a.GetInput()))
		case enumspb.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
			a := event.GetActivityTaskScheduledEventAttributes()
			names[event.GetEventId()] = a.GetActivityType().GetName()
			add("→ %s%s %s", a.GetActivityType().GetName(), inBrackets(event.GetUserMetadata().GetSummary()), payloads(a.GetInput()))
		case enumspb.EVENT_TYPE_ACTIVITY_TASK_STARTED:
			if a := event.GetActivityTaskStartedEventAttributes(); a.GetAttempt() > 1 {
				add("  attempt %d, after: %s", a.GetAttempt(), Chain(a.GetLastFailure()))
			}
		case enumspb.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
			a := event.GetActivityTaskCompletedEventAttributes()
			add("← %s %s", names[a.GetScheduledEventId()], payloads(a.GetResult()))
		case enumspb.EVENT_TYPE_ACTIVITY_TASK_FAILED:
			a := event.GetActivityTaskFailedEventAttributes()
			add("✗ %s failed: %s", names[a.GetScheduledEventId()], Chain(a.GetFailure()))
		case enumspb.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT:
			a := event.GetActivityTaskTimedOutEventAttributes()
			add("✗ %s timed out: %s", names[a.GetScheduledEventId()], Chain(a.GetFailure()))
		case enumspb.EVENT_TYPE_ACTIVITY_TASK_CANCELED:
			add("✗ %s was cancelled", names[event.GetActivityTaskCanceledEventAttributes().GetScheduledEventId()])
		case enumspb.EVENT_TYPE_TIMER_STARTED:
			add("waits %s%s", event.GetTimerStartedEventAttributes().GetStartToFireTimeout().AsDuration(), inBrackets(event.GetUserMetadata().GetSummary()))
		case enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED:
			add("✗ workflow task failed: %s", Chain(event.GetWorkflowTaskFailedEventAttributes().GetFailure()))
		case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED:
			add("a cancellation was asked for")
		case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
			ending = "completed with " + payloads(event.GetWorkflowExecutionCompletedEventAttributes().GetResult())
		case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
			ending = "failed: " + Chain(event.GetWorkflowExecutionFailedEventAttributes().GetFailure())
		case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
			ending = "cancelled"
		case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED:
			ending = "terminated: " + event.GetWorkflowExecutionTerminatedEventAttributes().GetReason()
		case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT:
			ending = "timed out"
		case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
			ending = "continued as new, as run " + event.GetWorkflowExecutionContinuedAsNewEventAttributes().GetNewExecutionRunId()
		default:
		}
	}
	return steps, ending
}

// Chain is a failure with its causes, in one line.
func Chain(failure *failurepb.Failure) string {
	var parts []string
	for ; failure != nil; failure = failure.GetCause() {
		text := failure.GetMessage()
		if kind := failure.GetApplicationFailureInfo().GetType(); kind != "" {
			text += " (" + kind + ")"
		}
		if len(parts) == 0 || parts[len(parts)-1] != text {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, " ← ")
}

// longestPayloadText bounds the text of an event's payloads, in bytes.
const longestPayloadText = 400

func payloads(all *commonpb.Payloads) string {
	var texts []string
	for _, payload := range all.GetPayloads() {
		texts = append(texts, converter.GetDefaultDataConverter().ToString(payload))
	}
	return inventory.Beginning(strings.Join(texts, " "), longestPayloadText)
}

func inBrackets(payload *commonpb.Payload) string {
	if payload == nil {
		return ""
	}
	var text string
	if err := converter.GetDefaultDataConverter().FromPayload(payload, &text); err != nil {
		return ""
	}
	return " [" + text + "]"
}

// LineLogger writes a workflow's log as short lines, for people who read a replay.
type LineLogger struct{ W io.Writer }

// Debug is not shown.
func (LineLogger) Debug(string, ...any) {}

// Info shows a decision.
func (l LineLogger) Info(message string, keyvals ...any) { l.line("decides", message, keyvals) }

// Warn shows a warning.
func (l LineLogger) Warn(message string, keyvals ...any) { l.line("warns", message, keyvals) }

// Error shows an error.
func (l LineLogger) Error(message string, keyvals ...any) { l.line("error", message, keyvals) }

func (l LineLogger) line(word, message string, keyvals []any) {
	hidden := map[string]bool{"Namespace": true, "TaskQueue": true, "WorkerID": true, "WorkflowType": true, "WorkflowID": true, "RunID": true, "Attempt": true}
	var pairs []string
	for i := 0; i+1 < len(keyvals); i += 2 {
		name := fmt.Sprint(keyvals[i])
		if value := fmt.Sprint(keyvals[i+1]); !hidden[name] && value != "" {
			pairs = append(pairs, name+"="+value)
		}
	}
	sort.Strings(pairs)
	_, _ = fmt.Fprintf(l.W, "  %s: %s %s\n", word, message, strings.Join(pairs, " "))
}
