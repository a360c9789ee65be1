package inventory_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
)

func TestLines(t *testing.T) {
	t.Parallel()
	reported := time.Date(2026, 3, 1, 10, 0, 0, 0, time.FixedZone("", 3600))
	explain := func(input inventory.Input) []string { return inventory.Resolve(input)[0].Why.Lines() }

	require.Equal(t, []string{
		"the warehouse reports 3 available in east, taken on 2026-03-01 09:00:00 UTC",
		"the warehouse reports -5 available in west",
		"the facilities together: -2",
		"no strategy: every store sees the full figure",
		"clamped: -2 is below 0 and goes out as 0",
		"the quantity: 0",
	}, explain(inventory.Input{Product: "BIKE", Levels: levels(
		inventory.Level{Facility: "east", SKU: "BIKE", Available: 3, ReportedAt: reported}, level("west", "BIKE", -5),
	)}))

	require.Equal(t, []string{
		"component BIKE, 1 in a bundle: never reported, makes 0",
		"component LIGHT, 2 in a bundle: 7 available, makes 3",
		"the bundle KIT: the least of what its components make, 0",
		"note: component BIKE was never reported: 0",
		"strategy: 0 less a buffer of 0 leaves 0 to distribute",
		"strategy: 0 is below the minimum of 1, so every store shows 0",
		"the quantity: 0",
	}, explain(inventory.Input{Product: "KIT", Bundle: &kit, Levels: levels(level("", "LIGHT", 7)), Strategy: &inventory.Strategy{Minimum: 1}}))

	for distribution, want := range map[inventory.Distribution]string{
		inventory.DistributeEqual:    "strategy: shared equally among 2 stores, this store is given 4",
		inventory.DistributeWeighted: "strategy: shared by weight among 2 stores, this store is given 4",
		inventory.DistributePriority: "strategy: shared by priority among 2 stores, this store is given 8",
		inventory.DistributeAll:      "strategy: every store sees all of it, this store is given 8",
		"most":                       `strategy: the distribution "most" is not known and gives nothing, this store is given 0`,
	} {
		require.Contains(t, explain(inventory.Input{
			Product: "BIKE", Levels: levels(level("", "BIKE", 10)), Connection: "a", Sharing: []string{"a", "b"},
			Strategy: &inventory.Strategy{BufferUnits: 2, Distribution: distribution},
		}), want)
	}
}

// Each step has the figure that it gives, so that a page can show how the number came about.
func TestSteps(t *testing.T) {
	t.Parallel()
	why := inventory.Resolve(inventory.Input{
		Product: "BIKE", Levels: levels(level("east", "BIKE", 12), level("west", "BIKE", 9)), Connection: "a", Sharing: []string{"a", "b"},
		Strategy: &inventory.Strategy{BufferUnits: 1, Distribution: inventory.DistributeEqual},
	})[0].Why
	var figures []string
	for _, step := range why.Steps() {
		figure := "none"
		if step.Figure != nil {
			figure = fmt.Sprint(*step.Figure)
		}
		require.False(t, step.Result, "what the store should show is said of a row, not of a product")
		figures = append(figures, figure)
	}
	require.Equal(t, []string{"12", "9", "21", "20", "10", "10"}, figures)
	require.Equal(t, why.Lines(), inventory.LinesOf(why.Steps()))

	why = inventory.Resolve(inventory.Input{Product: "KIT", Bundle: &kit, Levels: levels(level("", "LIGHT", 7)), Strategy: &inventory.Strategy{Minimum: 1}})[0].Why
	figures = nil
	for _, step := range why.Steps() {
		if step.Figure != nil {
			figures = append(figures, fmt.Sprint(*step.Figure))
		}
	}
	require.Equal(t, []string{"0", "3", "0", "0", "0", "0"}, figures)
}

func ExampleResolve() {
	input := inventory.Input{
		Product: "CITY-KIT",
		Bundle: &inventory.Bundle{SKU: "CITY-KIT", Components: []inventory.Component{
			{SKU: "BIKE", Count: 1}, {SKU: "LIGHT", Count: 2},
		}},
		Levels: map[string][]inventory.Level{
			"BIKE":  {{Facility: "east", SKU: "BIKE", Available: 12}, {Facility: "west", SKU: "BIKE", Available: 9}},
			"LIGHT": {{Facility: "east", SKU: "LIGHT", Available: 31}},
		},
		Listings:   []inventory.Listing{{SKU: "CITY-KIT", ChannelSKU: "KIT-01"}},
		Connection: "acme-shop",
		Sharing:    []string{"acme-market", "acme-shop"},
		Strategy:   &inventory.Strategy{BufferUnits: 2},
	}
	for _, level := range inventory.Resolve(input) {
		fmt.Println(level.ChannelSKU, level.Quantity)
		for _, line := range level.Why.Lines() {
			fmt.Println(" ", line)
		}
	}
	// Output:
	// KIT-01 6
	//   component BIKE, 1 in a bundle: 21 available (12 in east, 9 in west), makes 21
	//   component LIGHT, 2 in a bundle: 31 available, makes 15
	//   the bundle CITY-KIT: the least of what its components make, 15
	//   strategy: 15 less a buffer of 2 leaves 13 to distribute
	//   strategy: shared equally among 2 stores, this store is given 6
	//   the quantity: 6
}
