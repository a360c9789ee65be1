package serve

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

func (f *fake) act(format string, arguments ...any) error {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.acts = append(f.acts, fmt.Sprintf(format, arguments...))
	return f.err
}

func (f *fake) Pause(ctx context.Context, connection, by, reason string) ([]string, error) {
	if err := f.known(ctx, connection); err != nil {
		return nil, err
	}
	return []string{"smart-sync/" + connection}, f.act("pause %s by %s because %s, from the %s", connection, by, reason, control.ActorOf(ctx).Face)
}

func (f *fake) Resume(ctx context.Context, connection, by string) ([]string, error) {
	if err := f.known(ctx, connection); err != nil {
		return nil, err
	}
	return nil, f.act("resume %s by %s", connection, by)
}

func (f *fake) Decide(ctx context.Context, run int64, approve bool, by string) (control.DecisionResult, error) {
	if _, err := f.Run(ctx, run); err != nil {
		return control.DecisionResult{}, err
	}
	if !approve {
		return control.DecisionResult{Hold: ledger.Hold{Run: run}, Answer: control.Rejected, Runs: []int64{run, 9}}, f.act("reject %d by %s", run, by)
	}
	return control.DecisionResult{Hold: ledger.Hold{Run: run}}, f.act("approve %d by %s", run, by)
}

func (f *fake) LiftRejections(_ context.Context, connection string, request workflows.SyncRequest) (control.LiftedRejections, error) {
	if connection == "none" {
		return control.LiftedRejections{}, &control.AbsentError{Message: `there is no connection "none"`}
	}
	done := control.LiftedRejections{SyncAnswer: control.SyncAnswer{ByRun: 12}, Lifted: []int64{9, 6}}
	return done, f.act("lift %s by %s, request %s", connection, request.By, request.ID)
}

func (f *fake) RefreshIDs(_ context.Context, store string, channelSKUs []string) (ledger.RefreshedIDs, error) {
	if store == "none" {
		return ledger.RefreshedIDs{}, &control.AbsentError{Message: `there is no store "none"; there are shop`}
	}
	return ledger.RefreshedIDs{References: 1, Due: 2}, f.act("relearn %s: %s", store, strings.Join(channelSKUs, ","))
}

