package csv

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

// advise reports of a file, and of what to set.
func advise(t testing.TB, raw map[string]any) (warehouses.Advice, error) {
	t.Helper()
	values, problems := Spec.Check(raw)
	require.Empty(t, problems)
	return warehouses.Advisor{
		Driver: Driver(), ID: "depot", Policy: warehouses.Policy{Quantity: inventory.QuantityAvailable}, Limits: warehouses.Limits{Rows: 1_000_000}, Now: time.Now,
		Environment: warehousetest.Environment(),
	}.Advise(t.Context(), values)
}

// lines are suggestions in short: "name: value", with "?" before those that a person must decide, and "|" between their ways.
func lines(advice warehouses.Advice) []string {
	var all []string
	for _, suggestion := range advice.Suggestions {
		var ways []string
		for _, way := range suggestion.Ways {
			var parts []string
			for _, setting := range way.Settings {
				value := settings.Values{"": setting.Value}.Canonical()
				parts = append(parts, setting.Name+": "+strings.TrimSuffix(strings.TrimPrefix(value, `{"":`), "}"))
			}
			ways = append(ways, strings.Join(parts, " "))
		}
		text := strings.Join(ways, " | ")
		if suggestion.Decide {
			text = "? " + text
		}
		all = append(all, text)
	}
	return all
}

// TestSuggestedSettingsReadTheCases: of each file as people have it, what is suggested without a choice reads it as its table says.
func TestSuggestedSettingsReadTheCases(t *testing.T) {
	t.Parallel()
	site := map[string]any{"columns": map[string]any{"facility": "site"}}
	numbered := func(prefix, facility string, from, to int) []string {
		var want []string
		for i := from; i <= to; i++ {
			want = append(want, fmt.Sprintf("%s-%d%s=%d", prefix, i, facility, i))
		}
		return want
	}
	sold := numbered("A", "", 1, 38)
	sold[4] = "A-5=0"
	const decideSite = `? columns: {"facility":"site"}`
	for name, test := range map[string]struct {
		file     string
		settings map[string]any
		want     []string
		levels   []string
	}{
		"a bare quote in a column that nobody reads": {
			"bare-quote-in-unread-column.tsv", nil, []string{`delimiter: "tab" columns: {"available":"afn-fulfillable-quantity"}`}, sold,
		},
		"a bare quote in a column that is read": {
			"bare-quote-in-unread-column.tsv",
			map[string]any{"delimiter": "tab", "columns": map[string]any{"sku": "product-name", "available": "afn-fulfillable-quantity"}},
			[]string{`quotes: "none"`},
			nil,
		},
		"whole numbers as decimals": {"whole-numbers-as-decimals.csv", nil, nil, numbered("D", "", 1, 20)},
		"thousands":                 {"thousands.csv", nil, []string{`thousands: ","`}, append(numbered("T", "", 1, 37), "T-38=1234", "T-39=12000", "T-40=1000")},
		"dressed by a spreadsheet": {
			"dressed-by-a-spreadsheet.csv", nil,
			[]string{"undress: true"},
			append(numbered("E", "", 1, 37), "00123=5", "00124=6", "00125=7"),
		},
		"blanks after SKUs":         {"blanks-after-skus.csv", nil, []string{"undress: true"}, numbered("S", "", 1, 40)},
		"a total":                   {"total-line.csv", site, []string{`skip_rows: ["Total,*"]`}, numbered("G", "@main", 1, 20)},
		"a total that may be none":  {"total-line.csv", nil, []string{`? skip_rows: ["Total,*"]`, decideSite}, append(numbered("G", "", 1, 20), "Total=210")},
		"lines before the header":   {"leading-lines.csv", site, []string{"header_line: 4"}, numbered("P", "@main", 1, 20)},
		"the same, with nothing":    {"leading-lines.csv", nil, []string{"header_line: 4", decideSite}, numbered("P", "", 1, 20)},
		"rows of empty fields":      {"empty-rows.csv", site, nil, numbered("N", "@main", 1, 20)},
		"short rows":                {"short-rows.csv", site, []string{`short_rows: "accept"`}, numbered("X", "@main", 1, 40)},
		"carriage returns only":     {"carriage-returns-only.csv", nil, nil, numbered("C", "", 1, 20)},
		"windows-1252":              {"windows-1252.csv", nil, nil, numbered("W", "", 1, 40)},
		"windows-1252 that is read": {"windows-1252.csv", map[string]any{"columns": map[string]any{"sku": "name"}}, []string{`encoding: "windows-1252"`}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw := map[string]any{"path": filepath.Join("testdata", "cases", test.file)}
			maps.Copy(raw, test.settings)
			advice, _ := advise(t, raw)
			require.Equal(t, test.want, lines(advice))
			rows, _, err := fetchRows(t, newTestSource(t, time.Now, advice.Settings))
			require.NoError(t, err, "the suggested settings read the file")
			var levels []string
			for _, row := range rows {
				require.Empty(t, row.Problem, "nothing is refused that a suggestion claims to mend")
				levels = append(levels, took(row))
			}
			if test.levels != nil {
				require.Equal(t, test.levels, levels)
			}
			if advice.Then != nil {
				require.EqualValues(t, len(rows), advice.Then.Rows)
				require.Zero(t, advice.Then.Refused)
			}
		})
	}
}

