package e2e

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// What looks odd in a file is said by the run that read it, by the next one that finds the file unchanged, and by starter snapshot, each
// kind with its count and an example; of a clean file nothing is said.
func TestOddRowsAreSaid(t *testing.T) {
	t.Parallel()
	now := time.Now()
	w, d, path := fromFile(t, now.Add(-2*time.Hour), 5)
	d.Warehouses[0].Guard = ledger.Guard{MinimumRows: 0.1, MaximumRefused: 1, MaximumMissing: 1, MaximumZeroed: 1}
	d.Listings = append(d.Listings, ledger.ListingDefinition{Store: d.Stores[0].ID, Listing: inventory.Listing{SKU: "LISTED", ChannelSKU: "SHOP-LISTED"}})
	w.work()
	w.apply(d, ledger.ApplyOptions{})
	require.Empty(t, w.firstFull("shop").Oddities)
	out, problems, code := w.starter("snapshot", d.Warehouses[0].ID)
	require.Zero(t, code, problems)
	require.NotContains(t, out, "odd:")

	var text strings.Builder
	text.WriteString("sku,facility,available\n")
	for i := range 25 {
		fmt.Fprintf(&text, "ROW-%d,east,1\n", i)
	}
	for _, sku := range []string{"SKU-00001 ", "'ROW-A", `"=""ROW-B"""`, "row-0", "listed", "\u202eRTL\u00a0", strings.Repeat("L", 10_000)} {
		text.WriteString(sku + ",east,1\n")
	}
	text.WriteString("Total,,31\n")
	require.NoError(t, os.WriteFile(path, []byte(text.String()), 0o600))
	require.NoError(t, os.Chtimes(path, time.Time{}, now.Add(-time.Hour)))
	report := w.sync(ledger.Smart, "shop", workflows.SyncRequest{})
	const spelling = " only in case, blanks, leading zeros or a spreadsheet's marks, "
	want := []string{
		`2 SKUs or facilities begin or end in a blank, like "SKU-00001 " at stock.csv:27`,
		`1 SKU begins with an apostrophe, like "'ROW-A" at stock.csv:28`,
		`1 SKU is a spreadsheet's formula, like "=\"ROW-B\"" at stock.csv:29`,
		`1 SKU differs from another one only in case or blanks, like "row-0" at stock.csv:30 beside "ROW-0"`,
		`1 SKU has no listing of that spelling, and differs from one in the listings, products or bundles` + spelling + `like "listed" for "LISTED"`,
		`1 SKU differs from a recorded one with stock, which this snapshot does not name,` + spelling + `like "SKU-00001 " beside "SKU-00001"`,
		`1 row has no facility, and all others have one, like "Total" at stock.csv:34`,
		`1 row has a figure that is the sum of all rows before it, like "Total" at stock.csv:34`,
	}
	require.Equal(t, want, report.Oddities)
	require.EqualValues(t, 9, report.Counts.Odd)
	require.Equal(t, want, w.sync(ledger.Smart, "shop", workflows.SyncRequest{}).Oddities, "the file is unchanged")

	out, problems, code = w.starter("snapshot", d.Warehouses[0].ID)
	require.Zero(t, code, problems)
	for _, one := range want {
		require.Contains(t, out, "odd: "+one+"\n")
	}
	require.Contains(t, out, strings.Repeat("L", 100), "the refused row")
	require.NotContains(t, out, "\u202e")
	require.NotContains(t, out, strings.Repeat("L", 600))
	_, problems, code = w.starter("explain", "shop", "SKU-00001\u00a0")
	require.NotZero(t, code)
	require.Contains(t, problems, `did you mean "SKU-00001`)
}
