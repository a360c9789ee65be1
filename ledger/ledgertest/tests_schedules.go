package ledgertest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

// What is set for schedules beside the configuration is stored with a version that only grows.
var scheduleTests = tests{
	"an override is kept as it was made":             overrideKept,
	"a second editor is refused":                     overrideOutdated,
	"a version only grows":                           overrideVersions,
	"what Temporal was brought to":                   overrideReconciled,
	"a changed schedule of the configuration":        overrideOfAnApply,
	"an apply decides about overrides":               overrideDecided,
	"an apply that decided on an old version":        overrideDecidedLate,
	"schedules that the configuration alone may set": overrideReadOnly,
	"a pruned connection takes its overrides along":  overridePruned,
	"a restored ledger reconciles every schedule":    overrideRestored,
}

// nightly is a schedule with every kind of rule.
var nightly = ledger.Schedule{Timezone: "Europe/Paris", Rules: []ledger.Rule{
	{Every: 45 * time.Minute},
	{Hourly: &ledger.Hourly{Every: 2, Minute: 15}},
	{Daily: "01:30"},
	{Flexible: &ledger.Flexible{Every: 30 * time.Minute, From: 22, To: 4, Days: []string{"mon", "sun"}}},
}}

func (w *world) states(connection string) []ledger.ScheduleState {
	w.t.Helper()
	states, err := w.ScheduleStates(w.ctx(), connection)
	require.NoError(w.t, err)
	return states
}

func (w *world) override(mode ledger.Mode, override *ledger.Override, version int64) ledger.ScheduleState {
	w.t.Helper()
	kept, err := w.SetOverride(w.ctx(), hubShop, mode, override, version, w.now())
	require.NoError(w.t, err)
	return kept
}

func overrideKept(t *testing.T, w *world) {
	require.Empty(t, w.states(""))
	base := ledger.Schedule{Rules: []ledger.Rule{{Every: time.Hour}}, Timezone: "UTC"}
	first := &ledger.Override{Schedule: ledger.Schedule{Rules: []ledger.Rule{{Daily: "02:00"}}, Timezone: "UTC"}, By: "bob", Since: w.now()}
	made := &ledger.Override{
		Schedule: nightly, Reason: "the sale", By: "ann", Since: w.now(), Until: new(w.now()), Base: &base, Advised: true, Previous: first,
	}
	kept := w.override(ledger.Smart, made, 0)
	require.EqualValues(t, 1, kept.Version)
	require.Equal(t, []ledger.ScheduleState{kept}, w.states(""))
	require.Equal(t, made, w.states(hubShop)[0].Override)
	require.Empty(t, w.states(hubMarket))
	configured, err := w.Connection(w.ctx(), hubShop)
	require.NoError(t, err)
	require.Equal(t, connection(hub, shop), configured, "the configuration is as it was")

	bare := &ledger.Override{Schedule: ledger.Schedule{Rules: []ledger.Rule{}, Timezone: "UTC"}, By: "ann\x00", Since: w.now()}
	w.override(ledger.Full, bare, 0)
	states := w.states(hubShop)
	require.Len(t, states, 2)
	require.Equal(t, ledger.Full, states[0].Mode)
	require.Equal(t, "ann\uFFFD", states[0].Override.By)
	require.Nil(t, states[0].Override.Until)
	require.Nil(t, states[0].Override.Base)
	_, err = w.SetOverride(w.ctx(), "nobody", ledger.Smart, bare, 0, w.now())
	require.ErrorIs(t, err, ledger.ErrNotFound)
}

func overrideOutdated(t *testing.T, w *world) {
	wanted := &ledger.Override{Schedule: nightly, By: "ann", Since: w.now()}
	kept := w.override(ledger.Smart, wanted, 0)
	for _, version := range []int64{0, 2} {
		for _, override := range []*ledger.Override{nil, {Schedule: nightly, By: "bob"}} {
			_, err := w.SetOverride(w.ctx(), hubShop, ledger.Smart, override, version, w.now())
			var outdated *ledger.OutdatedError
			require.ErrorAs(t, err, &outdated)
			require.Equal(t, kept, outdated.Now, "who is refused learns what there is now")
		}
	}
	require.Equal(t, []ledger.ScheduleState{kept}, w.states(hubShop))
}

func overrideVersions(t *testing.T, w *world) {
	w.override(ledger.Smart, &ledger.Override{Schedule: nightly, By: "ann", Since: w.now()}, 0)
	cleared := w.override(ledger.Smart, nil, 1)
	require.EqualValues(t, 2, cleared.Version)
	require.Nil(t, w.states(hubShop)[0].Override)
	_, err := w.SetOverride(w.ctx(), hubShop, ledger.Smart, &ledger.Override{Schedule: nightly}, 0, w.now())
	require.ErrorAs(t, err, new(*ledger.OutdatedError), "who read it before it was set and removed has read another")
	w.override(ledger.Smart, &ledger.Override{Schedule: nightly, By: "bob", Since: w.now()}, 2)
}

func overrideReconciled(t *testing.T, w *world) {
	w.override(ledger.Smart, &ledger.Override{Schedule: nightly, By: "ann", Since: w.now()}, 0)
	require.Zero(t, w.states(hubShop)[0].Reconciled)
	done := func(mode ledger.Mode, version int64) bool {
		t.Helper()
		current, err := w.ScheduleReconciled(w.ctx(), hubShop, mode, version)
		require.NoError(t, err)
		return current
	}
	require.True(t, done(ledger.Smart, 1))
	require.EqualValues(t, 1, w.states(hubShop)[0].Reconciled)
	next := w.override(ledger.Smart, nil, 1)
	require.EqualValues(t, 1, next.Reconciled, "the next version is not reconciled yet")
	require.False(t, done(ledger.Smart, 1), "somebody changed it meanwhile")
	require.EqualValues(t, 1, w.states(hubShop)[0].Reconciled)
	require.True(t, done(ledger.Full, 0), "of which nothing is kept")
}

