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
	kind      string
	requested int
	feed      string // of a report: the feed that it is on
	id        string
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
	return t.kind + ":" + strconv.Itoa(t.requested) + ":" + t.id
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
		t.requested, err = strconv.Atoi(parts[1])
	case reportTicket:
		t.feed, err = url.QueryUnescape(parts[1])
	default:
		return ticket{}, false
	}
	return t, err == nil && t.requested >= 0
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
	var after time.Duration
	switch on.kind {
	case listingTicket:
		after = s.confirmAfter << min(on.requested, looks)
	case feedTicket:
		after = channels.PollDelay(s.reportAfter, on.requested, maxReportWait)
	}
	return channels.Pending(items, on.String(), after)
}

// Poll asks how far a feed is, for the report of one that is done, or whether a listing shows its figure. Each is one call of the API.
func (s *reportingStore) Poll(ctx context.Context, text string, items []channels.Item) (channels.Reply, error) {
	on, ok := parseTicket(text)
	if !ok || on.kind == listingTicket && (len(items) != 1 || items[0].ChannelSKU != on.id) {
		return channels.Reply{}, s.Forgotten(0, "the ticket is not one that this driver writes")
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

// readFeeds asks the Feeds API about something that it has made, by an operation. What it does not know any more is Forgotten.
func (s *session) readFeeds(ctx context.Context, operation, path, what string, into any) (outbound.Response, error) {
	response, err := s.call(ctx, http.MethodGet, path, nil)
	return response, s.ReadOK(response, err, func(response outbound.Response) error {
		if response.Status == http.StatusNotFound || response.Status == http.StatusBadRequest && readProblem(response).Code != quotaExceeded {
			return s.Forgotten(response.Status, "it does not know the "+what+" any more") // 404, or 400 in the models' own examples
		}
		return s.refusal(response, operation+" is not taken; check the endpoint and the region")
	}, into)
}

// progress asks how far a feed is.
func (s *session) progress(ctx context.Context, on ticket, items []channels.Item) (channels.Reply, error) {
	var body struct {
		FeedID     string `json:"feedId"`
		Status     string `json:"processingStatus"`
		DocumentID string `json:"resultFeedDocumentId"`
	}
	response, err := s.readFeeds(ctx, "getFeed", feedsPath+"/"+segment(on.id), "feed", &body)
	if err != nil {
		return channels.Reply{}, err
	}
	if body.FeedID != on.id {
		return channels.Reply{}, s.Unreadable(response, "it is not about the feed that was asked for")
	}
	var reply channels.Reply
	switch body.Status {
	case "IN_QUEUE", "IN_PROGRESS":
		reply = s.waiting(items, ticket{kind: feedTicket, requested: on.requested + 1, id: on.id})
	case "DONE":
		if body.DocumentID == "" {
			return channels.Reply{}, s.Unreadable(response, "the feed is done, but has no report")
		}
		reply = s.waiting(items, ticket{kind: reportTicket, feed: on.id, id: body.DocumentID})
	case "CANCELLED":
		return channels.Reply{}, s.Forgotten(response.Status, "the feed "+on.id+" was cancelled before it was processed")
	case "FATAL": // some, none or all of it may have been applied (feeds_2021-06-30.json)
		return channels.Reply{}, s.Forgotten(response.Status, "Amazon gave the feed "+on.id+" up with a fatal error; some of it may have been applied")
	default:
		return channels.Reply{}, s.Unreadable(response, "the feed has a status that is not known")
	}
	reply.Budget = readBudget(response)
	return reply, nil
}

// report fetches the report on a feed that is done.
func (s *session) report(ctx context.Context, on ticket, items []channels.Item) (channels.Reply, error) {
	var body struct {
		URL         string `json:"url"`
		Compression string `json:"compressionAlgorithm"`
	}
	if _, err := s.readFeeds(ctx, "getFeedDocument", documentPath+"/"+segment(on.id), "report on the feed", &body); err != nil {
		return channels.Reply{}, err
	}
	response, err := s.download(ctx, body.URL, body.Compression)
	if err != nil {
		return channels.Reply{}, err
	}
	return s.readReport(response, on.feed, items)
}

// look looks whether a listing shows its figure.
func (s *session) look(ctx context.Context, on ticket, item channels.Item) (channels.Reply, error) {
	response, err := s.call(ctx, http.MethodGet, s.listing(item.ChannelSKU, url.Values{"includedData": {"fulfillmentAvailability,issues"}}), nil)
	switch {
	case err != nil:
		return channels.Reply{}, err
	case response.Status == http.StatusNotFound:
		reason := "Amazon took the figure, but has no listing of this SKU in the marketplace; list it, or correct the listing's channel SKU"
		if words := readProblem(response).text(); words != "" {
			reason += " (Amazon says: " + words + ")"
		}
		return channels.Single(channels.ItemReply{Verdict: channels.Rejected, Code: "NOT_FOUND", Reason: reason}), nil
	case response.Status != http.StatusOK:
		return s.readSingleRefusal(response)
	}
	var decoded listing
	if err := s.Read(response, &decoded); err != nil {
		return channels.Reply{}, err
	}
	if decoded.SKU != item.ChannelSKU {
		return channels.Reply{}, s.Unreadable(response, "it is not the listing that was asked for")
	}
	reply, err := s.readListing(decoded, on, item)
	reply.Budget = readBudget(response)
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
func (s *store) readListing(decoded listing, on ticket, item channels.Item) (channels.Reply, error) {
	var shown *int64
	otherListings := false
	for _, entry := range decoded.Availability {
		if entry.ChannelCode == s.channelCode {
			shown = entry.Quantity
		} else {
			otherListings = true
		}
	}
	if shown != nil && *shown == item.Quantity {
		return channels.Single(channels.ItemReply{Verdict: channels.Applied, Actual: shown}), nil
	}
	if issue, failed := about(decoded.Issues); failed {
		return channels.Single(issue.reply()), nil
	}
	last := on.requested+1 >= looks
	switch {
	case !last:
		return s.waiting([]channels.Item{item}, ticket{kind: listingTicket, requested: on.requested + 1, id: on.id}), nil
	case shown != nil:
		return channels.Single(channels.ItemReply{
				Verdict: channels.Conflict, Actual: shown,
				Reason: fmt.Sprintf("Amazon took %d, but its listing still shows %d: it was sold from meanwhile, or the figure was not applied", item.Quantity, *shown),
			}),
			nil
	case otherListings:
		return channels.Single(channels.ItemReply{
			Verdict: channels.Rejected, Code: "NOT_MERCHANT_FULFILLED",
			Reason: fmt.Sprintf("the listing has no fulfilment channel %s; what Amazon fulfils cannot be set", s.channelCode),
		}), nil
	}
	return channels.Reply{}, s.Forgotten(0, "Amazon took the figure, but its listing shows none")
}

// about is the first error of a listing that is about its quantity. Others, like a missing picture, do not stand in its way.
func about(issues []issue) (issue, bool) {
	for _, match := range issues {
		if match.Severity != severe || faults[strings.ToUpper(match.Code)] {
			continue
		}
		for _, name := range match.Attributes {
			if name == attribute || strings.HasPrefix(name, attribute+".") {
				return match, true
			}
		}
	}
	return issue{}, false
}
