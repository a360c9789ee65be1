package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/config"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
)

// drivers are made up for these tests; what real drivers can be set to is their own business.
var drivers = config.Drivers{
	Warehouses: map[string]settings.Spec{
		"depot": {Driver: "depot", Options: []settings.Option{
			{Name: "endpoint", Kind: settings.URL, Required: true, Help: "The address of the API."},
			{Name: "token", Kind: settings.Secret, Required: true, Help: "The API token."},
			{Name: "page", Kind: settings.Integer, Default: "100", Minimum: 1, Maximum: 500, Help: "Rows a page."},
			{Name: "columns", Kind: settings.Map, Help: "Columns by name."},
			{Name: "parts", Kind: settings.List, Help: "Parts to read."},
			{Name: "texts", Kind: settings.Figures, Minimum: -9, Maximum: 9, Help: "What words mean."},
			{Name: "skip", Kind: settings.Patterns, Help: "Lines to skip."},
			{Name: "header", Kind: settings.Boolean, Choices: []string{"auto"}, Help: "Whether there is a header."},
		}},
		"folder": {Driver: "folder", Options: []settings.Option{{Name: "path", Kind: settings.String, Required: true, Help: "The folder."}}},
	},
	Channels: map[string]settings.Spec{
		"shop": {Driver: "shop", Options: []settings.Option{
			{Name: "endpoint", Kind: settings.URL, Default: "https://shop.example", Help: "The address of the API."},
			{Name: "token", Kind: settings.Secret, Required: true, Help: "The API token."},
		}},
		"creator": {Driver: "creator", CreatesUnknown: true},
	},
}

// base is a valid configuration that the tests change. Its lines are counted below.
const base = `warehouses:
  - id: portland
    merchant: acme
    driver: depot
    settings:
      endpoint: https://depot.example/api/
      token: env:DEPOT_TOKEN
stores:
  - id: acme-shop
    merchant: acme
    driver: shop
    settings: {token: "env:SHOP_TOKEN"}
  - id: acme-market
    merchant: acme
    driver: creator
connections:
  - id: shop
    merchant: acme
    warehouse: portland
    store: acme-shop
    enabled: true
  - id: market
    merchant: acme
    warehouse: portland
    store: acme-market
`

// setup writes files into a folder of the test and returns the path of the first one's configuration.
func setup(t testing.TB, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, content := range files {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600))
	}
	return filepath.Join(folder, "tidemark.yaml")
}

// told are the mistakes of a configuration, without the folder.
func told(t testing.TB, path string, options config.Options) []string {
	t.Helper()
	_, _, err := config.Load(path, drivers, options)
	if err == nil {
		return nil
	}
	var mistakes config.Errors
	require.True(t, errors.As(err, &mistakes), "%T", err)
	return strings.Split(strings.ReplaceAll(err.Error(), filepath.Dir(path)+string(filepath.Separator), ""), "\n")
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	windows := "\ufeff" + strings.ReplaceAll(base, "\n", "\r\n")
	definitions, warnings, err := config.Load(setup(t, map[string]string{"tidemark.yaml": windows}), drivers, config.Options{})
	require.NoError(t, err)
	require.Empty(t, warnings)
	hourly, neither := []ledger.Rule{{Every: time.Hour}}, []ledger.Mode{ledger.Smart, ledger.Full} // belongs to the file
	require.Equal(t, ledger.Definitions{
		Warehouses: []ledger.Warehouse{{
			ID: "portland", Merchant: "acme", Driver: "depot",
			Settings: settings.Values{"endpoint": "https://depot.example/api", "token": "env:DEPOT_TOKEN", "page": int64(100)},
			Quantity: inventory.QuantityAvailable, Missing: inventory.MissingKeep,
			Freshness: time.Minute, Guard: ledger.Guard{
				MinimumRows: 0.8, MaximumRefused: 0.05, MaximumMissing: 0.05, MaximumZeroed: 0.2,
				DecideWithin: 7 * 24 * time.Hour,
			},
		}},
		Stores: []ledger.Store{
			{
				ID: "acme-shop", Merchant: "acme", Driver: "shop", Budget: ledger.Budget{Share: 0.8},
				Settings: settings.Values{"endpoint": "https://shop.example", "token": "env:SHOP_TOKEN"},
			},
			{ID: "acme-market", Merchant: "acme", Driver: "creator", Settings: settings.Values{}, Budget: ledger.Budget{Share: 0.8}},
		},
		Connections: []ledger.Connection{
			{
				ID: "shop", Merchant: "acme", Warehouse: "portland", Store: "acme-shop", Enabled: true,
				Inventory: ledger.Flow{Enabled: true, Smart: hourly, Timezone: "UTC", Overlap: ledger.OverlapSkip, Unlisted: inventory.UnlistedPush, Unnamed: neither},
			},
			{
				ID: "market", Merchant: "acme", Warehouse: "portland", Store: "acme-market", EnabledByPages: true,
				Inventory: ledger.Flow{Enabled: true, Smart: hourly, Timezone: "UTC", Overlap: ledger.OverlapSkip, Unlisted: inventory.UnlistedBlock, Unnamed: neither},
			},
		},
	}, definitions)
}

