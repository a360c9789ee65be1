package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

var morning = time.Date(2026, 3, 2, 7, 39, 0, 0, time.UTC)

func TestCounts(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		n         int
		one, want string
	}{
		{0, "row", "0 rows"},
		{1, "row", "1 row"},
		{2, "row", "2 rows"},
		{1, "strategy", "1 strategy"},
		{2, "strategy", "2 strategies"},
		{2, "more row", "2 more rows"},
		{2, "recorded level", "2 recorded levels"},
	} {
		require.Equal(t, test.want, count(test.n, test.one))
	}
	require.Equal(t, "was were were", were(1)+" "+were(0)+" "+were(2))
	require.Equal(t, "1 a, 2 c", sum(part{1, "a"}, part{0, "b"}, part{2, "c"}))
	require.Equal(t, "2026-03-02 07:39:00 UTC", stamp(new(morning.In(time.FixedZone("", 3600)))))
	require.Equal(t, "-", stamp(nil))
}

// TestEveryCommandHelps: each has examples of its own, and says what its exit codes mean.
func TestEveryCommandHelps(t *testing.T) {
	t.Parallel()
	for _, item := range command().Commands() {
		require.Contains(t, item.Long, "Exit codes: 0 done", item.Name())
		require.NotEmpty(t, item.Example, item.Name())
		for line := range strings.Lines(item.Example) {
			line = strings.TrimSpace(line)
			require.True(t, strings.HasPrefix(line, "starter ") || strings.HasPrefix(line, "make ") || strings.HasPrefix(line, "TIDEMARK_"), "%s: %s", item.Name(), line)
		}
		require.Contains(t, item.Example, item.Name())
	}
}

func shown(show func(w *bytes.Buffer)) string {
	out := &bytes.Buffer{}
	show(out)
	return out.String()
}

func TestReports(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		report workflows.SyncReport
		want   string
	}{
		"everything": {
			workflows.SyncReport{Run: 3, Mode: ledger.Full, Outcome: ledger.CompletedWithFailures, Reason: "1 row was newly rejected", Counts: ledger.Counts{
				SnapshotFigures: ledger.SnapshotFigures{Rows: 505, Refused: 1, Missing: 2, Changed: 1, Older: 3}, Due: 8, Exported: 4, Sent: 1, Rejected: 1, Parked: 2,
				Blocked: 1, Retrying: 1, Calls: 1,
			}},
			"run 3 (Full Sync): completed_with_failures\n  1 row was newly rejected\n" +
				"  warehouse: 505 rows read, 1 level changed, 1 row refused, 2 levels not named, 3 rows older than what is recorded\n" +
				"  store: 8 rows due when the push began; in all: 4 exported, 1 sent and not yet confirmed, 1 newly rejected, 2 parked since an earlier run, 1 " +
				"blocked, 1 to be tried again, in 1 call\n",
		},
		"nothing new": {
			workflows.SyncReport{Run: 4, Mode: ledger.Smart, Outcome: ledger.Completed},
			"run 4 (Smart Sync): completed\n  warehouse: nothing new was read by this run\n  store: nothing was due\n",
		},
		"covered by a run of the other mode": {
			workflows.SyncReport{Run: 1, Mode: ledger.Smart, Outcome: ledger.Covered, Reason: "what was asked for has been done by run 1"},
			"nothing was left to do: what was asked for has been done by run 1\n",
		},
		"a dry run": {
			workflows.SyncReport{
				Run: 5, Mode: ledger.Smart, Outcome: ledger.Completed, Counts: ledger.Counts{SnapshotFigures: ledger.SnapshotFigures{Rows: 1, Changed: 1}},
				Preview: &activities.Preview{PreviewCounts: ledger.PreviewCounts{Raise: 1, New: 2}, Lines: []string{"raise A: 1 → 2"}},
			},
			"run 5 (Smart Sync): completed\n  warehouse: 1 row read, 1 level changed\n  store: nothing was due\n  it would push: 1 raised, 2 new\n    raise A: 1 → 2\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, shown(func(w *bytes.Buffer) { showReport(w, test.report) }))
		})
	}
	require.Equal(t, "held; waiting: a decision (until 2026-03-02 07:39:00 UTC)",
		describeProgress(workflows.Progress{Phase: "held", Waiting: "a decision", Until: &morning}))
	require.Equal(t, "pushing: 1 of 3 rows due exported, 2 left",
		describeProgress(workflows.Progress{Phase: "pushing", Left: 2, Counts: ledger.Counts{Due: 3, Exported: 1}}))
}

