package warehouses

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/settings"
)

func TestSuggestOfColumns(t *testing.T) {
	t.Parallel()
	columns := func(pairs ...string) settings.Values {
		table := map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			table[pairs[i]] = pairs[i+1]
		}
		return settings.Values{"columns": table}
	}
	with := func(values settings.Values, name string, value any) settings.Values {
		values[name] = value
		return values
	}
	checkAll(t, map[string]suggested{
		"other names": {
			report: holds("Item No,Qty", "A,1"), want: []string{`columns: {"available":"Qty","sku":"Item No"}`},
			says: `reads sku from "Item No", where "A" stands first; reads available from "Qty", where "1" stands first`,
		},
		"names that are right": {report: holds("x", "sku;available", "A;1"), want: []string{`delimiter: ";" header_line: 2`}},
		"two figures": {
			report: holds("sku,Stock,Free", "A,1,2"),
			want:   []string{`? columns: {"available":"Stock"} | columns: {"available":"Free"}`},
		},
		"beside columns that are set": {
			values: columns("facility", "site"), report: holds("Item No,Qty", "A,1"),
			want: []string{`columns: {"available":"Qty","facility":"site","sku":"Item No"}`},
		},
		"a column that is set and there": {
			values: columns("sku", "Code", "available", "x"), report: holds("Code,SKU,Qty", "A,B,1"),
			want: []string{`columns: {"available":"Qty","sku":"Code"}`},
		},
		"a name of its own comes first": {report: holds("sku,Item No,Qty", "A,B,1"), want: []string{`columns: {"available":"Qty"}`}},
		"the delimiter of most columns": {
			report: holds("Item No;Qty,;Name", "A;1,;x"),
			want:   []string{`delimiter: ";" columns: {"available":"Qty,","sku":"Item No"}`},
		},
		"a delimiter that is set": {values: settings.Values{"delimiter": ";"}, report: holds("Item No,Qty", "A,1")},
		"a tab":                   {report: holds("Item No\tQty", "A\t1"), want: []string{`delimiter: "tab" columns: {"available":"Qty","sku":"Item No"}`}},
		"a header below, set": {
			values: settings.Values{"header_line": int64(9)}, report: holds("x", "Item No,Qty", "A,1"),
			want: []string{`columns: {"available":"Qty","sku":"Item No"}`},
		},
		"quotes around a delimiter": {report: holds(`"Item, No",Qty,sku`, "A,1,x"), want: []string{`columns: {"available":"Qty"}`}},
		"a bare quote":              {report: holds(`sku,5" x,Qty`, "A,1,2"), want: []string{`columns: {"available":"Qty"}`}},
		"no header": {
			report: holds("A-1,5", "A-2,7"), want: []string{`? header: false columns: {"available":"2","sku":"1"}`},
			says: `reads "A-1" as the first SKU and "5" as its figure`,
		},
		"no header, two figures": {
			report: holds("5;A-1;7", "6;A-2;8"),
			want:   []string{`? delimiter: ";" header: false columns: {"available":"1","sku":"2"} | delimiter: ";" header: false columns: {"available":"3","sku":"2"}`},
		},
		"no header, and that is set": {values: settings.Values{"header": false}, report: holds("A-1,5", "A-2,7")},
		"numbers alone":              {report: holds("17,5", "18,7"), want: []string{`? header: false columns: {"available":"2","sku":"1"}`}},
		"names that tell nothing":    {report: holds("col1,col2", "A,1"), want: []string{`? columns: {"available":"col2","sku":"col1"}`}},
		"one of them has the word": {
			report: holds("Id,My Sku,Size,Available now", "x,A,1,2"),
			want:   []string{`? columns: {"available":"Available now","sku":"My Sku"}`},
		},
		"a word above no figure": {
			report: holds("Code,Available now,On shelf", "A,yes,2"),
			want:   []string{`? columns: {"available":"On shelf","sku":"Code"} | columns: {"available":"On shelf","sku":"Available now"}`},
		},
		"names below a title": {
			report: holds("Stock;list", "a;b;c", "A;x;1", "B;y;2"),
			want: []string{`? delimiter: ";" header_line: 2 columns: {"available":"c","sku":"a"} | ` +
				`delimiter: ";" header_line: 2 columns: {"available":"c","sku":"b"}`},
		},
		"a SKU's name below a title": {
			report: holds("a,b", "c,d", "Item No,On shelf", "A,1"),
			want:   []string{`? header_line: 3 columns: {"available":"On shelf","sku":"Item No"}`},
		},
		"a title that is a SKU's name": {
			report: holds("Item", "Code,On shelf", "A,1"),
			want:   []string{`? header_line: 2 columns: {"available":"On shelf","sku":"Code"}`},
		},
		"a figure's name, and no figure": {report: holds("Code,Qty", "A,n/a"), want: []string{`? columns: {"available":"Qty","sku":"Code"}`}},
		"three of a kind at most": {
			report: holds("a,b,c,d,e", "w,x,y,z,1"),
			want:   []string{`? columns: {"available":"e","sku":"a"} | columns: {"available":"e","sku":"b"} | columns: {"available":"e","sku":"c"}`},
		},
		"two delimiters of as many": {report: holds("sku,Qty,a;sku;Qty", "A,1,x"), want: []string{`columns: {"available":"Qty"}`}},
		"as many lines of two widths": {
			report: holds("t,u", "a,b,c", "v,w", "A,x,1"),
			want:   []string{`? header_line: 2 columns: {"available":"c","sku":"a"} | header_line: 2 columns: {"available":"c","sku":"b"}`},
		},
		"a column that holds nothing": {report: holds("a,b,c", ",x,1"), want: []string{`? columns: {"available":"c","sku":"b"}`}},
		"figures further down":        {report: holds("a,b", "x,y", "A,1"), want: []string{`? columns: {"available":"b","sku":"a"}`}},
		"figures of another width":    {report: holds("a,b", "x,y,1", "A,1"), want: []string{`? columns: {"available":"b","sku":"a"}`}},
		"one line":                    {report: holds("a,b")},
		"one column":                  {report: holds("a", "A")},
		"no figure anywhere":          {report: holds("a,b", "x,y")},
		"six ways at most": {report: holds("a,b,c,d,e,f", "x,y,z,1,2,3"), want: []string{`? columns: {"available":"d","sku":"a"} | columns: ` +
			`{"available":"e","sku":"a"} | columns: {"available":"f","sku":"a"} | columns: {"available":"d","sku":"b"} | columns: {"available":"e","sku":"b"} | ` +
			`columns: {"available":"f","sku":"b"}`}},
		"columns that are read": {report: refuses()},
		"on hand is read":       {report: Report{}.column("sku", "sku").column("on_hand", "on_hand")},
		"members": {
			spec: ofAnAPI, report: Report{}.column("code", "").column("article", "").column("qty", ""),
			want: []string{`fields: {"available":"qty","sku":"article"}`}, says: "the members that hold",
		},
		"members that hold others": {
			spec: ofAnAPI, report: Report{Fields: []Field{{name: "sku", holds: true}, {name: "item"}, {name: "qty"}}},
			want: []string{`fields: {"available":"qty","sku":"item"}`},
		},
		"a member that is read": {
			spec: ofAnAPI, report: Report{}.column("sku", "sku").column("item", "").column("qty", ""),
			want: []string{`fields: {"available":"qty"}`},
		},
		"a figure that is read": {
			spec: ofAnAPI, report: Report{}.column("free", "available").column("item", "").column("qty", ""),
			want: []string{`fields: {"sku":"item"}`},
		},
		"a failure says more": {report: holds("Item No,Qty", "A,1").mended(Setting{"quotes", "none"}), want: []string{`quotes: "none"`}},
		"no table":            {spec: bare, report: holds("Item No,Qty", "A,1")},

		"a facility": {
			report: refuses().column("Warehouse", "", "east"), want: []string{`? columns: {"facility":"Warehouse"}`},
			says: `reads facility from "Warehouse", where "east" stands first`,
		},
		"a facility that is needed": {
			report: refuses(refused(inventory.FaultDouble)).column("Warehouse", "", "east"),
			want:   []string{`columns: {"facility":"Warehouse"}`, `? warehouse repeated: "sum"`}, says: "1 row of a SKU that other rows have too",
		},
		"two of them": {
			report: refuses(refused(inventory.FaultDouble)).column("Warehouse", "").column("Site", ""),
			want:   []string{`? columns: {"facility":"Warehouse"} | columns: {"facility":"Site"}`, `? warehouse repeated: "sum"`}, says: `"Warehouse" or "Site"`,
		},
		"a facility that is read": {report: refuses().column("place", "facility").column("Warehouse", "")},
		"a facility that is set":  {values: settings.Values{"facility": "main"}, report: refuses().column("Warehouse", "")},
		"one that nobody wants":   {values: columns("facility", ""), report: refuses().column("Warehouse", "")},
		"beside other columns": {
			values: with(columns("sku", "Code"), "delimiter", ","), report: refuses().column("Warehouse", ""),
			want: []string{`? columns: {"facility":"Warehouse","sku":"Code"}`},
		},
		"a facility without SKUs":      {report: Report{}.column("available", "available").column("Warehouse", "")},
		"a facility of an API":         {spec: ofAnAPI, report: refuses().column("site", ""), want: []string{`? fields: {"facility":"site"}`}},
		"a facility that has no table": {spec: bare, report: refuses().column("Warehouse", "")},
	})
}

