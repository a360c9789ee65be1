package control

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// A ledger is made only where that is asked for, and a mistyped place is said to hold none.
func TestOpeningALedger(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ledger.db")
	now := func() time.Time { return noon }
	_, err := Open(t.Context(), path, false, now)
	require.ErrorContains(t, err, "there is no ledger at "+path)
	_, err = Open(t.Context(), "mysql://localhost/x", true, now)
	var wrong *UsageError
	require.ErrorAs(t, err, &wrong)
	c, err := Open(t.Context(), path, true, now)
	require.NoError(t, err)
	require.NoError(t, c.Check(t.Context()))
	require.NoError(t, c.Close())
	c, err = Open(t.Context(), path, false, now)
	require.NoError(t, err, "it is there now")
	require.NoError(t, c.Close())
	versions, err := VersionsOf()
	require.NoError(t, err)
	require.Positive(t, versions.Schema)
	require.Equal(t, workflows.Histories, versions.Histories)
}

// A connection that becomes enabled is asked a Full Sync for, once: a dry run asks for none, and one that has run before needs none.
func TestTheFirstFullSyncOfAnApply(t *testing.T) {
	t.Parallel()
	connection := ledger.Connection{
		ID: "acme-shop", Merchant: "acme", Warehouse: "depot", Store: "shop", Enabled: true, Inventory: ledger.Flow{Enabled: true},
	}
	disabled := connection
	disabled.Enabled = false
	for name, test := range map[string]struct {
		connection ledger.Connection
		temporal   namespace
		before     map[string]bool
		ran, dry   bool
		requested  int
		calls      int
		fails      string
	}{
		"it is new":                      {connection: connection, requested: 1, calls: 1},
		"it is new, and it is a dry run": {connection: connection, dry: true, requested: 1},
		"it is disabled":                 {connection: disabled},
		"it was enabled, and has run":    {connection: connection, before: map[string]bool{"acme-shop": true}, ran: true},
		"an apply broke off":             {connection: connection, before: map[string]bool{"acme-shop": true}, requested: 1, calls: 1},
		"it is under way":                {connection: connection, before: map[string]bool{"acme-shop": true}, temporal: namespace{described: running("x")}},
		"nobody knows": {
			connection: connection, before: map[string]bool{"acme-shop": true}, temporal: namespace{fails: errors.New("away")}, fails: "away",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			state := shopLedger(t)
			if test.ran {
				runIn(t, state, "first", noon)
			}
			a := &applyOperation{Control: New(state, &test.temporal, func() time.Time { return noon }), report: &ApplyReport{}, wasActive: test.before}
			a.options.DryRun = test.dry
			err := a.requestFirstFull(t.Context(), test.connection)
			if test.fails != "" {
				require.ErrorContains(t, err, test.fails)
			} else {
				require.NoError(t, err)
			}
			require.Len(t, a.report.Requested, test.requested)
			require.Len(t, test.temporal.calls, test.calls)
		})
	}
}

// A schedule whose connection is not configured any more is named, and removed with --prune; another ledger's is left alone.
func TestSchedulesOfConnectionsThatAreGone(t *testing.T) {
	t.Parallel()
	s := newScheduled(t)
	own := s.fake.kept["smart-sync/acme-shop"]
	s.fake.kept["smart-sync/gone"] = own
	s.definitions.Connections = []ledger.Connection{}
	report := s.apply(ApplyOptions{})
	require.Contains(t, report.Warnings,
		"schedule smart-sync/gone belongs to a connection that the configuration no longer has; it goes on until you apply with --prune")
	require.Contains(t, s.fake.kept, "smart-sync/gone")

	report = s.apply(ApplyOptions{ApplyOptions: ledger.ApplyOptions{DryRun: true, Prune: true}})
	require.Contains(t, s.fake.kept, "smart-sync/gone", "a dry run removes nothing")
	require.NotEmpty(t, report.Schedules)
	report = s.apply(ApplyOptions{ApplyOptions: ledger.ApplyOptions{Prune: true}})
	require.Empty(t, s.fake.kept)
	require.Contains(t, report.Schedules, ScheduleChange{ID: "smart-sync/gone", Action: "removed", Detail: "its connection is no longer configured"})

	bare := own
	action := *own.Action.(*client.ScheduleWorkflowAction)
	action.Args, action.Memo = nil, nil
	bare.Action = &action
	s.fake.kept["smart-sync/nobodys"] = bare
	report = s.apply(ApplyOptions{ApplyOptions: ledger.ApplyOptions{Prune: true}})
	require.Contains(t, s.fake.kept, "smart-sync/nobodys")
	require.Contains(t, report.Warnings[len(report.Warnings)-1], "1 schedule of which nobody knows whose they are, left alone: smart-sync/nobodys")
}

