package control

import (
	"time"

	"github.com/tidemark/tidemark/ledger"
)

// RunProgress says how far a run is that pushes.
type RunProgress struct {
	Done  int64 // rows that have an answer, whatever it is
	Total int64 // rows that were due when the push began
	// PerMinute is how many rows had an answer per minute since the push began; 0 while that is not known.
	PerMinute float64
	// Left is how long the remaining rows take at this rate; nil where that cannot be known.
	Left *time.Duration
}

// A rate is computed only after so much time and so many calls, because the first calls say little about the others.
const (
	leastPushed = 5 * time.Second
	leastCalls  = 3
)

// ProgressOf says how far a run is. It returns false for a run that does not push: it has ended, is at another step, or has nothing to push. A run
// that waits for a person or for the store has a rate but no time left.
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
