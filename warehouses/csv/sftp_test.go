package csv

import (
	"context"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

const canary = "canary-credential-4f1d"

// openAt opens a source elsewhere. Its environment holds the canary as env:CANARY.
func openAt(t *testing.T, raw map[string]any) *source {
	t.Helper()
	source, err := tryOpen(raw)
	require.NoError(t, err)
	return source
}

func tryOpen(raw map[string]any) (*source, error) {
	opened, err := Open("portland", raw, settings.Environment{
		Variable: func(name string) (string, bool) { return canary, name == "CANARY" },
		ReadFile: os.ReadFile,
	})
	if err != nil {
		return nil, err
	}
	return opened.(*source), nil
}

// with adds settings to others.
func with(raw map[string]any, more ...any) map[string]any {
	for i := 0; i < len(more); i += 2 {
		raw[more[i].(string)] = more[i+1]
	}
	return raw
}

// requireNothing: a fetch that failed has nothing that could be recorded, and keeps the credential to itself.
func requireNothing(t *testing.T, snapshot warehouses.Snapshot, err error, next warehouses.Next, says ...string) {
	t.Helper()
	warehousetest.RequireError(t, err, next, says...)
	require.Equal(t, warehouses.Snapshot{}, snapshot)
	require.NotContains(t, err.Error(), canary)
}

func TestSFTPFile(t *testing.T) {
	t.Parallel()
	server := StartSSHD(t)
	folder := t.TempDir()
	path := filepath.Join(folder, "stock 1.csv")
	drop(t, path, "sku,available\nA,1\n")
	before, err := os.ReadDir(folder)
	require.NoError(t, err)

	raw := server.Settings(filepath.Join(folder, "stock%201.csv"))
	s := openAt(t, raw)
	rows, first, err := fetch(t, s, "")
	require.NoError(t, err)
	require.Equal(t, []string{"A=1"}, rows)
	require.True(t, first.Full)
	require.Equal(t, "sftp://"+server.Address+path, first.From)

	rows, second, err := fetch(t, s, first.Cursor)
	require.NoError(t, err)
	require.Empty(t, rows)
	require.True(t, second.Unchanged)

	// Another credential, another timeout: what was read stays read. Neither time nor size tells what is new.
	times, err := os.Stat(path)
	require.NoError(t, err)
	drop(t, path, "sku,available\nA,2\n")
	require.NoError(t, os.Chtimes(path, times.ModTime(), times.ModTime()))
	rows, third, err := fetch(t, openAt(t, with(raw, "timeout", "20s", "host_key", server.Fingerprint)), first.Cursor)
	require.NoError(t, err)
	require.Equal(t, []string{"A=2"}, rows)
	require.False(t, third.Unchanged)

	finding, err := s.Check(t.Context())
	require.NoError(t, err)
	require.Equal(t, "A=2", took(finding.Sample[0]))

	after, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Equal(t, names(before), names(after), "nothing is written or removed there")

	require.NoError(t, os.Remove(path))
	_, _, err = fetch(t, s, third.Cursor)
	warehousetest.RequireError(t, err, warehouses.Retry, "was read before and is not there now")
	_, _, err = fetch(t, s, "")
	warehousetest.RequireError(t, err, warehouses.AskPerson, "stock 1.csv is not there")
}

func names(entries []fs.DirEntry) []string {
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

func TestSFTPFolder(t *testing.T) {
	t.Parallel()
	server := StartSSHD(t)
	folder := t.TempDir()
	s := openAt(t, with(server.Settings(folder+"/"), "full_pattern", "full-*.csv", "delta_pattern", "delta-*.csv"))
	put := func(name, rows string) { drop(t, filepath.Join(folder, name), "sku,available\n"+rows) }
	_, snapshot, err := fetch(t, s, "")
	requireNothing(t, snapshot, err, warehouses.AskPerson, "no file there matches")

	put("full-1.csv", "A,1\nB,1\n")
	put("delta-2.csv", "B,2\n")
	put("linked", "B,3\n")
	require.NoError(t, os.Symlink("linked", filepath.Join(folder, "delta-3.csv")))
	require.NoError(t, os.Symlink("nowhere", filepath.Join(folder, "delta-4.csv")))
	require.NoError(t, os.Mkdir(filepath.Join(folder, "delta-5.csv"), 0o700))
	cursor := ""
	for _, want := range []struct {
		rows []string
		full bool
		more bool
	}{{[]string{"A=1", "B=1"}, true, true}, {[]string{"B=2"}, false, true}, {[]string{"B=3"}, false, false}} {
		rows, snapshot, err := fetch(t, s, cursor)
		require.NoError(t, err)
		require.Equal(t, want.rows, rows)
		require.Equal(t, want.full, snapshot.Full)
		require.Equal(t, want.more, snapshot.More)
		cursor = snapshot.Cursor
	}
	_, same, err := fetch(t, s, cursor)
	require.NoError(t, err)
	require.True(t, same.Unchanged)

	// The file read last is written anew within the same second, in the same size: only its content tells.
	path := filepath.Join(folder, "linked")
	times, err := os.Stat(path)
	require.NoError(t, err)
	put("linked", "B,4\n")
	require.NoError(t, os.Chtimes(path, times.ModTime(), times.ModTime()))
	rows, _, err := fetch(t, s, cursor)
	require.NoError(t, err)
	require.Equal(t, []string{"B=4"}, rows)

	finding, err := s.Check(t.Context())
	require.NoError(t, err)
	require.Contains(t, finding.Notes[0], "the last in order is delta-3.csv")

	_, snapshot, err = fetch(t, openAt(t, with(server.Settings(folder), "max_entries", 3)), "")
	requireNothing(t, snapshot, err, warehouses.AskPerson, "more than 3 entries")
	_, snapshot, err = fetch(t, openAt(t, with(server.Settings(folder), "max_bytes", 10, "pattern", "full-*.csv")), "")
	requireNothing(t, snapshot, err, warehouses.AskPerson, "full-1.csv has 22 bytes, and max_bytes is 10")
}

func TestSFTPCompleteFiles(t *testing.T) {
	t.Parallel()
	server := StartSSHD(t)
	t.Run("half written", func(t *testing.T) {
		t.Parallel()
		folder := t.TempDir()
		path := filepath.Join(folder, "stock.csv")
		for _, where := range []string{path, folder} {
			s := openAt(t, server.Settings(where))
			drop(t, path, "sku,available\nA,1\nB")
			_, snapshot, err := fetch(t, s, "")
			requireNothing(t, snapshot, err, warehouses.Retry, "stock.csv:3: the file is truncated")
			drop(t, path, "sku,available\nA,1\nB,2\n")
			rows, _, err := fetch(t, s, "")
			require.NoError(t, err)
			require.Equal(t, []string{"A=1", "B=2"}, rows)
		}
	})
	t.Run("marker", func(t *testing.T) {
		t.Parallel()
		folder := t.TempDir()
		path := filepath.Join(folder, "stock.csv")
		drop(t, path, "sku,available\nA,1\n")
		written := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		require.NoError(t, os.Chtimes(path, written, written))
		for _, where := range []string{path, folder} {
			s := openAt(t, with(server.Settings(where), "complete", "marker"))
			_, snapshot, err := fetch(t, s, "")
			requireNothing(t, snapshot, err, warehouses.Retry, "stock.csv.done is not there, or is older")
			drop(t, path+".done", "")
			require.NoError(t, os.Chtimes(path+".done", written.Add(-time.Second), written.Add(-time.Second)))
			_, snapshot, err = fetch(t, s, "")
			requireNothing(t, snapshot, err, warehouses.Retry, "or is older")
			require.NoError(t, os.Chtimes(path+".done", written, written))
			rows, _, err := fetch(t, s, "")
			require.NoError(t, err)
			require.Equal(t, []string{"A=1"}, rows)
			require.NoError(t, os.Remove(path+".done"))
		}
	})
	t.Run("quiet", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "stock.csv")
		drop(t, path, "sku,available\nA,1\n")
		written := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		require.NoError(t, os.Chtimes(path, written, written))
		s := openAt(t, with(server.Settings(path), "complete", "quiet"))
		s.now = func() time.Time { return written.Add(9 * time.Second) }
		_, snapshot, err := fetch(t, s, "")
		requireNothing(t, snapshot, err, warehouses.Wait, "written to less than 10s ago")
		s.now = func() time.Time { return written.Add(10 * time.Second) }
		_, _, err = fetch(t, s, "")
		require.NoError(t, err)
	})
}

