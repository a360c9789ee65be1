package ebay

import (
	"context"
	"errors"
	"net/http"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/settings"
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
		return channels.Reply{}, &channels.Error{Next: channels.Anew, Reason: "store " + s.ID + ": " + err.Error()}
	}
	answer, err := s.call(ctx, http.MethodPost, bulkPath, call.Body)
	if err != nil {
		return channels.Reply{}, err
	}
	return s.readBulk(answer, call.Items, targets)
}

// call makes a call. A token that was kept and is rejected is renewed once: that says nothing about the credential, and nothing was applied.
// The error is one that holds for every kind of call; other statuses are the caller's.
func (s *store) call(ctx context.Context, method, path string, body []byte) (outbound.Answer, error) {
	return s.token.Do(ctx, outbound.Unauthorized, func(token settings.Credential) (outbound.Answer, error) {
		header := http.Header{"Authorization": {"Bearer " + token.Reveal()}, "Accept": {"application/json"}}
		if body != nil {
			header["Content-Type"], header["Content-Language"] = []string{"application/json"}, []string{s.language}
		}
		answer, failed := s.Client.Do(ctx, method, s.Endpoint+path, header, body)
		return answer, s.failure(answer, failed)
	})
}

// failure is channels.Failure, with eBay's own number of the error.
func (s *store) failure(answer outbound.Answer, failed error) error {
	err := channels.Failure(s.ID, answer, failed, s.Now())
	var told *channels.Error
	if errors.As(err, &told) && answer.Status >= http.StatusBadRequest {
		fault := readProblems(answer).first()
		told.Code = fault.code()
		return channels.InWords(err, fault.code(), fault.text())
	}
	return err
}
