package control_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"pgregory.net/rapid"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

// week is the minutes of a week, from Sunday.
const week = 7 * 24 * 60

// in tells whether a range set of a calendar holds a value; an empty one of days or minutes stands for its default.
func in(ranges []client.ScheduleRange, value int) bool {
	return slices.ContainsFunc(ranges, func(r client.ScheduleRange) bool {
		end := max(r.End, r.Start) // the SDK takes an end before the start for the start
		step := max(r.Step, 1)
		return value >= r.Start && value <= end && (value-r.Start)%step == 0
	})
}

// starts are the minutes of a week at which the calendars of a schedule fire.
func starts(spec client.ScheduleSpec) []int {
	var minutes []int
	for at := range week {
		day, hour, minute := at/(24*60), at/60%24, at%60
		if slices.ContainsFunc(spec.Calendars, func(c client.ScheduleCalendarSpec) bool {
			return (len(c.DayOfWeek) == 0 || in(c.DayOfWeek, day)) && in(c.Hour, hour) && in(c.Minute, minute)
		}) {
			minutes = append(minutes, at)
		}
	}
	return minutes
}

func TestRulesOfTheClock(t *testing.T) {
	t.Parallel()
	hourly := starts(control.Spec([]ledger.Rule{{Hourly: &ledger.Hourly{Every: 6, Minute: 15}}}, "UTC", today))
	require.Equal(t, []int{15, 6*60 + 15, 12*60 + 15, 18*60 + 15}, hourly[:4])
	require.Len(t, hourly, 4*7)
	daily := starts(control.Spec([]ledger.Rule{{Daily: "01:30"}}, "UTC", today))
	require.Equal(t, 90, daily[0])
	require.Len(t, daily, 7)
	both := control.Spec([]ledger.Rule{{Daily: "04:30"}, {Every: time.Hour}}, "Europe/Paris", today)
	require.Equal(t, []client.ScheduleIntervalSpec{{Every: time.Hour}}, both.Intervals, "rules stack")
	require.Len(t, both.Calendars, 1)
	require.Equal(t, "Europe/Paris", both.TimeZoneName)
	require.Equal(t, 5*time.Minute, both.Jitter, "a tenth of the shortest interval, at most five minutes")
}

// A flexible rule fires from the beginning of its span, every so often, until the span's last hour is over, also behind midnight and
// behind the end of the week.
func TestFlexibleRules(t *testing.T) {
	t.Parallel()
	names := []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
	rapid.Check(t, func(t *rapid.T) {
		rule := ledger.Flexible{
			Every: time.Duration(rapid.IntRange(1, 24*60).Draw(t, "every")) * time.Minute,
			From:  rapid.IntRange(0, 23).Draw(t, "from"), To: rapid.IntRange(0, 23).Draw(t, "to"),
			Days: rapid.SliceOfDistinct(rapid.SampledFrom(names), rapid.ID).Draw(t, "days"),
		}
		blocks := rule.To - rule.From + 1
		if blocks <= 0 {
			blocks += 24
		}
		var want []int
		for day, name := range names {
			if len(rule.Days) > 0 && !slices.Contains(rule.Days, name) {
				continue
			}
			for after := 0; after < blocks*60; after += int(rule.Every / time.Minute) {
				want = append(want, (day*24*60+rule.From*60+after)%week)
			}
		}
		slices.Sort(want)
		require.Equal(t, slices.Compact(want), starts(control.Spec([]ledger.Rule{{Flexible: &rule}}, "UTC", today)))
	})
}

func TestShortest(t *testing.T) {
	t.Parallel()
	require.Zero(t, ledger.Shortest(nil))
	require.Equal(t, 30*time.Minute,
		ledger.Shortest([]ledger.Rule{{Daily: "01:00"}, {Flexible: &ledger.Flexible{Every: 30 * time.Minute}}, {Hourly: &ledger.Hourly{Every: 2}}}))
}
