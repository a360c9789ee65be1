// Package draw draws the sandbox's random numbers. Each depends only on a seed, a target, a call number and a purpose.
//
// Draws share no state. So calls at one target never change what another target draws, however they interleave, and a scenario that
// is run again with the same seed has the same faults at the same calls.
package draw

// Source draws for one target.
type Source struct{ base uint64 }

// New returns the source of a target under a seed.
func New(seed uint64, target string) Source { return Source{mix(mix(seed) ^ hash(target))} }

// Number is 64 random bits for call n and a purpose.
func (s Source) Number(n uint64, purpose string) uint64 {
	return mix(mix(s.base+n*0x9e3779b97f4a7c15) ^ hash(purpose))
}

// Unit is a number from 0 up to, but not including, 1.
func (s Source) Unit(n uint64, purpose string) float64 {
	return float64(s.Number(n, purpose)>>11) / (1 << 53)
}

// Below is a whole number from 0 to limit-1; limit is at least 1.
func (s Source) Below(n uint64, purpose string, limit int) int {
	return int(s.Number(n, purpose) % uint64(limit))
}

// hash is FNV-1a with 64 bits.
func hash(text string) uint64 {
	sum := uint64(14695981039346656037)
	for _, letter := range []byte(text) {
		sum = (sum ^ uint64(letter)) * 1099511628211
	}
	return sum
}

// mix is the finaliser of SplitMix64 (Steele, Lea and Flood, 2014).
func mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return z ^ (z >> 31)
}
