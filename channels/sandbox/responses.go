package sandbox

import (
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

// readAtomic reads a response of the kind all or nothing. Offenders are named by their index.
func (s *store) readAtomic(response outbound.Response, items []channels.Item) (channels.Reply, error) {
	if response.Status != http.StatusOK {
		return s.readRefusal(response)
	}
	var body struct {
		Applied *bool     `json:"applied"`
		Errors  []problem `json:"errors"`
	}
	if err := s.Read(response, &body); err != nil {
		return channels.Reply{}, err
	}
	if body.Applied == nil || (*body.Applied && len(body.Errors) > 0) {
		return channels.Reply{}, s.Unreadable(response, "it does not say clearly whether the call was applied")
	}
	if *body.Applied {
		return channels.All(items, channels.Applied), nil
	}
	reply, named := channels.All(items, channels.NotApplied), false
	reason := "the store applied nothing and gave no reason"
	for _, offence := range body.Errors {
		switch {
		case offence.Index == nil: // those that are named are taken out first
			reason = offence.text()
		case *offence.Index < 0 || *offence.Index >= len(items):
			return channels.Reply{}, s.Unreadable(response, "it names an item that was not in the call")
		default:
			reply.Items[*offence.Index], named = offence.reply(), true
		}
	}
	if !named {
		return channels.Reply{Refused: true, Reason: reason}, nil
	}
	return reply, nil
}

// readPerItem reads a response with a verdict for each item.
func (s *store) readPerItem(response outbound.Response, items []channels.Item) (channels.Reply, error) {
	if response.Status != http.StatusOK {
		return s.readRefusal(response)
	}
	return s.readResults(response, items)
}

// readResults matches results to items by SKU and location, never by their order. An item without a result stays Unknown, and so
// does one with results that contradict each other; a result for an item that was not in the call is left aside.
func (s *store) readResults(response outbound.Response, items []channels.Item) (channels.Reply, error) {
	var body struct {
		Results []result `json:"results"`
	}
	if err := s.Read(response, &body); err != nil {
		return channels.Reply{}, err
	}
	if body.Results == nil {
		return channels.Reply{}, s.Unreadable(response, "it has no results")
	}
	type place struct{ sku, location string }
	results := make(map[place]result, len(body.Results))
	contradicted := map[place]bool{}
	var nameless []channels.ItemReply
	for _, entry := range body.Results {
		if entry.SKU == "" && entry.Status == "error" {
			nameless = append(nameless, entry.reply())
			continue
		}
		at := place{entry.SKU, entry.Location}
		if before, seen := results[at]; seen && before.Status != entry.Status {
			contradicted[at] = true
		}
		results[at] = entry
	}
	reply := channels.All(items, channels.Unknown)
	named := make([]bool, len(items))
	for i, item := range items {
		at := place{item.ChannelSKU, item.Location}
		var entry result
		entry, named[i] = results[at]
		switch {
		case !named[i]: // below
		case contradicted[at]:
			reply.Items[i].Reason = "the store's answer contradicts itself about it"
		case entry.Status == "ok":
			reply.Items[i] = channels.Shown(item, entry.Quantity)
		case entry.Status == "error":
			reply.Items[i] = entry.reply()
		default:
			reply.Items[i].Reason = fmt.Sprintf("the store's answer gives it the status %q, which is not known", entry.Status)
		}
	}
	channels.Unnamed(reply, named, "the store's answer does not mention it", nameless)
	return reply, nil
}

// readSubmission reads the receipt of a feed.
func (s *store) readSubmission(response outbound.Response, items []channels.Item) (channels.Reply, error) {
	if response.Status >= http.StatusBadRequest {
		return s.readRefusal(response)
	}
	return s.readProgress(response, items)
}

// readSingle reads the response to one item.
func (s *store) readSingle(response outbound.Response, item channels.Item) (channels.Reply, error) {
	if response.Status != http.StatusOK {
		reply, err := s.readRefusal(response)
		if !reply.Refused {
			return reply, err
		}
		return channels.Single(readProblem(response).reply()), nil // there is only one that can be meant
	}
	var body struct {
		Quantity *int64 `json:"quantity"`
	}
	if err := s.Read(response, &body); err != nil {
		return channels.Reply{}, err
	}
	if body.Quantity == nil {
		return channels.Reply{}, s.Unreadable(response, "it does not say what the store shows now")
	}
	return channels.Single(channels.Shown(item, body.Quantity)), nil
}

// readRefusal reads a status of 400 to 499 that Failure leaves to the driver, and takes any other for an unreadable answer.
func (s *store) readRefusal(response outbound.Response) (channels.Reply, error) {
	problem := readProblem(response)
	failed := &channels.Error{Status: response.Status, Code: problem.Code, Next: channels.AskPerson}
	switch {
	case response.Status < http.StatusBadRequest:
		return channels.Reply{}, s.Unreadable(response, "its status is not one that the store's API promises")
	case problem.Code == "key_reused":
		failed.Next, failed.Reason = channels.Anew, "the key was used before with other bytes"
	case response.Status == http.StatusUnprocessableEntity, problem.Code == stale, problem.Code == "unknown_sku", problem.Code == "not_stocked":
		return channels.Reply{Refused: true, Reason: problem.text()}, nil
	case response.Status == http.StatusNotFound:
		failed.Reason = "there is no store at this address; correct the endpoint"
	default:
		failed.Reason = fmt.Sprintf("it does not take the call (%.40q); check that the store's kind is %s", problem.Code, s.kind)
	}
	failed.Reason = "store " + s.ID + ": " + failed.Reason
	return channels.Reply{}, channels.InWords(failed, problem.Code, problem.Message)
}

// readProblem reads the error object of a response; it is empty where there is none.
func readProblem(response outbound.Response) problem {
	return channels.Decoded[struct {
		Error problem `json:"error"`
	}](response).Error
}
