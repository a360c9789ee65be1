package shop

import (
	"slices"
	"time"
)

// KeptWrites is how many written items a store remembers one by one.
const KeptWrites = 200_000

// Write is an item of a call that took effect.
type Write struct {
	SKU      string
	Location string
	Quantity int64
	At       time.Time
	Call     uint64
}

// Fact is a figure that a caller was told of, and when.
type Fact struct {
	SKU      string
	Location string
	Quantity int64
	Known    time.Time
}

// Outdated is a write of a figure in whose place the caller knew another.
type Outdated struct {
	Write
	Instead Fact
}

// Outdate judges writes, which are in the order of their times: each must be of the newest figure that was known when it was made. A fact that
// became known less than within before a write may have crossed with it. Where nothing is known of a place, nothing is judged.
func Outdate(writes []Write, facts []Fact, within time.Duration) []Outdated {
	byPlace := map[[2]string][]Fact{}
	for _, fact := range facts {
		at := [2]string{fact.SKU, fact.Location}
		byPlace[at] = append(byPlace[at], fact)
	}
	for _, facts := range byPlace {
		slices.SortStableFunc(facts, func(a, b Fact) int { return a.Known.Compare(b.Known) })
	}
	outdated := []Outdated{}
	for _, write := range writes {
		facts := byPlace[[2]string{write.SKU, write.Location}]
		newest := -1 // of the facts that did not cross with the write
		fits := false
		for i, fact := range facts {
			if !fact.Known.After(write.At.Add(-within)) {
				newest = i
			} else if !fact.Known.After(write.At) {
				fits = fits || fact.Quantity == write.Quantity
			}
		}
		if newest >= 0 && !fits && facts[newest].Quantity != write.Quantity {
			outdated = append(outdated, Outdated{write, facts[newest]})
		}
	}
	return outdated
}

// Writes are the items that calls have written, oldest first; the last KeptWrites of them.
func (s *Store) Writes() []Write {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	writes := make([]Write, 0, len(s.writes))
	for i := range s.writes {
		level := s.level(s.writes[(s.nextWrite+i)%len(s.writes)])
		writes = append(writes, Write{level.SKU, level.Location, level.Quantity, level.SetAt, level.Call})
	}
	return writes
}

// keep remembers what a call has written.
func (s *Store) keep(written level) {
	if len(s.writes) < KeptWrites {
		s.writes = append(s.writes, written)
		return
	}
	s.writes[s.nextWrite] = written
	s.nextWrite = (s.nextWrite + 1) % KeptWrites
}
