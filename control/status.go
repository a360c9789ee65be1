package control

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tidemark/tidemark/control/gateway"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// Status is the status of everything.
type Status struct {
	Workers     int                `json:"workers"`               // how many workers poll for work, or did within the last two minutes
	Idle        *time.Time         `json:"idle,omitempty"`        // since when a step of a run has waited for a worker, where that is long; see Pulse
	Unreachable string             `json:"unreachable,omitempty"` // why Temporal cannot be asked; then workers and schedules are unknown
	Connections []ConnectionStatus `json:"connections"`
	Holds       []OpenHold         `json:"holds"`
	// Snapshots are those last snapshots of warehouses of which rows, or the whole, were refused or held.
	Snapshots []ledger.SnapshotEntry `json:"snapshots"`
	// Stale are the warehouses with levels whose last row was refused.
	Stale []WarehouseStale `json:"stale"`
	// Intakes are the intakes that cannot record what they have read.
	Intakes []IntakeStatus `json:"intakes"`
}

// OpenHold is a run that waits for a person.
type OpenHold struct {
	ledger.Hold
	// DecideBy is when the run ends if nobody decides; nil when its warehouse is gone or sets no time.
	DecideBy *time.Time `json:"decide_by,omitempty"`
}

// ConnectionStatus is the status of a connection.
type ConnectionStatus struct {
	// Connection is as the configuration has it, with the schedules in force.
	ledger.Connection
	Schedules []ScheduleStatus        `json:"schedules"`
	Settings  []ScheduleSetting       `json:"settings"` // the settings of its schedules, and where they come from
	Rows      map[ledger.Status]int64 `json:"rows"`     // how many rows have each status
	Last      *ledger.Run             `json:"last,omitempty"`
	Holder    *ledger.Holder          `json:"holder,omitempty"`    // the run that has the store now
	Open      []OpenRun               `json:"open"`                // runs that have not ended, oldest first
	Today     *StoreToday             `json:"today,omitempty"`     // the calls to its store today; nil where the store was never called
	Left      []ledger.Left           `json:"left,omitempty"`      // figures that stay in the store at places that the connection no longer pushes to
	Kept      string                  `json:"kept,omitempty"`      // in words, the rows that keep their figures because a person rejected to take them to 0
	KeptRows  int64                   `json:"kept_rows,omitempty"` // how many rows that are
	KeptRuns  []int64                 `json:"kept_runs,omitempty"` // the runs of these rejections, newest first: approving one lifts its rejection
}

// StoreToday counts the calls to a store on this day, in UTC, by all its connections together.
type StoreToday struct {
	Calls     int64      `json:"calls"`
	Throttled int64      `json:"throttled"`          // how many responses asked to slow down
	Answered  *time.Time `json:"answered,omitempty"` // when the last call, of any day that the ledger still has, was answered
}

// ScheduleStatus is the status of a schedule.
type ScheduleStatus struct {
	ID      string     `json:"id"`
	Missing bool       `json:"missing,omitempty"` // it is configured, but Temporal does not have it
	Paused  bool       `json:"paused,omitempty"`
	Note    string     `json:"note,omitempty"`
	Next    *time.Time `json:"next,omitempty"`
	Skipped int        `json:"skipped"` // starts that the schedule's own overlap policy dropped
	Missed  int        `json:"missed"`  // starts that were too late to be made up for
	// Ledger is the identity of another ledger that the schedule belongs to; empty where it belongs to this one.
	Ledger string `json:"ledger,omitempty"`
	// Remaining is how many more starts it makes, where somebody limited them.
	Remaining *int `json:"remaining,omitempty"`
}

// Status looks at every connection, or at the one that only names. Without Temporal it shows what the ledger has.
func (c *Control) Status(ctx context.Context, only string) (Status, error) {
	status, _, err := c.statusAndStates(ctx, only, false)
	return status, err
}

