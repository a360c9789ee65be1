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
	Store   string // for errors
	Client  *outbound.Client
	Now     func() time.Time
	Address string
	Header  http.Header
	Body    []byte
	// Longest is the longest life that is believed; 0 believes any.
	Longest time.Duration
	// Refused says what a status of 400, 401 or 403 means and what a person has to do.
	Refused func(outbound.Response) error
	// Failure reads other failures; nil is Failure of this package.
	Failure func(outbound.Response, error) error
}

// longestLife is how long a token is used when the driver does not say.
const longestLife = 24 * time.Hour

// Issue makes the call. The life of the token is at most a day.
func (l Login) Issue(ctx context.Context) (settings.Credential, time.Duration, error) {
	response, failed := l.Client.Do(ctx, http.MethodPost, l.Address, l.Header, l.Body)
	switch response.Status {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden:
		return settings.Credential{}, 0, l.Refused(response)
	}
	failure := l.Failure
	if failure == nil {
		failure = func(response outbound.Response, failed error) error {
			return Failure(l.Store, response, failed, l.Now())
		}
	}
	if err := failure(response, failed); err != nil {
		return settings.Credential{}, 0, err
	}
	if response.Status != http.StatusOK {
		return settings.Credential{}, 0, Unreadable(l.Store, response, "its status is not one that the token API promises")
	}
	var grant outbound.Grant
	if err := Read(l.Store, response, &grant); err != nil {
		return settings.Credential{}, 0, err
	}
	token, life, ok := grant.Token(longestLife)
	if !ok || l.Longest > 0 && grant.ExpiresIn > l.Longest.Seconds() {
		return settings.Credential{}, 0, Unreadable(l.Store, response, "it holds no token, or does not say how long it lives")
	}
	return token, life, nil
}
