package ledgertest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

var resolveTests = tests{
	"a late attempt to resolve overwrites nothing newer": lateResolve,
	"a Full Sync that stopped half-way goes on":          goesOn,
	"rows become pending":                                resolvesPending,
	"even when the figure is the same":                   resolvesSame,
	"what a row was computed from":                       keepsWhy,
	"locations are rows of their own":                    resolvesLocations,
	"bundles":                                            resolvesBundles,
	"a strategy shares":                                  resolvesStrategy,
	"our own rules block":                                blocks,
	"a blocked row is released":                          unblocks,
	"an open call keeps its status":                      keepsUnknown,
	"a submission keeps its status":                      keepsSent,
	"a rejected row stays rejected":                      keepsRejected,
	"a rejected row is due after a definition":           releasesRedefined,
	"a rejected row is due after a Full Sync":            releasesFull,
	"a retrying row takes the new figure":                resolvesRetrying,
	"resolving again changes nothing":                    resolvesTwice,
	"what was exported stays known":                      keepsExported,
	"connections have rows of their own":                 separatesRows,
	"a product that was never reported":                  resolvesUnreported,
	"a page that is refused leaves nothing":              refusesPage,
	"a resolved row that goes back to a bundle":          becomesBundle,
}

func resolvesPending(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	result := w.report(lease, whole(), []inventory.Level{level("A", 5), level("B", -5), level("C", 0)})
	w.resolve(lease, ledger.Smart)
	require.Equal(t, map[string]string{"A": "pending 5, shows ?", "B": "pending 0, shows ?", "C": "pending 0, shows ?"}, w.rows(hubShop))
	row := w.row(hubShop, "A")
	require.Equal(t, hubShop, row.Connection)
	require.Equal(t, "A", row.Product)
	require.Equal(t, lease.Run, row.Run)
	require.Empty(t, row.Reason)
	require.Zero(t, row.Attempts)
	require.Nil(t, row.LastExported)
	require.Positive(t, row.Observed)
	require.LessOrEqual(t, row.Observed, result.Version)

	plan := w.plan(hubShop, ledger.Full)
	inputs, err := w.Inputs(w.ctx(), plan, []string{"A", "B"})
	require.NoError(t, err)
	written, err := w.Resolve(w.ctx(), lease, plan, []ledger.Resolution{
		{Affected: ledger.Affected{Product: "A", Redefined: true}, Levels: inventory.Resolve(inputs[0])},
		{Affected: ledger.Affected{Product: "B", Redefined: true}, Levels: inventory.Resolve(inputs[1])},
	}, w.now())
	require.NoError(t, err)
	require.EqualValues(t, 2, written)
}

func resolvesSame(t *testing.T, w *world) {
	w.pass(hubShop, ledger.Smart, level("A", -5))
	lease := w.changed(hubShop, level("A", -6))
	require.Equal(t, map[string]string{"A": "pending 0, shows 0"}, w.rows(hubShop), "the level changed")
	w.push(lease)
	w.end(lease, ledger.Completed)

	w.pass(hubMarket, ledger.Smart, level("A", 7))
	lease = w.changed(hubShop, level("A", -6))
	require.Equal(t, map[string]string{"A": "pending 0, shows 0"}, w.rows(hubShop), "it changed and came back")
	w.push(lease)
	w.end(lease, ledger.Completed)
	lease = w.take(hubShop, ledger.Full)
	w.resolve(lease, ledger.Full)
	require.Equal(t, map[string]string{"A": "pending 0, shows 0"}, w.rows(hubShop), "a Full Sync pushes everything")
}

func keepsWhy(t *testing.T, w *world) {
	w.apply(alter(func(d *ledger.Definitions) { d.Listings = []ledger.ListingDefinition{listing(shop, "A", "X")} }))
	reported := w.now()
	lease := w.take(hubShop, ledger.Smart)
	first := w.report(lease, whole(), []inventory.Level{levelAt("A", -5, reported)})
	w.resolve(lease, ledger.Smart)
	row := w.row(hubShop, "X")
	require.Equal(t, inventory.Explanation{
		Product: "A", Resolved: -5, Clamped: true, Listed: true, Levels: []inventory.FacilityFigure{{Facility: "east", Available: -5, ReportedAt: &reported}},
	}, row.Why)
	require.Equal(t, first.Version, w.item(lease, "X").Observed)
	w.report(lease, part(), []inventory.Level{level("OTHER", 1)})
	second := w.report(lease, part(), []inventory.Level{levelAt("A", 4, w.now())})
	w.resolve(lease, ledger.Smart)
	require.Equal(t, second.Version, w.item(lease, "X").Observed)
	require.Equal(t, int64(4), w.row(hubShop, "X").Why.Quantity)
}

