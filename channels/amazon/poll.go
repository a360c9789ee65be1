package amazon

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
)

// ticket says what is waited for and how often it was asked for, so that the driver has nothing to remember:
// "feed:2:3485934", "report:3485934:amzn1.tortuga…", "listing:0:SKU".
type ticket struct {
	kind  string
	asked int
	feed  string // of a report: the feed that it is on
	id    string
}

const (
	feedTicket    = "feed"
	reportTicket  = "report"
	listingTicket = "listing"
)

func (t ticket) String() string {
	if t.kind == reportTicket {
		return t.kind + ":" + url.QueryEscape(t.feed) + ":" + t.id
	}
	return t.kind + ":" + strconv.Itoa(t.asked) + ":" + t.id
}

func parseTicket(text string) (ticket, bool) {
	parts := strings.SplitN(text, ":", 3)
	if len(parts) != 3 || parts[2] == "" {
		return ticket{}, false
	}
	t := ticket{kind: parts[0], id: parts[2]}
	var err error
	switch t.kind {
	case feedTicket, listingTicket:
		t.asked, err = strconv.Atoi(parts[1])
	case reportTicket:
		t.feed, err = url.QueryUnescape(parts[1])
	default:
		return ticket{}, false
	}
	return t, err == nil && t.asked >= 0
}

const (
	// looks is how often a listing is looked at, with confirm_after before the first and twice as long before each next: half an hour
	// by default. It must end: while a call is open, no newer figure of its item is sent.
	looks = 5
	// maxReportWait is the longest wait between two questions about a feed. Feeds take minutes, hours at times, and days have been
	// reported (amzn/selling-partner-api-models, issues 657 and 2633); the push loop gives a ticket up after a day.
	maxReportWait = 15 * time.Minute
)

// waiting is the reply while Amazon works.
func (s *store) waiting(items []channels.Item, on ticket) channels.Reply {
	reply := channels.All(items, channels.Accepted)
	reply.Ticket = on.String()
	switch on.kind {
	case listingTicket:
		reply.PollAfter = s.confirmAfter << min(on.asked, looks)
	case feedTicket:
		reply.PollAfter = min(s.reportAfter<<min(on.asked, 10), max(maxReportWait, s.reportAfter))
	}
	return reply
}

// Poll asks how far a feed is, for the report of one that is done, or whether a listing shows its figure. Each is one call of the API.
func (s *reportingStore) Poll(ctx context.Context, text string, items []channels.Item) (channels.Reply, error) {
	on, ok := parseTicket(text)
	if !ok || on.kind == listingTicket && (len(items) != 1 || items[0].ChannelSKU != on.id) {
		return channels.Reply{}, s.forgotten(outbound.Answer{}, "the ticket is not one that this driver writes")
	}
	switch session := s.session(); on.kind {
	case listingTicket:
		return session.look(ctx, on, items[0])
	case reportTicket:
		return session.report(ctx, on, items)
	default:
		return session.progress(ctx, on, items)
	}
}

// forgotten is the error for a submission that nothing will be heard of. Figures are absolute: building them anew is right whether or not
// it was applied.
func (s *store) forgotten(answer outbound.Answer, why string) error {
	return &channels.Error{Next: channels.Anew, Status: answer.Status, Reason: fmt.Sprintf("store %s: %s; the items are sent again", s.ID, why)}
}

// unknownHere is true for what Amazon answers about an id that it does not know: 404, or 400 in the models' own examples.
func unknownHere(answer outbound.Answer) bool {
	return answer.Status == http.StatusNotFound || answer.Status == http.StatusBadRequest && readProblem(answer).Code != quotaExceeded
}

// progress asks how far a feed is.
func (s *session) progress(ctx context.Context, on ticket, items []channels.Item) (channels.Reply, error) {
	answer, err := s.call(ctx, http.MethodGet, feedsPath+"/"+segment(on.id), nil)
	switch {
	case err != nil:
		return channels.Reply{}, err
	case unknownHere(answer):
		return channels.Reply{}, s.forgotten(answer, "it does not know the feed any more")
	case answer.Status != http.StatusOK:
		return channels.Reply{}, s.refusal(answer, "getFeed is not taken; check the endpoint and the region")
	}
	var said struct {
		FeedID     string `json:"feedId"`
		Status     string `json:"processingStatus"`
		DocumentID string `json:"resultFeedDocumentId"`
	}
	if err := channels.Read(s.ID, answer, &said); err != nil {
		return channels.Reply{}, err
	}
	if said.FeedID != on.id {
		return channels.Reply{}, channels.Unreadable(s.ID, answer, "it is not about the feed that was asked for")
	}
	var reply channels.Reply
	switch said.Status {
	case "IN_QUEUE", "IN_PROGRESS":
		reply = s.waiting(items, ticket{kind: feedTicket, asked: on.asked + 1, id: on.id})
	case "DONE":
		if said.DocumentID == "" {
			return channels.Reply{}, channels.Unreadable(s.ID, answer, "the feed is done, but has no report")
		}
		reply = s.waiting(items, ticket{kind: reportTicket, feed: on.id, id: said.DocumentID})
	case "CANCELLED":
		return channels.Reply{}, s.forgotten(answer, "the feed "+on.id+" was cancelled before it was processed")
	case "FATAL": // some, none or all of it may have been applied (feeds_2021-06-30.json)
		return channels.Reply{}, s.forgotten(answer, "Amazon gave the feed "+on.id+" up with a fatal error; some of it may have been applied")
	default:
		return channels.Reply{}, channels.Unreadable(s.ID, answer, "the feed has a status that is not known")
	}
	reply.Budget = readBudget(answer)
	return reply, nil
}

