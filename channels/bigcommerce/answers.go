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

// readAdjustments reads the answer to a call. The adjustments are queued then, and are made a little later; nothing tells when, so that
// they were taken is all that can be known.
func (s *store) readAdjustments(answer outbound.Answer, items []channels.Item) (channels.Reply, error) {
	if answer.Status == http.StatusUnprocessableEntity {
		return s.readRefusal(answer, items)
	}
	if answer.Status != http.StatusOK {
		return channels.Reply{}, s.readStatus(answer)
	}
	var said struct {
		TransactionID string `json:"transaction_id"`
	}
	if err := channels.Read(s.ID, answer, &said); err != nil {
		return channels.Reply{}, err
	}
	if said.TransactionID == "" {
		return channels.Reply{}, channels.Unreadable(s.ID, answer, "it does not name the transaction")
	}
	return channels.All(items, channels.Applied), nil
}

// readRefusal reads a 422. Of a call with offenders nothing is applied; those that are named with certainty are the offenders, and where
// nobody is, the call is refused as a whole.
func (s *store) readRefusal(answer outbound.Answer, items []channels.Item) (channels.Reply, error) {
	var said problem
	if err := channels.Read(s.ID, answer, &said); err != nil {
		return channels.Reply{}, err
	}
	offences := said.indexed(len(items))
	if len(offences) == 0 {
		offences = s.named(said.Title, items)
	}
	if len(offences) == 0 {
		reason := said.Title
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
func (s *store) readStatus(answer outbound.Answer) error {
	told := &channels.Error{Status: answer.Status, Next: channels.AskPerson}
	switch {
	case answer.Status < http.StatusBadRequest:
		return channels.Unreadable(s.ID, answer, "its status is not one that the store's API promises")
	case answer.Status == http.StatusConflict, answer.Status == http.StatusLocked:
		told.Next, told.Reason = channels.Resend, "something else is under way in the store"
	case answer.Status == 499: // not in net/http
		told.Next, told.Reason = channels.Resend, "the call was broken off on its way; it is not known whether it was applied"
	case answer.Status == http.StatusNotFound:
		told.Reason = "there is no such store, or no such API, at this address; correct the setting store_hash or endpoint"
	default:
		told.Reason = fmt.Sprintf("it does not take the call; check the settings store_hash (%s) and endpoint", s.hash)
	}
	told.Reason = "store " + s.ID + ": " + told.Reason
	return channels.InWords(told, "", readProblem(answer).Title)
}

// readProblem reads the error of an answer; it is empty where there is none.
func readProblem(answer outbound.Answer) problem {
	var said problem
	if json.Unmarshal(answer.Body, &said) != nil {
		return problem{}
	}
	return said
}
