package csv

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

// TestReports reads files made after public reports of people whose import of a file went wrong. The source of each is beside it.
func TestReports(t *testing.T) {
	t.Parallel()
	type settings = map[string]any
	for name, test := range map[string]struct {
		file     string
		settings settings
		levels   []string          // these are among what is read
		rows     int               // that are read
		refused  map[string]string // what the refusals say, by line
		err      string            // what a person is told
	}{
		// https://github.com/tspence/csharp-csv-reader/issues/28, https://github.com/rap2hpoutre/fast-excel/issues/327
		"a quoted line that names the separator": {
			file: "separator-line-quoted.csv", settings: settings{"delimiter": ";"}, rows: 20,
			levels: []string{"A-1=1", "A-20=20"},
		},
		"the same, without the delimiter set": {file: "separator-line-quoted.csv", err: `set delimiter: ";"`},
		// https://github.com/woocommerce/woocommerce/issues/25379, https://github.com/woocommerce/woocommerce/pull/17875
		"an export that dresses what is below 0": {
			file: "woocommerce-export.csv", settings: settings{"columns": settings{"sku": "SKU", "available": "Stock"}},
			rows: 19, refused: map[string]string{"20": `set undress: true if it is -7`},
		},
		"the same, undressed": {file: "woocommerce-export.csv", settings: settings{
			"columns": settings{"sku": "SKU", "available": "Stock"},
			"undress": true, "texts": settings{"": "none"},
		}, rows: 20, levels: []string{"W-19=-7"}},
		// https://github.com/buckets/application/issues/60
		"negative figures as accountants write them": {
			file: "accounting.csv", settings: settings{"thousands": ","}, rows: 18,
			refused: map[string]string{"20": "set negatives: accounting if it is -5", "21": "if it is -7", "22": "if it is -1200"},
		},
		"negative figures as accountants write them, set": {
			file: "accounting.csv", settings: settings{"thousands": ",", "negatives": "accounting"}, rows: 21,
			levels: []string{"B-19=-5", "B-20=-7", "B-21=-1200"},
		},
		// https://github.com/colearendt/xlsx/issues/7, https://github.com/colearendt/xlsx/issues/74
		"a spreadsheet's errors": {
			file: "lookup-errors.csv", rows: 17,
			refused: map[string]string{"19": `set texts: {"#N/A": NUMBER}, or none`, "20": `"#NV"`, "21": `"#REF!"`},
		},
		"the same, where they are no stock": {
			file: "lookup-errors.csv", settings: settings{"texts": settings{"#N/A": "none", "#NV": "none", "#REF!": 0}}, rows: 20,
			levels: []string{"L-18=?", "L-19=?", "L-20=0"},
		},
		// https://github.com/GetDKAN/dkan/pull/3627, https://github.com/mholt/PapaParse/issues/982
		"two columns of one name": {
			file: "same-header-twice.csv", settings: settings{"columns": settings{"available": "qty"}},
			err: `two columns are named "qty", the 2nd and the 4th, and one is to be read as available; say which by its number: columns: {available: "#2"}`,
		},
		"two columns, the first is read": {
			file: "same-header-twice.csv", settings: settings{"columns": settings{"available": "#2"}}, rows: 20,
			levels: []string{"H-3=3"},
		},
		"two columns, the second is read": {
			file: "same-header-twice.csv", settings: settings{"columns": settings{"available": "#4"}}, rows: 20,
			levels: []string{"H-3=103"},
		},
		"a column that is not there": {
			file: "same-header-twice.csv", settings: settings{"columns": settings{"available": "#5"}},
			err: `there is no column "#5"; the file has 4`,
		},
		// https://github.com/portfolio-performance/portfolio/pull/3257
		"French numbers": {
			file: "french-numbers.csv", settings: settings{"delimiter": ";", "columns": settings{"sku": "référence", "available": "stock"}},
			refused: map[string]string{"2": `set decimal: "," if it is 1`, "19": `set thousands: space and decimal: "," if it is 1234`},
		},
		"French numbers, set": {file: "french-numbers.csv", settings: settings{
			"delimiter": ";", "decimal": ",", "thousands": "space",
			"columns": settings{"sku": "référence", "available": "stock"},
		}, rows: 20, levels: []string{"F-18=1234", "F-19=12000", "F-20=1000"}},
		// https://github.com/genspark-ai/genoffice/pull/438, https://github.com/jdunck/python-unicodecsv/issues/74
		"UTF-16 without a mark": {file: "unicode-text-no-bom.txt", settings: settings{"delimiter": "tab"}, err: "set encoding: utf-16le"},
		"UTF-16 without a mark, set to one": {
			file: "unicode-text-no-bom.txt", settings: settings{"delimiter": "tab", "encoding": "utf-16"},
			err: "set encoding: utf-16le",
		},
		"UTF-16 without a mark, set": {
			file: "unicode-text-no-bom.txt", settings: settings{"delimiter": "tab", "encoding": "utf-16le"}, rows: 20,
			levels: []string{"U-20=20"},
		},
		// https://github.com/GoldenGnu/jeveassets/issues/35
		"figures that became dates": {file: "dates.csv", rows: 19, refused: map[string]string{"20": `"10-Mar"`, "21": `"2018-03-10"`}},
		// https://github.com/moneymanagerex/moneymanagerex/issues/7030
		"line ends inside a field": {file: "newline-in-a-field.csv", rows: 20, levels: []string{"N-20=20"}},
		// https://github.com/openboxes/openboxes/issues/67, https://github.com/odoomrp/odoomrp-wip/pull/1421; what adds up is for the ledger
		"bins and lots": {file: "bins.csv", rows: 5, levels: []string{"VP71=100", "VP71=300"}},
		// https://github.com/medusajs/medusa/issues/9357 and the inventory export that Shopify documents
		"a store's export": {file: "shopify-inventory.csv", settings: settings{"columns": settings{
			"sku": "SKU", "facility": "Location",
			"available": "Available (not editable)",
		}}, rows: 19, refused: map[string]string{"20": `set texts: {"not stocked": NUMBER}, or none`}},
		"a store's export, set": {file: "shopify-inventory.csv", settings: settings{"columns": settings{
			"sku": "SKU", "facility": "Location",
			"available": "Available (not editable)",
		}, "texts": settings{"not stocked": "none"}}, rows: 20},
		// Web servers that response with a page in place of the file.
		"a page in place of the file": {file: "sign-in-page.csv", err: "is a web page, not CSV"},
		// https://github.com/performant-software/textlab/issues/91
		"no header": {
			file: "no-header.csv",
			err:  `if the file has no header, set header: false and number the columns, like columns: {sku: "1", available: "2"}`,
		},
		"no header, set": {
			file: "no-header.csv", settings: settings{"header": false, "columns": settings{"sku": "1", "available": "2"}}, rows: 20,
			levels: []string{"Q-1=1"},
		},
		// https://github.com/woocommerce/woocommerce/issues/21511, https://github.com/dweeves/magmi-git/issues/180
		"blanks around the names of columns": {
			file:     "blanks-in-the-header.csv",
			settings: settings{"columns": settings{"sku": "SKU", "available": "Available", "facility": "Location"}}, rows: 20, levels: []string{"K-3@main=3"},
		},
		"blanks around the names of columns, set": {
			file:     "blanks-in-the-header.csv",
			settings: settings{"columns": settings{"sku": "SKU ", "available": " Available"}}, rows: 20, levels: []string{"K-3=3"},
		},
		// https://github.com/SheetJS/sheetjs/issues/2620: who adds the mark to a text that has one already
		"a byte order mark that became letters": {file: "mark-as-letters.csv", rows: 20, levels: []string{"K-1=1"}},
		"two byte order marks":                  {file: "two-marks.csv", rows: 20, levels: []string{"K-1=1"}},
		// https://github.com/woocommerce/woocommerce/issues/19514, https://github.com/boboldehampsink/import/issues/99
		"quotes behind a backslash": {file: "backslash-quotes.csv", err: "set quotes: backslash"},
		"quotes behind a backslash, set": {
			file: "backslash-quotes.csv", settings: settings{"quotes": "backslash"}, rows: 20,
			levels: []string{"K-18=18", `K\19=19`, `5" K-20=20`},
		},
		// https://github.com/wpninjas/ninja-forms/issues/2404, https://github.com/CORE-POS/IS4C/issues/1103
		"the header again and again":          {file: "header-every-ten-rows.csv", rows: 20, refused: map[string]string{"12": `"available" is not a whole number`}},
		"the header again and again, skipped": {file: "header-every-ten-rows.csv", settings: settings{"skip_rows": `"sku",*`}, rows: 20},
		// https://github.com/frappe/erpnext/issues/34689
		"a template with lines of its own": {file: "erpnext-template.csv", err: `there is no column "sku"; it has "Data Import Template"`},
		"a template with lines of its own, set": {
			file: "erpnext-template.csv", settings: settings{"header_line": 11, "columns": settings{
				"sku":       "item_code",
				"available": "actual_qty", "facility": "warehouse",
			}, "skip_rows": []any{`"Mandatory:"*`, `"Type:"*`, `"Info:"*`, `"Start entering*`}}, rows: 20,
			levels: []string{"E-7@Stores - A=7"},
		},
		// https://github.com/medusajs/medusa/pull/16223
		"a column for each location": {file: "column-per-location.csv", settings: settings{"columns": settings{
			"sku":       "Inventory Item Sku",
			"available": "Location [US Warehouse] Available Quantity",
		}, "facility": "us"}, rows: 20, levels: []string{"K-4@us=4"}},
		// https://github.com/meverett/InfluxDBStudio/issues/22: which of the fields are one figure is not known
		"decimal commas between commas": {
			file:    "decimal-commas-unquoted.csv",
			refused: map[string]string{"2": "the row has 4 fields; expected 3; a field that holds the delimiter must stand in quotes"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw := settings{"path": filepath.Join("testdata", "reports", test.file)}
			for name, value := range test.settings {
				raw[name] = value
			}
			rows, _, err := fetchRows(t, newTestSource(t, time.Now, raw))
			if test.err != "" {
				warehousetest.RequireError(t, err, warehouses.AskPerson, test.file, test.err)
				requireUpload(t, raw, nil, err)
				return
			}
			require.NoError(t, err)
			requireUpload(t, raw, rows, nil)
			read := 0
			refused := map[string]string{}
			var levels []string
			for _, row := range rows {
				if row.Problem != "" {
					refused[strings.TrimPrefix(row.Place, test.file+":")] = row.Problem
					continue
				}
				read++
				levels = append(levels, took(row))
			}
			require.Equal(t, test.rows, read)
			for _, level := range test.levels {
				require.True(t, slices.Contains(levels, level), "%s of %v", level, levels)
			}
			for line, says := range test.refused {
				require.Contains(t, refused[line], says)
			}
			if len(test.refused) == 0 {
				require.Empty(t, refused)
			}
		})
	}
}

