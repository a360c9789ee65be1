package control

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

var (
	shareOfShop     = ledger.SettingKey{Kind: ledger.OfStore, ID: "shop", Name: ledger.SettingShare}
	quietOfShop     = ledger.SettingKey{Kind: ledger.OfStore, ID: "shop", Name: ledger.SettingQuietHours}
	overlapOfShop   = ledger.SettingKey{Kind: ledger.OfConnection, ID: "acme-shop", Name: ledger.SettingOverlap}
	strategyOfDepot = ledger.SettingKey{Kind: ledger.OfWarehouse, ID: "depot", Name: ledger.SettingStrategy}
)

// newSet is a connection to a store of which the file names the share, 80%, and nothing else.
func newSet(t *testing.T) *scheduled {
	t.Helper()
	s := newScheduled(t)
	s.share(0.8, ledger.SettingShare)
	s.apply(ApplyOptions{})
	return s
}

// share changes what the file says of the store.
func (s *scheduled) share(part float64, named ...string) {
	store := s.definitions.Stores[0]
	store.Budget.Share, store.Named = part, named
	s.definitions.Stores = []ledger.Store{store}
}

// change sets a setting as ann would, on the version that is there.
func (s *scheduled) change(key ledger.SettingKey, edit SettingEdit) SettingEditResult {
	s.t.Helper()
	setting, err := s.settingByKey(acting(s.t), key)
	require.NoError(s.t, err)
	edit.Version, edit.By = setting.Version, "ann"
	edited, err := s.EditSetting(acting(s.t), key, edit)
	require.NoError(s.t, err)
	return edited
}

func (s *scheduled) shareInForce() float64 {
	s.t.Helper()
	store, err := s.state.Store(acting(s.t), "shop")
	require.NoError(s.t, err)
	return store.Budget.Share
}

// An override is in force at once, an apply keeps it, and it is cleared again.
func TestASettingIsOverridden(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	edited := s.change(shareOfShop, SettingEdit{Value: "50%", Reason: " the sale "})
	require.Equal(t, SetByOverride, edited.Source)
	require.Equal(t, "the sale", edited.Override.Reason)
	require.Equal(t, "50%", edited.Value)
	require.Equal(t, "80%", *edited.File)
	require.Equal(t, []string{"acme-shop"}, edited.Connections)
	require.Equal(t, "overridden by ann (the sale), since Wed 2026-11-25 12:00 UTC; tidemark.yaml says 80%", edited.Words())
	require.InDelta(t, 0.5, s.shareInForce(), 0)
	for _, dry := range []bool{true, false} {
		report := s.apply(ApplyOptions{ApplyOptions: ledger.ApplyOptions{DryRun: dry}})
		require.Empty(t, report.Changes)
		require.Equal(t, []SettingFate{{SettingKey: shareOfShop, Action: "kept", Detail: "overridden by ann (the sale): 50%"}}, report.Settings)
	}
	entries, err := s.Log(acting(t), ledger.AuditQuery{Limit: 3})
	require.NoError(t, err)
	at := 0
	for entries[at].Act != "set share" {
		at++
	}
	require.Equal(t, "store shop", entries[at].On)
	require.Equal(t, "80%, set in tidemark.yaml", entries[at].Before)
	require.Contains(t, entries[at].After, "50%, overridden by ann (the sale)")

	cleared, err := s.ClearSetting(acting(t), shareOfShop, edited.Version)
	require.NoError(t, err)
	require.Equal(t, SetInFile, cleared.Source)
	require.InDelta(t, 0.8, s.shareInForce(), 0)
	_, err = s.ClearSetting(acting(t), shareOfShop, cleared.Version)
	require.ErrorContains(t, err, "nothing is set of share of store shop beside the configuration")
}

