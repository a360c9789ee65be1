package warehousetest

import (
	"fmt"
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/settings"
)

// Example is a file or a response as people have it, in the page of a driver: a heading, the text and the settings that read it, each between
// fences, and a table of what is read.
type Example struct {
	Name     string
	Form     string // of the text, like csv, as its fence says
	Text     string
	Settings settings.Values
	table    []string
}

// Examples are those of a page. Each source's page begins with three.
func Examples(t *testing.T, page string) []Example {
	t.Helper()
	content, err := os.ReadFile(page)
	require.NoError(t, err)
	_, section, ok := strings.Cut(string(content), "\n## Three ")
	require.True(t, ok, "%s has no section of three examples", page)
	section, _, _ = strings.Cut(section, "\n## ")
	var all []Example
	for _, part := range strings.Split(section, "\n### ")[1:] {
		example := Example{}
		example.Name, part, _ = strings.Cut(part, "\n")
		fences := strings.Split(part, "```")
		require.Len(t, fences, 5, "%s: %s has a text and its settings", page, example.Name)
		example.Form, example.Text, _ = strings.Cut(fences[1], "\n")
		_, written, _ := strings.Cut(fences[3], "\n")
		require.NoError(t, yaml.Unmarshal([]byte(written), &example.Settings), "%s: %s", page, example.Name)
		for line := range strings.Lines(fences[4]) {
			if strings.HasPrefix(line, "| `") {
				example.table = append(example.table, strings.TrimSpace(line))
			}
		}
		require.NotEmpty(t, example.table, "%s: %s says what is read", page, example.Name)
		all = append(all, example)
	}
	require.Len(t, all, 3, page)
	return all
}

// RequireExamplesRead checks that the settings of a page's examples read their texts as the page says. Every example's settings are added to
// those that the driver needs besides; read reads a text with them.
func RequireExamplesRead(t *testing.T, page string, needed settings.Values, read func(values settings.Values, text []byte) ([]inventory.Row, error)) {
	t.Helper()
	for _, example := range Examples(t, page) {
		values := maps.Clone(needed)
		maps.Copy(values, example.Settings)
		rows, err := read(values, []byte(example.Text))
		require.NoError(t, err, example.Name)
		example.RequireRead(t, rows)
	}
}

// RequireRead checks that rows are those of the example's table.
func (e Example) RequireRead(t *testing.T, rows []inventory.Row) {
	t.Helper()
	var read []string
	for _, row := range rows {
		figure := "refused: " + row.Problem
		switch {
		case inventory.NoLevel(row, inventory.QuantityAvailable):
			figure = "no level"
		case row.Problem == "" && row.Available != nil:
			figure = fmt.Sprint(*row.Available)
		}
		facility := ""
		if row.Facility != "" {
			facility = "`" + row.Facility + "`"
		}
		read = append(read, strings.Join(strings.Fields(fmt.Sprintf("| `%s` | %s | %s |", row.SKU, facility, figure)), " "))
	}
	require.Equal(t, e.table, read, e.Name)
}
