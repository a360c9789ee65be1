package inventory

import (
	"cmp"
	"fmt"
	"strings"
)

// Step is a part of an explanation.
type Step struct {
	Words  string // without a capital letter at the beginning and a stop at the end
	Figure *int64 // the figure that the step gives; nil where it gives none
	Result bool   // the figure is what the store should show
}

// StepTo is a step that gives a figure.
func StepTo(figure int64, form string, arguments ...any) Step {
	return Step{Words: fmt.Sprintf(form, arguments...), Figure: &figure}
}

// LinesOf are the words of steps.
func LinesOf(steps []Step) []string {
	lines := make([]string, len(steps))
	for i, step := range steps {
		lines[i] = step.Words
	}
	return lines
}

// Lines is the explanation in words, a line for each of its Steps.
func (e Explanation) Lines() []string { return LinesOf(e.Steps()) }

// Steps are the explanation, from the warehouse's levels to the quantity. Their words contain names as the sources wrote them; callers that
// print them must escape control characters (Visible).
func (e Explanation) Steps() []Step {
	var steps []Step
	for _, figure := range e.Levels {
		steps = append(steps, StepTo(figure.Available, "%s", figure.line()))
	}
	if len(e.Levels) > 1 {
		steps = append(steps, StepTo(e.Resolved, "the facilities together: %d", e.Resolved))
	}
	for _, component := range e.Bundle {
		steps = append(steps, StepTo(component.Makes, "%s", component.words()))
	}
	if len(e.Bundle) > 0 {
		steps = append(steps, StepTo(e.Resolved, "the bundle %s: the least of what its components make, %d", e.Product, e.Resolved))
	}
	for _, note := range e.Notes {
		steps = append(steps, Step{Words: "note: " + note})
	}
	if e.Strategy != nil {
		steps = append(steps, e.Strategy.steps(e.Resolved)...)
	} else {
		steps = append(steps, Step{Words: "no strategy: every store sees the full figure"})
	}
	if e.Clamped {
		steps = append(steps, StepTo(0, "clamped: %d is below 0 and goes out as 0", e.Resolved))
	}
	return append(steps, StepTo(e.Quantity, "the quantity: %d", e.Quantity))
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

func (s StrategyFigure) steps(resolved int64) []Step {
	steps := []Step{StepTo(s.Distributable, "strategy: %d less a buffer of %d leaves %d to distribute", resolved, s.Buffer, s.Distributable)}
	if s.BelowMinimum {
		return append(steps, StepTo(0, "strategy: %d is below the minimum of %d, so every store shows 0", s.Distributable, s.Minimum))
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
	return append(steps, StepTo(s.Share, "strategy: %s, this store is given %d", how, s.Share))
}
