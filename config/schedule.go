package config

import (
	"fmt"
	"slices"
	"time"

	"github.com/tidemark/tidemark/ledger"
)

const (
	// defaultSmart is how often Smart Sync runs where a connection sets nothing.
	defaultSmart = 60 * time.Minute
	// longestFloor bounds floor, the shortest interval that the advice may give.
	longestFloor = 24 * time.Hour
)

var ruleForms = []string{"every", "hourly", "daily", "flexible"}

// rules reads a schedule: rules that stack.
func (l *loader) rules(n *node, what string) []ledger.Rule {
	items, ok := l.list(n, what)
	if !ok {
		return nil
	}
	rules := make([]ledger.Rule, 0, len(items))
	for _, item := range items {
		if rule, ok := l.rule(item, what); ok {
			rules = append(rules, rule)
		}
	}
	return rules
}

// rule reads one rule. It has exactly one form.
func (l *loader) rule(n *node, what string) (ledger.Rule, bool) {
	before := len(l.errors)
	o, ok := l.object(n, "a rule of "+what, ruleForms...)
	if !ok || !o.sound() {
		return ledger.Rule{}, false
	}
	var forms []field
	for _, form := range ruleForms {
		if item, ok := o.fields[form]; ok {
			forms = append(forms, item)
		}
	}
	slices.SortFunc(forms, func(a, b field) int { return l.order(a.place, b.place) })
	switch len(forms) {
	case 0:
		l.fail(n.place, "a rule of %s is empty; expected every, hourly, daily or flexible, like every: 60m", what)
		return ledger.Rule{}, false
	case 1:
	default:
		l.fail(forms[1].place, "a rule of %s has both %s and %s; write two rules, each beginning with \"- \"", what, forms[0].name, forms[1].name)
		return ledger.Rule{}, false
	}
	var rule ledger.Rule
	what = forms[0].name + " in " + what
	switch value := forms[0].value; forms[0].name {
	case "every":
		rule.Every, _ = l.interval(value, what, ledger.LongestInterval)
	case "hourly":
		rule.Hourly = l.hourly(value, what)
	case "daily":
		rule.Daily, _ = l.timeOfDay(value, what)
	case "flexible":
		rule.Flexible = l.flexible(value, what)
	}
	return rule, len(l.errors) == before
}

// interval reads a distance in whole minutes.
func (l *loader) interval(n *node, what string, most time.Duration) (time.Duration, bool) {
	return l.span(n, what, ledger.ShortestInterval, most)
}

// span reads a duration in whole minutes.
func (l *loader) span(n *node, what string, least, most time.Duration) (time.Duration, bool) {
	if n == nil {
		return 0, false
	}
	span, err := time.ParseDuration(n.text)
	if n.kind != text || err != nil || span < least || span > most || span%time.Minute != 0 {
		l.fail(n.place, "%s: expected whole minutes from %dm to %dh, like 60m or 2h, found %s", what, int(least.Minutes()), int(most.Hours()), found(n))
		return 0, false
	}
	return span, true
}

func (l *loader) hourly(n *node, what string) *ledger.Hourly {
	o, ok := l.object(n, what, "every", "minute")
	if !ok {
		return nil
	}
	every, _ := l.number(o.need("every", "the number of hours from one run to the next, counted from midnight"), "every of "+what, 1, ledger.MostHours)
	minute, _ := l.number(o.get("minute"), "minute of "+what, 0, 59)
	return &ledger.Hourly{Every: int(every), Minute: int(minute)}
}

