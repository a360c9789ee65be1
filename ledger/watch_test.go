package ledger_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/ledger/ledgertest"
)

// started is a process's start on a ledger.
func started(t *testing.T, path string) (restored bool) {
	t.Helper()
	opened, err := ledger.Open(t.Context(), path, now)
	require.NoError(t, err)
	restored, err = ledger.Watch(t.Context(), opened, path, now)
	require.NoError(t, err)
	require.NoError(t, opened.Close())
	return restored
}

func TestABackupThatIsPutBackIsNoticed(t *testing.T) {
	t.Parallel()
	path := written(t)
	require.False(t, started(t, path), "a ledger that was never watched")
	backup, err := os.ReadFile(path)
	require.NoError(t, err)
	for range 3 {
		require.False(t, started(t, path))
	}
	write(t, path, backup)
	require.True(t, started(t, path))
	require.False(t, started(t, path), "it is told once")

	opened := open(t, path)
	_, err = opened.Holder(t.Context(), "shop")
	require.ErrorIs(t, err, ledger.ErrNotFound, "it was declared restored")
	granted, err := opened.Take(t.Context(), ledger.Claim{Connection: "hub-shop", Mode: ledger.Smart, WorkflowRun: "next", Now: now})
	require.NoError(t, err)
	require.Equal(t, ledger.Full, granted.Mode)
}

func TestABackupFromBeforeARestoreIsNoticed(t *testing.T) {
	t.Parallel()
	path := written(t)
	require.False(t, started(t, path))
	backup, err := os.ReadFile(path)
	require.NoError(t, err)
	opened := open(t, path)
	require.NoError(t, opened.Restored(t.Context(), "", now))
	require.NoError(t, ledger.Witness(t.Context(), opened, path))
	require.NoError(t, opened.Close())
	require.False(t, started(t, path), "a declared restore is noted")
	write(t, path, backup)
	require.True(t, started(t, path))
}

func TestADamagedWitnessIsForAPerson(t *testing.T) {
	t.Parallel()
	path := written(t)
	require.False(t, started(t, path))
	found, err := filepath.Glob(path + ".*")
	require.NoError(t, err)
	require.Len(t, found, 1)
	write(t, found[0], []byte("{"))
	opened := open(t, path)
	_, err = ledger.Watch(t.Context(), opened, path, now)
	require.ErrorContains(t, err, found[0])
	require.ErrorContains(t, err, "remove")
}

func TestPostgresIsWatchedByItsGeneration(t *testing.T) {
	t.Parallel()
	address := ledgertest.Postgres(t)
	for range 2 {
		require.False(t, started(t, address))
	}
	generation, err := open(t, address).Generation(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 2, generation)
}
