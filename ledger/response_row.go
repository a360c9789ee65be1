package ledger

import (
	"fmt"
	"strings"
)

// openRow is a channel level with an open call, as the call's answer finds it.
type openRow struct {
	location, channelSKU, product string
	quantity, observed            int64 // may be newer than the call's
	exported                      *int64
	status                        Status
	blocked                       string
	attempts, tries               int64 // tries are those of the run that brings the answer
	run                           int64 // that touched the row last
}

// rowUpdate is what becomes of a row, and what its activity says.
type rowUpdate struct {
	openRow
	reason    string
	before    *int64 // what the store was known to show
	open      bool   // the call stays open for it
	part      int    // the most rows in the next call that holds this one
	confirmed bool   // the store said that it shows the figure
	kind      string // of the activity; empty for none
	after     int64  // for the activity: what the call was to make the store show, or what it took instead
	note      string
}

// applyToRow applies an answer to a row. asked is the row as the call has it, caller the run that made the call.
//
// Two things may have happened to the row since the call was made. It may have taken a newer figure: then it is due again,
// whatever the answer. And it may have been resolved again by a later run to the same figure, because its definition changed
// or everything is pushed: then a refusal of the earlier run's call does not park it.
func applyToRow(row openRow, asked DueItem, caller int64, answer ItemResponse) (rowUpdate, error) {
	out := rowUpdate{openRow: row, reason: answer.Reason, before: row.exported, after: asked.Quantity, note: answer.Reason}
	if answer.Shown != nil {
		out.exported = answer.Shown
	}
	out.status = answer.Status
	switch answer.Status {
	case StatusUnknown, StatusSent:
		out.open = true
		if answer.Status != StatusSent || row.status != StatusSent { // that a store still works on it is no news
			out.kind = string(answer.Status)
		}
		return out, nil
	case StatusExported:
		out.kind, out.confirmed, out.attempts = "exported", true, 0
		if answer.Shown == nil {
			out.exported = new(asked.Quantity)
		}
		out.reason, out.after = "", *out.exported
	case StatusRejected:
		out.kind, out.attempts = "rejected", 0
		if row.run != caller {
			out.status, out.reason = StatusPending, ""
			out.note = words(out.note, "it was resolved anew since, and is due again")
		}
	case StatusRetrying:
		out.kind = "retrying"
		out.attempts++
		out.tries++
	case StatusPending:
		out.kind, out.part = "retrying", answer.Part
	case StatusSuperseded, StatusBlocked:
		return rowUpdate{}, fmt.Errorf("ledger: %q is no answer of a store", answer.Status)
	default:
		return rowUpdate{}, fmt.Errorf("ledger: %q is no status of a channel level", answer.Status)
	}
	switch {
	case row.blocked != "":
		out.status, out.reason = StatusBlocked, row.blocked
		out.note = words(out.note, "nothing more is sent: "+row.blocked)
	case row.quantity != asked.Quantity || row.observed != asked.Observed:
		out.status, out.reason, out.kind = StatusPending, "", string(StatusSuperseded)
		out.note = words(out.note, fmt.Sprintf("a newer figure is due: %d", row.quantity))
	}
	return out, nil
}

// words joins what is said into one note.
func words(parts ...string) string {
	said := parts[:0]
	for _, part := range parts {
		if part != "" {
			said = append(said, part)
		}
	}
	return strings.Join(said, "; ")
}
