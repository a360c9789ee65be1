package ledger_test

import (
	"database/sql"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// written creates a ledger with a connection and the level of SKU A, closes it, and returns its path.
func written(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tidemark.db")
	opened, err := ledger.Open(t.Context(), path, now)
	require.NoError(t, err)
	report(t, opened, hubRun(t, opened), "A")
	require.NoError(t, opened.Close())
	return path
}

// hubRun applies a connection and takes its store.
func hubRun(t testing.TB, opened ledger.Ledger) ledger.Lease {
	t.Helper()
	_, err := opened.Apply(t.Context(), ledger.Definitions{
		Warehouses:  []ledger.Warehouse{{ID: "hub", Merchant: "acme"}},
		Stores:      []ledger.Store{{ID: "shop", Merchant: "acme"}},
		Connections: []ledger.Connection{{ID: "hub-shop", Merchant: "acme", Warehouse: "hub", Store: "shop"}},
	}, ledger.ApplyOptions{})
	require.NoError(t, err)
	granted, err := opened.Begin(t.Context(), ledger.Claim{
		Connection: "hub-shop", Mode: ledger.Smart, WorkflowRun: "run", Workflow: "w", Now: now,
	})
	require.NoError(t, err)
	return granted.Lease
}

// report records a level of a SKU.
func report(t testing.TB, opened ledger.Ledger, lease ledger.Lease, sku string) {
	t.Helper()
	id, err := opened.Stage(t.Context(), lease, ledger.SnapshotStart{Warehouse: "hub", Now: now})
	require.NoError(t, err)
	require.NoError(t, opened.StageRows(t.Context(), id, []inventory.Level{{SKU: sku, Available: 5}}, nil))
	_, err = opened.Record(t.Context(), lease, id, ledger.SnapshotEnd{Rows: 1, Guard: ledger.Guard{MaximumRefused: 1}, Now: now})
	require.NoError(t, err)
}

func levels(t testing.TB, opened ledger.Ledger) []string {
	t.Helper()
	rows, err := opened.Levels(t.Context(), "hub", "", ledger.Page{Limit: 100_000})
	require.NoError(t, err)
	var skus []string
	for _, row := range rows {
		skus = append(skus, row.SKU)
	}
	return skus
}

// files returns the contents of the files in a folder, by name.
func files(t *testing.T, folder string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	contents := map[string]string{}
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		require.NoError(t, err)
		contents[entry.Name()] = string(content)
	}
	return contents
}

// statements runs SQL on a ledger's file without the ledger.
func statements(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	for _, statement := range statements {
		_, err := db.ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
	require.NoError(t, db.Close())
}

func TestSQLiteRefusesWhatIsNoLedger(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(t *testing.T, path string, content []byte){
		"an empty file": func(t *testing.T, path string, _ []byte) { write(t, path, nil) },
		"a short file":  func(t *testing.T, path string, content []byte) { write(t, path, content[:99]) },
		"text":          func(t *testing.T, path string, _ []byte) { write(t, path, []byte(strings.Repeat("no ledger\n", 1000))) },
		"cut in half":   func(t *testing.T, path string, content []byte) { write(t, path, content[:len(content)/2]) },
		"cut by a byte": func(t *testing.T, path string, content []byte) { write(t, path, content[:len(content)-1]) },
		"the header is gone": func(t *testing.T, path string, content []byte) {
			clear(content[:100])
			write(t, path, content)
		},
		"only the header is left": func(t *testing.T, path string, content []byte) {
			clear(content[100:])
			write(t, path, content)
		},
		"another program's": func(t *testing.T, path string, content []byte) {
			binary.BigEndian.PutUint32(content[68:], 0x12345678)
			write(t, path, content)
		},
		"another schema": func(t *testing.T, path string, _ []byte) {
			statements(t, path, "UPDATE tidemark_migrations SET checksum = 'another'")
		},
		"the file is gone and its log is there": func(t *testing.T, path string, _ []byte) {
			require.NoError(t, os.Remove(path))
			write(t, path+"-wal", []byte("something"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := written(t)
			content, err := os.ReadFile(path)
			require.NoError(t, err)
			spoil(t, path, content)
			before := files(t, filepath.Dir(path))
			_, err = ledger.Open(t.Context(), path, now)
			require.ErrorIs(t, err, ledger.ErrDamaged)
			require.ErrorContains(t, err, path)
			require.Regexp(t, "restore a backup|name another path", err.Error(), "what to do")
			require.Equal(t, before, files(t, filepath.Dir(path)), "nothing was touched")
		})
	}
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, content, 0o600))
}

func TestSQLiteRefusesWhatCannotBeOpened(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for _, path := range []string{folder, filepath.Join(folder, "missing", "tidemark.db")} {
		_, err := ledger.Open(t.Context(), path, now)
		require.Error(t, err)
		require.NotErrorIs(t, err, ledger.ErrDamaged)
		require.ErrorContains(t, err, path)
	}
	require.Empty(t, files(t, folder))
}

