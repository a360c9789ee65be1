package warehouses

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/encoding/charmap"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses/numbers"
)

// Suggestion is what could be set, after a report. What is fine has none.
type Suggestion struct {
	Why  string `json:"why"`  // what was met
	Ways []Way  `json:"ways"` // to read it; at least one
	// Decide is true where a person must choose a way, or none, for what stands in the warehouse's response can be meant in several ways or is
	// a matter of policy. Where it is false there is one way.
	Decide bool `json:"decide"`
}

// Way is one way to read what was met.
type Way struct {
	Settings  []Setting `json:"settings"`
	Warehouse bool      `json:"warehouse,omitempty"` // they stand beside the settings of the driver, not in them
	Reads     string    `json:"reads"`               // what it would read, and as what
}

// Unsaid is the value that a person must give, in a setting that is suggested.
const Unsaid = "?"

// subject is what suggestions are made of.
type subject struct {
	spec   settings.Spec
	values settings.Values
	report Report
}

// Suggest says which settings would read more of what a report is about. It is pure. It never guesses: where something may be meant in two
// ways, it names both, and what each would read.
func Suggest(spec settings.Spec, values settings.Values, report Report) []Suggestion {
	s := subject{spec, values, report}
	var all []Suggestion
	for _, rule := range []func(subject) *Suggestion{
		subject.failure, subject.columns, subject.encoding, subject.undress, subject.quotes, subject.shortRows, subject.longRows, subject.headers, subject.separators,
		subject.negatives, subject.units, subject.words, subject.blanks, subject.times, subject.total, subject.facility, subject.repeated, subject.onHand,
	} {
		if suggestion := rule(s); suggestion != nil {
			all = append(all, *suggestion)
		}
	}
	return all
}

// offers is true for a setting that the driver has.
func (s subject) offers(name string) bool {
	return slices.ContainsFunc(s.spec.Options, func(option settings.Option) bool { return option.Name == name })
}

// open is true for a setting that the driver has, and that nobody has set.
func (s subject) open(name string) bool {
	for _, option := range s.spec.Options {
		if option.Name == name {
			given := s.values[name]
			return given == nil || option.Default != "" && fmt.Sprint(given) == option.Default
		}
	}
	return false
}

// suggestion is a suggestion of a single way.
func suggestion(why, reads string, all ...Setting) *Suggestion {
	return &Suggestion{Why: why, Ways: []Way{{Settings: all, Reads: reads}}}
}

// failure suggests what the error of the fetch names.
func (s subject) failure() *Suggestion {
	for _, mend := range s.report.mends {
		if !s.open(mend.Name) {
			continue
		}
		switch mend.Name {
		case "header_line":
			return suggestion(fmt.Sprintf("the first line is not the header; line %v holds the columns that are read", mend.Value),
				"passes over the lines above it", mend)
		case "delimiter":
			return suggestion("another delimiter separates the columns that are read", "finds the columns that are read", mend)
		case "quotes":
			if mend.Value == "backslash" {
				return suggestion("quotes inside fields have a backslash before them", "takes a quote behind a backslash for a letter of its field", mend)
			}
			return suggestion("a quote stands where no field is put in quotes",
				"takes a quote for a letter like others", mend)
		case "encoding":
			return suggestion("the text is not written in UTF-8", "reads the text so; see whether its letters are then the right ones", mend)
		}
		return suggestion("the fetch says so", "reads on from there", mend)
	}
	return nil
}

// encoding suggests an encoding for texts that are not valid in the one that is set.
func (s subject) encoding() *Suggestion {
	refused, any := s.report.refusals(inventory.FaultEncoding)
	if !any || !s.open("encoding") {
		return nil
	}
	for _, each := range []struct {
		name string
		page *charmap.Charmap
	}{{"windows-1252", charmap.Windows1252}, {"iso-8859-1", charmap.ISO8859_1}} {
		reads, sound := "", true
		for i, text := range refused.Texts {
			decoded, err := each.page.NewDecoder().String(text.raw)
			sound = sound && err == nil && inventory.Visible(decoded) == decoded
			if i < reportExamples {
				reads += ", " + quote(decoded)
			}
		}
		if sound { // where both are, they read the same letters
			why := fmt.Sprintf("%s: a text that is read is not valid UTF-8; see whether the letters are then the right ones", rows(refused.Count))
			return suggestion(why, "reads "+strings.TrimPrefix(reads, ", "), Setting{"encoding", each.name})
		}
	}
	return nil
}

