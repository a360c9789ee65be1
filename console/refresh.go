package console

import "time"

// An open page is rendered again when the ledger has changed, and every few seconds besides, for what only Temporal or the clock changes. The functions
// of this file decide when, and do nothing else.

const (
	// refreshEvery is the greatest age of an open page while nothing changes in the ledger.
	refreshEvery = 10 * time.Second
	// pollShare is the share of the poller's time that rendering may take, and longestPause the longest wait that keeps to it.
	pollShare    = 0.02
	longestPause = 5 * time.Second
)

// rendered is when a page was rendered last, and at which change mark of the ledger. The zero value is a page that never was.
type rendered struct {
	at   time.Time
	mark string
}

// due is true when a page is rendered again: it never was, the ledger has changed since, or it is old.
func (r rendered) due(mark string, now time.Time) bool {
	return r.at.IsZero() || r.mark != mark || now.Sub(r.at) >= refreshEvery
}

// pauseAfter is how long the poller waits after a round that took so long.
func pauseAfter(took time.Duration) time.Duration {
	return min(max(streamEvery, time.Duration(float64(took)/pollShare)), longestPause)
}
