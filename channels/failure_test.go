package channels_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
)

func TestFailure(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	base := channels.Base{Partner: outbound.Partner{ID: "shop", Now: func() time.Time { return now }}}
	lost := errors.New("the connection to shop.example broke before an answer came")
	for name, test := range map[string]struct {
		response outbound.Response
		failed   error
		next     channels.Next
		until    time.Time
		reason   string // empty: the driver judges
	}{
		"success":       {response: outbound.Response{Status: 200}},
		"accepted":      {response: outbound.Response{Status: 202}},
		"a bad request": {response: outbound.Response{Status: 400}},
		"not found":     {response: outbound.Response{Status: 404}},
		"a conflict":    {response: outbound.Response{Status: 409}},
		"refused":       {response: outbound.Response{Status: 422}},
		"no answer":     {failed: lost, reason: "broke before an answer came"},
		"late":          {failed: fmt.Errorf("late: %w", context.DeadlineExceeded), reason: "late"},
		"not sent":      {failed: fmt.Errorf("%w: no connection", outbound.ErrNotSent), reason: "no connection"},
		"too large":     {response: outbound.Response{Status: 200}, failed: outbound.ErrTooLarge, reason: "too large"},
		"not trusted": {
			failed: fmt.Errorf("%w: expired", outbound.ErrUntrusted), next: channels.AskPerson,
			reason: "expired; correct the store's endpoint or its certificate",
		},
		"an answer broke off":        {response: outbound.Response{Status: 200}, failed: lost, reason: "broke"},
		"a redirect":                 {response: outbound.Response{Status: 307}, next: channels.AskPerson, reason: "redirect"},
		"not modified":               {response: outbound.Response{Status: 304}, next: channels.AskPerson, reason: "redirect"},
		"unauthorized":               {response: outbound.Response{Status: 401}, next: channels.AskPerson, reason: "does not accept the credential"},
		"unauthorized and broke off": {response: outbound.Response{Status: 401}, failed: lost, next: channels.AskPerson, reason: "does not accept the credential"},
		"forbidden":                  {response: outbound.Response{Status: 403}, next: channels.AskPerson, reason: "does not permit"},
		"a large call":               {response: outbound.Response{Status: 413}, next: channels.Smaller, reason: "too large"},
		"throttled":                  {response: outbound.Response{Status: 429}, next: channels.Wait, reason: "throttles"},
		"throttled for a while": {
			response: outbound.Response{Status: 429, Header: http.Header{"Retry-After": {"30"}}}, next: channels.Wait,
			until: now.Add(30 * time.Second), reason: "throttles",
		},
		"throttled until": {
			response: outbound.Response{Status: 429, Header: http.Header{"Retry-After": {"Mon, 02 Mar 2026 09:01:00 GMT"}}},
			next:     channels.Wait, until: now.Add(time.Minute), reason: "throttles",
		},
		"throttled for ever": {
			response: outbound.Response{Status: 429, Header: http.Header{"Retry-After": {"31536000"}}}, next: channels.Wait,
			until: now.Add(24 * time.Hour), reason: "throttles",
		},
		"throttled for nonsense": {response: outbound.Response{Status: 429, Header: http.Header{"Retry-After": {"soon"}}}, next: channels.Wait, reason: "throttles"},
		"a server fails":         {response: outbound.Response{Status: 500}, reason: "server error"},
		"a gateway fails":        {response: outbound.Response{Status: 504}, reason: "server error"},
		"a status of its own":    {response: outbound.Response{Status: 599}, reason: "server error"},
		"the server timed out":   {response: outbound.Response{Status: 408}, reason: "server error"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := base.Failure(test.response, test.failed)
			if test.reason == "" {
				require.NoError(t, err)
				return
			}
			var failure *channels.Error
			require.ErrorAs(t, err, &failure)
			require.Equal(t, test.next, failure.Next)
			require.Equal(t, test.until, failure.Until)
			require.Equal(t, test.response.Status, failure.Status)
			require.Contains(t, failure.Reason, "store shop: ")
			require.Contains(t, failure.Reason, test.reason)
			if test.failed != nil {
				require.ErrorIs(t, err, test.failed)
			}
		})
	}
}

func TestReadTakesOnlyWholeJSON(t *testing.T) {
	t.Parallel()
	var into struct{ N int }
	base := channels.Base{Partner: outbound.Partner{ID: "shop"}}
	require.NoError(t, base.Read(outbound.Response{Status: 200, Body: []byte(` {"n":3} `)}, &into))
	require.Equal(t, 3, into.N)
	for _, body := range []string{"", "{", "<html>secret-0123456789</html>", `{"n":3}{"n":4}`, `{"n":"secret-0123456789"}`, `[]`} {
		err := base.Read(outbound.Response{Status: 200, Body: []byte(body)}, &into)
		var failure *channels.Error
		require.ErrorAs(t, err, &failure, "%q", body)
		require.Equal(t, channels.Resend, failure.Next)
		require.Equal(t, 200, failure.Status)
		require.NotContains(t, err.Error(), "secret")
	}
	err := base.Read(outbound.Response{Status: 200, Body: []byte("<html>Checking your browser")}, &into)
	require.ErrorContains(t, err, `it begins with "<html>Checking your browser"`, "a person sees what answered")
}