// undress suggests to take off what a spreadsheet dresses texts in.
func (s subject) undress() *Suggestion {
	var met []string
	for _, odd := range s.report.Odd {
		if odd.Kind == inventory.OddBlanks || odd.Kind == inventory.OddApostrophe || odd.Kind == inventory.OddFormula {
			met = append(met, odd.Text)
		}
	}
	if refused, any := s.report.refusals(inventory.FaultQuote); any {
		dressed := slices.DeleteFunc(slices.Clone(refused.Texts), func(text Text) bool { return !formula(text.raw) })
		if len(dressed) > 0 {
			met = append(met, fmt.Sprintf("%s refused for a spreadsheet's formula, like %s", rows(int64(len(dressed))), quote(dressed[0].Text)))
		}
	}
	if refused, any := s.report.refusals(inventory.FaultDressed); any {
		met = append(met, fmt.Sprintf("%s refused for a figure that is dressed, like %s", rows(refused.Count), quote(refused.Texts[0].Text)))
	}
	if len(met) == 0 || !s.open("undress") {
		return nil
	}
	return suggestion(strings.Join(met, "; "), `reads "A " as "A", "'A" as "A" and ="A" as "A"`, Setting{"undress", true})
}

// negatives suggests to read figures below 0 as accountants write them.
func (s subject) negatives() *Suggestion {
	refused, any := s.report.refusals(inventory.FaultNegative)
	if !any || !s.open("negatives") {
		return nil
	}
	why := fmt.Sprintf("%s: a figure is negative as accountants write it, like %s", rows(refused.Count), quote(refused.Texts[0].Text))
	return suggestion(why, "reads 5- and (5) as -5", Setting{"negatives", "accounting"})
}

// units has a person say whether what stands behind figures is a unit that they count by one.
func (s subject) units() *Suggestion {
	refused, any := s.report.refusals(inventory.FaultUnit)
	if !any || !s.offers("unit") {
		return nil
	}
	names := slices.Clone(s.values.List("unit"))
	var reads []string
	for _, text := range refused.Texts {
		unit, figure, ok := numbers.New(s.values).UnitOf(text.raw)
		if !ok || slices.Contains(names, unit) {
			continue
		}
		names, reads = append(names, unit), append(reads, fmt.Sprintf("%s as %d", quote(text.Text), figure))
	}
	if len(reads) == 0 {
		return nil
	}
	return &Suggestion{
		Why: fmt.Sprintf("%s: something stands behind the figure, like %s", rows(refused.Count), quote(refused.Texts[0].Text)), Decide: true,
		Ways: []Way{{
			Settings: []Setting{{"unit", names}},
			Reads:    "reads " + strings.Join(reads[:min(len(reads), reportExamples)], ", ") + ", which is right where a figure counts single units",
		}},
	}
}

func formula(text string) bool {
	_, is := inventory.Formula(strings.TrimFunc(text, inventory.IsBlank))
	return is
}

// quotes suggests that quotes are letters like others.
func (s subject) quotes() *Suggestion {
	refused, any := s.report.refusals(inventory.FaultQuote)
	if !any || !s.open("quotes") || !slices.ContainsFunc(refused.Texts, func(text Text) bool { return !formula(text.raw) }) {
		return nil
	}
	return suggestion(rows(refused.Count)+": a quote stands inside a field that is not in quotes",
		"takes a quote for a letter like others", Setting{"quotes", "none"})
}

// shortRows suggests to read rows that leave out fields at their end, which nobody reads.
func (s subject) shortRows() *Suggestion {
	refused, any := s.report.refusals(inventory.FaultShort)
	if !any || !s.open("short_rows") {
		return nil
	}
	why := rows(refused.Count) + " with fewer fields than the header; no column that is read is missing"
	return suggestion(why, "reads "+rows(refused.Count), Setting{"short_rows", "accept"})
}

// longRows suggests to read rows with further fields that are empty.
func (s subject) longRows() *Suggestion {
	refused, any := s.report.refusals(inventory.FaultLong)
	if !any || !s.open("long_rows") {
		return nil
	}
	return suggestion(rows(refused.Count)+" with more fields than the header; the further ones are empty",
		"reads "+rows(refused.Count), Setting{"long_rows", "accept"})
}

// headers suggests to pass over lines that repeat the header.
func (s subject) headers() *Suggestion {
	pattern := linePattern(s.report.header(), s.delimiter())
	if s.report.headers == 0 || pattern == "" || !s.offers("skip_rows") {
		return nil
	}
	return suggestion(rows(s.report.headers)+" that repeat the header", "passes over the lines that begin so, but for the header itself",
		Setting{"skip_rows", append(slices.Clone(s.values.List("skip_rows")), pattern)})
}

