package serve

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"net/http"
	"strings"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
)

// roleToken is an API token, as its SHA-256, with its role.
type roleToken struct {
	sum  [sha256.Size]byte
	role ledger.Role
	name string // in the log of acts
}

// apiTokens returns the tokens of the options. It refuses a token that is too short, and one that occurs twice, because it would have two
// roles.
func apiTokens(options Options) ([]roleToken, error) {
	var tokens []roleToken
	add := func(secret settings.Credential, role ledger.Role, name string) error {
		token := secret.Reveal()
		if len(token) < minTokenLength {
			return fmt.Errorf("%s has %d characters; expected at least %d random characters", name, len(token), minTokenLength)
		}
		added := roleToken{sum: sha256.Sum256([]byte(token)), role: role, name: name}
		for _, other := range tokens {
			if other.sum == added.sum {
				return fmt.Errorf("%s is the same as %s; use different tokens", name, other.name)
			}
		}
		tokens = append(tokens, added)
		return nil
	}
	if !options.Token.Empty() {
		if err := add(options.Token, ledger.Admin, "the API token"); err != nil {
			return nil, err
		}
	}
	for _, role := range ledger.Roles() {
		for i, secret := range options.Tokens[role] {
			name := "the API token of role " + string(role)
			if len(options.Tokens[role]) > 1 {
				name = fmt.Sprintf("API token %d of role %s", i+1, role)
			}
			if err := add(secret, role, name); err != nil {
				return nil, err
			}
		}
	}
	return tokens, nil
}

// tokenOf returns the API token of a request. It compares the digests of all tokens, so that the time reveals nothing.
func (s *Server) tokenOf(header http.Header) (roleToken, bool) {
	scheme, token, _ := strings.Cut(single(header, "Authorization"), " ")
	digest := sha256.Sum256([]byte(token))
	var match roleToken
	matched := false
	for _, token := range s.tokens {
		if subtle.ConstantTimeCompare(token.sum[:], digest[:]) == 1 {
			match, matched = token, true
		}
	}
	return match, matched && strings.EqualFold(scheme, "Bearer")
}
