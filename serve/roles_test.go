package serve

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
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
		before, err := w.ledger.Audits(t.Context(), ledger.AuditQuery{Limit: 1000})
		require.NoError(t, err)
		status := ask(route, token...)
		require.NotContains(t, []int{http.StatusUnauthorized, http.StatusForbidden}, status, name)
		noted, err := w.ledger.Audits(t.Context(), ledger.AuditQuery{Limit: 1000})
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

// needed is the least role for every route that wants a token. What is missing here fails TestWhatATokenMayDo.
var needed = map[string]ledger.Role{
	"POST /api/v1/connections/{id}/sync": ledger.Operator, "POST /api/v1/connections/{id}/pause": ledger.Operator,
	"POST /api/v1/connections/{id}/resume": ledger.Operator,
	"POST /api/v1/connections/{id}/enable": ledger.Admin, "POST /api/v1/connections/{id}/disable": ledger.Admin,
	"PUT /api/v1/connections/{id}/schedules/{mode}": ledger.Operator, "POST /api/v1/connections/{id}/schedules/{mode}/clear": ledger.Operator,
	"POST /api/v1/connections/{id}/schedules/{mode}/preview": ledger.Viewer,
	"POST /api/v1/connections/{id}/advice/apply":             ledger.Operator, "POST /api/v1/connections/{id}/advice/undo": ledger.Operator,
	"PUT /api/v1/settings/{kind}/{id}/{name}": ledger.Admin, "POST /api/v1/settings/{kind}/{id}/{name}/clear": ledger.Admin,
	"POST /api/v1/connections/{id}/preview/push": ledger.Operator, "POST /api/v1/runs/{id}/approve": ledger.Operator,
	"POST /api/v1/runs/{id}/reject": ledger.Operator, "POST /api/v1/connections/{id}/lift": ledger.Operator,
	"POST /api/v1/runs/{id}/cancel": ledger.Operator, "POST /api/v1/stores/{id}/test": ledger.Operator, "POST /api/v1/warehouses/{id}/test": ledger.Operator,
	"POST /api/v1/stores/{id}/refresh-ids": ledger.Admin, "POST /api/v1/stores/{id}/relearn": ledger.Admin,
}

// bodies are what acts are asked with, where that is more than a mode, so that they come as far as control.
var bodies = map[string]string{
	"PUT /api/v1/connections/{id}/schedules/{mode}": `{"version":0,"rules":[]}`, "POST /api/v1/connections/{id}/schedules/{mode}/clear": `{"version":0}`,
	"POST /api/v1/connections/{id}/advice/apply": `{"version":0}`, "POST /api/v1/connections/{id}/advice/undo": `{"version":0}`,
	"PUT /api/v1/settings/{kind}/{id}/{name}": `{"version":0,"value":"50%"}`, "POST /api/v1/settings/{kind}/{id}/{name}/clear": `{"version":0}`,
	"POST /api/v1/connections/{id}/preview/push": `{"run":1}`, "POST /api/v1/connections/{id}/sync": `{"mode":"smart"}`,
}

// What each token may ask for is what its role may, and what is refused is noted with the token.
func TestWhatATokenMayDo(t *testing.T) {
	t.Parallel()
	secrets := map[ledger.Role]string{}
	for _, role := range ledger.Roles() {
		secrets[role] = string(role) + "-token-of-the-tests"
	}
	w := setup(t, func(o *opening) {
		o.Control = control.New(o.Ledger, nil, func() time.Time { return now })
		o.Tokens = map[ledger.Role][]settings.Credential{}
		for role, secret := range secrets {
			o.Tokens[role] = []settings.Credential{secretOf(secret)}
		}
	})
	path := strings.NewReplacer("{id}", "1", "{mode}", "smart", "{sku...}", "BIKE", "{kind}", "store", "{name}", "share")
	for _, route := range w.server.Routes() {
		name := route.Method + " " + route.Path
		least, listed := needed[name]
		switch {
		case open[name], route.Path == "/metrics": // which answers no JSON; it wants a token, and only reads
			continue
		case !listed:
			require.Equal(t, http.MethodGet, route.Method, "%s is in no table", name)
			least = ledger.Viewer
		}
		for i, role := range ledger.Roles() {
			answer := w.call(route.Method, path.Replace(route.Path), strings.NewReader(bodies[name]),
				"Authorization", "Bearer "+secrets[role], "Content-Type", "application/json")
			if i >= slices.Index(ledger.Roles(), least) {
				require.NotEqual(t, http.StatusForbidden, answer.status, "%s as %s: %s", name, role, answer.message)
				continue
			}
			require.Equal(t, http.StatusForbidden, answer.status, "%s as %s: %s", name, role, answer.message)
			require.Equal(t, "forbidden", answer.code)
			noted, err := w.ledger.Audits(t.Context(), ledger.AuditQuery{Limit: 1})
			require.NoError(t, err)
			require.Equal(t, "the API token of role "+string(role)+", from 127.0.0.1", noted[0].Who)
			require.Contains(t, noted[0].Reason, "this needs the role "+string(least))
		}
	}
}

// A token that is short, or is another's as well, is refused at the start.
func TestTokensThatAreRefused(t *testing.T) {
	t.Parallel()
	long := settings.NewCredential("sixteen-characters")
	for _, options := range []Options{
		{Token: settings.NewCredential("short")},
		{Tokens: map[ledger.Role][]settings.Credential{ledger.Viewer: {settings.NewCredential("short")}}},
		{Token: long, Tokens: map[ledger.Role][]settings.Credential{ledger.Viewer: {long}}},
		{Tokens: map[ledger.Role][]settings.Credential{ledger.Viewer: {long, long}}},
	} {
		_, err := apiTokens(options)
		require.Error(t, err)
	}
	kept, err := apiTokens(Options{Tokens: map[ledger.Role][]settings.Credential{ledger.Viewer: {long, settings.NewCredential("another sixteen characters")}}})
	require.NoError(t, err)
	require.Len(t, kept, 2)
	require.NotContains(t, string(kept[0].sum[:]), "sixteen", "what is kept is a digest")
}
