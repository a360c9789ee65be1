package push

import (
	"hash/fnv"
	"slices"
	"time"

	"github.com/tidemark/tidemark/ledger"
)

// window is a group of rows that are looked up together. When all of them have references, they are composed into calls.
type window struct {
	rows           []ledger.DueItem
	referencesRead bool             // the references that the ledger remembers are filled in
	unknown        []ledger.DueItem // rows without a reference
	lookUps        int              // look-ups under way
	first          bool             // rows of changed levels, which are sent before others
}

// fresh says what to do with due rows: send the next call, look up rows beside it, or read more rows when there is neither.
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
		case len(w.unknown) == 0 && w.lookUps == 0 && w.first:
			first = append(first, w)
		case len(w.unknown) == 0 && w.lookUps == 0:
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

// unread returns the windows whose references were not read from the ledger yet, with all their rows.
func (m *Machine) unread() (unread []*window, rows []ledger.DueItem) {
	if !m.setup.Finds {
		return nil, nil
	}
	for _, w := range m.windows {
		if !w.referencesRead {
			unread, rows = append(unread, w), append(rows, w.rows...)
		}
	}
	return unread, rows
}

// busy is true while further rows may become due: calls are under way, or rows are in memory.
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

// page is how many rows are looked up and composed together. One read fetches as many pages as calls may be under way.
func (m *Machine) page() int { return max(m.setup.Limits.Window, m.batch) }

// Due takes the rows that a ReadDue query returned. After the last row, reading starts again from the first when no call is under way any
// more, because rows may have become due meanwhile.
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

// Known takes the references that a ReadReferences step returned.
func (m *Machine) Known(step Step, references map[string]ledger.Reference, now time.Time) {
	for _, w := range step.windows {
		w.remember(references, now)
	}
}

// remember fills in the references that the ledger knows; the other rows must be looked up.
func (w *window) remember(references map[string]ledger.Reference, now time.Time) {
	w.referencesRead = true
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

// referenceLife is how long a reference is trusted at least. An SKU may move to another item while the first one still exists, and then no
// response says that the reference is outdated.
const referenceLife = 30 * 24 * time.Hour

// aged is true when a reference must be looked up again. The references that one Full Sync found expire on different days, over another
// referenceLife, because looking up all of them at once can take hours.
func aged(sku string, foundAt, now time.Time) bool {
	day := fnv.New32a()
	_, _ = day.Write([]byte(sku))
	return now.Sub(foundAt) > referenceLife+time.Duration(day.Sum32())*(referenceLife>>32)
}

// compose makes calls of a window's rows. They are sent after the calls that wait already.
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
		for i, index := range positions {
			rows[i] = all[index]
		}
		parts = append(parts, within(rows)...)
	}
	slices.Reverse(parts) // the next one is last
	m.parts = append(parts, m.parts...)
	return nil
}

// within splits the rows of a call so that no part is larger than the limit (Part) of any of its rows.
func within(rows []ledger.DueItem) [][]ledger.DueItem {
	var parts [][]ledger.DueItem
	begin, strictest := 0, 0
	for i, row := range rows {
		limit := strictest
		if row.Part > 0 && (limit == 0 || row.Part < limit) {
			limit = row.Part
		}
		if limit > 0 && i-begin >= limit {
			parts, begin, limit = append(parts, rows[begin:i]), i, row.Part
		}
		strictest = limit
	}
	if begin < len(rows) {
		parts = append(parts, rows[begin:])
	}
	return parts
}