func TestRunsSayWhatTheyCount(t *testing.T) {
	t.Parallel()
	text := shown(func(w *bytes.Buffer) {
		showRuns(w, []ledger.Run{
			{ID: 3, Connection: "shop", Mode: ledger.Smart, StartedAt: morning, Outcome: ledger.Running, Phase: "fetching, attempt 3 failed: the warehouse is down"},
			{ID: 2, Connection: "shop", Mode: ledger.Smart, StartedAt: morning, Outcome: ledger.Running},
			{
				ID: 1, Connection: "shop", Mode: ledger.Full, StartedAt: morning, EndedAt: new(morning.Add(1240 * time.Millisecond)), Outcome: ledger.Completed,
				Counts: ledger.Counts{SnapshotFigures: ledger.SnapshotFigures{Refused: 3, Changed: 7}, Due: 6, Exported: 5, Rejected: 1, Parked: 4, Calls: 2},
			},
		})
	})
	lines := strings.Split(text, "\n")
	require.Regexp(t, `STARTED \(UTC\) .*REFUSED +ODD +LEVELS CHANGED +ROWS DUE +EXPORTED +NEWLY REJECTED +PARKED +CALLS`, lines[0])
	require.Regexp(t, `^3 .* 2026-03-02 07:39:00 +- +fetching +- +- +- +- +- +- +- +-$`, lines[1])
	require.Regexp(t, `^2 .* 2026-03-02 07:39:00 +- +running +- +- +- +- +- +- +- +-$`, lines[2], "its figures are recorded when it ends")
	require.Regexp(t, `^1 .* 1\.2s +completed +3 +0 +7 +6 +5 +1 +4 +2$`, lines[3])
	require.Equal(t, "run 3: fetching, attempt 3 failed: the warehouse is down", lines[4], "why it lasts, below the table")
	require.Equal(t, "run 7 of shop: cancelled", endedAs(ledger.Run{ID: 7, Connection: "shop", Outcome: ledger.Cancelled, Reason: "cancelled"}))
	require.Equal(t, "run 7 of shop: failed: the token has expired",
		endedAs(ledger.Run{ID: 7, Connection: "shop", Outcome: ledger.Failed, Reason: "the token has expired"}))
	require.Contains(t, shown(func(w *bytes.Buffer) { showRuns(w, nil) }), "no runs yet; starter sync")

	at := func(seconds int) *time.Time { return new(morning.Add(time.Duration(seconds) * time.Second)) }
	text = shown(func(w *bytes.Buffer) {
		showRun(w, ledger.Run{
			ID: 9, Connection: "shop", Mode: ledger.Full, StartedAt: morning, FetchBegan: at(1), FetchedAt: at(8), ResolvedAt: at(10),
			PushedAt: at(70), EndedAt: at(71), Outcome: ledger.Completed,
		}, morning)
	})
	require.Contains(t, text, "began 2026-03-02 07:39:00 UTC\nasked the warehouse 2026-03-02 07:39:01 UTC, after 1 s\nfetched 2026-03-02 07:39:08 UTC; "+
		"reading the warehouse took 7 s\n"+
		"resolved 2026-03-02 07:39:10 UTC; working out what is due took 2 s\npushed 2026-03-02 07:40:10 UTC; calls to the store took 1 min\nended 2026-03-02 "+
		"07:40:11 UTC; all of it took 1 min 11 s\n")
	text = shown(func(w *bytes.Buffer) {
		showRun(w, ledger.Run{
			ID: 9, Connection: "shop", StartedAt: morning, ResolvedAt: at(10), Outcome: ledger.Running, Phase: ledger.PhasePushing,
			Counts: ledger.Counts{Due: 1204, Exported: 312, Calls: 4},
		}, *at(40))
	})
	require.Contains(t, text, "pushed so far: 312 of 1204 rows, 624 a minute, about 1 min 26 s left\n")
}

