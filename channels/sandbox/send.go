package sandbox

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
)

// Send sends a call once.
func (s *store) Send(ctx context.Context, call channels.Call) (channels.Reply, error) {
	method, path := http.MethodPost, ""
	switch s.kind {
	case atomic:
		path = "/quantities"
	case perItem:
		path = "/batch"
	case feed:
		path = "/feeds"
	case single:
		method = http.MethodPut
		address := url.Values{"sku": {call.Items[0].ChannelSKU}}
		if location := call.Items[0].Location; location != "" {
			address.Set("location", location)
		}
		path = "/item?" + address.Encode()
	}
	response, reply, err := s.call(ctx, method, path, call.Key, call.Body)
	if err != nil {
		return reply, err
	}
	budget := reply.Budget
	switch s.kind {
	case atomic:
		reply, err = s.readAtomic(response, call.Items)
	case perItem:
		reply, err = s.readPerItem(response, call.Items)
	case feed:
		reply, err = s.readSubmission(response, call.Items)
	case single:
		reply, err = s.readSingle(response, call.Items[0])
	}
	reply.Budget = budget
	return reply, err
}

// call makes one HTTP call. The reply holds the store's budget, also next to an error.
func (s *store) call(ctx context.Context, method, path, key string, body []byte) (outbound.Response, channels.Reply, error) {
	header := outbound.Bearer(s.token)
	if s.keyed() && key != "" {
		header.Set("Idempotency-Key", key)
	}
	response, err := s.Client.Do(ctx, method, s.Endpoint+path, header, body)
	failed, problem := s.Failure(response, err), readProblem(response)
	return response, channels.Reply{Budget: readBudget(response.Header)}, channels.InWords(failed, problem.Code, problem.Message)
}

// readBudget reads the store's bucket, which it shows with every response.
func readBudget(header http.Header) channels.Budget {
	capacity, first := strconv.ParseFloat(header.Get("X-Bucket-Capacity"), 64)
	remaining, second := strconv.ParseFloat(header.Get("X-Bucket-Remaining"), 64)
	rate, third := strconv.ParseFloat(header.Get("X-Bucket-Rate"), 64)
	if first != nil || second != nil || third != nil {
		return channels.Budget{}
	}
	return channels.Budget{Known: true, Capacity: capacity, Remaining: remaining, PerSecond: rate, Cost: 1}
}
