package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/config"
	"github.com/tidemark/tidemark/warehouses"
	warehousesall "github.com/tidemark/tidemark/warehouses/all"
)

// run runs starter with some arguments and returns what it prints.
func run(t testing.TB, arguments ...string) (string, error) {
	t.Helper()
	shared := &session{output: "text"}
	var out bytes.Buffer
	shared.out = &out
	command := checkCommand(shared)
	command.SetArgs(arguments)
	command.SilenceUsage, command.SilenceErrors = true, true
	command.Flags().StringVarP(&shared.output, "output", "o", "text", "")
	err := command.ExecuteContext(t.Context())
	return out.String(), err
}

// configured writes a configuration of one warehouse that reads a file, and returns its path.
func configured(t testing.TB, stock string) (file string) {
	t.Helper()
	folder := t.TempDir()
	path := filepath.Join(folder, "stock.csv")
	require.NoError(t, os.WriteFile(path, []byte(stock), 0o600))
	file = filepath.Join(folder, "tidemark.yaml")
	text := fmt.Sprintf(`warehouses:
  - id: main
    merchant: acme
    driver: csv
    settings: {path: %q}
stores:
  - {id: shop, merchant: acme, driver: sandbox, settings: {endpoint: "http://127.0.0.1:1/stores/shop", token: "env:NO_SUCH_VARIABLE", kind: atomic}}
`, path)
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return file
}

// TestSuggestedYAMLReadsTheFile: what --suggest prints can be put in place of the warehouse, and then nothing is suggested.
func TestSuggestedYAMLReadsTheFile(t *testing.T) {
	t.Parallel()
	file := configured(t, "Stock list;;\n\nArtikelnummer;Bestand;Name\n=\"007\";1.250,00;Bike 26\"\nB;0,00;Bell\nC;12;Lamp\nD;Sold out;\n")
	out, err := run(t, "main", "--file", file, "--suggest")
	require.NoError(t, err)
	for _, want := range []string{
		"warehouses:\n  - id: main\n    merchant: acme\n    driver: csv\n    settings:\n      path: ",
		"\n      header_line: 3\n", "\n      columns: {available: Bestand, sku: Artikelnummer}\n", "\n      delimiter: \";\"\n", "\n      thousands: \".\"\n",
		"\n      undress: true\n", "\n      # texts: {\"Sold out\": ?}\n",
	} {
		require.Contains(t, out, want)
	}
	require.NotContains(t, out, "guard", "what is as usual is left out")
	definitions, _, err := config.Parse(file, []byte(out), drivers(), config.Options{})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, []byte(strings.Replace(out, `# texts: {"Sold out": ?}`, `texts: {"Sold out": 0}`, 1)), 0o600))
	require.Len(t, definitions.Warehouses, 1)

	out, err = run(t, "main", "--file", file)
	require.NoError(t, err)
	require.Contains(t, out, "warehouse main (csv): ok, 4 rows read\n")
	require.NotContains(t, out, "suggested settings")
	require.Contains(t, out, "  1250   007  (no facility)  stock.csv:4\n")
}

// TestCheckReports: the report is for people, no wider than a page, and names each kind, each place and each setting.
func TestCheckReports(t *testing.T) {
	t.Parallel()
	file := configured(t, "sku,site,available\nA,main,1\nB,main,\"1,000\"\nC,main,2\nD,main,x\x1b[31m\u202ey\n")
	out, err := run(t, "main", "--file", file)
	require.NoError(t, err)
	for _, want := range []string{
		"warehouse main (csv): 2 of 4 rows are refused\n", "  4 rows looked at: 2 with a figure that counts, 2 refused\n",
		"columns, by line 1\n  NAME       READ AS     HOLDS\n  sku        sku         A, B, C\n  site       (not used)  main\n",
		"  1 row: the figure can be read as two numbers\n    - stock.csv:3, SKU B: available \"1,000\"\n",
		"  1 row: a text stands where a figure is expected\n    - stock.csv:5, SKU D: available \"x\\u001b[31m\\u202ey\"\n",
		"         thousands: \",\"\n       reads \"1,000\" as 1000\n       or\n         decimal: \",\"\n       reads \"1,000\" as 1\n",
		"suggested settings\n  1. 1 row: a figure like \"1,000\" can be read only with a setting, and it is not certain which\n     number is meant; you decide:\n",
		"columns: {facility: site}", "starter check main --suggest prints them as YAML to paste\n",
	} {
		require.Contains(t, out, want)
	}
	require.NotContains(t, out, "\x1b")
	for line := range strings.Lines(out) {
		require.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")), 100, line)
	}
	out, err = run(t, "main", "--file", file, "-o", "json")
	require.NoError(t, err)
	require.Contains(t, out, `"kind": "ambiguous number"`)
	require.Contains(t, out, `"suggestions": [`)
	require.NotContains(t, out, "null")
}

