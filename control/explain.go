package control

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// RowExplanation says why a store shows the figure that it shows, for one channel SKU in one location.
type RowExplanation struct {
	Row ledger.ChannelLevelRow `json:"row"`
	// Now is the figure as it would be computed from what the ledger has at this moment; nil when the product is no longer resolved to this row.
	Now *inventory.ChannelLevel `json:"now,omitempty"`
	// Unread are levels of the product that were never read, because every row of them was refused.
	Unread []ledger.StaleLevel `json:"unread,omitempty"`
	// Spelled says in words which of the row's SKUs a listing or the warehouse spells in another way.
	Spelled []string `json:"spelled,omitempty"`
	// Run is the run that last touched the row.
	Run *ledger.Run `json:"run,omitempty"`
	// Confirmed is the run in which the store last confirmed a figure; 0 when the activity no longer has it.
	Confirmed int64 `json:"confirmed,omitempty"`
	// Activity is what happened to the row, newest first.
	Activity []ledger.ActivityEntry `json:"activity"`
}

const (
	searchedActivity  = 1000 // how many entries of a channel SKU are read, of all its locations
	explainedActivity = 10   // how many of these an explanation shows, for each location
)

// history are the entries of a row, newest first, and the run in which the store last confirmed a figure. It leaves out entries of other rows: another
// product may have the row's channel SKU as its own SKU.
func history(row ledger.ChannelLevelRow, activity []ledger.ActivityEntry) (entries []ledger.ActivityEntry, confirmed int64) {
	entries = []ledger.ActivityEntry{}
	for _, entry := range activity {
		if entry.ChannelSKU != row.ChannelSKU || entry.Location != row.Location {
			continue
		}
		if len(entries) < explainedActivity {
			entries = append(entries, entry)
		}
		if confirmed == 0 && entry.Kind == string(ledger.StatusExported) {
			confirmed = entry.Run
		}
	}
	return entries, confirmed
}

// Explain explains every figure that a connection's store shows for a channel SKU, location by location.
func (c *Control) Explain(ctx context.Context, id, channelSKU string) ([]RowExplanation, error) {
	connection, err := c.connection(ctx, id)
	if err != nil {
		return nil, err
	}
	rows, err := c.state.ChannelLevels(ctx, connection.ID, channelSKU, "", ledger.Page{Limit: 1000})
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, c.noRowsError(ctx, connection, channelSKU)
	}
	plan, err := c.state.Plan(ctx, connection.ID, ledger.Smart)
	if err != nil {
		return nil, err
	}
	activity, err := c.state.Activity(ctx, ledger.ActivityQuery{
		Merchant: connection.Merchant, SKU: channelSKU, Connection: connection.ID, Limit: searchedActivity,
	})
	if err != nil {
		return nil, err
	}
	var explanations []RowExplanation
	spelled := spelling{c.state, map[alikeKey][]string{}}
	for _, row := range rows {
		explanation := RowExplanation{Row: row}
		inputs, err := c.state.Inputs(ctx, plan, []string{row.Product})
		if err != nil {
			return nil, err
		}
		explanation.Now = resolvedLevel(inventory.Resolve(inputs[0]), row)
		if row.Run != 0 {
			run, err := c.state.Run(ctx, row.Run)
			if runs := []ledger.Run{run}; err == nil && c.markHeld(ctx, runs) == nil {
				explanation.Run = &runs[0]
			}
		}
		if inputs[0].Bundle == nil {
			if explanation.Unread, err = c.unread(ctx, connection, row.Product); err != nil {
				return nil, err
			}
		}
		if explanation.Spelled, err = spelled.lines(ctx, connection, explanation); err != nil {
			return nil, err
		}
		explanation.Activity, explanation.Confirmed = history(row, activity)
		explanations = append(explanations, explanation)
	}
	return explanations, nil
}

// Moved is true when the ledger says something else now than when the row was resolved: a level, a definition or a strategy has changed, and no run
// has resolved the row since.
func (e RowExplanation) Moved() bool {
	if e.Now == nil {
		return e.Row.Status != ledger.StatusBlocked
	}
	return e.Now.Quantity != e.Row.Quantity || e.Now.Blocked != "" && e.Row.Status != ledger.StatusBlocked || figures(e.Row.Why) != figures(e.Now.Why)
}