// words has a person say what words and codes mean.
func (s subject) words() *Suggestion {
	refused, any := s.report.refusals(inventory.FaultText)
	if !any || !s.offers("texts") {
		return nil
	}
	meanings := maps.Clone(s.values.Map("texts"))
	if meanings == nil {
		meanings = map[string]string{}
	}
	var met []string
	for _, text := range refused.Texts[:min(len(refused.Texts), 20)] {
		meanings[text.raw] = Unsaid
		met = append(met, fmt.Sprintf("%s (%d)", quote(text.Text), text.Count))
	}
	why := rows(refused.Count) + " with a text where a figure is expected: " + strings.Join(met[:min(len(met), 8)], ", ")
	if len(refused.Texts) > 8 {
		why += " and others; so many may mean that another column holds the figure"
	}
	return &Suggestion{
		Why: why, Decide: true,
		Ways: []Way{{Settings: []Setting{{"texts", meanings}}, Reads: "give each text a number, or none where it means that there is no level"}},
	}
}

// blanks has a person say what an empty figure means.
func (s subject) blanks() *Suggestion {
	refused, any := s.report.refusals(inventory.FaultNoFigure)
	meanings := maps.Clone(s.values.Map("texts"))
	if _, ok := meanings[""]; !any || ok || !s.offers("texts") || s.report.Read == 0 {
		return nil
	}
	if meanings == nil {
		meanings = map[string]string{}
	}
	meanings[""] = Unsaid
	return &Suggestion{
		Why: rows(refused.Count) + " with no figure", Decide: true,
		Ways: []Way{{
			Settings: []Setting{{"texts", meanings}},
			Reads:    "give the empty text a number, or none where it means that there is no level; without it such rows stay refused",
		}},
	}
}

// total suggests to pass over a row that is the sum of all others, and no level.
func (s subject) total() *Suggestion {
	places := map[inventory.OddityKind][]inventory.Example{}
	for _, odd := range s.report.Odd {
		places[odd.Kind] = odd.Examples
	}
	for _, kind := range []inventory.OddityKind{inventory.OddTotal, inventory.OddFacility} {
		for _, example := range places[kind] {
			pattern := linePattern(s.report.odd[example.Place], s.delimiter())
			if pattern == "" || !s.offers("skip_rows") {
				continue
			}
			why := fmt.Sprintf("%s at %s has no facility, and all others have one", quote(example.SKU), example.Place)
			sure := false
			if kind == inventory.OddTotal {
				why = fmt.Sprintf("%s at %s has a figure that is the sum of all rows before it", quote(example.SKU), example.Place)
				sure = slices.ContainsFunc(places[inventory.OddFacility], func(other inventory.Example) bool { return other.Place == example.Place })
				if sure {
					why += ", and no facility, which all others have"
				}
			}
			skipped := append(slices.Clone(s.values.List("skip_rows")), pattern)
			return &Suggestion{Why: why, Decide: !sure, Ways: []Way{{Settings: []Setting{{"skip_rows", skipped}}, Reads: "passes over the lines that begin so"}}}
		}
	}
	return nil
}

// linePattern is how lines look that begin like one, up to its first field that is not empty; empty when there is no such pattern.
func linePattern(raw, delimiter string) string {
	begin := raw[:len(raw)-len(strings.TrimLeft(raw, delimiter))]
	field, _, more := strings.Cut(raw[len(begin):], delimiter)
	if !more || strings.Trim(field, `" `) == "" || strings.ContainsAny(raw[:len(begin)+len(field)], "*\r\n") || inventory.Visible(field) != field {
		return ""
	}
	return begin + field + delimiter + "*"
}

// delimiter is what separates the fields of a file.
func (s subject) delimiter() string { return written(s.values.Text("delimiter")) }

// written is a delimiter as it stands in a file.
func written(setting string) string {
	if setting == "tab" {
		return "\t"
	}
	return setting
}

// onHand has a person say whether the on-hand figure is what stores should show.
func (s subject) onHand() *Suggestion {
	refused, any := s.report.refusals(inventory.FaultOnHandOnly)
	if !any {
		return nil
	}
	return &Suggestion{
		Why: rows(refused.Count) + " with an on-hand figure and no available one", Decide: true,
		Ways: []Way{{
			Settings: []Setting{{"quantity", string(inventory.QuantityOnHand)}}, Warehouse: true,
			Reads: "stores then show the on-hand figure, that which is promised to orders among it",
		}},
	}
}

// repeated has a person say whether several rows of one level are its parts.
func (s subject) repeated() *Suggestion {
	refused, any := s.report.refusals(inventory.FaultDouble)
	if !any {
		return nil
	}
	return &Suggestion{
		Why: rows(refused.Count) + " of a SKU and facility that other rows are of, too", Decide: true,
		Ways: []Way{{
			Settings: []Setting{{"repeated", string(inventory.RepeatedSum)}}, Warehouse: true,
			Reads: "adds them up, where they are bins or lots of one level; where one of them is wrong, correct it in the warehouse",
		}},
	}
}

// rows is a number of rows in words.
func rows(count int64) string {
	if count == 1 {
		return "1 row"
	}
	return strconv.FormatInt(count, 10) + " rows"
}
