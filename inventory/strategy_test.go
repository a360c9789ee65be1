package inventory_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/tidemark/tidemark/inventory"
)

func TestShare(t *testing.T) {
	t.Parallel()
	abc := []string{"c", "a", "b"}
	for name, test := range map[string]struct {
		strategy      inventory.Strategy
		distributable int64
		sharing       []string
		want          map[string]int64
	}{
		"equal":                         {distributable: 9, sharing: abc, want: map[string]int64{"a": 3, "b": 3, "c": 3}},
		"equal, remainder in id order":  {distributable: 11, sharing: abc, want: map[string]int64{"a": 4, "b": 4, "c": 3}},
		"equal, fewer units than shops": {distributable: 1, sharing: abc, want: map[string]int64{"a": 1, "b": 0, "c": 0}},
		"equal alone":                   {distributable: 11, sharing: []string{"a"}, want: map[string]int64{"a": 11}},
		"named twice counts once":       {distributable: 10, sharing: []string{"a", "b", "a"}, want: map[string]int64{"a": 5, "b": 5}},
		"not among them":                {distributable: 12, sharing: abc, want: map[string]int64{"d": 3}},
		"nothing to share":              {distributable: 0, sharing: abc, want: map[string]int64{"a": 0}},
		"a negative figure":             {distributable: -3, sharing: abc, want: map[string]int64{"a": 0}},
		"all": {
			strategy: inventory.Strategy{Distribution: inventory.DistributeAll}, distributable: 9, sharing: abc,
			want: map[string]int64{"a": 9, "b": 9, "c": 9},
		},
		"unknown distribution": {
			strategy: inventory.Strategy{Distribution: "most"}, distributable: 9, sharing: abc,
			want: map[string]int64{"a": 0},
		},
		"weighted": {
			strategy:      inventory.Strategy{Distribution: inventory.DistributeWeighted, Weights: map[string]int64{"a": 1, "b": 3}},
			distributable: 50, sharing: abc, want: map[string]int64{"a": 10, "b": 30, "c": 10},
		},
		"weighted, what is left goes to who lost most": {
			strategy:      inventory.Strategy{Distribution: inventory.DistributeWeighted, Weights: map[string]int64{"a": 1, "b": 5, "c": 3}},
			distributable: 10, sharing: abc, want: map[string]int64{"a": 1, "b": 6, "c": 3},
		},
		"weight 0 gets nothing": {
			strategy:      inventory.Strategy{Distribution: inventory.DistributeWeighted, Weights: map[string]int64{"a": 0, "b": 1, "c": 1}},
			distributable: 5, sharing: abc, want: map[string]int64{"a": 0, "b": 3, "c": 2},
		},
		"no weight at all": {
			strategy:      inventory.Strategy{Distribution: inventory.DistributeWeighted, Weights: map[string]int64{"a": 0, "b": 0, "c": 0}},
			distributable: 5, sharing: abc, want: map[string]int64{"a": 0, "b": 0, "c": 0},
		},
		"priority": {
			strategy:      inventory.Strategy{Distribution: inventory.DistributePriority, Priority: []string{"c", "a"}, Caps: map[string]int64{"c": 4, "a": 3}},
			distributable: 10, sharing: abc, want: map[string]int64{"c": 4, "a": 3, "b": 3},
		},
		"priority, the first without a cap takes all": {
			strategy:      inventory.Strategy{Distribution: inventory.DistributePriority, Priority: []string{"b"}},
			distributable: 10, sharing: abc, want: map[string]int64{"a": 0, "b": 10, "c": 0},
		},
		"priority, nobody named": {
			strategy:      inventory.Strategy{Distribution: inventory.DistributePriority, Caps: map[string]int64{"a": 0, "b": 6}},
			distributable: 10, sharing: abc, want: map[string]int64{"a": 0, "b": 6, "c": 4},
		},
		"priority names strangers and repeats": {
			strategy:      inventory.Strategy{Distribution: inventory.DistributePriority, Priority: []string{"z", "b", "b"}, Caps: map[string]int64{"b": 2}},
			distributable: 10, sharing: abc, want: map[string]int64{"a": 8, "b": 2, "c": 0},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for connection, want := range test.want {
				require.Equal(t, want, inventory.Share(test.strategy, test.distributable, connection, test.sharing), connection)
			}
		})
	}
}

func drawStrategy(t *rapid.T) inventory.Strategy {
	ids := rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f"})
	amount := rapid.Int64Range(-2, 2*inventory.MaxQuantity)
	small := rapid.Int64Range(-1, 12)
	return inventory.Strategy{
		BufferPercent: rapid.Float64Range(0, 100).Draw(t, "percent"),
		BufferUnits:   rapid.OneOf(small, amount).Draw(t, "units"),
		Minimum:       small.Draw(t, "minimum"),
		Distribution: rapid.SampledFrom([]inventory.Distribution{
			"", inventory.DistributeEqual, inventory.DistributeWeighted, inventory.DistributePriority,
		}).Draw(t, "distribution"),
		Weights:  rapid.MapOf(ids, rapid.OneOf(small, amount)).Draw(t, "weights"),
		Priority: rapid.SliceOf(ids).Draw(t, "priority"),
		Caps:     rapid.MapOf(ids, rapid.OneOf(small, amount)).Draw(t, "caps"),
	}
}

func TestSharesNeverExceedTheDistributable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		strategy := drawStrategy(t)
		sharing := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f"}), 1, 6, rapid.ID[string]).Draw(t, "sharing")
		distributable := rapid.OneOf(rapid.Int64Range(-1, 30), rapid.Int64Range(0, inventory.MaxQuantity)).Draw(t, "distributable")
		var sum int64
		for _, connection := range sharing {
			share := inventory.Share(strategy, distributable, connection, sharing)
			require.GreaterOrEqual(t, share, int64(0))
			require.Equal(t, share, inventory.Share(strategy, distributable, connection, rapid.Permutation(sharing).Draw(t, "order")),
				"the order of the connections does not matter")
			sum += share
		}
		require.LessOrEqual(t, sum, max(distributable, 0))
		if strategy.Distribution == "" || strategy.Distribution == inventory.DistributeEqual {
			require.Equal(t, max(distributable, 0), sum, "equal shares leave nothing over")
		}
	})
}

func ExampleShare() {
	strategy := inventory.Strategy{Distribution: inventory.DistributePriority, Priority: []string{"shop"}, Caps: map[string]int64{"shop": 6}}
	sharing := []string{"market", "outlet", "shop"}
	for _, connection := range sharing {
		fmt.Println(connection, inventory.Share(strategy, 10, connection, sharing))
	}
	// Output:
	// market 4
	// outlet 0
	// shop 6
}
