package ledgertest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

var staleTests = tests{
	"a level whose row was refused":             marksRefused,
	"which levels a refused row is of":          marksWhatIsNamed,
	"a row that is named twice":                 marksTwice,
	"a held snapshot":                           marksNothingHeld,
	"a refused row that is older":               marksNothingOlder,
	"until when a level is stale":               unmarks,
	"a level that stays stale":                  staysStale,
	"an SKU that was only ever refused":         neverRead,
	"a level whose row was refused counts 0":    zeroesRefused,
	"a 0 by refusal has no time of its own":     zeroHasNoClock,
	"what is below 0":                           leavesNegatives,
	"a 0 by refusal that is not named any more": keepsZeroUnnamed,
	"keep after zero":                           givesBack,
	"a snapshot that was sent":                  marksUpload,
	"a warehouse that is removed":               forgetsRemoved,
	"what is tidied":                            tidiesUnread,
	"what decides a figure says what is stale":  saysStale,
	"another policy reads everything again":     rereadsForPolicy,
	"many levels":                               marksMany,
}

// unread returns a refused row of the facility east.
func unread(sku string) inventory.Refusal {
	return inventory.Refusal{SKU: sku, Facility: "east", Place: "stock.csv:2", Reason: "no figure"}
}

// zero is a snapshot of a warehouse whose policy is that refused rows count as 0.
func zero(end ledger.SnapshotEnd) ledger.SnapshotEnd {
	end.Refused = inventory.RefusedZero
	return end
}

// stale lists the marks of the hub by SKU and facility.
func (w *world) stale() map[string]inventory.Stale {
	w.t.Helper()
	rows, err := w.StaleLevels(w.ctx(), hub, "", ledger.Page{Limit: 1000})
	require.NoError(w.t, err)
	marks := map[string]inventory.Stale{}
	for _, row := range rows {
		name := row.SKU
		if row.Facility != "east" {
			name += "@" + row.Facility
		}
		marks[name] = row.Stale
	}
	return marks
}

func (w *world) staleCount() ledger.StaleCount {
	w.t.Helper()
	count, err := w.CountStale(w.ctx(), hub)
	require.NoError(w.t, err)
	return count
}

func marksRefused(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	first := w.report(lease, whole(), []inventory.Level{level("A", 5), level("B", 7)})
	require.Zero(t, w.staleCount())
	require.Nil(t, w.levelRow(hub, "A").Stale)

	second := w.report(lease, whole(), []inventory.Level{level("B", 7)}, unread("A"))
	require.Equal(t, first.Version, second.Version, "no figure changed")
	require.Zero(t, second.Changed)
	require.Zero(t, second.Missing)
	row := w.levelRow(hub, "A")
	require.EqualValues(t, 5, row.Available)
	require.NotNil(t, row.Stale)
	at := row.Stale.At
	require.Equal(t, inventory.Stale{
		Run: lease.Run, Since: at, At: at, Place: "stock.csv:2", Reason: "no figure", Read: new(int64(5)),
	}, *row.Stale)
	require.Nil(t, w.levelRow(hub, "B").Stale)
	require.Equal(t, map[string]inventory.Stale{"A": *row.Stale}, w.stale())
	require.Equal(t, ledger.StaleCount{Levels: 1, Since: &at}, w.staleCount())
	other, err := w.CountStale(w.ctx(), annex)
	require.NoError(t, err)
	require.Zero(t, other)
	entry := w.activity("A", "")[0]
	require.Equal(t, "refused", entry.Kind)
	require.Equal(t, lease.Run, entry.Run)
	require.Equal(t, new(int64(5)), entry.Before)
	require.Equal(t, new(int64(5)), entry.After)
	require.Equal(t, "no figure (stock.csv:2)", entry.Note)

	w.report(lease, whole(), []inventory.Level{level("A", 5), level("B", 7)})
	require.Nil(t, w.levelRow(hub, "A").Stale)
	require.Zero(t, w.staleCount())
}

