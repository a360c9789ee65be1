package ledger_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

// TestAPasswordIsNeverPrintedBack: however a database is named, its password is not printed and does not become part of a file name.
func TestAPasswordIsNeverPrintedBack(t *testing.T) {
	folder := t.TempDir()
	t.Chdir(folder)
	for _, location := range []string{
		"host=db user=tidemark password=hunter2 dbname=tidemark", "password='hunter2 x' host=db", "HOST = db PASSWORD = hunter2", "user=a\tpassword=hunter2",
		"postgres://tidemark:hunter2@127.0.0.1:1/x y", "postgres://tidemark:hunter2@127.0.0.1:1/x", "postgresql://tidemark:hunter2@[::1/x",
		"postgres:/tidemark:hunter2@db/x", "postgres:tidemark:hunter2@db", "Postgres://tidemark:hunter2@db/x", "mysql://tidemark:hunter2@db/x",
		"tidemark:hunter2@db/tidemark",
	} {
		_, err := ledger.Open(t.Context(), location, now)
		require.Error(t, err, location)
		require.NotContains(t, err.Error(), "hunter2")
		if _, err := ledger.Exists(location); err != nil {
			require.NotContains(t, err.Error(), "hunter2")
		}
		require.NotContains(t, ledger.Shown(location), "hunter2")
	}
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Empty(t, entries)
	for _, path := range []string{"tidemark.db", "/data/a b=c.db", "/data/ghost=1.db"} {
		require.Equal(t, path, ledger.Shown(path))
		_, err := ledger.Exists(path)
		require.NoError(t, err, path)
	}
}
