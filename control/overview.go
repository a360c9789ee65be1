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
	Workers int `json:"workers"` // that poll for work now, or did within two minutes
	// Idle is since when a step of a run waits for a worker, where that lasts: none runs, whatever Workers says, or none has a place for it.
	Idle        *time.Time `json:"idle,omitempty"`
	Unreachable string     `json:"unreachable,omitempty"` // why Temporal cannot be asked; then the workers are not known
	Holds       []OpenHold `json:"holds"`
}

// Pulse is that of a status.
func (s Status) Pulse() Pulse {
	return Pulse{Workers: s.Workers, Idle: s.Idle, Unreachable: s.Unreachable, Holds: s.Holds}
}

// mostIdleChecks is how many open runs Pulse looks at: where no worker takes up work, that shows in each of them.
const mostIdleChecks = 3

// idleCheckRuns is among how many of the newest runs those are looked for.
const idleCheckRuns = 20

// Pulse looks at the workers, at some of the runs that are under way, and at what waits for a person.
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

// oldestIdle is since when a step of a run that is under way waits for a worker; nil where none does for long.
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

// earlier is the earlier of two moments, of which each may be none.
func earlier(a, b *time.Time) *time.Time {
	if a == nil || b != nil && b.Before(*a) {
		return b
	}
	return a
}

// Recount counts anew what the ledger keeps counts of. It reads the whole ledger.
func (c *Control) Recount(ctx context.Context) (ledger.Recount, error) { return c.state.Recount(ctx) }

// Marks tell whether anything that the ledger knows, and that is shown, has changed since they were asked for last. What only Temporal knows has none.
func (c *Control) Marks(ctx context.Context) (ledger.Marks, error) { return c.state.Marks(ctx) }

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

// shownDay is how far back the day of a connection goes.
const shownDay = 24 * time.Hour

// recentRuns is how many runs of a connection are shown beside its day.
const recentRuns = 12

// Overview looks at every connection, or at one, with its last day. Without Temporal it shows what the ledger knows. Of more than ten connections the
// schedules are listed by one question, which may lag behind what others did by a fraction of a second; see listSchedules.
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

// standing is how a connection stands at a moment.
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

// newerOf is the newer of two runs; nil when there is none.
func newerOf(a, b *ledger.Run) *ledger.Run {
	if a == nil || b != nil && b.ID > a.ID {
		return b
	}
	return a
}

// lastDayRuns are the runs, newest first, that were under way in the last 24 hours.
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
	return find(ctx, "store", id, c.state.Store, c.state.Stores, func(store ledger.Store) string { return store.ID })
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

// StoreUses are how the stores were called today, in UTC, by store.
func (c *Control) StoreUses(ctx context.Context) (map[string]ledger.StoreUse, error) {
	return c.state.StoreUses(ctx, c.now())
}
