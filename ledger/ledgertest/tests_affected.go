package ledgertest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

var affectedTests = tests{
	"by level":                        affectedByLevel,
	"by component":                    affectedByComponent,
	"by definition":                   affectedByDefinition,
	"by level and by definition":      affectedByBoth,
	"by a listing of another product": affectedByTaking,
	"everything":                      affectedByAll,
	"within a scope":                  affectedInScope,
	"pages are complete":              affectedInPages,
	"what inputs hold":                loadsInputs,
	"who takes a SKU":                 loadsTakenBy,
}

// catalogue has two bundles of one component, and listings on both stores.
func catalogue() ledger.Definitions {
	return alter(func(d *ledger.Definitions) {
		d.Products = []ledger.Product{{Merchant: merchant, SKU: "A", Name: "Anvil"}, {Merchant: merchant, SKU: "UNSEEN"}}
		d.Bundles = []ledger.BundleDefinition{bundle("KIT-1", of("A", 1), of("B", 2)), bundle("KIT-2", of("A", 3))}
		d.Listings = []ledger.ListingDefinition{listing(shop, "A", "SHOP-A"), listing(market, "B", "MARKET-B")}
	})
}

// upToDate returns a world in which the shop's connection has resolved everything.
func upToDate(w *world) {
	w.t.Helper()
	w.apply(catalogue())
	w.pass(hubShop, ledger.Smart, level("A", 30), level("B", 20), level("C", 10))
	require.Empty(w.t, w.affected(w.plan(hubShop, ledger.Smart)))
}

// products returns the affected products, with a mark on those that were redefined.
func (w *world) products(connection string, scope ...string) []string {
	w.t.Helper()
	names := []string{}
	for _, affected := range w.affected(w.plan(connection, ledger.Smart), scope...) {
		name := affected.Product
		if affected.Redefined {
			name += " redefined"
		}
		names = append(names, name)
	}
	return names
}

func affectedByLevel(t *testing.T, w *world) {
	upToDate(w)
	w.pass(annexShop, ledger.Smart)
	lease := w.take(hubMarket, ledger.Smart)
	w.report(lease, part(), []inventory.Level{
		level("C", 11), level("D", 1), {Facility: "west", SKU: "E", Available: 1}, {Facility: "east", SKU: "E", Available: 1},
	})
	require.Equal(t, []string{"C", "D", "E"}, w.products(hubShop))
	w.report(lease, part(), []inventory.Level{level("C", 10)})
	require.Equal(t, []string{"C", "D", "E"}, w.products(hubShop), "it is due even when the figure has come back")
	require.Empty(t, w.products(annexShop), "another warehouse, other levels")
}

func affectedByComponent(t *testing.T, w *world) {
	upToDate(w)
	lease := w.take(hubMarket, ledger.Smart)
	w.report(lease, part(), []inventory.Level{level("B", 21)})
	require.Equal(t, []string{"B", "KIT-1"}, w.products(hubShop))
	w.report(lease, part(), []inventory.Level{level("A", 31)})
	require.Equal(t, []string{"A", "B", "KIT-1", "KIT-2"}, w.products(hubShop))
}

func affectedByDefinition(t *testing.T, w *world) {
	for name, test := range map[string]struct {
		change func(d *ledger.Definitions)
		want   []string
	}{
		"a product": {func(d *ledger.Definitions) { d.Products[0].Name = "Amboss" }, []string{"A redefined"}},
		"a new product": {func(d *ledger.Definitions) {
			d.Products = append(d.Products, ledger.Product{Merchant: merchant, SKU: "C"})
		}, []string{"C redefined"}},
		"a removed product":   {func(d *ledger.Definitions) { d.Products = d.Products[1:] }, []string{"A redefined"}},
		"a bundle":            {func(d *ledger.Definitions) { d.Bundles[1].Components[0].Count = 4 }, []string{"KIT-2 redefined"}},
		"a new bundle":        {func(d *ledger.Definitions) { d.Bundles = append(d.Bundles, bundle("KIT-3", of("C", 1))) }, []string{"KIT-3 redefined"}},
		"a removed bundle":    {func(d *ledger.Definitions) { d.Bundles = d.Bundles[:1] }, []string{"KIT-2 redefined"}},
		"a listing":           {func(d *ledger.Definitions) { d.Listings = append(d.Listings, listing(shop, "A", "SHOP-A2")) }, []string{"A redefined"}},
		"a bundle's listing":  {func(d *ledger.Definitions) { d.Listings = append(d.Listings, listing(shop, "KIT-2", "K")) }, []string{"KIT-2 redefined"}},
		"a removed listing":   {func(d *ledger.Definitions) { d.Listings = d.Listings[1:] }, []string{"A redefined"}},
		"a listing that went": {func(d *ledger.Definitions) { d.Listings[0].SKU = "C" }, []string{"A redefined", "C redefined"}},
	} {
		upToDate(w)
		d := catalogue()
		test.change(&d)
		w.apply(d)
		products := slices.DeleteFunc(w.products(hubShop), func(product string) bool {
			return product == "SHOP-A redefined" || product == "K redefined" || product == "SHOP-A2 redefined"
		})
		require.Equal(t, test.want, products, name)
	}
	upToDate(w)
	d := catalogue()
	d.Listings[1].ChannelSKU = "B2"
	w.apply(d)
	require.Empty(t, w.products(hubShop), "a listing on another store")
}

