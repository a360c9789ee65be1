package inventory

import (
	"cmp"
	"fmt"
	"slices"
)

// Resolve returns what one store should show of one product: a level for each location and channel SKU, in this order.
//
// The order of the steps is fixed: the levels of the location's facilities are summed; a bundle is computed from its components; the
// strategy is applied; a negative figure is raised to 0; the figure is assigned to each listing. The order of anything in the input never
// matters.
//
// A product that was never reported and is no bundle has no level at all, because absence is not zero. A product that is reported, but not
// in the facilities of a location, is 0 there. A bundle with a component that was never reported is 0. A bundle that is invalid by itself
// (see CheckBundles) is blocked.
func Resolve(input Input) []ChannelLevel {
	if input.Bundle == nil && len(input.Levels[input.Product]) == 0 {
		return nil
	}
	targets := input.targets()
	locations := input.storeLocations()
	levels := make([]ChannelLevel, 0, len(locations)*len(targets))
	for _, location := range locations {
		why, newest, blocked := input.explain(location)
		for _, target := range targets {
			level := ChannelLevel{Location: location.id, ChannelSKU: target.sku, Quantity: why.Quantity, Blocked: blocked, Why: why, Newest: newest}
			level.Why.Listed = target.listed
			if level.Blocked == "" {
				level.Blocked = target.blocked
			}
			levels = append(levels, level)
		}
	}
	return levels
}

// target is a channel SKU under which the product is pushed.
type target struct {
	sku     string
	listed  bool
	blocked string
}

// targets are the distinct channel SKUs of the product, in order.
func (i Input) targets() []target {
	var targets []target
	for _, listing := range i.Listings {
		if listing.ChannelSKU != "" {
			targets = append(targets, target{sku: listing.ChannelSKU, listed: true})
		}
	}
	if len(targets) > 0 {
		slices.SortFunc(targets, func(a, b target) int { return cmp.Compare(a.sku, b.sku) })
		return slices.Compact(targets)
	}
	own := target{sku: i.Product}
	switch {
	case i.TakenBy != "":
		own.blocked = fmt.Sprintf("the store knows %s as the listing of %s, so the unlisted product of the same SKU is held back; give it a listing", i.Product,
			i.TakenBy)
	case i.Unlisted == UnlistedBlock:
		own.blocked = fmt.Sprintf("%s has no listing on this store, and unlisted SKUs are blocked; give it a listing", i.Product)
	}
	return []target{own}
}

// storeLocation is a location of the store, or the whole store.
type storeLocation struct {
	id         string
	whole      bool // all facilities count
	facilities map[string]bool
}

// storeLocations are the distinct locations, in order. A location that is given twice shows the facilities of both entries.
func (i Input) storeLocations() []storeLocation {
	if len(i.Locations) == 0 {
		return []storeLocation{{whole: true}}
	}
	locations := make([]storeLocation, 0, len(i.Locations))
	for _, location := range i.Locations {
		index := slices.IndexFunc(locations, func(p storeLocation) bool { return p.id == location.ID })
		if index < 0 {
			index = len(locations)
			locations = append(locations, storeLocation{id: location.ID, facilities: map[string]bool{}})
		}
		for _, facility := range location.Facilities {
			locations[index].facilities[facility] = true
		}
	}
	slices.SortFunc(locations, func(a, b storeLocation) int { return cmp.Compare(a.id, b.id) })
	return locations
}

// explain computes the figure of a location with its explanation, the newest version of the levels that it was computed from, and the
// reason why it must not be pushed; that is empty when it may be.
func (i Input) explain(location storeLocation) (why Explanation, newest int64, blocked string) {
	why.Product = i.Product
	if i.Bundle != nil {
		newest, blocked = i.bundle(location, &why)
	} else {
		sum := i.sum(i.Product, location)
		why.Levels, why.Resolved, newest = sum.figures, sum.total, sum.newest
		why.Notes = append(why.Notes, sum.notes...)
		if len(sum.figures) == 0 {
			why.Notes = append(why.Notes, fmt.Sprintf("no stock is reported in the facilities of location %s", location.id))
		}
	}
	why.Quantity = why.Resolved
	if i.Strategy != nil {
		figure := i.Strategy.apply(why.Resolved, i.Connection, i.Sharing)
		why.Strategy, why.Quantity = &figure, figure.Share
	}
	why.Clamped = why.Resolved < 0
	why.Quantity = min(max(why.Quantity, 0), MaxQuantity)
	return why, newest, blocked
}

