package vendure

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/settings"
)

// Send sends a call once.
func (s *store) Send(ctx context.Context, call channels.Call) (channels.Reply, error) {
	answer, err := s.call(ctx, call.Body)
	if err != nil {
		return channels.Reply{}, err
	}
	return s.readSet(answer, call.Items)
}

// call makes one call, and one more when the session that it was made in has ended: the server looks at the session first, so nothing
// was applied then.
func (s *store) call(ctx context.Context, body []byte) (outbound.Answer, error) {
	if s.token == nil {
		return s.post(ctx, "Vendure-Api-Key", s.apiKey.Reveal(), body)
	}
	return s.token.Do(ctx, unknownSession, func(token settings.Credential) (outbound.Answer, error) {
		return s.post(ctx, "Authorization", "Bearer "+token.Reveal(), body)
	})
}

func (s *store) post(ctx context.Context, name, credential string, body []byte) (outbound.Answer, error) {
	header := s.header()
	header.Set(name, credential)
	answer, failed := s.Client.Do(ctx, http.MethodPost, s.Endpoint, header, body)
	return answer, s.failure(answer, failed)
}

// failure is channels.Failure, with what the server, or what stands before it, says in the form of its framework (NestJS).
func (s *store) failure(answer outbound.Answer, failed error) error {
	return channels.InWords(channels.Failure(s.ID, answer, failed, s.Now()), "", words(answer))
}

func words(answer outbound.Answer) string {
	var said struct {
		Message string `json:"message"`
	}
	if json.Unmarshal(answer.Body, &said) != nil {
		return ""
	}
	return said.Message
}

// header is that of every call, without the credential. Messages are read, so they are asked for in one language.
func (s *store) header() http.Header {
	header := http.Header{"Accept": {"application/json"}, "Content-Type": {"application/json"}, "Accept-Language": {"en"}}
	if s.channel != "" {
		header.Set("Vendure-Token", s.channel)
	}
	return header
}

// unknownSession is true for the answer to a call whose session the server does not know.
func unknownSession(answer outbound.Answer) bool {
	values, said := answer.Header[tokenHeader]
	return said && len(values) == 1 && values[0] == ""
}
