package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

func TestFaultsInWords(t *testing.T) {
	t.Parallel()
	require.Empty(t, facts{}.faults())
	require.Equal(t, ", faults: 2 × lost_answer, 1 × throttle", facts{Faults: map[string]int64{"throttle": 1, "lost_answer": 2}}.faults())
}

func TestARunOfTheDemoInOneLine(t *testing.T) {
	t.Parallel()
	shop := ledger.Connection{ID: "acme-shop"}
	for want, counts := range map[string]ledger.Counts{
		"505 rows read, 1 level changed    →    1 exported, 0 newly rejected, 0 blocked, 1 call": {
			SnapshotFigures: ledger.SnapshotFigures{Rows: 505, Changed: 1},
			Exported:        1, Calls: 1,
		},
		"nothing new to read               → 1010 exported, 1 newly rejected, 0 blocked, 5 calls": {Exported: 1010, Rejected: 1, Parked: 7, Calls: 5},
	} {
		text := toldOf(shop, workflows.SyncReport{Run: 2, Mode: ledger.Full, Outcome: ledger.Completed, Counts: counts})
		require.Equal(t, "run 2   full  acme-shop     completed                "+want, text)
	}
}

// The demo takes three of five SKUs with stock to 0, which is more than a guard lets through, and leaves the rest.
func TestWhatADemoLoses(t *testing.T) {
	t.Parallel()
	var rows []ledger.LevelRow
	for i := range 12 {
		rows = append(rows, ledger.LevelRow{Level: inventory.Level{SKU: string(rune('A' + i)), Available: int64(i % 6)}}) // A and G have none
	}
	var lost []string
	for _, row := range lostOf(rows) {
		lost = append(lost, row.SKU)
	}
	require.Equal(t, []string{"B", "C", "D", "H", "I", "J"}, lost)
}

func TestAHeldRunOfTheDemoInALine(t *testing.T) {
	t.Parallel()
	hold := control.OpenHold{Hold: ledger.Hold{Run: 12, Connection: "birch-shop", Reason: "70 of 118 live rows would newly go to 0, more than 20 %"}}
	require.Equal(t, "run 12  of birch-shop is held: 70 of 118 live rows would newly go to 0, more than 20 %. Approve or reject it:\n    "+
		"http://127.0.0.1:9480/held",
		heldLine(hold, "http://127.0.0.1:9480"))
}
