package ledgertest

import (
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// observation is what was seen in a spot, when, by whose clock, and when that was received by ours.
type observation struct {
	available int64
	at        time.Time
	ours      bool
	received  time.Time
}

// fetched is a snapshot of the model.
type fetched struct {
	full  bool
	asOf  time.Time // by the source; zero when it does not say
	began time.Time
}

// taken is when the snapshot was made, as far as that is known.
func (f fetched) taken() time.Time {
	if f.asOf.IsZero() {
		return f.began
	}
	return f.asOf
}

// newer is true when the snapshot's figure takes the place of what was seen before. row is its own time, or zero.
func (f fetched) newer(row time.Time, before observation) bool {
	if before.ours {
		return !f.taken().Before(before.at)
	}
	if row.IsZero() {
		row = f.asOf
	}
	if row.IsZero() {
		return !f.began.Before(before.received)
	}
	return !row.Before(before.at)
}

// ago is a time of the last minute.
func (m *model) ago(what string) time.Time {
	return m.now().Add(-time.Duration(rapid.IntRange(0, 60).Draw(m.draw, what)) * time.Second)
}

// observe records a snapshot: of everything or of a part, with a time or not, with figures that carry a time or not, some of them older
// than what is recorded, and sometimes with a SKU twice.
func (m *model) observe() {
	lease := m.lease(m.connection())
	one := fetched{full: m.chance("full"), began: m.ago("began")}
	if m.chance("says its time") {
		one.asOf = m.ago("as of")
	}
	end := part()
	end.Full, end.AsOf = one.full, one.asOf
	var rows []inventory.Level
	count := map[spot]int{}
	for range rapid.IntRange(1, 5).Draw(m.draw, "rows") {
		row := inventory.Level{
			SKU:       rapid.SampledFrom([]string{"A", "B", "C", refusedSKU}).Draw(m.draw, "sku"),
			Facility:  rapid.SampledFrom([]string{"east", "west"}).Draw(m.draw, "facility"),
			Available: rapid.Int64Range(-2, 9).Draw(m.draw, "available"),
		}
		if m.chance("dated") {
			row.ReportedAt = m.ago("reported")
		}
		rows = append(rows, row)
		count[spot{row.SKU, row.Facility}]++
	}
	result := m.fetch(lease, one.began, end, rows...)
	twice := m.twice(one, count)
	require.Equal(m.t, len(twice) > 0, result.Held != "", "nothing is counted twice: %s", result.Held)
	if len(twice) > 0 {
		end.Approved, end.ApprovedRows, end.ApprovedAbsent = true, result.Rows, result.Absent
		require.Empty(m.t, m.fetch(lease, one.began, end, rows...).Held)
		for _, key := range twice {
			m.seen[key] = observation{at: one.taken(), ours: true, received: one.began}
		}
	}
	for _, row := range rows {
		key := spot{row.SKU, row.Facility}
		if count[key] > 1 {
			continue
		}
		m.named[row.Facility] = true
		if before, ok := m.seen[key]; ok && !one.newer(row.ReportedAt, before) {
			continue
		}
		at := row.ReportedAt
		if at.IsZero() {
			at = one.taken()
		}
		m.seen[key] = observation{available: row.Available, at: at, ours: row.ReportedAt.IsZero() && one.asOf.IsZero(), received: one.began}
	}
	require.Equal(m.t, m.recorded(), m.available(m.warehouse))
	if m.chance("the run dies") {
		clear(m.leases)
	}
}

// twice are the spots with stock that a full snapshot leaves out of SKUs that it names elsewhere. count is how often it names a spot;
// rows that name one twice are refused.
func (m *model) twice(one fetched, count map[spot]int) (found []spot) {
	elsewhere := map[string]bool{}
	for key, times := range count {
		elsewhere[key.sku] = elsewhere[key.sku] || times == 1
	}
	for key, before := range m.seen {
		if one.full && count[key] == 0 && elsewhere[key.sku] && before.available > 0 && one.newer(time.Time{}, before) {
			found = append(found, key)
		}
	}
	return found
}

// event records an update event, with a time or without one, that came now or some time ago.
func (m *model) event() {
	one := ledger.Observation{
		Event: m.name("event"), ReceivedAt: m.ago("received"), Level: inventory.Level{
			SKU:       rapid.SampledFrom([]string{"A", "B", "C", refusedSKU}).Draw(m.draw, "sku"),
			Facility:  rapid.SampledFrom([]string{"east", "west", "mars"}).Draw(m.draw, "facility"),
			Available: rapid.Int64Range(-2, 9).Draw(m.draw, "available"),
		},
	}
	if m.chance("dated") {
		one.ReportedAt = m.ago("reported")
	}
	_, err := m.Observe(m.ctx(), m.warehouse, []ledger.Observation{one}, m.now())
	require.NoError(m.t, err)
	key := spot{one.SKU, one.Facility}
	before, ok := m.seen[key]
	seen := observation{available: one.Available, at: one.ReportedAt, received: one.ReceivedAt}
	if one.ReportedAt.IsZero() {
		seen.at, seen.ours = one.ReceivedAt, true
	}
	switch {
	case !ok && len(m.named) > 0 && !m.named[one.Facility]:
	case !ok,
		before.ours && !seen.received.Before(before.at),
		!before.ours && !seen.ours && !seen.at.Before(before.at),
		!before.ours && seen.ours && !seen.received.Before(before.received):
		m.seen[key] = seen
	}
	require.Equal(m.t, m.recorded(), m.available(m.warehouse))
}
