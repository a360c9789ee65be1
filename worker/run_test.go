package main

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
)

// partnersOf is a ledger with a store and a warehouse that are ready, and one of each that is not, as their settings say. Connections
// to and from the latter are as given.
func partnersOf(t *testing.T, driver string, source, target settings.Values, fromHalf, toHalf ledger.Connection) ledger.Ledger {
	t.Helper()
	state, err := ledger.Open(t.Context(), filepath.Join(t.TempDir(), "tidemark.db"), time.Now())
	require.NoError(t, err)
	t.Cleanup(func() { _ = state.Close() })
	ready := func(kind string) settings.Values {
		values := settings.Values{"endpoint": "http://127.0.0.1:1", "token": "env:READY_TOKEN"}
		if kind == "store" {
			values["kind"] = "atomic"
		}
		return values
	}
	definitions := ledger.Definitions{
		Warehouses: []ledger.Warehouse{
			{ID: "ready", Merchant: "acme", Driver: "sandbox", Settings: ready("warehouse")},
			{ID: "half-source", Merchant: "acme", Driver: driver, Settings: source},
		},
		Stores: []ledger.Store{
			{ID: "ready", Merchant: "acme", Driver: "sandbox", Settings: ready("store")},
			{ID: "other", Merchant: "acme", Driver: "sandbox", Settings: ready("store")},
			{ID: "half-target", Merchant: "acme", Driver: driver, Settings: target},
		},
		Connections: []ledger.Connection{{ID: "ready", Merchant: "acme", Warehouse: "ready", Store: "ready", Enabled: true, Inventory: ledger.Flow{Enabled: true}}},
	}
	fromHalf.ID, fromHalf.Merchant, fromHalf.Warehouse, fromHalf.Store = "from-half", "acme", "half-source", "other"
	toHalf.ID, toHalf.Merchant, toHalf.Warehouse, toHalf.Store = "to-half", "acme", "ready", "half-target"
	definitions.Connections = append(definitions.Connections, fromHalf, toHalf)
	_, err = state.Apply(t.Context(), definitions, ledger.ApplyOptions{})
	require.NoError(t, err)
	return state
}

var active = ledger.Connection{Enabled: true, Inventory: ledger.Flow{Enabled: true}}

// TestAPartnerThatIsNotReadyStopsNobodyElse: whatever is wrong with one store or warehouse, the worker starts. What is in use is an
// error in the log and in the metrics, and what is not is only mentioned.
func TestAPartnerThatIsNotReadyStopsNobodyElse(t *testing.T) {
	t.Setenv("READY_TOKEN", "secret")
	t.Setenv("EMPTY_TOKEN", "")
	unreadable := filepath.Join(t.TempDir(), "missing")
	with := func(token string) settings.Values {
		return settings.Values{"endpoint": "http://127.0.0.1:1", "token": token, "kind": "atomic"}
	}
	for name, test := range map[string]struct {
		driver string
		given  settings.Values
		says   string
	}{
		"a variable that is not set": {"sandbox", with("env:MISSING_TOKEN"), "MISSING_TOKEN is not set"},
		"a variable that is empty":   {"sandbox", with("env:EMPTY_TOKEN"), "EMPTY_TOKEN is not set"},
		"a file that is not there":   {"sandbox", with("file:" + unreadable), unreadable},
		"a half-made setting":        {"sandbox", settings.Values{}, `needs the setting`},
		"no driver here":             {"later", with("env:READY_TOKEN"), `no driver \"later\"`},
	} {
		t.Run(name, func(t *testing.T) {
			for use, given := range map[string]ledger.Connection{"ERROR": active, "WARN": {Enabled: true}} {
				state := partnersOf(t, test.driver, test.given, test.given, given, given)
				var log bytes.Buffer
				require.NoError(t, reportPartners(t.Context(), state, settings.Process(), slog.New(slog.NewTextHandler(&log, nil))))
				require.Regexp(t, `level=`+use+`.* what="warehouse half-source"`, log.String())
				require.Regexp(t, `level=`+use+`.* what="store half-target"`, log.String())
				require.Contains(t, log.String(), test.says)
				require.NotContains(t, log.String(), "what=\"store ready")

				_, get := observed(t, newGauges(state, slog.New(slog.DiscardHandler)))
				_, metrics := get("/metrics")
				require.Contains(t, metrics, `tidemark_store_credentials_unreadable{store="ready"} 0`)
				require.Contains(t, metrics, `tidemark_warehouse_credentials_unreadable{warehouse="ready"} 0`)
				if use == "ERROR" {
					require.Contains(t, metrics, `tidemark_store_credentials_unreadable{store="half-target"} 1`)
					require.Contains(t, metrics, `tidemark_warehouse_credentials_unreadable{warehouse="half-source"} 1`)
				} else {
					require.NotContains(t, metrics, "half", "no active connection uses it")
				}
			}
		})
	}
}

// TestAPartnerIsReadAnew: the metric follows a credential file that is put right, without a restart.
func TestAPartnerIsReadAnew(t *testing.T) {
	t.Setenv("READY_TOKEN", "secret")
	path := filepath.Join(t.TempDir(), "token")
	given := settings.Values{"endpoint": "http://127.0.0.1:1", "token": "file:" + path, "kind": "atomic"}
	source := settings.Values{"endpoint": "http://127.0.0.1:1", "token": "file:" + path}
	gauges := newGauges(partnersOf(t, "sandbox", source, given, active, active), slog.New(slog.DiscardHandler))
	at := time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
	gauges.now = func() time.Time { return at }
	_, get := observed(t, gauges)
	_, metrics := get("/metrics")
	require.Contains(t, metrics, `tidemark_store_credentials_unreadable{store="half-target"} 1`)
	require.NoError(t, os.WriteFile(path, []byte("secret\n"), 0o600))
	at = at.Add(gaugesKept)
	_, metrics = get("/metrics")
	require.Contains(t, metrics, `tidemark_store_credentials_unreadable{store="half-target"} 0`)
	require.Contains(t, metrics, `tidemark_warehouse_credentials_unreadable{warehouse="half-source"} 0`)
}
