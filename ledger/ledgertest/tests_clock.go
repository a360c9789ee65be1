package ledgertest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

var clockTests = tests{
	"times of one clock are compared":        comparesClocks,
	"an old file that is fetched late":       keepsEventOverOldFile,
	"an absent level and a later snapshot":   givesAbsentBack,
	"levels that stay absent":                staysAbsent,
	"absent from a snapshot without a time":  zeroesByArrival,
	"an event and a level of ours":           ordersEventsByArrival,
	"an event that waited to be recorded":    ordersEventsThatWaited,
	"a snapshot that is older by one clock":  confirmsByBothClocks,
	"levels of both clocks in one snapshot":  keepsClocksApart,
	"a snapshot after one that has its time": changesClocks,
	"two snapshots of the same time":         keepsWhenEachWasFetched,
}

// clockAt returns a time some minutes after the tests began; the zero time for 0.
func clockAt(minutes int) time.Time {
	if minutes == 0 {
		return time.Time{}
	}
	return began.Add(time.Duration(minutes) * time.Minute)
}

// fetch records a snapshot whose fetch began at a given time. Unlike report, it does not fill in missing times.
func (w *world) fetch(lease ledger.Lease, fetched time.Time, end ledger.SnapshotEnd, rows ...inventory.Level) ledger.SnapshotResult {
	w.t.Helper()
	id, err := w.Stage(w.ctx(), lease, ledger.SnapshotStart{Warehouse: w.runOf(lease).Warehouse, Now: fetched})
	require.NoError(w.t, err)
	require.NoError(w.t, w.StageRows(w.ctx(), id, rows, nil))
	end.Rows, end.Now = len(rows), w.now()
	result, err := w.Record(w.ctx(), lease, id, end)
	require.NoError(w.t, err)
	return result
}

// event returns an event with a time (0 for none) that was received at another time. Both are in minutes.
func (w *world) eventAt(available int64, sku string, reported, received int) ledger.Observation {
	return ledger.Observation{Event: w.name("event"), ReceivedAt: clockAt(received), Level: levelAt(sku, available, clockAt(reported))}
}

// comparesClocks: each snapshot has, in minutes, a row's own time, its own time, and when its fetch began; 0 is none.
func comparesClocks(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	type seen struct{ row, asOf, fetched int }
	for name, test := range map[string]struct {
		first, second seen
		newer         bool
	}{
		"both rows have times, the later":                      {seen{10, 0, 50}, seen{10, 5, 40}, true},
		"both rows have times, the earlier":                    {seen{10, 0, 50}, seen{9, 60, 60}, false},
		"both snapshots have times, the later":                 {seen{0, 10, 50}, seen{0, 10, 40}, true},
		"both snapshots have times, the earlier":               {seen{0, 10, 50}, seen{0, 9, 60}, false},
		"ours, and a snapshot of later":                        {seen{0, 0, 50}, seen{0, 50, 60}, true},
		"ours, and an old file":                                {seen{0, 0, 50}, seen{0, 49, 60}, false},
		"ours, and a row of long ago in a later snapshot":      {seen{0, 0, 50}, seen{1, 50, 60}, true},
		"ours, and a later row in an older snapshot":           {seen{0, 0, 50}, seen{55, 49, 60}, false},
		"ours, and a row of long ago fetched later":            {seen{0, 0, 50}, seen{1, 0, 50}, true},
		"ours, and a later row fetched before":                 {seen{0, 0, 50}, seen{55, 0, 49}, false},
		"neither has a time, the later":                        {seen{0, 0, 50}, seen{0, 0, 50}, true},
		"neither has a time, the earlier":                      {seen{0, 0, 50}, seen{0, 0, 49}, false},
		"the source's of a row, fetched later without a time":  {seen{60, 0, 50}, seen{0, 0, 50}, true},
		"the source's of a row, fetched before without a time": {seen{10, 0, 50}, seen{0, 0, 49}, false},
		"the source's, fetched later without a time":           {seen{0, 60, 50}, seen{0, 0, 50}, true},
		"the source's, fetched before without a time":          {seen{0, 10, 50}, seen{0, 0, 49}, false},
	} {
		for _, full := range []bool{false, true} {
			// The warehouse's own time for full snapshots must not be of the round before.
			sku := w.name("SKU")
			shift := time.Duration(w.counter.Add(1)) * 24 * time.Hour
			moved := func(minutes int) time.Time {
				if minutes == 0 {
					return time.Time{}
				}
				return clockAt(minutes).Add(shift)
			}
			report := func(one seen, available int64) ledger.SnapshotResult {
				end := part()
				end.Full, end.AsOf = full, moved(one.asOf)
				return w.fetch(lease, moved(one.fetched), end, levelAt(sku, available, moved(one.row)))
			}
			report(test.first, 1)
			result := report(test.second, 2)
			available := w.levelRow(hub, sku).Available
			require.Equal(t, test.newer, available == 2, "%s, full %v", name, full)
			require.Equal(t, test.newer, result.Older == 0, "%s, full %v", name, full)
		}
	}
}

