package warehouses

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses/jsonvalue"
)

// Login asks a warehouse's token endpoint for an access token (RFC 6749). Its errors are those of a fetch, and hold no credential.
type Login struct {
	Warehouse string // for errors
	Client    *outbound.Client
	Now       func() time.Time
	Address   string
	Header    http.Header
	Body      []byte
	Longest   time.Duration // how long a token is used at most
	What      string        // what is asked, for errors: the response to …
	// Refused says what a status means that is not 200, and what a person has to do, where Failure says nothing of it.
	Refused func(outbound.Response) error
}

// Issue makes the call.
func (l Login) Issue(ctx context.Context) (settings.Credential, time.Duration, error) {
	response, err := l.Client.Do(ctx, http.MethodPost, l.Address, l.Header, l.Body)
	if response, err = Judge(ctx, l.Warehouse, response, err, l.Now(), l.Refused); err != nil {
		return settings.Credential{}, 0, err
	}
	var grant outbound.Grant
	if json.Unmarshal(response.Body, &grant) == nil {
		if token, life, ok := grant.Token(l.Longest); ok {
			return token, life, nil
		}
	}
	return settings.Credential{}, 0, Faltered(nil, "warehouse %s: the answer to the %s holds no access token, or does not say how long it lives; found %s",
		l.Warehouse, l.What, jsonvalue.Found(response.Body))
}
