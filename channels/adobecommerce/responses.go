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

// receipt is the response to a bulk (use-rest/bulk-endpoints).
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

// readReceipt reads the response to a bulk.
func (s *store) readReceipt(response outbound.Response, items []channels.Item) (channels.Reply, error) {
	if response.Status >= http.StatusBadRequest {
		return s.readRefusal(response)
	}
	if response.Status != http.StatusAccepted && response.Status != http.StatusOK {
		return channels.Reply{}, s.Unreadable(response, "its status is not one that the store's API promises")
	}
	var decoded receipt
	if err := s.Read(response, &decoded); err != nil {
		return channels.Reply{}, err
	}
	if decoded.BulkUUID == "" {
		return channels.Reply{}, s.Unreadable(response, "it does not name the bulk")
	}
	reply := s.waiting(items, ticket{uuid: decoded.BulkUUID})
	open := len(items)
	for _, entry := range decoded.Items {
		if entry.Status == notQueued && entry.ID >= 0 && entry.ID < len(items) && reply.Items[entry.ID].Verdict == channels.Accepted {
			reply.Items[entry.ID] = channels.ItemReply{Verdict: channels.Rejected, Reason: words(entry.Message)}
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
func (s *store) readRefusal(response outbound.Response) (channels.Reply, error) {
	problem := readProblem(response)
	switch {
	case response.Status != http.StatusBadRequest && response.Status != http.StatusUnprocessableEntity || problem.Message == "":
		return channels.Reply{}, s.readStatus(response)
	case strings.Contains(strings.ToLower(problem.Message), "maximum"):
		// `Maximum items of type "%type" is %max` (core, EntityArrayValidator); how the limit of a bulk is worded is not confirmed.
		return channels.Reply{}, s.Failed(channels.Smaller, response.Status, "it takes fewer figures in a bulk; lower the setting batch_limit")
	}
	return channels.Reply{Refused: true, Reason: problem.text()}, nil
}

// readStatus reads a status that failure leaves to the driver, where no item can be meant.
func (s *store) readStatus(response outbound.Response) error {
	if response.Status < http.StatusBadRequest {
		return s.Unreadable(response, "its status is not one that the store's API promises")
	}
	reason := "it does not take the call; check the endpoint, store_view, and that the modules of Multi Source Inventory are enabled"
	if response.Status == http.StatusNotFound {
		reason = "there is no such API at this address; correct the endpoint and store_view, and enable the modules of Multi Source Inventory and of asynchronous " +
			"operations"
	}
	return &channels.Error{Next: channels.AskPerson, Status: response.Status, Reason: "store " + s.ID + ": " + reason, Words: readProblem(response).text()}
}

// problem is an error of the API (core, ErrorProcessor). Its message has places for its parameters, which are a list or have names.
type problem struct {
	Message    string          `json:"message"`
	Parameters json.RawMessage `json:"parameters"`
}

// readProblem reads the error of a response; it is empty where there is none.
func readProblem(response outbound.Response) problem { return channels.Decoded[problem](response) }

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
	for i, value := range list {
		named[strconv.Itoa(i+1)] = value
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
func words(text string) string {
	if strings.TrimSpace(text) == "" {
		return "the store names no reason"
	}
	return text
}
