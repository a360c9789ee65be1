package csv_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/csv"
)

// A folder takes a full file every night and a delta every few minutes. Each fetch reads one file.
func Example_folder() {
	folder, err := os.MkdirTemp("", "stock")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	for name, text := range map[string]string{
		"full-20260301.csv":       "Item;Free\nBIKE;12\nHELMET;7\n",
		"delta-20260301-0915.csv": "Item;Free\nBIKE;11\n",
		"delta-20260301-0930.csv": "Item;Free\nHELMET;about 5\nBIKE;10\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			panic(err)
		}
	}

	source, err := csv.Open("portland", settings.Values{
		"path": folder, "full_pattern": "full-*.csv", "delta_pattern": "delta-*.csv",
		"delimiter": ";", "columns": map[string]any{"sku": "Item", "available": "Free"},
	}, settings.Process())
	if err != nil {
		panic(err)
	}
	for cursor, more := "", true; more; {
		snapshot, err := source.Fetch(context.Background(), warehouses.Request{Cursor: cursor}, func(_ context.Context, rows []inventory.Row) error {
			for _, row := range rows {
				if row.Problem != "" {
					fmt.Printf("  %s: %s\n", row.Place, strings.ReplaceAll(row.Problem, "; ", ";\n    "))
					continue
				}
				fmt.Printf("  %s: %s has %d\n", row.Place, row.SKU, *row.Available)
			}
			return nil
		})
		if err != nil {
			panic(err)
		}
		fmt.Printf("full: %t, rows: %d\n", snapshot.Full, snapshot.Rows)
		cursor, more = snapshot.Cursor, snapshot.More
	}
	// Output:
	//   full-20260301.csv:2: BIKE has 12
	//   full-20260301.csv:3: HELMET has 7
	// full: true, rows: 2
	//   delta-20260301-0915.csv:2: BIKE has 11
	// full: false, rows: 1
	//   delta-20260301-0930.csv:2: available: "about 5" is not a whole number;
	//     if it stands for one, set texts: {"about 5": NUMBER}, or none where it means that there is no level
	//   delta-20260301-0930.csv:3: BIKE has 10
	// full: false, rows: 2
}
