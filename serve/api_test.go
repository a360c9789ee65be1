package serve

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

func (f *fake) Status(ctx context.Context, only string) (control.Status, error) {
	if err := f.known(ctx, only); err != nil {
		return control.Status{}, err
	}
	status := control.Status{Workers: 2}
	if f.away != "" {
		status = control.Status{
			Unreachable: f.away, Holds: []control.OpenHold{{Hold: ledger.Hold{Run: 4}, DecideBy: new(now)}},
			Snapshots: []ledger.SnapshotEntry{{Warehouse: "depot"}},
		}
	}
	return status, f.err
}

func (f *fake) Explain(context.Context, string, string) ([]control.RowExplanation, error) {
	return nil, &control.AbsentError{Message: "store shop shows nothing"}
}

func (f *fake) Activity(ctx context.Context, query ledger.ActivityQuery) ([]ledger.ActivityEntry, error) {
	if err := f.known(ctx, query.Connection); err != nil {
		return nil, err
	}
	if query.SKU == "BIKE" { // has entries 3, 2 and 1
		entries := []ledger.ActivityEntry{{ID: 3, Kind: "exported"}, {ID: 2, Kind: "reported"}, {ID: 1, Kind: "reported"}}
		entries = slices.DeleteFunc(entries, func(entry ledger.ActivityEntry) bool { return query.Before > 0 && entry.ID >= query.Before })
		return entries[:min(len(entries), query.Limit)], nil
	}
	return nil, &control.UsageError{Message: "there is no merchant"}
}

var token = []string{"Authorization", "Bearer " + apiToken}

