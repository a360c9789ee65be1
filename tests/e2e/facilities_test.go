package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/workflows"
)

// stockFile is a warehouse that is a file: 20 SKUs, 6 of each in east and 4 in west, under the names of the facilities. Without names the
// file has no such column, and 10 of each.
func stockFile(t testing.TB, folder string, names ...string) string {
	t.Helper()
	var text strings.Builder
	text.WriteString(map[bool]string{true: "sku,available,facility\n", false: "sku,available\n"}[len(names) > 0])
	for sku := 1; sku <= 20; sku++ {
		if len(names) == 0 {
			fmt.Fprintf(&text, "SKU-%05d,10\n", sku)
			continue
		}
		for i, name := range names {
			fmt.Fprintf(&text, "SKU-%05d,%d,%s\n", sku, []int{6, 4}[i], name)
		}
	}
	path := filepath.Join(folder, "stock.csv")
	require.NoError(t, os.WriteFile(path+".part", []byte(text.String()), 0o600))
	require.NoError(t, os.Rename(path+".part", path))
	return path
}

// requireTens holds the store against the file: 10 of each SKU, whatever the facilities are called.
func requireTens(w *world) {
	w.t.Helper()
	shown := w.box.levels("shop")
	for sku := 1; sku <= 20; sku++ {
		require.Equal(w.t, int64(10), shown[place{fmt.Sprintf("SKU-%05d", sku), ""}], "SKU %d", sku)
	}
}

// approved approves the run that is held and waits for its end.
func approved(w *world, hold ledger.Hold) {
	w.t.Helper()
	_, problems, code := w.starter("approve", fmt.Sprint(hold.Run))
	require.Zero(w.t, code, problems)
	waitFor(w.t, "the run has ended", func(ctx context.Context) error { return w.ended(ctx, hold.Run, ledger.Completed) })
}

// A warehouse that names its facilities anew, closes one, or is set to name them, counts no stock twice: the run is held with the
// figures, and an approval takes the old levels to 0.
func TestRenamedFacilitiesAreNotCountedTwice(t *testing.T) {
	t.Parallel()
	one := shop{id: "shop", kind: "atomic"}
	w := newWorld(t, scenario(20, one))
	d := w.box.definitions(one)
	d.Warehouses[0].Driver = "csv"
	d.Warehouses[0].Settings = settings.Values{"path": stockFile(t, w.folder, "east", "west")}
	w.apply(d, ledger.ApplyOptions{})
	w.work()
	w.firstFull("shop")
	requireTens(w)
	calls := w.box.facts("shop").Calls

	// The facilities have other names.
	stockFile(t, w.folder, "EAST", "WEST")
	w.ask(ledger.Smart, "shop", workflows.SyncRequest{})
	hold := w.held()
	require.Equal(t, ledger.HoldSnapshot, hold.Kind)
	require.Contains(t, hold.Reason, "40 recorded levels with stock of SKUs that it names elsewhere, so 200 units would count twice")
	require.Contains(t, hold.Reason, `left out: "east", "west"; new: "EAST", "WEST"`)
	require.Equal(t, ledger.Absence{Levels: 40, Twice: 40}, hold.Absent)
	require.Equal(t, calls, w.box.facts("shop").Calls, "nothing was pushed")
	approved(w, hold)
	requireTens(w)
	out, _, _ := w.starter("activity", "SKU-00001")
	require.Contains(t, out, fmt.Sprintf("the approved snapshot of run %d names the SKU elsewhere", hold.Run))

	// One facility closes and its stock moves.
	stockFile(t, w.folder, "EAST", "EAST2")
	w.ask(ledger.Full, "shop", workflows.SyncRequest{})
	hold = w.held()
	require.Contains(t, hold.Reason, "so 80 units would count twice")
	approved(w, hold)
	requireTens(w)

	// A setting gives the facility a name, and the file is the same.
	d.Warehouses[0].Settings = settings.Values{"path": stockFile(t, w.folder), "columns": map[string]string{"facility": ""}}
	report := w.apply(d, ledger.ApplyOptions{})
	require.Contains(t, fmt.Sprint(report.Changes), "its next fetch reads everything again")
	w.ask(ledger.Smart, "shop", workflows.SyncRequest{})
	approved(w, w.held())
	requireTens(w)
	d.Warehouses[0].Settings["facility"] = "portland"
	w.apply(d, ledger.ApplyOptions{})
	w.ask(ledger.Smart, "shop", workflows.SyncRequest{})
	hold = w.held()
	require.Contains(t, hold.Reason, `left out: no facility; new: "portland"`, "the file was read again, though it had not changed")
	approved(w, hold)
	requireTens(w)
	w.sync(ledger.Smart, "shop", workflows.SyncRequest{})
	requireTens(w)
}
