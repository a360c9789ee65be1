package ledger

import (
	"slices"
	"time"
)

// What the rules of a schedule may say, and when they start runs. The configuration checks rules by it, with line and column; the pages say at
// each field what it takes; control turns rules into Temporal's calendars.

const (
	// ShortestInterval and LongestInterval bound Every of a rule.
	ShortestInterval = time.Minute
	LongestInterval  = 31 * 24 * time.Hour
	// LongestDistance bounds Every of a flexible rule, which has a span of hours each day.
	LongestDistance = 24 * time.Hour
	// MostHours bounds Every of an hourly rule, which counts from midnight each day.
	MostHours = 23

	minutesPerHour = 60
	hoursPerDay    = 24
)

// Weekdays are the names of days in rules, in the order of a week.
func Weekdays() []string { return []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} }

// TimeOfDay reads a time of day, two digits for the hour and for the minute, as minutes since midnight. It is false for any other text.
func TimeOfDay(text string) (minutes int, ok bool) {
	const form = "15:04"
	moment, err := time.Parse(form, text)
	if err != nil || len(text) != len(form) {
		return 0, false
	}
	return moment.Hour()*minutesPerHour + moment.Minute(), true
}

// IsZone is true for the name of a time zone. "Local" is none: it is another zone on each machine.
func IsZone(name string) bool {
	_, err := time.LoadLocation(name)
	return err == nil && name != "Local"
}

// Starts are the minutes at which the rule starts runs, counted from the midnight before its span, whose hours are both included. A span over
// midnight has starts on the next day, from 24*60 on. Every start is the same distance from the one before.
func (f Flexible) Starts() []int {
	hours := f.To - f.From + 1
	if hours <= 0 {
		hours += hoursPerDay
	}
	every := max(int(f.Every/time.Minute), 1)
	var starts []int
	for after := 0; after < hours*minutesPerHour; after += every {
		starts = append(starts, f.From*minutesPerHour+after)
	}
	return starts
}

// On is true for a day on which spans of the rule begin. Without days it is every day.
func (f Flexible) On(day string) bool { return len(f.Days) == 0 || slices.Contains(f.Days, day) }

// Starts are the minutes of a day at which the rule starts runs.
func (h Hourly) Starts() []int {
	var starts []int
	for hour := 0; hour < hoursPerDay; hour += max(h.Every, 1) {
		starts = append(starts, hour*minutesPerHour+h.Minute)
	}
	return starts
}

// Interval is the regular distance between two starts of the rule; 0 for a rule that says nothing.
func (r Rule) Interval() time.Duration {
	switch {
	case r.Every > 0:
		return r.Every
	case r.Hourly != nil:
		return time.Duration(max(r.Hourly.Every, 1)) * time.Hour
	case r.Daily != "":
		return hoursPerDay * time.Hour
	case r.Flexible != nil:
		return r.Flexible.Every
	}
	return 0
}

// Shortest is the shortest regular distance between two starts of a schedule; 0 when it has no rules.
func Shortest(rules []Rule) time.Duration {
	var shortest time.Duration
	for _, rule := range rules {
		if every := rule.Interval(); every > 0 && (shortest == 0 || every < shortest) {
			shortest = every
		}
	}
	return shortest
}
