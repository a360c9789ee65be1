package check

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var noon = time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)

func at(seconds int) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }

func TestJudge(t *testing.T) {
	t.Parallel()
	// A has 1, then 2, then 0, then 4; B has 9 alone.
	reports := []Report{{"A", 1, at(0)}, {"B", 9, at(0)}, {"A", 2, at(10)}, {"A", 0, at(20)}, {"A", 4, at(30)}}
	right := []Write{{"A", 1, at(1), 1}, {"B", 9, at(1), 1}, {"A", 2, at(11), 2}, {"A", 0, at(21), 3}, {"A", 4, at(31), 4}}
	shown := map[string]int64{"A": 4, "B": 9}
	posts := func(keys ...string) (calls []Call) {
		for n, key := range keys {
			calls = append(calls, Call{N: int64(n + 1), Method: "POST", Key: key, Body: "body of " + key, Applied: 1})
		}
		return calls
	}
	with := func(writes ...Write) []Write { return append(append([]Write{}, right...), writes...) }
	for _, test := range []struct {
		name  string
		store Store
		want  Verdict
	}{
		{"as it should be", Store{Shown: shown, Writes: right, Calls: posts("a", "b", "c", "d")}, Verdict{Calls: 4}},
		{
			"a figure is lost",
			Store{Shown: map[string]int64{"A": 2, "B": 9}, Writes: right[:3]},
			Verdict{Lost: []string{"shop shows 2 of A (shown at all: true), and the warehouse has 4"}},
		},
		{
			"a SKU is not there",
			Store{Shown: map[string]int64{"A": 4}, Writes: right},
			Verdict{Lost: []string{"shop shows 0 of B (shown at all: false), and the warehouse has 9"}},
		},
		{
			"an older figure, and the newer again",
			Store{Shown: shown, Writes: with(Write{"A", 2, at(32), 5}, Write{"A", 4, at(33), 6})},
			Verdict{Stale: []string{"shop was told 2 of A by call 5, which is older than 4"}},
		},
		{
			"an older 0",
			Store{Shown: shown, Writes: with(Write{"A", 0, at(32), 5}, Write{"A", 4, at(33), 6})},
			Verdict{Stale: []string{"shop was told 0 of A by call 5, which is older than 4"}},
		},
		{
			"0 of what never was at 0",
			Store{Shown: shown, Writes: with(Write{"B", 0, at(32), 5}, Write{"B", 9, at(33), 6})},
			Verdict{Zeroed: []string{"shop was told 0 of B by call 5"}},
		},
		{
			"0 before the warehouse said so",
			Store{Shown: shown, Writes: append([]Write{{"A", 0, at(1), 1}}, right...)},
			Verdict{Zeroed: []string{"shop was told 0 of A by call 1"}},
		},
		{
			"a figure that nobody reported",
			Store{Shown: shown, Writes: with(Write{"B", 7, at(32), 5}, Write{"B", 9, at(33), 6})},
			Verdict{Invented: []string{"shop was told 7 of B by call 5"}},
		},
		{
			"a figure before it was reported",
			Store{Shown: shown, Writes: append([]Write{{"A", 4, at(1), 1}}, right...)},
			Verdict{Invented: []string{"shop was told 4 of A by call 1"}},
		},
		{
			"a key with other bytes",
			Store{Shown: shown, Writes: right, Calls: append(posts("a", "b", "c", "d"), Call{N: 5, Method: "POST", Key: "a", Body: "other", Applied: 1})},
			Verdict{Calls: 5, Extra: 1, Rekeyed: []string{"shop had call 5 with the key a of a call with other bytes"}},
		},
		{
			"calls that were sent before, and one that was refused; reads are none",
			Store{
				Shown: shown, Writes: right,
				Calls: append(posts("a", "b", "c", "d", "d"), Call{N: 6, Method: "POST", Key: "e", Body: "e"}, Call{N: 7, Method: "GET"}),
			},
			Verdict{Calls: 6, Extra: 2, Again: 1},
		},
		{
			"calls without keys",
			Store{Shown: shown, Writes: right, Calls: []Call{
				{N: 1, Method: "POST", Body: "a", Applied: 1},
				{N: 2, Method: "POST", Body: "a", Applied: 1},
				{N: 3, Method: "POST", Body: "b", Applied: 1},
				{N: 4, Method: "POST", Body: "a", Applied: 1},
			}},
			Verdict{Calls: 4, Extra: 1},
		},
		{"calls over the limit", Store{Shown: shown, Writes: right, Overruns: 2}, Verdict{Overruns: 2}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.store.Name = "shop"
			verdict := Judge(reports, test.store)
			require.Equal(t, test.want, verdict)
			bad := len(test.want.Lost)+len(test.want.Stale)+len(test.want.Zeroed)+len(test.want.Invented)+len(test.want.Rekeyed) > 0
			require.Equal(t, !bad && test.want.Overruns == 0, verdict.Held())
		})
	}
}

func TestTwice(t *testing.T) {
	t.Parallel()
	store := Store{Name: "shop", Writes: []Write{{"A", 1, at(1), 1}, {"B", 1, at(1), 1}, {"A", 2, at(2), 2}}}
	require.Empty(t, Twice(store))
	store.Writes = append(store.Writes, Write{"A", 1, at(3), 3})
	require.Equal(t, []string{"shop was told 1 of A by calls 1 and 3"}, Twice(store))
}

// The judge shares no code with what it judges.
func TestTheJudgeImportsNothingOfTidemark(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("*.go")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	for _, name := range names {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		require.NoError(t, err)
		for _, imported := range file.Imports {
			require.False(t, strings.Contains(imported.Path.Value, "tidemark"), "%s imports %s", name, imported.Path.Value)
		}
	}
}
