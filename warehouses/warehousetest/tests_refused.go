package warehousetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses"
)

// refusesPlaces: what is no facility refuses its row, which may be of any level of its SKU.
func (s Subject) refusesPlaces(t *testing.T) {
	for name, facility := range map[string]string{"invalid UTF-8": "e\xffast", "NUL": "e\x00ast"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stock := Stock(3)
			stock[1].Facility = facility
			got, _ := whole(t, s.Start(t, stock).Open(t), warehouses.Request{})
			require.Len(t, got.rows, 3)
			_, refusal := inventory.Accept(got.rows[1], inventory.QuantityAvailable)
			require.NotNil(t, refusal)
			require.True(t, refusal.UnreadableFacility || refusal.Facility == "", "the facility is %q", refusal.Facility)
			requireStock(t, []Item{stock[0], stock[2]}, []inventory.Row{got.rows[0], got.rows[2]})
		})
	}
}
