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
		return channels.Reply{}, s.Failed(channels.Anew, 0, err.Error())
	}
	response, err := s.call(ctx, http.MethodPost, bulkPath, call.Body)
	if err != nil {
		return channels.Reply{}, err
	}
	return s.readBulk(response, call.Items, targets)
}

// call makes a call. A token that was kept and is rejected is renewed once: that says nothing about the credential, and nothing was applied.
// The error is one that holds for every kind of call; other statuses are the caller's.
func (s *store) call(ctx context.Context, method, path string, body []byte) (outbound.Response, error) {
	return s.token.Do(ctx, outbound.Unauthorized, func(token settings.Credential) (outbound.Response, error) {
		header := http.Header{"Authorization": {"Bearer " + token.Reveal()}, "Accept": {"application/json"}}
		if body != nil {
			header["Content-Type"], header["Content-Language"] = []string{"application/json"}, []string{s.language}
		}
		response, failed := s.Client.Do(ctx, method, s.Endpoint+path, header, body)
		return response, s.failure(response, failed)
	})
}

// failure is Base.Failure, with eBay's own number of the error.
func (s *store) failure(response outbound.Response, failed error) error {
	err := s.Failure(response, failed)
	var failure *channels.Error
	if errors.As(err, &failure) && response.Status >= http.StatusBadRequest {
		fault := readProblems(response).first()
		failure.Code = fault.code()
		return channels.InWords(err, fault.code(), fault.text())
	}
	return err
}
