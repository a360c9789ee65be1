package ledger_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/ledger/ledgertest"
)

// Processes of PostgreSQL are killed: first one in the middle of a transaction, then all that serve the ledger. The transaction has changed
// nothing and can be done again, what was acknowledged is still there, and the ledger goes on by itself.
func TestPostgresProcessesThatAreKilled(t *testing.T) {
	t.Parallel()
	address := ledgertest.Postgres(t)
	opened := open(t, address)
	lease := hubRun(t, opened)
	report(t, opened, lease, "A")
	id, err := opened.Stage(t.Context(), lease, ledger.SnapshotStart{Warehouse: "hub", Now: now})
	require.NoError(t, err)
	require.NoError(t, opened.StageRows(t.Context(), id, []inventory.Level{{SKU: "B", Available: 5}}, nil))
	record := func() error {
		_, err := opened.Record(t.Context(), lease, id, ledger.SnapshotEnd{Rows: 1, Guard: ledger.Guard{MaximumRefused: 1}, Now: now})
		return err
	}

	admin, err := pgx.Connect(t.Context(), address)
	require.NoError(t, err)
	defer func() { require.NoError(t, admin.Close(t.Context())) }()
	held, err := admin.Begin(t.Context())
	require.NoError(t, err)
	_, err = held.Exec(t.Context(), "SELECT id FROM tidemark.warehouses FOR UPDATE")
	require.NoError(t, err)
	recorded := make(chan error, 1)
	go func() { recorded <- record() }()
	const others = "datname = current_database() AND pid <> pg_backend_pid()"
	kill := func(condition string) (killed int) {
		t.Helper()
		query := fmt.Sprintf("SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE %s AND %s", others, condition)
		require.NoError(t, held.QueryRow(t.Context(), query).Scan(&killed))
		return killed
	}
	require.Eventually(t, func() bool { return kill("wait_event_type = 'Lock'") > 0 }, time.Minute, 10*time.Millisecond, "the transaction waits in its middle")
	require.Error(t, <-recorded, "nobody is told that it was recorded")
	require.NoError(t, held.Rollback(t.Context()))
	require.Equal(t, []string{"A"}, levels(t, opened), "nothing of it is there")
	require.NoError(t, record(), "it is done again")
	require.Equal(t, []string{"A", "B"}, levels(t, opened))

	held, err = admin.Begin(t.Context())
	require.NoError(t, err)
	require.Positive(t, kill("TRUE"))
	require.NoError(t, held.Commit(t.Context()))
	require.Eventually(t, func() bool { return opened.Check(t.Context()) == nil }, time.Minute, time.Millisecond, "a step that is tried again succeeds")
	require.Equal(t, []string{"A", "B"}, levels(t, opened))
	require.NoError(t, opened.EndRun(t.Context(), lease, ledger.RunEnd{Outcome: ledger.Completed, Now: now}), "the run still has its store")
}
