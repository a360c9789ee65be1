package control

import (
	"context"
	"fmt"
	"strings"

	"go.temporal.io/sdk/client"

	"github.com/tidemark/tidemark/control/gateway"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// pause stops a connection's schedules; before says in which state they were. See Pause.
func (c *Control) pause(ctx context.Context, id, by, reason string) (done []string, before string, err error) {
	note := "paused by " + by
	if reason != "" {
		note += ": " + reason
	}
	return c.eachSchedule(ctx, id, func(handle client.ScheduleHandle) error {
		return handle.Pause(ctx, client.SchedulePauseOptions{Note: note})
	})
}

// resume starts a connection's schedules again; before says in which state they were. See Resume.
func (c *Control) resume(ctx context.Context, id, by string) (done []string, before string, err error) {
	connection, err := c.connection(ctx, id)
	if err != nil {
		return nil, "", err
	}
	if why := resumeObstacle(connection); why != "" {
		return nil, "", usage("%s", why)
	}
	return c.eachSchedule(ctx, id, func(handle client.ScheduleHandle) error {
		return handle.Unpause(ctx, client.ScheduleUnpauseOptions{Note: "resumed by " + by})
	})
}

// resumeObstacle says why the schedules of a connection cannot be resumed, and what to do first; it is empty where they can.
func resumeObstacle(connection ledger.Connection) string {
	if connection.Active() {
		return ""
	}
	return fmt.Sprintf("connection %s is not enabled, so its schedules stay paused; %s", connection.ID, HowToEnable(connection))
}

// HowToEnable says what to do to make an inactive connection active.
func HowToEnable(connection ledger.Connection) string {
	var todo []string
	if !connection.Inventory.Enabled {
		todo = append(todo, "the configuration has its inventory flow off: take enabled: false out of its inventory, and apply that")
	}
	switch {
	case connection.Enabled:
	case connection.EnabledByPages:
		todo = append(todo, fmt.Sprintf("enable it on its page of settings, or with starter enable %s", connection.ID))
	default:
		todo = append(todo, "set enabled: true for it in the configuration and apply that")
	}
	return strings.Join(todo, "; then ")
}

// eachSchedule calls do with each schedule of a connection. It returns the ids of the schedules, and in words the state that they had before.
func (c *Control) eachSchedule(ctx context.Context, id string, do func(client.ScheduleHandle) error) (done []string, before string, err error) {
	connection, err := c.connection(ctx, id)
	if err != nil {
		return nil, "", err
	}
	states := map[ledger.Mode]string{}
	for _, mode := range []ledger.Mode{ledger.Smart, ledger.Full} {
		name := workflows.WorkflowID(mode, connection.ID)
		handle := c.temporal.Schedule(name)
		described, err := c.ownSchedule(ctx, handle)
		if err == nil {
			states[mode] = stateWords(described.Schedule.State)
			c.recentChanges.note(name, c.now())
			err = do(handle)
		}
		if gateway.Absent(err) {
			continue
		} else if err != nil {
			return done, statesWords(states), fmt.Errorf("schedule %s: %w", name, err)
		}
		done = append(done, name)
	}
	if len(done) == 0 {
		return nil, "", usage("connection %s has no schedules", id)
	}
	return done, statesWords(states), nil
}

// activeState is the state of a schedule that is not paused, in words.
const activeState = "active"

// stateWords is the state of a schedule in words: active, or why it is paused.
func stateWords(state *client.ScheduleState) string {
	switch {
	case state == nil || !state.Paused:
		return activeState
	case state.Note == "":
		return "paused"
	}
	return state.Note
}

// statesWords are the states of a connection's schedules in words, said once where both are the same.
func statesWords(states map[ledger.Mode]string) string {
	smart, hasSmart := states[ledger.Smart]
	full, hasFull := states[ledger.Full]
	switch {
	case !hasFull || hasSmart && smart == full:
		return smart
	case !hasSmart:
		return full
	}
	return fmt.Sprintf("%s: %s; %s: %s", SyncName(ledger.Smart), smart, SyncName(ledger.Full), full)
}
