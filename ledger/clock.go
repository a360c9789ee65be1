package ledger

// Which of two observations of a level is the newer one.
//
// A level keeps when it was observed, and by which clock: the source's (the row's or event's own time, or the snapshot's, where the
// source gave one) or ours (a level that a snapshot did not name, an event without a time, a snapshot without any). Times of two
// clocks are not compared as if they were of one:
//
//	recorded level   incoming                       newer, or as new, when
//	ours             row of a snapshot              the snapshot was made (else: its fetch began) at that time or later
//	ours             event                          it was received at that time or later
//	the source's     row or event with a time       its time is that time or later
//	the source's     row without, snapshot with     the snapshot's time is that time or later
//	the source's     row or event, no time at all   it was received (a snapshot: its fetch began) when the level was received, or later
//
// A row's own time may be that of its last change long ago, so it says nothing beside a time of ours. A clock that is ahead is set
// back to ours before it comes here. What a source counts goes before all times: see older. The SQL of this table is fresh.

// recordedTime is when a recorded level was observed.
type recordedTime struct {
	at       int64
	ours     bool
	received int64 // by our clock
}

// incomingTime is when an observation was made that may replace a recorded level.
type incomingTime struct {
	row      int64 // the row's or event's own time; 0: none
	snapshot bool
	taken    int64 // of a snapshot: when it was made, else when its fetch began
	dated    bool  // taken is the source's
	received int64 // when the event arrived, or the fetch began
}

// newer is true when the observation is not older than the recorded level.
func newer(in incomingTime, recorded recordedTime) bool {
	switch {
	case recorded.ours && in.snapshot:
		return in.taken >= recorded.at
	case recorded.ours:
		return in.received >= recorded.at
	case in.row != 0:
		return in.row >= recorded.at
	case in.dated:
		return in.taken >= recorded.at
	}
	return in.received >= recorded.received
}