// TestBetter: which of two reports is of settings that read more.
func TestBetter(t *testing.T) {
	t.Parallel()
	double := func(count int64) []Refusals { return []Refusals{{Kind: inventory.FaultDouble, Count: count}} }
	before := Report{Read: 10, Refused: 2, Refusals: []Refusals{{Kind: inventory.FaultAmbiguous, Count: 2}}}
	total := Report{Read: 10, Odd: []inventory.Oddity{{Kind: inventory.OddTotal, Count: 1}}}
	alone := Report{Read: 10, Odd: []inventory.Oddity{{Kind: inventory.OddFacility, Count: 1}}}
	dressed := Report{Read: 10, Odd: []inventory.Oddity{{Kind: inventory.OddBlanks, Count: 2}}}
	for name, test := range map[string]struct {
		before, then Report
		want         bool
	}{
		"the same":                       {before, before, false},
		"fewer are refused":              {before, Report{Read: 11, Refused: 1}, true},
		"more are refused":               {before, Report{Read: 10, Refused: 3}, false},
		"it can be read now":             {Report{Failed: "x"}, before, true},
		"it fails for another reason":    {Report{Failed: "x"}, Report{Failed: "y"}, true},
		"it fails as before":             {Report{Failed: "x"}, Report{Failed: "x"}, false},
		"it fails now":                   {before, Report{Read: 12, Failed: "x"}, false},
		"what was read is lost":          {before, Report{Read: 9, NoLevel: 0, Refused: 1}, false},
		"what was read is no level":      {before, Report{Read: 10, NoLevel: 2}, true},
		"rows clash":                     {before, Report{Read: 12, Refusals: double(2), Refused: 0}, false},
		"quotes come into names":         {before, Report{Read: 12, quoted: 1}, false},
		"names that had quotes before":   {Report{Read: 10, Refused: 2, quoted: 1}, Report{Read: 12, quoted: 1}, true},
		"a total is passed over":         {total, Report{Read: 9}, true},
		"more than the total is lost":    {total, Report{Read: 8}, false},
		"a row of no facility is passed": {alone, Report{Read: 9}, true},
		"blanks are no rows to lose":     {dressed, Report{Read: 9}, false},
		"fewer are odd":                  {dressed, Report{Read: 10}, true},
		"as many are odd":                {dressed, dressed, false},
		"refused for the next reason":    {before, Report{Read: 10, Refused: 2, Refusals: []Refusals{{Kind: inventory.FaultNumber, Count: 2}}}, true},
		"some refused for the next reason": {before, Report{
			Read: 10, Refused: 2,
			Refusals: []Refusals{{Kind: inventory.FaultAmbiguous, Count: 1}, {Kind: inventory.FaultNumber, Count: 1}},
		}, true},
		"the next reason refuses more, too": {before, Report{Read: 9, Refused: 3, Refusals: []Refusals{{Kind: inventory.FaultNumber, Count: 3}}}, false},
	} {
		require.Equal(t, test.want, test.then.better(test.before), name)
	}
}

// TestWith: only what leaves no choice, and is a setting of the driver, is taken; entries of a map are added.
func TestWith(t *testing.T) {
	t.Parallel()
	values := settings.Values{"delimiter": ";", "columns": map[string]string{"sku": "Code"}}
	got := With(values, []Suggestion{
		{Ways: []Way{{Settings: []Setting{{"columns", map[string]string{"available": "Qty"}}, {"thousands", "."}}}}},
		{Ways: []Way{{Settings: []Setting{{"undress", true}}}}, Decide: true},
		{Ways: []Way{{Settings: []Setting{{"quantity", "on_hand"}}, Warehouse: true}}},
	})
	require.Equal(t, settings.Values{"delimiter": ";", "columns": map[string]string{"sku": "Code", "available": "Qty"}, "thousands": "."}, got)
	require.Len(t, values, 2, "the settings are left as they are")
	require.Len(t, values["columns"], 1)
	require.Equal(t, settings.Values{"undress": true}, With(nil, []Suggestion{{Ways: []Way{{Settings: []Setting{{"undress", true}}}}}}))
}
