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
	for _, one := range []struct {
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
		if n := rows[one.status]; n > 0 {
			all += n
			parts = append(parts, fmt.Sprintf("%d %s%s", n, one.status, one.means))
		}
	}
	if all == 0 {
		return "none yet"
	}
	return fmt.Sprintf("%d: %s", all, strings.Join(parts, ", "))
}

// pushed is what became of the rows that a run touched, by status; the parts add up. What was due is told beside it and is no part: rows
// whose call was open when the run began are not counted as due, and are settled all the same.
func pushed(c ledger.Counts) string {
	all := c.Exported + c.Sent + c.Rejected + c.Parked + c.Blocked + c.Retrying
	return fmt.Sprintf("%s: %d exported, %d sent, %d newly rejected, %d parked, %d blocked, %d retrying; %s; %d due when the push began",
		control.Count(all, "row", "rows"), c.Exported, c.Sent, c.Rejected, c.Parked, c.Blocked, c.Retrying, control.Count(c.Calls, "call", "calls"), c.Due)
}

// standing is how a schedule stands.
func standing(schedule control.ScheduleStatus) string {
	var said []string
	switch {
	case schedule.Missing:
		return "missing; apply the configuration again"
	case schedule.Paused && schedule.Note == "":
		said = append(said, "paused")
	case schedule.Paused:
		said = append(said, "paused ("+schedule.Note+")")
	default:
		said = append(said, "next "+stamp(schedule.Next))
	}
	if schedule.Ledger != "" {
		said = append(said, "belongs to ledger "+ledger.ShortIdentity(schedule.Ledger)+", not to this one")
	}
	if left := schedule.Remaining; left != nil {
		said = append(said, control.Count(int64(*left), "start", "starts")+" left, because somebody limited it")
	}
	if n := int64(schedule.Skipped); n > 0 {
		said = append(said, control.Count(n, "start", "starts")+" skipped because the run before was not over")
	}
	if n := int64(schedule.Missed); n > 0 {
		said = append(said, control.Count(n, "start", "starts")+" missed while the server was down")
	}
	return strings.Join(said, ", ")
}

func was(n int64) string {
	if n == 1 {
		return "was"
	}
	return "were"
}
