package walmart

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
)

// progress is what Walmart says of a feed (PartnerFeedResponse in feeds.json). Rows come only when details are asked for.
type progress struct {
	FeedID     string          `json:"feedId"`
	Status     string          `json:"feedStatus"`
	Received   *int            `json:"itemsReceived"`
	Succeeded  *int            `json:"itemsSucceeded"`
	Failed     *int            `json:"itemsFailed"`
	Processing int             `json:"itemsProcessing"`
	Errors     ingestionErrors `json:"ingestionErrors"` // of the feed as a whole
	Details    struct {
		Rows []row `json:"itemIngestionStatus"`
	} `json:"itemDetails"`
}

// row is what became of one item.
type row struct {
	SKU    string          `json:"sku"`
	Status string          `json:"ingestionStatus"`
	Errors ingestionErrors `json:"ingestionErrors"`
}

// faults are the errors that are Walmart's own; the item is sent again (us-marketplace/docs/feeds-overview). The third, DATA_ERROR, is
// the item's.
var faults = map[string]bool{"SYSTEM_ERROR": true, "TIMEOUT_ERROR": true}

func (r row) reply() channels.ItemReply {
	first := r.Errors.first()
	if first.Code == "" {
		first.Code = r.Status
	}
	reply := channels.ItemReply{Code: first.Code, Reason: first.Description}
	switch {
	case r.Status == "SUCCESS":
		return channels.ItemReply{Verdict: channels.Applied}
	case r.Status == "DATA_ERROR":
		reply.Verdict = channels.Rejected
	case faults[r.Status]:
		reply.Verdict = channels.NotApplied
	case r.Status == "INPROGRESS":
		return channels.ItemReply{Reason: "Walmart's report says that the feed is processed, but not this item"}
	default:
		return channels.ItemReply{Reason: fmt.Sprintf("Walmart's report gives it the status %.40q, which is not known", r.Status)}
	}
	if reply.Reason == "" {
		reply.Reason = "Walmart names no reason"
	}
	return reply
}

// ingestionErrors are what was wrong with an item or a feed: {"ingestionError": [{…}]} in feeds.json; null and a single object were seen
// in answers that others keep.
type ingestionErrors struct{ List []ingestionError }

type ingestionError struct {
	Type        string `json:"type"`
	Code        string `json:"code"`
	Description string `json:"description"`
}

// UnmarshalJSON takes every form; what is of another says nothing.
func (e *ingestionErrors) UnmarshalJSON(text []byte) error {
	var body struct {
		Errors json.RawMessage `json:"ingestionError"`
	}
	if json.Unmarshal(text, &body) != nil || len(body.Errors) == 0 {
		return nil
	}
	if json.Unmarshal(body.Errors, &e.List) == nil {
		return nil
	}
	var single ingestionError
	if json.Unmarshal(body.Errors, &single) == nil {
		e.List = []ingestionError{single}
	}
	return nil
}

func (e ingestionErrors) first() ingestionError {
	if len(e.List) == 0 {
		return ingestionError{}
	}
	return e.List[0]
}

// readFeed reads what Walmart says of a feed.
func (s *store) readFeed(response outbound.Response, on ticket, items []channels.Item) (channels.Reply, error) {
	switch {
	case response.Status == http.StatusBadRequest && on.limit > leastDetails && !readProblem(response).is(tooMany):
		on.limit = leastDetails // documents differ on how many may be asked for at once
		return s.waiting(items, on), nil
	case response.Status == http.StatusNotFound, response.Status == http.StatusBadRequest && !readProblem(response).is(tooMany):
		return channels.Reply{}, s.Forgotten(response.Status, "it does not know the feed any more")
	case response.Status != http.StatusOK:
		return channels.Reply{}, s.refusal(response, "the feed's status cannot be read")
	}
	var decoded progress
	if err := s.Read(response, &decoded); err != nil {
		return channels.Reply{}, err
	}
	if decoded.FeedID != on.id {
		return channels.Reply{}, s.Unreadable(response, "it is not about the feed that was asked for")
	}
	switch {
	case decoded.Status == "ERROR":
		return s.readFailed(decoded)
	case on.kind == feedTicket && (decoded.Status == "RECEIVED" || decoded.Status == "INPROGRESS" || decoded.Status == "PROCESSED" && decoded.Processing > 0):
		on.at++
		return s.waiting(items, on), nil
	case decoded.Status != "PROCESSED":
		return channels.Reply{}, s.Unreadable(response, "the feed has a status that is not known, or not one that follows the last")
	case on.kind == detailsTicket:
		return s.readDetails(response, decoded, on, items)
	case decoded.Received == nil || decoded.Succeeded == nil || decoded.Failed == nil:
		return channels.Reply{}, s.Unreadable(response, "it does not count what became of the items")
	case *decoded.Failed == 0 && *decoded.Succeeded == len(items) && *decoded.Received == len(items):
		return channels.All(items, channels.Applied), nil
	}
	return s.waiting(items, ticket{kind: detailsTicket, limit: s.details, id: on.id}), nil
}

