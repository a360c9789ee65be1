package control

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/control/gateway"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// namespace is a Temporal that answers as a test says. It keeps the calls.
type namespace struct {
	gateway.Temporal
	described *workflowservice.DescribeWorkflowExecutionResponse // nil: the workflow is not there
	fails     error                                              // of Describe
	updates   error
	signals   error
	cancels   error
	answer    func(into any)
	bare      bool // it knows no search attributes

	calls   []string
	payload any // of the last call
}

func (n *namespace) Namespace() string { return "shops" }

func (n *namespace) Describe(context.Context, string) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	if n.fails != nil {
		return nil, n.fails
	}
	if n.described == nil {
		return nil, serviceerror.NewNotFound("none")
	}
	return n.described, nil
}

func (n *namespace) called(call string, payload any) {
	n.calls, n.payload = append(n.calls, call), payload
}

func (n *namespace) Cancel(_ context.Context, workflow string) error {
	n.called("cancel "+workflow, nil)
	return n.cancels
}

func (n *namespace) Signal(_ context.Context, workflow, signal string, payload any) error {
	n.called("signal "+workflow+" "+signal, payload)
	return n.signals
}

func (n *namespace) SignalWithStart(_ context.Context, start gateway.Start, signal string, payload any) (string, error) {
	n.called("start "+start.ID+" "+signal, payload)
	return "a-run", n.signals
}

func (n *namespace) Update(_ context.Context, workflow string, update gateway.Update, answer any) error {
	n.called("update "+workflow+" "+update.ID, update.Payload)
	if n.updates == nil {
		n.answer(answer)
	}
	return n.updates
}

func (n *namespace) UpdateWithStart(_ context.Context, start gateway.Start, update gateway.Update, answer any) (string, error) {
	n.called("start "+start.ID+" "+update.Name, update.Payload)
	if n.updates == nil {
		n.answer(answer)
	}
	return "a-run", n.updates
}

func (n *namespace) Attributes(context.Context) (map[string]enumspb.IndexedValueType, error) {
	types := map[string]enumspb.IndexedValueType{}
	if n.bare {
		return types, nil
	}
	for _, key := range workflows.Attributes() {
		types[key.GetName()] = enumspb.INDEXED_VALUE_TYPE_KEYWORD
	}
	return types, nil
}

func (n *namespace) AddAttributes(context.Context, map[string]enumspb.IndexedValueType) error {
	return n.updates
}

func (n *namespace) Result(_ context.Context, workflow, run string, into any) error {
	n.called("wait "+workflow+" "+run, nil)
	n.answer(into)
	return nil
}

func (n *namespace) History(context.Context, string, string) client.HistoryEventIterator { return n }

// HasNext and Next are a history of one event, or what cannot be fetched.
func (n *namespace) HasNext() bool { return len(n.calls) == 0 }

func (n *namespace) Next() (*historypb.HistoryEvent, error) {
	n.called("event", nil)
	return &historypb.HistoryEvent{EventId: 1}, n.fails
}

// running is a workflow that is open, in a chain of runs.
func running(firstRun string) *workflowservice.DescribeWorkflowExecutionResponse {
	return &workflowservice.DescribeWorkflowExecutionResponse{WorkflowExecutionInfo: &workflowpb.WorkflowExecutionInfo{
		Status: enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING, FirstRunId: firstRun, Execution: &commonpb.WorkflowExecution{RunId: firstRun},
	}}
}

// held is a control whose run waits for a person.
func held(t *testing.T, temporal *namespace) (*Control, ledger.Lease) {
	t.Helper()
	state := shopLedger(t)
	lease := runIn(t, state, "first", noon)
	hold(t, state, lease, noon)
	return New(state, temporal, func() time.Time { return noon }), lease
}

