package csv

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

// TestExamplesOfThePage: the page's settings read the page's files as it says.
func TestExamplesOfThePage(t *testing.T) {
	t.Parallel()
	for _, example := range warehousetest.Examples(t, "../../docs/warehouses/csv.md") {
		path := filepath.Join(t.TempDir(), "stock.csv")
		drop(t, path, example.Text)
		example.Settings["path"] = path
		rows, _, err := fetchRows(t, newTestSource(t, time.Now, example.Settings))
		require.NoError(t, err, example.Name)
		example.RequireRead(t, rows)
	}
}
