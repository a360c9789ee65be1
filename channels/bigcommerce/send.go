package bigcommerce

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
)

// adjustPath is where absolute adjustments go. The method is PUT; POST is that of relative ones.
const adjustPath = "/v3/inventory/adjustments/absolute"

// Send sends a call once.
func (s *store) Send(ctx context.Context, call channels.Call) (channels.Reply, error) {
	if reply, held := beyond(call.Items); held {
		return reply, nil
	}
	response, budget, err := s.call(ctx, http.MethodPut, adjustPath, call.Body)
	if err != nil {
		return channels.Reply{Budget: budget}, err
	}
	reply, err := s.readAdjustments(response, call.Items)
	reply.Budget = budget
	return reply, err
}

// beyond holds a call back in which a figure is more than BigCommerce keeps. It says of such a figure only that it is not saved, which
// may be after the response.
func beyond(items []channels.Item) (channels.Reply, bool) {
	held := false
	reply := channels.All(items, channels.NotApplied)
	for i, item := range items {
		if item.Quantity > maxQuantity {
			held = true
			reply.Items[i] = channels.ItemReply{
				Verdict: channels.Rejected,
				Reason:  fmt.Sprintf("BigCommerce keeps %d of an item at most; limit the figure in the connection's rules", maxQuantity),
			}
		}
	}
	return reply, held
}

// call makes one HTTP call. Its error is one that holds for every kind of call; other statuses are the caller's. The budget is told
// also next to an error.
func (s *store) call(ctx context.Context, method, path string, body []byte) (outbound.Response, channels.Budget, error) {
	header := http.Header{"X-Auth-Token": {s.token.Reveal()}, "Accept": {"application/json"}}
	if body != nil {
		header.Set("Content-Type", "application/json")
	}
	response, err := s.Client.Do(ctx, method, s.api+path, header, body)
	return response, readBudget(response.Header), s.failure(response, err)
}

// scopes are what the token needs (reference/inventory.v3.yml, reference/locations.v3.yml, "OAuth scopes").
const scopes = "Store Inventory (modify) and Store Locations (read-only)"

// failure is Base.Failure, and what BigCommerce says in its own way (api-docs/getting-started/api-rate-limits, "Handle rate limit
// status codes"): a 429 with its headers says when the quota is renewed, one without is about the platform's own load.
func (s *store) failure(response outbound.Response, failed error) error {
	failure := &channels.Error{Status: response.Status, Cause: failed}
	reset, ok := readReset(response.Header)
	throttled := response.Status == http.StatusTooManyRequests
	switch {
	case throttled && ok:
		failure.Next, failure.Until, failure.Reason = channels.Wait, s.Now().Add(reset), "its quota of calls, which all apps of the store share, is used up"
	case throttled && !readBudget(response.Header).Known && response.Header.Get("Retry-After") == "":
		failure.Next, failure.Reason = channels.Resend, "BigCommerce is overloaded"
	case response.Status == http.StatusForbidden:
		failure.Next, failure.Reason = channels.AskPerson,
			"the credential does not permit the call; give the API account the scopes "+scopes+", and check the setting store_hash"
	default:
		return channels.InWords(s.Failure(response, failed), "", readProblem(response).Title)
	}
	failure.Reason = "store " + s.ID + ": " + failure.Reason
	return channels.InWords(failure, "", readProblem(response).Title)
}

// readReset reads when the quota is renewed.
func readReset(header http.Header) (time.Duration, bool) {
	milliseconds, ok := number(header, "X-Rate-Limit-Time-Reset-Ms")
	if !ok {
		return 0, false
	}
	return time.Duration(min(milliseconds, float64(outbound.MaxRetryAfter.Milliseconds())) * float64(time.Millisecond)), true
}

// readBudget reads the quota of the store, of which every call takes one.
func readBudget(header http.Header) channels.Budget {
	quota, first := number(header, "X-Rate-Limit-Requests-Quota")
	left, second := number(header, "X-Rate-Limit-Requests-Left")
	span, third := number(header, "X-Rate-Limit-Time-Window-Ms")
	if !first || !second || !third || quota == 0 || span == 0 {
		return channels.Budget{}
	}
	return channels.Budget{Known: true, Capacity: quota, Remaining: left, PerSecond: quota / (span / 1000), Cost: 1}
}

// number reads a header that holds a number which is not below zero.
func number(header http.Header, name string) (float64, bool) {
	value, err := strconv.ParseFloat(header.Get(name), 64)
	return value, err == nil && value >= 0 && !math.IsInf(value, 1)
}
