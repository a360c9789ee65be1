package inventory_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
)

// oddities are those of rows, in words.
func oddities(rows ...inventory.Row) []string {
	var o inventory.Oddities
	for i, row := range rows {
		row.Place = fmt.Sprintf("stock.csv:%d", i+2)
		o.Add(row)
	}
	var list []string
	for _, oddity := range o.List() {
		list = append(list, fmt.Sprintf("%s: %s", oddity.Kind, oddity.Text))
	}
	return list
}

func TestOddities(t *testing.T) {
	t.Parallel()
	row := func(sku, facility string, units int64) inventory.Row {
		return inventory.Row{SKU: sku, Facility: facility, Available: &units}
	}
	var sites []inventory.Row
	total := int64(0)
	for i := range int64(30) {
		sites = append(sites, row(fmt.Sprintf("G-%d", i), "main", i))
		total += i
	}
	with := func(more ...inventory.Row) []inventory.Row { return append(sites[:len(sites):len(sites)], more...) }
	for name, test := range map[string]struct {
		rows []inventory.Row
		want []string
	}{
		"nothing":         {},
		"nothing that is": {rows: sites},
		"blanks": {
			rows: []inventory.Row{row("S-39 ", "", 1), row("S-40\u00a0", "", 1), row("\ufeffS", "", 1), row("A B", "", 1)},
			want: []string{`blanks: 3 SKUs or facilities begin or end in a blank, like "S-39 " at stock.csv:2`},
		},
		"a blank facility": {
			rows: []inventory.Row{row("S", "east ", 1)},
			want: []string{`blanks: 1 SKU or facility begins or ends in a blank, like "S" at stock.csv:2`},
		},
		"a spreadsheet": {
			rows: []inventory.Row{row("'00124", "", 1), row(`="00125"`, "", 1), row("=1+1", "", 1), row("'", "", 1)},
			want: []string{
				`apostrophe: 1 SKU begins with an apostrophe, like "'00124" at stock.csv:2`,
				`formula: 1 SKU is a spreadsheet's formula, like "=\"00125\"" at stock.csv:3`,
			},
		},
		"rewritten by a spreadsheet": {
			rows: []inventory.Row{
				row("4.68769E+17", "", 1), row("1,23E+12", "", 1), row("2e+5", "", 1), row("1-Mar", "", 1), row("Sep-07", "", 1),
				row("12-Dec ", "", 1),
			},
			want: []string{
				`blanks: 1 SKU or facility begins or ends in a blank, like "12-Dec " at stock.csv:7`,
				`rewritten: 6 SKUs look like numbers or dates that a spreadsheet has rewritten, like "4.68769E+17" at stock.csv:2`,
			},
		},
		"not rewritten": {rows: []inventory.Row{
			row("MAR-01", "", 1), row("Mar-011", "", 1), row("E+17", "", 1), row("A1.2E+17", "", 1), row("1.2E17", "", 1),
			row("12.5E+3", "", 1), row("123-Mar", "", 1),
		}},
		"twins": {
			rows: []inventory.Row{
				row("abc", "", 1), row("ABC", "", 1), row("abc", "east", 1), row("a  b", "", 1), row("a b", "", 1), row("\u212a", "", 1),
				row("k", "", 1),
			},
			want: []string{`twin: 3 SKUs differ from others only in case or blanks, like "ABC" at stock.csv:3 beside "abc"`},
		},
		"a total": {
			rows: with(row("Total", "", total)),
			want: []string{
				`no facility: 1 row has no facility, and all others have one, like "Total" at stock.csv:32`,
				`total: 1 row has a figure that is the sum of all rows before it, like "Total" at stock.csv:32`,
			},
		},
		"many without a facility":  {rows: with(row("X", "", 1), row("Y", "", 1)), want: nil},
		"a row that is refused":    {rows: with(inventory.Row{SKU: " X", Problem: "it cannot be read"})},
		"a sum of only a few rows": {rows: []inventory.Row{row("A", "", 1), row("B", "", 1), row("C", "", 2)}},
		"nothing on hand":          {rows: []inventory.Row{row("A", "", 0), row("B", "", 0), row("C", "", 0), row("D", "", 0), row("E", "", 0), row("F", "", 0)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, oddities(test.rows...))
		})
	}
	var o inventory.Oddities
	for range 10 {
		o.Add(inventory.Row{SKU: "A ", Place: "here"})
	}
	list := o.List()
	require.Len(t, list, 1)
	require.Equal(t, int64(10), list[0].Count)
	require.Len(t, list[0].Examples, inventory.OddExamples)
	require.Contains(t, list[0].Advice, "undress: true")
}

