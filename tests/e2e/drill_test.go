package e2e

import (
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/control/gateway"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/ledger/ledgertest"
	"github.com/tidemark/tidemark/workflows"
)

// TestRestoreDrillOnPostgres does what docs/operating.md says: pg_dump while a worker runs, everything stopped, pg_restore, starter restored,
// and a worker again. The warehouse is where it was at the backup, so that nothing differs from what the ledger believes; the store is told all
// the same.
func TestRestoreDrillOnPostgres(t *testing.T) {
	t.Parallel()
	one := shop{id: "shop", kind: "atomic"}
	w := newWorld(t, scenario(10, one), func(w *world) { w.location = ledgertest.EmptyPostgres(t) })
	w.apply(w.box.definitions(one), ledger.ApplyOptions{})
	worker := w.work()
	w.firstFull("shop")
	first := w.box.levels("shop")
	before := first[place{sku: "SKU-00001"}]
	backup := filepath.Join(w.folder, "backup.dump")
	output, err := exec.CommandContext(t.Context(), "pg_dump", "--format=custom", "--file", backup, w.location).CombinedOutput()
	require.NoError(t, err, "%s", output)

	w.box.set("depot", map[string]int64{"SKU-00001": before + 2})
	w.sync(ledger.Smart, "shop", workflows.SyncRequest{})
	require.Equal(t, before+2, w.box.levels("shop")[place{sku: "SKU-00001"}])
	worker.stop(syscall.SIGTERM)
	require.NoError(t, w.ledger.Close())
	output, err = exec.CommandContext(t.Context(), "pg_restore", "--clean", "--if-exists", "--dbname", w.location, backup).CombinedOutput()
	require.NoError(t, err, "%s", output)
	w.box.set("depot", map[string]int64{"SKU-00001": before})
	said, problems, code := w.starter("restored")
	require.Zero(t, code, "%s\n%s", said, problems)
	w.ledger, err = ledger.Open(t.Context(), w.location, time.Now())
	require.NoError(t, err)
	t.Cleanup(func() { _ = w.ledger.Close() })
	w.control = control.New(w.ledger, gateway.New(w.client, w.namespace), time.Now)

	w.work()
	w.sync(ledger.Smart, "shop", workflows.SyncRequest{})
	require.Equal(t, first, w.box.levels("shop"), "the Smart Sync became a Full Sync")
	w.same("shop")
	said, problems, code = w.starter("check", "--ledger", w.location)
	require.Zero(t, code, "%s\n%s", said, problems)
}
