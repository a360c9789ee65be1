package control

import (
	"net/netip"
	"time"
)

// Sign-in is throttled by name and by address: a burst of failures is let through, then one failure at an interval. All that is kept of a name or an
// address is one moment: when its full burst will be available again (the clean time).

// pace says how many failures are let through: a burst at once, then one in every interval.
type pace struct {
	burst int
	every time.Duration
}

var (
	// paceOfName slows down an attacker who guesses the password of one name from many addresses: 10, then one in 20 seconds, 4,320 a day.
	paceOfName = pace{burst: 10, every: 20 * time.Second}
	// paceOfAddress slows down an attacker who tries many names from one address. A whole office may share an address.
	paceOfAddress = pace{burst: 30, every: 10 * time.Second}
	// paceOfRefusals bounds how many refusals of one address are noted in the activity log while nobody is signed in from it.
	paceOfRefusals = pace{burst: 10, every: time.Minute}
)

// attempt charges one failure to a name or an address with the clean time clean, and returns the new clean time. wait is 0 where the attempt is let
// through. Otherwise it is how long to wait until the next is, and nothing is charged.
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

// refund takes back the charge of an attempt that was no failure, and returns the new clean time.
func (p pace) refund(clean time.Time) time.Time { return clean.Add(-p.every) }

// mostSuspects is how many names, and how many addresses, are remembered.
const mostSuspects = 10_000

// suspects holds the clean times of names or of addresses.
type suspects[K comparable] struct {
	pace  pace
	clean map[K]time.Time
}

func newSuspects[K comparable](p pace) *suspects[K] {
	return &suspects[K]{pace: p, clean: map[K]time.Time{}}
}

// attempt charges one failure to a key, or says how long to wait; see pace.attempt.
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

// forget drops the keys whose clean time is over; where none is, the key with the earliest. So memory is bounded whatever an attacker does, and the
// keys with the most failures are remembered longest.
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

// networkOf is the network that is throttled as one address: an IPv4 address, or the /64 that one customer is given in IPv6. All texts that are no
// address are throttled as one.
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
