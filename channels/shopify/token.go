package shopify

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/settings"
)

// app is an app of the Dev Dashboard, which asks for its tokens itself.
type app struct {
	id     string
	secret settings.Credential
}

// authorize takes the static token, or else the app.
func (s *store) authorize(values settings.Values, environment settings.Environment) (err error) {
	if values.Text("token") != "" {
		s.key, err = values.Credential("token", environment)
		return err
	}
	s.app.id = values.Text("client_id")
	s.app.secret, err = values.Credential("client_secret", environment)
	s.token = &outbound.Token{Ask: s.askToken, Now: s.now}
	return err
}

// credential is what a call carries.
func (s *store) credential(ctx context.Context) (settings.Credential, error) {
	if s.token == nil {
		return s.key, nil
	}
	return s.token.Get(ctx)
}

// maxTokenLife is the longest that a token is kept. Shopify's live 24 hours (shopify.dev, "Using the client credentials grant").
const maxTokenLife = 24 * time.Hour

// askToken asks for an access token by the client credentials grant.
func (s *store) askToken(ctx context.Context) (settings.Credential, time.Duration, error) {
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {s.app.id}, "client_secret": {s.app.secret.Reveal()}}
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Accept": {"application/json"}}
	answer, err := s.client.Do(ctx, http.MethodPost, s.endpoint+"/admin/oauth/access_token", header, []byte(form.Encode()))
	if err := channels.Failure(s.id, answer, err, s.now()); err != nil {
		return settings.Credential{}, 0, err
	}
	if answer.Status != http.StatusOK {
		return settings.Credential{}, 0, &channels.Error{Next: channels.AskPerson, Status: answer.Status, Reason: "store " + s.id +
			": it gives no access token for client_id and client_secret; check them, that the app is installed in the shop, and that app and shop are of one organization"}
	}
	var said struct {
		AccessToken string  `json:"access_token"`
		ExpiresIn   float64 `json:"expires_in"`
	}
	if err := channels.Read(s.id, answer, &said); err != nil {
		return settings.Credential{}, 0, err
	}
	if said.AccessToken == "" || !(said.ExpiresIn > 0) {
		return settings.Credential{}, 0, channels.Unreadable(s.id, answer, "it holds no access token, or does not say how long it lives")
	}
	life := time.Duration(min(said.ExpiresIn, maxTokenLife.Seconds()) * float64(time.Second))
	return settings.NewCredential(said.AccessToken), life, nil
}