func marksWhatIsNamed(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	all := append(in("east", level("A", 5), level("B", 7)), in("west", level("A", 6), level("B", 8))...)
	for name, test := range map[string]struct {
		rows    []inventory.Level
		refused inventory.Refusal
		stale   []string
	}{
		"a facility":                          {nil, inventory.Refusal{SKU: "A", Facility: "west"}, []string{"A@west"}},
		"no facility":                         {nil, inventory.Refusal{SKU: "A"}, []string{"A", "A@west"}},
		"no facility, and one is read":        {in("west", level("A", 6)), inventory.Refusal{SKU: "A"}, []string{"A"}},
		"a facility that cannot be read":      {nil, inventory.Refusal{SKU: "A", Facility: "\uFFFD", UnreadableFacility: true}, []string{"A", "A@west"}},
		"a facility without that SKU":         {nil, inventory.Refusal{SKU: "A", Facility: "north"}, []string{"A@north"}},
		"no SKU":                              {nil, inventory.Refusal{Facility: "west"}, nil},
		"an SKU that cannot be read":          {nil, inventory.Refusal{SKU: "A", Facility: "west", UnreadableSKU: true}, nil},
		"an SKU of which there is no level":   {nil, inventory.Refusal{SKU: "N", Facility: "west"}, []string{"N@west"}},
		"the same, and no facility is known":  {nil, inventory.Refusal{SKU: "N"}, []string{"N@"}},
		"the same, and a facility unreadable": {nil, inventory.Refusal{SKU: "N", Facility: "\uFFFD", UnreadableFacility: true}, []string{"N@"}},
	} {
		w.report(lease, whole(), all)
		require.Empty(t, w.stale(), name)
		test.refused.Reason = "no figure"
		w.report(lease, part(), test.rows, test.refused)
		var marked []string
		for at := range w.stale() {
			marked = append(marked, at)
		}
		require.ElementsMatch(t, test.stale, marked, name)
		require.Equal(t, map[string]int64{"A": 5, "A@west": 6, "B": 7, "B@west": 8}, w.available(hub), name)
	}
}

func marksTwice(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, whole(), []inventory.Level{level("A", 5), level("B", 7)})
	w.report(lease, whole(), []inventory.Level{level("A", 6), level("A", 7), level("B", 7)}, unread("B"))
	stale := w.stale()
	require.Len(t, stale, 2)
	require.Contains(t, stale["A"].Reason, "2 times")
	require.Equal(t, "no figure", stale["B"].Reason, "the row's own reason comes before that it stands there twice")
	require.Equal(t, map[string]int64{"A": 5, "B": 7}, w.available(hub))
}

func marksNothingHeld(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, whole(), []inventory.Level{level("A", 5), level("B", 7)})
	end := zero(whole())
	end.Guard.MaximumRefused = 0.2
	held := w.report(lease, end, []inventory.Level{level("B", 7)}, unread("A"))
	require.NotEmpty(t, held.Held)
	require.Empty(t, w.stale())
	require.Equal(t, map[string]int64{"A": 5, "B": 7}, w.available(hub))
	end.Approved, end.ApprovedRows = true, 2
	require.Empty(t, w.report(lease, end, []inventory.Level{level("B", 7)}, unread("A")).Held)
	require.Len(t, w.stale(), 1)
}

// marksNothingOlder: a refused row that is older than the level does not mark it, because it would not have changed it.
func marksNothingOlder(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	end := zero(part())
	end.AsOf = clockAt(20)
	w.report(lease, end, []inventory.Level{level("A", 5)})
	end.AsOf = clockAt(19)
	w.report(lease, end, nil, unread("A"), unread("N"))
	require.NotContains(t, w.stale(), "A")
	require.EqualValues(t, 5, w.levelRow(hub, "A").Available)
	end.AsOf = clockAt(20)
	w.report(lease, end, nil, unread("A"))
	require.Contains(t, w.stale(), "A")
}

