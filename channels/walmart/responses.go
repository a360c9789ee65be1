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

// readPut reads the response to one figure, which repeats the figure (inventory.json, updateInventoryForAnItem).
func (s *store) readPut(response outbound.Response, item channels.Item) (channels.Reply, error) {
	if response.Status != http.StatusOK {
		return s.readSingleRefusal(response)
	}
	var body struct {
		SKU      string `json:"sku"`
		Quantity struct {
			Amount *int64 `json:"amount"`
		} `json:"quantity"`
	}
	if err := s.Read(response, &body); err != nil {
		return channels.Reply{}, err
	}
	if body.SKU != item.ChannelSKU || body.Quantity.Amount == nil {
		return channels.Reply{}, s.Unreadable(response, "it does not say what is shown of the SKU that was asked for")
	}
	return channels.Single(channels.Shown(item, body.Quantity.Amount)), nil
}

// readSingleRefusal reads a status that Failure leaves to the driver, on one item: what is about the item can only mean this one.
func (s *store) readSingleRefusal(response outbound.Response) (channels.Reply, error) {
	problem := readProblem(response)
	switch {
	case !problem.content(response):
		return channels.Reply{}, s.refusal(response, "the figure is not taken")
	case problem.is("CONTENT_NOT_FOUND"):
		problem.Message = words("Walmart has no such SKU; list it there, or correct the listing's channel SKU", problem.text())
	}
	return channels.Single(channels.ItemReply{Verdict: channels.Rejected, Code: problem.Code, Reason: problem.text()}), nil
}

// readReceipt reads the response to a feed. One that is refused for its file names nobody; its parameters are the kind and the ship node.
func (s *store) readReceipt(response outbound.Response, items []channels.Item) (channels.Reply, error) {
	problem := readProblem(response)
	where := problem.is("CONTENT_NOT_FOUND") || problem.is("INVALID_REQUEST_PARAM") || problem.is("MISSING_REQUEST_PARAM")
	switch {
	case response.Status != http.StatusOK && problem.content(response) && !where:
		return channels.Reply{Refused: true, Reason: words(problem.Code, problem.text())}, nil
	case response.Status != http.StatusOK:
		return channels.Reply{}, s.refusal(response, "the feed is not taken")
	}
	var receipt struct {
		FeedID string `json:"feedId"`
	}
	if err := s.Read(response, &receipt); err != nil {
		return channels.Reply{}, err
	}
	if receipt.FeedID == "" {
		return channels.Reply{}, s.Unreadable(response, "it does not name the feed")
	}
	return s.waiting(items, ticket{kind: feedTicket, id: receipt.FeedID}), nil
}

// refusal is the error for a status that Failure leaves to the driver, where no item is to blame.
func (s *store) refusal(response outbound.Response, what string) error {
	problem := readProblem(response)
	failed := &channels.Error{Status: response.Status, Code: problem.Code}
	switch {
	case response.Status < http.StatusBadRequest:
		return s.Unreadable(response, "its status is not one that Walmart's API promises")
	case problem.is(tooMany):
		failed.Next, failed.Until, failed.Reason = channels.Wait, s.replenished(response), "it throttles"
	case response.Status == http.StatusLocked: // RESOURCE_IS_LOCKED.GMP_RECEIVER_API
		failed.Reason = "it has locked what was asked for; the same is asked again"
	case problem.Field == "shipNode":
		failed.Next, failed.Reason = channels.AskPerson,
			what+": Walmart does not take the ship node; correct the connection's locations (the check lists the ship nodes)"
	default:
		failed.Next, failed.Reason = channels.AskPerson, fmt.Sprintf("%s (%.60q); check the endpoint, service_name, channel_type and the connection's locations",
			what, problem.Code)
	}
	failed.Reason = "store " + s.ID + ": " + failed.Reason
	return channels.InWords(failed, problem.Code, problem.text())
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
func (p problem) content(response outbound.Response) bool {
	switch response.Status {
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

// readProblem reads the first error of a response; it is empty where there is none. Walmart writes {"errors": [{…}]} (error-codes page,
// feeds.json), {"error": [{…}]} (suppliers/docs/post-feed-file-how-to-upload-feed-files) and, others say, {"errors": {"error": [{…}]}}.
func readProblem(response outbound.Response) problem {
	var body struct {
		Errors json.RawMessage `json:"errors"`
		Error  json.RawMessage `json:"error"`
	}
	if json.Unmarshal(response.Body, &body) != nil {
		return problem{}
	}
	var nested struct {
		Error json.RawMessage `json:"error"`
	}
	_ = json.Unmarshal(body.Errors, &nested) // a list is no such object, and read as a list
	for _, raw := range []json.RawMessage{body.Errors, body.Error, nested.Error} {
		var list []problem
		if json.Unmarshal(raw, &list) == nil && len(list) > 0 {
			return list[0]
		}
	}
	return problem{}
}

// failure is Base.Failure, and also reads Walmart's own way to say until when it throttles. Retry-After goes before
// (us-marketplace/docs/bulk-inventory-update-feed).
func (s *store) failure(response outbound.Response, failed error) error {
	err := s.Failure(response, failed)
	var failure *channels.Error
	if errors.As(err, &failure) && failure.Next == channels.Wait && failure.Until.IsZero() {
		failure.Until = s.replenished(response)
	}
	problem := readProblem(response)
	return channels.InWords(err, problem.Code, problem.text())
}

// replenished is when Walmart will take more calls of the kind; zero when the response does not say, or when that is past. The name
// differs between Walmart's pages, and the format between answers: milliseconds or seconds since 1970, or a date.
func (s *store) replenished(response outbound.Response) time.Time {
	now := s.Now()
	for _, name := range []string{"X-Next-Replenishment-Time", "X-Next-Replenish-Time"} {
		at, ok := readTime(strings.TrimSpace(response.Header.Get(name)), now)
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
func (s *store) readBudget(response outbound.Response, meter string) channels.Budget {
	left, err := strconv.ParseFloat(strings.TrimSpace(response.Header.Get("X-Current-Token-Count")), 64)
	if err != nil || !(left >= 0 && left <= 1e9) {
		return channels.Budget{}
	}
	return channels.Budget{Known: true, Capacity: max(s.Bounds.Rates[meter].Burst, left), Remaining: left}
}

// words joins what is said into one text.
func words(first, second string) string {
	if first == "" || second == "" {
		return first + second
	}
	return first + ": " + second
}
