package ledgertest

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

var observeTests = tests{
	"an event changes a level":              observes,
	"an event counts once":                  observesOnce,
	"a batch that is recorded once more":    knowsItsBatch,
	"an event counts once for many":         observesOnceTogether,
	"events have an order of their own":     ordersSequences,
	"events have times":                     ordersEvents,
	"events and snapshots":                  ordersEventsAndSnapshots,
	"several events of one level":           observesInOrder,
	"a refused set leaves nothing":          refusesObservations,
	"an event says nothing of other SKUs":   observesAlone,
	"events are of a warehouse":             separatesEvents,
	"what was observed is due":              observesForAll,
	"an unchanged figure was seen all same": observesUnchanged,
	"stock is not counted twice":            refusesMisplaced,
	"a facility that no snapshot has named": refusesUnnamedFacility,
}

// event returns an update event with an id of its own, dated some minutes after the tests began.
func (w *world) event(sku string, available int64, minutes int) ledger.Observation {
	return ledger.Observation{Event: w.name("event"), Level: levelAt(sku, available, began.Add(time.Duration(minutes)*time.Minute))}
}

func (w *world) observe(observations ...ledger.Observation) ledger.Observed {
	w.t.Helper()
	observed, err := w.Observe(w.ctx(), hub, observations, w.now())
	require.NoError(w.t, err)
	return observed
}

func observes(t *testing.T, w *world) {
	event := w.event("B", 5, 1)
	event.OnHand, event.Committed = new(int64(7)), new(int64(2))
	first := w.observe(event, w.event("A", 6, 1), ledger.Observation{Event: "west", Level: inventory.Level{Facility: "west", SKU: "A", Available: -1}})
	require.Equal(t, []string{"A", "B"}, first.Changed, "in order, each once")
	require.Zero(t, first.Duplicates)
	require.Zero(t, first.Older)
	require.Positive(t, first.Version)
	require.Equal(t, first.Version, w.plan(hubShop, ledger.Smart).Next.Levels)
	require.Equal(t, map[string]int64{"A": 6, "A@west": -1, "B": 5}, w.available(hub))
	row := w.levelRow(hub, "B")
	require.Equal(t, event.Level, row.Level)
	require.LessOrEqual(t, row.Version, first.Version)

	second := w.observe(w.event("B", 4, 2))
	require.Equal(t, []string{"B"}, second.Changed)
	require.Greater(t, second.Version, first.Version)
	require.Greater(t, w.levelRow(hub, "B").Version, first.Version)
	entry := w.activity("B", "")[0]
	require.Equal(t, "reported", entry.Kind)
	require.Equal(t, new(int64(5)), entry.Before)
	require.Equal(t, new(int64(4)), entry.After)
	require.Equal(t, hub, entry.Warehouse)
	require.Equal(t, "east", entry.Facility)
	empty := w.observe()
	require.Empty(t, empty.Changed)
	require.Equal(t, second.Version, empty.Version)
}

func observesOnce(t *testing.T, w *world) {
	event := w.event("A", 5, 1)
	again := event
	again.Available, again.ReportedAt = 9, began.Add(time.Hour)
	first := w.observe(event, again)
	require.EqualValues(t, 1, first.Duplicates)
	require.Equal(t, map[string]int64{"A": 5}, w.available(hub), "the first of them")
	second := w.observe(again, event, w.event("B", 1, 1))
	require.EqualValues(t, 2, second.Duplicates)
	require.Equal(t, []string{"B"}, second.Changed)
	require.Equal(t, map[string]int64{"A": 5, "B": 1}, w.available(hub))
	require.Len(t, w.activity("A", ""), 1)
}

