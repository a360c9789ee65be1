package serve

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/warehouses/csv"
	"github.com/tidemark/tidemark/warehouses/numbers"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

// TestExamplesOfThePage: the settings read the page's bodies as it says.
func TestExamplesOfThePage(t *testing.T) {
	t.Parallel()
	forms := map[string]string{"csv": formCSV, "ndjson": formNDJSON}
	for _, example := range warehousetest.Examples(t, "../docs/signals.md") {
		example.Settings["path"] = "x"
		values, problems := csv.Spec.Check(example.Settings)
		require.Empty(t, problems, example.Name)
		var read []inventory.Row
		if example.Form == "json" {
			with := usual
			with.rules = numbers.New(values)
			updates, err := decodeUpdates([]byte(example.Text), with)
			require.NoError(t, err, example.Name)
			for _, update := range updates {
				read = append(read, inventory.Row{SKU: update.SKU, Facility: update.Facility, Available: update.Available})
			}
			example.RequireRead(t, read)
			continue
		}
		rows, err := newRows(t.Context(), forms[example.Form], strings.NewReader(example.Text), ledger.Warehouse{Driver: csv.Spec.Driver, Settings: values}, now)
		require.NoError(t, err, example.Name)
		for {
			row, err := rows.next()
			if err == io.EOF {
				break
			}
			require.NoError(t, err, example.Name)
			read = append(read, row)
		}
		example.RequireRead(t, read)
	}
}
