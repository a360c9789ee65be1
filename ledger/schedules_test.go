package ledger_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

func TestSchedulesThatAreTheSame(t *testing.T) {
	t.Parallel()
	every := func(minutes int) ledger.Rule { return ledger.Rule{Every: time.Duration(minutes) * time.Minute} }
	on := func(days ...string) ledger.Rule {
		return ledger.Rule{Flexible: &ledger.Flexible{Every: time.Hour, From: 8, To: 18, Days: days}}
	}
	week := []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
	for name, test := range map[string]struct {
		a, b ledger.Schedule
		same bool
	}{
		"none":               {same: true},
		"none, in two zones": {ledger.Schedule{Timezone: "UTC"}, ledger.Schedule{Timezone: "Asia/Tokyo", Rules: []ledger.Rule{}}, true},
		"none and one":       {ledger.Schedule{}, ledger.Schedule{Rules: []ledger.Rule{every(60)}}, false},
		"two zones": {
			ledger.Schedule{Timezone: "UTC", Rules: []ledger.Rule{every(60)}},
			ledger.Schedule{Timezone: "Asia/Tokyo", Rules: []ledger.Rule{every(60)}},
			false,
		},
		"no zone is UTC": {ledger.Schedule{Rules: []ledger.Rule{every(60)}}, ledger.Schedule{Timezone: "UTC", Rules: []ledger.Rule{every(60)}}, true},
		"the order of rules": {
			ledger.Schedule{Rules: []ledger.Rule{every(60), {Daily: "01:00"}}},
			ledger.Schedule{Rules: []ledger.Rule{{Daily: "01:00"}, every(60)}},
			true,
		},
		"a rule twice":               {ledger.Schedule{Rules: []ledger.Rule{every(60), every(60)}}, ledger.Schedule{Rules: []ledger.Rule{every(60)}}, true},
		"other rules":                {ledger.Schedule{Rules: []ledger.Rule{every(60)}}, ledger.Schedule{Rules: []ledger.Rule{every(61)}}, false},
		"the order of days":          {ledger.Schedule{Rules: []ledger.Rule{on("tue", "mon")}}, ledger.Schedule{Rules: []ledger.Rule{on("mon", "tue")}}, true},
		"all days, and none of them": {ledger.Schedule{Rules: []ledger.Rule{on(week...)}}, ledger.Schedule{Rules: []ledger.Rule{on()}}, true},
		"other days":                 {ledger.Schedule{Rules: []ledger.Rule{on("mon")}}, ledger.Schedule{Rules: []ledger.Rule{on("tue")}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.same, test.a.Same(test.b))
			require.Equal(t, test.same, test.b.Same(test.a))
		})
	}
}

// A flow has a schedule for each mode, which may have a time zone of its own.
func TestSchedulesOfAFlow(t *testing.T) {
	t.Parallel()
	flow := ledger.Flow{Smart: []ledger.Rule{{Every: time.Hour}}, Timezone: "Europe/Paris", Unnamed: []ledger.Mode{ledger.Full}}
	require.True(t, flow.Names(ledger.Smart))
	require.False(t, flow.Names(ledger.Full))
	nightly := ledger.Schedule{Rules: []ledger.Rule{{Daily: "01:00"}}, Timezone: "Asia/Tokyo"}
	other := flow.With(ledger.Full, nightly)
	require.Equal(t, nightly, other.Schedule(ledger.Full))
	require.Equal(t, flow.Schedule(ledger.Smart), other.Schedule(ledger.Smart))
	require.Equal(t, ledger.Schedule{Timezone: "Europe/Paris"}, flow.Schedule(ledger.Full), "the flow itself is as it was")
	require.Equal(t, map[ledger.Mode]string{ledger.Full: "Asia/Tokyo"}, other.Zones)
	require.Nil(t, other.With(ledger.Full, ledger.Schedule{Timezone: "Europe/Paris"}).Zones)
	end := time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC)
	override := ledger.Override{Until: &end}
	require.False(t, override.Ended(end.Add(-time.Microsecond)))
	require.True(t, override.Ended(end))
	require.False(t, (&ledger.Override{}).Ended(end))
}