// A second attempt to record a batch is told from another sending of its events.
func knowsItsBatch(t *testing.T, w *world) {
	in := func(batch string, one ledger.Observation) ledger.Observation {
		one.Batch = batch
		return one
	}
	refused := in("run/1", w.event("R", 1, 1))
	refused.Refused = "no number"
	twice := in("run/1", w.event("A", 6, 1))
	batch := []ledger.Observation{in("run/1", w.event("B", 5, 1)), twice, twice, refused}
	first := w.observe(batch...)
	require.Equal(t, []string{"A", "B"}, first.Changed)
	require.Empty(t, first.Repeated, "twice in a batch is no other attempt")

	again := w.observe(append(batch, in("run/1", w.event("C", 1, 1)))...)
	require.Equal(t, []string{"A", "B"}, again.Repeated)
	require.Equal(t, []string{"C"}, again.Changed)
	require.EqualValues(t, 2, again.Duplicates, "what stands twice in the batch, and what is refused")

	for i := range batch {
		batch[i].Batch = "run/2"
	}
	sent := w.observe(batch...)
	require.Empty(t, sent.Repeated, "a sender sends again")
	require.EqualValues(t, len(batch), sent.Duplicates)
	for i := range batch {
		batch[i].Batch = ""
	}
	require.Empty(t, w.observe(batch...).Repeated)
}

func observesOnceTogether(t *testing.T, w *world) {
	event := w.event("A", 5, 1)
	var mutex sync.Mutex
	var changed, duplicates int
	var works []func(w *world)
	for range 6 {
		works = append(works, func(w *world) {
			observed := w.observe(event)
			mutex.Lock()
			defer mutex.Unlock()
			changed += len(observed.Changed)
			duplicates += int(observed.Duplicates)
		})
	}
	w.together(t, works...)
	require.Equal(t, 1, changed)
	require.Equal(t, 5, duplicates)
}

// ordersSequences: the sequence numbers of a source decide the order of its events, even against their times.
func ordersSequences(t *testing.T, w *world) {
	for name, test := range map[string]struct {
		first, second   int64
		minutes, before int
		changes         bool
	}{
		"the next":                       {5, 6, 11, 10, true},
		"the next of the same time":      {5, 6, 10, 10, true},
		"the one before":                 {5, 4, 11, 10, false},
		"the same":                       {5, 5, 11, 10, false},
		"the next, but older":            {5, 6, 9, 10, false},
		"not counted, newer":             {5, 0, 11, 10, true},
		"not counted, older":             {5, 0, 9, 10, false},
		"counted after one that was not": {0, 1, 11, 10, true},
	} {
		sku := w.name("SKU")
		first, second := w.event(sku, 1, test.before), w.event(sku, 2, test.minutes)
		first.Sequence, second.Sequence = test.first, test.second
		w.observe(first)
		observed := w.observe(second)
		require.Equal(t, test.changes, len(observed.Changed) == 1, name)
		require.Equal(t, test.changes, observed.Older == 0, name)
		require.Equal(t, test.changes, w.levelRow(hub, sku).Available == 2, name)
	}
	// One that is not counted does not make the count forget.
	counted, plain, late := w.event("A", 1, 10), w.event("A", 2, 11), w.event("A", 3, 12)
	counted.Sequence, late.Sequence = 5, 5
	w.observe(counted)
	w.observe(plain)
	require.EqualValues(t, 1, w.observe(late).Older)
	w.report(w.take(hubShop, ledger.Smart), part(), []inventory.Level{levelAt("A", 4, began.Add(20*time.Minute))})
	late = w.event("A", 5, 30)
	late.Sequence = 4
	require.EqualValues(t, 1, w.observe(late).Older, "nor does a snapshot")
	require.EqualValues(t, 4, w.levelRow(hub, "A").Available)
}

func ordersEvents(t *testing.T, w *world) {
	w.observe(w.event("A", 5, 10))
	require.EqualValues(t, 1, w.observe(w.event("A", 6, 9)).Older)
	require.Equal(t, []string{"A"}, w.observe(w.event("A", 7, 10)).Changed, "as new as the recorded one")
	undated := w.event("A", 8, 0)
	undated.ReportedAt = time.Time{}
	require.Equal(t, []string{"A"}, w.observe(undated).Changed, "it came later; that the source's clock is ten minutes ahead of ours says nothing")
	undated.Event, undated.ReceivedAt = w.name("event"), began
	require.EqualValues(t, 1, w.observe(undated).Older, "it came before")
}

