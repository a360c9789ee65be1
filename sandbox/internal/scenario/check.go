package scenario

import (
	"fmt"
	"maps"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Problem is something that cannot be used, at a path like "$.stores[1].kind".
type Problem struct {
	Path    string
	Message string
}

// The limits of a scenario.
const (
	maxSKUs      = 10_000_000
	maxPlaces    = 1000 // facilities of a warehouse, locations of a store
	maxRate      = 1_000_000
	minRate      = 0.001
	maxBatch     = 100_000
	maxLatency   = 10 * time.Minute
	maxSteps     = 1_000_000
	maxCommitted = math.MaxInt32
)

var validID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`)

// checker collects problems.
type checker struct{ problems []Problem }

func (c *checker) fail(path, format string, arguments ...any) {
	c.problems = append(c.problems, Problem{path, fmt.Sprintf(format, arguments...)})
}

func within[T int | int64 | float64](c *checker, path string, value, least, most T) {
	if !(value >= least && value <= most) { // NaN is in no range
		c.fail(path, "expected a number from %v to %v, found %v", least, most, value)
	}
}

func (c *checker) choice(path, value string, choices ...string) {
	if !slices.Contains(choices, value) {
		c.fail(path, "expected one of %s, found %q", strings.Join(choices, ", "), value)
	}
}

func (c *checker) span(path string, value Span, least time.Duration) {
	if value == "" {
		return
	}
	span, err := time.ParseDuration(string(value))
	if err != nil || span < least || span > maxLatency {
		c.fail(path, "expected a time span from %v to %v, like 20ms or 3s, found %q", least, maxLatency, string(value))
	}
}

// unique refuses empty and repeated names.
func (c *checker) unique(path, what string, names []string) {
	seen := map[string]bool{}
	for i, name := range names {
		switch at := fmt.Sprintf("%s[%d]", path, i); {
		case name == "":
			c.fail(at, "expected the name of a %s, found nothing", what)
		case seen[name]:
			c.fail(at, "the %s %q is there twice; remove one", what, name)
		}
		seen[name] = true
	}
}

func (s *Scenario) check() []Problem {
	c := &checker{}
	if len(s.Warehouses)+len(s.Stores) == 0 {
		c.fail("$", "there are no warehouses and no stores; name at least one")
	}
	if s.Trade != nil {
		if s.Trade.Every == "" {
			c.fail("$.trade", "expected every, like every: 2s")
		}
		c.span("$.trade.every", s.Trade.Every, time.Millisecond)
		within(c, "$.trade.steps", s.Trade.Steps, 1, maxSteps)
	}
	ids := map[string]bool{}
	for i := range s.Warehouses {
		path := fmt.Sprintf("$.warehouses[%d]", i)
		c.id(path, "warehouse", s.Warehouses[i].ID, ids)
		c.warehouse(path, &s.Warehouses[i])
	}
	ids = map[string]bool{}
	for i := range s.Stores {
		path := fmt.Sprintf("$.stores[%d]", i)
		c.id(path, "store", s.Stores[i].ID, ids)
		c.store(path, &s.Stores[i])
	}
	return c.problems
}

func (c *checker) id(path, what, id string, seen map[string]bool) {
	switch {
	case !validID.MatchString(id):
		c.fail(path+".id", "expected an id of 1 to 63 letters, digits and -_. for the %s, found %q", what, id)
	case seen[id]:
		c.fail(path+".id", "there are two %ss %q; rename one", what, id)
	}
	seen[id] = true
}

func (c *checker) warehouse(path string, w *Warehouse) {
	c.unique(path+".facilities", "facility", w.Facilities)
	within(c, path+".facilities", len(w.Facilities), 0, maxPlaces)
	within(c, path+".skus", w.SKUs, 0, maxSKUs)
	c.span(path+".latency", w.Latency, 0)
	type place struct{ sku, facility string }
	seen := map[place]bool{}
	for i, item := range w.Items {
		at := fmt.Sprintf("%s.items[%d]", path, i)
		switch {
		case item.SKU == "":
			c.fail(at, "the item has no sku")
		case seen[place{item.SKU, item.Facility}]:
			c.fail(at, "the item %q is there twice in the facility %q; remove one", item.SKU, item.Facility)
		case len(w.Facilities) == 0 && item.Facility != "":
			c.fail(at+".facility", "the warehouse has no facilities; name %q there, or leave it out here", item.Facility)
		case len(w.Facilities) > 0 && !slices.Contains(w.Facilities, item.Facility):
			c.fail(at+".facility", "expected one of %s, found %q", strings.Join(w.Facilities, ", "), item.Facility)
		}
		seen[place{item.SKU, item.Facility}] = true
		within(c, at+".committed", item.Committed, 0, maxCommitted)
	}
	c.faults(path+".faults", w.Faults, false)
}

func (c *checker) store(path string, s *Store) {
	c.choice(path+".kind", s.Kind, Atomic, PerItem, Feed, Single)
	c.unique(path+".locations", "location", s.Locations)
	within(c, path+".locations", len(s.Locations), 0, maxPlaces)
	c.unique(path+".items", "SKU", s.Items)
	if s.Knows != "" {
		c.choice(path+".knows", s.Knows, KnowsAll, KnowsListed)
	}
	if s.Rate != 0 {
		within(c, path+".rate", s.Rate, minRate, maxRate)
	}
	within(c, path+".burst", s.Burst, 0, maxRate)
	within(c, path+".batch_limit", s.BatchLimit, 0, maxBatch)
	within(c, path+".clamp", s.Clamp, 0, 1_000_000_000)
	if s.Unnamed && s.Kind != Atomic && s.Kind != Feed {
		c.fail(path+".unnamed", "a store of the kind %s names every item in its answer; leave it out", s.Kind)
	}
	c.span(path+".latency", s.Latency, 0)
	c.span(path+".feed_delay", s.FeedDelay, time.Millisecond)
	c.faults(path+".faults", s.Faults, true)
}

// Check says what is wrong with the faults of a store or a warehouse.
func (f Faults) Check(store bool) []Problem {
	c := &checker{}
	c.faults("faults", f, store)
	return c.problems
}

func (c *checker) faults(path string, f Faults, store bool) {
	sum := 0.0
	for _, fault := range f.Drawn() {
		within(c, path+"."+fault.Name, fault.Part, 0, 1)
		sum += fault.Part
	}
	if sum > 1+1e-9 {
		c.fail(path, "at most one of the faults befalls a call, but their parts sum to %v; make them 1 or less", sum)
	}
	within(c, path+".shrink", f.Shrink, 0, 1)
	within(c, path+".bad_rows", f.BadRows, 0, 1)
	if f.RetryAfter != "" {
		c.choice(path+".retry_after", f.RetryAfter, RetryAfterSeconds, RetryAfterDate, RetryAfterNone)
	}
	c.span(path+".slow_for", f.SlowFor, 0)
	c.unique(path+".poison", "SKU", f.Poison)
	for _, sku := range slices.Sorted(maps.Keys(f.PoisonWords)) {
		if !slices.Contains(f.Poison, sku) {
			c.fail(path+".poison_words", "%q is not among the SKUs of poison", sku)
		}
	}
	if f.Redirect != "" {
		if address, err := url.Parse(f.Redirect); err != nil || address.Host == "" {
			c.fail(path+".redirect", "expected an address like http://127.0.0.1:9999/, found %q", f.Redirect)
		}
	}
	only := func(what, other string, fields map[string]bool) {
		for _, field := range slices.Sorted(maps.Keys(fields)) {
			if fields[field] {
				c.fail(path+"."+field, "this fault is for %s, and this is a %s; leave it out", what, other)
			}
		}
	}
	if store {
		only("warehouses", "store", map[string]bool{
			"truncate": f.Truncate != 0, "repeat_page": f.RepeatPage, "shrink": f.Shrink != 0, "empty": f.Empty, "bad_rows": f.BadRows != 0,
		})
	} else {
		only("stores", "warehouse", map[string]bool{
			"ack_without_effect": f.AckWithoutEffect != 0, "poison": len(f.Poison) > 0,
			"poison_words": len(f.PoisonWords) > 0,
		})
	}
}
