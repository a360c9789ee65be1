package woocommerce

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
)

// problem is an error of WordPress: of a whole call as the body, of an item within its result.
type problem struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	// Data holds a status where WooCommerce made the error; a plugin may put anything there.
	Data json.RawMessage `json:"data"`
}

// status is what the status would be if the item had come alone; 0 when it is not said.
func (p problem) status() int {
	var data struct {
		Status int `json:"status"`
	}
	if json.Unmarshal(p.Data, &data) != nil {
		return 0
	}
	return data.Status
}

// lostCodes are those of an id that is not that of a product any more, or of one of another kind (core, WC_REST_CRUD_Controller::
// update_item and WC_REST_Products_Controller::prepare_object_for_database).
var lostCodes = map[string]bool{
	"woocommerce_rest_product_invalid_id":               true,
	"woocommerce_rest_product_variation_invalid_id":     true,
	"woocommerce_rest_product_variation_invalid_parent": true,
	"woocommerce_rest_invalid_product_id":               true,
}

// reply is what an error means for its item. An item is updated as if it had come alone, so nothing of it was applied, unless the
// shop had a server error.
func (p problem) reply() channels.ItemReply {
	reply := channels.ItemReply{Verdict: channels.Rejected, Code: p.Code, Reason: p.Message}
	switch {
	case lostCodes[p.Code]:
		reply.Verdict, reply.Lost = channels.NotApplied, true
	case p.status() == http.StatusTooManyRequests:
		reply.Verdict = channels.NotApplied
	case p.status() >= http.StatusInternalServerError:
		reply.Verdict = channels.Unknown
	}
	return reply
}

// result is a product or variation after it was updated, or why it was not. What a plugin may change the form of is read leniently.
type result struct {
	ID            int64           `json:"id"`
	SKU           *string         `json:"sku"`
	Status        string          `json:"status"`
	ManageStock   json.RawMessage `json:"manage_stock"` // true, false, or "parent" of a variation
	StockQuantity json.RawMessage `json:"stock_quantity"`
	Error         *problem        `json:"error"`
}

const (
	managed         = "true"
	unmanaged       = "false"
	managedByParent = `"parent"`
)

// readBatch matches results to items by their ids, never by their order. An item without a result stays Unknown, and so does one with
// results that contradict each other; a result for an item that was not in the call is left aside.
func (s *store) readBatch(response outbound.Response, items []channels.Item, references []reference) (channels.Reply, error) {
	if response.Status != http.StatusOK {
		return channels.Reply{}, s.readStatus(response)
	}
	var body struct {
		Update []json.RawMessage `json:"update"`
	}
	if err := s.Read(response, &body); err != nil {
		return channels.Reply{}, err
	}
	if body.Update == nil {
		return channels.Reply{}, s.Unreadable(response, "it has no results")
	}
	results := make(map[int64]result, len(body.Update))
	contradicted := map[int64]bool{}
	var nameless []channels.ItemReply // errors of items that WooCommerce did not get as far as reading the id of
	for _, raw := range body.Update {
		var entry result
		if json.Unmarshal(raw, &entry) != nil {
			continue // it is as if the result was missing
		}
		if entry.ID == 0 && entry.Error != nil {
			nameless = append(nameless, entry.Error.reply())
			continue
		}
		if before, seen := results[entry.ID]; seen && (before.Error == nil) != (entry.Error == nil) {
			contradicted[entry.ID] = true
		}
		results[entry.ID] = entry
	}
	reply := channels.Reply{Items: make([]channels.ItemReply, len(items))}
	named := make([]bool, len(items))
	for i, item := range items {
		var entry result
		entry, named[i] = results[references[i].ID]
		switch {
		case !named[i]: // below
		case contradicted[references[i].ID]:
			reply.Items[i].Reason = "the store's answer contradicts itself about it"
		case entry.Error != nil:
			reply.Items[i] = entry.Error.reply()
		default:
			reply.Items[i] = entry.reply(item, references[i])
		}
	}
	channels.Unnamed(reply, named, "the store's answer does not mention it", nameless)
	return reply, nil
}

// reply is what the product that an update brought means for its item. No error is not enough: WooCommerce ignores a quantity
// without a word where it does not manage the stock.
func (r result) reply(item channels.Item, decoded reference) channels.ItemReply {
	lost := func(reason string) channels.ItemReply {
		return channels.ItemReply{Verdict: channels.NotApplied, Lost: true, Reason: reason}
	}
	by := string(r.ManageStock)
	switch {
	case r.Status == "trash":
		return lost("the product is in the trash")
	case r.SKU != nil && *r.SKU != item.ChannelSKU:
		return lost(fmt.Sprintf("the product has the SKU %.100q now", *r.SKU))
	case (by == unmanaged || by == managedByParent) && !decoded.Manage:
		return lost("its stock is not managed any more")
	case by == unmanaged || by == managedByParent:
		return channels.ItemReply{Verdict: channels.Rejected, Reason: stockIsOff}
	}
	shown, stated := figure(r.StockQuantity)
	if !stated {
		return channels.ItemReply{Reason: "the store's answer does not say what it shows"}
	}
	return channels.Shown(item, &shown) // a plugin may have its own idea
}

// stockIsOff is why a figure has no effect though stock management was turned on for its product.
const stockIsOff = `the shop manages no stock, so a figure has no effect; switch "Enable stock management" on under WooCommerce, Settings, Products, Inventory`

// figure reads a quantity. Core gives a whole number; plugins give fractions and text.
func figure(raw json.RawMessage) (int64, bool) {
	number, err := strconv.ParseFloat(strings.Trim(string(raw), `"`), 64)
	if err != nil || !(math.Abs(number) < 1<<53) {
		return 0, false
	}
	return int64(math.Floor(number)), true
}

// readStatus reads a status that failure leaves to the driver. It concerns every call alike, so there is nobody to find by halving.
func (s *store) readStatus(response outbound.Response) error {
	if response.Status < http.StatusBadRequest {
		return s.Unreadable(response, "its status is not one that the store's API promises")
	}
	problem := readProblem(response)
	reason := fmt.Sprintf("it does not take the call (%.60q); check that WooCommerce is up to date and what its plugins do to the REST API", problem.Code)
	if response.Status == http.StatusNotFound {
		reason = "there is no WooCommerce API at this address; correct the endpoint, activate WooCommerce, and choose any permalinks but the plain ones"
	}
	return &channels.Error{Next: channels.AskPerson, Status: response.Status, Code: problem.Code, Reason: "store " + s.ID + ": " + reason, Words: problem.Message}
}

// readProblem reads the error of a whole answer; it is empty where there is none.
func readProblem(response outbound.Response) problem { return channels.Decoded[problem](response) }
