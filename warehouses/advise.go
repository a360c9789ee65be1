package warehouses

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/settings"
)

// Advice is a report of the first fetch, and what should be set.
type Advice struct {
	Report      Report          `json:"report"`
	Suggestions []Suggestion    `json:"suggestions"` // in the order in which they are needed
	Settings    settings.Values `json:"settings"`    // with those suggestions that leave no choice
	// Then is the report with Settings; nil where it was not tried: nothing is suggested that leaves no choice, or reading again would cost
	// somebody's calls.
	Then *Report `json:"then,omitempty"`
}

// Advisor reads a warehouse and says what to set.
type Advisor struct {
	Driver Driver
	ID     string
	Policy Policy
	Limits Limits
	Now    func() time.Time
	// Environment is what credentials are looked up in.
	Environment settings.Environment
}

// mostTrials is how often a warehouse is read again with suggested settings.
const mostTrials = 12

// Advise reports of the first fetch under some settings. Of files it reads again with each setting that it suggests, and one that does not
// read more, or spoils what was read, is left to a person. It returns an Advice with the error of a fetch that failed, too: it says why, and what
// may mend it.
func (a Advisor) Advise(ctx context.Context, values settings.Values) (Advice, error) {
	report, err := a.read(ctx, values)
	if ctx.Err() != nil {
		return Advice{}, ctx.Err()
	}
	advice := Advice{Report: report, Suggestions: []Suggestion{}, Settings: values}
	failed := err
	var doubted []Suggestion
	for range mostTrials {
		all := Suggest(a.Driver.Spec, advice.Settings, report)
		at := slices.IndexFunc(all, func(suggestion Suggestion) bool { return !suggestion.Decide && !contains(doubted, suggestion) })
		if at < 0 || !a.Driver.Files {
			advice.Suggestions = append(advice.Suggestions, left(all, doubted)...)
			if !a.Driver.Files {
				advice.Settings = With(values, advice.Suggestions)
			}
			break
		}
		if until := a.Limits.Until; !until.IsZero() && !a.Now().Before(until) {
			advice.Suggestions = append(advice.Suggestions, untried(left(all, doubted))...)
			break
		}
		tried := With(advice.Settings, all[at:at+1])
		then, _ := a.read(ctx, tried) // the report says why it failed, if it did
		if ctx.Err() != nil {
			return Advice{}, ctx.Err()
		}
		if !then.better(report) {
			doubted = append(doubted, all[at])
			continue
		}
		advice.Suggestions = append(advice.Suggestions, all[at])
		advice.Settings, advice.Then, report, doubted = tried, &then, then, nil
	}
	return advice, failed
}

// read opens the warehouse with some settings and reports of it.
func (a Advisor) read(ctx context.Context, values settings.Values) (Report, error) {
	source, err := a.Driver.Open(a.ID, values, a.Environment)
	if err != nil {
		return Report{Failed: err.Error()}, err
	}
	return Collect(ctx, source, a.Policy, a.Limits, a.Now)
}

// left are the suggestions that remain, those among them that were tried without success as a person's choice.
func left(all, doubted []Suggestion) []Suggestion {
	for i := range all {
		if contains(doubted, all[i]) {
			all[i].Decide = true
			all[i].Why += "; tried, and it spoils other rows or reads no more of them"
		}
	}
	return all
}

// untried are suggestions of which none leaves no choice, for there was no time to try them.
func untried(all []Suggestion) []Suggestion {
	for i := range all {
		if !all[i].Decide {
			all[i].Decide = true
			all[i].Why += "; not tried, for the time was over"
		}
	}
	return all
}

// contains is true where the same settings are among those of some suggestions.
func contains(all []Suggestion, suggestion Suggestion) bool {
	return slices.ContainsFunc(all, func(other Suggestion) bool {
		return settings.Values{"": other.Ways}.Canonical() == settings.Values{"": suggestion.Ways}.Canonical()
	})
}

// better is true for a report of which more is right: a fetch that goes further, fewer rows refused, or fewer odd ones.
func (r Report) better(before Report) bool {
	switch {
	case before.Failed != "" && r.Failed == "":
		return true
	case before.Failed != "":
		return r.Failed != before.Failed
	case r.Failed != "":
		return false
	case r.quoted > before.quoted || r.doubles() > before.doubles():
		return false
	case r.Read+r.NoLevel < before.Read+before.NoLevel-before.oddest(): // what was read is read on, but for a total
		return false
	}
	return r.Refused < before.Refused || r.Refused == before.Refused && (r.oddities() < before.oddities() || r.gets(before))
}

// gets is true where fewer rows are refused for some reason than before, if only to be refused for the next.
func (r Report) gets(before Report) bool {
	return slices.ContainsFunc(before.Refusals, func(kind Refusals) bool {
		now, _ := r.refusals(kind.Kind)
		return now.Count < kind.Count
	})
}

// doubles are the rows of which two are of one level.
func (r Report) doubles() int64 {
	refused, _ := r.refusals(inventory.FaultDouble)
	return refused.Count
}

func (r Report) oddities() (count int64) {
	for _, odd := range r.Odd {
		count += odd.Count
	}
	return count
}

// oddest are the rows that are no levels, as it seems.
func (r Report) oddest() (count int64) {
	for _, odd := range r.Odd {
		if odd.Kind == inventory.OddTotal || odd.Kind == inventory.OddFacility {
			count = max(count, odd.Count)
		}
	}
	return count
}

// With are settings with those that suggestions leave no choice about.
func With(values settings.Values, suggestions []Suggestion) settings.Values {
	all := maps.Clone(values)
	if all == nil {
		all = settings.Values{}
	}
	for _, suggestion := range suggestions {
		if suggestion.Decide || suggestion.Ways[0].Warehouse {
			continue
		}
		for _, setting := range suggestion.Ways[0].Settings {
			all[setting.Name] = merged(all[setting.Name], setting.Value)
		}
	}
	return all
}

// merged adds the entries of a map to those that are there.
func merged(before, added any) any {
	old, is := before.(map[string]string)
	entries, are := added.(map[string]string)
	if !is || !are {
		return added
	}
	all := maps.Clone(old)
	maps.Copy(all, entries)
	return all
}
