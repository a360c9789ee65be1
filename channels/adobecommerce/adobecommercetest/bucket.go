package adobecommercetest

import "time"

// bucket counts calls as a server may. Adobe Commerce itself counts none.
type bucket struct {
	burst, perSecond, available float64
	at                          time.Time
	overruns                    int
}

// The calls per second and at once that the driver promises to keep to by default.
const (
	defaultPerSecond = 2
	defaultBurst     = 4
)

func newBucket(perSecond, burst float64, now time.Time) bucket {
	if perSecond == 0 {
		perSecond = defaultPerSecond
	}
	if burst == 0 {
		burst = defaultBurst
	}
	return bucket{burst: burst, perSecond: perSecond, available: burst, at: now}
}

// take counts a call and tells whether there was room for it.
func (b *bucket) take(now time.Time) bool {
	if now.After(b.at) {
		b.available, b.at = min(b.burst, b.available+now.Sub(b.at).Seconds()*b.perSecond), now
	}
	if b.available < 1 {
		b.overruns++
		return false
	}
	b.available--
	return true
}
