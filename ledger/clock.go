package ledger

// This file decides which of two observations of a level is newer.
//
// A level is recorded with the time of its observation and with the clock of that time. The clock is the source's when the row, the
// event or the snapshot had a time. Otherwise it is ours: for a level that a snapshot did not name, and for an event or a snapshot
// without a time. Times of the two clocks cannot be compared directly, so the incoming observation is accepted by this table:
//
//	recorded time    incoming observation             accepted when
//	ours             row of a snapshot                the snapshot was made (or if unknown: its fetch began) at that time or later
//	ours             event                            it was received at that time or later
//	the source's     row or event with a time         its time is that time or later
//	the source's     row without, snapshot with one   the snapshot's time is that time or later
//	the source's     row or event, no time at all     it was received (a snapshot: its fetch began) when the level was received, or later
//
// A row's own time may be that of its last change, long ago, so it cannot be compared with a time of ours. A time in the future is
// set back to our present time before it gets here. Where the source numbers its events, the numbers decide before any time does:
// see older. fresh is the same table in SQL.

// recordedTime is the time of a recorded level. Times are in microseconds since 1970.
type recordedTime struct {
	at       int64
	ours     bool  // at is by our clock
	received int64 // by our clock
}

// incomingTime is the time of an observation that may replace a recorded level. Times are in microseconds since 1970.
type incomingTime struct {
	row      int64 // the row's or event's own time; 0: none
	snapshot bool
	taken    int64 // for a snapshot: when it was made, or if unknown, when its fetch began
	dated    bool  // taken was given by the source
	received int64 // when the event arrived, or the fetch began
}

// newer is true when the observation is as new as the recorded level, or newer.
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
