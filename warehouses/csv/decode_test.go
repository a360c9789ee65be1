package csv

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

var noEnvironment = settings.Environment{}

func wide(text string) string {
	encoded, err := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String(text)
	if err != nil {
		panic(err)
	}
	return encoded
}

func western(text string) string {
	encoded, err := charmap.Windows1252.NewEncoder().String(text)
	if err != nil {
		panic(err)
	}
	return encoded
}

func TestForms(t *testing.T) {
	t.Parallel()
	columns := func(pairs ...string) map[string]any {
		all := map[string]any{}
		for i := 0; i < len(pairs); i += 2 {
			all[pairs[i]] = pairs[i+1]
		}
		return all
	}
	const head = "sku,available\n"
	for name, test := range map[string]struct {
		text     string
		settings map[string]any
		want     []string
		next     warehouses.Next
		err      string
	}{
		"named columns": {
			text:     "Item No.;Place;Free\nA;east;1\n",
			settings: map[string]any{"delimiter": ";", "columns": columns("sku", "Item No.", "facility", "Place", "available", "Free")}, want: []string{"A@east=1"},
		},
		"in any order, with others": {text: "price,available,x,sku\n9.99,1,,A\n", want: []string{"A=1"}},
		"no header": {
			text: "x,A,1\ny,B,2\n", settings: map[string]any{"header": false, "columns": columns("sku", "2", "available", "3")},
			want: []string{"A=1", "B=2"},
		},
		"tabs":              {text: "sku\tavailable\nA\t1\n", settings: map[string]any{"delimiter": "tab"}, want: []string{"A=1"}},
		"bars":              {text: "sku|available\nA|1\n", settings: map[string]any{"delimiter": "|"}, want: []string{"A=1"}},
		"one facility":      {text: head + "A,1\n", settings: map[string]any{"facility": "east"}, want: []string{"A@east=1"}},
		"a byte order mark": {text: "\ufeff" + head + "A,1\n", want: []string{"A=1"}},
		"UTF-16":            {text: wide(head + "\u00e9,1\n"), settings: map[string]any{"encoding": "utf-16"}, want: []string{"\u00e9=1"}},
		"Windows-1252": {
			text: western(head + "\u20ac\u00e9,1\n"), settings: map[string]any{"encoding": "windows-1252"},
			want: []string{"\u20ac\u00e9=1"},
		},
		"ISO 8859-1":     {text: head + "\xe9,1\n", settings: map[string]any{"encoding": "iso-8859-1"}, want: []string{"\u00e9=1"}},
		"an invalid row": {text: head + "A,1\n\xff,2\nC,3\n", want: []string{"A=1", "\xff!", "C=3"}},
		"a lone surrogate": {
			text: wide(head+"A,1\n") + "\xd8\x00\x00,\x001\x00\n", settings: map[string]any{"encoding": "utf-16"},
			want: []string{"A=1", "\ufffd!"},
		},
		"too few and too many fields": {text: head + "A\nB,1\nC,2,3\n", want: []string{"A!", "B=1", "!"}},
		"a bare quote":                {text: head + "5\" pipe,1\nB,2\n", want: []string{"5\" pipe!", "B=2"}},
		"no figure":                   {text: head + "A,\n", want: []string{"A=?"}},
		"no line end":                 {text: head + "A,1\nB,2", want: []string{"A=1", "B=2"}},
		"only a header":               {text: head},
		"on hand alone":               {text: "sku,on_hand\nA,1\n", want: []string{"A=?"}},
		"a facility to be ignored": {
			text: "sku,facility,available\nA,east,1\n", settings: map[string]any{"columns": columns("facility", "")},
			want: []string{"A=1"},
		},
		"a trailer": {text: head + "A,1\n#END,1\n", settings: map[string]any{"complete": "trailer"}, want: []string{"A=1"}},
		"another trailer": {
			text: head + "A,1\n\nEOF 1 rows", settings: map[string]any{"complete": "trailer", "trailer": "EOF {rows} rows"},
			want: []string{"A=1"},
		},
		"an empty delta": {settings: map[string]any{"kind": "delta", "header": false, "columns": columns("sku", "1", "available", "2")}},
		"an empty full with trailer": {text: "#END,0\n", settings: map[string]any{
			"complete": "trailer", "header": false,
			"columns": columns("sku", "1", "available", "2"),
		}},

		"no such column": {
			text: "SKU,Qty\nA,1\n", next: warehouses.AskPerson,
			err: `stock.csv: there is no column "sku"; it has "SKU", "Qty"; set columns: {sku: NAME}`,
		},
		"no figure column": {
			text: "sku,qty\nA,1\n", next: warehouses.AskPerson,
			err: `there is no column "available"; it has "sku", "qty"; set columns: {available: NAME}`,
		},
		"a set column is missing": {
			text: head + "A,1\n", settings: map[string]any{"columns": columns("committed", "Reserved")}, next: warehouses.AskPerson,
			err: `there is no column "Reserved"`,
		},
		"a column twice": {text: "sku,available,sku\nA,1,B\n", next: warehouses.AskPerson, err: `two columns are named "sku"`},
		"a facility column and set": {
			text: "sku,facility,available\n", settings: map[string]any{"facility": "east"}, next: warehouses.AskPerson,
			err: "there is a column facility",
		},
		"too few columns": {
			text: "A,1\n", settings: map[string]any{"header": false, "columns": columns("sku", "1", "available", "7")},
			next: warehouses.AskPerson, err: "the rows have 2 fields",
		},
		"another delimiter":       {text: "sku;available\nA;1\n", next: warehouses.AskPerson, err: `it has "sku;available"`},
		"UTF-16 unasked":          {text: wide(head), next: warehouses.AskPerson, err: "set encoding: utf-16"},
		"UTF-16 without a mark":   {text: wide(head)[2:], settings: map[string]any{"encoding": "utf-16"}, next: warehouses.AskPerson, err: "byte order mark"},
		"half a UTF-16 character": {text: wide(head + "A,12\n")[:29], settings: map[string]any{"encoding": "utf-16"}, next: warehouses.Retry, err: "truncated"},
		"gzip":                    {text: "\x1f\x8b\x08\x00", next: warehouses.AskPerson, err: "compressed"},
		"zip":                     {text: "PK\x03\x04", next: warehouses.AskPerson, err: "compressed"},
		"nothing":                 {next: warehouses.Retry, err: "stock.csv:1: the file is truncated: it is empty"},
		"nothing, without header": {
			text: "\n\n", settings: map[string]any{"header": false, "columns": columns("sku", "1", "available", "2")},
			next: warehouses.Retry, err: "it is empty",
		},
		"half a header": {text: "sku,avail", next: warehouses.Retry, err: "it ends in its first line"},
		"half a row":    {text: head + "A,1\nB", next: warehouses.Retry, err: "stock.csv:3: the file is truncated: it ends after 1 of 2 fields"},
		"half a quote":  {text: head + "A,1\n\"B", next: warehouses.Retry, err: "stock.csv:3: the file is truncated: it ends inside a quoted field"},
		"a last line cut": {
			text: head + "A,1\nB,2", settings: map[string]any{"final_newline": true}, next: warehouses.Retry,
			err: "stock.csv:3: the file is truncated: its last line does not end",
		},
		"no trailer": {text: head + "A,1\n", settings: map[string]any{"complete": "trailer"}, next: warehouses.Retry, err: "it has no trailer"},
		"a trailer that miscounts": {
			text: head + "A,1\n#END,2\n", settings: map[string]any{"complete": "trailer"}, next: warehouses.Retry,
			err: "it has 1 rows, and its trailer says 2",
		},
		"rows behind the trailer": {
			text: head + "#END,0\nA,1\n", settings: map[string]any{"complete": "trailer"}, next: warehouses.AskPerson,
			err: "stock.csv:3: the file goes on after its trailer",
		},
		"quotes that do not add up": {text: head + "\"A\"x,1\n", next: warehouses.AskPerson, err: "stock.csv:2: a quoted field is followed by text"},
		"a long row": {
			text: head + "A,1\n" + strings.Repeat("x", 200), settings: map[string]any{"max_record_bytes": 64}, next: warehouses.AskPerson,
			err: "stock.csv:3: the row is longer than max_record_bytes",
		},
		"a wide header": {
			text: strings.Repeat(",", 300) + "\n", next: warehouses.AskPerson,
			err: "stock.csv:1: the line has 301 fields, and max_fields is 256",
		},
		"many rows": {
			text: head + "A,1\nB,2\nC,3\n", settings: map[string]any{"max_rows": 2}, next: warehouses.AskPerson,
			err: "stock.csv:4: the file has more than 2 rows",
		},
		"many bytes": {
			text: head + "A,1\n", settings: map[string]any{"max_bytes": 10}, next: warehouses.AskPerson,
			err: "has 18 bytes, and max_bytes is 10",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw := map[string]any{"path": filepath.Join(t.TempDir(), "stock.csv")}
			for name, value := range test.settings {
				raw[name] = value
			}
			drop(t, raw["path"].(string), test.text)
			rows, snapshot, err := fetch(t, newTestSource(t, time.Now, raw), "")
			if test.err != "" {
				warehousetest.RequireError(t, err, test.next, test.err)
				require.Equal(t, warehouses.Snapshot{}, snapshot)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.want, rows)
			require.Equal(t, raw["kind"] != "delta", snapshot.Full)
		})
	}
}

