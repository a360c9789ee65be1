package activities

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// Changes are resolved between two calls, or by a step of its own.
func TestDecideFollow(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		following
		want string
	}{
		"nothing but figures":                     {following{}, ""},
		"figures that go to 0, and may":           {following{zeroing: 3}, ""},
		"figures that go to 0, and may not":       {following{zeroing: 3, held: "3 of 4 rows would go to 0"}, "3 of 4 rows would go to 0"},
		"what decides all figures":                {following{everything: true}, "what decides all figures has changed"},
		"more than is resolved at once":           {following{more: true}, "more than 2000 products have changed"},
		"everything, and more than is held":       {following{everything: true, more: true}, "what decides all figures has changed"},
		"the guard, for rows that are due anyway": {following{held: "too many"}, ""},
	} {
		require.Equal(t, test.want, decideFollow(test.following), name)
	}
}

// figures returns what the calls of a store sent, in order.
func (s *script) figures() []string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	var figures []string
	for _, call := range s.calls {
		for _, item := range call.Items {
			figures = append(figures, fmt.Sprint(item.ChannelSKU, item.Quantity))
		}
	}
	return figures
}

// hears lets the warehouse send an event during the nth call.
func (p *pushing) hears(n int, answer *script, levels ...inventory.Level) {
	answer.answer = func(at int, _ channels.Call) (channels.Reply, error) {
		if at == n {
			var observations []ledger.Observation
			for i, level := range levels {
				observations = append(observations, ledger.Observation{Event: fmt.Sprint("e", i), Level: level})
			}
			_, err := p.Observe(p.t.Context(), "depot", observations, p.clock())
			return channels.Reply{}, err
		}
		return channels.Reply{}, nil
	}
}

func east(sku string, available int64) inventory.Level {
	return inventory.Level{SKU: sku, Facility: "east", Available: available}
}

// An event that arrives during a push goes out with the next call, and no figure that it replaced goes out.
func TestAnEventGoesOutBetweenTwoCalls(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		levels []inventory.Level
		want   []string
	}{
		"a row that waits":               {[]inventory.Level{east("E", 3)}, []string{"A10", "E3", "B11", "C12", "D13"}},
		"a row that was sent before":     {[]inventory.Level{east("A", 3)}, []string{"A10", "A3", "B11", "C12", "D13", "E14"}},
		"a new SKU":                      {[]inventory.Level{east("N", 3)}, []string{"A10", "N3", "B11", "C12", "D13", "E14"}},
		"two, one of them read already":  {[]inventory.Level{east("B", 7), east("E", 3)}, []string{"A10", "B7", "E3", "C12", "D13"}},
		"one that is sold out":           {[]inventory.Level{east("D", 0)}, []string{"A10", "D0", "B11", "C12", "E14"}},
		"the same figure, of a new time": {[]inventory.Level{east("E", 14)}, []string{"A10", "B11", "C12", "D13", "E14"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := &script{limits: channels.Limits{Batch: 1, Window: 3}}
			p := newPushing(t, store, "A", "B", "C", "D", "E")
			p.hears(1, store, test.levels...)
			require.NoError(t, p.run())
			require.Equal(t, test.want, store.figures())
			require.Empty(t, p.open())

			result, err := do[ResolveResult](p.world, p.resolver().Resolve, ResolveInput{
				Lease: p.lease, Connection: "north", Mode: ledger.Smart,
				Scope: []string{test.levels[0].SKU},
			})
			require.NoError(t, err)
			require.Zero(t, result.Due, "the run that the event asks for finds it done")
		})
	}
}

// Rows that changed share calls with the rows that wait, because each call costs the store the same.
func TestWhatMovedFillsUpCalls(t *testing.T) {
	t.Parallel()
	store := &script{limits: channels.Limits{Batch: 2, Window: 5}}
	p := newPushing(t, store, "A", "B", "C", "D", "E")
	p.hears(1, store, east("E", 3))
	require.NoError(t, p.run())
	require.Equal(t, []string{"A10", "B11", "E3", "C12", "D13"}, store.figures())
	require.Len(t, store.calls, 3)
}

// A changed row whose id must be looked up is looked up before it is sent.
func TestWhatMovedIsLookedUpFirst(t *testing.T) {
	t.Parallel()
	store := &script{limits: channels.Limits{Batch: 1, Window: 3, Find: 1}}
	looks := &finds{script: store, find: func(item channels.Item) channels.Found { return channels.Found{Reference: "id of " + item.ChannelSKU} }}
	p := newPushing(t, looks, "A", "B", "C", "D", "E")
	first := looks.find
	looks.find = func(item channels.Item) channels.Found {
		if item.ChannelSKU == "A" {
			_, err := p.Observe(p.t.Context(), "depot", []ledger.Observation{{Event: "e", Level: east("E", 3)}}, p.clock())
			require.NoError(t, err)
		}
		return first(item)
	}
	require.NoError(t, p.run())
	require.Equal(t, []string{"A"}, looks.looked[0])
	require.Equal(t, []string{"E"}, looks.looked[1])
	require.Equal(t, "E3", store.figures()[0])
	require.NotContains(t, store.figures(), "E14")
}

