// Package bucket is the token bucket of a sandbox store: the truth about its API budget.
//
// It counts in whole nanoseconds, so that no rounding ever lets one call too many through (the generic cell rate algorithm,
// ITU-T I.371, annex A: a full bucket and its refill are one instant in the future).
package bucket

import (
	"math"
	"sync"
	"time"
)

// Bucket holds up to burst calls and refills at a constant rate. It is safe for concurrent use.
type Bucket struct {
	rate     float64
	burst    int64
	interval time.Duration // in which one call is refilled, rounded up

	mutex sync.Mutex
	began time.Time
	last  time.Duration // the latest instant seen, since began
	full  time.Duration // when the bucket will be full again, since began
}

// New returns a full bucket. Rate is in calls per second, at least 0.001; burst is in calls, 1 to 1,000,000. The times that are
// passed to it later should carry a monotonic reading, as those of time.Now do.
func New(rate float64, burst int, now time.Time) *Bucket {
	return &Bucket{rate: rate, burst: int64(burst), interval: time.Duration(math.Ceil(float64(time.Second) / rate)), began: now}
}

// Level is what a bucket holds.
type Level struct {
	Capacity  int64
	Remaining float64 // calls
	Rate      float64 // calls per second
	// Wait is how long it takes until there is room for a call; 0 when there is.
	Wait time.Duration
}

// Take takes a call from the bucket if there is one, and says what is left. A call that finds no room takes nothing.
func (b *Bucket) Take(now time.Time) (Level, bool) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.advance(now)
	taken := b.wait() == 0
	if taken {
		b.full += b.interval
	}
	return b.level(), taken
}

// Level says what is left and takes nothing.
func (b *Bucket) Level(now time.Time) Level {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.advance(now)
	return b.level()
}

// advance moves on to an instant. Callers read the clock before they get the lock, so instants may come out of order; the latest
// one counts.
func (b *Bucket) advance(now time.Time) {
	b.last = max(b.last, now.Sub(b.began))
	b.full = max(b.full, b.last)
}

func (b *Bucket) wait() time.Duration {
	return max(0, b.full-b.last-time.Duration(b.burst-1)*b.interval)
}

func (b *Bucket) level() Level {
	return Level{
		Capacity: b.burst, Rate: b.rate, Wait: b.wait(),
		Remaining: max(0, float64(b.burst)-float64(b.full-b.last)/float64(b.interval)),
	}
}