// keepsEventOverOldFile: a file of 10:00 has the figure 50, an event of 10:05 has 0, and the file is fetched at 10:10.
func keepsEventOverOldFile(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	for _, full := range []bool{false, true} {
		for _, reported := range []int{5, 0} {
			sku := w.name("SKU")
			end := part()
			end.AsOf = clockAt(-5)
			w.fetch(lease, clockAt(-4), end, level(sku, 10))
			require.Equal(t, []string{sku}, w.observe(w.eventAt(0, sku, reported, 5)).Changed)
			end.Full, end.AsOf = full, began
			old := w.fetch(lease, clockAt(10), end, level(sku, 50))
			require.EqualValues(t, 1, old.Older, "full %v, the event says its time %v", full, reported > 0)
			require.Zero(t, old.Changed)
			require.Zero(t, w.levelRow(hub, sku).Available)
			end.AsOf = clockAt(6)
			require.EqualValues(t, 1, w.fetch(lease, clockAt(11), end, level(sku, 49)).Changed, "the next file is newer")
		}
	}
}

// givesAbsentBack: a level that is 0 because it was absent takes the figure of any row of a later snapshot, however old the row's own time is.
func givesAbsentBack(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	end := whole()
	end.Missing, end.AsOf = inventory.MissingZero, clockAt(10)
	w.fetch(lease, clockAt(11), end, levelAt("A", 5, clockAt(1)), levelAt("B", 5, clockAt(1)))
	end.AsOf = clockAt(20)
	w.fetch(lease, clockAt(21), end, levelAt("B", 5, clockAt(1)))
	require.Equal(t, map[string]int64{"A": 0, "B": 5}, w.available(hub))
	between := part()
	between.AsOf = clockAt(19)
	require.EqualValues(t, 1, w.fetch(lease, clockAt(25), between, levelAt("A", 6, clockAt(30))).Older, "it was made before the absence")
	end.AsOf = clockAt(30)
	require.EqualValues(t, 1, w.fetch(lease, clockAt(31), end, levelAt("A", 5, clockAt(1)), levelAt("B", 5, clockAt(1))).Changed)
	require.Equal(t, map[string]int64{"A": 5, "B": 5}, w.available(hub))
}

// staysAbsent: every snapshot that leaves a level out reports again that it is absent.
func staysAbsent(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	end := whole()
	end.Missing = inventory.MissingZero
	for minute := 10; minute <= 30; minute += 10 {
		end.AsOf = clockAt(minute)
		rows := []inventory.Level{level("A", 5), level("B", 5)}
		if minute > 10 {
			rows = rows[1:]
		}
		w.fetch(lease, clockAt(minute), end, rows...)
	}
	between := part()
	between.AsOf = clockAt(29)
	require.EqualValues(t, 2, w.fetch(lease, clockAt(40), between, level("A", 7), level("B", 7)).Older)
	between.AsOf = clockAt(30)
	require.EqualValues(t, 2, w.fetch(lease, clockAt(40), between, levelAt("A", 7, clockAt(1)), level("B", 7)).Changed)
}

// zeroesByArrival: the absences of a snapshot without a time date from the beginning of its fetch. They do not replace levels that were
// received since.
func zeroesByArrival(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	end := part()
	end.AsOf = clockAt(90) // the source's clock is ahead
	w.fetch(lease, clockAt(20), end, level("BEFORE", 5))
	end.AsOf = clockAt(1)
	w.fetch(lease, clockAt(40), end, level("AFTER", 5))
	west := func(sku string) inventory.Level { return inventory.Level{Facility: "west", SKU: sku, Available: 1} }
	require.Empty(t, w.fetch(lease, clockAt(30), whole(), west("AFTER")).Held, "it was in the east later than that")
	held := w.fetch(lease, clockAt(30), whole(), west("BEFORE"), west("AFTER"))
	require.EqualValues(t, 1, held.Absent.Twice)
	require.NotEmpty(t, held.Held)
	zero := whole()
	zero.Missing = inventory.MissingZero
	w.fetch(lease, clockAt(30), zero, level("NAMED", 1))
	require.Equal(t, map[string]int64{"BEFORE": 0, "AFTER": 5, "NAMED": 1, "AFTER@west": 0}, w.available(hub))
}

// ordersEventsByArrival: when the level has a time of ours, an event's own time means nothing, and the event is newer unless it was received
// before.
func ordersEventsByArrival(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	for name, test := range map[string]struct {
		reported, received int
		changes            bool
	}{
		"a time of long ago":        {1, 20, true},
		"without a time":            {0, 20, true},
		"received before":           {30, 19, false},
		"received before, no time":  {0, 19, false},
		"a time that is yet to be ": {90, 20, true},
	} {
		for kind, record := range map[string]func(sku string){
			"an event": func(sku string) { w.observe(w.eventAt(1, sku, 0, 20)) },
			"a part":   func(sku string) { w.fetch(lease, clockAt(20), part(), level(sku, 1)) },
			"absent": func(sku string) {
				other := w.name("SKU")
				end := whole()
				end.AsOf, end.Missing = began, inventory.MissingZero
				w.fetch(lease, began, end, levelAt(sku, 5, began))
				end.AsOf = clockAt(20)
				w.fetch(lease, clockAt(25), end, level(other, 1))
			},
		} {
			sku := w.name("SKU")
			record(sku)
			observed := w.observe(w.eventAt(2, sku, test.reported, test.received))
			require.Equal(t, test.changes, len(observed.Changed) == 1, "%s, %s", kind, name)
			require.Equal(t, test.changes, observed.Older == 0, "%s, %s", kind, name)
		}
	}
}

