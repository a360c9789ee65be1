package ledgertest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
)

var applyTests = tests{
	"a store that became another account is told everything": changesAccount,
	"another quantity field is read anew":                    readsAnew,
	"what was applied is read back":                          readsBack,
	"applying again changes nothing":                         appliesOnce,
	"everything that changed is told":                        tellsChanges,
	"a listing that moved is one change":                     movesListing,
	"a dry run makes no change":                              dryRuns,
	"absent things are kept":                                 keepsAbsent,
	"the catalogue is listed by the page":                    cataloguePages,
	"absent things are pruned":                               prunes,
	"a pruned run is fenced off":                             prunesRun,
	"refused definitions change nothing":                     refusesDefinitions,
	"what does not exist":                                    findsNothing,
	"a connection that leads to elsewhere":                   changesStore,
	"a snapshot that was begun by other settings":            readsByNewSettings,
}

// rich returns definitions with a value in every field.
func rich() ledger.Definitions {
	return alter(func(d *ledger.Definitions) {
		d.Warehouses[0].Settings = settings.Values{"path": "/stock/*.csv", "columns": map[string]any{"sku": "Artikel"}}
		d.Warehouses[0].Quantity, d.Warehouses[0].Missing = inventory.QuantityOnHand, inventory.MissingZero
		d.Stores[0].Settings = settings.Values{"endpoint": "http://127.0.0.1:1", "keys": true}
		d.Stores[0].BatchSize = 7
		d.Stores[0].Budget = ledger.Budget{
			Share: 0.5, QuietHours: &ledger.QuietHours{From: "22:00", To: "06:30", Timezone: "Europe/Berlin"}, DailyCalls: 900, Calls: 3,
		}
		d.Connections[0].Inventory = ledger.Flow{
			Enabled: true, Timezone: "America/New_York", Overlap: ledger.OverlapBuffer, Unlisted: inventory.UnlistedBlock,
			Smart: []ledger.Rule{
				{Every: 90 * time.Minute},
				{Hourly: &ledger.Hourly{Every: 2, Minute: 15}},
				{Flexible: &ledger.Flexible{Every: 30 * time.Minute, From: 8, To: 18, Days: []string{"mon", "sun"}}},
			},
			Full:      []ledger.Rule{{Daily: "01:00"}},
			Locations: []inventory.Location{{ID: "north", Facilities: []string{"east", "west"}}},
		}
		d.Strategies = []ledger.StrategyDefinition{{Merchant: merchant, Warehouse: hub, Strategy: inventory.Strategy{
			BufferPercent: 12.5, Minimum: 2, Distribution: inventory.DistributePriority,
			Weights: map[string]int64{hubShop: 3}, Priority: []string{hubMarket}, Caps: map[string]int64{hubMarket: 9},
		}}}
		d.Products = []ledger.Product{{Merchant: merchant, SKU: "A", Name: "Ärmel", Barcode: "4006381333931"}}
		d.Bundles = []ledger.BundleDefinition{bundle("KIT", of("A", 2), of("B", 1))}
		d.Listings = []ledger.ListingDefinition{listing(shop, "A", "SHOP-A"), listing(shop, "A", "SHOP-A2"), listing(market, "A", "SHOP-A")}
	})
}

func readsBack(t *testing.T, w *world) {
	wanted := rich()
	w.apply(wanted)
	for _, want := range wanted.Warehouses {
		stored, err := w.Warehouse(w.ctx(), want.ID)
		require.NoError(t, err)
		require.Equal(t, want, stored)
	}
	for _, want := range wanted.Stores {
		stored, err := w.Store(w.ctx(), want.ID)
		require.NoError(t, err)
		require.Equal(t, want, stored)
	}
	for _, want := range wanted.Connections {
		stored, err := w.Connection(w.ctx(), want.ID)
		require.NoError(t, err)
		require.Equal(t, want, stored)
	}
	warehouses, err := w.Warehouses(w.ctx())
	require.NoError(t, err)
	require.Equal(t, []ledger.Warehouse{wanted.Warehouses[1], wanted.Warehouses[0]}, warehouses, "in the order of their ids")
	stores, err := w.Stores(w.ctx())
	require.NoError(t, err)
	require.Equal(t, []ledger.Store{wanted.Stores[1], wanted.Stores[0]}, stores)
	connections, err := w.Connections(w.ctx())
	require.NoError(t, err)
	require.Equal(t, []ledger.Connection{wanted.Connections[2], wanted.Connections[1], wanted.Connections[0]}, connections)
	strategy, err := w.Strategy(w.ctx(), merchant, hub)
	require.NoError(t, err)
	require.Equal(t, &wanted.Strategies[0].Strategy, strategy)
	strategy, err = w.Strategy(w.ctx(), merchant, annex)
	require.NoError(t, err)
	require.Nil(t, strategy)
}

