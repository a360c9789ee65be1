package ledger_test

import (
	"database/sql"
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// TestDefinitionsOfAnEarlierProgram: locations were once written with the names ID and Facilities. They are still read, and applying the
// same definitions changes nothing.
func TestDefinitionsOfAnEarlierProgram(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tidemark.db")
	state, err := ledger.Open(t.Context(), path, time.Now())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, state.Close()) })
	locations := []inventory.Location{{ID: "front", Facilities: []string{"east"}}}
	definitions := ledger.Definitions{
		Warehouses: []ledger.Warehouse{{ID: "depot", Merchant: "acme", Driver: "sandbox"}},
		Stores:     []ledger.Store{{ID: "shop", Merchant: "acme", Driver: "sandbox"}},
		Connections: []ledger.Connection{{
			ID: "acme-shop", Merchant: "acme", Warehouse: "depot", Store: "shop", Inventory: ledger.Flow{Locations: locations},
		}},
	}
	_, err = state.Apply(t.Context(), definitions, ledger.ApplyOptions{})
	require.NoError(t, err)

	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	result, err := db.ExecContext(t.Context(),
		`UPDATE connections SET definition = replace(definition, '{"id":"front","facilities":', '{"ID":"front","Facilities":')`)
	require.NoError(t, err)
	require.NoError(t, db.Close())
	changed, err := result.RowsAffected()
	require.NoError(t, err)
	require.Equal(t, int64(1), changed)

	connection, err := state.Connection(t.Context(), "acme-shop")
	require.NoError(t, err)
	require.Equal(t, locations, connection.Inventory.Locations)
	changes, err := state.Apply(t.Context(), definitions, ledger.ApplyOptions{})
	require.NoError(t, err)
	require.Empty(t, changes)
}

// The fields of a level that is shown as JSON have names in snake case, like all others.
func TestLevelsAsJSON(t *testing.T) {
	t.Parallel()
	six, at := int64(6), time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
	content, err := json.Marshal(ledger.LevelRow{
		Warehouse: "depot", Level: inventory.Level{Facility: "east", SKU: "A", Available: 5, OnHand: &six, ReportedAt: at}, Version: 3, RecordedAt: at,
	})
	require.NoError(t, err)
	require.JSONEq(t, `{
		"warehouse":"depot","facility":"east","sku":"A","available":5,"on_hand":6,
		"reported_at":"2026-03-01T12:00:00Z","version":3,"recorded_at":"2026-03-01T12:00:00Z"
	}`, string(content))
}
