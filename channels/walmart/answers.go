package walmart

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
)

// readPut reads the answer to one figure, which repeats the figure (inventory.json, updateInventoryForAnItem).
func (s *store) readPut(answer outbound.Answer, item channels.Item) (channels.Reply, error) {
	if answer.Status != http.StatusOK {
		return s.readSingleRefusal(answer)
	}
	var said struct {
		SKU      string `json:"sku"`
		Quantity struct {
			Amount *int64 `json:"amount"`
		} `json:"quantity"`
	}
	if err := channels.Read(s.ID, answer, &said); err != nil {
		return channels.Reply{}, err
	}
	if said.SKU != item.ChannelSKU || said.Quantity.Amount == nil {
		return channels.Reply{}, channels.Unreadable(s.ID, answer, "it does not say what is shown of the SKU that was asked for")
	}
	reply := channels.ItemReply{Verdict: channels.Applied, Actual: said.Quantity.Amount}
	if *said.Quantity.Amount != item.Quantity {
		reply.Clamped = said.Quantity.Amount
	}
	return one(reply), nil
}

// readSingleRefusal reads a status that Failure leaves to the driver, on one item: what is about the item can only mean this one.
func (s *store) readSingleRefusal(answer outbound.Answer) (channels.Reply, error) {
	said := readProblem(answer)
	switch {
	case !said.content(answer):
		return channels.Reply{}, s.refusal(answer, "the figure is not taken")
	case said.is("CONTENT_NOT_FOUND"):
		said.Message = words("Walmart has no such SKU; list it there, or correct the listing's channel SKU", said.text())
	}
	return one(channels.ItemReply{Verdict: channels.Rejected, Code: said.Code, Reason: said.text()}), nil
}

// readReceipt reads the answer to a feed. One that is refused for its file names nobody; its parameters are the kind and the ship node.
func (s *store) readReceipt(answer outbound.Answer, items []channels.Item) (channels.Reply, error) {
	said := readProblem(answer)
	where := said.is("CONTENT_NOT_FOUND") || said.is("INVALID_REQUEST_PARAM") || said.is("MISSING_REQUEST_PARAM")
	switch {
	case answer.Status != http.StatusOK && said.content(answer) && !where:
		return channels.Reply{Refused: true, Reason: words(said.Code, said.text())}, nil
	case answer.Status != http.StatusOK:
		return channels.Reply{}, s.refusal(answer, "the feed is not taken")
	}
	var receipt struct {
		FeedID string `json:"feedId"`
	}
	if err := channels.Read(s.ID, answer, &receipt); err != nil {
		return channels.Reply{}, err
	}
	if receipt.FeedID == "" {
		return channels.Reply{}, channels.Unreadable(s.ID, answer, "it does not name the feed")
	}
	return s.waiting(items, ticket{kind: feedTicket, id: receipt.FeedID}), nil
}

// refusal is the error for a status that Failure leaves to the driver, where no item is to blame.
func (s *store) refusal(answer outbound.Answer, what string) error {
	said := readProblem(answer)
	failed := &channels.Error{Status: answer.Status, Code: said.Code}
	switch {
	case answer.Status < http.StatusBadRequest:
		return channels.Unreadable(s.ID, answer, "its status is not one that Walmart's API promises")
	case said.is(tooMany):
		failed.Next, failed.Until, failed.Reason = channels.Wait, s.replenished(answer), "it throttles"
	case answer.Status == http.StatusLocked: // RESOURCE_IS_LOCKED.GMP_RECEIVER_API
		failed.Reason = "it has locked what was asked for; the same is asked again"
	case said.Field == "shipNode":
		failed.Next, failed.Reason = channels.AskPerson,
			what+": Walmart does not take the ship node; correct the connection's locations (the check lists the ship nodes)"
	default:
		failed.Next, failed.Reason = channels.AskPerson, fmt.Sprintf("%s (%.60q); check the endpoint, service_name, channel_type and the connection's locations",
			what, said.Code)
	}
	failed.Reason = "store " + s.ID + ": " + failed.Reason
	return channels.InWords(failed, said.Code, said.text())
}

// tooMany is the code of a throttle, which comes with the status 429 (us-marketplace/docs/error-codes).
const tooMany = "REQUEST_THRESHOLD_VIOLATED"

// problem is an error of the API (GatewayError in feeds.json; the pages have message for description).
type problem struct {
	Code        string `json:"code"`
	Field       string `json:"field"`
	Message     string `json:"message"`
	Description string `json:"description"`
}