func appliesOnce(t *testing.T, w *world) {
	require.Empty(t, w.apply(definitions()), "these are there already")
	require.NotEmpty(t, w.apply(rich()))
	before := w.plan(hubShop, ledger.Smart).Next
	require.Empty(t, w.apply(rich()))
	require.Equal(t, before, w.plan(hubShop, ledger.Smart).Next, "a version is given to changes only")
}

func tellsChanges(t *testing.T, w *world) {
	changes := w.apply(rich())
	require.ElementsMatch(t, []string{
		"changed warehouse hub", "changed store shop", "changed connection hub-shop", "created strategy acme/hub", "created product acme/A",
		"created bundle acme/KIT", "created listing shop/SHOP-A", "created listing shop/SHOP-A2", "created listing market/SHOP-A",
	}, actions(changes))
	other := rich()
	other.Products[0].Name = "Sleeve"
	other.Bundles[0].Components[0].Count = 3
	other.Strategies[0].Strategy.Minimum = 3
	require.ElementsMatch(t, []string{"changed product acme/A", "changed bundle acme/KIT", "changed strategy acme/hub"}, actions(w.apply(other)))
	require.ElementsMatch(t, []string{
		"changed warehouse hub", "changed store shop", "changed connection hub-shop", "removed strategy acme/hub", "removed product acme/A",
		"removed bundle acme/KIT", "removed listing shop/SHOP-A", "removed listing shop/SHOP-A2", "removed listing market/SHOP-A",
	}, actions(w.apply(definitions())))
	require.Empty(t, w.apply(definitions()))
}

func actions(changes []ledger.Change) []string {
	var lines []string
	for _, change := range changes {
		lines = append(lines, change.Action+" "+change.Kind+" "+change.ID)
	}
	return lines
}

func movesListing(t *testing.T, w *world) {
	w.apply(alter(func(d *ledger.Definitions) { d.Listings = []ledger.ListingDefinition{listing(shop, "A", "X")} }))
	moved := alter(func(d *ledger.Definitions) { d.Listings = []ledger.ListingDefinition{listing(shop, "B", "X")} })
	require.Equal(t, []string{"changed listing shop/X"}, actions(w.apply(moved)))
	require.Empty(t, w.apply(moved))
	require.Equal(t, []string{"changed listing shop/X"},
		actions(w.apply(alter(func(d *ledger.Definitions) { d.Listings = []ledger.ListingDefinition{listing(shop, "A", "X")} }))), "and back again")
}

func dryRuns(t *testing.T, w *world) {
	before := w.plan(hubShop, ledger.Smart)
	foretold, err := w.Apply(w.ctx(), rich(), ledger.ApplyOptions{DryRun: true})
	require.NoError(t, err)
	require.Equal(t, before, w.plan(hubShop, ledger.Smart))
	require.Empty(t, w.apply(definitions()))
	require.Equal(t, foretold, w.apply(rich()))
	pruned := ledger.Definitions{Warehouses: []ledger.Warehouse{warehouse(hub)}}
	foretold, err = w.Apply(w.ctx(), pruned, ledger.ApplyOptions{DryRun: true, Prune: true})
	require.NoError(t, err)
	_, err = w.Connection(w.ctx(), hubShop)
	require.NoError(t, err)
	changes, err := w.Apply(w.ctx(), pruned, ledger.ApplyOptions{Prune: true})
	require.NoError(t, err)
	require.Equal(t, foretold, changes)
}

// without returns the usual definitions without the annex, the market and their connections.
func without() ledger.Definitions {
	return alter(func(d *ledger.Definitions) {
		d.Warehouses, d.Stores, d.Connections = d.Warehouses[:1], d.Stores[:1], d.Connections[:1]
	})
}

