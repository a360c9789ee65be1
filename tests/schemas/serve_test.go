package schemas

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/serve"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/workflows"
)

// caller is not the default client: whenever a test closes an httptest server, that one's idle connections break.
var caller = &http.Client{Transport: &http.Transport{}}

const (
	serveToken = "the-api-token-of-the-tests"
	serveKey   = "the-key-of-the-warehouse"
)

var serveNow = time.Date(2026, time.November, 24, 9, 30, 0, 0, time.UTC)

// asked answers what needs no Temporal as ever, and the rest from here.
type asked struct {
	*control.Control
	state ledger.Ledger
}

func (a asked) Intake(context.Context, string, workflows.InventoryUpdated) error { return nil }

// known is an error where there is no such connection, as control has it.
func (a asked) known(ctx context.Context, connection string) error {
	_, err := a.Runs(ctx, connection, 1)
	return err
}

func (a asked) Sync(ctx context.Context, mode ledger.Mode, connection string, request workflows.SyncRequest) (control.SyncAnswer, error) {
	if err := a.known(ctx, connection); err != nil {
		return control.SyncAnswer{}, err
	}
	if len(request.SKUs) > 1 {
		return control.SyncAnswer{}, &control.UsageError{Message: "the connection is not enabled"}
	}
	return control.SyncAnswer{Workflow: workflows.WorkflowID(mode, connection), Run: "run", Joined: true}, nil
}

func (a asked) Status(ctx context.Context, only string) (control.Status, error) {
	if err := a.known(ctx, only); err != nil {
		return control.Status{}, err
	}
	connections, err := a.state.Connections(ctx)
	if err != nil {
		return control.Status{}, err
	}
	runs, err := a.state.Runs(ctx, "", 1)
	return control.Status{
		Workers: 1,
		Connections: []control.ConnectionStatus{
			{
				Connection: connections[0], Rows: map[ledger.Status]int64{ledger.StatusPending: 2}, Last: &runs[0], Kept: "1 figure stays above 0",
				Today: &control.StoreToday{Calls: 2, Throttled: 1, Answered: &serveNow},
				Schedules: []control.ScheduleStatus{
					{ID: "smart-sync/shop", Next: &serveNow},
					{ID: "full-sync/shop", Paused: true, Note: "stocktaking"},
					{ID: "smart-sync/gone", Missing: true, Ledger: "another", Remaining: new(3)},
				},
				Holder: &ledger.Holder{Store: "shop", Fence: 3, Run: 1, Connection: "shop", Workflow: "smart-sync/shop", TakenAt: serveNow},
			},
			{Connection: connections[0]},
		},
		Holds: []control.OpenHold{{Hold: ledger.Hold{
			Run: 1, Kind: ledger.HoldSnapshot, Connection: "shop", Warehouse: "depot", Workflow: "smart-sync/shop", Reason: "few rows", At: serveNow,
		}, DecideBy: &serveNow}},
		Snapshots: []ledger.SnapshotEntry{{
			ID: 1, Warehouse: "depot", BeganAt: serveNow, EndedAt: serveNow, Full: true,
			SnapshotFigures: ledger.SnapshotFigures{Refused: 2}, Oddities: []inventory.Oddity{{Kind: "blanks", Count: 1, Examples: []inventory.Example{{}}}},
		}},
		Unreachable: "no server answers",
	}, err
}

func (a asked) Pause(context.Context, string, string, string) ([]string, error) {
	return []string{"smart-sync/shop"}, nil
}

func (a asked) Resume(ctx context.Context, connection, _ string) ([]string, error) {
	return nil, a.known(ctx, connection)
}

func (a asked) Decide(ctx context.Context, run int64, approve bool, by string) (control.DecisionResult, error) {
	if _, err := a.Run(ctx, run); err != nil {
		return control.DecisionResult{}, err
	}
	hold, err := a.state.HoldOf(ctx, run)
	if err != nil {
		return control.DecisionResult{}, &control.UsageError{Message: "the run holds nothing"}
	}
	hold.By, hold.DecidedAt = by, &serveNow
	return control.DecisionResult{
		Hold: hold, Answer: map[bool]string{true: control.Approved, false: control.NotHeld}[approve], Runs: []int64{run},
		Why: "it has ended",
	}, nil
}

func (a asked) RefreshIDs(context.Context, string, []string) (ledger.RefreshedIDs, error) {
	return ledger.RefreshedIDs{References: 1, Due: 1}, nil
}

