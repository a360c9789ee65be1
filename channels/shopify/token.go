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
		key, err := values.Credential("token", environment)
		s.token = outbound.StaticToken(key)
		return err
	}
	s.app.id = values.Text("client_id")
	s.app.secret, err = values.Credential("client_secret", environment)
	s.token = outbound.NewToken(s.Now, s.issue)
	return err
}

// issue gets an access token by the client credentials grant. It lives 24 hours (shopify.dev, "Using the client credentials grant").
func (s *store) issue(ctx context.Context) (settings.Credential, time.Duration, error) {
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {s.app.id}, "client_secret": {s.app.secret.Reveal()}}
	return channels.Login{
		Base: s.Base, Address: s.Endpoint + "/admin/oauth/access_token", Body: []byte(form.Encode()),
		Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Accept": {"application/json"}},
		Refused: func(response outbound.Response) error {
			return &channels.Error{Next: channels.AskPerson, Status: response.Status, Reason: "store " + s.ID + ": it gives no access token for " +
				"client_id and client_secret; check them, that the app is installed in the shop, and that app and shop are of one organization"}
		},
	}.Issue(ctx)
}
