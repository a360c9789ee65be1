package ledger

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestApplyToRow(t *testing.T) {
	t.Parallel()
	const caller, later = 7, 8
	inCall := DueItem{ChannelSKU: "BIKE", Product: "BIKE", Quantity: 5, Observed: 3}
	open := func(change func(*openRow)) openRow {
		row := openRow{
			channelSKU: "BIKE", product: "BIKE", quantity: 5, observed: 3, exported: new(int64(9)),
			status: StatusUnknown, attempts: 2, tries: 1, run: caller,
		}
		if change != nil {
			change(&row)
		}
		return row
	}
	newer := func(row *openRow) { row.quantity, row.observed = 4, 6 }
	sameAgain := func(row *openRow) { row.observed = 6 } // the warehouse reported another figure, and then the same as before
	blocked := func(row *openRow) { row.blocked = "no listing" }
	resolved := func(row *openRow) { row.run = later }
	sent := func(row *openRow) { row.status = StatusSent }

	tests := map[string]struct {
		change    func(*openRow)
		answer    ItemResponse
		status    Status
		reason    string
		exported  int64
		attempts  int64
		tries     int64
		open      bool
		confirmed bool
		kind      string
		after     int64
		note      string
	}{
		"applied": {answer: ItemResponse{Status: StatusExported}, status: StatusExported, exported: 5, tries: 1, confirmed: true, kind: "exported", after: 5},
		"applied, capped": {
			answer: ItemResponse{Status: StatusExported, Shown: new(int64(3))}, status: StatusExported, exported: 3, tries: 1, confirmed: true,
			kind: "exported", after: 3,
		},
		"applied, and a newer figure is due": {
			change: newer, answer: ItemResponse{Status: StatusExported}, status: StatusPending, exported: 5, tries: 1, confirmed: true,
			kind: "superseded", after: 5, note: "a newer figure is due: 4",
		},
		"applied, and the same figure was observed anew": {
			change: sameAgain, answer: ItemResponse{Status: StatusExported}, status: StatusPending, exported: 5, tries: 1, confirmed: true,
			kind: "superseded", after: 5, note: "a newer figure is due: 5",
		},
		"applied, and blocked meanwhile": {
			change: blocked, answer: ItemResponse{Status: StatusExported}, status: StatusBlocked, reason: "no listing", exported: 5, tries: 1, confirmed: true,
			kind: "exported", after: 5, note: "nothing more is sent: no listing",
		},
		"applied, and resolved meanwhile": {
			change: resolved, answer: ItemResponse{Status: StatusExported}, status: StatusExported, exported: 5, tries: 1, confirmed: true,
			kind: "exported", after: 5,
		},
		"rejected": {
			answer: ItemResponse{Status: StatusRejected, Reason: "no such item"}, status: StatusRejected, reason: "no such item", exported: 9, tries: 1,
			kind: "rejected", after: 5, note: "no such item",
		},
		"rejected, and a newer figure is due": {
			change: newer, answer: ItemResponse{Status: StatusRejected, Reason: "no such item"}, status: StatusPending, exported: 9, tries: 1,
			kind: "superseded", after: 5, note: "no such item; a newer figure is due: 4",
		},
		"rejected, and resolved meanwhile": {
			change: resolved, answer: ItemResponse{Status: StatusRejected, Reason: "no such item"}, status: StatusPending, exported: 9, tries: 1,
			kind: "rejected", after: 5, note: "no such item; it was resolved anew since, and is due again",
		},
		"rejected, and blocked meanwhile": {
			change: blocked, answer: ItemResponse{Status: StatusRejected, Reason: "no such item"}, status: StatusBlocked, reason: "no listing", exported: 9, tries: 1,
			kind: "rejected", after: 5, note: "no such item; nothing more is sent: no listing",
		},
		"conflict": {
			answer: ItemResponse{Status: StatusRetrying, Reason: "it moved", Shown: new(int64(2))}, status: StatusRetrying, reason: "it moved",
			exported: 2, attempts: 3, tries: 2, kind: "retrying", after: 5, note: "it moved",
		},
		"refused for now": {
			answer: ItemResponse{Status: StatusRetrying, Reason: "busy"}, status: StatusRetrying, reason: "busy", exported: 9, attempts: 3, tries: 2,
			kind: "retrying", after: 5, note: "busy",
		},
		"refused for now, and a newer figure is due": {
			change: newer, answer: ItemResponse{Status: StatusRetrying}, status: StatusPending, exported: 9, attempts: 3, tries: 2,
			kind: "superseded", after: 5, note: "a newer figure is due: 4",
		},
		"not applied": {
			answer: ItemResponse{Status: StatusPending, Reason: "another item was refused"}, status: StatusPending,
			reason: "another item was refused", exported: 9, attempts: 2, tries: 1,
			kind: "retrying", after: 5, note: "another item was refused",
		},
		"no answer": {
			answer: ItemResponse{Status: StatusUnknown, Reason: "timeout"}, status: StatusUnknown, reason: "timeout", exported: 9, attempts: 2, tries: 1, open: true,
			kind: "unknown", after: 5, note: "timeout",
		},
		"no answer, and blocked meanwhile": {
			change: blocked, answer: ItemResponse{Status: StatusUnknown}, status: StatusUnknown, exported: 9, attempts: 2, tries: 1, open: true,
			kind: "unknown", after: 5,
		},
		"accepted":      {answer: ItemResponse{Status: StatusSent}, status: StatusSent, exported: 9, attempts: 2, tries: 1, open: true, kind: "sent", after: 5},
		"still at work": {change: sent, answer: ItemResponse{Status: StatusSent}, status: StatusSent, exported: 9, attempts: 2, tries: 1, open: true, after: 5},
		"not in the report": {
			change: sent, answer: ItemResponse{Status: StatusUnknown}, status: StatusUnknown, exported: 9, attempts: 2, tries: 1, open: true, kind: "unknown", after: 5,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row := open(test.change)
			got, err := applyToRow(row, inCall, caller, test.answer)
			require.NoError(t, err)
			want := rowUpdate{
				openRow: row, reason: test.reason, before: new(int64(9)), open: test.open, confirmed: test.confirmed,
				kind: test.kind, after: test.after, note: test.note,
			}
			want.status, want.exported, want.attempts, want.tries = test.status, new(test.exported), test.attempts, test.tries
			require.Equal(t, want, got)
		})
	}
	for _, status := range []Status{StatusBlocked, StatusSuperseded, "", "exportd"} {
		_, err := applyToRow(open(nil), inCall, caller, ItemResponse{Status: status})
		require.ErrorContains(t, err, string(status))
	}
}
