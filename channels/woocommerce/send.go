package woocommerce

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
)

// Send sends a call once.
func (s *store) Send(ctx context.Context, call channels.Call) (channels.Reply, error) {
	references, group, err := referencesOf(call.Items)
	if err != nil {
		return channels.Reply{}, &channels.Error{Next: channels.Anew, Reason: "store " + s.ID + ": " + err.Error()}
	}
	answer, err := s.call(ctx, http.MethodPost, s.api+group.path(), call.Body)
	if err != nil {
		return channels.Reply{}, err
	}
	return s.readBatch(answer, call.Items, references)
}

// call makes one HTTP call. Its error is one that holds for every kind of call; other statuses are the caller's.
func (s *store) call(ctx context.Context, method, address string, body []byte) (outbound.Answer, error) {
	header := http.Header{"Authorization": {s.basic.Reveal()}, "Accept": {"application/json"}}
	if body != nil {
		header.Set("Content-Type", "application/json")
	}
	answer, err := s.Client.Do(ctx, method, address, header, body)
	return answer, s.failure(answer, err)
}

// failure is channels.Failure, and what WordPress and the walls before it say in their own way.
func (s *store) failure(answer outbound.Answer, failed error) error {
	told := &channels.Error{Status: answer.Status, Cause: failed}
	wait, said := outbound.RetryAfter(answer.Header.Get("Retry-After"), s.Now())
	wall := (answer.Status == http.StatusForbidden || answer.Status == http.StatusNotAcceptable) && !json.Valid(answer.Body)
	switch {
	case answer.Status == http.StatusServiceUnavailable && said:
		// WordPress answers so while it is being updated, before any plugin is loaded (WordPress, wp_maintenance: 600 seconds).
		told.Next, told.Until, told.Reason = channels.Wait, s.Now().Add(wait), "it is under maintenance"
	case answer.Status == http.StatusUnauthorized:
		told.Next, told.Code = channels.AskPerson, readProblem(answer).Code
		told.Reason = "it does not accept the consumer key and secret: the key is revoked, or is not one with the permission Read/Write, or the web server does " +
			"not pass the header Authorization on to PHP; see WooCommerce, Settings, Advanced, REST API"
	case wall:
		// WooCommerce itself always answers in JSON. A wall refuses for a while or for good, and does not say which.
		told.Reason = "a firewall or bot protection before the shop refuses the call; if that goes on, let Tidemark's address through there, or lower the settings " +
			"rate and batch_limit"
		if said {
			told.Next, told.Until = channels.Wait, s.Now().Add(wait)
		}
	default:
		said := readProblem(answer)
		return channels.InWords(channels.Failure(s.ID, answer, failed, s.Now()), said.Code, said.Message)
	}
	told.Reason = "store " + s.ID + ": " + told.Reason
	return channels.InWords(told, "", readProblem(answer).Message)
}