// readFailed reads a feed that failed as a whole: none of it was processed (us-marketplace/docs/feeds-overview). Where that was a fault
// of Walmart's own, the same will be taken another time.
func (s *store) readFailed(decoded progress) (channels.Reply, error) {
	own := len(decoded.Errors.List) > 0
	for _, failure := range decoded.Errors.List {
		own = own && faults[failure.Type]
	}
	first := decoded.Errors.first()
	if own {
		return channels.Reply{}, &channels.Error{
			Next: channels.Anew, Code: first.Code,
			Reason: fmt.Sprintf("store %s: Walmart processed nothing of the feed %s by a fault of its own; the items are sent again", s.ID, decoded.FeedID),
		}
	}
	return channels.Reply{Refused: true, Reason: words("Walmart processed nothing of the feed "+decoded.FeedID, words(first.Code, first.Description))}, nil
}

// readDetails reads a page of a report. Items are matched by their SKU, for a feed is of one ship node. Items that were on other pages
// have their verdicts from there, or will have: the ledger keeps what an earlier response decided. What no page names stays Unknown when
// the report was complete; when it ends early, what is not named is sent anew.
func (s *store) readDetails(response outbound.Response, decoded progress, on ticket, items []channels.Item) (channels.Reply, error) {
	rows := decoded.Details.Rows
	total := len(items)
	if decoded.Received != nil {
		total = max(total, *decoded.Received)
	}
	if len(rows) == 0 {
		return channels.Reply{}, s.Forgotten(response.Status, fmt.Sprintf("Walmart's report on the feed %s ends after %d of %d items", on.id, on.at, total))
	}
	verdicts := make(map[string]channels.ItemReply, len(rows))
	var nameless []channels.ItemReply
	for _, row := range rows {
		verdict := row.reply()
		if row.SKU == "" {
			nameless = append(nameless, verdict)
			continue
		}
		if before, seen := verdicts[row.SKU]; seen && before.Verdict != verdict.Verdict {
			verdict = channels.ItemReply{Reason: "Walmart's report contradicts itself about it"}
		}
		verdicts[row.SKU] = verdict
	}
	first := on.at == 0 // items that are on no page, or were on another one, are told apart on a single page only
	on.at += len(rows)
	reply := s.waiting(items, on)
	missing := 0
	for _, item := range items {
		if _, ok := verdicts[item.ChannelSKU]; !ok || !first {
			missing++
		}
	}
	named, own := 0, 0
	for i, item := range items {
		verdict, ok := verdicts[item.ChannelSKU]
		switch {
		case ok:
			reply.Items[i] = verdict
			named++
		case on.at >= total:
			reply.Items[i] = channels.Nameless("Walmart's report does not name it", nameless, missing)
		}
		if reply.Items[i].Verdict == channels.NotApplied {
			own++
		}
	}
	if on.at >= total || named == len(items) {
		reply.Ticket = ""
	}
	if own == len(items) {
		return channels.Reply{}, &channels.Error{
			Next: channels.Anew, Code: reply.Items[0].Code,
			Reason: fmt.Sprintf("store %s: Walmart failed on every item of the feed %s by a fault of its own; the items are sent again", s.ID, on.id),
		}
	}
	return reply, nil
}
