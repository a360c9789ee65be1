package ledger

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A ledger of an earlier release gets its identity, once, when its schema is brought up to date. A copy of a file has the same identity.
func TestIdentityIsMadeOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tidemark.db")
	steps, err := migrationsOf("sqlite")
	require.NoError(t, err)
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	run := func(statement string, arguments ...any) {
		t.Helper()
		_, err := db.ExecContext(t.Context(), statement, arguments...)
		require.NoError(t, err)
	}
	run(migrationTable)
	for _, step := range steps[:3] {
		run(step.content)
		run("INSERT INTO tidemark_migrations VALUES (?, ?, ?, 0)", step.version, step.name, step.checksum)
	}
	run("INSERT INTO state (only_one, epoch) VALUES (1, 'before')")
	run(fmt.Sprintf("PRAGMA application_id = %d", sqliteApplication))
	require.NoError(t, db.Close())

	identity := func(path string) string {
		t.Helper()
		opened, err := Open(t.Context(), path, time.Now())
		require.NoError(t, err)
		found, err := opened.Identity(t.Context())
		require.NoError(t, err)
		epoch, err := opened.Epoch(t.Context())
		require.NoError(t, err)
		require.Equal(t, "before", epoch)
		require.NoError(t, opened.Close())
		return found
	}
	first := identity(path)
	require.Len(t, ShortIdentity(first), 8)
	require.NotEqual(t, first, ShortIdentity(first))
	require.Equal(t, first, identity(path))

	content, err := os.ReadFile(path)
	require.NoError(t, err)
	copied := filepath.Join(t.TempDir(), "copy.db")
	require.NoError(t, os.WriteFile(copied, content, 0o600))
	require.Equal(t, first, identity(copied))
	require.Equal(t, "short", ShortIdentity("short"))
}
