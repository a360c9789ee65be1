package push

import (
	"hash/fnv"
	"slices"
	"time"

	"github.com/tidemark/tidemark/ledger"
)

// window is rows that were read together. They are composed into calls when all of them have their references.
type window struct {
	rows    []ledger.DueItem
	known   bool             // what the ledger remembers of them is filled in
	unknown []ledger.DueItem // rows that are still to be looked up
	looking int              // look-ups under way
	first   bool             // rows of what moved, which go out before others
}

// fresh says what to do with rows that are due: send the next call, look up rows beside it, or read more rows where there is neither.
func (m *Machine) fresh(now time.Time) ([]Step, error) {
	if m.moves.reads() {
		return []Step{{Kind: ReadDue, Query: m.firstQuery(now)}}, nil
	}
	if unread, rows := m.unread(); len(unread) > 0 {
		return []Step{{Kind: ReadReferences, SKUs: skus(rows), windows: unread}}, nil
	}
	var find []Step
	var first []*window
	for _, w := range slices.Clone(m.windows) {
		switch {
		case len(w.unknown) == 0 && w.looking == 0 && w.first:
			first = append(first, w)
		case len(w.unknown) == 0 && w.looking == 0:
			if err := m.compose(w); err != nil {
				return nil, err
			}
		case len(w.unknown) > 0 && find == nil:
			find = []Step{{Kind: Find, Call: items(within(w.unknown[:min(m.find, len(w.unknown))])[0]), window: w}}
		}
	}
	for _, w := range slices.Backward(first) {
		if err := m.compose(w); err != nil {
			return nil, err
		}
	}
	var steps []Step
	if next := len(m.parts) - 1; next >= 0 {
		steps = append(steps, Step{Kind: Send, Call: items(m.parts[next])})
	}
	steps = append(steps, find...)
	if len(steps) > 0 || m.drained || m.ended && m.busy() {
		return steps, nil
	}
	m.ended = false
	return []Step{{Kind: ReadDue, Query: m.query(now)}}, nil
}

// unread are the windows of which it is not known yet what the ledger remembers, and their rows.
func (m *Machine) unread() (unread []*window, rows []ledger.DueItem) {
	if !m.setup.Finds {
		return nil, nil
	}
	for _, w := range m.windows {
		if !w.known {
			unread, rows = append(unread, w), append(rows, w.rows...)
		}
	}
	return unread, rows
}

// busy is true while rows that came back to be due may still be followed by others.
func (m *Machine) busy() bool { return len(m.flights) > 0 || len(m.windows) > 0 }

// returned notes that rows may be due again.
func (m *Machine) returned() { m.drained = false }

func items(rows []ledger.DueItem) ledger.OpenCall {
	return ledger.OpenCall{Intent: ledger.Intent{Items: rows}}
}

func skus(rows []ledger.DueItem) []string {
	names := make([]string, len(rows))
	for i, row := range rows {
		names[i] = row.ChannelSKU
	}
	return names
}

// query asks for the next due rows.
func (m *Machine) query(now time.Time) ledger.DueQuery {
	return ledger.DueQuery{
		Connection: m.setup.Connection, Run: m.setup.Run, Scope: m.setup.Scope, MaximumTries: triesPerRun,
		AfterSKU: m.after.ChannelSKU, AfterPlace: m.after.Location, Limit: m.page() * m.atOnce,
		MaximumCalls: m.setup.Limits.ItemCalls, Day: ledger.DayOf(now, m.setup.Limits.DayZone),
	}
}

// page is how many rows are looked up and composed together. Rows are read for as many pages as there may be calls under way.
func (m *Machine) page() int { return max(m.setup.Limits.Window, m.batch) }

// Due tells which rows a query of ReadDue returned. After the last row it begins again at the first when nothing is under way any more:
// rows came back meanwhile.
func (m *Machine) Due(rows []ledger.DueItem) {
	if m.moves.reads() {
		m.dueFirst(rows)
		return
	}
	if len(rows) == 0 {
		m.drained, m.ended = m.after == (ledger.DueItem{}), true
		m.after = ledger.DueItem{}
		return
	}
	last := rows[len(rows)-1]
	m.after = ledger.DueItem{ChannelSKU: last.ChannelSKU, Location: last.Location}
	for page := range slices.Chunk(m.added(rows), m.page()) {
		m.windows = append(m.windows, &window{rows: page})
	}
}

// Known tells what the ledger remembers of the rows of a ReadReferences.
func (m *Machine) Known(step Step, references map[string]ledger.Reference, now time.Time) {
	for _, w := range step.windows {
		w.remember(references, now)
	}
}

// remember fills in what the ledger knows of a window's rows; the others are to be looked up.
func (w *window) remember(references map[string]ledger.Reference, now time.Time) {
	w.known = true
	for i := range w.rows {
		row := &w.rows[i]
		if reference := references[row.ChannelSKU]; !aged(row.ChannelSKU, reference.FoundAt, now) {
			row.Reference = reference.ID
		}
		if row.Reference == "" {
			w.unknown = append(w.unknown, *row)
		}
	}
}

// referenceLife is how long it is trusted, at least, by which id a store knows an item: the SKU may have moved to another item while
// the first still exists, and then no response says so.
const referenceLife = 30 * 24 * time.Hour

// aged is true when a SKU's id is to be refreshed. What one Full Sync found ages over as long a time again, each SKU on a day of its own, for
// looking all of them up can take hours.
func aged(sku string, foundAt, now time.Time) bool {
	day := fnv.New32a()
	_, _ = day.Write([]byte(sku))
	return now.Sub(foundAt) > referenceLife+time.Duration(day.Sum32())*(referenceLife>>32)
}

// compose makes calls of a window. They are made after those that wait already.
func (m *Machine) compose(w *window) error {
	m.windows = slices.DeleteFunc(m.windows, func(other *window) bool { return other == w })
	if len(w.rows) == 0 {
		return nil
	}
	all, first := m.together(w)
	calls, err := m.setup.Compose(m.Items(all), m.batch)
	if err != nil {
		return err
	}
	var parts [][]ledger.DueItem
	for _, positions := range foremost(calls, first) {
		rows := make([]ledger.DueItem, len(positions))
		for i, at := range positions {
			rows[i] = all[at]
		}
		parts = append(parts, within(rows)...)
	}
	slices.Reverse(parts) // the next one stands last
	m.parts = append(parts, m.parts...)
	return nil
}

// within splits the rows of a call so that no part holds more rows than any of its rows may stand among.
func within(rows []ledger.DueItem) [][]ledger.DueItem {
	var parts [][]ledger.DueItem
	begin, most := 0, 0
	for i, row := range rows {
		limit := most
		if row.Part > 0 && (limit == 0 || row.Part < limit) {
			limit = row.Part
		}
		if limit > 0 && i-begin >= limit {
			parts, begin, limit = append(parts, rows[begin:i]), i, row.Part
		}
		most = limit
	}
	if begin < len(rows) {
		parts = append(parts, rows[begin:])
	}
	return parts
}
