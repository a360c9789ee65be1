package woocommerce

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/tidemark/tidemark/channels"
)

// The kinds of items.
const (
	kindProduct   = "product"
	kindVariation = "variation"
)

// reference is what a look-up remembers of an item.
type reference struct {
	ID     int64  `json:"id"`
	Parent int64  `json:"parent,omitempty"` // of a variation: its product
	Kind   string `json:"kind"`
	// Manage is true for an item whose stock was not managed and is to be from now on. For others manage_stock is left out, so that
	// what the merchant changes about it meanwhile stays: the response shows it, and the ids are refreshed.
	Manage bool `json:"manage,omitempty"`
}

// group is what the items of one call have in common: variations go to their product, and products of all types together.
type group struct {
	kind   string
	parent int64
}

func (r reference) group() group { return group{r.Kind, r.Parent} }

// path is where the batches of a group go. A variation among products is refused (core, WC_REST_Products_Controller::
// prepare_object_for_database); a variation in the batch of another product would be moved to it (core,
// WC_REST_Product_Variations_Controller::prepare_object_for_database), so the parent is always the one that was looked up.
func (g group) path() string {
	if g.kind == kindVariation {
		return "/products/" + strconv.FormatInt(g.parent, 10) + "/variations/batch"
	}
	return "/products/batch"
}

// referenceOf reads the reference of an item.
func referenceOf(item channels.Item) (reference, error) {
	var decoded reference
	err := json.Unmarshal([]byte(item.Reference), &decoded)
	product, variation := decoded.Kind == kindProduct && decoded.Parent == 0, decoded.Kind == kindVariation && decoded.Parent > 0
	if err != nil || decoded.ID <= 0 || (!product && !variation) {
		return reference{}, fmt.Errorf("channel SKU %q has not been looked up: its reference is no product", item.ChannelSKU)
	}
	return decoded, nil
}

// referencesOf reads those of a call, which all belong to one group.
func referencesOf(items []channels.Item) ([]reference, group, error) {
	references := make([]reference, len(items))
	for i, item := range items {
		var err error
		if references[i], err = referenceOf(item); err != nil {
			return nil, group{}, err
		}
		if references[i].group() != references[0].group() {
			return nil, group{}, fmt.Errorf("channel SKUs %q and %q cannot go into one call: they are not variations of one product", items[0].ChannelSKU,
				item.ChannelSKU)
		}
	}
	return references, references[0].group(), nil
}

// update is one item of a call. The field order is the order of the bytes.
type update struct {
	ID            int64 `json:"id"`
	ManageStock   bool  `json:"manage_stock,omitempty"`
	StockQuantity int64 `json:"stock_quantity"`
}

// Encode makes the body of a call. Where it goes follows from the items' references.
func (s *store) Encode(items []channels.Item, _ string) ([]byte, error) {
	for _, item := range items {
		if item.Location != "" {
			return nil, fmt.Errorf("channel SKU %q is for the location %q: %s", item.ChannelSKU, item.Location, noLocations)
		}
	}
	references, _, err := referencesOf(items)
	if err != nil {
		return nil, err
	}
	updates := make([]update, len(items))
	for i, item := range items {
		updates[i] = update{references[i].ID, references[i].Manage, item.Quantity}
	}
	return json.Marshal(map[string]any{"update": updates})
}
