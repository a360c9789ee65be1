package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
)

// problem is what the store says is wrong with a call or an item.
type problem struct {
	Index   *int   `json:"index"`
	Code    string `json:"code"`
	Message string `json:"message"`
	Actual  *int64 `json:"actual"`
}

func (p problem) text() string {
	return strings.TrimSuffix(strings.TrimPrefix(p.Code+": "+p.Message, ": "), ": ")
}

// stale is the code of a figure that was compared and did not match; every other code on an item is for ever.
const stale = "quantity_stale"

func (p problem) reply() channels.ItemReply {
	verdict := channels.Rejected
	if p.Code == stale {
		verdict = channels.Conflict
	}
	return channels.ItemReply{Verdict: verdict, Code: p.Code, Reason: p.Message, Actual: p.Actual}
}

// result is the store's verdict on one item of a batch or a feed.
type result struct {
	problem
	SKU      string `json:"sku"`
	Location string `json:"location"`
	Status   string `json:"status"`
	Quantity *int64 `json:"quantity"`
}

// readAtomic reads an answer of the kind all or nothing. Offenders are named by their index.
func (s *store) readAtomic(answer outbound.Answer, items []channels.Item) (channels.Reply, error) {
	if answer.Status != http.StatusOK {
		return s.readRefusal(answer)
	}
	var said struct {
		Applied *bool     `json:"applied"`
		Errors  []problem `json:"errors"`
	}
	if err := channels.Read(s.ID, answer, &said); err != nil {
		return channels.Reply{}, err
	}
	if said.Applied == nil || (*said.Applied && len(said.Errors) > 0) {
		return channels.Reply{}, channels.Unreadable(s.ID, answer, "it does not say clearly whether the call was applied")
	}
	if *said.Applied {
		return channels.All(items, channels.Applied), nil
	}
	reply, named := channels.All(items, channels.NotApplied), false
	reason := "the store applied nothing and gave no reason"
	for _, offence := range said.Errors {
		switch {
		case offence.Index == nil: // those that are named are taken out first
			reason = offence.text()
		case *offence.Index < 0 || *offence.Index >= len(items):
			return channels.Reply{}, channels.Unreadable(s.ID, answer, "it names an item that was not in the call")
		default:
			reply.Items[*offence.Index], named = offence.reply(), true
		}
	}
	if !named {
		return channels.Reply{Refused: true, Reason: reason}, nil
	}
	return reply, nil
}

// readPerItem reads an answer with a verdict for each item.
func (s *store) readPerItem(answer outbound.Answer, items []channels.Item) (channels.Reply, error) {
	if answer.Status != http.StatusOK {
		return s.readRefusal(answer)
	}
	return s.readResults(answer, items)
}

// readResults matches results to items by SKU and location, never by their order. An item without a result stays Unknown, and so
// does one with results that contradict each other; a result for an item that was not in the call is left aside.
func (s *store) readResults(answer outbound.Answer, items []channels.Item) (channels.Reply, error) {
	var said struct {
		Results []result `json:"results"`
	}
	if err := channels.Read(s.ID, answer, &said); err != nil {
		return channels.Reply{}, err
	}
	if said.Results == nil {
		return channels.Reply{}, channels.Unreadable(s.ID, answer, "it has no results")
	}
	type place struct{ sku, location string }
	results := make(map[place]result, len(said.Results))
	contradicted := map[place]bool{}
	var nameless []channels.ItemReply
	for _, one := range said.Results {
		if one.SKU == "" && one.Status == "error" {
			nameless = append(nameless, one.reply())
			continue
		}
		at := place{one.SKU, one.Location}
		if before, seen := results[at]; seen && before.Status != one.Status {
			contradicted[at] = true
		}
		results[at] = one
	}
	reply := channels.All(items, channels.Unknown)
	missing := 0
	for _, item := range items {
		if _, found := results[place{item.ChannelSKU, item.Location}]; !found {
			missing++
		}
	}
	for i, item := range items {
		at := place{item.ChannelSKU, item.Location}
		one, found := results[at]
		switch {
		case !found:
			reply.Items[i] = channels.Nameless("the store's answer does not mention it", nameless, missing)
		case contradicted[at]:
			reply.Items[i].Reason = "the store's answer contradicts itself about it"
		case one.Status == "ok":
			reply.Items[i] = applied(item, one.Quantity)
		case one.Status == "error":
			reply.Items[i] = one.reply()
		default:
			reply.Items[i].Reason = fmt.Sprintf("the store's answer gives it the status %q, which is not known", one.Status)
		}
	}
	return reply, nil
}

// readSubmission reads the receipt of a feed.
func (s *store) readSubmission(answer outbound.Answer, items []channels.Item) (channels.Reply, error) {
	if answer.Status >= http.StatusBadRequest {
		return s.readRefusal(answer)
	}
	return s.readProgress(answer, items)
}

// readSingle reads the answer to one item.
func (s *store) readSingle(answer outbound.Answer, item channels.Item) (channels.Reply, error) {
	if answer.Status != http.StatusOK {
		reply, err := s.readRefusal(answer)
		if !reply.Refused {
			return reply, err
		}
		return channels.Reply{Items: []channels.ItemReply{readProblem(answer).reply()}}, nil // there is only one that can be meant
	}
	var said struct {
		Quantity *int64 `json:"quantity"`
	}
	if err := channels.Read(s.ID, answer, &said); err != nil {
		return channels.Reply{}, err
	}
	if said.Quantity == nil {
		return channels.Reply{}, channels.Unreadable(s.ID, answer, "it does not say what the store shows now")
	}
	return channels.Reply{Items: []channels.ItemReply{applied(item, said.Quantity)}}, nil
}

// readRefusal reads a status of 400 to 499 that Failure leaves to the driver, and takes any other for an unreadable answer.
func (s *store) readRefusal(answer outbound.Answer) (channels.Reply, error) {
	said := readProblem(answer)
	failed := &channels.Error{Status: answer.Status, Code: said.Code, Next: channels.AskPerson}
	switch {
	case answer.Status < http.StatusBadRequest:
		return channels.Reply{}, channels.Unreadable(s.ID, answer, "its status is not one that the store's API promises")
	case said.Code == "key_reused":
		failed.Next, failed.Reason = channels.Anew, "the key was used before with other bytes"
	case answer.Status == http.StatusUnprocessableEntity, said.Code == stale, said.Code == "unknown_sku", said.Code == "not_stocked":
		return channels.Reply{Refused: true, Reason: said.text()}, nil
	case answer.Status == http.StatusNotFound:
		failed.Reason = "there is no store at this address; correct the endpoint"
	default:
		failed.Reason = fmt.Sprintf("it does not take the call (%.40q); check that the store's kind is %s", said.Code, s.kind)
	}
	failed.Reason = "store " + s.ID + ": " + failed.Reason
	return channels.Reply{}, channels.InWords(failed, said.Code, said.Message)
}

// readProblem reads the error object of an answer; it is empty where there is none.
func readProblem(answer outbound.Answer) problem {
	var said struct {
		Error problem `json:"error"`
	}
	if json.Unmarshal(answer.Body, &said) != nil {
		return problem{}
	}
	return said.Error
}

// applied is a success; a store that shows another figure than asked for has clamped it.
func applied(item channels.Item, shown *int64) channels.ItemReply {
	reply := channels.ItemReply{Verdict: channels.Applied, Actual: shown}
	if shown != nil && *shown != item.Quantity {
		reply.Clamped = shown
	}
	return reply
}