// TestCheckOfWhatIsNotThere: wrong use says what is wrong and what to do.
func TestCheckOfWhatIsNotThere(t *testing.T) {
	t.Parallel()
	file := configured(t, "Nothing here\nthat is stock\n")
	gone := configured(t, "")
	require.NoError(t, os.Remove(filepath.Join(filepath.Dir(gone), "stock.csv")))
	for name, test := range map[string]struct {
		arguments []string
		usage     bool
		says      string
	}{
		"no such warehouse":      {[]string{"mian", "--file", file}, true, `there is no store and no warehouse "mian"; ` + file + " has none of that id"},
		"a store's suggestions":  {[]string{"shop", "--file", file, "--suggest"}, true, `"shop" is a store; --suggest is for warehouses`},
		"a credential":           {[]string{"shop", "--file", file}, false, "NO_SUCH_VARIABLE"},
		"no file":                {[]string{"main", "--file", gone}, false, "stock.csv is not there; check the setting path"},
		"no file to suggest for": {[]string{"main", "--file", gone, "--suggest"}, false, "stock.csv is not there; check the setting path"},
		"nothing to suggest":     {[]string{"main", "--file", file, "--suggest"}, false, `there is no column "sku"`},
		"it cannot be read":      {[]string{"main", "--file", file}, false, "warehouse main cannot be read as it is set; its report says why"},
		"no configuration":       {[]string{"main", "--file", file + "x"}, true, "there is no such file"},
		"JSON and YAML":          {[]string{"main", "--file", file, "--suggest", "-o", "json"}, true, "--suggest prints YAML"},
		"no rows":                {[]string{"main", "--file", file, "--rows", "0"}, true, "--rows 0 is not above 0"},
		"no time":                {[]string{"main", "--file", file, "--within", "0s"}, true, "--within 0s is not above 0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := run(t, test.arguments...)
			require.ErrorContains(t, err, test.says)
			require.Equal(t, test.usage, exitCode(err) == exitUsage)
			if !strings.Contains(name, "cannot") {
				require.Empty(t, out)
			}
		})
	}
}

// TestYAMLOfAWarehouse: what stands beside the settings is kept.
func TestYAMLOfAWarehouse(t *testing.T) {
	t.Parallel()
	const text = `warehouses:
  - id: "on"
    merchant: acme
    driver: json
    settings:
      endpoint: https://wms.example.com/stock
      auth: bearer
      credential: env:WMS_TOKEN
      fields: {"sku": "item.code", available: qty}
      query: {"a: b": "# c", "?": "?"}
      texts: {"": none, "n/a": none, "Sold out": 0, "?": 4}
      pause: 2s
    quantity: on_hand
    missing: zero
    refused: zero
    repeated: sum
    freshness: 5m
    guard: {minimum_rows: 12.5%, maximum_refused: 1%, maximum_missing: 2%, maximum_zeroed: 3%, decide_within: 60m}
    hook: {format: bearer, keys: ["env:ONE", "file:/run/two"]}
`
	before, _, err := config.Parse("tidemark.yaml", []byte(text), drivers(), config.Options{})
	require.NoError(t, err)
	one := before.Warehouses[0]
	written := suggestedYAML(one, warehousesall.Specs()[one.Driver], warehouses.Advice{Settings: one.Settings})
	after, _, err := config.Parse("tidemark.yaml", []byte(written), drivers(), config.Options{})
	require.NoError(t, err, written)
	require.Equal(t, before, after)
}

// FuzzSuggestedYAML: whatever a file and its settings hold, what is printed is a configuration that means them.
func FuzzSuggestedYAML(f *testing.F) {
	f.Add("Sold out", "A B", "x")
	f.Add("?", "true", "#: {}")
	f.Add("\u202e\x7f", "\u2028\n", "a\tb\\\"")
	f.Add("😀\U000e0001", "'", "")
	f.Fuzz(func(t *testing.T, text, column, pattern string) {
		for _, item := range []string{text, column, pattern} {
			if !utf8.ValidString(item) {
				t.Skip("a configuration holds valid UTF-8 only")
			}
		}
		raw := map[string]any{"path": "/data/stock.csv", "columns": map[string]any{"sku": column}, "texts": map[string]any{text: "none"}, "skip_rows": pattern}
		spec := warehousesall.Specs()["csv"]
		values, problems := spec.Check(raw)
		if len(problems) > 0 {
			t.Skip("no settings")
		}
		warehouse := usualWarehouse()
		advice := warehouses.Advice{Settings: values, Suggestions: []warehouses.Suggestion{{
			Why: text, Decide: true, Ways: []warehouses.Way{{Settings: []warehouses.Setting{{Name: "columns", Value: map[string]string{pattern: text}}}, Reads: column}},
		}, {Why: column, Ways: []warehouses.Way{{Settings: []warehouses.Setting{{Name: "texts", Value: map[string]string{}}}, Reads: pattern}}}}}
		written := suggestedYAML(warehouse, spec, advice)
		require.NotContains(t, written, "\u202e")
		definitions, _, err := config.Parse("tidemark.yaml", []byte(written), drivers(), config.Options{})
		require.NoError(t, err, written)
		require.Equal(t, values, definitions.Warehouses[0].Settings, written)
	})
}
