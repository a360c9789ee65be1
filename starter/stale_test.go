package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

func TestWhatIsStaleIsShown(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 2, 7, 39, 0, 0, time.UTC)
	kept := inventory.Stale{Run: 12, Since: at, At: at, Place: "stock.csv:3", Reason: "a fraction", Read: new(int64(5))}
	zeroed, never := kept, kept
	zeroed.Zeroed, never.Read = true, nil

	var out bytes.Buffer
	showStaleLevels(&out, []ledger.StaleLevel{
		{SKU: "BIKE", Facility: "east", Stale: kept},
		{SKU: "BIKE", Facility: "we\x1bst", Stale: zeroed},
		{SKU: "TENT", Stale: never},
	})
	lines := strings.Split(out.String(), "\n")
	const why = ` +2026-03-02 07:39:00 +its row was refused in run 12 \(stock.csv:3\): a fraction$`
	require.Regexp(t, "^SKU +FACILITY +COUNTS +READ LAST +STALE SINCE", lines[0])
	require.Regexp(t, "^BIKE +east +5 +5"+why, lines[1])
	require.Regexp(t, `^BIKE +we\\u001bst +0 +5`+why, lines[2])
	require.Regexp(t, `^TENT +\? +\?`+why, lines[3])

	out.Reset()
	showLevels(&out, []ledger.LevelRow{{Warehouse: "depot", Level: inventory.Level{SKU: "BIKE", Available: 5, Stale: &kept}, RecordedAt: at}})
	require.Contains(t, out.String(), "its row was refused in run 12 (stock.csv:3): a fraction")

	out.Reset()
	showStale(&out, []control.WarehouseStale{
		{Warehouse: "depot", StaleCount: ledger.StaleCount{Levels: 3, Zeroed: 2, Unread: 1, Since: &at}},
		{Warehouse: "annex", StaleCount: ledger.StaleCount{Unread: 2, Since: &at}},
	})
	require.Equal(t, `3 levels of depot are stale, the first since 2026-03-02 07:39:00 UTC: a row was refused, and none was read after it; `+
		`2 of them count as 0; 1 more was never read
  starter levels warehouse depot --stale

2 levels of annex were never read, since 2026-03-02 07:39:00 UTC: every row was refused
  starter levels warehouse annex --stale

`, out.String())
}
