package control

import (
	"context"
	"sync"
	"time"

	"github.com/tidemark/tidemark/control/gateway"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

const (
	// mostDescribed is up to how many connections each schedule is described by a call of its own, which takes milliseconds. With more connections,
	// one call lists all schedules.
	mostDescribed = 10
	// listLag is how long after a change that this process made a schedule is described by a call of its own, because lists lag behind changes. It is
	// many times the usual lag.
	listLag = 10 * time.Second
)

// recentChanges remembers when this process changed schedules, so that nobody is shown the state from before a change of their own.
type recentChanges struct {
	mutex sync.Mutex
	at    map[string]time.Time
}

// note remembers that a schedule is being changed.
func (c *recentChanges) note(id string, now time.Time) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.at == nil {
		c.at = map[string]time.Time{}
	}
	for old, at := range c.at {
		if now.Sub(at) >= listLag {
			delete(c.at, old)
		}
	}
	c.at[id] = now
}

// contains is true for a schedule that this process changed within listLag.
// contains is true for a schedule that this process changed within listLag.
func (c *recentChanges) contains(id string, now time.Time) bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	at, changed := c.at[id]
	return changed && now.Sub(at) < listLag
}

// listSchedules lists the schedules of many connections by one call. It is nil where each is described by itself: for few connections, and where
// the server does not list schedules.
func (c *Control) listSchedules(ctx context.Context, connections int) map[string]gateway.ListedSchedule {
	if connections <= mostDescribed {
		return nil
	}
	listed, err := c.temporal.ListSchedules(ctx)
	if err != nil {
		return nil
	}
	return listed
}

// listedStatus is the status of a schedule, as far as a list has it. It returns false where the schedule has to be described by itself: it was changed
// here lately, its listed starts are over, or the list has it though none is wanted, or lacks one that is wanted.
func (c *Control) listedStatus(listed map[string]gateway.ListedSchedule, connection ledger.Connection, mode ledger.Mode) (*ScheduleStatus, bool) {
	id, now := workflows.WorkflowID(mode, connection.ID), c.now()
	entry, exists := listed[id]
	wanted := len(connection.Inventory.Schedule(mode).Rules) > 0
	if listed == nil || exists != wanted || c.recentChanges.contains(id, now) {
		return nil, false
	}
	if !exists {
		return nil, true
	}
	status := &ScheduleStatus{ID: id, Paused: entry.Paused, Note: entry.Note}
	if entry.Paused {
		return status, true
	}
	for _, next := range entry.Next {
		if next.After(now) {
			status.Next = &next
			return status, true
		}
	}
	return nil, false
}
