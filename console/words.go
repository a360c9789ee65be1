package console

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

// number writes a figure with commas: 24,318.
func number(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if digits[0] == '-' {
		sign, digits = "−", digits[1:]
	}
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return sign + digits
}

// figure writes a figure, or a dash where it is not known.
func figure(n *int64) string {
	if n == nil {
		return "–"
	}
	return number(*n)
}

// span is how long something took; see control.Span.
func span(d time.Duration) string { return control.Span(d) }

func plural(n int64, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

// count is a number of things: 1 row, 1,204 rows.
func count(n int64, word string) string { return number(n) + " " + plural(n, word) }

// clock writes moments in a zone, in words that depend on now.
type clock struct {
	now  time.Time
	zone *time.Location
	// named is true where each moment names its zone, because a page has moments of several zones.
	named bool
}

// at is a moment: 15:06 today, Nov 27, 09:41 otherwise, with the year when that is another.
func (k clock) at(moment time.Time) string {
	return k.unnamed(moment) + k.zoned(moment)
}

// zoned is the zone of a moment, where the clock names it.
func (k clock) zoned(moment time.Time) string {
	if !k.named {
		return ""
	}
	return " " + zoneName(moment.In(k.zone))
}

func (k clock) unnamed(moment time.Time) string {
	local, now := moment.In(k.zone), k.now.In(k.zone)
	switch {
	case local.Format(time.DateOnly) == now.Format(time.DateOnly):
		return local.Format("15:04")
	case local.Format(time.DateOnly) == now.AddDate(0, 0, 1).Format(time.DateOnly):
		return "Tomorrow " + local.Format("15:04")
	case local.Year() == now.Year():
		return local.Format("Jan 2, 15:04")
	}
	return local.Format("Jan 2 2006, 15:04")
}

// exact is a moment to the second.
func (k clock) exact(moment time.Time) string {
	local := moment.In(k.zone)
	if local.Format(time.DateOnly) == k.now.In(k.zone).Format(time.DateOnly) {
		return local.Format("15:04:05") + k.zoned(moment)
	}
	return local.Format("Jan 2 2006, 15:04:05") + k.zoned(moment)
}

// utcMoments matches moments in UTC in a text that was written for any reader, with the word on before them.
var utcMoments = regexp.MustCompile(`\b(?:on )?(?:[A-Z][a-z]{2} )?\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)? UTC\b`)

// localTimes rewrites the UTC moments of a text in the clock's zone, so that a page has one zone.
func (k clock) localTimes(text string) string {
	return utcMoments.ReplaceAllStringFunc(text, func(utc string) string {
		moment, on := strings.CutPrefix(utc, "on ")
		for _, form := range []string{"2006-01-02 15:04 UTC", "Mon 2006-01-02 15:04 UTC", "2006-01-02 15:04:05 UTC"} {
			at, err := time.Parse(form, moment)
			if err != nil {
				continue
			}
			words := k.at(at)
			if at.Second() != 0 {
				words = k.exact(at)
			}
			return within(words, on)
		}
		return utc
	})
}

// within puts a moment into a sentence: on Nov 27, 09:41, but at 09:41, and tomorrow 09:41. on is true where the text had the word on before it.
func within(words string, on bool) string {
	switch {
	case strings.HasPrefix(words, "Tomorrow"):
		return "t" + words[1:]
	case !on:
		return words
	case words[0] >= '0' && words[0] <= '9':
		return "at " + words
	}
	return "on " + words
}

// next is a moment to come: 16:00, in 54 min.
func (k clock) next(moment time.Time) string {
	away := moment.Sub(k.now)
	if away <= 0 {
		return k.at(moment) + ", now"
	}
	if away < 24*time.Hour {
		return k.at(moment) + ", in " + span(away.Truncate(time.Minute)+zeroUp(away))
	}
	return k.at(moment)
}

// zeroUp is the wait in whole seconds where it is shorter than a minute, otherwise 0.
func zeroUp(away time.Duration) time.Duration {
	if away < time.Minute {
		return away.Truncate(time.Second)
	}
	return 0
}

// state is a word with a shape and a colour.
type state struct{ Class, Shape, Word string }

// conditionState shows how a connection stands.
func conditionState(condition control.Condition) state {
	switch condition {
	case control.ConditionHeld:
		return state{"warn", "square", "Held"}
	case control.ConditionFailing:
		return state{"bad", "cross", "Failing"}
	case control.ConditionLate:
		return state{"warn", "triangle", "Late"}
	case control.ConditionTooHigh:
		return state{"bad", "triangle", "Too high"}
	case control.ConditionNeverRun:
		return state{"info", "ring", "Never run"}
	case control.ConditionUnknown:
		return state{"off", "question", "Not known"}
	case control.ConditionPaused:
		return state{"off", "bars", "Paused"}
	case control.ConditionOnTime:
		return state{"good", "check", "On time"}
	case control.ConditionOff:
	}
	return state{"off", "slash", "Off"}
}

// runState shows how a run ended, or that it is under way.
func runState(run ledger.Run) state {
	switch run.Outcome {
	case ledger.Running:
		return state{"info", "circle", "Running"}
	case ledger.Completed:
		return state{"good", "check", "Completed"}
	case ledger.CompletedWithFailures:
		return state{"warn", "triangle", failures(run.Counts)}
	case ledger.Partial:
		return state{"info", "ring", "More to push"}
	case ledger.Skipped:
		return state{"off", "bars", "Skipped"}
	case ledger.Covered:
		return state{"off", "check", "Nothing left to do"}
	case ledger.Held:
		return state{"warn", "square", "Held"}
	case ledger.RejectedOutcome:
		return state{"warn", "slash", "Rejected by a person"}
	case ledger.Cancelled:
		return state{"off", "slash", "Cancelled"}
	case ledger.Failed:
		return state{"bad", "cross", "Failed"}
	}
	return state{"off", "question", string(run.Outcome)}
}

// failures counts the rows that were not exported in a run that completed with failures.
func failures(k ledger.Counts) string {
	var parts []string
	for _, part := range []struct {
		n    int64
		word string
	}{{k.Rejected, "rejected"}, {k.Parked, "still rejected"}, {k.Refused, "refused"}, {k.Retrying, "to try again"}, {k.Blocked, "blocked"}} {
		if part.n > 0 {
			parts = append(parts, number(part.n)+" "+part.word)
		}
	}
	if len(parts) == 0 {
		return "Completed with failures"
	}
	return strings.Join(parts, ", ")
}

// rowState shows where a row of a store stands.
func rowState(status ledger.Status) state {
	switch status {
	case ledger.StatusExported:
		return state{"good", "check", "Exported"}
	case ledger.StatusPending:
		return state{"info", "ring", "Pending"}
	case ledger.StatusUnknown:
		return state{"warn", "question", "Answer not known"}
	case ledger.StatusSent:
		return state{"info", "circle", "Sent"}
	case ledger.StatusRetrying:
		return state{"warn", "triangle", "To try again"}
	case ledger.StatusRejected:
		return state{"bad", "cross", "Rejected"}
	case ledger.StatusBlocked:
		return state{"off", "slash", "Blocked"}
	case ledger.StatusTooHigh:
		return state{"bad", "triangle", "Too high"}
	case ledger.StatusSuperseded:
		return state{"off", "ring", "Superseded"}
	}
	return state{"off", "question", string(status)}
}

// startedBy is who or what started a run.
func startedBy(run ledger.Run) string {
	if run.Trigger == ledger.TriggerSchedule {
		return "Schedule"
	}
	for _, request := range run.Requests {
		if request.By != "" {
			return request.By
		}
	}
	return "Request"
}