func (p problem) text() string {
	if p.Message != "" {
		return p.Message
	}
	return p.Description
}

// is compares the code, which may end in the name of the part of Walmart that it is from: CONTENT_NOT_FOUND.GMP_INVENTORY_API.
func (p problem) is(code string) bool {
	base, _, _ := strings.Cut(p.Code, ".")
	return base == code
}

// content is true when what was sent is at fault, and not how or where. Codes: us-marketplace/docs/error-codes.
func (p problem) content(answer outbound.Answer) bool {
	switch answer.Status {
	case http.StatusBadRequest, http.StatusNotFound, http.StatusUnprocessableEntity:
	default:
		return false
	}
	for _, code := range []string{"", "INVALID_REQUEST_HEADER", "MISSING_REQUEST_HEADER", "URI_NOT_FOUND", tooMany} {
		if p.is(code) {
			return false
		}
	}
	return p.Field != "shipNode" && p.Field != "feedType"
}

// readProblem reads the first error of an answer; it is empty where there is none. Walmart writes {"errors": [{…}]} (error-codes page,
// feeds.json), {"error": [{…}]} (suppliers/docs/post-feed-file-how-to-upload-feed-files) and, others say, {"errors": {"error": [{…}]}}.
func readProblem(answer outbound.Answer) problem {
	var said struct {
		Errors json.RawMessage `json:"errors"`
		Error  json.RawMessage `json:"error"`
	}
	if json.Unmarshal(answer.Body, &said) != nil {
		return problem{}
	}
	var nested struct {
		Error json.RawMessage `json:"error"`
	}
	_ = json.Unmarshal(said.Errors, &nested) // a list is no such object, and read as a list
	for _, raw := range []json.RawMessage{said.Errors, said.Error, nested.Error} {
		var list []problem
		if json.Unmarshal(raw, &list) == nil && len(list) > 0 {
			return list[0]
		}
	}
	return problem{}
}

// failure is channels.Failure, and also reads Walmart's own way to say until when it throttles. Retry-After goes before
// (us-marketplace/docs/bulk-inventory-update-feed).
func (s *store) failure(answer outbound.Answer, failed error) error {
	err := channels.Failure(s.ID, answer, failed, s.Now())
	var told *channels.Error
	if errors.As(err, &told) && told.Next == channels.Wait && told.Until.IsZero() {
		told.Until = s.replenished(answer)
	}
	said := readProblem(answer)
	return channels.InWords(err, said.Code, said.text())
}

// replenished is when Walmart will take more calls of the kind; zero when the answer does not say, or when that is past. The name
// differs between Walmart's pages, and the format between answers: milliseconds or seconds since 1970, or a date.
func (s *store) replenished(answer outbound.Answer) time.Time {
	now := s.Now()
	for _, name := range []string{"X-Next-Replenishment-Time", "X-Next-Replenish-Time"} {
		at, ok := readTime(strings.TrimSpace(answer.Header.Get(name)), now)
		if ok && at.After(now) {
			return at.Truncate(time.Millisecond)
		}
	}
	return time.Time{}
}

func readTime(text string, now time.Time) (time.Time, bool) {
	if number, err := strconv.ParseInt(text, 10, 64); err == nil {
		switch {
		case number >= 100_000_000_000: // seconds of the year 5138, or milliseconds of 1973
			return time.UnixMilli(number), true
		case number >= 1_000_000_000:
			return time.Unix(number, 0), true
		}
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05"} { // without a zone it is taken for UTC
		if at, err := time.Parse(layout, text); err == nil {
			return at, true
		}
	}
	wait, ok := outbound.RetryAfter(text, now)
	return now.Add(wait), ok
}

// readBudget reads what is left of the budget of a kind of call (us-marketplace/docs/throttling). Walmart does not tell the size of the
// bucket: it is the published one, or larger when more is left.
func (s *store) readBudget(answer outbound.Answer, meter string) channels.Budget {
	left, err := strconv.ParseFloat(strings.TrimSpace(answer.Header.Get("X-Current-Token-Count")), 64)
	if err != nil || !(left >= 0 && left <= 1e9) {
		return channels.Budget{}
	}
	return channels.Budget{Known: true, Capacity: max(s.limits.Rates[meter].Burst, left), Remaining: left}
}

// words joins what is said into one text.
func words(first, second string) string {
	if first == "" || second == "" {
		return first + second
	}
	return first + ": " + second
}

// one is the reply to a call of one item.
func one(item channels.ItemReply) channels.Reply {
	return channels.Reply{Items: []channels.ItemReply{item}}
}
