package serve

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses/numbers"
	"github.com/tidemark/tidemark/workflows"
)

// byRules are those of a warehouse that writes its figures in its own way.
var byRules = settings.Values{"thousands": ",", "undress": true, "texts": map[string]string{"Sold out": "0", "n/a": "none", "-1": "none"}}

// TestWhatIsSentIsReadByTheRulesOfItsWarehouse: what comes by a hook reads as what is fetched.
func TestWhatIsSentIsReadByTheRulesOfItsWarehouse(t *testing.T) {
	t.Parallel()
	with := usual
	with.rules = numbers.New(byRules)
	got, err := decodeUpdates([]byte(`[{"sku":"A ","available":5.0},{"sku":"B","available":"Sold out"},{"sku":"C","available":"n/a"},{"sku":"D","available":-1}]`),
		with)
	require.NoError(t, err)
	require.Equal(t, []workflows.InventoryUpdate{
		{Event: "msg/1", SKU: "A", Available: new(int64(5))}, {Event: "msg/2", SKU: "B", Available: new(int64(0))},
	}, got)
	got, err = decodeUpdates([]byte(`{"sku":"C","available":"n/a"}`), with)
	require.NoError(t, err)
	require.Empty(t, got, "it says that there is no level, and changes nothing")
	_, err = decodeUpdates([]byte(`{"sku":"C","available":"few"}`), with)
	require.ErrorContains(t, err, `"few" is not a whole number; if it stands for one, set texts`)

	got, err = decodeShipHero([]byte(strings.NewReplacer(`"13"`, `"1,013"`, `-2`, `"Sold out"`).Replace(heroBody)), with)
	require.NoError(t, err)
	require.Equal(t, []int64{1013, 0}, []int64{*got[0].Available, *got[1].Available})
}

func TestUploadsAreReadByTheRulesOfTheirWarehouse(t *testing.T) {
	t.Parallel()
	for form, body := range map[string]string{
		formCSV: "sku,available\nA ,\" 1,234 \"\n,\n , \nB,Sold out\nC,n/a\nD,1.0000\n\"=\"\"00125\"\"\",7\nE,few\n",
		formNDJSON: `{"sku":"A ","available":1234.0}` + "\n" + `{"sku":"B","available":"Sold out"}` + "\n" + `{"sku":"C","available":-1}` + "\n" +
			`{"sku":"D","available":1}` + "\n" + `{"sku":"=\"00125\"","available":7}` + "\n" + `{"sku":"E","available":"few"}` + "\n",
	} {
		from, err := newRows(t.Context(), form, strings.NewReader(body), ledger.Warehouse{Settings: byRules}, now)
		require.NoError(t, err)
		var read []inventory.Row
		for {
			row, err := from.next()
			if err == io.EOF {
				break
			}
			require.NoError(t, err)
			row.Place = ""
			read = append(read, row)
		}
		require.Len(t, read, 6, "rows of empty fields are blank lines")
		require.Contains(t, read[5].Problem, `"few" is not a whole number`)
		require.Equal(t, []inventory.Row{
			{SKU: "A", Written: "A ", Available: new(int64(1234))},
			{SKU: "B", Available: new(int64(0))},
			{SKU: "C", NoAvailable: true},
			{SKU: "D", Available: new(int64(1))},
			{SKU: "00125", Written: `="00125"`, Available: new(int64(7))},
		}, read[:5])
	}
}

// TestAnUploadedRowWithoutALevelIsPassedOver: the sender's count holds it, and the ledger's does not.
func TestAnUploadedRowWithoutALevelIsPassedOver(t *testing.T) {
	t.Parallel()
	w := setup(t, func(o *opening) {
		named := definitions()
		named.Warehouses[0].Settings = settings.Values{"texts": map[string]string{"n/a": settings.None}}
		_, err := o.Ledger.Apply(t.Context(), named, ledger.ApplyOptions{})
		require.NoError(t, err)
	})
	got := w.send("depot?full=true&as_of=2026-11-24T09:10:00Z", "text/csv", "sku,available\nBIKE,5\nBELL,n/a\n", headerRows, "2")
	require.Equal(t, http.StatusAccepted, got.status, got.message)
	require.Equal(t, map[string]any{"warehouse": "depot", "snapshot": got.body["snapshot"], "rows": 2.0, "refused": 0.0}, got.body)
	result, uploaded := w.record()
	require.Equal(t, 1, uploaded.Rows)
	require.Equal(t, int64(1), result.Rows)
	require.Zero(t, result.Refused)
}

func TestAnUploadAddsUpWhereItsWarehouseDoes(t *testing.T) {
	t.Parallel()
	for policy, refused := range map[inventory.RepeatedPolicy]int64{"": 2, inventory.RepeatedSum: 0} {
		w := setup(t, func(o *opening) {
			named := definitions()
			named.Warehouses[0].Repeated = policy
			_, err := o.Ledger.Apply(t.Context(), named, ledger.ApplyOptions{})
			require.NoError(t, err)
		})
		got := w.send("depot?full=true&as_of=2026-11-24T09:10:00Z", "text/csv", "sku,available\nBIKE,5\nBELL,1\nBIKE,4\n", headerRows, "3")
		require.Equal(t, http.StatusAccepted, got.status, got.message)
		result, _ := w.record()
		require.Equal(t, refused, result.Refused)
	}
}
