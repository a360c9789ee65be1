package serve

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
)

// open are the routes that are answered without the API token: the one for health, and the hooks, whose senders sign.
var open = map[string]bool{"GET /healthz": true, "POST /hooks/{warehouse}": true}

// Every route but those wants the API token, and nothing in its place. Who has it is an admin to control, so no act is refused for its role.
func TestEveryRouteWantsTheToken(t *testing.T) {
	t.Parallel()
	w := setup(t, func(o *opening) { o.Control = control.New(o.Ledger, nil, func() time.Time { return now }) })
	path := strings.NewReplacer("{id}", "none", "{mode}", "smart", "{sku...}", "BIKE", "{warehouse}", "depot")
	ask := func(route Route, header ...string) int {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), route.Method, w.http.URL+path.Replace(route.Path), strings.NewReader(`{"mode":"smart"}`))
		require.NoError(t, err)
		request.Header.Set("Content-Type", "application/json")
		for i := 0; i < len(header); i += 2 {
			request.Header.Set(header[i], header[i+1])
		}
		response, err := caller.Do(request)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		return response.StatusCode
	}
	acts := 0
	for _, route := range w.server.Routes() {
		name := route.Method + " " + route.Path
		if open[name] {
			require.Empty(t, route.Act, "%s: an act wants the token", name)
			continue
		}
		for _, header := range [][]string{
			nil,
			{"Authorization", "Bearer another-token-of-the-tests"},
			{"Authorization", "Basic " + apiToken},
			{"Cookie", "tidemark_session=" + apiToken},
			{"X-Forwarded-User", "root"},
		} {
			require.Contains(t, []int{http.StatusUnauthorized, http.StatusTooManyRequests}, ask(route, header...), "%s with %v", name, header)
		}
		before, err := w.ledger.Audits(t.Context(), 0, 1000)
		require.NoError(t, err)
		status := ask(route, token...)
		require.NotContains(t, []int{http.StatusUnauthorized, http.StatusForbidden}, status, name)
		noted, err := w.ledger.Audits(t.Context(), 0, 1000)
		require.NoError(t, err)
		if route.Act == "" {
			require.Len(t, noted, len(before), "%s only reads", name)
			continue
		}
		acts++
		require.Len(t, noted, len(before)+1, "%s is noted", name)
		require.Equal(t, "the API token, from 127.0.0.1", noted[0].Who)
		require.NotContains(t, noted[0].Reason, "needs the role", name)
	}
	require.Greater(t, acts, 9)
}
