package activities

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses/csv"
)

// TestARowWithoutALevelIsPassedOver: such a row is neither recorded nor refused, and its SKU counts as not named by the snapshot.
func TestARowWithoutALevelIsPassedOver(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.source.rows = []inventory.Row{
		{SKU: "BIKE", Facility: "east", Available: new(int64(5))},
		{SKU: "BELL", Facility: "east", NoAvailable: true, OnHand: new(int64(9))},
	}
	result, err := w.fetch(w.take("north", ledger.Full), "north", nil)
	require.NoError(t, err)
	require.Equal(t, int64(1), result.Rows)
	require.Zero(t, result.Refused)
	require.Equal(t, map[string]int64{"BIKE": 5}, w.available())
}

// TestNewSettingsReadOtherwise: with other settings the same bytes mean other levels, so the next fetch reads everything again.
func TestNewSettingsReadOtherwise(t *testing.T) {
	t.Parallel()
	usual, problems := csv.Spec.Check(settings.Values{"path": "stock.csv"})
	require.Empty(t, problems)
	plain := ledger.Warehouse{ID: "depot", Driver: "csv", Settings: usual}
	for _, other := range []map[string]any{
		{"thousands": ","},
		{"decimal": ","},
		{"texts": map[string]any{"n/a": "none"}},
		{"undress": true},
		{"negatives": "accounting"},
		{"quotes": "none"},
		{"header_line": 2},
		{"header": "auto"},
		{"skip_rows": "Total*"},
		{"stop_at": "Total*"},
		{"short_rows": "accept"},
		{"long_rows": "accept"},
	} {
		other["path"] = "stock.csv"
		values, problems := csv.Spec.Check(other)
		require.Empty(t, problems)
		changed := ledger.Warehouse{ID: "depot", Driver: "csv", Settings: values}
		require.False(t, plain.ReadsLike(changed), other)

		stored, err := json.Marshal(values)
		require.NoError(t, err)
		again := ledger.Warehouse{ID: "depot", Driver: "csv"}
		require.NoError(t, json.Unmarshal(stored, &again.Settings))
		require.True(t, changed.ReadsLike(again), "as it is stored it is the same")
	}
}