// A setting that the file does not name belongs to the pages; where the file comes to name it, somebody chooses, and where it lets go, it stays.
func TestASettingOfThePages(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	edited := s.change(strategyOfDepot, SettingEdit{Value: "{buffer_units: 2, distribution: equal}"})
	require.Equal(t, SetOnPages, edited.Source, "and needs no reason")
	want := inventory.Strategy{BufferUnits: 2, Distribution: inventory.DistributeEqual}
	inForce := func() *inventory.Strategy {
		t.Helper()
		strategy, err := s.state.Strategy(acting(t), "acme", "depot")
		require.NoError(t, err)
		return strategy
	}
	require.Equal(t, &want, inForce())
	report := s.apply(ApplyOptions{})
	require.Empty(t, report.Changes)
	require.Equal(t, "left to the pages", report.Settings[0].Action)
	require.Equal(t, &want, inForce())

	// The file has one from now on.
	filed := inventory.Strategy{BufferUnits: 5, Distribution: inventory.DistributeAll}
	s.definitions.Strategies = []ledger.StrategyDefinition{{Merchant: "acme", Warehouse: "depot", Strategy: filed}}
	s.definitions.Warehouses[0].Named = []string{ledger.SettingStrategy}
	_, err := s.Apply(acting(t), s.definitions, ApplyOptions{})
	for _, words := range []string{
		"strategy of warehouse depot", "the file said    nothing: it left the setting to the pages", "the file says    {buffer_units: 5, distribution: all}",
		"the pages say    {buffer_units: 2, distribution: equal}, set by ann", "--take-file", "--keep-pages",
	} {
		require.ErrorContains(t, err, words)
	}
	require.Equal(t, &want, inForce(), "nothing is written")
	require.Equal(t, "taken from the file", s.apply(ApplyOptions{Choice: TakeFile}).Settings[0].Action)
	require.Equal(t, &filed, inForce())

	// And lets go again: it stays as it is.
	s.definitions.Strategies, s.definitions.Warehouses[0].Named = nil, nil
	report = s.apply(ApplyOptions{})
	require.Equal(t, "handed to the pages", report.Settings[0].Action)
	require.Contains(t, report.Settings[0].Detail, "it stays as it is, {buffer_units: 5, distribution: all}")
	require.Equal(t, &filed, inForce())
	require.Equal(t, "left to the pages", s.apply(ApplyOptions{}).Settings[0].Action)
}

func TestTheFileAndThePagesBothChangedASetting(t *testing.T) {
	t.Parallel()
	for choice, want := range map[Choice]struct {
		share  float64
		action string
	}{TakeFile: {0.6, "taken from the file"}, KeepPages: {0.5, "kept over the file"}} {
		t.Run(string(choice), func(t *testing.T) {
			t.Parallel()
			s := newSet(t)
			s.change(shareOfShop, SettingEdit{Value: "50%", Reason: "the sale"})
			s.share(0.6, ledger.SettingShare)
			_, err := s.Apply(acting(t), s.definitions, ApplyOptions{})
			require.ErrorContains(t, err, "share of store shop\n    the file said    80%\n    the file says    60%\n    the pages say    50%, set by ann (the sale)")
			require.InDelta(t, 0.5, s.shareInForce(), 0)
			require.Equal(t, want.action, s.apply(ApplyOptions{Choice: choice}).Settings[0].Action)
			require.InDelta(t, want.share, s.shareInForce(), 0)
			again := s.apply(ApplyOptions{})
			require.Empty(t, again.Changes)
			for _, fate := range again.Settings {
				require.False(t, fate.Changes(), "the next apply finds it settled")
			}
		})
	}
}

func TestTheFileComesToSayWhatASettingIs(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	s.change(shareOfShop, SettingEdit{Value: "50%", Reason: "the sale"})
	s.share(0.5, ledger.SettingShare)
	require.Equal(t, "adopted", s.apply(ApplyOptions{}).Settings[0].Action)
	setting, err := s.settingByKey(acting(t), shareOfShop)
	require.NoError(t, err)
	require.Equal(t, SetInFile, setting.Source)
	require.Empty(t, s.apply(ApplyOptions{}).Settings)
}