func affectedByBoth(t *testing.T, w *world) {
	upToDate(w)
	w.report(w.take(hubMarket, ledger.Smart), part(), []inventory.Level{level("A", 31), level("B", 21)})
	d := catalogue()
	d.Listings = nil
	d.Bundles[1].Components[0].Count = 4
	w.apply(d)
	products := slices.DeleteFunc(w.products(hubShop), func(product string) bool { return product == "SHOP-A redefined" })
	require.Equal(t, []string{"A redefined", "B", "KIT-1", "KIT-2 redefined"}, products)
}

// affectedByTaking: a listing whose channel SKU is that of a reported product blocks this product. When the listing is removed, the product
// goes out again.
func affectedByTaking(t *testing.T, w *world) {
	upToDate(w)
	d := catalogue()
	d.Listings = append(d.Listings, listing(shop, "B", "C"))
	w.apply(d)
	require.Equal(t, []string{"B redefined", "C redefined"}, w.products(hubShop))
	w.pass(hubShop, ledger.Smart)
	w.apply(catalogue())
	require.Equal(t, []string{"B redefined", "C redefined"}, w.products(hubShop))
}

func affectedByAll(t *testing.T, w *world) {
	upToDate(w)
	w.report(w.take(annexShop, ledger.Smart), part(), []inventory.Level{level("ANNEX", 1)})
	var want []ledger.Affected
	for _, product := range []string{"A", "B", "C", "KIT-1", "KIT-2"} {
		want = append(want, ledger.Affected{Product: product, Redefined: true})
	}
	require.Equal(t, want, w.affected(w.plan(hubShop, ledger.Full)))
	w.apply(alter(func(d *ledger.Definitions) {
		other := catalogue()
		d.Products, d.Bundles, d.Listings = other.Products, other.Bundles, other.Listings
		d.Connections[0].Inventory.Unlisted = inventory.UnlistedBlock
	}))
	require.Equal(t, want, w.affected(w.plan(hubShop, ledger.Smart)))
}

func affectedInScope(t *testing.T, w *world) {
	upToDate(w)
	for name, test := range map[string]struct{ scope, want []string }{
		"a component":     {[]string{"A"}, []string{"A", "KIT-1", "KIT-2"}},
		"two of a bundle": {[]string{"B", "A"}, []string{"A", "B", "KIT-1", "KIT-2"}},
		"a bundle":        {[]string{"KIT-1"}, []string{"KIT-1"}},
		"by itself":       {[]string{"C"}, []string{"C"}},
		"twice":           {[]string{"C", "C"}, []string{"C"}},
		"a pattern":       {[]string{"%", "_", "KIT-_", "a", "A "}, nil},
	} {
		for _, mode := range []ledger.Mode{ledger.Smart, ledger.Full} {
			var products []string
			for _, affected := range w.affected(w.plan(hubShop, mode), test.scope...) {
				if slices.Contains(test.want, affected.Product) || len(w.plannedLevels(affected.Product)) > 0 {
					products = append(products, affected.Product)
				}
			}
			require.Equal(t, test.want, products, "%s, %s", name, mode)
		}
	}
}

