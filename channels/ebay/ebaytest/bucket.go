package ebaytest

import "time"

// limits count what eBay counts: calls at once, calls in a day, revisions of an offer in a day.
type limits struct {
	perSecond, burst float64
	available        float64
	at               time.Time

	zone         *time.Location
	day          string
	calls, daily int
	revised      map[string]int // by offer id
	revisions    int
	overruns     int
}

func newLimits(options Options, now time.Time) limits {
	zone, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		panic(err) // the driver does not open without it, either
	}
	l := limits{perSecond: options.PerSecond, burst: options.Burst, daily: options.Daily, revisions: options.Revisions, at: now, zone: zone}
	if l.perSecond == 0 {
		l.perSecond = 10
	}
	if l.burst == 0 {
		l.burst = 10
	}
	if l.daily == 0 {
		l.daily = 2_000_000
	}
	if l.revisions == 0 {
		l.revisions = 250
	}
	l.available = l.burst
	return l
}

// take counts a call and tells whether there was room for it.
func (l *limits) take(now time.Time) bool {
	if day := now.In(l.zone).Format(time.DateOnly); day != l.day {
		l.day, l.calls, l.revised = day, 0, map[string]int{}
	}
	if now.After(l.at) {
		l.available, l.at = min(l.burst, l.available+now.Sub(l.at).Seconds()*l.perSecond), now
	}
	if l.available < 1 || l.calls >= l.daily {
		l.overruns++
		return false
	}
	l.available--
	l.calls++
	return true
}

// revise counts a revision and tells whether the offer may be revised once more today.
func (l *limits) revise(offer string) bool {
	if l.revised[offer] >= l.revisions {
		l.overruns++
		return false
	}
	l.revised[offer]++
	return true
}
