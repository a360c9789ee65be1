package channeltest

import (
	"sync"
	"sync/atomic"
	"time"
)

// Bucket is a token bucket, as most stores count calls: it holds Capacity at the most, gets PerSecond back, and a call takes its cost
// out. It shares no code with package channels, whose pacing is judged by it. It is not safe for concurrent use; a fake holds its own
// lock.
type Bucket struct {
	Capacity  float64
	PerSecond float64
	// Available is what was left after the last Take.
	Available float64

	at time.Time
}

// NewBucket returns a full bucket.
func NewBucket(perSecond, capacity float64, now time.Time) *Bucket {
	return &Bucket{Capacity: capacity, PerSecond: perSecond, Available: capacity, at: now}
}

// Take takes a call's cost out, and tells whether there was enough for it. Otherwise nothing is taken.
func (b *Bucket) Take(cost float64, now time.Time) bool {
	if now.After(b.at) {
		b.Available, b.at = min(b.Capacity, b.Available+now.Sub(b.at).Seconds()*b.PerSecond), now
	}
	if b.Available < cost {
		return false
	}
	b.Available -= cost
	return true
}

// Refund gives back what a call did not use.
func (b *Bucket) Refund(unused float64) { b.Available = min(b.Capacity, b.Available+unused) }

// Limiter decides what becomes of calls that were counted, and keeps the figures that tests ask for. A fake embeds it, and counts calls
// as its store does. The zero value is ready.
type Limiter struct {
	mutex               sync.Mutex
	throttle            int // calls that are still to be throttled
	overruns, throttled atomic.Int64
}

// Admit tells whether a call is let in: not when the test wants it throttled, nor when it was over the limits and the store enforces
// them. Where it does not, such calls are only counted.
func (l *Limiter) Admit(within, enforced bool) bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if !within {
		l.overruns.Add(1)
	}
	forced := l.throttle > 0
	if forced {
		l.throttle--
	}
	if !forced && (within || !enforced) {
		return true
	}
	l.throttled.Add(1)
	return false
}

// Throttle makes the store throttle the next calls whatever its limits say.
func (l *Limiter) Throttle(calls int) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.throttle = calls
}

// Overruns counts calls over the limits, whether they were let in or not.
func (l *Limiter) Overruns() int { return int(l.overruns.Load()) }

// Throttled counts answers that throttle.
func (l *Limiter) Throttled() int { return int(l.throttled.Load()) }