// plannedLevels returns the channel levels that a product of the hub would have at the shop.
func (w *world) plannedLevels(product string) []inventory.ChannelLevel {
	w.t.Helper()
	inputs, err := w.Inputs(w.ctx(), w.plan(hubShop, ledger.Smart), []string{product})
	require.NoError(w.t, err)
	return inventory.Resolve(inputs[0])
}

func affectedInPages(t *testing.T, w *world) {
	upToDate(w)
	var rows []inventory.Level
	var want []string
	for i := range 40 {
		rows = append(rows, level(fmt.Sprintf("P%03d", i*7%40), int64(i)))
		want = append(want, fmt.Sprintf("P%03d", i))
	}
	lease := w.take(hubMarket, ledger.Smart)
	for _, row := range rows { // each by itself: their versions are not in the order of their names
		w.report(lease, part(), []inventory.Level{row})
	}
	plan := w.plan(hubShop, ledger.Smart)
	for _, limit := range []int{1, 3, 39, 40, 41} {
		var products []string
		for after := ""; ; {
			page, err := w.Affected(w.ctx(), plan, nil, after, limit)
			require.NoError(t, err)
			if len(page) == 0 {
				break
			}
			if len(products)+len(page) < len(want) {
				require.Len(t, page, limit, "only the last page may be short")
			}
			for _, affected := range page {
				products = append(products, affected.Product)
			}
			after = page[len(page)-1].Product
		}
		require.Equal(t, want, products, "limit %d", limit)
	}
}

func loadsInputs(t *testing.T, w *world) {
	upToDate(w)
	reported := w.now()
	w.report(w.take(hubMarket, ledger.Smart), part(), []inventory.Level{{Facility: "west", SKU: "A", Available: -4, OnHand: new(int64(1)), ReportedAt: reported}})
	inputs, err := w.Inputs(w.ctx(), w.plan(hubShop, ledger.Smart), []string{"KIT-1", "A", "UNSEEN", "B", "NOWHERE"})
	require.NoError(t, err)
	require.Len(t, inputs, 5)
	figures := func(i int, sku string) map[string]int64 {
		available := map[string]int64{}
		for _, level := range inputs[i].Levels[sku] {
			require.Equal(t, sku, level.SKU)
			available[level.Facility] = level.Available
		}
		return available
	}
	require.Equal(t, map[string]int64{"east": 30, "west": -4}, figures(0, "A"))
	require.Equal(t, map[string]int64{"east": 20}, figures(0, "B"))
	require.Equal(t, "KIT-1", inputs[0].Bundle.SKU)
	require.Equal(t, []inventory.Component{of("A", 1), of("B", 2)}, inputs[0].Bundle.Components)
	require.Empty(t, inputs[0].Listings)
	require.Equal(t, map[string]int64{"east": 30, "west": -4}, figures(1, "A"))
	require.Nil(t, inputs[1].Bundle)
	require.Equal(t, []inventory.Listing{{SKU: "A", ChannelSKU: "SHOP-A"}}, inputs[1].Listings)
	for _, level := range inputs[1].Levels["A"] {
		if level.Facility == "west" {
			require.Equal(t, reported, level.ReportedAt)
		}
	}
	require.Empty(t, inputs[2].Levels["UNSEEN"])
	require.Empty(t, inputs[3].Listings, "that one is on another store")
	require.Equal(t, "NOWHERE", inputs[4].Product)
	require.Empty(t, inputs[4].Levels["NOWHERE"])
	inputs, err = w.Inputs(w.ctx(), w.plan(hubShop, ledger.Smart), nil)
	require.NoError(t, err)
	require.Empty(t, inputs)
}

func loadsTakenBy(t *testing.T, w *world) {
	w.apply(alter(func(d *ledger.Definitions) {
		d.Listings = []ledger.ListingDefinition{listing(shop, "A", "B"), listing(shop, "B", "X"), listing(shop, "C", "C"), listing(market, "A", "D")}
	}))
	inputs, err := w.Inputs(w.ctx(), w.plan(hubShop, ledger.Smart), []string{"A", "B", "C", "D"})
	require.NoError(t, err)
	require.Empty(t, inputs[0].TakenBy)
	require.Equal(t, "A", inputs[1].TakenBy)
	require.Contains(t, []string{"", "C"}, inputs[2].TakenBy, "its own listing takes nothing from it")
	require.Empty(t, inputs[3].TakenBy, "another store's listing takes nothing here")
}