func ordersEventsAndSnapshots(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	snapshot := func(available int64, minutes int) ledger.SnapshotResult {
		end := whole()
		end.AsOf = began.Add(time.Duration(minutes) * time.Minute)
		return w.report(lease, end, []inventory.Level{level("A", available), level("B", 1)})
	}
	w.observe(w.event("A", 5, 10))
	require.EqualValues(t, 1, snapshot(4, 9).Older, "the snapshot was taken before the event")
	require.EqualValues(t, 1, snapshot(6, 11).Changed)
	require.EqualValues(t, 1, w.observe(w.event("A", 7, 10)).Older)
	require.Zero(t, snapshot(6, 20).Changed)
	require.EqualValues(t, 1, w.observe(w.event("A", 7, 15)).Older, "the snapshot has seen it unchanged since")
	require.Equal(t, []string{"A"}, w.observe(w.event("A", 8, 21)).Changed)
	require.Zero(t, snapshot(9, 20).Changed, "an old snapshot after all")
	require.Equal(t, map[string]int64{"A": 8, "B": 1}, w.available(hub))
}

// observesInOrder: several events of one level are recorded one after the other.
func observesInOrder(t *testing.T, w *world) {
	observed := w.observe(w.event("A", 1, 10), w.event("A", 2, 12), w.event("A", 3, 11), w.event("A", 4, 13))
	require.Equal(t, []string{"A"}, observed.Changed)
	require.EqualValues(t, 1, observed.Older)
	require.Equal(t, map[string]int64{"A": 4}, w.available(hub))
	before := w.plan(hubShop, ledger.Smart).Next.Levels
	observed = w.observe(w.event("A", 9, 20), w.event("A", 4, 21))
	require.Equal(t, map[string]int64{"A": 4}, w.available(hub))
	require.Equal(t, before, observed.Version, "there and back is no change that anybody could have seen")
}

func refusesObservations(t *testing.T, w *world) {
	good := w.event("GOOD", 1, 1)
	for name, bad := range map[string]ledger.Observation{
		"no event id":         {Level: level("A", 1)},
		"a NUL in the event":  {Event: "\x00", Level: level("A", 1)},
		"no text in a SKU":    {Event: "e", Level: level("\xff", 1)},
		"a NUL in a facility": {Event: "e", Level: inventory.Level{SKU: "A", Facility: "a\x00"}},
		"beyond the limits":   {Event: "e", Level: level("A", inventory.MaxQuantity+1)},
	} {
		_, err := w.Observe(w.ctx(), hub, []ledger.Observation{good, bad}, w.now())
		require.Error(t, err, name)
		require.Empty(t, w.levels(hub), name)
	}
	_, err := w.Observe(w.ctx(), "moon", []ledger.Observation{good}, w.now())
	require.ErrorIs(t, err, ledger.ErrNotFound)
	require.Equal(t, []string{"GOOD"}, w.observe(good).Changed, "the event was not remembered by what failed")
}

func observesAlone(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	end := guarded()
	end.SourceCursor = "mark"
	w.report(lease, end, many(10))
	w.observe(w.event("SKU-000", 9, 60))
	require.Len(t, w.available(hub), 10)
	cursor, err := w.SourceCursor(w.ctx(), hub)
	require.NoError(t, err)
	require.Equal(t, "mark", cursor)
	require.NotEmpty(t, w.report(lease, guarded(), many(7)).Held, "the guard compares with the last snapshot")
}

func separatesEvents(t *testing.T, w *world) {
	event := w.event("A", 5, 1)
	w.observe(event)
	observed, err := w.Observe(w.ctx(), annex, []ledger.Observation{event}, w.now())
	require.NoError(t, err)
	require.Equal(t, []string{"A"}, observed.Changed, "another warehouse may use the same ids")
}

func observesForAll(t *testing.T, w *world) {
	w.pass(hubShop, ledger.Smart, level("A", 5))
	w.pass(hubMarket, ledger.Smart)
	w.observe(w.event("A", 4, 60))
	for _, id := range []string{hubShop, hubMarket} {
		w.pass(id, ledger.Smart)
		require.Equal(t, map[string]string{"A": "exported 4, shows 4"}, w.rows(id))
	}
}

