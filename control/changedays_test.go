package control_test

import (
	"slices"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

// today is the moment of the tests.
var today = time.Date(2026, 11, 28, 15, 0, 0, 0, time.UTC)

// fires are the instants of one local day at which a spec fires as written: calendars match each minute's wall clock (a doubled one twice),
// intervals their instants.
func fires(t *testing.T, spec client.ScheduleSpec, day time.Time) []time.Time {
	t.Helper()
	zone, err := time.LoadLocation(spec.TimeZoneName)
	require.NoError(t, err)
	var found []time.Time
	from := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, zone).Add(-2 * time.Hour)
	for at := from; at.Before(from.Add(30 * time.Hour)); at = at.Add(time.Minute) {
		local := at.In(zone)
		if local.Day() != day.Day() {
			continue
		}
		calendar := slices.ContainsFunc(spec.Calendars, func(c client.ScheduleCalendarSpec) bool {
			return in(c.Hour, local.Hour()) && in(c.Minute, local.Minute()) && optional(c.DayOfWeek, int(local.Weekday())) &&
				optional(c.DayOfMonth, local.Day()) && optional(c.Month, int(local.Month())) && optional(c.Year, local.Year())
		})
		interval := slices.ContainsFunc(spec.Intervals, func(i client.ScheduleIntervalSpec) bool {
			return (time.Duration(at.Unix())*time.Second-i.Offset)%i.Every == 0
		})
		if calendar || interval {
			found = append(found, at.UTC())
		}
	}
	return found
}

func optional(ranges []client.ScheduleRange, value int) bool {
	return len(ranges) == 0 || in(ranges, value)
}

// A daily schedule on days on which the clock changes.
func TestADailyScheduleRunsOnceOnAChangeDay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ zone, daily, day, want string }{
		{"Europe/Paris", "02:30", "2027-03-28", "2027-03-28T03:00:00+02:00"},
		{"Europe/Paris", "02:30", "2027-10-31", "2027-10-31T02:30:00+02:00"},
		{"Europe/Paris", "03:00", "2027-03-28", "2027-03-28T03:00:00+02:00"},
		{"Europe/London", "01:00", "2028-03-26", "2028-03-26T02:00:00+01:00"},
		{"Europe/London", "01:59", "2028-10-29", "2028-10-29T01:59:00+01:00"},
		{"America/New_York", "02:00", "2027-03-14", "2027-03-14T03:00:00-04:00"},
		{"America/New_York", "01:30", "2027-11-07", "2027-11-07T01:30:00-04:00"},
		{"America/Santiago", "00:30", "2027-09-05", "2027-09-05T01:00:00-03:00"},
		{"America/Santiago", "23:30", "2027-04-03", "2027-04-03T23:30:00-03:00"},
		{"Africa/Cairo", "00:00", "2027-04-30", "2027-04-30T01:00:00+03:00"},
		{"Africa/Cairo", "23:15", "2027-10-28", "2027-10-28T23:15:00+03:00"},
		{"Australia/Lord_Howe", "02:15", "2027-10-03", "2027-10-03T02:30:00+11:00"},
		{"Australia/Lord_Howe", "01:45", "2027-04-04", "2027-04-04T01:45:00+11:00"},
		{"Australia/Sydney", "02:30", "2027-10-03", "2027-10-03T03:00:00+11:00"},
		{"America/Havana", "00:30", "2027-11-07", "2027-11-07T00:30:00-04:00"},
		{"America/Nuuk", "23:30", "2027-03-27", "2027-03-27T22:55:00-02:00"}, // the day ends before it
		{"America/Nuuk", "23:30", "2027-10-30", "2027-10-30T23:30:00-01:00"},
		{"Asia/Tokyo", "02:30", "2027-03-28", "2027-03-28T02:30:00+09:00"},
	} {
		day, err := time.Parse(time.DateOnly, c.day)
		require.NoError(t, err)
		want, err := time.Parse(time.RFC3339, c.want)
		require.NoError(t, err)
		spec := control.Spec([]ledger.Rule{{Daily: c.daily}}, c.zone, today)
		require.Equal(t, []time.Time{want.UTC()}, fires(t, spec, day), "%s at %s on %s", c.zone, c.daily, c.day)
	}
}

// tenZones change at every kind of moment: by night, at midnight, by half an hour, in the evening before, around Ramadan, never.
var tenZones = []string{
	"Europe/Paris", "Europe/London", "America/New_York", "America/Santiago", "Africa/Cairo", "Australia/Lord_Howe", "Africa/Casablanca", "America/Havana",
	"America/Nuuk", "Asia/Tokyo",
}