// Each act is done once, for whom the request names, and what it cannot mean is not done.
func TestActsOverTheAPI(t *testing.T) {
	t.Parallel()
	w := setup(t)
	_, err := w.ledger.Begin(t.Context(), ledger.Claim{
		Connection: "acme-shop", Mode: ledger.Smart, Trigger: ledger.TriggerSchedule, Workflow: "smart-sync/acme-shop", WorkflowRun: "one", Now: now,
	})
	require.NoError(t, err)
	for name, test := range map[string]struct {
		path, body string
		status     int
		did        string // empty: nothing
		said       string
	}{
		"pause": {
			"/api/v1/connections/acme-shop/pause", `{"reason":"stocktaking","by":"the till"}`, 200,
			"pause acme-shop by the till because stocktaking, from the API", "",
		},
		"pause by nobody":             {"/api/v1/connections/acme-shop/pause", ` `, 200, "pause acme-shop by the HTTP API because , from the API", ""},
		"pause of none":               {"/api/v1/connections/none/pause", `{}`, 404, "", `there is no connection "none"`},
		"pause with a misspelt field": {"/api/v1/connections/acme-shop/pause", `{"raeson":"x"}`, 400, "", `there is no field "raeson"; the fields are reason and by`},
		"pause with a field twice":    {"/api/v1/connections/acme-shop/pause", `{"by":"a","by":"b"}`, 400, "", `"by" is given twice`},
		"pause with a number":         {"/api/v1/connections/acme-shop/pause", `{"reason":7}`, 400, "", "reason: expected text, found a number"},
		"pause of a list":             {"/api/v1/connections/acme-shop/pause", `[]`, 400, "", "expected an object like {}, found a list"},
		"pause, narrowed":             {"/api/v1/connections/acme-shop/pause?mode=full", `{}`, 400, "", `there is no parameter "mode"`},
		"resume":                      {"/api/v1/connections/acme-shop/resume", `{"by":""}`, 200, "resume acme-shop by the HTTP API", ""},
		"resume with a reason":        {"/api/v1/connections/acme-shop/resume", `{"reason":"over"}`, 400, "", `there is no field "reason"; the fields are by`},
		"resume of none":              {"/api/v1/connections/none/resume", ``, 404, "", ""},
		"approve":                     {"/api/v1/runs/1/approve", `{"by":"ann"}`, 200, "approve 1 by ann", ""},
		"reject":                      {"/api/v1/runs/1/reject", ``, 200, "reject 1 by the HTTP API", ""},
		"approve of no run":           {"/api/v1/runs/7/approve", ``, 404, "", "there is no run 7"},
		"approve of no number":        {"/api/v1/runs/last/approve", ``, 400, "", "not a run number"},
		"relearn":                     {"/api/v1/stores/shop/relearn", `{"channel_skus":["A","B"]}`, 200, "relearn shop: A,B", ""},
		"relearn of all":              {"/api/v1/stores/shop/refresh-ids", ``, 200, "relearn shop: ", ""},
		"relearn of none":             {"/api/v1/stores/none/relearn", ``, 404, "", `there is no store "none"`},
		"relearn of an SKU of none":   {"/api/v1/stores/shop/relearn", `{"channel_skus":[""]}`, 400, "", "channel_skus: "},
		"too much":                    {"/api/v1/stores/shop/relearn", strings.Repeat(" ", maxActBytes+1), 413, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w.fake.acts = nil
			got := w.call(http.MethodPost, test.path, strings.NewReader(test.body), token...)
			require.Equal(t, test.status, got.status, got.message)
			require.Contains(t, got.message, test.said)
			require.Equal(t, test.did, strings.Join(w.fake.acts, "; "))
			unknown := w.call(http.MethodPost, test.path, strings.NewReader(test.body))
			require.Equal(t, http.StatusUnauthorized, unknown.status, "and only for who has the token")
			require.Equal(t, test.did, strings.Join(w.fake.acts, "; "))
		})
	}
	require.Equal(t, "accepted", w.call(http.MethodPost, "/api/v1/runs/1/approve", nil, token...).body["answer"], "no worker has answered yet")
	require.Equal(t, []any{float64(1), float64(9)}, w.call(http.MethodPost, "/api/v1/runs/1/reject", nil, token...).body["runs"])
	require.Equal(t, []any{"smart-sync/acme-shop"}, w.call(http.MethodPost, "/api/v1/connections/acme-shop/pause", nil, token...).body["schedules"])
	require.Equal(t, []any{}, w.call(http.MethodPost, "/api/v1/connections/acme-shop/resume", nil, token...).body["schedules"])
	w.fake.err = &control.UsageError{Message: "run 1 was approved already, by ann"}
	got := w.call(http.MethodPost, "/api/v1/runs/1/approve", nil, token...)
	require.Equal(t, http.StatusUnprocessableEntity, got.status)
	require.Equal(t, "run 1 was approved already, by ann", got.message)
}

// Rejections are taken back for whom the request names, and the answer says of which runs.
func TestRejectionsAreLiftedOverTheAPI(t *testing.T) {
	t.Parallel()
	w := setup(t)
	lift := func(connection, body string) respond {
		return w.call(http.MethodPost, "/api/v1/connections/"+connection+"/lift", strings.NewReader(body), token...)
	}
	got := lift("acme-shop", `{"by":"ann","id":"r"}`)
	require.Equal(t, http.StatusAccepted, got.status, got.message)
	require.Equal(t, []any{float64(9), float64(6)}, got.body["lifted"])
	require.Equal(t, "r", got.body["request"])
	require.Equal(t, []string{"lift acme-shop by ann, request r"}, w.fake.acts)
	require.Equal(t, http.StatusNotFound, lift("none", ``).status)
	got = lift("acme-shop", `{"runs":[1]}`)
	require.Equal(t, http.StatusBadRequest, got.status)
	require.Contains(t, got.message, `there is no field "runs"; the fields are id and by`)
}
