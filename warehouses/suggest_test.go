package warehouses

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses/numbers"
)

// ofFiles are the settings of a driver that reads files, as far as suggestions know them.
var ofFiles = settings.Spec{Driver: "files", Options: append([]settings.Option{
	{Name: "columns", Kind: settings.Map},
	{Name: "facility", Kind: settings.String},
	{Name: "delimiter", Kind: settings.String, Default: ","},
	{Name: "quotes", Kind: settings.String},
	{Name: "header", Kind: settings.Boolean, Default: "true"},
	{Name: "header_line", Kind: settings.Integer},
	{Name: "short_rows", Kind: settings.String},
	{Name: "long_rows", Kind: settings.String},
	{Name: "skip_rows", Kind: settings.Patterns},
	{Name: "encoding", Kind: settings.String, Default: "utf-8"},
	{Name: "time_layout", Kind: settings.String, Default: "rfc3339"},
}, numbers.Options()...)}

// ofAnAPI are those of a driver that reads an API's answers.
var ofAnAPI = settings.Spec{Driver: "api", Options: append([]settings.Option{
	{Name: "fields", Kind: settings.Map}, {Name: "facility", Kind: settings.String}, {Name: "figures_as_text", Kind: settings.Boolean, Default: "false"},
}, numbers.Options()...)}

// bare are those of a driver without any of them.
var bare = settings.Spec{Driver: "bare"}

// shortly are suggestions in short: "name: value", with "?" before those that a person must decide, and "|" between their ways.
func shortly(suggestions []Suggestion) []string {
	var all []string
	for _, suggestion := range suggestions {
		var ways []string
		for _, way := range suggestion.Ways {
			var parts []string
			for _, setting := range way.Settings {
				value := settings.Values{"": setting.Value}.Canonical()
				parts = append(parts, setting.Name+": "+strings.TrimSuffix(strings.TrimPrefix(value, `{"":`), "}"))
			}
			text := strings.Join(parts, " ")
			if way.Warehouse {
				text = "warehouse " + text
			}
			ways = append(ways, text)
		}
		text := strings.Join(ways, " | ")
		if suggestion.Decide {
			text = "? " + text
		}
		all = append(all, text)
	}
	return all
}

// refused are refusals of a kind, each with a text.
func refused(kind inventory.FaultKind, texts ...string) Refusals {
	all := Refusals{Kind: kind, Count: int64(max(len(texts), 1))}
	for _, text := range texts {
		all.Texts = append(all.Texts, Text{Text: inventory.Shown(text, reportText), Count: 1, raw: text})
	}
	return all
}

// refuses is a report of columns that are read, with refusals.
func refuses(all ...Refusals) Report {
	return Report{Read: 1, Refusals: all, Fields: []Field{{name: "sku", As: "sku"}, {name: "available", As: "available"}}}
}

// holds is a report of a file that could not be told apart.
func holds(lines ...string) Report {
	r := Report{}
	for i, text := range lines {
		r.first = append(r.first, line{i + 1, text})
	}
	return r
}

// odd adds what looks odd.
func (r Report) withOdd(kind inventory.OddityKind, place, raw string) Report {
	r.Odd = append(r.Odd, inventory.Oddity{Kind: kind, Count: 1, Text: "it is odd", Examples: []inventory.Example{{SKU: "X", Place: place}}})
	if r.odd == nil {
		r.odd = map[string]string{}
	}
	r.odd[place] = raw
	return r
}

// column adds a column, or a member.
func (r Report) column(name, as string, examples ...string) Report {
	r.Fields = append(r.Fields, Field{Name: name, name: name, As: as, Examples: examples})
	return r
}

// plain says which figures were read.
func (r Report) plain(small, large int64) Report {
	r.small, r.large = small, large
	return r
}

func (r Report) mended(all ...Setting) Report {
	r.mends = all
	return r
}

// suggested is a case of TestSuggest.
type suggested struct {
	spec   settings.Spec // of files where it is none
	values settings.Values
	report Report
	want   []string
	says   string // is in a Why or a Reads
}

