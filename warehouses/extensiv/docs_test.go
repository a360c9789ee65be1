package extensiv

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
	for _, one := range warehousetest.Examples(t, "../../docs/warehouses/extensiv.md") {
		values := settings.Values{"client_id": "x", "client_secret": "env:X", "user_login_id": "1"}
		maps.Copy(values, one.Settings)
		s, err := newSource("depot", values, warehousetest.Environment())
		require.NoError(t, err, one.Name)
		s = s.afresh()
		p, err := decodePage([]byte(one.Text), "page 1", s.form, nil)
		require.NoError(t, err, one.Name)
		one.RequireRead(t, p.rows)
	}
}
