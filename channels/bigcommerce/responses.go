package bigcommerce

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
)

// problem is what BigCommerce says is wrong with a call (reference/inventory.v3.yml, ErrorResponse).
type problem struct {
	Title string `json:"title"`
	// Errors is an object of details; PHP makes a list of it where it is empty.
	Errors json.RawMessage `json:"errors"`
}

// details are the reasons by field.
func (p problem) details() map[string]json.RawMessage {
	var details map[string]json.RawMessage
	if json.Unmarshal(p.Errors, &details) != nil {
		return nil
	}
	return details
}

// readAdjustments reads the response to a call. The adjustments are queued then, and are made a little later; nothing tells when, so that
// they were taken is all that can be known.
func (s *store) readAdjustments(response outbound.Response, items []channels.Item) (channels.Reply, error) {
	if response.Status == http.StatusUnprocessableEntity {
		return s.readRefusal(response, items)
	}
	if response.Status != http.StatusOK {
		return channels.Reply{}, s.readStatus(response)
	}
	var body struct {
		TransactionID string `json:"transaction_id"`
	}
	if err := s.Read(response, &body); err != nil {
		return channels.Reply{}, err
	}
	if body.TransactionID == "" {
		return channels.Reply{}, s.Unreadable(response, "it does not name the transaction")
	}
	return channels.All(items, channels.Applied), nil
}

// readRefusal reads a 422. Of a call with offenders nothing is applied; those that are named with certainty are the offenders, and where
// nobody is, the call is refused as a whole.
func (s *store) readRefusal(response outbound.Response, items []channels.Item) (channels.Reply, error) {
	var decoded problem
	if err := s.Read(response, &decoded); err != nil {
		return channels.Reply{}, err
	}
	offences := decoded.indexed(len(items))
	if len(offences) == 0 {
		offences = s.named(decoded.Title, items)
	}
	if len(offences) == 0 {
		reason := decoded.Title
		if reason == "" {
			reason = "BigCommerce refuses the call and gives no reason"
		}
		return channels.Reply{Refused: true, Reason: reason}, nil
	}
	reply := channels.All(items, channels.NotApplied)
	for at, reason := range offences {
		reply.Items[at] = channels.ItemReply{Verdict: channels.Rejected, Reason: reason}
	}
	return reply, nil
}

// readStatus reads a status that failure leaves to the driver (start/about/status-codes). It concerns every call alike, so there is
// nobody to find by halving.
func (s *store) readStatus(response outbound.Response) error {
	failure := &channels.Error{Status: response.Status, Next: channels.AskPerson}
	switch {
	case response.Status < http.StatusBadRequest:
		return s.Unreadable(response, "its status is not one that the store's API promises")
	case response.Status == http.StatusConflict, response.Status == http.StatusLocked:
		failure.Next, failure.Reason = channels.Resend, "something else is under way in the store"
	case response.Status == 499: // not in net/http
		failure.Next, failure.Reason = channels.Resend, "the call was broken off on its way; it is not known whether it was applied"
	case response.Status == http.StatusNotFound:
		failure.Reason = "there is no such store, or no such API, at this address; correct the setting store_hash or endpoint"
	default:
		failure.Reason = fmt.Sprintf("it does not take the call; check the settings store_hash (%s) and endpoint", s.hash)
	}
	failure.Reason = "store " + s.ID + ": " + failure.Reason
	return channels.InWords(failure, "", readProblem(response).Title)
}

// readProblem reads the error of a response; it is empty where there is none.
func readProblem(response outbound.Response) problem { return channels.Decoded[problem](response) }
