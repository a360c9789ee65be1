package workflows

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/ledger"
)

func TestRefusedRowsAreNoSuccess(t *testing.T) {
	t.Parallel()
	const all = "every row that was read was refused (3), so no level was read; starter snapshot says why: correct the source, or the settings of the " +
		"warehouse that say how it is read"
	for name, test := range map[string]struct {
		counts  ledger.Counts
		outcome ledger.Outcome
		reason  string
		want    ledger.Outcome
		said    string
	}{
		"none":             {ledger.Counts{SnapshotFigures: ledger.SnapshotFigures{Rows: 3}}, ledger.Completed, "", ledger.Completed, ""},
		"nothing was read": {ledger.Counts{}, ledger.Completed, "", ledger.Completed, ""},
		"one of a level": {
			ledger.Counts{SnapshotFigures: ledger.SnapshotFigures{Rows: 3, Refused: 1}, Stale: 1},
			ledger.Completed, "",
			ledger.CompletedWithFailures, "1 row of the warehouse was refused, and 1 level is stale",
		},
		"several": {
			ledger.Counts{SnapshotFigures: ledger.SnapshotFigures{Rows: 9, Refused: 2}, Stale: 5},
			ledger.Completed, "",
			ledger.CompletedWithFailures, "2 rows of the warehouse were refused, and 5 levels are stale",
		},
		"of no level": {
			ledger.Counts{SnapshotFigures: ledger.SnapshotFigures{Rows: 3, Refused: 1}},
			ledger.Completed, "",
			ledger.CompletedWithFailures, "1 row of the warehouse was refused",
		},
		"with other failures": {
			ledger.Counts{SnapshotFigures: ledger.SnapshotFigures{Rows: 3, Refused: 1}},
			ledger.CompletedWithFailures,
			"1 row is due again", ledger.CompletedWithFailures, "1 row of the warehouse was refused; 1 row is due again",
		},
		"by an earlier run": {
			ledger.Counts{SnapshotFigures: ledger.SnapshotFigures{Rows: 3}, Stale: 2},
			ledger.Completed, "", ledger.Completed,
			"2 levels are stale",
		},
		"by an earlier run, nothing": {ledger.Counts{Stale: 1}, ledger.Completed, "1 row stays parked", ledger.Completed, "1 level is stale; 1 row stays parked"},
		"all": {
			ledger.Counts{SnapshotFigures: ledger.SnapshotFigures{Rows: 3, Refused: 3}, Stale: 3},
			ledger.Completed, "", ledger.Failed,
			all,
		},
		"all of a dry run": {
			ledger.Counts{SnapshotFigures: ledger.SnapshotFigures{Rows: 3, Refused: 3}},
			ledger.Completed,
			"a dry run: nothing was pushed", ledger.Failed, all + "; a dry run: nothing was pushed",
		},
		"some of a dry run": {
			ledger.Counts{SnapshotFigures: ledger.SnapshotFigures{Rows: 3, Refused: 1}},
			ledger.Completed,
			"a dry run: nothing was pushed", ledger.CompletedWithFailures, "1 row of the warehouse was refused; a dry run: nothing was pushed",
		},
		"all, and the run goes on": {
			ledger.Counts{SnapshotFigures: ledger.SnapshotFigures{Rows: 3, Refused: 3}},
			ledger.Partial,
			"a long run goes on in a new one", ledger.Partial, "a long run goes on in a new one",
		},
		"held": {
			ledger.Counts{SnapshotFigures: ledger.SnapshotFigures{Rows: 3, Refused: 3}},
			ledger.Held, "nobody decided", ledger.Held,
			"nobody decided",
		},
		"rejected by a person": {
			ledger.Counts{SnapshotFigures: ledger.SnapshotFigures{Rows: 3, Refused: 1}},
			ledger.RejectedOutcome, "absurd",
			ledger.RejectedOutcome, "absurd",
		},
		"skipped": {
			ledger.Counts{SnapshotFigures: ledger.SnapshotFigures{Rows: 3, Refused: 1}},
			ledger.Skipped, "the store is taken",
			ledger.Skipped, "the store is taken",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			outcome, said := withRefusals(test.counts, test.outcome, test.reason)
			require.Equal(t, test.want, outcome)
			require.Equal(t, test.said, said)
		})
	}
}

// A run that refused a row says so, however the rest went; one that refused every row is red, and pushes what was due all the same.
func TestARunSaysWhatWasRefused(t *testing.T) {
	t.Parallel()
	for _, approved := range []bool{false, true} {
		b := setup(t)
		b.begins(activities.BeginResult{Action: activities.BeginGo})
		fetches := 0
		b.OnActivity(fetch.Fetch, mock.Anything, mock.Anything).Return(func(context.Context, activities.FetchInput) (activities.FetchResult, error) {
			fetches++
			if approved && fetches == 1 {
				return activities.FetchResult{SnapshotFigures: ledger.SnapshotFigures{Rows: 3, Refused: 3}, Held: "3 of the 3 rows were refused"}, nil
			}
			return activities.FetchResult{SnapshotFigures: ledger.SnapshotFigures{Rows: 3, Refused: 1 + 2*int64(fetches-1)}, Stale: 2}, nil
		})
		b.OnActivity(gate.Hold, mock.Anything, mock.Anything).Return(activities.HoldResult{Within: time.Hour}, nil)
		b.OnActivity(gate.Decide, mock.Anything, mock.Anything).Return(activities.DecideResult{Decision: activities.Approved, Rows: 3}, nil)
		b.OnActivity(gate.Acquire, mock.Anything, mock.Anything).Return(activities.BeginResult{Action: activities.BeginGo, Lease: ledger.Lease{Run: 7, Fence: 2}},
			nil).Maybe()
		b.OnActivity(resolve.Resolve, mock.Anything, mock.Anything).Return(activities.ResolveResult{}, nil)
		b.OnActivity(push.Push, mock.Anything, mock.Anything).Return(activities.PushResult{Done: true}, nil)
		var ended activities.FinishInput
		b.OnActivity(gate.Finish, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.FinishInput) (activities.FinishResult, error) {
			ended = in
			return activities.FinishResult{Outcome: in.Outcome, Counts: in.Counts}, nil
		})
		if !approved {
			report := b.scheduled()
			require.Equal(t, ledger.CompletedWithFailures, report.Outcome)
			require.Equal(t, "1 row of the warehouse was refused, and 2 levels are stale", report.Reason)
			require.Equal(t, ledger.CompletedWithFailures, ended.Outcome)
			require.EqualValues(t, 2, ended.Counts.Stale)
			continue
		}
		b.RegisterDelayedCallback(func() { b.SignalWorkflow(SignalApprove, Decision{By: "ann"}) }, time.Minute)
		b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme", Trigger: ledger.TriggerSchedule})
		var application *temporal.ApplicationError
		require.ErrorAs(t, b.GetWorkflowError(), &application)
		require.Equal(t, activities.ErrorSource, application.Type())
		require.Equal(t, ledger.Failed, ended.Outcome)
		require.Contains(t, ended.Reason, "every row that was read was refused (3)")
		require.Contains(t, b.calls, "Push")
	}
}
