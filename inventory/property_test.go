package inventory_test

import (
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/tidemark/tidemark/inventory"
)

// drawInput draws anything that a ledger could hand to Resolve.
func drawInput(t *rapid.T) inventory.Input {
	skus := rapid.SampledFrom([]string{"A", "B", "C", "D"})
	facilities := rapid.SampledFrom([]string{"", "east", "west", "north"})
	figures := rapid.OneOf(rapid.Int64Range(-5, 40), rapid.Int64Range(-inventory.MaxQuantity, inventory.MaxQuantity))
	type key struct{ sku, facility string }
	drawn := rapid.MapOf(rapid.Custom(func(t *rapid.T) key { return key{skus.Draw(t, "sku"), facilities.Draw(t, "facility")} }), figures).Draw(t, "levels")
	input := inventory.Input{
		Product:    skus.Draw(t, "product"),
		Levels:     map[string][]inventory.Level{},
		Connection: "b",
		Sharing:    rapid.SliceOfDistinct(rapid.SampledFrom([]string{"a", "b", "c", "d"}), rapid.ID[string]).Draw(t, "sharing"),
		Unlisted:   rapid.SampledFrom([]inventory.UnlistedPolicy{"", inventory.UnlistedPush, inventory.UnlistedBlock}).Draw(t, "unlisted"),
	}
	for at, available := range drawn {
		input.Levels[at.sku] = append(input.Levels[at.sku], level(at.facility, at.sku, available))
	}
	for _, list := range input.Levels {
		slices.SortFunc(list, func(a, b inventory.Level) int { return strings.Compare(a.Facility, b.Facility) })
	}
	if rapid.Bool().Draw(t, "bundle") {
		counts := rapid.MapOfN(skus, rapid.Int64Range(1, 7), 1, 4).Draw(t, "components")
		input.Bundle = &inventory.Bundle{SKU: input.Product}
		for _, sku := range slices.Sorted(maps.Keys(counts)) {
			input.Bundle.Components = append(input.Bundle.Components, of(sku, counts[sku]))
		}
	}
	for _, sku := range rapid.SliceOfN(rapid.SampledFrom([]string{"X", "Y", "Z"}), 0, 4).Draw(t, "listings") {
		input.Listings = append(input.Listings, inventory.Listing{SKU: input.Product, ChannelSKU: sku})
	}
	for _, id := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"front", "outlet", "shop"}), 0, 3, rapid.ID[string]).Draw(t, "locations") {
		input.Locations = append(input.Locations, inventory.Location{ID: id, Facilities: rapid.SliceOf(facilities).Draw(t, "facilities of "+id)})
	}
	if rapid.Bool().Draw(t, "strategy") {
		strategy := drawStrategy(t)
		input.Strategy = &strategy
	}
	return input
}

func TestQuantitiesAreClampedBeforeTheyAreCompared(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		for _, level := range inventory.Resolve(drawInput(t)) {
			require.GreaterOrEqual(t, level.Quantity, int64(0))
			require.LessOrEqual(t, level.Quantity, int64(inventory.MaxQuantity))
			require.Equal(t, level.Quantity, level.Why.Quantity)
			require.NotEmpty(t, level.ChannelSKU)
			require.NotEmpty(t, level.Why.Lines())
		}
	})
}

func TestTheOrderOfTheInputNeverMatters(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		input := drawInput(t)
		shuffled := input
		shuffled.Levels = map[string][]inventory.Level{}
		for sku, list := range input.Levels {
			shuffled.Levels[sku] = rapid.Permutation(list).Draw(t, "levels of "+sku)
		}
		shuffled.Listings = rapid.Permutation(append(input.Listings, input.Listings...)).Draw(t, "listings, each twice")
		shuffled.Locations = rapid.Permutation(input.Locations).Draw(t, "locations")
		shuffled.Sharing = rapid.Permutation(input.Sharing).Draw(t, "sharing")
		if input.Bundle != nil {
			shuffled.Bundle = &inventory.Bundle{SKU: input.Bundle.SKU, Components: rapid.Permutation(input.Bundle.Components).Draw(t, "components")}
		}
		want := inventory.Resolve(input)
		require.Equal(t, want, inventory.Resolve(shuffled))
		require.True(t, slices.IsSortedFunc(want, func(a, b inventory.ChannelLevel) int {
			if a.Location == b.Location && a.ChannelSKU < b.ChannelSKU || a.Location < b.Location {
				return -1
			}
			return 1
		}), "by location and channel SKU, each once")
	})
}

// TestABundleIsTheLeastOfItsComponents checks against the definition in exact arithmetic: n bundles can be built if, and only
// if, every component has n times its count.
func TestABundleIsTheLeastOfItsComponents(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		input := drawInput(t)
		if input.Bundle == nil {
			return
		}
		input.Locations, input.Strategy = nil, nil
		got := inventory.Resolve(input)[0]
		builds := func(n int64) bool {
			for _, component := range input.Bundle.Components {
				total := new(big.Int)
				for _, level := range input.Levels[component.SKU] {
					total.Add(total, big.NewInt(level.Available))
				}
				if most := big.NewInt(inventory.MaxQuantity); total.Cmp(most) > 0 {
					total = most
				}
				if new(big.Int).Mul(big.NewInt(n), big.NewInt(component.Count)).Cmp(total) > 0 {
					return false
				}
			}
			return true
		}
		require.True(t, got.Quantity == 0 || builds(got.Quantity), "so many can be built")
		require.False(t, builds(got.Quantity+1), "one more cannot")
	})
}

// TestStoresTogetherNeverSeeMoreThanThereIs resolves the same product for every connection that shares.
func TestStoresTogetherNeverSeeMoreThanThereIs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		input := drawInput(t)
		strategy := drawStrategy(t)
		input.Strategy, input.Locations, input.Listings = &strategy, nil, nil
		var together, resolved int64
		for _, connection := range input.Sharing {
			input.Connection = connection
			for _, level := range inventory.Resolve(input) {
				together, resolved = together+level.Quantity, level.Why.Resolved
			}
		}
		require.LessOrEqual(t, together, max(resolved, 0))
	})
}