func TestAPIAnswers(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for name, test := range map[string]struct {
		method, path, body string
		header             []string
		status             int
		code, message      string
	}{
		"no token": {path: "/api/v1/status", header: []string{"Accept", "*/*"}, status: 401, code: "unauthorized", message: "unauthorized"},
		"another token": {
			path: "/api/v1/status", header: []string{"Authorization", "Bearer " + secrets["BEARER"]}, status: 401,
			code: "unauthorized",
		},
		"no token, nothing there": {path: "/api/v2", header: []string{"Accept", "*/*"}, status: 401, code: "unauthorized"},
		"nothing there":           {path: "/api/v2", status: 404, code: "not_found"},
		"another method":          {method: http.MethodDelete, path: "/api/v1/runs", status: 405, code: "method_not_allowed"},
		"the description":         {path: "/api/v1/openapi.json", status: 200},
		"status":                  {path: "/api/v1/status?connection=acme-shop", status: 200},
		"status of none": {
			path: "/api/v1/status?connection=none", status: 404, code: "not_found",
			message: `there is no connection "none"; there are acme-shop`,
		},
		"a misspelt question": {
			path: "/api/v1/status?conection=acme-shop", status: 400, code: "invalid_query",
			message: `there is no parameter "conection"; there are connection`,
		},
		"a question twice":               {path: "/api/v1/runs?limit=1&limit=2", status: 400, code: "invalid_query"},
		"a question where there is none": {path: "/api/v1/holds?limit=1", status: 400, code: "invalid_query"},
		"a query that is none":           {path: "/api/v1/runs?%zz", status: 400, code: "invalid_query"},
		"no limit":                       {path: "/api/v1/runs?limit=0", status: 400, code: "invalid_query", message: "limit: expected a number from 1 to 1000"},
		"runs":                           {path: "/api/v1/runs?connection=acme-shop&limit=5", status: 200},
		"runs of none":                   {path: "/api/v1/runs?connection=none", status: 404, code: "not_found"},
		"no request":                     {path: "/api/v1/requests/none", status: 404, code: "not_found", message: `nothing is known of a request "none"`},
		"a request that waits":           {path: "/api/v1/requests/waits", status: 200},
		"no run":                         {path: "/api/v1/runs/7", status: 404, code: "not_found"},
		"a run that is no number":        {path: "/api/v1/runs/last", status: 400, code: "invalid_path"},
		"connections":                    {path: "/api/v1/connections", status: 200},
		"stale levels":                   {path: "/api/v1/warehouses/depot/stale?sku=A", status: 200},
		"stale levels of no warehouse":   {path: "/api/v1/warehouses/none/stale", status: 404, code: "not_found"},
		"levels of no warehouse":         {path: "/api/v1/warehouses/none/levels", status: 404, code: "not_found"},
		"snapshot of no warehouse":       {path: "/api/v1/warehouses/none/snapshot", status: 404, code: "not_found", message: "there is no warehouse"},
		"no snapshot":                    {path: "/api/v1/warehouses/depot/snapshot", status: 404, code: "not_found", message: "has sent no snapshot"},
		"levels":                         {path: "/api/v1/warehouses/depot/levels?sku=A", status: 200},
		"levels of no connection":        {path: "/api/v1/connections/none/levels", status: 404, code: "not_found"},
		"levels of a status":             {path: "/api/v1/connections/acme-shop/levels?status=exported", status: 200},
		"levels of no status": {
			path: "/api/v1/connections/acme-shop/levels?status=lost", status: 400, code: "invalid_query",
			message: "status: expected one of pending, unknown, sent, exported, retrying, rejected, blocked, too_high",
		},
		"explain":                   {path: "/api/v1/connections/acme-shop/explain/A%2FB", status: 404, code: "not_found", message: "store shop shows nothing"},
		"activity of nothing":       {path: "/api/v1/activity", status: 400, code: "invalid_query"},
		"activity before no entry":  {path: "/api/v1/activity?sku=A&before=x", status: 400, code: "invalid_query"},
		"activity of no connection": {path: "/api/v1/activity?sku=A&connection=none", status: 404, code: "not_found"},
		"activity of no merchant":   {path: "/api/v1/activity?sku=A&merchant=none", status: 422, code: "refused", message: "there is no merchant"},
		"holds":                     {path: "/api/v1/holds", status: 200},
		"sync": {
			method: "POST", path: "/api/v1/connections/acme-shop/sync",
			body: `{"mode":"smart","skus":["A","B"],"dry_run":true,"id":"r1","by":"the till"}`, status: 202,
		},
		"sync of none": {method: "POST", path: "/api/v1/connections/none/sync", body: `{"mode":"smart"}`, status: 404, code: "not_found"},
		"sync without a mode": {
			method: "POST", path: "/api/v1/connections/acme-shop/sync", body: `{}`, status: 400, code: "invalid_request",
			message: "mode: expected smart or full",
		},
		"sync that is no object": {method: "POST", path: "/api/v1/connections/acme-shop/sync", body: `["smart"]`, status: 400, code: "invalid_request"},
		"sync that is nothing":   {method: "POST", path: "/api/v1/connections/acme-shop/sync", status: 400, code: "invalid_request"},
		"sync with a misspelt field": {
			method: "POST", path: "/api/v1/connections/acme-shop/sync", body: `{"mode":"smart","sku":["A"]}`, status: 400,
			code: "invalid_request", message: `there is no field "sku"; the fields are mode, skus, dry_run, id and by`,
		},
		"sync with a field twice": {
			method: "POST", path: "/api/v1/connections/acme-shop/sync", body: `{"mode":"smart","mode":"full"}`, status: 400,
			code: "invalid_request",
		},
		"sync, dry perhaps": {
			method: "POST", path: "/api/v1/connections/acme-shop/sync", body: `{"mode":"smart","dry_run":"true"}`, status: 400,
			code: "invalid_request", message: "dry_run: expected true or false, found text",
		},
		"sync of an SKU that is none": {
			method: "POST", path: "/api/v1/connections/acme-shop/sync", body: `{"mode":"smart","skus":[""]}`, status: 400,
			code: "invalid_request",
		},
		"sync of too many": {method: "POST", path: "/api/v1/connections/acme-shop/sync", body: `{"mode":"smart","skus":["A"` +
			strings.Repeat(`,"A"`, 500) + `]}`, status: 400, code: "invalid_request"},
		"sync with a long id": {method: "POST", path: "/api/v1/connections/acme-shop/sync", body: `{"mode":"smart","id":"` + strings.Repeat("i", 256) +
			`"}`, status: 400, code: "invalid_request"},
		"sync that is too large": {
			method: "POST", path: "/api/v1/connections/acme-shop/sync", body: strings.Repeat(" ", maxActBytes+1), status: 413,
			code: "too_large",
		},
		"sync as a form": {
			method: "POST", path: "/api/v1/connections/acme-shop/sync",
			header: append([]string{"Content-Type", "text/plain"}, token...), status: 415, code: "unsupported_media_type",
		},
		"well":           {path: "/healthz", header: []string{"Accept", "*/*"}, status: 200},
		"nothing at all": {path: "/", status: 404, code: "not_found"},
	} {
		t.Run(name, func(t *testing.T) {
			if test.method == "" {
				test.method = http.MethodGet
			}
			if test.header == nil {
				test.header = token
			}
			got := w.call(test.method, test.path, strings.NewReader(test.body), test.header...)
			require.Equal(t, test.status, got.status, got.message)
			require.Equal(t, test.code, got.code)
			require.Contains(t, got.message, test.message)
		})
	}
	require.Equal(t, []workflows.SyncRequest{{ID: "r1", By: "the till", SKUs: []string{"A", "B"}, DryRun: true}}, w.fake.synced)
	w.fake.synced = nil
	first := w.call(http.MethodPost, "/api/v1/connections/acme-shop/sync", strings.NewReader(`{"mode":"full"}`), token...)
	require.Equal(t, "full-sync/acme-shop", first.body["workflow"])
	require.Equal(t, w.fake.synced[0].ID, first.body["request"], "who gives no id is told which one the request has")
	require.NotEmpty(t, w.fake.synced[0].ID)
}

