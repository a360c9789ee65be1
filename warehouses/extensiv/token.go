package extensiv

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
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
	s.tokens = outbound.NewToken(func() time.Time { return s.Now() }, s.issue)
	s.login.secret, err = values.Credential("client_secret", environment)
	return err
}

// maxTokenLife is the longest that a token is kept. Extensiv's live 30 to 60 minutes, and should be renewed every 30
// (help.extensiv.com/rest-api).
const maxTokenLife = 30 * time.Minute

// issue logs in.
func (s *source) issue(ctx context.Context) (settings.Credential, time.Duration, error) {
	return warehouses.Login{
		Warehouse: s.ID, Client: s.Client, Now: s.Now, Address: s.Endpoint + "/AuthServer/api/Token", Body: s.login.body,
		Longest: maxTokenLife, What: "login",
		Header: http.Header{
			"Authorization": {outbound.Basic(s.login.client, s.login.secret)},
			"Accept":        {"application/json"},
			"Content-Type":  {"application/json; charset=utf-8"},
		},
		Refused: func(response outbound.Response) error {
			return warehouses.NeedsPerson(nil, "warehouse %s does not let the client log in (status %d); check client_id, client_secret, the user, and tpl", s.ID,
				response.Status)
		},
	}.Issue(ctx)
}
