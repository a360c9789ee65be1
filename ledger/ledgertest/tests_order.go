package ledgertest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

var orderTests = tests{
	"what an older observation does":           ordersObservations,
	"an unchanged level was observed again":    confirmsUnchanged,
	"a level that was not named was not seen":  confirmsNamedOnly,
	"a snapshot without a time":                datesUndated,
	"an old snapshot zeroes nothing newer":     zeroesNothingNewer,
	"an older snapshot after a newer one":      outOfOrder,
	"an observation as old as the recorded":    equalTimes,
	"older rows of a snapshot leave the rest":  mixesOlder,
	"a level that is new in an older snapshot": newInOlder,
}

// ordersObservations: a level is observed at one time (its own, or its snapshot's), and then at another.
func ordersObservations(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	at := func(minutes int) time.Time { return began.Add(time.Duration(minutes) * time.Minute) }
	type seen struct{ reported, asOf time.Time }
	for name, test := range map[string]struct {
		first, second seen
		changes       bool
	}{
		"both dated, newer":          {seen{at(10), at(99)}, seen{at(11), at(5)}, true},
		"both dated, older":          {seen{at(10), at(0)}, seen{at(9), at(99)}, false},
		"both undated, newer":        {seen{asOf: at(10)}, seen{asOf: at(11)}, true},
		"both undated, older":        {seen{asOf: at(10)}, seen{asOf: at(9)}, false},
		"undated after dated, newer": {seen{at(10), at(5)}, seen{asOf: at(11)}, true},
		"undated after dated, older": {seen{at(10), at(5)}, seen{asOf: at(9)}, false},
		"dated after undated, newer": {seen{asOf: at(10)}, seen{at(11), at(5)}, true},
		"dated after undated, older": {seen{asOf: at(10)}, seen{at(9), at(99)}, false},
		"a microsecond older":        {seen{reported: at(10), asOf: at(10)}, seen{reported: at(10).Add(-time.Microsecond), asOf: at(99)}, false},
	} {
		for _, full := range []bool{false, true} {
			sku := w.name("SKU")
			end := part()
			end.Full = full
			end.AsOf = test.first.asOf
			w.report(lease, end, []inventory.Level{levelAt(sku, 1, test.first.reported)})
			version := w.levelRow(hub, sku).Version
			end.AsOf = test.second.asOf
			result := w.report(lease, end, []inventory.Level{levelAt(sku, 2, test.second.reported)})
			if test.changes {
				require.EqualValues(t, 1, result.Changed, name)
				require.Zero(t, result.Older, name)
				require.EqualValues(t, 2, w.levelRow(hub, sku).Available, name)
				continue
			}
			require.EqualValues(t, 1, result.Older, name)
			require.Zero(t, result.Changed, name)
			row := w.levelRow(hub, sku)
			require.EqualValues(t, 1, row.Available, name)
			require.Equal(t, version, row.Version, name)
			require.True(t, test.first.reported.Equal(row.ReportedAt), name)
			require.Equal(t, []string{"reported"}, w.kinds(sku, ""), name)
		}
	}
}

// confirmsUnchanged: the figure was observed again at the later time, although it did not change. An observation from between is older.
func confirmsUnchanged(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	at := func(minutes int) time.Time { return began.Add(time.Duration(minutes) * time.Minute) }
	for _, full := range []bool{true, false} {
		for _, dated := range []bool{true, false} {
			report := func(sku string, available int64, minute int, full bool) ledger.SnapshotResult {
				end := part()
				end.Full, end.AsOf = full, at(minute)
				row := level(sku, available)
				if dated {
					row.ReportedAt = at(minute)
				}
				return w.report(lease, end, []inventory.Level{row})
			}
			sku := w.name("SKU")
			report(sku, 5, 10, full)
			again := report(sku, 5, 20, full)
			require.Zero(t, again.Changed)
			require.Zero(t, again.Older)
			for _, later := range []bool{true, false} {
				result := report(sku, 7, 15, later)
				require.EqualValues(t, 1, result.Older, "full %v, dated %v", full, dated)
				require.EqualValues(t, 5, w.levelRow(hub, sku).Available)
			}
			require.EqualValues(t, 1, report(sku, 7, 21, full).Changed)
		}
	}
}

