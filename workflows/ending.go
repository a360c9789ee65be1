package workflows

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidemark/tidemark/ledger"
)

// ending names how a push that has come to its end went. Rows that an earlier run had refused, and that this one did not try, are no
// failure of it; they are named.
func ending(counts ledger.Counts, left int64) (ledger.Outcome, string) {
	outcome := ledger.Completed
	var said []string
	if counts.Rejected > 0 {
		outcome = ledger.CompletedWithFailures
		said = append(said, rows(counts.Rejected, "was newly rejected", "were newly rejected"))
	}
	if left > 0 {
		outcome = ledger.CompletedWithFailures
		said = append(said, rows(left, "is due again", "are due again"))
	}
	if counts.Parked > 0 {
		said = append(said, rows(counts.Parked, "stays parked: an earlier run saw it rejected", "stay parked: earlier runs saw them rejected"))
	}
	return outcome, strings.Join(said, ", ")
}

// rows says what is so of a number of rows.
func rows(n int64, one, many string) string {
	if n == 1 {
		return "1 row " + one
	}
	return fmt.Sprintf("%d rows %s", n, many)
}

// withRejected is how a pass ended, with what a person has rejected of it in an earlier run and it therefore left as it was. A run that
// pushes the rest is no clean one: somebody waits for a better snapshot.
func withRejected(outcome ledger.Outcome, reason string, rejected ...string) (ledger.Outcome, string) {
	said := slices.DeleteFunc(slices.Clone(rejected), func(one string) bool { return one == "" })
	if len(said) == 0 || (outcome != ledger.Completed && outcome != ledger.CompletedWithFailures) {
		return outcome, reason
	}
	if reason != "" {
		said = append(said, reason)
	}
	return ledger.CompletedWithFailures, strings.Join(said, "; ")
}
