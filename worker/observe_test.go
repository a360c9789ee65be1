package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// caller is not the default client: whenever a test closes an httptest server, that one's idle connections break.
var caller = &http.Client{Transport: &http.Transport{}}

func observed(t *testing.T, collect prometheus.Collector) (*observation, func(path string) (int, string)) {
	t.Helper()
	o, err := observe("127.0.0.1:0", access{}, collect)
	require.NoError(t, err)
	t.Cleanup(o.close)
	return o, func(path string) (int, string) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+o.address()+path, nil)
		require.NoError(t, err)
		response, err := caller.Do(request)
		require.NoError(t, err)
		content, err := io.ReadAll(response.Body)
		require.NoError(t, errors.Join(err, response.Body.Close()))
		return response.StatusCode, string(content)
	}
}

// shop is a ledger with an active connection and one that is off.
func shop(t *testing.T) ledger.Ledger {
	t.Helper()
	state, err := ledger.Open(t.Context(), filepath.Join(t.TempDir(), "tidemark.db"), time.Now())
	require.NoError(t, err)
	t.Cleanup(func() { _ = state.Close() })
	_, err = state.Apply(t.Context(), ledger.Definitions{
		Warehouses: []ledger.Warehouse{{ID: "hub", Merchant: "acme"}},
		Stores:     []ledger.Store{{ID: "birch-shop", Merchant: "acme"}, {ID: "off", Merchant: "acme"}},
		Connections: []ledger.Connection{
			{ID: "birch-shop", Merchant: "acme", Warehouse: "hub", Store: "birch-shop", Enabled: true, Inventory: ledger.Flow{Enabled: true}},
			{ID: "off", Merchant: "acme", Warehouse: "hub", Store: "off"},
		},
	}, ledger.ApplyOptions{})
	require.NoError(t, err)
	return state
}

func TestHealthIsTheLedgerAndReadinessTemporalToo(t *testing.T) {
	t.Parallel()
	o, get := observed(t, newGauges(shop(t), slog.New(slog.DiscardHandler)))
	ok := func(context.Context) error { return nil }
	down := func(context.Context) error { return errors.New("it is down") }
	for name, test := range map[string]struct {
		ledger, temporal probe
		healthz, readyz  string
	}{
		"all is well":      {ok, ok, "ok", "ok"},
		"no Temporal":      {ok, down, "ok", "it is down"},
		"no ledger":        {down, ok, "the ledger does not answer", "the ledger does not answer"},
		"not yet, neither": {nil, nil, "starting", "starting"},
	} {
		o.ledger.Store(nil)
		o.temporal.Store(nil)
		if test.ledger != nil {
			o.watch(test.ledger, test.temporal)
		}
		for path, want := range map[string]string{"/healthz": test.healthz, "/readyz": test.readyz} {
			status, body := get(path)
			require.Equal(t, want, strings.TrimSpace(body), "%s %s", name, path)
			require.Equal(t, want == "ok", status == http.StatusOK, "%s %s", name, path)
		}
	}
}

// TestLabelsAreIdsAsTheyAre: an alarm names the store as the configuration does.
func TestLabelsAreIdsAsTheyAre(t *testing.T) {
	t.Parallel()
	o, get := observed(t, newGauges(shop(t), slog.New(slog.DiscardHandler)))
	o.handler().WithTags(map[string]string{"store": "birch-shop", "driver": "sandbox"}).Counter("tidemark_store_calls").Inc(1)
	require.Eventually(t, func() bool {
		_, metrics := get("/metrics")
		return strings.Contains(metrics, `tidemark_store_calls_total{driver="sandbox",store="birch-shop"} 1`)
	}, 30*time.Second, 50*time.Millisecond)
}

