package workflows

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

func TestEndingOfAPush(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		counts  ledger.Counts
		left    int64
		outcome ledger.Outcome
		reason  string
	}{
		{ledger.Counts{Exported: 3}, 0, ledger.Completed, ""},
		{ledger.Counts{Rejected: 1}, 0, ledger.CompletedWithFailures, "1 row was newly rejected"},
		{ledger.Counts{Rejected: 2}, 0, ledger.CompletedWithFailures, "2 rows were newly rejected"},
		{ledger.Counts{Retrying: 1}, 1, ledger.CompletedWithFailures, "1 row is due again"},
		{ledger.Counts{Rejected: 1, Retrying: 2}, 2, ledger.CompletedWithFailures, "1 row was newly rejected, 2 rows are due again"},
		{ledger.Counts{Parked: 1}, 0, ledger.Completed, "1 row stays parked: an earlier run saw it rejected"},
		{ledger.Counts{Rejected: 1, Parked: 2}, 0, ledger.CompletedWithFailures, "1 row was newly rejected, 2 rows stay parked: earlier runs saw them rejected"},
	} {
		outcome, reason := pushOutcome(test.counts, test.left)
		require.Equal(t, test.outcome, outcome, "%+v", test)
		require.Equal(t, test.reason, reason)
	}
}

func TestEndingWithWhatWasRejectedBefore(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		outcome  ledger.Outcome
		reason   string
		rejected []string
		want     ledger.Outcome
		why      string
	}{
		"nothing was rejected": {ledger.Completed, "", []string{"", ""}, ledger.Completed, ""},
		"a snapshot":           {ledger.Completed, "", []string{"rejected by ann on Monday", ""}, ledger.CompletedWithFailures, "rejected by ann on Monday"},
		"both, and a row failed": {
			ledger.CompletedWithFailures, "1 row is due again",
			[]string{"the snapshot", "2 figures"},
			ledger.CompletedWithFailures, "the snapshot; 2 figures; 1 row is due again",
		},
		"a run that did not end so": {ledger.Skipped, "in use", []string{"the snapshot"}, ledger.Skipped, "in use"},
		"a part of a long run":      {ledger.Partial, "long", []string{"the snapshot"}, ledger.Partial, "long"},
	} {
		outcome, reason := withRejected(test.outcome, test.reason, test.rejected...)
		require.Equal(t, test.want, outcome, name)
		require.Equal(t, test.why, reason, name)
	}
}
