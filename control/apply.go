package control

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
	"time"

	"github.com/tidemark/tidemark/control/gateway"
	"github.com/tidemark/tidemark/crash"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// ApplyReport says what an apply did, or with DryRun would do. An empty report means that everything was as configured.
type ApplyReport struct {
	Changes    []ledger.Change  `json:"changes"`
	Schedules  []ScheduleChange `json:"schedules"`
	Attributes Registration     `json:"attributes"`
	Requested  []string         `json:"requested"` // connections for which a first Full Sync was requested
	// Overrides are the schedules that somebody set beside the configuration, with what the apply does about each.
	Overrides []OverrideFate `json:"overrides"`
	// Settings are the other settings that somebody set beside the configuration, with what the apply does about each.
	Settings []SettingFate `json:"settings"`
	Warnings []string      `json:"warnings"`
	// ChangeDays are the days of the next twelve months on which a schedule's start meets a change of its zone's clock.
	ChangeDays []ChangeDay `json:"change_days"`
}

// ApplyOptions says how far an apply goes.
type ApplyOptions struct {
	ledger.ApplyOptions
	// TakeOver takes over the schedules of the configuration's connections that belong to another ledger, or that name none.
	TakeOver bool
	// From is the host and the file that the configuration comes from, for people.
	From string
	// Choice is what to do about schedules that the file and the pages both changed. Without a choice the apply stops before it writes anything.
	Choice Choice
}

// applyOperation is the state of one apply.
type applyOperation struct {
	*Control
	definitions      ledger.Definitions
	options          ApplyOptions
	self             owner                            // what schedules are marked with
	wasActive        map[string]bool                  // the connections that the ledger had: whether they were active
	configured       map[string]bool                  // the connections that it is to have
	overrides        map[scheduleKey]*ledger.Override // what is set beside the configuration afterwards
	settingOverrides map[ledger.SettingKey]*ledger.SettingOverride
	report           *ApplyReport
}

