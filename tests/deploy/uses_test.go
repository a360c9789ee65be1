package deploy

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/stretchr/testify/require"
)

// named are the labels of a metric, with the values that were seen. A label without values may have any.
type named map[string][]string

// known are the metrics that there are.
type known map[string]named

// uses returns the labels of what an expression gives, and names every metric, label and value in it that is not known.
func (k known) uses(expr parser.Expr) (named, []string) {
	switch e := expr.(type) {
	case *parser.VectorSelector:
		return k.selects(e)
	case *parser.MatrixSelector:
		return k.uses(e.VectorSelector)
	case *parser.SubqueryExpr:
		return k.uses(e.Expr)
	case *parser.StepInvariantExpr:
		return k.uses(e.Expr)
	case *parser.ParenExpr:
		return k.uses(e.Expr)
	case *parser.UnaryExpr:
		return k.uses(e.Expr)
	case *parser.AggregateExpr:
		given, wrong := k.uses(e.Expr)
		return given.only(e.Grouping), append(wrong, given.lacks(e.Grouping, "by")...)
	case *parser.Call:
		given := named{}
		var wrong []string
		for _, one := range e.Args {
			found, mistakes := k.uses(one)
			maps.Copy(given, found)
			wrong = append(wrong, mistakes...)
		}
		if e.Func.Name == "absent" || e.Func.Name == "vector" {
			given = named{}
		}
		return given, wrong
	case *parser.BinaryExpr:
		left, wrong := k.uses(e.LHS)
		right, mistakes := k.uses(e.RHS)
		wrong = append(wrong, mistakes...)
		if e.VectorMatching != nil {
			wrong = append(wrong, left.lacks(e.VectorMatching.MatchingLabels, "on")...)
			wrong = append(wrong, right.lacks(e.VectorMatching.MatchingLabels, "on")...)
		}
		if e.LHS.Type() == parser.ValueTypeScalar {
			return right, wrong
		}
		return left, wrong
	default:
		return named{}, nil
	}
}

func (k known) selects(e *parser.VectorSelector) (named, []string) {
	found, ok := k[e.Name]
	if !ok {
		return named{}, []string{fmt.Sprintf("no program serves %q", e.Name)}
	}
	var wrong []string
	for _, matcher := range e.LabelMatchers {
		values, ok := found[matcher.Name]
		switch {
		case matcher.Name == model.MetricNameLabel:
		case !ok:
			wrong = append(wrong, fmt.Sprintf("%s has no label %q", e.Name, matcher.Name))
		case len(values) == 0:
		case matcher.Type == labels.MatchEqual && !slices.Contains(values, matcher.Value):
			wrong = append(wrong, fmt.Sprintf("%s never has %s=%q", e.Name, matcher.Name, matcher.Value))
		case matcher.Type == labels.MatchRegexp:
			for _, value := range matcher.SetMatches() {
				if !slices.Contains(values, value) {
					wrong = append(wrong, fmt.Sprintf("%s never has %s=%q", e.Name, matcher.Name, value))
				}
			}
		}
	}
	return found, wrong
}

func (n named) only(wanted []string) named {
	kept := named{}
	for _, name := range wanted {
		kept[name] = n[name]
	}
	return kept
}

func (n named) lacks(wanted []string, where string) []string {
	var wrong []string
	for _, name := range wanted {
		if _, ok := n[name]; !ok {
			wrong = append(wrong, fmt.Sprintf("%s (%s): there is no such label; there are %v", where, name, slices.Sorted(maps.Keys(n))))
		}
	}
	return wrong
}

func TestUses(t *testing.T) {
	t.Parallel()
	all := known{"calls": {"store": {"a", "b"}, "result": {"ok"}, "instance": nil}, "up": {"instance": nil}}
	for text, want := range map[string]struct {
		labels []string
		wrong  string
	}{
		`calls`: {labels: []string{"instance", "result", "store"}},
		`sum by (store) (rate(calls{result="ok", instance="x"}[5m])) > 3`: {labels: []string{"store"}},
		`3 < sum(calls)`: {},
		`absent(up)`:     {},
		`calls / on (store) group_left () sum by (store) (calls)`:                {labels: []string{"instance", "result", "store"}},
		`sum by (store) ((calls unless calls offset 1h) or increase(calls[1h]))`: {labels: []string{"store"}},
		`max_over_time(max by (store) (calls)[3h:1m])`:                           {labels: []string{"store"}},
		`sum by (shop) (calls)`:                                                  {labels: []string{"shop"}, wrong: "by (shop): there is no such label; there are [instance result store]"},
		`none`:                                                                   {wrong: `no program serves "none"`},
		`max(up) > 1 and none`:                                                   {wrong: `no program serves "none"`},
		`calls{result="lost"}`:                                                   {labels: []string{"instance", "result", "store"}, wrong: `calls never has result="lost"`},
		`calls{result=~"ok|lost"}`:                                               {labels: []string{"instance", "result", "store"}, wrong: `calls never has result="lost"`},
		`up{result="ok"}`:                                                        {labels: []string{"instance"}, wrong: `up has no label "result"`},
		`calls / on (result) sum by (store) (calls)`:                             {labels: []string{"instance", "result", "store"}, wrong: "on (result): there is no such label; there are [store]"},
	} {
		expr, err := promql.ParseExpr(text)
		require.NoError(t, err, text)
		given, wrong := all.uses(expr)
		require.ElementsMatch(t, want.labels, slices.Collect(maps.Keys(given)), text)
		if want.wrong == "" {
			require.Empty(t, wrong, text)
		} else {
			require.Equal(t, []string{want.wrong}, wrong, text)
		}
	}
}