// check compares what is suggested.
func (c suggested) check(t *testing.T) {
	t.Helper()
	if c.spec.Driver == "" {
		c.spec = ofFiles
	}
	if _, set := c.values["delimiter"]; !set && c.spec.Driver == ofFiles.Driver {
		values := settings.Values{"delimiter": ","}
		for name, value := range c.values {
			values[name] = value
		}
		c.values = values
	}
	all := Suggest(c.spec, c.values, c.report)
	require.Equal(t, c.want, shortly(all))
	var advice []string
	for _, suggestion := range all {
		require.NotEmpty(t, suggestion.Why)
		advice = append(advice, suggestion.Why)
		for _, way := range suggestion.Ways {
			require.NotEmpty(t, way.Reads)
			advice = append(advice, way.Reads)
		}
	}
	require.Contains(t, strings.Join(advice, "\n"), c.says)
}

func checkAll(t *testing.T, cases map[string]suggested) {
	t.Helper()
	for name, suggestion := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			suggestion.check(t)
		})
	}
}

func TestSuggestOfFailures(t *testing.T) {
	t.Parallel()
	checkAll(t, map[string]suggested{
		"nothing":         {report: Report{}},
		"a delimiter":     {report: Report{}.mended(Setting{"delimiter", ";"}), want: []string{`delimiter: ";"`}, says: "another delimiter separates"},
		"one that is set": {values: settings.Values{"delimiter": "|"}, report: Report{}.mended(Setting{"delimiter", ";"})},
		"the second of two": {
			values: settings.Values{"quotes": "none"}, report: Report{}.mended(Setting{"quotes", "none"}, Setting{"header_line", int64(4)}),
			want: []string{"header_line: 4"}, says: "line 4 holds the columns",
		},
		"quotes: none":        {report: Report{}.mended(Setting{"quotes", "none"}), want: []string{`quotes: "none"`}, says: "where no field is put in quotes"},
		"quotes: backslash":   {report: Report{}.mended(Setting{"quotes", "backslash"}), want: []string{`quotes: "backslash"`}, says: "have a backslash before them"},
		"an encoding":         {report: Report{}.mended(Setting{"encoding", "utf-16"}), want: []string{`encoding: "utf-16"`}, says: "is not written in UTF-8"},
		"any other":           {report: Report{}.mended(Setting{"facility", "x"}), want: []string{`facility: "x"`}, says: "the fetch says so"},
		"no columns besides":  {report: holds("sku;available", "A;1").mended(Setting{"delimiter", ";"}), want: []string{`delimiter: ";"`}},
		"of no such settings": {spec: bare, report: Report{}.mended(Setting{"delimiter", ";"})},
	})
}

