package outbound_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/settings"
)

// partner issues tokens that it numbers and that live an hour, and answers calls.
type partner struct {
	clock  time.Time
	fault  error
	issued int
	calls  []string
	reject func(token string) bool
}

func (p *partner) token() *outbound.Token {
	return outbound.NewToken(func() time.Time { return p.clock }, func(context.Context) (settings.Credential, time.Duration, error) {
		p.issued++
		return settings.NewCredential(fmt.Sprint("token-", p.issued)), time.Hour, p.fault
	})
}

// answer is 401 to a token that is rejected, with an error as a driver makes it.
func (p *partner) respond(token settings.Credential) (outbound.Response, error) {
	p.calls = append(p.calls, token.Reveal())
	if p.reject != nil && p.reject(token.Reveal()) {
		return outbound.Response{Status: 401}, errors.New("renew the credential")
	}
	return outbound.Response{Status: 200}, nil
}

func TestTokenIsRenewedShortlyBeforeItExpires(t *testing.T) {
	t.Parallel()
	p := &partner{}
	token := p.token()
	for _, step := range []struct {
		after time.Duration
		want  string
	}{{0, "token-1"}, {58 * time.Minute, "token-1"}, {59 * time.Minute, "token-2"}, {100 * time.Minute, "token-2"}} {
		p.clock = now.Add(step.after)
		_, err := token.Do(t.Context(), outbound.Unauthorized, p.respond)
		require.NoError(t, err)
		require.Equal(t, step.want, p.calls[len(p.calls)-1])
	}
	require.Equal(t, 2, p.issued)
}

func TestARejectedTokenIsRenewedOnce(t *testing.T) {
	t.Parallel()
	never := func(string) bool { return false }
	always := func(string) bool { return true }
	for name, test := range map[string]struct {
		before    bool // a call was made before, so the token is kept from then
		reject    func(string) bool
		calls     []string
		status    int
		nextCalls []string // of a call afterwards that succeeds
	}{
		"a fresh one that is taken": {reject: never, calls: []string{"token-1"}, status: 200, nextCalls: []string{"token-1"}},
		"a kept one that is taken":  {before: true, reject: never, calls: []string{"token-1"}, status: 200, nextCalls: []string{"token-1"}},
		"a kept one that has expired early": {
			before: true, reject: func(v string) bool { return v == "token-1" }, calls: []string{"token-1", "token-2"},
			status: 200, nextCalls: []string{"token-2"},
		},
		"a kept one, and the new one too":        {before: true, reject: always, calls: []string{"token-1", "token-2"}, status: 401, nextCalls: []string{"token-3"}},
		"one that was issued for this very call": {reject: always, calls: []string{"token-1"}, status: 401, nextCalls: []string{"token-2"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := &partner{clock: now}
			token := p.token()
			if test.before {
				_, err := token.Do(t.Context(), outbound.Unauthorized, p.respond)
				require.NoError(t, err)
			}
			p.calls, p.reject = nil, test.reject
			response, err := token.Do(t.Context(), outbound.Unauthorized, p.respond)
			require.Equal(t, test.status, response.Status)
			require.Equal(t, test.status == 401, err != nil, "the error is that of the last call")
			require.Equal(t, test.calls, p.calls)

			p.calls, p.reject = nil, never
			_, err = token.Do(t.Context(), outbound.Unauthorized, p.respond)
			require.NoError(t, err)
			require.Equal(t, test.nextCalls, p.calls)
		})
	}
}

// TestALateRejectionLeavesTheNewTokenAlone: two calls go out with one token, and both are rejected; it is renewed once.
func TestALateRejectionLeavesTheNewTokenAlone(t *testing.T) {
	t.Parallel()
	p := &partner{clock: now}
	token := p.token()
	_, err := token.Do(t.Context(), outbound.Unauthorized, p.respond)
	require.NoError(t, err)
	p.reject = func(v string) bool { return v == "token-1" }
	_, err = token.Do(t.Context(), outbound.Unauthorized, func(value settings.Credential) (outbound.Response, error) {
		if value.Reveal() == "token-1" { // while this call is under way, another one is rejected and renews
			_, err := token.Do(t.Context(), outbound.Unauthorized, p.respond)
			require.NoError(t, err)
		}
		return p.respond(value)
	})
	require.NoError(t, err)
	require.Equal(t, 2, p.issued)
}

