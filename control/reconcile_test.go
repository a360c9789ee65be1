package control

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/mocks"

	"github.com/tidemark/tidemark/control/gateway"
	"github.com/tidemark/tidemark/ledger"
)

func TestReconcile(t *testing.T) {
	t.Parallel()
	active := ledger.Connection{ID: "acme-shop", Enabled: true, Inventory: ledger.Flow{Enabled: true, Smart: []ledger.Rule{{Every: time.Hour}}}}
	disabled, without := active, active
	disabled.Enabled, without.Inventory.Smart = false, nil
	paused := func(note string) *client.ScheduleState { return &client.ScheduleState{Paused: true, Note: note} }
	gone := serviceerror.NewNotFound("workflow not found for ID: temporal-sys-scheduler:smart-sync/acme-shop")
	for name, test := range map[string]struct {
		connection ledger.Connection
		dryRun     bool
		state      *client.ScheduleState // nil: there is no schedule
		err        error                 // of looking at it
		call       string                // that changes it
		want       string
		paused     string
	}{
		"a new one":                         {connection: active, err: gone, call: "Create", want: "created"},
		"a new one, in a dry run":           {connection: active, err: gone, dryRun: true, want: "created"},
		"none is there or wanted":           {connection: without, err: gone},
		"one that is not wanted":            {connection: without, state: &client.ScheduleState{}, call: "Delete", want: "removed"},
		"one that is not wanted, dry":       {connection: without, state: &client.ScheduleState{}, dryRun: true, want: "removed"},
		"as it should be":                   {connection: active, state: &client.ScheduleState{}},
		"disabled":                          {connection: disabled, state: &client.ScheduleState{}, call: "Update", want: "paused"},
		"enabled":                           {connection: active, state: paused(DisabledNote), call: "Update", want: "unpaused"},
		"enabled, in a dry run":             {connection: active, state: paused(DisabledNote), dryRun: true, want: "unpaused"},
		"enabled, and paused by a person":   {connection: active, state: paused("paused by ann"), paused: "paused by ann"},
		"enabled, and paused without words": {connection: active, state: paused(""), paused: "no note says why"},
		"Temporal fails":                    {connection: active, err: errors.New("unavailable")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			temporal, schedules, handle := mocks.NewClient(t), mocks.NewScheduleClient(t), mocks.NewScheduleHandle(t)
			temporal.On("ScheduleClient").Return(schedules)
			schedules.On("GetHandle", mock.Anything, "smart-sync/acme-shop").Return(handle)
			var found *client.ScheduleDescription
			if test.state != nil {
				found = described(scheduleOptions(active, ledger.Smart, ours, today), test.state)
			}
			handle.On("Describe", mock.Anything).Return(found, test.err)
			switch test.call {
			case "Create":
				schedules.On("Create", mock.Anything, mock.Anything).Return(handle, nil).Once()
			case "Delete":
				handle.On("Delete", mock.Anything).Return(nil).Once()
			case "Update":
				handle.On("Update", mock.Anything, mock.Anything).Return(nil).Once()
			}
			done, err := applyingTo(temporal, test.dryRun).reconcile(t.Context(), test.connection, ledger.Smart, true)
			if test.want == "" && test.err != nil && !errors.Is(test.err, gone) {
				require.ErrorIs(t, err, test.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.paused, done.paused)
			if test.want == "" {
				require.Nil(t, done.change)
				return
			}
			require.Equal(t, "smart-sync/acme-shop", done.change.ID)
			require.Equal(t, test.want, done.change.Action)
		})
	}
}

