package config_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	channelsall "github.com/tidemark/tidemark/channels/all"
	"github.com/tidemark/tidemark/config"
	"github.com/tidemark/tidemark/ledger"
	warehousesall "github.com/tidemark/tidemark/warehouses/all"
)

// TestExamples holds that every example is valid with the real drivers, and raises no warning.
func TestExamples(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"demo.yaml", "compose.yaml", "csv/tidemark.yaml"} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			definitions := example(t, path)
			require.NotEmpty(t, definitions.Connections)
			for _, connection := range definitions.Connections {
				// One is left to who watches the demo, who enables it on its page.
				require.True(t, connection.Active() || connection.EnabledByPages && connection.ID == "birch-market", "a new user sees %s at work", connection.ID)
			}
		})
	}
}

// TestTheComposeExampleIsTheDemo holds the two together.
func TestTheComposeExampleIsTheDemo(t *testing.T) {
	t.Parallel()
	demo, compose := example(t, "demo.yaml"), example(t, "compose.yaml")
	for i := range demo.Warehouses {
		inNetwork(demo.Warehouses[i].Settings)
	}
	for i := range demo.Stores {
		inNetwork(demo.Stores[i].Settings)
	}
	require.Equal(t, demo, compose)
}

func inNetwork(values map[string]any) {
	values["endpoint"] = strings.Replace(values["endpoint"].(string), "127.0.0.1:9470", "sandbox:9470", 1)
}

func example(t *testing.T, path string) ledger.Definitions {
	t.Helper()
	path = filepath.Join("..", "examples", filepath.FromSlash(path))
	drivers := config.Drivers{Warehouses: warehousesall.Specs(), Channels: channelsall.Specs()}
	definitions, warnings, err := config.Load(path, drivers, config.Options{})
	require.NoError(t, err)
	require.Empty(t, warnings)
	return definitions
}
