package inventory_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
)

func level(facility, sku string, available int64) inventory.Level {
	return inventory.Level{Facility: facility, SKU: sku, Available: available}
}

func levels(all ...inventory.Level) map[string][]inventory.Level {
	bySKU := map[string][]inventory.Level{}
	for _, level := range all {
		bySKU[level.SKU] = append(bySKU[level.SKU], level)
	}
	return bySKU
}

// shown is what a test compares of a channel level.
type shown struct {
	Location, SKU string
	Quantity      int64
	Blocked       string
	Notes         []string
}

func show(all []inventory.ChannelLevel) []shown {
	var short []shown
	for _, level := range all {
		short = append(short, shown{level.Location, level.ChannelSKU, level.Quantity, level.Blocked, level.Why.Notes})
	}
	return short
}

var kit = inventory.Bundle{SKU: "KIT", Components: []inventory.Component{{SKU: "BIKE", Count: 1}, {SKU: "LIGHT", Count: 2}}}

var twoPlaces = []inventory.Location{{ID: "outlet", Facilities: []string{"west"}}, {ID: "front", Facilities: []string{"east", "north"}}}

func TestResolve(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		input inventory.Input
		want  []shown
	}{
		"the sum of all facilities without locations": {
			input: inventory.Input{Product: "BIKE", Levels: levels(level("east", "BIKE", 3), level("west", "BIKE", 4), level("", "BIKE", 1))},
			want:  []shown{{SKU: "BIKE", Quantity: 8}},
		},
		"never reported: no level, for absence is not zero": {
			input: inventory.Input{
				Product: "BIKE", Levels: levels(level("east", "OTHER", 3)), Locations: twoPlaces,
				Listings: []inventory.Listing{{SKU: "BIKE", ChannelSKU: "B-1"}},
			},
		},
		"negative goes out as 0": {
			input: inventory.Input{Product: "BIKE", Levels: levels(level("", "BIKE", -4))},
			want:  []shown{{SKU: "BIKE"}},
		},
		"a negative facility counts in the sum": {
			input: inventory.Input{Product: "BIKE", Levels: levels(level("east", "BIKE", -4), level("west", "BIKE", 6))},
			want:  []shown{{SKU: "BIKE", Quantity: 2}},
		},
		"a location each": {
			input: inventory.Input{Product: "BIKE", Locations: twoPlaces, Levels: levels(level("east", "BIKE", 3), level("north", "BIKE", 2), level("west", "BIKE", 4),
				level("south", "BIKE", 9))},
			want: []shown{{Location: "front", SKU: "BIKE", Quantity: 5}, {Location: "outlet", SKU: "BIKE", Quantity: 4}},
		},
		"reported, but not in the facilities of a location": {
			input: inventory.Input{Product: "BIKE", Locations: twoPlaces, Levels: levels(level("west", "BIKE", 4))},
			want: []shown{
				{Location: "front", SKU: "BIKE", Notes: []string{"no stock is reported in the facilities of location front"}},
				{Location: "outlet", SKU: "BIKE", Quantity: 4},
			},
		},
		"a listing renames": {
			input: inventory.Input{
				Product: "BIKE", Levels: levels(level("", "BIKE", 3)), Listings: []inventory.Listing{{SKU: "BIKE", ChannelSKU: "B-1"}},
				Unlisted: inventory.UnlistedBlock, TakenBy: "OTHER",
			},
			want: []shown{{SKU: "B-1", Quantity: 3}},
		},
		"several listings, in order, each once": {
			input: inventory.Input{Product: "BIKE", Levels: levels(level("", "BIKE", 3)), Listings: []inventory.Listing{
				{"BIKE", "B-2"},
				{"BIKE", "B-1"},
				{"BIKE", "B-2"},
			}},
			want: []shown{{SKU: "B-1", Quantity: 3}, {SKU: "B-2", Quantity: 3}},
		},
		"unlisted and blocked": {
			input: inventory.Input{Product: "BIKE", Levels: levels(level("", "BIKE", 3)), Unlisted: inventory.UnlistedBlock},
			want:  []shown{{SKU: "BIKE", Quantity: 3, Blocked: "BIKE has no listing on this store, and unlisted SKUs are blocked; give it a listing"}},
		},
		"passed through and taken by a listing": {
			input: inventory.Input{Product: "BIKE", Levels: levels(level("", "BIKE", 3)), TakenBy: "OLD-BIKE"},
			want: []shown{{SKU: "BIKE", Quantity: 3, Blocked: "the store knows BIKE as the listing of OLD-BIKE, so the unlisted product of the same SKU is held " +
				"back; give it a listing"}},
		},
		"a bundle is the least of what its components make": {
			input: inventory.Input{Product: "KIT", Bundle: &kit, Levels: levels(level("", "BIKE", 9), level("", "LIGHT", 7))},
			want:  []shown{{SKU: "KIT", Quantity: 3}},
		},
		"a bundle per location": {
			input: inventory.Input{
				Product: "KIT", Bundle: &kit, Locations: twoPlaces,
				Levels: levels(level("east", "BIKE", 9), level("west", "BIKE", 1), level("east", "LIGHT", 4), level("west", "LIGHT", 8)),
			},
			want: []shown{{Location: "front", SKU: "KIT", Quantity: 2}, {Location: "outlet", SKU: "KIT", Quantity: 1}},
		},
		"a component that was never reported": {
			input: inventory.Input{Product: "KIT", Bundle: &kit, Levels: levels(level("", "BIKE", 9))},
			want:  []shown{{SKU: "KIT", Notes: []string{"component LIGHT was never reported: 0"}}},
		},
		"a component that is elsewhere": {
			input: inventory.Input{Product: "KIT", Bundle: &kit, Locations: twoPlaces[:1], Levels: levels(level("west", "BIKE", 9), level("east", "LIGHT", 4))},
			want:  []shown{{Location: "outlet", SKU: "KIT", Notes: []string{"component LIGHT: no stock is reported in the facilities of location outlet"}}},
		},
		"a component below zero": {
			input: inventory.Input{Product: "KIT", Bundle: &kit, Levels: levels(level("", "BIKE", 9), level("", "LIGHT", -3))},
			want:  []shown{{SKU: "KIT"}},
		},
		"the warehouse reports the bundle itself": {
			input: inventory.Input{Product: "KIT", Bundle: &kit, Levels: levels(level("", "BIKE", 9), level("", "LIGHT", 4), level("", "KIT", 100))},
			want:  []shown{{SKU: "KIT", Quantity: 2, Notes: []string{"the warehouse reports levels of the bundle KIT itself; they do not count, its components do"}}},
		},
		"a bundle that should have been refused": {
			input: inventory.Input{Product: "KIT", Bundle: &inventory.Bundle{SKU: "KIT"}},
			want:  []shown{{SKU: "KIT", Blocked: `bundle "KIT": it has no components; name at least one`}},
		},
		"a count that should have been refused": {
			input: inventory.Input{
				Product: "KIT", Bundle: &inventory.Bundle{SKU: "KIT", Components: []inventory.Component{{SKU: "BIKE"}}},
				Levels: levels(level("", "BIKE", 9)),
			},
			want: []shown{{SKU: "KIT", Blocked: `bundle "KIT": its component "BIKE" has the count 0; expected at least 1`}},
		},
		"bundle first, then the strategy": { // 1 BIKE and 2 BATTERY of 100 and 50, less 5: 20, and not the 22 of the other order
			input: inventory.Input{
				Product: "E-BIKE", Connection: "shop", Sharing: []string{"shop"}, Strategy: &inventory.Strategy{BufferUnits: 5},
				Bundle: &inventory.Bundle{SKU: "E-BIKE", Components: []inventory.Component{{SKU: "BIKE", Count: 1}, {SKU: "BATTERY", Count: 2}}},
				Levels: levels(level("", "BIKE", 100), level("", "BATTERY", 50)),
			},
			want: []shown{{SKU: "E-BIKE", Quantity: 20}},
		},
		"a buffer in percent is rounded up": {
			input: inventory.Input{
				Product: "BIKE", Levels: levels(level("", "BIKE", 95)), Connection: "a", Sharing: []string{"a"},
				Strategy: &inventory.Strategy{BufferPercent: 10},
			},
			want: []shown{{SKU: "BIKE", Quantity: 85}},
		},
		"a percentage means what it says in decimals": {
			input: inventory.Input{
				Product: "BIKE", Levels: levels(level("", "BIKE", 1000)), Connection: "a", Sharing: []string{"a"},
				Strategy: &inventory.Strategy{BufferPercent: 0.3},
			},
			want: []shown{{SKU: "BIKE", Quantity: 997}},
		},
		"a buffer above what there is": {
			input: inventory.Input{
				Product: "BIKE", Levels: levels(level("", "BIKE", 3)), Connection: "a", Sharing: []string{"a"},
				Strategy: &inventory.Strategy{BufferUnits: 5},
			},
			want: []shown{{SKU: "BIKE"}},
		},
		"below the minimum every store shows 0": {
			input: inventory.Input{
				Product: "BIKE", Levels: levels(level("", "BIKE", 6)), Connection: "a", Sharing: []string{"a"},
				Strategy: &inventory.Strategy{BufferUnits: 2, Minimum: 5, Distribution: inventory.DistributeAll},
			},
			want: []shown{{SKU: "BIKE"}},
		},
		"at the minimum it is shared": {
			input: inventory.Input{
				Product: "BIKE", Levels: levels(level("", "BIKE", 7)), Connection: "a", Sharing: []string{"a", "b"},
				Strategy: &inventory.Strategy{BufferUnits: 2, Minimum: 5},
			},
			want: []shown{{SKU: "BIKE", Quantity: 3}},
		},
		"the strategy applies to each location": {
			input: inventory.Input{
				Product: "BIKE", Locations: twoPlaces, Levels: levels(level("east", "BIKE", 11), level("west", "BIKE", 4)),
				Connection: "b", Sharing: []string{"a", "b"}, Strategy: &inventory.Strategy{BufferUnits: 2},
			},
			want: []shown{{Location: "front", SKU: "BIKE", Quantity: 4}, {Location: "outlet", SKU: "BIKE", Quantity: 1}},
		},
		"a sum beyond what is believed": {
			input: inventory.Input{Product: "BIKE", Levels: levels(level("a", "BIKE", inventory.MaxQuantity), level("b", "BIKE", inventory.MaxQuantity))},
			want: []shown{{
				SKU: "BIKE", Quantity: inventory.MaxQuantity,
				Notes: []string{"the facilities of BIKE sum to 2000000000; 1000000000 is the most that counts"},
			}},
		},
		"levels that nobody accepted cannot overflow": {
			input: inventory.Input{Product: "BIKE", Levels: levels(level("a", "BIKE", 1<<62), level("b", "BIKE", 1<<62), level("c", "BIKE", 1<<62))},
			want: []shown{{
				SKU: "BIKE", Quantity: inventory.MaxQuantity,
				Notes: []string{"the facilities of BIKE sum to 3000000000; 1000000000 is the most that counts"},
			}},
		},
		"a location named twice shows the facilities of both": {
			input: inventory.Input{
				Product: "BIKE", Levels: levels(level("east", "BIKE", 3), level("west", "BIKE", 4)),
				Locations: []inventory.Location{{ID: "front", Facilities: []string{"east", "east"}}, {ID: "front", Facilities: []string{"west"}}},
			},
			want: []shown{{Location: "front", SKU: "BIKE", Quantity: 7}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, show(inventory.Resolve(test.input)))
		})
	}
}

