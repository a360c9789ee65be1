package adobecommerce

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
)

// ticket says which bulk is waited for and how often it was asked about, "2:7a8b…", so that the driver has nothing to remember.
type ticket struct {
	requested int
	uuid      string
}

func (t ticket) String() string { return fmt.Sprintf("%d:%s", t.requested, t.uuid) }

func parseTicket(text string) (ticket, bool) {
	number, uuid, _ := strings.Cut(text, ":")
	requested, err := strconv.Atoi(number)
	return ticket{requested, uuid}, err == nil && requested >= 0 && uuid != ""
}

// maxReportWait is the longest wait between two questions about a bulk. Consumers are started by cron, every minute by default
// (use-rest/bulk-endpoints); the push loop gives a ticket up after a day.
const maxReportWait = 5 * time.Minute

// waiting is the reply while the store works.
func (s *store) waiting(items []channels.Item, on ticket) channels.Reply {
	return channels.Pending(items, on.String(), channels.PollDelay(s.reportAfter, on.requested, maxReportWait))
}

// Poll asks for the report on a bulk.
func (s *store) Poll(ctx context.Context, text string, items []channels.Item) (channels.Reply, error) {
	on, ok := parseTicket(text)
	if !ok {
		return channels.Reply{}, s.Forgotten(0, "the ticket is not one that this driver writes")
	}
	response, err := s.call(ctx, http.MethodGet, "/V1/bulk/"+url.PathEscape(on.uuid)+"/detailed-status", nil)
	switch {
	case err != nil:
		return channels.Reply{}, err
	case unknownBulk(response):
		return channels.Reply{}, s.Forgotten(response.Status, "it does not know the bulk any more")
	case response.Status != http.StatusOK:
		return channels.Reply{}, s.readStatus(response)
	}
	return s.readReport(response, on, items)
}

// unknownBulk tells a response about a bulk that does not exist from one of a store that has no such address (core, Router::match:
// "Request does not match any route.").
func unknownBulk(response outbound.Response) bool {
	text := readProblem(response).Message
	return response.Status == http.StatusNotFound && text != "" && !strings.Contains(text, "any route")
}

// report is what the store says of a bulk (use-rest/operation-status-endpoints, detailed-status).
type report struct {
	BulkID     string   `json:"bulk_id"`
	Operations []result `json:"operations_list"`
}

// result is what became of an operation.
type result struct {
	ID      *int   `json:"id"` // the position in the call
	Status  int    `json:"status"`
	Message string `json:"result_message"`
	Code    int    `json:"error_code"`
	// Data is what the operation holds, as JSON in JSON; the store keeps it of operations that are open or failed.
	Data string `json:"serialized_data"`
}

// The statuses of operations.
const (
	complete  = 1
	retriable = 2
	failed    = 3
	open      = 4
	rejected  = 5
)

// readReport reads what became of a bulk, operation by operation. While one is open its item stays Accepted and the ticket remains; the
// ledger keeps what an earlier response decided. What the report does not name stays Unknown.
func (s *store) readReport(response outbound.Response, on ticket, items []channels.Item) (channels.Reply, error) {
	var decoded report
	if err := s.Read(response, &decoded); err != nil {
		return channels.Reply{}, err
	}
	if decoded.BulkID != on.uuid {
		return channels.Reply{}, s.Unreadable(response, "it is not about the bulk that was asked for")
	}
	on.requested++
	if len(decoded.Operations) == 0 {
		return s.waiting(items, on), nil // it is not even in the queue
	}
	reply := channels.All(items, channels.Unknown)
	named := make([]bool, len(items))
	strangers := 0
	var nameless []channels.ItemReply
	for _, result := range decoded.Operations {
		if result.ID == nil && (result.Status == failed || result.Status == rejected || result.Status == retriable) {
			nameless = append(nameless, result.reply())
			continue
		}
		if result.ID == nil || *result.ID < 0 || *result.ID >= len(items) {
			strangers++
			continue
		}
		at := *result.ID
		if result.other(items[at]) {
			return channels.Reply{}, s.numbered()
		}
		verdict := result.reply()
		if named[at] && reply.Items[at].Verdict != verdict.Verdict {
			verdict = channels.ItemReply{Reason: "the store's report contradicts itself about it"}
		}
		reply.Items[at], named[at] = verdict, true
	}
	if strangers == len(decoded.Operations) {
		return channels.Reply{}, s.numbered()
	}
	channels.Unnamed(reply, named, "the store's report does not name it", nameless)
	for i := range items {
		if named[i] && reply.Items[i].Verdict == channels.Accepted {
			later := s.waiting(nil, on)
			reply.Ticket, reply.PollAfter = later.Ticket, later.PollAfter
		}
	}
	return reply, nil
}

// numbered is the error for a report whose operations are not numbered by their position in the call: nothing in it can be believed.
func (s *store) numbered() error {
	return s.Failed(channels.AskPerson, 0,
		"it numbers the operations of a bulk in a way of its own, so reports cannot be read; Adobe Commerce or Magento 2.4 or later is needed")
}

// other tells that an operation was for another item than the one in its place, where the report says what it was for.
func (r result) other(item channels.Item) bool {
	type place struct {
		SKU    string `json:"sku"`
		Source string `json:"source_code"`
	}
	var data struct {
		Meta string `json:"meta_information"`
	}
	var body struct {
		Camel []place `json:"sourceItems"`
		Snake []place `json:"source_items"`
	}
	if json.Unmarshal([]byte(r.Data), &data) != nil || json.Unmarshal([]byte(data.Meta), &body) != nil {
		return false
	}
	for _, held := range slices.Concat(body.Camel, body.Snake) {
		// The source of an item without a location is a setting, which may have been changed meanwhile.
		if held.SKU != item.Reference || (item.Location != "" && held.Source != item.Location) {
			return true
		}
	}
	return false
}

// What the store says of a failure that is not the item's own, though it calls it not retriable.
const (
	// notFound is said where a module or a later version refuses SKUs that do not exist (MSI, NotExistentSku).
	notFound = `Product with requested "sku"`
	// notSaved stands for every fault of the database, a deadlock between two consumers too (MSI, SourceItemsSaveHandler).
	notSaved = "Could not save Source Item"
)

// reply is what became of an operation's item.
func (r result) reply() channels.ItemReply {
	reply := channels.ItemReply{Verdict: channels.Rejected, Reason: words(r.Message)}
	if r.Code != 0 {
		reply.Code = strconv.Itoa(r.Code)
	}
	switch {
	case r.Status == complete:
		return channels.ItemReply{Verdict: channels.Applied}
	case r.Status == open:
		return channels.ItemReply{Verdict: channels.Accepted}
	case r.Status == retriable, r.Status == failed && strings.Contains(r.Message, notSaved):
		reply.Verdict = channels.NotApplied
	case r.Status == failed && strings.Contains(r.Message, notFound):
		reply.Verdict, reply.Lost = channels.NotApplied, true
	case r.Status != failed && r.Status != rejected:
		return channels.ItemReply{Reason: fmt.Sprintf("the store's report gives it the status %d, which is not known", r.Status)}
	}
	return reply
}
