package channels

import (
	"fmt"
	"time"
)

// QuietHours is a daily span of wall-clock time in which no call is begun. It may go over midnight.
type QuietHours struct {
	From     string // "22:00"
	To       string // "06:30", the first minute that is not quiet any more
	Timezone string // "Europe/Paris"; empty means UTC
}

// Check says what is wrong with the quiet hours, or nil.
func (q QuietHours) Check() error {
	_, err := q.parse()
	return err
}

func (q QuietHours) parse() (*quietSpan, error) {
	from, err := time.Parse("15:04", q.From)
	if err != nil {
		return nil, fmt.Errorf("quiet hours: from: expected a time of day like 22:00, found %q", q.From)
	}
	to, err := time.Parse("15:04", q.To)
	if err != nil {
		return nil, fmt.Errorf("quiet hours: to: expected a time of day like 06:30, found %q", q.To)
	}
	if from.Equal(to) {
		return nil, fmt.Errorf("quiet hours: from and to are both %s; leave the quiet hours out for none, or disable the connection for good", q.From)
	}
	zone, err := time.LoadLocation(q.Timezone)
	if err != nil {
		return nil, fmt.Errorf("quiet hours: timezone: %q is not known to this machine; expected a name like Europe/Paris", q.Timezone)
	}
	return &quietSpan{from: from, to: to, zone: zone}, nil
}

// quietSpan is quiet hours that were read.
type quietSpan struct {
	from, to time.Time // only hour and minute count
	zone     *time.Location
}

// end returns when the quiet hours that hold at a time are over, and whether any do.
//
// Where the clocks are put back, a time of day comes twice: quiet hours then begin at the first and end at the second. Where
// they are put forward, a time of day that is left out stands for the moment of the change.
func (q *quietSpan) end(at time.Time) (time.Time, bool) {
	year, month, day := at.In(q.zone).Date()
	for _, first := range []int{day - 1, day} {
		last := first
		if !q.to.After(q.from) {
			last++
		}
		begin, _ := wallClock(year, month, first, q.from, q.zone)
		_, end := wallClock(year, month, last, q.to, q.zone)
		if !at.Before(begin) && at.Before(end) {
			return end, true
		}
	}
	return time.Time{}, false
}

// wallClock returns the first and the last moment at which the clocks of a zone show a time of a day.
func wallClock(year int, month time.Month, day int, clock time.Time, zone *time.Location) (first, last time.Time) {
	near := time.Date(year, month, day, clock.Hour(), clock.Minute(), 0, 0, zone)
	shown := time.Date(year, month, day, clock.Hour(), clock.Minute(), 0, 0, time.UTC)
	begin, end := near.ZoneBounds()
	sides := []time.Time{near}
	if !begin.IsZero() {
		sides = append(sides, begin.Add(-time.Nanosecond))
	}
	if !end.IsZero() {
		sides = append(sides, end)
	}
	for _, side := range sides {
		_, offset := side.Zone()
		moment := shown.Add(-time.Duration(offset) * time.Second).In(zone)
		if _, now := moment.Zone(); now != offset {
			continue // the clocks never show it so
		}
		if first.IsZero() || moment.Before(first) {
			first = moment
		}
		if moment.After(last) {
			last = moment
		}
	}
	if !first.IsZero() {
		return first, last
	}
	// The time is left out; near lies on one side of the change.
	if _, offset := near.Zone(); near.Add(time.Duration(offset) * time.Second).UTC().After(shown) {
		return begin, begin
	}
	return end, end
}
