package ebaytest

import (
	"cmp"
	"time"

	"github.com/tidemark/tidemark/channels/channeltest"
)

// limits count what eBay counts: calls at once, calls in a day, revisions of an offer in a day.
type limits struct {
	bucket       *channeltest.Bucket
	zone         *time.Location
	day          string
	calls, daily int
	revised      map[string]int // by offer id
	revisions    int
	refused      int // revisions
}

func newLimits(options Options, now time.Time) limits {
	zone, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		panic(err) // the driver does not open without it, either
	}
	return limits{
		bucket: channeltest.NewBucket(cmp.Or(options.PerSecond, 10), cmp.Or(options.Burst, 10), now),
		daily:  cmp.Or(options.Daily, 2_000_000), revisions: cmp.Or(options.Revisions, 250), zone: zone,
	}
}

// take counts a call and tells whether there was room for it.
func (l *limits) take(now time.Time) bool {
	if day := now.In(l.zone).Format(time.DateOnly); day != l.day {
		l.day, l.calls, l.revised = day, 0, map[string]int{}
	}
	if l.calls >= l.daily || !l.bucket.Take(1, now) {
		return false
	}
	l.calls++
	return true
}

// revise counts a revision and tells whether the offer may be revised once more today.
func (l *limits) revise(offer string) bool {
	if l.revised[offer] >= l.revisions {
		l.refused++
		return false
	}
	l.revised[offer]++
	return true
}
