package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/workflows"
)

// export writes a warehouse's file as one that was written at a time: ten SKUs with a figure, but for some of them.
func export(t *testing.T, path string, at time.Time, figure int, other map[string]int) {
	t.Helper()
	text := strings.Builder{}
	text.WriteString("sku,facility,available\n")
	for i := range 10 {
		sku := fmt.Sprintf("SKU-%05d", i+1)
		available, ok := other[sku]
		if !ok {
			available = figure
		}
		fmt.Fprintf(&text, "%s,east,%d\n", sku, available)
	}
	coming := path + ".coming"
	require.NoError(t, os.WriteFile(coming, []byte(text.String()), 0o600))
	require.NoError(t, os.Chtimes(coming, time.Time{}, at))
	require.NoError(t, os.Rename(coming, path))
}

// fromFile is a world with one shop, whose warehouse is a file that export wrote, and what is to be applied. The worker starts with work.
func fromFile(t *testing.T, at time.Time, figure int) (w *world, d ledger.Definitions, path string) {
	t.Helper()
	one := shop{id: "shop", kind: "per_item"}
	w = newWorld(t, scenario(10, one))
	d = w.box.definitions(one)
	path = filepath.Join(w.folder, "stock.csv")
	d.Warehouses[0].Driver, d.Warehouses[0].Settings = "csv", settings.Values{"path": path, "kind": "full"}
	export(t, path, at, figure, nil)
	return w, d, path
}

// A file counts as of when it was written, not as of when it is read: one that was written before an event and fetched after it
// does not bring back what the event took away.
func TestAFileOlderThanAnEvent(t *testing.T) {
	t.Parallel()
	now := time.Now()
	w, d, path := fromFile(t, now.Add(-2*time.Hour), 10)
	w.work()
	w.apply(d, ledger.ApplyOptions{})
	require.Equal(t, ledger.Completed, w.firstFull("shop").Outcome)
	w.shows("shop", map[string]int64{"SKU-00001": 10, "SKU-00002": 10})

	sold := now.Add(-30 * time.Minute)
	w.send(workflows.InventoryUpdate{Event: "sold-1", SKU: "SKU-00001", Facility: "east", Available: new(int64(0)), ReportedAt: &sold})
	w.takenIn(1, 0)
	w.shows("shop", map[string]int64{"SKU-00001": 0, "SKU-00002": 10})

	export(t, path, now.Add(-time.Hour), 50, map[string]int{"SKU-00002": 49})
	for _, mode := range []ledger.Mode{ledger.Smart, ledger.Full} {
		require.Equal(t, ledger.Completed, w.sync(mode, "shop", workflows.SyncRequest{}).Outcome)
		w.shows("shop", map[string]int64{"SKU-00001": 0, "SKU-00002": 49, "SKU-00003": 50})
	}

	export(t, path, now.Add(-10*time.Minute), 51, nil)
	require.Equal(t, ledger.Completed, w.sync(ledger.Smart, "shop", workflows.SyncRequest{}).Outcome)
	w.shows("shop", map[string]int64{"SKU-00001": 51, "SKU-00002": 51})
}
