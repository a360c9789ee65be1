package bench

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	"google.golang.org/protobuf/proto"
)

// TestActions counts, in recorded histories of the kinds of runs that docs/performance.md lists, what the server charges or has to keep: the
// actions, the events and the bytes of the history. It fails when a recorded kind of run has grown beyond what the page says.
//
// The histories are those of a release, so a change of the workflows shows here when its histories are recorded.
func TestActions(t *testing.T) {
	t.Parallel()
	for name, limit := range map[string]struct{ actions, events int }{
		"completed-scheduled":     {8, 44},  // a scheduled Smart Sync
		"completed-full":          {11, 57}, // a Full Sync that was asked for, and that waited for the last call of a lost worker
		"completed-skipped-fetch": {6, 22},  // the run of a connection after an event
		"intake-snapshot":         {5, 20},
		"covered":                 {5, 22},
		"skipped":                 {3, 14},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			content, err := os.ReadFile(filepath.Join("..", "..", "workflows", "testdata", "v5", name+".json"))
			require.NoError(t, err)
			var recorded history.History
			require.NoError(t, temporalproto.CustomJSONUnmarshalOptions{DiscardUnknown: true}.Unmarshal(content, &recorded))
			actions, local := 0, map[int64]bool{}
			for _, event := range recorded.GetEvents() {
				if isAction(event) {
					actions++
				}
				if marker := event.GetMarkerRecordedEventAttributes(); marker.GetMarkerName() == "LocalActivity" {
					local[marker.GetWorkflowTaskCompletedEventId()] = true // those of one workflow task are one action
				}
			}
			actions += len(local)
			t.Logf("%d actions, %d events, %d bytes", actions, len(recorded.GetEvents()), proto.Size(&recorded))
			require.LessOrEqual(t, actions, limit.actions, "actions")
			require.LessOrEqual(t, len(recorded.GetEvents()), limit.events, "events")
		})
	}
}

// isAction is true for what Temporal counts as an action (docs.temporal.io/cloud/actions): a start, an activity, a timer, a signal, an
// update, new search attributes other than those of versions, and a new run of the chain. Heartbeats, which count too, are not in a history.
func isAction(event *history.HistoryEvent) bool {
	switch event.GetEventType() {
	case enums.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED, enums.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, enums.EVENT_TYPE_TIMER_STARTED,
		enums.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED, enums.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
		enums.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
		return true
	case enums.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES:
		fields := event.GetUpsertWorkflowSearchAttributesEventAttributes().GetSearchAttributes().GetIndexedFields()
		_, version := fields["TemporalChangeVersion"]
		return !version || len(fields) > 1
	default:
		return false
	}
}
