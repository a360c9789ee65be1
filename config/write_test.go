package config_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/tidemark/tidemark/config"
	"github.com/tidemark/tidemark/ledger"
)

// What is written of a configuration reads as the same.
func TestWhatIsWrittenReadsTheSame(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{
		"everything": everything(t), "the defaults": setup(t, map[string]string{"tidemark.yaml": base}),
		"nothing": setup(t, map[string]string{"tidemark.yaml": "warehouses: []\n"}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			definitions, _, err := config.Load(path, drivers, config.Options{})
			require.NoError(t, err)
			files := config.CatalogFiles(definitions, "catalogue/")
			folder := t.TempDir()
			require.NoError(t, os.Mkdir(filepath.Join(folder, "catalogue"), 0o700))
			for _, file := range files {
				content := &bytes.Buffer{}
				require.NoError(t, config.WriteCatalog(content, definitions, file))
				require.NoError(t, os.WriteFile(filepath.Join(folder, file.File), content.Bytes(), 0o600))
			}
			written := filepath.Join(folder, "tidemark.yaml")
			text := config.Write(definitions, files, config.Notes{
				Schedules: map[string]map[ledger.Mode]string{"shop": {ledger.Smart: "set by ann:\n\u202ethe sale"}},
				Settings: map[ledger.SettingKey]string{
					{Kind: ledger.OfStore, ID: "acme-shop", Name: ledger.SettingShare}:       "set by\nbob",
					{Kind: ledger.OfWarehouse, ID: "portland", Name: ledger.SettingStrategy}: "set by cy",
				},
			})
			require.NoError(t, os.WriteFile(written, []byte(text), 0o600))
			again, warnings, err := config.Load(written, drivers, config.Options{})
			require.NoError(t, err, "%s", text)
			require.Empty(t, warnings)
			require.Equal(t, definitions, again)
			if name == "everything" {
				require.Contains(t, text, `# set by ann: \u202ethe sale`)
				require.Contains(t, text, "    budget:\n      # set by bob\n      share: 60%\n")
				require.Contains(t, text, "strategies:\n  # set by cy\n  - merchant: acme\n")
				require.Contains(t, text, "console: {schedules: read-only, settings: read-only}\n")
			}
		})
	}
}

func TestTheYAMLOfASchedule(t *testing.T) {
	t.Parallel()
	schedule := ledger.Schedule{Timezone: "America/Los_Angeles", Rules: []ledger.Rule{
		{Every: 90 * time.Minute},
		{Hourly: &ledger.Hourly{Every: 2, Minute: 15}},
		{Daily: "01:00"},
		{Flexible: &ledger.Flexible{Every: 30 * time.Minute, From: 8, To: 18, Days: []string{"mon", "tue"}}},
		{Flexible: &ledger.Flexible{Every: time.Hour}},
	}}
	require.Equal(t, []string{
		"smart:", "  - every: 90m", "  - hourly: {every: 2, minute: 15}", `  - daily: "01:00"`,
		"  - flexible: {every: 30m, from: 8, to: 18, days: [mon, tue]}", "  - flexible: {every: 60m, from: 0, to: 0}", "timezone: America/Los_Angeles",
	}, config.ScheduleYAML(ledger.Smart, schedule))
	require.Equal(t, []string{"full: []", "timezone: UTC"}, config.ScheduleYAML(ledger.Full, ledger.Schedule{Timezone: "UTC"}))
}

// Texts are written so that they read as texts, and as the same ones.
func TestTextsAreWrittenAsTexts(t *testing.T) {
	t.Parallel()
	odd := []string{
		"1", "01:00", "true", "No", "null", "~", "1e3", "-", "a: b", "a #b", "'", `"`, "*x", "&x", "!x", "{a}", "é", " a ", "\u202e", "\t", "0x1",
		".5", "env:NAME", "2026-01-01",
	}
	rapid.Check(t, func(t *rapid.T) {
		facility := rapid.OneOf(rapid.SampledFrom(odd), rapid.StringMatching(`[!-~ ]{1,12}`)).Draw(t, "facility")
		text := strings.Replace(base, "    store: acme-shop\n    enabled: true\n",
			"    store: acme-shop\n    enabled: true\n    inventory:\n      locations:\n        - {location: x, facilities: [y]}\n", 1)
		definitions, _, err := config.Parse("tidemark.yaml", []byte(text), drivers, config.Options{})
		require.NoError(t, err)
		definitions.Connections[0].Inventory.Locations[0].Facilities[0] = facility
		again, _, err := config.Parse("tidemark.yaml", []byte(config.Write(definitions, nil, config.Notes{})), drivers, config.Options{})
		require.NoError(t, err)
		require.Equal(t, definitions, again)
	})
}

