package ledgertest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

var facilityTests = tests{
	"facilities with new names":              holdsRenamed,
	"facilities with new names, with links":  holdsRenamedLinked,
	"a facility that had no name":            holdsNamed,
	"a facility closes and its stock moves":  holdsMoved,
	"missing means zero":                     zeroesRenamed,
	"what is left out, of all with stock":    holdsLeftOut,
	"what was left out is asked about once":  asksOnce,
	"an approval covers what was approved":   approvesAbsence,
	"a refused row names its level":          refusedIsNamed,
	"a level that is newer than a snapshot":  newerIsNotLeftOut,
	"a part leaves nothing out":              partLeavesNothingOut,
	"an upload that is sent with approval":   approvesUpload,
	"a row of no SKU may be of any level":    dropsUnclear,
	"an approval takes nothing else to zero": keepsOthers,
}

// watchful is a full snapshot that the usual guard judges by the levels that it leaves out.
func watchful() ledger.SnapshotEnd {
	end := whole()
	end.Guard.MaximumMissing = 0.05
	return end
}

// approvedOf returns the end of the snapshot that is fetched after a snapshot was held and approved.
func approvedOf(held ledger.SnapshotResult) ledger.SnapshotEnd {
	end := watchful()
	end.Approved, end.ApprovedRows, end.ApprovedAbsent = true, held.Rows, held.Absent
	return end
}

func in(facility string, rows ...inventory.Level) []inventory.Level {
	placed := make([]inventory.Level, len(rows))
	for i, row := range rows {
		row.Facility = facility
		placed[i] = row
	}
	return placed
}

func twoPlaces(east, west string) []inventory.Level {
	return append(in(east, level("A", 5), level("B", 3), level("C", 0)), in(west, level("A", 2), level("B", 1))...)
}

func holdsRenamed(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, watchful(), twoPlaces("east", "west"))
	w.resolve(lease, ledger.Smart)
	w.push(lease)
	require.Equal(t, map[string]string{"A": "exported 7, shows 7", "B": "exported 4, shows 4", "C": "exported 0, shows 0"}, w.rows(hubShop))
	before := w.levels(hub)

	held := w.report(lease, watchful(), twoPlaces("EAST", "WEST"))
	require.Contains(t, held.Held, "4 recorded levels with stock of SKUs that it names elsewhere, so 11 units would count twice")
	require.Contains(t, held.Held, `left out: "east", "west"; new: "EAST", "WEST"`)
	require.Equal(t, ledger.Absence{Levels: 4, Twice: 4}, held.Absent)
	require.Equal(t, before, w.levels(hub))
	require.NotEmpty(t, w.report(lease, watchful(), twoPlaces("EAST", "WEST")).Held, "as often as it is asked")

	result := w.report(lease, approvedOf(held), twoPlaces("EAST", "WEST"))
	require.Empty(t, result.Held)
	require.EqualValues(t, 9, result.Changed)
	require.EqualValues(t, 5, result.Missing, "levels, not SKUs")
	require.Equal(t, map[string]int64{
		"A": 0, "B": 0, "C": 0, "A@west": 0, "B@west": 0, "A@EAST": 5, "B@EAST": 3, "C@EAST": 0, "A@WEST": 2, "B@WEST": 1,
	}, w.available(hub))
	w.resolve(lease, ledger.Smart)
	w.push(lease)
	require.Equal(t, map[string]string{"A": "exported 7, shows 7", "B": "exported 4, shows 4", "C": "exported 0, shows 0"}, w.rows(hubShop))
	noted := false
	for _, entry := range w.activity("A", "") {
		if entry.Kind == "missing" && entry.Facility == "west" {
			noted = true
			require.Equal(t, []any{new(int64(2)), new(int64(0))}, []any{entry.Before, entry.After})
			require.Equal(t, fmt.Sprintf("the approved snapshot of run %d names the SKU elsewhere and not in this facility", lease.Run), entry.Note)
		}
		require.Equal(t, entry.Kind == "missing", entry.Note != "", "a figure that was reported needs no reason")
	}
	require.True(t, noted)
	require.Empty(t, w.report(lease, watchful(), twoPlaces("EAST", "WEST")).Held, "nothing is left to ask about")
	require.Equal(t, "exported 7, shows 7", w.rows(hubShop)["A"])
}

// holdsRenamedLinked: the locations of a store name the facilities that they show.
func holdsRenamedLinked(t *testing.T, w *world) {
	linked := func(east, west string) ledger.Definitions {
		return alter(func(d *ledger.Definitions) {
			d.Connections[0].Inventory.Locations = []inventory.Location{{ID: "north", Facilities: []string{east}}, {ID: "south", Facilities: []string{west}}}
		})
	}
	w.apply(linked("east", "west"))
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, watchful(), twoPlaces("east", "west"))
	w.resolve(lease, ledger.Smart)
	w.push(lease)
	before := w.rows(hubShop)
	held := w.report(lease, watchful(), twoPlaces("EAST", "WEST"))
	require.NotEmpty(t, held.Held, "else the stores would show old figures for ever, and nobody would know")
	require.Empty(t, w.report(lease, approvedOf(held), twoPlaces("EAST", "WEST")).Held)
	w.end(lease, ledger.Completed)
	w.apply(linked("EAST", "WEST"))
	lease = w.take(hubShop, ledger.Smart)
	w.resolve(lease, ledger.Smart)
	w.push(lease)
	require.Equal(t, before, w.rows(hubShop), "each location shows the facility under its new name")
}

