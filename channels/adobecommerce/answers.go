package adobecommerce

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
)

// receipt is the answer to a bulk (use-rest/bulk-endpoints).
type receipt struct {
	BulkUUID string `json:"bulk_uuid"`
	Items    []struct {
		ID      int    `json:"id"` // the position in the call
		Status  string `json:"status"`
		Message string `json:"error_message"`
	} `json:"request_items"`
}

// notQueued is the status of an operation that was refused before it came into the queue; it will not be in the report.
const notQueued = "rejected"

// readReceipt reads the answer to a bulk.
func (s *store) readReceipt(answer outbound.Answer, items []channels.Item) (channels.Reply, error) {
	if answer.Status >= http.StatusBadRequest {
		return s.readRefusal(answer)
	}
	if answer.Status != http.StatusAccepted && answer.Status != http.StatusOK {
		return channels.Reply{}, channels.Unreadable(s.ID, answer, "its status is not one that the store's API promises")
	}
	var said receipt
	if err := channels.Read(s.ID, answer, &said); err != nil {
		return channels.Reply{}, err
	}
	if said.BulkUUID == "" {
		return channels.Reply{}, channels.Unreadable(s.ID, answer, "it does not name the bulk")
	}
	reply := s.waiting(items, ticket{uuid: said.BulkUUID})
	open := len(items)
	for _, one := range said.Items {
		if one.Status == notQueued && one.ID >= 0 && one.ID < len(items) && reply.Items[one.ID].Verdict == channels.Accepted {
			reply.Items[one.ID] = channels.ItemReply{Verdict: channels.Rejected, Reason: words(one.Message)}
			open--
		}
	}
	if open == 0 {
		reply.Ticket, reply.PollAfter = "", 0
	}
	return reply, nil
}

// readRefusal reads a status of 400 to 499 that failure leaves to the driver, on a bulk. A bulk with a body of the wrong form in it is
// refused as a whole and names nobody (core, WebapiAsync, InputParamsResolver::resolve).
func (s *store) readRefusal(answer outbound.Answer) (channels.Reply, error) {
	said := readProblem(answer)
	switch {
	case answer.Status != http.StatusBadRequest && answer.Status != http.StatusUnprocessableEntity || said.Message == "":
		return channels.Reply{}, s.readStatus(answer)
	case strings.Contains(strings.ToLower(said.Message), "maximum"):
		// `Maximum items of type "%type" is %max` (core, EntityArrayValidator); how the limit of a bulk is worded is not confirmed.
		return channels.Reply{}, &channels.Error{Next: channels.Smaller, Status: answer.Status, Reason: "store " + s.ID +
			": it takes fewer figures in a bulk; lower the setting batch_limit"}
	}
	return channels.Reply{Refused: true, Reason: said.text()}, nil
}

// readStatus reads a status that failure leaves to the driver, where no item can be meant.
func (s *store) readStatus(answer outbound.Answer) error {
	if answer.Status < http.StatusBadRequest {
		return channels.Unreadable(s.ID, answer, "its status is not one that the store's API promises")
	}
	reason := "it does not take the call; check the endpoint, store_view, and that the modules of Multi Source Inventory are enabled"
	if answer.Status == http.StatusNotFound {
		reason = "there is no such API at this address; correct the endpoint and store_view, and enable the modules of Multi Source Inventory and of asynchronous " +
			"operations"
	}
	return &channels.Error{Next: channels.AskPerson, Status: answer.Status, Reason: "store " + s.ID + ": " + reason, Words: readProblem(answer).text()}
}

// problem is an error of the API (core, ErrorProcessor). Its message has places for its parameters, which are a list or have names.
type problem struct {
	Message    string          `json:"message"`
	Parameters json.RawMessage `json:"parameters"`
}

// readProblem reads the error of an answer; it is empty where there is none.
func readProblem(answer outbound.Answer) problem {
	var said problem
	if json.Unmarshal(answer.Body, &said) != nil {
		return problem{}
	}
	return said
}

// named are the parameters by their names; those of a list are 1, 2 and so on.
func (p problem) named() map[string]any {
	var named map[string]any
	if json.Unmarshal(p.Parameters, &named) == nil {
		return named
	}
	var list []any
	if json.Unmarshal(p.Parameters, &list) != nil {
		return nil
	}
	named = make(map[string]any, len(list))
	for i, one := range list {
		named[strconv.Itoa(i+1)] = one
	}
	return named
}

// parameter is a parameter's text, empty where there is none.
func (p problem) parameter(name string) string {
	text, _ := p.named()[name].(string)
	return text
}

// places are where a message has its parameters.
var places = regexp.MustCompile(`%[A-Za-z0-9_]+`)

// text is the message with its parameters in their places.
func (p problem) text() string {
	named := p.named()
	return places.ReplaceAllStringFunc(p.Message, func(place string) string {
		switch value := named[place[1:]].(type) {
		case string, float64:
			return fmt.Sprint(value)
		}
		return place
	})
}

// words is what the store says, or that it says nothing.
func words(said string) string {
	if strings.TrimSpace(said) == "" {
		return "the store names no reason"
	}
	return said
}
