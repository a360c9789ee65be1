package vendure

import (
	"context"
	_ "embed"
	"fmt"
	"net/http"
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound/graphql"
	"github.com/tidemark/tidemark/settings"
)

//go:embed log_in.graphql
var logIn string

// tokenHeader is where a session token comes back; it is there, and empty, when the server does not know the one that was sent.
const tokenHeader = "Vendure-Auth-Token"

// tokenLife is how long a session is used. The server does not say how long one lives (authOptions.sessionDuration, a year unless it is
// set), and one that ended earlier is found out by the response.
const tokenLife = 24 * time.Hour

// issue logs in.
func (s *store) issue(ctx context.Context) (settings.Credential, time.Duration, error) {
	body, err := graphql.Body(logIn, struct {
		Username string `json:"username"`
		Password string `json:"password"`
	}{s.username, s.password.Reveal()})
	if err != nil {
		return settings.Credential{}, 0, err
	}
	response, failed := s.Client.Do(ctx, http.MethodPost, s.Endpoint, s.header(), body)
	if err := s.Failure(response, failed); err != nil {
		return settings.Credential{}, 0, err
	}
	var document struct {
		Login struct {
			Type string `json:"__typename"`
			Code string `json:"errorCode"`
		} `json:"login"`
	}
	if err := s.read(response, &document); err != nil {
		return settings.Credential{}, 0, err
	}
	token := response.Header.Get(tokenHeader)
	refusal := &channels.Error{Next: channels.AskPerson, Status: response.Status, Code: document.Login.Code}
	switch {
	case document.Login.Code != "":
		refusal.Reason = fmt.Sprintf("store %s: it does not let %s log in (%.60s); check the settings username and password", s.ID, s.username, document.Login.Code)
	case document.Login.Type != "CurrentUser":
		return settings.Credential{}, 0, s.Unreadable(response, "it does not say whether the login succeeded")
	case token == "":
		refusal.Reason = fmt.Sprintf("store %s: it gives no token in the header vendure-auth-token; add bearer to authOptions.tokenMethod in the server's "+
			"configuration", s.ID)
	default:
		return settings.NewCredential(token), tokenLife, nil
	}
	return settings.Credential{}, 0, refusal
}
