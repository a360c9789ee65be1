package warehousetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses"
)

// refusesSecond fetches three rows of which the second is refused and the others are read, and returns why.
func (s Subject) refusesSecond(t *testing.T, stock []Item) *inventory.Refusal {
	t.Helper()
	got, _ := whole(t, s.Start(t, stock).Open(t), warehouses.Request{})
	require.Len(t, got.rows, 3)
	_, refusal := inventory.Accept(got.rows[1], inventory.QuantityAvailable)
	require.NotNil(t, refusal, "%q was read as %v", stock[1].Available, got.rows[1].Available)
	require.NotEmpty(t, refusal.Place)
	requireStock(t, []Item{stock[0], stock[2]}, []inventory.Row{got.rows[0], got.rows[2]})
	return refusal
}

// refusesPlaces: what is no facility refuses its row, which may be of any level of its SKU.
func (s Subject) refusesPlaces(t *testing.T) {
	for name, facility := range map[string]string{"invalid UTF-8": "e\xffast", "NUL": "e\x00ast"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stock := Stock(3)
			stock[1].Facility = facility
			refusal := s.refusesSecond(t, stock)
			require.True(t, refusal.UnreadableFacility || refusal.Facility == "", "the facility is %q", refusal.Facility)
		})
	}
}
