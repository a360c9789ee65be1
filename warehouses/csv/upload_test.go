package csv

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

// upload reads a text as what a warehouse of a driver sends.
func upload(ctx context.Context, text string, driver string, values settings.Values) ([]inventory.Row, *Upload, error) {
	u, err := NewUpload(ctx, iotest.OneByteReader(strings.NewReader(text)), driver, values, time.Now)
	if err != nil {
		return nil, nil, err
	}
	var rows []inventory.Row
	for {
		row, err := u.Next()
		if err == io.EOF {
			return rows, u, nil
		} else if err != nil {
			return nil, u, err
		}
		rows = append(rows, row)
	}
}

var placed = regexp.MustCompile(`^[^:]*:`)

// requireUpload proves that a text that is sent is read as the file is, row by row, and is refused with the same words where it is refused.
// That it is perhaps not whole yet is judged otherwise: whoever sends says how many rows there are.
func requireUpload(t *testing.T, raw settings.Values, rows []inventory.Row, failed error) {
	t.Helper()
	content, err := os.ReadFile(raw.Text("path"))
	require.NoError(t, err)
	if end := content[len(content)-1]; raw["encoding"] == nil && end != '\n' && end != '\r' && end != 0x1a {
		content = append(content, map[bool]byte{true: '\n', false: '\r'}[bytes.ContainsRune(content, '\n')])
	}
	got, _, err := upload(t.Context(), string(content), Spec.Driver, raw)
	if failed != nil {
		var judged *warehouses.Error
		require.ErrorAs(t, err, &judged)
		require.Equal(t, warehouses.AskPerson, judged.Next)
		_, what, _ := strings.Cut(failed.Error(), ": ")
		require.Contains(t, err.Error(), what)
		return
	}
	require.NoError(t, err)
	for i, row := range rows {
		row.Place = placed.ReplaceAllString(row.Place, "line ")
		require.Equal(t, row, got[i])
	}
	require.Len(t, got, len(rows))
}

// TestUploadsInTidemarksOwnForm: what begins with Tidemark's own names needs no settings, and what the warehouse's files look like does not
// matter; where the settings find their columns, they hold.
func TestUploadsInTidemarksOwnForm(t *testing.T) {
	t.Parallel()
	type given = settings.Values
	other := given{"path": "x", "delimiter": ";", "columns": map[string]any{"sku": "Artikel", "available": "Bestand"}, "thousands": ".", "quotes": "none"}
	for name, test := range map[string]struct {
		text     string
		driver   string
		settings given
		want     []string
		err      string
	}{
		"other columns are set":                 {text: "available,sku\n1.234,A\n\"5\",\"B, \"\"x\"\"\"\n", settings: other, want: []string{"A=1234", "B, \"x\"=5"}},
		"behind a byte order mark, and a blank": {text: "\ufeff\n,\nsku,available\nA,1\n", settings: other, want: []string{"A=1"}},
		"the columns that are set":              {text: "Bestand;Artikel\n1.234;A\n", settings: other, want: []string{"A=1234"}},
		"neither": {
			text: "Bestand;Item\n1.234;A\n", settings: other,
			err: `line 1: there is no column "Artikel"; it has "Bestand", "Item"; set columns: {sku: NAME} to the column that holds it`,
		},
		"a name of its own beside the others":  {text: "sku,available,price\nA,1,9.99\n", settings: other, err: `there is no column "Artikel"`},
		"a name of its own, where none is set": {text: "sku,available,price\nA,1,9.99\n", settings: given{"path": "x"}, want: []string{"A=1"}},
		"no header is set": {
			text:     "sku,available\nA,1\n",
			settings: given{"path": "x", "header": false, "columns": map[string]any{"sku": "1", "available": "2"}}, want: []string{"A=1"},
		},
		"no header": {text: "A,1\n", settings: given{
			"path": "x", "header": false,
			"columns": map[string]any{"sku": "1", "available": "2"},
		}, want: []string{"A=1"}},
		"a header further down is set": {text: "sku,available\nA,1\n", settings: given{"path": "x", "header_line": 3}, want: []string{"A=1"}},
		"UTF-16 is set":                {text: "sku,available\nA,1\n", settings: given{"path": "x", "encoding": "utf-16"}, want: []string{"A=1"}},
		"another name for a figure": {
			text:     "sku,on_hand\nA,1\n",
			settings: given{"path": "x", "columns": map[string]any{"available": "on_hand", "on_hand": ""}}, want: []string{"A=1"},
		},
		"the facility that is set": {
			text: "sku,available\nA,1\n", settings: given{"path": "x", "facility": "east", "delimiter": ";"},
			want: []string{"A@east=1"},
		},
		"a facility beside the one that is set": {
			text: "sku,facility,available\nA,west,1\n", settings: given{"path": "x", "facility": "east", "delimiter": ";"},
			want: []string{"A@west=1"},
		},
		"a column that is misspelt": {
			text: "sku,fascility,available\nA,west,1\n", driver: "json",
			err: `line 1: there is no column "fascility"; the columns are sku, facility, available, on_hand, committed, reported_at`,
		},
		"settings that are no longer any": {
			text: "sku,available\nA,1\n", settings: given{"path": "x", "delimiter": "-"},
			err: "the settings of the warehouse cannot be used; correct and apply them: ",
		},
	} {
		if test.driver == "" {
			test.driver = Spec.Driver
		}
		rows, _, err := upload(t.Context(), test.text, test.driver, test.settings)
		if test.err != "" {
			require.ErrorContains(t, err, test.err, name)
			continue
		}
		require.NoError(t, err, name)
		var got []string
		for _, row := range rows {
			got = append(got, took(row))
		}
		require.Equal(t, test.want, got, name)
	}
}

