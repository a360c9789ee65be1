package channels

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// PaceBudget is the part of a store's API budget that Tidemark may use, as a person set it.
type PaceBudget struct {
	// Share of the store's rate and burst, above 0 and at most 1; anything else means DefaultShare. The rest is left for
	// the store's other applications.
	Share float64
	// QuietHours is when no call is begun; nil means never.
	QuietHours *QuietHours
	// DailyCalls is the most calls in one UTC day; 0 means no limit.
	DailyCalls int64
}

// DefaultShare is the part of a store's budget that is used when nothing else is set.
const DefaultShare = 0.8

// MaxThrottle is the longest that one response can make a pacer wait. A longer one is taken for a mistake.
const MaxThrottle = 24 * time.Hour

const (
	// unreadableWait is how long calls stand still before quiet hours that cannot be read are looked at again.
	unreadableWait = 5 * time.Minute
	// defaultTimeout is assumed of a driver that states none.
	defaultTimeout = 2 * time.Minute
	// flightMargin is how long after its timeout a call whose end was not reported still counts as under way.
	flightMargin = time.Minute
)

// Pacer keeps the pace of one store for one holder of that store: it says when the next call may be made and learns from
// every response. It makes no calls, starts no timers and reads no clock; the time is handed in. It is safe for concurrent use.
//
// It starts with an empty bucket and at half of its rate, or goes on from what the holder before it knew (see Picture).
// Clean seconds raise the rate and a throttle halves it (see climb). What the store says of its budget always wins over
// what it publishes. The store's bucket never holds less than the pacer's own, which is smaller, refills more slowly and
// keeps room for the calls that are under way: that is why calls at the pace that Ready gives do not overrun a store whose
// budget is as published or as told (see bucket).
type Pacer struct {
	mutex     sync.Mutex
	budget    PaceBudget
	quiet     *quietSpan
	quietErr  error
	timeout   time.Duration
	most      int // calls under way at once
	number    int // of the last call
	bucket    bucket
	climb     climb
	flights   []flight  // calls under way, the oldest first
	throttled time.Time // no call before this
}

// flight is one call under way.
type flight struct {
	number int
	began  time.Time
	paid   float64 // what was taken from the bucket for it
}

// NewPacer returns the pacer of a new holder. Limits are the store's as published; without a rate it is one call a second.
func NewPacer(limits Limits, budget PaceBudget, now time.Time) *Pacer {
	if !(budget.Share > 0 && budget.Share <= 1) {
		budget.Share = DefaultShare
	}
	p := &Pacer{budget: budget, timeout: limits.Timeout, most: max(limits.Calls, 1), bucket: newBucket(limits, budget.Share, now), climb: newClimb(now)}
	if p.timeout <= 0 {
		p.timeout = defaultTimeout
	}
	if budget.QuietHours != nil {
		p.quiet, p.quietErr = budget.QuietHours.parse()
	}
	return p
}

// Ready says when the next call may be made: the zero time means now; any other means not before that time, and why says so
// for people. callsToday is how many calls this store has had on the present UTC day, from all holders.
func (p *Pacer) Ready(now time.Time, callsToday int64) (at time.Time, why string) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.advance(now)
	if p.quietErr != nil {
		return now.Add(unreadableWait), fmt.Sprintf("no calls: %v; correct the store's budget", p.quietErr)
	}
	at = now
	if p.throttled.After(at) {
		at, why = p.throttled, fmt.Sprintf("throttled by the store until %s UTC", p.throttled.UTC().Format("15:04:05"))
	}
	if midnight := nextDay(now); p.budget.DailyCalls > 0 && callsToday >= p.budget.DailyCalls && midnight.After(at) {
		at, why = midnight, fmt.Sprintf("daily budget of %d calls is spent until 00:00 UTC", p.budget.DailyCalls)
	}
	if full := p.bucket.readyAt(now, p.rate(), len(p.flights)); full.After(at) {
		at, why = full, "pacing"
	}
	if p.quiet != nil {
		if end, quiet := p.quiet.end(at); quiet {
			at, why = end, fmt.Sprintf("quiet hours until %s %s", end.Format("15:04"), p.quiet.zone)
		}
	}
	if !at.After(now) {
		return time.Time{}, ""
	}
	return at, why
}

// Full is true while as many calls are under way as may be at once. That number climbs with the rate, and halves with it: a store that
// throttles gets fewer calls at a time as well as fewer in a second.
func (p *Pacer) Full(now time.Time) bool {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.advance(now)
	return len(p.flights) >= max(int(float64(p.most)*p.climb.level), 1)
}

// Began records that a call is being made, and returns its number.
func (p *Pacer) Began(now time.Time) int {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.advance(now)
	p.number++
	p.flights = append(p.flights, flight{number: p.number, began: now, paid: p.bucket.spend()})
	return p.number
}

// Answered records the response to the call of a number: what the store said about its budget, and how the call failed if it did. An *Error
// whose Next is Wait is a throttle.
func (p *Pacer) Answered(number int, now time.Time, budget Budget, err error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.advance(now)
	ended := flight{began: now}
	if at := slices.IndexFunc(p.flights, func(under flight) bool { return under.number == number }); at >= 0 {
		ended = p.flights[at]
		p.flights = slices.Delete(p.flights, at, at+1)
	}
	p.bucket.learn(budget, ended.paid, len(p.flights))
	until, throttled := throttle(err, now)
	switch {
	case throttled:
		p.climb.halve(ended.began, now, until, p.bucket.slowest())
		p.bucket.drain(until)
		if until.After(p.throttled) {
			p.throttled = until
		}
	case err == nil:
		p.climb.clean(now)
	}
}

// Rate is how many calls per second the pace allows now, for metrics and progress.
func (p *Pacer) Rate() float64 {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.rate() / p.bucket.cost
}

// rate is the present refill of the bucket, in the store's units per second.
func (p *Pacer) rate() float64 {
	return p.bucket.fastest() * max(p.climb.level, p.bucket.slowest())
}

// advance brings the bucket up to now. Calls whose end will not be reported any more are dropped, so that they do not hold
// the pace down for ever.
func (p *Pacer) advance(now time.Time) {
	p.bucket.refill(now, p.rate(), len(p.flights))
	for len(p.flights) > 0 && now.Sub(p.flights[0].began) > p.timeout+flightMargin {
		p.flights = p.flights[1:]
	}
}

// throttle tells whether a call was throttled and until when; the time is zero when the store did not say.
func throttle(err error, now time.Time) (until time.Time, throttled bool) {
	var failure *Error
	if !errors.As(err, &failure) || failure == nil || failure.Next != Wait {
		return time.Time{}, false
	}
	switch {
	case !failure.Until.After(now):
		return time.Time{}, true
	case failure.Until.Sub(now) > MaxThrottle:
		return now.Add(MaxThrottle), true
	}
	return failure.Until, true
}

// nextDay is when the next UTC day begins.
func nextDay(now time.Time) time.Time {
	year, month, day := now.UTC().Date()
	return time.Date(year, month, day+1, 0, 0, 0, 0, time.UTC)
}
