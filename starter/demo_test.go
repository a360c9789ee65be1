package main

import (
	"testing"

	"github.com/stretchr/testify/require"

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
		"505 rows read, 1 level changed    →    1 exported, 0 newly rejected, 0 blocked, 1 call":  {Rows: 505, Changed: 1, Exported: 1, Calls: 1},
		"nothing new to read               → 1010 exported, 1 newly rejected, 0 blocked, 5 calls": {Exported: 1010, Rejected: 1, Parked: 7, Calls: 5},
	} {
		text := toldOf(shop, workflows.SyncReport{Run: 2, Mode: ledger.Full, Outcome: ledger.Completed, Counts: counts})
		require.Equal(t, "run 2   full  acme-shop     completed                "+want, text)
	}
}
