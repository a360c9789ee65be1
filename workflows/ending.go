package workflows

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidemark/tidemark/ledger"
)

// pushOutcome is the outcome and the reason of a push that has ended; left is how many rows are due again. Rows that an earlier run saw rejected and
// that this one did not try do not count as its failures, but the reason names them.
func pushOutcome(counts ledger.Counts, left int64) (ledger.Outcome, string) {
	outcome := ledger.Completed
	var parts []string
	if counts.Rejected > 0 {
		outcome = ledger.CompletedWithFailures
		parts = append(parts, rows(counts.Rejected, "was newly rejected", "were newly rejected"))
	}
	if left > 0 {
		outcome = ledger.CompletedWithFailures
		parts = append(parts, rows(left, "is due again", "are due again"))
	}
	if counts.Parked > 0 {
		parts = append(parts, rows(counts.Parked, "stays parked: an earlier run saw it rejected", "stay parked: earlier runs saw them rejected"))
	}
	return outcome, strings.Join(parts, ", ")
}

// rows is a number of rows with the end of a sentence about one or many.
func rows(n int64, text, many string) string {
	if n == 1 {
		return "1 row " + text
	}
	return fmt.Sprintf("%d rows %s", n, many)
}

// withRejected adds to the outcome of a pass what it left out because a person rejected it in an earlier run. Such a pass completed with failures:
// somebody waits for a better snapshot.
func withRejected(outcome ledger.Outcome, reason string, rejected ...string) (ledger.Outcome, string) {
	text := joinReasons(rejected...)
	if text == "" || !pushEnded(outcome) {
		return outcome, reason
	}
	return ledger.CompletedWithFailures, joinReasons(text, reason)
}

// pushEnded is true for the outcome of a pass that came to the end of its push.
func pushEnded(outcome ledger.Outcome) bool {
	return outcome == ledger.Completed || outcome == ledger.CompletedWithFailures
}

// joinReasons joins the reasons that are not empty by semicolons.
func joinReasons(reasons ...string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(reasons), func(text string) bool { return text == "" }), "; ")
}
