package ledgertest

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// What is set for stores, warehouses and connections beside the configuration is in force at once, and is stored with a version that only grows.
var settingTests = tests{
	"every setting is set and cleared":              settingsOfEveryKind,
	"an override is kept as it was made":            settingKept,
	"a second editor is refused":                    settingOutdated,
	"what decides figures makes them due":           settingMakesDue,
	"how runs overlap is for the schedules":         settingOfSchedules,
	"an apply leaves what is set beside it":         settingLeft,
	"an apply decides about settings":               settingDecided,
	"an apply that decided on an old version":       settingDecidedLate,
	"a changed setting of the configuration":        settingOfAnApply,
	"settings that the configuration alone may set": settingReadOnly,
	"what is pruned takes its settings along":       settingPruned,
	"a setting that is none":                        settingAbsent,
}

func (w *world) set(key ledger.SettingKey, override *ledger.SettingOverride, version int64) ledger.SettingState {
	w.t.Helper()
	kept, err := w.SetSetting(w.ctx(), key, override, version, w.now())
	require.NoError(w.t, err)
	return kept
}

func (w *world) settings() []ledger.SettingState {
	w.t.Helper()
	states, err := w.SettingStates(w.ctx())
	require.NoError(w.t, err)
	return states
}

// defined returns the definitions in force.
func (w *world) defined() *ledger.Definitions {
	w.t.Helper()
	var d ledger.Definitions
	var err error
	d.Warehouses, err = w.Warehouses(w.ctx())
	require.NoError(w.t, err)
	d.Stores, err = w.Stores(w.ctx())
	require.NoError(w.t, err)
	d.Connections, err = w.Connections(w.ctx())
	require.NoError(w.t, err)
	for _, depot := range d.Warehouses {
		strategy, err := w.Strategy(w.ctx(), depot.Merchant, depot.ID)
		require.NoError(w.t, err)
		if strategy != nil {
			d.Strategies = append(d.Strategies, ledger.StrategyDefinition{Merchant: depot.Merchant, Warehouse: depot.ID, Strategy: *strategy})
		}
	}
	return &d
}

func (w *world) inForce(key ledger.SettingKey) string {
	w.t.Helper()
	value, _, has := w.defined().Setting(key)
	require.True(w.t, has, "%s", key)
	return string(value)
}

func value(of any) json.RawMessage {
	content, err := json.Marshal(of)
	if err != nil {
		panic(err)
	}
	return content
}

func (w *world) overridden(of any) *ledger.SettingOverride {
	return &ledger.SettingOverride{Value: value(of), By: "ann", Since: w.now()}
}

var (
	shareOfShop  = ledger.SettingKey{Kind: ledger.OfStore, ID: shop, Name: ledger.SettingShare}
	zeroedOfHub  = ledger.SettingKey{Kind: ledger.OfWarehouse, ID: hub, Name: ledger.SettingMaximumZeroed}
	overlapOfHub = ledger.SettingKey{Kind: ledger.OfConnection, ID: hubShop, Name: ledger.SettingOverlap}
)

func settingsOfEveryKind(t *testing.T, w *world) {
	other := map[string]any{
		ledger.SettingOverlap: ledger.OverlapBuffer, ledger.SettingUnlisted: inventory.UnlistedBlock, ledger.SettingShare: 0.3,
		ledger.SettingQuietHours: ledger.QuietHours{From: "22:00", To: "06:00", Timezone: "Europe/Paris"}, ledger.SettingMinimumRows: 0.5,
		ledger.SettingMaximumRefused: 0.01, ledger.SettingMaximumMissing: 0.02, ledger.SettingMaximumZeroed: 0.9, ledger.SettingDecideWithin: int64(3600e9),
		ledger.SettingStrategy: inventory.Strategy{BufferUnits: 3, Distribution: inventory.DistributeEqual},
	}
	before := w.defined()
	keys := before.SettingKeys()
	for _, key := range keys {
		usual := w.inForce(key)
		want := string(value(other[key.Name]))
		require.NotEqual(t, usual, want, "%s", key)
		w.set(key, w.overridden(other[key.Name]), 0)
		require.Equal(t, want, w.inForce(key), "%s", key)
		w.set(key, nil, 1)
		require.Equal(t, usual, w.inForce(key), "%s", key)
	}
	require.Len(t, other, len(ledger.SettingNames(ledger.OfConnection))+len(ledger.SettingNames(ledger.OfStore))+len(ledger.SettingNames(ledger.OfWarehouse)))
	require.Equal(t, before, w.defined(), "all is as it was")
	require.Len(t, w.settings(), len(keys), "but its versions")
}

