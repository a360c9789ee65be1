package inventory

import (
	"fmt"
	"time"
)

// RefusedPolicy says which figure a level has from a refused row until the next accepted one.
type RefusedPolicy string

// The policies for refused rows. Empty is RefusedKeep.
const (
	RefusedKeep RefusedPolicy = "keep" // the figure that was read last (the default)
	RefusedZero RefusedPolicy = "zero" // 0: stock that cannot be read is not sold
)

// Stale says that the last row of a level was refused.
type Stale struct {
	// Run is the run that fetched the refused row. 0: the row was sent to us, in the snapshot Snapshot or in an update event.
	Run      int64 `json:"run,omitempty"`
	Snapshot int64 `json:"snapshot,omitempty"`
	// Since is when the first row was refused after the level was last read, and At when the latest one was.
	Since time.Time `json:"since"`
	At    time.Time `json:"at"`
	// Place is where the refused row stood in the source, and Reason why it was refused.
	Place  string `json:"place,omitempty"`
	Reason string `json:"reason"`
	// Read is the figure that was read last; nil when none ever was.
	Read *int64 `json:"read,omitempty"`
	// Zeroed: the level counts as 0, because its warehouse is set to refused: zero.
	Zeroed bool `json:"zeroed,omitempty"`
}

// Words says which row was refused, and why.
func (s Stale) Words() string {
	refused := "its update event was refused"
	switch {
	case s.Run != 0:
		refused = fmt.Sprintf("its row was refused in run %d", s.Run)
	case s.Snapshot != 0:
		refused = fmt.Sprintf("its row was refused in snapshot %d, which was sent", s.Snapshot)
	}
	if s.Place != "" {
		refused += " (" + s.Place + ")"
	}
	return refused + ": " + s.Reason
}

// Consequence says which figure counts until the level is read again.
func (s Stale) Consequence() string {
	switch {
	case s.Read == nil:
		return "it was never read, so it has no figure"
	case s.Zeroed:
		return fmt.Sprintf("it counts as 0 until it is read again (refused: zero); %d was read last", *s.Read)
	}
	return fmt.Sprintf("%d, which was read before, counts until it is read again", *s.Read)
}
