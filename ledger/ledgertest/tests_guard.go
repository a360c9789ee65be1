package ledgertest

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

var guardTests = tests{
	"too few rows are held":           holdsShrunk,
	"too many refusals are held":      holdsRefused,
	"an empty snapshot is held":       holdsEmpty,
	"the first snapshot is not held":  believesFirst,
	"a part is not judged by rows":    believesPart,
	"what is held changes nothing":    holdsWhole,
	"an approval lifts the guard":     approves,
	"an approval goes only so far":    approvesSoFar,
	"an approval counts the rows too": approvesCounted,
}

func many(n int) []inventory.Level {
	rows := make([]inventory.Level, n)
	for i := range rows {
		rows[i] = level(fmt.Sprintf("SKU-%03d", i), 5)
	}
	return rows
}

func refused(n int) []inventory.Refusal {
	refusals := make([]inventory.Refusal, n)
	for i := range refusals {
		refusals[i] = inventory.Refusal{Facility: "east", SKU: fmt.Sprintf("REFUSED-%03d", i), Reason: "no figure"}
	}
	return refusals
}

// guarded is a full snapshot that the usual guard judges.
func guarded() ledger.SnapshotEnd {
	end := whole()
	end.Guard = strict
	return end
}

func holdsShrunk(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	require.Empty(t, w.report(lease, guarded(), many(100)).Held)
	result := w.report(lease, guarded(), many(79))
	require.Contains(t, result.Held, "79")
	require.Contains(t, result.Held, "100")
	require.EqualValues(t, 100, result.LastRows)
	require.EqualValues(t, 79, result.Rows)
	require.Empty(t, w.report(lease, guarded(), many(80)).Held, "80 of 100 is enough")
	require.Empty(t, w.report(lease, guarded(), many(64)).Held, "and 64 of 80")
	require.NotEmpty(t, w.report(lease, guarded(), many(51)).Held)
	require.Empty(t, w.report(lease, guarded(), many(76), refused(4)...).Held)
	require.Empty(t, w.report(lease, guarded(), many(63), refused(1)...).Held, "a refused row was there")
}

func holdsRefused(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	require.Empty(t, w.report(lease, guarded(), many(95), refused(5)...).Held, "5 of 100 is not more than 5 %")
	result := w.report(lease, guarded(), many(94), refused(6)...)
	require.Contains(t, result.Held, "6")
	require.EqualValues(t, 6, result.Refused)
	twice := append(many(95), many(3)...)
	result = w.report(lease, guarded(), twice)
	require.NotEmpty(t, result.Held, "duplicates are refused rows")
	require.EqualValues(t, 6, result.Refused)
	end := part()
	end.Guard = strict
	require.NotEmpty(t, w.report(lease, end, many(9), refused(1)...).Held, "a part is judged by its refusals as well")
}

func holdsEmpty(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, guarded(), many(1))
	for _, missing := range []inventory.MissingPolicy{inventory.MissingKeep, inventory.MissingZero} {
		for _, guard := range []ledger.Guard{strict, lax} {
			end := guarded()
			end.Missing, end.Guard = missing, guard
			require.NotEmpty(t, w.report(lease, end, nil).Held, "an empty snapshot is never believed by itself")
			require.Equal(t, map[string]int64{"SKU-000": 5}, w.available(hub))
		}
	}
	end := part()
	end.Guard = strict
	require.Empty(t, w.report(lease, end, nil).Held, "a part without rows says that nothing changed")
}

func believesFirst(t *testing.T, w *world) {
	lease := w.take(hubMarket, ledger.Smart)
	require.Empty(t, w.report(lease, guarded(), many(3)).Held)
	require.Empty(t, w.report(w.take(annexShop, ledger.Smart), guarded(), many(1)).Held, "each warehouse has its own last one")
}

func believesPart(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, guarded(), many(100))
	end := part()
	end.Guard = strict
	require.Empty(t, w.report(lease, end, many(1)).Held)
	require.NotEmpty(t, w.report(lease, guarded(), many(79)).Held, "a part is not what the next whole is compared with")
}

func holdsWhole(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, guarded(), many(10))
	before, next := w.levels(hub), w.plan(hubShop, ledger.Smart).Next
	rows := many(5)
	for i := range rows {
		rows[i].Available = 77
	}
	end := guarded()
	end.Missing = inventory.MissingZero
	result := w.report(lease, end, rows, refused(1)...)
	require.NotEmpty(t, result.Held)
	require.Zero(t, result.Changed)
	require.Equal(t, next.Levels, result.Version)
	require.Equal(t, before, w.levels(hub))
	require.Equal(t, next, w.plan(hubShop, ledger.Smart).Next)
	require.Equal(t, []string{"reported"}, w.kinds("SKU-001", ""))
	refusals, err := w.Refusals(w.ctx(), hub, 10)
	require.NoError(t, err)
	require.Equal(t, refused(1), refusals, "the refusals stay readable")
	last, err := w.LastSnapshot(w.ctx(), hub)
	require.NoError(t, err)
	require.Equal(t, result.Held, last.Held)
	require.Equal(t, lease.Run, last.Run)
	require.Equal(t, []int64{6, 1, 0}, []int64{last.Rows, last.Refused, last.Changed})
	require.False(t, last.EndedAt.Before(last.BeganAt))
	_, err = w.LastSnapshot(w.ctx(), annex)
	require.ErrorIs(t, err, ledger.ErrNotFound)
	require.NotEmpty(t, w.report(lease, end, rows).Held, "the same again is held again")
	require.Empty(t, w.report(lease, end, many(10)).Held)
	require.Empty(t, w.report(lease, guarded(), many(9)).Held)
}

func approves(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, guarded(), many(100))
	held := w.report(lease, guarded(), many(45), refused(5)...)
	require.NotEmpty(t, held.Held)
	end := guarded()
	end.Approved, end.ApprovedRows = true, held.Rows
	result := w.report(lease, end, many(45), refused(5)...)
	require.Empty(t, result.Held)
	require.EqualValues(t, 55, result.Missing)
	require.Empty(t, w.report(lease, guarded(), many(45)).Held, "it is the last one now")

	require.NotEmpty(t, w.report(lease, guarded(), nil).Held)
	end.ApprovedRows = 0
	require.Empty(t, w.report(lease, end, nil).Held, "a person may believe that nothing is there")
	require.Len(t, w.levels(hub), 100, "but absence is not zero")
}

// approvesSoFar: the snapshot that is fetched after an approval may have shrunk further.
func approvesSoFar(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, guarded(), many(100))
	end := guarded()
	end.Approved, end.ApprovedRows = true, 50
	require.NotEmpty(t, w.report(lease, end, many(39)).Held)
	require.NotEmpty(t, w.report(lease, end, nil).Held)
	require.Empty(t, w.report(lease, end, many(40)).Held, "40 of the 50 that were approved")
}

func approvesCounted(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	id := w.stage(lease, many(3))
	_, err := w.Record(w.ctx(), lease, id, ledger.SnapshotEnd{Full: true, Rows: 2, Approved: true, ApprovedRows: 2, Guard: strict, Now: w.now()})
	require.Error(t, err, "an approval does not make a snapshot complete")
	require.Empty(t, w.levels(hub))
}