// TestUploadsWithoutSettingsOfShape: a warehouse of another driver has none, so no message names one.
func TestUploadsWithoutSettingsOfShape(t *testing.T) {
	t.Parallel()
	const head = "sku,available\n"
	for text, want := range map[string]string{
		head + "A\"B,1\n":                      "line 2: available",
		head + "A\n":                           "the row has 1 fields; expected 2",
		head + "A,1,\n":                        "the row has 3 fields; expected 2; the further ones are empty",
		head + "A,1,x\n":                       "a field that holds the delimiter must stand in quotes",
		head + "\xff,1\n":                      "sku: the text is not valid UTF-8",
		"sku,available,reported_at\nA,1,now\n": "reported_at: expected a time like 2026-11-24T09:30:00Z (RFC 3339)",
		head + "A,few\n":                       `available: "few" is not a whole number; if it stands for one, set texts`,
	} {
		rows, _, err := upload(t.Context(), text, "json", settings.Values{})
		require.NoError(t, err, text)
		require.Len(t, rows, 1)
		require.Equal(t, "line 2", rows[0].Place)
		if !strings.HasPrefix(want, "line") {
			require.Contains(t, rows[0].Problem, want)
		}
		require.NotNil(t, rows[0].Fault)
		require.NotRegexp(t, `set (quotes|short_rows|long_rows|encoding|columns)`, rows[0].Problem)
	}
	for text, want := range map[string]string{
		"":                                 "line 1: the body is empty; expected a header with the names of the columns",
		"\n,\n":                            "line 1: the body is empty",
		"\nsku\nA\n":                       "line 2: there is no column available; the columns are sku, ",
		"available\n1\n":                   "line 1: there is no column sku; the columns are sku, ",
		"sku,sku,available\nA,B,1\n":       "line 1: the column sku is there twice",
		"sku;available\nA;1\n":             `line 1: there is no column "sku;available"; the columns are`,
		"sep=;\nsku;available\nA;1\n":      `line 1: the first line says that the delimiter is ";"; send it with commas, or from a warehouse of the driver csv`,
		"\xff\xfes\x00k\x00u\x00":          "the body is written in UTF-16; send it in UTF-8",
		"PK\x03\x04":                       "the body is compressed, not CSV; have it written without compression",
		"<!doctype html>":                  "the body is a web page, not CSV",
		head + "\"A,1\nB,2\n":              "line 2: a quote opens a field here, and none closes it to the end of the file; close it",
		head + "\"A\"B,1\n":                "line 2: a quoted field is followed by text; expected the delimiter or the end of the line",
		head + "A,1\n\"B":                  "line 3: it is truncated: it ends inside a quoted field that begins in this row",
		head + strings.Repeat("x", 70_000): "line 2: the row is longer than 65536 bytes; perhaps a quote is never closed",
		head + "A,12":                      "the last line has no line end, so it was perhaps cut; end it with one",
		head + "A,12\n#END,1\nB,2\n":       "line 4: there is something behind the line #END",
		head + "A,12\n#END,one\n":          "line 3: #END: expected a number of rows",
		head + "A,12\n#END,\n":             "line 3: #END: expected a number of rows",
	} {
		_, _, err := upload(t.Context(), text, "json", settings.Values{})
		require.ErrorContains(t, err, want, text)
		require.NotRegexp(t, `set (quotes|short_rows|long_rows|encoding|columns|delimiter)|header_line|max_record_bytes`, err.Error())
	}
}

