package ledgertest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

var holdTests = tests{
	"a hold waits for a person":                   holds,
	"one answer releases all of the warehouse":    decidesForWarehouse,
	"a held push belongs to its connection":       decidesAlone,
	"the first answer stands":                     decidesOnce,
	"a hold is replaced when it was decided":      replacesHold,
	"a run may be held twice":                     holdsTwice,
	"a run waits for one answer at a time":        asksAnother,
	"a hold says what was approved before":        asksAgain,
	"there is nothing to decide":                  decidesNothing,
	"an answer does not reach a hold that is new": decidesOpenOnly,
}

func (w *world) holdOf(lease ledger.Lease) ledger.Hold {
	w.t.Helper()
	hold, err := w.HoldOf(w.ctx(), lease.Run)
	require.NoError(w.t, err)
	return hold
}

// held lets a run of a connection wait for a person.
func (w *world) held(connection string, kind ledger.HoldKind) (ledger.Lease, ledger.Hold) {
	w.t.Helper()
	lease := w.take(connection, ledger.Smart)
	run := w.runOf(lease)
	hold := ledger.Hold{
		Run: run.ID, Kind: kind, Connection: connection, Warehouse: run.Warehouse, Workflow: run.Workflow,
		Reason: "79 of 100 rows", Rows: 79, Zeroing: 3, At: w.now(),
	}
	require.NoError(w.t, w.Hold(w.ctx(), hold))
	require.NoError(w.t, w.Release(w.ctx(), lease))
	return lease, hold
}

func (w *world) openHolds() []ledger.Hold {
	w.t.Helper()
	open, err := w.OpenHolds(w.ctx())
	require.NoError(w.t, err)
	return open
}

func (w *world) decide(lease ledger.Lease, decision string) []ledger.Hold {
	w.t.Helper()
	answered, err := w.Decide(w.ctx(), lease.Run, decision, "ann", w.now())
	require.NoError(w.t, err)
	return answered
}

// runsOf returns the runs of holds.
func runsOf(holds []ledger.Hold) []int64 {
	var runs []int64
	for _, hold := range holds {
		runs = append(runs, hold.Run)
	}
	return runs
}

func holds(t *testing.T, w *world) {
	require.Empty(t, w.openHolds())
	lease, hold := w.held(hubShop, ledger.HoldSnapshot)
	require.Equal(t, hold, w.holdOf(lease))
	require.Equal(t, []ledger.Hold{hold}, w.openHolds())
	now := w.now()
	answered, err := w.Decide(w.ctx(), lease.Run, "approved", "ann", now)
	require.NoError(t, err)
	hold.Decision, hold.By, hold.DecidedAt = "approved", "ann", &now
	require.Equal(t, []ledger.Hold{hold}, answered)
	require.Equal(t, hold, w.holdOf(lease))
	require.Empty(t, w.openHolds())
}

func decidesForWarehouse(t *testing.T, w *world) {
	one, _ := w.held(hubShop, ledger.HoldSnapshot)
	two, _ := w.held(hubMarket, ledger.HoldSnapshot)
	elsewhere, _ := w.held(annexShop, ledger.HoldSnapshot)
	push, _ := w.held(hubMarket, ledger.HoldZeroing)
	answered := w.decide(two, "rejected")
	require.ElementsMatch(t, []int64{one.Run, two.Run}, runsOf(answered))
	for _, hold := range answered {
		require.Equal(t, "rejected", hold.Decision)
		require.Equal(t, "ann", hold.By)
		require.NotNil(t, hold.DecidedAt)
	}
	require.Equal(t, "rejected", w.holdOf(one).Decision)
	require.ElementsMatch(t, []int64{elsewhere.Run, push.Run}, runsOf(w.openHolds()))
}

func decidesAlone(t *testing.T, w *world) {
	one, _ := w.held(hubShop, ledger.HoldZeroing)
	two, _ := w.held(hubMarket, ledger.HoldZeroing)
	snapshot, _ := w.held(hubShop, ledger.HoldSnapshot)
	require.Equal(t, []int64{one.Run}, runsOf(w.decide(one, "approved")))
	require.ElementsMatch(t, []int64{two.Run, snapshot.Run}, runsOf(w.openHolds()))
	require.Empty(t, w.holdOf(two).Decision)
}

// decidesOnce: two people answer. The result of the first answer may be lost, and the answer be repeated.
func decidesOnce(t *testing.T, w *world) {
	one, _ := w.held(hubShop, ledger.HoldSnapshot)
	two, _ := w.held(hubMarket, ledger.HoldSnapshot)
	first := w.decide(one, "approved")
	require.Len(t, first, 2)
	for _, lease := range []ledger.Lease{one, two} {
		again, err := w.Decide(w.ctx(), lease.Run, "rejected", "bob", w.now())
		require.NoError(t, err)
		require.Contains(t, runsOf(again), lease.Run)
		for _, hold := range again {
			require.Contains(t, first, hold, "as it is")
		}
		require.Equal(t, "approved", w.holdOf(lease).Decision)
		require.Equal(t, "ann", w.holdOf(lease).By)
	}
}