// An answer goes to the workflow by update. Where no worker answers, it goes by signal, and where the workflow is over there is nothing to decide.
func TestAnAnswerToAHold(t *testing.T) {
	t.Parallel()
	unanswered, absent := gateway.ErrUnanswered, serviceerror.NewNotFound("none")
	for name, test := range map[string]struct {
		temporal namespace
		calls    int
		want     string // of Answer
		fails    string
	}{
		"it is answered": {namespace{answer: func(into any) {
			*into.(*workflows.DecisionAnswer) = workflows.DecisionAnswer{Answer: Approved, Runs: []int64{1}}
		}}, 1, Approved, ""},
		"it is refused":                            {namespace{updates: &gateway.RefusedError{Reason: "run 1 holds nothing"}}, 1, "", "run 1 holds nothing"},
		"no worker answers":                        {namespace{updates: unanswered}, 2, "", ""},
		"no worker answers, and it is over":        {namespace{updates: unanswered, signals: absent}, 2, "", "is over, so there is nothing to decide"},
		"no worker answers, and nor does Temporal": {namespace{updates: unanswered, signals: errors.New("away")}, 2, "", "away"},
		"it is over":                               {namespace{updates: absent}, 1, "", "is over, so there is nothing to decide"},
		"Temporal is away":                         {namespace{updates: errors.New("away")}, 1, "", "away"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, lease := held(t, &test.temporal)
			decided, err := c.Decide(acting(t), lease.Run, true, "ann")
			if test.fails != "" {
				require.ErrorContains(t, err, test.fails)
			} else {
				require.NoError(t, err)
			}
			require.Equal(t, test.want, decided.Answer)
			require.Equal(t, lease.Run, decided.Run)
			require.Len(t, test.temporal.calls, test.calls)
			require.Contains(t, test.temporal.calls[0], "update smart-sync/acme-shop approve/1/zeroing/")
			require.Equal(t, workflows.Decision{By: "ann", Run: lease.Run, Kind: ledger.HoldZeroing}, test.temporal.payload)
			noted, err := c.Log(acting(t), ledger.AuditQuery{Limit: 1})
			require.NoError(t, err)
			require.Equal(t, "approve", noted[0].Act)
			require.Equal(t, "held: zeroing", noted[0].Before)
		})
	}
}

// A decision stays as it is, except that an approval takes a rejection back.
func TestAnAnswerToWhatIsDecided(t *testing.T) {
	t.Parallel()
	temporal := &namespace{}
	c, lease := held(t, temporal)
	_, err := wholeLedger(c.state).Decide(t.Context(), lease.Run, activities.Rejected, "bob", noon)
	require.NoError(t, err)
	_, err = c.Decide(acting(t), lease.Run, false, "ann")
	require.ErrorContains(t, err, "was rejected already, by bob")
	lifted, err := c.Decide(acting(t), lease.Run, true, "ann")
	require.NoError(t, err)
	require.Equal(t, []any{Lifted, []int64{lease.Run}}, []any{lifted.Answer, lifted.Runs})
	require.Empty(t, temporal.calls, "no workflow waits")

	other := runIn(t, wholeLedger(c.state), "other", noon)
	_, err = c.Decide(acting(t), other.Run, true, "ann")
	require.ErrorContains(t, err, "holds nothing")
}

func TestDecidedAfter(t *testing.T) {
	t.Parallel()
	for want, decided := range map[string]DecisionResult{
		"accepted": {}, "approved": {Answer: Approved}, "not_held: it is over": {Answer: "not_held", Why: "it is over"},
	} {
		require.Equal(t, want, decisionOutcome(decided))
	}
}

