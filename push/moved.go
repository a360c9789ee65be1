package push

import (
	"slices"
	"time"

	"github.com/tidemark/tidemark/ledger"
)

// Figures move while a push is under way: a row that was read before its level moved is not sent any more, and the rows of what moved go out
// before the others.

// place is a row of the connection.
type place struct{ channelSKU, location string }

func placeOf(row ledger.DueItem) place { return place{row.ChannelSKU, row.Location} }

// moves is what a slice has seen move.
type moves struct {
	now   map[place]figure // what the ledger has of places that moved; another row of such a place is not sent
	first []string         // products of which the due rows are read next, before all others
	after ledger.DueItem   // the last of those rows that was read
	newer bool             // the slice begins: what moved in an earlier one, and has not gone out, is read first
}

// figure is what the ledger has of a place. It is not known from the move on until the place's row is read again.
type figure struct {
	known              bool
	quantity, observed int64
}

// reads is true while rows of what moved are still to be read.
func (m *moves) reads() bool { return m.newer || len(m.first) > 0 }

// outdated is true for a row that was read before its place moved.
func (m *moves) outdated(row ledger.DueItem) bool {
	now, moved := m.now[placeOf(row)]
	return moved && now != figure{true, row.Quantity, row.Observed}
}

// Moved tells that places were resolved again. Rows of them that are not under way are read again.
func (m *Machine) Moved(places []ledger.MovedPlace) {
	if m.moves.now == nil {
		m.moves.now = make(map[place]figure, len(places))
	}
	for _, moved := range places {
		m.moves.now[place{moved.ChannelSKU, moved.Location}] = figure{}
		m.moves.first = append(m.moves.first, moved.Product)
	}
	m.reread()
}

// stirred notes rows that come back from a call: what moved while it was under way is due with a newer figure.
func (m *Machine) stirred(rows []ledger.DueItem) {
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

// reread drops rows that are outdated, and has the due rows of what moved read next.
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

// current are the rows that are not outdated.
func (m *Machine) current(rows []ledger.DueItem) []ledger.DueItem {
	return slices.DeleteFunc(slices.Clone(rows), m.moves.outdated)
}

// firstQuery asks for the due rows of what moved.
func (m *Machine) firstQuery(now time.Time) ledger.DueQuery {
	query := m.query(now)
	query.Limit = m.page()
	query.AfterSKU, query.AfterPlace = m.moves.after.ChannelSKU, m.moves.after.Location
	if query.Newer = m.moves.newer; !query.Newer {
		query.Scope = m.moves.first
	}
	return query
}

// dueFirst takes in the due rows of what moved. They are looked up and composed before what was read earlier.
func (m *Machine) dueFirst(rows []ledger.DueItem) {
	switch {
	case m.moves.newer:
		m.moves.newer = false // the others come in their order
	case len(rows) < m.page():
		m.moves.first, m.moves.after = nil, ledger.DueItem{}
	default:
		m.moves.after = rows[len(rows)-1]
	}
	if rows = m.added(rows); len(rows) > 0 {
		m.windows = slices.Insert(m.windows, 0, &window{rows: rows, first: true})
	}
}

// added are rows that were just read and that are not in memory yet. What the ledger says of a place is what it has now.
func (m *Machine) added(rows []ledger.DueItem) []ledger.DueItem {
	held := map[place]bool{}
	for _, under := range m.flights { // the intents of calls that begin together may not be written yet
		for _, row := range under.step.Call.Items {
			held[placeOf(row)] = true
		}
	}
	for _, part := range m.parts {
		for _, row := range part {
			held[placeOf(row)] = true
		}
	}
	for _, w := range m.windows {
		for _, row := range w.rows {
			held[placeOf(row)] = true
		}
	}
	added := make([]ledger.DueItem, 0, len(rows))
	for _, row := range rows {
		at := placeOf(row)
		if _, moved := m.moves.now[at]; moved {
			m.moves.now[at] = figure{true, row.Quantity, row.Observed}
		}
		if !held[at] {
			added = append(added, row)
		}
	}
	return added
}

// together is what is composed of a window: of what moved with all calls that are still to be made, for a call of a few rows costs a store as
// much as a full one. It says how many rows go first.
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

// foremost puts calls first that hold one of the first rows.
func foremost(calls [][]int, first int) [][]int {
	var before, behind [][]int
	for _, call := range calls {
		if slices.ContainsFunc(call, func(at int) bool { return at < first }) {
			before = append(before, call)
		} else {
			behind = append(behind, call)
		}
	}
	return append(before, behind...)
}
