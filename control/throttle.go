package control

import (
	"net/netip"
	"time"
)

// Sign-in is throttled by name and by address: a burst of failures, then one in a while. What counts is when the burst will be whole again, so
// that one moment is all that is kept of a name or an address.

// pace is how many failures are let through: a burst, then one every so often.
type pace struct {
	burst int
	every time.Duration
}

var (
	// paceOfName slows down who guesses the password of one name from many addresses: 10, then one in 20 seconds, 4,320 a day.
	paceOfName = pace{burst: 10, every: 20 * time.Second}
	// paceOfAddress slows down who tries many names from one address. A whole office may have one.
	paceOfAddress = pace{burst: 30, every: 10 * time.Second}
	// paceOfRefusals is how often one address has what it was refused without being signed in noted in the activity log.
	paceOfRefusals = pace{burst: 10, every: time.Minute}
)

// attempt charges one failure to somebody whose burst is whole again at clean. wait is 0 where it is let through; else it is how long until one is,
// and nothing is charged.
func (p pace) attempt(clean, now time.Time) (next time.Time, wait time.Duration) {
	if clean.Before(now) {
		clean = now
	}
	next = clean.Add(p.every)
	if over := next.Sub(now) - time.Duration(p.burst)*p.every; over > 0 {
		return clean, over
	}
	return next, 0
}

// refund takes a charge back: it was no failure.
func (p pace) refund(clean time.Time) time.Time { return clean.Add(-p.every) }

// mostSuspects is how many names, and how many addresses, are remembered.
const mostSuspects = 10_000

// suspects are when the bursts of some will be whole again.
type suspects[K comparable] struct {
	pace  pace
	clean map[K]time.Time
}

func newSuspects[K comparable](p pace) *suspects[K] {
	return &suspects[K]{pace: p, clean: map[K]time.Time{}}
}

// attempt charges one failure; see pace.
func (s *suspects[K]) attempt(key K, now time.Time) time.Duration {
	next, wait := s.pace.attempt(s.clean[key], now)
	if wait > 0 {
		return wait
	}
	if _, exists := s.clean[key]; !exists && len(s.clean) >= mostSuspects {
		s.forget(now)
	}
	s.clean[key] = next
	return 0
}

func (s *suspects[K]) refund(key K) {
	if clean, exists := s.clean[key]; exists {
		s.clean[key] = s.pace.refund(clean)
	}
}

// forget drops those whose burst is whole again; where there are none, the one of whom that is true soonest. Memory is bounded whoever tries, and
// who tried most is remembered longest.
func (s *suspects[K]) forget(now time.Time) {
	var soonest K
	var at time.Time
	for key, clean := range s.clean {
		if !clean.After(now) {
			delete(s.clean, key)
		} else if at.IsZero() || clean.Before(at) {
			soonest, at = key, clean
		}
	}
	if len(s.clean) >= mostSuspects {
		delete(s.clean, soonest)
	}
}

// networkOf is what is throttled as one address: of IPv6 the part that one customer is given. What is no address is throttled as one.
func networkOf(address string) netip.Prefix {
	parsed, err := netip.ParseAddr(address)
	if err != nil {
		return netip.Prefix{}
	}
	parsed = parsed.Unmap().WithZone("")
	bits := 32
	if parsed.Is6() {
		bits = 64
	}
	network, err := parsed.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return network
}
