package console

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark/tidemark/ledger"
)

// The rules of a schedule as the fields of a form: rule 0 has the fields r0.kind, r0.every and so on. A rule of no kind is none.

// ruleForm is one rule as the form shows it. Only the fields of its kind mean something.
type ruleForm struct {
	N        int    // counted from 0
	Kind     string // every, hourly, daily, flexible; empty: no rule
	Every    string // minutes
	Hours    string
	Minute   string
	Time     string // 01:00
	Distance string // minutes
	From, To string // hours
	Days     []string
}

// Number is how people count it.
func (f ruleForm) Number() int { return f.N + 1 }

// Has is true for a day that is chosen.
func (f ruleForm) Has(day string) bool { return slices.Contains(f.Days, day) }

// mostRules bounds how many rules a form has.
const mostRules = 20

// weekDays are the days as the configuration names them, in the order of a week.
var weekDays = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// formOf shows rules, and one more that is empty.
func formOf(rules []ledger.Rule) []ruleForm {
	var forms []ruleForm
	for _, rule := range rules {
		one := ruleForm{N: len(forms)}
		switch {
		case rule.Every > 0:
			one.Kind, one.Every = "every", minutes(rule.Every)
		case rule.Hourly != nil:
			one.Kind, one.Hours, one.Minute = "hourly", strconv.Itoa(rule.Hourly.Every), strconv.Itoa(rule.Hourly.Minute)
		case rule.Daily != "":
			one.Kind, one.Time = "daily", rule.Daily
		case rule.Flexible != nil:
			one.Kind, one.Distance = "flexible", minutes(rule.Flexible.Every)
			one.From, one.To, one.Days = strconv.Itoa(rule.Flexible.From), strconv.Itoa(rule.Flexible.To), rule.Flexible.Days
		}
		forms = append(forms, one)
	}
	return withEmpty(forms)
}

func withEmpty(forms []ruleForm) []ruleForm {
	if len(forms) < mostRules {
		forms = append(forms, ruleForm{N: len(forms)})
	}
	return forms
}

func minutes(d time.Duration) string { return strconv.FormatInt(int64(d/time.Minute), 10) }

// formFrom is what a form was sent with, its rules without gaps.
func formFrom(values url.Values) []ruleForm {
	var forms []ruleForm
	for n := range mostRules {
		field := func(name string) string { return strings.TrimSpace(values.Get(fmt.Sprintf("r%d.%s", n, name))) }
		if field("kind") == "" {
			continue
		}
		forms = append(forms, ruleForm{
			N: len(forms), Kind: field("kind"), Every: field("every"), Hours: field("hours"), Minute: field("minute"), Time: field("time"),
			Distance: field("distance"), From: field("from"), To: field("to"), Days: values[fmt.Sprintf("r%d.day", n)],
		})
	}
	return forms
}

// rulesOf reads the rules of a form. What a rule may say is control's to check; here is checked that it says something.
func rulesOf(forms []ruleForm) ([]ledger.Rule, error) {
	rules := []ledger.Rule{}
	for _, one := range forms {
		rule, err := one.rule()
		if err != nil {
			return nil, unclear("rule %d: %v", one.Number(), err)
		}
		rules = append(rules, rule)
	}
	return rules, nil
}

func (f ruleForm) rule() (ledger.Rule, error) {
	switch f.Kind {
	case "every":
		every, err := minutesOf(f.Every)
		return ledger.Rule{Every: every}, err
	case "hourly":
		hours, err := wholeOf(f.Hours, "hours", 1, 24)
		if err != nil {
			return ledger.Rule{}, err
		}
		minute, err := wholeOf(f.Minute, "minutes past the hour", 0, 59)
		return ledger.Rule{Hourly: &ledger.Hourly{Every: hours, Minute: minute}}, err
	case "daily":
		if f.Time == "" {
			return ledger.Rule{}, errors.New("say at what time of day, like 01:00")
		}
		return ledger.Rule{Daily: f.Time}, nil
	case "flexible":
		every, err := minutesOf(f.Distance)
		if err != nil {
			return ledger.Rule{}, err
		}
		from, err := wholeOf(f.From, "the first hour", 0, 23)
		if err != nil {
			return ledger.Rule{}, err
		}
		for _, day := range f.Days {
			if !slices.Contains(weekDays, day) {
				return ledger.Rule{}, fmt.Errorf("%q is no day of the week", day)
			}
		}
		to, err := wholeOf(f.To, "the last hour", 0, 23)
		return ledger.Rule{Flexible: &ledger.Flexible{Every: every, From: from, To: to, Days: f.Days}}, err
	}
	return ledger.Rule{}, fmt.Errorf("there is no kind %q", f.Kind)
}

// longestMinutes keeps a number of minutes within what a span can be.
const longestMinutes = 366 * 24 * 60

func minutesOf(text string) (time.Duration, error) {
	n, err := wholeOf(text, "minutes", 1, longestMinutes)
	return time.Duration(n) * time.Minute, err
}

func wholeOf(text, what string, least, most int) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0, fmt.Errorf("%s: %q is no whole number from %d to %d", what, text, least, most)
	}
	return n, nil
}
