package ledger

import (
	"slices"
	"time"
)

// This file defines what the rules of a schedule may contain, and when they start runs. The package config checks rules by it, the pages
// describe their fields by it, and control turns rules into Temporal's calendars.

const (
	// ShortestInterval and LongestInterval bound Every of a rule.
	ShortestInterval = time.Minute
	LongestInterval  = 31 * 24 * time.Hour
	// LongestDistance bounds Every of a flexible rule, which applies to a span of hours of each day.
	LongestDistance = 24 * time.Hour
	// MostHours bounds Every of an hourly rule, which counts from midnight each day.
	MostHours = 23

	minutesPerHour = 60
	hoursPerDay    = 24
)

// Weekdays lists the names of days in rules, in the order of a week.
func Weekdays() []string { return []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} }

// TimeOfDay parses a time of day like "06:30" into minutes since midnight. ok is false for any other text.
func TimeOfDay(text string) (minutes int, ok bool) {
	const form = "15:04"
	moment, err := time.Parse(form, text)
	if err != nil || len(text) != len(form) {
		return 0, false
	}
	return moment.Hour()*minutesPerHour + moment.Minute(), true
}

// IsZone is true for the name of a time zone, except "Local", which is a different zone on each machine.
func IsZone(name string) bool {
	_, err := time.LoadLocation(name)
	return err == nil && name != "Local"
}

// Starts returns the minutes at which the rule starts runs, counted from the midnight before its span. The span includes the hour blocks From
// and To. In a span over midnight, the starts on the next day are 24*60 or more. All starts are the same distance apart.
func (f Flexible) Starts() []int {
	hours := f.To - f.From + 1
	if hours <= 0 {
		hours += hoursPerDay
	}
	every := max(int(f.Every/time.Minute), 1)
	var starts []int
	for minutes := 0; minutes < hours*minutesPerHour; minutes += every {
		starts = append(starts, f.From*minutesPerHour+minutes)
	}
	return starts
}

// On is true for a day on which spans of the rule begin. A rule without days has every day.
func (f Flexible) On(day string) bool { return len(f.Days) == 0 || slices.Contains(f.Days, day) }

// Starts returns the minutes of a day at which the rule starts runs.
func (h Hourly) Starts() []int {
	var starts []int
	for hour := 0; hour < hoursPerDay; hour += max(h.Every, 1) {
		starts = append(starts, hour*minutesPerHour+h.Minute)
	}
	return starts
}

// Interval returns the regular time between two starts of the rule; 0 for an empty rule.
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

// Shortest returns the shortest Interval of a schedule's rules; 0 when it has none.
func Shortest(rules []Rule) time.Duration {
	var shortest time.Duration
	for _, rule := range rules {
		if every := rule.Interval(); every > 0 && (shortest == 0 || every < shortest) {
			shortest = every
		}
	}
	return shortest
}