func TestSuggestOfTexts(t *testing.T) {
	t.Parallel()
	set := func(name string, value any) settings.Values { return settings.Values{name: value} }
	checkAll(t, map[string]suggested{
		"letters of both encodings": {report: refuses(refused(inventory.FaultEncoding, "caf\xe9")), want: []string{`encoding: "windows-1252"`}, says: `"café"`},
		"letters of neither":        {report: refuses(refused(inventory.FaultEncoding, "a\x81", "caf\xe9"))},
		"an encoding that is set":   {values: set("encoding", "utf-16"), report: refuses(refused(inventory.FaultEncoding, "caf\xe9"))},
		"blanks":                    {report: refuses().withOdd(inventory.OddBlanks, "f:2", "A ,1"), want: []string{"undress: true"}},
		"apostrophes":               {report: refuses().withOdd(inventory.OddApostrophe, "f:2", "'A,1"), want: []string{"undress: true"}},
		"formulas":                  {report: refuses().withOdd(inventory.OddFormula, "f:2", `="A",1`), want: []string{"undress: true"}},
		"what is odd otherwise":     {report: refuses().withOdd(inventory.OddRewritten, "f:2", "1E+5,1")},
		"formulas with bare quotes": {
			report: refuses(refused(inventory.FaultQuote, `="A"`)), want: []string{"undress: true"},
			says: "1 row refused for a spreadsheet's formula",
		},
		"figures that are dressed": {
			report: refuses(refused(inventory.FaultDressed, "'5", "'7")), want: []string{"undress: true"},
			says: "2 rows refused for a figure that is dressed",
		},
		"undress that is set":       {values: set("undress", false), report: refuses(refused(inventory.FaultDressed, "'5"))},
		"undress that there is not": {spec: bare, report: refuses(refused(inventory.FaultDressed, "'5"))},
		"bare quotes":               {report: refuses(refused(inventory.FaultQuote, `5" tube`)), want: []string{`quotes: "none"`}},
		"bare quotes and formulas":  {report: refuses(refused(inventory.FaultQuote, `5" tube`, `="A"`)), want: []string{"undress: true", `quotes: "none"`}},
		"quotes that are set":       {values: set("quotes", "double"), report: refuses(refused(inventory.FaultQuote, `5" tube`))},
		"short rows":                {report: refuses(refused(inventory.FaultShort, "a", "b")), want: []string{`short_rows: "accept"`}, says: "reads 2 rows"},
		"short rows, set":           {values: set("short_rows", "refuse"), report: refuses(refused(inventory.FaultShort, "a"))},
		"too short ones":            {report: refuses(refused(inventory.FaultTooShort, "a"))},
		"long rows":                 {report: refuses(refused(inventory.FaultLong, "a")), want: []string{`long_rows: "accept"`}, says: "reads 1 row"},
		"long rows, set":            {values: set("long_rows", "refuse"), report: refuses(refused(inventory.FaultLong, "a"))},
		"too long ones":             {report: refuses(refused(inventory.FaultTooLong, "a"))},
		"negatives":                 {report: refuses(refused(inventory.FaultNegative, "5-")), want: []string{`negatives: "accounting"`}, says: `"5-"`},
		"negatives, set":            {values: set("negatives", "accounting"), report: refuses(refused(inventory.FaultNegative, "5-"))},
		"units": {
			report: refuses(refused(inventory.FaultUnit, "5 pcs", "7 pcs", "3 Stk.")), want: []string{`? unit: ["pcs","Stk."]`},
			says: `"5 pcs" as 5`,
		},
		"units, beside known ones": {
			values: set("unit", []string{"pcs"}), report: refuses(refused(inventory.FaultUnit, "3 Stk.")),
			want: []string{`? unit: ["pcs","Stk."]`},
		},
		"units that are known":     {values: set("unit", []string{"pcs"}), report: refuses(refused(inventory.FaultUnit, "3 pcs"))},
		"units that there are not": {spec: bare, report: refuses(refused(inventory.FaultUnit, "3 pcs"))},
		"words": {
			report: refuses(refused(inventory.FaultText, "few", "many")), want: []string{`? texts: {"few":"?","many":"?"}`},
			says: `"few" (1), "many" (1)`,
		},
		"words, beside known ones": {
			values: set("texts", map[string]string{"none": "0"}), report: refuses(refused(inventory.FaultText, "few")),
			want: []string{`? texts: {"few":"?","none":"0"}`},
		},
		"many words": {
			report: refuses(refused(inventory.FaultText, strings.Split("abcdefghi", "")...)),
			want:   []string{`? texts: {"a":"?","b":"?","c":"?","d":"?","e":"?","f":"?","g":"?","h":"?","i":"?"}`}, says: "another column holds the figure",
		},
		"words that have no setting": {spec: bare, report: refuses(refused(inventory.FaultText, "few"))},
		"no figure":                  {report: refuses(refused(inventory.FaultNoFigure)), want: []string{`? texts: {"":"?"}`}},
		"no figure, beside words": {
			values: set("texts", map[string]string{"n/a": "none"}), report: refuses(refused(inventory.FaultNoFigure)),
			want: []string{`? texts: {"":"?","n/a":"none"}`},
		},
		"no figure, known":          {values: set("texts", map[string]string{"": "none"}), report: refuses(refused(inventory.FaultNoFigure))},
		"no figure in any row":      {report: Report{Refusals: []Refusals{refused(inventory.FaultNoFigure)}}},
		"no figure, and no setting": {spec: bare, report: refuses(refused(inventory.FaultNoFigure))},
		"times of one form": {
			report: refuses(refused(inventory.FaultTime, "24.11.2026 09:30")), want: []string{`time_layout: "02.01.2006 15:04"`},
			says: "24 November 2026, 09:30:00",
		},
		"times of two forms": {
			report: refuses(refused(inventory.FaultTime, "02/03/2026")),
			want:   []string{`? time_layout: "02/01/2006" | time_layout: "01/02/2006"`},
		},
		"times that tell the form":  {report: refuses(refused(inventory.FaultTime, "02/03/2026", "25/03/2026")), want: []string{`time_layout: "02/01/2006"`}},
		"the other way about":       {report: refuses(refused(inventory.FaultTime, "25/03/2026", "02/03/2026")), want: []string{`time_layout: "02/01/2006"`}},
		"seconds":                   {report: refuses(refused(inventory.FaultTime, "1764000000")), want: []string{`time_layout: "unix"`}},
		"milliseconds":              {report: refuses(refused(inventory.FaultTime, "1764000000000")), want: []string{`time_layout: "unix_ms"`}},
		"numbers that are no times": {report: refuses(refused(inventory.FaultTime, "17"))},
		"times of no form":          {report: refuses(refused(inventory.FaultTime, "soon"))},
		"times of the year 26":      {report: refuses(refused(inventory.FaultTime, "0026-01-02"))},
		"times, set":                {values: set("time_layout", "unix"), report: refuses(refused(inventory.FaultTime, "24.11.2026 09:30"))},
		"times that have not come":  {report: refuses(refused(inventory.FaultTime))},
		"on hand":                   {spec: bare, report: refuses(refused(inventory.FaultOnHandOnly)), want: []string{`? warehouse quantity: "on_hand"`}},
		"the same level twice":      {spec: bare, report: refuses(refused(inventory.FaultDouble)), want: []string{`? warehouse repeated: "sum"`}},
	})
}

