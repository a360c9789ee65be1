package config_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/config"
)

func TestAllMistakesAreToldInOrder(t *testing.T) {
	t.Parallel()
	path := setup(t, map[string]string{
		"tidemark.yaml": `strategies:
  - {merchant: acme, warehouse: portland, buffer_percent: 200}
connections:
  - {id: shop, merchant: acme, warehouse: portland, store: acme-shop, overlap: skip}
stores:
  - {id: acme-shop, merchant: acme, driver: creatr}
warehouses:
  - {id: portland, merchant: acme, driver: folder, settings: {path: 7}}
catalog:
  products: [{file: products.csv, merchant: acme}]
`,
		"products.csv": "sku\n\"\"\nBIKE\nBIKE\n",
	})
	require.Equal(t, []string{
		`tidemark.yaml:2:59: buffer_percent of the strategy of portland: expected a number from 0 to 100 like 10 or 2.5, without a % sign, found 200`,
		`tidemark.yaml:4:71: connection shop has no setting "overlap"; it has id, merchant, warehouse, store, enabled, inventory`,
		`tidemark.yaml:6:45: driver of store acme-shop: there is no store driver "creatr"; there are creator, shop; did you mean "creator"?`,
		`tidemark.yaml:8:63: settings of warehouse portland: path of folder: expected text, found a number`,
		`products.csv:2:1: the sku is empty; expected an SKU`,
		`products.csv:4:1: product "BIKE" is defined twice, first on line 3; keep one of them`,
	}, told(t, path, config.Options{}))
}

// TestAMistakeIsNotToldAgainByWhatRefersToIt changes the sections that others refer to, so that nothing in them can be read.
func TestAMistakeIsNotToldAgainByWhatRefersToIt(t *testing.T) {
	t.Parallel()
	full := strategy("  - {merchant: acme, warehouse: portland, distribution: priority, priority: [shop]}\n")
	for _, test := range []struct{ old, broken string }{
		{"warehouses:", "warehouse:"},
		{"warehouses:", "sources:"},
		{"stores:", "shops:"},
		{"connections:", "conections:"},
		{"  - id: portland\n", "  - id: Portland\n"},
		{"  - id: portland\n    merchant: acme\n", "  - id: portland\n"},
		{"  - id: shop\n", "  - id: 5\n"},
		{"  - id: acme-shop\n", "  - name: acme-shop\n    id: [acme-shop]\n"},
	} {
		t.Run(test.broken, func(t *testing.T) {
			t.Parallel()
			path := setup(t, map[string]string{"tidemark.yaml": strings.Replace(full, test.old, test.broken, 1)})
			mistakes := told(t, path, config.Options{})
			for _, mistake := range mistakes {
				require.NotContains(t, mistake, "which is not defined")
			}
			require.LessOrEqual(t, len(mistakes), 2)
		})
	}
}

func TestSecretsAreNotRepeated(t *testing.T) {
	t.Parallel()
	const secret = "hunter2"
	for _, text := range []string{
		with("env:DEPOT_TOKEN", secret),
		with("token: env:DEPOT_TOKEN", "token: ["+secret+"]"),
		with("token: env:DEPOT_TOKEN", "token: {"+secret+": "+secret+"}"),
		with("token: env:DEPOT_TOKEN", "tokn: "+secret),
		with("token: env:DEPOT_TOKEN", "token: env:DEPOT_TOKEN\n      token: "+secret),
		with("token: env:DEPOT_TOKEN", "token: &a "+secret),
		with("token: env:DEPOT_TOKEN", "token: *"+secret),
		with("token: env:DEPOT_TOKEN", "token: "+secret+": x"),
		with("token: env:DEPOT_TOKEN", "token: \""+secret),
		with("token: env:DEPOT_TOKEN", "token: '"+secret+"' x"),
		with("token: env:DEPOT_TOKEN", "token: @"+secret),
		with("token: env:DEPOT_TOKEN", "token: env:DEPOT_TOKEN\n      page: "+secret),
		with("settings: {token: \"env:SHOP_TOKEN\"}", "settings: "+secret),
		with("https://depot.example/api/", "https://me:"+secret+"@depot.example"),
	} {
		path := setup(t, map[string]string{"tidemark.yaml": text})
		mistakes := told(t, path, config.Options{})
		require.NotEmpty(t, mistakes, text)
		require.NotContains(t, strings.Join(mistakes, "\n"), secret)
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for path, want := range map[string]string{
		filepath.Join(folder, "none.yaml"): "there is no such file; check the path",
		folder:                             "the file cannot be read: is a directory",
	} {
		_, _, err := config.Load(path, drivers, config.Options{})
		require.Equal(t, config.Errors{{File: path, Message: want}}, err)
		require.Equal(t, path+": "+want, err.Error())
	}
	large := filepath.Join(folder, "large.yaml")
	require.NoError(t, os.WriteFile(large, []byte(strings.Repeat("# filler\n", 1<<19)), 0o600))
	_, _, err := config.Load(large, drivers, config.Options{})
	require.EqualError(t, err, large+": the file is larger than 4 MiB; move catalogues into CSV files and name these under catalog")
}

// FuzzParse holds that no text makes the reader panic, and that every error has a place within the text.
func FuzzParse(f *testing.F) {
	f.Add(base)
	f.Add(catalogue)
	f.Add(flow("      smart: [{flexible: {every: 60m, from: 8, to: 18, days: [mon]}}, {hourly: {every: 2}}]\n      full: [{daily: \"01:00\"}]\n"))
	f.Add(strategy("  - {merchant: acme, warehouse: portland, distribution: weighted, weights: {shop: 3}}\n"))
	for _, test := range invalidForms {
		f.Add(test.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "file") {
			t.Skip("files of this machine are not to be read")
		}
		definitions, _, err := config.Parse("tidemark.yaml", []byte(text), drivers, config.Options{})
		if err == nil {
			for _, connection := range definitions.Connections {
				if connection.ID == "" || connection.Store == "" || connection.Warehouse == "" {
					t.Fatalf("an incomplete connection was let through: %+v", connection)
				}
			}
			return
		}
		var mistakes config.Errors
		if !errors.As(err, &mistakes) || len(mistakes) == 0 {
			t.Fatalf("%T", err)
		}
		lines := strings.Count(text, "\n") + 1
		for _, mistake := range mistakes {
			if mistake.Line < 1 || mistake.Column < 1 || mistake.Line > lines+1 {
				t.Fatalf("no place in a text of %d lines: %s", lines, mistake)
			}
		}
	})
}

func ExampleParse() {
	text := `warehouses:
  - id: portland
    merchant: acme
    driver: folder
    settings: {path: /stock}
    quantity: onhand
`
	_, _, err := config.Parse("tidemark.yaml", []byte(text), drivers, config.Options{})
	fmt.Println(err)
	// Output:
	// tidemark.yaml:6:15: quantity of warehouse portland: expected available or on_hand, found "onhand"; did you mean "on_hand"?
}
