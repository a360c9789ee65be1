package amazon

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
)

// issue is what Amazon says of a submission: in the response to a PATCH, on a listing, or in a report. Only ERROR stands in the way.
type issue struct {
	Code       string   `json:"code"`
	Message    string   `json:"message"`
	Severity   string   `json:"severity"`
	Attributes []string `json:"attributeNames"` // of a PATCH and a listing
	// Of a report:
	MessageID *int   `json:"messageId"` // nil when the issue is not about one message
	SKU       string `json:"sku"`       // not always given
}

const severe = "ERROR"

func (i issue) reply() channels.ItemReply {
	verdict := channels.Rejected
	if faults[strings.ToUpper(i.Code)] {
		verdict = channels.NotApplied
	}
	return channels.ItemReply{Verdict: verdict, Code: i.Code, Reason: i.Message}
}

// faults are codes that name a fault of Amazon's own and not one of the item. The codes of reports are not published as a list; these
// are the ones of the API's errors, should they turn up there.
var faults = map[string]bool{"INTERNALFAILURE": true, "INTERNALERROR": true, "INTERNAL_ERROR": true, "SERVICEUNAVAILABLE": true, "QUOTAEXCEEDED": true}

// readPatch reads the response to one figure. ACCEPTED is not yet shown (listingsItems_2021-08-01.json: "accepted for processing"), so
// unless the store is set to take that for the end, the item is Accepted, and Poll looks whether the listing shows it.
func (s *store) readPatch(response outbound.Response, item channels.Item) (channels.Reply, error) {
	if response.Status != http.StatusOK {
		return s.readSingleRefusal(response)
	}
	var body struct {
		SKU    string  `json:"sku"`
		Status string  `json:"status"`
		Issues []issue `json:"issues"`
	}
	if err := s.Read(response, &body); err != nil {
		return channels.Reply{}, err
	}
	if body.SKU != item.ChannelSKU {
		return channels.Reply{}, s.Unreadable(response, "it does not name the SKU that was asked for")
	}
	items := []channels.Item{item}
	var reply channels.Reply
	switch {
	case body.Status == "INVALID":
		verdict := invalid(body.Issues)
		if verdict.Verdict == channels.NotApplied {
			return channels.Reply{}, &channels.Error{
				Status: response.Status, Code: verdict.Code,
				Reason: fmt.Sprintf("store %s: Amazon does not accept the figure by a fault of its own", s.ID),
			}
		}
		reply = channels.Single(verdict)
	case body.Status == "ACCEPTED" && s.confirms:
		reply = s.waiting(items, ticket{kind: listingTicket, id: item.ChannelSKU})
	case body.Status == "ACCEPTED":
		reply = channels.All(items, channels.Applied)
	default: // VALID is for previews, which are not asked for
		return channels.Reply{}, s.Unreadable(response, "it does not say whether the figure is accepted")
	}
	reply.Budget = readBudget(response)
	return reply, nil
}

// invalid is the verdict on a figure that Amazon does not accept.
func invalid(issues []issue) channels.ItemReply {
	for _, match := range issues {
		if match.Severity == severe {
			return match.reply()
		}
	}
	return channels.ItemReply{Verdict: channels.Rejected, Code: "INVALID", Reason: "Amazon does not accept the figure and names no error"}
}

// readSingleRefusal reads a status of 400 to 499 on one item: there is only one that can be meant.
func (s *store) readSingleRefusal(response outbound.Response) (channels.Reply, error) {
	problem := readProblem(response)
	itself := response.Status == http.StatusBadRequest || response.Status == http.StatusNotFound || response.Status == http.StatusUnprocessableEntity
	if !itself || problem.Code == "" || problem.Code == quotaExceeded {
		return channels.Reply{}, s.refusal(response, "the call is not taken; check the endpoint and the region")
	}
	return channels.Single(channels.ItemReply{Verdict: channels.Rejected, Code: problem.Code, Reason: problem.text()}), nil
}

// refusal is the error for a status that Failure leaves to the driver, where no item is to blame.
func (s *store) refusal(response outbound.Response, what string) error {
	problem := readProblem(response)
	switch {
	case response.Status < http.StatusBadRequest:
		return s.Unreadable(response, "its status is not one that Amazon's API promises")
	case problem.Code == quotaExceeded:
		return &channels.Error{Next: channels.Wait, Status: response.Status, Code: problem.Code, Reason: fmt.Sprintf("store %s: it throttles", s.ID)}
	}
	return &channels.Error{
		Next: channels.AskPerson, Status: response.Status, Code: problem.Code,
		Reason: fmt.Sprintf("store %s: %s", s.ID, what), Words: problem.text(),
	}
}

