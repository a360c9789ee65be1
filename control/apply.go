package control

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// ApplyReport is what an apply did, or with DryRun would do. An empty one means that everything was as configured.
type ApplyReport struct {
	Changes    []ledger.Change  `json:"changes"`
	Schedules  []ScheduleChange `json:"schedules"`
	Attributes Registration     `json:"attributes"`
	Requested  []string         `json:"requested"` // connections for which a first Full Sync was requested
	Warnings   []string         `json:"warnings"`
}

// Apply makes the ledger and the schedules what the definitions say. Each step can be repeated: when it breaks off, the same apply
// again completes it.
func (c *Control) Apply(ctx context.Context, definitions ledger.Definitions, options ledger.ApplyOptions) (ApplyReport, error) {
	report := ApplyReport{Changes: []ledger.Change{}, Schedules: []ScheduleChange{}, Requested: []string{}, Warnings: []string{}}
	var err error
	before := map[string]bool{}
	if known, err := c.Ledger.Connections(ctx); err == nil {
		for _, connection := range known {
			before[connection.ID] = connection.Active()
		}
	} else {
		return report, err
	}
	if options.DryRun {
		missing, err := c.missingAttributes(ctx)
		if err != nil {
			return report, err
		}
		report.Attributes.Missing = missing
	} else if report.Attributes, err = c.register(ctx); err != nil {
		return report, err
	}
	if report.Changes, err = c.Ledger.Apply(ctx, definitions, options); err != nil {
		return report, fmt.Errorf("applying to the ledger: %w", err)
	}
	report.Changes = orEmpty(report.Changes)
	if err := c.schedules(ctx, definitions, before, options.DryRun, &report); err != nil {
		return report, err
	}
	report.Warnings = append(report.Warnings, unused(definitions)...)
	if err := c.removed(ctx, definitions, options, &report); err != nil {
		return report, err
	}
	for _, connection := range definitions.Connections {
		if err := c.firstFull(ctx, connection, before[connection.ID], options.DryRun, &report); err != nil {
			return report, err
		}
		report.Warnings = append(report.Warnings, c.advise(ctx, connection)...)
	}
	return report, nil
}

// schedules makes the schedules of every connection what they should be. before tells which connections were active.
func (c *Control) schedules(ctx context.Context, definitions ledger.Definitions, before map[string]bool, dryRun bool, report *ApplyReport) error {
	labelled := len(report.Attributes.Missing) == 0 || dryRun
	for _, connection := range definitions.Connections {
		for _, mode := range []ledger.Mode{ledger.Smart, ledger.Full} {
			id := workflows.WorkflowID(mode, connection.ID)
			done, err := c.reconcile(ctx, connection, mode, labelled, dryRun)
			switch {
			case err != nil && dryRun:
				return fmt.Errorf("nothing was changed; schedule %s: %w", id, err)
			case err != nil:
				return fmt.Errorf("the ledger is applied, schedule %s is not: %w; apply again", id, err)
			case done.change != nil:
				report.Schedules = append(report.Schedules, *done.change)
			}
			if done.paused != "" && connection.Active() && !before[connection.ID] {
				report.Warnings = append(report.Warnings, fmt.Sprintf("schedule %s stays paused (%s); starter resume %s starts it", id, done.paused, connection.ID))
			}
		}
	}
	return nil
}

// removed deals with schedules of connections that the configuration no longer has: they go with Prune, and are named without.
func (c *Control) removed(ctx context.Context, definitions ledger.Definitions, options ledger.ApplyOptions, report *ApplyReport) error {
	known := map[string]bool{}
	for _, connection := range definitions.Connections {
		known[connection.ID] = true
	}
	list, err := c.Client.ScheduleClient().List(ctx, client.ScheduleListOptions{PageSize: 500})
	if err != nil {
		return fmt.Errorf("listing the schedules: %w", err)
	}
	var orphans []string
	for list.HasNext() {
		entry, err := list.Next()
		if err != nil {
			return fmt.Errorf("listing the schedules: %w", err)
		}
		if _, connection, ours := workflows.ConnectionOf(entry.ID); ours && !known[connection] {
			orphans = append(orphans, entry.ID)
		}
	}
	sort.Strings(orphans)
	for _, id := range orphans {
		if !options.Prune {
			report.Warnings = append(report.Warnings, fmt.Sprintf("schedule %s belongs to a connection that the configuration no longer has; it goes on until you apply with --prune", id))
			continue
		}
		if !options.DryRun {
			var absent *serviceerror.NotFound
			if err := c.Client.ScheduleClient().GetHandle(ctx, id).Delete(ctx); err != nil && !errors.As(err, &absent) {
				return fmt.Errorf("removing schedule %s: %w; apply again", id, err)
			}
		}
		report.Schedules = append(report.Schedules, ScheduleChange{ID: id, Action: "removed", Detail: "its connection is no longer configured"})
	}
	return nil
}

