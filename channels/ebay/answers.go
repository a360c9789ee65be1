package ebay

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
)

// problem is an error of eBay's, of a whole call or of one result (schema Error).
type problem struct {
	ID          int64  `json:"errorId"`
	Domain      string `json:"domain"`
	Category    string `json:"category"` // REQUEST, APPLICATION or SYSTEM
	Message     string `json:"message"`
	LongMessage string `json:"longMessage"`
}

// problems are those of an answer.
type problems struct {
	Errors    []problem `json:"errors"`
	Responses []result  `json:"responses"`
}

func readProblems(answer outbound.Answer) problems {
	var said problems
	if json.Unmarshal(answer.Body, &said) != nil {
		return problems{}
	}
	return said
}

// first is the one that counts; it is empty when there is none.
func (p problems) first() problem {
	if len(p.Errors) == 0 {
		return problem{}
	}
	return p.Errors[0]
}

// The errors that are no plain rejection (sell_inventory_v1_oas3.json, x-response-codes; that of the limit is reported by others).
const (
	errorLimit         = 2001  // "The request limit has been reached for the resource", domain ACCESS
	errorQuantity      = 25004 // "Invalid quantity"
	errorField         = 25709 // "Invalid value for {fieldName}"; the field may be a header
	errorTooManyItems  = 25727 // "The number of InventoryItems in the request cannot exceed {additionalInfo}"
	errorTooManyOffers = 25730 // "The number of offers in the request cannot exceed {additionalInfo}"
	errorAuction       = 25759 // "shipToLocationAvailability quantity value should be greater than or equal to auction allocation"
)

const (
	inventoryDomain = "API_INVENTORY"
	categoryRequest = "REQUEST"
)

// What to do about the errors where eBay's message does not say it.
const (
	zeroNotTaken  = "eBay does not take 0 for this listing, so it goes on selling; switch the out-of-stock option on in the seller account, or end the listing"
	belowAuctions = "eBay does not take less than the auctions of this SKU hold; end them, or push at least as many"
)

// gone are the errors of a SKU or an offer that eBay does not know any more.
var gone = map[int64]bool{
	25701: true, // "These SKU(s) are not in the system"
	25702: true, // "SKU {additionalInfo} is not available in the system"
	25710: true, // "We didn't find the resource/entity you are requesting"
	25713: true, // "This Offer is not available"
}

func (p problem) code() string {
	if p.ID == 0 {
		return ""
	}
	return strconv.FormatInt(p.ID, 10)
}

// text is the more exact of eBay's two messages.
func (p problem) text() string {
	if p.LongMessage != "" {
		return p.LongMessage
	}
	return p.Message
}

// serverError is true for a fault of eBay's own: it is not known what was applied.
func (p problem) serverError() bool { return p.Category != "" && p.Category != categoryRequest }

// reply is what an error means for its item.
func (p problem) reply(item channels.Item) channels.ItemReply {
	reply := channels.ItemReply{Verdict: channels.Rejected, Code: p.code(), Reason: p.text()}
	switch {
	case p.ID == errorLimit:
		reply.Verdict = channels.NotApplied
	case gone[p.ID]:
		reply.Verdict, reply.Lost = channels.NotApplied, true
	case p.serverError():
		reply.Verdict = channels.Unknown
	case p.ID == errorQuantity && item.Quantity == 0:
		reply.Reason = zeroNotTaken
	case p.ID == errorAuction:
		reply.Reason = belowAuctions
	}
	return reply
}

// result is what became of one offer, or of a SKU's own figure when it names no offer (schema PriceQuantityResponse).
type result struct {
	SKU     string    `json:"sku"`
	OfferID string    `json:"offerId"`
	Status  int       `json:"statusCode"`
	Errors  []problem `json:"errors"`
}

// reply is what a result means for its item. Warnings say nothing about whether it was applied.
func (r result) reply(item channels.Item) channels.ItemReply {
	said := channels.ItemReply{Code: strconv.Itoa(r.Status), Reason: "eBay does not say whether the figure was taken"}
	if len(r.Errors) > 0 {
		said = r.Errors[0].reply(item)
	}
	switch {
	case r.Status == http.StatusTooManyRequests:
		return channels.ItemReply{Verdict: channels.NotApplied, Code: said.Code, Reason: "eBay throttles"}
	case len(r.Errors) > 0 && r.Status >= http.StatusInternalServerError:
		said.Verdict, said.Lost = channels.Unknown, false
	case len(r.Errors) > 0:
	case r.Status >= 200 && r.Status < 300:
		return channels.ItemReply{Verdict: channels.Applied}
	case r.Status == http.StatusNotFound:
		said.Verdict, said.Lost, said.Reason = channels.NotApplied, true, "eBay does not find it"
	case r.Status >= 400 && r.Status < 500:
		said.Verdict, said.Reason = channels.Rejected, "eBay does not take the figure and says no more"
	}
	return said
}

// weight orders what several results say of one item: what stands in the way comes before what went well.
func weight(reply channels.ItemReply) int {
	switch {
	case reply.Verdict == channels.Rejected:
		return 4
	case reply.Lost:
		return 3
	case reply.Verdict == channels.Unknown:
		return 2
	case reply.Verdict == channels.NotApplied:
		return 1
	}
	return 0
}

// targets are what a call is about.
type targets struct {
	skus   map[string]int    // the position of the item
	offers map[string]int    // by offer id
	asked  []map[string]bool // the offers of each item
}