// A definition that changes during a push decides which figures go out.
func TestADefinitionIsFollowed(t *testing.T) {
	t.Parallel()
	store := &script{limits: channels.Limits{Batch: 1, Window: 5}}
	p := newPushing(t, store, "A", "B", "C")
	store.answer = func(n int, _ channels.Call) (channels.Reply, error) {
		if n == 1 {
			d := definitions()
			d.Listings = []ledger.ListingDefinition{{Store: "north", Listing: inventory.Listing{SKU: "C", ChannelSKU: "sea"}}}
			_, err := p.Apply(p.t.Context(), d, ledger.ApplyOptions{})
			return channels.Reply{}, err
		}
		return channels.Reply{}, nil
	}
	require.NoError(t, p.run())
	require.Equal(t, []string{"A10", "sea12", "B11"}, store.figures())
}

// A change that would take too many rows to 0 is not sent, and neither is the figure that it replaced. The push stops, and the step that
// resolves holds it for a person. One SKU that is sold out is not held.
func TestTheGuardHoldsWhatMoves(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		skus  []string
		again string
		want  []string
	}{
		"one SKU":  {[]string{"D"}, "", []string{"A20", "D0", "B21", "C22", "E24"}},
		"two SKUs": {[]string{"D", "E"}, "2 of 5 live rows would newly go to 0, more than 20 %", []string{"A20"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := &script{limits: channels.Limits{Batch: 1, Window: 3}}
			p := newPushing(t, store, "A", "B", "C", "D", "E")
			require.NoError(t, p.run())
			p.end()
			p.begin()
			p.report(20, "A", "B", "C", "D", "E")
			store.calls = nil
			var levels []inventory.Level
			for _, sku := range test.skus {
				levels = append(levels, east(sku, 0))
			}
			p.hears(1, store, levels...)
			require.NoError(t, p.run())
			last := p.results[len(p.results)-1]
			require.Equal(t, test.again, last.Again)
			require.Equal(t, test.want, store.figures())
			if test.again == "" {
				return
			}
			require.EqualValues(t, 24, p.row("E").Quantity, "nothing is written that a push could send before a person was asked")
			resolved, err := do[ResolveResult](p.world, p.resolver().Resolve, ResolveInput{Lease: p.lease, Connection: "north", Mode: ledger.Smart})
			require.NoError(t, err)
			require.Equal(t, test.again, resolved.Held)
		})
	}
}

// A change that concerns all figures is resolved by a step of its own.
func TestAStrategyIsResolvedByAStep(t *testing.T) {
	t.Parallel()
	store := &script{limits: channels.Limits{Batch: 1, Window: 3}}
	p := newPushing(t, store, "A", "B")
	store.answer = func(n int, _ channels.Call) (channels.Reply, error) {
		if n == 1 {
			d := definitions()
			d.Strategies = []ledger.StrategyDefinition{{Merchant: "acme", Warehouse: "depot", Strategy: inventory.Strategy{
				BufferUnits:  4,
				Distribution: inventory.DistributeAll,
			}}}
			_, err := p.Apply(p.t.Context(), d, ledger.ApplyOptions{})
			return channels.Reply{}, err
		}
		return channels.Reply{}, nil
	}
	require.NoError(t, p.run())
	require.Equal(t, "what decides all figures has changed", p.results[len(p.results)-1].Again)
	require.Equal(t, []string{"A10"}, store.figures())
}

// A run with a scope follows changes of its SKUs, and leaves other changes to other runs.
func TestARunOfAFewFollowsThem(t *testing.T) {
	t.Parallel()
	store := &script{limits: channels.Limits{Batch: 1, Window: 3}}
	p := newPushing(t, store, "A", "B", "C")
	p.scope = []string{"A", "C"}
	p.hears(1, store, east("B", 1), east("C", 2))
	require.NoError(t, p.run())
	require.Equal(t, []string{"A10", "C2"}, store.figures())
	require.EqualValues(t, 11, p.row("B").Quantity)
}

// A change in one slice that has not gone out goes first in the next slice, on any worker.
func TestWhatMovedGoesFirstInTheNextSlice(t *testing.T) {
	t.Parallel()
	store := &script{limits: channels.Limits{Batch: 1, Window: 2}}
	p := newPushing(t, store, "A", "B", "C", "D", "E")
	store.answer = func(n int, _ channels.Call) (channels.Reply, error) {
		if n == 1 {
			_, err := p.Observe(p.t.Context(), "depot", []ledger.Observation{{Event: "e", Level: east("E", 3)}}, p.clock())
			require.NoError(t, err)
			return channels.Reply{}, &channels.Error{Next: channels.Wait, Until: p.clock().Add(time.Hour), Reason: "later"}
		}
		return channels.Reply{}, nil
	}
	result, err := p.slice()
	require.NoError(t, err)
	require.False(t, result.Done)
	p.pass(time.Hour)
	other := *p.push
	other.Stores = NewStores()
	p.push = &other
	require.NoError(t, p.run())
	figures := store.figures()
	require.Equal(t, 1, slices.Index(figures, "E3"), "%v", figures)
}
