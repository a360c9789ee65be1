package csv

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

// TestShapes: what a file has around its rows.
func TestShapes(t *testing.T) {
	t.Parallel()
	const head = "sku,available\n"
	type given = map[string]any
	for name, test := range map[string]struct {
		text     string
		settings given
		want     []string
		next     warehouses.Next
		err      string
	}{
		"comments between the rows": {
			text: "# made by X\n" + head + "A,1\n# \"half\nB,2\n", settings: given{"skip_rows": []any{"# made*", "# \"half"}},
			want: []string{"A=1", "B=2"},
		},
		"a pattern with two wildcards": {text: head + "A,1\nPage 1 of 2,\nB,2\n", settings: given{"skip_rows": "Page * of *"}, want: []string{"A=1", "B=2"}},
		"a pattern that does not fit whole": {
			text: head + "Total 5,1\n", settings: given{"skip_rows": []any{"Total", "otal*", "*5,", "T*5*2", "Total 5,*1*1"}},
			want: []string{"Total 5=1"},
		},
		"a header that is repeated": {text: head + "A,1\n" + head + "B,2\n", settings: given{"skip_rows": "sku,available"}, want: []string{"A=1", "B=2"}},
		"a header once more":        {text: head + "A,1\n" + head + "B,2\n", want: []string{"A=1", "sku!", "B=2"}},
		"what stands below the end": {text: head + "A,1\nTotal,1\nB,2\n\"open,1\n", settings: given{"stop_at": "Total,*"}, want: []string{"A=1"}},
		"an end and a trailer": {
			text: head + "A,1\nTotal,1\nx\n#END,1\n", settings: given{"stop_at": "Total,*", "complete": "trailer"},
			want: []string{"A=1"},
		},
		"an end and no trailer": {
			text: head + "A,1\nTotal,1\n", settings: given{"stop_at": "Total,*", "complete": "trailer"}, next: warehouses.Retry,
			err: "it has no trailer",
		},
		"skipped rows are not counted": {
			text: head + "A,1\nTotal,1\n#END,1\n", settings: given{"skip_rows": "Total,*", "complete": "trailer"},
			want: []string{"A=1"},
		},
		"skipped rows that a trailer counts": {
			text: head + "A,1\nTotal,1\n#END,2\n", settings: given{"skip_rows": "Total,*", "complete": "trailer"},
			next: warehouses.Retry, err: "it has 1 rows (besides the 1 lines that skip_rows passes over), and its trailer says 2",
		},
		"a last line below the end that is cut": {
			text: head + "A,1\nTotal,1\nB", settings: given{"stop_at": "Total,*", "final_newline": true},
			next: warehouses.Retry, err: "its last line does not end",
		},
		"a time above the header": {
			text:     "#as of 2026-03-01T12:00:00Z\nx\n" + head + "A,1\n",
			settings: given{"header_line": 3, "as_of": "line:#as of {time}"}, want: []string{"A=1"},
		},

		"a quote above the header": {text: "Report \"5\n\"x\" y\n" + head + "A,1\n", settings: given{"header_line": 3}, want: []string{"A=1"}},
		"a header line that is blank": {
			text: "x\n\n" + head + "A,1\n", settings: given{"header_line": 2}, next: warehouses.AskPerson,
			err: "header_line is 2, and that line is blank or no line of its own; the next one is line 3",
		},
		"a header line that is too far": {text: head + "A,1\n", settings: given{"header_line": 9}, next: warehouses.Retry, err: "it is empty"},
		"a header line without columns": {
			text: "x\n" + head + "A,1\n", settings: given{"header_line": 1}, next: warehouses.AskPerson,
			err: `there is no column "sku"`,
		},
		"a header that is looked for": {
			text:     "Stock,of,today\n,,\nsku,site,free\nA,east,1\n",
			settings: given{"header": "auto", "columns": given{"available": "free"}}, want: []string{"A=1"},
		},
		"a header that is not there": {
			text: "Stock,of,today\nA,1,2\n", settings: given{"header": "auto"}, next: warehouses.AskPerson,
			err: `header is auto, and none of the first 2 lines that are not blank has the columns that are read; of its first line: it has "Stock", "of", "today"`,
		},
		"a header that is too far": {
			text: strings.Repeat("x,y\n", 100) + head + "A,1\n", settings: given{"header": "auto"}, next: warehouses.AskPerson,
			err: "none of the first 100 lines",
		},
		"a header in the first line": {text: head + "A,1\n", settings: given{"header": "auto"}, want: []string{"A=1"}},
		"a spreadsheet's first line": {text: "sep=;\nsku;available\nA;1\n", settings: given{"delimiter": ";"}, want: []string{"A=1"}},
		"another delimiter": {
			text: "sep=;\nsku;available\nA;1\n", next: warehouses.AskPerson,
			err: "its first line says that the delimiter is \";\", and another is set; set delimiter: \";\", or header_line: 2 to pass over that line",
		},
		"another delimiter that is wrong": {text: "sep=;\nsku,available\nA,1\n", settings: given{"header_line": 2}, want: []string{"A=1"}},
		"a delimiter that cannot be set":  {text: "sep=~\nsku,available\nA,1\n", want: []string{"A=1"}},
		"tabs":                            {text: "sku\tavailable\nA\t1\n", next: warehouses.AskPerson, err: "set delimiter: tab"},
		"another delimiter, further down": {
			text: "Report\nsku;available\nA;1\n", settings: given{"header": "auto"}, next: warehouses.AskPerson,
			err: "set delimiter: \";\"",
		},
		"no header anywhere": {
			text: "a,b\nc,d\n", next: warehouses.AskPerson,
			err: `there is no column "sku"; it has "a", "b"; set columns: {sku: NAME} to the column that holds it`,
		},
		"a dressed header":                   {text: "\"=\"\"sku\"\"\",available \nA,1\n", settings: given{"undress": true}, want: []string{"A=1"}},
		"a header in another encoding":       {text: "sku,Gr\xf6\xdfe,available\nA,1,2\n", want: []string{"A=2"}},
		"rows of blanks":                     {text: ",\n" + head + "A,1\n , \t\n\u00a0,\nB,2\n,,,\n", want: []string{"A=1", "B=2"}},
		"an empty row that is cut":           {text: "sku,site,available\nA,x,1\n,", next: warehouses.Retry, err: "it ends after 2 of 3 fields"},
		"an empty SKU is no blank line":      {text: head + "A,1\n,5\n", want: []string{"A=1", "=5"}},
		"a carriage return in other columns": {text: "sku,note,available\nA,x\ry,1\nB,\"x\r\ny\",2\n", want: []string{"A=1", "B=2"}},
		"two carriage returns at each end":   {text: "sku,available\r\r\nA,1\r\r\n", want: []string{"A=1"}},
		"carriage returns and half a row": {
			text: "sku,site,available\rA,x,1\rB", next: warehouses.Retry,
			err: "stock.csv:3: the file is truncated: it ends after 1 of 3 fields",
		},

		"letters that are quotes": {
			text: "sku,note,available\n\"A\",\"5,1\nB,6\" x,\"2\n", settings: given{"quotes": "none"},
			want: []string{"\"A\"=1", "B!"},
		},
		"a quote that is not closed": {
			text: "sku,note,available\nA,\"x,1\nB,y,2\n", next: warehouses.AskPerson,
			err: "stock.csv:2: a quote opens a field here, and none closes it to the end of the file; close it, or set quotes: none",
		},
		"a quote that may be closed yet": {text: "sku,note,available\nA,\"x", next: warehouses.Retry, err: "set quotes: none"},
		"text behind a quote":            {text: "sku,note,available\nA,\"x\" y,1\n", next: warehouses.AskPerson, err: "set quotes: none"},
		"bad bytes in other columns":     {text: "sku,note,available\nA,\xff\xfe,1\nB,\x00,2\n", want: []string{"A=1", "B=2"}},
		"bad characters in other columns": {
			text:     wide("sku,note,available\nA,x,1\n") + "\x00B\x00,\xd8\x00\x00,\x00" + "2\x00\n",
			settings: given{"encoding": "utf-16"}, want: []string{"A=1", "B=2"},
		},
		"bad bytes in a facility":        {text: "sku,facility,available\nA,\xff,1\n", want: []string{"A@\xff!"}},
		"a quote in a time that is read": {text: "sku,available,reported_at\nA,1,x\"y\n", want: []string{"A!"}},
		"a quote in a time that is not": {
			text: "sku,available,reported_at\nA,1,x\"y\n", settings: given{"columns": given{"reported_at": ""}},
			want: []string{"A=1"},
		},
		"a formula that is no dress":       {text: head + "=1\"2,1\n", settings: given{"undress": true}, want: []string{"=1\"2!"}},
		"short at the end, as others were": {text: "sku,available,note\nA,1\nB,2", settings: given{}, want: []string{"A!", "B!"}},
		"short at the end, accepted":       {text: "sku,available,note\nA,1\nB,2", settings: given{"short_rows": "accept"}, want: []string{"A=1", "B=2"}},
		"too short at the end, accepted": {
			text: "sku,available,note\nA,1\nB", settings: given{"short_rows": "accept"}, next: warehouses.Retry,
			err: "it ends after 1 of 3 fields",
		},
		"long rows": {text: head + "A,1,\nB,2, ,\nC,3,x\n", want: []string{"!", "!", "!"}},
		"long rows that are accepted": {
			text: head + "A,1,\nB,2, ,\nC,3,x\nD,4" + strings.Repeat(",", 300) + "\n", settings: given{"long_rows": "accept"},
			want: []string{"A=1", "B=2", "!", "!"},
		},
		"the end of a file in DOS": {text: head + "A,1\r\n\x1a", want: []string{"A=1"}},
		"a wrong header in another encoding": {
			text: "sku,verf\xfcgbar\nA,1\n", next: warehouses.AskPerson,
			err: "the header is not valid UTF-8; if the file is written in another encoding, set encoding, like encoding: windows-1252",
		},
		"long rows are not accepted": {text: "sku,name,available\nA,Belt, large,1\n", settings: given{"short_rows": "accept"}, want: []string{"!"}},
		// which the ledger refuses, both
		"a clash of what was dressed": {text: head + "A,1\n'A,2\n", settings: given{"undress": true}, want: []string{"A=1", "A=2"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw := given{"path": filepath.Join(t.TempDir(), "stock.csv")}
			for name, value := range test.settings {
				raw[name] = value
			}
			drop(t, raw["path"].(string), test.text)
			rows, _, err := fetch(t, newTestSource(t, time.Now, raw), "")
			if test.err != "" {
				warehousetest.RequireError(t, err, test.next, test.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.want, rows)
		})
	}
}

// FuzzUnread: whatever stands in a column that nobody reads, the row beside it is read. A quote that begins a field is no letter of it.
func FuzzUnread(f *testing.F) {
	for _, note := range []string{"5\" x", "\xff", "\x00", "x\ry", "=\"1\"", "", " ", "\u00a0", "'"} {
		f.Add(note)
	}
	f.Fuzz(func(t *testing.T, note string) {
		if strings.ContainsAny(note, ",\n") || strings.HasPrefix(note, "\"") || strings.HasSuffix(note, "\r") {
			return
		}
		text := "sku,note,available\nA," + note + ",1\nB,,2\n"
		format, err := newFormat(defaults(t))
		require.NoError(t, err)
		s := &source{format: format, maxRows: 10}
		var rows []inventory.Row
		_, err = s.rows(t.Context(), "stock.csv", strings.NewReader(text), true, nil, &pages{sink: keeping(&rows)})
		require.NoError(t, err)
		require.Len(t, rows, 2)
		require.Equal(t, "A=1", took(rows[0]))
		require.Equal(t, "B=2", took(rows[1]))
	})
}

// defaults are the settings of a file of which nothing is set.
func defaults(t testing.TB) settings.Values {
	t.Helper()
	values, problems := Spec.Check(settings.Values{"path": "stock.csv"})
	require.Empty(t, problems)
	return values
}

// FuzzPattern: a pattern fits what a regular expression fits that has .* where it has *.
func FuzzPattern(f *testing.F) {
	for _, pair := range [][2]string{{"Total*", "Total,,5"}, {"*a*b*", "xaybz"}, {"a*a", "a"}, {"a*", ""}, {"*", "x"}, {"a", "a"}, {"ab*ba", "aba"}} {
		f.Add(pair[0], pair[1])
	}
	f.Fuzz(func(t *testing.T, pattern, line string) {
		quoted := strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, "(?s:.*)")
		same, err := regexp.Compile(`\A(?:` + quoted + `)\z`)
		if err != nil || !utf8.ValidString(pattern+line) {
			return
		}
		require.Equal(t, same.MatchString(line), newPatterns([]string{pattern}).fit([]byte(line)))
	})
}

func TestShapesThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		settings map[string]any
		says     string
	}{
		{map[string]any{"header_line": 2, "header": false}, "header_line of csv: header is false"},
		{map[string]any{"header_line": 2, "header": "auto"}, "header_line of csv: header: auto looks for the header"},
		{map[string]any{"header_line": 0}, "outside 1 to 10000"},
		{map[string]any{"header": "first"}, "header of csv: expected true or false or auto"},
		{map[string]any{"skip_rows": "*"}, `skip_rows of csv: "*" is not the text of a line`},
		{map[string]any{"skip_rows": []any{"x", ""}}, `skip_rows of csv: "" is not the text of a line`},
		{map[string]any{"stop_at": "a\nb"}, "stop_at of csv"},
		{map[string]any{"quotes": "single"}, "is not one of double, backslash, none"},
		{map[string]any{"short_rows": true}, "expected text"},
	} {
		test.settings["path"] = "stock.csv"
		_, problems := Spec.Check(test.settings)
		require.NotEmpty(t, problems, test.settings)
		require.Contains(t, problems[0].Message, test.says)
	}
}

// TestSettingsOfShapeReadAnew: what was read under other rules is read again, and a warehouse that sets none of them goes on where it was.
func TestSettingsOfShapeReadAnew(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "stock.csv")
	drop(t, path, "sku,available\nA,1\n")
	plain := newTestSource(t, time.Now, map[string]any{"path": path})
	values, problems := Spec.Check(settings.Values{"path": path})
	require.Empty(t, problems)
	_, first, err := fetch(t, plain, "")
	require.NoError(t, err)
	for _, option := range []map[string]any{
		{"thousands": ","},
		{"decimal": ","},
		{"texts": map[string]any{"x": 1}},
		{"undress": true},
		{"negatives": "accounting"},
		{"quotes": "none"},
		{"header_line": 1},
		{"header": "auto"},
		{"skip_rows": "x"},
		{"stop_at": "x"},
		{"short_rows": "accept"},
		{"long_rows": "accept"},
	} {
		for name := range option {
			if name != nameHeader {
				require.NotContains(t, values, name, "it has no default, so that settings that were stored before stay what they are")
			}
		}
		option["path"] = path
		_, snapshot, err := fetch(t, newTestSource(t, time.Now, option), first.Cursor)
		require.NoError(t, err)
		require.False(t, snapshot.Unchanged, option)
	}
	_, again, err := fetch(t, plain, first.Cursor)
	require.NoError(t, err)
	require.True(t, again.Unchanged)
}