// TestSuggestions: what is suggested, and what is left to a person because it can be meant in two ways.
func TestSuggestions(t *testing.T) {
	t.Parallel()
	many := func(row string, count int) string {
		var text strings.Builder
		for i := range count {
			text.WriteString(fmt.Sprintf(row, i+1) + "\n")
		}
		return text.String()
	}
	few := many("F-%[1]d,%[1]d", 9)
	for name, test := range map[string]struct {
		text     string
		settings map[string]any
		want     []string
		refused  int64 // with what leaves no choice
	}{
		"nothing to suggest":               {text: "sku,available\nA,1\nB,2\n"},
		"a thousand or one":                {text: "sku,available\nA,\"1,000\"\n" + few, want: []string{`? thousands: "," | decimal: ","`}, refused: 1},
		"three decimals everywhere":        {text: "sku,available\nA,\"1,234\"\nB,\"2,500\"\n", want: []string{`? thousands: "," | decimal: ","`}, refused: 2},
		"thousands without separators too": {text: "sku,available\nA,\"1,234\"\nB,1500\n" + few, want: []string{`? thousands: "," | decimal: ","`}, refused: 1},
		"decimals, as another figure says": {
			text: "sku,available\nA,\"1,234\"\nB,\"2,5\"\n" + few, want: []string{`? thousands: "," | decimal: ","`},
			refused: 2,
		},
		"thousands, and a fraction": {text: "sku,available\nA,\"1,234\"\nB,2.5\n" + few, want: []string{`thousands: ","`}, refused: 1},
		"decimals of two digits": {
			text: "sku;available\nA;12,00\nB;3,00\n", settings: map[string]any{"delimiter": ";"},
			want: []string{`decimal: ","`},
		},
		"thousands of points and decimals": {
			text: "sku;available\nA;1.250,00\nB;0,00\n", settings: map[string]any{"delimiter": ";"},
			want: []string{`thousands: "."`},
		},
		"thousands of blanks": {text: "sku,available\nA,1 250\n" + few, want: []string{`thousands: "space"`}},
		"a fraction alone":    {text: "sku,available\nA,1.5\n" + few, refused: 1},
		"a line that names the delimiter": {
			text: "sep=;\nArtikelnummer;Bestand\nA;1\n",
			want: []string{`delimiter: ";"`, `columns: {"available":"Bestand","sku":"Artikelnummer"}`},
		},
		"another delimiter": {text: "sku;available\nA;1\n", want: []string{`delimiter: ";"`}},
		"another delimiter and other names": {
			text: "Artikelnummer;Lagerort;Bestand\nA;Kiel;1\n",
			want: []string{
				`delimiter: ";" columns: {"available":"Bestand","sku":"Artikelnummer"}`,
				`? columns: {"available":"Bestand","facility":"Lagerort","sku":"Artikelnummer"}`,
			},
		},
		"other names below other lines": {
			text: "Stock list\n\nItem No,Qty\nA,1\n",
			want: []string{`header_line: 3 columns: {"available":"Qty","sku":"Item No"}`},
		},
		"two columns that may be the figure": {
			text: "SKU,Stock,Free\nA,1,2\n",
			want: []string{`? columns: {"available":"Stock","sku":"SKU"} | columns: {"available":"Free","sku":"SKU"}`},
		},
		"names that tell nothing": {text: "col1,col2\nA,1\n", want: []string{`? columns: {"available":"col2","sku":"col1"}`}},
		"no header":               {text: "A-1,5\nA-2,7\n", want: []string{`? header: false columns: {"available":"2","sku":"1"}`}},
		"words": {
			text: "sku,available\nA,Sold out\nB,In stock\nC,1\n", want: []string{`? texts: {"In stock":"?","Sold out":"?"}`},
			refused: 2,
		},
		"an empty figure":         {text: "sku,available\nA,\nC,1\n", want: []string{`? texts: {"":"?"}`}, refused: 1},
		"long rows":               {text: "sku,available\nA,1,,\nB,2\n", want: []string{`long_rows: "accept"`}},
		"a row that is too short": {text: "sku,note,available\nA\nB,x,2\n", refused: 1},
		"a day and a month": {
			text: "sku,available,reported_at\nA,1,02/03/2026 10:00\n",
			want: []string{`? time_layout: "02/01/2006 15:04" | time_layout: "01/02/2006 15:04"`}, refused: 1,
		},
		"a day that is no month": {
			text: "sku,available,reported_at\nA,1,02/03/2026 10:00\nB,1,25/03/2026 10:00\n",
			want: []string{`time_layout: "02/01/2006 15:04"`},
		},
		"one SKU in two places": {
			text: "sku,warehouse,available\nA,east,1\nA,west,2\nB,east,3\n",
			want: []string{`columns: {"facility":"warehouse"}`},
		},
		"one SKU twice": {text: "sku,available\nA,1\nA,2\nB,3\n", want: []string{`? repeated: "sum"`}, refused: 2},
		"figures with a unit": {
			text: "sku,available\nA,1 pcs\nB,2 pcs\nC,3 Stk.\nD,few\n",
			want: []string{`? unit: ["pcs","Stk."]`, `? texts: {"few":"?"}`}, refused: 4,
		},
		"figures as accountants write them": {text: "sku,available\nA,5-\nB,(3)\nC,4\n", want: []string{`negatives: "accounting"`}},
		"a figure that is dressed":          {text: "sku,available\nA,'5\nB,3\n", want: []string{"undress: true"}},
		"on hand":                           {text: "sku,on_hand\nA,1\n", want: []string{`? quantity: "on_hand"`}, refused: 1},
		"blanks that hide a twin":           {text: "sku,available\nA,1\nA ,2\n", want: []string{"? undress: true"}},
		"UTF-16": {
			text: "\xff\xfes\x00k\x00u\x00,\x00a\x00v\x00a\x00i\x00l\x00a\x00b\x00l\x00e\x00\n\x00A\x00,\x001\x00\n\x00",
			want: []string{`encoding: "utf-16"`},
		},
		"a quote that closes nothing":      {text: "sku,available,name\nA,1,\"TV 32\" wide\nB,2,x\n", want: []string{`quotes: "none"`}},
		"a quote, beside fields in quotes": {text: "sku,available\n\"A\",1\n5\" tube,2\n", want: []string{`? quotes: "none"`}, refused: 1},
		"a header that is repeated": {
			text: "sku,available,name\nA,1,x\nsku,available,name\nB,2,y\nsku,available,name\n",
			want: []string{`skip_rows: ["sku,*"]`},
		},
		"a header that is repeated, in quotes": {
			text: "\"name\",\"sku\",\"available\"\n\"x\",\"A\",\"1\"\n\"name\",\"sku\",\"available\"\n",
			want: []string{`skip_rows: ["\"name\",*"]`},
		},
		"a word that names the column": {text: "sku,available\nA,1\nB,available\n", want: []string{`? texts: {"available":"?"}`}, refused: 1},
		"a column for each place": {text: "Id,Item Sku,Total Stocked,Total Available Quantity,East Stocked,East Available,West " +
			"Available\ni1,A,4,2,2,1,1\n", want: []string{`? columns: {"available":"Total Available Quantity","sku":"Item Sku"} | columns: {"available":"East ` +
			`Available","sku":"Item Sku"} | columns: {"available":"West Available","sku":"Item Sku"}`}},
		"a header of other names below lines": {
			text:     "Report\n\nDate;2026-11-29\nCode;Warehouse;On shelf\nA;east;1\nB;east;2\nC;west;3\n",
			settings: map[string]any{"delimiter": ";"},
			want:     []string{`? header_line: 4 columns: {"available":"On shelf","sku":"Code"} | header_line: 4 columns: {"available":"On shelf","sku":"Warehouse"}`},
		},
		"quotes behind a backslash": {
			text: "\"sku\",\"name\",\"available\"\n\"A\",\"TV 32\\\" wide\",\"1\"\n\"B\",\"x\",\"2\"\n",
			want: []string{`quotes: "backslash"`},
		},
		"what a person set stays": {text: "sku;available\nA;1,5\nB;1.000\n", settings: map[string]any{"delimiter": ";", "thousands": "."}, refused: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "stock.csv")
			drop(t, path, test.text)
			raw := map[string]any{"path": path}
			maps.Copy(raw, test.settings)
			advice, err := advise(t, raw)
			require.Equal(t, test.want, lines(advice))
			last := advice.Report
			if advice.Then != nil {
				last, err = *advice.Then, nil
			}
			if err == nil {
				require.Equal(t, test.refused, last.Refused)
				require.Equal(t, last.Rows, last.Read+last.Refused+last.NoLevel)
			}
			for _, suggestion := range advice.Suggestions {
				require.NotEmpty(t, suggestion.Why)
				require.Equal(t, suggestion.Decide, suggestion.Decide || len(suggestion.Ways) > 1)
				for _, way := range suggestion.Ways {
					require.NotEmpty(t, way.Reads)
				}
			}
		})
	}
}