func TestWholeRow(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "stock.csv")
	drop(t, path, "sku,facility,available,on_hand,committed,reported_at\nA,east,3,5,2,2026-03-01T12:00:00+01:00\nB,,,7,,\n")
	var rows []inventory.Row
	_, err := newTestSource(t, time.Now, map[string]any{"path": path}).Fetch(t.Context(), warehouses.Request{},
		func(_ context.Context, page []inventory.Row) error {
			rows = append(rows, page...)
			return nil
		})
	require.NoError(t, err)
	three, five, two, seven := int64(3), int64(5), int64(2), int64(7)
	require.Equal(t, []inventory.Row{
		{
			SKU: "A", Facility: "east", Available: &three, OnHand: &five, Committed: &two, ReportedAt: time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC),
			Place: "stock.csv:2",
		},
		{SKU: "B", OnHand: &seven, Place: "stock.csv:3"},
	}, rows)
}

func TestTimes(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		text, layout, zone string
		want               time.Time // zero for a refusal
	}{
		{text: "2026-07-01T12:00:00Z", want: noon},
		{text: "2026-07-01T12:00:00.25Z", want: noon.Add(250 * time.Millisecond)},
		{text: "2026-07-01T14:00:00+02:00", zone: "Europe/Berlin", want: noon},
		{text: "01.07.2026 14:00", layout: "02.01.2006 15:04", zone: "Europe/Berlin", want: noon},
		{text: "01.07.2026 12:00", layout: "02.01.2006 15:04", want: noon},
		{text: "1782907200", layout: "unix", want: noon},
		{text: "1782907200000", layout: "unix_ms", want: noon},
		{text: "1782907200000", layout: "unix"},
		{text: "-1", layout: "unix"},
		{text: "soon", layout: "unix"},
		{text: "99999999999999999999", layout: "unix_ms"},
		{text: "2026-07-01 12:00"},
		{text: "2026-02-30T12:00:00Z"},
		{text: "yesterday"},
	} {
		raw := map[string]any{"path": "x"}
		if test.layout != "" {
			raw["time_layout"] = test.layout
		}
		if test.zone != "" {
			raw["timezone"] = test.zone
		}
		at, err := newTestSource(t, time.Now, raw).format.times.parse(test.text)
		if test.want.IsZero() {
			require.ErrorContains(t, err, "time_layout", test.text)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, test.want, at)
	}
	path := filepath.Join(t.TempDir(), "stock.csv")
	drop(t, path, "sku,available,reported_at\nA,1,yesterday\n")
	rows, _, err := fetch(t, newTestSource(t, time.Now, map[string]any{"path": path}), "")
	require.NoError(t, err)
	require.Equal(t, []string{"A!"}, rows)
}

