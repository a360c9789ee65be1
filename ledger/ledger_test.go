package ledger_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/ledger/ledgertest"
)

var now = time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)

func TestSQLite(t *testing.T) {
	t.Parallel()
	ledgertest.Run(t, func(t testing.TB) ledger.Ledger {
		opened := open(t, filepath.Join(t.TempDir(), "tidemark.db"))
		ledger.WatchCounts(t, opened)
		return opened
	})
}

func TestPostgres(t *testing.T) {
	t.Parallel()
	ledgertest.Run(t, func(t testing.TB) ledger.Ledger {
		return open(t, ledgertest.Postgres(t))
	})
}

// open opens a ledger that is closed at the end of the test.
func open(t testing.TB, location string) ledger.Ledger {
	t.Helper()
	opened, err := ledger.Open(t.Context(), location, now)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, opened.Close()) })
	return opened
}