func TestSuggestOfLines(t *testing.T) {
	t.Parallel()
	total := func(raw string) Report {
		return refuses().withOdd(inventory.OddTotal, "f:9", raw).withOdd(inventory.OddFacility, "f:9", raw)
	}
	repeats := func(header string) Report {
		r := holds("title", header)
		r.Header, r.headers, r.Fields = 2, 3, refuses().Fields
		return r
	}
	skip := func(pattern string) []string { return []string{"skip_rows: " + pattern} }
	checkAll(t, map[string]suggested{
		"a total": {report: total("Total,,210"), want: skip(`["Total,*"]`), says: "and no facility"},
		"a total that may be a level": {
			report: refuses().withOdd(inventory.OddTotal, "f:9", "Total,210"), want: []string{`? skip_rows: ["Total,*"]`},
			says: "the sum of all rows before it",
		},
		"a total, and no facility beside": {
			report: refuses().withOdd(inventory.OddTotal, "f:9", "Total,210").withOdd(inventory.OddFacility, "f:3", "A,,1"),
			want:   []string{`? skip_rows: ["Total,*"]`},
		},
		"no facility": {
			report: refuses().withOdd(inventory.OddFacility, "f:3", "A,,1"), want: []string{`? skip_rows: ["A,*"]`},
			says: "has no facility, and all others have one",
		},
		"a total beside other patterns":   {values: settings.Values{"skip_rows": []string{"#*"}}, report: total("Total,,210"), want: skip(`["#*","Total,*"]`)},
		"a total behind empty fields":     {report: total(",,Total,210"), want: skip(`[",,Total,*"]`)},
		"a total in quotes":               {report: total(`"Total",210`), want: skip(`["\"Total\",*"]`)},
		"a total with a tab":              {values: settings.Values{"delimiter": "tab"}, report: total("Total\t210"), want: skip(`["Total\t*"]`)},
		"a total alone":                   {report: total("Total")},
		"a total of blanks":               {report: total(`" ",210`)},
		"a total with a star":             {report: total("*Total,210")},
		"a total that cannot be seen":     {report: total("To\u202etal,210")},
		"a total, and no setting":         {spec: bare, values: settings.Values{"delimiter": ","}, report: total("Total,,210")},
		"the header again":                {report: repeats("sku,available"), want: skip(`["sku,*"]`), says: "3 rows that repeat the header"},
		"the header again, skipped":       {values: settings.Values{"skip_rows": []string{"#*"}}, report: repeats("sku,available"), want: skip(`["#*","sku,*"]`)},
		"the header again, of one column": {report: repeats("sku")},
		"the header again, no setting":    {spec: bare, values: settings.Values{"delimiter": ","}, report: repeats("sku,available")},
		"the header once":                 {report: Report{Header: 1, first: []line{{1, "sku,available"}}, Fields: refuses().Fields}},
	})
}

