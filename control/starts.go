package control

import (
	"slices"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/tidemark/tidemark/ledger"
)

// farthestStart is how far ahead starts are searched for; every rule starts at least once a week.
const farthestStart = 60 * 24 * time.Hour

// NextStarts are the next starts of a schedule after a moment, at most so many, in the schedule's zone. The server may delay each a little: it
// spreads them by a tenth of the interval, at most five minutes.
func NextStarts(rules []ledger.Rule, timezone string, after time.Time, most int) []time.Time {
	zone, err := time.LoadLocation(timezone)
	if err != nil {
		return nil
	}
	return specStarts(Spec(rules, timezone, after), after.In(zone), most)
}

// specStarts are the next starts of a server's specification after a moment, at most so many. It understands the parts of a specification that Spec
// uses.
func specStarts(spec client.ScheduleSpec, after time.Time, most int) []time.Time {
	var starts []time.Time
	for _, interval := range spec.Intervals {
		starts = append(starts, intervalStarts(interval, after, most)...)
	}
	for _, calendar := range spec.Calendars {
		starts = append(starts, calendarStarts(calendar, after, most)...)
	}
	slices.SortFunc(starts, time.Time.Compare)
	starts = slices.CompactFunc(starts, time.Time.Equal)
	return starts[:min(len(starts), most)]
}

// intervalStarts are the starts of an interval, which is counted from the Unix epoch, as the server does.
func intervalStarts(interval client.ScheduleIntervalSpec, after time.Time, most int) []time.Time {
	every, offset := int64(interval.Every/time.Second), int64(interval.Offset/time.Second)
	if every <= 0 {
		return nil
	}
	var starts []time.Time
	for next := (after.Unix()-offset)/every*every + offset; len(starts) < most; next += every {
		at := time.Unix(next, 0).In(after.Location())
		switch {
		case at.Sub(after) > farthestStart:
			return starts
		case at.After(after):
			starts = append(starts, at)
		}
	}
	return starts
}

// calendarStarts are the starts of a calendar; it walks the days of the zone.
func calendarStarts(calendar client.ScheduleCalendarSpec, after time.Time, most int) []time.Time {
	var starts []time.Time
	year, month, day := after.Date()
	for n := 0; len(starts) < most && n <= int(farthestStart/(24*time.Hour)); n++ {
		date := time.Date(year, month, day+n, 0, 0, 0, 0, time.UTC)
		if !onDate(calendar, date) {
			continue
		}
		for minute := range minutesPerDay {
			if !within(calendar.Hour, minute/60) || !within(calendar.Minute, minute%60) {
				continue
			}
			for _, at := range wallClockTimes(date, minute, after.Location()) {
				if at.After(after) {
					starts = append(starts, at)
				}
			}
		}
	}
	slices.SortFunc(starts, time.Time.Compare)
	return starts[:min(len(starts), most)]
}

// onDate is true where a calendar has starts on a date. A field that the calendar does not name matches every date.
func onDate(calendar client.ScheduleCalendarSpec, date time.Time) bool {
	matches := func(ranges []client.ScheduleRange, value int) bool { return len(ranges) == 0 || within(ranges, value) }
	return matches(calendar.DayOfWeek, int(date.Weekday())) && matches(calendar.DayOfMonth, date.Day()) &&
		matches(calendar.Month, int(date.Month())) && matches(calendar.Year, date.Year())
}

func within(ranges []client.ScheduleRange, value int) bool {
	return slices.ContainsFunc(ranges, func(r client.ScheduleRange) bool {
		return r.Start <= value && value <= max(r.Start, r.End) && (value-r.Start)%max(r.Step, 1) == 0
	})
}

// wallClockTimes are the moments at which a zone's clock shows a minute of a date: one, two in an hour that it repeats, none in one that it skips.
func wallClockTimes(date time.Time, minute int, zone *time.Location) []time.Time {
	var moments []time.Time
	wall := date.Add(time.Duration(minute) * time.Minute)
	for _, offset := range offsetsNear(wall, zone) {
		at := time.Unix(wall.Unix()-int64(offset), 0).In(zone)
		if _, actual := at.Zone(); actual == offset {
			moments = append(moments, at)
		}
	}
	return moments
}

// offsetsNear are the seconds that a zone is ahead of UTC a day before and a day after a moment.
func offsetsNear(wall time.Time, zone *time.Location) []int {
	_, before := wall.Add(-24 * time.Hour).In(zone).Zone()
	_, after := wall.Add(24 * time.Hour).In(zone).Zone()
	if before == after {
		return []int{before}
	}
	return []int{before, after}
}
