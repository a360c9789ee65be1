// Package shop is what a sandbox store shows, and the rules by which it takes figures: what it knows, what it refuses, which keys
// it has seen. It knows nothing of HTTP.
package shop

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// MaxQuantity is the largest figure that a store takes.
const MaxQuantity = 1_000_000_000

// Setup describes a new store.
type Setup struct {
	Locations []string // none: the store is not split
	Listed    bool     // true: takes only the SKUs of Items; false: takes any SKU
	Items     []string // SKUs that it has from the beginning, with 0 units in each location
	Clamp     int64    // the most that it shows; 0: no limit
}

// Item is one figure that a call sets.
type Item struct {
	SKU      string
	Location string
	Quantity int64 // below 0 for a figure that is not a whole number
	Compare  *int64
}

// Problem says why an item is refused.
type Problem struct {
	Code    string
	Message string
	Actual  *int64 // for CodeStale: what is shown
}

// The codes of problems.
const (
	CodeQuantity  = "invalid_quantity"
	CodeUnknown   = "unknown_sku"
	CodeNowhere   = "not_stocked"
	CodeStale     = "quantity_stale"
	CodePoison    = "poison"
	CodeDuplicate = "duplicate_item"
)

// Level is what is shown of a SKU in a location.
type Level struct {
	SKU      string
	Location string
	Quantity int64
	SetAt    time.Time
	Call     uint64 // the call that set it; 0 when it was no call
}

// Counts are totals since the beginning.
type Counts struct {
	Items         int    // levels that are shown
	Written       uint64 // items that took effect
	Poisoned      uint64 // items that were refused as poison
	DuplicateKeys uint64 // calls whose key had been seen with the same bytes
	KeyConflicts  uint64 // calls whose key had been seen with other bytes
	StaleWrites   uint64 // items of calls with a known key that had been written by a later call since
}

type level struct {
	sku      string
	quantity int64
	setAt    int64 // microseconds since 1970
	call     uint64
	location uint16
}

type place struct {
	sku      string
	location uint16
}

// Store is a store. It is safe for concurrent use.
type Store struct {
	setup Setup
	now   func() time.Time

	mutex  sync.Mutex
	listed map[string]bool // where setup.Listed
	levels []level         // in the order in which they came
	found  map[place]int
	keys   keys
	counts Counts

	writes    []level // the last that calls have made; a ring, of which nextWrite is the oldest once it is full
	nextWrite int
}

// New returns a store.
func New(setup Setup, now func() time.Time) *Store {
	if len(setup.Locations) == 0 {
		setup.Locations = []string{""}
	}
	s := &Store{setup: setup, now: now, listed: map[string]bool{}, found: map[place]int{}, keys: newKeys()}
	for _, sku := range setup.Items {
		s.listed[sku] = true
		for location := range setup.Locations {
			s.show(place{sku, uint16(location)}, 0, 0)
		}
	}
	return s
}

// Locations are the ids of the locations.
func (s *Store) Locations() []string {
	if s.setup.Locations[0] == "" {
		return []string{}
	}
	return s.setup.Locations
}

// Counts returns the totals.
func (s *Store) Counts() Counts {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	counts := s.counts
	counts.Items = len(s.levels)
	return counts
}

// Levels returns up to limit levels from a place on, in the order in which they came.
func (s *Store) Levels(from, limit int) []Level {
	s.mutex.Lock()
	part := slices.Clone(s.levels[min(from, len(s.levels)):min(from+limit, len(s.levels))])
	s.mutex.Unlock()
	levels := make([]Level, len(part))
	for i, level := range part {
		levels[i] = s.level(level)
	}
	return levels
}

// All calls yield with every level, as of one time.
func (s *Store) All(yield func(Level) bool) {
	s.mutex.Lock()
	all := slices.Clone(s.levels)
	s.mutex.Unlock()
	for _, level := range all {
		if !yield(s.level(level)) {
			return
		}
	}
}

func (s *Store) level(stored level) Level {
	return Level{
		SKU: stored.sku, Location: s.setup.Locations[stored.location], Quantity: stored.quantity, SetAt: time.UnixMicro(stored.setAt).UTC(),
		Call: stored.call,
	}
}

// Edit changes what is shown behind the caller's back; unknown SKUs are added to what the store knows. Nothing is changed when one
// of the items cannot be.
func (s *Store) Edit(items []Item) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	places := make([]place, len(items))
	for i, item := range items {
		location, exists := s.location(item.Location)
		switch {
		case item.SKU == "":
			return fmt.Errorf("item %d has no sku", i)
		case !exists:
			return fmt.Errorf("item %d (%s): %s", i, item.SKU, s.nowhere(item).Message)
		case item.Quantity < 0 || item.Quantity > MaxQuantity:
			return fmt.Errorf("item %d (%s): the quantity is not a whole number from 0 to %d", i, item.SKU, MaxQuantity)
		}
		places[i] = place{item.SKU, location}
	}
	for i, at := range places {
		s.listed[at.sku] = true
		s.show(at, items[i].Quantity, 0)
	}
	return nil
}

// show sets a level.
func (s *Store) show(at place, quantity int64, call uint64) {
	i, exists := s.found[at]
	if !exists {
		i = len(s.levels)
		at.sku = strings.Clone(at.sku) // not a part of the call's body, which would then stay in memory
		s.found[at] = i
		s.levels = append(s.levels, level{sku: at.sku, location: at.location})
	}
	shown := &s.levels[i]
	shown.quantity, shown.setAt, shown.call = quantity, s.now().UnixMicro(), call
	if call != 0 {
		s.keep(*shown)
	}
}

func (s *Store) location(id string) (uint16, bool) {
	i := slices.Index(s.setup.Locations, id)
	return uint16(max(i, 0)), i >= 0
}

func (s *Store) nowhere(item Item) *Problem {
	if s.setup.Locations[0] == "" {
		return &Problem{Code: CodeNowhere, Message: fmt.Sprintf("the store has no locations, and the item names %q", item.Location)}
	}
	return &Problem{Code: CodeNowhere, Message: fmt.Sprintf("the store has no location %q; it has %s", item.Location, strings.Join(s.setup.Locations, ", "))}
}
