package csv

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

// drop writes a file into a folder.
func drop(t *testing.T, path, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
}

// took is a row in short.
func took(row inventory.Row) string {
	text := row.SKU
	if row.Facility != "" {
		text += "@" + row.Facility
	}
	switch {
	case row.Problem != "":
		return text + "!"
	case row.Available != nil:
		return fmt.Sprintf("%s=%d", text, *row.Available)
	}
	return text + "=?"
}

func fetch(t *testing.T, s *source, cursor string) ([]string, warehouses.Snapshot, error) {
	t.Helper()
	var rows []string
	snapshot, err := s.Fetch(t.Context(), warehouses.Request{Cursor: cursor}, func(_ context.Context, page []inventory.Row) error {
		for _, row := range page {
			rows = append(rows, took(row))
		}
		return nil
	})
	return rows, snapshot, err
}

func TestSettingsThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		settings map[string]any
		says     string
	}{
		{map[string]any{}, `needs the setting "path"`},
		{map[string]any{"pattern": "a/*.csv"}, "pattern"},
		{map[string]any{"pattern": "[.csv"}, "pattern"},
		{map[string]any{"pattern": "*.csv", "full_pattern": "f*.csv"}, "exclude each other"},
		{map[string]any{"columns": map[string]any{"quantity": "qty"}}, `"quantity" is not one of sku, facility`},
		{map[string]any{"header": false}, "without a header, give the numbers"},
		{map[string]any{"header": false, "columns": map[string]any{"sku": "1"}}, "the number of the column available"},
		{map[string]any{"header": false, "columns": map[string]any{"sku": "one", "available": "2"}}, `found "one"`},
		{map[string]any{"header": false, "columns": map[string]any{"sku": "0", "available": "2"}}, `found "0"`},
		{map[string]any{"facility": "east", "columns": map[string]any{"facility": "place"}}, "exclude each other"},
		{map[string]any{"facility": "a\x00b"}, "NUL"},
		{map[string]any{"complete": "marker", "marker": "/x"}, "marker"},
		{map[string]any{"complete": "quiet", "quiet_for": "0s"}, "quiet_for"},
		{map[string]any{"complete": "trailer", "trailer": "#END"}, "{rows}"},
		{map[string]any{"complete": "trailer", "trailer": "{rows}"}, "begins with a mark"},
		{map[string]any{"timezone": "Mars/Olympus"}, "Mars/Olympus"},
		{map[string]any{"as_of": "yesterday"}, `"yesterday" is none of modified, none, line:TEXT and name:TEXT`},
		{map[string]any{"as_of": "line:#as of"}, "does not hold {time} once"},
		{map[string]any{"as_of": "line:#{time} {time}"}, "does not hold {time} once"},
		{map[string]any{"as_of": "line:{time}"}, "begins with a mark"},
		{map[string]any{"as_of": "line:#a\n{time}"}, "one line"},
		{map[string]any{"as_of": "name:out/{time}.csv"}, "not a pattern for file names"},
		{map[string]any{"as_of_layout": "15:04"}, "does not tell a day"},
		{map[string]any{"delimiter": "x"}, "delimiter"},
	} {
		if len(test.settings) > 0 {
			test.settings["path"] = "x"
		}
		_, err := Driver().Open("portland", test.settings, noEnvironment)
		require.ErrorContains(t, err, test.says)
	}
}