// statusAndStates is Status, with the ledger's state of each connection by id. Where lists is true, the schedules of many connections are listed by
// one call, and what a list does not have is left out: their owner, and how many of their starts were skipped, missed or are left.
func (c *Control) statusAndStates(ctx context.Context, only string, lists bool) (Status, map[string]*ledger.ConnectionState, error) {
	status := Status{
		Connections: []ConnectionStatus{}, Holds: []OpenHold{}, Snapshots: []ledger.SnapshotEntry{}, Intakes: []IntakeStatus{}, Stale: []WarehouseStale{},
	}
	connections, err := c.state.Connections(ctx)
	if err != nil {
		return status, nil, err
	}
	if only != "" {
		connection, err := c.connection(ctx, only)
		if err != nil {
			return status, nil, err
		}
		connections = []ledger.Connection{connection}
	}
	connections, settings, err := c.allInForce(ctx, connections)
	if err != nil {
		return status, nil, err
	}
	status.Connections = make([]ConnectionStatus, len(connections))
	ids := make([]string, len(connections))
	for i, connection := range connections {
		ids[i] = connection.ID
	}
	states, err := c.state.ConnectionStates(ctx, ids, c.now().Add(-shownDay))
	if err != nil {
		return status, nil, err
	}
	if status.Holds, err = c.openHolds(ctx); err != nil {
		return status, nil, err
	}
	var holds []ledger.Hold
	for _, hold := range status.Holds {
		holds = append(holds, hold.Hold)
	}
	uses, err := c.state.StoreUses(ctx, c.now())
	if err != nil {
		return status, nil, err
	}
	for i, connection := range connections {
		state := states[connection.ID]
		showState(state, holds)
		status.Connections[i] = connectionStatus(connection, settings[connection.ID], *state)
		if use, called := uses[connection.Store]; called {
			status.Connections[i].Today = storeToday(use)
		}
	}
	warehouses := warehousesOf(connections)
	if err := c.lookAtWarehouses(ctx, &status, warehouses); err != nil {
		return status, nil, err
	}
	err = c.askTemporal(ctx, &status, warehouses, lists)
	if ctx.Err() != nil {
		return status, nil, ctx.Err()
	}
	if err != nil {
		status.Unreachable = err.Error()
	}
	for _, connection := range status.Connections {
		for _, run := range connection.Open {
			status.Idle = earlier(status.Idle, run.Idle)
		}
	}
	return status, states, nil
}

// askTemporal adds what only Temporal knows.
func (c *Control) askTemporal(ctx context.Context, status *Status, warehouses []string, lists bool) (err error) {
	if status.Workers, err = c.workers(ctx); err != nil {
		return err
	}
	if status.Intakes, err = c.intakes(ctx, warehouses); err != nil {
		return err
	}
	var listed map[string]gateway.ListedSchedule
	if lists {
		listed = c.listSchedules(ctx, len(status.Connections))
	}
	return inParallel(ctx, len(status.Connections), func(ctx context.Context, i int) error {
		return c.askConnection(ctx, &status.Connections[i], listed)
	})
}

// askConnection adds what only Temporal knows about a connection.
func (c *Control) askConnection(ctx context.Context, connection *ConnectionStatus, listed map[string]gateway.ListedSchedule) error {
	for _, mode := range []ledger.Mode{ledger.Smart, ledger.Full} {
		schedule, isListed := c.listedStatus(listed, connection.Connection, mode)
		if !isListed {
			var err error
			if schedule, err = c.scheduleStatus(ctx, connection.Connection, mode); err != nil {
				return err
			}
		}
		if schedule != nil {
			connection.Schedules = append(connection.Schedules, *schedule)
		}
	}
	for n := range connection.Open {
		var err error
		if connection.Open[n].Retry, connection.Open[n].Idle, err = c.pendingSteps(ctx, connection.Open[n].Workflow); err != nil {
			return err
		}
	}
	return nil
}

// questionsAtOnce is how many connections are looked at at the same time. Each takes some calls, one after the other.
const questionsAtOnce = 8

