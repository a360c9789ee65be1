package extensiv

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/jsonvalue"
)

// login is what a token is asked for with.
type login struct {
	client string
	secret settings.Credential
	body   []byte
}

// loginBody is the body of the call. The documentation calls the user user_login; help pages, and all callers, user_login_id.
type loginBody struct {
	GrantType   string `json:"grant_type"`
	TPL         string `json:"tpl,omitempty"`
	UserLogin   string `json:"user_login,omitempty"`
	UserLoginID string `json:"user_login_id,omitempty"`
}

func (s *source) authorize(values settings.Values, environment settings.Environment) (err error) {
	body := loginBody{GrantType: "client_credentials", TPL: values.Text("tpl"), UserLogin: values.Text("user_login"), UserLoginID: values.Text("user_login_id")}
	if (body.UserLogin == "") == (body.UserLoginID == "") {
		return errors.New("extensiv needs the user that the calls are made for: the setting user_login_id, or user_login")
	}
	s.login.client = values.Text("client_id")
	if s.login.body, err = json.Marshal(body); err != nil {
		return errors.New("extensiv: the login cannot be written as JSON; check tpl and the user")
	}
	s.tokens = &outbound.Token{Ask: s.askToken, Now: func() time.Time { return s.now() }}
	s.login.secret, err = values.Credential("client_secret", environment)
	return err
}

// maxTokenLife is the longest that a token is kept. Extensiv's live 30 to 60 minutes, and should be renewed every 30
// (help.extensiv.com/rest-api).
const maxTokenLife = 30 * time.Minute

// askToken logs in.
func (s *source) askToken(ctx context.Context) (settings.Credential, time.Duration, error) {
	header := http.Header{
		"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(s.login.client+":"+s.login.secret.Reveal()))},
		"Accept":        {"application/json"},
		"Content-Type":  {"application/json; charset=utf-8"},
	}
	answer, err := s.client.Do(ctx, http.MethodPost, s.endpoint+"/AuthServer/api/Token", header, s.login.body)
	if ctx.Err() != nil {
		return settings.Credential{}, 0, ctx.Err()
	}
	if err := warehouses.Failure(s.id, answer, err, s.now()); err != nil {
		return settings.Credential{}, 0, err
	}
	if answer.Status != http.StatusOK {
		return settings.Credential{}, 0, warehouses.NeedsPerson(nil, "warehouse %s does not let the client log in (status %d); check client_id, client_secret, the user, and tpl", s.id, answer.Status)
	}
	var said struct {
		AccessToken string  `json:"access_token"`
		ExpiresIn   float64 `json:"expires_in"`
	}
	if json.Unmarshal(answer.Body, &said) != nil || said.AccessToken == "" || !(said.ExpiresIn > 0) {
		return settings.Credential{}, 0, warehouses.Faltered(nil, "warehouse %s: the answer to the login holds no access token, or does not say how long it lives; found %s", s.id, jsonvalue.Found(answer.Body))
	}
	life := time.Duration(min(said.ExpiresIn, maxTokenLife.Seconds()) * float64(time.Second))
	return settings.NewCredential(said.AccessToken), life, nil
}