func resolvesLocations(t *testing.T, w *world) {
	w.apply(alter(func(d *ledger.Definitions) {
		d.Connections[0].Inventory.Locations = []inventory.Location{
			{ID: "north", Facilities: []string{"east", "west"}}, {ID: "south", Facilities: []string{"west"}}, {ID: "void", Facilities: []string{"none"}},
		}
	}))
	lease := w.take(hubShop, ledger.Smart)
	rows := []inventory.Level{{Facility: "east", SKU: "A", Available: 1}, {Facility: "west", SKU: "A", Available: 2}}
	w.report(lease, whole(), rows)
	w.resolve(lease, ledger.Smart)
	require.Equal(t, map[string]string{"A@north": "pending 3, shows ?", "A@south": "pending 2, shows ?", "A@void": "pending 0, shows ?"}, w.rows(hubShop))
	w.push(lease)
	w.end(lease, ledger.Completed)
	w.pass(hubMarket, ledger.Smart)
	require.Equal(t, map[string]string{"A": "exported 3, shows 3"}, w.rows(hubMarket))

	w.apply(definitions())
	lease = w.take(hubShop, ledger.Smart)
	w.resolve(lease, ledger.Smart)
	require.Equal(t, map[string]string{
		"A": "pending 3, shows ?", "A@north": "blocked 3, shows 3", "A@south": "blocked 2, shows 2", "A@void": "blocked 0, shows 0",
	}, w.rows(hubShop), "rows that are no longer resolved keep their last number")
}

func resolvesBundles(t *testing.T, w *world) {
	w.apply(alter(func(d *ledger.Definitions) {
		d.Bundles = []ledger.BundleDefinition{bundle("KIT", of("A", 2), of("B", 1)), bundle("LACKS", of("A", 1), of("NEVER", 1))}
	}))
	lease := w.changed(hubShop, level("A", 9), level("B", 3))
	require.Equal(t, map[string]string{
		"A": "pending 9, shows ?", "B": "pending 3, shows ?", "KIT": "pending 3, shows ?", "LACKS": "pending 0, shows ?",
	}, w.rows(hubShop))
	w.push(lease)
	observed := w.row(hubShop, "KIT").Observed
	result := w.report(lease, part(), []inventory.Level{level("A", 8)})
	w.resolve(lease, ledger.Smart)
	require.Equal(t, "pending 3, shows 3", w.rows(hubShop)["KIT"], "a component changed, so it is due, even with the same figure")
	require.Greater(t, w.row(hubShop, "KIT").Observed, observed)
	require.Equal(t, result.Version, w.row(hubShop, "KIT").Observed, "it was computed from its newest component")
	require.Equal(t, "exported 3, shows 3", w.rows(hubShop)["B"])
}

func resolvesStrategy(t *testing.T, w *world) {
	w.apply(alter(func(d *ledger.Definitions) {
		d.Strategies = []ledger.StrategyDefinition{{Merchant: merchant, Warehouse: hub, Strategy: inventory.Strategy{BufferUnits: 2}}}
	}))
	w.pass(hubShop, ledger.Smart, level("A", 7))
	w.pass(hubMarket, ledger.Smart)
	require.Equal(t, map[string]string{"A": "exported 2, shows 2"}, w.rows(hubShop))
	require.Equal(t, map[string]string{"A": "exported 3, shows 3"}, w.rows(hubMarket))
}

func blocks(t *testing.T, w *world) {
	w.apply(alter(func(d *ledger.Definitions) {
		d.Connections[0].Inventory.Unlisted = inventory.UnlistedBlock
		d.Listings = []ledger.ListingDefinition{listing(shop, "B", "X")}
	}))
	lease := w.changed(hubShop, level("A", 5), level("B", 6))
	require.Equal(t, map[string]string{"A": "blocked 5, shows ?", "X": "pending 6, shows ?"}, w.rows(hubShop))
	require.Contains(t, w.row(hubShop, "A").Reason, "no listing")
	require.Len(t, w.due(lease), 1)
}

func unblocks(t *testing.T, w *world) {
	w.apply(alter(func(d *ledger.Definitions) { d.Connections[0].Inventory.Unlisted = inventory.UnlistedBlock }))
	w.pass(hubShop, ledger.Smart, level("A", 5))
	require.Equal(t, map[string]string{"A": "blocked 5, shows ?"}, w.rows(hubShop))
	w.apply(definitions())
	lease := w.take(hubShop, ledger.Smart)
	w.resolve(lease, ledger.Smart)
	require.Equal(t, map[string]string{"A": "pending 5, shows ?"}, w.rows(hubShop))
	require.Empty(t, w.row(hubShop, "A").Reason)
}

