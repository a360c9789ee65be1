package walmart

import (
	"encoding/json"
	"fmt"

	"github.com/tidemark/tidemark/channels"
)

// The parts of a call. The field order is the order of the bytes.
type (
	// inventory is one figure: the body of a PUT, and an entry of a feed.
	inventory struct {
		SKU      string   `json:"sku"`
		Quantity quantity `json:"quantity"`
	}
	quantity struct {
		Unit   string `json:"unit"`
		Amount int64  `json:"amount"`
	}
	// feed is a feed of the kind "inventory", spec 1.4 (us-marketplace/docs/bulk-inventory-update-feed; inventory.json). The other
	// kind, MP_INVENTORY with spec 1.5, begins its names with small letters.
	feed struct {
		Header    header      `json:"InventoryHeader"`
		Inventory []inventory `json:"Inventory"`
	}
	header struct {
		Version string `json:"version"`
	}
)

// Encode makes the body of a call: one item is the body of a PUT, more are the file of a feed. Its ship node goes into the address, so
// all items of a feed must have the same. 10,000 entries are about 1 MB, below the 5 MB that Walmart takes
// (ca-marketplace/docs/throttling; more elsewhere).
func (s *store) Encode(items []channels.Item, _ string) ([]byte, error) {
	entries := make([]inventory, len(items))
	for i, item := range items {
		if item.Location != items[0].Location {
			return nil, fmt.Errorf("channel SKU %q is for the ship node %q and %q for %q, but a feed is for one ship node", items[0].ChannelSKU, items[0].Location,
				item.ChannelSKU, item.Location)
		}
		entries[i] = inventory{SKU: item.ChannelSKU, Quantity: quantity{Unit: "EACH", Amount: item.Quantity}}
	}
	if len(items) == 1 {
		return json.Marshal(entries[0])
	}
	return json.Marshal(feed{Header: header{Version: "1.4"}, Inventory: entries})
}
