package activities

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/warehouses"
)

const (
	beginsWithApostrophe = `1 SKU begins with an apostrophe, like "'BELL" at line 3`
	endsInABlank         = `1 SKU or facility begins or ends in a blank, like "BIKE " at line 2`
)

// Oddities are reported by the fetch that read them, by a fetch that shares its snapshot, and by one that finds nothing new. They change nothing
// else.
func TestOddRowsAreSaid(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.source.rows = []inventory.Row{
		{SKU: "BIKE ", Facility: "east", Available: new(int64(5)), Place: "line 2"},
		{SKU: "'BELL", Facility: "east", NoAvailable: true, Place: "line 3"},
		{SKU: "'REFUSED", Facility: "east", Place: "line 4"},
	}
	d := definitions()
	d.Warehouses[0].Guard.MaximumRefused = 1
	w.apply(d)
	north, south := w.take("north", ledger.Full), w.take("south", ledger.Full)
	first, err := w.fetch(north, "north", nil)
	require.NoError(t, err)
	require.Equal(t, []string{endsInABlank, beginsWithApostrophe}, first.Oddities, "a refused row has its reason")
	require.EqualValues(t, 2, first.Odd)
	require.Equal(t, map[string]int64{"BIKE ": 5}, w.available())
	run, err := w.Run(t.Context(), north.Run)
	require.NoError(t, err)
	require.EqualValues(t, 2, run.Counts.Odd)

	shared, err := w.fetch(south, "south", nil)
	require.NoError(t, err)
	require.Equal(t, north.Run, shared.Shared)
	require.Equal(t, first.Oddities, shared.Oddities)

	w.source.still = true
	again, err := w.fetch(north, "north", nil)
	require.NoError(t, err)
	require.True(t, again.Unchanged)
	require.Equal(t, first.Oddities, again.Oddities)
	last, err := w.LastSnapshot(t.Context(), "depot")
	require.NoError(t, err)
	require.Len(t, last.Oddities, 2)

	w.source.still, w.source.rows = false, []inventory.Row{{SKU: "BIKE ", Facility: "east", Available: new(int64(5)), Place: "line 2"}}
	w.source.rows[0].SKU = "BIKES"
	clean, err := w.fetch(north, "north", func(in *FetchInput) { in.Approved, in.ApprovedAbsent = true, ledger.Absence{Levels: 9, Twice: 9} })
	require.NoError(t, err)
	require.Empty(t, clean.Held)
	require.Empty(t, clean.Oddities)
	require.Zero(t, clean.Odd)
}

func TestOdditiesOfSeveralSnapshots(t *testing.T) {
	t.Parallel()
	odd := func(count int64) []inventory.Oddity {
		return inventory.JoinOddities([]inventory.Oddity{{Kind: inventory.OddBlanks, Count: count, Examples: []inventory.Example{{SKU: "A "}}}})
	}
	for name, test := range map[string]struct {
		before   []inventory.Oddity
		first    bool
		snapshot warehouses.Snapshot
		read     []inventory.Oddity
		want     []inventory.Oddity
	}{
		"two parts":                    {odd(1), false, warehouses.Snapshot{}, odd(2), odd(3)},
		"a clean part":                 {odd(1), false, warehouses.Snapshot{}, nil, odd(1)},
		"a whole one after a part":     {odd(1), false, warehouses.Snapshot{Full: true}, odd(2), odd(2)},
		"nothing new":                  {nil, true, warehouses.Snapshot{Unchanged: true}, odd(2), odd(2)},
		"nothing new after a snapshot": {odd(1), false, warehouses.Snapshot{Unchanged: true}, odd(1), odd(1)},
	} {
		oddities := addOdd(test.before, test.first, test.snapshot, ledger.SnapshotResult{Oddities: test.read})
		require.Equal(t, FetchResult{}.looksOdd(test.want), FetchResult{}.looksOdd(oddities), name)
	}
	require.Equal(t, FetchResult{Odd: 3, Oddities: []string{`3 SKUs or facilities begin or end in a blank, like "A "`}}, FetchResult{Odd: 7}.looksOdd(odd(3)))
}
