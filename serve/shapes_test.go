package serve

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
)

// written makes the depot a warehouse of CSV files that are written in a way of their own.
func written(t *testing.T, values settings.Values) *world {
	t.Helper()
	return setup(t, func(o *opening) {
		named := definitions()
		named.Warehouses[0].Driver, named.Warehouses[0].Settings = "csv", values
		_, err := o.Ledger.Apply(t.Context(), named, ledger.ApplyOptions{})
		require.NoError(t, err)
	})
}

// TestUploadsAreReadAsTheFilesOfTheirWarehouse: whoever sends what the warehouse's program writes sends it as it is. A refusal names the line
// and the setting that reads it, and its level is marked.
func TestUploadsAreReadAsTheFilesOfTheirWarehouse(t *testing.T) {
	t.Parallel()
	w := written(t, settings.Values{
		"path": "x", "delimiter": ";", "columns": map[string]string{"sku": "Artikel", "available": "Bestand"}, "facility": "east", "header": "auto",
		"skip_rows": []string{"Summe*"}, "encoding": "windows-1252", "as_of": "line:Stand {time}", "as_of_layout": "02.01.2006 15:04",
	})
	const report = "Stand 24.11.2026 08:00\r\nLager\xfcbersicht\r\n\r\nArtikel;Bezeichnung;Bestand\r\nBIKE;Fahrrad 28\" gr\xfcn;5\r\nL\xd6FFEL;x;7\r\n;;\r\n" +
		"BELL;Glocke;1.200\r\nHORN;Horn;3-\r\nSumme;;12\r\n"
	got := w.send("depot?full=true", "text/csv", report, headerRows, "4")
	require.Equal(t, http.StatusAccepted, got.status, got.message)
	require.Equal(t, 4.0, got.body["rows"])
	require.Equal(t, 2.0, got.body["refused"])
	result, uploaded := w.record()
	require.Equal(t, int64(2), result.Changed)
	require.Equal(t, time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC), *uploaded.AsOf, "as its line says")
	levels, err := w.ledger.Levels(t.Context(), "depot", "", ledger.Page{})
	require.NoError(t, err)
	require.Equal(t, []string{"BIKE", "LÖFFEL"}, []string{levels[0].SKU, levels[1].SKU})
	require.Equal(t, "east", levels[0].Facility)
	refusals, err := w.ledger.Refusals(t.Context(), "depot", 10)
	require.NoError(t, err)
	require.Equal(t, []inventory.Refusal{
		{
			Facility: "east", SKU: "BELL", Place: "line 8",
			Reason: `available: the quantity "1.200" is ambiguous: set decimal: "." if it is 1.200, or thousands: "." if it is 1200`,
		},
		{Facility: "east", SKU: "HORN", Place: "line 9", Reason: `available: "3-" is negative as accountants write it: set negatives: accounting if it is -3`},
	}, refusals)
	stale, err := w.ledger.StaleLevels(t.Context(), "depot", "", ledger.Page{})
	require.NoError(t, err)
	require.Len(t, stale, 2)

	got = w.send("depot?full=true&as_of=2026-11-24T07:15:00Z", "text/csv", report, headerRows, "4")
	require.Equal(t, http.StatusAccepted, got.status, got.message)
	_, uploaded = w.record()
	require.Equal(t, time.Date(2026, 11, 24, 7, 15, 0, 0, time.UTC), *uploaded.AsOf, "what its sender says comes before what a line says")

	// What has Tidemark's own form needs no settings to be read.
	got = w.send("depot?as_of=2026-11-24T07:00:00Z", "text/csv",
		"sku,facility,available,reported_at\nBIKE,west,4,2026-11-24T07:30:00Z\nLAMP,west,4,2026-11-24T11:30:00Z\n", headerRows, "2")
	require.Equal(t, http.StatusAccepted, got.status, got.message)
	require.Equal(t, 1.0, got.body["refused"], "a time that has not come")
	_, uploaded = w.record()
	require.Equal(t, time.Date(2026, 11, 24, 7, 0, 0, 0, time.UTC), *uploaded.AsOf)

	got = w.send("depot", "text/csv", "Artikel;Menge\r\nBIKE;5\r\n", headerRows, "1")
	require.Equal(t, http.StatusBadRequest, got.status)
	require.Contains(t, got.message, `nothing was accepted: the body: header is auto, and none of the first 2 lines that are not blank has the columns that are `+
		`read; of its first line: it has "Artikel", "Menge"`)
}

// TestABareQuoteRefusesItsRow, and not the rows beside it.
func TestABareQuoteRefusesItsRow(t *testing.T) {
	t.Parallel()
	w := setup(t)
	got := w.send("depot", "text/csv", "sku,available\r\nBIKE,5\r\n28\" TYRE,7\r\nBELL,1\r\n", headerRows, "3")
	require.Equal(t, http.StatusAccepted, got.status, got.message)
	require.Equal(t, 1.0, got.body["refused"])
	got = w.send("depot", "text/csv", "sku,available\rBIKE,5\rBELL,1\r#END,2\r")
	require.Equal(t, http.StatusAccepted, got.status, "a carriage return alone ends a line: %s", got.message)
}

// TestSettingsThatAreNoLongerAny are told to who sends, for nothing can be read by them.
func TestSettingsThatAreNoLongerAny(t *testing.T) {
	t.Parallel()
	w := written(t, settings.Values{"path": "x", "delimiter": "-"})
	got := w.send("depot", "text/csv", stock, headerRows, "4")
	require.Equal(t, http.StatusBadRequest, got.status)
	require.Contains(t, got.message, "nothing was accepted: the settings of the warehouse cannot be used; correct and apply them")
}