// LiftRejections takes back what was rejected of the connection shop.
func (a asked) LiftRejections(ctx context.Context, connection string, _ workflows.SyncRequest) (control.LiftedRejections, error) {
	if err := a.known(ctx, connection); err != nil {
		return control.LiftedRejections{}, err
	}
	answer := control.SyncAnswer{Workflow: workflows.WorkflowID(ledger.Smart, connection), Run: "run", Fate: workflows.SyncStarted, ByRun: 12}
	return control.LiftedRejections{SyncAnswer: answer, Lifted: []int64{9}}, nil
}

// PushPreview asks for what the preview of run 1 would change.
func (a asked) PushPreview(_ context.Context, connection string, run int64, _ workflows.SyncRequest) (control.SyncAnswer, error) {
	if run != 1 {
		return control.SyncAnswer{}, &control.UsageError{Message: "another preview has taken its place"}
	}
	return control.SyncAnswer{Workflow: workflows.WorkflowID(ledger.Smart, connection), Run: "run", Joined: true}, nil
}

// ApplyAdvice and UndoAdvice do what they are asked for where the version is the one that there is, as if enough runs had taken place.
func (a asked) ApplyAdvice(ctx context.Context, connection string, version int64, by string) (control.ScheduleEditResult, error) {
	if version == 0 {
		return control.ScheduleEditResult{}, &control.UsageError{Message: "0 of 20 runs"}
	}
	shown, err := a.Schedule(ctx, connection, ledger.Smart)
	shown.Override = &ledger.Override{Schedule: shown.ScheduleSetting.Schedule, By: by, Since: serveNow, Advised: true}
	return control.ScheduleEditResult{ScheduleSetting: shown.ScheduleSetting, Waits: "no server answers"}, err
}

func (a asked) UndoAdvice(ctx context.Context, connection string, version int64) (control.ScheduleEditResult, error) {
	shown, err := a.Schedule(ctx, connection, ledger.Smart)
	if err == nil && version == 0 {
		err = &control.StaleEditError{Now: shown.ScheduleSetting}
	}
	return control.ScheduleEditResult{ScheduleSetting: shown.ScheduleSetting}, err
}

// Cancel ends a run as its workflow would after it was cancelled.
func (a asked) Cancel(ctx context.Context, id int64) (ledger.Run, error) {
	run, err := a.Run(ctx, id)
	if err != nil {
		return run, err
	}
	lease := ledger.Lease{Store: run.Store, Fence: 1, Run: id}
	return run, a.state.EndRun(ctx, lease, ledger.RunEnd{Outcome: ledger.Cancelled, Reason: "cancelled", Now: serveNow})
}

// tester answers for a store, and for no warehouse.
type tester struct{}

func (tester) TestStore(context.Context, ledger.Store) (control.TestResult, error) {
	return control.TestResult{Account: "acme", Locations: []string{"front"}, Notes: []string{"a note"}}, nil
}

func (tester) TestWarehouse(context.Context, ledger.Warehouse) (control.TestResult, error) {
	return control.TestResult{}, errors.New("env:TOKEN is not set")
}

// serving starts the real handler on a ledger in which something has happened.
func serving(t *testing.T) (*serve.Server, *httptest.Server) {
	t.Helper()
	state, err := ledger.Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"), serveNow)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, state.Close()) })
	fill(t, state)
	tidemark := control.New(state, nil, func() time.Time { return serveNow })
	tidemark.UseTester(tester{})
	server, err := serve.New(t.Context(), serve.Options{
		Control: asked{tidemark, state}, Token: settings.NewCredential(serveToken),
		Environment: settings.Environment{Variable: func(string) (string, bool) { return serveKey, true }},
		Log:         slog.New(slog.DiscardHandler), Now: func() time.Time { return serveNow }, MaximumSnapshot: 1 << 20,
	})
	require.NoError(t, err)
	front := httptest.NewServer(server.Handler())
	t.Cleanup(func() {
		front.Close()
		server.Close()
	})
	return server, front
}