// A run is stopped through its workflow, and ended here where that is over.
func TestCancellingARun(t *testing.T) {
	t.Parallel()
	absent, away := serviceerror.NewNotFound("none"), errors.New("away")
	for name, test := range map[string]struct {
		temporal namespace
		ended    bool
		fails    string
	}{
		"its workflow is open":          {namespace{described: running("first")}, false, ""},
		"it ends this moment":           {namespace{described: running("first"), cancels: absent}, false, ""},
		"it cannot be asked to stop":    {namespace{described: running("first"), cancels: away}, false, "away"},
		"its workflow is over":          {namespace{}, true, ""},
		"its workflow is another's now": {namespace{described: running("second")}, true, ""},
		"nobody knows of its workflow":  {namespace{fails: away}, false, "away"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			state := shopLedger(t)
			lease := runIn(t, state, "first", noon)
			c := New(state, &test.temporal, func() time.Time { return noon })
			run, err := c.Cancel(acting(t), lease.Run)
			if test.fails != "" {
				require.ErrorContains(t, err, test.fails)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.ended, run.EndedAt != nil)
			require.Equal(t, !test.ended, slices.Contains(test.temporal.calls, "cancel smart-sync/acme-shop"))
			if test.ended {
				require.Equal(t, ledger.Cancelled, run.Outcome)
				_, err := c.Cancel(acting(t), lease.Run)
				require.ErrorContains(t, err, "has ended already (cancelled)")
				after, err := c.AwaitRunEnd(t.Context(), lease.Run, time.Hour)
				require.NoError(t, err)
				require.Equal(t, ledger.Cancelled, after.Outcome)
			}
		})
	}
}

// open is a ledger with a run that does not end.
type open struct{ Ledger }

func (open) Run(context.Context, int64) (ledger.Run, error) { return ledger.Run{ID: 7}, nil }

func TestWaitingForARunThatDoesNotEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &Control{state: open{}, now: time.Now}
		began := time.Now()
		run, err := c.AwaitRunEnd(t.Context(), 7, time.Minute)
		require.NoError(t, err)
		require.Nil(t, run.EndedAt)
		require.Equal(t, time.Minute, time.Since(began))
		left, leave := context.WithCancel(t.Context())
		leave()
		_, err = c.AwaitRunEnd(left, 7, time.Minute)
		require.ErrorIs(t, err, context.Canceled)
	})
}

// A request goes by update, and by signal where that is not answered; one that its workflow refuses is refused.
func TestAskingForARun(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		temporal namespace
		want     SyncAnswer
		calls    []string
		fails    string
	}{
		"it is answered": {
			namespace{described: running("first"), answer: func(into any) {
				*into.(*workflows.SyncAnswer) = workflows.SyncAnswer{Answer: workflows.SyncJoined, Run: 5}
			}},
			SyncAnswer{Workflow: "smart-sync/acme-shop", Run: "a-run", Joined: true, Fate: workflows.SyncJoined, ByRun: 5},
			[]string{"start smart-sync/acme-shop sync"},
			"",
		},
		"it is refused": {
			namespace{updates: &gateway.RefusedError{Reason: "too many requests wait"}},
			SyncAnswer{},
			[]string{"start smart-sync/acme-shop sync"},
			"too many requests wait",
		},
		"no worker answers": {
			namespace{updates: gateway.ErrUnanswered},
			SyncAnswer{Workflow: "smart-sync/acme-shop", Run: "a-run"},
			[]string{"start smart-sync/acme-shop sync", "start smart-sync/acme-shop sync-requested"},
			"",
		},
		"Temporal is away": {namespace{fails: errors.New("away")}, SyncAnswer{}, nil, "away"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := New(shopLedger(t), &test.temporal, func() time.Time { return noon })
			answer, err := c.SyncWithAnswer(acting(t), ledger.Smart, "acme-shop", workflows.SyncRequest{By: "ann"})
			if test.fails != "" {
				require.ErrorContains(t, err, test.fails)
			} else {
				require.NoError(t, err)
			}
			require.Equal(t, test.want, answer)
			require.Len(t, test.temporal.calls, len(test.calls))
			for i, call := range test.calls {
				require.Contains(t, test.temporal.calls[i], call[:len(call)-1])
			}
		})
	}
}

