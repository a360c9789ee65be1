// Package scenario reads what a sandbox is to be: its warehouses, its stores, and what goes wrong with them.
//
// It refuses what it does not understand, and says for every mistake in which line and column it stands.
package scenario

import "time"

// Scenario is a whole sandbox. Load fills in what was left out.
type Scenario struct {
	Seed       uint64      `yaml:"seed"`
	Token      string      `yaml:"token"`
	Trade      *Trade      `yaml:"trade"`
	Warehouses []Warehouse `yaml:"warehouses"`
	Stores     []Store     `yaml:"stores"`
}

// Trade is what happens in every warehouse by itself.
type Trade struct {
	Every Span `yaml:"every"`
	Steps int  `yaml:"steps"`
}

// Warehouse is a warehouse with generated SKUs and named items.
type Warehouse struct {
	ID         string   `yaml:"id"`
	Token      string   `yaml:"token"`
	Facilities []string `yaml:"facilities"`
	SKUs       int      `yaml:"skus"`
	Items      []Item   `yaml:"items"`
	Latency    Span     `yaml:"latency"`
	Faults     Faults   `yaml:"faults"`
}

// Item is a level that a warehouse begins with.
type Item struct {
	SKU       string `yaml:"sku"`
	Facility  string `yaml:"facility"`
	Available int64  `yaml:"available"`
	Committed int64  `yaml:"committed"`
}

// The kinds of stores.
const (
	Atomic  = "atomic"
	PerItem = "per_item"
	Feed    = "feed"
	Single  = "single"
)

// What a store knows.
const (
	KnowsAll    = "all"
	KnowsListed = "listed"
)

// Store is a store.
type Store struct {
	ID         string   `yaml:"id"`
	Token      string   `yaml:"token"`
	Kind       string   `yaml:"kind"`
	Locations  []string `yaml:"locations"`
	Knows      string   `yaml:"knows"`
	Items      []string `yaml:"items"`
	Rate       float64  `yaml:"rate"`  // calls per second
	Burst      int      `yaml:"burst"` // calls
	BatchLimit int      `yaml:"batch_limit"`
	Unnamed    bool     `yaml:"unnamed"`
	Clamp      int64    `yaml:"clamp"`
	Latency    Span     `yaml:"latency"`
	FeedDelay  Span     `yaml:"feed_delay"` // from the submission of a feed until it is done
	Faults     Faults   `yaml:"faults"`
}

// Faults is what goes wrong with the calls at a target. Parts are of 1. At most one of the drawn faults befalls a call, so the
// parts are of all calls, and together they are at most 1.
type Faults struct {
	LostAnswer       float64 `yaml:"lost_answer" json:"lost_answer"`
	Error500         float64 `yaml:"error_500" json:"error_500"`
	Throttle         float64 `yaml:"throttle" json:"throttle"`
	Slow             float64 `yaml:"slow" json:"slow"`
	WrongJSON        float64 `yaml:"wrong_json" json:"wrong_json"`
	HTML             float64 `yaml:"html" json:"html"`
	AckWithoutEffect float64 `yaml:"ack_without_effect" json:"ack_without_effect"` // stores
	Truncate         float64 `yaml:"truncate" json:"truncate"`                     // warehouses

	RetryAfter string   `yaml:"retry_after" json:"retry_after"`
	SlowFor    Span     `yaml:"slow_for" json:"slow_for"`
	Poison     []string `yaml:"poison" json:"poison"` // stores
	// PoisonWords is what the store says of a poisoned SKU, in place of its own words.
	PoisonWords  map[string]string `yaml:"poison_words" json:"poison_words"`
	Unauthorized bool              `yaml:"unauthorized" json:"unauthorized"`
	Redirect     string            `yaml:"redirect" json:"redirect"`
	RepeatPage   bool              `yaml:"repeat_page" json:"repeat_page"` // warehouses, and the rest as well
	Shrink       float64           `yaml:"shrink" json:"shrink"`
	Empty        bool              `yaml:"empty" json:"empty"`
	BadRows      float64           `yaml:"bad_rows" json:"bad_rows"`
}

// Drawn is a fault that the seed draws for each call.
type Drawn struct {
	Name string
	Part float64
}

// The names of drawn faults, as they are recorded.
const (
	LostAnswer       = "lost_answer"
	Error500         = "error_500"
	Throttle         = "throttle"
	Slow             = "slow"
	WrongJSON        = "wrong_json"
	HTML             = "html"
	AckWithoutEffect = "ack_without_effect"
	Truncate         = "truncate"
)

// Drawn are the drawn faults, always in the same order.
func (f Faults) Drawn() []Drawn {
	return []Drawn{
		{LostAnswer, f.LostAnswer},
		{Error500, f.Error500},
		{Throttle, f.Throttle},
		{Slow, f.Slow},
		{WrongJSON, f.WrongJSON},
		{HTML, f.HTML},
		{AckWithoutEffect, f.AckWithoutEffect},
		{Truncate, f.Truncate},
	}
}

// Draw returns the fault that a number from 0 to 1 stands for; empty for none.
func (f Faults) Draw(unit float64) string {
	for _, fault := range f.Drawn() {
		if unit < fault.Part {
			return fault.Name
		}
		unit -= fault.Part
	}
	return ""
}

// How a throttled call is told when to come again.
const (
	RetryAfterSeconds = "seconds"
	RetryAfterDate    = "date"
	RetryAfterNone    = "none"
)

// Span is a time span as it is written: "20ms", "3s". An empty one is 0.
type Span string

// Duration is the span; 0 when it cannot be read, which Load and Faults.Check refuse.
func (s Span) Duration() time.Duration {
	span, err := time.ParseDuration(string(s))
	if err != nil {
		return 0
	}
	return span
}

// What applies where a scenario says nothing.
const (
	DefaultToken     = "sandbox-token"
	defaultRate      = 4
	defaultBurst     = 8
	defaultFeedDelay = "500ms"
	defaultSlowFor   = "3s"
)

// defaultBatch is the most items in one call, by the kind of the store.
var defaultBatch = map[string]int{Atomic: 250, PerItem: 100, Feed: 10_000, Single: 1}

func (s *Scenario) fill() {
	fill(&s.Token, DefaultToken)
	for i := range s.Warehouses {
		w := &s.Warehouses[i]
		fill(&w.Token, s.Token)
		w.Faults.Fill()
	}
	for i := range s.Stores {
		store := &s.Stores[i]
		fill(&store.Token, s.Token)
		fill(&store.Knows, KnowsAll)
		fill(&store.Rate, defaultRate)
		fill(&store.Burst, defaultBurst)
		fill(&store.BatchLimit, defaultBatch[store.Kind])
		fill(&store.FeedDelay, defaultFeedDelay)
		store.Faults.Fill()
	}
}

// Fill fills in what was left out.
func (f *Faults) Fill() {
	fill(&f.RetryAfter, RetryAfterSeconds)
	fill(&f.SlowFor, defaultSlowFor)
}

func fill[T comparable](field *T, value T) {
	var none T
	if *field == none {
		*field = value
	}
}
