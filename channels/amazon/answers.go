package amazon

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
)

// issue is what Amazon says of a submission: in the answer to a PATCH, on a listing, or in a report. Only ERROR stands in the way.
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

// readPatch reads the answer to one figure. ACCEPTED is not yet shown (listingsItems_2021-08-01.json: "accepted for processing"), so
// unless the store is set to take that for the end, the item is Accepted, and Poll looks whether the listing shows it.
func (s *store) readPatch(answer outbound.Answer, item channels.Item) (channels.Reply, error) {
	if answer.Status != http.StatusOK {
		return s.readSingleRefusal(answer)
	}
	var said struct {
		SKU    string  `json:"sku"`
		Status string  `json:"status"`
		Issues []issue `json:"issues"`
	}
	if err := channels.Read(s.ID, answer, &said); err != nil {
		return channels.Reply{}, err
	}
	if said.SKU != item.ChannelSKU {
		return channels.Reply{}, channels.Unreadable(s.ID, answer, "it does not name the SKU that was asked for")
	}
	items := []channels.Item{item}
	var reply channels.Reply
	switch {
	case said.Status == "INVALID":
		verdict := invalid(said.Issues)
		if verdict.Verdict == channels.NotApplied {
			return channels.Reply{}, &channels.Error{
				Status: answer.Status, Code: verdict.Code,
				Reason: fmt.Sprintf("store %s: Amazon does not accept the figure by a fault of its own", s.ID),
			}
		}
		reply = one(verdict)
	case said.Status == "ACCEPTED" && s.confirms:
		reply = s.waiting(items, ticket{kind: listingTicket, id: item.ChannelSKU})
	case said.Status == "ACCEPTED":
		reply = channels.All(items, channels.Applied)
	default: // VALID is for previews, which are not asked for
		return channels.Reply{}, channels.Unreadable(s.ID, answer, "it does not say whether the figure is accepted")
	}
	reply.Budget = readBudget(answer)
	return reply, nil
}

// invalid is the verdict on a figure that Amazon does not accept.
func invalid(issues []issue) channels.ItemReply {
	for _, found := range issues {
		if found.Severity == severe {
			return found.reply()
		}
	}
	return channels.ItemReply{Verdict: channels.Rejected, Code: "INVALID", Reason: "Amazon does not accept the figure and names no error"}
}

// readSingleRefusal reads a status of 400 to 499 on one item: there is only one that can be meant.
func (s *store) readSingleRefusal(answer outbound.Answer) (channels.Reply, error) {
	said := readProblem(answer)
	itself := answer.Status == http.StatusBadRequest || answer.Status == http.StatusNotFound || answer.Status == http.StatusUnprocessableEntity
	if !itself || said.Code == "" || said.Code == quotaExceeded {
		return channels.Reply{}, s.refusal(answer, "the call is not taken; check the endpoint and the region")
	}
	return one(channels.ItemReply{Verdict: channels.Rejected, Code: said.Code, Reason: said.text()}), nil
}

// refusal is the error for a status that Failure leaves to the driver, where no item is to blame.
func (s *store) refusal(answer outbound.Answer, what string) error {
	said := readProblem(answer)
	switch {
	case answer.Status < http.StatusBadRequest:
		return channels.Unreadable(s.ID, answer, "its status is not one that Amazon's API promises")
	case said.Code == quotaExceeded:
		return &channels.Error{Next: channels.Wait, Status: answer.Status, Code: said.Code, Reason: fmt.Sprintf("store %s: it throttles", s.ID)}
	}
	return &channels.Error{Next: channels.AskPerson, Status: answer.Status, Code: said.Code, Reason: fmt.Sprintf("store %s: %s", s.ID, what), Words: said.text()}
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

// readProblem reads the first error of an answer; it is empty where there is none.
func readProblem(answer outbound.Answer) problem {
	var said struct {
		Errors []problem `json:"errors"`
	}
	if json.Unmarshal(answer.Body, &said) != nil || len(said.Errors) == 0 {
		return problem{}
	}
	return said.Errors[0]
}

// readReport reads a processing report (listings-feed-processing-report-schema-v2.json). It names only what went wrong, by the message's
// id, and counts the rest. So what it does not name was applied if it counts as many accepted messages; when it counts fewer, nobody can
// say which, and they stay Unknown.
func (s *store) readReport(answer outbound.Answer, feed string, items []channels.Item) (channels.Reply, error) {
	var said struct {
		Header struct {
			FeedID string `json:"feedId"`
		} `json:"header"`
		Issues  []issue `json:"issues"`
		Summary *struct {
			Accepted *int `json:"messagesAccepted"`
		} `json:"summary"`
	}
	if err := channels.Read(s.ID, answer, &said); err != nil {
		return channels.Reply{}, err
	}
	if said.Header.FeedID != feed || said.Issues == nil || said.Summary == nil || said.Summary.Accepted == nil {
		return channels.Reply{}, channels.Unreadable(s.ID, answer, "it is not the report on this feed")
	}
	named, contradicted, whole := sorted(said.Issues, items)
	accepted, unnamed := *said.Summary.Accepted, len(items)-len(named)-len(contradicted)
	if accepted <= 0 && len(named) == 0 && len(whole) > 0 {
		return channels.Reply{Refused: true, Reason: whole[0].Code + ": " + whole[0].Message}, nil
	}
	var nameless []channels.ItemReply
	for _, one := range whole {
		nameless = append(nameless, one.reply())
	}
	reply := channels.All(items, channels.Applied)
	own := 0
	for i := range items {
		found, failed := named[i]
		switch {
		case failed:
			reply.Items[i] = found.reply()
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
	for _, found := range issues {
		if found.Severity != severe {
			continue
		}
		if found.MessageID == nil {
			whole = append(whole, found)
			continue
		}
		at := *found.MessageID - messageID(0)
		if at < 0 || at >= len(items) {
			continue
		}
		if found.SKU != "" && found.SKU != items[at].ChannelSKU {
			contradicted[at] = true
		} else if _, before := named[at]; !before {
			named[at] = found
		}
	}
	for at := range contradicted {
		delete(named, at)
	}
	return named, contradicted, whole
}

// readBudget reads the rate that Amazon allows this seller, which it tells on some answers (sp-api/docs/usage-plans-and-rate-limits-in-
// the-sp-api). It does not tell what is left or how much may come at once. It is not read of answers about feeds: their rate is set.
func readBudget(answer outbound.Answer) channels.Budget {
	rate, err := strconv.ParseFloat(answer.Header.Get("X-Amzn-Ratelimit-Limit"), 64)
	if err != nil || !(rate > 0) {
		return channels.Budget{}
	}
	return channels.Budget{Known: true, PerSecond: rate}
}

// one is the reply to a call of one item.
func one(item channels.ItemReply) channels.Reply {
	return channels.Reply{Items: []channels.ItemReply{item}}
}
