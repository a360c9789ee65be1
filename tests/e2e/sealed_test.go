package e2e

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/tidemark/tidemark/control/gateway"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// sealingKey is a line of TIDEMARK_PAYLOAD_KEYS.
func sealingKey(name string) string {
	return name + " " + base64.StdEncoding.EncodeToString([]byte(strings.Repeat(name[:1], 32))) + "\n"
}

func (w *world) seals() grpc.UnaryClientInterceptor {
	w.t.Helper()
	keys, err := gateway.ParseKeys(w.keys)
	require.NoError(w.t, err)
	seals, err := keys.Interceptor()
	require.NoError(w.t, err)
	return seals
}

// told is all that Temporal has of the namespace, as somebody without keys reads it: histories, memos and schedules.
func (w *world) told(ctx context.Context) string {
	w.t.Helper()
	raw, err := client.DialContext(ctx, client.Options{HostPort: w.temporal.address, Namespace: w.namespace, Logger: quiet{}})
	require.NoError(w.t, err)
	defer raw.Close()
	var told strings.Builder
	list, err := raw.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{Namespace: w.namespace, PageSize: 1000})
	require.NoError(w.t, err)
	require.NotEmpty(w.t, list.GetExecutions())
	for _, one := range list.GetExecutions() {
		told.WriteString(protojson.Format(one))
		described, err := raw.WorkflowService().DescribeWorkflowExecution(ctx, &workflowservice.DescribeWorkflowExecutionRequest{Namespace: w.namespace, Execution: one.GetExecution()})
		require.NoError(w.t, err)
		told.WriteString(protojson.Format(described))
		events := raw.GetWorkflowHistory(ctx, one.GetExecution().GetWorkflowId(), one.GetExecution().GetRunId(), false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for events.HasNext() {
			event, err := events.Next()
			require.NoError(w.t, err)
			told.WriteString(protojson.Format(event))
			for _, payload := range payloadsOf(event) {
				told.Write(payload.GetData()) // which stands in base64 above
			}
		}
	}
	schedules, err := raw.WorkflowService().ListSchedules(ctx, &workflowservice.ListSchedulesRequest{Namespace: w.namespace})
	require.NoError(w.t, err)
	for _, one := range schedules.GetSchedules() {
		described, err := raw.WorkflowService().DescribeSchedule(ctx, &workflowservice.DescribeScheduleRequest{Namespace: w.namespace, ScheduleId: one.GetScheduleId()})
		require.NoError(w.t, err)
		told.WriteString(protojson.Format(described))
		for _, payload := range described.GetSchedule().GetAction().GetStartWorkflow().GetInput().GetPayloads() {
			told.Write(payload.GetData())
		}
	}
	return told.String()
}

// payloadsOf are the payloads of an event that hold what Tidemark gave to Temporal.
func payloadsOf(event *historypb.HistoryEvent) []*commonpb.Payload {
	found := []*commonpb.Payload{event.GetUserMetadata().GetSummary()}
	for _, one := range []*commonpb.Payloads{
		event.GetWorkflowExecutionStartedEventAttributes().GetInput(), event.GetWorkflowExecutionCompletedEventAttributes().GetResult(),
		event.GetActivityTaskScheduledEventAttributes().GetInput(), event.GetActivityTaskCompletedEventAttributes().GetResult(),
		event.GetWorkflowExecutionSignaledEventAttributes().GetInput(),
	} {
		found = append(found, one.GetPayloads()...)
	}
	for _, failure := range []*failurepb.Failure{event.GetActivityTaskFailedEventAttributes().GetFailure(), event.GetWorkflowExecutionFailedEventAttributes().GetFailure()} {
		for ; failure != nil; failure = failure.GetCause() {
			found = append(found, failure.GetEncodedAttributes())
		}
	}
	return found
}