func TestResolveExplainsCompletely(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	got := inventory.Resolve(inventory.Input{
		Product: "KIT", Bundle: &kit, Connection: "a", Sharing: []string{"a", "b"}, Locations: twoPlaces[1:],
		Levels: levels(
			inventory.Level{Facility: "north", SKU: "BIKE", Available: 4, ReportedAt: at}, level("east", "BIKE", 5), level("west", "BIKE", 50),
			level("east", "LIGHT", 15),
		),
		Listings: []inventory.Listing{{SKU: "KIT", ChannelSKU: "CITY"}},
		Strategy: &inventory.Strategy{BufferPercent: 10, Minimum: 2},
	})
	require.Equal(t, []inventory.ChannelLevel{{
		Location: "front", ChannelSKU: "CITY", Quantity: 3,
		Why: inventory.Explanation{
			Product: "KIT",
			Bundle: []inventory.ComponentFigure{
				{SKU: "BIKE", Count: 1, Available: 9, Makes: 9, Reported: true, Levels: []inventory.FacilityFigure{
					{Facility: "east", Available: 5},
					{Facility: "north", Available: 4, ReportedAt: &at},
				}},
				{SKU: "LIGHT", Count: 2, Available: 15, Makes: 7, Reported: true, Levels: []inventory.FacilityFigure{{Facility: "east", Available: 15}}},
			},
			Resolved: 7,
			Strategy: &inventory.StrategyFigure{Buffer: 1, Distributable: 6, Minimum: 2, Distribution: inventory.DistributeEqual, Stores: 2, Share: 3},
			Quantity: 3,
			Listed:   true,
		},
	}}, got)
}
