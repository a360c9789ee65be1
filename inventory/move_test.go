package inventory

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Each row of the table is a product that was resolved at version 10, and what moved in the warehouse since.
func TestPlacesMove(t *testing.T) {
	t.Parallel()
	at := func(facility, sku string, available, version int64) Level {
		return Level{Facility: facility, SKU: sku, Available: available, Version: version}
	}
	of := func(product string, levels ...Level) Input {
		input := Input{Product: product, Connection: "shop", Sharing: []string{"shop", "market"}, Levels: map[string][]Level{}}
		for _, level := range levels {
			input.Levels[level.SKU] = append(input.Levels[level.SKU], level)
		}
		return input
	}
	linked := func(input Input, locations ...Location) Input { input.Locations = locations; return input }
	shared := func(input Input, strategy Strategy) Input { input.Strategy = &strategy; return input }
	kit := func(input Input) Input {
		input.Bundle = &Bundle{SKU: input.Product, Components: []Component{{SKU: "A", Count: 2}, {SKU: "B", Count: 1}}}
		return input
	}
	east, west := Location{ID: "e", Facilities: []string{"east"}}, Location{ID: "w", Facilities: []string{"west"}}
	both := Location{ID: "both", Facilities: []string{"east", "west"}}
	stood := map[string]Standing{
		"": {Product: "A", Quantity: 7, Observed: 10}, "e": {Product: "A", Quantity: 7, Observed: 10}, "w": {Product: "A", Quantity: 5, Observed: 10},
		"both": {Product: "A", Quantity: 12, Observed: 10},
	}
	stands := func(change func(*Standing)) map[string]Standing {
		changed := map[string]Standing{}
		for location, standing := range stood {
			change(&standing)
			changed[location] = standing
		}
		return changed
	}
	still := of("A", at("east", "A", 7, 9), at("west", "A", 5, 10))
	moved := of("A", at("east", "A", 7, 9), at("west", "A", 4, 11))
	parts := kit(of("KIT", at("east", "A", 7, 9), at("west", "A", 9, 11), at("east", "B", 3, 8), at("west", "B", 4, 8)))
	kits := stands(func(s *Standing) { s.Product, s.Quantity = "KIT", 3 })
	for name, test := range map[string]struct {
		input  Input
		before map[string]Standing
		cause  Cause
		want   map[string]Move
	}{
		"nothing moved":                     {linked(still, east, west), stood, Cause{}, map[string]Move{"e": Rest, "w": Rest}},
		"one facility moved":                {linked(moved, east, west), stood, Cause{}, map[string]Move{"e": Rest, "w": Push}},
		"no locations: the sum moves":       {of("A", at("east", "A", 3, 9), at("west", "A", 4, 11)), stood, Cause{}, map[string]Move{"": Push}},
		"a location of both facilities":     {linked(moved, both, east), stood, Cause{}, map[string]Move{"both": Push, "e": Rest}},
		"a facility that no location shows": {linked(of("A", at("east", "A", 7, 9), at("north", "A", 4, 11)), east), stood, Cause{}, map[string]Move{"e": Rest}},
		"the level moved, the figure did not": {
			linked(of("A", at("east", "A", 7, 11), at("west", "A", 5, 10)), east, west), stood,
			Cause{},
			map[string]Move{"e": Push, "w": Rest},
		},
		"below the buffer, as before": {
			linked(shared(of("A", at("east", "A", 2, 11), at("west", "A", 1, 10)), Strategy{BufferUnits: 5}), east, west),
			stands(func(s *Standing) { s.Quantity = 0 }),
			Cause{},
			map[string]Move{"e": Push, "w": Rest},
		},
		"shares of one place": {
			linked(shared(of("A", at("east", "A", 14, 9), at("west", "A", 8, 11)), Strategy{}), east, west),
			stands(func(s *Standing) { s.Quantity = map[int64]int64{7: 7, 5: 5}[s.Quantity] }),
			Cause{},
			map[string]Move{"e": Rest, "w": Push},
		},
		"a bundle, where its component moved": {linked(parts, east, west), kits, Cause{}, map[string]Move{"e": Rest, "w": Push}},
		"a bundle of the sum":                 {parts, kits, Cause{}, map[string]Move{"": Push}},
		"a Full Sync pushes everything":       {linked(still, east, west), stood, Cause{Redefined: true}, map[string]Move{"e": Push, "w": Push}},
		"a named SKU is pushed everywhere":    {linked(moved, east, west), stood, Cause{Named: true}, map[string]Move{"e": Push, "w": Push}},
		"a new place": {
			linked(still, east, Location{ID: "new", Facilities: []string{"east"}}), stood,
			Cause{},
			map[string]Move{"e": Rest, "new": Push},
		},
		"a place that another product had": {linked(still, east), stands(func(s *Standing) { s.Product = "B" }), Cause{}, map[string]Move{"e": Push}},
		"a place of another warehouse":     {linked(still, east), stands(func(s *Standing) { s.Observed = 0 }), Cause{}, map[string]Move{"e": Push}},
		"a rule of ours blocks it now": {
			Input{Product: "A", Levels: still.Levels, Unlisted: UnlistedBlock},
			stands(func(s *Standing) { s.Quantity = 12 }),
			Cause{},
			map[string]Move{"": Push},
		},
		"a rule of ours blocks it no more": {linked(still, east), stands(func(s *Standing) { s.Blocked = "no listing" }), Cause{}, map[string]Move{"e": Push}},
		"refused, and a new figure": {
			linked(of("A", at("east", "A", 3, 11)), east), stands(func(s *Standing) { s.Parked = true }),
			Cause{},
			map[string]Move{"e": Push},
		},
		"refused, and the same figure": {
			linked(of("A", at("east", "A", 7, 11)), east), stands(func(s *Standing) { s.Parked = true }),
			Cause{},
			map[string]Move{"e": Stay},
		},
		"refused, and nothing moved": {linked(still, east), stands(func(s *Standing) { s.Parked = true }), Cause{}, map[string]Move{"e": Rest}},
		"refused, and named":         {linked(still, east), stands(func(s *Standing) { s.Parked = true }), Cause{Named: true}, map[string]Move{"e": Push}},
		"refused, and defined anew": {
			linked(still, east), stands(func(s *Standing) { s.Parked = true }),
			Cause{Redefined: true},
			map[string]Move{"e": Push},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			moves := map[string]Move{}
			for _, level := range Resolve(test.input) {
				var before *Standing
				if standing, ok := test.before[level.Location]; ok {
					before = &standing
				}
				moves[level.Location] = level.Move(before, test.cause)
			}
			require.Equal(t, test.want, moves)
		})
	}
}

func TestWhoIsNamed(t *testing.T) {
	t.Parallel()
	kit := Input{Product: "KIT", Bundle: &Bundle{SKU: "KIT", Components: []Component{{SKU: "A", Count: 1}, {SKU: "B", Count: 1}}}}
	require.True(t, Input{Product: "A"}.Names(map[string]bool{"A": true}))
	require.True(t, kit.Names(map[string]bool{"KIT": true}))
	require.True(t, kit.Names(map[string]bool{"B": true}), "a bundle moves with its components")
	require.False(t, kit.Names(map[string]bool{"C": true}))
	require.False(t, Input{Product: "A"}.Names(nil))
}
