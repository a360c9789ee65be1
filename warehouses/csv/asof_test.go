package csv

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

// noon is when the files of these tests were written.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// write writes a file that was modified at a time.
func write(t *testing.T, path, text string, at time.Time) {
	t.Helper()
	drop(t, path, text)
	require.NoError(t, os.Chtimes(path, time.Time{}, at))
}

func TestAsOf(t *testing.T) {
	t.Parallel()
	const rows = "sku,available\nA,1\n"
	for name, test := range map[string]struct {
		file     string
		text     string
		settings map[string]any
		want     time.Time
	}{
		"as of when the file was modified": {text: rows, want: noon},
		"the files do not say":             {text: rows, settings: map[string]any{"as_of": "none"}},
		"a line before the header": {
			text: "#as of 2026-03-01T11:00:00+02:00\n" + rows, settings: map[string]any{"as_of": "line:#as of {time}"},
			want: noon.Add(-3 * time.Hour),
		},
		"a line behind the rows": {
			text: rows + "#as of 2026-03-01T11:00:00Z\n", settings: map[string]any{"as_of": "line:#as of {time}"},
			want: noon.Add(-time.Hour),
		},
		"a line in a form of one's own": {text: "\"Stand:\",\"01.03.2026 11:30\"\r\n" + rows, settings: map[string]any{
			"as_of":        `line:"Stand:","{time}"`,
			"as_of_layout": "02.01.2006 15:04", "timezone": "Europe/Berlin",
		}, want: noon.Add(-90 * time.Minute)},
		"a line before the trailer": {
			text:     rows + "#made,1772363400\n#END,1\n",
			settings: map[string]any{"as_of": "line:#made,{time}", "as_of_layout": "unix", "complete": "trailer"}, want: noon.Add(-50 * time.Minute),
		},
		"a name": {
			file: "stock-20260301T1105.csv", text: rows,
			settings: map[string]any{"as_of": "name:stock-{time}.csv", "as_of_layout": "20060102T1504"}, want: noon.Add(-55 * time.Minute),
		},
		"a name with more in it": {
			file: "full-2026-03-01-11.0017.csv", text: rows,
			settings: map[string]any{"as_of": "name:*-{time}.*.csv", "as_of_layout": "2006-01-02-15"}, want: noon.Add(-time.Hour),
		},
		"a name that tells the day": {
			file: "stock-2026-03-01.csv", text: rows,
			settings: map[string]any{"as_of": "name:stock-{time}.csv", "as_of_layout": "2006-01-02", "timezone": "America/New_York"}, want: noon.Add(-7 * time.Hour),
		},
		"what the file says, ahead of us": {
			text: "#as of 2026-03-09T11:00:00Z\n" + rows, settings: map[string]any{"as_of": "line:#as of {time}"},
			want: noon.Add(time.Minute),
		},
		"a place that tells no time but 1970": {text: rows, settings: map[string]any{"1970": true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := test.file
			if file == "" {
				file = "stock.csv"
			}
			path, modified := filepath.Join(t.TempDir(), file), noon
			raw := with(map[string]any{"path": path})
			for name, value := range test.settings {
				raw[name] = value
			}
			if raw["1970"] != nil {
				delete(raw, "1970")
				modified = time.Unix(0, 0)
			}
			write(t, path, test.text, modified)
			s := newTestSource(t, func() time.Time { return noon.Add(time.Minute) }, raw)
			got, snapshot, err := fetch(t, s, "")
			require.NoError(t, err)
			require.Equal(t, []string{"A=1"}, got)
			require.Equal(t, test.want, snapshot.AsOf)
		})
	}
}

func TestAsOfThatCannotBeRead(t *testing.T) {
	t.Parallel()
	const rows = "sku,available\nA,1\n"
	line := map[string]any{"as_of": "line:#as of {time}"}
	for name, test := range map[string]struct {
		text     string
		settings map[string]any
		says     []string
	}{
		"no such line":         {rows, line, []string{"stock.csv: none of its lines", `"#as of {time}"`}},
		"not a time":           {"#as of noon\n" + rows, line, []string{"stock.csv:1:", `"noon" is not a time in the form of as_of_layout: rfc3339`}},
		"said twice":           {"#as of 2026-03-01T11:00:00Z\n" + rows + "#as of 2026-03-01T11:00:00Z\n", line, []string{"stock.csv:4:", "a second line"}},
		"another name":         {rows, map[string]any{"as_of": "name:stock-{time}.csv"}, []string{"stock.csv: its name tells 0 times", "name:stock-{time}.csv"}},
		"a name with no clear": {rows, map[string]any{"as_of": "name:*{time}*"}, []string{"its name tells 0 times"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "stock.csv")
			write(t, path, test.text, noon)
			raw := with(map[string]any{"path": path})
			for name, value := range test.settings {
				raw[name] = value
			}
			_, snapshot, err := fetch(t, newTestSource(t, time.Now, raw), "")
			requireNothing(t, snapshot, err, warehouses.AskPerson, test.says...)
		})
	}
	_, err := asOf{by: asOfName, before: "*", after: "*", form: timeForm{layout: layoutUnix}}.name("stock-12.csv")
	require.ErrorContains(t, err, "its name tells 3 times", "1, 2 and 12")
}