// TestTheEndOfAnUpload: the mark of the end is one in every form, and so is the trailer that is set.
func TestTheEndOfAnUpload(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text     string
		settings settings.Values
		rows     int64
	}{
		{"sku,available\nA,1\n#END,1\n", nil, 1},
		{"sku,available\nA,1\n#END,1", nil, 1},
		{"sku,available\nA,1\n\"#END\",\"1\"\n\n,\n", nil, 1},
		{"sku,available\nA,1\n#END,1,,\n\x1a", nil, 1},
		{"sku,available\nA,1\n\x1a", nil, -1},
		{"sku;available\nA;1\n#END;1\n", settings.Values{"delimiter": ";"}, 1},
		{"sku;available\nA;1\n#END,1\n", settings.Values{"delimiter": ";"}, 1},
		{"sku,available\nA,1\nTotal,1\n#END,1\n", settings.Values{"stop_at": "Total*"}, 1},
		{"sku,available\nA,1\nEOF 1 rows", settings.Values{"complete": "trailer", "trailer": "EOF {rows} rows"}, 1},
		{"sku,available\nA,1\n#END,1\n", settings.Values{"complete": "trailer", "trailer": "EOF {rows} rows"}, 1},
		{"sku,available\nA,1\n", settings.Values{"complete": "trailer"}, -1},
	} {
		values := settings.Values{"path": "x"}
		for name, value := range test.settings {
			values[name] = value
		}
		rows, u, err := upload(t.Context(), test.text, Spec.Driver, values)
		require.NoError(t, err, test.text)
		require.Len(t, rows, 1, test.text)
		require.Equal(t, test.rows, u.Trailer(), test.text)
	}
	_, _, err := upload(t.Context(), "sku,available\nA,1\nTotal,1\n#END,1\nB,2\n", Spec.Driver, settings.Values{"path": "x", "stop_at": "Total*"})
	require.ErrorContains(t, err, "line 5: there is something behind the line #END", "below the end no field is looked at")
	_, u, err := upload(t.Context(), "#as of 2026-03-01T12:00:00Z\nsku,available\nA,1\n", Spec.Driver, settings.Values{"path": "x", "as_of": "line:#as of {time}"})
	require.NoError(t, err)
	require.Equal(t, noon, u.AsOf())
}

// An upload whose text breaks off fails with why, as it is: it is no fault of what was written.
func TestUploadsThatBreakOff(t *testing.T) {
	t.Parallel()
	cut := errors.New("the cable was cut")
	for _, text := range []string{"", "sku,ava", "sku,available\nA,1\n", "sku,available\nA,1", "sku,available\n\"A"} {
		u, err := NewUpload(t.Context(), io.MultiReader(strings.NewReader(text), iotest.ErrReader(cut)), "json", settings.Values{}, time.Now)
		for err == nil {
			_, err = u.Next()
		}
		require.ErrorIs(t, err, cut, text)
		require.Equal(t, cut, err, text)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := upload(ctx, "sku,available\nA,1\n", "json", settings.Values{})
	require.Equal(t, context.Canceled, err)
}

func TestUploadsKeepTheBoundsOfTheirWarehouse(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		settings settings.Values
		err      string
	}{
		"rows":   {settings.Values{"path": "x", "max_rows": 1}, "line 3: the file has more than 1 rows, which is max_rows"},
		"bytes":  {settings.Values{"path": "x", "max_record_bytes": 64}, "line 4: the row is longer than max_record_bytes"},
		"fields": {settings.Values{"path": "x", "max_fields": 1, "delimiter": ";"}, "there is no column"},
	} {
		_, _, err := upload(t.Context(), "sku,available,x\nA,1,\nB,2,\n"+strings.Repeat("y", 100)+",1,\n", Spec.Driver, test.settings)
		require.Error(t, err, name)
		warehousetest.RequireError(t, err, warehouses.AskPerson, test.err)
	}
}
