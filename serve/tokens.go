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

// roleToken is a token of the API, as its SHA-256, with what who has it may do.
type roleToken struct {
	sum  [sha256.Size]byte
	role ledger.Role
	name string // as the log of acts has it
}

// apiTokens are the tokens of the options. One that is short is refused, and one that is given twice: it would have two roles.
func apiTokens(options Options) ([]roleToken, error) {
	var tokens []roleToken
	add := func(secret settings.Credential, role ledger.Role, name string) error {
		token := secret.Reveal()
		if len(token) < leastToken {
			return fmt.Errorf("%s has %d characters; expected %d at least, random ones", name, len(token), leastToken)
		}
		one := roleToken{sum: sha256.Sum256([]byte(token)), role: role, name: name}
		for _, other := range tokens {
			if other.sum == one.sum {
				return fmt.Errorf("%s is %s as well; give each its own", name, other.name)
			}
		}
		tokens = append(tokens, one)
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

// tokenOf is the API token that a request carries. All are compared, by their digests, so that the time tells nothing.
func (s *Server) tokenOf(header http.Header) (roleToken, bool) {
	scheme, token, _ := strings.Cut(only(header, "Authorization"), " ")
	given := sha256.Sum256([]byte(token))
	var found roleToken
	has := false
	for _, one := range s.tokens {
		if subtle.ConstantTimeCompare(one.sum[:], given[:]) == 1 {
			found, has = one, true
		}
	}
	return found, has && strings.EqualFold(scheme, "Bearer")
}
