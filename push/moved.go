package push

import (
	"slices"
	"time"

	"github.com/tidemark/tidemark/ledger"
)

// Levels may change while a push is under way. A row that was read before its level changed is not sent any more, and rows of changed
// levels are sent first.

// rowKey is the key of a row of the connection.
type rowKey struct{ channelSKU, location string }

func keyOf(row ledger.DueItem) rowKey { return rowKey{row.ChannelSKU, row.Location} }

// moves records which rows changed during the slice.
type moves struct {
	now   map[rowKey]figure // current figures of the rows that changed; rows with other figures are outdated
	first []string          // products whose due rows are read next, before all others
	after ledger.DueItem    // the last of those rows that was read
	newer bool              // at the start of a slice: rows that changed in an earlier slice and were not sent are read first
}

// figure is the current figure of a row in the ledger. It is unknown from the change until the row is read again.
type figure struct {
	known              bool
	quantity, observed int64
}

// reads is true while rows of changed levels are still to be read.
func (m *moves) reads() bool { return m.newer || len(m.first) > 0 }

// outdated is true for a row that was read before it changed.
func (m *moves) outdated(row ledger.DueItem) bool {
	now, moved := m.now[keyOf(row)]
	return moved && now != figure{true, row.Quantity, row.Observed}
}

// Moved takes rows that were resolved again. Those that are not under way are read again.
func (m *Machine) Moved(places []ledger.MovedPlace) {
	if m.moves.now == nil {
		m.moves.now = make(map[rowKey]figure, len(places))
	}
	for _, moved := range places {
		m.moves.now[rowKey{moved.ChannelSKU, moved.Location}] = figure{}
		m.moves.first = append(m.moves.first, moved.Product)
	}
	m.reread()
}

// rereadMoved takes the rows of a call that has ended. Those that changed while it was under way are due with a newer figure.
func (m *Machine) rereadMoved(rows []ledger.DueItem) {
	stirred := false
	for _, row := range rows {
		if m.moves.outdated(row) {
			m.moves.first, stirred = append(m.moves.first, row.Product), true
		}
	}
	if stirred {
		m.reread()
	}
}

// reread drops outdated rows, and has the due rows of the changed products read next.
func (m *Machine) reread() {
	slices.Sort(m.moves.first)
	m.moves.first, m.moves.after = slices.Compact(m.moves.first), ledger.DueItem{}
	m.returned()
	for i, part := range m.parts {
		m.parts[i] = m.current(part)
	}
	m.parts = slices.DeleteFunc(m.parts, func(part []ledger.DueItem) bool { return len(part) == 0 })
	for _, w := range m.windows {
		w.rows, w.unknown = m.current(w.rows), m.current(w.unknown)
	}
}

// current returns the rows that are not outdated.
func (m *Machine) current(rows []ledger.DueItem) []ledger.DueItem {
	return slices.DeleteFunc(slices.Clone(rows), m.moves.outdated)
}

// firstQuery asks for the due rows of changed levels.
func (m *Machine) firstQuery(now time.Time) ledger.DueQuery {
	query := m.query(now)
	query.Limit = m.page()
	query.AfterSKU, query.AfterPlace = m.moves.after.ChannelSKU, m.moves.after.Location
	if query.Newer = m.moves.newer; !query.Newer {
		query.Scope = m.moves.first
	}
	return query
}

// dueFirst takes the due rows of changed levels. They are looked up and composed before the rows that were read earlier.
func (m *Machine) dueFirst(rows []ledger.DueItem) {
	switch {
	case m.moves.newer:
		m.moves.newer = false // the other rows are read in their usual order
	case len(rows) < m.page():
		m.moves.first, m.moves.after = nil, ledger.DueItem{}
	default:
		m.moves.after = rows[len(rows)-1]
	}
	if rows = m.added(rows); len(rows) > 0 {
		m.windows = slices.Insert(m.windows, 0, &window{rows: rows, first: true})
	}
}

// added returns the rows that are not in memory yet. Rows that were just read have the current figures.
func (m *Machine) added(rows []ledger.DueItem) []ledger.DueItem {
	inMemory := map[rowKey]bool{}
	for _, under := range m.flights { // the intents of calls that begin together may not be written yet, so their rows still look due
		for _, row := range under.step.Call.Items {
			inMemory[keyOf(row)] = true
		}
	}
	for _, part := range m.parts {
		for _, row := range part {
			inMemory[keyOf(row)] = true
		}
	}
	for _, w := range m.windows {
		for _, row := range w.rows {
			inMemory[keyOf(row)] = true
		}
	}
	added := make([]ledger.DueItem, 0, len(rows))
	for _, row := range rows {
		key := keyOf(row)
		if _, moved := m.moves.now[key]; moved {
			m.moves.now[key] = figure{true, row.Quantity, row.Observed}
		}
		if !inMemory[key] {
			added = append(added, row)
		}
	}
	return added
}

// together returns the rows to compose into calls, and how many of them go first. Rows of changed levels are composed together with all
// calls that are not made yet, because a call for a few rows costs the store as much as a full one.
func (m *Machine) together(w *window) (rows []ledger.DueItem, first int) {
	if !w.first {
		return w.rows, 0
	}
	rows, first = slices.Clone(w.rows), len(w.rows)
	for _, part := range slices.Backward(m.parts) {
		rows = append(rows, part...)
	}
	m.parts = nil
	return rows, first
}

// foremost sorts the calls with one of the first rows to the front.
func foremost(calls [][]int, first int) [][]int {
	var before, behind [][]int
	for _, call := range calls {
		if slices.ContainsFunc(call, func(index int) bool { return index < first }) {
			before = append(before, call)
		} else {
			behind = append(behind, call)
		}
	}
	return append(before, behind...)
}