// Every day of two years has one run, at whatever time of day the rule is, in every form of a rule that starts once a day.
func TestEveryDayHasOneRun(t *testing.T) {
	t.Parallel()
	for _, zone := range tenZones {
		location, err := time.LoadLocation(zone)
		require.NoError(t, err)
		for day := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2029; day = day.AddDate(0, 0, 1) {
			_, before := time.Date(day.Year(), day.Month(), day.Day()-1, 12, 0, 0, 0, location).Zone()
			_, after := time.Date(day.Year(), day.Month(), day.Day()+1, 12, 0, 0, 0, location).Zone()
			if before == after {
				continue // nothing changes near this day
			}
			for _, rule := range []ledger.Rule{
				{Daily: "00:00"},
				{Daily: "00:30"},
				{Daily: "01:00"},
				{Daily: "01:45"},
				{Daily: "02:15"},
				{Daily: "03:00"},
				{Daily: "23:00"},
				{Daily: "23:59"},
				{Flexible: &ledger.Flexible{Every: 24 * time.Hour, From: 2, To: 5}},
				{Flexible: &ledger.Flexible{Every: time.Hour, From: 0, To: 0}},
			} {
				require.Len(t, fires(t, control.Spec([]ledger.Rule{rule}, zone, today), day), 1, "%s, %+v on %s", zone, rule, day.Format(time.DateOnly))
			}
		}
	}
}

// The change days of a daily rule do not touch other rules of the schedule, and rules of at most an hour go on through them.
func TestOtherRulesOnAChangeDay(t *testing.T) {
	t.Parallel()
	autumn := time.Date(2027, 10, 31, 0, 0, 0, 0, time.UTC)
	both := control.Spec([]ledger.Rule{{Daily: "02:30"}, {Every: 30 * time.Minute}}, "Europe/Paris", today)
	require.Len(t, fires(t, both, autumn), 50, "the intervals of a day of 25 hours, with the daily start on one of them")
	hourly := control.Spec([]ledger.Rule{{Hourly: &ledger.Hourly{Every: 1, Minute: 15}}}, "Europe/Paris", today)
	require.Len(t, fires(t, hourly, autumn), 25)
	even := control.Spec([]ledger.Rule{{Hourly: &ledger.Hourly{Every: 2, Minute: 15}}}, "Europe/Paris", today)
	require.Len(t, fires(t, even, autumn), 12, "each start of a day is once")
	require.Len(t, fires(t, even, time.Date(2027, 3, 28, 0, 0, 0, 0, time.UTC)), 12)
	weekdays := control.Spec([]ledger.Rule{{Flexible: &ledger.Flexible{Every: 24 * time.Hour, From: 2, To: 2, Days: []string{"mon", "tue"}}}}, "Europe/Paris",
		today)
	require.Empty(t, fires(t, weekdays, autumn), "a Sunday")
	require.Equal(t, control.Spec([]ledger.Rule{{Daily: "04:00"}}, "UTC", today).Calendars,
		control.Spec([]ledger.Rule{{Daily: "04:00"}}, "Europe/Paris", today).Calendars,
		"what no change touches is written as ever")
}

// A run may start up to the jitter later, and must still do so on its day.
func TestJitterStaysOnTheDay(t *testing.T) {
	t.Parallel()
	require.Equal(t, 2*time.Minute, control.Spec([]ledger.Rule{{Daily: "23:58"}}, "UTC", today).Jitter)
	require.Equal(t, 5*time.Minute, control.Spec([]ledger.Rule{{Daily: "23:30"}}, "UTC", today).Jitter)
}

func TestComingChangeDays(t *testing.T) {
	t.Parallel()
	connection := ledger.Connection{ID: "acme-shop"}
	connection.Inventory.Timezone = "Europe/Paris"
	connection.Inventory.Full = []ledger.Rule{{Daily: "02:30"}}
	connection.Inventory.Smart = []ledger.Rule{{Daily: "04:00"}, {Every: time.Hour}}
	var lines []string
	for _, day := range control.ComingChangeDays(connection, today) {
		lines = append(lines, day.String())
	}
	require.Equal(t, []string{
		"full-sync/acme-shop on 2027-03-28 in Europe/Paris: the clock skips 02:30; it runs once, at 03:00 (+02:00)",
		"full-sync/acme-shop on 2027-10-31 in Europe/Paris: the clock shows 02:30 twice; it runs once, at 02:30 (+02:00)",
	}, lines)
	connection.Inventory.Timezone = "UTC"
	require.Empty(t, control.ComingChangeDays(connection, today))
}

// The server would start what lies in the hour before a repeated one twice, in zones east of Greenwich: such starts are instants, which nobody
// need be told of.
func TestStartsBeforeARepeatedHourAreInstants(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		zone, daily string
		instants    int
	}{
		{"Europe/Paris", "01:00", 4},
		{"Europe/Paris", "01:59", 4},
		{"Europe/Paris", "00:59", 0},
		{"Australia/Lord_Howe", "00:45", 4},
		{"America/New_York", "00:30", 0},
		{"Asia/Tokyo", "01:00", 0},
	} {
		rules := []ledger.Rule{{Daily: test.daily}}
		require.Len(t, control.Spec(rules, test.zone, today).Intervals, test.instants, "%s at %s", test.zone, test.daily)
		flow := ledger.Flow{Smart: rules, Timezone: test.zone}
		require.Empty(t, control.ComingChangeDays(ledger.Connection{ID: "shop", Inventory: flow}, today), "%s at %s", test.zone, test.daily)
	}
}