func settingKept(t *testing.T, w *world) {
	require.Empty(t, w.settings())
	made := &ledger.SettingOverride{Value: value(0.5), Reason: "the sale", By: "ann\x00", Since: w.now(), Until: new(w.now()), Base: value(0.8)}
	kept := w.set(shareOfShop, made, 0)
	require.EqualValues(t, 1, kept.Version)
	made.By = "ann\uFFFD"
	kept.Override = made
	require.JSONEq(t, "0.8", string(kept.Configured))
	require.Equal(t, []ledger.SettingState{kept}, w.settings())
	bare := w.set(shareOfShop, &ledger.SettingOverride{Value: value(0.6), By: "bob", Since: w.now()}, 1)
	require.JSONEq(t, "0.8", string(bare.Configured), "what the configuration says is not forgotten")
	require.Equal(t, []ledger.SettingState{bare}, w.settings())
	cleared := w.set(shareOfShop, nil, 2)
	require.Nil(t, cleared.Override)
	require.EqualValues(t, 3, cleared.Version)
	require.Equal(t, []ledger.SettingState{cleared}, w.settings())
}

func settingOutdated(t *testing.T, w *world) {
	kept := w.set(shareOfShop, w.overridden(0.5), 0)
	for _, version := range []int64{0, 2} {
		for _, override := range []*ledger.SettingOverride{nil, w.overridden(0.1)} {
			_, err := w.SetSetting(w.ctx(), shareOfShop, override, version, w.now())
			var outdated *ledger.OutdatedSettingError
			require.ErrorAs(t, err, &outdated)
			require.Equal(t, kept, outdated.Now, "who is refused learns what there is now")
		}
	}
	require.Equal(t, "0.5", w.inForce(shareOfShop))
}

func settingMakesDue(t *testing.T, w *world) {
	version := func() int64 {
		plan, err := w.Plan(w.ctx(), hubShop, ledger.Smart)
		require.NoError(t, err)
		return plan.Next.Definitions
	}
	before := version()
	w.set(shareOfShop, w.overridden(0.5), 0)
	w.set(zeroedOfHub, w.overridden(0.5), 0)
	w.set(overlapOfHub, w.overridden(ledger.OverlapBuffer), 0)
	require.Equal(t, before, version(), "they decide no figure")
	w.set(ledger.SettingKey{Kind: ledger.OfConnection, ID: hubShop, Name: ledger.SettingUnlisted}, w.overridden(inventory.UnlistedBlock), 0)
	after := version()
	require.Greater(t, after, before)
	w.set(ledger.SettingKey{Kind: ledger.OfWarehouse, ID: hub, Name: ledger.SettingStrategy},
		w.overridden(inventory.Strategy{BufferUnits: 1, Distribution: inventory.DistributeAll}), 0)
	require.Greater(t, version(), after)
}

func settingOfSchedules(t *testing.T, w *world) {
	w.set(ledger.SettingKey{Kind: ledger.OfConnection, ID: hubShop, Name: ledger.SettingUnlisted}, w.overridden(inventory.UnlistedBlock), 0)
	require.Empty(t, w.states(""))
	w.set(overlapOfHub, w.overridden(ledger.OverlapBuffer), 0)
	states := w.states("")
	require.Len(t, states, 2)
	for _, state := range states {
		require.Equal(t, hubShop, state.Connection)
		require.Less(t, state.Reconciled, state.Version, "Temporal is to be brought to it")
	}
}

func settingLeft(t *testing.T, w *world) {
	strategyOfHub := ledger.SettingKey{Kind: ledger.OfWarehouse, ID: hub, Name: ledger.SettingStrategy}
	set := map[ledger.SettingKey]any{
		shareOfShop: 0.5, zeroedOfHub: 0.7, overlapOfHub: ledger.OverlapBuffer, strategyOfHub: inventory.Strategy{Minimum: 2, Distribution: inventory.DistributeAll},
	}
	for key, to := range set {
		w.set(key, w.overridden(to), 0)
	}
	require.Empty(t, w.apply(definitions()), "what is in force is left, and is no change")
	for key, to := range set {
		require.JSONEq(t, string(value(to)), w.inForce(key))
	}
	for _, state := range w.settings() {
		require.EqualValues(t, 1, state.Version)
	}
	wanted := definitions()
	w.apply(wanted)
	require.Equal(t, definitions(), wanted, "the definitions that are applied stay the caller's")
}

func settingOfAnApply(t *testing.T, w *world) {
	w.set(zeroedOfHub, w.overridden(0.7), 0)
	w.apply(alter(func(d *ledger.Definitions) {
		d.Stores[0].Budget.Share = 0.4
		d.Warehouses[0].Guard.MaximumZeroed = 0.3
		d.Warehouses[0].Named = []string{ledger.SettingMaximumRefused}
	}))
	versions := map[ledger.SettingKey]int64{}
	for _, state := range w.settings() {
		versions[state.SettingKey] = state.Version
	}
	refusedOfHub := ledger.SettingKey{Kind: ledger.OfWarehouse, ID: hub, Name: ledger.SettingMaximumRefused}
	require.Equal(t, map[ledger.SettingKey]int64{zeroedOfHub: 2, shareOfShop: 1, refusedOfHub: 1}, versions,
		"a setting has a new version when its value changed, or who sets it")
	require.Equal(t, "0.7", w.inForce(zeroedOfHub))
	w.set(zeroedOfHub, nil, 2)
	require.Equal(t, "0.3", w.inForce(zeroedOfHub), "what the configuration says by now")
	_, err := w.SetSetting(w.ctx(), shareOfShop, w.overridden(0.9), 0, w.now())
	require.ErrorAs(t, err, new(*ledger.OutdatedSettingError))
}

