package ebay

import (
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

// problems are those of a response.
type problems struct {
	Errors    []problem `json:"errors"`
	Responses []result  `json:"responses"`
}

func readProblems(response outbound.Response) problems { return channels.Decoded[problems](response) }

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
	reply := channels.ItemReply{Code: strconv.Itoa(r.Status), Reason: "eBay does not say whether the figure was taken"}
	if len(r.Errors) > 0 {
		reply = r.Errors[0].reply(item)
	}
	switch {
	case r.Status == http.StatusTooManyRequests:
		return channels.ItemReply{Verdict: channels.NotApplied, Code: reply.Code, Reason: "eBay throttles"}
	case len(r.Errors) > 0 && r.Status >= http.StatusInternalServerError:
		reply.Verdict, reply.Lost = channels.Unknown, false
	case len(r.Errors) > 0:
	case r.Status >= 200 && r.Status < 300:
		return channels.ItemReply{Verdict: channels.Applied}
	case r.Status == http.StatusNotFound:
		reply.Verdict, reply.Lost, reply.Reason = channels.NotApplied, true, "eBay does not find it"
	case r.Status >= 400 && r.Status < 500:
		reply.Verdict, reply.Reason = channels.Rejected, "eBay does not take the figure and says no more"
	}
	return reply
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
	skus      map[string]int    // the position of the item
	offers    map[string]int    // by offer id
	requested []map[string]bool // the offers of each item
}

func targetsOf(items []channels.Item) (targets, error) {
	all := targets{map[string]int{}, map[string]int{}, make([]map[string]bool, len(items))}
	for i, item := range items {
		offers, err := offersOf(item)
		if err != nil {
			return targets{}, err
		}
		all.skus[item.ChannelSKU], all.requested[i] = i, map[string]bool{}
		for _, offer := range offers {
			all.offers[offer], all.requested[i][offer] = i, true
		}
	}
	return all, nil
}

// at is the item that a result is about; none for one that was not asked for, or that names a SKU and the offer of another.
func (t targets) at(item result) (at int, requested bool) {
	if item.OfferID == "" {
		at, requested = t.skus[item.SKU]
		return at, requested
	}
	at, requested = t.offers[item.OfferID]
	if sku, ok := t.skus[item.SKU]; item.SKU != "" && (!ok || sku != at) {
		return 0, false
	}
	return at, requested
}

// readBulk reads the response to a call: 200, or 207 when results differ.
func (s *store) readBulk(response outbound.Response, items []channels.Item, targets targets) (channels.Reply, error) {
	switch {
	case response.Status >= http.StatusBadRequest:
		return s.readRefusal(response, items, targets)
	case response.Status != http.StatusOK && response.Status != http.StatusMultiStatus:
		return channels.Reply{}, s.Unreadable(response, "its status is not one that eBay's API promises")
	}
	var decoded problems
	if err := s.Read(response, &decoded); err != nil {
		return channels.Reply{}, err
	}
	if len(decoded.Responses) == 0 {
		return channels.Reply{}, s.Unreadable(response, "it holds no results")
	}
	return readResults(decoded.Responses, items, targets), nil
}

// readResults gives every item its verdict. An element of a call has several results: one for each offer, and eBay may add one for the
// SKU. An item is applied when all its offers are and nothing else is wrong; one that misses the result of an offer is Unknown.
func readResults(results []result, items []channels.Item, targets targets) channels.Reply {
	worst := make([]*channels.ItemReply, len(items))
	var nameless []result
	for _, item := range results {
		if item.SKU == "" && item.OfferID == "" && len(item.Errors) > 0 {
			nameless = append(nameless, item)
			continue
		}
		at, requested := targets.at(item)
		if !requested {
			continue
		}
		delete(targets.requested[at], item.OfferID)
		if reply := item.reply(items[at]); worst[at] == nil || weight(reply) > weight(*worst[at]) {
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
		missing := len(targets.requested[i]) > 0
		switch {
		case worst[i] == nil:
			var errors []channels.ItemReply
			for _, item := range nameless {
				errors = append(errors, item.reply(items[i]))
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
func (s *store) readRefusal(response outbound.Response, items []channels.Item, targets targets) (channels.Reply, error) {
	problems := readProblems(response)
	if len(problems.Responses) > 0 {
		return readResults(problems.Responses, items, targets), nil
	}
	fault := problems.first()
	if failed := s.refusal(response, fault); failed != nil {
		return channels.Reply{}, failed
	}
	switch {
	case len(items) == 1: // only one can be meant
		return channels.Single(fault.reply(items[0])), nil
	case fault.ID == errorTooManyItems || fault.ID == errorTooManyOffers:
		return channels.Reply{}, &channels.Error{Next: channels.Smaller, Status: response.Status, Code: fault.code(), Reason: "store " + s.ID +
			": the call holds more than it takes; lower the setting batch_limit"}
	}
	return channels.Reply{Refused: true, Reason: fault.code() + ": " + fault.text()}, nil
}

// refusal is the error for a refusal that no SKU can be to blame for; nil for one that some SKU is.
func (s *store) refusal(response outbound.Response, fault problem) error {
	failed := &channels.Error{Next: channels.AskPerson, Status: response.Status, Code: fault.code()}
	switch {
	case response.Status < http.StatusBadRequest:
		return s.Unreadable(response, "its status is not one that eBay's API promises")
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
