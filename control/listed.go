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
	// mostDescribed is up to how many connections each schedule is asked for by itself, which takes milliseconds each. Where there are more, all are listed by
	// one question.
	mostDescribed = 10
	// listLag is for how long after a change that was made here a schedule is asked for by itself: lists lag behind changes. It is many times what they do.
	listLag = 10 * time.Second
)

// recentChanges remembers which schedules were changed here lately, so that nobody is shown how one stood before what he did.
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

func (c *recentChanges) contains(id string, now time.Time) bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	at, changed := c.at[id]
	return changed && now.Sub(at) < listLag
}

// listSchedules is how the schedules of many connections stand, as far as lists know; nil where each is asked for by itself: of few connections, and where
// a server does not list them.
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

// listedStatus is how a schedule stands, as far as a list knows it; false where it has to be asked for by itself: it was changed here lately, its starts are
// over, or it is wanted and the list does not have it, or the other way round.
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
