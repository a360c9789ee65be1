package control

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/mocks"

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
				found = described(schedule(active, ledger.Smart), test.state)
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
			c := &Control{Client: temporal}
			done, err := c.reconcile(t.Context(), test.connection, ledger.Smart, true, test.dryRun)
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

// What a person paused stays paused when the connection is enabled, and is named then.
func TestSchedulesOfAnEnabledConnection(t *testing.T) {
	t.Parallel()
	active := ledger.Connection{ID: "acme-shop", Enabled: true, Inventory: ledger.Flow{Enabled: true, Smart: []ledger.Rule{{Every: time.Hour}}}}
	definitions := ledger.Definitions{Connections: []ledger.Connection{active}}
	temporal, schedules, smart, full := mocks.NewClient(t), mocks.NewScheduleClient(t), mocks.NewScheduleHandle(t), mocks.NewScheduleHandle(t)
	temporal.On("ScheduleClient").Return(schedules)
	schedules.On("GetHandle", mock.Anything, "smart-sync/acme-shop").Return(smart)
	schedules.On("GetHandle", mock.Anything, "full-sync/acme-shop").Return(full)
	smart.On("Describe", mock.Anything).Return(described(schedule(active, ledger.Smart), &client.ScheduleState{Paused: true, Note: "paused by ann"}), nil)
	full.On("Describe", mock.Anything).Return(nil, serviceerror.NewNotFound("no rows")).Times(2)
	c := &Control{Client: temporal}

	var report ApplyReport
	require.NoError(t, c.schedules(t.Context(), definitions, map[string]bool{"acme-shop": true}, true, &report))
	require.Empty(t, report.Warnings, "it was enabled before")
	require.NoError(t, c.schedules(t.Context(), definitions, nil, true, &report))
	require.Equal(t, []string{"schedule smart-sync/acme-shop stays paused (paused by ann); starter resume acme-shop starts it"}, report.Warnings)

	full.On("Describe", mock.Anything).Return(nil, errors.New("unavailable"))
	require.EqualError(t, c.schedules(t.Context(), definitions, nil, true, &report), "nothing was changed; schedule full-sync/acme-shop: unavailable")
	require.EqualError(t, c.schedules(t.Context(), definitions, nil, false, &report), "the ledger is applied, schedule full-sync/acme-shop is not: unavailable; apply again")
}

// described is a schedule as the server shows it.
func described(options *client.ScheduleOptions, state *client.ScheduleState) *client.ScheduleDescription {
	return &client.ScheduleDescription{Schedule: client.Schedule{
		Action: options.Action, Spec: &options.Spec, State: state,
		Policy: &client.SchedulePolicies{Overlap: options.Overlap, CatchupWindow: options.CatchupWindow, PauseOnFailure: options.PauseOnFailure},
	}}
}
