package jsonapi_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/jsonapi"
)

// A source passes on rows as they come, page by page, and says at the end what it has read. A row that cannot be read says why; it is refused,
// and the others count.
func Example() {
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"total": 2, "data": [{"code": "BIKE", "site": "lyon", "free": 12}, {"code": "BELL", "site": "lyon", "free": "soon"}]}`)
	}))
	defer api.Close()

	source, err := jsonapi.Driver().Open("lyon", settings.Values{
		"endpoint": api.URL, "items": "data", "total": "total",
		"fields": map[string]any{"sku": "code", "facility": "site", "available": "free"},
	}, settings.Process())
	if err != nil {
		panic(err)
	}
	snapshot, err := source.Fetch(context.Background(), warehouses.Request{}, func(_ context.Context, rows []inventory.Row) error {
		for _, row := range rows {
			if row.Problem != "" {
				fmt.Println(row.SKU, "is refused:", row.Problem)
				continue
			}
			fmt.Println(row.SKU, "in", row.Facility, "has", *row.Available)
		}
		return nil
	})
	if err != nil {
		panic(err)
	}
	fmt.Println("rows:", snapshot.Rows, "full:", snapshot.Full)
	// Output:
	// BIKE in lyon has 12
	// BELL is refused: available: "soon" is not a whole number; if it stands for one, set texts: {"soon": NUMBER}, or none where it means that there is no level
	// rows: 2 full: true
}
