package activities

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/csv"
)

// TestSKUsThatAreTheSameUndressedAreRefused: when two SKUs become the same, it is not known which figure is right, so both are refused.
func TestSKUsThatAreTheSameUndressedAreRefused(t *testing.T) {
	t.Parallel()
	w := setup(t)
	path := filepath.Join(t.TempDir(), "stock.csv")
	require.NoError(t, os.WriteFile(path, []byte("sku,facility,available\nBIKE,east,5\n'BELL,east,2\nBELL ,east,3\nLAMP\u00a0,east,4\n"), 0o600))
	named := definitions()
	named.Warehouses[0].Settings = settings.Values{"path": path, "undress": true}
	named.Warehouses[0].Guard = ledger.Guard{MinimumRows: 0.8, MaximumRefused: 1, MaximumMissing: 1, MaximumZeroed: 1}
	w.apply(named)
	f := w.fetcher()
	f.Drivers = map[string]warehouses.Driver{"source": csv.Driver()}
	result, err := do[FetchResult](w, f.Fetch, FetchInput{Lease: w.take("north", ledger.Full), Connection: "north", Mode: ledger.Full})
	require.NoError(t, err)
	require.Empty(t, result.Held)
	require.Equal(t, int64(2), result.Refused)
	require.Equal(t, map[string]int64{"BIKE": 5, "LAMP": 4}, w.available())
}