// problem is an error of the API, which comes in a list (ErrorList in the models).
type problem struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Details string `json:"details"`
}

// quotaExceeded is the code of a throttle. It comes with the status 429 and without Retry-After
// (sp-api/docs/usage-plans-and-rate-limits-in-the-sp-api).
const quotaExceeded = "QuotaExceeded"

func (p problem) text() string {
	if p.Details == "" || p.Details == p.Message {
		return p.Message
	}
	return p.Message + " " + p.Details
}

// readProblem reads the first error of a response; it is empty where there is none.
func readProblem(response outbound.Response) problem {
	body := channels.Decoded[struct {
		Errors []problem `json:"errors"`
	}](response)
	if len(body.Errors) == 0 {
		return problem{}
	}
	return body.Errors[0]
}

// readReport reads a processing report (listings-feed-processing-report-schema-v2.json). It names only what went wrong, by the message's
// id, and counts the rest. So what it does not name was applied if it counts as many accepted messages; when it counts fewer, nobody can
// say which, and they stay Unknown.
func (s *store) readReport(response outbound.Response, feed string, items []channels.Item) (channels.Reply, error) {
	var body struct {
		Header struct {
			FeedID string `json:"feedId"`
		} `json:"header"`
		Issues  []issue `json:"issues"`
		Summary *struct {
			Accepted *int `json:"messagesAccepted"`
		} `json:"summary"`
	}
	if err := s.Read(response, &body); err != nil {
		return channels.Reply{}, err
	}
	if body.Header.FeedID != feed || body.Issues == nil || body.Summary == nil || body.Summary.Accepted == nil {
		return channels.Reply{}, s.Unreadable(response, "it is not the report on this feed")
	}
	named, contradicted, whole := sorted(body.Issues, items)
	accepted, unnamed := *body.Summary.Accepted, len(items)-len(named)-len(contradicted)
	if accepted <= 0 && len(named) == 0 && len(whole) > 0 {
		return channels.Reply{Refused: true, Reason: whole[0].Code + ": " + whole[0].Message}, nil
	}
	var nameless []channels.ItemReply
	for _, item := range whole {
		nameless = append(nameless, item.reply())
	}
	reply := channels.All(items, channels.Applied)
	own := 0
	for i := range items {
		match, failed := named[i]
		switch {
		case failed:
			reply.Items[i] = match.reply()
			if reply.Items[i].Verdict == channels.NotApplied {
				own++
			}
		case contradicted[i]:
			reply.Items[i] = channels.ItemReply{Reason: "Amazon's report names its message with another SKU"}
		case accepted < unnamed && len(nameless) > 0: // where something was accepted, nobody knows whether it was this
			reply.Items[i] = channels.Nameless("Amazon's report does not name it", nameless, unnamed)
		case accepted < unnamed:
			reply.Items[i] = channels.ItemReply{Reason: fmt.Sprintf("Amazon's report does not name it, but counts only %d of %d such messages as accepted",
				max(accepted, 0), unnamed)}
		}
	}
	if own == len(items) {
		return channels.Reply{}, &channels.Error{
			Next: channels.Anew, Code: reply.Items[0].Code,
			Reason: fmt.Sprintf("store %s: Amazon failed on every message of the feed by a fault of its own; the items are sent again", s.ID),
		}
	}
	return reply, nil
}

// sorted puts the errors of a report to the positions of the items that they are about. Errors about messages that were not in the
// feed are left aside; whole are those that are about no message.
func sorted(issues []issue, items []channels.Item) (named map[int]issue, contradicted map[int]bool, whole []issue) {
	named, contradicted = map[int]issue{}, map[int]bool{}
	for _, match := range issues {
		if match.Severity != severe {
			continue
		}
		if match.MessageID == nil {
			whole = append(whole, match)
			continue
		}
		at := *match.MessageID - messageID(0)
		if at < 0 || at >= len(items) {
			continue
		}
		if match.SKU != "" && match.SKU != items[at].ChannelSKU {
			contradicted[at] = true
		} else if _, before := named[at]; !before {
			named[at] = match
		}
	}
	for at := range contradicted {
		delete(named, at)
	}
	return named, contradicted, whole
}

// readBudget reads the rate that Amazon allows this seller, which it tells on some answers (sp-api/docs/usage-plans-and-rate-limits-in-
// the-sp-api). It does not tell what is left or how much may come at once. It is not read of answers about feeds: their rate is set.
func readBudget(response outbound.Response) channels.Budget {
	rate, err := strconv.ParseFloat(response.Header.Get("X-Amzn-Ratelimit-Limit"), 64)
	if err != nil || !(rate > 0) {
		return channels.Budget{}
	}
	return channels.Budget{Known: true, PerSecond: rate}
}
