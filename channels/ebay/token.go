package ebay

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/settings"
)

const (
	tokenPath = "/identity/v1/oauth2/token"
	// scope is what every call of the driver needs (security of bulkUpdatePriceQuantity and getOffers).
	scope = "https://api.ebay.com/oauth/api_scope/sell.inventory"
)

// login is what eBay takes for a token.
type login struct {
	id              string
	secret, refresh settings.Credential
}

// askToken gets a user access token, which lives two hours (developer.ebay.com/api-docs/static/oauth-refresh-token-request.html). It asks
// for the one scope that is needed, so a seller's consent that does not hold it is found out here.
func (s *store) askToken(ctx context.Context) (settings.Credential, time.Duration, error) {
	s.asked.Add(1)
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {s.login.refresh.Reveal()}, "scope": {scope}}
	header := http.Header{
		"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(s.login.id+":"+s.login.secret.Reveal()))},
		"Content-Type":  {"application/x-www-form-urlencoded"},
		"Accept":        {"application/json"},
	}
	answer, failed := s.client.Do(ctx, http.MethodPost, s.endpoint+tokenPath, header, []byte(form.Encode()))
	switch answer.Status {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden:
		return settings.Credential{}, 0, s.noToken(answer)
	}
	if err := channels.Failure(s.id, answer, failed, s.now()); err != nil {
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

// noToken says why eBay gives none (RFC 6749, section 5.2; developer.ebay.com/support/kb-article?KBid=5218).
func (s *store) noToken(answer outbound.Answer) error {
	var said struct {
		Code string `json:"error"`
	}
	why := "check client_id, client_secret and refresh_token, and that they are of the endpoint's environment (production or sandbox)"
	if channels.Read(s.id, answer, &said) == nil {
		switch said.Code {
		case "invalid_grant":
			why = "the refresh token has expired or is of another application, or the seller has withdrawn the consent or changed name or password; have the seller consent again"
		case "invalid_scope":
			why = "the seller's consent does not hold the scope sell.inventory; have the seller consent again with it"
		case "invalid_client":
			why = "it does not know the application; check client_id and client_secret, and that they are of the endpoint's environment (production or sandbox)"
		default:
			said.Code = "" // not one of eBay's words
		}
	}
	return &channels.Error{Next: channels.AskPerson, Status: answer.Status, Code: said.Code, Reason: fmt.Sprintf("store %s: eBay gives no access token: %s", s.id, why)}
}
