package control

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// The server's calendars go by local time. A start in the hour that a zone skips in spring never comes, or comes at another time; a start in the
// hour that it repeats in autumn comes once or twice, depending on the zone. Therefore the days on which a start falls into such an hour are taken
// out of its calendars, and the start is written as the one instant at which it is to come.

const (
	// changeYears is how many calendar years after the present one are written out. Whole years keep a schedule the same from one apply to the
	// next; further ahead, nobody knows with certainty when zones change their clocks.
	changeYears = 3
	// instantInterval stands for a single instant: the server has no dates in UTC, but an interval of 40 years with an offset comes once.
	instantInterval = 40 * 365 * 24 * time.Hour
	// longestJitter is the most that a start may come late.
	longestJitter = 5 * time.Minute
	minutesPerDay = 24 * 60
	secondsPerDay = minutesPerDay * 60
	// firstYear and lastYear bound the years of the server's calendars.
	firstYear, lastYear = 2000, 2100
)

// ChangeDay is a day on which a start of a schedule falls into an hour that its zone's clock skips or repeats.
type ChangeDay struct {
	Connection string      `json:"connection"`
	Mode       ledger.Mode `json:"mode"`
	Timezone   string      `json:"timezone"`
	Date       string      `json:"date"`  // of the zone, 2027-03-28
	Start      string      `json:"start"` // as the rule has it, 02:30
	Twice      bool        `json:"twice"` // the clock shows the start twice on that day; otherwise it skips it
	At         time.Time   `json:"at"`    // when the run starts on that day
}

// String says in one line which schedule has the day, and what happens on it.
func (d ChangeDay) String() string {
	return fmt.Sprintf("%s on %s in %s: %s", workflows.WorkflowID(d.Mode, d.Connection), d.Date, d.Timezone, d.Text())
}

// Text says what happens on the day.
func (d ChangeDay) Text() string {
	what := "skips " + d.Start
	if d.Twice {
		what = "shows " + d.Start + " twice"
	}
	return fmt.Sprintf("the clock %s; it runs once, at %s", what, d.At.Format("15:04 (-07:00)"))
}

// ComingChangeDays are the change days of a connection's schedules in the next twelve months, in the order of their starts.
func ComingChangeDays(connection ledger.Connection, now time.Time) []ChangeDay {
	var days []ChangeDay
	for _, mode := range []ledger.Mode{ledger.Smart, ledger.Full} {
		days = append(days, changeDaysOf(connection.ID, mode, connection.Inventory.Schedule(mode), now)...)
	}
	slices.SortStableFunc(days, func(a, b ChangeDay) int { return a.At.Compare(b.At) })
	return days
}

// changeDaysOf are the change days of one schedule in the next twelve months.
func changeDaysOf(connection string, mode ledger.Mode, schedule ledger.Schedule, now time.Time) []ChangeDay {
	var days []ChangeDay
	changes := clockChanges(schedule.Timezone, now)
	for _, rule := range schedule.Rules {
		for _, start := range onceADayStarts(rule) {
			for _, day := range start.meetings(changes) {
				if day.plain || day.at.IsZero() || day.at.Before(now) || day.at.After(now.AddDate(1, 0, 0)) {
					continue
				}
				days = append(days, ChangeDay{
					Connection: connection, Mode: mode, Timezone: schedule.Timezone, Date: day.date.Format(time.DateOnly),
					Start: fmt.Sprintf("%02d:%02d", start.minute/60, start.minute%60), Twice: day.twice, At: day.at,
				})
			}
		}
	}
	slices.SortStableFunc(days, func(a, b ChangeDay) int { return a.At.Compare(b.At) })
	return days
}

// clockChange is a change of a zone's clock.
type clockChange struct {
	at            time.Time
	before, after int // seconds that the zone is ahead of UTC before and after the change
}

// clockChanges are a zone's clock changes of this calendar year and the next changeYears. A zone that this machine does not know has none.
func clockChanges(timezone string, now time.Time) []clockChange {
	zone, err := time.LoadLocation(timezone)
	if err != nil {
		return nil
	}
	var changes []clockChange
	at := time.Date(now.UTC().Year(), time.January, 1, 0, 0, 0, 0, zone)
	end := at.AddDate(1+changeYears, 0, 0)
	for {
		_, next := at.ZoneBounds()
		if next.IsZero() || !next.Before(end) {
			return changes
		}
		_, before := next.Add(-time.Second).Zone()
		_, after := next.Zone()
		if before != after { // otherwise only the name of the offset changes
			changes = append(changes, clockChange{at: next, before: before, after: after})
		}
		at = next
	}
}

// start is a local time at which a rule starts a run, on the given days of the week.
type start struct {
	minute int // of the day
	days   []client.ScheduleRange
}

