package shopifytest

import (
	"cmp"
	"math"
	"time"

	"github.com/tidemark/tidemark/channels/channeltest"
)

// bucket counts points as Shopify does: a call needs its requested cost at once and gets back what it did not use.
type bucket struct{ *channeltest.Bucket }

// The bucket of a standard shop, as documented and recorded.
const (
	standardCapacity  = 2000
	standardPerSecond = 100
)

func newBucket(capacity, perSecond float64, now time.Time) bucket {
	return bucket{channeltest.NewBucket(cmp.Or(perSecond, standardPerSecond), cmp.Or(capacity, standardCapacity), now)}
}

// extensions are what every response says; actual is nil for a call that was not let in. Shopify rounds the points.
func (b bucket) extensions(requested float64, actual *float64) map[string]any {
	return map[string]any{"cost": map[string]any{
		"requestedQueryCost": requested, "actualQueryCost": actual,
		"throttleStatus": map[string]float64{"maximumAvailable": b.Capacity, "currentlyAvailable": math.Floor(b.Available), "restoreRate": b.PerSecond},
	}}
}