func overrideOfAnApply(t *testing.T, w *world) {
	made := &ledger.Override{Schedule: nightly, By: "ann", Since: w.now()}
	w.override(ledger.Smart, made, 0)
	w.apply(definitions())
	require.EqualValues(t, 1, w.states(hubShop)[0].Version, "nothing changed")
	at := w.now()
	_, err := w.Apply(w.ctx(), alter(func(d *ledger.Definitions) {
		d.Connections[0].Inventory.Smart = []ledger.Rule{{Every: 2 * time.Hour}}
	}), ledger.ApplyOptions{Now: at, From: "/etc/tidemark.yaml"})
	require.NoError(t, err)
	states := w.states("")
	require.Len(t, states, 1, "only the schedule that changed has a new version")
	require.Equal(t, ledger.ScheduleState{Connection: hubShop, Mode: ledger.Smart, Version: 2, ChangedAt: at, Override: made}, states[0])
	w.apply(alter(func(d *ledger.Definitions) {
		d.Connections[0].Inventory.Smart = []ledger.Rule{{Every: 2 * time.Hour}}
		d.Connections[0].Inventory.Unnamed = []ledger.Mode{ledger.Full}
	}))
	require.Len(t, w.states(""), 2, "whose it is changed")
	_, err = w.Apply(w.ctx(), definitions(), ledger.ApplyOptions{DryRun: true})
	require.NoError(t, err)
	require.EqualValues(t, 2, w.states(hubShop)[1].Version, "a dry run changes nothing")
	configuration, err := w.Configuration(w.ctx())
	require.NoError(t, err)
	require.Equal(t, ledger.AppliedConfiguration{From: "/etc/tidemark.yaml"}, configuration, "an apply that names no file leaves the name")
}

func overrideDecided(t *testing.T, w *world) {
	made := &ledger.Override{Schedule: nightly, By: "ann", Since: w.now()}
	w.override(ledger.Smart, made, 0)
	_, err := w.Apply(w.ctx(), definitions(), ledger.ApplyOptions{Overrides: []ledger.OverrideChange{
		{Connection: hubShop, Mode: ledger.Smart, Version: 1}, {Connection: hubShop, Mode: ledger.Full, Override: made},
	}})
	require.NoError(t, err)
	states := w.states(hubShop)
	require.Len(t, states, 2)
	require.Equal(t, made, states[0].Override)
	require.EqualValues(t, 1, states[0].Version)
	require.Nil(t, states[1].Override)
	require.EqualValues(t, 2, states[1].Version)
}

func overrideDecidedLate(t *testing.T, w *world) {
	w.override(ledger.Smart, &ledger.Override{Schedule: nightly, By: "ann", Since: w.now()}, 0)
	_, err := w.Apply(w.ctx(), alter(func(d *ledger.Definitions) { d.Connections[0].Enabled = false }), ledger.ApplyOptions{
		Overrides: []ledger.OverrideChange{{Connection: hubShop, Mode: ledger.Smart, Version: 0}},
	})
	require.ErrorAs(t, err, new(*ledger.OutdatedError))
	configured, err := w.Connection(w.ctx(), hubShop)
	require.NoError(t, err)
	require.True(t, configured.Enabled, "nothing is changed")
}

func overrideReadOnly(t *testing.T, w *world) {
	w.override(ledger.Smart, &ledger.Override{Schedule: nightly, By: "ann", Since: w.now()}, 0)
	alone := alter(func(d *ledger.Definitions) { d.SchedulesReadOnly = true })
	require.Equal(t, []ledger.Change{{Action: "changed", Kind: "setting", ID: "console", Detail: "schedules are set in the configuration alone"}}, w.apply(alone))
	require.Empty(t, w.apply(alone))
	_, err := w.SetOverride(w.ctx(), hubShop, ledger.Smart, &ledger.Override{Schedule: nightly}, 1, w.now())
	require.ErrorIs(t, err, ledger.ErrSchedulesReadOnly)
	w.override(ledger.Smart, nil, 1)
	require.Equal(t, []ledger.Change{{
		Action: "changed", Kind: "setting", ID: "console", Detail: "schedules can be set on the pages again",
	}}, w.apply(definitions()))
	w.override(ledger.Smart, &ledger.Override{Schedule: nightly}, 2)
}

func overridePruned(t *testing.T, w *world) {
	w.override(ledger.Smart, &ledger.Override{Schedule: nightly, By: "ann", Since: w.now()}, 0)
	_, err := w.Apply(w.ctx(), alter(func(d *ledger.Definitions) { d.Connections = d.Connections[1:] }), ledger.ApplyOptions{Prune: true})
	require.NoError(t, err)
	require.Empty(t, w.states(""))
}

func overrideRestored(t *testing.T, w *world) {
	w.override(ledger.Smart, &ledger.Override{Schedule: nightly, By: "ann", Since: w.now()}, 0)
	_, err := w.ScheduleReconciled(w.ctx(), hubShop, ledger.Smart, 1)
	require.NoError(t, err)
	require.NoError(t, w.Restored(w.ctx(), "the disk", w.now()))
	require.Zero(t, w.states(hubShop)[0].Reconciled)
	require.EqualValues(t, 1, w.states(hubShop)[0].Version)
}
