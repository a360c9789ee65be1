package ebay

import (
	"context"
	"errors"
	"net/http"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
)

const (
	bulkPath  = "/sell/inventory/v1/bulk_update_price_quantity"
	offerPath = "/sell/inventory/v1/offer"
	itemPath  = "/sell/inventory/v1/inventory_item"
)

// Send sends a call once.
func (s *store) Send(ctx context.Context, call channels.Call) (channels.Reply, error) {
	targets, err := targetsOf(call.Items)
	if err != nil {
		return channels.Reply{}, &channels.Error{Next: channels.Anew, Reason: "store " + s.id + ": " + err.Error()}
	}
	answer, err := s.call(ctx, http.MethodPost, bulkPath, call.Body)
	if err != nil {
		return channels.Reply{}, err
	}
	return s.readBulk(answer, call.Items, targets)
}

// call makes a call. A token that was kept and is not taken any more is renewed once: it says nothing about the credential, and it has
// applied nothing, so the second call is safe. The error is one that holds for every kind of call; other statuses are the caller's.
func (s *store) call(ctx context.Context, method, path string, body []byte) (outbound.Answer, error) {
	for renewed := false; ; renewed = true {
		before := s.asked.Load()
		token, err := s.token.Get(ctx)
		if err != nil {
			return outbound.Answer{}, err
		}
		kept := s.asked.Load() == before
		header := http.Header{"Authorization": {"Bearer " + token.Reveal()}, "Accept": {"application/json"}}
		if body != nil {
			header["Content-Type"], header["Content-Language"] = []string{"application/json"}, []string{s.language}
		}
		answer, failed := s.client.Do(ctx, method, s.endpoint+path, header, body)
		if answer.Status == http.StatusUnauthorized {
			s.token.Drop(token)
			if kept && !renewed {
				continue
			}
		}
		return answer, s.failure(answer, failed)
	}
}

// failure is channels.Failure, with eBay's own number of the error.
func (s *store) failure(answer outbound.Answer, failed error) error {
	err := channels.Failure(s.id, answer, failed, s.now())
	var told *channels.Error
	if errors.As(err, &told) && answer.Status >= http.StatusBadRequest {
		fault := readProblems(answer).first()
		told.Code = fault.code()
		return channels.InWords(err, fault.code(), fault.text())
	}
	return err
}