// fill has the warehouse report a product and the parts of a bundle, and a run resolve them for a store with locations and a strategy.
func fill(t *testing.T, state ledger.Ledger) {
	t.Helper()
	ctx := t.Context()
	_, err := state.Apply(ctx, ledger.Definitions{
		Warehouses: []ledger.Warehouse{{
			ID: "depot", Merchant: "acme", Driver: "sandbox", Quantity: inventory.QuantityAvailable, Missing: inventory.MissingKeep,
			Hook: &ledger.Hook{Format: ledger.HookBearer, Keys: []string{"env:KEY"}},
		}},
		Stores: []ledger.Store{{ID: "shop", Merchant: "acme", Driver: "sandbox", Budget: ledger.Budget{Share: 0.8}}},
		Connections: []ledger.Connection{{
			ID: "shop", Merchant: "acme", Warehouse: "depot", Store: "shop", Enabled: true,
			Inventory: ledger.Flow{
				Enabled: true, Timezone: "Europe/Paris", Smart: []ledger.Rule{
					{Every: time.Hour},
					{Hourly: &ledger.Hourly{Every: 2, Minute: 15}},
					{Daily: "02:30"},
					{Flexible: &ledger.Flexible{Every: 30 * time.Minute, From: 8, To: 18, Days: []string{"mon"}}},
				}, Unnamed: []ledger.Mode{ledger.Full}, Overlap: ledger.OverlapSkip, Unlisted: inventory.UnlistedPush,
				Locations: []inventory.Location{{ID: "front", Facilities: []string{"east"}}, {ID: "none"}},
			},
		}, {
			ID: "left", Merchant: "acme", Warehouse: "depot", Store: "shop", EnabledByPages: true,
			Inventory: ledger.Flow{
				Enabled: true, Timezone: "UTC", Overlap: ledger.OverlapSkip, Unlisted: inventory.UnlistedPush,
				Unnamed: []ledger.Mode{ledger.Smart, ledger.Full},
			},
		}},
		Strategies: []ledger.StrategyDefinition{{Merchant: "acme", Warehouse: "depot", Strategy: inventory.Strategy{BufferUnits: 1, Minimum: 2}}},
		Products:   []ledger.Product{{Merchant: "acme", SKU: "BIKE", Name: "City bike"}},
		Bundles: []ledger.BundleDefinition{{Merchant: "acme", Bundle: inventory.Bundle{SKU: "KIT", Components: []inventory.Component{
			{SKU: "BIKE", Count: 2},
			{SKU: "LAMP", Count: 1},
		}}}},
		Listings: []ledger.ListingDefinition{{Store: "shop", Listing: inventory.Listing{SKU: "BIKE", ChannelSKU: "A/B 1"}}},
	}, ledger.ApplyOptions{})
	require.NoError(t, err)
	_, err = state.Observe(ctx, "depot", []ledger.Observation{
		{Event: "e1", Level: inventory.Level{SKU: "BIKE", Facility: "east", Available: 9, OnHand: new(int64(11)), Committed: new(int64(2)), ReportedAt: serveNow}},
		{Event: "e2", Level: inventory.Level{SKU: "BELL", Available: -4}},
		{Event: "e3", Level: inventory.Level{SKU: "BIKE", Facility: "east"}, Refused: "no figure"},
		{Event: "e4", Level: inventory.Level{SKU: "BIKE", Facility: "west"}, Refused: "no figure"},
	}, serveNow)
	require.NoError(t, err)
	upload, err := state.StageUpload(ctx, ledger.SnapshotStart{Warehouse: "depot", Now: serveNow})
	require.NoError(t, err)
	require.NoError(t, state.StageRows(ctx, upload, []inventory.Level{{SKU: "LAMP", Facility: "east", Available: 3}},
		[]inventory.Refusal{{SKU: "HORN", Place: "line 2", Reason: "no figure"}}))
	_, err = state.RecordUpload(ctx, upload, ledger.SnapshotEnd{Full: true, Rows: 2, From: "POST", Guard: ledger.Guard{MaximumRefused: 0.1}, Now: serveNow})
	require.NoError(t, err)
	grant, err := state.Begin(ctx, ledger.Claim{
		Connection: "shop", Mode: ledger.Smart, Trigger: ledger.TriggerRequest, Workflow: "smart-sync/shop", WorkflowRun: "run", Pass: 1,
		Requests: []ledger.Request{{ID: "r1", By: "me", At: serveNow}}, Scope: []string{"BIKE"}, Now: serveNow,
	})
	require.NoError(t, err)
	plan, err := state.Plan(ctx, "shop", ledger.Full)
	require.NoError(t, err)
	products, err := state.Affected(ctx, plan, nil, "", 100)
	require.NoError(t, err)
	var resolved []ledger.Resolution
	for _, product := range products {
		inputs, err := state.Inputs(ctx, plan, []string{product.Product})
		require.NoError(t, err)
		resolved = append(resolved, ledger.Resolution{Affected: product, Levels: inventory.Resolve(inputs[0])})
	}
	_, err = state.Resolve(ctx, grant.Lease, plan, resolved, serveNow)
	require.NoError(t, err)
	require.NoError(t, state.Hold(ctx, ledger.Hold{
		Run: grant.Lease.Run, Kind: ledger.HoldZeroing, Connection: "shop", Warehouse: "depot",
		Workflow: "smart-sync/shop", Reason: "much to zero", Zeroing: 7, At: serveNow,
	}))
	require.NoError(t, state.KeepPreview(ctx, grant.Lease, ledger.Preview{
		MadeAt: serveNow, ExpiresAt: serveNow.Add(time.Hour),
		PreviewCounts: ledger.PreviewCounts{Raise: 1, New: 1},
	}, []ledger.PreviewRow{
		{Product: "BIKE", ChannelSKU: "A/B 1", Location: "front", Shows: new(int64(4)), Would: 8, Move: ledger.PreviewRaise, Why: "9 available"},
		{Product: "LAMP", ChannelSKU: "LAMP", Would: 2, Move: ledger.PreviewNew},
	}))
	require.NoError(t, state.EndRun(ctx, grant.Lease, ledger.RunEnd{Outcome: ledger.CompletedWithFailures, Reason: "some", Now: serveNow}))
	_, err = state.Begin(ctx, ledger.Claim{
		Connection: "shop", Mode: ledger.Smart, Trigger: ledger.TriggerRequest, Workflow: "smart-sync/shop", WorkflowRun: "another run", Pass: 1, Now: serveNow,
	})
	require.NoError(t, err)
}

