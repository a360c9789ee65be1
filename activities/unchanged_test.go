package activities

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// When the source has nothing new, the result says since when, and how many levels there are.
func TestAnUnchangedWarehouseSaysSinceWhen(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.source.rows = append(w.source.rows, inventory.Row{SKU: "BELL", Facility: "east", Available: new(int64(5))})
	north, south := w.take("north", ledger.Full), w.take("south", ledger.Full)
	_, err := w.fetch(north, "north", nil)
	require.NoError(t, err)
	read := w.now
	w.now, w.source.still = noon.Add(time.Hour), true
	again, err := w.fetch(south, "south", nil)
	require.NoError(t, err)
	require.True(t, again.Unchanged)
	require.NotNil(t, again.UnchangedSince)
	require.True(t, read.Equal(*again.UnchangedSince))
	require.EqualValues(t, 2, again.UnchangedLevels)
	w.source.still = false
	changed, err := w.fetch(north, "north", nil)
	require.NoError(t, err)
	require.False(t, changed.Unchanged)
	require.Nil(t, changed.UnchangedSince)
}
