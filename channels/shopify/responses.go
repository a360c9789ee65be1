package shopify

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/outbound/graphql"
)

// userError is what Shopify says is wrong with the call or with one of its items.
type userError struct {
	Field   []string `json:"field"` // like input, quantities, 71, inventoryItemId; null when it names nothing
	Code    string   `json:"code"`
	Message string   `json:"message"`
}

// The codes that are not a plain rejection of an item (shopify.dev, InventorySetQuantitiesUserErrorCode).
const (
	codeStale       = "CHANGE_FROM_QUANTITY_STALE"
	codeStaleBefore = "COMPARE_QUANTITY_STALE"
	codeUnknownItem = "INVALID_INVENTORY_ITEM"
	accessDenied    = "ACCESS_DENIED" // of a whole call it is the credential that is refused
)

// advice is what to do about the codes where Shopify's message does not say it.
var advice = map[string]string{
	"NON_MUTABLE_INVENTORY_ITEM": "Shopify computes the stock of this item from its components, so it cannot be set; push the components and take this " +
		"listing away",
	"ITEM_NOT_STOCKED_AT_LOCATION": "the item is not stocked at the location; tick the location in the variant's inventory in Shopify, or link another one",
	"INVALID_LOCATION":             "Shopify has no such location; correct the connection's locations or the store's setting location",
}

// reply is what an error means for the item that it names.
func (e userError) reply() channels.ItemReply {
	reply := channels.ItemReply{Verdict: channels.Rejected, Code: e.Code, Reason: e.Message}
	if text, ok := advice[e.Code]; ok {
		reply.Reason = text
	}
	switch e.Code {
	case codeStale, codeStaleBefore:
		reply.Verdict = channels.Conflict
	case codeUnknownItem:
		reply.Verdict, reply.Lost = channels.NotApplied, true
	}
	return reply
}

// index is the item that an error names; none when it names nothing, for then the whole call is meant.
func (e userError) index() (at int, named bool, err error) {
	for i, part := range e.Field {
		if part == "quantities" && i+1 < len(e.Field) {
			at, err := strconv.Atoi(e.Field[i+1])
			return at, true, err
		}
	}
	return 0, false, nil
}

// readQuantities reads the response to a call. No user errors are a success: whatever else the payload offers is empty when nothing
// had to change. With user errors nothing was applied.
func (s *store) readQuantities(decoded graphqlResult, items []channels.Item) (channels.Reply, error) {
	var data struct {
		Payload *struct {
			UserErrors []userError `json:"userErrors"`
		} `json:"inventorySetQuantities"`
	}
	if err := s.into(decoded, &data); err != nil {
		return channels.Reply{}, err
	}
	if data.Payload == nil || data.Payload.UserErrors == nil {
		return channels.Reply{}, s.Unreadable(decoded.Response, "it does not say whether there were errors")
	}
	if len(data.Payload.UserErrors) == 0 {
		return channels.All(items, channels.Applied), nil
	}
	return s.readUserErrors(decoded.Response, data.Payload.UserErrors, items)
}

// readUserErrors gives every item that is named its verdict. Where nobody is named, the call as a whole is refused.
func (s *store) readUserErrors(response outbound.Response, offences []userError, items []channels.Item) (channels.Reply, error) {
	reply := channels.All(items, channels.NotApplied)
	anybody, unnamed := false, ""
	for _, offence := range offences {
		at, named, err := offence.index()
		if failed := s.fate(response, offence.Code); failed != nil && !(named && offence.Code == accessDenied) { // an item that it names is somebody else's
			return channels.Reply{}, channels.InWords(failed, offence.Code, offence.Message)
		}
		if err != nil || at < 0 || at >= len(items) {
			return channels.Reply{}, s.Unreadable(response, "it names an item that was not in the call")
		}
		if !named && len(items) > 1 {
			unnamed = strings.TrimPrefix(offence.Code+": "+offence.Message, ": ")
			continue
		}
		anybody = true
		if verdict := offence.reply(); weight(verdict) > weight(reply.Items[at]) {
			reply.Items[at] = verdict
		}
	}
	if !anybody {
		return channels.Reply{Refused: true, Reason: unnamed}, nil
	}
	return reply, nil
}

// weight orders what several errors say of one item: what cannot be helped by another look-up or figure comes first.
func weight(reply channels.ItemReply) int {
	switch {
	case reply.Verdict == channels.Rejected:
		return 3
	case reply.Lost:
		return 2
	case reply.Verdict == channels.Conflict:
		return 1
	}
	return 0
}