// openAPI is the description as the server tells it.
type openAPI struct {
	document any
	compiler *jsonschema.Compiler
}

func describe(t *testing.T, front *httptest.Server) *openAPI {
	t.Helper()
	status, body := ask(t, front, http.MethodGet, "/api/v1/openapi.json", "", serveToken, nil)
	require.Equal(t, http.StatusOK, status)
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	compiler.AssertFormat()
	require.NoError(t, compiler.AddResource("openapi.json", document))
	return &openAPI{document: document, compiler: compiler}
}

// at follows a path of names, and references on the way.
func (o *openAPI) at(t *testing.T, names ...string) (value map[string]any, pointer string) {
	t.Helper()
	value = o.document.(map[string]any)
	for _, name := range names {
		inner, ok := value[name].(map[string]any)
		require.True(t, ok, "%s has no %s", pointer, name)
		value, pointer = inner, pointer+"/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
		if reference, ok := value["$ref"].(string); ok {
			value, pointer = o.at(t, strings.Split(strings.TrimPrefix(reference, "#/"), "/")...)
		}
	}
	return value, pointer
}

// fits tells whether a document fits the schema at a path of names.
func (o *openAPI) fits(t *testing.T, document []byte, names ...string) error {
	t.Helper()
	_, pointer := o.at(t, names...)
	schema, err := o.compiler.Compile("openapi.json#" + pointer)
	require.NoError(t, err)
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	require.NoError(t, err)
	return schema.Validate(value)
}

func ask(t *testing.T, front *httptest.Server, method, path, body, token string, header http.Header) (int, []byte) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, front.URL+path, strings.NewReader(body))
	require.NoError(t, err)
	for name, values := range header {
		request.Header[name] = values
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := caller.Do(request)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	form := "application/json"
	if path == "/metrics" && response.StatusCode == http.StatusOK {
		form = "text/plain; version=0.0.4; charset=utf-8"
	}
	require.Equal(t, form, response.Header.Get("Content-Type"))
	return response.StatusCode, content
}

// described is a route as the description names it.
func described(path string) string { return strings.Replace(path, "...}", "}", 1) }

func TestServeRoutesAreTheOnesDescribed(t *testing.T) {
	t.Parallel()
	server, front := serving(t)
	paths, _ := describe(t, front).at(t, "paths")
	var told, there []string
	for path, operations := range paths {
		for method := range operations.(map[string]any) {
			told = append(told, strings.ToUpper(method)+" "+path)
		}
	}
	for _, route := range server.Routes() {
		there = append(there, route.Method+" "+described(route.Path))
	}
	slices.Sort(told)
	slices.Sort(there)
	require.Equal(t, there, told)
}

