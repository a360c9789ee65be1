package channels

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// Meters keeps a Pacer for each budget that a store counts apart; most stores have one. Quiet hours and daily calls hold for
// all of them. It is safe for concurrent use.
type Meters struct {
	mutex   sync.Mutex
	channel Channel
	limits  Limits
	budget  PaceBudget
	last    Picture // what the holder before this one knew
	pacers  map[string]*Pacer
}

// NewMeters returns the pacers of a new holder of a store, who goes on from a picture of the one before. Of what it does not know, a bucket
// begins empty.
func NewMeters(channel Channel, budget PaceBudget, picture Picture) *Meters {
	return &Meters{channel: channel, limits: channel.Limits(), budget: budget, last: picture, pacers: map[string]*Pacer{}}
}

// For returns the pacer that a call counts against.
func (m *Meters) For(operation Operation, items []Item, now time.Time) *Pacer {
	name := ""
	if metered, ok := As[Metered](m.channel); ok {
		name = metered.Meter(operation, items)
	}
	m.mutex.Lock()
	defer m.mutex.Unlock()
	pacer, ok := m.pacers[name]
	if !ok {
		limits := m.limits
		if rate, ok := limits.Rates[name]; ok {
			limits.Rate, limits.Burst = rate.PerSecond, rate.Burst
			if rate.Calls > 0 {
				limits.Calls = rate.Calls
			}
		}
		pacer = NewPacer(limits, m.budget, now)
		if pace, exists := m.last.Meters[name]; exists {
			pacer.resume(pace, m.last.Closed, now)
		}
		m.pacers[name] = pacer
	}
	return pacer
}

// Rate is how many calls per second all budgets in use allow now, for metrics and progress.
func (m *Meters) Rate() float64 {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	var rate float64
	for _, name := range slices.Sorted(maps.Keys(m.pacers)) {
		rate += m.pacers[name].Rate()
	}
	return rate
}