func unmarks(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	at := func(end ledger.SnapshotEnd, minutes int) ledger.SnapshotEnd {
		end.AsOf = clockAt(minutes)
		return end
	}
	zeroing := whole()
	zeroing.Missing = inventory.MissingZero
	nameless := inventory.Refusal{Reason: "the SKU is empty"}
	unreadable := inventory.Refusal{SKU: "\uFFFD", Reason: "no UTF-8", UnreadableSKU: true}
	for name, test := range map[string]struct {
		end       ledger.SnapshotEnd
		rows      []inventory.Level
		refused   []inventory.Refusal
		stale     bool
		available int64
	}{
		"read again, the same":           {at(part(), 30), []inventory.Level{level("A", 5)}, nil, false, 5},
		"read again, another figure":     {at(part(), 30), []inventory.Level{level("A", 4)}, nil, false, 4},
		"read again, as old as read":     {at(part(), 10), []inventory.Level{level("A", 4)}, nil, false, 4},
		"read again, older than read":    {at(part(), 9), []inventory.Level{level("A", 4)}, nil, true, 5},
		"a part that does not name it":   {at(part(), 30), []inventory.Level{level("B", 1)}, nil, true, 5},
		"another facility is read":       {at(part(), 30), in("west", level("A", 1)), nil, true, 5},
		"a whole that does not name it":  {at(whole(), 30), []inventory.Level{level("B", 1)}, nil, false, 5},
		"a whole that refuses it":        {at(whole(), 30), []inventory.Level{level("B", 1)}, []inventory.Refusal{unread("A")}, true, 5},
		"a whole that refuses its SKU":   {at(whole(), 30), []inventory.Level{level("B", 1)}, []inventory.Refusal{{SKU: "A", Reason: "no figure"}}, true, 5},
		"a whole with a row of no SKU":   {at(whole(), 30), []inventory.Level{level("B", 1)}, []inventory.Refusal{nameless}, true, 5},
		"a whole with an unreadable SKU": {at(whole(), 30), []inventory.Level{level("B", 1)}, []inventory.Refusal{unreadable}, true, 5},
		"an older whole":                 {at(whole(), 9), []inventory.Level{level("B", 1)}, nil, true, 5},
		"a whole where absence means 0":  {at(zeroing, 30), []inventory.Level{level("B", 1)}, nil, false, 0},
		"the same with a row of no SKU":  {at(zeroing, 30), []inventory.Level{level("B", 1)}, []inventory.Refusal{unreadable}, true, 5},
	} {
		sku := w.name("SKU")
		named := func(rows []inventory.Level) (own []inventory.Level) {
			for _, row := range rows {
				if row.SKU == "A" {
					row.SKU = sku
				}
				own = append(own, row)
			}
			return own
		}
		var refusals []inventory.Refusal
		for _, refusal := range test.refused {
			if refusal.SKU == "A" {
				refusal.SKU = sku
			}
			refusals = append(refusals, refusal)
		}
		w.report(lease, at(part(), 10), []inventory.Level{level(sku, 5)})
		w.report(lease, at(part(), 20), nil, unread(sku))
		require.Contains(t, w.stale(), sku, name)
		w.report(lease, test.end, named(test.rows), refusals...)
		east := w.levelsOf(sku)[0]
		require.Equal(t, test.stale, east.Stale != nil, name)
		require.EqualValues(t, test.available, east.Available, name)
		w.report(lease, at(part(), 40), []inventory.Level{level(sku, 0)})
	}
}

func (w *world) levelsOf(sku string) []ledger.LevelRow {
	w.t.Helper()
	rows, err := w.Levels(w.ctx(), hub, sku, ledger.Page{})
	require.NoError(w.t, err)
	return rows
}

func staysStale(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, whole(), []inventory.Level{level("A", 5)})
	w.report(lease, whole(), nil, unread("A"))
	first := w.stale()["A"]
	w.end(lease, ledger.CompletedWithFailures)
	lease = w.take(hubShop, ledger.Smart)
	w.report(lease, whole(), nil, unread("A"))
	second := w.stale()["A"]
	require.Equal(t, first.Since, second.Since, "since the first row that was refused")
	require.Greater(t, second.At, first.At)
	require.Equal(t, lease.Run, second.Run, "the last row that was refused")
	require.Len(t, w.activity("A", ""), 2, "what was refused again for the same reason is nothing new")
	other := unread("A")
	other.Reason = "a fraction"
	w.report(lease, whole(), nil, other)
	require.Equal(t, "a fraction", w.stale()["A"].Reason)
	require.Len(t, w.activity("A", ""), 3)
}

