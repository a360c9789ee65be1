package control

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

func TestHistoryIsOfTheRow(t *testing.T) {
	t.Parallel()
	entry := func(run int64, kind, sku, location string) ledger.ActivityEntry {
		return ledger.ActivityEntry{Run: run, Kind: kind, ChannelSKU: sku, Location: location}
	}
	activity := []ledger.ActivityEntry{
		entry(9, "exported", "A", "back"), entry(8, "retrying", "A", "front"), entry(7, "exported", "ACME-A", "front"), // which is sold as ACME-A
		entry(6, "exported", "A", "front"), entry(5, "exported", "A", "front"),
	}
	entries, confirmed := history(ledger.ChannelLevelRow{ChannelSKU: "A", Location: "front", Run: 8}, activity)
	require.Equal(t, []ledger.ActivityEntry{activity[1], activity[3], activity[4]}, entries)
	require.Equal(t, int64(6), confirmed)

	entries, confirmed = history(ledger.ChannelLevelRow{ChannelSKU: "B"}, activity)
	require.Equal(t, []ledger.ActivityEntry{}, entries)
	require.Zero(t, confirmed)

	for range 2 * explainedActivity {
		activity = append([]ledger.ActivityEntry{entry(10, "retrying", "A", "front")}, activity...)
	}
	entries, confirmed = history(ledger.ChannelLevelRow{ChannelSKU: "A", Location: "front"}, activity)
	require.Len(t, entries, explainedActivity)
	require.Equal(t, int64(6), confirmed, "however long ago it was")
}

func TestExplanationInWords(t *testing.T) {
	t.Parallel()
	five, at := int64(5), time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	row := ledger.ChannelLevelRow{
		ChannelSKU: "A", Product: "A", Quantity: 5, Exported: &five, LastExported: &at, Status: ledger.StatusExported, Run: 6,
		Why: inventory.Explanation{Product: "A", Quantity: 5},
	}
	confirmed := ExplanationOf{Row: row, Confirmed: 1}
	require.Equal(t, []string{
		"no listing: A goes out as it is", "the store should show 5; status exported", "the store confirmed 5 on 2026-11-25 12:00:00 UTC, run 1",
	}, confirmed.Lines()[len(row.Why.Lines()):])
	confirmed.Confirmed = 0
	require.Contains(t, confirmed.Lines(), "the store confirmed 5 on 2026-11-25 12:00:00 UTC")

	row.Status, row.Reason = ledger.StatusBlocked, "the listing was removed; the store keeps its last number"
	require.Equal(t, []string{
		"nothing is pushed for A: it is blocked: the listing was removed; the store keeps its last number",
		"the store confirmed 5 on 2026-11-25 12:00:00 UTC",
	}, ExplanationOf{Row: row}.Lines()[len(row.Why.Lines()):])
}
