package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

func TestWhatLooksOddIsShown(t *testing.T) {
	t.Parallel()
	oddities := inventory.JoinOddities([]inventory.Oddity{
		{Kind: inventory.OddBlanks, Count: 12, Examples: []inventory.Example{{SKU: "A\u00a0", Place: "st\x1bock.csv:2"}}},
		{Kind: inventory.OddListing, Count: 1, Examples: []inventory.Example{{SKU: "abc", Other: "ABC"}}},
	})
	entry := ledger.SnapshotEntry{Warehouse: "depot", EndedAt: morning, Full: true, Run: 7, SnapshotFigures: ledger.SnapshotFigures{Rows: 20}, Oddities: oddities}
	require.Equal(t, `depot: 2026-03-02 07:39:00 UTC, full, fetched by run 7
  20 rows read: 0 older than what is recorded, 0 refused; 0 levels changed, 0 recorded levels not named
  odd: 12 SKUs or facilities begin or end in a blank, like "A\u00a0" at st\u001bock.csv:2
    they are taken byte by byte; to take them without it, set undress: true
  odd: 1 SKU has no listing of that spelling, and differs from one in the listings, products or bundles only in case, `+
		`blanks, leading zeros or a spreadsheet's marks, like "abc" for "ABC"
    they are taken for different ones; correct them in the warehouse, or in the listings, products and bundles
`, shown(func(w *bytes.Buffer) { showSnapshot(w, control.Snapshot{SnapshotEntry: entry}) }))
	entry.Oddities = nil
	require.NotContains(t, shown(func(w *bytes.Buffer) { showSnapshot(w, control.Snapshot{SnapshotEntry: entry}) }), "odd")

	report := workflows.SyncReport{
		Run: 7, Mode: ledger.Smart, Outcome: ledger.Completed,
		Counts: ledger.Counts{SnapshotFigures: ledger.SnapshotFigures{Rows: 20}, Odd: 12}, Oddities: []string{oddities[0].Text, "x\x1b"},
	}
	require.Equal(t, `run 7 (Smart Sync): completed
  warehouse: 20 rows read, 0 levels changed
    odd: 12 SKUs or facilities begin or end in a blank, like "A\u00a0" at st\u001bock.csv:2
    odd: x\u001b
    what to do about it: starter snapshot
  store: nothing was due
`, shown(func(w *bytes.Buffer) { showReport(w, report) }))
	report.Oddities = nil
	require.NotContains(t, shown(func(w *bytes.Buffer) { showReport(w, report) }), "odd")
	require.Regexp(t, ` 0 +12 +0 +0`, shown(func(w *bytes.Buffer) {
		showRuns(w, []ledger.Run{{ID: 7, StartedAt: morning, EndedAt: &morning, Outcome: ledger.Completed, Counts: report.Counts}})
	}))
}