// An override with an end stops counting at its end, also where nobody looks.
func TestASettingEnds(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	end := noon.Add(2 * time.Hour)
	s.change(shareOfShop, SettingEdit{Value: "50%", Reason: "the sale", Until: &end})
	s.change(quietOfShop, SettingEdit{Value: "22:00 to 06:00", Until: new(end.Add(time.Hour))})
	mended, err := s.MendSchedules(acting(t))
	require.NoError(t, err)
	require.Equal(t, MendResult{Next: end}, mended)
	s.pass(2 * time.Hour)
	mended, err = s.MendSchedules(acting(t))
	require.NoError(t, err)
	require.Equal(t, MendResult{Settings: []string{"share of store shop"}, Next: end.Add(time.Hour)}, mended)
	require.InDelta(t, 0.8, s.shareInForce(), 0)
	setting, err := s.settingByKey(acting(t), shareOfShop)
	require.NoError(t, err)
	require.Equal(t, SetInFile, setting.Source)
	require.Equal(t, end, setting.Since)
	s.pass(time.Hour) // an apply ends it too, where it is first
	require.Equal(t, "ended", s.apply(ApplyOptions{}).Settings[0].Action)
	store, err := s.state.Store(acting(t), "shop")
	require.NoError(t, err)
	require.Nil(t, store.Budget.QuietHours)
}

// How runs overlap is in the schedules of Temporal, which are brought to it: at once, or by a worker where Temporal does not answer.
func TestOverlapReachesTheSchedules(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	overlap := func() enumspb.ScheduleOverlapPolicy {
		s.fake.mutex.Lock()
		defer s.fake.mutex.Unlock()
		return s.fake.kept["smart-sync/acme-shop"].Policy.Overlap
	}
	require.Equal(t, enumspb.SCHEDULE_OVERLAP_POLICY_SKIP, overlap())
	edited := s.change(overlapOfShop, SettingEdit{Value: "buffer"})
	require.Empty(t, edited.Waits)
	require.Equal(t, enumspb.SCHEDULE_OVERLAP_POLICY_BUFFER_ONE, overlap())
	require.Empty(t, s.apply(ApplyOptions{}).Schedules, "an apply leaves it")
	require.Equal(t, enumspb.SCHEDULE_OVERLAP_POLICY_BUFFER_ONE, overlap())
	s.fake.failing(errors.New("unavailable"))
	cleared, err := s.ClearSetting(acting(t), overlapOfShop, edited.Version)
	require.NoError(t, err)
	require.Equal(t, "unavailable", cleared.Waits)
	s.fake.failing(nil)
	s.pass(mendGrace)
	mended, err := s.MendSchedules(acting(t))
	require.NoError(t, err)
	require.Contains(t, mended.Schedules, "smart-sync/acme-shop")
	require.Equal(t, enumspb.SCHEDULE_OVERLAP_POLICY_SKIP, overlap())
}

// Two editors: the second is refused and shown what there is now.
func TestASecondEditorOfASettingIsRefused(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	s.change(shareOfShop, SettingEdit{Value: "50%", Reason: "the sale"})
	_, err := s.EditSetting(acting(t), shareOfShop, SettingEdit{Value: "40%", Reason: "more", By: "bob", Version: 1})
	var stale *StaleSettingError
	require.ErrorAs(t, err, &stale)
	require.ErrorAs(t, err, new(*OutdatedError))
	require.ErrorAs(t, err, new(*UsageError))
	require.ErrorContains(t, err, "It is now 50%, overridden by ann (the sale)")
	require.ErrorContains(t, err, "you wanted 40%")
	_, err = s.ClearSetting(acting(t), shareOfShop, 1)
	require.ErrorAs(t, err, &stale)
	require.InDelta(t, 0.5, s.shareInForce(), 0)
}

