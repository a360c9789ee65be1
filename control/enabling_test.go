package control

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/mocks"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// Where a connection may be enabled and disabled, and where it may not.
func TestWhoSaysWhetherAConnectionIsEnabled(t *testing.T) {
	t.Parallel()
	connection := func(byPages, enabled, flow bool) ledger.Connection {
		return ledger.Connection{ID: "a", EnabledByPages: byPages, Enabled: enabled, Inventory: ledger.Flow{Enabled: flow}}
	}
	for name, test := range map[string]struct {
		connection ledger.Connection
		enabled    bool
		want       string
	}{
		"left to the pages":             {connection(true, false, true), true, ""},
		"left to the pages, and on":     {connection(true, true, true), false, ""},
		"in the file":                   {connection(false, false, true), true, "the configuration says whether a is enabled"},
		"in the file, and on":           {connection(false, true, true), false, "the configuration says whether a is enabled"},
		"on already":                    {connection(true, true, true), true, "is enabled already"},
		"off already":                   {connection(true, false, true), false, "is not enabled"},
		"its flow is off":               {connection(true, false, false), true, "has the inventory flow of a off"},
		"its flow is off, and it is on": {connection(true, true, false), false, ""},
	} {
		got := enableObstacle(test.connection, test.enabled)
		if test.want == "" {
			require.Empty(t, got, name)
			continue
		}
		require.Contains(t, got, test.want, name)
	}
}

// A connection that the file leaves to the pages is enabled with a Full Sync and running schedules, stays so over an apply, and is disabled.
func TestAConnectionIsEnabledBesideTheFile(t *testing.T) {
	t.Parallel()
	s := newScheduled(t)
	var asked []workflows.SyncRequest
	s.signals(&asked)
	connection := &s.definitions.Connections[0]
	connection.Enabled, connection.EnabledByPages = false, true
	s.apply(ApplyOptions{}) // it was enabled when the file named it, and stays so
	now, err := s.Connection(acting(t), "acme-shop")
	require.NoError(t, err)
	require.True(t, now.Active(), "what the file no longer says stays as it is")

	off, err := s.SetEnabled(acting(t), "acme-shop", false, "ann")
	require.NoError(t, err)
	require.Equal(t, EnableResult{Connection: "acme-shop", Warnings: []string{}}, off)
	require.True(t, s.paused(ledger.Smart))
	_, err = s.SetEnabled(acting(t), "acme-shop", false, "ann")
	require.EqualError(t, err, "nothing was changed: connection acme-shop is not enabled")
	s.apply(ApplyOptions{})
	require.True(t, s.paused(ledger.Smart), "an apply leaves it alone")
	require.Empty(t, asked)

	on, err := s.SetEnabled(acting(t), "acme-shop", true, "ann")
	require.NoError(t, err)
	require.Equal(t, EnableResult{Connection: "acme-shop", Enabled: true, Requested: true, Warnings: []string{}}, on)
	require.False(t, s.paused(ledger.Smart))
	require.Len(t, asked, 1)
	require.Equal(t, "ann: the connection was enabled", asked[0].By)
	noted, err := s.Log(acting(t), ledger.AuditQuery{Limit: 1})
	require.NoError(t, err)
	require.Equal(t, []string{"enable", "not enabled", "enabled"}, []string{noted[0].Act, noted[0].Before, noted[0].After})
	s.apply(ApplyOptions{})
	require.False(t, s.paused(ledger.Smart))
	require.Len(t, asked, 1, "once")

	connection.EnabledByPages = false
	s.apply(ApplyOptions{})
	require.True(t, s.paused(ledger.Smart), "the file says so now")
	_, err = s.SetEnabled(acting(t), "acme-shop", true, "ann")
	require.ErrorContains(t, err, "the configuration says whether acme-shop is enabled")
}