// apply brings the ledger and the schedules to what the definitions say; see Apply.
func (c *Control) apply(ctx context.Context, definitions ledger.Definitions, options ApplyOptions) (ApplyReport, error) {
	report := ApplyReport{
		Changes: []ledger.Change{}, Schedules: []ScheduleChange{}, Requested: []string{}, Warnings: []string{}, Overrides: []OverrideFate{},
		Settings: []SettingFate{}, ChangeDays: []ChangeDay{},
	}
	a := &applyOperation{Control: c, definitions: definitions, options: options, report: &report, wasActive: map[string]bool{}, configured: map[string]bool{}}
	before, err := c.state.Connections(ctx)
	if err != nil {
		return report, err
	}
	a.definitions.Connections = asEnabled(definitions.Connections, before)
	definitions = a.definitions
	for _, connection := range before {
		a.wasActive[connection.ID] = connection.Active()
	}
	for _, connection := range definitions.Connections {
		a.configured[connection.ID] = true
	}
	identity, err := c.identity(ctx)
	if err != nil {
		return report, err
	}
	a.self = owner{ledger: identity, from: options.From}
	if err := a.checkOwners(ctx); err != nil {
		return report, err
	}
	if err := a.decideOverrides(ctx, before); err != nil {
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
	if report.Changes, err = a.applyToLedger(ctx); err != nil {
		return report, err
	}
	crash.At(crash.DefinitionsStored)
	if err := a.schedules(ctx); err != nil {
		return report, err
	}
	report.Warnings = append(report.Warnings, nothingEnabled(definitions)...)
	report.Warnings = append(report.Warnings, unusedPartners(definitions)...)
	if err := a.handleRemoved(ctx); err != nil {
		return report, err
	}
	for _, connection := range definitions.Connections {
		if err := a.requestFirstFull(ctx, connection); err != nil {
			return report, err
		}
		inForce := a.inForce(connection)
		report.Warnings = append(report.Warnings, c.advise(ctx, inForce)...)
		report.ChangeDays = append(report.ChangeDays, ComingChangeDays(inForce, c.now())...)
	}
	return report, nil
}

// asEnabled are the connections to apply. Where the configuration leaves it to the pages, a connection stays enabled or disabled as it was before.
func asEnabled(wanted, before []ledger.Connection) []ledger.Connection {
	wanted = slices.Clone(wanted)
	for i, connection := range wanted {
		at := slices.IndexFunc(before, func(other ledger.Connection) bool { return other.ID == connection.ID })
		if connection.EnabledByPages && at >= 0 {
			wanted[i].Enabled = before[at].Enabled
		}
	}
	return wanted
}

// applyToLedger writes the definitions and the decisions about overrides to the ledger.
func (a *applyOperation) applyToLedger(ctx context.Context) ([]ledger.Change, error) {
	options := a.options.ApplyOptions
	options.From, options.Now = a.options.From, a.now()
	changes, err := a.state.Apply(ctx, a.definitions, options)
	var outdated *ledger.OutdatedError
	var setting *ledger.OutdatedSettingError
	switch {
	case errors.As(err, &setting):
		return nil, usage("nothing was changed: somebody changed the setting %s at this moment; apply again", setting.Now.SettingKey)
	case errors.As(err, &outdated):
		return nil, usage("nothing was changed: somebody changed the %s schedule of %s at this moment; apply again",
			outdated.Now.Mode, outdated.Now.Connection)
	case err != nil:
		return nil, fmt.Errorf("applying to the ledger: %w", err)
	}
	return orEmpty(changes), nil
}

// checkOwners refuses ids of the configuration whose schedules or open workflows belong to another ledger.
func (a *applyOperation) checkOwners(ctx context.Context) error {
	var collisions []collision
	for _, connection := range a.definitions.Connections {
		for _, mode := range []ledger.Mode{ledger.Smart, ledger.Full} {
			id := workflows.WorkflowID(mode, connection.ID)
			described, err := a.temporal.Schedule(id).Describe(ctx)
			if err != nil && !gateway.Absent(err) {
				return fmt.Errorf("nothing was changed; schedule %s: %w", id, err)
			}
			if err == nil && a.decide(connection.ID, ownerOf(described.Schedule)) == refuse {
				collisions = append(collisions, collision{id: id, owner: ownerOf(described.Schedule)})
			}
		}
		if _, existed := a.wasActive[connection.ID]; existed {
			continue
		}
		for _, id := range workflowIDs(connection.ID) {
			_, theirs, err := a.openWorkflow(ctx, id)
			if err != nil {
				return fmt.Errorf("nothing was changed: %w", err)
			}
			if theirs != nil {
				collisions = append(collisions, collision{id: id, owner: *theirs, open: true})
			}
		}
	}
	if len(collisions) > 0 {
		return collisionError(a.self.ledger, a.temporal.Namespace(), collisions)
	}
	return nil
}

// workflowIDs are the ids of all workflows of a connection.
func workflowIDs(connection string) []string {
	return []string{workflows.WorkflowID(ledger.Smart, connection), workflows.WorkflowID(ledger.Full, connection), workflows.EventsID(connection)}
}

// decide decides what to do about an existing schedule of a connection, by its owner.
func (a *applyOperation) decide(connection string, scheduleOwner owner) verdict {
	_, existed := a.wasActive[connection]
	return belonging{
		owner: scheduleOwner.ledger, own: a.self.ledger, configured: a.configured[connection], existed: existed, takeOver: a.options.TakeOver, prune: a.options.Prune,
	}.decide()
}

// schedules brings the schedules of every connection to what they should be.
func (a *applyOperation) schedules(ctx context.Context) error {
	withAttributes := len(a.report.Attributes.Missing) == 0 || a.options.DryRun
	for _, connection := range a.definitions.Connections {
		for _, mode := range []ledger.Mode{ledger.Smart, ledger.Full} {
			id := workflows.WorkflowID(mode, connection.ID)
			done, err := a.settle(ctx, connection, mode, withAttributes)
			switch {
			case err != nil && a.options.DryRun:
				return fmt.Errorf("nothing was changed; schedule %s: %w", id, err)
			case err != nil:
				return fmt.Errorf("the ledger is applied, schedule %s is not: %w; apply again", id, err)
			case done.change != nil:
				a.report.Schedules = append(a.report.Schedules, *done.change)
			}
			if done.paused != "" && connection.Active() && !a.wasActive[connection.ID] {
				a.warn("schedule %s stays paused (%s); starter resume %s starts it", id, done.paused, connection.ID)
			}
			if done.limited != "" {
				a.warn("schedule %s %s", id, done.limited)
			}
		}
	}
	return nil
}

func (a *applyOperation) warn(format string, arguments ...any) {
	a.report.Warnings = append(a.report.Warnings, fmt.Sprintf(format, arguments...))
}

// handleRemoved deals with schedules of connections that the configuration no longer has. With Prune it removes those of this ledger, otherwise
// it warns of them. It leaves those of other ledgers alone and warns of these ledgers, because a namespace should serve one ledger only.
func (a *applyOperation) handleRemoved(ctx context.Context) error {
	ids, err := a.orphans(ctx)
	if err != nil {
		return err
	}
	others, unmarked := map[owner]int{}, []string{}
	for _, id := range ids {
		handle := a.temporal.Schedule(id)
		described, err := handle.Describe(ctx)
		if gateway.Absent(err) {
			continue // it was removed, and the list lags behind
		} else if err != nil {
			return fmt.Errorf("schedule %s: %w", id, err)
		}
		theirs := ownerOf(described.Schedule)
		_, connection, _ := workflows.ConnectionOf(id)
		switch a.decide(connection, theirs) {
		case mention:
			a.warn("schedule %s belongs to a connection that the configuration no longer has; it goes on until you apply with --prune", id)
		case remove:
			if !a.options.DryRun {
				if err := handle.Delete(ctx); err != nil && !gateway.Absent(err) {
					return fmt.Errorf("removing schedule %s: %w; apply again", id, err)
				}
			}
			a.report.Schedules = append(a.report.Schedules, ScheduleChange{ID: id, Action: "removed", Detail: "its connection is no longer configured"})
		default:
			if theirs.ledger == "" {
				unmarked = append(unmarked, id)
			} else {
				others[theirs]++
			}
		}
	}
	a.report.Warnings = append(a.report.Warnings, neighbourWarnings(a.temporal.Namespace(), others, unmarked)...)
	return nil
}

// orphans are the ids of schedules whose connection the configuration does not have, sorted.
func (a *applyOperation) orphans(ctx context.Context) ([]string, error) {
	all, err := a.temporal.ScheduleIDs(ctx)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, id := range all {
		if _, connection, ours := workflows.ConnectionOf(id); ours && !a.configured[connection] {
			ids = append(ids, id)
		}
	}
	sort.Strings(ids)
	return ids, nil
}

// requestFirstFull requests one Full Sync when a connection's inventory flow becomes enabled, which brings the store in line with the warehouse's
// figures. An apply that broke off before the request is completed by the next apply; the sync is never requested twice.
func (a *applyOperation) requestFirstFull(ctx context.Context, connection ledger.Connection) error {
	if !connection.Active() {
		return nil
	}
	if a.wasActive[connection.ID] {
		runs, err := a.state.Runs(ctx, connection.ID, 1)
		if err != nil || len(runs) > 0 {
			return err
		}
		if open, err := a.isOpen(ctx, workflows.WorkflowID(ledger.Full, connection.ID)); err != nil || open {
			return err
		}
	}
	a.report.Requested = append(a.report.Requested, connection.ID)
	if a.options.DryRun {
		return nil
	}
	_, err := a.request(ctx, connection, ledger.Full, workflows.SyncRequest{
		ID: firstFullID(connection.ID, a.now()), By: "starter apply: the connection was enabled",
	})
	return err
}

// firstFullID is the id of the request for the first Full Sync of a connection that was enabled at a moment.
func firstFullID(connection string, at time.Time) string {
	return fmt.Sprintf("enabled/%s/%d", connection, at.UnixMicro())
}

// advise warns of an interval of the Smart Sync in force that is too short to be useful.
func (c *Control) advise(ctx context.Context, connection ledger.Connection) []string {
	if !connection.Active() {
		return nil
	}
	warning, err := c.tooFast(ctx, connection.ID, connection.Inventory.Smart)
	if err != nil || warning == "" {
		return nil
	}
	return []string{warning}
}

// tooFast is a warning where the rules start Smart Sync in intervals shorter than twice the time that its runs take. It is empty where they do
// not, or where too few runs tell.
func (c *Control) tooFast(ctx context.Context, connection string, rules []ledger.Rule) (string, error) {
	interval := ledger.Shortest(rules)
	if interval == 0 {
		return "", nil
	}
	runs, err := c.state.Runs(ctx, connection, 200)
	if err != nil {
		return "", err
	}
	p95, n := percentile95(runs)
	if !tooShort(interval, p95, n) {
		return "", nil
	}
	if runs, err = c.withoutHeld(ctx, runs, interval/2); err != nil {
		return "", err
	}
	if p95, n = percentile95(runs); !tooShort(interval, p95, n) {
		return "", nil
	}
	return fmt.Sprintf("connection %s: Smart Sync every %s, but 95 %% of its last %d runs took up to %s; "+
		"an interval below %s makes no store fresher and costs API calls",
		connection, intervalWords(interval), n, Span(p95), Span((2 * p95).Round(time.Minute))), nil
}

// tooShort is true for an interval below twice the time that 95 % of enough runs took.
func tooShort(interval, p95 time.Duration, runs int) bool {
	const enough = 5
	return runs >= enough && interval < 2*p95
}

// withoutHeld leaves out the runs that took longer than long and were held: the wait for a person is not part of the time that a run takes.
func (c *Control) withoutHeld(ctx context.Context, runs []ledger.Run, long time.Duration) ([]ledger.Run, error) {
	var left []ledger.Run
	for _, run := range runs {
		if run.EndedAt != nil && run.EndedAt.Sub(run.StartedAt) > long {
			_, err := c.state.HoldOf(ctx, run.ID)
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

// nothingEnabled warns where nothing is synced because nobody has enabled a connection that the configuration leaves to the pages. Package config
// warns where the configuration itself enables none.
func nothingEnabled(definitions ledger.Definitions) []string {
	left := func(connection ledger.Connection) bool { return connection.EnabledByPages }
	if slices.ContainsFunc(definitions.Connections, ledger.Connection.Active) || !slices.ContainsFunc(definitions.Connections, left) {
		return nil
	}
	return []string{"no connection is enabled, so nothing is synced; enable those that should be on their pages, or with starter enable CONNECTION"}
}

// unusedPartners warns of warehouses and stores that no connection uses: nothing is read from them or pushed to them.
func unusedPartners(definitions ledger.Definitions) []string {
	used := map[string]bool{}
	for _, connection := range definitions.Connections {
		used["warehouse "+connection.Warehouse], used["store "+connection.Store] = true, true
	}
	var names, warnings []string
	for _, warehouse := range definitions.Warehouses {
		names = append(names, "warehouse "+warehouse.ID)
	}
	for _, store := range definitions.Stores {
		names = append(names, "store "+store.ID)
	}
	for _, name := range names {
		if !used[name] {
			warnings = append(warnings, name+" is in no connection, so nothing is done with it")
		}
	}
	return warnings
}

// percentile95 is the time within which 95 % of the completed Smart Syncs ended, and how many these are.
// percentile95 is the time within which 95 % of the completed Smart Syncs ended, and how many these are.
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