// In a folder the names are the order: a file that is written once more counts no later than those after it, and one that came with
// an old time no earlier than those before it.
func TestAsOfInAFolder(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	s := newTestSource(t, func() time.Time { return noon.Add(time.Hour) },
		map[string]any{"path": folder, "full_pattern": "full-*.csv", "delta_pattern": "delta-*.csv"})
	put := func(name string, minutes int) {
		write(t, filepath.Join(folder, name), "sku,available\nA,"+name[len(name)-5:len(name)-4]+strings.Repeat("\n", minutes),
			noon.Add(time.Duration(minutes)*time.Minute))
	}
	cursor := ""
	next := func(minutes int) string {
		t.Helper()
		rows, snapshot, err := fetch(t, s, cursor)
		require.NoError(t, err)
		require.Len(t, rows, 1)
		require.Equal(t, noon.Add(time.Duration(minutes)*time.Minute), snapshot.AsOf)
		cursor = snapshot.Cursor
		return rows[0]
	}
	put("full-1.csv", 10)
	put("delta-2.csv", 9) // the clock of whoever wrote it, and kept when it was copied
	require.Equal(t, "A=1", next(9), "it is older than the delta behind it")
	require.Equal(t, "A=2", next(9))
	put("delta-3.csv", 5)
	require.Equal(t, "A=3", next(9), "it is younger than the one before it, whatever its time")
	put("delta-4.csv", 20)
	require.Equal(t, "A=4", next(20))
	put("delta-3.csv", 30)
	require.Equal(t, "A=3", next(20), "it was written once more, and is older than the delta behind it all the same")
	require.Equal(t, "A=4", next(20))
	put("full-5.csv", 90)
	require.Equal(t, "A=5", next(60), "a clock that is ahead")
	put("full-6.csv", 40)
	put("full-7.csv", 45)
	require.Equal(t, "A=7", next(60))
}

// The time is that of the file that is read, not of the one that stood there when it was looked for.
func TestAsOfIsOfTheFileThatIsRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "stock.csv")
	write(t, path, "sku,available\nA,1\n", noon)
	s := newTestSource(t, time.Now, map[string]any{"path": path})
	s.site = laterStat{local{}, func() { write(t, path, "sku,available\nA,1\n", noon.Add(time.Hour)) }}
	_, snapshot, err := fetch(t, s, "")
	require.NoError(t, err)
	require.Equal(t, noon.Add(time.Hour), snapshot.AsOf)
}

// laterStat is this machine, where something happens to a file once it was looked at.
type laterStat struct {
	local
	then func()
}

func (l laterStat) visit(context.Context) (place, error) { return l, nil }

func (l laterStat) stat(path string) (fs.FileInfo, error) {
	info, err := l.local.stat(path)
	l.then()
	return info, err
}

func TestCheckSaysAsOfWhen(t *testing.T) {
	t.Parallel()
	const rows = "sku,available\nA,1\n"
	for _, test := range []struct {
		settings map[string]any
		text     string
		note     string
	}{
		{nil, rows, "count as of 2026-03-01T12:00:00Z, when the file was last modified"},
		{map[string]any{"as_of": "line:#as of {time}"}, "#as of 2026-03-01T11:00:00Z\n" + rows, "count as of 2026-03-01T11:00:00Z, as its line #as of … says"},
		{map[string]any{"as_of": "name:stock-{time}.csv", "as_of_layout": "2006-01-02"}, rows, "count as of 2026-02-28T00:00:00Z, as its name says"},
		{map[string]any{"as_of": "none"}, rows, "count as of when they are fetched, for the source does not say when it made them"},
	} {
		path := filepath.Join(t.TempDir(), "stock-2026-02-28.csv")
		write(t, path, test.text, noon)
		raw := map[string]any{"path": path}
		for name, value := range test.settings {
			raw[name] = value
		}
		finding, err := newTestSource(t, time.Now, raw).Check(t.Context())
		require.NoError(t, err)
		require.Contains(t, finding.Notes, "rows without a time of their own "+test.note)
	}
	path := filepath.Join(t.TempDir(), "stock.csv")
	write(t, path, rows, noon)
	_, err := newTestSource(t, time.Now, map[string]any{"path": path, "as_of": "name:stock-{time}.csv"}).Check(t.Context())
	warehousetest.RequireError(t, err, warehouses.AskPerson, "its name tells 0 times")
}
