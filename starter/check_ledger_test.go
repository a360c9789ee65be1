package main

import (
	"bytes"
	"database/sql"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// usedLedger is a file with a run that has pushed, a bundle, and a preview.
func usedLedger(t *testing.T) string {
	t.Helper()
	path, now := filepath.Join(t.TempDir(), "tidemark.db"), time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	state, err := ledger.Open(t.Context(), path, now)
	require.NoError(t, err)
	_, err = state.Apply(t.Context(), ledger.Definitions{
		Warehouses: []ledger.Warehouse{{ID: "depot", Merchant: "acme", Driver: "sandbox", Quantity: inventory.QuantityAvailable, Missing: inventory.MissingKeep}},
		Stores:     []ledger.Store{{ID: "shop", Merchant: "acme", Driver: "sandbox"}},
		Connections: []ledger.Connection{{
			ID: "one", Merchant: "acme", Warehouse: "depot", Store: "shop", Enabled: true,
			Inventory: ledger.Flow{Enabled: true, Timezone: "UTC", Unlisted: inventory.UnlistedPush},
		}},
		Bundles: []ledger.BundleDefinition{{Merchant: "acme", Bundle: inventory.Bundle{SKU: "PACK", Components: []inventory.Component{
			{SKU: "BIKE", Count: 2},
			{SKU: "BELL", Count: 1},
		}}}},
	}, ledger.ApplyOptions{})
	require.NoError(t, err)
	grant, err := state.Begin(t.Context(), ledger.Claim{
		Connection: "one", Mode: ledger.Smart, Trigger: ledger.TriggerRequest, Workflow: "smart-sync/one",
		WorkflowRun: "run", Now: now,
	})
	require.NoError(t, err)
	lease := grant.Lease
	snapshot, err := state.Stage(t.Context(), lease, ledger.SnapshotStart{Warehouse: "depot", Now: now})
	require.NoError(t, err)
	require.NoError(t, state.StageRows(t.Context(), snapshot, []inventory.Level{{SKU: "BIKE", Available: 7}, {SKU: "BELL", Available: 3}}, nil))
	_, err = state.Record(t.Context(), lease, snapshot, ledger.SnapshotEnd{Full: true, Rows: 2, Now: now})
	require.NoError(t, err)
	plan, err := state.Plan(t.Context(), "one", ledger.Smart)
	require.NoError(t, err)
	affected, err := state.Affected(t.Context(), plan, nil, "", 100)
	require.NoError(t, err)
	var names []string
	for _, item := range affected {
		names = append(names, item.Product)
	}
	inputs, err := state.Inputs(t.Context(), plan, names)
	require.NoError(t, err)
	var page []ledger.Resolution
	for i, input := range inputs {
		page = append(page, ledger.Resolution{Affected: affected[i], Levels: inventory.Resolve(input)})
	}
	_, err = state.Resolve(t.Context(), lease, plan, page, now)
	require.NoError(t, err)
	require.NoError(t, state.AdvanceCursor(t.Context(), lease, plan))
	require.NoError(t, state.KeepPreview(t.Context(), lease, ledger.Preview{
		Run: lease.Run, Connection: "one", MadeAt: now, ExpiresAt: now.Add(time.Hour),
		PreviewCounts: ledger.PreviewCounts{New: 1},
	},
		[]ledger.PreviewRow{{Product: "BIKE", ChannelSKU: "BIKE", Would: 7, Move: ledger.PreviewNew}}))
	due, err := state.NextDue(t.Context(), ledger.DueQuery{Connection: "one", Run: lease.Run, MaximumTries: 5, Limit: 1})
	require.NoError(t, err)
	require.Len(t, due, 1)
	require.NoError(t, state.Intend(t.Context(), lease, ledger.Intent{Key: "call", Body: []byte("{}"), Items: due, Deadline: now.Add(time.Minute), Now: now}))
	require.NoError(t, state.Close())
	return path
}

// checked is what starter check says of a ledger.
func checked(t *testing.T, path string, more ...string) (string, error) {
	t.Helper()
	shared, out := &session{}, &bytes.Buffer{}
	shared.out = out
	root := commandOf(shared)
	root.SetArgs(append([]string{"check", "--ledger", path}, more...))
	root.SetOut(io.Discard)
	err := root.ExecuteContext(control.WithActor(t.Context(), commandLine()))
	return out.String(), err
}

// Each figure that is kept is found and named when it is wrong, with what to do.
func TestCheckOfTheLedger(t *testing.T) {
	t.Parallel()
	sound := usedLedger(t)
	text, err := checked(t, sound)
	require.NoError(t, err)
	require.Contains(t, text, "connection one: 3 rows: 2 pending, 1 unknown")
	require.Contains(t, text, "figures counted again: all are right")
	for statement, want := range map[string]string{
		"UPDATE warehouses SET level_version = " +
			"0": "warehouse depot: the newest level version is kept as 0, and a recount says 1; it must not be below that",
		"UPDATE state SET definitions = 0": "the ledger: the newest definition version is kept as 0",
		"UPDATE connections SET cursor_levels = " +
			"9": "connection one: the level version that it has resolved is kept as 9, and a recount says 1; it must not be above that. What " +
			"to do: run starter sync full for it",
		"UPDATE connections SET cursor_definitions = 99": "connection one: the definition version that it has resolved is kept as 99",
		"UPDATE calls SET closed_at = 1": "connection one: the number of rows that wait for the answer to an open call is kept " +
			"as 1, and a recount says 0; it must be the same. What to do: stop every process",
		"UPDATE runs SET ended_at = 1, outcome = 'completed'": "store shop: the number of runs that have it is kept as 1, and a recount says 0",
		"DELETE FROM bundle_components WHERE component = " +
			"'BELL'": "bundle PACK of acme: the number of its components by which it is found is kept as 1, and a recount says 2; it must be the same. " +
			"What to do: take the bundle out",
		"INSERT INTO bundle_components VALUES ('acme', 'BIKE', " +
			"'GHOST')": "bundle GHOST of acme: the number of its components by which it is found is kept as 1, and a recount says 0",
		"UPDATE previews SET raised = 4": "connection one: the number of rows of its preview whose move is raise is kept as 4, " +
			"and a recount says 0; it must be the same. What to do: make the dry run again",
		"UPDATE previews SET first = 0": "connection one: the number of rows of its preview whose move is new is kept as 0, " +
			"and a recount says 1",
		"UPDATE previews SET lowered = 1": "connection one: the number of rows of its preview whose move is lower is kept as 1",
		"UPDATE previews SET zeroed = 1":  "connection one: the number of rows of its preview whose move is zero is kept as 1",
		"UPDATE previews SET blocked = 1": "connection one: the number of rows of its preview whose move is blocked is kept as 1",
	} {
		path := filepath.Join(t.TempDir(), "tidemark.db")
		for _, suffix := range []string{"", ".generation"} {
			content, err := os.ReadFile(sound + suffix)
			if suffix != "" && errors.Is(err, os.ErrNotExist) {
				continue
			}
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(path+suffix, content, 0o600))
		}
		db, err := sql.Open("sqlite", path)
		require.NoError(t, err)
		_, err = db.ExecContext(t.Context(), statement)
		require.NoError(t, err, statement)
		require.NoError(t, db.Close())
		text, err := checked(t, path)
		require.Contains(t, text, "WRONG "+want, statement)
		require.ErrorContains(t, err, "of the ledger", statement)
		require.Equal(t, exitFailed, exitCode(err))
	}
	text, err = checked(t, sound, "-o", "json")
	require.NoError(t, err)
	require.Contains(t, text, `"wrong": []`)
	_, err = checked(t, sound, "--suggest")
	require.Equal(t, exitUsage, exitCode(err))
	_, err = checked(t, sound, "nobody")
	require.Equal(t, exitUsage, exitCode(err))
}