// large is a file of several pieces.
var large = "sku,available\n" + strings.Repeat("A,1\n", 500*rowsPerPage)

func TestSFTPFileThatChangesWhileItIsRead(t *testing.T) {
	t.Parallel()
	server := StartSSHD(t)
	later := time.Now().Add(time.Hour)
	for name, change := range map[string]func(t *testing.T, path string){
		"grows":  func(t *testing.T, path string) { drop(t, path, large+"B,2\n") },
		"is cut": func(t *testing.T, path string) { require.NoError(t, os.Truncate(path, 6000)) },
		"is replaced": func(t *testing.T, path string) {
			drop(t, path+".new", large)
			require.NoError(t, os.Chtimes(path+".new", later, later))
			require.NoError(t, os.Rename(path+".new", path))
		},
		"is removed": func(t *testing.T, path string) { require.NoError(t, os.Remove(path)) },
		"is written over without a trace": func(t *testing.T, path string) {
			before, err := os.Stat(path)
			require.NoError(t, err)
			drop(t, path, large[:len(large)-4]+"B,2\n")
			require.NoError(t, os.Chtimes(path, before.ModTime(), before.ModTime()))
		},
	} {
		for where, single := range map[string]bool{"the file": true, "its folder": false} {
			t.Run(where+" "+name, func(t *testing.T) {
				t.Parallel()
				folder := t.TempDir()
				path := filepath.Join(folder, "stock.csv")
				drop(t, path, large)
				s := openAt(t, server.Settings(map[bool]string{true: path, false: folder}[single]))
				snapshot, err := fetchWhile(t, s, func() { change(t, path) })
				requireNothing(t, snapshot, err, warehouses.Retry, "changed while it was read")
			})
		}
	}
}