// firstFull requests one Full Sync when a connection's inventory flow becomes enabled: it brings the store in line with the
// warehouse's figures. It is requested again when an apply broke off before it was, and never twice.
func (c *Control) firstFull(ctx context.Context, connection ledger.Connection, wasActive, dryRun bool, report *ApplyReport) error {
	if !connection.Active() {
		return nil
	}
	if wasActive {
		runs, err := c.Ledger.Runs(ctx, connection.ID, 1)
		if err != nil || len(runs) > 0 {
			return err
		}
		if open, err := c.open(ctx, workflows.WorkflowID(ledger.Full, connection.ID)); err != nil || open {
			return err
		}
	}
	report.Requested = append(report.Requested, connection.ID)
	if dryRun {
		return nil
	}
	_, err := c.request(ctx, connection, ledger.Full, workflows.SyncRequest{
		ID: fmt.Sprintf("enabled/%s/%d", connection.ID, c.Now().UnixMicro()), By: "starter apply: the connection was enabled",
	})
	return err
}

// advise warns of intervals that do not pay: shorter than an hour, or than twice the time that runs take.
func (c *Control) advise(ctx context.Context, connection ledger.Connection) []string {
	interval := Shortest(connection.Inventory.Smart)
	if interval == 0 || !connection.Active() {
		return nil
	}
	runs, err := c.Ledger.Runs(ctx, connection.ID, 200)
	if err != nil {
		return nil
	}
	p95, n := percentile95(runs)
	if !tooShort(interval, p95, n) {
		return nil
	}
	if runs, err = c.neverHeld(ctx, runs, interval/2); err != nil {
		return nil
	}
	if p95, n = percentile95(runs); !tooShort(interval, p95, n) {
		return nil
	}
	return []string{fmt.Sprintf("connection %s: Smart Sync every %s, but 95 %% of its last %d runs took up to %s; an interval below %s makes no store fresher and costs API calls",
		connection.ID, short(interval), n, short(p95.Round(time.Second)), short((2 * p95).Round(time.Minute)))}
}

// tooShort is true for an interval that does not pay, by the time that enough runs took.
func tooShort(interval, p95 time.Duration, runs int) bool {
	const enough = 5
	return runs >= enough && interval < 2*p95
}

// neverHeld leaves out the long runs that waited for a person: that is no time that a run takes.
func (c *Control) neverHeld(ctx context.Context, runs []ledger.Run, long time.Duration) ([]ledger.Run, error) {
	var left []ledger.Run
	for _, run := range runs {
		if run.EndedAt != nil && run.EndedAt.Sub(run.StartedAt) > long {
			_, err := c.Ledger.HoldOf(ctx, run.ID)
			if err == nil {
				continue
			} else if !errors.Is(err, ledger.ErrNotFound) {
				return nil, err
			}
		}
		left = append(left, run)
	}
	return left, nil
}

// unused warns of warehouses and stores that no connection uses: nothing is read from them or pushed to them.
func unused(definitions ledger.Definitions) []string {
	used := map[string]bool{}
	for _, connection := range definitions.Connections {
		used["warehouse "+connection.Warehouse], used["store "+connection.Store] = true, true
	}
	var names, warnings []string
	for _, one := range definitions.Warehouses {
		names = append(names, "warehouse "+one.ID)
	}
	for _, one := range definitions.Stores {
		names = append(names, "store "+one.ID)
	}
	for _, name := range names {
		if !used[name] {
			warnings = append(warnings, name+" is in no connection, so nothing is done with it")
		}
	}
	return warnings
}

func percentile95(runs []ledger.Run) (time.Duration, int) {
	var spans []time.Duration
	for _, run := range runs {
		if run.Mode == ledger.Smart && run.EndedAt != nil && (run.Outcome == ledger.Completed || run.Outcome == ledger.CompletedWithFailures) {
			spans = append(spans, run.EndedAt.Sub(run.StartedAt))
		}
	}
	if len(spans) == 0 {
		return 0, 0
	}
	sort.Slice(spans, func(i, j int) bool { return spans[i] < spans[j] })
	return spans[(len(spans)*95+99)/100-1], len(spans)
}

func short(span time.Duration) string {
	text := span.String()
	text = strings.TrimSuffix(text, "m0s") + map[bool]string{true: "m"}[strings.HasSuffix(text, "m0s")]
	return text
}
