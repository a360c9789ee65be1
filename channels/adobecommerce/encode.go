package adobecommerce

import (
	"encoding/json"
	"fmt"

	"github.com/tidemark/tidemark/channels"
)

// operation is one figure of a call: the body that POST /V1/inventory/source-items takes, with one source item (use-rest/bulk-endpoints:
// a bulk is an array of such bodies). Several in one operation would fail together.
type operation struct {
	SourceItems [1]sourceItem `json:"sourceItems"`
}

// sourceItem is a figure of a SKU in a source. The field order is the order of the bytes.
type sourceItem struct {
	SKU      string `json:"sku"`
	Source   string `json:"source_code"`
	Quantity int64  `json:"quantity"`
	Status   int    `json:"status"` // 1 in stock, 0 out of stock (MSI, SourceItemInterface)
}

// Encode makes the body of a call. The position of an item is the name of its operation.
func (s *store) Encode(items []channels.Item, _ string) ([]byte, error) {
	operations := make([]operation, len(items))
	for i, item := range items {
		if item.Reference == "" {
			return nil, fmt.Errorf("channel SKU %q has not been looked up", item.ChannelSKU)
		}
		status := 0
		if s.inStock || item.Quantity > 0 {
			status = 1
		}
		operations[i].SourceItems[0] = sourceItem{item.Reference, s.sourceOf(item), item.Quantity, status}
	}
	return json.Marshal(operations)
}

// sourceOf is the code of the source that an item's figure is for.
func (s *store) sourceOf(item channels.Item) string {
	if item.Location == "" {
		return s.source
	}
	return item.Location
}
