package serve

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What looks odd in an upload is told to its sender, kept until the intake records it, and shown with the snapshot; a clean one says nothing.
func TestOddUploadsAreSaid(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for form, body := range map[string]string{
		"text/csv": "sku,facility,available\n\"BIKE \",east,5\n'BELL,east,3\n\"=\"\"LAMP\"\"\",east,1\nbike,east,4\n'BAD,east,x\n",
		"application/x-ndjson": `{"sku":"BIKE ","facility":"east","available":5}` + "\n" + `{"sku":"'BELL","facility":"east","available":3}` + "\n" +
			`{"sku":"=\"LAMP\"","facility":"east","available":1}` + "\n" + `{"sku":"bike","facility":"east","available":4}` + "\n" + `{"sku":"'BAD","available":"x"}`,
	} {
		got := w.send("depot?full=true", form, body, headerRows, "5")
		require.Equal(t, http.StatusAccepted, got.status, got.message)
		require.Equal(t, []any{"blanks", "apostrophe", "formula", "twin"}, each(got.body["oddities"], "kind"))
		require.Equal(t, []any{1.0, 1.0, 1.0, 1.0}, each(got.body["oddities"], "count"), "a refused row has its reason")
		require.Contains(t, each(got.body["oddities"], "text")[0], `1 SKU or facility begins or ends in a blank, like "BIKE " at line `)
		result, _ := w.record()
		require.Empty(t, result.Held)
		require.Len(t, result.Oddities, 4)
		got = w.call(http.MethodGet, "/api/v1/warehouses/depot/snapshot", nil, "Authorization", "Bearer "+apiToken)
		require.Equal(t, http.StatusOK, got.status)
		require.Equal(t, []any{"blanks", "apostrophe", "formula", "twin"}, each(got.body["oddities"], "kind"))
		require.Contains(t, each(got.body["oddities"], "text")[3], `like "bike" at line `)
		require.NotContains(t, each(got.body["oddities"], "advice"), "")
	}
	got := w.send("depot?full=true", "text/csv", "sku,facility,available\n"+strings.Repeat("BIKE,east,5\n", 1), headerRows, "1")
	require.Equal(t, http.StatusAccepted, got.status, got.message)
	require.NotContains(t, got.body, "oddities")
}

// each is one member of each of a list.
func each(list any, name string) []any {
	var items []any
	for _, item := range list.([]any) {
		items = append(items, item.(map[string]any)[name])
	}
	return items
}
