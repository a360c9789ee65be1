package vendure

import (
	"context"
	"net/http"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/settings"
)

// Send sends a call once.
func (s *store) Send(ctx context.Context, call channels.Call) (channels.Reply, error) {
	response, err := s.call(ctx, call.Body)
	if err != nil {
		return channels.Reply{}, err
	}
	return s.readSet(response, call.Items)
}

// call makes one call, and one more when the session that it was made in has ended: the server looks at the session first, so nothing
// was applied then.
func (s *store) call(ctx context.Context, body []byte) (outbound.Response, error) {
	if s.token == nil {
		return s.post(ctx, "Vendure-Api-Key", s.apiKey.Reveal(), body)
	}
	return s.token.Do(ctx, unknownSession, func(token settings.Credential) (outbound.Response, error) {
		return s.post(ctx, "Authorization", "Bearer "+token.Reveal(), body)
	})
}

func (s *store) post(ctx context.Context, name, credential string, body []byte) (outbound.Response, error) {
	header := s.header()
	header.Set(name, credential)
	response, failed := s.Client.Do(ctx, http.MethodPost, s.Endpoint, header, body)
	return response, s.failure(response, failed)
}

// failure is Base.Failure, with what the server, or what stands before it, says in the form of its framework (NestJS).
func (s *store) failure(response outbound.Response, failed error) error {
	return channels.InWords(s.Failure(response, failed), "", words(response))
}

func words(response outbound.Response) string {
	return channels.Decoded[struct {
		Message string `json:"message"`
	}](response).Message
}

// header is that of every call, without the credential. Messages are read, so they are asked for in one language.
func (s *store) header() http.Header {
	header := http.Header{"Accept": {"application/json"}, "Content-Type": {"application/json"}, "Accept-Language": {"en"}}
	if s.channel != "" {
		header.Set("Vendure-Token", s.channel)
	}
	return header
}

// unknownSession is true for the response to a call whose session the server does not know.
func unknownSession(response outbound.Response) bool {
	values, ok := response.Header[tokenHeader]
	return ok && len(values) == 1 && values[0] == ""
}
