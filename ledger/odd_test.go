package ledger

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
)

// The checksum of a snapshot's keys depends only on the keys of its levels: not on their order, their pages or their figures.
func TestSumOfKeys(t *testing.T) {
	t.Parallel()
	level := func(sku, facility string) inventory.Level { return inventory.Level{SKU: sku, Facility: facility} }
	both := sumOfKeys([]inventory.Level{level("A", "east"), level("B", "")})
	require.Equal(t, both, sumOfKeys([]inventory.Level{level("B", ""), {SKU: "A", Facility: "east", Available: 7}}))
	require.Equal(t, both, (sumOfKeys([]inventory.Level{level("A", "east")})+sumOfKeys([]inventory.Level{level("B", "")}))%levelKeysRange)
	require.Zero(t, sumOfKeys(nil))
	for _, other := range [][]inventory.Level{
		{level("A", "east")},
		{level("A", "east"), level("b", "")},
		{level("A", "east"), level("B", ""), level("B", "")},
		{level("Aeast", ""), level("B", "")},
	} {
		require.NotEqual(t, both, sumOfKeys(other))
	}
	var many []inventory.Level
	for i := range 100_000 {
		many = append(many, level(fmt.Sprint(i), ""))
	}
	require.Less(t, sumOfKeys(many), int64(levelKeysRange))
}

// When there are more pairs than examples, the first in order are the examples, whatever order the pairs are found in.
func TestPairsOf(t *testing.T) {
	t.Parallel()
	pairs := pairsOf{}
	require.Nil(t, pairs.oddity(inventory.OddListing))
	for _, sku := range []string{"d", "b", "e", "a", "c", "b"} {
		pairs.add(sku, "Z"+sku)
	}
	pairs.add("a", "A")
	pairs.add("a", "B")
	list := pairs.oddity(inventory.OddListing)
	require.Len(t, list, 1)
	require.EqualValues(t, 5, list[0].Count)
	require.Equal(t, []inventory.Example{{SKU: "a", Other: "A"}, {SKU: "b", Other: "Zb"}, {SKU: "c", Other: "Zc"}}, list[0].Examples)
}
