package shop

import (
	"cmp"
	"fmt"
)

// Call is what the rules need to know of a call that writes.
type Call struct {
	N      uint64
	Poison map[string]string // SKUs that are refused for ever, and what the store says of each; empty: its own words
	// WithoutEffect takes the call as if it were good and changes nothing.
	WithoutEffect bool
}

// Outcome is what became of one item.
type Outcome struct {
	Problem *Problem // nil when the item was taken
	Shown   *int64   // what is shown now; nil when nothing is
}

// Set sets the figures of a call, each by itself or, with together, all or none. The outcomes are in the order of the items; with
// together and a problem anywhere, nothing was taken. The last result is how many took effect.
func (s *Store) Set(call Call, items []Item, together bool) (outcomes []Outcome, applied int) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.set(call, items, together)
}

func (s *Store) set(call Call, items []Item, together bool) (outcomes []Outcome, applied int) {
	outcomes = make([]Outcome, len(items))
	places := make([]place, len(items))
	seen := make(map[place]bool, len(items))
	offended := false
	for i, item := range items {
		places[i], outcomes[i].Problem = s.judge(call, item)
		if outcomes[i].Problem == nil && seen[places[i]] {
			outcomes[i].Problem = &Problem{Code: CodeDuplicate, Message: fmt.Sprintf("the call names %q twice", item.SKU)}
		}
		seen[places[i]] = true
		offended = offended || outcomes[i].Problem != nil
	}
	for i, item := range items {
		if outcomes[i].Problem == nil && !(together && offended) {
			outcomes[i].Shown = new(s.clamp(item.Quantity))
			if !call.WithoutEffect {
				s.show(places[i], *outcomes[i].Shown, call.N)
				applied++
			}
		} else if at, exists := s.found[places[i]]; exists {
			outcomes[i].Shown = new(s.levels[at].quantity)
		}
	}
	s.counts.Written += uint64(applied)
	return outcomes, applied
}

func (s *Store) clamp(quantity int64) int64 {
	if s.setup.Clamp > 0 {
		return min(quantity, s.setup.Clamp)
	}
	return quantity
}

// judge says where an item belongs and what is wrong with it.
func (s *Store) judge(call Call, item Item) (place, *Problem) {
	location, stocked := s.location(item.Location)
	at := place{item.SKU, location}
	if !stocked {
		at.sku = "" // nowhere
	}
	shown := int64(0)
	if i, exists := s.found[at]; exists {
		shown = s.levels[i].quantity
	}
	reason, poisoned := call.Poison[item.SKU]
	switch {
	case poisoned:
		s.counts.Poisoned++
		return at, &Problem{Code: CodePoison, Message: cmp.Or(reason, fmt.Sprintf("the store never takes %q", item.SKU))}
	case item.SKU == "":
		return at, &Problem{Code: CodeUnknown, Message: "the item has no sku"}
	case s.setup.Listed && !s.listed[item.SKU]:
		return at, &Problem{Code: CodeUnknown, Message: fmt.Sprintf("the store does not know %q", item.SKU)}
	case !stocked:
		return at, s.nowhere(item)
	case item.Quantity < 0 || item.Quantity > MaxQuantity:
		return at, &Problem{Code: CodeQuantity, Message: fmt.Sprintf("the quantity of %q is not a whole number from 0 to %d", item.SKU, MaxQuantity)}
	case item.Compare != nil && *item.Compare != shown:
		return at, &Problem{Code: CodeStale, Message: fmt.Sprintf("%q was compared with %d, but the store shows %d", item.SKU, *item.Compare, shown), Actual: &shown}
	}
	return at, nil
}
