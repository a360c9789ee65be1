package serve

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

// What is asked for over the API is noted as that, refusals as well, and is listed a part at a time.
func TestTheLogOfActs(t *testing.T) {
	t.Parallel()
	w := setup(t, func(o *opening) {
		o.Control = control.New(o.Ledger, nil, func() time.Time { return now })
		off := definitions()
		off.Connections[0].Enabled = false
		_, err := o.Ledger.Apply(t.Context(), off, ledger.ApplyOptions{})
		require.NoError(t, err)
	})
	for _, mode := range []string{"smart", "full"} {
		got := w.call(http.MethodPost, "/api/v1/connections/acme-shop/sync", strings.NewReader(`{"mode":"`+mode+`","by":"the till"}`), token...)
		require.Equal(t, http.StatusUnprocessableEntity, got.status)
	}
	first := w.call(http.MethodGet, "/api/v1/log?limit=1", nil, token...)
	require.Equal(t, http.StatusOK, first.status)
	require.Len(t, first.body["items"], 1)
	require.Equal(t, map[string]any{
		"id": float64(2), "at": "2026-11-24T09:30:00Z", "who": "the API token, from 127.0.0.1", "from": "API", "act": "Full Sync", "on": "acme-shop",
		"result": "refused",
		"reason": "connection acme-shop is not enabled; set enabled: true (and inventory.enabled) in the configuration and apply it",
	}, first.body["items"].([]any)[0])
	require.Equal(t, "2", first.body["next"])

	rest := w.call(http.MethodGet, "/api/v1/log?before=2", nil, token...)
	require.Len(t, rest.body["items"], 1)
	require.Equal(t, "Smart Sync", rest.body["items"].([]any)[0].(map[string]any)["act"])
	require.Nil(t, rest.body["next"])
	for query, acts := range map[string][]string{
		"who=API+token": {"Full Sync", "Smart Sync"}, "act=smart": {"Smart Sync"}, "on=acme-shop&result=refused": {"Full Sync", "Smart Sync"}, "result=done": {},
		"from=2026-11-24&to=2026-11-24": {"Full Sync", "Smart Sync"}, "to=2026-11-23": {}, "from=2026-11-24T09:30:01Z": {},
	} {
		got := w.call(http.MethodGet, "/api/v1/log?"+query, nil, token...)
		require.Equal(t, http.StatusOK, got.status, query)
		listed := []string{}
		for _, item := range got.body["items"].([]any) {
			listed = append(listed, item.(map[string]any)["act"].(string))
		}
		require.Equal(t, acts, listed, query)
	}
	for _, query := range []string{"before=newest", "from=yesterday", "to=x", "result=fine"} {
		require.Equal(t, http.StatusBadRequest, w.call(http.MethodGet, "/api/v1/log?"+query, nil, token...).status, query)
	}
	require.Equal(t, http.StatusUnauthorized, w.call(http.MethodGet, "/api/v1/log", nil).status)
}
