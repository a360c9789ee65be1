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
	for _, one := range warehousetest.Examples(t, "../docs/signals.md") {
		one.Settings["path"] = "x"
		values, problems := csv.Spec.Check(one.Settings)
		require.Empty(t, problems, one.Name)
		var read []inventory.Row
		if one.Form == "json" {
			with := usual
			with.rules = numbers.New(values)
			updates, err := decodeUpdates([]byte(one.Text), with)
			require.NoError(t, err, one.Name)
			for _, update := range updates {
				read = append(read, inventory.Row{SKU: update.SKU, Facility: update.Facility, Available: update.Available})
			}
			one.RequireRead(t, read)
			continue
		}
		rows, err := newRows(t.Context(), forms[one.Form], strings.NewReader(one.Text), ledger.Warehouse{Driver: csv.Spec.Driver, Settings: values}, now)
		require.NoError(t, err, one.Name)
		for {
			row, err := rows.next()
			if err == io.EOF {
				break
			}
			require.NoError(t, err, one.Name)
			read = append(read, row)
		}
		one.RequireRead(t, read)
	}
}
