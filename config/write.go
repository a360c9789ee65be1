package config

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark/tidemark/ledger"
)

// What is written here reads as what it was written from.

// ScheduleYAML is a schedule as the inventory of a connection has it, with its time zone, in lines.
func ScheduleYAML(mode ledger.Mode, schedule ledger.Schedule) []string {
	return append(rulesYAML(mode, schedule.Rules), "timezone: "+scalar(schedule.Timezone))
}

// rulesYAML are the rules of a schedule, in lines.
func rulesYAML(mode ledger.Mode, rules []ledger.Rule) []string {
	if len(rules) == 0 {
		return []string{string(mode) + ": []"}
	}
	lines := []string{string(mode) + ":"}
	for _, rule := range rules {
		lines = append(lines, "  - "+ruleYAML(rule))
	}
	return lines
}

func ruleYAML(rule ledger.Rule) string {
	switch {
	case rule.Hourly != nil:
		return fmt.Sprintf("hourly: {every: %d, minute: %d}", rule.Hourly.Every, rule.Hourly.Minute)
	case rule.Daily != "":
		return "daily: " + strconv.Quote(rule.Daily)
	case rule.Flexible != nil:
		days := ""
		if len(rule.Flexible.Days) > 0 {
			days = ", days: " + flow(rule.Flexible.Days)
		}
		return fmt.Sprintf("flexible: {every: %s, from: %d, to: %d%s}", spanYAML(rule.Flexible.Every), rule.Flexible.From, rule.Flexible.To, days)
	}
	return "every: " + spanYAML(rule.Every)
}

// spanYAML is a span as people write it: whole minutes where it has no others.
func spanYAML(span time.Duration) string {
	if span%time.Minute != 0 {
		return span.String()
	}
	return minutes(span)
}

// flow is a list in brackets.
func flow(texts []string) string {
	written := make([]string, len(texts))
	for i, text := range texts {
		written[i] = scalar(text)
	}
	return "[" + strings.Join(written, ", ") + "]"
}

// plainScalar is text that needs no quotes: a reader takes it for nothing else.
var plainScalar = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_-]*(/[a-zA-Z0-9_-]+)*$`)

// scalar is a text as a value or a name.
func scalar(value string) string {
	reserved := []string{"true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf"}
	if plainScalar.MatchString(value) && !slices.Contains(reserved, strings.ToLower(value)) {
		return value
	}
	return strconv.Quote(value)
}

// ScheduleCheck says what a schedule is checked for.
type ScheduleCheck struct {
	Connection string
	Mode       ledger.Mode
	Force      bool   // allow a Full Sync of more than once a day
	Insist     string // how a person sets Force, for the refusal; empty where nobody can
}

// CheckSchedule checks a schedule that comes from elsewhere than a file, by the same rules, and returns what a person should know of it.
func CheckSchedule(schedule ledger.Schedule, check ScheduleCheck) ([]string, error) {
	for _, rule := range schedule.Rules {
		if rule == (ledger.Rule{}) {
			return nil, errors.New("a rule of the schedule says nothing; expected every, hourly, daily or flexible")
		}
	}
	l := &loader{options: Options{Force: check.Force}, insist: check.Insist}
	root := l.tree([]byte(strings.Join(ScheduleYAML(check.Mode, schedule), "\n") + "\n"))
	if root == nil {
		return nil, l.errors
	}
	of := "connection " + check.Connection
	if o, ok := l.object(root, of, string(check.Mode), "timezone"); ok {
		what := string(check.Mode) + " of " + of
		rules := l.rules(o.get(string(check.Mode)), what)
		if check.Mode == ledger.Full {
			l.checkFull(rules, root.place, of)
		} else {
			l.checkSmart(rules, root.place, of)
		}
		l.timezone(o.get("timezone"), "timezone of "+of)
	}
	var parts []string
	for _, failure := range l.errors {
		parts = append(parts, failure.Message)
	}
	if len(parts) > 0 {
		return nil, errors.New(strings.Join(parts, "; "))
	}
	for _, warning := range l.warnings {
		parts = append(parts, warning.Message)
	}
	return parts, nil
}