// TestColumnsThatComeAndGo: a file whose columns are not those of the file before files stock under other facilities.
func TestColumnsThatComeAndGo(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "stock.csv")
	s := newTestSource(t, time.Now, map[string]any{"path": path})
	drop(t, path, "sku,facility,available\nA,east,1\n")
	_, first, err := fetch(t, s, "")
	require.NoError(t, err)

	drop(t, path, "sku,warehouse,available\nA,east,2\n")
	_, _, err = fetch(t, s, first.Cursor)
	warehousetest.RequireError(t, err, warehouses.AskPerson, "has no column facility, which the files read before had", `"warehouse"`, "columns: {facility: NAME}")
	drop(t, path, "sku,facility,available,on_hand\nA,east,2,5\n")
	_, _, err = fetch(t, s, first.Cursor)
	warehousetest.RequireError(t, err, warehouses.AskPerson, "has a column on_hand, which the files read before did not have")

	source := newTestSource(t, time.Now, map[string]any{"path": path, "columns": map[string]any{"on_hand": ""}})
	rows, _, err := fetch(t, source, first.Cursor)
	require.NoError(t, err)
	require.Equal(t, []string{"A@east=2"}, rows)

	// A delta may have fewer columns than a full file, but not without saying where the stock is.
	folder := t.TempDir()
	both := newTestSource(t, time.Now, map[string]any{"path": folder, "full_pattern": "full-*", "delta_pattern": "delta-*"})
	drop(t, filepath.Join(folder, "full-1"), "sku,facility,available,on_hand\nA,east,1,1\n")
	_, full, err := fetch(t, both, "")
	require.NoError(t, err)
	drop(t, filepath.Join(folder, "delta-2"), "sku,facility,available\nA,east,2\n")
	_, _, err = fetch(t, both, full.Cursor)
	require.NoError(t, err)
	drop(t, filepath.Join(folder, "delta-2"), "sku,available\nA,2\n")
	_, _, err = fetch(t, both, full.Cursor)
	warehousetest.RequireError(t, err, warehouses.AskPerson, "has no column facility")
}

func TestCheckShowsWhatWouldBeRead(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	s := newTestSource(t, time.Now, map[string]any{"path": folder, "kind": "delta"})
	drop(t, filepath.Join(folder, "9.csv"), "sku,available\nOLD,1\n")
	write(t, filepath.Join(folder, "10.csv"), "sku,facility,available,price\n"+strings.Repeat("A,east,1,9.99\nB,west,many,9.99\n", 2000), noon)
	finding, err := s.Check(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"east"}, finding.Facilities, "of the rows that can be read")
	require.Len(t, finding.Sample, shownRows)
	require.Equal(t, "A", finding.Sample[0].SKU)
	require.Contains(t, finding.Sample[1].Problem, "many")
	require.Equal(t, []string{
		"2 complete files, 0 not complete; the last in order is 10.csv",
		"rows without a time of their own count as of 2026-03-01T12:00:00Z, when the file was last modified",
	}, finding.Notes)
}
