package ledgertest

import (
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// observation is the last figure that was observed at a spot: its time, the clock of that time, and when it was received by our clock.
type observation struct {
	available int64
	at        time.Time
	ours      bool
	received  time.Time
}

// fetched is a snapshot in the model.
type fetched struct {
	full  bool
	asOf  time.Time // by the source; zero when it does not say
	began time.Time
}

// taken returns when the snapshot was made, or when its fetch began if that is not known.
func (f fetched) taken() time.Time {
	if f.asOf.IsZero() {
		return f.began
	}
	return f.asOf
}

// newer is true when the snapshot's figure replaces the one observed before. row is the row's own time, or zero.
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

// ago draws a time within the last minute.
func (m *model) ago(what string) time.Time {
	return m.now().Add(-time.Duration(rapid.IntRange(0, 60).Draw(m.draw, what)) * time.Second)
}

// observe records a random snapshot: full or partial, with or without a time, with rows that may have times of their own, some older than what
// is recorded, and sometimes with a SKU that is named twice.
func (m *model) observe() {
	lease := m.lease(m.connection())
	snapshot := fetched{full: m.chance("full"), began: m.ago("began")}
	if m.chance("says its time") {
		snapshot.asOf = m.ago("as of")
	}
	end := part()
	end.Full, end.AsOf = snapshot.full, snapshot.asOf
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
	result := m.fetch(lease, snapshot.began, end, rows...)
	twice := m.twice(snapshot, count)
	require.Equal(m.t, len(twice) > 0, result.Held != "", "nothing is counted twice: %s", result.Held)
	if len(twice) > 0 {
		end.Approved, end.ApprovedRows, end.ApprovedAbsent = true, result.Rows, result.Absent
		require.Empty(m.t, m.fetch(lease, snapshot.began, end, rows...).Held)
		for _, key := range twice {
			m.seen[key] = observation{at: snapshot.taken(), ours: true, received: snapshot.began}
		}
	}
	for _, row := range rows {
		key := spot{row.SKU, row.Facility}
		if count[key] > 1 {
			continue
		}
		m.named[row.Facility] = true
		if before, ok := m.seen[key]; ok && !snapshot.newer(row.ReportedAt, before) {
			continue
		}
		at := row.ReportedAt
		if at.IsZero() {
			at = snapshot.taken()
		}
		m.seen[key] = observation{available: row.Available, at: at, ours: row.ReportedAt.IsZero() && snapshot.asOf.IsZero(), received: snapshot.began}
	}
	require.Equal(m.t, m.recorded(), m.available(m.warehouse))
	if m.chance("the run dies") {
		clear(m.leases)
	}
}

// twice returns the spots with stock that a full snapshot leaves out although it names their SKU elsewhere. count is how often it names each
// spot; rows of a spot that is named more than once are refused.
func (m *model) twice(snapshot fetched, count map[spot]int) (spots []spot) {
	elsewhere := map[string]bool{}
	for key, times := range count {
		elsewhere[key.sku] = elsewhere[key.sku] || times == 1
	}
	for key, before := range m.seen {
		if snapshot.full && count[key] == 0 && elsewhere[key.sku] && before.available > 0 && snapshot.newer(time.Time{}, before) {
			spots = append(spots, key)
		}
	}
	return spots
}

// event records a random update event, with or without a time, received now or some time ago.
func (m *model) event() {
	event := ledger.Observation{
		Event: m.name("event"), ReceivedAt: m.ago("received"), Level: inventory.Level{
			SKU:       rapid.SampledFrom([]string{"A", "B", "C", refusedSKU}).Draw(m.draw, "sku"),
			Facility:  rapid.SampledFrom([]string{"east", "west", "mars"}).Draw(m.draw, "facility"),
			Available: rapid.Int64Range(-2, 9).Draw(m.draw, "available"),
		},
	}
	if m.chance("dated") {
		event.ReportedAt = m.ago("reported")
	}
	_, err := m.Observe(m.ctx(), m.warehouse, []ledger.Observation{event}, m.now())
	require.NoError(m.t, err)
	key := spot{event.SKU, event.Facility}
	before, ok := m.seen[key]
	seen := observation{available: event.Available, at: event.ReportedAt, received: event.ReceivedAt}
	if event.ReportedAt.IsZero() {
		seen.at, seen.ours = event.ReceivedAt, true
	}
	switch {
	case !ok && len(m.named) > 0 && !m.named[event.Facility]:
	case !ok,
		before.ours && !seen.received.Before(before.at),
		!before.ours && !seen.ours && !seen.at.Before(before.at),
		!before.ours && seen.ours && !seen.received.Before(before.received):
		m.seen[key] = seen
	}
	require.Equal(m.t, m.recorded(), m.available(m.warehouse))
}
