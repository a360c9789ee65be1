package workflows

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/ledger"
)

// A push that has only to end the open calls of a run before it says so: it is not one of nothing.
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

// A moment is shown with its date: a hold may last for a week.
func TestMomentsHaveTheirDate(t *testing.T) {
	t.Parallel()
	until := time.Date(2026, 12, 6, 7, 39, 0, 0, time.UTC)
	require.Contains(t, Progress{Phase: "held", Run: 7, Waiting: "few rows", Until: &until}.markdown("acme"), "**few rows** (until 2026-12-06 07:39:00 UTC)")
	require.Contains(t, IntakeReport{Failure: &IntakeFailure{Since: until, Next: until.Add(time.Minute)}}.markdown("depot", "waiting"),
		"the next attempt is at 2026-12-06 07:40:00 UTC")
}

// What others wrote is shown as it is: no mark turns the direction of what follows, and nothing is read as Markdown.
func TestForeignTextInDetails(t *testing.T) {
	t.Parallel()
	const foreign, want = "a\u202eb `x` *y*", "a\\\\u202eb \\`x\\` \\*y\\*"
	require.Contains(t, Progress{Phase: "pushing", Waiting: foreign}.markdown("acme"), "**"+want+"**")
	require.Contains(t, Progress{Phase: "held", Strays: []string{foreign}}.markdown("acme"), "- "+want+"\n")
	require.Contains(t, Progress{Oddities: []string{foreign}}.markdown("acme"), "- "+want+"\n")
	require.Contains(t, IntakeReport{LastHeld: foreign}.markdown("depot", "listening"), "held:** "+want+"\n")
	require.Contains(t, IntakeReport{Failure: &IntakeFailure{Error: foreign}}.markdown("depot", "waiting"), "recorded:** "+want+"\n")
}
