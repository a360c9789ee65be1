package channels

import (
	"math"
	"time"
)

const (
	// defaultRate and defaultBurst are for a store that publishes no budget: one call a second, one at a time.
	defaultRate  = 1.0
	defaultBurst = 1.0

	// slowestRate is one call in 10 seconds: a store that throttles for ever is still asked now and then.
	slowestRate = 0.1
	// slowestPart is how far a store that allows less than slowestRate is slowed down.
	slowestPart = 1.0 / 8

	// costMemory is how much of the highest cost seen is kept from call to call. A small call does not make the next one cheap.
	costMemory = 0.98

	// epsilon is the part of a call that rounding may miss.
	epsilon = 1e-9
)

// bucket is a pacer's own picture of a store's token bucket, in the store's units: calls, or cost points where a response
// says what a call cost.
//
// What it holds is always at most what the store's bucket holds when the calls under way have arrived. It begins empty; it
// refills no faster than the store's; both pay the same for a call, this one earlier; and it leaves room in the store's
// bucket for what is under way, because a full bucket does not collect what a late call would have let in.
type bucket struct {
	share     float64
	published Budget  // Capacity and PerSecond, in calls
	reported  Budget  // Capacity and PerSecond in the store's units, 0 where it did not say
	units     bool    // a response has said what a call costs
	cost      float64 // expected of the next call, in units
	tokens    float64 // may be negative
	at        time.Time
}

func newBucket(limits Limits, share float64, now time.Time) bucket {
	b := bucket{share: share, cost: 1, at: now}
	b.published.PerSecond = positive(limits.Rate, defaultRate)
	b.published.Capacity = max(positive(limits.Burst, defaultBurst), 1)
	return b
}

// fastest is the most that may be used, in units per second.
func (b *bucket) fastest() float64 {
	return b.share * positive(b.reported.PerSecond, b.published.PerSecond*b.cost)
}

// slowest is the lowest pace, as a part of the fastest.
func (b *bucket) slowest() float64 {
	if least := slowestRate * b.cost / b.fastest(); least < 1 {
		return least
	}
	return slowestPart
}

// capacity is the size of the store's bucket. It is never below one call, which could not be made at all then.
func (b *bucket) capacity() float64 {
	return max(positive(b.reported.Capacity, b.published.Capacity*b.cost), b.cost)
}

// room is the most that this bucket may hold while calls are under way.
func (b *bucket) room(flying int) float64 {
	return min(max(b.share*b.capacity(), b.cost), b.capacity()-float64(flying)*b.cost)
}

// refill adds what came in since the last time.
func (b *bucket) refill(now time.Time, rate float64, flying int) {
	if !now.After(b.at) {
		return
	}
	full := min(b.tokens+now.Sub(b.at).Seconds()*rate, b.room(flying))
	b.tokens, b.at = max(b.tokens, full), now
}

// readyAt is when one more call can be paid for; the bucket is up to date.
func (b *bucket) readyAt(now time.Time, rate float64, flying int) time.Time {
	short := b.cost - b.tokens
	switch {
	case short <= epsilon*b.cost:
		return now
	case b.room(flying) < b.cost:
		short = b.cost // it cannot fill up before a call that is under way has ended
	}
	wait := math.Ceil(short / rate * float64(time.Second))
	return now.Add(time.Duration(min(wait, float64(MaxThrottle))))
}

// spend pays for a call and returns what was paid.
func (b *bucket) spend() float64 {
	b.tokens -= b.cost
	return b.cost
}

// learn takes over what a response said. paid is what was spent for its call, flying how many others are under way.
// Figures that are not positive numbers say nothing; Remaining is believed only together with a Capacity.
func (b *bucket) learn(budget Budget, paid float64, flying int) {
	if !budget.Known {
		return
	}
	cost := positive(budget.Cost, 1)
	if !b.units { // what was counted in calls so far is now counted in the store's units
		b.units, b.tokens, paid, b.cost = true, b.tokens*cost, paid*cost, cost
	}
	b.tokens += paid - cost
	b.cost = max(cost, b.cost*costMemory)
	b.reported.PerSecond = positive(budget.PerSecond, b.reported.PerSecond)
	b.reported.Capacity = positive(budget.Capacity, b.reported.Capacity)
	b.tokens = min(b.tokens, b.room(flying))
	if positive(budget.Capacity, 0) == 0 || math.IsNaN(budget.Remaining) {
		return
	}
	// The others' share of the burst stays in the store's bucket, too.
	otherPoints := (1 - b.share) * (b.capacity() - b.cost)
	left := max(budget.Remaining, -b.capacity()) - float64(flying)*b.cost - otherPoints
	b.tokens = min(b.tokens, left)
}

// drain empties the bucket after a throttle. Where the store said when it takes the next call, exactly one can be made then.
func (b *bucket) drain(until time.Time) {
	b.tokens = min(b.tokens, 0)
	if until.After(b.at) {
		b.tokens, b.at = b.cost, until
	}
}

// positive returns a figure that can be used, or else the other.
func positive(figure, other float64) float64 {
	if figure > 0 && !math.IsInf(figure, 1) {
		return figure
	}
	return other
}