// A schedule that comes from a page is checked as one of a file is, and refused in the same words, without a place.
func TestCheckSchedule(t *testing.T) {
	t.Parallel()
	flexible := func(change func(*ledger.Flexible)) []ledger.Rule {
		rule := ledger.Flexible{Every: time.Hour, From: 8, To: 18}
		change(&rule)
		return []ledger.Rule{{Flexible: &rule}}
	}
	for name, test := range map[string]struct {
		mode  ledger.Mode
		rules []ledger.Rule
		zone  string
		force bool
		warns string
		wrong string
	}{
		"none": {mode: ledger.Smart},
		"each kind": {mode: ledger.Smart, rules: []ledger.Rule{
			{Every: time.Hour},
			{Hourly: &ledger.Hourly{Every: 2, Minute: 59}},
			{Daily: "23:59"},
			flexible(func(*ledger.Flexible) {})[0],
		}, warns: "the Smart Sync of connection shop runs up to 37 times a day"},
		"a rule of nothing": {mode: ledger.Smart, rules: []ledger.Rule{{}}, wrong: "a rule of the schedule says nothing"},
		"seconds": {
			mode: ledger.Smart, rules: []ledger.Rule{{Every: 90 * time.Second}},
			wrong: `every in smart of connection shop: expected whole minutes from 1m to 744h, like 60m or 2h, found "1m30s"`,
		},
		"too long":     {mode: ledger.Smart, rules: []ledger.Rule{{Every: 32 * 24 * time.Hour}}, wrong: "expected whole minutes"},
		"backwards":    {mode: ledger.Smart, rules: []ledger.Rule{{Every: -time.Minute}}, wrong: "expected whole minutes"},
		"often":        {mode: ledger.Smart, rules: []ledger.Rule{{Every: 5 * time.Minute}}, warns: "runs every 5 min, up to 288 times a day"},
		"no such hour": {mode: ledger.Smart, rules: []ledger.Rule{{Hourly: &ledger.Hourly{Every: 24}}}, wrong: "expected a whole number from 1 to 23"},
		"no such minute": {
			mode: ledger.Smart, rules: []ledger.Rule{{Hourly: &ledger.Hourly{Every: 1, Minute: 60}}},
			wrong: "expected a whole number from 0 to 59",
		},
		"no such time":           {mode: ledger.Smart, rules: []ledger.Rule{{Daily: "24:00"}}, wrong: "expected a time of day"},
		"a time that is no time": {mode: ledger.Smart, rules: []ledger.Rule{{Daily: "1\n: x"}}, wrong: "expected a time of day"},
		"no such day":            {mode: ledger.Smart, rules: flexible(func(f *ledger.Flexible) { f.Days = []string{"moon"} }), wrong: "expected mon, tue"},
		"a day twice":            {mode: ledger.Smart, rules: flexible(func(f *ledger.Flexible) { f.Days = []string{"mon", "mon"} }), wrong: "the day mon twice"},
		"hours of another clock": {mode: ledger.Smart, rules: flexible(func(f *ledger.Flexible) { f.To = 24 }), wrong: "expected a whole number from 0 to 23"},
		"no such zone":           {mode: ledger.Smart, zone: "Mars/Base", wrong: `timezone of connection shop: "Mars/Base" is not a known time zone`},
		"a zone that is YAML":    {mode: ledger.Smart, zone: "UTC\nfull: []", wrong: "is not a known time zone"},
		"Full Sync once a day":   {mode: ledger.Full, rules: []ledger.Rule{{Daily: "01:00"}}},
		"Full Sync twice a day":  {mode: ledger.Full, rules: []ledger.Rule{{Daily: "01:00"}, {Daily: "13:00"}}, wrong: `schedule it once a day, like daily: "01:00"`},
		"insisted on": {
			mode: ledger.Full, rules: []ledger.Rule{{Every: time.Hour}}, force: true,
			warns: "the Full Sync of connection shop runs up to 24 times a day",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.zone == "" {
				test.zone = "Europe/Paris"
			}
			warnings, err := config.CheckSchedule(ledger.Schedule{Rules: test.rules, Timezone: test.zone}, config.ScheduleCheck{
				Connection: "shop", Mode: test.mode,
				Force: test.force,
			})
			if test.wrong != "" {
				require.ErrorContains(t, err, test.wrong)
				require.NotContains(t, err.Error(), "--force")
				return
			}
			require.NoError(t, err)
			require.Contains(t, strings.Join(warnings, "\n"), test.warns)
			require.Equal(t, test.warns != "", len(warnings) > 0)
		})
	}
	_, err := config.CheckSchedule(ledger.Schedule{Rules: []ledger.Rule{{Every: time.Hour}}, Timezone: "UTC"},
		config.ScheduleCheck{Mode: ledger.Full, Insist: "set it with --force"})
	require.ErrorContains(t, err, ", or set it with --force")
}
