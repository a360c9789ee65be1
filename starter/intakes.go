package main

import (
	"fmt"

	"github.com/tidemark/tidemark/control"
)

// intakeLine says what is wrong with an intake, and what to do.
func intakeLine(one control.IntakeStatus) string {
	if retry := one.Retry; retry != nil {
		return fmt.Sprintf("The intake of %s cannot record what it has read, and tries again: %s", one.Warehouse, plain(describeRetry(*retry)))
	}
	failure := one.Failure
	if failure == nil {
		return fmt.Sprintf("The intake of %s cannot record what it has read", one.Warehouse)
	}
	waits := fmt.Sprintf("%s and %s", count(int64(failure.Updates), "update"), count(int64(failure.Snapshots), "snapshot"))
	if one.Ended != "" {
		return fmt.Sprintf("The intake of %s is %s, and %s were not recorded: %s\n  they stand in the history of the workflow %s: send them again when that is "+
			"mended",
			one.Warehouse, one.Ended, waits, plain(failure.Error), one.Workflow)
	}
	return fmt.Sprintf("The intake of %s cannot record what it has read, since %s: %s\n  %s wait; the next attempt is at %s. Nothing is lost: mend what is wrong",
		one.Warehouse, stamp(&failure.Since), plain(failure.Error), waits, stamp(&failure.Next))
}
