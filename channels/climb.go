package channels

import "time"

const (
	startLevel  = 0.5  // of the fastest pace
	climbStep   = 0.05 // of the fastest pace, for each clean second
	throttleCut = 0.5  // of the present pace
)

// climb finds the pace that a store really stands: it grows a little for every clean second and halves on a throttle
// (additive increase, multiplicative decrease), between the bucket's slowest and its fastest pace.
type climb struct {
	level   float64   // part of the fastest pace, above 0 and at most 1
	counted time.Time // clean time is counted up to here
	cut     time.Time // when the level was last halved
}

func newClimb(now time.Time) climb { return climb{level: startLevel, counted: now} }

// clean records a call without a complaint. One call proves at most one second: time without calls proves nothing.
func (c *climb) clean(now time.Time) {
	if !now.After(c.counted) {
		return
	}
	seconds := min(now.Sub(c.counted).Seconds(), 1)
	c.level, c.counted = min(c.level+climbStep*seconds, 1), now
}

// halve records a throttle. A call that had begun before the last one says nothing new.
func (c *climb) halve(began, now, until time.Time, slowest float64) {
	if began.Before(c.cut) {
		return
	}
	c.level = max(max(c.level, slowest)*throttleCut, slowest)
	c.cut, c.counted = now, now
	if until.After(now) {
		c.counted = until
	}
}