// TestReport: what a person is told of a file.
func TestReport(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "stock.csv")
	drop(t, path, "sku,site,name,available\nA,east,Bike,7\nB,west,Bell,\"1,000\"\nC,east,,12\nD,west,Lamp,Sold out\nE,east,Tube,n/a\nF,west,x,9\n")
	advice, err := advise(t, map[string]any{"path": path, "columns": map[string]any{"facility": "site"}, "texts": map[string]any{"n/a": "none"}})
	require.NoError(t, err)
	r := advice.Report
	require.Equal(t, []int64{6, 3, 1, 2}, []int64{r.Rows, r.Read, r.NoLevel, r.Refused})
	require.Equal(t, path, r.From)
	require.Equal(t, 1, r.Header)
	var fields []string
	for _, field := range r.Fields {
		fields = append(fields, field.Name+"="+field.As+" "+strings.Join(field.Examples, "|"))
	}
	require.Equal(t, []string{"sku=sku A|B|C", "site=facility east|west", "name= Bike|Bell|Lamp", "available=available 7|1,000|12"}, fields)
	require.Len(t, r.Refusals, 2)
	require.Equal(t, inventory.FaultAmbiguous, r.Refusals[0].Kind)
	require.Equal(t, warehouses.RefusedRow{
		Place: "stock.csv:3", SKU: "B", Facility: "west", Field: "available", Text: "1,000",
		Reason: `available: the quantity "1,000" is ambiguous: set thousands: "," if it is 1000, or decimal: "," if it is 1`,
	}, r.Refusals[0].Examples[0])
	require.Equal(t, inventory.FaultText, r.Refusals[1].Kind)
	require.Len(t, r.Facilities, 2)
	require.Equal(t, []any{"east", int64(2), int64(19), "west", int64(1), int64(9)},
		[]any{r.Facilities[0].Name, r.Facilities[0].Levels, r.Facilities[0].Units, r.Facilities[1].Name, r.Facilities[1].Levels, r.Facilities[1].Units})
	require.Equal(t, []warehouses.Figure{
		{SKU: "C", Facility: "east", Units: 12, Place: "stock.csv:4"},
		{SKU: "F", Facility: "west", Units: 9, Place: "stock.csv:7"},
		{SKU: "A", Facility: "east", Units: 7, Place: "stock.csv:2"},
	}, r.Largest)
}