// A schedule that a person paused stays paused when the connection is enabled, and the apply warns of it.
func TestSchedulesOfAnEnabledConnection(t *testing.T) {
	t.Parallel()
	active := ledger.Connection{
		ID: "acme-shop", Merchant: "acme", Warehouse: "depot", Store: "shop", Enabled: true,
		Inventory: ledger.Flow{Enabled: true, Smart: []ledger.Rule{{Every: time.Hour}}},
	}
	definitions := ledger.Definitions{
		Warehouses: []ledger.Warehouse{{ID: "depot", Merchant: "acme"}}, Stores: []ledger.Store{{ID: "shop", Merchant: "acme"}},
		Connections: []ledger.Connection{active},
	}
	temporal, schedules, smart, full := mocks.NewClient(t), mocks.NewScheduleClient(t), mocks.NewScheduleHandle(t), mocks.NewScheduleHandle(t)
	temporal.On("ScheduleClient").Return(schedules)
	schedules.On("GetHandle", mock.Anything, "smart-sync/acme-shop").Return(smart)
	schedules.On("GetHandle", mock.Anything, "full-sync/acme-shop").Return(full)
	smart.On("Describe", mock.Anything).Return(described(scheduleOptions(active, ledger.Smart, ours, today),
		&client.ScheduleState{Paused: true, Note: "paused by ann"}), nil)
	full.On("Describe", mock.Anything).Return(nil, serviceerror.NewNotFound("no rows")).Times(2)
	a := applyingTo(temporal, true)
	a.definitions = definitions

	a.wasActive["acme-shop"] = true
	require.NoError(t, a.schedules(t.Context()))
	require.Empty(t, a.report.Warnings, "it was enabled before")
	a.wasActive["acme-shop"] = false
	require.NoError(t, a.schedules(t.Context()))
	require.Equal(t, []string{"schedule smart-sync/acme-shop stays paused (paused by ann); starter resume acme-shop starts it"}, a.report.Warnings)

	full.On("Describe", mock.Anything).Return(nil, errors.New("unavailable"))
	require.EqualError(t, a.schedules(t.Context()), "nothing was changed; schedule full-sync/acme-shop: unavailable")
	a.options.DryRun, a.state = false, emptyLedger(t)
	_, err := a.state.Apply(t.Context(), definitions, ledger.ApplyOptions{})
	require.NoError(t, err)
	require.EqualError(t, a.schedules(t.Context()), "the ledger is applied, schedule full-sync/acme-shop is not: unavailable; apply again")
}

// A schedule of a connection that waits keeps one run for later; every other leaves out a run whose time comes while one is under way.
func TestOverlapOfASchedule(t *testing.T) {
	t.Parallel()
	for policy, want := range map[ledger.Overlap]enumspb.ScheduleOverlapPolicy{
		ledger.OverlapSkip:   enumspb.SCHEDULE_OVERLAP_POLICY_SKIP,
		ledger.OverlapBuffer: enumspb.SCHEDULE_OVERLAP_POLICY_BUFFER_ONE,
		"":                   enumspb.SCHEDULE_OVERLAP_POLICY_SKIP,
	} {
		require.Equal(t, want, overlapPolicy(policy), "%q", policy)
	}
}

// The report says where a schedule becomes this ledger's, and no schedule of another ledger is changed.
func TestReconcileSaysWhoseAScheduleIs(t *testing.T) {
	t.Parallel()
	active := ledger.Connection{ID: "acme-shop", Enabled: true, Inventory: ledger.Flow{Enabled: true, Smart: []ledger.Rule{{Every: time.Hour}}}}
	theirs := owner{ledger: "THEIRSTHEIRS", from: "box:/etc/acme.yaml"}
	paused := client.ScheduleState{Paused: true, Note: "paused by ann"}
	for name, test := range map[string]struct {
		found    owner
		takeOver bool
		state    client.ScheduleState
		detail   string
		note     string
		err      string
	}{
		"of before": {detail: "adopted: it named no ledger, and connection acme-shop is this ledger's"},
		"of before, paused": {
			state: paused, detail: "adopted: it named no ledger, and connection acme-shop is this ledger's; it stays paused: paused by ann", note: "paused by ann",
		},
		"another's": {found: theirs, err: "it belongs to ledger THEIRSTH (last applied from box:/etc/acme.yaml), and this is ledger OURSOURS"},
		"another's, taken": {
			found: theirs, takeOver: true, detail: "taken over: it belongs to ledger THEIRSTH (last applied from box:/etc/acme.yaml)",
			note: "taken over: it belongs to ledger THEIRSTH (last applied from box:/etc/acme.yaml)",
		},
		"another's, taken, paused": {
			found: theirs, takeOver: true, state: paused,
			detail: "taken over: it belongs to ledger THEIRSTH (last applied from box:/etc/acme.yaml); it stays paused: paused by ann",
			note:   "paused by ann; taken over: it belongs to ledger THEIRSTH (last applied from box:/etc/acme.yaml)",
		},
		"another's, taken, ours to": {
			found: theirs, takeOver: true, state: client.ScheduleState{Paused: true, Note: DisabledNote},
			detail: "taken over: it belongs to ledger THEIRSTH (last applied from box:/etc/acme.yaml)",
			note:   "taken over: it belongs to ledger THEIRSTH (last applied from box:/etc/acme.yaml)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			temporal, schedules, handle := mocks.NewClient(t), mocks.NewScheduleClient(t), mocks.NewScheduleHandle(t)
			temporal.On("ScheduleClient").Return(schedules)
			schedules.On("GetHandle", mock.Anything, "smart-sync/acme-shop").Return(handle)
			handle.On("Describe", mock.Anything).Return(described(scheduleOptions(active, ledger.Smart, test.found, today), &test.state), nil)
			if test.err == "" {
				handle.On("Update", mock.Anything, mock.MatchedBy(func(options client.ScheduleUpdateOptions) bool {
					update, err := options.DoUpdate(client.ScheduleUpdateInput{})
					return err == nil && update.Schedule.State.Note == test.note && ownerOf(*update.Schedule) == ours
				})).Return(nil).Once()
			}
			a := applyingTo(temporal, false)
			a.options.TakeOver = test.takeOver
			done, err := a.reconcile(t.Context(), active, ledger.Smart, true)
			if test.err != "" {
				require.EqualError(t, err, test.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.detail, done.change.Detail)
		})
	}
}