// Search attributes are registered, or an administrator is told how.
func TestRegisteringSearchAttributes(t *testing.T) {
	t.Parallel()
	c := New(shopLedger(t), &namespace{}, time.Now)
	done, err := c.register(t.Context())
	require.NoError(t, err)
	require.Equal(t, Registration{}, done, "all are there")
	c = New(shopLedger(t), &namespace{bare: true}, time.Now)
	done, err = c.register(t.Context())
	require.NoError(t, err)
	require.Len(t, done.Added, len(workflows.Attributes()))
	c = New(shopLedger(t), &namespace{bare: true, updates: errors.New("not permitted")}, time.Now)
	done, err = c.register(t.Context())
	require.NoError(t, err)
	require.Len(t, done.Missing, len(workflows.Attributes()))
	require.Contains(t, done.Advice, "temporal operator search-attribute create --namespace shops --name TidemarkConnection --type Keyword")
}

// A warehouse's upload is staged in parts, and thrown away on demand.
func TestAnUpload(t *testing.T) {
	t.Parallel()
	c := New(shopLedger(t), nil, func() time.Time { return noon })
	id, err := c.StageUpload(t.Context(), ledger.SnapshotStart{Warehouse: "depot", Now: noon})
	require.NoError(t, err)
	require.NoError(t, c.StageRows(t.Context(), id, []inventory.Level{{SKU: "BIKE", Available: 3, ReportedAt: noon}}, nil))
	require.NoError(t, c.NoteOddities(t.Context(), id, nil))
	require.NoError(t, c.Discard(t.Context(), id))
	require.Error(t, c.StageRows(t.Context(), id, []inventory.Level{{SKU: "BIKE", Available: 3, ReportedAt: noon}}, nil))
}

func TestAHistoryIsFetched(t *testing.T) {
	t.Parallel()
	temporal := &namespace{}
	c := New(shopLedger(t), temporal, time.Now)
	history, err := c.HistoryOf(t.Context(), "w", "")
	require.NoError(t, err)
	require.Len(t, history.Events, 1)
	for want, fails := range map[string]error{
		`there is no workflow "w" on the server`: serviceerror.NewNotFound("none"), "fetching the history of w: away": errors.New("away"),
	} {
		_, err = New(shopLedger(t), &namespace{fails: fails}, time.Now).HistoryOf(t.Context(), "w", "")
		require.ErrorContains(t, err, want)
	}
	_, err = ReplayHistory(history, LineLogger{W: t.Output()})
	require.ErrorContains(t, err, "does not begin with the start of a workflow")

	temporal.answer = func(into any) { into.(*workflows.SyncReport).Reason = "done" }
	report, err := c.Wait(t.Context(), SyncAnswer{Workflow: "w", Run: "r"})
	require.NoError(t, err)
	require.Equal(t, "done", report.Reason)
	retry, err := c.Retry(t.Context(), "w")
	require.NoError(t, err)
	require.Nil(t, retry, "it is over")
}

// Every kind of event of a history is put into a line, and every ending.
func TestTellingAHistory(t *testing.T) {
	t.Parallel()
	summary, err := converter.GetDefaultDataConverter().ToPayload("a summary")
	require.NoError(t, err)
	failure := &failurepb.Failure{Message: "it broke", Cause: &failurepb.Failure{
		Message: "the store is away", FailureInfo: &failurepb.Failure_ApplicationFailureInfo{ApplicationFailureInfo: &failurepb.ApplicationFailureInfo{Type: "Away"}},
	}}
	event := func(kind enumspb.EventType, attributes any) *historypb.HistoryEvent {
		e := &historypb.HistoryEvent{EventId: 5, EventType: kind}
		switch a := attributes.(type) {
		case *historypb.ActivityTaskTimedOutEventAttributes:
			e.Attributes = &historypb.HistoryEvent_ActivityTaskTimedOutEventAttributes{ActivityTaskTimedOutEventAttributes: a}
		case *historypb.ActivityTaskFailedEventAttributes:
			e.Attributes = &historypb.HistoryEvent_ActivityTaskFailedEventAttributes{ActivityTaskFailedEventAttributes: a}
		case *historypb.WorkflowTaskFailedEventAttributes:
			e.Attributes = &historypb.HistoryEvent_WorkflowTaskFailedEventAttributes{WorkflowTaskFailedEventAttributes: a}
		case *historypb.WorkflowExecutionTerminatedEventAttributes:
			e.Attributes = &historypb.HistoryEvent_WorkflowExecutionTerminatedEventAttributes{WorkflowExecutionTerminatedEventAttributes: a}
		}
		return e
	}
	for name, test := range map[string]struct {
		event        *historypb.HistoryEvent
		step, ending string
	}{
		"a step that failed": {
			event(enumspb.EVENT_TYPE_ACTIVITY_TASK_FAILED, &historypb.ActivityTaskFailedEventAttributes{Failure: failure}),
			"failed: it broke ← the store is away (Away)", "",
		},
		"a step that timed out": {
			event(enumspb.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT, &historypb.ActivityTaskTimedOutEventAttributes{Failure: failure}), "timed out: it broke", "",
		},
		"a step that was cancelled": {event(enumspb.EVENT_TYPE_ACTIVITY_TASK_CANCELED, nil), "was cancelled", ""},
		"a task that failed": {
			event(enumspb.EVENT_TYPE_WORKFLOW_TASK_FAILED, &historypb.WorkflowTaskFailedEventAttributes{Failure: failure}), "workflow task failed: it broke", "",
		},
		"a cancellation":            {event(enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED, nil), "a cancellation was asked for", ""},
		"a workflow that failed":    {event(enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED, nil), "", "failed: "},
		"a workflow that timed out": {event(enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT, nil), "", "timed out"},
		"a workflow that was ended": {
			event(enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED, &historypb.WorkflowExecutionTerminatedEventAttributes{Reason: "by hand"}), "", "terminated: by hand",
		},
		"a workflow that is goes on": {event(enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW, nil), "", "continued as new, as run "},
		"an event without a word":    {event(enumspb.EVENT_TYPE_MARKER_RECORDED, nil), "", "the run is still open"},
	} {
		steps, ending := DescribeHistory(&historypb.History{Events: []*historypb.HistoryEvent{test.event}})
		if test.step == "" {
			require.Empty(t, steps, name)
			require.Equal(t, test.ending, ending, name)
			continue
		}
		require.Len(t, steps, 1, name)
		require.Contains(t, steps[0], test.step, name)
	}
	require.Equal(t, " [a summary]", inBrackets(summary))
	require.Empty(t, inBrackets(nil))
	require.Empty(t, inBrackets(&commonpb.Payload{Data: []byte("x")}))

	var log bytes.Buffer
	logger := LineLogger{W: &log}
	logger.Debug("not shown")
	logger.Warn("careful", "b", 2, "a", 1, "RunID", "hidden")
	logger.Error("broken")
	require.Equal(t, "  warns: careful a=1 b=2\n  error: broken \n", log.String())
}

