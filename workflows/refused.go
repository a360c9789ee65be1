package workflows

import (
	"fmt"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/ledger"
)

// withRefusals adds the warehouse's refused rows to the outcome of a pass. Levels that are stale since an earlier run do not count as failures of this
// one, but the reason names them.
func withRefusals(counts ledger.Counts, outcome ledger.Outcome, reason string) (ledger.Outcome, string) {
	if !pushEnded(outcome) {
		return outcome, reason
	}
	text := ""
	switch {
	case allRefused(counts):
		outcome = ledger.Failed
		text = fmt.Sprintf("every row that was read was refused (%d), so no level was read; starter snapshot says why: "+
			"correct the source, or the settings of the warehouse that say how it is read", counts.Rows)
	case counts.Refused > 0:
		outcome = ledger.CompletedWithFailures
		text = rows(counts.Refused, "of the warehouse was refused", "of the warehouse were refused")
		if counts.Stale > 0 {
			text += ", and " + staleWords(counts.Stale)
		}
	case counts.Stale > 0:
		text = staleWords(counts.Stale)
	}
	return outcome, joinReasons(text, reason)
}

// allRefused is true for a fetch that read rows and refused all of them.
func allRefused(counts ledger.Counts) bool { return counts.Rows > 0 && counts.Refused >= counts.Rows }

// staleWords say how many levels are stale.
func staleWords(n int64) string {
	if n == 1 {
		return "1 level is stale"
	}
	return fmt.Sprintf("%d levels are stale", n)
}

// withJudgement is withRefusals, with an error where a person must act.
func (p *pass) withJudgement(ctx workflow.Context, outcome ledger.Outcome, reason string) (ledger.Outcome, string, error) {
	judged, why := withRefusals(p.counts, outcome, reason)
	if judged != ledger.Failed || outcome == ledger.Failed {
		return judged, why, nil
	}
	if workflow.GetVersion(ctx, "all-refused-is-no-success", workflow.DefaultVersion, 1) == workflow.DefaultVersion {
		return ledger.CompletedWithFailures, why, nil
	}
	return judged, why, temporal.NewNonRetryableApplicationError(why, activities.ErrorSource, nil)
}
