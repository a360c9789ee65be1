package amazon

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
)

// Documents are moved to and from addresses that Amazon signs for five minutes, on another host. The signature in the address is all
// the credential that there is: the token must never go there.

// upload puts a feed document where Amazon said.
func (s *store) upload(ctx context.Context, address string, content []byte) error {
	if err := s.signed(address); err != nil {
		return err
	}
	response, failed := s.transfer.Do(ctx, http.MethodPut, address, http.Header{"Content-Type": {contentType}}, content)
	return s.transferred("upload of the feed document", response, failed)
}

// download fetches a report from where Amazon said.
func (s *store) download(ctx context.Context, address, compression string) (outbound.Response, error) {
	if err := s.signed(address); err != nil {
		return outbound.Response{}, err
	}
	response, failed := s.transfer.Do(ctx, http.MethodGet, address, nil, nil)
	if err := s.transferred("download of the report", response, failed); err != nil {
		return response, err
	}
	switch compression {
	case "":
		return response, nil
	case "GZIP": // the only algorithm (feeds_2021-06-30.json)
		content, err := decompressed(response.Body)
		if err != nil {
			return response, s.Unreadable(response, err.Error())
		}
		response.Body = content
		return response, nil
	}
	return response, s.Unreadable(response, "the report is compressed in a way that is not known")
}

// signed refuses an address that would leave the protection that the endpoint has.
func (s *store) signed(address string) error {
	if strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://") && strings.HasPrefix(s.Endpoint, "http://") {
		return nil
	}
	return s.Failed(channels.Resend, 0, "Amazon gives no https address for a document")
}

// transferred says what became of a transfer. Whatever failed is tried again with another address, also 403: it says that this one has
// expired, and nothing of the credential.
func (s *store) transferred(what string, response outbound.Response, failed error) error {
	switch {
	case errors.Is(failed, outbound.ErrRefused):
		return &channels.Error{Next: channels.AskPerson, Reason: fmt.Sprintf("store %s: the %s failed: %v", s.ID, what, failed), Cause: failed}
	case failed != nil:
		return &channels.Error{Status: response.Status, Reason: fmt.Sprintf("store %s: the %s failed: %v", s.ID, what, failed), Cause: failed}
	case response.Status < 200 || response.Status > 299:
		return &channels.Error{Status: response.Status, Reason: fmt.Sprintf("store %s: the %s is not taken at the address that Amazon signed for it", s.ID, what)}
	}
	return nil
}

// decompressed reads gzip, and no more than maxDocument of it.
func decompressed(content []byte) ([]byte, error) {
	reader, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("the report is not the gzip that it claims to be")
	}
	plain, err := io.ReadAll(io.LimitReader(reader, maxDocument+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("the report's gzip is damaged after %d bytes", len(plain))
	case len(plain) > maxDocument:
		return nil, fmt.Errorf("the report unpacks to more than %d bytes", maxDocument)
	}
	return plain, nil
}
