package shop

import "crypto/sha256"

// A store remembers its last keys: so many, and so many bytes of their answers.
const (
	KeptKeys        = 100_000
	keptAnswerBytes = 64 << 20
)

// Answer is what was answered to a call with a key.
type Answer struct {
	Status int
	Body   []byte
}

type key struct {
	sum    [sha256.Size]byte
	call   uint64 // the first one with the key
	answer Answer
}

// keys remembers keys in the order in which they came.
type keys struct {
	known map[string]key
	order []string
	bytes int
}

func newKeys() keys { return keys{known: map[string]key{}} }

func (k *keys) remember(name string, entry key) {
	k.known[name] = entry
	k.order = append(k.order, name)
	k.bytes += len(entry.answer.Body)
	for len(k.order) > KeptKeys || (k.bytes > keptAnswerBytes && len(k.order) > 1) {
		k.bytes -= len(k.known[k.order[0]].answer.Body)
		delete(k.known, k.order[0])
		k.order = k.order[1:]
	}
}

// Seen is what a store says of a key.
type Seen int

// What a key can be.
const (
	First    Seen = iota // the call was carried out
	Repeated             // the same bytes came before: the first answer is given again
	Reused               // other bytes came before: the call is refused
)

// SetOnce sets the figures of a call once for each key. Answer makes the answer to the outcomes; it is asked only when the call is
// carried out, and remembered. Without a key the call is always carried out.
func (s *Store) SetOnce(name string, sum [sha256.Size]byte, call Call, items []Item, together bool, answer func([]Outcome) Answer) (Answer, Seen, int) {
	return s.once(name, sum, call.N, items, func() (Answer, int) {
		outcomes, applied := s.set(call, items, together)
		return answer(outcomes), applied
	})
}

func (s *Store) once(name string, sum [sha256.Size]byte, call uint64, items []Item, carryOut func() (Answer, int)) (Answer, Seen, int) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if before, seen := s.keys.known[name]; seen {
		if before.sum != sum {
			s.counts.KeyConflicts++
			return Answer{}, Reused, 0
		}
		s.counts.DuplicateKeys++
		s.counts.StaleWrites += s.superseded(before.call, items)
		return before.answer, Repeated, 0
	}
	given, applied := carryOut()
	if name != "" {
		s.keys.remember(name, key{sum, call, given})
	}
	return given, First, applied
}

// superseded counts the items that a later call has written.
func (s *Store) superseded(call uint64, items []Item) (count uint64) {
	for _, item := range items {
		location, stocked := s.location(item.Location)
		if i, seen := s.found[place{item.SKU, location}]; stocked && seen && s.levels[i].call > call {
			count++
		}
	}
	return count
}