func TestSQLiteRefusesANewerSchema(t *testing.T) {
	t.Parallel()
	path := written(t)
	opened := open(t, path)
	statements(t, path, `INSERT INTO tidemark_migrations (version, name, checksum, applied_at)
		VALUES (997, 'later', '', 0), (998, 'later', '', 0), (999, 'later', '', 0), (1000, 'latest', '', 0)`)
	require.ErrorIs(t, opened.Check(t.Context()), ledger.ErrNewer, "a program that runs already notices")
	_, err := ledger.Open(t.Context(), path, now)
	require.ErrorIs(t, err, ledger.ErrNewer)
	require.ErrorContains(t, err, path)
	require.ErrorContains(t, err, "is at version 1000 ", "the newest")
}

func TestSQLiteKeepsEverythingWhenOpenedAgain(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a b%20c?d#e&f='ä🚲.db")
	opened, err := ledger.Open(t.Context(), path, now)
	require.NoError(t, err)
	epoch, err := opened.Epoch(t.Context())
	require.NoError(t, err)
	report(t, opened, hubRun(t, opened), "A")
	require.NoError(t, opened.Close())
	require.Equal(t, 1, len(files(t, filepath.Dir(path))), "one file, with nothing beside it")

	opened = open(t, path)
	epochAgain, err := opened.Epoch(t.Context())
	require.NoError(t, err)
	require.Equal(t, epoch, epochAgain)
	require.Equal(t, []string{"A"}, levels(t, opened))
}

// crashed copies a ledger in use, together with its log, as a crash would leave it. It returns the copy's path.
func crashed(t *testing.T) string {
	t.Helper()
	path := written(t)
	opened := open(t, path)
	holder, err := opened.Holder(t.Context(), "shop")
	require.NoError(t, err)
	report(t, opened, ledger.Lease{Store: "shop", Fence: holder.Fence, Run: holder.Run}, "B")
	copied := filepath.Join(t.TempDir(), "tidemark.db")
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(path + suffix)
		require.NoError(t, err)
		write(t, copied+suffix, content)
	}
	return copied
}

func TestSQLiteRecoversAfterACrash(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"A", "B"}, levels(t, open(t, crashed(t))))
}

// TestSQLiteChecksAFileAfterACrash: a damaged file is refused each time that it is opened. SQLite must not move the log into the file
// after the first time, because the file would be opened then.
func TestSQLiteChecksAFileAfterACrash(t *testing.T) {
	t.Parallel()
	for name, object := range map[string]string{"an index": "listings_by_sku", "a table": "channel_levels"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, page := crashed(t), rootPage(t, object)
			content, err := os.ReadFile(path)
			require.NoError(t, err)
			size := int(binary.BigEndian.Uint16(content[16:]))
			clear(content[(page-1)*size : page*size])
			write(t, path, content)
			log, err := os.ReadFile(path + "-wal")
			require.NoError(t, err)
			for range 2 {
				_, err = ledger.Open(t.Context(), path, now)
				require.ErrorIs(t, err, ledger.ErrDamaged)
				require.ErrorContains(t, err, "restore a backup")
				after := files(t, filepath.Dir(path))
				require.True(t, string(content) == after["tidemark.db"], "the file was not touched")
				require.True(t, string(log) == after["tidemark.db-wal"], "nor was its log")
			}
		})
	}
}

// rootPage returns the number of the first page of a table or an index, which is the same in every ledger.
func rootPage(t *testing.T, name string) int {
	t.Helper()
	db, err := sql.Open("sqlite", written(t))
	require.NoError(t, err)
	var page int
	require.NoError(t, db.QueryRowContext(t.Context(), "SELECT rootpage FROM sqlite_schema WHERE name = ?", name).Scan(&page))
	require.NoError(t, db.Close())
	return page
}

func TestSQLiteIsOpenedByManyAtOnce(t *testing.T) {
	t.Parallel()
	openTogether(t, filepath.Join(t.TempDir(), "tidemark.db"))
}

// openTogether opens a ledger that does not exist yet, many times at once, and expects one ledger.
func openTogether(t *testing.T, location string) {
	t.Helper()
	const openers = 8
	var group sync.WaitGroup
	opened := make([]ledger.Ledger, openers)
	errs := make([]error, openers)
	for i := range openers {
		group.Go(func() { opened[i], errs[i] = ledger.Open(t.Context(), location, now) })
	}
	group.Wait()
	epochs := map[string]bool{}
	for i := range openers {
		require.NoError(t, errs[i])
		epoch, err := opened[i].Epoch(t.Context())
		require.NoError(t, err)
		epochs[epoch] = true
		require.NoError(t, opened[i].Check(t.Context()))
	}
	require.Len(t, epochs, 1)
	for i := range openers {
		group.Go(func() { errs[i] = opened[i].Restored(t.Context(), "", now) })
	}
	group.Wait()
	for i := range openers {
		require.NoError(t, errs[i])
	}
	generation, err := opened[0].Generation(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, openers, generation)
	for i := range openers {
		require.NoError(t, opened[i].Close())
	}
}