// TestReportSaysWhatLooksOdd: what is taken byte by byte as it is documented is said to a person who looks.
func TestReportSaysWhatLooksOdd(t *testing.T) {
	t.Parallel()
	for file, test := range map[string]struct {
		settings map[string]any
		odd      []string
	}{
		"blanks-after-skus.csv": {nil, []string{`2 SKUs or facilities begin or end in a blank, like "S-39 " at blanks-after-skus.csv:40`, "set undress: true"}},
		"dressed-by-a-spreadsheet.csv": {nil, []string{
			`1 SKU begins with an apostrophe, like "'00124" at dressed-by-a-spreadsheet.csv:40`,
			`1 SKU is a spreadsheet's formula, like "=\"00125\"" at dressed-by-a-spreadsheet.csv:41`,
		}},
		"total-line.csv": {map[string]any{"columns": map[string]any{"facility": "site"}}, []string{
			`1 row has no facility, and all others have one, like "Total" at total-line.csv:22`, "set skip_rows or stop_at",
			`1 row has a figure that is the sum of all rows before it, like "Total" at total-line.csv:22`,
		}},
	} {
		raw := map[string]any{"path": filepath.Join("testdata", "cases", file)}
		maps.Copy(raw, test.settings)
		advice, err := advise(t, raw)
		require.NoError(t, err)
		var texts []string
		for _, odd := range advice.Report.Odd {
			texts = append(texts, odd.Text+"; "+odd.Advice)
		}
		for _, text := range test.odd {
			require.Contains(t, strings.Join(texts, "\n"), text)
		}
	}
	advice, err := advise(t, map[string]any{"path": filepath.Join("testdata", "cases", "total-line.csv"), "skip_rows": "Total*"})
	require.NoError(t, err)
	require.Equal(t, 1, advice.Report.Skipped)
	require.Empty(t, advice.Report.Odd)
}

