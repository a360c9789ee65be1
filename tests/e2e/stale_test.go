package e2e

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// garble makes the figure of an SKU of the file something that is none.
func garble(t *testing.T, path, sku string, at time.Time) {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	lines := strings.Split(string(content), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, sku+",") {
			lines[i] = sku + ",east,sold out"
		}
	}
	require.NoError(t, os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600))
	require.NoError(t, os.Chtimes(path, time.Time{}, at))
}

// A sold-out SKU whose row is refused: the run is no plain success, the level is stale until it is read again, and the store keeps the old
// figure or shows 0, as the warehouse is set.
func TestARefusedRowIsNeverSilent(t *testing.T) {
	t.Parallel()
	for policy, shown := range map[inventory.RefusedPolicy]int64{"": 5, inventory.RefusedZero: 0} {
		now := time.Now()
		w, d, path := fromFile(t, now.Add(-2*time.Hour), 5)
		d.Warehouses[0].Refused = policy
		d.Warehouses[0].Guard = ledger.Guard{MinimumRows: 0.8, MaximumRefused: 0.2, MaximumMissing: 0.05, MaximumZeroed: 0.2}
		w.work()
		w.apply(d, ledger.ApplyOptions{})
		require.Equal(t, ledger.Completed, w.firstFull("shop").Outcome)

		export(t, path, now.Add(-time.Hour), 6, nil)
		garble(t, path, "SKU-00001", now.Add(-time.Hour))
		report := w.sync(ledger.Smart, "shop", workflows.SyncRequest{})
		require.Equal(t, ledger.CompletedWithFailures, report.Outcome)
		require.Contains(t, report.Reason, "1 row of the warehouse was refused, and 1 level is stale")
		require.EqualValues(t, 1, report.Counts.Refused)
		w.shows("shop", map[string]int64{"SKU-00001": shown, "SKU-00002": 6})
		found, err := w.control.Explain(t.Context(), "shop", "SKU-00001")
		require.NoError(t, err)
		text := strings.Join(found[0].Lines(), "\n")
		require.Contains(t, text, "its row was refused in run")
		require.NotContains(t, text, "the warehouse reports")

		export(t, path, now.Add(-time.Minute), 4, nil)
		report = w.sync(ledger.Smart, "shop", workflows.SyncRequest{})
		require.Equal(t, ledger.Completed, report.Outcome, report.Reason)
		w.shows("shop", map[string]int64{"SKU-00001": 4, "SKU-00002": 4})
		marks, err := w.ledger.StaleLevels(t.Context(), d.Warehouses[0].ID, "", ledger.Page{})
		require.NoError(t, err)
		require.Empty(t, marks)
	}
}
