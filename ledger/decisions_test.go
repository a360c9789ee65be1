package ledger

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestDecide(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		before, answer, after string
		changed               bool
	}{
		{"", "approved", "approved", true},
		{"", "rejected", "rejected", true},
		{"approved", "approved", "approved", false},
		{"approved", "rejected", "approved", false},
		{"rejected", "rejected", "rejected", false},
		{"rejected", "approved", "lifted", true},
		{"lifted", "approved", "lifted", false},
		{"lifted", "rejected", "lifted", false},
		{"dissolved", "approved", "dissolved", false},
		{"dissolved", "rejected", "dissolved", false},
	} {
		after, changed := decide(test.before, test.answer)
		require.Equal(t, test.after, after, "%q, then %s", test.before, test.answer)
		require.Equal(t, test.changed, changed, "%q, then %s", test.before, test.answer)
	}
}

func TestWhatWasDecidedInWords(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 28, 8, 39, 59, 0, time.FixedZone("", 3600))
	for want, hold := range map[string]Hold{
		"": {Run: 12, By: "ann"},
		"rejected by ann on 2026-11-28 07:39 UTC (run 12)":                 {Run: 12, Decision: "rejected", By: "ann", DecidedAt: &at},
		"rejected on 2026-11-28 07:39 UTC (run 12)":                        {Run: 12, Decision: "rejected", DecidedAt: &at},
		"approved by ann on 2026-11-28 07:39 UTC (run 12)":                 {Run: 12, Decision: "approved", By: "ann", DecidedAt: &at},
		"dissolved by run 13 on 2026-11-28 07:39 UTC (run 12)":             {Run: 12, Decision: "dissolved", By: "run 13", DecidedAt: &at},
		"the rejection was lifted by bob on 2026-11-28 07:39 UTC (run 12)": {Run: 12, Decision: "lifted", By: "bob", DecidedAt: &at},
		"dissolved by the snapshot 9 that was sent on 2026-11-28 07:39 UTC (run 12)": {
			Run: 12, Decision: "dissolved", By: "the snapshot 9 that was sent",
			DecidedAt: &at,
		},
	} {
		require.Equal(t, want, hold.Decided())
	}
}

func TestReasonsSayWhatWasDecidedAndNotWhatWasAsked(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 28, 7, 39, 0, 0, time.UTC)
	reason := holdSnapshot(SnapshotEnd{Full: true, Guard: Guard{MinimumRows: 0.8}}, SnapshotResult{SnapshotFigures: SnapshotFigures{Rows: 79}, LastRows: 100},
		absence{}, true)
	require.Contains(t, reason, "approve it")
	hold := Hold{Run: 12, Reason: reason, Decision: "rejected", By: "ann", DecidedAt: &at}
	require.Equal(t, "rejected by ann on 2026-11-28 07:39 UTC (run 12): the full snapshot has 79 rows, fewer than 80 % of the 100 rows of the last one",
		hold.Verdict())
	require.Equal(t, "taking it to 0 was rejected by ann on 2026-11-28 07:39 UTC (run 12)", hold.keptReason())
	hold.Decision = "approved"
	require.Equal(t, "the full snapshot has 79 rows, fewer than 80 % of the 100 rows of the last one; nothing was recorded; "+
		"approved by ann on 2026-11-28 07:39 UTC (run 12), it is fetched again", hold.heldSince())
	hold.Decision = "lifted"
	require.Equal(t, "the full snapshot has 79 rows, fewer than 80 % of the 100 rows of the last one; nothing was recorded; "+
		"the rejection was lifted by ann on 2026-11-28 07:39 UTC (run 12), the next run asks anew", hold.heldSince())
	hold.Reason = "as an earlier program put it"
	require.Contains(t, hold.heldSince(), "as an earlier program put it; nothing was recorded; ")
}

func TestKeptInWords(t *testing.T) {
	t.Parallel()
	const decided = "rejected by ann on 2026-11-28 07:39 UTC (run 12)"
	for want, kept := range map[string]Kept{
		"": {},
		"1 figure stays above 0: taking it to 0 was " + decided:                    {Rows: 1, Answers: 1, Decided: decided},
		"12 figures stay above 0: taking them to 0 was " + decided:                 {Rows: 12, Answers: 1, Decided: decided},
		"12 figures stay above 0: taking them to 0 was " + decided + " and others": {Rows: 12, Answers: 2, Decided: decided},
	} {
		require.Equal(t, want, kept.Words())
	}
}
