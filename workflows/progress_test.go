package workflows

import (
	"context"
	"testing"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/ledger"
)

// A push that has only the open calls of a run before it to settle says so: it is not one of nothing.
func TestRowsInOpenCallsAreSaid(t *testing.T) {
	t.Parallel()
	for text, p := range map[string]Progress{
		"push: 0 due":                         {},
		"push: 3 due":                         {Left: 3},
		"push: 0 due, and 505 in open calls":  {Open: 505},
		"push: 12 due, and 505 in open calls": {Left: 12, Open: 505},
	} {
		require.Equal(t, text, pushing(p))
	}
	b := setup(t)
	b.begins(activities.BeginResult{Action: activities.BeginGo})
	b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(activities.FetchResult{}, nil)
	b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(activities.ResolveResult{Due: 517, Open: 505}, nil)
	slices := []activities.PushResult{{Left: 12, Open: 5}, {Done: true, Counts: ledger.Counts{Exported: 517}}}
	var seen []Progress
	progress := func() (p Progress) {
		value, err := b.QueryWorkflow(QueryProgress)
		require.NoError(t, err)
		require.NoError(t, value.Get(&p))
		return p
	}
	b.OnActivity(push.Push, mock.Anything, mock.Anything).Return(func(context.Context, activities.PushInput) (activities.PushResult, error) {
		seen = append(seen, progress())
		return slices[len(seen)-1], nil
	})
	b.finishes()
	require.EqualValues(t, 517, b.scheduled().Counts.Due)
	seen = append(seen, progress())
	var left [][2]int64
	for _, one := range seen {
		left = append(left, [2]int64{one.Left, one.Open})
	}
	require.Equal(t, [][2]int64{{12, 505}, {12, 5}, {0, 0}}, left)
	require.Contains(t, seen[0].markdown("acme"), "| in open calls | 505 |")
}