func TestSettingsThatAreRefused(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	for name, test := range map[string]struct {
		key  ledger.SettingKey
		edit SettingEdit
		want string
	}{
		"no such store": {
			ledger.SettingKey{Kind: ledger.OfStore, ID: "shp", Name: ledger.SettingShare}, SettingEdit{Value: "50%", Reason: "x"}, "there are shop",
		},
		"no such kind": {
			ledger.SettingKey{Kind: "merchant", ID: "acme", Name: ledger.SettingShare}, SettingEdit{Value: "50%", Reason: "x"}, "there are those of a connection",
		},
		"no such setting": {
			ledger.SettingKey{Kind: ledger.OfStore, ID: "shop", Name: "locations"}, SettingEdit{Value: "50%"}, "there are share, quiet_hours",
		},
		"no reason":               {shareOfShop, SettingEdit{Value: "50%", Reason: " "}, "say why it is overridden"},
		"an end that is over":     {shareOfShop, SettingEdit{Value: "50%", Reason: "x", Until: new(noon)}, "is not in the future"},
		"as it is":                {shareOfShop, SettingEdit{Value: "80.0%", Reason: "x"}, "is 80% already"},
		"what no file could have": {shareOfShop, SettingEdit{Value: "0%", Reason: "x"}, "0% leaves no calls at all"},
	} {
		t.Run(name, func(t *testing.T) {
			setting, err := s.settingByKey(acting(t), test.key)
			if err == nil {
				test.edit.Version = setting.Version
			}
			_, err = s.EditSetting(acting(t), test.key, test.edit)
			require.ErrorAs(t, err, new(*UsageError))
			require.ErrorContains(t, err, test.want)
		})
	}
	require.InDelta(t, 0.8, s.shareInForce(), 0)
}

// console: {settings: read-only} refuses edits, and an apply of it does not silently end what somebody set.
func TestSettingsOfTheFileAlone(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	s.change(shareOfShop, SettingEdit{Value: "50%", Reason: "the sale"})
	s.definitions.SettingsReadOnly = true
	for _, choice := range []Choice{ChooseNothing, KeepPages} {
		_, err := s.Apply(acting(t), s.definitions, ApplyOptions{Choice: choice})
		require.ErrorContains(t, err, "the file says read-only of console")
	}
	require.Equal(t, "taken from the file", s.apply(ApplyOptions{Choice: TakeFile}).Settings[0].Action)
	require.InDelta(t, 0.8, s.shareInForce(), 0)
	setting, err := s.settingByKey(acting(t), quietOfShop)
	require.NoError(t, err)
	require.True(t, setting.ReadOnly)
	_, err = s.EditSetting(acting(t), quietOfShop, SettingEdit{Value: "22:00 to 06:00", Version: setting.Version})
	require.ErrorContains(t, err, "settings are set in the configuration alone")
}

// The export names the settings in force: applying it changes nothing, and it replaces what was set beside the file.
func TestAnExportNamesWhatWasSet(t *testing.T) {
	t.Parallel()
	s := newSet(t)
	s.change(shareOfShop, SettingEdit{Value: "50%", Reason: "the sale"})
	s.change(strategyOfDepot, SettingEdit{Value: "{buffer_units: 2, distribution: equal}"})
	exported, err := s.Export(acting(t))
	require.NoError(t, err)
	require.Equal(t, []string{ledger.SettingShare}, exported.Definitions.Stores[0].Named, "what nobody sets is left out")
	require.Equal(t, []string{ledger.SettingStrategy}, exported.Definitions.Warehouses[0].Named)
	require.Len(t, exported.Notes.Settings, 2)
	require.Contains(t, exported.Notes.Settings[shareOfShop], "overridden by ann (the sale)")
	s.definitions = exported.Definitions
	report := s.apply(ApplyOptions{})
	require.Len(t, report.Settings, 2)
	for _, fate := range report.Settings {
		require.Equal(t, "adopted", fate.Action)
	}
	require.InDelta(t, 0.5, s.shareInForce(), 0)
	require.Empty(t, s.apply(ApplyOptions{}).Settings)
}
