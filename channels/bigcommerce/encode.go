package bigcommerce

import (
	"encoding/json"

	"github.com/tidemark/tidemark/channels"
)

// adjustments is the body of a call. The field order is the order of the bytes.
type adjustments struct {
	Reason string       `json:"reason"`
	Items  []adjustment `json:"items"`
}

// adjustment is one item of a call.
type adjustment struct {
	LocationID int64  `json:"location_id"`
	SKU        string `json:"sku"`
	Quantity   int64  `json:"quantity"`
}

// Encode makes the body of a call.
func (s *store) Encode(items []channels.Item, _ string) ([]byte, error) {
	rows := make([]adjustment, len(items))
	for i, item := range items {
		location, err := s.place(item)
		if err != nil {
			return nil, err
		}
		rows[i] = adjustment{location, item.ChannelSKU, item.Quantity}
	}
	return json.Marshal(adjustments{s.reason, rows})
}