func targetsOf(items []channels.Item) (targets, error) {
	all := targets{map[string]int{}, map[string]int{}, make([]map[string]bool, len(items))}
	for i, item := range items {
		offers, err := offersOf(item)
		if err != nil {
			return targets{}, err
		}
		all.skus[item.ChannelSKU], all.asked[i] = i, map[string]bool{}
		for _, offer := range offers {
			all.offers[offer], all.asked[i][offer] = i, true
		}
	}
	return all, nil
}

// at is the item that a result is about; none for one that was not asked for, or that names a SKU and the offer of another.
func (t targets) at(one result) (at int, asked bool) {
	if one.OfferID == "" {
		at, asked = t.skus[one.SKU]
		return at, asked
	}
	at, asked = t.offers[one.OfferID]
	if sku, known := t.skus[one.SKU]; one.SKU != "" && (!known || sku != at) {
		return 0, false
	}
	return at, asked
}

// readBulk reads the answer to a call: 200, or 207 when results differ.
func (s *store) readBulk(answer outbound.Answer, items []channels.Item, targets targets) (channels.Reply, error) {
	switch {
	case answer.Status >= http.StatusBadRequest:
		return s.readRefusal(answer, items, targets)
	case answer.Status != http.StatusOK && answer.Status != http.StatusMultiStatus:
		return channels.Reply{}, channels.Unreadable(s.ID, answer, "its status is not one that eBay's API promises")
	}
	var said problems
	if err := channels.Read(s.ID, answer, &said); err != nil {
		return channels.Reply{}, err
	}
	if len(said.Responses) == 0 {
		return channels.Reply{}, channels.Unreadable(s.ID, answer, "it holds no results")
	}
	return readResults(said.Responses, items, targets), nil
}

// readResults gives every item its verdict. An element of a call has several results: one for each offer, and eBay may add one for the
// SKU. An item is applied when all its offers are and nothing else is wrong; one that misses the result of an offer is Unknown.
func readResults(results []result, items []channels.Item, targets targets) channels.Reply {
	worst := make([]*channels.ItemReply, len(items))
	var nameless []result
	for _, one := range results {
		if one.SKU == "" && one.OfferID == "" && len(one.Errors) > 0 {
			nameless = append(nameless, one)
			continue
		}
		at, asked := targets.at(one)
		if !asked {
			continue
		}
		delete(targets.asked[at], one.OfferID)
		if reply := one.reply(items[at]); worst[at] == nil || weight(reply) > weight(*worst[at]) {
			worst[at] = &reply
		}
	}
	reply := channels.Reply{Items: make([]channels.ItemReply, len(items))}
	unmentioned := 0
	for i := range items {
		if worst[i] == nil {
			unmentioned++
		}
	}
	for i := range items {
		missing := len(targets.asked[i]) > 0
		switch {
		case worst[i] == nil:
			var errors []channels.ItemReply
			for _, one := range nameless {
				errors = append(errors, one.reply(items[i]))
			}
			reply.Items[i] = channels.Nameless("eBay's answer does not mention it", errors, unmentioned)
		case missing && weight(*worst[i]) < weight(channels.ItemReply{}):
			reply.Items[i].Reason = "eBay's answer does not mention all its offers"
		default:
			reply.Items[i] = *worst[i]
		}
	}
	return reply
}

// readRefusal reads a status of 400 to 499, besides those that mean the same in every API. It holds for the whole call, unless it comes
// with results.
func (s *store) readRefusal(answer outbound.Answer, items []channels.Item, targets targets) (channels.Reply, error) {
	said := readProblems(answer)
	if len(said.Responses) > 0 {
		return readResults(said.Responses, items, targets), nil
	}
	fault := said.first()
	if failed := s.refusal(answer, fault); failed != nil {
		return channels.Reply{}, failed
	}
	switch {
	case len(items) == 1: // only one can be meant
		return channels.Reply{Items: []channels.ItemReply{fault.reply(items[0])}}, nil
	case fault.ID == errorTooManyItems || fault.ID == errorTooManyOffers:
		return channels.Reply{}, &channels.Error{Next: channels.Smaller, Status: answer.Status, Code: fault.code(), Reason: "store " + s.ID +
			": the call holds more than it takes; lower the setting batch_limit"}
	}
	return channels.Reply{Refused: true, Reason: fault.code() + ": " + fault.text()}, nil
}

// refusal is the error for a refusal that no SKU can be to blame for; nil for one that some SKU is.
func (s *store) refusal(answer outbound.Answer, fault problem) error {
	failed := &channels.Error{Next: channels.AskPerson, Status: answer.Status, Code: fault.code()}
	switch {
	case answer.Status < http.StatusBadRequest:
		return channels.Unreadable(s.ID, answer, "its status is not one that eBay's API promises")
	case fault.ID == errorLimit:
		failed.Next, failed.Reason = channels.Wait, "it throttles"
	case fault.Domain == inventoryDomain && fault.serverError():
		failed.Next, failed.Reason = channels.Resend, "server error; the call may have been applied"
	case fault.ID == errorField && strings.Contains(fault.Message+" "+fault.LongMessage, "for header"):
		failed.Reason = "it does not take a header of the call; check the setting language"
	case fault.Domain == inventoryDomain:
		return nil
	default:
		failed.Reason = "it does not take the call; check the setting endpoint"
	}
	failed.Reason = fmt.Sprintf("store %s: %s", s.ID, failed.Reason)
	return channels.InWords(failed, fault.code(), fault.text())
}
