package deploy

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/common/promslog"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/promqltest"
	promrules "github.com/prometheus/prometheus/rules"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// These are the parts of promtool's format that our file has. promtool itself is a program, and its tests of rules are no package.
type ruleTests struct {
	RuleFiles          []string       `yaml:"rule_files"`
	EvaluationInterval model.Duration `yaml:"evaluation_interval"`
	Tests              []ruleTest     `yaml:"tests"`
}

type ruleTest struct {
	Name        string         `yaml:"name"`
	Interval    model.Duration `yaml:"interval"`
	InputSeries []struct {
		Series string `yaml:"series"`
		Values string `yaml:"values"`
	} `yaml:"input_series"`
	Alerts []struct {
		At       model.Duration `yaml:"eval_time"`
		Name     string         `yaml:"alertname"`
		Expected []struct {
			Labels      map[string]string `yaml:"exp_labels"`
			Annotations map[string]string `yaml:"exp_annotations"`
		} `yaml:"exp_alerts"`
	} `yaml:"alert_rule_test"`
}

// firing are the alerts that fire, as text, by the minute.
type firing map[time.Duration]map[string][]string

func alertText(named map[string]string, annotations map[string]string) string {
	return fmt.Sprint(named, annotations)
}

// play evaluates all rules each interval, over the samples until then, and keeps what fired.
func play(t *testing.T, files []string, interval time.Duration, test ruleTest) firing {
	t.Helper()
	var load strings.Builder
	fmt.Fprintf(&load, "load %s\n", test.Interval)
	for _, one := range test.InputSeries {
		fmt.Fprintf(&load, "  %s %s\n", one.Series, one.Values)
	}
	suite, err := promqltest.NewLazyLoader(load.String(), promqltest.LazyLoaderOpts{EnableAtModifier: true, EnableNegativeOffset: true})
	require.NoError(t, err, test.Name)
	defer func() { require.NoError(t, suite.Close()) }()
	suite.SubqueryInterval = interval
	manager := promrules.NewManager(&promrules.ManagerOptions{
		QueryFunc: promrules.EngineQueryFunc(suite.QueryEngine(), suite.Storage()), Appendable: suite.Storage(), Context: t.Context(), Parser: promql,
		Logger: promslog.NewNopLogger(), NotifyFunc: func(context.Context, string, ...*promrules.Alert) {},
	})
	loaded, errs := manager.LoadGroups(interval, labels.EmptyLabels(), "", nil, false, files...)
	require.Empty(t, errs)
	var groups []*promrules.Group
	for _, file := range files { // what is recorded comes before what asks for it
		for _, key := range slices.Sorted(maps.Keys(loaded)) {
			if strings.HasPrefix(key, file) {
				groups = append(groups, loaded[key])
			}
		}
	}
	require.Len(t, groups, len(loaded))
	last := time.Duration(0)
	for _, one := range test.Alerts {
		last = max(last, time.Duration(one.At))
	}
	fired := firing{}
	for at := time.Duration(0); at <= last; at += interval {
		now := time.Unix(0, 0).UTC().Add(at)
		fired[at] = map[string][]string{}
		suite.WithSamplesTill(now, func(err error) {
			require.NoError(t, err)
			for _, group := range groups {
				group.Eval(suite.Context(), now)
				for _, rule := range group.Rules() {
					require.NoError(t, rule.LastError(), "%s at %s", rule.Name(), at)
					alerting, ok := rule.(*promrules.AlertingRule)
					if !ok {
						continue
					}
					for _, one := range alerting.ActiveAlerts() {
						if one.State == promrules.StateFiring {
							named := one.Labels.Map()
							delete(named, labels.AlertName)
							fired[at][rule.Name()] = append(fired[at][rule.Name()], alertText(named, one.Annotations.Map()))
						}
					}
				}
			}
		})
	}
	return fired
}

// TestAlertsFire each with the samples that it is for, and not with those that it is not for.
func TestAlertsFire(t *testing.T) {
	t.Parallel()
	path := filepath.Join("testdata", "alerts_test.yaml")
	content, err := os.Open(path)
	require.NoError(t, err)
	defer func() { require.NoError(t, content.Close()) }()
	var file ruleTests
	decoder := yaml.NewDecoder(content)
	decoder.KnownFields(true)
	require.NoError(t, decoder.Decode(&file))
	var files []string
	for _, name := range file.RuleFiles {
		files = append(files, filepath.Join(filepath.Dir(path), name))
	}
	fires, rests := map[string]bool{}, map[string]bool{}
	for _, test := range file.Tests {
		fired := play(t, files, time.Duration(file.EvaluationInterval), test)
		for _, one := range test.Alerts {
			expected := []string{}
			for _, alert := range one.Expected {
				expected = append(expected, alertText(alert.Labels, alert.Annotations))
			}
			require.ElementsMatch(t, expected, fired[time.Duration(one.At)][one.Name], "%s, after %s: %s", one.Name, one.At, test.Name)
			fires[one.Name] = fires[one.Name] || len(expected) > 0
			rests[one.Name] = rests[one.Name] || len(expected) == 0
		}
	}
	for _, rule := range rules(t) {
		if rule.Alert != "" {
			require.True(t, fires[rule.Alert], "no samples make %s fire", rule.Alert)
			require.True(t, rests[rule.Alert], "no samples are there with which %s does not fire", rule.Alert)
		}
	}
}