// TestSKUsThatASpreadsheetRewrote: https://github.com/react-csv/react-csv/issues/136, https://github.com/dfinke/ImportExcel/issues/830. Nothing
// can bring the digits back, but a person can be told.
func TestSKUsThatASpreadsheetRewrote(t *testing.T) {
	t.Parallel()
	rows, _, err := fetchRows(t, newTestSource(t, time.Now, map[string]any{"path": filepath.Join("testdata", "reports", "shortened-skus.csv")}))
	require.NoError(t, err)
	var odd inventory.Oddities
	for _, row := range rows {
		odd.Add(row)
	}
	require.Equal(t, []string{`3 SKUs look like numbers or dates that a spreadsheet has rewritten, like "4.68769E+17" at shortened-skus.csv:20`},
		[]string{odd.List()[0].Text})
}

// TestNumberedColumns: a column that is really named so is meant first.
func TestNumberedColumns(t *testing.T) {
	t.Parallel()
	for column, want := range map[string]string{"#1": "A=5", "#2": "", "#3": "A=7"} {
		path := filepath.Join(t.TempDir(), "stock.csv")
		require.NoError(t, os.WriteFile(path, []byte("sku,#1,#3\nA,5,7\n"), 0o600))
		if column == "#2" {
			want = "A=5" // the second column, which is named #1
		}
		rows, _, err := fetchRows(t, newTestSource(t, time.Now, map[string]any{"path": path, "columns": map[string]any{"available": column}}))
		require.NoError(t, err)
		require.Equal(t, want, took(rows[0]), column)
	}
	for number, want := range map[int]string{1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 11: "11th", 12: "12th", 13: "13th", 21: "21st", 102: "102nd", 111: "111th"} {
		require.Equal(t, want, ordinal(number))
	}
}