func TestGaugesOfConnections(t *testing.T) {
	t.Parallel()
	state := shop(t)
	collect := newGauges(state, slog.New(slog.DiscardHandler))
	at := time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
	collect.now = func() time.Time { return at }
	_, get := observed(t, collect)
	_, metrics := get("/metrics")
	require.Contains(t, metrics, `tidemark_connection_due_rows{connection="birch-shop"} 0`)
	require.Contains(t, metrics, "tidemark_ledger_up 1")
	require.Contains(t, metrics, "tidemark_open_holds 0")
	require.Contains(t, metrics, `tidemark_levels_refused{warehouse="hub"} 0`)
	require.NotContains(t, metrics, "last_success_age_seconds{", "there was none")
	require.NotContains(t, metrics, `"off"`)
	require.Contains(t, metrics, "go_goroutines ")
	require.Contains(t, metrics, "process_start_time_seconds ")

	granted, err := state.Begin(t.Context(), ledger.Claim{Connection: "birch-shop", Mode: ledger.Full, Workflow: "w", WorkflowRun: "r", Now: at})
	require.NoError(t, err)
	plan, err := state.Plan(t.Context(), "birch-shop", ledger.Full)
	require.NoError(t, err)
	_, err = state.Resolve(t.Context(), granted.Lease, plan, []ledger.Resolution{{
		Affected: ledger.Affected{Product: "A"}, Levels: []inventory.ChannelLevel{{ChannelSKU: "A"}, {ChannelSKU: "B"}, {ChannelSKU: "C", Blocked: "no"}},
	}}, at)
	require.NoError(t, err)
	require.NoError(t, state.Hold(t.Context(), ledger.Hold{
		Run: granted.Lease.Run, Kind: ledger.HoldZeroing, Connection: "birch-shop", Warehouse: "hub",
		Workflow: "w", At: at,
	}))
	_, err = state.Observe(t.Context(), "hub", []ledger.Observation{
		{Event: "1", Level: inventory.Level{SKU: "A", Available: 5}},
		{Event: "2", Level: inventory.Level{SKU: "A"}, Refused: "no figure"},
		{Event: "3", Level: inventory.Level{SKU: "NEVER"}, Refused: "no figure"},
	}, at)
	require.NoError(t, err)
	at = at.Add(gaugesKept - time.Second)
	_, metrics = get("/metrics")
	require.Contains(t, metrics, `tidemark_connection_due_rows{connection="birch-shop"} 0`, "what was counted a moment ago")
	at = at.Add(time.Second)
	_, metrics = get("/metrics")
	require.Contains(t, metrics, `tidemark_connection_due_rows{connection="birch-shop"} 2`)
	require.Contains(t, metrics, `tidemark_connection_rows{connection="birch-shop",status="pending"} 2`)
	require.Contains(t, metrics, `tidemark_connection_rows{connection="birch-shop",status="blocked"} 1`)
	require.Contains(t, metrics, `tidemark_connection_rows{connection="birch-shop",status="exported"} 0`)
	require.Contains(t, metrics, "tidemark_open_holds 1")
	require.Contains(t, metrics, `tidemark_levels_refused{warehouse="hub"} 2`, "one that is stale, and one that was never read")

	require.NoError(t, state.EndRun(t.Context(), granted.Lease, ledger.RunEnd{Outcome: ledger.Completed, Now: at}))
	at = at.Add(gaugesKept)
	_, metrics = get("/metrics")
	require.Contains(t, metrics, `tidemark_connection_last_success_age_seconds{connection="birch-shop"} 15`)
	at = at.Add(5 * time.Second)
	_, metrics = get("/metrics")
	require.Contains(t, metrics, `tidemark_connection_last_success_age_seconds{connection="birch-shop"} 20`, "an age goes on")

	require.NoError(t, state.Close())
	at = at.Add(time.Hour)
	status, metrics := get("/metrics")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, metrics, "tidemark_ledger_up 0")
	require.NotContains(t, metrics, "tidemark_ledger_read_seconds", "it was not read")
	require.NotContains(t, metrics, "tidemark_connection", "it is not known")
	require.Contains(t, metrics, "go_goroutines ")
}

// TestHowLongTheLedgerTook is told for as long as what was read then is shown.
func TestHowLongTheLedgerTook(t *testing.T) {
	t.Parallel()
	collect := newGauges(shop(t), slog.New(slog.DiscardHandler))
	looks, at := 0, time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
	collect.now = func() time.Time { // before and after it is read
		looks++
		return at.Add(time.Duration(looks) * 1500 * time.Millisecond)
	}
	_, get := observed(t, collect)
	for range 3 {
		_, metrics := get("/metrics")
		require.Contains(t, metrics, "tidemark_ledger_read_seconds 1.5")
	}
}