// With keys, Temporal has nothing in the clear of what a run was asked for, did and failed with; who has the keys works as before, the keys can be changed
// under way, and a worker without the right one loses nothing.
func TestTemporalSeesCiphertextAlone(t *testing.T) {
	w := atFirst(t, 30, func(w *world) { w.keys = sealingKey("old") })
	request := workflows.SyncRequest{ID: "canary-request", By: "canary-person", SKUs: []string{"SKU-00007"}}
	require.Equal(t, ledger.Completed, w.sync(ledger.Smart, "shop", request).Outcome)

	w.box.faults("warehouses/depot", map[string]any{"unauthorized": true})
	answer := w.ask(ledger.Smart, "shop", workflows.SyncRequest{By: "canary-person"})
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	report, err := w.control.Wait(ctx, answer)
	require.Error(t, err, "%+v", report)
	require.ErrorContains(t, err, "401", "who has the keys reads why")
	w.box.faults("warehouses/depot", map[string]any{})

	told := w.told(ctx)
	require.Contains(t, told, base64.StdEncoding.EncodeToString([]byte("binary/encrypted")))
	require.Contains(t, told, "Encoded failure")
	for _, text := range []string{"canary-", "SKU-0000", "does not accept the credential", token, w.box.address} {
		if at := strings.Index(told, text); at >= 0 {
			t.Errorf("%q is in the clear: …%s…", text, told[max(0, at-300):min(len(told), at+100)])
		}
	}

	said, problems, code := w.starter("replay", "smart-sync/shop", "--run-id", answer.Run)
	require.Zero(t, code, problems)
	require.Contains(t, said, "401")
	w.codecOpens(ctx, answer.Run)
	keys := w.keys
	w.keys = sealingKey("wrong")
	_, problems, code = w.starter("replay", "smart-sync/shop", "--run-id", answer.Run)
	require.NotZero(t, code)
	require.Contains(t, problems, `sealed with the key "old"`)

	// A worker that has another key alone does nothing, and what was asked for waits for one that has both.
	w.workers[0].stop(syscall.SIGTERM)
	blind := w.work()
	w.box.set("depot", map[string]int64{"SKU-00003": 777})
	w.ask(ledger.Smart, "shop", workflows.SyncRequest{ID: "late"})
	waitFor(t, "the worker says which key it has not", func(context.Context) error {
		if !strings.Contains(blind.output.String(), `sealed with the key \"old\"`) {
			return errors.New(last(blind.output.String(), 500))
		}
		return nil
	})
	blind.stop(syscall.SIGTERM)
	w.keys = sealingKey("new") + keys
	w.work()
	waitFor(t, "the request is served", func(ctx context.Context) error {
		found, err := w.ledger.Requests(ctx, ledger.RequestQuery{Connection: "shop", ID: "late", Limit: 1})
		if err == nil && (len(found) == 0 || found[0].Outcome != ledger.RequestServed) {
			err = errors.New("it waits")
		}
		return err
	})
	w.same("shop")
	require.Contains(t, w.told(ctx), base64.StdEncoding.EncodeToString([]byte("new")), "what is new is sealed with the first key")
}

// codecOpens demands that the codec endpoint shows what a run failed with.
func (w *world) codecOpens(ctx context.Context, run string) {
	w.t.Helper()
	folder, err := programs()
	require.NoError(w.t, err)
	address := "127.0.0.1:" + port(w.t)
	codec := launch(w.t, w.environment(), filepath.Join(folder, "starter"), "codec", "--listen", address)
	defer codec.stop(syscall.SIGINT)
	raw, err := client.DialContext(ctx, client.Options{HostPort: w.temporal.address, Namespace: w.namespace, Logger: quiet{}})
	require.NoError(w.t, err)
	defer raw.Close()
	events := raw.GetWorkflowHistory(ctx, "smart-sync/shop", run, false, enumspb.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT)
	event, err := events.Next()
	require.NoError(w.t, err)
	body := protojson.Format(&commonpb.Payloads{Payloads: []*commonpb.Payload{event.GetWorkflowExecutionFailedEventAttributes().GetFailure().GetCause().GetEncodedAttributes()}})
	var opened commonpb.Payloads
	waitFor(w.t, "the codec endpoint opens a failure", func(ctx context.Context) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address+"/decode", strings.NewReader(body))
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		defer func() { _ = response.Body.Close() }()
		content, err := io.ReadAll(response.Body)
		if err != nil {
			return err
		}
		return protojson.Unmarshal(content, &opened)
	})
	require.Contains(w.t, string(opened.GetPayloads()[0].GetData()), "401")
}