var absent = []string{"connection annex-shop", "connection hub-market", "store market", "warehouse annex"}

func keepsAbsent(t *testing.T, w *world) {
	w.pass(hubMarket, ledger.Smart, level("A", 5))
	for range 2 { // they are told every time
		var kept []string
		for _, change := range w.apply(without()) {
			require.Equal(t, "kept", change.Action)
			kept = append(kept, change.Kind+" "+change.ID)
		}
		require.ElementsMatch(t, absent, kept)
	}
	_, err := w.Warehouse(w.ctx(), annex)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"A": "exported 5, shows 5"}, w.rows(hubMarket))
	require.Empty(t, w.apply(definitions()))
}

func prunes(t *testing.T, w *world) {
	run := w.pass(hubMarket, ledger.Smart, level("A", 5))
	annexed := w.pass(annexShop, ledger.Smart, level("B", 6))
	kept := w.pass(hubShop, ledger.Smart)
	changes, err := w.Apply(w.ctx(), without(), ledger.ApplyOptions{Prune: true})
	require.NoError(t, err)
	var removed []string
	for _, change := range changes {
		require.Equal(t, "removed", change.Action)
		removed = append(removed, change.Kind+" "+change.ID)
	}
	require.ElementsMatch(t, absent, removed)
	_, err = w.Warehouse(w.ctx(), annex)
	require.ErrorIs(t, err, ledger.ErrNotFound)
	_, err = w.Store(w.ctx(), market)
	require.ErrorIs(t, err, ledger.ErrNotFound)
	_, err = w.Connection(w.ctx(), hubMarket)
	require.ErrorIs(t, err, ledger.ErrNotFound)
	for _, gone := range []int64{run, annexed} {
		_, err = w.Run(w.ctx(), gone)
		require.ErrorIs(t, err, ledger.ErrNotFound)
	}
	_, err = w.Run(w.ctx(), kept)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"A": "exported 5, shows 5"}, w.rows(hubShop))
	require.Equal(t, map[string]int64{"A": 5}, w.available(hub))

	w.apply(definitions())
	require.Empty(t, w.available(annex), "nothing of the old one is left")
	require.Empty(t, w.rows(hubMarket))
	require.Empty(t, w.rows(annexShop))
}

func prunesRun(t *testing.T, w *world) {
	lease := w.take(hubMarket, ledger.Smart)
	id := w.stage(lease, []inventory.Level{level("A", 5)})
	_, err := w.Apply(w.ctx(), without(), ledger.ApplyOptions{Prune: true})
	require.NoError(t, err)
	_, err = w.Record(w.ctx(), lease, id, ledger.SnapshotEnd{Rows: 1, Guard: lax, Now: w.now()})
	require.ErrorIs(t, err, ledger.ErrFenced)
	require.Empty(t, w.available(hub))
}