// TestBigEndians reads UTF-16 whose high byte comes first, with and without a byte order mark.
func TestBigEndians(t *testing.T) {
	t.Parallel()
	for _, mark := range []string{"", "\ufeff"} {
		var text []byte
		for _, letter := range mark + "sku,available\nA,1\n" {
			text = append(text, byte(letter>>8), byte(letter))
		}
		path := filepath.Join(t.TempDir(), "stock.csv")
		require.NoError(t, os.WriteFile(path, text, 0o600))
		rows, _, err := fetchRows(t, newTestSource(t, time.Now, map[string]any{"path": path, "encoding": "utf-16be"}))
		require.NoError(t, err)
		require.Equal(t, "A=1", took(rows[0]))
		_, _, err = fetchRows(t, newTestSource(t, time.Now, map[string]any{"path": path}))
		want := "set encoding: utf-16be"
		if mark != "" {
			want = "set encoding: utf-16"
		}
		warehousetest.RequireError(t, err, warehouses.AskPerson, want)
	}
}

// Who has named the columns has seen a header.
func TestNumbersAreNotAdvisedWhereNamesAreSet(t *testing.T) {
	t.Parallel()
	path := filepath.Join("testdata", "reports", "no-header.csv")
	_, _, err := fetchRows(t, newTestSource(t, time.Now, map[string]any{"path": path, "columns": map[string]any{"sku": "Artikel"}}))
	warehousetest.RequireError(t, err, warehouses.AskPerson, `there is no column "Artikel"`)
	require.NotContains(t, err.Error(), "header: false")
}