// inParallel calls look for 0 to n-1, questionsAtOnce at a time. The first error ends it.
func inParallel(ctx context.Context, n int, look func(ctx context.Context, i int) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(questionsAtOnce)
	for i := range n {
		group.Go(func() error { return look(ctx, i) })
	}
	return group.Wait()
}

func (c *Control) openHolds(ctx context.Context) ([]OpenHold, error) {
	holds, err := c.state.OpenHolds(ctx)
	if err != nil {
		return nil, err
	}
	open := make([]OpenHold, len(holds))
	for i, hold := range holds {
		open[i].Hold = hold
		warehouse, err := c.state.Warehouse(ctx, hold.Warehouse)
		if err != nil && !errors.Is(err, ledger.ErrNotFound) {
			return nil, err
		}
		if within := warehouse.Guard.DecideWithin; within > 0 {
			open[i].DecideBy = new(hold.At.Add(within))
		}
	}
	return open, nil
}

// Holds are the runs that wait for a person.
func (c *Control) Holds(ctx context.Context) ([]OpenHold, error) { return c.openHolds(ctx) }

// Due is how many rows of a connection are due to be pushed.
func (c *Control) Due(ctx context.Context, id string) (int64, error) {
	due, err := c.state.Due(ctx, id, nil)
	return due.Rows, err
}

// Runs lists runs, newest first; an empty connection means all.
func (c *Control) Runs(ctx context.Context, connection string, limit int) ([]ledger.Run, error) {
	if connection != "" {
		if _, err := c.connection(ctx, connection); err != nil {
			return nil, err
		}
	}
	runs, err := c.state.Runs(ctx, connection, limit)
	if err != nil {
		return nil, err
	}
	return orEmpty(runs), c.showRunning(ctx, runs)
}

// markHeld gives runs that wait for a person the outcome held. In the ledger their outcome is running, because they have not ended.
func (c *Control) markHeld(ctx context.Context, runs []ledger.Run) error {
	holds, err := c.state.OpenHolds(ctx)
	if err != nil {
		return err
	}
	for i := range runs {
		runs[i] = withHeldOutcome(runs[i], holds)
	}
	return nil
}

// withHeldOutcome is a run, with the outcome held where it waits for a person.
func withHeldOutcome(run ledger.Run, holds []ledger.Hold) ledger.Run {
	if run.Outcome == ledger.Running && slices.ContainsFunc(holds, func(hold ledger.Hold) bool { return hold.Run == run.ID }) {
		run.Outcome = ledger.Held
	}
	return run
}

// connectionStatus is the status of a connection, as far as the ledger has it.
func connectionStatus(connection ledger.Connection, settings []ScheduleSetting, state ledger.ConnectionState) ConnectionStatus {
	status := ConnectionStatus{
		Connection: connection, Schedules: []ScheduleStatus{}, Settings: settings, Rows: state.Rows, Open: []OpenRun{}, Left: state.Left, Holder: state.Holder,
		Kept: state.Kept.Words(), KeptRows: state.Kept.Rows, KeptRuns: state.Kept.Runs,
	}
	for _, run := range state.Open {
		status.Open = append(status.Open, OpenRun{Run: run})
	}
	if len(state.Newest) > 0 {
		status.Last = &state.Newest[0]
	}
	return status
}

func storeToday(use ledger.StoreUse) *StoreToday {
	today := &StoreToday{Calls: use.Calls, Throttled: use.Throttled}
	if !use.Answered.IsZero() {
		today.Answered = &use.Answered
	}
	return today
}

// showState fills in what the open runs of a state have pushed so far, and gives those that wait for a person the outcome held.
func showState(state *ledger.ConnectionState, holds []ledger.Hold) {
	for _, runs := range [][]ledger.Run{state.Newest, state.Open} {
		for i := range runs {
			if pushed, ok := state.Done[runs[i].ID]; ok {
				showPushed(&runs[i], pushed)
			}
			runs[i] = withHeldOutcome(runs[i], holds)
		}
	}
}