func neverRead(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	known, err := w.Known(w.ctx(), merchant, "N")
	require.NoError(t, err)
	require.False(t, known)
	again := func() {
		w.report(lease, part(), []inventory.Level{level("A", 5)}, unread("N"), inventory.Refusal{SKU: "M", Reason: "no figure"})
		require.Nil(t, w.stale()["N"].Read)
		require.Equal(t, "no figure", w.stale()["N"].Reason)
		require.Equal(t, lease.Run, w.stale()["N"].Run)
		require.EqualValues(t, 2, w.staleCount().Unread)
		require.Zero(t, w.staleCount().Levels)
		require.NotContains(t, w.available(hub), "N")
	}
	again()
	known, err = w.Known(w.ctx(), merchant, "N")
	require.NoError(t, err)
	require.True(t, known)
	entry := w.activity("N", "")[0]
	require.Equal(t, "refused", entry.Kind)
	require.Nil(t, entry.Before)
	require.Nil(t, entry.After)
	w.report(lease, part(), []inventory.Level{level("A", 4)})
	require.EqualValues(t, 2, w.staleCount().Unread, "a part says nothing of what it does not name")
	w.report(lease, part(), []inventory.Level{level("N", 4), level("M", 3)})
	require.Empty(t, w.stale(), "any level of M, for its row did not say where")
	require.EqualValues(t, 4, w.available(hub)["N"])

	again2 := inventory.Refusal{SKU: "O", Facility: "east", Reason: "no figure"}
	w.report(lease, part(), nil, again2)
	require.Contains(t, w.stale(), "O")
	w.report(lease, whole(), []inventory.Level{level("A", 4)}, inventory.Refusal{Reason: "the SKU is empty"})
	require.Contains(t, w.stale(), "O", "the row without an SKU may be its")
	w.report(lease, whole(), []inventory.Level{level("A", 4)}, again2)
	require.Contains(t, w.stale(), "O")
	w.report(lease, whole(), []inventory.Level{level("A", 4)})
	require.NotContains(t, w.stale(), "O", "the source does not name it any more")

	levels, err := w.StaleOf(w.ctx(), w.plan(hubShop, ledger.Smart).Connection, "O")
	require.NoError(t, err)
	require.Empty(t, levels)
	w.apply(alter(func(d *ledger.Definitions) { d.Listings = []ledger.ListingDefinition{listing(shop, "O", "SOLD-AS-O")} }))
	w.report(lease, part(), nil, again2)
	for _, sku := range []string{"O", "SOLD-AS-O"} {
		levels, err = w.StaleOf(w.ctx(), w.plan(hubShop, ledger.Smart).Connection, sku)
		require.NoError(t, err)
		require.Len(t, levels, 1, sku)
		require.Equal(t, "O", levels[0].SKU)
	}
}

func zeroesRefused(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, zero(whole()), []inventory.Level{level("A", 5), level("B", 7), level("C", 0)})
	plan := w.resolve(lease, ledger.Smart)
	result := w.report(lease, zero(whole()), []inventory.Level{level("B", 7)}, unread("A"), unread("C"))
	require.EqualValues(t, 1, result.Changed)
	require.Greater(t, result.Version, plan.Next.Levels)
	require.Equal(t, map[string]int64{"A": 0, "B": 7, "C": 0}, w.available(hub))
	row := w.levelRow(hub, "A")
	require.True(t, row.Stale.Zeroed)
	require.Equal(t, new(int64(5)), row.Stale.Read)
	require.Equal(t, result.Version, row.Version)
	require.Equal(t, ledger.StaleCount{Levels: 2, Zeroed: 1, Since: &row.Stale.Since}, w.staleCount())
	require.False(t, w.levelRow(hub, "C").Stale.Zeroed, "it was 0 when it was read")
	require.Equal(t, []ledger.Affected{{Product: "A"}}, w.affected(w.plan(hubShop, ledger.Smart)))
	entry := w.activity("A", "")[0]
	require.Equal(t, "refused", entry.Kind)
	require.Equal(t, new(int64(5)), entry.Before)
	require.Equal(t, new(int64(0)), entry.After)
	require.Equal(t, "no figure (stock.csv:2)", entry.Note)

	again := w.report(lease, zero(whole()), []inventory.Level{level("B", 7)}, unread("A"), unread("C"))
	require.Zero(t, again.Changed)
	require.Equal(t, new(int64(5)), w.stale()["A"].Read, "what was read, and not the 0")
	back := w.report(lease, zero(whole()), []inventory.Level{level("A", 5), level("B", 7), level("C", 0)})
	require.EqualValues(t, 1, back.Changed)
	require.Equal(t, map[string]int64{"A": 5, "B": 7, "C": 0}, w.available(hub))
	require.Empty(t, w.stale())
}