// TestReportIsBounded: whatever a file holds, its report is small, and holds nothing that cannot be seen.
func TestReportIsBounded(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString("sku,facility,available")
	for i := range 240 {
		fmt.Fprintf(&text, ",%s%d\u202e", strings.Repeat("c", 150), i)
	}
	text.WriteString("\n")
	for i := range 5000 {
		fmt.Fprintf(&text, "S\x1b[31m\u202e%d%s,%s%d,\"1,%03d\u202e %d\"%s\n", i, strings.Repeat("x", 400), strings.Repeat("f", 300), i, i%1000, i,
			strings.Repeat(",", 240))
		fmt.Fprintf(&text, "R%d,%s%d,%d%s\n", i, strings.Repeat("g", 300), i, i, strings.Repeat(",", 240))
	}
	path := filepath.Join(t.TempDir(), "stock.csv")
	drop(t, path, text.String())
	advice, err := advise(t, map[string]any{"path": path, "max_fields": 300})
	require.NoError(t, err)
	require.EqualValues(t, 10000, advice.Report.Rows)
	require.EqualValues(t, 5000, advice.Report.Read)
	require.Len(t, advice.Report.Facilities, 50)
	require.EqualValues(t, 4950, advice.Report.MoreFacilities)
	require.Equal(t, 43, advice.Report.MoreFields)
	written := settings.Values{"": advice.Report}.Canonical()
	require.Less(t, len(written), 100_000)
	require.NotContains(t, written, "\u202e")
	require.NotContains(t, strings.ReplaceAll(written, `\\u001b`, ""), `\u001b`, "only as it is shown")
	for _, kind := range advice.Report.Refusals {
		require.LessOrEqual(t, len(kind.Examples), 3)
	}
}

