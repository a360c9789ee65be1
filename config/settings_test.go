package config_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/config"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// The value of a setting reads as what it was written from, and what no file could have is refused in the words of one.
func TestValuesOfSettings(t *testing.T) {
	t.Parallel()
	definitions := ledger.Definitions{
		Warehouses: []ledger.Warehouse{{ID: "depot", Merchant: "acme"}},
		Connections: []ledger.Connection{
			{ID: "shop", Merchant: "acme", Warehouse: "depot"},
			{ID: "market", Merchant: "acme", Warehouse: "depot"},
			{ID: "other", Merchant: "acme", Warehouse: "annex"},
		},
	}
	quiet := ledger.QuietHours{From: "22:00", To: "06:30", Timezone: "Europe/Paris"}
	for _, test := range []struct {
		kind, name, text string
		want             any
		written          string // where it is another text
		wrong            string
	}{
		{kind: ledger.OfConnection, name: ledger.SettingOverlap, text: "buffer", want: "buffer"},
		{kind: ledger.OfConnection, name: ledger.SettingOverlap, text: "queue", wrong: "overlap of connection depot"},
		{kind: ledger.OfConnection, name: ledger.SettingOverlap, text: "skip\nunlisted: push", wrong: `no setting "unlisted"`},
		{kind: ledger.OfConnection, name: ledger.SettingOverlap, text: "", wrong: "has no value"},
		{kind: ledger.OfConnection, name: ledger.SettingOverlap, text: "none", wrong: "expected"},
		{kind: ledger.OfConnection, name: ledger.SettingUnlisted, text: " block ", want: "block", written: "block"},
		{kind: ledger.OfStore, name: ledger.SettingShare, text: "62.5%", want: 0.625},
		{kind: ledger.OfStore, name: ledger.SettingShare, text: "0%", wrong: "0% leaves no calls at all"},
		{kind: ledger.OfStore, name: ledger.SettingShare, text: "101%", wrong: "expected a percentage from 0% to 100%"},
		{kind: ledger.OfStore, name: ledger.SettingShare, text: "0.8", wrong: "expected a percentage from 0% to 100%"},
		{kind: ledger.OfStore, name: ledger.SettingQuietHours, text: "22:00 to 06:30 Europe/Paris", want: quiet},
		{kind: ledger.OfStore, name: ledger.SettingQuietHours, text: "22:00-06:30 Europe/Paris", want: quiet, written: "22:00 to 06:30 Europe/Paris"},
		{
			kind: ledger.OfStore, name: ledger.SettingQuietHours, text: `{from: "22:00", to: "06:30", timezone: Europe/Paris}`, want: quiet,
			written: "22:00 to 06:30 Europe/Paris",
		},
		{
			kind: ledger.OfStore, name: ledger.SettingQuietHours, text: "22:00 to 06:30", want: ledger.QuietHours{From: "22:00", To: "06:30", Timezone: "UTC"},
			written: "22:00 to 06:30 UTC",
		},
		{kind: ledger.OfStore, name: ledger.SettingQuietHours, text: "none", want: nil},
		{kind: ledger.OfStore, name: ledger.SettingQuietHours, text: "22:00 to 22:00", wrong: "from and to are both 22:00"},
		{kind: ledger.OfStore, name: ledger.SettingQuietHours, text: "22:00 to 6 Europe/Paris", wrong: "expected a time of day"},
		{kind: ledger.OfStore, name: ledger.SettingQuietHours, text: "22:00 to 06:00 Mars/Base", wrong: "not a known time zone"},
		{kind: ledger.OfStore, name: ledger.SettingQuietHours, text: "always", wrong: "expected lines like from"},
		{kind: ledger.OfWarehouse, name: ledger.SettingMinimumRows, text: "0%", want: 0},
		{kind: ledger.OfWarehouse, name: ledger.SettingMaximumRefused, text: "2.5%", want: 0.025},
		{kind: ledger.OfWarehouse, name: ledger.SettingMaximumMissing, text: "7%", want: 0.07},
		{kind: ledger.OfWarehouse, name: ledger.SettingMaximumZeroed, text: "100%", want: 1},
		{kind: ledger.OfWarehouse, name: ledger.SettingDecideWithin, text: "90m", want: 90 * time.Minute},
		{kind: ledger.OfWarehouse, name: ledger.SettingDecideWithin, text: "30s", wrong: "expected whole minutes"},
		{
			kind: ledger.OfWarehouse, name: ledger.SettingStrategy, text: "{buffer_units: 2, distribution: weighted, weights: {market: 1, shop: 2}}",
			want: inventory.Strategy{BufferUnits: 2, Distribution: inventory.DistributeWeighted, Weights: map[string]int64{"shop": 2, "market": 1}},
		},
		{kind: ledger.OfWarehouse, name: ledger.SettingStrategy, text: "none", want: nil},
		{kind: ledger.OfWarehouse, name: ledger.SettingStrategy, text: "{distribution: priority, priority: [other]}", wrong: "which is on warehouse annex"},
		{kind: ledger.OfWarehouse, name: ledger.SettingStrategy, text: "{distribution: weighted, weights: {shp: 2}}", wrong: `did you mean "shop"?`},
		{kind: ledger.OfWarehouse, name: ledger.SettingStrategy, text: "equal", wrong: "expected lines like"},
	} {
		t.Run(test.name+" "+test.text, func(t *testing.T) {
			t.Parallel()
			got, err := config.ReadSetting(ledger.SettingKey{Kind: test.kind, ID: "depot", Name: test.name}, test.text, definitions)
			if test.wrong != "" {
				require.ErrorContains(t, err, test.wrong)
				return
			}
			require.NoError(t, err)
			want, err := json.Marshal(test.want)
			require.NoError(t, err)
			require.JSONEq(t, string(want), string(got))
			if test.written == "" {
				test.written = test.text
			}
			require.Equal(t, test.written, config.SettingText(test.name, got))
			again, err := config.ReadSetting(ledger.SettingKey{Kind: test.kind, ID: "depot", Name: test.name}, test.written, definitions)
			require.NoError(t, err)
			require.Equal(t, string(got), string(again), "what is written reads the same, byte by byte")
		})
	}
}

// A setting that a file names belongs to it; the others belong to the pages.
func TestWhichSettingsAFileNames(t *testing.T) {
	t.Parallel()
	path := setup(t, map[string]string{"tidemark.yaml": with("    driver: depot\n", "    driver: depot\n    guard: {maximum_zeroed: 30%}\n")})
	definitions, _, err := config.Load(path, drivers, config.Options{})
	require.NoError(t, err)
	for _, key := range definitions.SettingKeys() {
		_, named, has := definitions.Setting(key)
		require.True(t, has)
		require.Equal(t, key.Name == ledger.SettingMaximumZeroed, named, "%s", key)
	}
}