// fetchWhile does something when the first rows have come.
func fetchWhile(t *testing.T, s *source, what func()) (warehouses.Snapshot, error) {
	t.Helper()
	done := false
	snapshot, err := s.Fetch(t.Context(), warehouses.Request{}, func(context.Context, []inventory.Row) error {
		if !done {
			what()
			done = true
		}
		return nil
	})
	require.True(t, done, "no rows came")
	return snapshot, err
}

func TestSFTPConnectionThatDrops(t *testing.T) {
	t.Parallel()
	server := StartSSHD(t)
	path := filepath.Join(t.TempDir(), "stock.csv")
	drop(t, path, large)
	start := func(t *testing.T, more ...any) (*proxy, *source) {
		p := startProxy(t, server.Address)
		raw := with(server.Settings(path), "path", "sftp://"+server.User+"@"+p.Address+path)
		return p, openAt(t, with(raw, more...))
	}
	for name, bytes := range map[string]int64{"at once": 0, "in the handshake": 1000, "in the file": 1 << 20} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, s := start(t)
			p.cutAfter(bytes)
			rows, snapshot, err := fetch(t, s, "")
			requireNothing(t, snapshot, err, warehouses.Retry, p.Address)
			require.Empty(t, rows)
			p.cutAfter(-1)
			_, snapshot, err = fetch(t, s, "")
			require.NoError(t, err)
			require.Equal(t, 500*rowsPerPage, snapshot.Rows)
		})
	}
	t.Run("after rows have come", func(t *testing.T) {
		t.Parallel()
		p, s := start(t)
		snapshot, err := fetchWhile(t, s, p.cut)
		requireNothing(t, snapshot, err, warehouses.Retry, p.Address, "broke")
	})
	t.Run("hangs after rows have come", func(t *testing.T) {
		t.Parallel()
		p, s := start(t)
		snapshot, err := fetchWhile(t, s, func() {
			p.hang()
			s.site.(*sftpSite).timeout = 100 * time.Millisecond // only now, for a busy machine is slow at everything
		})
		requireNothing(t, snapshot, err, warehouses.Retry, p.Address, "did not answer within 100ms")
	})
	t.Run("hangs in the handshake", func(t *testing.T) {
		t.Parallel()
		p, s := start(t, "timeout", "2s")
		p.hang()
		_, snapshot, err := fetch(t, s, "")
		requireNothing(t, snapshot, err, warehouses.Retry, p.Address, "did not answer within 2s")
	})
	t.Run("nobody is there", func(t *testing.T) {
		t.Parallel()
		s := openAt(t, with(server.Settings(path), "path", "sftp://"+server.User+"@127.0.0.1:1/stock.csv"))
		_, snapshot, err := fetch(t, s, "")
		requireNothing(t, snapshot, err, warehouses.Retry, "no connection to the SFTP server 127.0.0.1:1", "refused")
	})
}

// TestWire: a listing is bounded by what comes, for the client would gather all of it.
func TestWire(t *testing.T) {
	t.Parallel()
	ours, theirs := net.Pipe()
	t.Cleanup(func() { _, _ = ours.Close(), theirs.Close() })
	w := &wire{Conn: ours}
	w.may.Store(5)
	go func() { _, _ = theirs.Write([]byte("1234567890")) }()
	into := make([]byte, 5)
	n, err := w.Read(into)
	require.NoError(t, err)
	require.Equal(t, 5, n)
	_, err = w.Read(into)
	require.ErrorIs(t, err, errTooMuch)
}
