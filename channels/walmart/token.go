package walmart

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/settings"
)

// login is what Walmart takes for a token.
type login struct {
	id     string
	secret settings.Credential
}

// issue gets an access token, which lives 900 seconds (us-marketplace/docs/get-an-access-token).
func (s *store) issue(ctx context.Context) (settings.Credential, time.Duration, error) {
	header := s.header(uuid.NewString())
	header["Authorization"] = []string{outbound.Basic(s.login.id, s.login.secret)}
	header["Content-Type"] = []string{"application/x-www-form-urlencoded"}
	return channels.Login{
		Base: s.Base, Address: s.Endpoint + tokenPath, Header: header, Bounded: true,
		Body: []byte("grant_type=client_credentials"),
		Refused: func(response outbound.Response) error {
			return &channels.Error{Next: channels.AskPerson, Status: response.Status, Reason: fmt.Sprintf("store %s: Walmart gives no token for "+
				"the API key; check client_id and client_secret, and that they are of the endpoint's environment (production or sandbox)", s.ID)}
		},
		Failure: s.failure,
	}.Issue(ctx)
}

// session is one Send, Poll or Check: its calls have one correlation id, and the token is renewed at most once for them.
type session struct {
	*store
	token       *outbound.Session
	correlation string
}

func (s *store) session(key string) *session {
	return &session{store: s, token: s.token.Session(), correlation: correlation(key)}
}

// correlation is the id by which Walmart's support finds a call: a UUID (us-marketplace/docs/error-codes). The push loop's keys are such,
// so the id is the key that the ledger keeps; of anything else one is made that is always the same.
func correlation(key string) string {
	if id, err := uuid.Parse(key); err == nil {
		return id.String()
	}
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte(key)).String()
}

// call makes a call. A token that was kept and is rejected is renewed once: that says nothing about the credential, and nothing was applied.
func (s *session) call(ctx context.Context, method, path, contentType string, body []byte) (outbound.Response, error) {
	return s.token.Do(ctx, outbound.Unauthorized, func(token settings.Credential) (outbound.Response, error) {
		header := s.header(s.correlation)
		header["WM_SEC.ACCESS_TOKEN"] = []string{token.Reveal()}
		if body != nil {
			header["Content-Type"] = []string{contentType}
		}
		response, failed := s.Client.Do(ctx, method, s.Endpoint+path, header, body)
		return response, s.failure(response, failed)
	})
}

// header is what every call has. Walmart writes the names of its headers in capitals.
func (s *store) header(correlation string) http.Header {
	header := http.Header{"WM_SVC.NAME": {s.service}, "WM_QOS.CORRELATION_ID": {correlation}, "Accept": {"application/json"}}
	if s.channelType != "" {
		header["WM_CONSUMER.CHANNEL.TYPE"] = []string{s.channelType}
	}
	return header
}
