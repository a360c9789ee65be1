package control

import (
	"fmt"
	"time"

	"github.com/tidemark/tidemark/ledger"
)

// Condition is the state of a connection in a word or two: its last finished result measured against its schedule. An open run does not change it.
type Condition string

// The conditions. Those that need a person come first.
const (
	ConditionHeld     Condition = "held"      // a run waits for a person
	ConditionFailing  Condition = "failing"   // the last run that ended failed, or a schedule is missing
	ConditionLate     Condition = "late"      // a scheduled start is overdue: its figures have not reached the store
	ConditionNeverRun Condition = "never run" // no run of everything has completed yet
	ConditionUnknown  Condition = "not known" // Temporal does not answer
	ConditionTooHigh  Condition = "too high"  // figures stay above what they should be, because a person rejected to take them to 0
	ConditionPaused   Condition = "paused"
	ConditionOnTime   Condition = "on time"
	ConditionOff      Condition = "off" // not enabled
)

// Conditions are all conditions, in the order in which people want to see connections.
func Conditions() []Condition {
	return []Condition{
		ConditionHeld, ConditionFailing, ConditionLate, ConditionTooHigh, ConditionNeverRun, ConditionUnknown, ConditionPaused, ConditionOnTime, ConditionOff,
	}
}

const (
	// A start whose run has not completed makes a connection late after a grace: longGrace times the duration of the last run, at least leastGrace.
	leastGrace = 10 * time.Minute
	longGrace  = 2
)

// conditionOf judges a connection, and says why in words. last is its newest run of everything that ended with a result, success the newest that
// completed; each is nil when there is none. unreachable is why Temporal does not answer.
func conditionOf(status ConnectionStatus, hold *OpenHold, last, success *ledger.Run, unreachable string, now time.Time) (Condition, string) {
	switch {
	case !status.Enabled:
		return ConditionOff, "the connection is not enabled"
	case !status.Active():
		return ConditionOff, "its inventory is not enabled"
	case hold != nil:
		return ConditionHeld, fmt.Sprintf("run %d: %s", hold.Run, hold.Reason)
	}
	for _, schedule := range status.Schedules {
		if schedule.Missing {
			return ConditionFailing, fmt.Sprintf("the schedule %s is missing in Temporal; apply the configuration again", schedule.ID)
		}
	}
	switch {
	case last != nil && last.Outcome == ledger.Failed:
		return ConditionFailing, fmt.Sprintf("run %d failed: %s", last.ID, last.Reason)
	case unreachable != "":
		return ConditionUnknown, "Temporal does not answer: " + unreachable
	}
	note, paused := pausedNote(status.Schedules)
	if success != nil && !paused {
		if missed, late := firstMissedStart(status, *success, now); late {
			return ConditionLate, fmt.Sprintf("nothing has completed since the start at %s", missed.Format("2006-01-02 15:04 MST"))
		}
	}
	switch {
	case status.KeptRows > 0:
		return ConditionTooHigh, status.Kept
	case paused:
		return ConditionPaused, note
	case success == nil:
		return ConditionNeverRun, "no run has gone through everything yet"
	}
	return ConditionOnTime, ""
}

// pausedNote is true when every schedule is paused.
func pausedNote(schedules []ScheduleStatus) (note string, paused bool) {
	for _, schedule := range schedules {
		if !schedule.Paused {
			return "", false
		}
		note = schedule.Note
	}
	return note, len(schedules) > 0
}

// firstMissedStart is the first start of a connection's schedules after its last success. It returns true where the run of that start should have
// ended by now. Starts before a schedule came into force do not count.
func firstMissedStart(status ConnectionStatus, success ledger.Run, now time.Time) (time.Time, bool) {
	grace := leastGrace
	if success.EndedAt != nil {
		grace = max(grace, longGrace*success.EndedAt.Sub(success.StartedAt))
	}
	var first time.Time
	for _, mode := range []ledger.Mode{ledger.Smart, ledger.Full} {
		schedule, after := status.Inventory.Schedule(mode), success.StartedAt
		for _, setting := range status.Settings {
			if setting.Mode == mode && setting.Since.After(after) {
				after = setting.Since
			}
		}
		starts := NextStarts(schedule.Rules, schedule.Timezone, after, 1)
		if len(starts) > 0 && (first.IsZero() || starts[0].Before(first)) {
			first = starts[0]
		}
	}
	return first, !first.IsZero() && now.After(first.Add(longestJitter+grace))
}
