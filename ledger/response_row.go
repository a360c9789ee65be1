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
	attempts, tries               int64 // tries are those of the run that brings the response
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

// applyToRow applies a response to a row. asked is the row as the call has it, caller the run that made the call.
//
// Two things may have happened to the row since the call was made. It may have taken a newer figure: then it is due again,
// whatever the response. And it may have been resolved again by a later run to the same figure, because its definition changed
// or everything is pushed: then a refusal of the earlier run's call does not park it.
func applyToRow(row openRow, dueItem DueItem, caller int64, response ItemResponse) (rowUpdate, error) {
	out := rowUpdate{openRow: row, reason: response.Reason, before: row.exported, after: dueItem.Quantity, note: response.Reason}
	if response.Shown != nil {
		out.exported = response.Shown
	}
	out.status = response.Status
	switch response.Status {
	case StatusUnknown, StatusSent:
		out.open = true
		if response.Status != StatusSent || row.status != StatusSent { // that a store still works on it is no news
			out.kind = string(response.Status)
		}
		return out, nil
	case StatusExported:
		out.kind, out.confirmed, out.attempts = "exported", true, 0
		if response.Shown == nil {
			out.exported = new(dueItem.Quantity)
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
		out.kind, out.part = "retrying", response.Part
	case StatusSuperseded, StatusBlocked:
		return rowUpdate{}, fmt.Errorf("ledger: %q is no answer of a store", response.Status)
	default:
		return rowUpdate{}, fmt.Errorf("ledger: %q is no status of a channel level", response.Status)
	}
	switch {
	case row.blocked != "":
		out.status, out.reason = StatusBlocked, row.blocked
		out.note = words(out.note, "nothing more is sent: "+row.blocked)
	case row.quantity != dueItem.Quantity || row.observed != dueItem.Observed:
		out.status, out.reason, out.kind = StatusPending, "", string(StatusSuperseded)
		out.note = words(out.note, fmt.Sprintf("a newer figure is due: %d", row.quantity))
	}
	return out, nil
}

// words joins what is said into one note.
func words(parts ...string) string {
	texts := parts[:0]
	for _, part := range parts {
		if part != "" {
			texts = append(texts, part)
		}
	}
	return strings.Join(texts, "; ")
}
