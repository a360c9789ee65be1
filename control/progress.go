package control

import (
	"time"

	"github.com/tidemark/tidemark/ledger"
)

// RunProgress is how far a run is that pushes.
type RunProgress struct {
	Done  int64 // rows that have an answer, whatever it is
	Total int64 // rows that were due when the push began
	// PerMinute is how many rows had an answer in a minute, since the push began. 0: it is not known yet.
	PerMinute float64
	// Left is how long the rest takes if it goes on like that; nil where that cannot be known.
	Left *time.Duration
}

// A rate is told after so much time and so many calls, for the first call says little of the others.
const (
	leastPushed = 5 * time.Second
	leastCalls  = 3
)

// ProgressOf is how far a run is; false for one that does not push: it has ended, is at another step, or has nothing to push. A run that waits,
// for a person or for the store, has a rate and no time that is left.
func ProgressOf(run ledger.Run, now time.Time) (RunProgress, bool) {
	k := run.Counts
	if run.EndedAt != nil || run.ResolvedAt == nil || k.Due == 0 {
		return RunProgress{}, false
	}
	progress := RunProgress{Done: min(k.Exported+k.Sent+k.Rejected+k.Retrying, k.Due), Total: k.Due}
	spent := now.Sub(*run.ResolvedAt)
	if progress.Done == 0 || spent < leastPushed || k.Calls < leastCalls {
		return progress, true
	}
	progress.PerMinute = float64(progress.Done) / spent.Minutes()
	if run.Outcome == ledger.Running && run.Phase == ledger.PhasePushing {
		left := time.Duration(float64(spent) * float64(progress.Total-progress.Done) / float64(progress.Done))
		progress.Left = &left
	}
	return progress, true
}
