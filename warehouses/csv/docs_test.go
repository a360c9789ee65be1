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
	for _, one := range warehousetest.Examples(t, "../../docs/warehouses/csv.md") {
		path := filepath.Join(t.TempDir(), "stock.csv")
		drop(t, path, one.Text)
		one.Settings["path"] = path
		rows, _, err := fetchRows(t, newTestSource(t, time.Now, one.Settings))
		require.NoError(t, err, one.Name)
		one.RequireRead(t, rows)
	}
}
