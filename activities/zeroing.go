package activities

import (
	"fmt"
	"time"

	"github.com/tidemark/tidemark/ledger"
)

// zeroingWindow is over how long rows that go to 0 are counted together: a warehouse that loses its stock a fifth at a time is as wrong
// as one that loses it at once.
const zeroingWindow = 24 * time.Hour

// zeroing is what the rule against mass zeroing judges.
type zeroing struct {
	base    int64   // rows that were live when the window began: those that are, and those that went to 0 within it
	going   int64   // rows that are due to go to 0, or that an open call takes there
	before  int64   // rows that went to 0 within the window and stay there, and that nobody approved
	maximum float64 // the part of the rows that were live when the window began which may go to 0
	// single: the run is of one SKU. That it is sold out is nobody's accident, however little the store shows.
	single bool
	// approved: a person agreed that approvedRows rows go to 0 now.
	approved     bool
	approvedRows int64
}

type zeroingVerdict int

const (
	zeroingPasses   zeroingVerdict = iota
	zeroingHeld                    // a person must decide
	zeroingApproved                // a person has decided: none of it counts against what comes later
)

// decideZeroing is the rule against mass zeroing. An approval covers what goes to 0 now, up to the figure that was approved; it does not
// look at what went before, which was let through or approved by itself.
func decideZeroing(z zeroing) zeroingVerdict {
	switch {
	case z.going == 0 || z.single, float64(z.before+z.going) <= z.maximum*float64(z.base):
		return zeroingPasses
	case z.approved && z.going <= z.approvedRows:
		return zeroingApproved
	}
	return zeroingHeld
}

// zeroingReason says why a push is held, in figures.
func zeroingReason(live, going int64, before ledger.Zeroed, maximum float64) string {
	if before.Rows == 0 {
		return fmt.Sprintf("%d of %d live rows would newly go to 0, more than %.0f %%", going, before.All+live, maximum*100)
	}
	return fmt.Sprintf("%d of %d live rows would have gone to 0 within a day, more than %.0f %%: %d since %s UTC, %d now",
		before.Rows+going, before.All+live, maximum*100, before.Rows, before.First.UTC().Format("2006-01-02 15:04"), going)
}