func settingDecided(t *testing.T, w *world) {
	w.set(shareOfShop, w.overridden(0.5), 0)
	made := w.overridden(0.25)
	_, err := w.Apply(w.ctx(), definitions(), ledger.ApplyOptions{Settings: []ledger.SettingChange{
		{SettingKey: shareOfShop, Version: 1}, {SettingKey: zeroedOfHub, Override: made},
	}})
	require.NoError(t, err)
	require.Equal(t, "0.8", w.inForce(shareOfShop))
	require.Equal(t, "0.25", w.inForce(zeroedOfHub))
	states := w.settings()
	require.Len(t, states, 2)
	require.Nil(t, states[0].Override)
	require.EqualValues(t, 2, states[0].Version)
	require.Equal(t, made, states[1].Override)
	_, err = w.Apply(w.ctx(), definitions(), ledger.ApplyOptions{DryRun: true, Settings: []ledger.SettingChange{{SettingKey: zeroedOfHub, Version: 1}}})
	require.NoError(t, err)
	require.Equal(t, states, w.settings(), "a dry run changes nothing")
}

func settingDecidedLate(t *testing.T, w *world) {
	w.set(shareOfShop, w.overridden(0.5), 0)
	_, err := w.Apply(w.ctx(), alter(func(d *ledger.Definitions) { d.Connections[0].Enabled = false }), ledger.ApplyOptions{
		Settings: []ledger.SettingChange{{SettingKey: shareOfShop}},
	})
	require.ErrorAs(t, err, new(*ledger.OutdatedSettingError))
	require.True(t, w.active(hubShop), "nothing is changed")
}

func settingReadOnly(t *testing.T, w *world) {
	w.set(shareOfShop, w.overridden(0.5), 0)
	alone := alter(func(d *ledger.Definitions) { d.SettingsReadOnly = true })
	require.Equal(t, []ledger.Change{{Action: "changed", Kind: "setting", ID: "console", Detail: "settings are set in the configuration alone"}}, w.apply(alone))
	configuration, err := w.Configuration(w.ctx())
	require.NoError(t, err)
	require.True(t, configuration.SettingsReadOnly)
	require.False(t, configuration.SchedulesReadOnly)
	_, err = w.SetSetting(w.ctx(), shareOfShop, w.overridden(0.1), 1, w.now())
	require.ErrorIs(t, err, ledger.ErrSettingsReadOnly)
	w.set(shareOfShop, nil, 1)
	require.Equal(t, []ledger.Change{{
		Action: "changed", Kind: "setting", ID: "console", Detail: "settings can be set on the pages again",
	}}, w.apply(definitions()))
	w.set(shareOfShop, w.overridden(0.1), 2)
}

func settingPruned(t *testing.T, w *world) {
	w.set(overlapOfHub, w.overridden(ledger.OverlapBuffer), 0)
	w.set(zeroedOfHub, w.overridden(0.5), 0)
	w.set(ledger.SettingKey{Kind: ledger.OfStore, ID: market, Name: ledger.SettingShare}, w.overridden(0.5), 0)
	w.set(shareOfShop, w.overridden(0.5), 0)
	_, err := w.Apply(w.ctx(), ledger.Definitions{
		Warehouses: []ledger.Warehouse{warehouse(annex)}, Stores: []ledger.Store{store(shop)}, Connections: []ledger.Connection{connection(annex, shop)},
	}, ledger.ApplyOptions{Prune: true})
	require.NoError(t, err)
	states := w.settings()
	require.Len(t, states, 1)
	require.Equal(t, shareOfShop, states[0].SettingKey)
}

func settingAbsent(t *testing.T, w *world) {
	for _, key := range []ledger.SettingKey{
		{Kind: ledger.OfStore, ID: "nowhere", Name: ledger.SettingShare},
		{Kind: ledger.OfWarehouse, ID: "nowhere", Name: ledger.SettingStrategy},
		{Kind: ledger.OfStore, ID: shop, Name: ledger.SettingOverlap},
		{Kind: "merchant", ID: shop, Name: ledger.SettingShare},
	} {
		_, err := w.SetSetting(w.ctx(), key, w.overridden(0.5), 0, w.now())
		require.ErrorIs(t, err, ledger.ErrNotFound, "%s", key)
	}
	require.Empty(t, w.settings())
}
