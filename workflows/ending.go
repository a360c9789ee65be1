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

// rows says what is so of a number of rows.
func rows(n int64, text, many string) string {
	if n == 1 {
		return "1 row " + text
	}
	return fmt.Sprintf("%d rows %s", n, many)
}

// withRejected is how a pass ended, with what a person has rejected of it in an earlier run and it therefore left as it was. A run that
// pushes the rest is no clean one: somebody waits for a better snapshot.
func withRejected(outcome ledger.Outcome, reason string, rejected ...string) (ledger.Outcome, string) {
	text := joined(rejected...)
	if text == "" || !pushed(outcome) {
		return outcome, reason
	}
	return ledger.CompletedWithFailures, joined(text, reason)
}

// pushed is true of a pass that came to the end of its push.
func pushed(outcome ledger.Outcome) bool {
	return outcome == ledger.Completed || outcome == ledger.CompletedWithFailures
}

// joined makes one reason of several, of which some may be empty.
func joined(reasons ...string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(reasons), func(text string) bool { return text == "" }), "; ")
}