func TestServeAnswersFitTheDescription(t *testing.T) {
	t.Parallel()
	server, front := serving(t)
	api := describe(t, front)
	ndjson := http.Header{"Content-Type": {"application/x-ndjson"}}
	tests := []struct {
		route, path, body, token string
		header                   http.Header
		status                   int
	}{
		{route: "GET /healthz", path: "/healthz", status: 200},
		{route: "GET /metrics", path: "/metrics", status: 200},
		{route: "POST /hooks/{warehouse}", path: "/hooks/depot", body: `{"event":"e9","sku":"BIKE","available":4}`, token: serveKey, status: 202},
		{
			route: "POST /hooks/{warehouse}", path: "/hooks/depot?full=true", body: `{"sku":"BIKE","available":4}` + "\n" + `{"rows":1}`, token: serveKey,
			header: ndjson, status: 202,
		},
		{route: "POST /hooks/{warehouse}", path: "/hooks/depot", body: `{}`, token: serveKey, status: 400},
		{route: "POST /hooks/{warehouse}", path: "/hooks/depot", body: `{}`, status: 401},
		{route: "POST /hooks/{warehouse}", path: "/hooks/depot", body: strings.Repeat(" ", 1<<20+1), token: serveKey, status: 413},
		{route: "POST /hooks/{warehouse}", path: "/hooks/depot", token: serveKey, header: http.Header{"Content-Encoding": {"gzip"}}, status: 415},
		{route: "GET /api/v1/openapi.json", path: "/api/v1/openapi.json", status: 200},
		{route: "GET /api/v1/status", path: "/api/v1/status", status: 200},
		{route: "GET /api/v1/status", path: "/api/v1/status?connection=none", status: 404},
		{route: "GET /api/v1/connections", path: "/api/v1/connections", status: 200},
		{route: "GET /api/v1/connections/{id}/levels", path: "/api/v1/connections/shop/levels", status: 200},
		{route: "GET /api/v1/connections/{id}/levels", path: "/api/v1/connections/shop/levels?limit=1&status=pending", status: 200},
		{route: "GET /api/v1/connections/{id}/levels", path: "/api/v1/connections/shop/levels?limit=x", status: 400},
		{route: "GET /api/v1/connections/{id}/levels", path: "/api/v1/connections/none/levels", status: 404},
		{route: "GET /api/v1/connections/{id}/explain/{sku...}", path: "/api/v1/connections/shop/explain/A%2FB%201", status: 200},
		{route: "GET /api/v1/connections/{id}/explain/{sku...}", path: "/api/v1/connections/shop/explain/KIT", status: 200},
		{route: "GET /api/v1/connections/{id}/explain/{sku...}", path: "/api/v1/connections/shop/explain/NONE", status: 404},
		{route: "POST /api/v1/connections/{id}/sync", path: "/api/v1/connections/shop/sync", body: `{"mode":"smart","skus":["BIKE"]}`, status: 202},
		{route: "POST /api/v1/connections/{id}/sync", path: "/api/v1/connections/shop/sync", body: `{"mode":"half"}`, status: 400},
		{route: "POST /api/v1/connections/{id}/sync", path: "/api/v1/connections/none/sync", body: `{"mode":"full"}`, status: 404},
		{route: "POST /api/v1/connections/{id}/sync", path: "/api/v1/connections/shop/sync", body: `{"mode":"full","skus":["A","B"]}`, status: 422},
		{route: "POST /api/v1/connections/{id}/sync", path: "/api/v1/connections/shop/sync", header: ndjson, status: 415},
		{route: "GET /api/v1/warehouses/{id}/levels", path: "/api/v1/warehouses/depot/levels?limit=1", status: 200},
		{route: "GET /api/v1/warehouses/{id}/levels", path: "/api/v1/warehouses/depot/levels?sku=NONE", status: 200},
		{route: "GET /api/v1/warehouses/{id}/levels", path: "/api/v1/warehouses/none/levels", status: 404},
		{route: "GET /api/v1/warehouses/{id}/stale", path: "/api/v1/warehouses/depot/stale?limit=1", status: 200},
		{route: "GET /api/v1/warehouses/{id}/stale", path: "/api/v1/warehouses/depot/stale?sku=NONE", status: 200},
		{route: "GET /api/v1/warehouses/{id}/stale", path: "/api/v1/warehouses/none/stale", status: 404},
		{route: "GET /api/v1/warehouses/{id}/snapshot", path: "/api/v1/warehouses/depot/snapshot", status: 200},
		{route: "GET /api/v1/warehouses/{id}/snapshot", path: "/api/v1/warehouses/none/snapshot", status: 404},
		{route: "GET /api/v1/warehouses/{id}/snapshot", path: "/api/v1/warehouses/depot/snapshot?limit=0", status: 400},
		{route: "GET /api/v1/runs", path: "/api/v1/runs?connection=shop", status: 200},
		{route: "GET /api/v1/runs/{id}", path: "/api/v1/runs/1", status: 200},
		{route: "GET /api/v1/runs/{id}", path: "/api/v1/runs/99", status: 404},
		{route: "POST /api/v1/runs/{id}/cancel", path: "/api/v1/runs/2/cancel", status: 202},
		{route: "POST /api/v1/runs/{id}/cancel", path: "/api/v1/runs/99/cancel", status: 404},
		{route: "POST /api/v1/runs/{id}/cancel", path: "/api/v1/runs/x/cancel", status: 400},
		{route: "POST /api/v1/connections/{id}/pause", path: "/api/v1/connections/shop/pause", body: `{"reason":"stocktaking"}`, status: 200},
		{route: "POST /api/v1/connections/{id}/pause", path: "/api/v1/connections/shop/pause", body: `{"reason":7}`, status: 400},
		{route: "POST /api/v1/connections/{id}/resume", path: "/api/v1/connections/shop/resume", status: 200},
		{route: "POST /api/v1/connections/{id}/resume", path: "/api/v1/connections/none/resume", status: 404},
		{route: "POST /api/v1/runs/{id}/approve", path: "/api/v1/runs/1/approve", status: 200},
		{route: "POST /api/v1/runs/{id}/approve", path: "/api/v1/runs/99/approve", status: 404},
		{route: "POST /api/v1/runs/{id}/reject", path: "/api/v1/runs/1/reject", body: `{"by":"ann"}`, status: 200},
		{route: "POST /api/v1/runs/{id}/reject", path: "/api/v1/runs/2/reject", status: 422},
		{route: "POST /api/v1/stores/{id}/refresh-ids", path: "/api/v1/stores/shop/refresh-ids", body: `{"channel_skus":["A/B 1"]}`, status: 200},
		{route: "POST /api/v1/stores/{id}/relearn", path: "/api/v1/stores/shop/relearn", body: `{"channel_skus":["A/B 1"]}`, status: 200},
		{route: "POST /api/v1/stores/{id}/relearn", path: "/api/v1/stores/shop/relearn", header: ndjson, status: 415},
		{route: "GET /api/v1/connections/{id}/schedules", path: "/api/v1/connections/shop/schedules", status: 200},
		{route: "GET /api/v1/connections/{id}/schedules", path: "/api/v1/connections/none/schedules", status: 404},
		{route: "GET /api/v1/connections/{id}/schedules/{mode}", path: "/api/v1/connections/shop/schedules/smart", status: 200},
		{route: "GET /api/v1/connections/{id}/schedules/{mode}", path: "/api/v1/connections/shop/schedules/half", status: 404},
		{
			route: "PUT /api/v1/connections/{id}/schedules/{mode}", path: "/api/v1/connections/shop/schedules/full",
			body: `{"version":0,"rules":[{"daily":"02:30"}],"until":"2027-01-01T00:00:00Z","by":"ann"}`, status: 200,
		},
		{
			route: "PUT /api/v1/connections/{id}/schedules/{mode}", path: "/api/v1/connections/shop/schedules/full", body: `{"version":0,"rules":[{"daily":"03:30"}]}`,
			status: 409,
		},
		{
			route: "PUT /api/v1/connections/{id}/schedules/{mode}", path: "/api/v1/connections/shop/schedules/smart",
			body: `{"version":0,"rules":[{"daily":"03:30"}]}`, status: 422,
		},
		{route: "PUT /api/v1/connections/{id}/schedules/{mode}", path: "/api/v1/connections/shop/schedules/smart", body: `{"rules":[]}`, status: 400},
		{route: "PUT /api/v1/connections/{id}/schedules/{mode}", path: "/api/v1/connections/none/schedules/smart", body: `{"version":0,"rules":[]}`, status: 404},
		{route: "GET /api/v1/connections/{id}/schedules/{mode}", path: "/api/v1/connections/shop/schedules/full", status: 200},
		{route: "POST /api/v1/connections/{id}/schedules/{mode}/clear", path: "/api/v1/connections/shop/schedules/full/clear", body: `{"version":1}`, status: 200},
		{route: "POST /api/v1/connections/{id}/schedules/{mode}/clear", path: "/api/v1/connections/shop/schedules/full/clear", body: `{"version":1}`, status: 409},
		{
			route: "POST /api/v1/connections/{id}/schedules/{mode}/preview", path: "/api/v1/connections/shop/schedules/smart/preview",
			body: `{"rules":[{"daily":"02:30"}]}`, status: 200,
		},
		{
			route: "POST /api/v1/connections/{id}/schedules/{mode}/preview", path: "/api/v1/connections/shop/schedules/full/preview",
			body: `{"rules":[{"every":"1h"}]}`, status: 422,
		},
		{route: "GET /api/v1/connections/{id}/advice", path: "/api/v1/connections/shop/advice", status: 200},
		{route: "GET /api/v1/connections/{id}/advice", path: "/api/v1/connections/none/advice", status: 404},
		{route: "POST /api/v1/connections/{id}/advice/apply", path: "/api/v1/connections/shop/advice/apply", body: `{"version":0}`, status: 422},
		{route: "POST /api/v1/connections/{id}/advice/apply", path: "/api/v1/connections/shop/advice/apply", body: `{"version":1}`, status: 200},
		{route: "POST /api/v1/connections/{id}/advice/apply", path: "/api/v1/connections/shop/advice/apply", status: 400},
		{route: "POST /api/v1/connections/{id}/advice/undo", path: "/api/v1/connections/shop/advice/undo", body: `{"version":1}`, status: 200},
		{route: "POST /api/v1/connections/{id}/advice/undo", path: "/api/v1/connections/shop/advice/undo", body: `{"version":0}`, status: 409},
		{route: "GET /api/v1/connections/{id}/preview", path: "/api/v1/connections/shop/preview?limit=1", status: 200},
		{route: "GET /api/v1/connections/{id}/preview", path: "/api/v1/connections/shop/preview?move=zero&after=1", status: 200},
		{route: "GET /api/v1/connections/{id}/preview", path: "/api/v1/connections/shop/preview?move=up", status: 400},
		{route: "GET /api/v1/connections/{id}/preview", path: "/api/v1/connections/none/preview", status: 404},
		{route: "POST /api/v1/connections/{id}/lift", path: "/api/v1/connections/shop/lift", body: `{"id":"l"}`, status: 202},
		{route: "POST /api/v1/connections/{id}/lift", path: "/api/v1/connections/none/lift", status: 404},
		{route: "POST /api/v1/connections/{id}/preview/push", path: "/api/v1/connections/shop/preview/push", body: `{"run":1,"id":"p"}`, status: 202},
		{route: "POST /api/v1/connections/{id}/preview/push", path: "/api/v1/connections/shop/preview/push", body: `{"run":2}`, status: 422},
		{route: "POST /api/v1/connections/{id}/preview/push", path: "/api/v1/connections/shop/preview/push", body: `{}`, status: 400},
		{route: "GET /api/v1/settings/{kind}/{id}", path: "/api/v1/settings/store/shop", status: 200},
		{route: "GET /api/v1/settings/{kind}/{id}", path: "/api/v1/settings/warehouse/none", status: 404},
		{
			route: "PUT /api/v1/settings/{kind}/{id}/{name}", path: "/api/v1/settings/store/shop/share",
			body: `{"version":0,"value":"55%","reason":"a sale","until":"2030-01-01T00:00:00Z","by":"ann"}`, status: 200,
		},
		{route: "PUT /api/v1/settings/{kind}/{id}/{name}", path: "/api/v1/settings/store/shop/share", body: `{"version":0,"value":"56%"}`, status: 409},
		{route: "PUT /api/v1/settings/{kind}/{id}/{name}", path: "/api/v1/settings/store/shop/share", body: `{"version":1,"value":"0%"}`, status: 422},
		{route: "PUT /api/v1/settings/{kind}/{id}/{name}", path: "/api/v1/settings/store/shop/share", body: `{"version":1}`, status: 400},
		{route: "GET /api/v1/settings/{kind}/{id}", path: "/api/v1/settings/store/shop", status: 200},
		{route: "PUT /api/v1/settings/{kind}/{id}/{name}", path: "/api/v1/settings/connection/shop/overlap", body: `{"version":0,"value":"buffer"}`, status: 200},
		{route: "POST /api/v1/settings/{kind}/{id}/{name}/clear", path: "/api/v1/settings/store/shop/share/clear", body: `{"version":1}`, status: 200},
		{route: "POST /api/v1/settings/{kind}/{id}/{name}/clear", path: "/api/v1/settings/store/shop/share/clear", body: `{"version":1}`, status: 409},
		{route: "POST /api/v1/connections/{id}/enable", path: "/api/v1/connections/shop/enable", status: 422},
		{route: "POST /api/v1/connections/{id}/enable", path: "/api/v1/connections/none/enable", status: 404},
		{route: "POST /api/v1/connections/{id}/enable", path: "/api/v1/connections/left/enable", body: `{"by":"ann"}`, status: 200},
		{route: "POST /api/v1/connections/{id}/disable", path: "/api/v1/connections/left/disable", status: 200},
		{route: "POST /api/v1/stores/{id}/test", path: "/api/v1/stores/shop/test", status: 200},
		{route: "POST /api/v1/stores/{id}/test", path: "/api/v1/stores/none/test", status: 404},
		{route: "POST /api/v1/warehouses/{id}/test", path: "/api/v1/warehouses/depot/test", status: 200},
		{route: "POST /api/v1/warehouses/{id}/test", path: "/api/v1/warehouses/depot/test", body: `{"rows":5}`, status: 400},
		{route: "GET /api/v1/requests", path: "/api/v1/requests?limit=1", status: 200},
		{route: "GET /api/v1/requests", path: "/api/v1/requests?connection=none", status: 404},
		{route: "GET /api/v1/requests/{id}", path: "/api/v1/requests/r1", status: 200},
		{route: "GET /api/v1/requests/{id}", path: "/api/v1/requests/none", status: 404},
		{route: "GET /api/v1/activity", path: "/api/v1/activity?sku=BIKE", status: 200},
		{route: "GET /api/v1/activity", path: "/api/v1/activity?sku=BIKE&merchant=none", status: 422},
		{route: "GET /api/v1/holds", path: "/api/v1/holds", status: 200},
		{route: "GET /api/v1/log", path: "/api/v1/log?limit=1", status: 200},
		{route: "GET /api/v1/log", path: "/api/v1/log?before=0", status: 400},
	}
	covered := map[string]bool{}
	for _, test := range tests {
		if test.token == "" && test.status != http.StatusUnauthorized {
			test.token = serveToken
		}
		method, path, _ := strings.Cut(test.route, " ")
		status, body := ask(t, front, method, test.path, test.body, test.token, test.header)
		require.Equal(t, test.status, status, "%s: %s", test.path, body)
		if path != "/metrics" { // which is no JSON
			require.NoError(t, api.fits(t, body, "paths", described(path), strings.ToLower(method), "responses", strconv.Itoa(status), "content", "application/json",
				"schema"), "%s: %s", test.path, body)
		}
		covered[test.route] = covered[test.route] || status < 300
	}
	for _, route := range server.Routes() {
		require.True(t, covered[route.Method+" "+route.Path], "%s %s is not asked", route.Method, route.Path)
		path := strings.NewReplacer("{warehouse}", "depot", "{id}", "shop", "{mode}", "smart", "{sku...}", "A").Replace(route.Path)
		status, body := ask(t, front, http.MethodDelete, path, "", serveToken, nil)
		require.Equal(t, http.StatusMethodNotAllowed, status, path)
		require.NoError(t, api.fits(t, body, "paths", described(route.Path), strings.ToLower(route.Method), "responses", "405", "content", "application/json",
			"schema"))
	}
}