func TestRequestAfter(t *testing.T) {
	t.Parallel()
	require.Equal(t, "accepted", syncOutcome(workflows.SyncRequest{})(SyncAnswer{}))
	require.Equal(t, "joined, run 5, request r", syncOutcome(workflows.SyncRequest{ID: "r"})(SyncAnswer{Fate: "joined", ByRun: 5}))
}

// Executions: signalling a workflow that is over is no error.
func TestExecutions(t *testing.T) {
	t.Parallel()
	temporal := &namespace{described: running("first")}
	e := NewExecutions(shopLedger(t), temporal)
	alive, err := e.Alive(t.Context(), "smart-sync/acme-shop", "first")
	require.NoError(t, err)
	require.True(t, alive)
	alive, err = e.Alive(t.Context(), "smart-sync/acme-shop", "before")
	require.NoError(t, err)
	require.False(t, alive, "another chain of runs has its name")
	registered, err := e.Attributes(t.Context())
	require.NoError(t, err)
	require.True(t, registered)

	require.NoError(t, e.Decide(t.Context(), "w", activities.Approved, "ann"))
	require.NoError(t, e.Decide(t.Context(), "w", activities.Rejected, "ann"))
	require.NoError(t, e.Dissolved(t.Context(), "w", 3, "run 4"))
	require.Equal(t, []string{"signal w approve", "signal w reject", "signal w " + workflows.SignalHoldDissolved}, temporal.calls)
	require.Equal(t, workflows.HoldDissolved{Run: 3, By: "run 4"}, temporal.payload)
	temporal.signals = serviceerror.NewNotFound("none")
	require.NoError(t, e.Decide(t.Context(), "w", activities.Approved, "ann"))
	temporal.signals = errors.New("away")
	require.ErrorContains(t, e.Decide(t.Context(), "w", activities.Approved, "ann"), "away")
	temporal.signals, temporal.described, temporal.calls = nil, nil, nil

	connection := ledger.Connection{ID: "acme-shop", Merchant: "acme", Warehouse: "depot", Store: "shop"}
	require.NoError(t, e.Request(t.Context(), connection, activities.SyncRequest{ID: "r", SKUs: []string{"BIKE"}}))
	require.Equal(t, workflows.SyncRequest{ID: "r", SKUs: []string{"BIKE"}, SkipFetch: true, Moved: true}, temporal.payload)
	require.NoError(t, e.Request(t.Context(), connection, activities.SyncRequest{ID: "r"}))
	require.Equal(t, []string{"start smart-sync/acme-shop/events sync-requested", "start smart-sync/acme-shop sync-requested"}, temporal.calls)

	temporal.fails = errors.New("away")
	_, err = e.Alive(t.Context(), "w", "first")
	require.ErrorContains(t, err, "away")
}

// The updates of a warehouse go to its intake, which is started where it is not open.
func TestWhatAWarehouseSends(t *testing.T) {
	t.Parallel()
	temporal := &namespace{}
	c := New(shopLedger(t), temporal, func() time.Time { return noon })
	updated := workflows.InventoryUpdated{Updates: []activities.Update{{Event: "e", SKU: "BIKE", Available: new(int64(3))}}}
	require.NoError(t, c.Intake(t.Context(), "depot", updated))
	require.Equal(t, []string{"start intake/depot inventory-updated"}, temporal.calls)
	require.Equal(t, updated, temporal.payload)
	require.ErrorContains(t, c.Intake(t.Context(), "nowhere", updated), `there is no warehouse "nowhere"`)
	many := workflows.InventoryUpdated{Updates: make([]activities.Update, workflows.MaximumUpdates+1)}
	require.ErrorContains(t, c.Intake(t.Context(), "depot", many), "send them in parts")
	temporal.signals = errors.New("away")
	require.ErrorContains(t, c.Intake(t.Context(), "depot", updated), "handing updates to intake/depot: away")
}

