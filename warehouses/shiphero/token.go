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
	"github.com/tidemark/tidemark/warehouses/jsonvalue"
)

// authorize takes the token that is given, or else the refresh token.
func (s *source) authorize(values settings.Values, environment settings.Environment) (err error) {
	hasToken, hasRefresh := values.Text("token") != "", values.Text("refresh_token") != ""
	switch {
	case hasToken == hasRefresh:
		return errors.New("shiphero takes one credential: the setting refresh_token, or token")
	case hasToken:
		s.token, err = values.Credential("token", environment)
		return err
	}
	s.tokens = &outbound.Token{Ask: s.askToken, Now: func() time.Time { return s.now() }}
	s.refresh, err = values.Credential("refresh_token", environment)
	return err
}

// credential is what a call carries.
func (s *source) credential(ctx context.Context) (settings.Credential, error) {
	if s.tokens == nil {
		return s.token, nil
	}
	return s.tokens.Get(ctx)
}

// maxTokenLife is the longest that a token is kept. ShipHero's live 28 days (developer.shiphero.com/getting-started).
const maxTokenLife = 28 * 24 * time.Hour

// askToken asks for an access token. The refresh token stays the same.
func (s *source) askToken(ctx context.Context) (settings.Credential, time.Duration, error) {
	body, err := json.Marshal(map[string]string{"refresh_token": s.refresh.Reveal()})
	if err != nil {
		return settings.Credential{}, 0, warehouses.NeedsPerson(nil, "warehouse %s: the refresh token cannot be written as JSON; check the reference in the settings", s.id)
	}
	header := http.Header{"Accept": {"application/json"}, "Content-Type": {"application/json"}}
	answer, err := s.client.Do(ctx, http.MethodPost, s.endpoint+"/auth/refresh", header, body)
	if ctx.Err() != nil {
		return settings.Credential{}, 0, ctx.Err()
	}
	if err := warehouses.Failure(s.id, answer, err, s.now()); err != nil {
		return settings.Credential{}, 0, err
	}
	if answer.Status != http.StatusOK {
		return settings.Credential{}, 0, warehouses.NeedsPerson(nil, "warehouse %s gives no access token for the refresh token (status %d); check the reference in the settings, and the developer user in ShipHero", s.id, answer.Status)
	}
	var said struct {
		AccessToken string  `json:"access_token"`
		ExpiresIn   float64 `json:"expires_in"`
	}
	if json.Unmarshal(answer.Body, &said) != nil || said.AccessToken == "" || !(said.ExpiresIn > 0) {
		return settings.Credential{}, 0, warehouses.Faltered(nil, "warehouse %s: the answer to the refresh token holds no access token, or does not say how long it lives; found %s", s.id, jsonvalue.Found(answer.Body))
	}
	life := time.Duration(min(said.ExpiresIn, maxTokenLife.Seconds()) * float64(time.Second))
	return settings.NewCredential(said.AccessToken), life, nil
}
