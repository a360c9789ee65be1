package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
