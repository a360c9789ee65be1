package amazon

import (
	"encoding/json"
	"fmt"

	"github.com/tidemark/tidemark/channels"
)

// The parts of a call. The field order is the order of the bytes.
type (
	// submission is the body of patchListingsItem.
	submission struct {
		ProductType string  `json:"productType"`
		Patches     []patch `json:"patches"`
	}
	patch struct {
		Op    string         `json:"op"`
		Path  string         `json:"path"`
		Value []availability `json:"value"`
	}
	availability struct {
		ChannelCode string `json:"fulfillment_channel_code"`
		Quantity    int64  `json:"quantity"`
	}
	// document is a JSON_LISTINGS_FEED (listings-feed-schema-v2.json).
	document struct {
		Header   header    `json:"header"`
		Messages []message `json:"messages"`
	}
	header struct {
		SellerID    string `json:"sellerId"`
		Version     string `json:"version"`
		IssueLocale string `json:"issueLocale,omitempty"`
	}
	message struct {
		MessageID     int    `json:"messageId"`
		SKU           string `json:"sku"`
		OperationType string `json:"operationType"`
		submission
	}
)

// attribute is what holds the quantity; only whole attributes can be patched.
const attribute = "fulfillment_availability"

// Encode makes the body of a call: one item is the body of a PATCH, its SKU goes into the address; more are a feed document. 25,000
// messages are some 6 MB, below the 10 MiB that Amazon advises (sp-api/docs/feeds-api-best-practices).
func (s *store) Encode(items []channels.Item, _ string) ([]byte, error) {
	for _, item := range items {
		if item.Location != "" {
			return nil, fmt.Errorf("channel SKU %q is for the location %q, but a quantity on Amazon has no location; take the locations out of the connection",
				item.ChannelSKU, item.Location)
		}
	}
	if len(items) == 1 {
		return json.Marshal(s.submission(items[0]))
	}
	feed := document{
		Header:   header{SellerID: s.seller, Version: "2.0", IssueLocale: s.locale},
		Messages: make([]message, len(items)),
	}
	for i, item := range items {
		feed.Messages[i] = message{MessageID: messageID(i), SKU: item.ChannelSKU, OperationType: "PATCH", submission: s.submission(item)}
	}
	return json.Marshal(feed)
}

// messageID names the item at a position of the call. The report names messages by it; the schema has them start at 1.
func messageID(position int) int { return position + 1 }

func (s *store) submission(item channels.Item) submission {
	return submission{
		ProductType: s.productType,
		Patches: []patch{{
			Op: s.op, Path: "/attributes/" + attribute,
			Value: []availability{{ChannelCode: s.channelCode, Quantity: item.Quantity}},
		}},
	}
}