func TestAPIFailures(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.fake.err = errors.New("temporal.internal:7233 refuses")
	got := w.call(http.MethodGet, "/api/v1/status", nil, token...)
	require.Equal(t, http.StatusServiceUnavailable, got.status)
	require.NotContains(t, got.message, "temporal.internal")
	require.Contains(t, w.log.String(), "temporal.internal")
	w.fake.err = &control.UsageError{Message: "connection acme-shop is not enabled"}
	got = w.call(http.MethodPost, "/api/v1/connections/acme-shop/sync", strings.NewReader(`{"mode":"full"}`), token...)
	require.Equal(t, http.StatusUnprocessableEntity, got.status)
	require.Equal(t, "connection acme-shop is not enabled", got.message)

	off := setup(t, func(options *opening) { options.Token = secretOf("") })
	got = off.call(http.MethodGet, "/api/v1/status", nil, "Authorization", "Bearer ")
	require.Equal(t, http.StatusForbidden, got.status)
	require.Equal(t, "api_off", got.code)
}

// Without Temporal the status is what the ledger knows, as on the pages and the command line, and says so.
func TestAPIStatusWithoutTemporal(t *testing.T) {
	t.Parallel()
	w := setup(t)
	require.NotContains(t, w.call(http.MethodGet, "/api/v1/status", nil, token...).body, "unreachable")
	w.fake.away = "temporal.internal:7233 refuses"
	got := w.call(http.MethodGet, "/api/v1/status", nil, token...)
	require.Equal(t, http.StatusOK, got.status)
	require.Contains(t, got.body["unreachable"], "Temporal does not answer")
	require.NotContains(t, got.body["unreachable"], "temporal.internal")
	require.Contains(t, w.log.String(), "temporal.internal")
	require.Equal(t, "2026-11-24T09:30:00Z", got.body["holds"].([]any)[0].(map[string]any)["decide_by"])
	require.Equal(t, "depot", got.body["snapshots"].([]any)[0].(map[string]any)["warehouse"])
}

// A run that waits for a person is held, wherever it is shown; in the ledger it is running.
func TestAPIShowsHeldRuns(t *testing.T) {
	t.Parallel()
	w := setup(t)
	grant, err := w.ledger.Begin(t.Context(), ledger.Claim{
		Connection: "acme-shop", Mode: ledger.Smart, Trigger: ledger.TriggerSchedule, Workflow: "smart-sync/acme-shop", WorkflowRun: "one", Now: now,
	})
	require.NoError(t, err)
	require.Equal(t, "running", w.call(http.MethodGet, "/api/v1/runs/1", nil, token...).body["outcome"])
	require.NoError(t, w.ledger.Hold(t.Context(), ledger.Hold{
		Run: grant.Lease.Run, Kind: ledger.HoldZeroing, Connection: "acme-shop", Warehouse: "depot", Workflow: "smart-sync/acme-shop", Reason: "much to 0", At: now,
	}))
	require.Equal(t, "held", w.call(http.MethodGet, "/api/v1/runs/1", nil, token...).body["outcome"])
	listed := w.call(http.MethodGet, "/api/v1/runs", nil, token...).body["items"].([]any)
	require.Equal(t, "held", listed[0].(map[string]any)["outcome"])
}

// A SKU may hold anything; the answer shows it without a tag in it.
func TestAnswersHoldNoMarkup(t *testing.T) {
	t.Parallel()
	w := setup(t)
	_, err := w.ledger.Observe(t.Context(), "depot", []ledger.Observation{
		{Event: "e", Level: levelOf("<script>alert(1)</script>", 5)},
		{Event: "f", Level: levelOf("A", 1)},
	}, now)
	require.NoError(t, err)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.http.URL+"/api/v1/warehouses/depot/levels", nil)
	require.NoError(t, err)
	request.Header.Set(token[0], token[1])
	response, err := caller.Do(request)
	require.NoError(t, err)
	body, err := readAll(response)
	require.NoError(t, err)
	require.NotContains(t, body, "<script>")
	require.Contains(t, body, `\u003cscript\u003ealert(1)`)

	first := w.call(http.MethodGet, "/api/v1/warehouses/depot/levels?limit=1", nil, token...)
	require.Len(t, first.body["items"], 1)
	require.Equal(t, "<script>alert(1)</script>", first.body["next"])
	second := w.call(http.MethodGet, "/api/v1/warehouses/depot/levels?limit=2&after=%3Cscript%3Ealert(1)%3C%2Fscript%3E", nil, token...)
	require.Equal(t, "A", second.body["items"].([]any)[0].(map[string]any)["sku"])
	require.NotContains(t, second.body, "next")
}

// The activity of a SKU is read part by part: what next names is what to give as before.
func TestActivityByParts(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ids := func(query string) (ids []float64, next any) {
		answer := w.call(http.MethodGet, "/api/v1/activity?sku=BIKE"+query, nil, token...)
		require.Equal(t, http.StatusOK, answer.status)
		for _, item := range answer.body["items"].([]any) {
			ids = append(ids, item.(map[string]any)["id"].(float64))
		}
		return ids, answer.body["next"]
	}
	newest, next := ids("&limit=2")
	require.Equal(t, []float64{3, 2}, newest)
	require.Equal(t, "2", next)
	older, next := ids("&limit=2&before=2")
	require.Equal(t, []float64{1}, older)
	require.Nil(t, next)
}
