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
	same := inventory.ChannelLevel{ChannelSKU: "A", Quantity: 5, Why: row.Why}
	confirmed := RowExplanation{Row: row, Confirmed: 1, Now: &same}
	require.Equal(t, []string{
		"no listing: A goes out as it is", "the store should show 5; status exported", "the store confirmed 5 on 2026-11-25 12:00:00 UTC, run 1",
	}, confirmed.Lines()[len(row.Why.Lines()):])
	confirmed.Confirmed = 0
	require.Contains(t, confirmed.Lines(), "the store confirmed 5 on 2026-11-25 12:00:00 UTC")

	refused := row
	refused.Status, refused.Reason, refused.Next = ledger.StatusRejected, "not stocked", ledger.NextTry
	require.Contains(t, RowExplanation{Row: refused, Now: &same}.Lines(), "the store should show 5; status rejected: not stocked; "+ledger.NextTry)
	require.Contains(t, ledger.NextTry, "tried again when its figure changes")

	row.Status, row.Reason = ledger.StatusBlocked, "the listing was removed; the store keeps its last number"
	require.Equal(t, []string{
		"nothing is pushed for A: it is blocked: the listing was removed; the store keeps its last number",
		"the store confirmed 5 on 2026-11-25 12:00:00 UTC",
	}, RowExplanation{Row: row}.Lines()[len(row.Why.Lines()):])
}

// An explanation tells what the ledger has, and not only what it had when a run looked last.
func TestExplanationOfWhatMovedSince(t *testing.T) {
	t.Parallel()
	input := func(available int64, reported time.Time, strategy *inventory.Strategy) inventory.ChannelLevel {
		levels := map[string][]inventory.Level{"A": {{SKU: "A", Facility: "east", Available: available, ReportedAt: reported}}}
		return inventory.Resolve(inventory.Input{Product: "A", Levels: levels, Connection: "shop", Sharing: []string{"shop"}, Strategy: strategy})[0]
	}
	then := input(63, noon, nil)
	row := ledger.ChannelLevelRow{ChannelSKU: "A", Product: "A", Quantity: then.Quantity, Status: ledger.StatusPending, Why: then.Why}
	lines := func(now *inventory.ChannelLevel) []string { return RowExplanation{Row: row, Now: now}.Lines() }

	later := input(63, noon.Add(time.Hour), nil)
	require.False(t, RowExplanation{Row: row, Now: &later}.Moved(), "another fetch said the same")

	moved := input(4321, noon, nil)
	require.Equal(t, []string{
		"as it was resolved last, before something changed:",
		"the warehouse reports 63 available in east, taken on 2026-11-25 12:00:00 UTC",
	}, lines(&moved)[:2])
	require.Equal(t, []string{
		"as the ledger has it now:",
		"  the warehouse reports 4321 available in east, taken on 2026-11-25 12:00:00 UTC",
		"  no strategy: every store sees the full figure",
		"  the quantity: 4321",
		"  the next run will push 4321",
	}, lines(&moved)[len(lines(&moved))-5:])

	all := &inventory.Strategy{Distribution: inventory.DistributeAll, BufferUnits: 4258}
	hidden := input(4321, noon, all)
	require.Equal(t, int64(63), hidden.Quantity)
	require.Contains(t, lines(&hidden), "  the warehouse reports 4321 available in east, taken on 2026-11-25 12:00:00 UTC",
		"the levels moved, and the figure did not")
	require.Contains(t, lines(&hidden), "  the figure is the same, 63")

	blocked := moved
	blocked.Blocked = "it is not listed"
	require.Contains(t, lines(&blocked), "  the next run will push nothing: it is not listed")
	require.Contains(t, lines(nil),
		"as the ledger has it now: nothing of A goes out as A any more; the next run that looks at it pushes no more of it, and the store keeps its number")
}