// figures is a canonical form of an explanation, without the times of its levels and why they are stale, which change with every fetch.
func figures(why inventory.Explanation) string {
	untimed := func(levels []inventory.FacilityFigure) []inventory.FacilityFigure {
		levels = slices.Clone(levels)
		for i := range levels {
			levels[i].ReportedAt, levels[i].Stale = nil, nil
		}
		return levels
	}
	why.Levels, why.Bundle = untimed(why.Levels), slices.Clone(why.Bundle)
	for i := range why.Bundle {
		why.Bundle[i].Levels, why.Bundle[i].Unread = untimed(why.Bundle[i].Levels), nil
	}
	form, err := json.Marshal(why)
	if err != nil {
		panic("control: an explanation cannot be written as JSON: " + err.Error())
	}
	return string(form)
}

// nowSteps explain the figure that the ledger has now; nil where it is the row's.
func (e RowExplanation) nowSteps() []inventory.Step {
	switch {
	case !e.Moved():
		return nil
	case e.Now == nil:
		return []inventory.Step{{Words: fmt.Sprintf("as the ledger has it now: nothing of %s goes out as %s any more; "+
			"the next run that looks at it pushes no more of it, and the store keeps its number", e.Row.Product, e.Row.ChannelSKU)}}
	}
	steps := []inventory.Step{{Words: "as the ledger has it now:"}}
	for _, step := range e.Now.Why.Steps() {
		step.Words = "  " + step.Words
		steps = append(steps, step)
	}
	switch {
	case e.Now.Blocked != "":
		return append(steps, inventory.Step{Words: "  the next run will push nothing: " + e.Now.Blocked})
	case e.Now.Quantity == e.Row.Quantity:
		return append(steps, inventory.StepTo(e.Now.Quantity, "  the figure is the same, %d", e.Now.Quantity))
	}
	return append(steps, inventory.StepTo(e.Now.Quantity, "  the next run will push %d", e.Now.Quantity))
}

// Lines is the explanation in words, one line for each of its Steps.
func (e RowExplanation) Lines() []string { return inventory.LinesOf(e.Steps()) }

// Steps are the explanation, from the warehouse's levels to what the store shows.
func (e RowExplanation) Steps() []inventory.Step {
	row := e.Row
	var steps []inventory.Step
	why := row.Why
	if e.Moved() {
		steps = append(steps, inventory.Step{Words: "as it was resolved last, before something changed:"})
	} else if e.Now != nil {
		why = e.Now.Why // the figures are the same, but levels may have become stale
	}
	steps = append(steps, why.Steps()...)
	for _, level := range e.Unread {
		steps = append(steps, inventory.Step{Words: unreadLine(level)})
	}
	for _, line := range e.Spelled {
		steps = append(steps, inventory.Step{Words: line})
	}
	name := row.ChannelSKU
	if row.Location != "" {
		name += " at " + row.Location
	}
	switch {
	case row.Status == ledger.StatusBlocked:
		steps = append(steps, inventory.Step{Words: fmt.Sprintf("nothing is pushed for %s: it is blocked%s%s", name, reasonSuffix(row.Reason), nextSuffix(row))})
	case row.Why.Listed:
		steps = append(steps, inventory.Step{Words: fmt.Sprintf("listing: %s is sold as %s", row.Product, name)})
	default:
		steps = append(steps, inventory.Step{Words: fmt.Sprintf("no listing: %s goes out as it is", name)})
	}
	if row.Status != ledger.StatusBlocked {
		result := inventory.StepTo(row.Quantity, "the store should show %d; status %s%s%s", row.Quantity, row.Status, reasonSuffix(row.Reason), nextSuffix(row))
		result.Result = true
		steps = append(steps, result)
	}
	switch {
	case row.Exported == nil:
		steps = append(steps, inventory.Step{Words: "what the store shows is not known: it has not confirmed a figure yet"})
	case row.LastExported != nil:
		text := fmt.Sprintf("the store confirmed %d on %s", *row.Exported, row.LastExported.UTC().Format("2006-01-02 15:04:05 UTC"))
		if e.Confirmed != 0 {
			text += fmt.Sprintf(", run %d", e.Confirmed)
		}
		steps = append(steps, inventory.StepTo(*row.Exported, "%s", text))
	default:
		steps = append(steps, inventory.StepTo(*row.Exported, "the store said that it shows %d", *row.Exported))
	}
	return append(steps, e.nowSteps()...)
}

// nextSuffix says what will make Tidemark try a refused row again.
func nextSuffix(row ledger.ChannelLevelRow) string {
	if row.Next == "" {
		return ""
	}
	return "; " + row.Next
}

// reasonSuffix is a reason after a colon; empty without a reason.
// reasonSuffix is a reason after a colon; empty without a reason.
func reasonSuffix(reason string) string {
	if reason == "" {
		return ""
	}
	return ": " + reason
}