func TestWordsAroundSettings(t *testing.T) {
	t.Parallel()
	earlierOne, laterOne := new(noon), new(noon.Add(time.Hour))
	require.Equal(t, earlierOne, earlier(earlierOne, laterOne))
	require.Equal(t, earlierOne, earlier(laterOne, earlierOne))
	require.Equal(t, laterOne, earlier(nil, laterOne))
	require.Equal(t, laterOne, earlier(laterOne, nil))
	old, young := &ledger.Run{ID: 1}, &ledger.Run{ID: 2}
	require.Equal(t, young, newerOf(old, young))
	require.Equal(t, young, newerOf(young, old))
	require.Nil(t, newerOf(nil, nil))
	require.Equal(t, "a, b", joinFirst([]string{"a", "b"}, 2))
	require.Equal(t, "a and 2 more", joinFirst([]string{"a", "b", "c"}, 1))
	require.Equal(t, Actor{Name: "unknown", Face: "unknown"}, ActorOf(t.Context()))
	require.True(t, OverrideFate{Action: string(fatePages)}.OfThePages())
	require.False(t, SettingFate{Action: string(fateKept)}.OfThePages())
	require.Equal(t, 5*time.Minute, Spread([]ledger.Rule{{Every: 2 * time.Hour}}))
	require.NotEmpty(t, StrategyText(inventory.Strategy{Minimum: 3}))
	stale := &StaleEditError{
		Now:    ScheduleSetting{Connection: "acme-shop", Mode: ledger.Smart, Schedule: *every(60), Source: SetInFile},
		Wanted: *every(30),
	}
	require.ErrorContains(t, stale, "the smart schedule of acme-shop was changed while you edited it. It is now every 60 minutes (UTC)")
	require.ErrorContains(t, stale, "you wanted every 30 minutes (UTC)")
}

// Arguments of another program are not ours, whatever they hold.
func TestArgumentsOfSchedules(t *testing.T) {
	t.Parallel()
	input := workflows.SyncInput{Connection: "acme-shop", Ledger: "x"}
	payload, err := converter.GetDefaultDataConverter().ToPayload(input)
	require.NoError(t, err)
	plain, err := argumentForm([]any{input})
	require.NoError(t, err)
	wired, err := argumentForm([]any{payload})
	require.NoError(t, err)
	require.Equal(t, plain, wired)
	other, err := argumentForm([]any{&commonpb.Payload{Data: []byte("x")}})
	require.NoError(t, err)
	require.Contains(t, other, "something else")
	require.Equal(t,
		[]client.ScheduleRange{{Start: 0, End: 6, Step: 1}}, ranges(nil, client.ScheduleRange{Start: 0, End: 6}))
	require.Equal(t, []client.ScheduleRange{{Start: 3, End: 3, Step: 1}}, ranges([]client.ScheduleRange{{Start: 3}}))
}
