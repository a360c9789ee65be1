package inventory_test

import (
	"fmt"
	"testing"

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
	for _, one := range o.List() {
		list = append(list, fmt.Sprintf("%s: %s", one.Kind, one.Text))
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
		"nothing":          {},
		"nothing that is":  {rows: sites},
		"blanks":           {rows: []inventory.Row{row("S-39 ", "", 1), row("S-40\u00a0", "", 1), row("\ufeffS", "", 1), row("A B", "", 1)}, want: []string{`blanks: 3 SKUs or facilities begin or end in a blank, like "S-39 " at stock.csv:2`}},
		"a blank facility": {rows: []inventory.Row{row("S", "east ", 1)}, want: []string{`blanks: 1 SKU or facility begins or ends in a blank, like "S" at stock.csv:2`}},
		"a spreadsheet":    {rows: []inventory.Row{row("'00124", "", 1), row(`="00125"`, "", 1), row("=1+1", "", 1), row("'", "", 1)}, want: []string{`apostrophe: 1 SKU begins with an apostrophe, like "'00124" at stock.csv:2`, `formula: 1 SKU is a spreadsheet's formula, like "=\"00125\"" at stock.csv:3`}},
		"twins": {
			rows: []inventory.Row{row("abc", "", 1), row("ABC", "", 1), row("abc", "east", 1), row("a  b", "", 1), row("a b", "", 1), row("\u212a", "", 1), row("k", "", 1)},
			want: []string{`twin: 3 SKUs differ from others only in case or blanks, like "ABC" at stock.csv:3`},
		},
		"a total": {
			rows: with(row("Total", "", total)),
			want: []string{`no facility: 1 row has no facility, and all others have one, like "Total" at stock.csv:32`, `total: 1 row has a figure that is the sum of all rows before it, like "Total" at stock.csv:32`},
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
