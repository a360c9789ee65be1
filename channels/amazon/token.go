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

// askToken gets an access token, which lives an hour (sp-api/docs/connect-to-the-selling-partner-api).
func (s *store) askToken(ctx context.Context) (settings.Credential, time.Duration, error) {
	s.asked.Add(1)
	form := url.Values{
		"grant_type": {"refresh_token"}, "refresh_token": {s.login.refresh.Reveal()},
		"client_id": {s.login.id}, "client_secret": {s.login.secret.Reveal()},
	}
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded;charset=UTF-8"}, "Accept": {"application/json"}}
	answer, failed := s.client.Do(ctx, http.MethodPost, s.tokenEndpoint, header, []byte(form.Encode()))
	switch answer.Status {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden:
		return settings.Credential{}, 0, &channels.Error{
			Next: channels.AskPerson, Status: answer.Status,
			Reason: fmt.Sprintf("store %s: Login with Amazon does not take the client or the refresh token; check client_id, client_secret and refresh_token, and whether the secret has expired or the seller has withdrawn the authorisation", s.id),
		}
	}
	if err := channels.Failure(s.id, answer, failed, s.now()); err != nil {
		return settings.Credential{}, 0, err
	}
	var said struct {
		Token   string `json:"access_token"`
		Seconds int64  `json:"expires_in"`
	}
	if answer.Status != http.StatusOK {
		return settings.Credential{}, 0, channels.Unreadable(s.id, answer, "Login with Amazon answers with a status that it does not promise")
	}
	if err := channels.Read(s.id, answer, &said); err != nil {
		return settings.Credential{}, 0, err
	}
	if said.Token == "" || said.Seconds <= 0 || said.Seconds > 86_400 {
		return settings.Credential{}, 0, channels.Unreadable(s.id, answer, "Login with Amazon gives no token")
	}
	return settings.NewCredential(said.Token), time.Duration(said.Seconds) * time.Second, nil
}

// session is one Send, Poll or Check: its calls have one token, which is renewed at most once.
type session struct {
	*store
	token settings.Credential
	fresh bool // the token was asked for just now
}

func (s *store) session(ctx context.Context) (*session, error) {
	opened := &session{store: s}
	return opened, opened.get(ctx)
}

func (s *session) get(ctx context.Context) (err error) {
	before := s.asked.Load()
	s.token, err = s.store.token.Get(ctx)
	s.fresh = s.fresh || s.asked.Load() != before
	return err
}

// call makes a call to the Selling Partner API. A token that was kept and is not taken any more is renewed once: it says nothing about
// the credential. Amazon answers it with 403 and not with 401 (amzn/selling-partner-api-models, issue 4122), as it answers a missing
// permission. Neither has applied anything, so the second call is safe.
func (s *session) call(ctx context.Context, method, path string, body []byte) (outbound.Answer, error) {
	for {
		header := http.Header{"X-Amz-Access-Token": {s.token.Reveal()}, "Accept": {"application/json"}}
		if body != nil {
			header.Set("Content-Type", "application/json")
		}
		answer, failed := s.client.Do(ctx, method, s.endpoint+path, header, body)
		if answer.Status == http.StatusUnauthorized || answer.Status == http.StatusForbidden {
			s.store.token.Drop(s.token)
			if !s.fresh {
				if err := s.get(ctx); err != nil {
					return answer, err
				}
				s.fresh = true
				continue
			}
		}
		said := readProblem(answer)
		return answer, channels.InWords(channels.Failure(s.id, answer, failed, s.now()), said.Code, said.text())
	}
}
