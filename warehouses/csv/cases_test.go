package csv

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

// TestCases reads files as people have them: each was made after what somebody told in public of moving stock by file.
func TestCases(t *testing.T) {
	t.Parallel()
	type settings = map[string]any
	tab := settings{"delimiter": "tab", "columns": settings{"available": "afn-fulfillable-quantity"}}
	with := func(base settings, more settings) settings {
		all := settings{}
		for _, values := range []settings{base, more} {
			for name, value := range values {
				all[name] = value
			}
		}
		return all
	}
	// numbered are levels like S-1=1.
	numbered := func(prefix string, from, to int) []string {
		var want []string
		for i := from; i <= to; i++ {
			want = append(want, fmt.Sprintf("%s-%d=%d", prefix, i, i))
		}
		return want
	}
	inMain := func(levels []string) []string {
		for i, level := range levels {
			levels[i] = strings.Replace(level, "=", "@main=", 1)
		}
		return levels
	}
	sold := numbered("A", 1, 38)
	sold[4] = "A-5=0"
	const short = "; set short_rows: accept if the warehouse leaves out empty fields at the end of a row"
	for name, test := range map[string]struct {
		file     string
		settings settings
		levels   []string
		refused  map[string]string // what the refusals say, by place
		err      string            // what a person is told
	}{
		"a bare quote in a column that nobody reads": {file: "bare-quote-in-unread-column.tsv", settings: tab, levels: sold},
		"the same, where nothing is in quotes":       {file: "bare-quote-in-unread-column.tsv", settings: with(tab, settings{"quotes": "none"}), levels: sold},
		"a bare quote in a column that is read": {
			file:     "bare-quote-in-unread-column.tsv",
			settings: settings{"delimiter": "tab", "columns": settings{"sku": "product-name", "available": "afn-fulfillable-quantity"}},
			refused:  map[string]string{":6": "quotes: none"},
		},
		"whole numbers as decimals": {file: "whole-numbers-as-decimals.csv", levels: numbered("D", 1, 20)},
		"thousands, where nothing is set": {
			file: "thousands.csv", levels: numbered("T", 1, 37),
			refused: map[string]string{
				":39": `set thousands: "," if it is 1234`, ":40": `set thousands: "," if it is 12000`,
				":41": `set thousands: "," if it is 1000`,
			},
		},
		"thousands": {
			file: "thousands.csv", settings: settings{"thousands": ","},
			levels: append(numbered("T", 1, 37), "T-38=1234", "T-39=12000", "T-40=1000"),
		},
		"dressed by a spreadsheet, byte by byte": {
			file: "dressed-by-a-spreadsheet.csv", levels: append(numbered("E", 1, 37), "'00124=6", `="00125"=7`),
			refused: map[string]string{":39": "undress: true"},
		},
		"dressed by a spreadsheet": {
			file: "dressed-by-a-spreadsheet.csv", settings: settings{"undress": true},
			levels: append(numbered("E", 1, 37), "00123=5", "00124=6", "00125=7"),
		},
		"blanks after SKUs, byte by byte": {file: "blanks-after-skus.csv", levels: append(numbered("S", 1, 38), "S-39 =39", "S-40\u00a0=40")},
		"blanks after SKUs":               {file: "blanks-after-skus.csv", settings: settings{"undress": true}, levels: numbered("S", 1, 40)},
		"a total at the end": {
			file: "total-line.csv", settings: settings{"columns": settings{"facility": "site"}},
			levels: append(inMain(numbered("G", 1, 20)), "Total=210"),
		},
		"a total that is skipped": {
			file: "total-line.csv", settings: settings{"columns": settings{"facility": "site"}, "skip_rows": "Total,*"},
			levels: inMain(numbered("G", 1, 20)),
		},
		"a total that is the end": {
			file: "total-line.csv", settings: settings{"columns": settings{"facility": "site"}, "stop_at": "Total*"},
			levels: inMain(numbered("G", 1, 20)),
		},
		"lines before the header": {
			file: "leading-lines.csv", settings: settings{"columns": settings{"facility": "site"}},
			err: "line 4 looks like the header: set header_line: 4, or header: auto",
		},
		"lines before the header, counted": {
			file: "leading-lines.csv", settings: settings{"columns": settings{"facility": "site"}, "header_line": 4},
			levels: inMain(numbered("P", 1, 20)),
		},
		"lines before the header, looked for": {
			file: "leading-lines.csv", settings: settings{"columns": settings{"facility": "site"}, "header": "auto"},
			levels: inMain(numbered("P", 1, 20)),
		},
		"rows of empty fields": {
			file: "empty-rows.csv", settings: settings{"columns": settings{"facility": "site"}},
			levels: inMain(numbered("N", 1, 20)),
		},
		"short rows": {
			file: "short-rows.csv", settings: settings{"columns": settings{"facility": "site"}},
			levels: inMain(numbered("X", 1, 16)), refused: map[string]string{":18": "the row has 3 fields; expected 4" + short, ":41": short},
		},
		"short rows that are accepted": {
			file: "short-rows.csv", settings: settings{"columns": settings{"facility": "site"}, "short_rows": "accept"},
			levels: inMain(numbered("X", 1, 40)),
		},
		"short rows without a column that is used": {file: "short-rows.csv", settings: settings{
			"columns":    settings{"facility": "site", "committed": "note"},
			"short_rows": "accept",
		}, levels: inMain(numbered("X", 1, 16)), refused: map[string]string{":18": "the row has 3 fields, and committed stands in field 4"}},
		"carriage returns only":                      {file: "carriage-returns-only.csv", levels: numbered("C", 1, 20)},
		"Windows-1252 in a column that nobody reads": {file: "windows-1252.csv", levels: numbered("W", 1, 40)},
		"Windows-1252 in a column that is read": {
			file: "windows-1252.csv", settings: settings{"columns": settings{"sku": "name"}},
			refused: map[string]string{":2": "set encoding", ":4": "encoding: windows-1252"},
		},
		"Windows-1252 in a column that is read, said": {
			file: "windows-1252.csv", settings: settings{"columns": settings{"sku": "name"}, "encoding": "windows-1252"},
			refused: map[string]string{},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw := with(test.settings, settings{"path": filepath.Join("testdata", "cases", test.file)})
			rows, snapshot, err := fetchRows(t, newTestSource(t, time.Now, raw))
			if test.err != "" {
				warehousetest.RequireError(t, err, warehouses.AskPerson, test.file, test.err)
				requireUpload(t, raw, nil, err)
				return
			}
			require.NoError(t, err)
			requireUpload(t, raw, rows, nil)
			require.Equal(t, snapshot.Rows, len(rows))
			var levels []string
			refused := map[string]string{}
			for _, row := range rows {
				if row.Problem != "" {
					refused[strings.TrimPrefix(row.Place, test.file)] = row.Problem
					continue
				}
				levels = append(levels, took(row))
			}
			if test.levels != nil {
				require.Equal(t, test.levels, levels)
			}
			for place, says := range test.refused {
				require.Contains(t, refused[place], says, "%s of %v", place, refused)
			}
			if len(test.refused) == 0 {
				require.Empty(t, refused)
			}
		})
	}
}

// fetchRows reads a file and keeps its rows.
func fetchRows(t *testing.T, s *source) ([]inventory.Row, warehouses.Snapshot, error) {
	t.Helper()
	var rows []inventory.Row
	snapshot, err := s.Fetch(t.Context(), warehouses.Request{}, keeping(&rows))
	return rows, snapshot, err
}

// TestCheckSaysHowAFileIsRead: what is passed over is said to a person who looks.
func TestCheckSaysHowAFileIsRead(t *testing.T) {
	t.Parallel()
	for file, test := range map[string]struct {
		settings map[string]any
		note     string
	}{
		"leading-lines.csv": {
			map[string]any{"header": "auto", "columns": map[string]any{"facility": "site"}},
			"the header is line 4; what stands above it is passed over",
		},
		"total-line.csv": {map[string]any{"skip_rows": "Total*"}, "total-line.csv: skip_rows passes over 1 lines"},
	} {
		raw := map[string]any{"path": filepath.Join("testdata", "cases", file)}
		for name, value := range test.settings {
			raw[name] = value
		}
		finding, err := newTestSource(t, time.Now, raw).Check(t.Context())
		require.NoError(t, err)
		require.Contains(t, strings.Join(finding.Notes, "\n"), test.note)
	}
}