// zeroHasNoClock: the level keeps the time of the last row that was read. The next row is accepted when it is not older than that one,
// whatever the time of the refusal; see clock.go.
func zeroHasNoClock(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	type seen struct{ row, asOf, fetched int }
	for name, test := range map[string]struct {
		read, next seen
		newer      bool
	}{
		"the same row once more":                           {seen{10, 0, 50}, seen{10, 0, 90}, true},
		"a row of before":                                  {seen{10, 0, 50}, seen{9, 95, 95}, false},
		"a row of between the two":                         {seen{10, 0, 50}, seen{30, 0, 95}, true},
		"the same file, fetched again":                     {seen{0, 10, 50}, seen{0, 10, 90}, true},
		"a file of before":                                 {seen{0, 10, 50}, seen{0, 9, 90}, false},
		"without a time, fetched after":                    {seen{0, 0, 50}, seen{0, 0, 90}, true},
		"without a time, fetched before what was read":     {seen{0, 0, 50}, seen{0, 0, 49}, false},
		"without a time, fetched before what was refused":  {seen{0, 0, 50}, seen{0, 0, 60}, true},
		"without a time, and then a file of before it":     {seen{0, 0, 50}, seen{0, 49, 90}, false},
		"without a time, and then an old row in a new one": {seen{0, 0, 50}, seen{1, 50, 90}, true},
	} {
		for _, full := range []bool{false, true} {
			sku := w.name("SKU")
			shift := time.Duration(w.counter.Add(1)) * 24 * time.Hour
			moved := func(minutes int) time.Time {
				if minutes == 0 {
					return time.Time{}
				}
				return clockAt(minutes).Add(shift)
			}
			report := func(one seen, rows []inventory.Level, refusals ...inventory.Refusal) {
				end := zero(part())
				end.Full, end.AsOf = full, moved(one.asOf)
				id, err := w.Stage(w.ctx(), lease, ledger.SnapshotStart{Warehouse: hub, Now: moved(one.fetched)})
				require.NoError(t, err)
				require.NoError(t, w.StageRows(w.ctx(), id, rows, refusals))
				end.Rows, end.Now = len(rows)+len(refusals), w.now()
				_, err = w.Record(w.ctx(), lease, id, end)
				require.NoError(t, err)
			}
			report(test.read, []inventory.Level{levelAt(sku, 3, moved(test.read.row))})
			before := w.levelRow(hub, sku).Level
			report(seen{0, 0, 70}, nil, unread(sku))
			zeroed := w.levelRow(hub, sku)
			require.Zero(t, zeroed.Available, name)
			require.Equal(t, before.ReportedAt, zeroed.ReportedAt, name)
			report(test.next, []inventory.Level{levelAt(sku, 2, moved(test.next.row))})
			row := w.levelRow(hub, sku)
			require.Equal(t, test.newer, row.Available == 2, "%s, full %v", name, full)
			require.Equal(t, test.newer, row.Stale == nil, "%s, full %v", name, full)
		}
	}
}

func leavesNegatives(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, zero(whole()), []inventory.Level{level("A", -3)})
	result := w.report(lease, zero(whole()), nil, unread("A"))
	require.Zero(t, result.Changed, "0 would be more to sell than what was read")
	require.EqualValues(t, -3, w.levelRow(hub, "A").Available)
	require.False(t, w.stale()["A"].Zeroed)
}

// keepsZeroUnnamed: an absent row is not a row that was read, so a level that counts as 0 does not get its old figure back when it is absent.
func keepsZeroUnnamed(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, zero(whole()), []inventory.Level{level("A", 5), level("B", 7)})
	w.report(lease, zero(whole()), []inventory.Level{level("B", 7)}, unread("A"))
	w.report(lease, zero(whole()), []inventory.Level{level("B", 7)})
	require.EqualValues(t, 0, w.levelRow(hub, "A").Available)
	require.True(t, w.stale()["A"].Zeroed, "the refused row is the only reason for the 0")
	absent := zero(whole())
	absent.Missing = inventory.MissingZero
	w.report(lease, absent, []inventory.Level{level("B", 7)})
	require.Zero(t, w.levelRow(hub, "A").Available)
	require.Empty(t, w.stale(), "now it is 0 because it is absent")
}

func givesBack(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, zero(whole()), []inventory.Level{level("A", 5), level("B", 7)})
	w.report(lease, zero(whole()), []inventory.Level{level("B", 7)}, unread("A"))
	result := w.report(lease, whole(), []inventory.Level{level("B", 7)}, unread("A"))
	require.EqualValues(t, 1, result.Changed)
	require.EqualValues(t, 5, w.levelRow(hub, "A").Available)
	require.False(t, w.stale()["A"].Zeroed)
	require.Equal(t, new(int64(5)), w.stale()["A"].Read)
	entry := w.activity("A", "")[0]
	require.Equal(t, "refused", entry.Kind)
	require.Equal(t, new(int64(0)), entry.Before)
	require.Equal(t, new(int64(5)), entry.After)
}