func TestEverythingSet(t *testing.T) {
	t.Parallel()
	path := everything(t)
	definitions, warnings, err := config.Load(path, drivers, config.Options{})
	require.NoError(t, err)
	require.Empty(t, warnings)
	listing := func(store, sku, channelSKU string) ledger.ListingDefinition {
		return ledger.ListingDefinition{Store: store, Listing: inventory.Listing{SKU: sku, ChannelSKU: channelSKU}}
	}
	require.Equal(t, ledger.Definitions{
		Warehouses: []ledger.Warehouse{{
			ID: "portland", Merchant: "acme", Driver: "depot",
			Settings: settings.Values{
				"endpoint": "http://127.0.0.1:9470/warehouses/portland", "token": "file:/run/secrets/depot", "page": int64(250),
				"columns": map[string]string{"sku": "Artikel", "available": "3"}, "parts": []string{"one", "two"},
				"texts": map[string]string{"Sold out": "0", "n/a": "none", "-1": "2", "": "none", "Ja": "7"},
				"skip":  []string{"Total,*"}, "header": "auto",
			},
			Quantity: inventory.QuantityOnHand, Missing: inventory.MissingZero, Refused: inventory.RefusedZero, Repeated: inventory.RepeatedSum,
			Guard: ledger.Guard{MinimumRows: 0.5, MaximumRefused: 0.025, MaximumMissing: 0.075, MaximumZeroed: 1, DecideWithin: 48 * time.Hour},
			Hook:  &ledger.Hook{Format: ledger.HookShipHero, Keys: []string{"env:HOOK_KEY", "file:/run/secrets/hook"}},
			Named: []string{"minimum_rows", "maximum_refused", "maximum_missing", "maximum_zeroed", "decide_within", "strategy"},
		}},
		Stores: []ledger.Store{
			{
				ID: "acme-shop", Merchant: "acme", Driver: "shop", BatchSize: 100,
				Settings: settings.Values{"endpoint": "https://shop.example", "token": "env:SHOP_TOKEN"},
				Budget:   ledger.Budget{Share: 0.6, DailyCalls: 5000, Calls: 3, QuietHours: &ledger.QuietHours{From: "22:00", To: "06:30", Timezone: "Europe/Paris"}},
				Named:    []string{"share", "quiet_hours"},
			},
			{ID: "acme-market", Merchant: "acme", Driver: "creator", Settings: settings.Values{}, Budget: ledger.Budget{Share: 0.8}},
		},
		Connections: []ledger.Connection{
			{
				ID: "shop", Merchant: "acme", Warehouse: "portland", Store: "acme-shop", Enabled: true, Named: []string{"overlap", "unlisted"},
				Inventory: ledger.Flow{
					Smart: []ledger.Rule{
						{Every: 3 * time.Hour},
						{Hourly: &ledger.Hourly{Every: 2, Minute: 15}},
						{Flexible: &ledger.Flexible{Every: 90 * time.Minute, From: 22, To: 2, Days: []string{"mon", "tue"}}},
					},
					Full: []ledger.Rule{{Daily: "01:00"}}, Timezone: "America/Los_Angeles", Overlap: ledger.OverlapBuffer, Unlisted: inventory.UnlistedBlock,
					Floor: 15 * time.Minute, Zones: map[ledger.Mode]string{ledger.Full: "Asia/Tokyo"},
					Locations: []inventory.Location{{ID: "655441491", Facilities: []string{"east", "north 1"}}, {ID: "outlet", Facilities: []string{"west"}}},
				},
			},
			{
				ID: "market", Merchant: "acme", Warehouse: "portland", Store: "acme-market", Enabled: true, Named: []string{"unlisted"},
				Inventory: ledger.Flow{
					Enabled: true, Smart: []ledger.Rule{}, Timezone: "UTC", Overlap: ledger.OverlapSkip, Unlisted: inventory.UnlistedPush,
					Unnamed: []ledger.Mode{ledger.Full},
				},
			},
		},
		SchedulesReadOnly: true, SettingsReadOnly: true,
		Strategies: []ledger.StrategyDefinition{{Merchant: "acme", Warehouse: "portland", Strategy: inventory.Strategy{
			BufferPercent: 2.5, Minimum: 3, Distribution: inventory.DistributePriority, Priority: []string{"shop", "market"}, Caps: map[string]int64{"shop": 40},
		}}},
		Products: []ledger.Product{
			{Merchant: "acme", SKU: "BIKE", Name: "City bike, blue", Barcode: "4006381333931"},
			{Merchant: "acme", SKU: " LIGHT "},
		},
		Bundles: []ledger.BundleDefinition{
			{Merchant: "acme", Bundle: inventory.Bundle{SKU: "KIT", Components: []inventory.Component{{SKU: "BIKE", Count: 1}, {SKU: "LIGHT", Count: 2}}}},
			{Merchant: "acme", Bundle: inventory.Bundle{SKU: "PAIR", Components: []inventory.Component{{SKU: "LIGHT", Count: 2}}}},
		},
		Listings: []ledger.ListingDefinition{
			listing("acme-shop", "BIKE", "B-1"), listing("acme-shop", "BIKE", "B-2"), listing("acme-shop", "LIGHT", "LIGHT"),
			listing("acme-market", "BIKE", "B-1"), listing("acme-market", "BIKE", "B-2"), listing("acme-market", "LIGHT", "LIGHT"),
		},
	}, definitions)
}

