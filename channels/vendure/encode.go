package vendure

import (
	_ "embed"
	"fmt"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound/graphql"
)

// setStock asks for the SKU, too: an id that belongs to another SKU now is found out.
//
//go:embed set_stock.graphql
var setStock string

// update is one entry of the input: an item. The same variant may come twice, for two locations. The field order is the order of the bytes.
type update struct {
	ID          string  `json:"id"`
	StockLevels []level `json:"stockLevels"`
}

type level struct {
	Location string `json:"stockLocationId"`
	OnHand   int64  `json:"stockOnHand"`
}

// Encode makes the body of a call. Vendure has no keys.
func (s *store) Encode(items []channels.Item, _ string) ([]byte, error) {
	input := make([]update, len(items))
	for i, item := range items {
		if item.Reference == "" {
			return nil, fmt.Errorf("channel SKU %q has no variant id; it must be looked up first", item.ChannelSKU)
		}
		input[i] = update{item.Reference, []level{{s.locationOf(item), item.Quantity}}}
	}
	return graphql.Body(setStock, struct {
		Input []update `json:"input"`
	}{input})
}

// locationOf is the id of the stock location where an item's figure goes.
func (s *store) locationOf(item channels.Item) string {
	if item.Location == "" {
		return s.location
	}
	return item.Location
}
