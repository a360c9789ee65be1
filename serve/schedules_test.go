package serve

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

// A schedule is read, tried, set, found outdated and cleared over the API; Temporal is brought to it by a worker where it does not answer.
func TestSchedulesOverTheAPI(t *testing.T) {
	t.Parallel()
	w := setup(t)
	const full = "/api/v1/connections/acme-shop/schedules/full"
	both := w.call(http.MethodGet, "/api/v1/connections/acme-shop/schedules", nil, token...).body["items"].([]any)
	require.Len(t, both, 2)
	require.Equal(t, "smart", both[0].(map[string]any)["mode"])

	tried := w.call(http.MethodPost, full+"/preview",
		strings.NewReader(`{"rules":[{"daily":"22:00"},{"flexible":{"every":"6h","from":8,"to":18,"days":["mon"]}}],"force":true}`), token...)
	require.Equal(t, http.StatusOK, tried.status, tried.message)
	require.Equal(t, "2026-11-24T22:00:00Z", tried.body["starts"].([]any)[0])
	const rules = `"rules":[{"daily":"22:00"}],"timezone":"Europe/Paris","reason":"off-peak"`
	set := w.call(http.MethodPut, full, strings.NewReader(`{"version":0,`+rules+`,"until":"2026-12-01T00:00:00Z","by":"ann"}`), token...)
	require.Equal(t, http.StatusOK, set.status, set.message)
	require.Equal(t, "there is no connection to Temporal", set.body["waits"])
	require.Equal(t, "2026-11-24T22:00:00+01:00", set.body["starts"].([]any)[0])
	override := set.body["override"].(map[string]any)
	require.Equal(t, "ann", override["by"])
	require.Equal(t, "2026-12-01T00:00:00Z", override["until"])

	for body, words := range map[string]string{
		`{"version":0,` + rules + `}`:                                        "was changed while you edited it",
		`{` + rules + `}`:                                                    "version: the version is missing",
		`{"version":1}`:                                                      `rules: expected a list like [{"every":"60m"}]`,
		`{"version":1,"rules":{}}`:                                           "rules: expected a list, found an object",
		`{"version":1,"rules":[{"every":"60"}]}`:                             "rules: rule 1: every: expected a duration like 45m or 2h",
		`{"version":1,"rules":[{"every":"60m","daily":"01:00"}]}`:            "expected one of every, hourly, daily and flexible",
		`{"version":1,"rules":[{"hourly":{"every":2,"second":1}}]}`:          `there is no field "second"; the fields are every and minute`,
		`{"version":1.5,"rules":[]}`:                                         "version: expected a whole number",
		`{"version":1,"rules":[],"until":"Monday"}`:                          "until: expected a time like",
		`{"version":1,"rules":[{"daily":"25:00"}]}`:                          "25:00",
		`{"version":1,"rules":[{"every":"30m"}]}`:                            `"force": true`,
		`{"version":1,"rules":[{"daily":"01:00"}],"timezone":"Mars/Crater"}`: "Mars/Crater",
	} {
		got := w.call(http.MethodPut, full, strings.NewReader(body), token...)
		require.Contains(t, got.message, words, body)
		require.Contains(t, []int{http.StatusBadRequest, http.StatusConflict, http.StatusUnprocessableEntity}, got.status, body)
	}
	require.Equal(t, "22:00", w.call(http.MethodGet, full, nil, token...).body["rules"].([]any)[0].(map[string]any)["daily"], "nothing of it was set")

	cleared := w.call(http.MethodPost, full+"/clear", strings.NewReader(`{"version":1}`), token...)
	require.Equal(t, http.StatusOK, cleared.status, cleared.message)
	require.NotContains(t, cleared.body, "override")
}