// holdsNamed: a setting gives a name to a facility that had none; the file is the same.
func holdsNamed(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, watchful(), in("", many(20)...))
	held := w.report(lease, watchful(), in("portland", many(20)...))
	require.Contains(t, held.Held, "20 recorded levels with stock of SKUs that it names elsewhere, so 100 units would count twice")
	require.Contains(t, held.Held, `left out: no facility; new: "portland"`)
	require.Empty(t, w.report(lease, approvedOf(held), in("portland", many(20)...)).Held)
	w.resolve(lease, ledger.Smart)
	w.push(lease)
	require.Equal(t, "exported 5, shows 5", w.rows(hubShop)["SKU-003"])
}

func holdsMoved(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, watchful(), twoPlaces("east", "west"))
	moved := in("east", level("A", 7), level("B", 4), level("C", 0))
	held := w.report(lease, watchful(), moved)
	require.Contains(t, held.Held, "2 recorded levels with stock of SKUs that it names elsewhere, so 3 units would count twice")
	require.Contains(t, held.Held, `(left out: "west")`)
	require.NotContains(t, held.Held, "new:")
	require.Empty(t, w.report(lease, approvedOf(held), moved).Held)
	require.Equal(t, map[string]int64{"A": 7, "B": 4, "C": 0, "A@west": 0, "B@west": 0}, w.available(hub))
}

// zeroesRenamed: where a level that is not named becomes 0, nothing can count twice. A person decides when many levels do so at once.
func zeroesRenamed(t *testing.T, w *world) {
	zero := func(part float64) ledger.SnapshotEnd {
		end := whole()
		end.Missing, end.Guard.MaximumMissing = inventory.MissingZero, part
		return end
	}
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, zero(0.05), twoPlaces("east", "west"))
	held := w.report(lease, zero(0.05), twoPlaces("EAST", "WEST"))
	require.Contains(t, held.Held, "4 of the 4 recorded levels with stock (11 units), more than 5 %")
	require.NotContains(t, held.Held, "twice")
	require.Contains(t, held.Held, "take the levels that it leaves out to 0")
	require.Empty(t, w.report(lease, zero(1), twoPlaces("EAST", "WEST")).Held)
	require.Equal(t, int64(0), w.available(hub)["A@west"])
	require.Empty(t, w.activity("A", "")[0].Note)
}

func holdsLeftOut(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	rows := append(many(40), level("NONE", 0), level("LESS", -2))
	w.report(lease, watchful(), rows)
	require.Empty(t, w.report(lease, watchful(), many(38)).Held, "2 of 40 with stock; those without count for nothing")
	w.report(lease, watchful(), rows)
	held := w.report(lease, watchful(), many(37))
	require.Contains(t, held.Held, "3 of the 40 recorded levels with stock (15 units), more than 5 %")
	require.Equal(t, ledger.Absence{Levels: 3}, held.Absent)
	require.Empty(t, w.report(lease, approvedOf(held), many(37)).Held)
	require.Len(t, w.available(hub), 42)
	require.EqualValues(t, 5, w.available(hub)["SKU-039"], "absence is not zero")
	require.NotContains(t, w.kinds("SKU-039", ""), "missing")
}

// asksOnce: levels that were left out before, and that a person approved, do not hold every later snapshot.
func asksOnce(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, watchful(), many(40))
	held := w.report(lease, watchful(), many(30))
	require.NotEmpty(t, held.Held)
	require.NotEmpty(t, w.report(lease, watchful(), many(30)).Held, "nobody has looked yet")
	require.Empty(t, w.report(lease, approvedOf(held), many(30)).Held)
	require.Empty(t, w.report(lease, watchful(), many(30)).Held)
	require.Empty(t, w.report(lease, watchful(), many(28)).Held)
	require.NotEmpty(t, w.report(lease, watchful(), many(25)).Held)
	require.Empty(t, w.report(lease, watchful(), many(40)).Held)
	require.NotEmpty(t, w.report(lease, watchful(), many(30)).Held, "they were there again meanwhile")
}

