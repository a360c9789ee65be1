package ledger

import (
	"fmt"
	"strings"
)

// openRow is a channel level in an open call, as it is when the response arrives.
type openRow struct {
	location, channelSKU, product string
	quantity, observed            int64 // may be newer than in the call
	exported                      *int64
	status                        Status
	blocked                       string
	attempts, tries               int64 // tries are of the run that applies the response
	run                           int64 // the run that touched the row last
}

// rowUpdate is a row after a response, with its entry in the activity.
type rowUpdate struct {
	openRow
	reason    string
	before    *int64 // the figure that the store was known to show before; nil when it was not known
	open      bool   // the row stays in the open call
	part      int    // the most rows in the next call that holds this one
	confirmed bool   // the store confirmed the figure
	kind      string // kind of the activity entry; empty for none
	after     int64  // for the activity: the figure in the call, or the figure that the store took instead
	note      string
}

// applyToRow applies a response to a row. dueItem is the row as it is in the call, and caller the run that made the call.
//
// Two things may have happened to the row since the call was made. It may have got a newer figure: then it is due again, whatever the
// response is. Or a later run may have resolved it again to the same figure, because its definition changed or everything is pushed: then
// a rejection of the earlier run's call does not park it.
func applyToRow(row openRow, dueItem DueItem, caller int64, response ItemResponse) (rowUpdate, error) {
	update := rowUpdate{openRow: row, reason: response.Reason, before: row.exported, after: dueItem.Quantity, note: response.Reason}
	if response.Shown != nil {
		update.exported = response.Shown
	}
	update.status = response.Status
	switch response.Status {
	case StatusUnknown, StatusSent:
		update.open = true
		if response.Status != StatusSent || row.status != StatusSent { // a store that still works on it is not news
			update.kind = string(response.Status)
		}
		return update, nil
	case StatusExported:
		update.kind, update.confirmed, update.attempts = "exported", true, 0
		if response.Shown == nil {
			update.exported = new(dueItem.Quantity)
		}
		update.reason, update.after = "", *update.exported
	case StatusRejected:
		update.kind, update.attempts = "rejected", 0
		if row.run != caller {
			update.status, update.reason = StatusPending, ""
			update.note = joinNotes(update.note, "it was resolved anew since, and is due again")
		}
	case StatusRetrying:
		update.kind = "retrying"
		update.attempts++
		update.tries++
	case StatusPending:
		update.kind, update.part = "retrying", response.Part
	case StatusSuperseded, StatusBlocked:
		return rowUpdate{}, fmt.Errorf("ledger: a store cannot answer with %q", response.Status)
	default:
		return rowUpdate{}, fmt.Errorf("ledger: %q is not a status of a channel level", response.Status)
	}
	switch {
	case row.blocked != "":
		update.status, update.reason = StatusBlocked, row.blocked
		update.note = joinNotes(update.note, "nothing more is sent: "+row.blocked)
	case row.quantity != dueItem.Quantity || row.observed != dueItem.Observed:
		update.status, update.reason, update.kind = StatusPending, "", string(StatusSuperseded)
		update.note = joinNotes(update.note, fmt.Sprintf("a newer figure is due: %d", row.quantity))
	}
	return update, nil
}

// joinNotes joins the notes that are not empty.
func joinNotes(parts ...string) string {
	texts := parts[:0]
	for _, part := range parts {
		if part != "" {
			texts = append(texts, part)
		}
	}
	return strings.Join(texts, "; ")
}
