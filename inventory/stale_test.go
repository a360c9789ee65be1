package inventory_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
)

func TestStaleSaysWhichRowWasRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		stale             inventory.Stale
		words, consequent string
	}{
		"fetched": {
			inventory.Stale{Run: 12, Place: "stock.csv:17", Reason: "no available figure is reported", Read: new(int64(5))},
			"its row was refused in run 12 (stock.csv:17): no available figure is reported",
			"5, which was read before, counts until it is read again",
		},
		"sent as a snapshot": {
			inventory.Stale{Snapshot: 7, Reason: "twice", Read: new(int64(5)), Zeroed: true},
			"its row was refused in snapshot 7, which was sent: twice",
			"it counts as 0 until it is read again (refused: zero); 5 was read last",
		},
		"sent as an event": {
			inventory.Stale{Reason: "no available figure is reported"},
			"its update event was refused: no available figure is reported",
			"it was never read, so it has no figure",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.words, test.stale.Words())
			require.Equal(t, test.consequent, test.stale.Consequence())
		})
	}
}

// A row that is refused says whether its SKU and its facility can be believed: else it is of no level, or may be of several.
func TestARefusalSaysWhatItNames(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		row            inventory.Row
		sku, facility  bool
		shownSKU, said string
	}{
		"both":                   {inventory.Row{SKU: "A", Facility: "east"}, true, true, "A", "no available figure"},
		"a problem of the row":   {inventory.Row{SKU: "A", Facility: "east", Problem: "available: not a number"}, true, true, "A", "not a number"},
		"no facility":            {inventory.Row{SKU: "A"}, true, true, "A", "no available figure"},
		"no SKU":                 {inventory.Row{Facility: "east"}, false, true, "", "the SKU is empty"},
		"no SKU and a problem":   {inventory.Row{Facility: "east", Problem: "the row has 2 fields"}, false, true, "", "2 fields"},
		"an SKU that is no text": {inventory.Row{SKU: "a\xffb", Facility: "east"}, false, true, "a\uFFFDb", "UTF-8"},
		"an SKU that was none":   {inventory.Row{SKU: "a\uFFFDb", Facility: "east", Problem: "not valid Unicode"}, false, true, "a\uFFFDb", "Unicode"},
		"an SKU that is too long": {
			inventory.Row{SKU: strings.Repeat("x", inventory.MaxSKUBytes+1)}, false, true, strings.Repeat("x", inventory.MaxSKUBytes) + "…", "bytes long",
		},
		"a facility that is no text": {inventory.Row{SKU: "A", Facility: "e\x00"}, true, false, "A", "NUL"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, refusal := inventory.Accept(test.row, inventory.QuantityAvailable)
			require.NotNil(t, refusal)
			require.Equal(t, test.sku, !refusal.UnreadableSKU)
			require.Equal(t, test.facility, !refusal.UnreadableFacility)
			require.Equal(t, test.shownSKU, refusal.SKU)
			require.Contains(t, refusal.Reason, test.said)
		})
	}
}

// An explanation says of each figure that is stale what it is, and why.
func TestAnExplanationSaysWhatIsStale(t *testing.T) {
	t.Parallel()
	taken := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	kept := &inventory.Stale{Run: 12, Reason: "no figure", Read: new(int64(5))}
	zeroed := &inventory.Stale{Run: 12, Reason: "no figure", Read: new(int64(5)), Zeroed: true}
	level := func(sku string, available int64, stale *inventory.Stale) inventory.Level {
		return inventory.Level{SKU: sku, Facility: "east", Available: available, ReportedAt: taken, Stale: stale}
	}
	lines := func(input inventory.Input) string {
		input.Connection = "shop"
		return strings.Join(inventory.Resolve(input)[0].Why.Lines(), "\n")
	}
	of := func(levels ...inventory.Level) map[string][]inventory.Level {
		byProduct := map[string][]inventory.Level{}
		for _, level := range levels {
			byProduct[level.SKU] = append(byProduct[level.SKU], level)
		}
		return byProduct
	}

	require.Contains(t, lines(inventory.Input{Product: "A", Levels: of(level("A", 5, nil))}),
		"the warehouse reports 5 available in east, taken on 2026-03-01 09:00:00 UTC")
	require.Contains(t, lines(inventory.Input{Product: "A", Levels: of(level("A", 5, kept))}),
		"the warehouse reported 5 available in east, taken on 2026-03-01 09:00:00 UTC; stale: its row was refused in run 12: no figure; 5, which was read "+
			"before, counts until it is read again")
	require.Contains(t, lines(inventory.Input{Product: "A", Levels: of(level("A", 0, zeroed))}),
		"0 counts in east; stale: its row was refused in run 12: no figure; it counts as 0 until it is read again (refused: zero); 5 was read last")

	kit := &inventory.Bundle{SKU: "KIT", Components: []inventory.Component{{SKU: "A", Count: 1}, {SKU: "B", Count: 2}}}
	text := lines(inventory.Input{
		Product: "KIT", Bundle: kit, Levels: of(level("A", 5, kept)),
		Unread: map[string][]inventory.UnreadLevel{"B": {{Facility: "east", Stale: inventory.Stale{Run: 12, Reason: "no figure"}}}},
	})
	require.Contains(t, text, "component A, 1 in a bundle: 5 available, makes 5; stale: its row was refused in run 12: no figure; 5, which was read before, "+
		"counts until it is read again")
	require.Contains(t, text, "note: component B was never read, for its rows were refused: 0")
	require.Contains(t, text, "component B, 2 in a bundle: never read, for its row was refused in run 12: no figure; makes 0")
	require.NotContains(t, text, "never reported")
}
