package ledgertest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

var staleEventTests = tests{
	"a refused event marks its level":        eventMarks,
	"a refused event counts once":            eventMarksOnce,
	"a refused event that is older":          eventOlder,
	"in the order of a set":                  eventsInOrder,
	"a refused event counts 0":               eventZeroes,
	"an event that is not placed":            misplacedMarks,
	"an event of an SKU that is not known":   eventNeverRead,
	"a snapshot after a refused event":       snapshotReadsAgain,
	"a refused event without a readable SKU": eventOfNoSKU,
}

// bad returns an event that was refused.
func (w *world) bad(sku string, minutes int) ledger.Observation {
	event := w.event(sku, 0, minutes)
	event.Refused = "no figure"
	return event
}

func (w *world) zeroRefused() {
	w.apply(alter(func(d *ledger.Definitions) { d.Warehouses[0].Refused = inventory.RefusedZero }))
}

func eventMarks(t *testing.T, w *world) {
	before := w.observe(w.event("A", 5, 1), w.event("B", 7, 1))
	observed := w.observe(w.bad("A", 2))
	require.EqualValues(t, 1, observed.Refused)
	require.Empty(t, observed.Changed)
	require.Equal(t, before.Version, observed.Version)
	stale := w.stale()["A"]
	require.Zero(t, stale.Run)
	require.Zero(t, stale.Snapshot)
	require.Equal(t, "no figure", stale.Reason)
	require.Equal(t, new(int64(5)), stale.Read)
	require.Len(t, w.stale(), 1)
	require.Equal(t, "refused", w.activity("A", "")[0].Kind)
	require.Equal(t, map[string]int64{"A": 5, "B": 7}, w.available(hub))
	w.observe(w.event("B", 7, 3))
	require.Len(t, w.stale(), 1)
	w.observe(w.event("A", 5, 3))
	require.Empty(t, w.stale())
}

// eventMarksOnce: a sender repeats a refused event, and may correct it under the same id.
func eventMarksOnce(t *testing.T, w *world) {
	w.observe(w.event("A", 5, 1))
	bad := w.bad("A", 2)
	w.observe(bad)
	require.Len(t, w.stale(), 1)
	corrected := bad
	corrected.Refused, corrected.Available = "", 4
	require.Equal(t, []string{"A"}, w.observe(corrected).Changed, "what was refused has had no effect, so it may come again")
	require.Empty(t, w.stale())
	require.EqualValues(t, 1, w.observe(corrected).Duplicates)
	require.EqualValues(t, 1, w.observe(bad).Duplicates)
	require.Empty(t, w.stale())
	other := w.bad("A", 3)
	w.observe(other)
	w.observe(w.event("A", 3, 4))
	require.EqualValues(t, 1, w.observe(other).Duplicates)
	require.Empty(t, w.stale())
}

func eventOlder(t *testing.T, w *world) {
	w.observe(w.event("A", 5, 10))
	w.observe(w.bad("A", 9))
	require.Empty(t, w.stale())
	counted := w.event("B", 5, 10)
	counted.Sequence = 5
	w.observe(counted)
	bad := w.bad("B", 11)
	bad.Sequence = 4
	w.observe(bad)
	require.Empty(t, w.stale())
	bad = w.bad("B", 11)
	bad.Sequence = 6
	w.observe(bad)
	require.Contains(t, w.stale(), "B")
	older := w.event("B", 4, 9)
	w.observe(older)
	require.Contains(t, w.stale(), "B", "an older event than the one that was read reads nothing")
}

func eventsInOrder(t *testing.T, w *world) {
	w.zeroRefused()
	w.observe(w.event("A", 5, 1), w.event("B", 5, 1))
	observed := w.observe(w.bad("A", 2), w.event("A", 4, 3), w.event("B", 4, 2), w.bad("B", 3))
	require.ElementsMatch(t, []string{"A", "B"}, observed.Changed)
	require.Equal(t, map[string]int64{"A": 4, "B": 0}, w.available(hub))
	require.Len(t, w.stale(), 1)
	require.Equal(t, new(int64(4)), w.stale()["B"].Read)
}

func eventZeroes(t *testing.T, w *world) {
	w.zeroRefused()
	w.observe(w.event("A", 5, 1))
	observed := w.observe(w.bad("A", 2))
	require.Equal(t, []string{"A"}, observed.Changed, "it is to be pushed")
	require.Equal(t, observed.Version, w.levelRow(hub, "A").Version)
	require.Equal(t, map[string]int64{"A": 0}, w.available(hub))
	require.True(t, w.stale()["A"].Zeroed)
	require.Empty(t, w.observe(w.bad("A", 3)).Changed)
	require.Equal(t, new(int64(5)), w.stale()["A"].Read)
	require.Equal(t, []string{"A"}, w.observe(w.event("A", 5, 1)).Changed, "as old as what was read, and read")
	require.Equal(t, map[string]int64{"A": 5}, w.available(hub))
	require.Empty(t, w.stale())
}

// misplacedMarks: an event that names no facility of a SKU with several levels counts as a refused row of all of them.
func misplacedMarks(t *testing.T, w *world) {
	west := w.event("A", 6, 1)
	west.Facility = "west"
	w.observe(w.event("A", 5, 1), west)
	nowhere := w.event("A", 4, 2)
	nowhere.Facility = ""
	observed := w.observe(nowhere)
	require.EqualValues(t, 1, observed.Misplaced)
	require.Len(t, w.stale(), 2)
	require.Contains(t, w.stale()["A"].Reason, "names no facility")
	require.Equal(t, "misplaced", w.activity("A", "")[0].Kind)
	w.observe(w.event("A", 5, 3))
	require.Len(t, w.stale(), 1)
	require.Contains(t, w.stale(), "A@west")
}

func eventNeverRead(t *testing.T, w *world) {
	w.observe(w.bad("N", 1))
	require.Nil(t, w.stale()["N"].Read)
	require.Empty(t, w.available(hub))
	w.observe(w.event("N", 3, 2))
	require.Empty(t, w.stale())
}

func snapshotReadsAgain(t *testing.T, w *world) {
	w.zeroRefused()
	lease := w.take(hubShop, ledger.Smart)
	end := zero(part())
	end.AsOf = clockAt(10)
	w.report(lease, end, []inventory.Level{level("A", 5)})
	w.observe(w.bad("A", 20))
	require.EqualValues(t, 0, w.levelRow(hub, "A").Available)
	end.AsOf = clockAt(9)
	w.report(lease, end, []inventory.Level{level("A", 6)})
	require.EqualValues(t, 0, w.levelRow(hub, "A").Available)
	end.AsOf = clockAt(10)
	w.report(lease, end, []inventory.Level{level("A", 6)})
	require.EqualValues(t, 6, w.levelRow(hub, "A").Available)
	require.Empty(t, w.stale())
}

func eventOfNoSKU(t *testing.T, w *world) {
	w.observe(w.event("A", 5, 1))
	observed := w.observe(ledger.Observation{Event: "x", Refused: "the SKU is empty"})
	require.EqualValues(t, 1, observed.Refused)
	require.Empty(t, w.stale())
}
