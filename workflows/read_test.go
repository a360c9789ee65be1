package workflows

import (
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/ledger"
)

func TestRead(t *testing.T) {
	t.Parallel()
	before := ledger.Counts{SnapshotFigures: ledger.SnapshotFigures{Rows: 9, Refused: 1, Missing: 2, Changed: 3, Older: 4}, Stale: 5, Odd: 6, Due: 6}
	for name, test := range map[string]struct {
		fetched activities.FetchResult
		want    ledger.Counts
	}{
		"another fetch": {activities.FetchResult{
			SnapshotFigures: ledger.SnapshotFigures{Rows: 10, Refused: 2, Missing: 1, Changed: 1, Older: 1},
			Stale:           7, Odd: 8,
		}, ledger.Counts{SnapshotFigures: ledger.SnapshotFigures{Rows: 10, Refused: 2, Missing: 1, Changed: 4, Older: 5}, Stale: 7, Odd: 8, Due: 6}},
		"nothing new": {
			activities.FetchResult{Unchanged: true, Stale: 7, Odd: 8},
			ledger.Counts{SnapshotFigures: ledger.SnapshotFigures{Rows: 9, Refused: 1, Missing: 2, Changed: 3, Older: 4}, Stale: 7, Odd: 8, Due: 6},
		},
		"what another run had fetched": {
			activities.FetchResult{Shared: 8, SnapshotFigures: ledger.SnapshotFigures{Rows: 10, Changed: 10}, Stale: 7},
			ledger.Counts{SnapshotFigures: ledger.SnapshotFigures{Rows: 9, Refused: 1, Missing: 2, Changed: 3, Older: 4}, Stale: 7, Due: 6},
		},
		"the same rows, recorded already": {
			activities.FetchResult{SnapshotFigures: ledger.SnapshotFigures{Rows: 10}},
			ledger.Counts{SnapshotFigures: ledger.SnapshotFigures{Rows: 10, Changed: 3, Older: 4}, Due: 6},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, read(before, test.fetched))
		})
	}
}

// A run whose warehouse had nothing new says since when, and of how many levels.
func TestARunOfAnUnchangedWarehouseSaysSinceWhen(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.begins(activities.BeginResult{Action: activities.BeginGo})
	since := time.Date(2026, 11, 28, 7, 39, 12, 0, time.UTC)
	b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(activities.FetchResult{Unchanged: true, UnchangedSince: &since, UnchangedLevels: 505}, nil)
	b.goes()
	report := b.scheduled()
	require.Equal(t, "the warehouse is unchanged since 2026-11-28 07:39 UTC, when 505 levels were read", report.Reason)
	require.Equal(t, ledger.Completed, report.Outcome)
}

// What looks odd is in the report, and in the current details, without the meaning that Markdown would give it; it changes no outcome.
func TestARunSaysWhatLooksOdd(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.begins(activities.BeginResult{Action: activities.BeginGo})
	odd := []string{`2 SKUs begin with an apostrophe, like "'A_1|<b>` + "`" + `" at stock.csv:2`}
	b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(activities.FetchResult{
		SnapshotFigures: ledger.SnapshotFigures{Rows: 10}, Oddities: odd,
		Odd: 2,
	}, nil)
	b.goes()
	report := b.scheduled()
	require.Equal(t, ledger.Completed, report.Outcome)
	require.Empty(t, report.Reason)
	require.Equal(t, odd, report.Oddities)
	value, err := b.QueryWorkflow(QueryProgress)
	require.NoError(t, err)
	var progress Progress
	require.NoError(t, value.Get(&progress))
	require.Contains(t, progress.markdown("acme"), "\nWhat looks odd (`starter snapshot` says what to do about it):\n\n"+
		`- 2 SKUs begin with an apostrophe, like "'A\_1\|&lt;b>\`+"`"+`" at stock.csv:2`)
	require.NotContains(t, Progress{}.markdown("acme"), "odd")
}
