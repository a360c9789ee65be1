package deploy

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/stretchr/testify/require"
)

// query is an expression that the dashboard shows.
type query struct{ panel, expr, legend string }

// lookUp is what a variable of the dashboard offers: the values of a label.
type lookUp struct{ metric, label string }

var labelValues = regexp.MustCompile(`^label_values\((\w+), (\w+)\)$`)

// shown is the dashboard that is in deploy/.
func shown(t *testing.T) (queries []query, offers []lookUp) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, "deploy", "grafana", "tidemark.json"))
	require.NoError(t, err)
	var board struct {
		Templating struct {
			List []struct {
				Type  string          `json:"type"`
				Query json.RawMessage `json:"query"`
			} `json:"list"`
		} `json:"templating"`
		Panels []struct {
			Title   string `json:"title"`
			Type    string `json:"type"`
			Targets []struct {
				Expr   string `json:"expr"`
				Legend string `json:"legendFormat"`
			} `json:"targets"`
		} `json:"panels"`
	}
	require.NoError(t, json.Unmarshal(content, &board))
	for _, panel := range board.Panels {
		require.Equal(t, panel.Type == "row", len(panel.Targets) == 0, panel.Title)
		for _, one := range panel.Targets {
			queries = append(queries, query{panel.Title, strings.ReplaceAll(one.Expr, "$__rate_interval", "5m"), one.Legend})
		}
	}
	for _, one := range board.Templating.List {
		if one.Type != "query" {
			continue
		}
		var of struct {
			Query string `json:"query"`
		}
		require.NoError(t, json.Unmarshal(one.Query, &of))
		found := labelValues.FindStringSubmatch(of.Query)
		require.NotNil(t, found, of.Query)
		offers = append(offers, lookUp{found[1], found[2]})
	}
	require.NotEmpty(t, queries)
	require.NotEmpty(t, offers)
	return queries, offers
}

// TestGrafanaTakesTheDashboard: it has no field that Grafana's own types do not have, and none of a wrong type; no two panels stand in one place.
func TestGrafanaTakesTheDashboard(t *testing.T) {
	t.Parallel()
	plugins.RegisterDefaultPlugins()
	content, err := os.ReadFile(filepath.Join(root, "deploy", "grafana", "tidemark.json"))
	require.NoError(t, err)
	//lint:ignore SA1019 every Grafana imports files of this form, and only the newest ones those of its successor
	var board dashboard.Dashboard
	if err := board.UnmarshalJSONStrict(content); err != nil { // which may be a list without mistakes
		require.Empty(t, err.Error())
	}
	require.NoError(t, board.Validate())
	var placed struct {
		Panels []struct {
			ID    int                      `json:"id"`
			Title string                   `json:"title"`
			At    struct{ X, Y, W, H int } `json:"gridPos"`
		} `json:"panels"`
	}
	require.NoError(t, json.Unmarshal(content, &placed))
	taken, ids := map[[2]int]string{}, map[int]bool{}
	for _, one := range placed.Panels {
		require.False(t, ids[one.ID], "%s: its id is taken", one.Title)
		ids[one.ID] = true
		require.Positive(t, one.At.W*one.At.H, one.Title)
		require.LessOrEqual(t, one.At.X+one.At.W, 24, one.Title)
		for x := one.At.X; x < one.At.X+one.At.W; x++ {
			for y := one.At.Y; y < one.At.Y+one.At.H; y++ {
				require.Empty(t, taken[[2]int{x, y}], "%s stands on it", one.Title)
				taken[[2]int{x, y}] = one.Title
			}
		}
	}
}