func refusesDefinitions(t *testing.T, w *world) {
	for name, d := range map[string]ledger.Definitions{
		"a warehouse twice":    alter(func(d *ledger.Definitions) { d.Warehouses = append(d.Warehouses, warehouse(hub)) }),
		"a store twice":        alter(func(d *ledger.Definitions) { d.Stores = append(d.Stores, store(shop)) }),
		"a connection twice":   alter(func(d *ledger.Definitions) { d.Connections = append(d.Connections, connection(hub, shop)) }),
		"an unknown warehouse": alter(func(d *ledger.Definitions) { d.Connections = append(d.Connections, connection("moon", shop)) }),
		"an unknown store":     alter(func(d *ledger.Definitions) { d.Connections = append(d.Connections, connection(hub, "moon")) }),
		"a product twice": alter(func(d *ledger.Definitions) {
			d.Products = []ledger.Product{{Merchant: merchant, SKU: "A", Name: ""}, {Merchant: merchant, SKU: "A", Name: "x"}}
		}),
		"a bundle twice": alter(func(d *ledger.Definitions) {
			d.Bundles = []ledger.BundleDefinition{bundle("K", of("A", 1)), bundle("K", of("B", 1))}
		}),
		"a channel SKU twice": alter(func(d *ledger.Definitions) {
			d.Listings = []ledger.ListingDefinition{listing(shop, "A", "X"), listing(shop, "B", "X")}
		}),
		"a NUL in an id": alter(func(d *ledger.Definitions) { d.Stores = append(d.Stores, store("a\x00b")) }),
		"a NUL in a product": alter(func(d *ledger.Definitions) {
			d.Products = []ledger.Product{{Merchant: merchant, SKU: "A\x00", Name: ""}}
		}),
		"a NUL in a name": alter(func(d *ledger.Definitions) {
			d.Products = []ledger.Product{{Merchant: merchant, SKU: "A", Name: "\x00"}}
		}),
		"no text in a listing":  alter(func(d *ledger.Definitions) { d.Listings = []ledger.ListingDefinition{listing(shop, "A", "\xff")} }),
		"no text in a SKU":      alter(func(d *ledger.Definitions) { d.Listings = []ledger.ListingDefinition{listing(shop, "A\xff", "X")} }),
		"a NUL in a component":  alter(func(d *ledger.Definitions) { d.Bundles = []ledger.BundleDefinition{bundle("K", of("A\x00", 1))} }),
		"no text in a merchant": alter(func(d *ledger.Definitions) { d.Bundles = []ledger.BundleDefinition{{Merchant: "\xff"}} }),
	} {
		d.Warehouses[0].Driver = "never"
		_, err := w.Apply(w.ctx(), d, ledger.ApplyOptions{})
		require.Error(t, err, name)
		stored, err := w.Warehouse(w.ctx(), hub)
		require.NoError(t, err)
		require.Equal(t, warehouse(hub), stored, name)
	}
	require.Empty(t, w.apply(definitions()))
}

func findsNothing(t *testing.T, w *world) {
	for _, id := range []string{"", "hub ", "HUB", "moon"} {
		_, err := w.Warehouse(w.ctx(), id)
		require.ErrorIs(t, err, ledger.ErrNotFound)
		_, err = w.Store(w.ctx(), id)
		require.ErrorIs(t, err, ledger.ErrNotFound)
		_, err = w.Connection(w.ctx(), id)
		require.ErrorIs(t, err, ledger.ErrNotFound)
		_, err = w.Plan(w.ctx(), id, ledger.Smart)
		require.ErrorIs(t, err, ledger.ErrNotFound)
	}
	require.NoError(t, w.Check(w.ctx()))
}

// changesStore: the figures that one store shows mean nothing for another.
func changesStore(t *testing.T, w *world) {
	w.pass(hubShop, ledger.Smart, level("A", 5))
	lease := w.take(hubShop, ledger.Smart)
	elsewhere := alter(func(d *ledger.Definitions) { d.Connections[0].Store = market })
	w.apply(elsewhere)
	require.ErrorIs(t, w.AdvanceCursor(w.ctx(), lease, w.plan(hubShop, ledger.Smart)), ledger.ErrFenced)
	plan := w.plan(hubShop, ledger.Smart)
	require.True(t, plan.Everything)
	require.True(t, plan.Redefined)
	require.Empty(t, w.rows(hubShop))
	lease = w.take(hubShop, ledger.Smart)
	require.Equal(t, market, lease.Store)
	w.resolve(lease, ledger.Smart)
	require.Equal(t, map[string]string{"A": "pending 5, shows ?"}, w.rows(hubShop))
}

func changesAccount(t *testing.T, w *world) {
	w.pass(hubShop, ledger.Full, level("A", 5))
	w.apply(alter(func(d *ledger.Definitions) { d.Stores[0].Driver = "shopify" }))
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, whole(), []inventory.Level{level("A", 5)})
	w.resolve(lease, ledger.Smart)
	require.NotEmpty(t, w.due(lease), "nothing is known of what the new account shows; row: %s", describe(w.row(hubShop, "A")))
}

