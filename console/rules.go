package console

import (
	"fmt"
	"maps"
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

// Number is the rule's number as people count, from 1.
func (f ruleForm) Number() int { return f.N + 1 }

// Has is true for a day on which the rule applies.
func (f ruleForm) Has(day string) bool { return slices.Contains(f.Days, day) }

// mostRules bounds how many rules a form has.
const mostRules = 20

// dayWord is a day as people read it: Mon.
func dayWord(day string) string { return strings.ToUpper(day[:1]) + day[1:] }

// weekDays are the days as the configuration names them, in the order of a week.
var weekDays = ledger.Weekdays()

// formOf are the fields of the rules, and of one more that is empty.
func formOf(rules []ledger.Rule) []ruleForm {
	var forms []ruleForm
	for _, rule := range rules {
		form := ruleForm{N: len(forms)}
		switch {
		case rule.Every > 0:
			form.Kind, form.Every = "every", minutes(rule.Every)
		case rule.Hourly != nil:
			form.Kind, form.Hours, form.Minute = "hourly", strconv.Itoa(rule.Hourly.Every), strconv.Itoa(rule.Hourly.Minute)
		case rule.Daily != "":
			form.Kind, form.Time = "daily", rule.Daily
		case rule.Flexible != nil:
			form.Kind, form.Distance = "flexible", minutes(rule.Flexible.Every)
			form.From, form.To, form.Days = strconv.Itoa(rule.Flexible.From), strconv.Itoa(rule.Flexible.To), rule.Flexible.Days
		}
		forms = append(forms, form)
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

// formFrom are the rules that a form was sent with, numbered without gaps.
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

// rulesOf reads the rules of a form, and says what is wrong with each field. It checks that the fields can be read; control checks what a rule may say.
func rulesOf(forms []ruleForm) ([]ledger.Rule, wrong) {
	rules, faults := []ledger.Rule{}, wrong{}
	for _, rule := range forms {
		rules = append(rules, rule.rule(faults))
	}
	return rules, faults
}

// wrong says what is wrong with the fields of a form, in words for the person who fills it in, by the name of the field.
type wrong map[string]string

// Of is what is wrong with a field; empty where nothing is.
func (w wrong) Of(field string) string { return w[field] }

// refusal is an error that says all of it in one line; nil where nothing is wrong.
func (w wrong) refusal(sent func(field string) string) error {
	if len(w) == 0 {
		return nil
	}
	var faults []string
	for _, field := range slices.Sorted(maps.Keys(w)) {
		faults = append(faults, fmt.Sprintf("%s is %q: %s", fieldWords(field), sent(field), w[field]))
	}
	return &formError{message: strings.Join(faults, " "), fields: w}
}

// fieldWords name a field of a form: rule 1, every.
func fieldWords(field string) string {
	number, name, ofRule := strings.Cut(strings.TrimPrefix(field, "r"), ".")
	if n, err := strconv.Atoi(number); ofRule && err == nil {
		return fmt.Sprintf("rule %d, %s", n+1, name)
	}
	return strings.ReplaceAll(field, "_", " ")
}

// Field is the name of a field of the rule.
func (f ruleForm) Field(name string) string { return fmt.Sprintf("r%d.%s", f.N, name) }

// rule reads the rule from its fields. It adds what is wrong with them.
func (f ruleForm) rule(faults wrong) ledger.Rule {
	whole := func(name, text string, least, most int, words string) int {
		n, err := strconv.Atoi(text)
		if err != nil || n < least || n > most {
			faults[f.Field(name)] = words
		}
		return n
	}
	minutes := func(name, text string, most time.Duration) time.Duration {
		longest := int(most / time.Minute)
		return time.Duration(whole(name, text, 1, longest, fmt.Sprintf("A whole number of minutes, from 1 to %d.", longest))) * time.Minute
	}
	hour := func(name, text string) int { return whole(name, text, 0, 23, "An hour of the day, from 0 to 23.") }
	switch f.Kind {
	case "every":
		return ledger.Rule{Every: minutes("every", f.Every, ledger.LongestInterval)}
	case "hourly":
		return ledger.Rule{Hourly: &ledger.Hourly{
			Every:  whole("hours", f.Hours, 1, ledger.MostHours, fmt.Sprintf("A whole number of hours, from 1 to %d.", ledger.MostHours)),
			Minute: whole("minute", f.Minute, 0, 59, "A whole number of minutes, from 0 to 59."),
		}}
	case "daily":
		if _, ok := ledger.TimeOfDay(f.Time); !ok {
			faults[f.Field("time")] = "A time of day, like 01:00."
		}
		return ledger.Rule{Daily: f.Time}
	case "flexible":
		for _, day := range f.Days {
			if !slices.Contains(weekDays, day) {
				faults[f.Field("day")] = fmt.Sprintf("%q is no day of the week.", day)
			}
		}
		return ledger.Rule{Flexible: &ledger.Flexible{
			Every: minutes("distance", f.Distance, ledger.LongestDistance), Days: f.Days,
			From: hour("from", f.From), To: hour("to", f.To),
		}}
	}
	faults[f.Field("kind")] = fmt.Sprintf("There is no kind %q of rule.", f.Kind)
	return ledger.Rule{}
}
