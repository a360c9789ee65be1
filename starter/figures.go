package main

import (
	"fmt"
	"strings"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

// partition is a connection's rows by status. Every row has exactly one, so the parts add up to the whole.
func partition(rows map[ledger.Status]int64) string {
	var parts []string
	var all int64
	for _, item := range []struct {
		status ledger.Status
		means  string
	}{
		{ledger.StatusExported, ""},
		{ledger.StatusPending, ""},
		{ledger.StatusRetrying, ""},
		{ledger.StatusUnknown, " (in a call without an answer)"},
		{ledger.StatusSent, " (the store works on them)"},
		{ledger.StatusRejected, " (parked)"},
		{ledger.StatusBlocked, ""},
	} {
		if n := rows[item.status]; n > 0 {
			all += n
			parts = append(parts, fmt.Sprintf("%d %s%s", n, item.status, item.means))
		}
	}
	if all == 0 {
		return "none yet"
	}
	return fmt.Sprintf("%s (%s in all)", strings.Join(parts, ", "), count(all, "row"))
}

// besides is what else is to be said of a schedule.
func besides(schedule control.ScheduleStatus) []string {
	var said []string
	if schedule.Ledger != "" {
		said = append(said, "belongs to ledger "+ledger.ShortIdentity(schedule.Ledger)+", not to this one")
	}
	if left := schedule.Remaining; left != nil {
		said = append(said, count(*left, "start")+" left, because somebody limited it")
	}
	if schedule.Skipped > 0 {
		said = append(said, count(schedule.Skipped, "start")+" skipped because the run before was not over")
	}
	if schedule.Missed > 0 {
		said = append(said, count(schedule.Missed, "start")+" missed while the server was down")
	}
	return said
}
