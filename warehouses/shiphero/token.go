package shiphero

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

// authorize takes the token that is given, or else the refresh token.
func (s *source) authorize(values settings.Values, environment settings.Environment) (err error) {
	hasToken, hasRefresh := values.Text("token") != "", values.Text("refresh_token") != ""
	switch {
	case hasToken == hasRefresh:
		return errors.New("shiphero takes one credential: the setting refresh_token, or token")
	case hasToken:
		given, err := values.Credential("token", environment)
		s.tokens = outbound.StaticToken(given)
		return err
	}
	s.tokens = outbound.NewToken(func() time.Time { return s.Now() }, s.issue)
	s.refresh, err = values.Credential("refresh_token", environment)
	return err
}

// maxTokenLife is the longest that a token is kept. ShipHero's live 28 days (developer.shiphero.com/getting-started).
const maxTokenLife = 28 * 24 * time.Hour

// issue asks for an access token. The refresh token stays the same.
func (s *source) issue(ctx context.Context) (settings.Credential, time.Duration, error) {
	body, err := json.Marshal(map[string]string{"refresh_token": s.refresh.Reveal()})
	if err != nil {
		return settings.Credential{}, 0, warehouses.NeedsPerson(nil, "warehouse %s: the refresh token cannot be written as JSON; check the reference in the settings",
			s.ID)
	}
	return warehouses.Login{
		Warehouse: s.ID, Client: s.Client, Now: s.Now, Address: s.Endpoint + "/auth/refresh", Body: body,
		Header:  http.Header{"Accept": {"application/json"}, "Content-Type": {"application/json"}},
		Longest: maxTokenLife, What: "refresh token",
		Refused: func(response outbound.Response) error {
			return warehouses.NeedsPerson(nil,
				"warehouse %s gives no access token for the refresh token (status %d); check the reference in the settings, and the developer user in ShipHero", s.ID,
				response.Status)
		},
	}.Issue(ctx)
}