// The schemas of what is sent say the same as the decoders.
func TestServeRequestsFitTheDescription(t *testing.T) {
	t.Parallel()
	_, front := serving(t)
	api := describe(t, front)
	for body, taken := range map[string]bool{
		`{"event":"e1","sku":"BIKE","facility":"east","available":4,"on_hand":5,"committed":1,"sequence":7,"reported_at":"2026-11-24T09:00:00Z"}`: true,
		`[{"event":"e1","sku":"A","available":0},{"event":"e2","sku":"A","available":-1}]`:                                                        true,
		`[]`:                                    false,
		`{"event":"e1","available":4}`:          false,
		`{"event":"e1","sku":"","available":4}`: false,
		`{"event":"e1","sku":"A","available":"4"}`:                                  false,
		`{"event":"e1","sku":"A","available":4.5}`:                                  false,
		`{"event":"e1","sku":"A","available":null}`:                                 false,
		`{"event":"e1","sku":"A","available":1000000001}`:                           false,
		`{"event":"e1","sku":"A","available":4,"sequence":0}`:                       false,
		`{"event":"e1","sku":"A","available":4,"reported_at":"today"}`:              false,
		`{"event":"e1","sku":"A","available":4,"colour":"red"}`:                     false,
		`{"event":"` + strings.Repeat("e", 256) + `","sku":"A","available":4}`:      false,
		`[` + strings.Repeat(`{"event":"e","sku":"A","available":4},`, 500) + `{}]`: false,
	} {
		status, answer := ask(t, front, http.MethodPost, "/hooks/depot", body, serveKey, nil)
		require.Equal(t, taken, status == http.StatusAccepted, "%.100s: %s", body, answer)
		err := api.fits(t, []byte(body), "paths", "/hooks/{warehouse}", "post", "requestBody", "content", "application/json", "schema")
		require.Equal(t, taken, err == nil, "%.100s: %v", body, err)
	}
	for _, one := range []struct {
		body  string
		taken bool
	}{
		{`{"mode":"smart","skus":["A"],"dry_run":true,"id":"i","by":"b"}`, true},
		{`{"mode":"full"}`, true},
		{`{"mode":"half"}`, false},
		{`{}`, false},
		{`{"mode":"full","skus":[""]}`, false},
		{`{"mode":"full","skus":"A"}`, false},
		{`{"mode":"full","more":1}`, false},
	} {
		status, answer := ask(t, front, http.MethodPost, "/api/v1/connections/shop/sync", one.body, serveToken, nil)
		require.Equal(t, one.taken, status == http.StatusAccepted, "%s: %s", one.body, answer)
		err := api.fits(t, []byte(one.body), "paths", "/api/v1/connections/{id}/sync", "post", "requestBody", "content", "application/json", "schema")
		require.Equal(t, one.taken, err == nil, "%s: %v", one.body, err)
	}
}