func TestStatusSaysWordsAndDates(t *testing.T) {
	t.Parallel()
	connection := control.ConnectionStatus{
		Connection: ledger.Connection{ID: "shop", Merchant: "acme", Warehouse: "portland", Store: "acme-shop", Enabled: true},
		Schedules: []control.ScheduleStatus{
			{ID: "smart-sync/shop", Paused: true, Note: "stocktaking until Monday"},
			{ID: "full-sync/shop", Paused: true, Note: "paused by ada"},
			{ID: "fifth", Paused: true, Note: "unpaused by ada"},
			{ID: "third", Next: &morning, Skipped: 1, Missed: 2},
			{ID: "fourth", Paused: true},
		},
		Rows: map[ledger.Status]int64{ledger.StatusExported: 3}, Kept: "2 figures stay above 0: taking them to 0 was rejected by a\u202eb",
		Today: &control.StoreToday{Calls: 4160, Throttled: 17, Answered: &morning},
		Last:  &ledger.Run{ID: 7, Mode: ledger.Smart, StartedAt: morning, Outcome: ledger.Completed},
	}
	text := shown(func(w *bytes.Buffer) {
		showStatus(w, control.Status{
			Workers: 1, Connections: []control.ConnectionStatus{connection},
			Holds: []control.OpenHold{{Hold: ledger.Hold{Run: 9, Connection: "shop", Reason: "too many"}, DecideBy: &morning}},
			Snapshots: []ledger.SnapshotEntry{
				{Warehouse: "portland", EndedAt: morning, SnapshotFigures: ledger.SnapshotFigures{Rows: 1, Refused: 1}},
				{Warehouse: "annex", EndedAt: morning, SnapshotFigures: ledger.SnapshotFigures{Rows: 1, Refused: 1}, Rejected: "rejected by ann: few rows"},
			},
		})
	})
	for _, want := range []string{
		"schedule smart-sync/shop: paused: stocktaking until Monday\n", "schedule full-sync/shop: paused by ada\n", "schedule fifth: paused: unpaused by ada\n",
		"schedule fourth: paused\n",
		"schedule third: next 2026-03-02 07:39:00 UTC, 1 start skipped because the run before was not over, 2 starts missed while",
		"rows by status: 3 exported (3 rows in all)\n", "last run: 7, Smart Sync, started 2026-03-02 07:39:00 UTC, completed\n",
		"starter approve 9   or   starter reject 9   until 2026-03-02 07:39:00 UTC; then the run ends undecided",
		"portland (2026-03-02 07:39:00 UTC): 1 of its 1 row was refused\n",
		"annex (2026-03-02 07:39:00 UTC): nothing of it was recorded: it was rejected by ann: few rows\n",
		"\n  2 figures stay above 0: taking them to 0 was rejected by a\\u202eb\n    starter lift shop   pushes them after all\n",
		"\n  store acme-shop today (UTC): 4160 calls, 17 throttled; last answer 2026-03-02 07:39:00 UTC\n",
	} {
		require.Contains(t, text, want)
	}
}

