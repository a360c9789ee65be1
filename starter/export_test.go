package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/config"
	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

// What is exported from a ledger is the configuration that it was applied from: applied again, it changes nothing.
func TestAnExportChangesNothing(t *testing.T) {
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	example, err := filepath.Abs("../examples/demo.yaml")
	require.NoError(t, err)
	t.Chdir(t.TempDir())
	state, err := ledger.Open(t.Context(), "ledger.db", now)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, state.Close()) })
	definitions, _, err := config.Load(example, drivers(), config.Options{})
	require.NoError(t, err)
	_, err = state.Apply(t.Context(), definitions, ledger.ApplyOptions{})
	require.NoError(t, err)
	c := control.New(state, nil, func() time.Time { return now })
	export := func() control.Export {
		t.Helper()
		export, err := c.Export(t.Context())
		require.NoError(t, err)
		return export
	}
	changes := func(text string) []ledger.Change {
		t.Helper()
		require.NoError(t, os.WriteFile("tidemark.yaml", []byte(text), 0o600))
		again, warnings, err := config.Load("tidemark.yaml", drivers(), config.Options{})
		require.NoError(t, err, "%s", text)
		require.Empty(t, warnings)
		changes, err := state.Apply(t.Context(), again, ledger.ApplyOptions{DryRun: true})
		require.NoError(t, err)
		return changes
	}

	_, err = written(export(), "", false)
	require.ErrorContains(t, err, "the ledger has a catalogue")
	text, err := written(export(), "catalogue", false)
	require.NoError(t, err)
	require.Empty(t, changes(text), "%s", text)
	require.Contains(t, text, "file: \"catalogue/products-acme.csv\"")
	_, err = written(export(), "catalogue", false)
	require.ErrorContains(t, err, "products-acme.csv is there already")

	nightly := ledger.Schedule{Rules: []ledger.Rule{{Daily: "02:30"}}, Timezone: "Asia/Tokyo"}
	_, err = state.SetOverride(t.Context(), "acme-shop", ledger.Full, &ledger.Override{
		Schedule: nightly, Reason: "inventory\ncount", By: "ann", Since: now,
		Base: new(definitions.Connections[0].Inventory.Schedule(ledger.Full)),
	}, 0, now)
	require.NoError(t, err)
	text, err = written(export(), "later", false)
	require.NoError(t, err)
	require.Equal(t, []ledger.Change{{Action: "changed", Kind: "connection", ID: "acme-shop", Detail: "inventory"}}, changes(text))
	text, err = written(export(), "", true)
	require.NoError(t, err)
	require.Contains(t, text, "  - id: acme-shop\n    inventory:\n      smart:\n        - every: 60m\n      # overridden by ann (inventory count), since")
	require.Contains(t, text, "      full:\n        - daily: \"02:30\"\n      timezone: America/Los_Angeles\n      timezones: {full: Asia/Tokyo}\n")
	require.Contains(t, text, "  - id: acme-outlet\n    inventory:\n      timezone: UTC\n", "what nobody sets is left out")
}