func keepsUnknown(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5))
	intent := w.intend(lease)
	w.change(lease, level("A", 6))
	require.Equal(t, map[string]string{"A": "unknown 6, shows ?"}, w.rows(hubShop))
	require.Empty(t, w.due(lease), "nothing else may be sent while a call is open")
	open := w.openCalls(hubShop)
	require.Len(t, open, 1)
	require.Equal(t, intent.Items, open[0].Items, "the call is what was sent")
}

func keepsSent(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5))
	intent := w.intend(lease)
	w.submitted(lease, intent, "T1")
	w.change(lease, level("A", 6))
	require.Equal(t, map[string]string{"A": "sent 6, shows ?"}, w.rows(hubShop))
	require.Empty(t, w.due(lease))
}

// submitted answers a call with a ticket.
func (w *world) submitted(lease ledger.Lease, intent ledger.Intent, ticket string) {
	w.t.Helper()
	now := w.now()
	answer := ledger.Response{Key: intent.Key, Ticket: ticket, PollAfter: now.Add(callTime), Now: now}
	for _, item := range intent.Items {
		answer.Items = append(answer.Items, says(item, ledger.StatusSent))
	}
	require.NoError(w.t, w.ApplyResponses(w.ctx(), lease, answer))
}

// rejected returns the lease of a run in which the store rejected A, which is 5.
func rejected(w *world) ledger.Lease {
	w.t.Helper()
	lease := w.changed(hubShop, level("A", 5))
	w.answered(lease, w.intend(lease), ledger.StatusRejected)
	require.Equal(w.t, map[string]string{"A": "rejected 5, shows ?"}, w.rows(hubShop))
	return lease
}

func keepsRejected(t *testing.T, w *world) {
	lease := rejected(w)
	reason := w.row(hubShop, "A").Reason
	require.NotEmpty(t, reason)
	w.change(lease, at("east", "A", 4), at("west", "A", 1))
	require.Equal(t, map[string]string{"A": "rejected 5, shows ?"}, w.rows(hubShop), "the levels moved, and the figure is the same")
	require.Equal(t, reason, w.row(hubShop, "A").Reason)
	require.Empty(t, w.due(lease))
}

func releasesRedefined(t *testing.T, w *world) {
	lease := rejected(w)
	w.apply(alter(func(d *ledger.Definitions) {
		d.Products = []ledger.Product{{Merchant: merchant, SKU: "A", Barcode: "1"}}
	}))
	w.resolve(lease, ledger.Smart)
	require.Equal(t, map[string]string{"A": "pending 5, shows ?"}, w.rows(hubShop))
	require.Empty(t, w.row(hubShop, "A").Reason)
	require.Len(t, w.due(lease), 1)
}

func releasesFull(t *testing.T, w *world) {
	w.end(rejected(w), ledger.CompletedWithFailures)
	lease := w.take(hubShop, ledger.Full)
	w.resolve(lease, ledger.Full)
	require.Equal(t, map[string]string{"A": "pending 5, shows ?"}, w.rows(hubShop))
	require.Len(t, w.due(lease), 1)
}

func resolvesRetrying(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5))
	w.answered(lease, w.intend(lease), ledger.StatusRetrying)
	require.Equal(t, map[string]string{"A": "retrying 5, shows ?"}, w.rows(hubShop))
	w.change(lease, level("A", 6))
	require.Equal(t, map[string]string{"A": "pending 6, shows ?"}, w.rows(hubShop))
	require.Equal(t, int64(6), w.item(lease, "A").Quantity)
}

func resolvesTwice(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, whole(), []inventory.Level{level("A", 5), level("B", 6)})
	plan := w.plan(hubShop, ledger.Smart)
	page := w.affected(plan)
	w.resolvePage(lease, plan, page)
	before := w.channelLevels(hubShop)
	w.resolvePage(lease, plan, page)
	require.Equal(t, before, w.channelLevels(hubShop))
}

func keepsExported(t *testing.T, w *world) {
	w.pass(hubShop, ledger.Smart, level("A", 5))
	exported := w.row(hubShop, "A").LastExported
	require.NotNil(t, exported)
	lease := w.changed(hubShop, level("A", 6))
	row := w.row(hubShop, "A")
	require.Equal(t, "pending 6, shows 5", describe(row))
	require.Equal(t, exported, row.LastExported)
	require.Equal(t, new(int64(5)), w.item(lease, "A").Exported)
}

