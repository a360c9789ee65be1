package control

import (
	"context"
	"errors"
	"time"

	"github.com/tidemark/tidemark/ledger"
)

// Overview is how everything stands, and what each connection did in the last day.
type Overview struct {
	Status
	Standings []Standing `json:"standings"` // of Status.Connections, in their order
}

// Pulse is what everybody wants to know of the whole, and costs little: whether work is done, and what waits for a person.
type Pulse struct {
	Workers     int        `json:"workers"`               // that poll for work now
	Unreachable string     `json:"unreachable,omitempty"` // why Temporal cannot be asked; then the workers are not known
	Holds       []OpenHold `json:"holds"`
}

// Pulse is that of a status.
func (s Status) Pulse() Pulse {
	return Pulse{Workers: s.Workers, Unreachable: s.Unreachable, Holds: s.Holds}
}

// Pulse looks at the workers and at what waits for a person, and at no connection.
func (c *Control) Pulse(ctx context.Context) (Pulse, error) {
	holds, err := c.openHolds(ctx)
	if err != nil {
		return Pulse{}, err
	}
	pulse := Pulse{Holds: holds}
	if pulse.Workers, err = c.workers(ctx); err != nil {
		pulse.Unreachable = err.Error()
	}
	return pulse, ctx.Err()
}

// Connection is a connection as it is configured, with the schedules that are in force.
func (c *Control) Connection(ctx context.Context, id string) (ledger.Connection, error) {
	connection, err := c.connection(ctx, id)
	if err != nil {
		return connection, err
	}
	connection, _, err = c.inForce(ctx, connection)
	return connection, err
}

// Connections are all connections as they are configured, with the schedules that are in force.
func (c *Control) Connections(ctx context.Context) ([]ledger.Connection, error) {
	connections, err := c.state.Connections(ctx)
	if err != nil {
		return nil, err
	}
	connections, _, err = c.allInForce(ctx, connections)
	return connections, err
}

// Standing is how a connection stands, measured against its schedule.
type Standing struct {
	Condition Condition `json:"condition"`
	Why       string    `json:"why,omitempty"`
	// Day are the runs of the last 24 hours, newest first.
	Day []ledger.Run `json:"day"`
	// Recent are the newest runs, newest first.
	Recent []ledger.Run `json:"recent"`
	// Smart and Full are the last runs of everything of each mode that went through.
	Smart *ledger.Run `json:"smart,omitempty"`
	Full  *ledger.Run `json:"full,omitempty"`
}

// lookedBack is how many runs of a connection an overview reads at most. Runs of a few SKUs come with every event.
const lookedBack = 300

// recentRuns is how many runs of a connection are shown beside its day.
const recentRuns = 12

// Overview looks at every connection, or at one, with its last day. Without Temporal it shows what the ledger knows.
func (c *Control) Overview(ctx context.Context, only string) (Overview, error) {
	status, err := c.Status(ctx, only)
	overview := Overview{Status: status, Standings: []Standing{}}
	if err != nil {
		return overview, err
	}
	for _, connection := range status.Connections {
		standing, err := c.standing(ctx, connection, status)
		if err != nil {
			return overview, err
		}
		overview.Standings = append(overview.Standings, standing)
	}
	return overview, nil
}

func (c *Control) standing(ctx context.Context, connection ConnectionStatus, status Status) (Standing, error) {
	now := c.now()
	runs, err := c.Runs(ctx, connection.ID, lookedBack)
	if err != nil {
		return Standing{}, err
	}
	success, err := c.state.LastSuccess(ctx, connection.ID)
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return Standing{}, err
	}
	standing := Standing{Day: daysRuns(runs, now), Recent: runs[:min(len(runs), recentRuns)], Smart: lastThrough(runs, ledger.Smart), Full: lastThrough(runs, ledger.Full)}
	newest := lastResult(runs)
	var went *ledger.Run
	if err == nil {
		went = &success
		if own := standing.of(success.Mode); *own == nil {
			*own = went
		}
	}
	var hold *OpenHold
	for i := range status.Holds {
		if status.Holds[i].Connection == connection.ID {
			hold = &status.Holds[i]
		}
	}
	standing.Condition, standing.Why = conditionOf(connection, hold, newest, went, status.Unreachable, now)
	return standing, nil
}

// of is the last run of a mode that went through.
func (s *Standing) of(mode ledger.Mode) **ledger.Run {
	if mode == ledger.Full {
		return &s.Full
	}
	return &s.Smart
}

// daysRuns are the runs, newest first, that were under way in the last 24 hours.
func daysRuns(runs []ledger.Run, now time.Time) []ledger.Run {
	day := []ledger.Run{}
	for _, run := range runs {
		if run.EndedAt == nil || now.Sub(*run.EndedAt) < 24*time.Hour {
			day = append(day, run)
		}
	}
	return day
}

// whole is true for a run of everything that was to push.
func whole(run ledger.Run) bool { return !run.DryRun && len(run.Scope) == 0 }

// lastResult is the newest whole run, of runs newest first, that ended with a result: what was skipped, covered, cancelled or refused by a
// person says nothing about the store or the warehouse.
func lastResult(runs []ledger.Run) *ledger.Run {
	for i, run := range runs {
		switch run.Outcome {
		case ledger.Completed, ledger.CompletedWithFailures, ledger.Partial, ledger.Failed:
			if whole(run) && run.EndedAt != nil {
				return &runs[i]
			}
		case ledger.Running, ledger.Skipped, ledger.Covered, ledger.Held, ledger.RejectedOutcome, ledger.Cancelled:
		}
	}
	return nil
}

// lastThrough is the newest whole run of a mode that went through.
func lastThrough(runs []ledger.Run, mode ledger.Mode) *ledger.Run {
	for i, run := range runs {
		if run.Mode == mode && whole(run) && (run.Outcome == ledger.Completed || run.Outcome == ledger.CompletedWithFailures) {
			return &runs[i]
		}
	}
	return nil
}

func noRun(id int64) error { return absentf("there is no run %d; starter runs lists them", id) }

// Run is one run; of one that has not ended with what is known of it so far.
func (c *Control) Run(ctx context.Context, id int64) (ledger.Run, error) {
	run, err := c.state.Run(ctx, id)
	if errors.Is(err, ledger.ErrNotFound) {
		return run, noRun(id)
	}
	if err != nil || run.EndedAt != nil {
		return run, err
	}
	runs := []ledger.Run{run}
	err = c.showRunning(ctx, runs)
	return runs[0], err
}

// Warehouses are all that are configured.
func (c *Control) Warehouses(ctx context.Context) ([]ledger.Warehouse, error) {
	return c.state.Warehouses(ctx)
}

// Store is one store, as it is configured.
func (c *Control) Store(ctx context.Context, id string) (ledger.Store, error) {
	return find(ctx, "store", id, c.state.Store, c.state.Stores, func(one ledger.Store) string { return one.ID })
}

// Warehouse is one warehouse, as it is configured.
func (c *Control) Warehouse(ctx context.Context, id string) (ledger.Warehouse, error) {
	return c.warehouse(ctx, id)
}

// Partners are the warehouses and the stores, as they are configured.
func (c *Control) Partners(ctx context.Context) ([]ledger.Warehouse, []ledger.Store, error) {
	warehouses, err := c.state.Warehouses(ctx)
	if err != nil {
		return nil, nil, err
	}
	stores, err := c.state.Stores(ctx)
	return warehouses, stores, err
}