func approvesAbsence(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, watchful(), many(20))
	half := append(many(10), in("EAST", many(20)[10:]...)...)
	held := w.report(lease, watchful(), half)
	require.Equal(t, ledger.Absence{Levels: 10, Twice: 10}, held.Absent)
	worse := w.report(lease, approvedOf(held), in("EAST", many(20)...))
	require.Contains(t, worse.Held, "20 recorded levels", "as many rows, and twice as many levels")
	require.Equal(t, map[string]int64{"A": 5}, map[string]int64{"A": w.available(hub)["SKU-015"]})
	require.Empty(t, w.report(lease, approvedOf(worse), half).Held, "and less is covered")
	require.Equal(t, int64(0), w.available(hub)["SKU-015"])
	require.Equal(t, int64(5), w.available(hub)["SKU-005"])

	hold := ledger.Hold{
		Run: lease.Run, Kind: ledger.HoldSnapshot, Connection: hubShop, Warehouse: hub, Workflow: "w", Reason: held.Held, Rows: held.Rows,
		Absent: held.Absent, At: w.now(),
	}
	require.NoError(t, w.Hold(w.ctx(), hold))
	require.Equal(t, held.Absent, w.holdOf(lease).Absent, "the hold keeps what an approval covers")
	require.Equal(t, held.Absent, w.decide(lease, "approved")[0].Absent)
	hold.Absent = worse.Absent
	require.NoError(t, w.Hold(w.ctx(), hold))
	require.Equal(t, worse.Absent, w.holdOf(lease).Absent)
}

func refusedIsNamed(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, watchful(), twoPlaces("east", "west"))
	rows := in("east", level("A", 7), level("B", 4))
	named := w.report(lease, watchful(), rows,
		inventory.Refusal{SKU: "A", Facility: "west", Reason: "no figure"}, inventory.Refusal{SKU: "B", Reason: "no figure"})
	require.Empty(t, named.Held, "a row was there, and not believed")
	require.Equal(t, map[string]int64{"A": 7, "B": 4, "C": 0, "A@west": 2, "B@west": 1}, w.available(hub))
	elsewhere := w.report(lease, watchful(), in("east", level("A", 7), level("B", 4)), inventory.Refusal{SKU: "A", Facility: "north", Reason: "no figure"})
	require.Equal(t, ledger.Absence{Levels: 2, Twice: 2}, elsewhere.Absent)
}

func newerIsNotLeftOut(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	end := watchful()
	end.AsOf = began.Add(10 * time.Minute)
	w.report(lease, end, in("east", level("A", 5)))
	w.report(lease, part(), in("west", levelAt("A", 2, began.Add(30*time.Minute))))
	end.AsOf = began.Add(20 * time.Minute)
	require.Empty(t, w.report(lease, end, in("east", level("A", 5))).Held, "it was taken before the other level was there")
	end.AsOf = began.Add(40 * time.Minute)
	require.NotEmpty(t, w.report(lease, end, in("east", level("A", 5))).Held)
}

func partLeavesNothingOut(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, watchful(), twoPlaces("east", "west"))
	end := watchful()
	end.Full = false
	result := w.report(lease, end, in("east", level("A", 9)))
	require.Empty(t, result.Held)
	require.Zero(t, result.Absent)
}

func approvesUpload(t *testing.T, w *world) {
	w.report(w.take(hubShop, ledger.Smart), watchful(), twoPlaces("east", "west"))
	rows := twoPlaces("EAST", "WEST")
	held := w.uploaded(w.upload(rows...), watchful(), len(rows))
	require.NotEmpty(t, held.Held)
	id := w.upload(rows...)
	require.Empty(t, w.uploaded(id, approvedOf(held), len(rows)).Held)
	require.Equal(t, int64(0), w.available(hub)["A"])
	var notes []string
	for _, entry := range w.activity("A", "") {
		if entry.Kind == "missing" {
			notes = append(notes, entry.Note)
		}
	}
	note := fmt.Sprintf("the approved snapshot %d, which was sent, names the SKU elsewhere and not in this facility", id)
	require.Equal(t, []string{note, note}, notes)
}

// dropsUnclear: because of a refused row without a SKU, absence does not mean zero. A person's approval still does.
func dropsUnclear(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	zero := watchful()
	zero.Missing = inventory.MissingZero
	w.report(lease, zero, append(in("east", many(40)...), in("west", level("SKU-000", 1))...))
	nameless := inventory.Refusal{Reason: "the SKU is empty"}
	held := w.report(lease, zero, in("east", many(40)...), nameless)
	require.Contains(t, held.Held, "would count twice", "for it is not taken to 0")
	end := approvedOf(held)
	end.Missing = inventory.MissingZero
	require.Empty(t, w.report(lease, end, in("east", many(40)...), nameless).Held)
	require.Equal(t, int64(0), w.available(hub)["SKU-000@west"])
}

func keepsOthers(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, watchful(), append(twoPlaces("east", "west"), in("west", level("ONLY", 9))...))
	held := w.report(lease, watchful(), in("EAST", level("A", 7), level("B", 4)))
	require.Equal(t, ledger.Absence{Levels: 5, Twice: 4}, held.Absent)
	require.Empty(t, w.report(lease, approvedOf(held), in("EAST", level("A", 7), level("B", 4))).Held)
	require.Equal(t, map[string]int64{"A@EAST": 7, "B@EAST": 4, "A": 0, "B": 0, "C": 0, "A@west": 0, "B@west": 0, "ONLY@west": 9}, w.available(hub))
}