func separatesRows(t *testing.T, w *world) {
	w.apply(alter(func(d *ledger.Definitions) { d.Listings = []ledger.ListingDefinition{listing(market, "A", "M")} }))
	w.pass(hubShop, ledger.Smart, level("A", 5))
	require.Empty(t, w.rows(hubMarket))
	lease := w.take(hubMarket, ledger.Smart)
	w.resolve(lease, ledger.Smart)
	require.Equal(t, map[string]string{"M": "pending 5, shows ?"}, w.rows(hubMarket))
	require.Equal(t, map[string]string{"A": "exported 5, shows 5"}, w.rows(hubShop))
	w.pass(annexShop, ledger.Smart, level("A", 70))
	require.Equal(t, map[string]string{"A": "exported 5, shows 5"}, w.rows(hubShop))
}

func resolvesUnreported(t *testing.T, w *world) {
	w.apply(alter(func(d *ledger.Definitions) {
		d.Products = []ledger.Product{{Merchant: merchant, SKU: "NEVER"}}
		d.Listings = []ledger.ListingDefinition{listing(shop, "NEVER", "X")}
	}))
	w.changed(hubShop, level("A", 5))
	require.Equal(t, map[string]string{"A": "pending 5, shows ?"}, w.rows(hubShop), "absence is not zero")
}

func refusesPage(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, whole(), []inventory.Level{level("A", 5)})
	plan := w.plan(hubShop, ledger.Smart)
	_, err := w.Resolve(w.ctx(), lease, plan, []ledger.Resolution{
		{Affected: ledger.Affected{Product: "A"}, Levels: []inventory.ChannelLevel{{ChannelSKU: "A", Quantity: 5}}},
		{Affected: ledger.Affected{Product: "B"}, Levels: []inventory.ChannelLevel{{ChannelSKU: "B", Quantity: -1}}},
	}, w.now())
	require.Error(t, err, "a store is never told a negative figure")
	require.Empty(t, w.rows(hubShop))
}

// becomesBundle: a product that becomes a bundle is resolved from its components from then on.
func becomesBundle(t *testing.T, w *world) {
	w.pass(hubShop, ledger.Smart, level("A", 9), level("KIT", 100))
	w.apply(alter(func(d *ledger.Definitions) { d.Bundles = []ledger.BundleDefinition{bundle("KIT", of("A", 2))} }))
	w.pass(hubShop, ledger.Smart)
	require.Equal(t, "exported 4, shows 4", w.rows(hubShop)["KIT"])
	w.apply(definitions())
	w.pass(hubShop, ledger.Smart)
	require.Equal(t, "exported 100, shows 100", w.rows(hubShop)["KIT"])
}

// An attempt of Resolve that timed out (its heartbeat was late) goes on beside the next attempt: both hold the same lease.
func lateResolve(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, part(), []inventory.Level{level("A", 5)})
	old := w.plan(hubShop, ledger.Smart)
	inputs, err := w.Inputs(w.ctx(), old, []string{"A"}) // the first attempt has read, and stands still
	require.NoError(t, err)
	_, err = w.Observe(w.ctx(), hub, []ledger.Observation{{Event: "e1", Level: level("A", 0)}}, w.now()) // sold out
	require.NoError(t, err)
	w.resolve(lease, ledger.Smart) // the second attempt: all of it
	require.EqualValues(t, 0, w.row(hubShop, "A").Quantity)

	_, err = w.Resolve(w.ctx(), lease, old, []ledger.Resolution{{Affected: ledger.Affected{Product: "A"}, Levels: inventory.Resolve(inputs[0])}}, w.now())
	if err == nil { // the first attempt writes its page, and dies
		w.push(lease)
	}
	w.end(lease, ledger.Completed)
	w.pass(hubShop, ledger.Smart)
	require.EqualValues(t, 0, *w.row(hubShop, "A").Exported, "the store sells what is sold out, and no Smart Sync finds it")
}

func goesOn(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Full)
	w.report(lease, whole(), []inventory.Level{level("A", 1), level("B", 2), level("C", 3), level("D", 4)})
	w.resolve(lease, ledger.Full)
	w.answered(lease, w.intend(lease, w.due(lease)[:2]...), ledger.StatusExported) // as far as a run gets
	w.end(lease, ledger.Partial)

	lease = w.take(hubShop, ledger.Full) // the workflow continues as new with Go, and its mode is Full
	w.report(lease, whole(), []inventory.Level{level("A", 1), level("B", 2), level("C", 3), level("D", 4)})
	w.resolve(lease, ledger.Smart) // as the workflow asks for when it goes on
	require.Equal(t, "C", w.due(lease)[0].ChannelSKU, "it begins again with A, so a run that gets to B each time never gets to C")
}
