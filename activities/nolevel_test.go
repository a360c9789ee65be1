package activities

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// TestARowWithoutALevelIsPassedOver: it is neither recorded nor refused, and counts as a SKU that the snapshot does not name.
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
