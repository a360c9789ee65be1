package ledger

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
)

// When a listing of one product and another product without a listing have the same place, the listing gets the row, whichever comes first.
func TestWhereAListingMeetsAnUnlistedProduct(t *testing.T) {
	t.Parallel()
	resolution := func(product string, listed bool) Resolution {
		return Resolution{Affected: Affected{Product: product}, Levels: []inventory.ChannelLevel{{ChannelSKU: "B", Why: inventory.Explanation{Listed: listed}}}}
	}
	listed, unlisted := resolution("A", true), resolution("B", false)
	for _, page := range [][]Resolution{{listed, unlisted}, {unlisted, listed}} {
		levels, err := resolvedLevels(page)
		require.NoError(t, err)
		require.Len(t, levels, 1)
		require.Equal(t, "A", levels[place{channelSKU: "B"}].product)
	}
}
