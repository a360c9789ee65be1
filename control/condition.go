package control

import (
	"fmt"
	"time"

	"github.com/tidemark/tidemark/ledger"
)

// Condition is how a connection stands, in one word: its last finished result measured against its schedule. A run that is under way
// changes nothing of it.
type Condition string

// The conditions. Those for which somebody is needed come first.
const (
	ConditionHeld     Condition = "held"      // a run waits for a person
	ConditionFailing  Condition = "failing"   // the last run that ended failed, or a schedule is missing
	ConditionLate     Condition = "late"      // a start of its schedule is over whose figures have not come to the store
	ConditionNeverRun Condition = "never run" // no run has gone through everything yet
	ConditionUnknown  Condition = "not known" // Temporal does not answer
	ConditionTooHigh  Condition = "too high"  // figures stay above what they should be, because a person rejected to take them to 0
	ConditionPaused   Condition = "paused"
	ConditionOnTime   Condition = "on time"
	ConditionOff      Condition = "off" // not enabled
)

// Conditions are all of them, in the order in which people want to see connections.
func Conditions() []Condition {
	return []Condition{
		ConditionHeld, ConditionFailing, ConditionLate, ConditionTooHigh, ConditionNeverRun, ConditionUnknown, ConditionPaused, ConditionOnTime, ConditionOff,
	}
}

const (
	leastGrace = 10 * time.Minute // beside the run's own time, until a start whose run has not completed makes a connection late
	longGrace  = 2                // times of the last run
)

// conditionOf judges a connection. last is its newest run of everything that ended with a result, success the newest that went through;
// nil when there is none.
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

// firstMissedStart is the first start of a connection's schedules after its last success, where a run of it should have ended by now. Starts of a
// schedule that came in force later are none.
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