// Without Temporal it is safe in the ledger, and the first run is a Full Sync.
func TestAConnectionIsEnabledWithoutTemporal(t *testing.T) {
	t.Parallel()
	s := newScheduled(t)
	s.definitions.Connections[0].Enabled, s.definitions.Connections[0].EnabledByPages = false, true
	s.apply(ApplyOptions{})
	_, err := s.SetEnabled(acting(t), "acme-shop", false, "ann")
	require.NoError(t, err)
	s.temporal = nil
	on, err := s.SetEnabled(acting(t), "acme-shop", true, "ann")
	require.NoError(t, err)
	require.False(t, on.Requested)
	require.Equal(t, "there is no connection to Temporal", on.Waits)
	states, err := wholeLedger(s.state).ScheduleStates(t.Context(), "acme-shop")
	require.NoError(t, err)
	require.Len(t, states, 2)
	for _, state := range states {
		require.Less(t, state.Reconciled, state.Version, "a worker brings Temporal to it")
	}
	grant, err := wholeLedger(s.state).Begin(t.Context(), ledger.Claim{
		Connection: "acme-shop", Mode: ledger.Smart, Trigger: ledger.TriggerSchedule, Workflow: "smart-sync/acme-shop", WorkflowRun: "next", Now: s.clock(),
	})
	require.NoError(t, err)
	require.Equal(t, ledger.Full, grant.Mode)
}

// signals keeps the requests that are handed to workflows.
func (s *scheduled) signals(into *[]workflows.SyncRequest) {
	s.mock.On("SignalWithStartWorkflow", mock.Anything, mock.Anything, workflows.SignalSyncRequested, mock.Anything, mock.Anything, mock.Anything, mock.Anything).
		Return(func(_ context.Context, _, _ string, request any, _ client.StartWorkflowOptions, _ any, _ ...any) client.WorkflowRun {
			*into = append(*into, request.(workflows.SyncRequest))
			run := mocks.NewWorkflowRun(s.t)
			run.On("GetRunID").Return("run")
			return run
		}, nil)
}

// paused is true where a schedule in Temporal starts nothing.
func (s *scheduled) paused(mode ledger.Mode) bool {
	s.fake.mutex.Lock()
	defer s.fake.mutex.Unlock()
	schedule, ok := s.fake.kept[workflows.WorkflowID(mode, "acme-shop")]
	return !ok || schedule.State.Paused
}

// An edit while Temporal is away waits for it once, and not for long: the client's own patience of ten seconds for each call would be longer than a
// page has.
func TestNobodyWaitsLongToSetSomethingWithoutTemporal(t *testing.T) {
	t.Parallel()
	s := newScheduled(t)
	s.definitions.Connections[0].Enabled, s.definitions.Connections[0].EnabledByPages = false, true
	s.apply(ApplyOptions{})
	s.fake.failing(errors.New("unavailable"))
	version := func() int64 {
		shown, err := s.Schedule(acting(t), "acme-shop", ledger.Smart)
		require.NoError(t, err)
		return shown.Version
	}
	for name, set := range map[string]func() (waits string, err error){
		"disable": func() (string, error) {
			done, err := s.SetEnabled(acting(t), "acme-shop", false, "ann")
			require.False(t, done.Enabled)
			return done.Waits, err
		},
		"a schedule": func() (string, error) {
			done, err := s.EditSchedule(acting(t), "acme-shop", ledger.Smart, ScheduleEdit{Schedule: *every(90), Reason: "the sale", Version: version()})
			return done.Waits, err
		},
	} {
		t.Run(name, func(t *testing.T) {
			s.fake.asked = nil
			waits, err := set()
			require.NoError(t, err)
			require.Equal(t, "unavailable", waits)
			require.Len(t, s.fake.asked, 1, "it is asked once")
			require.Positive(t, s.fake.asked[0], "and not for ever")
			require.LessOrEqual(t, s.fake.asked[0], alivePatience)
		})
	}
}