func (l *loader) flexible(n *node, what string) *ledger.Flexible {
	o, ok := l.object(n, what, "every", "from", "to", "days")
	if !ok {
		return nil
	}
	every, _ := l.interval(o.need("every", "the distance of the runs, like 30m"), "every of "+what, ledger.LongestDistance)
	from, _ := l.number(o.need("from", "the first hour, 0 to 23"), "from of "+what, 0, 23)
	to, _ := l.number(o.need("to", "the last hour, 0 to 23, which is included"), "to of "+what, 0, 23)
	flexible := &ledger.Flexible{Every: every, From: int(from), To: int(to)}
	items, _ := l.list(o.get("days"), "days of "+what)
	for _, item := range items {
		day, ok := l.choice(item, "a day of "+what, ledger.Weekdays()...)
		if ok && slices.Contains(flexible.Days, day) {
			l.fail(item.place, "%s has the day %s twice; keep one of them", what, day)
			continue
		}
		if ok {
			flexible.Days = append(flexible.Days, day)
		}
	}
	if days := o.get("days"); days != nil && days.kind == list && len(items) == 0 {
		l.fail(days.place, "days of %s has no day; name some, or remove the line for every day", what)
	}
	return flexible
}

const (
	minutesPerDay  = 24 * 60
	minutesPerWeek = 7 * minutesPerDay
)

// starts counts the starts of each day of a week, Monday first, when rules are stacked. Starts in the same minute are one.
func starts(rules []ledger.Rule) [7]int {
	var week [minutesPerWeek]bool
	for _, rule := range rules {
		switch {
		case rule.Every > 0:
			for minute := 0; minute < minutesPerWeek; minute += int(rule.Every / time.Minute) {
				week[minute] = true
			}
		case rule.Hourly != nil:
			stack(&week, rule.Hourly.Starts(), ledger.Flexible{}.On)
		case rule.Daily != "":
			minute, _ := ledger.TimeOfDay(rule.Daily) // it was checked when it was read
			stack(&week, []int{minute}, ledger.Flexible{}.On)
		case rule.Flexible != nil:
			stack(&week, rule.Flexible.Starts(), rule.Flexible.On)
		}
	}
	var perDay [7]int
	for minute, start := range week {
		if start {
			perDay[minute/minutesPerDay]++
		}
	}
	return perDay
}

// stack adds starts on some days of the week. The starts count from a day's midnight.
func stack(week *[minutesPerWeek]bool, starts []int, on func(day string) bool) {
	for day, name := range ledger.Weekdays() {
		if !on(name) {
			continue
		}
		for _, minute := range starts {
			week[(day*minutesPerDay+minute)%minutesPerWeek] = true
		}
	}
}

// checkSmart warns of a Smart Sync of more than once an hour.
func (l *loader) checkSmart(rules []ledger.Rule, at place, what string) {
	shortest := ledger.Shortest(rules)
	perDay := starts(rules)
	busiest := slices.Max(perDay[:])
	const advice = "the store counts its own sales in between, and runs that are not done in half of the time overlap; a safety stock (strategies) prevents " +
		"oversells better"
	switch {
	case shortest > 0 && shortest < defaultSmart:
		l.warn(at, "the Smart Sync of %s runs every %d min, up to %d times a day; more often than every 60 min is seldom fresher: %s",
			what, int(shortest/time.Minute), busiest, advice)
	case busiest > 24:
		l.warn(at, "the Smart Sync of %s runs up to %d times a day, its rules together; more than 24 times is seldom fresher: %s", what, busiest, advice)
	}
}

// checkFull refuses a Full Sync of more than once a day, unless a person insists.
func (l *loader) checkFull(rules []ledger.Rule, at place, what string) {
	perDay := starts(rules)
	busiest := slices.Max(perDay[:])
	if busiest <= 1 {
		return
	}
	const reason = "more than once a day strains the store and corrects nothing that Smart Sync would miss"
	or := ""
	if l.insist != "" {
		or = ", or " + l.insist
	}
	if l.options.Force {
		l.warn(at, "the Full Sync of %s runs up to %d times a day; %s", what, busiest, reason)
		return
	}
	l.fail(at, "the Full Sync of %s runs up to %d times a day; %s: schedule it once a day, like daily: \"01:00\"%s", what, busiest, reason, or)
}

func minutes(span time.Duration) string { return fmt.Sprintf("%dm", int(span/time.Minute)) }