func TestSuggestOfNumbers(t *testing.T) {
	t.Parallel()
	ambiguous := func(texts ...string) Report { return refuses(refused(inventory.FaultAmbiguous, texts...)) }
	checkAll(t, map[string]suggested{
		"a thousand or one": {
			report: ambiguous("1,000"), want: []string{`? thousands: "," | decimal: ","`},
			says: "it is not certain which number is meant",
		},
		"beside small plain figures": {report: ambiguous("1,234").plain(5, 0), want: []string{`thousands: ","`}, says: `reads "1,234" as 1234`},
		"beside large plain figures": {report: ambiguous("1,234").plain(5, 1), want: []string{`? thousands: "," | decimal: ","`}},
		"beside no plain figures":    {report: ambiguous("1,234").plain(0, 0), want: []string{`? thousands: "," | decimal: ","`}},
		"large ones among the texts": {
			report: refuses(refused(inventory.FaultAmbiguous, "1,234"), refused(inventory.FaultNumber, "5000")).plain(5, 0),
			want:   []string{`? thousands: "," | decimal: ","`},
		},
		"decimals of two digits": {report: ambiguous("12,00"), want: []string{`decimal: ","`}},
		"both separators":        {report: ambiguous("1.234,00"), want: []string{`thousands: "."`}, says: `reads "1.234,00" as 1234`},
		"a fraction beside": {
			report: refuses(refused(inventory.FaultAmbiguous, "1,234"), refused(inventory.FaultFraction, "2.5")).plain(5, 0),
			want:   []string{`thousands: ","`},
		},
		"fractions alone":           {report: refuses(refused(inventory.FaultFraction, "2.5"))},
		"decimals, as another says": {report: ambiguous("1,234", "2,5").plain(5, 0), want: []string{`? thousands: "," | decimal: ","`}},
		"thousands of blanks":       {report: refuses(refused(inventory.FaultNumber, "1 234")), want: []string{`thousands: "space"`}},
		"thousands of apostrophes":  {report: refuses(refused(inventory.FaultAmbiguous, "1'234")).plain(1, 0), want: []string{`thousands: "'"`}},
		"of apostrophes as printed": {report: refuses(refused(inventory.FaultAmbiguous, "1\u2019234")).plain(1, 0), want: []string{`thousands: "'"`}},
		"a separator that is set":   {values: settings.Values{"thousands": "."}, report: ambiguous("1,5"), want: nil},
		"of an API, numbers":        {spec: ofAnAPI, report: refuses(refused(inventory.FaultFraction, "2,000"))},
		"of an API, texts":          {spec: ofAnAPI, report: refuses(refused(inventory.FaultNumberText, "5")), want: []string{"figures_as_text: true"}},
		"of an API, texts and more": {
			spec: ofAnAPI, report: refuses(refused(inventory.FaultNumberText, "5", "1,250")).plain(1, 0),
			want: []string{`figures_as_text: true thousands: ","`},
		},
		"of an API that says so":        {spec: ofAnAPI, values: settings.Values{"figures_as_text": true}, report: refuses(refused(inventory.FaultNumberText, "5"))},
		"two texts, one in each manner": {report: ambiguous("1,000", "1.000"), want: []string{`? thousands: "," | thousands: "."`}},
	})
}
