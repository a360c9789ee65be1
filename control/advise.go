package control

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// Advice says how often a connection's Smart Sync should run, judged by its latest runs.
type Advice struct {
	Connection string `json:"connection"`
	inventory.Advice
	Why []string `json:"why"` // the reasons, in sentences
	// Setting is the schedule in force.
	Setting ScheduleSetting `json:"setting"`
	// Applicable is true where the advice can be applied and would change the schedule. Applied is true where the schedule in force was applied from
	// advice, which can be undone.
	Applicable bool `json:"applicable"`
	Applied    bool `json:"applied"`
}

// advisedRuns is how many of the newest runs the advice considers.
const advisedRuns = 200

// Advise works out how often a connection's Smart Sync should run.
func (c *Control) Advise(ctx context.Context, id string) (Advice, error) {
	connection, err := c.connection(ctx, id)
	if err != nil {
		return Advice{}, err
	}
	setting, err := c.setting(ctx, id, ledger.Smart)
	if err != nil {
		return Advice{}, err
	}
	runs, err := c.state.Runs(ctx, id, advisedRuns)
	if err != nil {
		return Advice{}, err
	}
	if runs, err = c.withoutHeld(ctx, runs, medianTime(runs)); err != nil {
		return Advice{}, err
	}
	observation := observe(runs)
	observation.Interval, observation.Floor = ledger.Shortest(setting.Rules), connection.Inventory.Floor
	advice := Advice{Connection: id, Advice: inventory.Advise(observation), Setting: setting}
	advice.Why = adviceWords(advice.Advice)
	advised := advice.schedule()
	advice.Applicable = advice.Interval > 0 && !setting.ReadOnly && !advised.Same(setting.Schedule)
	advice.Applied = setting.Override != nil && setting.Override.Advised
	return advice, nil
}

// schedule is the advised schedule.
func (a Advice) schedule() ledger.Schedule {
	return ledger.Schedule{Rules: []ledger.Rule{{Every: a.Interval}}, Timezone: a.Setting.Timezone}
}

// completedSmartSync is true for a Smart Sync of everything that completed, with or without failures of items.
func completedSmartSync(run ledger.Run) bool {
	return run.Mode == ledger.Smart && pushesAll(run) && run.EndedAt != nil && (run.Outcome == ledger.Completed || run.Outcome == ledger.CompletedWithFailures)
}

// observe takes from runs what the advice is computed from.
func observe(runs []ledger.Run) inventory.Observed {
	var observation inventory.Observed
	for _, run := range runs {
		if run.Mode == ledger.Smart && run.Outcome == ledger.Skipped {
			observation.Skipped++
		}
		if !completedSmartSync(run) {
			continue
		}
		observation.Took = append(observation.Took, run.EndedAt.Sub(run.StartedAt))
		observation.ChangedRows += run.Counts.Changed
		if run.Counts.Changed > 0 {
			observation.Changed++
		}
		if run.Counts.Waits > 0 {
			observation.Waited++
		}
	}
	return observation
}

// medianTime is the time within which half of the runs ended. A run that took less cannot change the time of 95 % of them, so it does not matter
// whether it was held.
func medianTime(runs []ledger.Run) time.Duration {
	took := observe(runs).Took
	if len(took) == 0 {
		return 0
	}
	slices.Sort(took)
	return took[len(took)/2]
}

// adviceWords give the reasons for the advice, in sentences.
func adviceWords(a inventory.Advice) []string {
	if a.Runs < a.Needed {
		return []string{fmt.Sprintf("%d of %d runs: there is no advice before that many Smart Syncs of everything have gone through.", a.Runs, a.Needed)}
	}
	twice := fmt.Sprintf("95 %% of the last %d runs took up to %s", a.Runs, Span(a.P95))
	why := []string{fmt.Sprintf("%s; twice that is %s, rounded up to %s.", twice, Span(2*a.P95), intervalWords(a.Interval))}
	if a.ByFloor {
		why = []string{fmt.Sprintf("%s; twice that is less than the shortest interval that pays here, %s.", twice, intervalWords(a.Floor))}
	}
	ages := fmt.Sprintf("With %s, figures in the store are %s old on average and %s at worst", intervalWords(a.Interval), Span(a.Average), Span(a.Worst))
	if a.Today > 0 && a.Today != a.Interval {
		ages += fmt.Sprintf("; with %s, as today, %s and %s", intervalWords(a.Today), Span(a.TodayAverage), Span(a.TodayWorst))
	}
	why = append(why, ages+".")
	if a.Today > 0 && a.Today < a.P95 {
		why = append(why, "Today's interval is shorter than the runs: starts that fall into a run are dropped, and the store is no fresher for it.")
	}
	if a.Quiet {
		why = append(why, fmt.Sprintf("%d of %d runs found a change: a longer interval would lose nothing.", a.Changed, a.Runs))
	}
	if a.Waited > 0 {
		why = append(why, fmt.Sprintf("%d of %d runs waited for the store's budget; more frequent ones would wait more.", a.Waited, a.Runs))
	}
	return why
}

// applyAdvice sets the schedule of Smart Sync to the advised one; see ApplyAdvice.
func (c *Control) applyAdvice(ctx context.Context, id string, version int64, by string) (ScheduleEditResult, error) {
	advice, err := c.Advise(ctx, id)
	if err != nil {
		return ScheduleEditResult{}, err
	}
	switch {
	case advice.Interval == 0:
		return ScheduleEditResult{}, usage("nothing was changed: %s", advice.Why[0])
	case !advice.Applicable && !advice.Setting.ReadOnly:
		return ScheduleEditResult{}, usage("nothing was changed: Smart Sync of %s runs every %s already, as advised", id, intervalWords(advice.Interval))
	}
	edit := ScheduleEdit{
		Schedule: advice.schedule(), Version: version, By: by, advised: true,
		Reason: fmt.Sprintf("advised: 95 %% of %d runs took up to %s", advice.Runs, Span(advice.P95)),
	}
	if previous := advice.Setting.Override; previous != nil {
		edit.previous = new(*previous)
		if previous.Advised { // to undo it brings back the override from before the first advice
			edit.previous = previous.Previous
		} else {
			edit.previous.Previous = nil
		}
	}
	edited, err := c.editSchedule(ctx, id, ledger.Smart, edit)
	edited.Warnings = []string{} // the advice has already weighed what the general warnings say
	return edited, err
}

// undoAdvice ends the schedule that was applied from advice; see UndoAdvice.
func (c *Control) undoAdvice(ctx context.Context, id string, version int64) (ScheduleEditResult, error) {
	setting, err := c.setting(ctx, id, ledger.Smart)
	if err != nil {
		return ScheduleEditResult{}, err
	}
	switch {
	case setting.Version != version:
		return ScheduleEditResult{}, &StaleEditError{Now: setting, Wanted: setting.Default}
	case setting.Override == nil || !setting.Override.Advised:
		return ScheduleEditResult{}, usage("nothing was changed: what is in force for Smart Sync of %s was not applied from advice", id)
	}
	previous := setting.Override.Previous
	if previous == nil || previous.Ended(c.now()) || setting.ReadOnly {
		return c.clearOverride(ctx, id, ledger.Smart, version)
	}
	edited, err := c.writeOverride(ctx, setting, previous, previous.Schedule)
	edited.Warnings = []string{}
	return edited, err
}

// pushesAll is true for a run that pushes what is due of all SKUs: no dry run, and no run of named SKUs.
func pushesAll(run ledger.Run) bool { return !run.DryRun && len(run.Scope) == 0 }