func TestFolder(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	s := newTestSource(t, time.Now, map[string]any{"path": folder, "full_pattern": "full-*.csv", "delta_pattern": "delta-*.csv"})
	put := func(name, rows string) { drop(t, filepath.Join(folder, name), "sku,available\n"+rows) }

	_, _, err := fetch(t, s, "")
	warehousetest.RequireError(t, err, warehouses.AskPerson, "no file there matches", "full-*.csv", "delta-*.csv")

	put("full-1.csv", "A,1\n")
	put("full-2.csv", "A,2\nB,2\n")
	put("delta-2.csv", "B,3\n")
	put("delta-10.csv", "B,10\n")
	put("notes.csv", "X,1\n")
	rows, first, err := fetch(t, s, "")
	require.NoError(t, err)
	require.Equal(t, []string{"A=2", "B=2"}, rows)
	require.True(t, first.Full)
	require.True(t, first.More)
	require.Equal(t, filepath.Join(folder, "full-2.csv")+" (which replaces full-1.csv)", first.From)

	rows, second, err := fetch(t, s, first.Cursor)
	require.NoError(t, err)
	require.Equal(t, []string{"B=3"}, rows)
	require.False(t, second.Full)
	require.True(t, second.More)

	rows, third, err := fetch(t, s, second.Cursor)
	require.NoError(t, err)
	require.Equal(t, []string{"B=10"}, rows)
	require.False(t, third.More)

	rows, fourth, err := fetch(t, s, third.Cursor)
	require.NoError(t, err)
	require.Empty(t, rows)
	require.True(t, fourth.Unchanged)
	require.Equal(t, third.Cursor, fourth.Cursor)

	// Copied anew with the same content: nothing to read. Rewritten: read again, and what came after it too.
	later := time.Now().Add(time.Hour)
	require.NoError(t, os.Chtimes(filepath.Join(folder, "delta-2.csv"), later, later))
	_, same, err := fetch(t, s, third.Cursor)
	require.NoError(t, err)
	require.True(t, same.Unchanged)
	put("delta-2.csv", "B,33\n")
	rows, again, err := fetch(t, s, third.Cursor)
	require.NoError(t, err)
	require.Equal(t, []string{"B=33"}, rows)
	require.True(t, again.More)
	rows, again, err = fetch(t, s, again.Cursor)
	require.NoError(t, err)
	require.Equal(t, []string{"B=10"}, rows)
	require.False(t, again.More)

	// Under other settings everything means something else.
	other := newTestSource(t, time.Now, map[string]any{"path": folder, "full_pattern": "full-*.csv", "delta_pattern": "delta-*.csv", "facility": "east"})
	rows, _, err = fetch(t, other, again.Cursor)
	require.NoError(t, err)
	require.Equal(t, []string{"A@east=2", "B@east=2"}, rows)
}

func TestABrokenFileStaysUnread(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	s := newTestSource(t, time.Now, map[string]any{"path": folder, "kind": "delta"})
	drop(t, filepath.Join(folder, "1.csv"), "sku,available\nA,1\n")
	_, first, err := fetch(t, s, "")
	require.NoError(t, err)
	drop(t, filepath.Join(folder, "2.csv"), "sku,available\nA")
	for range 2 {
		_, snapshot, err := fetch(t, s, first.Cursor)
		warehousetest.RequireError(t, err, warehouses.Retry, "2.csv:2: the file is truncated")
		require.Equal(t, warehouses.Snapshot{}, snapshot)
	}
	drop(t, filepath.Join(folder, "2.csv"), "sku,available\nA,2\n")
	rows, _, err := fetch(t, s, first.Cursor)
	require.NoError(t, err)
	require.Equal(t, []string{"A=2"}, rows)
}

func TestMarker(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "stock.csv")
	s := newTestSource(t, time.Now, map[string]any{"path": path, "complete": "marker", "marker": ".ok"})
	drop(t, path, "sku,available\nA,1\n")
	_, _, err := fetch(t, s, "")
	warehousetest.RequireError(t, err, warehouses.Retry, "stock.csv.ok is not there, or is older")
	drop(t, path+".ok", "")
	rows, first, err := fetch(t, s, "")
	require.NoError(t, err)
	require.Equal(t, []string{"A=1"}, rows)

	// The next file is being written: the marker beside it is the one of the file before.
	drop(t, path, "sku,available\nA,2\n")
	later := time.Now().Add(time.Hour)
	require.NoError(t, os.Chtimes(path, later, later))
	_, unchanged, err := fetch(t, s, first.Cursor)
	require.NoError(t, err)
	require.True(t, unchanged.Unchanged)
	require.NoError(t, os.Chtimes(path+".ok", later, later))
	rows, _, err = fetch(t, s, first.Cursor)
	require.NoError(t, err)
	require.Equal(t, []string{"A=2"}, rows)
}

func TestQuiet(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "stock.csv")
	drop(t, path, "sku,available\nA,1\n")
	written := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	require.NoError(t, os.Chtimes(path, written, written))
	now := written.Add(9 * time.Second)
	for _, path := range []string{path, folder} {
		s := newTestSource(t, func() time.Time { return now }, map[string]any{"path": path, "complete": "quiet"})
		now = written.Add(9 * time.Second)
		_, _, err := fetch(t, s, "")
		warehousetest.RequireError(t, err, warehouses.Wait, "written to less than 10s ago")
		var failed *warehouses.Error
		require.ErrorAs(t, err, &failed)
		require.True(t, failed.Until.Equal(written.Add(10*time.Second)))
		now = written.Add(10 * time.Second)
		rows, _, err := fetch(t, s, "")
		require.NoError(t, err)
		require.Equal(t, []string{"A=1"}, rows)
	}
}

