package shiphero

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

// TestExamplesOfThePage: the page's settings read the page's answers as it says.
func TestExamplesOfThePage(t *testing.T) {
	t.Parallel()
	for _, one := range warehousetest.Examples(t, "../../docs/warehouses/shiphero.md") {
		values := settings.Values{"refresh_token": "env:X"}
		maps.Copy(values, one.Settings)
		s, err := newSource("depot", values, warehousetest.Environment())
		require.NoError(t, err, one.Name)
		s = s.afresh()
		p, err := decodePage([]byte(one.Text), 1, s.warehouse, s.figures, nil)
		require.NoError(t, err, one.Name)
		one.RequireRead(t, p.rows)
	}
}