// bundle computes how many bundles the components make: the least over all components.
func (i Input) bundle(location storeLocation, why *Explanation) (newest int64, blocked string) {
	if problems := i.Bundle.check(); len(problems) > 0 {
		return 0, problems[0].Error()
	}
	if len(i.Levels[i.Product]) > 0 && !slices.ContainsFunc(i.Bundle.Components, func(c Component) bool { return c.SKU == i.Product }) {
		why.Notes = append(why.Notes, fmt.Sprintf("the warehouse reports levels of the bundle %s itself; they do not count, its components do", i.Product))
	}
	notes := map[string][]string{}
	for _, component := range i.Bundle.Components {
		sum := i.sum(component.SKU, location)
		notes[component.SKU], newest = sum.notes, max(newest, sum.newest)
		figure := ComponentFigure{
			SKU: component.SKU, Count: component.Count, Available: sum.total, Makes: floor(sum.total, component.Count),
			Reported: len(i.Levels[component.SKU]) > 0, Levels: sum.figures,
		}
		if unread := i.Unread[component.SKU]; len(unread) > 0 && !figure.Reported {
			figure.Unread = &unread[0].Stale
		}
		why.Bundle = append(why.Bundle, figure)
	}
	slices.SortFunc(why.Bundle, func(a, b ComponentFigure) int { return cmp.Compare(a.SKU, b.SKU) })
	why.Resolved = why.Bundle[0].Makes
	for _, component := range why.Bundle {
		why.Resolved = min(why.Resolved, component.Makes)
		switch {
		case component.Unread != nil:
			why.Notes = append(why.Notes, fmt.Sprintf("component %s was never read, for its rows were refused: 0", component.SKU))
		case !component.Reported:
			why.Notes = append(why.Notes, fmt.Sprintf("component %s was never reported: 0", component.SKU))
		case len(component.Levels) == 0:
			why.Notes = append(why.Notes, fmt.Sprintf("component %s: no stock is reported in the facilities of location %s", component.SKU, location.id))
		}
		why.Notes = append(why.Notes, notes[component.SKU]...)
	}
	return newest, ""
}

// sum is the stock of an SKU in a location.
type sum struct {
	figures []FacilityFigure
	total   int64
	newest  int64 // the greatest version of the levels
	notes   []string
}

// sum adds the levels of an SKU in the facilities of a location. It cannot overflow: each summand and the total stay within ±MaxQuantity.
func (i Input) sum(sku string, location storeLocation) sum {
	var s sum
	for _, level := range i.Levels[sku] {
		if !location.whole && !location.facilities[level.Facility] {
			continue
		}
		figure := FacilityFigure{Facility: level.Facility, Available: level.Available, Stale: level.Stale}
		if !level.ReportedAt.IsZero() {
			reported := level.ReportedAt
			figure.ReportedAt = &reported
		}
		s.figures = append(s.figures, figure)
		s.total += bounded(level.Available)
		s.newest = max(s.newest, level.Version)
	}
	slices.SortFunc(s.figures, compareFigures)
	if total := bounded(s.total); total != s.total {
		s.notes = append(s.notes, fmt.Sprintf("the facilities of %s sum to %d; %d is the most that counts", sku, s.total, total))
		s.total = total
	}
	return s
}

func compareFigures(a, b FacilityFigure) int {
	order := cmp.Or(cmp.Compare(a.Facility, b.Facility), cmp.Compare(a.Available, b.Available))
	if order != 0 || a.ReportedAt == nil || b.ReportedAt == nil {
		return order
	}
	return a.ReportedAt.Compare(*b.ReportedAt)
}

func bounded(figure int64) int64 { return min(max(figure, -MaxQuantity), MaxQuantity) }

// floor divides and rounds towards minus infinity. The divisor is at least 1.
func floor(available, count int64) int64 {
	quotient := available / count
	if available%count < 0 {
		quotient--
	}
	return quotient
}