// onceADayStarts are the starts of a rule whose starts lie more than an hour apart, so that each comes once a day. Rules with more frequent starts
// need no care: their starts keep their distance through a change of the clock, and none is missed.
func onceADayStarts(rule ledger.Rule) []start {
	everyDay := weekdays(nil)
	var starts []start
	switch {
	case rule.Daily != "":
		hour, minute := hourAndMinute(rule.Daily)
		return []start{{minute: hour*60 + minute, days: everyDay}}
	case rule.Hourly != nil && rule.Hourly.Every > 1:
		for _, minute := range rule.Hourly.Starts() {
			starts = append(starts, start{minute: minute, days: everyDay})
		}
	case rule.Flexible != nil:
		minutes := rule.Flexible.Starts()
		if len(minutes) > 1 && rule.Flexible.Every <= time.Hour {
			return nil
		}
		days := weekdays(rule.Flexible.Days)
		for _, minute := range minutes {
			if minute < minutesPerDay {
				starts = append(starts, start{minute: minute, days: days})
			} else {
				starts = append(starts, start{minute: minute - minutesPerDay, days: dayAfter(days)})
			}
		}
	}
	return starts
}

// meeting is a day on which a start falls into a change of the clock.
type meeting struct {
	date  time.Time // midnight of the day, in UTC
	twice bool      // the clock shows the start twice; otherwise it skips it
	plain bool      // the clock shows the start once, but the server would start a run twice
	at    time.Time // when the run is to start; zero on a day that the zone skips altogether
}

// serverRepeats is the time in seconds before a repeated hour in which the server (1.32) repeats starts too, in zones east of Greenwich: it treats
// the hour before as the one that is repeated.
const serverRepeats = 60 * 60

// meetings are the days on which the clock skips the start or shows it twice, or on which the server would repeat it.
func (s start) meetings(changes []clockChange) []meeting {
	var days []meeting
	for _, change := range changes {
		at := change.at.Unix()
		from, to := at+int64(change.before), at+int64(change.after) // local time before and after the change, as seconds
		twice := to < from
		if twice {
			from, to = to, from
		}
		first := from
		if twice && change.before > 0 {
			first -= serverRepeats
		}
		for day := first - first%secondsPerDay; day < to; day += secondsPerDay {
			wall, date := day+int64(s.minute)*60, time.Unix(day, 0).UTC()
			if wall < first || wall >= to || !within(s.days, int(date.Weekday())) {
				continue
			}
			encounter := meeting{date: date, twice: twice, plain: wall < from}
			if twice {
				encounter.at = time.Unix(wall-int64(change.before), 0).In(change.at.Location())
			} else {
				encounter.at = change.onDay(date)
			}
			days = append(days, encounter)
		}
	}
	return days
}

// onDay is when a start that the clock skips is to run: at the first moment after the skipped hour. Where that moment is on the next day, as in a
// zone that skips the last hour of a day, the run starts as late as possible on its own day.
func (c clockChange) onDay(date time.Time) time.Time {
	for _, at := range []time.Time{c.at, c.at.Add(-longestJitter)} {
		if at.Format(time.DateOnly) == date.Format(time.DateOnly) {
			return at
		}
	}
	return time.Time{}
}

// aroundChanges is a rule of once-a-day starts with its change days written out. It returns false for a rule that no change touches.
func aroundChanges(rule ledger.Rule, changes []clockChange) ([]client.ScheduleCalendarSpec, []client.ScheduleIntervalSpec, bool) {
	var calendars []client.ScheduleCalendarSpec
	var instants []client.ScheduleIntervalSpec
	touched := false
	for _, start := range onceADayStarts(rule) {
		days := start.meetings(changes)
		touched = touched || len(days) > 0
		calendars = append(calendars, start.without(days)...)
		for _, day := range days {
			if !day.at.IsZero() {
				instants = append(instants, client.ScheduleIntervalSpec{Every: instantInterval, Offset: time.Duration(day.at.Unix()) * time.Second % instantInterval})
			}
		}
	}
	return calendars, instants, touched
}

// without is a start on all days but the skipped ones. Its calendars cover the months without skipped days, the other years of a month with
// skipped days, and the other days of such a month.
func (s start) without(skipped []meeting) []client.ScheduleCalendarSpec {
	every := client.ScheduleCalendarSpec{Minute: exactly(s.minute % 60), Hour: exactly(s.minute / 60), DayOfWeek: s.days}
	if len(skipped) == 0 {
		return []client.ScheduleCalendarSpec{every}
	}
	days := map[int]map[int][]int{} // month → year → days
	for _, day := range skipped {
		month := int(day.date.Month())
		if days[month] == nil {
			days[month] = map[int][]int{}
		}
		days[month][day.date.Year()] = append(days[month][day.date.Year()], day.date.Day())
	}
	var calendars []client.ScheduleCalendarSpec
	months := slices.Sorted(maps.Keys(days))
	if others := allBut(1, 12, months); len(others) > 0 {
		calendar := every
		calendar.Month = others
		calendars = append(calendars, calendar)
	}
	for _, month := range months {
		years := slices.Sorted(maps.Keys(days[month]))
		calendar := every
		calendar.Month, calendar.Year = exactly(month), allBut(firstYear, lastYear, years)
		calendars = append(calendars, calendar)
		for _, year := range years {
			calendar.Year, calendar.DayOfMonth = exactly(year), allBut(1, 31, slices.Sorted(slices.Values(days[month][year])))
			calendars = append(calendars, calendar)
		}
	}
	return calendars
}

// allBut are the numbers from first to last except those of without, which is sorted.
func allBut(first, last int, without []int) []client.ScheduleRange {
	var left []client.ScheduleRange
	for _, number := range append(slices.Clone(without), last+1) {
		if first < number {
			left = append(left, client.ScheduleRange{Start: first, End: number - 1})
		}
		first = max(first, number+1)
	}
	return left
}