func replacesHold(t *testing.T, w *world) {
	lease, hold := w.held(hubShop, ledger.HoldSnapshot)
	again := hold
	again.Rows, again.Reason, again.At = 70, "70 of 100 rows", w.now()
	require.NoError(t, w.Hold(w.ctx(), again))
	require.Equal(t, []ledger.Hold{hold}, w.openHolds(), "what waits is asked about as it was")
	approved := w.decide(lease, "approved")
	hold.Rows, hold.Reason, hold.At = 60, "60 of 100\x00 rows", w.now()
	require.NoError(t, w.Hold(w.ctx(), hold))
	hold.Reason = "60 of 100\uFFFD rows"
	hold.Before = &ledger.Approval{Rows: 79, By: "ann", At: *approved[0].DecidedAt}
	require.Equal(t, hold, w.holdOf(lease), "what was fetched anew is held anew, and waits again")
	require.Equal(t, []ledger.Hold{hold}, w.openHolds())
	require.Equal(t, "rejected", w.decide(lease, "rejected")[0].Decision)
	hold.At = w.now()
	require.NoError(t, w.Hold(w.ctx(), hold))
	require.Nil(t, w.holdOf(lease).Before, "a rejection approves nothing")
}

// asksAgain: a push that is held once more records how many rows to 0 were approved before.
func asksAgain(t *testing.T, w *world) {
	lease, hold := w.held(hubShop, ledger.HoldZeroing)
	approved := w.decide(lease, "approved")
	hold.Zeroing, hold.At = 5, w.now()
	require.NoError(t, w.Hold(w.ctx(), hold))
	hold.Before = &ledger.Approval{Rows: 3, By: "ann", At: *approved[0].DecidedAt}
	require.Equal(t, []ledger.Hold{hold}, w.openHolds())
}

func holdsTwice(t *testing.T, w *world) {
	lease, hold := w.held(hubShop, ledger.HoldSnapshot)
	w.decide(lease, "approved")
	hold.Kind, hold.At = ledger.HoldZeroing, w.now()
	require.NoError(t, w.Hold(w.ctx(), hold))
	require.Equal(t, hold, w.holdOf(lease), "the newest")
	require.Equal(t, []ledger.Hold{hold}, w.openHolds())
	answered := w.decide(lease, "rejected")
	require.Len(t, answered, 1)
	require.Equal(t, ledger.HoldZeroing, answered[0].Kind)
}

// asksAnother: a held run checks again, and is now held for the other reason. An answer concerns the newest hold. A hold that is made after the
// answer waits again.
func asksAnother(t *testing.T, w *world) {
	lease, first := w.held(hubShop, ledger.HoldZeroing)
	second := first
	second.Kind, second.Zeroing, second.At = ledger.HoldSnapshot, 0, w.now()
	require.NoError(t, w.Hold(w.ctx(), second))
	require.Equal(t, []ledger.Hold{second}, w.openHolds(), "a run waits for one answer at a time")
	answered := w.decide(lease, "approved")
	require.Len(t, answered, 1)
	require.Equal(t, ledger.HoldSnapshot, answered[0].Kind)

	first.Zeroing, first.At = 4, w.now()
	require.NoError(t, w.Hold(w.ctx(), first))
	require.Equal(t, []ledger.Hold{first}, w.openHolds())
	answered = w.decide(lease, "approved")
	require.Len(t, answered, 1)
	require.Equal(t, ledger.HoldZeroing, answered[0].Kind, "the approval is of what is asked now")
	require.EqualValues(t, 4, answered[0].Zeroing)
}

func decidesNothing(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	for _, run := range []int64{lease.Run, lease.Run + 1000} {
		_, err := w.HoldOf(w.ctx(), run)
		require.ErrorIs(t, err, ledger.ErrNotFound)
		_, err = w.Decide(w.ctx(), run, "approved", "ann", w.now())
		require.ErrorIs(t, err, ledger.ErrNotFound)
	}
}

func decidesOpenOnly(t *testing.T, w *world) {
	one, _ := w.held(hubShop, ledger.HoldSnapshot)
	w.decide(one, "approved")
	w.end(one, ledger.Completed)
	two, _ := w.held(hubMarket, ledger.HoldSnapshot)
	_, err := w.Decide(w.ctx(), one.Run, "rejected", "bob", w.now())
	require.NoError(t, err)
	require.Equal(t, []int64{two.Run}, runsOf(w.openHolds()))
}
