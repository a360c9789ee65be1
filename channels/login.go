package channels

import (
	"context"
	"net/http"
	"time"

	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/settings"
)

// Login asks a store's token endpoint for an access token (RFC 6749). Its errors are those of a call, and hold no credential.
type Login struct {
	Base    Base // of the store
	Address string
	Header  http.Header
	Body    []byte
	// Bounded believes no token that lives longer than a day.
	Bounded bool
	// Refused says what a status of 400, 401 or 403 means and what a person has to do.
	Refused func(outbound.Response) error
	// Failure reads other failures; nil is that of the Base.
	Failure func(outbound.Response, error) error
}

// longestLife is how long a token is used at most.
const longestLife = 24 * time.Hour

// Issue makes the call. The life of the token is at most a day.
func (l Login) Issue(ctx context.Context) (settings.Credential, time.Duration, error) {
	response, failed := l.Base.Client.Do(ctx, http.MethodPost, l.Address, l.Header, l.Body)
	switch response.Status {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden:
		return settings.Credential{}, 0, l.Refused(response)
	}
	failure := l.Failure
	if failure == nil {
		failure = l.Base.Failure
	}
	if err := failure(response, failed); err != nil {
		return settings.Credential{}, 0, err
	}
	if response.Status != http.StatusOK {
		return settings.Credential{}, 0, l.Base.Unreadable(response, "its status is not one that the token API promises")
	}
	var grant outbound.Grant
	if err := l.Base.Read(response, &grant); err != nil {
		return settings.Credential{}, 0, err
	}
	token, life, ok := grant.Token(longestLife)
	if !ok || l.Bounded && grant.ExpiresIn > longestLife.Seconds() {
		return settings.Credential{}, 0, l.Base.Unreadable(response, "it holds no token, or does not say how long it lives")
	}
	return token, life, nil
}
