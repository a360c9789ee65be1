package amazon

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/settings"
)

// login is what Login with Amazon takes for a token.
type login struct {
	id              string
	secret, refresh settings.Credential
}

// issue gets an access token, which lives an hour (sp-api/docs/connect-to-the-selling-partner-api).
func (s *store) issue(ctx context.Context) (settings.Credential, time.Duration, error) {
	form := url.Values{
		"grant_type": {"refresh_token"}, "refresh_token": {s.login.refresh.Reveal()},
		"client_id": {s.login.id}, "client_secret": {s.login.secret.Reveal()},
	}
	return channels.Login{
		Base: s.Base, Address: s.tokenEndpoint, Body: []byte(form.Encode()), Bounded: true,
		Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded;charset=UTF-8"}, "Accept": {"application/json"}},
		Refused: func(response outbound.Response) error {
			return &channels.Error{Next: channels.AskPerson, Status: response.Status, Reason: fmt.Sprintf("store %s: Login with Amazon "+
				"does not accept the client or the refresh token; check client_id, client_secret and refresh_token, and whether the secret has "+
				"expired or the seller has withdrawn the authorisation", s.ID)}
		},
	}.Issue(ctx)
}

// session is one Send, Poll or Check: the token is renewed at most once for its calls.
type session struct {
	*store
	token *outbound.Session
}

func (s *store) session() *session { return &session{s, s.token.Session()} }

// call makes a call to the Selling Partner API. A token that was kept and is rejected is renewed once: that says nothing about the
// credential. Neither a 401 nor a 403 has applied anything, so the second call is safe.
func (s *session) call(ctx context.Context, method, path string, body []byte) (outbound.Response, error) {
	return s.token.Do(ctx, rejected, func(token settings.Credential) (outbound.Response, error) {
		header := http.Header{"X-Amz-Access-Token": {token.Reveal()}, "Accept": {"application/json"}}
		if body != nil {
			header.Set("Content-Type", "application/json")
		}
		response, failed := s.Client.Do(ctx, method, s.Endpoint+path, header, body)
		problem := readProblem(response)
		return response, channels.InWords(s.Failure(response, failed), problem.Code, problem.text())
	})
}

// rejected is true for the response to a token that has expired. It is a 403 and not a 401 (amzn/selling-partner-api-models, issue 4122),
// like that of a missing permission.
func rejected(response outbound.Response) bool {
	return response.Status == http.StatusUnauthorized || response.Status == http.StatusForbidden
}
