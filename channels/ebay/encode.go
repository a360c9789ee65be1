package ebay

import (
	"encoding/json"
	"fmt"

	"github.com/tidemark/tidemark/channels"
)

// noLocations is why an item of a location cannot be set: a figure of a location is a part of the SKU's total, which would have to
// hold all of them.
const noLocations = "figures for eBay are those of the whole SKU; take the locations out of the connection"

// The parts of a call (schema BulkPriceQuantity). The field order is the order of the bytes.
type (
	bulk struct {
		Requests []request `json:"requests"`
	}
	request struct {
		SKU          string          `json:"sku"`
		Availability availability    `json:"shipToLocationAvailability"`
		Offers       []offerQuantity `json:"offers"`
	}
	availability struct {
		Quantity int64 `json:"quantity"`
	}
	offerQuantity struct {
		OfferID  string `json:"offerId"`
		Quantity int64  `json:"availableQuantity"`
	}
)

// Encode makes the body of a call. Each figure stands in it for the SKU and for each of its offers.
func (s *store) Encode(items []channels.Item, _ string) ([]byte, error) {
	body := bulk{Requests: make([]request, len(items))}
	for i, item := range items {
		if item.Location != "" {
			return nil, fmt.Errorf("channel SKU %q is for the location %q: %s", item.ChannelSKU, item.Location, noLocations)
		}
		offers, err := offersOf(item)
		if err != nil {
			return nil, err
		}
		entry := request{SKU: item.ChannelSKU, Availability: availability{item.Quantity}, Offers: make([]offerQuantity, len(offers))}
		for j, offer := range offers {
			entry.Offers[j] = offerQuantity{offer, item.Quantity}
		}
		body.Requests[i] = entry
	}
	return json.Marshal(body)
}

// referenceTo is what is remembered of a SKU: the ids of its offers, as JSON.
func referenceTo(offers []string) (string, error) {
	text, err := json.Marshal(offers)
	return string(text), err
}

// offersOf reads the reference of an item.
func offersOf(item channels.Item) ([]string, error) {
	var offers []string
	if err := json.Unmarshal([]byte(item.Reference), &offers); err != nil || len(offers) == 0 {
		return nil, fmt.Errorf("channel SKU %q has not been looked up: its reference names no offers", item.ChannelSKU)
	}
	return offers, nil
}
