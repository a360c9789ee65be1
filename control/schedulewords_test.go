package control

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

func TestRulesInWords(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{
		"Every 60 minutes", "Every 2 hours", "Every hour at :15", "Every 2 hours at :05, from 00:05", "Daily at 01:00",
		"Every 30 minutes from 08:00 to 18:59 on Mon, Tue", "Every 60 minutes from 22:00 to 03:59",
	}, RuleWords([]ledger.Rule{
		{Every: time.Hour},
		{Every: 2 * time.Hour},
		{Hourly: &ledger.Hourly{Every: 1, Minute: 15}},
		{Hourly: &ledger.Hourly{Every: 2, Minute: 5}},
		{Daily: "01:00"},
		{Flexible: &ledger.Flexible{Every: 30 * time.Minute, From: 8, To: 18, Days: []string{"mon", "tue"}}},
		{Flexible: &ledger.Flexible{Every: time.Hour, From: 22, To: 3}},
	}))
}

func TestSchedulesInWords(t *testing.T) {
	t.Parallel()
	require.Equal(t, "by hand only", ScheduleWords(ledger.Schedule{Timezone: "Europe/Paris"}))
	require.Equal(t, "every 60 minutes; daily at 01:00 (Europe/Paris)",
		ScheduleWords(ledger.Schedule{Rules: []ledger.Rule{{Every: time.Hour}, {Daily: "01:00"}}, Timezone: "Europe/Paris"}))
	require.Equal(t, "every 2 hours (UTC)", ScheduleWords(ledger.Schedule{Rules: []ledger.Rule{{Every: 2 * time.Hour}}}))
	override := ledger.Override{Schedule: ledger.Schedule{Timezone: "Europe/Paris"}, By: "ann"}
	require.Equal(t, "by ann", overrideWords(override))
	override.Until, override.Reason = new(time.Date(2026, 11, 30, 7, 0, 0, 0, time.UTC)), "the sale"
	require.Equal(t, "by ann until Mon 2026-11-30 08:00 CET (the sale)", overrideWords(override))
}

func TestWhoSetASchedule(t *testing.T) {
	t.Parallel()
	since := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	override := &ledger.Override{Schedule: *every(30), By: "ann", Reason: "the sale", Since: since}
	for want, setting := range map[string]ScheduleSetting{
		"set in the configuration": {Source: SetInFile},
		"set in tidemark.yaml":     {Source: SetInFile, FileName: "box:/etc/tidemark.yaml"},
		"overridden by ann (the sale), since Fri 2026-11-27 09:00 UTC; tidemark.yaml says every 60 minutes (UTC)": {
			Source: SetByOverride, FileName: `box:C:\tidemark.yaml`, File: every(60), Override: override, Schedule: *every(30),
		},
		"set by ann (the sale), on Fri 2026-11-27 09:00 UTC; starter demo does not set it": {
			Source: SetOnPages, FileName: "starter demo", Override: override, Schedule: *every(30),
		},
		"the default; the configuration does not set it": {Source: SetByDefault},
	} {
		require.Equal(t, want, SettingWords(setting))
	}
}
