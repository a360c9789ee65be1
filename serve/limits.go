package serve

import (
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// budget is a number of bytes that may be held in memory at once.
type budget struct {
	most int64
	used atomic.Int64
}

// take reserves bytes, or tells that there are none left.
func (b *budget) take(bytes int64) bool {
	if b.used.Add(bytes) > b.most {
		b.used.Add(-bytes)
		return false
	}
	return true
}

func (b *budget) give(bytes int64) { b.used.Add(-bytes) }

// How many failures of one address are answered and logged one by one: a burst, then one in a while.
const (
	failureBurst = 20
	failureEvery = 3 * time.Second
	mostSuspects = 10_000 // addresses that are remembered
)

// failures counts those who could not prove who they are, by address. It limits what they are answered and what is logged of
// them, and nothing else: behind a proxy all senders have one address, and whoever proves who he is must get through whatever
// others try there. Keys are long enough not to be guessed.
type failures struct {
	mutex    sync.Mutex
	suspects map[netip.Prefix]time.Time // when the address will have a whole burst again
}

// more tells whether one more failure of an address is within the limit.
func (f *failures) more(remote string, now time.Time) bool {
	address := prefixOf(remote)
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.suspects == nil {
		f.suspects = map[netip.Prefix]time.Time{}
	}
	clean := f.suspects[address]
	if clean.Before(now) {
		clean = now
	}
	if clean = clean.Add(failureEvery); clean.Sub(now) > failureBurst*failureEvery {
		return false
	}
	if len(f.suspects) >= mostSuspects {
		f.forget(now)
	}
	f.suspects[address] = clean
	return true
}

// forget drops addresses that are clean again; all of them when none is, for memory is bounded whoever asks.
func (f *failures) forget(now time.Time) {
	for address, clean := range f.suspects {
		if !clean.After(now) {
			delete(f.suspects, address)
		}
	}
	if len(f.suspects) >= mostSuspects {
		clear(f.suspects)
	}
}

// prefixOf is the address of a remote end; of IPv6 the part that one customer is given.
func prefixOf(remote string) netip.Prefix {
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

// slots are the uploads that run: one of a warehouse, and a few in all.
type slots struct {
	mutex sync.Mutex
	most  int
	taken map[string]bool
}

func (s *slots) take(warehouse string) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.taken[warehouse] || len(s.taken) >= s.most {
		return false
	}
	s.taken[warehouse] = true
	return true
}

func (s *slots) give(warehouse string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	delete(s.taken, warehouse)
}
