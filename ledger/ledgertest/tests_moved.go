package ledgertest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// A push must find out what changes while it is in progress.
var movedTests = tests{
	"the newest versions are those of the next plan":    newestVersions,
	"moves are what a page would change":                movesOfAPage,
	"moves count the rows that would newly go to 0":     movesToZero,
	"rows that moved after the run was resolved":        newerRows,
	"a push that follows does not say what is resolved": followingPlans,
}

func (w *world) newest(connection string) ledger.Cursor {
	w.t.Helper()
	newest, err := w.Newest(w.ctx(), connection)
	require.NoError(w.t, err)
	return newest
}

func newestVersions(t *testing.T, w *world) {
	w.pass(hubShop, ledger.Smart, level("A", 1))
	before := w.newest(hubShop)
	require.Equal(t, w.plan(hubShop, ledger.Smart).Next, before)
	w.tells(level("A", 1))
	require.Equal(t, before, w.newest(hubShop), "the same figure is no change")
	w.tells(level("A", 2))
	require.Equal(t, ledger.Cursor{Levels: before.Levels + 1, Definitions: before.Definitions}, w.newest(hubShop))
	w.apply(alter(func(d *ledger.Definitions) { d.Listings = []ledger.ListingDefinition{listing(shop, "A", "a")} }))
	after := w.newest(hubShop)
	require.Greater(t, after.Definitions, before.Definitions)
	require.Equal(t, w.plan(hubShop, ledger.Smart).Next, after)
	_, err := w.Newest(w.ctx(), "nobody")
	require.ErrorIs(t, err, ledger.ErrNotFound)
}

// tells records an update event.
func (w *world) tells(levels ...inventory.Level) {
	w.t.Helper()
	for _, reported := range levels {
		_, err := w.Observe(w.ctx(), hub, []ledger.Observation{{Event: w.name("event"), Level: reported}}, w.now())
		require.NoError(w.t, err)
	}
}

// moves returns what resolving all affected products would change.
func (w *world) moves(connection string) ledger.Moves {
	w.t.Helper()
	plan := w.plan(connection, ledger.Smart)
	affected, err := w.Affected(w.ctx(), plan, nil, "", 100)
	require.NoError(w.t, err)
	products := make([]string, len(affected))
	for i, product := range affected {
		products[i] = product.Product
	}
	inputs, err := w.Inputs(w.ctx(), plan, products)
	require.NoError(w.t, err)
	page := make([]ledger.Resolution, len(affected))
	for i, product := range affected {
		page[i] = ledger.Resolution{Affected: product, Levels: inventory.Resolve(inputs[i])}
	}
	moves, err := w.Moves(w.ctx(), plan, page)
	require.NoError(w.t, err)
	return moves
}

func places(moves ledger.Moves) []string {
	var named []string
	for _, moved := range moves.Places {
		named = append(named, moved.Product+" "+moved.ChannelSKU+"@"+moved.Location)
	}
	return named
}

func movesOfAPage(t *testing.T, w *world) {
	shownIn(w)
	w.tells(at("west", "A", 49), at("east", "B", 7))
	before := w.rows(hubShop)
	moves := w.moves(hubShop)
	require.Zero(t, moves.Zeroing)
	require.Equal(t, []string{"A A@w", "B B@e", "B B@w"}, places(moves))
	require.Equal(t, before, w.rows(hubShop), "nothing is written")

	w.apply(linked(func(d *ledger.Definitions) { d.Listings = []ledger.ListingDefinition{listing(shop, "A", "a")} }))
	require.Equal(t, []string{"A A@e", "A A@w", "B B@e", "B B@w", "A a@e", "A a@w"}, places(w.moves(hubShop)), "places that a product leaves have moved as well")
}

func movesToZero(t *testing.T, w *world) {
	shownIn(w)
	w.tells(at("west", "A", 0), at("east", "A", 0), at("east", "NEW", 0))
	moves := w.moves(hubShop)
	require.EqualValues(t, 2, moves.Zeroing, "a row that the store never showed goes nowhere")
	require.EqualValues(t, 1, moves.ZeroingProducts)
	lease := w.take(hubShop, ledger.Smart)
	w.resolve(lease, ledger.Smart)
	w.tells(at("west", "A", 1))
	w.tells(at("west", "A", 0))
	moves = w.moves(hubShop)
	require.Len(t, moves.Places, 1)
	require.Zero(t, moves.Zeroing, "it is due to go to 0 already")
	w.push(lease)
	w.tells(at("west", "A", 5))
	require.Zero(t, w.moves(hubShop).Zeroing)
}

// newer returns the due rows whose levels changed after the run was resolved.
func (w *world) newer(lease ledger.Lease) []string {
	w.t.Helper()
	items, err := w.NextDue(w.ctx(), ledger.DueQuery{Connection: hubShop, Run: lease.Run, Limit: 10, Newer: true})
	require.NoError(w.t, err)
	var skus []string
	for _, item := range items {
		skus = append(skus, item.ChannelSKU)
	}
	return skus
}

func newerRows(t *testing.T, w *world) {
	w.apply(alter(func(d *ledger.Definitions) {
		d.Bundles = []ledger.BundleDefinition{bundle("KIT", of("B", 1)), bundle("KIT-2", of("A", 1))}
	}))
	lease := w.take(hubShop, ledger.Full)
	w.report(lease, whole(), []inventory.Level{level("A", 1), level("B", 2)})
	require.Empty(t, w.newer(lease), "it is not resolved")
	w.resolve(lease, ledger.Full)
	require.Empty(t, w.newer(lease))
	w.tells(level("B", 3))
	w.follow(lease)
	require.Equal(t, []string{"B", "KIT"}, w.newer(lease), "what contains what moved has moved")
	require.Len(t, w.due(lease), 4)
	w.tells(level("C", 4))
	require.Equal(t, []string{"B", "KIT"}, w.newer(lease), "what moved since is not resolved again yet")
	w.follow(lease)
	require.Equal(t, []string{"B", "C", "KIT"}, w.newer(lease))
}

// follow resolves what has changed, as a push does between two calls.
func (w *world) follow(lease ledger.Lease) {
	w.t.Helper()
	plan := w.plan(hubShop, ledger.Smart)
	plan.Follows = true
	page, err := w.Affected(w.ctx(), plan, nil, "", 100)
	require.NoError(w.t, err)
	w.resolvePage(lease, plan, page)
	require.NoError(w.t, w.AdvanceCursor(w.ctx(), lease, plan))
}

func followingPlans(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Full)
	w.report(lease, whole(), []inventory.Level{level("A", 1), level("B", 2)})
	w.resolve(lease, ledger.Full)
	w.tells(level("B", 3))
	w.follow(lease)
	w.tells(level("A", 4))
	w.follow(lease)
	require.Equal(t, []string{"A", "B"}, w.newer(lease), "both have moved since the run was resolved")
	w.resolve(lease, ledger.Full)
	require.Empty(t, w.newer(lease), "it was resolved anew")
}
