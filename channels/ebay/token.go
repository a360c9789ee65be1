package ebay

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

// issue gets a user access token, which lives two hours (developer.ebay.com/api-docs/static/oauth-refresh-token-request.html). It asks
// for the one scope that is needed, so a seller's consent that does not hold it is found out here.
func (s *store) issue(ctx context.Context) (settings.Credential, time.Duration, error) {
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {s.login.refresh.Reveal()}, "scope": {scope}}
	return channels.Login{
		Base: s.Base, Address: s.Endpoint + tokenPath, Body: []byte(form.Encode()), Bounded: true, Refused: s.noToken,
		Header: http.Header{
			"Authorization": {outbound.Basic(s.login.id, s.login.secret)},
			"Content-Type":  {"application/x-www-form-urlencoded"},
			"Accept":        {"application/json"},
		},
	}.Issue(ctx)
}

// noToken says why eBay gives none (RFC 6749, section 5.2; developer.ebay.com/support/kb-article?KBid=5218).
func (s *store) noToken(response outbound.Response) error {
	var body struct {
		Code string `json:"error"`
	}
	why := "check client_id, client_secret and refresh_token, and that they are of the endpoint's environment (production or sandbox)"
	if s.Read(response, &body) == nil {
		switch body.Code {
		case "invalid_grant":
			why = "the refresh token has expired or is of another application, or the seller has withdrawn the consent or changed name or password; have the seller " +
				"consent again"
		case "invalid_scope":
			why = "the seller's consent does not hold the scope sell.inventory; have the seller consent again with it"
		case "invalid_client":
			why = "it does not know the application; check client_id and client_secret, and that they are of the endpoint's environment (production or sandbox)"
		default:
			body.Code = "" // not one of eBay's words
		}
	}
	return &channels.Error{
		Next: channels.AskPerson, Status: response.Status, Code: body.Code,
		Reason: fmt.Sprintf("store %s: eBay gives no access token: %s", s.ID, why),
	}
}
