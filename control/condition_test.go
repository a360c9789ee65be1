package control

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

func TestConditionOf(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 25, 12, 30, 0, 0, time.UTC)
	ended := func(outcome ledger.Outcome, ago, took time.Duration) *ledger.Run {
		end := now.Add(-ago)
		return &ledger.Run{ID: 7, Outcome: outcome, Reason: "no such host", StartedAt: end.Add(-took), EndedAt: &end}
	}
	hourly := []ledger.Rule{{Every: time.Hour}}
	running := []ScheduleStatus{{ID: "smart-sync/shop"}}
	paused := []ScheduleStatus{{ID: "smart-sync/shop", Paused: true, Note: "paused by ann: stocktaking"}}
	for name, test := range map[string]struct {
		disabled, noInventory bool
		rules                 []ledger.Rule
		schedules             []ScheduleStatus
		hold                  *OpenHold
		last, success         *ledger.Run
		unreachable           string
		kept                  int64
		want                  Condition
		why                   string
	}{
		"it is not enabled":            {disabled: true, hold: &OpenHold{}, want: ConditionOff, why: "the connection is not enabled"},
		"its inventory is not enabled": {noInventory: true, want: ConditionOff, why: "its inventory is not enabled"},
		"a held run comes before all else": {
			hold: &OpenHold{Hold: ledger.Hold{Run: 9, Reason: "much to 0"}}, last: ended(ledger.Failed, 0, 0), want: ConditionHeld, why: "run 9: much to 0",
		},
		"a schedule is missing": {
			schedules: []ScheduleStatus{{ID: "smart-sync/shop", Missing: true}}, want: ConditionFailing, why: "smart-sync/shop is missing",
		},
		"the last run failed": {
			rules: hourly, last: ended(ledger.Failed, time.Minute, 0), success: ended(ledger.Completed, time.Hour, 0), want: ConditionFailing,
			why: "run 7 failed: no such host",
		},
		"it failed, and Temporal does not answer": {
			last: ended(ledger.Failed, time.Minute, 0), unreachable: "refused", want: ConditionFailing, why: "run 7 failed",
		},
		"Temporal does not answer": {
			success: ended(ledger.Completed, time.Minute, 0), unreachable: "refused", want: ConditionUnknown, why: "refused",
		},
		"somebody paused it": {
			schedules: paused, success: ended(ledger.Completed, 30*time.Hour, 0), rules: hourly, want: ConditionPaused, why: "paused by ann: stocktaking",
		},
		"one of two schedules is paused": {
			schedules: append(paused, running...), success: ended(ledger.Completed, time.Minute, 0), rules: hourly, want: ConditionOnTime,
		},
		"nothing has gone through": {schedules: running, want: ConditionNeverRun},
		"the start after the last run is to come": {
			schedules: running, rules: hourly, success: ended(ledger.Completed, 20*time.Minute, time.Minute), want: ConditionOnTime,
		},
		"a start was 30 minutes ago": {
			schedules: running, rules: hourly, success: ended(ledger.Completed, 40*time.Minute, time.Minute), want: ConditionLate,
			why: "since the start at 2026-11-25 12:00 UTC",
		},
		"it was, and a run takes half an hour": {
			schedules: running, rules: hourly, success: ended(ledger.Completed, 40*time.Minute, 30*time.Minute), want: ConditionOnTime,
		},
		"it completed with failures": {
			schedules: running, rules: hourly, last: ended(ledger.CompletedWithFailures, 20*time.Minute, 0),
			success: ended(ledger.CompletedWithFailures, 20*time.Minute, 0), want: ConditionOnTime,
		},
		"figures stay too high": {
			schedules: running, rules: hourly, success: ended(ledger.Completed, 20*time.Minute, time.Minute), kept: 191, want: ConditionTooHigh,
			why: "191 figures stay above 0",
		},
		"they do, and it is paused": {
			schedules: paused, rules: hourly, success: ended(ledger.Completed, 20*time.Minute, time.Minute), kept: 191, want: ConditionTooHigh,
			why: "191 figures stay above 0",
		},
		"they do, and nothing completes any more": {
			schedules: running, rules: hourly, success: ended(ledger.Completed, 40*time.Minute, time.Minute), kept: 191, want: ConditionLate, why: "since the start at",
		},
		"without a schedule nothing is late": {success: ended(ledger.Completed, 300*time.Hour, 0), want: ConditionOnTime},
		"a weekday's schedule is not late at night": {
			schedules: running, rules: []ledger.Rule{{Flexible: &ledger.Flexible{Every: time.Hour, From: 14, To: 18}}},
			success: ended(ledger.Completed, 18*time.Hour, time.Minute), want: ConditionOnTime,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status := ConnectionStatus{Schedules: test.schedules, Connection: ledger.Connection{
				ID: "shop", Enabled: !test.disabled, Inventory: ledger.Flow{Enabled: !test.noInventory, Smart: test.rules, Timezone: "UTC"},
			}}
			kept := ledger.Kept{Rows: test.kept, Answers: 1, Decided: "rejected by ann"}
			status.KeptRows, status.Kept = kept.Rows, kept.Words()
			condition, why := conditionOf(status, test.hold, test.last, test.success, test.unreachable, now)
			require.Equal(t, test.want, condition)
			require.Contains(t, why, test.why)
			require.Contains(t, Conditions(), condition)
		})
	}
}

func TestRunsOfADay(t *testing.T) {
	t.Parallel()
	at := func(ago time.Duration) *time.Time { return new(noon.Add(-ago)) }
	runs := []ledger.Run{{ID: 4}, {ID: 3, EndedAt: at(time.Hour)}, {ID: 2, EndedAt: at(24*time.Hour - time.Second)}, {ID: 1, EndedAt: at(24 * time.Hour)}}
	require.Equal(t, runs[:3], lastDayRuns(runs, noon))
}

func TestOverviewOfALedger(t *testing.T) {
	t.Parallel()
	c := &Control{state: shopLedger(t), now: func() time.Time { return noon }}
	runIn(t, wholeLedger(c.state), "one", noon)
	overview, err := c.Overview(t.Context(), "")
	require.NoError(t, err)
	require.Len(t, overview.Standings, 1)
	require.Equal(t, ConditionUnknown, overview.Standings[0].Condition)
	require.Len(t, overview.Standings[0].Day, 1, "a run that has begun")
	require.Equal(t, overview.Standings[0].Day, overview.Standings[0].Recent)
	pulse, err := c.Pulse(t.Context())
	require.NoError(t, err)
	require.Equal(t, overview.Pulse(), pulse)
	require.NotEmpty(t, pulse.Unreachable)
	_, err = c.Overview(t.Context(), "acme-shp")
	require.ErrorContains(t, err, "acme-shop")
	_, err = c.Run(t.Context(), 77)
	require.ErrorContains(t, err, "there is no run 77")
	run, err := c.Run(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, ledger.Running, run.Outcome)
}