func TestApplyCountsACatalogue(t *testing.T) {
	t.Parallel()
	report := control.ApplyReport{Changes: []ledger.Change{
		{Action: "created", Kind: "store", ID: "shop"},
		{Action: "created", Kind: "bundle", ID: "A"},
		{Action: "changed", Kind: "bundle", ID: "B"},
		{Action: "created", Kind: "bundle", ID: "C"},
	}}
	show := func(verbose bool) string {
		return shown(func(w *bytes.Buffer) { showApply(w, report, ledger.Definitions{}, true, verbose) })
	}
	require.Equal(t, "store shop: would be created\n2 bundles: would be created (-v lists them)\n1 bundle: would be changed (-v lists them)\n", show(false))
	require.Equal(t, "store shop: would be created\nbundle A: would be created\nbundle B: would be changed\nbundle C: would be created\n", show(true))
	require.Contains(t, shown(func(w *bytes.Buffer) {
		showApply(w, control.ApplyReport{}, ledger.Definitions{Stores: make([]ledger.Store, 1)}, false, false)
	}),
		"nothing to change: 0 warehouses, 1 store, 0 connections")
}

// What became of a request, and of an answer to a held run, is said in a sentence.
func TestAnswersInWords(t *testing.T) {
	t.Parallel()
	const workflow = "smart-sync/shop"
	for want, answer := range map[string]control.SyncAnswer{
		"smart-sync/shop started as run 8":          {Workflow: workflow, Fate: workflows.SyncStarted, ByRun: 8},
		"smart-sync/shop: the request joined run 8": {Workflow: workflow, Fate: workflows.SyncJoined, ByRun: 8},
		"smart-sync/shop: the request waits: served next; run 8 is pushing": {
			Workflow: workflow, Fate: workflows.SyncWaits, ByRun: 8,
			Why: "served next; run 8 is pushing",
		},
		"smart-sync/shop: nothing is left to do: done by run 8":                   {Workflow: workflow, Fate: workflows.SyncCovered, ByRun: 8, Why: "done by run 8"},
		"smart-sync/shop: no run began: not enabled":                              {Workflow: workflow, Fate: workflows.SyncFailed, Why: "not enabled"},
		"smart-sync/shop started, and has not answered yet; is a worker running?": {Workflow: workflow},
		"smart-sync/shop was open and has the request; it has not answered yet":   {Workflow: workflow, Joined: true},
	} {
		require.Equal(t, want, fate(answer))
	}
	hold := ledger.Hold{Run: 12, Connection: "shop", By: "ann"}
	for want, decided := range map[string]control.DecisionResult{
		"run 12 of shop: approved by ann; it fetches again and continues; the decision is for runs 12, 14": {
			Hold: hold, Answer: activities.Approved,
			Runs: []int64{12, 14},
		},
		"run 12 of shop: rejected by ann; Tidemark does not ask about the same again": {
			Hold: hold, Answer: activities.Rejected,
			Runs: []int64{12},
		},
		"run 12 of shop: nobody needs to decide any more: the hold was dissolved by ann":                    {Hold: hold, Answer: activities.Dissolved},
		"run 12 of shop: the rejection is lifted by ann; the next run asks again (starter sync smart shop)": {Hold: hold, Answer: activities.Lifted},
		"run 12 of shop: the decision changed nothing: nothing is held here": {
			Hold: hold, Answer: workflows.NotHeld,
			Why: "nothing is held here",
		},
		"run 12 of shop: approve is accepted, and no worker has answered yet; is one running?": {Hold: hold},
	} {
		require.Equal(t, want, became(decided, "approve"))
	}
}

// What happens on the days on which a zone's clock changes is said when a configuration is applied.
func TestApplySaysWhatHappensOnAChangeDay(t *testing.T) {
	t.Parallel()
	report := control.ApplyReport{ChangeDays: []control.ChangeDay{{
		Connection: "shop", Mode: ledger.Full, Timezone: "Europe/Paris", Date: "2027-03-28", Start: "02:30",
		At: time.Date(2027, 3, 28, 3, 0, 0, 0, time.FixedZone("CEST", 7200)),
	}}}
	out := shown(func(w *bytes.Buffer) { showApply(w, report, ledger.Definitions{}, false, false) })
	require.Contains(t, out, "change of the clock: full-sync/shop on 2027-03-28 in Europe/Paris: the clock skips 02:30; it runs once, at 03:00 (+02:00)")
}