// readErrors reads the top-level errors of a response, where Shopify puts what concerns a call as a whole. It is nil when there
// are none. What is not known is a lost response.
func (s *store) readErrors(response outbound.Response, decoded graphql.Response, price cost) error {
	if len(decoded.Errors) == 0 {
		return nil
	}
	if _, throttled := decoded.Has("THROTTLED"); throttled {
		return s.throttled(response, price)
	}
	for _, failure := range decoded.Errors {
		if failed := s.fate(response, failure.Extensions.Code); failed != nil {
			return channels.InWords(failed, failure.Extensions.Code, failure.Message)
		}
	}
	first := decoded.Errors[0]
	return &channels.Error{
		Status: response.Status, Code: first.Extensions.Code,
		Reason: fmt.Sprintf("store %s: it answers with an error that is not known (%.60q at %.60q); it is not known whether the call was applied", s.ID,
			first.Extensions.Code, first.At()),
	}
}

// throttled says when the bucket holds enough for the same call (shopify.dev/docs/api/usage/limits: nothing was applied).
func (s *store) throttled(response outbound.Response, price cost) error {
	failed := &channels.Error{Next: channels.Wait, Status: response.Status, Code: "THROTTLED", Reason: "store " + s.ID + ": it throttles"}
	short := price.Requested - price.Throttle.Available
	switch {
	case price.Throttle.Maximum > 0 && price.Requested > price.Throttle.Maximum:
		failed.Next, failed.Reason = channels.Smaller, "store "+s.ID+": the call costs more than its whole budget"
	case short > 0 && price.Throttle.Restore > 0:
		wait := min(math.Ceil(short/price.Throttle.Restore*1000), float64(channels.MaxThrottle.Milliseconds()))
		failed.Until = s.Now().Add(time.Duration(wait) * time.Millisecond)
	}
	return failed
}

// fate is what a code means for a whole call, wherever it stands; nil when it is about one item, or is not known.
func (s *store) fate(response outbound.Response, code string) error {
	failed := &channels.Error{Status: response.Status, Code: code}
	switch code {
	case "IDEMPOTENCY_CONCURRENT_REQUEST":
		failed.Next, failed.Reason = channels.Resend, "it still works on the same call"
	case "IDEMPOTENCY_KEY_PARAMETER_MISMATCH":
		failed.Next, failed.Reason = channels.Anew, "the key was used before with other bytes"
	case "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED":
		failed.Next, failed.Reason = channels.Anew, "an earlier attempt with the key failed, and the key cannot be used again"
	case "MAX_INPUT_SIZE_EXCEEDED", "MAX_COST_EXCEEDED":
		failed.Next, failed.Reason = channels.Smaller, "the call is too large for it"
	case accessDenied:
		failed.Next, failed.Reason = channels.AskPerson, "the credential does not permit the call; give the app the scopes "+strings.Join(scopes, ", ")
	case "SHOP_INACTIVE":
		failed.Next, failed.Reason = channels.AskPerson, "the shop is not active"
	case "INVALID_REASON", "INVALID_REFERENCE_DOCUMENT", "INVALID_NAME", "COMPARE_QUANTITY_REQUIRED",
		"BAD_REQUEST", "INVALID_FIELD_ARGUMENTS", "INVALID_VARIABLE", "argumentNotAccepted", "missingRequiredArguments", "undefinedDirective", "undefinedField":
		// Every call of this shop would fail alike, so there is nobody to find by halving.
		failed.Next, failed.Reason = channels.AskPerson, fmt.Sprintf("it does not take the call (%s); check the settings version (%s) and reason (%s)", code,
			s.version, s.reason)
	default:
		return nil
	}
	failed.Reason = "store " + s.ID + ": " + failed.Reason
	return failed
}

// readStatus reads a status that Failure leaves to the driver (shopify.dev/docs/api/usage/response-codes).
func (s *store) readStatus(response outbound.Response) error {
	reason := "it does not take the call; check the settings shop, endpoint and version"
	switch {
	case response.Status < http.StatusBadRequest:
		return s.Unreadable(response, "its status is not one that the store's API promises")
	case response.Status == http.StatusPaymentRequired:
		reason = "the shop is frozen; its owner must pay the outstanding balance in the admin"
	case response.Status == http.StatusNotFound:
		reason = "there is no shop or no such version of its API at this address; correct the settings shop, endpoint or version"
	case response.Status == http.StatusLocked:
		reason = "the shop is locked; its owner must contact Shopify"
	case response.Status == 430: // not in net/http
		reason = "Shopify takes the call for an attack; ask Shopify's support why"
	}
	return &channels.Error{Next: channels.AskPerson, Status: response.Status, Reason: "store " + s.ID + ": " + reason, Words: words(response)}
}

// words are what a response without a GraphQL response says: {"errors": "Not Found"}.
func words(response outbound.Response) string {
	return channels.Decoded[struct {
		Errors string `json:"errors"`
	}](response).Errors
}