// everything is a configuration in which everything is set.
func everything(t *testing.T) string {
	t.Helper()
	return setup(t, map[string]string{
		"tidemark.yaml": `# Everything that can be set.
console: {schedules: read-only, settings: read-only}
warehouses:
  - id: portland
    merchant: acme
    driver: depot
    settings:
      endpoint: http://127.0.0.1:9470/warehouses/portland
      token: file:/run/secrets/depot
      page: 250
      columns: {sku: Artikel, available: "3"}
      parts: [one, "two"]
      texts: {Sold out: 0, "n/a": none, -1: 2, "": none, 'Ja': "7"}
      skip: "Total,*"
      header: auto
    quantity: on_hand
    missing: zero
    refused: zero
    repeated: sum
    guard: {minimum_rows: 50%, maximum_refused: 2.5%, maximum_missing: 7.5%, maximum_zeroed: 100%, decide_within: 48h}
    freshness: 0m
    hook:
      format: shiphero
      keys: ["env:HOOK_KEY", "file:/run/secrets/hook"]
stores:
  - id: acme-shop
    merchant: acme
    driver: shop
    settings: {token: "env:SHOP_TOKEN"}
    budget:
      share: 60%
      quiet_hours: {from: 22:00, to: "06:30", timezone: Europe/Paris}
      daily_calls: 5000
      calls_at_once: 3
    batch_size: 100
  - {id: acme-market, merchant: acme, driver: creator}
connections:
  - id: shop
    merchant: acme
    warehouse: portland
    store: acme-shop
    enabled: true
    inventory:
      enabled: false
      smart:
        - every: 3h
        - hourly: {every: 2, minute: 15}
        - flexible: {every: 90m, from: 22, to: 2, days: [mon, tue]}
      full:
        - daily: "01:00"
      timezone: America/Los_Angeles
      timezones: {full: Asia/Tokyo}
      floor: 15m
      overlap: buffer
      unlisted: block
      locations:
        - location: "655441491"
          facilities: [east, "north 1"]
        - location: outlet
          facilities: [west]
  - {id: market, merchant: acme, warehouse: portland, store: acme-market, enabled: true, inventory: {smart: [], unlisted: push}}
strategies:
  - merchant: acme
    warehouse: portland
    buffer_percent: 2.5
    minimum: 3
    distribution: priority
    priority: [shop, market]
    caps: {shop: 40}
catalog:
  products: [{file: products.csv, merchant: acme}]
  bundles:
    - file: bundles.csv
      merchant: acme
  listings:
    - {file: listings.csv, store: acme-shop}
    - {file: listings.csv, store: acme-market}
`,
		"products.csv": "\ufeffbarcode,sku,name\n4006381333931,BIKE,\"City bike, blue\"\n, LIGHT ,\n",
		"bundles.csv":  "bundle_sku,component_sku,count\r\nKIT,BIKE,1\r\nPAIR,LIGHT,2\r\nKIT,LIGHT,2\r\n",
		"listings.csv": "sku,channel_sku\nBIKE,B-1\nBIKE,B-2\nLIGHT,LIGHT\n",
	})
}

func TestHookIsSignedByDefault(t *testing.T) {
	t.Parallel()
	path := setup(t, map[string]string{"tidemark.yaml": with("    driver: depot\n", "    driver: depot\n    hook: {keys: [\"env:HOOK_KEY\"]}\n")})
	definitions, warnings, err := config.Load(path, drivers, config.Options{})
	require.NoError(t, err)
	require.Empty(t, warnings)
	require.Equal(t, &ledger.Hook{Format: ledger.HookStandard, Keys: []string{"env:HOOK_KEY"}}, definitions.Warehouses[0].Hook)
}