// report fetches the report on a feed that is done.
func (s *session) report(ctx context.Context, on ticket, items []channels.Item) (channels.Reply, error) {
	answer, err := s.call(ctx, http.MethodGet, documentPath+"/"+segment(on.id), nil)
	switch {
	case err != nil:
		return channels.Reply{}, err
	case unknownHere(answer):
		return channels.Reply{}, s.forgotten(answer, "it does not know the report on the feed any more")
	case answer.Status != http.StatusOK:
		return channels.Reply{}, s.refusal(answer, "getFeedDocument is not taken; check the endpoint and the region")
	}
	var said struct {
		URL         string `json:"url"`
		Compression string `json:"compressionAlgorithm"`
	}
	if err := channels.Read(s.ID, answer, &said); err != nil {
		return channels.Reply{}, err
	}
	if answer, err = s.download(ctx, said.URL, said.Compression); err != nil {
		return channels.Reply{}, err
	}
	return s.readReport(answer, on.feed, items)
}

// look looks whether a listing shows its figure.
func (s *session) look(ctx context.Context, on ticket, item channels.Item) (channels.Reply, error) {
	answer, err := s.call(ctx, http.MethodGet, s.listing(item.ChannelSKU, url.Values{"includedData": {"fulfillmentAvailability,issues"}}), nil)
	switch {
	case err != nil:
		return channels.Reply{}, err
	case answer.Status == http.StatusNotFound:
		reason := "Amazon took the figure, but has no listing of this SKU in the marketplace; list it, or correct the listing's channel SKU"
		if words := readProblem(answer).text(); words != "" {
			reason += " (Amazon says: " + words + ")"
		}
		return one(channels.ItemReply{Verdict: channels.Rejected, Code: "NOT_FOUND", Reason: reason}), nil
	case answer.Status != http.StatusOK:
		return s.readSingleRefusal(answer)
	}
	var said listing
	if err := channels.Read(s.ID, answer, &said); err != nil {
		return channels.Reply{}, err
	}
	if said.SKU != item.ChannelSKU {
		return channels.Reply{}, channels.Unreadable(s.ID, answer, "it is not the listing that was asked for")
	}
	reply, err := s.readListing(said, on, item)
	reply.Budget = readBudget(answer)
	return reply, err
}

// listing is what Amazon shows of an item.
type listing struct {
	SKU          string `json:"sku"`
	Availability []struct {
		ChannelCode string `json:"fulfillmentChannelCode"`
		Quantity    *int64 `json:"quantity"`
	} `json:"fulfillmentAvailability"`
	Issues []issue `json:"issues"`
}

// readListing judges a listing after a figure was accepted for it. It is a Conflict when another figure still stands after the last
// look: sold from meanwhile or never taken, which looks the same, and the newest figure is right for both.
func (s *store) readListing(said listing, on ticket, item channels.Item) (channels.Reply, error) {
	var shown *int64
	others := false
	for _, one := range said.Availability {
		if one.ChannelCode == s.channelCode {
			shown = one.Quantity
		} else {
			others = true
		}
	}
	if shown != nil && *shown == item.Quantity {
		return one(channels.ItemReply{Verdict: channels.Applied, Actual: shown}), nil
	}
	if found, failed := about(said.Issues); failed {
		return one(found.reply()), nil
	}
	last := on.asked+1 >= looks
	switch {
	case !last:
		return s.waiting([]channels.Item{item}, ticket{kind: listingTicket, asked: on.asked + 1, id: on.id}), nil
	case shown != nil:
		return one(channels.ItemReply{
				Verdict: channels.Conflict, Actual: shown,
				Reason: fmt.Sprintf("Amazon took %d, but its listing still shows %d: it was sold from meanwhile, or the figure was not applied", item.Quantity, *shown),
			}),
			nil
	case others:
		return one(channels.ItemReply{
			Verdict: channels.Rejected, Code: "NOT_MERCHANT_FULFILLED",
			Reason: fmt.Sprintf("the listing has no fulfilment channel %s; what Amazon fulfils cannot be set", s.channelCode),
		}), nil
	}
	return channels.Reply{}, s.forgotten(outbound.Answer{}, "Amazon took the figure, but its listing shows none")
}

// about is the first error of a listing that is about its quantity. Others, like a missing picture, do not stand in its way.
func about(issues []issue) (issue, bool) {
	for _, found := range issues {
		if found.Severity != severe || faults[strings.ToUpper(found.Code)] {
			continue
		}
		for _, name := range found.Attributes {
			if name == attribute || strings.HasPrefix(name, attribute+".") {
				return found, true
			}
		}
	}
	return issue{}, false
}
