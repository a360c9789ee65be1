package shipbob

import (
	"testing"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

// TestExamplesOfThePage: the page's settings read the page's answers as it says.
func TestExamplesOfThePage(t *testing.T) {
	t.Parallel()
	needed := settings.Values{"token": "env:X"}
	warehousetest.RequireExamplesRead(t, "../../docs/warehouses/shipbob.md", needed, func(values settings.Values, text []byte) ([]inventory.Row, error) {
		opened, err := Driver().Open("depot", values, warehousetest.Environment())
		if err != nil {
			return nil, err
		}
		p, err := decodePage(text, 1, opened.(*source).afresh(nil).form, nil)
		return p.rows, err
	})
}
