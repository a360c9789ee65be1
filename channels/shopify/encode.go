package shopify

import (
	_ "embed"
	"fmt"
	"net/url"
	"strings"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound/graphql"
)

// setQuantities sets figures at once, all of them or none. The group that its payload offers is left out: it is null when nothing had
// to change, so it proves nothing, and it costs a point.
//
//go:embed set_quantities.graphql
var setQuantities string

// The field order is the order of the bytes: Shopify may take another order of the same fields under one key for other
// parameters (shopify.dev/docs/api/usage/implementing-idempotency).
type setVariables struct {
	Input setInput `json:"input"`
	Key   string   `json:"key"`
}

type setInput struct {
	Name       string     `json:"name"`
	Reason     string     `json:"reason"`
	Reference  string     `json:"referenceDocumentUri"`
	Quantities []quantity `json:"quantities"`
}

// quantity is one item of a call. Null in ChangeFromQuantity sets without comparing; leaving the field out is an error, so there
// is no omitempty.
type quantity struct {
	InventoryItemID    string `json:"inventoryItemId"`
	LocationID         string `json:"locationId"`
	Quantity           int64  `json:"quantity"`
	ChangeFromQuantity *int64 `json:"changeFromQuantity"`
}

// callURI names a call in the inventory history of the shop, so that a figure there leads to the call that set it. Shopify takes any
// URI and advises this form.
const callURI = "gid://tidemark/Call/"

// Encode makes the body of a call. The key is in it.
func (s *store) Encode(items []channels.Item, key string) ([]byte, error) {
	quantities := make([]quantity, len(items))
	for i, item := range items {
		location, err := s.place(item)
		if err != nil {
			return nil, err
		}
		if !strings.HasPrefix(item.Reference, itemPrefix) {
			return nil, fmt.Errorf("channel SKU %q has not been looked up: its reference is no inventory item", item.ChannelSKU)
		}
		quantities[i] = quantity{item.Reference, location, item.Quantity, s.Bounds.Expected(item)}
	}
	input := setInput{Name: "available", Reason: s.reason, Reference: callURI + url.PathEscape(key), Quantities: quantities}
	return graphql.Body(setQuantities, setVariables{input, key})
}

// place is the location of an item.
func (s *store) place(item channels.Item) (string, error) {
	if item.Location == "" {
		if s.location == "" {
			return "", fmt.Errorf("channel SKU %q has no location; link locations in the connection, or set the setting location of the store", item.ChannelSKU)
		}
		return s.location, nil
	}
	location, err := locationID(item.Location)
	if err != nil {
		return "", fmt.Errorf("channel SKU %q: %w", item.ChannelSKU, err)
	}
	return location, nil
}
