package inventory

import (
	"cmp"
	"fmt"
	"strings"
)

// Lines is the explanation in words, one line for each step from the warehouse's levels to the quantity. It contains names as the sources
// wrote them; callers that print them must escape control characters (Visible).
func (e Explanation) Lines() []string {
	var lines []string
	for _, figure := range e.Levels {
		lines = append(lines, figure.line())
	}
	if len(e.Levels) > 1 {
		lines = append(lines, fmt.Sprintf("the facilities together: %d", e.Resolved))
	}
	for _, component := range e.Bundle {
		lines = append(lines, component.words())
	}
	if len(e.Bundle) > 0 {
		lines = append(lines, fmt.Sprintf("the bundle %s: the least of what its components make, %d", e.Product, e.Resolved))
	}
	for _, note := range e.Notes {
		lines = append(lines, "note: "+note)
	}
	if e.Strategy != nil {
		lines = append(lines, e.Strategy.words(e.Resolved)...)
	} else {
		lines = append(lines, "no strategy: every store sees the full figure")
	}
	if e.Clamped {
		lines = append(lines, fmt.Sprintf("clamped: %d is below 0 and goes out as 0", e.Resolved))
	}
	return append(lines, fmt.Sprintf("the quantity: %d", e.Quantity))
}

// line says which figure of a level counts. The figure of a stale level was read earlier and is not what the warehouse reports now.
func (f FacilityFigure) line() string {
	switch {
	case f.Stale == nil:
		return "the warehouse reports " + f.words()
	case f.Stale.Zeroed:
		place := ""
		if f.Facility != "" {
			place = " in " + f.Facility
		}
		return fmt.Sprintf("%d counts%s%s", f.Available, place, f.stale())
	}
	return "the warehouse reported " + f.words() + f.stale()
}

// stale says why a stale level's figure is not what the warehouse reports now; empty for other levels.
func (f FacilityFigure) stale() string {
	if f.Stale == nil {
		return ""
	}
	return "; stale: " + f.Stale.Words() + "; " + f.Stale.Consequence()
}

func (f FacilityFigure) words() string {
	text := fmt.Sprintf("%d available", f.Available)
	if f.Facility != "" {
		text += " in " + f.Facility
	}
	if f.ReportedAt != nil {
		text += f.ReportedAt.UTC().Format(", taken on 2006-01-02 15:04:05 UTC")
	}
	return text
}

func (c ComponentFigure) words() string {
	if c.Unread != nil {
		return fmt.Sprintf("component %s, %d in a bundle: never read, for %s; makes %d", c.SKU, c.Count, c.Unread.Words(), c.Makes)
	}
	if !c.Reported {
		return fmt.Sprintf("component %s, %d in a bundle: never reported, makes %d", c.SKU, c.Count, c.Makes)
	}
	parts := make([]string, len(c.Levels))
	for i, figure := range c.Levels {
		parts[i] = fmt.Sprintf("%d in %s", figure.Available, cmp.Or(figure.Facility, "no facility"))
	}
	split := ""
	if len(parts) > 1 {
		split = " (" + strings.Join(parts, ", ") + ")"
	}
	text := fmt.Sprintf("component %s, %d in a bundle: %d available%s, makes %d", c.SKU, c.Count, c.Available, split, c.Makes)
	for _, figure := range c.Levels {
		if stale := figure.stale(); stale != "" && len(parts) > 1 {
			text += "; " + cmp.Or(figure.Facility, "no facility") + " is" + strings.TrimPrefix(stale, ";")
		} else {
			text += stale
		}
	}
	return text
}

func (s StrategyFigure) words(resolved int64) []string {
	lines := []string{fmt.Sprintf("strategy: %d less a buffer of %d leaves %d to distribute", resolved, s.Buffer, s.Distributable)}
	if s.BelowMinimum {
		return append(lines, fmt.Sprintf("strategy: %d is below the minimum of %d, so every store shows 0", s.Distributable, s.Minimum))
	}
	stores := fmt.Sprintf("%d stores", s.Stores)
	if s.Stores == 1 {
		stores = "1 store"
	}
	how := map[Distribution]string{
		DistributeEqual:    "shared equally among " + stores,
		DistributeWeighted: "shared by weight among " + stores,
		DistributePriority: "shared by priority among " + stores,
		DistributeAll:      "every store sees all of it",
	}[s.Distribution]
	if how == "" {
		how = fmt.Sprintf("the distribution %q is not known and gives nothing", s.Distribution)
	}
	return append(lines, fmt.Sprintf("strategy: %s, this store is given %d", how, s.Share))
}
