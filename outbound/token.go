package outbound

import (
	"context"
	"encoding/base64"
	"net/http"
	"time"

	"github.com/tidemark/tidemark/settings"
)

// Token is an access token that a partner issues for a limited time. It is shared by all callers of one partner:
//
//   - one caller renews it while the others wait, as long as their contexts last;
//   - it is renewed before it expires;
//   - a token that the partner rejects earlier is renewed once, and the call is made once more, never in a loop.
//
// It is safe for concurrent use.
type Token struct {
	issue Issue
	now   func() time.Time

	lock    chan struct{} // guards what follows; a channel, so that a caller can stop waiting for it
	value   settings.Credential
	expires time.Time
}

// Issue asks the partner for an access token and says how long it is valid. Its errors say what a person has to do, and hold no
// credential.
type Issue func(ctx context.Context) (token settings.Credential, life time.Duration, err error)

// A token is renewed a while before it expires: a call takes time, and clocks differ.
const (
	tokenMargin     = time.Minute
	tokenMarginPart = 10 // of a life that is short
)

// NewToken returns a token that is issued at the first call.
func NewToken(now func() time.Time, issue Issue) *Token {
	return &Token{issue: issue, now: now, lock: make(chan struct{}, 1)}
}

// StaticToken returns a token that a person gave. It is never renewed, so a rejection is final.
func StaticToken(value settings.Credential) *Token {
	return &Token{value: value, lock: make(chan struct{}, 1)}
}

// Static is true for a token that a person gave.
func (t *Token) Static() bool { return t.issue == nil }

// Unauthorized is true for a response with status 401.
func Unauthorized(response Response) bool { return response.Status == http.StatusUnauthorized }

// Do makes one call in a session of its own.
func (t *Token) Do(ctx context.Context, rejected func(Response) bool, call func(token settings.Credential) (Response, error)) (Response, error) {
	return t.Session().Do(ctx, rejected, call)
}

// Session returns a session for calls that belong together, like the steps of an upload.
func (t *Token) Session() *Session { return &Session{token: t} }

// Session is calls for which the token is issued or renewed at most once: when a token that was issued for them is rejected, another one
// would be too. It is for one caller.
type Session struct {
	token *Token
	fresh bool // a token was issued for these calls
}

// Do makes a call with a valid token. When rejected says so of the response, and no token was issued for this session yet, the call is made
// once more with a new token: a call whose token was rejected has applied nothing. A static token is not renewed. The error is that of the
// issue or of the last call.
func (s *Session) Do(ctx context.Context, rejected func(Response) bool, call func(token settings.Credential) (Response, error)) (Response, error) {
	for {
		value, fresh, err := s.token.get(ctx)
		if err != nil {
			return Response{}, err
		}
		s.fresh = s.fresh || fresh
		response, err := call(value)
		if s.token.Static() || !rejected(response) {
			return response, err
		}
		s.token.drop(value)
		if s.fresh {
			return response, err
		}
		s.fresh = true // the next one is
	}
}

// get returns a token that is valid for a while yet; fresh says that it was issued now.
func (t *Token) get(ctx context.Context) (value settings.Credential, fresh bool, err error) {
	select {
	case t.lock <- struct{}{}:
		defer func() { <-t.lock }()
	case <-ctx.Done():
		return settings.Credential{}, false, ctx.Err()
	}
	if t.Static() || !t.value.Empty() && t.now().Before(t.expires) {
		return t.value, false, nil
	}
	value, life, err := t.issue(ctx)
	if err != nil {
		return settings.Credential{}, false, err
	}
	t.value, t.expires = value, t.now().Add(life-min(tokenMargin, life/tokenMarginPart))
	return value, true, nil
}

// drop forgets a token that was rejected, unless another one has taken its place.
func (t *Token) drop(value settings.Credential) {
	t.lock <- struct{}{}
	defer func() { <-t.lock }()
	if t.value.Reveal() == value.Reveal() {
		t.value = settings.Credential{}
	}
}

// Grant is the response of an OAuth 2.0 token endpoint (RFC 6749, section 5.1).
type Grant struct {
	AccessToken string  `json:"access_token"`
	ExpiresIn   float64 `json:"expires_in"` // seconds
}

// Token returns the access token and how long it is used, at most the longest; false when the response names no token or no life.
func (g Grant) Token(longest time.Duration) (settings.Credential, time.Duration, bool) {
	if g.AccessToken == "" || !(g.ExpiresIn > 0) {
		return settings.Credential{}, 0, false
	}
	life := time.Duration(min(g.ExpiresIn, longest.Seconds()) * float64(time.Second))
	return settings.NewCredential(g.AccessToken), life, true
}

// Basic is the value of the header Authorization for a user with a password (RFC 7617).
func Basic(user string, password settings.Credential) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password.Reveal()))
}
