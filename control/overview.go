package control

import (
	"context"
	"errors"
	"time"

	"github.com/tidemark/tidemark/ledger"
)

// Overview is the status of everything, and what each connection did in the last day.
type Overview struct {
	Status
	Standings []Standing `json:"standings"` // of Status.Connections, in their order
}

// Pulse is the part of the status that every page shows and that costs little: whether workers do their work, and what waits for a person.
type Pulse struct {
	Workers int `json:"workers"` // how many workers poll for work, or did within the last two minutes
	// Idle is since when a step of a run has waited for a worker, where that is longer than pickUpPatience: no worker runs, whatever Workers says, or
	// none has a free slot.
	Idle        *time.Time `json:"idle,omitempty"`
	Unreachable string     `json:"unreachable,omitempty"` // why Temporal cannot be asked; then Workers and Idle are unknown
	Holds       []OpenHold `json:"holds"`
}

// Pulse is the pulse of a status.
func (s Status) Pulse() Pulse {
	return Pulse{Workers: s.Workers, Idle: s.Idle, Unreachable: s.Unreachable, Holds: s.Holds}
}

// mostIdleChecks is how many open runs Pulse looks at: where no worker takes up work, each open run shows it.
const mostIdleChecks = 3

// idleCheckRuns is how many of the newest runs are searched for open ones.
const idleCheckRuns = 20

// Pulse looks at the workers, at some open runs, and at what waits for a person.
func (c *Control) Pulse(ctx context.Context) (Pulse, error) {
	holds, err := c.openHolds(ctx)
	if err != nil {
		return Pulse{}, err
	}
	pulse := Pulse{Holds: holds}
	if pulse.Workers, err = c.workers(ctx); err == nil {
		pulse.Idle, err = c.oldestIdle(ctx)
	}
	if err != nil {
		pulse.Unreachable = err.Error()
	}
	return pulse, ctx.Err()
}

// oldestIdle is since when a step of an open run has waited for a worker; nil where none has waited long.
func (c *Control) oldestIdle(ctx context.Context) (*time.Time, error) {
	runs, err := c.state.Runs(ctx, "", idleCheckRuns)
	if err != nil {
		return nil, err
	}
	var since *time.Time
	checks := 0
	for _, run := range runs {
		if run.EndedAt != nil || checks == mostIdleChecks {
			continue
		}
		checks++
		_, idle, err := c.pendingSteps(ctx, run.Workflow)
		if err != nil {
			return nil, err
		}
		since = earlier(since, idle)
	}
	return since, nil
}

// earlier is the earlier of two moments; nil means no moment.
func earlier(a, b *time.Time) *time.Time {
	if a == nil || b != nil && b.Before(*a) {
		return b
	}
	return a
}

// Recount counts again everything that the ledger keeps counts of, and reports the differences. It reads the whole ledger.
func (c *Control) Recount(ctx context.Context) (ledger.Recount, error) { return c.state.Recount(ctx) }

// Marks change whenever something changes that the ledger has and that faces show. What only Temporal has does not change them.
func (c *Control) Marks(ctx context.Context) (ledger.Marks, error) { return c.state.Marks(ctx) }

// Connection is a connection of the configuration, with the schedules in force.
func (c *Control) Connection(ctx context.Context, id string) (ledger.Connection, error) {
	connection, err := c.connection(ctx, id)
	if err != nil {
		return connection, err
	}
	connection, _, err = c.inForce(ctx, connection)
	return connection, err
}

// Connections are all connections of the configuration, with the schedules in force.
func (c *Control) Connections(ctx context.Context) ([]ledger.Connection, error) {
	connections, err := c.state.Connections(ctx)
	if err != nil {
		return nil, err
	}
	connections, _, err = c.allInForce(ctx, connections)
	return connections, err
}

// Standing is the condition of a connection, with the runs that decide it.
type Standing struct {
	Condition Condition `json:"condition"`
	Why       string    `json:"why,omitempty"`
	// Day are the runs of the last 24 hours, newest first.
	Day []ledger.Run `json:"day"`
	// Recent are the newest runs, newest first.
	Recent []ledger.Run `json:"recent"`
	// Smart and Full are the last completed run of everything of each mode.
	Smart *ledger.Run `json:"smart,omitempty"`
	Full  *ledger.Run `json:"full,omitempty"`
}

// shownDay is how far back Standing.Day goes.
const shownDay = 24 * time.Hour

// recentRuns is how many runs Standing.Recent has at most.
const recentRuns = 12

// Overview looks at every connection, or at the one that only names, with its last day. Without Temporal it shows what the ledger has. The schedules
// of more than ten connections are listed by one call, which may lag behind changes by other processes by a fraction of a second; see listSchedules.
func (c *Control) Overview(ctx context.Context, only string) (Overview, error) {
	status, states, err := c.statusAndStates(ctx, only, true)
	overview := Overview{Status: status, Standings: []Standing{}}
	if err != nil {
		return overview, err
	}
	for _, connection := range status.Connections {
		overview.Standings = append(overview.Standings, standing(connection, status, *states[connection.ID], c.now()))
	}
	return overview, nil
}

// standing is the standing of a connection at a moment.
func standing(connection ConnectionStatus, status Status, state ledger.ConnectionState, now time.Time) Standing {
	standing := Standing{
		Day: lastDayRuns(state.Newest, now), Recent: orEmpty(state.Newest[:min(len(state.Newest), recentRuns)]), Smart: state.Smart, Full: state.Full,
	}
	var hold *OpenHold
	for i := range status.Holds {
		if status.Holds[i].Connection == connection.ID {
			hold = &status.Holds[i]
		}
	}
	standing.Condition, standing.Why = conditionOf(connection, hold, state.Result, newerOf(state.Smart, state.Full), status.Unreachable, now)
	return standing
}

// newerOf is the newer of two runs; nil means no run.
func newerOf(a, b *ledger.Run) *ledger.Run {
	if a == nil || b != nil && b.ID > a.ID {
		return b
	}
	return a
}

// lastDayRuns are the runs that were open at some time in the last 24 hours, newest first.
func lastDayRuns(runs []ledger.Run, now time.Time) []ledger.Run {
	day := []ledger.Run{}
	for _, run := range runs {
		if run.EndedAt == nil || now.Sub(*run.EndedAt) < shownDay {
			day = append(day, run)
		}
	}
	return day
}

func noRun(id int64) error { return absentf("there is no run %d; starter runs lists them", id) }

// Run is one run. An open run has the counts that are known so far.
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

// Warehouses are all configured warehouses.
func (c *Control) Warehouses(ctx context.Context) ([]ledger.Warehouse, error) {
	return c.state.Warehouses(ctx)
}

// Store is one configured store.
func (c *Control) Store(ctx context.Context, id string) (ledger.Store, error) {
	return find(ctx, "store", id, c.state.Store, c.state.Stores, func(store ledger.Store) string { return store.ID })
}

// Warehouse is one configured warehouse.
func (c *Control) Warehouse(ctx context.Context, id string) (ledger.Warehouse, error) {
	return c.warehouse(ctx, id)
}

// Partners are the configured warehouses and stores.
func (c *Control) Partners(ctx context.Context) ([]ledger.Warehouse, []ledger.Store, error) {
	warehouses, err := c.state.Warehouses(ctx)
	if err != nil {
		return nil, nil, err
	}
	stores, err := c.state.Stores(ctx)
	return warehouses, stores, err
}

// StoreUses counts the calls to each store today, in UTC, by the store's id.
func (c *Control) StoreUses(ctx context.Context) (map[string]ledger.StoreUse, error) {
	return c.state.StoreUses(ctx, c.now())
}