// confirmsNamedOnly: a level that the second snapshot does not name was last observed by the first.
func confirmsNamedOnly(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	at := func(minutes int) ledger.SnapshotEnd {
		end := whole()
		end.AsOf = began.Add(time.Duration(minutes) * time.Minute)
		return end
	}
	w.report(lease, at(10), []inventory.Level{level("A", 5), level("B", 5), level("C", 5)})
	w.report(lease, at(20), []inventory.Level{level("A", 5), level("C", 5), level("C", 6)}, inventory.Refusal{Facility: "east", SKU: "D"})
	between := at(15)
	between.Full = false
	result := w.report(lease, between, []inventory.Level{level("A", 7), level("B", 7), level("C", 7)})
	require.EqualValues(t, 2, result.Changed)
	require.EqualValues(t, 1, result.Older)
	require.Equal(t, map[string]int64{"A": 5, "B": 7, "C": 7}, w.available(hub))
	// B and C are confirmed again by a later whole, and A by an even later one that does not name them.
	w.report(lease, at(30), []inventory.Level{level("A", 5), level("B", 7), level("C", 7)})
	w.report(lease, at(40), []inventory.Level{level("A", 5)})
	between = at(25)
	between.Full = false
	require.EqualValues(t, 3, w.report(lease, between, []inventory.Level{level("A", 8), level("B", 8), level("C", 8)}).Older)
	between = at(35)
	between.Full = false
	require.EqualValues(t, 1, w.report(lease, between, []inventory.Level{level("A", 9), level("B", 9), level("C", 9)}).Older)
	require.Equal(t, map[string]int64{"A": 5, "B": 9, "C": 9}, w.available(hub))
}

// datesUndated: a snapshot without a time dates from the beginning of its fetch.
func datesUndated(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	id := w.stage(lease, []inventory.Level{level("A", 5)})
	_, err := w.Record(w.ctx(), lease, id, ledger.SnapshotEnd{Rows: 1, Guard: lax, Now: w.now()})
	require.NoError(t, err)
	early := part()
	early.AsOf = began
	require.EqualValues(t, 1, w.report(lease, early, []inventory.Level{levelAt("A", 6, began.Add(time.Hour))}).Older)
	late := w.report(lease, part(), []inventory.Level{levelAt("A", 6, began)})
	require.EqualValues(t, 1, late.Changed, "the row's own time is of another clock; the snapshot is newer")
}

func zeroesNothingNewer(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, part(), []inventory.Level{levelAt("OLD", 5, began), levelAt("NEW", 5, began.Add(time.Hour)), levelAt("NAMED", 5, began)})
	zero := whole()
	zero.Missing, zero.AsOf = inventory.MissingZero, began.Add(30*time.Minute)
	w.report(lease, zero, []inventory.Level{level("NAMED", 5)})
	require.Equal(t, map[string]int64{"OLD": 0, "NEW": 5, "NAMED": 5}, w.available(hub))
	late := w.report(lease, part(), []inventory.Level{levelAt("OLD", 6, began.Add(20*time.Minute))})
	require.EqualValues(t, 1, late.Older, "that it was missing is an observation too")
}

func outOfOrder(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	end := whole()
	end.AsOf = began.Add(20 * time.Minute)
	w.report(lease, end, []inventory.Level{level("A", 5), level("B", 5)})
	end.AsOf = began.Add(10 * time.Minute)
	result := w.report(lease, end, []inventory.Level{level("A", 6), level("B", 5)})
	require.Zero(t, result.Changed)
	require.GreaterOrEqual(t, result.Older, int64(1))
	end = part()
	end.AsOf = began.Add(15 * time.Minute)
	result = w.report(lease, end, []inventory.Level{level("A", 7), level("B", 7)})
	require.EqualValues(t, 2, result.Older, "an older snapshot makes nothing older")
	require.Equal(t, map[string]int64{"A": 5, "B": 5}, w.available(hub))
}

// equalTimes: only older observations change nothing; of two figures of the same time the later to arrive wins.
func equalTimes(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, part(), []inventory.Level{levelAt("A", 5, began)})
	result := w.report(lease, part(), []inventory.Level{levelAt("A", 6, began)})
	require.EqualValues(t, 1, result.Changed)
	require.Equal(t, map[string]int64{"A": 6}, w.available(hub))
}

func mixesOlder(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, whole(), []inventory.Level{levelAt("A", 5, began.Add(time.Hour)), levelAt("B", 5, began)})
	result := w.report(lease, whole(), []inventory.Level{levelAt("A", 6, began), levelAt("B", 6, began.Add(time.Hour)), levelAt("C", 6, began)})
	require.EqualValues(t, 1, result.Older)
	require.EqualValues(t, 2, result.Changed)
	require.Equal(t, map[string]int64{"A": 5, "B": 6, "C": 6}, w.available(hub))
}

func newInOlder(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	end := whole()
	end.AsOf = began.Add(time.Hour)
	w.report(lease, end, []inventory.Level{level("A", 5)})
	end.AsOf = began.Add(time.Minute)
	end.Full = false
	result := w.report(lease, end, []inventory.Level{level("NEW", 5)})
	require.EqualValues(t, 1, result.Changed, "nothing newer is known of it")
	end.AsOf = began.Add(2 * time.Minute)
	result = w.report(lease, end, []inventory.Level{level("NEW", 6)})
	require.EqualValues(t, 1, result.Changed)
	require.Equal(t, map[string]int64{"A": 5, "NEW": 6}, w.available(hub))
}
