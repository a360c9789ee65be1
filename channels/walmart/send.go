package walmart

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/tidemark/tidemark/channels"
)

const (
	feedsPath     = "/v3/feeds"
	inventoryPath = "/v3/inventory"
	tokenPath     = "/v3/token"

	feedType = "inventory"
)

// Send sends a call once.
func (s *store) Send(ctx context.Context, call channels.Call) (channels.Reply, error) {
	session := s.session(call.Key)
	if len(call.Items) == 1 {
		return session.put(ctx, call)
	}
	return session.submit(ctx, call)
}

// put sends one figure.
func (s *session) put(ctx context.Context, call channels.Call) (channels.Reply, error) {
	item := call.Items[0]
	path := inventoryPath + "?" + query("sku", item.ChannelSKU) + node(item)
	response, err := s.call(ctx, http.MethodPut, path, "application/json", call.Body)
	budget := s.readBudget(response, meterPut)
	if err != nil {
		return channels.Reply{Budget: budget}, err
	}
	reply, err := s.readPut(response, item)
	reply.Budget = budget
	return reply, err
}

// submit sends a feed. Walmart has no key that would make that safe to repeat: a feed whose receipt was lost is sent a second time, and
// sets the same figures twice.
func (s *session) submit(ctx context.Context, call channels.Call) (channels.Reply, error) {
	path := feedsPath + "?" + query("feedType", feedType) + node(call.Items[0])
	response, err := s.call(ctx, http.MethodPost, path, "multipart/form-data; boundary="+boundary, upload(call.Body))
	budget := s.readBudget(response, meterFeed)
	if err != nil {
		return channels.Reply{Budget: budget}, err
	}
	reply, err := s.readReceipt(response, call.Items)
	reply.Budget = budget
	return reply, err
}

// boundary ends the parts of an upload, at the beginning of a line. It cannot stand in a file, for its JSON has no line breaks.
const boundary = "tidemark-inventory"

// upload wraps the bytes of a feed as the file of a form, the one way that the OpenAPI names (inventory.json, updateBulkInventory).
func upload(file []byte) []byte {
	const before = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"inventory.json\"\r\nContent-Type: application/json\r\n\r\n"
	const after = "\r\n--" + boundary + "--\r\n"
	return bytes.Join([][]byte{[]byte(before), file, []byte(after)}, nil)
}

// node is the part of the query that names an item's ship node; without it Walmart takes the seller's default node
// (us-marketplace/docs/bulk-inventory-update-feed).
func node(item channels.Item) string {
	if item.Location == "" {
		return ""
	}
	return "&" + query("shipNode", item.Location)
}

// query is one parameter of a query.
func query(name, value string) string { return name + "=" + escape(value) }

// escape percent-encodes everything that is not unreserved; a space is %20 (inventory.json). The ids of feeds hold an @.
func escape(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") }