// What the API refuses before control sees it is noted as refused, with what it was asked of; what only reads is not.
func TestRefusalsOfTheAPIAreNoted(t *testing.T) {
	t.Parallel()
	w := setup(t)
	long := strings.Repeat("9", 300)
	for _, item := range []struct{ method, path, body, act, on, reason string }{
		{http.MethodPost, "/api/v1/connections/acme-shop/pause", `{"raeson":"x"}`, "pause", "acme-shop", `there is no field "raeson"; the fields are reason and by`},
		{http.MethodPost, "/api/v1/connections/acme-shop/sync", `{"mode":"half"}`, "sync", "acme-shop", "mode: expected smart or full"},
		{http.MethodPost, "/api/v1/runs/last/approve", ``, "approve", "run last", `"last" is not a run number`},
		{http.MethodPost, "/api/v1/runs/" + long + "/cancel", ``, "cancel", "run " + long[:100], `"` + long[:60] + `"… is not a run number`},
		{http.MethodPost, "/api/v1/runs/1/reject?by=ann", ``, "reject", "run 1", `there is no parameter "by"; there are none`},
		{http.MethodPost, "/api/v1/runs/1/cancel", `{"by":"ann"}`, "cancel", "run 1", `there is no field "by"; there are none`},
		{
			http.MethodPut, "/api/v1/connections/acme-shop/schedules/half", `{}`, "set the schedule", "acme-shop",
			`there is no schedule "half"; there are smart and full`,
		},
		{http.MethodPost, "/api/v1/connections/acme-shop/advice/apply", ``, "apply the advice", "acme-shop", errNoVersion.message},
		{http.MethodPost, "/api/v1/stores/shop/relearn", `[`, "relearn", "shop", ""},
		// by control
		{
			http.MethodPut, "/api/v1/connections/none/schedules/smart", `{"version":0,"rules":[]}`, "set the smart schedule", "none",
			`there is no connection "none"; there are acme-shop`,
		},
	} {
		got := w.call(item.method, item.path, strings.NewReader(item.body), token...)
		require.GreaterOrEqual(t, got.status, 400, item.path)
		noted, err := w.fake.Log(t.Context(), ledger.AuditQuery{Limit: 1})
		require.NoError(t, err)
		require.Len(t, noted, 1)
		entry := noted[0]
		require.Equal(t, "the API token, from 127.0.0.1", entry.Who)
		require.Equal(t, control.FaceAPI, entry.From)
		require.Equal(t, "refused", string(entry.Result))
		require.Equal(t, item.act, entry.Act)
		require.Equal(t, item.on, entry.On)
		require.Contains(t, entry.Reason, item.reason)
	}
	noted, err := w.fake.Log(t.Context(), ledger.AuditQuery{Limit: 100})
	require.NoError(t, err)
	require.Len(t, noted, 10, "each once")
	for _, path := range []string{"/api/v1/runs/last", "/api/v1/runs?limit=0", "/api/v1/connections/none/levels"} {
		w.call(http.MethodGet, path, nil, token...)
	}
	w.call(http.MethodPost, "/api/v1/connections/acme-shop/pause", strings.NewReader(`{"raeson":"x"}`))
	w.call(http.MethodPost, "/api/v1/connections/acme-shop/schedules/smart/preview", strings.NewReader(`{}`), token...)
	after, err := w.fake.Log(t.Context(), ledger.AuditQuery{Limit: 100})
	require.NoError(t, err)
	require.Equal(t, noted, after, "reading is no act, and who is not known asks for none")
}

// The methods that a path has are told as net/http tells them.
func TestMethodsOfAPath(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for path, allowed := range map[string]string{
		"/healthz": "GET, HEAD", "/hooks/depot": "POST", "/api/v1/connections/a/schedules/smart": "GET, HEAD, PUT", "/api/v1/runs/1/cancel": "POST",
	} {
		got := w.call(http.MethodDelete, path, nil, token...)
		require.Equal(t, http.StatusMethodNotAllowed, got.status, path)
		require.Equal(t, allowed, got.header.Get("Allow"), path)
		require.Equal(t, "method_not_allowed", got.code)
	}
}