func marksUpload(t *testing.T, w *world) {
	w.uploaded(w.upload(level("A", 5)), whole(), 1)
	id := w.upload()
	require.NoError(t, w.StageRows(w.ctx(), id, nil, []inventory.Refusal{unread("A")}))
	result := w.uploaded(id, zero(part()), 1)
	require.EqualValues(t, 1, result.Changed)
	stale := w.stale()["A"]
	require.Zero(t, stale.Run)
	require.Equal(t, id, stale.Snapshot)
	require.True(t, stale.Zeroed)
}

func forgetsRemoved(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, whole(), []inventory.Level{level("A", 5)})
	w.report(lease, whole(), nil, unread("A"), unread("N"))
	require.Len(t, w.stale(), 2)
	w.end(lease, ledger.CompletedWithFailures)
	_, err := w.Apply(w.ctx(), ledger.Definitions{}, ledger.ApplyOptions{Prune: true})
	require.NoError(t, err)
	w.apply(definitions())
	require.Empty(t, w.stale())
}

func tidiesUnread(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, part(), []inventory.Level{level("A", 5)})
	w.report(lease, part(), nil, unread("A"), unread("N"))
	_, err := w.Tidy(w.ctx(), w.stale()["N"].At)
	require.NoError(t, err)
	require.Len(t, w.stale(), 2)
	_, err = w.Tidy(w.ctx(), w.stale()["N"].At.Add(time.Second))
	require.NoError(t, err)
	require.Contains(t, w.stale(), "A", "a level is stale until it is read again")
	require.NotContains(t, w.stale(), "N")
}

func saysStale(t *testing.T, w *world) {
	w.apply(alter(func(d *ledger.Definitions) {
		d.Bundles = []ledger.BundleDefinition{bundle("KIT", of("A", 1), of("N", 2))}
	}))
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, whole(), []inventory.Level{level("A", 5), level("B", 7)})
	w.report(lease, whole(), []inventory.Level{level("B", 7)}, unread("A"), unread("N"))
	inputs, err := w.Inputs(w.ctx(), w.plan(hubShop, ledger.Full), []string{"A", "B", "KIT"})
	require.NoError(t, err)
	require.Equal(t, "no figure", inputs[0].Levels["A"][0].Stale.Reason)
	require.Nil(t, inputs[1].Levels["B"][0].Stale)
	require.Empty(t, inputs[1].Unread)
	require.Equal(t, "no figure", inputs[2].Levels["A"][0].Stale.Reason)
	require.Equal(t, "no figure", inputs[2].Unread["N"][0].Reason)
	require.Equal(t, "east", inputs[2].Unread["N"][0].Facility)
}

func rereadsForPolicy(t *testing.T, w *world) {
	changes := w.apply(alter(func(d *ledger.Definitions) { d.Warehouses[0].Refused = inventory.RefusedZero }))
	require.Len(t, changes, 1)
	require.Contains(t, changes[0].Detail, "reads everything again")
	require.Empty(t, w.apply(alter(func(d *ledger.Definitions) { d.Warehouses[0].Refused = inventory.RefusedZero })))
}

func marksMany(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	const many = 1500
	var rows, odd []inventory.Level
	var refusals []inventory.Refusal
	for i := range many {
		sku := fmt.Sprintf("SKU-%05d", i)
		rows = append(rows, level(sku, 5))
		if i%3 == 0 {
			refusals = append(refusals, unread(sku))
		} else {
			odd = append(odd, level(sku, 5))
		}
	}
	w.report(lease, zero(whole()), rows)
	result := w.report(lease, zero(whole()), odd, refusals...)
	require.EqualValues(t, many/3, result.Changed)
	require.EqualValues(t, many/3, w.staleCount().Zeroed)
	first, err := w.StaleLevels(w.ctx(), hub, "", ledger.Page{Limit: 10})
	require.NoError(t, err)
	require.Len(t, first, 10)
	second, err := w.StaleLevels(w.ctx(), hub, "", ledger.Page{Limit: 10, After: first[9].SKU})
	require.NoError(t, err)
	require.Equal(t, "SKU-00030", second[0].SKU)
	one, err := w.StaleLevels(w.ctx(), hub, "SKU-00030", ledger.Page{})
	require.NoError(t, err)
	require.Len(t, one, 1)
	require.EqualValues(t, many/3, w.report(lease, zero(whole()), rows).Changed)
	require.Zero(t, w.staleCount())
}