func observesUnchanged(t *testing.T, w *world) {
	first := w.observe(w.event("A", 5, 10))
	again := w.observe(w.event("A", 5, 20))
	require.Empty(t, again.Changed)
	require.Zero(t, again.Older)
	require.Equal(t, first.Version, again.Version)
	require.EqualValues(t, 1, w.observe(w.event("A", 6, 15)).Older)
	require.Equal(t, map[string]int64{"A": 5}, w.available(hub))
	require.Len(t, w.activity("A", ""), 1)
}

func refusesMisplaced(t *testing.T, w *world) {
	at := func(facility, sku string, available int64) ledger.Observation {
		return ledger.Observation{Event: w.name("event"), Level: inventory.Level{Facility: facility, SKU: sku, Available: available}}
	}
	w.observe(at("east", "A", 5), at("west", "A", 0), at("", "B", 7))
	result := w.observe(at("", "A", 4), at("east", "B", 7), at("", "C", 1), at("east", "C", 1))
	require.EqualValues(t, 3, result.Misplaced)
	require.Equal(t, []string{"C"}, result.Changed)
	require.Equal(t, map[string]int64{"A": 5, "A@west": 0, "B@": 7, "C@": 1}, w.available(hub))
	entry := w.activity("A", "")[0]
	require.Equal(t, "misplaced", entry.Kind)
	require.Equal(t, new(int64(4)), entry.After)
	require.Contains(t, entry.Note, "by facility (east, west)")
	require.Contains(t, w.activity("B", "")[0].Note, "without one (7 there)")

	require.EqualValues(t, 1, w.observe(at("east", "B", 7), at("", "B", 0)).Misplaced, "the order counts")
	moved := w.observe(at("east", "B", 6))
	require.Zero(t, moved.Misplaced, "nothing is there any more")
	require.Equal(t, map[string]int64{"A": 5, "A@west": 0, "B@": 0, "B": 6, "C@": 1}, w.available(hub))
	require.Zero(t, w.observe(at("", "B", 2)).Misplaced, "a level that is known is the warehouse's own affair")
}

func refusesUnnamedFacility(t *testing.T, w *world) {
	at := func(facility, sku string, available int64) ledger.Observation {
		return ledger.Observation{Event: w.name("event"), Level: inventory.Level{Facility: facility, SKU: sku, Available: available}}
	}
	require.Zero(t, w.observe(at("moon", "A", 5)).Misplaced, "there was no snapshot")
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, part(), []inventory.Level{level("B", 1)})
	require.Zero(t, w.observe(at("east", "C", 2)).Misplaced, "a new SKU of a facility that is named")
	require.Zero(t, w.observe(at("moon", "A", 4)).Misplaced, "a level that is known")
	result := w.observe(at("mars", "B", 9), at("", "NEW", 9), at("east", "B", 3))
	require.EqualValues(t, 2, result.Misplaced)
	require.Equal(t, []string{"B"}, result.Changed)
	require.Equal(t, map[string]int64{"A@moon": 4, "B": 3, "C": 2}, w.available(hub))
	var noted []string
	for _, sku := range []string{"B", "NEW"} {
		for _, entry := range w.activity(sku, "") {
			if entry.Kind == "misplaced" {
				noted = append(noted, entry.Note)
				require.Equal(t, new(int64(9)), entry.After)
			}
		}
	}
	require.Len(t, noted, 2)
	require.Contains(t, noted[0], "no snapshot of the warehouse has named the facility \"mars\" (they name \"east\")")
	require.Contains(t, noted[1], "names no facility")

	w.report(lease, part(), []inventory.Level{{Facility: "mars", SKU: "D", Available: 1}})
	require.Zero(t, w.observe(at("mars", "B", 9)).Misplaced, "now it is named")
	observed, err := w.Observe(w.ctx(), annex, []ledger.Observation{at("mars", "B", 9)}, w.now())
	require.NoError(t, err)
	require.Zero(t, observed.Misplaced, "another warehouse has none")
}