func TestLimitedScheduleIsNamed(t *testing.T) {
	t.Parallel()
	require.Empty(t, limitNote("smart-sync/a", client.ScheduleState{}))
	require.Contains(t, limitNote("smart-sync/a", client.ScheduleState{LimitedActions: true}), "has no starts left, so it starts nothing: somebody limited it")
	require.Contains(t, limitNote("smart-sync/a", client.ScheduleState{LimitedActions: true, RemainingActions: 1}), "has 1 start left, and")
	require.Contains(t, limitNote("smart-sync/a", client.ScheduleState{LimitedActions: true, RemainingActions: 2}),
		"has 2 starts left, and starts nothing after that: somebody limited it outside Tidemark; temporal schedule delete --schedule-id smart-sync/a")

	active := ledger.Connection{ID: "acme-shop", Enabled: true, Inventory: ledger.Flow{Enabled: true, Smart: []ledger.Rule{{Every: time.Hour}}}}
	temporal, schedules, handle := mocks.NewClient(t), mocks.NewScheduleClient(t), mocks.NewScheduleHandle(t)
	temporal.On("ScheduleClient").Return(schedules)
	schedules.On("GetHandle", mock.Anything, mock.Anything).Return(handle)
	handle.On("Describe", mock.Anything).Return(described(scheduleOptions(active, ledger.Smart, ours, today), &client.ScheduleState{LimitedActions: true}),
		nil).Once()
	handle.On("Describe", mock.Anything).Return(nil, serviceerror.NewNotFound("no rows")).Once()
	a := applyingTo(temporal, true)
	a.definitions = ledger.Definitions{Connections: []ledger.Connection{active}}
	require.NoError(t, a.schedules(t.Context()))
	require.Len(t, a.report.Warnings, 1)
	require.Contains(t, a.report.Warnings[0], "schedule smart-sync/acme-shop has no starts left")
}

// today is the moment of the tests.
var today = time.Date(2026, 11, 28, 15, 0, 0, 0, time.UTC)

// ours is the ledger of the tests.
var ours = owner{ledger: "OURSOURSOURS", from: "here:/tidemark.yaml"}

// applyingTo is an apply of a ledger that had the connection acme-shop.
func applyingTo(temporal client.Client, dryRun bool) *applyOperation {
	return &applyOperation{
		Control: &Control{
			temporal: gateway.New(temporal, "shops"), now: func() time.Time { return today },
		}, options: ApplyOptions{ApplyOptions: ledger.ApplyOptions{DryRun: dryRun}},
		self: ours, wasActive: map[string]bool{"acme-shop": true}, configured: map[string]bool{"acme-shop": true}, report: &ApplyReport{},
	}
}

// described is a schedule as the server shows it.
func described(options *client.ScheduleOptions, state *client.ScheduleState) *client.ScheduleDescription {
	return &client.ScheduleDescription{Schedule: client.Schedule{
		Action: options.Action, Spec: &options.Spec, State: state,
		Policy: &client.SchedulePolicies{Overlap: options.Overlap, CatchupWindow: options.CatchupWindow, PauseOnFailure: options.PauseOnFailure},
	}}
}
