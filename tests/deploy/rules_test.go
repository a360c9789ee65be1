package deploy

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/common/promslog"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/stretchr/testify/require"
)

// root is the project's folder.
const root = "../.."

// promql parses expressions as Prometheus does without feature flags.
var promql = parser.NewParser(parser.Options{})

// rules are all rules that deploy/ gives to Prometheus.
func rules(t *testing.T) []rulefmt.Rule {
	t.Helper()
	var all []rulefmt.Rule
	for _, name := range []string{"recording.yaml", "alerts.yaml"} {
		groups, errs := rulefmt.ParseFile(filepath.Join(root, "deploy", "prometheus", name), false, model.UTF8Validation, promql, promslog.NewNopLogger())
		require.Empty(t, errs)
		for _, group := range groups.Groups {
			all = append(all, group.Rules...)
		}
	}
	require.NotEmpty(t, all)
	return all
}

// TestPrometheusTakesTheExample: the configuration loads, and names the files of rules that are there.
func TestPrometheusTakesTheExample(t *testing.T) {
	t.Parallel()
	loaded, err := config.LoadFile(filepath.Join(root, "deploy", "prometheus", "prometheus.yaml"), false, promslog.NewNopLogger())
	require.NoError(t, err)
	found, err := filepath.Glob(filepath.Join(root, "deploy", "prometheus", "*.yaml"))
	require.NoError(t, err)
	var names []string
	for _, path := range append(loaded.RuleFiles, "prometheus.yaml") {
		names = append(names, filepath.Join(root, "deploy", "prometheus", filepath.Base(path)))
	}
	require.ElementsMatch(t, found, names)
	for _, job := range loaded.ScrapeConfigs {
		require.Regexp(t, `^tidemark`, job.JobName, "TidemarkTargetDown asks for that")
	}
}

var heading = regexp.MustCompile(`(?m)^#+ (.*)$`)

// section is what stands under a heading of a page, up to the next one.
func section(page, name string) string {
	for _, at := range heading.FindAllStringSubmatchIndex(page, -1) {
		if page[at[2]:at[3]] != name {
			continue
		}
		text := page[at[1]:]
		if next := heading.FindStringIndex(text); next != nil {
			text = text[:next[0]]
		}
		return strings.TrimSpace(text)
	}
	return ""
}

// TestEachAlertHasItsRunbook: it says how bad it is and what it is about, and refers to a section of its own name, which says what to do.
func TestEachAlertHasItsRunbook(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join(root, "docs", "operating.md"))
	require.NoError(t, err)
	alerts := 0
	for _, rule := range rules(t) {
		if rule.Alert == "" {
			continue
		}
		alerts++
		require.Contains(t, []string{"warning", "critical"}, rule.Labels["severity"], rule.Alert)
		require.NotEmpty(t, rule.Annotations["summary"], rule.Alert)
		require.Equal(t, "https://github.com/tidemark/tidemark/blob/main/docs/operating.md#"+strings.ToLower(rule.Alert), rule.Annotations["runbook_url"])
		require.Contains(t, section(string(page), rule.Alert), "**Do:**", "docs/operating.md, %s", rule.Alert)
	}
	for _, name := range regexp.MustCompile(`(?m)^#+ (Tidemark[A-Z]\w+)$`).FindAllStringSubmatch(string(page), -1) {
		require.True(t, strings.Contains(string(page), "#"+strings.ToLower(name[1])), "docs/operating.md has no link to %s", name[1])
		alerts--
	}
	require.Zero(t, alerts, "docs/operating.md has a section of each alert, and of no other")
}