func TestWeightsAndUnits(t *testing.T) {
	t.Parallel()
	path := setup(t, map[string]string{"tidemark.yaml": base + `strategies:
  - {merchant: acme, warehouse: portland, buffer_units: 2, distribution: weighted, weights: {shop: 3, market: 0}}
`})
	definitions, _, err := config.Load(path, drivers, config.Options{})
	require.NoError(t, err)
	require.Equal(t, []ledger.StrategyDefinition{{Merchant: "acme", Warehouse: "portland", Strategy: inventory.Strategy{
		BufferUnits: 2, Distribution: inventory.DistributeWeighted, Weights: map[string]int64{"shop": 3, "market": 0},
	}}}, definitions.Strategies)
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	const advice = "the store counts its own sales in between, and runs that are not done in half of the time overlap; a safety stock (strategies) prevents " +
		"oversells better"
	flow := func(rules string) string {
		return strings.Replace(base, "enabled: true\n", "enabled: true\n    inventory:\n      "+rules+"\n", 1)
	}
	second := strings.Replace(base, "warehouses:\n", "warehouses:\n  - {id: dallas, merchant: acme, driver: folder, settings: {path: /in}}\n", 1) +
		"  - {id: second, merchant: acme, warehouse: dallas, store: acme-shop, "
	for name, test := range map[string]struct {
		text    string
		options config.Options
		want    []string
	}{
		"every 60 minutes is fine":              {text: flow("smart: [{every: 60m}]")},
		"every hour at two minutes, no warning": {text: flow("smart: [{hourly: {every: 2, minute: 15}}, {daily: \"01:00\"}]")},
		"below 60 minutes": {
			text: flow("smart: [{every: 15m}]"),
			want: []string{"tidemark.yaml:23:14: warning: the Smart Sync of connection shop runs every 15 min, up to 96 times a day; " +
				"more often than every 60 min is seldom fresher: " +
				advice},
		},
		"below 60 minutes for some hours": {
			text: flow("smart: [{flexible: {every: 30m, from: 8, to: 18, days: [mon]}}]"),
			want: []string{"tidemark.yaml:23:14: warning: the Smart Sync of connection shop runs every 30 min, up to 22 times a day; " +
				"more often than every 60 min is seldom fresher: " +
				advice},
		},
		"rules that stack": {
			text: flow("smart: [{hourly: {every: 1}}, {hourly: {every: 1, minute: 30}}]"),
			want: []string{"tidemark.yaml:23:14: warning: the Smart Sync of connection shop runs up to 48 times a day, its rules together; " +
				"more than 24 times is seldom " +
				"fresher: " + advice},
		},
		"a Full Sync twice a day by force": {
			text: flow("full: [{daily: \"01:00\"}, {daily: \"13:00\"}]"), options: config.Options{Force: true},
			want: []string{"tidemark.yaml:23:13: warning: the Full Sync of connection shop runs up to 2 times a day; " +
				"more than once a day strains the store and corrects " +
				"nothing that Smart Sync would miss"},
		},
		"two rules for the same minute are one": {text: flow("full: [{daily: \"00:00\"}, {every: 24h}]")},
		"a Full Sync every 36 hours":            {text: flow("full: [{every: 36h}]")},
		"nothing is enabled": {
			text: strings.Replace(base, "    enabled: true\n", "    enabled: false\n", 1) + "    enabled: false\n",
			want: []string{"tidemark.yaml:17:3: warning: no connection is enabled, so nothing will be synced; set enabled: true on those that should be, or leave " +
				"the line out and enable them on their pages"},
		},
		"it is left to the pages what is enabled": {text: strings.Replace(base, "    enabled: true\n", "", 1)},
		"two warehouses write to one store": {
			text: second + "enabled: true}\n",
			want: []string{"tidemark.yaml:27:10: warning: the connections shop and second write to the same places of store acme-shop, and each replaces the " +
				"other's numbers; give each its own locations, or enable one of them"},
		},
		"two warehouses, one of them disabled": {text: second + "enabled: false}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := setup(t, map[string]string{"tidemark.yaml": test.text})
			_, warnings, err := config.Load(path, drivers, test.options)
			require.NoError(t, err)
			var got []string
			for _, warning := range warnings {
				got = append(got, strings.TrimPrefix(warning.String(), filepath.Dir(path)+string(filepath.Separator)))
			}
			require.Equal(t, test.want, got)
		})
	}
}
