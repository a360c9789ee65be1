package console

import "time"

// A page at which somebody looks is made again when the ledger has changed under it, and now and then besides, for what only Temporal or the clock
// changes. This file decides when, and does nothing.

const (
	// restEvery is how old what is shown of a page under which nothing has changed becomes.
	restEvery = 10 * time.Second
	// looksShare is the share of the time that may go into looking, and longestPause what a page waits for that at most.
	looksShare   = 0.02
	longestPause = 5 * time.Second
)

// look is when a page was made last, and as of which mark of the ledger.
type look struct {
	at   time.Time
	mark string
}

// due is true when a page is to be made again: nobody has made it, something has changed since, or it is old.
func (l look) due(mark string, now time.Time) bool {
	return l.at.IsZero() || l.mark != mark || now.Sub(l.at) >= restEvery
}

// pauseAfter is how long nothing is looked at after looks that took so long.
func pauseAfter(took time.Duration) time.Duration {
	return min(max(streamEvery, time.Duration(float64(took)/looksShare)), longestPause)
}
