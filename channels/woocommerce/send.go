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
		return channels.Reply{}, s.Failed(channels.Anew, 0, err.Error())
	}
	response, err := s.call(ctx, http.MethodPost, s.api+group.path(), call.Body)
	if err != nil {
		return channels.Reply{}, err
	}
	return s.readBatch(response, call.Items, references)
}

// call makes one HTTP call. Its error is one that holds for every kind of call; other statuses are the caller's.
func (s *store) call(ctx context.Context, method, address string, body []byte) (outbound.Response, error) {
	header := http.Header{"Authorization": {s.basic.Reveal()}, "Accept": {"application/json"}}
	if body != nil {
		header.Set("Content-Type", "application/json")
	}
	response, err := s.Client.Do(ctx, method, address, header, body)
	return response, s.failure(response, err)
}

// failure is Base.Failure, and what WordPress and the walls before it say in their own way.
func (s *store) failure(response outbound.Response, failed error) error {
	failure := &channels.Error{Status: response.Status, Cause: failed}
	wait, ok := outbound.RetryAfter(response.Header.Get("Retry-After"), s.Now())
	wall := (response.Status == http.StatusForbidden || response.Status == http.StatusNotAcceptable) && !json.Valid(response.Body)
	switch {
	case response.Status == http.StatusServiceUnavailable && ok:
		// WordPress answers so while it is being updated, before any plugin is loaded (WordPress, wp_maintenance: 600 seconds).
		failure.Next, failure.Until, failure.Reason = channels.Wait, s.Now().Add(wait), "it is under maintenance"
	case response.Status == http.StatusUnauthorized:
		failure.Next, failure.Code = channels.AskPerson, readProblem(response).Code
		failure.Reason = "it does not accept the consumer key and secret: the key is revoked, or is not one with the permission Read/Write, or the web server does " +
			"not pass the header Authorization on to PHP; see WooCommerce, Settings, Advanced, REST API"
	case wall:
		// WooCommerce itself always answers in JSON. A wall refuses for a while or for good, and does not say which.
		failure.Reason = "a firewall or bot protection before the shop refuses the call; if that goes on, let Tidemark's address through there, " +
			"or lower the settings " +
			"rate and batch_limit"
		if ok {
			failure.Next, failure.Until = channels.Wait, s.Now().Add(wait)
		}
	default:
		problem := readProblem(response)
		return channels.InWords(s.Failure(response, failed), problem.Code, problem.Message)
	}
	failure.Reason = "store " + s.ID + ": " + failure.Reason
	return channels.InWords(failure, "", readProblem(response).Message)
}
