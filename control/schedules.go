package control

import (
	"fmt"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// Spec writes a schedule's rules as Temporal's specification. Rules add up: the schedule starts a run whenever any of them does. A start that comes
// once a day also comes once on days on which the zone's clock changes, for the years that are written out from now on (see changedays.go).
func Spec(rules []ledger.Rule, timezone string, now time.Time) client.ScheduleSpec {
	spec := client.ScheduleSpec{TimeZoneName: timezone, Jitter: jitter(rules)}
	changes := clockChanges(timezone, now)
	for _, rule := range rules {
		if calendars, instants, touched := aroundChanges(rule, changes); touched {
			spec.Calendars, spec.Intervals = append(spec.Calendars, calendars...), append(spec.Intervals, instants...)
			continue
		}
		switch {
		case rule.Every > 0:
			spec.Intervals = append(spec.Intervals, client.ScheduleIntervalSpec{Every: rule.Every})
		case rule.Hourly != nil:
			spec.Calendars = append(spec.Calendars, client.ScheduleCalendarSpec{
				Minute: exactly(rule.Hourly.Minute), Hour: []client.ScheduleRange{{Start: 0, End: 23, Step: max(rule.Hourly.Every, 1)}},
			})
		case rule.Daily != "":
			hour, minute := hourAndMinute(rule.Daily)
			spec.Calendars = append(spec.Calendars, client.ScheduleCalendarSpec{Minute: exactly(minute), Hour: exactly(hour)})
		case rule.Flexible != nil:
			spec.Calendars = append(spec.Calendars, flexibleCalendars(*rule.Flexible)...)
		}
	}
	return spec
}

// hourAndMinute reads a time of day such as 02:30.
func hourAndMinute(daily string) (hour, minute int) {
	minutes, ok := ledger.TimeOfDay(daily)
	if !ok {
		panic(fmt.Sprintf("control: the configuration let %q through as a time of day", daily))
	}
	return minutes / 60, minutes % 60
}

func exactly(n int) []client.ScheduleRange { return []client.ScheduleRange{{Start: n}} }

// flexibleCalendars are the calendars of a rule that starts at an interval within a span of hours.
func flexibleCalendars(rule ledger.Flexible) []client.ScheduleCalendarSpec {
	byMinute := map[int][]int{}     // minute → hours, on the day on which the span begins
	byMinuteNext := map[int][]int{} // the same, on the day after, for a span that goes past midnight
	for _, minute := range rule.Starts() {
		if minute < minutesPerDay {
			byMinute[minute%60] = append(byMinute[minute%60], minute/60)
		} else {
			byMinuteNext[minute%60] = append(byMinuteNext[minute%60], minute/60-24)
		}
	}
	days := weekdays(rule.Days)
	return append(calendars(byMinute, days), calendars(byMinuteNext, dayAfter(days))...)
}

func calendars(byMinute map[int][]int, days []client.ScheduleRange) []client.ScheduleCalendarSpec {
	byHours := map[string]*client.ScheduleCalendarSpec{}
	var specs []*client.ScheduleCalendarSpec
	for minute := range 60 {
		hours := byMinute[minute]
		if len(hours) == 0 {
			continue
		}
		key := fmt.Sprint(hours)
		spec := byHours[key]
		if spec == nil {
			spec = &client.ScheduleCalendarSpec{DayOfWeek: days}
			for _, hour := range hours {
				spec.Hour = append(spec.Hour, client.ScheduleRange{Start: hour})
			}
			byHours[key] = spec
			specs = append(specs, spec)
		}
		spec.Minute = append(spec.Minute, client.ScheduleRange{Start: minute})
	}
	result := make([]client.ScheduleCalendarSpec, len(specs))
	for i, spec := range specs {
		result[i] = *spec
	}
	return result
}

var weekdayNumbers = map[string]int{"sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6}

func weekdays(days []string) []client.ScheduleRange {
	if len(days) == 0 {
		return []client.ScheduleRange{{Start: 0, End: 6}}
	}
	var ranges []client.ScheduleRange
	for _, day := range days {
		ranges = append(ranges, client.ScheduleRange{Start: weekdayNumbers[strings.ToLower(day)]})
	}
	return ranges
}

// dayAfter is the day after each of some days, for the part of a span that lies past midnight.
func dayAfter(days []client.ScheduleRange) []client.ScheduleRange {
	if len(days) == 1 && days[0].End == 6 {
		return days
	}
	var ranges []client.ScheduleRange
	for _, day := range days {
		ranges = append(ranges, client.ScheduleRange{Start: (day.Start + 1) % 7})
	}
	return ranges
}

// Spread is the most that a run of a schedule may begin later than its rules say.
func Spread(rules []ledger.Rule) time.Duration { return jitter(rules) }

// jitter is the longest random delay of a start, which spreads the schedules of many connections: a tenth of the interval, at most five minutes,
// and so short that a daily start stays on its day.
func jitter(rules []ledger.Rule) time.Duration {
	most := min(ledger.Shortest(rules)/10, longestJitter)
	for _, rule := range rules {
		if rule.Daily != "" {
			hour, minute := hourAndMinute(rule.Daily)
			most = min(most, time.Duration(minutesPerDay-hour*60-minute)*time.Minute)
		}
	}
	return most
}

// catchupWindow is how late a start that was missed while the server was down may still be made up for: one interval, at least a minute. One run
// brings everything up to date, so older starts are not needed.
func catchupWindow(rules []ledger.Rule) time.Duration {
	return max(ledger.Shortest(rules), time.Minute)
}

// DisabledNote is the note of schedules that are paused because their connection is not active. A schedule that is paused with any other note was
// paused by a person, and stays paused.
const DisabledNote = "paused by Tidemark: the connection or its inventory flow is not enabled"

func overlapPolicy(policy ledger.Overlap) enumspb.ScheduleOverlapPolicy {
	if policy == ledger.OverlapBuffer {
		return enumspb.SCHEDULE_OVERLAP_POLICY_BUFFER_ONE
	}
	return enumspb.SCHEDULE_OVERLAP_POLICY_SKIP
}

// scheduleOptions is a connection's schedule for a mode as it should be; nil when there should be none. It names self as its owner in the input
// and the memo of the runs that it starts. Its own memo is empty, because not every server can change the memo of a schedule.
func scheduleOptions(connection ledger.Connection, mode ledger.Mode, self owner, now time.Time) *client.ScheduleOptions {
	own := connection.Inventory.Schedule(mode)
	rules := own.Rules
	if len(rules) == 0 {
		return nil
	}
	id := workflows.WorkflowID(mode, connection.ID)
	options := &client.ScheduleOptions{
		ID:            id,
		Spec:          Spec(rules, own.Timezone, now),
		Overlap:       overlapPolicy(connection.Inventory.Overlap),
		CatchupWindow: catchupWindow(rules),
		Paused:        !connection.Active(),
		Action: &client.ScheduleWorkflowAction{
			ID:                       id,
			Workflow:                 workflows.WorkflowType(mode),
			Args:                     []any{workflows.SyncInput{Connection: connection.ID, Trigger: ledger.TriggerSchedule, Ledger: self.ledger}},
			TaskQueue:                workflows.TaskQueue,
			WorkflowExecutionTimeout: workflows.ExecutionTimeout,
			TypedSearchAttributes:    workflows.ConnectionAttributes(connection, mode, ledger.TriggerSchedule),
			StaticSummary:            summary(connection, mode),
			StaticDetails:            details(connection, mode),
			Memo:                     self.memo(),
			Priority:                 workflows.Priority(connection.Merchant, mode, ledger.TriggerSchedule),
		},
	}
	if options.Paused {
		options.Note = DisabledNote
	}
	return options
}

// SyncName is what people call a mode.
func SyncName(mode ledger.Mode) string {
	switch mode {
	case ledger.Smart:
		return "Smart Sync"
	case ledger.Full:
		return "Full Sync"
	}
	return string(mode)
}

func summary(connection ledger.Connection, mode ledger.Mode) string {
	return fmt.Sprintf("%s of %s: %s → %s", SyncName(mode), connection.Merchant, connection.Warehouse, connection.Store)
}

// details tell a person who sees a run in the Web UI what to do, in Markdown.
func details(connection ledger.Connection, mode ledger.Mode) string {
	what := "Pushes what changed in " + connection.Warehouse + " since the last run, and what did not get to " + connection.Store + " before."
	if mode == ledger.Full {
		what = "Pushes every figure of " + connection.Warehouse + " to " + connection.Store + "."
	}
	return what + fmt.Sprintf("\n\nHow it stands: `starter status %[1]s`. One more run now: `starter sync %[2]s %[1]s`, or *Update* `%[6]s` "+
		"or *Send a Signal* `%[3]s` with `{\"by\": \"NAME\"}`. A held run is answered with `starter approve RUN` or `starter reject RUN`, "+
		"or with *Update* `%[4]s` or `%[5]s` and the same payload, which says what became of it; the signals of these names do the same "+
		"without an answer. Red means that a person must act: the failure says what to do.",
		connection.ID, mode, workflows.SignalSyncRequested, workflows.UpdateApprove, workflows.UpdateReject, workflows.UpdateSync)
}