// TestReportLimits: a report says how much it looked at when a limit ends it.
func TestReportLimits(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "stock.csv")
	var text strings.Builder
	text.WriteString("sku,available\n")
	for i := range 3000 {
		fmt.Fprintf(&text, "S-%d,%d\n", i, i)
	}
	drop(t, path, text.String())
	now := time.Now()
	for _, test := range []struct {
		limits warehouses.Limits
		rows   int64
		says   string
	}{
		{warehouses.Limits{Rows: 3000}, 3000, ""},
		{warehouses.Limits{Rows: 2999}, 2999, "only the first 2999 rows were looked at"},
		{warehouses.Limits{Rows: 3000, Until: now}, 1000, "only the first 1000 rows were looked at, for the time was over"},
	} {
		r, err := warehouses.Collect(t.Context(), newTestSource(t, time.Now, map[string]any{"path": path}), warehouses.Policy{}, test.limits,
			func() time.Time { return now })
		require.NoError(t, err)
		require.Equal(t, test.rows, r.Rows)
		require.Contains(t, r.Limit, test.says)
		require.Equal(t, test.says == "", r.Limit == "")
	}
}

// TestSuggestionsWithoutTime: what could not be tried is left to a person.
func TestSuggestionsWithoutTime(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "stock.csv")
	drop(t, path, "sku,available\nA ,1\n")
	values, problems := Spec.Check(map[string]any{"path": path})
	require.Empty(t, problems)
	now := time.Now()
	advice, err := warehouses.Advisor{
		Driver: Driver(), ID: "depot", Limits: warehouses.Limits{Rows: 100, Until: now}, Now: func() time.Time { return now },
		Environment: warehousetest.Environment(),
	}.Advise(t.Context(), values)
	require.NoError(t, err)
	require.Equal(t, []string{"? undress: true"}, lines(advice))
	require.Contains(t, advice.Suggestions[0].Why, "not tried, for the time was over")
	require.Nil(t, advice.Then)
}

// FuzzAdvice: no file breaks a report; each row is counted once; and what is suggested without a choice never reads less.
func FuzzAdvice(f *testing.F) {
	files, err := filepath.Glob("testdata/cases/*")
	require.NoError(f, err)
	require.NotEmpty(f, files)
	for _, file := range files {
		content, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(content)
	}
	f.Add([]byte("sku,available\nA,\"1,000\"\nB,n/a\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(t.TempDir(), "stock.csv")
		require.NoError(t, os.WriteFile(path, content, 0o600))
		advice, _ := advise(t, map[string]any{"path": path})
		_, problems := Spec.Check(advice.Settings)
		require.Empty(t, problems, "what is suggested can be set")
		r := advice.Report
		require.Equal(t, r.Rows, r.Read+r.NoLevel+r.Refused)
		if advice.Then != nil && r.Failed == "" {
			require.Empty(t, advice.Then.Failed)
			require.LessOrEqual(t, advice.Then.Refused, r.Refused)
		}
	})
}
