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
	answer, reply, err := s.call(ctx, method, path, call.Key, call.Body)
	if err != nil {
		return reply, err
	}
	budget := reply.Budget
	switch s.kind {
	case atomic:
		reply, err = s.readAtomic(answer, call.Items)
	case perItem:
		reply, err = s.readPerItem(answer, call.Items)
	case feed:
		reply, err = s.readSubmission(answer, call.Items)
	case single:
		reply, err = s.readSingle(answer, call.Items[0])
	}
	reply.Budget = budget
	return reply, err
}

// call makes one HTTP call. The reply holds the store's budget, also next to an error.
func (s *store) call(ctx context.Context, method, path, key string, body []byte) (outbound.Answer, channels.Reply, error) {
	header := outbound.Bearer(s.token)
	if s.keyed() && key != "" {
		header.Set("Idempotency-Key", key)
	}
	answer, err := s.Client.Do(ctx, method, s.Endpoint+path, header, body)
	failed, said := channels.Failure(s.ID, answer, err, s.Now()), readProblem(answer)
	return answer, channels.Reply{Budget: readBudget(answer.Header)}, channels.InWords(failed, said.Code, said.Message)
}

// readBudget reads the store's bucket, which it shows with every answer.
func readBudget(header http.Header) channels.Budget {
	capacity, first := strconv.ParseFloat(header.Get("X-Bucket-Capacity"), 64)
	remaining, second := strconv.ParseFloat(header.Get("X-Bucket-Remaining"), 64)
	rate, third := strconv.ParseFloat(header.Get("X-Bucket-Rate"), 64)
	if first != nil || second != nil || third != nil {
		return channels.Budget{}
	}
	return channels.Budget{Known: true, Capacity: capacity, Remaining: remaining, PerSecond: rate, Cost: 1}
}