// TestBlanksAroundNames: they do not matter where a file cannot be read without the column. One that may be there is meant by its name alone,
// for files that were read without it would be read otherwise.
func TestBlanksAroundNames(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"sku ,available\nA,1\n":                 "A=1",
		"sku,\u00a0available\t\nA,1\n":          "A=1",
		"sku,available, facility\nA,1,east\n":   "A=1",
		"sku,on_hand, available\nA,2,1\n":       "A=?",
		"sku ,sku,available\nB,A,1\n":           "A=1",
		"\ufeff\ufeff\"sku\",available \nA,1\n": "A=1",
	} {
		path := filepath.Join(t.TempDir(), "stock.csv")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		rows, _, err := fetchRows(t, newTestSource(t, time.Now, map[string]any{"path": path}))
		require.NoError(t, err, text)
		require.Equal(t, want, took(rows[0]), text)
	}
	path := filepath.Join(t.TempDir(), "stock.csv")
	require.NoError(t, os.WriteFile(path, []byte("sku , sku,available\nA,B,1\n"), 0o600))
	_, _, err := fetchRows(t, newTestSource(t, time.Now, map[string]any{"path": path}))
	warehousetest.RequireError(t, err, warehouses.AskPerson, `two columns are named "sku", the 1st and the 2nd`)
}