func TestAlike(t *testing.T) {
	t.Parallel()
	for sku, alike := range map[string][]string{
		"abc-1":  {"ABC-1", " abc-1", "abc -1", "A\u00a0bc\u200b-1\ufeff", "'ABC-1", `="ABC-1"`, "\tabc-1 "},
		"124":    {"00124", "'00124", `="00124"`, "0124 "},
		"0":      {},
		"00":     {},
		"straße": {"STRAßE", "stra ße"},
		"äb":     {"ÄB"},
		"=1+1":   {"= 1+1"},
	} {
		for _, spelling := range alike {
			require.Equal(t, inventory.Alike(sku), inventory.Alike(spelling), "%q and %q", sku, spelling)
		}
	}
	for sku, other := range map[string]string{"abc": "abd", "0A": "A", "A-1": "A1", "00": "0", "'": "", "1.0": "1"} {
		require.NotEqual(t, inventory.Alike(sku), inventory.Alike(other), "%q and %q", sku, other)
	}
}

// What a source writes into its SKUs is shown escaped and cut, and is kept within bounds.
func TestHostileOddities(t *testing.T) {
	t.Parallel()
	var o inventory.Oddities
	for _, sku := range []string{"\u202eABC ", "A\x1b[31m\nB ", strings.Repeat("x", 10_000) + " ", "\xff\x00 "} {
		o.Add(inventory.Row{SKU: sku, Facility: strings.Repeat("f", 10_000) + " ", Place: strings.Repeat("p", 10_000) + "\x1b"})
	}
	list := o.List()
	kept, err := json.Marshal(list)
	require.NoError(t, err)
	require.Less(t, len(kept), 6000)
	require.NotContains(t, string(kept), `\u0000`)
	require.Equal(t, `4 SKUs or facilities begin or end in a blank, like "\u202eABC " at `+strings.Repeat("p", 100)+"…", list[0].Text)
	oddity := inventory.Oddity{Kind: inventory.OddListing, Count: 1}
	for sku, want := range map[string]string{
		"\u202eABC": `"\u202eABC"`, "a\x1b[31m": `"a\x1b[31m"`, strings.Repeat("x", 10_000): `"` + strings.Repeat("x", 60) + `"…`, "\u00a0": `"\u00a0"`,
	} {
		oddity.Examples = []inventory.Example{inventory.NewExample(inventory.Row{SKU: "S"}, sku)}
		require.Equal(t, `1 SKU has no listing of that spelling, and differs from one in the listings, products or bundles `+
			`only in case, blanks, leading zeros or a spreadsheet's marks, like "S" for `+want, oddity.WithText().Text)
	}
	require.True(t, utf8.Valid(kept))
}

func TestJoinOddities(t *testing.T) {
	t.Parallel()
	example := func(sku string) inventory.Example { return inventory.Example{SKU: sku, Place: "here"} }
	first := []inventory.Oddity{
		{Kind: inventory.OddRecorded, Count: 1, Examples: []inventory.Example{{SKU: "a", Other: "A"}}},
		{Kind: inventory.OddBlanks, Count: 2, Examples: []inventory.Example{example("A "), example("B ")}},
	}
	second := []inventory.Oddity{{Kind: inventory.OddBlanks, Count: 7, Examples: []inventory.Example{example("C "), example("D ")}}}
	joined := inventory.JoinOddities(first, second, nil)
	require.Len(t, joined, 2)
	require.EqualValues(t, 9, joined[0].Count)
	require.Equal(t, []inventory.Example{example("A "), example("B "), example("C ")}, joined[0].Examples)
	require.Equal(t, `9 SKUs or facilities begin or end in a blank, like "A " at here`, joined[0].Text)
	require.Equal(t, `1 SKU differs from a recorded one with stock, which this snapshot does not name, only in case, blanks, leading zeros or a `+
		`spreadsheet's marks, like "a" beside "A"`, joined[1].Text)
	require.NotEmpty(t, joined[1].Advice)
	require.Equal(t, joined, inventory.JoinOddities(joined))
	require.Empty(t, inventory.JoinOddities(nil, nil))
	require.Len(t, first[1].Examples, 2)
}
