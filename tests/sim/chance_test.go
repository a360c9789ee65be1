package sim

import (
	"hash/fnv"
	"math/rand/v2"
	"time"
)

// chance is a stream of random decisions. It depends on the seed and on what it is for, and on nothing that happens elsewhere: so leaving a
// step out of a history changes as little of the rest as can be.
type chance struct{ *rand.Rand }

func newChance(seed uint64, what string) *chance {
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(what))
	return &chance{rand.New(rand.NewPCG(seed, sum.Sum64()))}
}

// in is true in so many of a thousand cases.
func (c *chance) in(thousandths int) bool { return c.IntN(1000) < thousandths }

// between is a span in which no two events fall on one moment, for all purposes.
func (c *chance) between(least, most time.Duration) time.Duration {
	return least + time.Duration(c.Int64N(int64(most-least)))
}

// one picks one of some.
func one[T any](c *chance, of ...T) T { return of[c.IntN(len(of))] }