// scheduleStatus is the status of a schedule; nil when there is none and none is wanted.
func (c *Control) scheduleStatus(ctx context.Context, connection ledger.Connection, mode ledger.Mode) (*ScheduleStatus, error) {
	id := workflows.WorkflowID(mode, connection.ID)
	described, err := c.temporal.Schedule(id).Describe(ctx)
	if gateway.Absent(err) {
		if scheduleOptions(connection, mode, owner{}, c.now()) == nil {
			return nil, nil
		}
		return &ScheduleStatus{ID: id, Missing: true}, nil
	} else if err != nil {
		return nil, fmt.Errorf("schedule %s: %w", id, err)
	}
	status := &ScheduleStatus{
		ID: id, Paused: described.Schedule.State.Paused, Note: described.Schedule.State.Note,
		Skipped: described.Info.NumActionsSkippedOverlap, Missed: described.Info.NumActionsMissedCatchupWindow,
	}
	own, err := c.identity(ctx)
	if err != nil {
		return nil, err
	}
	if theirs := ownerOf(described.Schedule); theirs.ledger != own {
		status.Ledger = theirs.ledger
	}
	if state := described.Schedule.State; state.LimitedActions {
		status.Remaining = new(state.RemainingActions)
	}
	if next := described.Info.NextActionTimes; len(next) > 0 && !status.Paused {
		status.Next = &next[0]
	}
	return status, nil
}

// Schedules is the status of the schedules of every active connection.
func (c *Control) Schedules(ctx context.Context) ([]ScheduleStatus, error) {
	connections, err := c.Connections(ctx)
	if err != nil {
		return nil, err
	}
	var schedules []ScheduleStatus
	for _, connection := range connections {
		for _, mode := range []ledger.Mode{ledger.Smart, ledger.Full} {
			if !connection.Active() {
				continue
			}
			schedule, err := c.scheduleStatus(ctx, connection, mode)
			if err != nil {
				return nil, err
			}
			if schedule != nil {
				schedules = append(schedules, *schedule)
			}
		}
	}
	return schedules, nil
}

// alivePatience is how long Temporal has to answer the first call of a page or a command. The SDK itself waits ten seconds, which everybody would wait
// who looks while Temporal is away.
const alivePatience = 2 * time.Second

// noConnection is why a control that was never connected to Temporal cannot ask it.
const noConnection = "there is no connection to Temporal"

// workers counts the processes that poll for work. It is the first call to Temporal, so that no other call waits for a Temporal that is away.
func (c *Control) workers(ctx context.Context) (int, error) {
	if c.temporal == nil {
		return 0, errors.New(noConnection)
	}
	within, cancel := context.WithTimeout(ctx, alivePatience)
	defer cancel()
	pollers, err := c.temporal.Pollers(within, workflows.TaskQueue)
	if err != nil {
		return 0, fmt.Errorf("asking Temporal for the workers: %w", err)
	}
	identities := map[string]bool{}
	for _, poller := range pollers {
		if last := poller.GetLastAccessTime(); last != nil && c.now().Sub(last.AsTime()) < 2*time.Minute {
			identities[poller.GetIdentity()] = true
		}
	}
	return len(identities), nil
}

// lookAtWarehouses adds the last snapshots of warehouses with refused rows or a hold, and counts the levels whose last row was refused.
func (c *Control) lookAtWarehouses(ctx context.Context, status *Status, warehouses []string) error {
	states, err := c.state.WarehouseStates(ctx, warehouses)
	for _, warehouse := range warehouses {
		state := states[warehouse]
		if last := state.Last; last != nil && (last.Held != "" || last.Rejected != "" || last.Refused > 0) {
			status.Snapshots = append(status.Snapshots, *last)
		}
		if state.Stale.Levels+state.Stale.Unread > 0 {
			status.Stale = append(status.Stale, WarehouseStale{warehouse, state.Stale})
		}
	}
	return err
}

// warehousesOf are the warehouses of connections, each once.
func warehousesOf(connections []ledger.Connection) []string {
	var ids []string
	for _, connection := range connections {
		if !slices.Contains(ids, connection.Warehouse) {
			ids = append(ids, connection.Warehouse)
		}
	}
	return ids
}
