package shopifytest

import (
	"math"
	"time"
)

// bucket counts points as Shopify does: a call needs its requested cost at once and gets back what it did not use.
type bucket struct {
	capacity, perSecond, available float64
	at                             time.Time
	overruns                       int
}

// The bucket of a standard shop, as documented and recorded.
const (
	standardCapacity  = 2000
	standardPerSecond = 100
)

func newBucket(capacity, perSecond float64, now time.Time) bucket {
	if capacity == 0 {
		capacity = standardCapacity
	}
	if perSecond == 0 {
		perSecond = standardPerSecond
	}
	return bucket{capacity: capacity, perSecond: perSecond, available: capacity, at: now}
}

// take lets a call in, or not.
func (b *bucket) take(requested float64, now time.Time) bool {
	if now.After(b.at) {
		b.available, b.at = min(b.capacity, b.available+now.Sub(b.at).Seconds()*b.perSecond), now
	}
	if requested > b.available {
		b.overruns++
		return false
	}
	b.available -= requested
	return true
}

// refund gives back what a call did not use.
func (b *bucket) refund(points float64) { b.available = min(b.capacity, b.available+points) }

// extensions are what every answer says; actual is nil for a call that was not let in. Shopify rounds the points.
func (b *bucket) extensions(requested float64, actual *float64) map[string]any {
	return map[string]any{"cost": map[string]any{
		"requestedQueryCost": requested, "actualQueryCost": actual,
		"throttleStatus": map[string]float64{"maximumAvailable": b.capacity, "currentlyAvailable": math.Floor(b.available), "restoreRate": b.perSecond},
	}}
}
