package sandbox

import (
	"encoding/json"
	"fmt"

	"github.com/tidemark/tidemark/channels"
)

// quantity is one item of a call. The field order is the order of the bytes.
type quantity struct {
	SKU      string `json:"sku"`
	Location string `json:"location,omitempty"` // a store without locations takes none
	Quantity int64  `json:"quantity"`
}

type comparedQuantity struct {
	quantity
	Compare *int64 `json:"compare"`
}

// Encode makes the body of a call. The key goes into a header, and for a single item the SKU and the location go into the
// address, so neither is in the bytes.
func (s *store) Encode(items []channels.Item, _ string) ([]byte, error) {
	if s.kind == single {
		if len(items) != 1 {
			return nil, fmt.Errorf("a call to a store of the kind single holds one item, not %d", len(items))
		}
		return json.Marshal(struct {
			Quantity int64  `json:"quantity"`
			Compare  *int64 `json:"compare"`
		}{items[0].Quantity, s.Bounds.Expected(items[0])})
	}
	if s.kind == atomic {
		quantities := make([]comparedQuantity, len(items))
		for i, item := range items {
			quantities[i] = comparedQuantity{quantity{item.ChannelSKU, item.Location, item.Quantity}, s.Bounds.Expected(item)}
		}
		return json.Marshal(map[string]any{"quantities": quantities})
	}
	quantities := make([]quantity, len(items))
	for i, item := range items {
		quantities[i] = quantity{item.ChannelSKU, item.Location, item.Quantity}
	}
	return json.Marshal(map[string]any{"items": quantities})
}
