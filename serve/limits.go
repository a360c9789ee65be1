package serve

import (
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// budget limits the bytes that are in memory at once.
type budget struct {
	maximum int64
	used    atomic.Int64
}

// reserve reserves bytes. It is false if there are not enough left.
func (b *budget) reserve(bytes int64) bool {
	if b.used.Add(bytes) > b.maximum {
		b.used.Add(-bytes)
		return false
	}
	return true
}

func (b *budget) release(bytes int64) { b.used.Add(-bytes) }

// Failed proofs of one address that get a 401 response and a line in the log: a burst, and then one every failureEvery.
const (
	failureBurst = 20
	failureEvery = 3 * time.Second
	maxAddresses = 10_000
)

// failures counts requests without a valid proof, by address. It only limits the responses and the log lines for such requests. It never
// blocks a request with a valid proof: behind a proxy all senders have one address, and a sender must get through whatever others try
// there. Keys are too long to be guessed.
type failures struct {
	mutex       sync.Mutex
	fullAgainAt map[netip.Prefix]time.Time // by address: when it has a whole burst again
}

// allow is true if one more failure of an address is within the limit.
func (f *failures) allow(remote string, now time.Time) bool {
	address := networkOf(remote)
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.fullAgainAt == nil {
		f.fullAgainAt = map[netip.Prefix]time.Time{}
	}
	fullAgain := f.fullAgainAt[address]
	if fullAgain.Before(now) {
		fullAgain = now
	}
	if fullAgain = fullAgain.Add(failureEvery); fullAgain.Sub(now) > failureBurst*failureEvery {
		return false
	}
	if len(f.fullAgainAt) >= maxAddresses {
		f.forget(now)
	}
	f.fullAgainAt[address] = fullAgain
	return true
}

// forget drops the addresses that have a whole burst again. If there are none, it drops all, because memory is bounded.
func (f *failures) forget(now time.Time) {
	for address, fullAgain := range f.fullAgainAt {
		if !fullAgain.After(now) {
			delete(f.fullAgainAt, address)
		}
	}
	if len(f.fullAgainAt) >= maxAddresses {
		clear(f.fullAgainAt)
	}
}

// networkOf is the network of a client: its IPv4 address, or the /64 of its IPv6 address, which is what one customer gets.
func networkOf(remote string) netip.Prefix {
	end, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Prefix{}
	}
	bits := 32
	address := end.Addr().Unmap()
	if address.Is6() {
		bits = 64
	}
	prefix, err := address.WithZone("").Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return prefix
}

// slots limits the uploads that run at once: one for each warehouse, and maximum in all.
type slots struct {
	mutex   sync.Mutex
	maximum int
	taken   map[string]bool
}

func (s *slots) acquire(warehouse string) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.taken[warehouse] || len(s.taken) >= s.maximum {
		return false
	}
	s.taken[warehouse] = true
	return true
}

func (s *slots) release(warehouse string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	delete(s.taken, warehouse)
}