func TestAFileThatChangesWhileItIsRead(t *testing.T) {
	t.Parallel()
	text := "sku,available\n" + strings.Repeat("A,1\n", 3*rowsPerPage)
	for name, change := range map[string]func(path string){
		"grows": func(path string) {
			f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
			require.NoError(t, err)
			defer func() { _ = f.Close() }()
			_, err = f.WriteString("B,2\n")
			require.NoError(t, err)
		},
		"is cut": func(path string) { require.NoError(t, os.Truncate(path, 6000)) },
		"is replaced": func(path string) {
			drop(t, path+".new", text)
			require.NoError(t, os.Rename(path+".new", path))
		},
		"is removed": func(path string) { require.NoError(t, os.Remove(path)) },
		"is written over": func(path string) {
			f, err := os.OpenFile(path, os.O_WRONLY, 0)
			require.NoError(t, err)
			defer func() { _ = f.Close() }()
			_, err = f.WriteString(strings.Replace(text, "A,1", "A,2", 1)[:30])
			require.NoError(t, err)
			later := time.Now().Add(time.Hour)
			require.NoError(t, os.Chtimes(path, later, later))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			path := filepath.Join(folder, "stock.csv")
			drop(t, path, text)
			s := newTestSource(t, time.Now, map[string]any{"path": folder})
			done := false
			_, err := s.Fetch(t.Context(), warehouses.Request{}, func(context.Context, []inventory.Row) error {
				if !done {
					change(path)
					done = true
				}
				return nil
			})
			warehousetest.RequireError(t, err, warehouses.Retry, "changed while it was read")
		})
	}
}

// TestAFileThatChangesWithoutATrace: neither size nor time tell, but the content does.
func TestAFileThatChangesWithoutATrace(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "stock.csv")
	drop(t, path, "sku,available\n"+strings.Repeat("A,1\n", 100*rowsPerPage))
	before, err := os.Stat(path)
	require.NoError(t, err)
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	require.NoError(t, err)
	t.Cleanup(func() { _ = f.Close() })
	s := newTestSource(t, time.Now, map[string]any{"path": path})
	_, err = s.Fetch(t.Context(), warehouses.Request{}, func(context.Context, []inventory.Row) error {
		_, err := f.WriteAt([]byte("B,2"), before.Size()-4)
		require.NoError(t, err)
		return os.Chtimes(path, before.ModTime(), before.ModTime())
	})
	warehousetest.RequireError(t, err, warehouses.Retry, "changed while it was read")
}

func TestWhatCannotBeRead(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file := filepath.Join(folder, "stock.csv")
	s := newTestSource(t, time.Now, map[string]any{"path": file})
	_, _, err := fetch(t, s, "")
	warehousetest.RequireError(t, err, warehouses.AskPerson, "stock.csv is not there")
	_, err = s.Check(t.Context())
	warehousetest.RequireError(t, err, warehouses.AskPerson, "stock.csv is not there")

	drop(t, file, "sku,available\nA,1\n")
	_, read, err := fetch(t, s, "")
	require.NoError(t, err)
	require.NoError(t, os.Remove(file))
	_, _, err = fetch(t, s, read.Cursor)
	warehousetest.RequireError(t, err, warehouses.Retry, "was read before")

	require.NoError(t, syscall.Mkfifo(file, 0o600))
	_, _, err = fetch(t, s, "")
	warehousetest.RequireError(t, err, warehouses.AskPerson, "neither a file nor a folder")
	_, _, err = fetch(t, newTestSource(t, time.Now, map[string]any{"path": folder}), "")
	warehousetest.RequireError(t, err, warehouses.AskPerson, "no file there matches")

	denied := unreadable("stock.csv", &os.PathError{Op: "open", Path: "stock.csv", Err: os.ErrPermission})
	warehousetest.RequireError(t, denied, warehouses.AskPerson, "may not be read by the worker")
	warehousetest.RequireError(t, unreadable("stock.csv", syscall.EIO), warehouses.Retry, "cannot be read")
}

// keeping is a sink that keeps the rows.
func keeping(rows *[]inventory.Row) warehouses.Sink {
	return func(_ context.Context, page []inventory.Row) error {
		*rows = append(*rows, page...)
		return nil
	}
}
