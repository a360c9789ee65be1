package control

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/tidemark/tidemark/ledger"
)

func TestHowSchedulesStandInWords(t *testing.T) {
	t.Parallel()
	require.Equal(t, "active", stateWords(nil))
	require.Equal(t, "active", stateWords(&client.ScheduleState{Note: "resumed by ann"}))
	require.Equal(t, "paused", stateWords(&client.ScheduleState{Paused: true}))
	require.Equal(t, "paused by ann: a sale", stateWords(&client.ScheduleState{Paused: true, Note: "paused by ann: a sale"}))
	for want, states := range map[string]map[ledger.Mode]string{
		"":                                      {},
		"active":                                {ledger.Smart: "active", ledger.Full: "active"},
		"paused":                                {ledger.Smart: "paused"},
		"paused by bob":                         {ledger.Full: "paused by bob"},
		"Smart Sync: active; Full Sync: paused": {ledger.Smart: "active", ledger.Full: "paused"},
	} {
		require.Equal(t, want, statesWords(states))
	}
}

// A pause and a resume are noted with how the schedules stood before.
func TestWhatWasBeforeAPauseIsNoted(t *testing.T) {
	t.Parallel()
	s := newScheduled(t)
	ctx := WithActor(t.Context(), ann)
	do := func(act func() ([]string, error)) (change string) {
		t.Helper()
		_, err := act()
		require.NoError(t, err)
		noted, err := s.Log(t.Context(), ledger.AuditQuery{Limit: 1})
		require.NoError(t, err)
		return noted[0].Act + ": " + noted[0].Before + " → " + noted[0].After
	}
	pause := func(reason string) func() ([]string, error) {
		return func() ([]string, error) { return s.Pause(ctx, "acme-shop", "ann", reason) }
	}
	resume := func() ([]string, error) { return s.Resume(ctx, "acme-shop", "ann") }
	require.Equal(t, "pause: active → paused: a sale", do(pause("a sale")))
	require.Equal(t, "pause: paused by ann: a sale → paused", do(pause("")))
	require.Equal(t, "resume: paused by ann → active", do(resume))
}

// A refusal by a face is noted like a refusal by control, with the actor.
func TestWhatAFaceRefusesIsNoted(t *testing.T) {
	t.Parallel()
	c := New(emptyLedger(t), nil, func() time.Time { return noon })
	ctx, leave := context.WithCancel(WithActor(t.Context(), ann))
	leave()
	require.NoError(t, c.NoteInvalid(ctx, "pause", "acme-shop", `there is no field "raeson"`))
	noted, err := c.Log(t.Context(), ledger.AuditQuery{Limit: 10})
	require.NoError(t, err)
	require.Len(t, noted, 1)
	require.Equal(t, ledger.AuditEntry{
		ID: noted[0].ID, At: noted[0].At, Who: "ann", From: FacePage, Act: "pause", On: "acme-shop", Result: ledger.AuditRefused,
		Reason: `there is no field "raeson"`,
	}, noted[0])
}

// The refusal to resume an inactive connection says what would make it active.
func TestWhatMakesAConnectionActive(t *testing.T) {
	t.Parallel()
	connection := func(byPages, enabled, flow bool) ledger.Connection {
		return ledger.Connection{ID: "a", EnabledByPages: byPages, Enabled: enabled, Inventory: ledger.Flow{Enabled: flow}}
	}
	const stay = "connection a is not enabled, so its schedules stay paused; "
	for name, test := range map[string]struct {
		connection ledger.Connection
		want       string
	}{
		"active":            {connection(true, true, true), ""},
		"in the file":       {connection(false, false, true), stay + "set enabled: true for it in the configuration and apply that"},
		"left to the pages": {connection(true, false, true), stay + "enable it on its page of settings, or with starter enable a"},
		"its flow is off": {
			connection(false, true, false), stay + "the configuration has its inventory flow off: take enabled: false out of its inventory, and apply that",
		},
		"its flow is off, and it is too": {
			connection(true, false, false),
			stay + "the configuration has its inventory flow off: take enabled: false out of its inventory, and apply that; then enable it on its page of " +
				"settings, or with starter enable a",
		},
	} {
		require.Equal(t, test.want, resumeObstacle(test.connection), name)
	}
}
