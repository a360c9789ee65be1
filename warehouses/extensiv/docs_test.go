package extensiv

import (
	"testing"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

// TestExamplesOfThePage: the page's settings read the page's answers as it says.
func TestExamplesOfThePage(t *testing.T) {
	t.Parallel()
	needed := settings.Values{"client_id": "x", "client_secret": "env:X", "user_login_id": "1"}
	warehousetest.RequireExamplesRead(t, "../../docs/warehouses/extensiv.md", needed, func(values settings.Values, text []byte) ([]inventory.Row, error) {
		opened, err := Driver().Open("depot", values, warehousetest.Environment())
		if err != nil {
			return nil, err
		}
		p, err := decodePage(text, "page 1", opened.(*source).afresh(nil).form, nil)
		return p.rows, err
	})
}
