package main

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
)

// TestWhatNoActiveConnectionUsesIsOnlyTold: a store that is still being set up stops nobody else's stock.
func TestWhatNoActiveConnectionUsesIsOnlyTold(t *testing.T) {
	t.Setenv("READY_TOKEN", "secret")
	partner := func(token string) settings.Values {
		return settings.Values{"endpoint": "http://127.0.0.1:1", "token": "env:" + token, "kind": "atomic"}
	}
	source := func(token string) settings.Values {
		return settings.Values{"endpoint": "http://127.0.0.1:1", "token": "env:" + token}
	}
	for name, test := range map[string]struct {
		warehouse, store ledger.Connection // of the half-made warehouse and store
		refused          bool
	}{
		"nothing leads to them":    {},
		"the connection is off":    {warehouse: ledger.Connection{Inventory: ledger.Flow{Enabled: true}}, store: ledger.Connection{Enabled: true}},
		"the warehouse is in use":  {warehouse: ledger.Connection{Enabled: true, Inventory: ledger.Flow{Enabled: true}}, refused: true},
		"the store is in use":      {store: ledger.Connection{Enabled: true, Inventory: ledger.Flow{Enabled: true}}, refused: true},
		"both have no driver here": {},
	} {
		t.Run(name, func(t *testing.T) {
			state, err := ledger.Open(t.Context(), filepath.Join(t.TempDir(), "tidemark.db"), time.Now())
			require.NoError(t, err)
			defer func() { require.NoError(t, state.Close()) }()
			driver := "sandbox"
			if name == "both have no driver here" {
				driver = "later"
			}
			definitions := ledger.Definitions{
				Warehouses: []ledger.Warehouse{
					{ID: "ready", Merchant: "acme", Driver: "sandbox", Settings: source("READY_TOKEN")},
					{ID: "half", Merchant: "acme", Driver: driver, Settings: source("MISSING_TOKEN")},
				},
				Stores: []ledger.Store{
					{ID: "ready", Merchant: "acme", Driver: "sandbox", Settings: partner("READY_TOKEN")},
					{ID: "other", Merchant: "acme", Driver: "sandbox", Settings: partner("READY_TOKEN")},
					{ID: "half", Merchant: "acme", Driver: driver, Settings: partner("MISSING_TOKEN")},
				},
				Connections: []ledger.Connection{{ID: "ready", Merchant: "acme", Warehouse: "ready", Store: "ready", Enabled: true, Inventory: ledger.Flow{Enabled: true}}},
			}
			test.warehouse.ID, test.warehouse.Merchant, test.warehouse.Warehouse, test.warehouse.Store = "from-half", "acme", "half", "other"
			test.store.ID, test.store.Merchant, test.store.Warehouse, test.store.Store = "to-half", "acme", "ready", "half"
			definitions.Connections = append(definitions.Connections, test.warehouse, test.store)
			_, err = state.Apply(t.Context(), definitions, ledger.ApplyOptions{})
			require.NoError(t, err)

			var told bytes.Buffer
			err = checkDefinitions(t.Context(), state, slog.New(slog.NewTextHandler(&told, nil)))
			require.Contains(t, told.String(), "half")
			if !test.refused {
				require.NoError(t, err)
				require.Contains(t, told.String(), "warehouse half")
				require.Contains(t, told.String(), "store half")
				return
			}
			var wrong *startError
			require.ErrorAs(t, err, &wrong)
			require.ErrorContains(t, err, "MISSING_TOKEN")
		})
	}
}
