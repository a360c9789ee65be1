package main

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

func TestRulesOfTheCommandLine(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		given scheduling
		want  []ledger.Rule
		wrong string
	}{
		"each kind, stacked": {
			given: scheduling{every: []string{"45m", "2h"}, hourly: []string{"2:15"}, daily: []string{"01:00"}, flexible: []string{"30m 8-18 mon,tue", "1h 22-4"}},
			want: []ledger.Rule{
				{Every: 45 * time.Minute},
				{Every: 2 * time.Hour},
				{Hourly: &ledger.Hourly{Every: 2, Minute: 15}},
				{Daily: "01:00"},
				{Flexible: &ledger.Flexible{Every: 30 * time.Minute, From: 8, To: 18, Days: []string{"mon", "tue"}}},
				{Flexible: &ledger.Flexible{Every: time.Hour, From: 22, To: 4}},
			},
		},
		"none":                {given: scheduling{none: true}, want: []ledger.Rule{}},
		"none, and one":       {given: scheduling{none: true, daily: []string{"01:00"}}, wrong: "cannot be combined"},
		"nothing":             {wrong: "give a rule"},
		"no distance":         {given: scheduling{every: []string{"45"}}, wrong: `--every "45" is not a duration`},
		"a distance of 0":     {given: scheduling{every: []string{"0m"}}, wrong: `--every "0m" is not a duration`},
		"hours alone":         {given: scheduling{hourly: []string{"2"}}, wrong: `--hourly "2" is not HOURS:MINUTE`},
		"hours in words":      {given: scheduling{hourly: []string{"two:15"}}, wrong: "is not HOURS:MINUTE"},
		"a span of one hour":  {given: scheduling{flexible: []string{"30m 8"}}, wrong: "is not 'INTERVAL FROM-TO [DAYS]'"},
		"a span and too much": {given: scheduling{flexible: []string{"30m 8-18 mon tue"}}, wrong: "is not 'INTERVAL FROM-TO [DAYS]'"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rules, err := test.given.rules()
			if test.wrong != "" {
				require.ErrorContains(t, err, test.wrong)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.want, rules)
		})
	}
}

func TestTheEndOfAnOverride(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{
		"36h": "2026-12-01T00:00:00Z", "2026-11-30 08:00": "2026-11-30T07:00:00Z", "2026-11-30T08:00:00-05:00": "2026-11-30T13:00:00Z",
	} {
		at, err := endOf(text, "Europe/Paris", now)
		require.NoError(t, err)
		require.Equal(t, want, at.UTC().Format(time.RFC3339), text)
	}
	at, err := endOf("", "Europe/Paris", now)
	require.NoError(t, err)
	require.Nil(t, at)
	_, err = endOf("Monday", "Europe/Paris", now)
	require.ErrorContains(t, err, `--until "Monday" is not a time`)
}

func TestArgumentsOfSchedule(t *testing.T) {
	t.Parallel()
	for want, arguments := range map[string][]string{
		"name the schedule: starter schedule acme-shop edit smart, or full": {"acme-shop", "edit"},
		`name the schedule: starter schedule acme-shop clear`:               {"acme-shop", "clear", "both"},
		`"sho" is not show, edit or clear`:                                  {"acme-shop", "sho"},
		`"show smart" is not show, edit or clear`:                           {"acme-shop", "show", "smart"},
	} {
		root := command()
		root.SetArgs(append([]string{"schedule"}, arguments...))
		err := root.ExecuteContext(t.Context())
		require.ErrorContains(t, err, want)
		require.Equal(t, exitUsage, exitCode(err))
	}
	root := command()
	root.SetArgs([]string{"apply", "../examples/demo.yaml", "--take-file", "--keep-pages"})
	require.ErrorContains(t, root.ExecuteContext(t.Context()), "exclude each other")
}

// An apply says what becomes of what was set beside the configuration; what belongs to the pages only where somebody asks.
func TestOverridesOfAnApply(t *testing.T) {
	t.Parallel()
	fates := []control.OverrideFate{
		{Connection: "acme-shop", Mode: ledger.Smart, Action: "kept", Detail: "overridden by ann until Mon: every 90 minutes"},
		{Connection: "acme-shop", Mode: ledger.Full, Action: "left to the pages", Detail: "set by ann: daily at 01:00"},
	}
	for dryRun, want := range map[bool]string{
		false: "kept: acme-shop smart, overridden by ann until Mon: every 90 minutes\nnothing to change: 0 warehouses, 0 stores, 0 connections, 0 strategies, 0 " +
			"products, 0 bundles, 0 listings\n",
		true: "kept: acme-shop smart, overridden by ann until Mon: every 90 minutes\nleft to the pages: acme-shop full, set by ann: daily at 01:00\n" +
			"nothing to change: 0 warehouses, 0 stores, 0 connections, 0 strategies, 0 products, 0 bundles, 0 listings\n",
	} {
		out := &bytes.Buffer{}
		showApply(out, control.ApplyReport{Overrides: fates}, ledger.Definitions{}, dryRun, false)
		require.Equal(t, want, out.String())
	}
	out := &bytes.Buffer{}
	fates[0].Action = "taken from the file"
	showApply(out, control.ApplyReport{Overrides: fates}, ledger.Definitions{}, false, false)
	require.NotContains(t, out.String(), "nothing to change")
}