// readsAnew: when a setting changes that gives the rows another meaning, the next fetch reads everything again, and the apply says so.
func readsAnew(t *testing.T, w *world) {
	with := func(change func(one *ledger.Warehouse)) ledger.Definitions {
		return alter(func(d *ledger.Definitions) {
			d.Warehouses[0].Settings = settings.Values{"path": "stock.csv", "columns": map[string]any{"sku": "SKU"}, "token": "env:OLD", "max_rows": int64(9)}
			change(&d.Warehouses[0])
		})
	}
	for name, test := range map[string]struct {
		change func(one *ledger.Warehouse)
		anew   bool
	}{
		"quantity":     {func(one *ledger.Warehouse) { one.Quantity = inventory.QuantityOnHand }, true},
		"missing":      {func(one *ledger.Warehouse) { one.Missing = inventory.MissingZero }, true},
		"driver":       {func(one *ledger.Warehouse) { one.Driver = "csv" }, true},
		"a facility":   {func(one *ledger.Warehouse) { one.Settings["facility"] = "portland" }, true},
		"columns":      {func(one *ledger.Warehouse) { one.Settings["columns"] = map[string]string{"sku": "Article"} }, true},
		"the same":     {func(one *ledger.Warehouse) { one.Settings["columns"] = map[string]string{"sku": "SKU"} }, false},
		"a credential": {func(one *ledger.Warehouse) { one.Settings["token"] = "file:/new" }, false},
		"freshness":    {func(one *ledger.Warehouse) { one.Freshness = time.Hour }, false},
		"the guard":    {func(one *ledger.Warehouse) { one.Guard.MaximumMissing = 0.5 }, false},
		"a hook": {func(one *ledger.Warehouse) {
			one.Hook = &ledger.Hook{Format: ledger.HookBearer, Keys: []string{"env:KEY"}}
		}, false},
	} {
		w.apply(with(func(*ledger.Warehouse) {}))
		lease := w.take(hubShop, ledger.Smart)
		end := whole()
		end.SourceCursor = "the hash of a file"
		since := w.now()
		w.report(lease, end, []inventory.Level{level("A", 5)})
		other := w.take(hubMarket, ledger.Smart)

		_, err := w.Apply(w.ctx(), with(test.change), ledger.ApplyOptions{DryRun: true})
		require.NoError(t, err)
		cursor, err := w.SourceCursor(w.ctx(), hub)
		require.NoError(t, err)
		require.Equal(t, end.SourceCursor, cursor, "%s: a dry run changes nothing", name)
		changes := w.apply(with(test.change))
		cursor, err = w.SourceCursor(w.ctx(), hub)
		require.NoError(t, err)
		if test.anew {
			require.Len(t, changes, 1, name)
			require.Contains(t, changes[0].Detail, "its next fetch reads everything again", name)
			require.Empty(t, cursor, "%s: what was read was read as something else", name)
			require.Zero(t, w.share(other, since, false), "%s: and is not shared", name)
		} else {
			for _, change := range changes {
				require.NotContains(t, change.Detail, "reads everything again", name)
			}
			require.Equal(t, end.SourceCursor, cursor, name)
			require.Equal(t, lease.Run, w.share(other, since, false).Run, name)
		}
		w.end(lease, ledger.Completed)
		w.end(other, ledger.Completed)
	}
}

// readsByNewSettings: a snapshot that was begun before a setting changed is not recorded with the old meaning of its rows.
func readsByNewSettings(t *testing.T, w *world) {
	lease, other := w.take(hubShop, ledger.Smart), w.take(hubMarket, ledger.Smart)
	since := w.now()
	id := w.stage(lease, []inventory.Level{level("A", 5)})
	sent := w.upload(level("B", 6))
	w.apply(alter(func(d *ledger.Definitions) { d.Warehouses[0].Settings = settings.Values{"facility": "portland"} }))
	require.Zero(t, w.share(other, since, false).Fetching, "nobody waits for it")
	_, err := w.Record(w.ctx(), lease, id, ledger.SnapshotEnd{Full: true, Rows: 1, SourceCursor: "old", Guard: lax, Now: w.now()})
	require.ErrorContains(t, err, "it is fetched again")
	require.Contains(t, w.uploaded(sent, part(), 1).Held, "send it again")
	require.Empty(t, w.levels(hub))
	cursor, err := w.SourceCursor(w.ctx(), hub)
	require.NoError(t, err)
	require.Empty(t, cursor)
	w.report(lease, whole(), in("portland", level("A", 5)))
	w.uploaded(w.upload(in("portland", level("B", 6))...), part(), 1)
	require.Equal(t, map[string]int64{"A@portland": 5, "B@portland": 6}, w.available(hub))
}