func TestATokenThatIsNotIssuedIsNotKept(t *testing.T) {
	t.Parallel()
	p := &partner{clock: now, fault: errors.New("check client_id")}
	token := p.token()
	_, err := token.Do(t.Context(), outbound.Unauthorized, p.respond)
	require.ErrorIs(t, err, p.fault)
	require.Empty(t, p.calls, "no call goes out without a token")
	p.fault = nil
	_, err = token.Do(t.Context(), outbound.Unauthorized, p.respond)
	require.NoError(t, err)
	require.Equal(t, []string{"token-2"}, p.calls)

	p.reject, p.fault = func(string) bool { return true }, errors.New("check client_id")
	response, err := token.Do(t.Context(), outbound.Unauthorized, p.respond)
	require.ErrorIs(t, err, p.fault, "the renewal is refused")
	require.Zero(t, response)
}

func TestAStaticTokenIsNotRenewed(t *testing.T) {
	t.Parallel()
	p := &partner{reject: func(string) bool { return true }}
	token := outbound.StaticToken(settings.NewCredential("given"))
	for range 2 {
		response, err := token.Do(t.Context(), outbound.Unauthorized, p.respond)
		require.Equal(t, 401, response.Status)
		require.Error(t, err)
	}
	require.Equal(t, []string{"given", "given"}, p.calls)
	require.True(t, token.Static())
	require.False(t, p.token().Static())
}

func TestASessionRenewsOnce(t *testing.T) {
	t.Parallel()
	p := &partner{clock: now}
	token := p.token()
	_, err := token.Do(t.Context(), outbound.Unauthorized, p.respond)
	require.NoError(t, err)
	p.calls = nil
	session := token.Session()
	for _, step := range []struct {
		reject string
		status int
		calls  []string
	}{
		{"", 200, []string{"token-1"}},
		{"token-1", 200, []string{"token-1", "token-2"}},
		{"token-2", 401, []string{"token-2"}},
		{"token-3", 401, []string{"token-3"}}, // the one before was dropped, and this one is not renewed
	} {
		p.calls, p.reject = nil, func(v string) bool { return v == step.reject }
		response, _ := session.Do(t.Context(), outbound.Unauthorized, p.respond)
		require.Equal(t, step.status, response.Status)
		require.Equal(t, step.calls, p.calls)
	}
}

func TestOneRenewalAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release, issued := make(chan struct{}), atomic.Int64{}
		token := outbound.NewToken(time.Now, func(context.Context) (settings.Credential, time.Duration, error) {
			issued.Add(1)
			<-release
			return settings.NewCredential("token"), time.Hour, nil
		})
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				_, err := token.Do(t.Context(), outbound.Unauthorized, func(settings.Credential) (outbound.Response, error) {
					return outbound.Response{Status: 200}, nil
				})
				assert.NoError(t, err)
			})
		}
		synctest.Wait() // one renews, and the others wait for it
		require.EqualValues(t, 1, issued.Load())
		close(release)
		all.Wait()
		require.EqualValues(t, 1, issued.Load())
	})
}

// TestAWaitingCallerMayLeave: while one caller renews the token, another one's context ends.
func TestAWaitingCallerMayLeave(t *testing.T) {
	t.Parallel()
	renewing, release := make(chan struct{}), make(chan struct{})
	token := outbound.NewToken(func() time.Time { return now }, func(context.Context) (settings.Credential, time.Duration, error) {
		close(renewing)
		<-release
		return settings.NewCredential("token"), time.Hour, nil
	})
	call := func(settings.Credential) (outbound.Response, error) { return outbound.Response{Status: 200}, nil }
	var first sync.WaitGroup
	first.Go(func() { _, _ = token.Do(t.Context(), outbound.Unauthorized, call) })
	<-renewing
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := token.Do(ctx, outbound.Unauthorized, call)
	require.ErrorIs(t, err, context.Canceled)
	close(release)
	first.Wait()
}

func TestGrant(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		grant outbound.Grant
		life  time.Duration // 0: there is no token
	}{
		"as long as it lives":          {outbound.Grant{AccessToken: "x", ExpiresIn: 3600}, time.Hour},
		"a part of a second":           {outbound.Grant{AccessToken: "x", ExpiresIn: 0.5}, time.Second / 2},
		"no longer than it is used":    {outbound.Grant{AccessToken: "x", ExpiresIn: 1e300}, 24 * time.Hour},
		"no token":                     {outbound.Grant{ExpiresIn: 3600}, 0},
		"no life":                      {outbound.Grant{AccessToken: "x"}, 0},
		"one that has expired already": {outbound.Grant{AccessToken: "x", ExpiresIn: -1}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			token, life, ok := test.grant.Token(24 * time.Hour)
			require.Equal(t, test.life, life)
			require.Equal(t, test.life > 0, ok)
			require.Equal(t, !ok, token.Empty())
		})
	}
}

func TestBasic(t *testing.T) {
	t.Parallel()
	require.Equal(t, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", outbound.Basic("Aladdin", settings.NewCredential("open sesame")), "the example of RFC 7617")
}