// How schedules stand: what is there, what is not, and what belongs to another ledger.
func TestHowSchedulesStand(t *testing.T) {
	t.Parallel()
	s := newScheduled(t)
	s.mock.On("GetClientOptions").Return(client.Options{}).Maybe()
	schedules, err := s.Schedules(t.Context())
	require.NoError(t, err)
	require.Len(t, schedules, 1, "no Full Sync is scheduled")
	require.Equal(t, []any{"smart-sync/acme-shop", false, false}, []any{schedules[0].ID, schedules[0].Missing, schedules[0].Paused})
	require.Empty(t, schedules[0].Ledger, "it is this ledger's")

	_, err = s.Pause(acting(t), "acme-shop", "ann", "the sale")
	require.NoError(t, err)
	schedules, err = s.Schedules(t.Context())
	require.NoError(t, err)
	require.True(t, schedules[0].Paused)
	require.Contains(t, schedules[0].Note, "the sale")

	delete(s.fake.kept, "smart-sync/acme-shop")
	schedules, err = s.Schedules(t.Context())
	require.NoError(t, err)
	require.Equal(t, []ScheduleStatus{{ID: "smart-sync/acme-shop", Missing: true}}, schedules)
	s.fake.failing(errors.New("away"))
	_, err = s.Schedules(t.Context())
	require.ErrorContains(t, err, "schedule smart-sync/acme-shop: away")
}

// A connection that is not active has no schedules that could be late: its own are paused by Tidemark, and nobody is to be called for that.
func TestSchedulesOfInactiveConnectionsAreLeftOut(t *testing.T) {
	t.Parallel()
	for name, disable := range map[string]func(*ledger.Connection){
		"not enabled":        func(connection *ledger.Connection) { connection.Enabled = false },
		"its flow is not on": func(connection *ledger.Connection) { connection.Inventory.Enabled = false },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScheduled(t)
			s.definitions.Connections = slices.Clone(s.definitions.Connections)
			disable(&s.definitions.Connections[0])
			s.apply(ApplyOptions{})
			require.NotNil(t, s.fake.spec("smart-sync/acme-shop"), "Temporal keeps the schedule, paused")
			schedules, err := s.Schedules(t.Context())
			require.NoError(t, err)
			require.Empty(t, schedules)
		})
	}
}

// The setup of a connection is read back, with its warehouse and its store.
func TestSetupOfAConnection(t *testing.T) {
	t.Parallel()
	s := newScheduled(t)
	setup, err := s.Setup(t.Context(), "acme-shop")
	require.NoError(t, err)
	require.Equal(t, []string{"acme-shop", "depot", "shop"}, []string{setup.ID, setup.Warehouse.ID, setup.Store.ID})
	require.Len(t, setup.Schedules, 2)
	require.Contains(t, setup.File, "tidemark.yaml")
	_, err = s.Setup(t.Context(), "nowhere")
	require.ErrorContains(t, err, `there is no connection "nowhere"`)

	connections, err := s.Connections(t.Context())
	require.NoError(t, err)
	require.Len(t, connections, 1)
	warehouses, err := s.Warehouses(t.Context())
	require.NoError(t, err)
	require.Len(t, warehouses, 1)
	warehouse, err := s.Warehouse(t.Context(), "depot")
	require.NoError(t, err)
	require.Equal(t, "depot", warehouse.ID)
	uses, err := s.StoreUses(t.Context())
	require.NoError(t, err)
	require.Empty(t, uses)
	due, err := s.Due(t.Context(), "acme-shop")
	require.NoError(t, err)
	require.Zero(t, due)
	holds, err := s.Holds(t.Context())
	require.NoError(t, err)
	require.Empty(t, holds)
	marks, err := s.Marks(t.Context())
	require.NoError(t, err)
	again, err := s.Marks(t.Context())
	require.NoError(t, err)
	require.Equal(t, marks, again)
	recount, err := s.Recount(t.Context())
	require.NoError(t, err)
	require.Empty(t, recount.Wrong)
	require.NoError(t, s.Check(t.Context()))
	require.Equal(t, "shops", s.Namespace())
	require.Empty(t, (&Control{}).Namespace())
}
