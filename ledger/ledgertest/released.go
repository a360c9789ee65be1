package ledgertest

import (
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // opens the files
)

// ReleasedBox is the address in the ledgers of earlier releases that Load replaces with that of a sandbox.
const ReleasedBox = "http://sandbox.invalid"

// ReleasedLedger is a ledger that the programs of an earlier release filled, as it was when their worker was killed.
type ReleasedLedger struct {
	Release  string // the folder in ledger/testdata/released
	Database string // sqlite or postgres
	script   []byte
	// Beside is JSON: what stores and warehouses showed then, and the generation file of a SQLite ledger. tests/e2e says what is in it.
	Beside []byte
}

// ReleasedLedgers returns the stored ledgers of all releases, on both databases. root is the path of ledger/testdata/released.
func ReleasedLedgers(t testing.TB, root string) (all []ReleasedLedger) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(root, "*", "*.sql"))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		release := ReleasedLedger{Release: filepath.Base(filepath.Dir(path)), Database: strings.TrimSuffix(filepath.Base(path), ".sql")}
		release.script, err = os.ReadFile(path)
		require.NoError(t, err)
		release.Beside, err = os.ReadFile(strings.TrimSuffix(path, "sql") + "json")
		require.NoError(t, err)
		all = append(all, release)
	}
	return all
}

// Load creates the ledger, with the given address of a sandbox, and returns its location. No program of this version has opened it.
func (r ReleasedLedger) Load(t testing.TB, box string) string {
	t.Helper()
	script := strings.ReplaceAll(string(r.script), ReleasedBox, box)
	if r.Database == "postgres" {
		location := EmptyPostgres(t)
		connection, err := pgx.Connect(t.Context(), location)
		require.NoError(t, err)
		_, err = connection.PgConn().Exec(t.Context(), script).ReadAll()
		require.NoError(t, err)
		require.NoError(t, connection.Close(t.Context()))
		return location
	}
	location := filepath.Join(t.TempDir(), "tidemark.db")
	db, err := sql.Open("sqlite", location)
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), script)
	require.NoError(t, err)
	require.NoError(t, db.Close())
	var beside struct{ Generation json.RawMessage }
	require.NoError(t, json.Unmarshal(r.Beside, &beside))
	require.NotEmpty(t, beside.Generation)
	require.NoError(t, os.WriteFile(location+".generation", beside.Generation, 0o600))
	return location
}
