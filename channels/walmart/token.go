package walmart

import (
	"context"
	"encoding/base64"
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

// askToken gets an access token, which lives 900 seconds (us-marketplace/docs/get-an-access-token).
func (s *store) askToken(ctx context.Context) (settings.Credential, time.Duration, error) {
	s.asked.Add(1)
	header := s.header(uuid.NewString())
	header["Authorization"] = []string{"Basic " + base64.StdEncoding.EncodeToString([]byte(s.login.id+":"+s.login.secret.Reveal()))}
	header["Content-Type"] = []string{"application/x-www-form-urlencoded"}
	answer, failed := s.client.Do(ctx, http.MethodPost, s.endpoint+tokenPath, header, []byte("grant_type=client_credentials"))
	switch answer.Status {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden:
		return settings.Credential{}, 0, &channels.Error{
			Next: channels.AskPerson, Status: answer.Status,
			Reason: fmt.Sprintf("store %s: Walmart gives no token for the API key; check client_id and client_secret, and that they are of the endpoint's environment (production or sandbox)", s.id),
		}
	}
	if err := s.failure(answer, failed); err != nil {
		return settings.Credential{}, 0, err
	}
	var said struct {
		Token   string `json:"access_token"`
		Seconds int64  `json:"expires_in"`
	}
	if answer.Status != http.StatusOK {
		return settings.Credential{}, 0, channels.Unreadable(s.id, answer, "its status is not one that the token API promises")
	}
	if err := channels.Read(s.id, answer, &said); err != nil {
		return settings.Credential{}, 0, err
	}
	if said.Token == "" || said.Seconds <= 0 || said.Seconds > 86_400 {
		return settings.Credential{}, 0, channels.Unreadable(s.id, answer, "it holds no token")
	}
	return settings.NewCredential(said.Token), time.Duration(said.Seconds) * time.Second, nil
}

// session is one Send, Poll or Check: its calls have one token, which is renewed at most once, and one correlation id.
type session struct {
	*store
	correlation string
	token       settings.Credential
	fresh       bool // the token was asked for just now
}

func (s *store) session(ctx context.Context, key string) (*session, error) {
	opened := &session{store: s, correlation: correlation(key)}
	return opened, opened.get(ctx)
}

// correlation is the id by which Walmart's support finds a call: a UUID (us-marketplace/docs/error-codes). The push loop's keys are such,
// so the id is the key that the ledger keeps; of anything else one is made that is always the same.
func correlation(key string) string {
	if id, err := uuid.Parse(key); err == nil {
		return id.String()
	}
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte(key)).String()
}

func (s *session) get(ctx context.Context) (err error) {
	before := s.asked.Load()
	s.token, err = s.store.token.Get(ctx)
	s.fresh = s.fresh || s.asked.Load() != before
	return err
}

// call makes a call. A token that was kept and is not taken any more is renewed once: it says nothing about the credential. It has
// applied nothing, so the second call is safe.
func (s *session) call(ctx context.Context, method, path, contentType string, body []byte) (outbound.Answer, error) {
	for {
		header := s.header(s.correlation)
		header["WM_SEC.ACCESS_TOKEN"] = []string{s.token.Reveal()}
		if body != nil {
			header["Content-Type"] = []string{contentType}
		}
		answer, failed := s.client.Do(ctx, method, s.endpoint+path, header, body)
		if answer.Status == http.StatusUnauthorized {
			s.store.token.Drop(s.token)
			if !s.fresh {
				if err := s.get(ctx); err != nil {
					return answer, err
				}
				s.fresh = true
				continue
			}
		}
		return answer, s.failure(answer, failed)
	}
}

// header is what every call has. Walmart writes the names of its headers in capitals.
func (s *store) header(correlation string) http.Header {
	header := http.Header{"WM_SVC.NAME": {s.service}, "WM_QOS.CORRELATION_ID": {correlation}, "Accept": {"application/json"}}
	if s.channelType != "" {
		header["WM_CONSUMER.CHANNEL.TYPE"] = []string{s.channelType}
	}
	return header
}
