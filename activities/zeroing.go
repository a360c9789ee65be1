package activities

import (
	"fmt"
	"time"

	"github.com/tidemark/tidemark/ledger"
)

// zeroingWindow is the time over which rows that go to 0 are counted together: a warehouse that loses its stock in five steps is as wrong as
// one that loses it at once.
const zeroingWindow = 24 * time.Hour

// zeroing holds the figures for the rule against mass zeroing.
type zeroing struct {
	base    int64   // rows that were live when the window began: those that are live now, and those that went to 0 within it
	going   int64   // rows that are due to go to 0, or that an open call takes to 0
	before  int64   // rows that went to 0 within the window, are still 0, and were not approved
	maximum float64 // the fraction of base that may go to 0
	// single: the run has a scope of one SKU. One SKU that is sold out is no accident, however few rows the store has.
	single bool
	// approved: a person agreed that approvedRows rows go to 0 now.
	approved     bool
	approvedRows int64
}

type zeroingVerdict int

const (
	zeroingPasses   zeroingVerdict = iota
	zeroingHeld                    // a person must decide
	zeroingApproved                // a person approved: these rows do not count in later decisions
)

// decideZeroing is the rule against mass zeroing. An approval covers the rows that go to 0 now, up to the approved number. Rows that went to 0
// before need no approval then, because they passed or were approved at their time.
func decideZeroing(z zeroing) zeroingVerdict {
	switch {
	case z.going == 0 || z.single, float64(z.before+z.going) <= z.maximum*float64(z.base):
		return zeroingPasses
	case z.approved && z.going <= z.approvedRows:
		return zeroingApproved
	}
	return zeroingHeld
}

// zeroingReason returns the reason why a push is held, with the figures.
func zeroingReason(live, going int64, before ledger.Zeroed, maximum float64) string {
	if before.Rows == 0 {
		return fmt.Sprintf("%d of %d live rows would newly go to 0, more than %.0f %%", going, before.All+live, maximum*100)
	}
	return fmt.Sprintf("%d of %d live rows would have gone to 0 within a day, more than %.0f %%: %d since %s UTC, %d now",
		before.Rows+going, before.All+live, maximum*100, before.Rows, before.First.UTC().Format("2006-01-02 15:04"), going)
}