// ordersEventsThatWaited: an event without a time dates from when it was received, however late it is recorded.
func ordersEventsThatWaited(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.fetch(lease, clockAt(20), part(), level("A", 1))
	require.EqualValues(t, 1, w.observe(w.eventAt(2, "A", 0, 19)).Older)
	w.observe(w.eventAt(2, "B", 0, 19))
	end := part()
	end.AsOf = clockAt(19)
	require.EqualValues(t, 1, w.fetch(lease, clockAt(30), end, level("B", 3)).Changed)
	end.AsOf = clockAt(18)
	require.EqualValues(t, 1, w.fetch(lease, clockAt(30), end, level("B", 4)).Older)
}

// confirmsByBothClocks: a snapshot without a time, whose fetch began after the last one's but before the time that the last snapshot had, is
// newer for levels with a time of the source, and not for levels with a time of ours.
func confirmsByBothClocks(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	end := whole()
	end.Missing, end.AsOf = inventory.MissingZero, clockAt(10)
	w.fetch(lease, clockAt(10), end, level("A", 5), level("B", 5))
	end.AsOf = clockAt(30)
	w.fetch(lease, clockAt(20), end, level("B", 5))
	end.AsOf = time.Time{}
	result := w.fetch(lease, clockAt(25), end, level("B", 5), level("A", 6))
	require.EqualValues(t, 1, result.Older)
	require.Equal(t, map[string]int64{"A": 0, "B": 5}, w.available(hub))
	between := part()
	between.AsOf = clockAt(29)
	require.EqualValues(t, 1, w.fetch(lease, clockAt(40), between, level("A", 6)).Older, "its absence is still of then")
	require.EqualValues(t, 1, w.fetch(lease, clockAt(40), between, level("B", 6)).Changed, "it was seen when that fetch began")
}

// keepsClocksApart: full snapshots have rows with and without times of their own, while most levels are not written again.
func keepsClocksApart(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	rows := func(available int64) []inventory.Level {
		return []inventory.Level{levelAt("DATED", available, clockAt(40)), level("PLAIN", available)}
	}
	w.fetch(lease, clockAt(10), whole(), rows(5)...)
	w.fetch(lease, clockAt(20), whole(), rows(5)...)
	end := part()
	end.AsOf = clockAt(19)
	require.EqualValues(t, 2, w.fetch(lease, clockAt(30), end, levelAt("DATED", 6, clockAt(39)), level("PLAIN", 6)).Older)
	end.AsOf = clockAt(20)
	result := w.fetch(lease, clockAt(30), end, levelAt("DATED", 6, clockAt(40)), level("PLAIN", 6))
	require.EqualValues(t, 2, result.Changed)
}

// changesClocks: the snapshots of a source that begins or stops to have times are compared by the clock of each level.
func changesClocks(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	end := whole()
	end.AsOf = clockAt(60)
	w.fetch(lease, clockAt(10), end, level("A", 5), level("B", 5))
	w.fetch(lease, clockAt(70), whole(), level("A", 5), level("B", 5)) // seen again, by our clock
	early := part()
	early.AsOf = clockAt(65)
	require.EqualValues(t, 1, w.fetch(lease, clockAt(80), early, levelAt("A", 6, clockAt(90))).Older)
	end.AsOf = clockAt(75)
	w.fetch(lease, clockAt(80), end, level("A", 5))
	require.EqualValues(t, 2, w.observe(w.eventAt(7, "B", 69, 69), w.eventAt(7, "A", 74, 90)).Older, "B is of 70 by ours, A of 75 by the source's")
	require.Equal(t, []string{"A", "B"}, w.observe(w.eventAt(8, "B", 1, 70), w.eventAt(8, "A", 75, 1)).Changed)
}

// keepsWhenEachWasFetched: a level that only the second of two snapshots of the same time names was received with the second, whatever the
// first one's fetch was. A snapshot without a time is compared with that.
func keepsWhenEachWasFetched(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	full := part()
	full.Full, full.AsOf = true, clockAt(30)
	w.fetch(lease, clockAt(50), full, levelAt("A", 1, clockAt(0)))
	w.fetch(lease, clockAt(40), full, levelAt("A", 1, clockAt(0)), levelAt("B", 2, clockAt(0)))
	result := w.fetch(lease, clockAt(45), part(), levelAt("B", 3, clockAt(0)))
	require.Zero(t, result.Older)
	require.Equal(t, map[string]int64{"A": 1, "B": 3}, w.available(w.runOf(lease).Warehouse))
}