func cataloguePages(t *testing.T, w *world) {
	w.apply(alter(func(d *ledger.Definitions) {
		d.Products = []ledger.Product{
			{Merchant: merchant, SKU: "B", Name: "Bell"},
			{Merchant: merchant, SKU: "A", Name: "Axle", Barcode: "1"},
			{Merchant: merchant, SKU: "C"},
		}
		d.Bundles = []ledger.BundleDefinition{bundle("KIT", of("B", 2), of("A", 1)), bundle("PAIR", of("A", 2))}
		d.Listings = []ledger.ListingDefinition{listing(shop, "B", "b"), listing(shop, "A", "a"), listing(market, "A", "x")}
	}))
	products, err := w.Products(w.ctx(), merchant, ledger.Page{Limit: 2})
	require.NoError(t, err)
	require.Equal(t, []ledger.Product{{Merchant: merchant, SKU: "A", Name: "Axle", Barcode: "1"}, {Merchant: merchant, SKU: "B", Name: "Bell"}}, products)
	products, err = w.Products(w.ctx(), merchant, ledger.Page{After: "B"})
	require.NoError(t, err)
	require.Equal(t, []ledger.Product{{Merchant: merchant, SKU: "C"}}, products)
	bundles, err := w.Bundles(w.ctx(), merchant, ledger.Page{})
	require.NoError(t, err)
	require.Equal(t, []ledger.BundleDefinition{bundle("KIT", of("B", 2), of("A", 1)), bundle("PAIR", of("A", 2))}, bundles, "components in their order")
	for component, want := range map[string][]string{"A": {"KIT", "PAIR"}, "B": {"KIT"}, "C": nil, "KIT": nil} {
		skus, err := w.BundlesWith(w.ctx(), merchant, component, 0)
		require.NoError(t, err)
		require.Equal(t, want, skus, component)
	}
	skus, err := w.BundlesWith(w.ctx(), merchant, "A", 1)
	require.NoError(t, err)
	require.Equal(t, []string{"KIT"}, skus)
	skus, err = w.BundlesWith(w.ctx(), "another", "A", 0)
	require.NoError(t, err)
	require.Empty(t, skus)
	listings, err := w.Listings(w.ctx(), shop, ledger.Page{})
	require.NoError(t, err)
	require.Equal(t, []ledger.ListingDefinition{listing(shop, "A", "a"), listing(shop, "B", "b")}, listings)
	bundles, err = w.Bundles(w.ctx(), merchant, ledger.Page{Prefix: "K"})
	require.NoError(t, err)
	require.Equal(t, []ledger.BundleDefinition{bundle("KIT", of("B", 2), of("A", 1))}, bundles, "those that begin so")
	bundles, err = w.Bundles(w.ctx(), merchant, ledger.Page{Prefix: "KIT", After: "KIT"})
	require.NoError(t, err)
	require.Empty(t, bundles)
	products, err = w.Products(w.ctx(), merchant, ledger.Page{Prefix: "a"})
	require.NoError(t, err)
	require.Empty(t, products, "byte by byte")
	listings, err = w.Listings(w.ctx(), shop, ledger.Page{Prefix: "b"})
	require.NoError(t, err)
	require.Equal(t, []ledger.ListingDefinition{listing(shop, "B", "b")}, listings)
	listings, err = w.ListingsOf(w.ctx(), shop, []string{"C", "A"})
	require.NoError(t, err)
	require.Equal(t, []ledger.ListingDefinition{listing(shop, "A", "a")}, listings)
	listings, err = w.ListingsOf(w.ctx(), shop, nil)
	require.NoError(t, err)
	require.Empty(t, listings)
	w.apply(definitions())
	for _, list := range []func() (int, error){
		func() (int, error) {
			products, err := w.Products(w.ctx(), merchant, ledger.Page{})
			return len(products), err
		},
		func() (int, error) {
			bundles, err := w.Bundles(w.ctx(), merchant, ledger.Page{})
			return len(bundles), err
		},
		func() (int, error) {
			listings, err := w.Listings(w.ctx(), shop, ledger.Page{})
			return len(listings), err
		},
		func() (int, error) {
			bundles, err := w.BundlesWith(w.ctx(), merchant, "A", 0)
			return len(bundles), err
		},
	} {
		n, err := list()
		require.NoError(t, err)
		require.Zero(t, n, "what was removed is gone")
	}
}
