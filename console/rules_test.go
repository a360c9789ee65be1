package console

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/tidemark/tidemark/ledger"
)

// sent is a form as a browser sends it.
func sent(forms []ruleForm) url.Values {
	values := url.Values{}
	for _, rule := range forms {
		for name, value := range map[string]string{
			"kind": rule.Kind, "every": rule.Every, "hours": rule.Hours, "minute": rule.Minute, "time": rule.Time, "distance": rule.Distance,
			"from": rule.From, "to": rule.To,
		} {
			values.Set(fmt.Sprintf("r%d.%s", rule.N, name), value)
		}
		for _, day := range rule.Days {
			values.Add(fmt.Sprintf("r%d.day", rule.N), day)
		}
	}
	return values
}

// Rules of every kind come back from the form as they were shown in it.
func TestRulesComeBackFromTheForm(t *testing.T) {
	t.Parallel()
	span := rapid.Map(rapid.IntRange(1, 10_000), func(n int) time.Duration { return time.Duration(n) * time.Minute })
	kinds := []*rapid.Generator[ledger.Rule]{
		rapid.Custom(func(t *rapid.T) ledger.Rule { return ledger.Rule{Every: span.Draw(t, "every")} }),
		rapid.Custom(func(t *rapid.T) ledger.Rule {
			return ledger.Rule{Hourly: &ledger.Hourly{Every: rapid.IntRange(1, 23).Draw(t, "hours"), Minute: rapid.IntRange(0, 59).Draw(t, "minute")}}
		}),
		rapid.Custom(func(t *rapid.T) ledger.Rule {
			return ledger.Rule{Daily: fmt.Sprintf("%02d:%02d", rapid.IntRange(0, 23).Draw(t, "hour"), rapid.IntRange(0, 59).Draw(t, "minute"))}
		}),
		rapid.Custom(func(t *rapid.T) ledger.Rule {
			rule := ledger.Flexible{
				Every: time.Duration(rapid.IntRange(1, 1440).Draw(t, "distance")) * time.Minute, From: rapid.IntRange(0, 23).Draw(t, "from"),
				To: rapid.IntRange(0, 23).Draw(t, "to"),
			}
			for _, day := range weekDays {
				if rapid.Bool().Draw(t, day) {
					rule.Days = append(rule.Days, day)
				}
			}
			return ledger.Rule{Flexible: &rule}
		}),
	}
	rapid.Check(t, func(t *rapid.T) {
		rules := rapid.SliceOfN(rapid.OneOf(kinds...), 0, mostRules).Draw(t, "rules")
		shown := formOf(rules)
		if len(rules) < mostRules {
			require.Equal(t, ruleForm{N: len(rules)}, shown[len(rules)], "one more can be entered")
		}
		read, faults := rulesOf(formFrom(sent(shown)))
		require.Empty(t, faults)
		require.Len(t, read, len(rules))
		for i := range rules {
			require.Equal(t, rules[i], read[i])
		}
	})
}

// What a rule does not say is asked for at its field, everything at once, and a rule of no kind is none.
func TestRulesThatSayTooLittle(t *testing.T) {
	t.Parallel()
	const minutes, hour = "A whole number of minutes, from 1 to 44640.", "An hour of the day, from 0 to 23."
	const distance, timeOfDay = "A whole number of minutes, from 1 to 1440.", "A time of day, like 01:00."
	for name, test := range map[string]struct {
		forms []ruleForm
		want  wrong
	}{
		"none":               {nil, wrong{}},
		"a gap":              {[]ruleForm{{N: 0}, {N: 7, Kind: "daily", Time: "01:00"}}, wrong{}},
		"no minutes":         {[]ruleForm{{Kind: "every"}}, wrong{"r0.every": minutes}},
		"no whole minutes":   {[]ruleForm{{Kind: "every", Every: "1.5"}}, wrong{"r0.every": minutes}},
		"no time at all":     {[]ruleForm{{Kind: "every", Every: "0"}}, wrong{"r0.every": minutes}},
		"too many minutes":   {[]ruleForm{{Kind: "every", Every: "44641"}}, wrong{"r0.every": minutes}},
		"31 days":            {[]ruleForm{{Kind: "every", Every: "44640"}}, wrong{}},
		"more than a day":    {[]ruleForm{{Kind: "flexible", Distance: "1441", From: "0", To: "9"}}, wrong{"r0.distance": distance}},
		"24 hours":           {[]ruleForm{{Kind: "hourly", Hours: "24", Minute: "0"}}, wrong{"r0.hours": "A whole number of hours, from 1 to 23."}},
		"no hours":           {[]ruleForm{{Kind: "hourly", Hours: "25", Minute: "0"}}, wrong{"r0.hours": "A whole number of hours, from 1 to 23."}},
		"no minute":          {[]ruleForm{{Kind: "hourly", Hours: "1", Minute: "60"}}, wrong{"r0.minute": "A whole number of minutes, from 0 to 59."}},
		"no time":            {[]ruleForm{{Kind: "daily"}}, wrong{"r0.time": timeOfDay}},
		"half past 24":       {[]ruleForm{{Kind: "daily", Time: "24:30"}}, wrong{"r0.time": timeOfDay}},
		"no first hour":      {[]ruleForm{{N: 0, Kind: "daily", Time: "01:00"}, {N: 1, Kind: "flexible", Distance: "30", From: "", To: "9"}}, wrong{"r1.from": hour}},
		"no last hour":       {[]ruleForm{{Kind: "flexible", Distance: "30", From: "0", To: "24"}}, wrong{"r0.to": hour}},
		"no day":             {[]ruleForm{{Kind: "flexible", Distance: "30", From: "0", To: "2", Days: []string{""}}}, wrong{"r0.day": `"" is no day of the week.`}},
		"a kind of nobody's": {[]ruleForm{{Kind: "weekly"}}, wrong{"r0.kind": `There is no kind "weekly" of rule.`}},
		"all of it": {[]ruleForm{{N: 0, Kind: "every", Every: "x"}, {N: 1, Kind: "flexible", From: "-1", To: "24"}}, wrong{
			"r0.every": minutes, "r1.distance": distance, "r1.from": hour, "r1.to": hour,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rules, faults := rulesOf(formFrom(sent(test.forms)))
			require.Equal(t, test.want, faults)
			require.NotNil(t, rules)
		})
	}
}
