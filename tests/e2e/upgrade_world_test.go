package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// releasedShops are the stores of the ledgers that earlier releases have left: one of each kind. kiosk sells from the warehouse annex, the
// others from depot.
var releasedShops = []shop{{id: "shop", kind: "atomic"}, {id: "market", kind: "per_item"}, {id: "outlet", kind: "feed"}, {id: "kiosk", kind: "single"}}

// releasedScenario are the partners of those ledgers, with so many SKUs in each warehouse.
func releasedScenario(skus int) string {
	return fmt.Sprintf(`seed: 11
warehouses:
  - {id: depot, facilities: [east, west], skus: %[1]d}
  - {id: annex, facilities: [main], skus: %[1]d}
stores:
  - {id: shop, kind: atomic, locations: [front, outlet], rate: 100, burst: 100}
  - {id: market, kind: per_item, rate: 100, burst: 100, faults: {poison: [SKU-00003]}}
  - {id: outlet, kind: feed, rate: 100, burst: 100, feed_delay: 2s}
  - {id: kiosk, kind: single, rate: 100, burst: 100}
`, skus)
}

// releasedConfiguration is what those ledgers were told. Every release reads it.
func releasedConfiguration(box string) string {
	text := strings.Builder{}
	for _, warehouse := range []string{"depot", "annex"} {
		fmt.Fprintf(&text, `  - id: %[1]s
    merchant: acme
    driver: sandbox
    settings: {endpoint: %[2]s/warehouses/%[1]s, token: "env:SANDBOX_TOKEN"}
    guard: {minimum_rows: 50%%, maximum_refused: 60%%, maximum_zeroed: 40%%, decide_within: 168h}
    freshness: 0m
`, warehouse, box)
	}
	warehouses := text.String()
	text.Reset()
	for _, one := range releasedShops {
		fmt.Fprintf(&text, "  - {id: %[1]s, merchant: acme, driver: sandbox, settings: {endpoint: %[3]s/stores/%[1]s, token: \"env:SANDBOX_TOKEN\", kind: %[2]s}}\n", one.id, one.kind, box)
	}
	return "warehouses:\n" + warehouses + "stores:\n" + text.String() + `connections:
  - id: shop
    merchant: acme
    warehouse: depot
    store: shop
    enabled: true
    inventory:
      smart: [{every: 60m}]
      full: [{daily: "01:00"}]
      timezone: America/Los_Angeles
      locations: [{location: front, facilities: [east]}, {location: outlet, facilities: [west]}]
  - {id: market, merchant: acme, warehouse: depot, store: market, enabled: true}
  - {id: outlet, merchant: acme, warehouse: depot, store: outlet, enabled: true}
  - {id: kiosk, merchant: acme, warehouse: annex, store: kiosk, enabled: true}
strategies:
  - {merchant: acme, warehouse: depot, buffer_units: 2, distribution: equal}
catalog:
  products: [{file: products.csv, merchant: acme}]
  bundles: [{file: bundles.csv, merchant: acme}]
  listings: [{file: listings.csv, store: market}]
`
}

// releasedCatalogue are the files beside that configuration.
var releasedCatalogue = map[string]string{
	"products.csv": "sku,name,barcode\nSKU-00001,Lamp,4006381333931\nSKU-00002,Shade,\n",
	"bundles.csv":  "bundle_sku,component_sku,count\nKIT,SKU-00001,1\nKIT,SKU-00002,2\n",
	"listings.csv": "sku,channel_sku\nSKU-00001,M-LAMP\nKIT,M-KIT\n",
}

// keptLedger is what was beside a ledger when it was kept.
type keptLedger struct {
	Generation json.RawMessage     `json:"generation,omitempty"` // the file beside a SQLite ledger
	Warehouses map[string][]figure `json:"warehouses"`
	Stores     map[string][]figure `json:"stores"`
}

// kept are the levels that a store or warehouse shows.
func (b *box) kept(target string) (levels []figure) {
	b.t.Helper()
	b.get("/judge/"+target+"/levels", func(body io.Reader) error {
		for decoder := json.NewDecoder(body); ; {
			var one figure
			if err := decoder.Decode(&one); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return err
			}
			levels = append(levels, one)
		}
	})
	return levels
}
