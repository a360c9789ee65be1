package ledgertest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

var rejectTests = tests{
	"a rejected snapshot is not held again":          rejectsContent,
	"the content is what counts":                     comparesContent,
	"one warehouse's rejection is not another's":     rejectsByWarehouse,
	"the mark passes a rejected part":                passesRejected,
	"a rejection is lifted":                          liftsContent,
	"a rejection is lifted of all that it answered":  liftsTogether,
	"an approval is not lifted":                      approvesOnce,
	"a rejected snapshot is taken over":              sharesRejected,
	"what is sent is held, and not recognized":       holdsSent,
	"a rejection is kept while its content comes":    tidiesRejected,
	"a rejected snapshot is told of until the next":  tellsRejected,
	"a hold is of the content that was held last":    holdsNewest,
	"a rejection of a content does not reach others": rejectsNoOther,
}

// doubt returns a run whose snapshot of 79 rows is held, after 100 were recorded.
func (w *world) doubt(connection string) ledger.Lease {
	w.t.Helper()
	lease := w.take(connection, ledger.Smart)
	w.report(lease, guarded(), many(100))
	w.heldSnapshot(lease, many(79))
	return lease
}

// heldSnapshot records a snapshot that is held, and lets its run wait.
func (w *world) heldSnapshot(lease ledger.Lease, rows []inventory.Level) {
	w.t.Helper()
	result := w.report(lease, guarded(), rows)
	require.NotEmpty(w.t, result.Held)
	require.Empty(w.t, result.Rejected)
	w.asks(lease, ledger.HoldSnapshot, result.Held)
}

// asks lets a run wait for a person; its lease stays valid.
func (w *world) asks(lease ledger.Lease, kind ledger.HoldKind, reason string) {
	w.t.Helper()
	run := w.runOf(lease)
	require.NoError(w.t, w.Hold(w.ctx(), ledger.Hold{
		Run: run.ID, Kind: kind, Connection: run.Connection, Warehouse: run.Warehouse, Workflow: run.Workflow, Reason: reason, At: w.now(),
	}))
}

const rejection = "rejected by ann on 2026-03-01 12:00 UTC (run 1): the full snapshot has 79 rows, fewer than 80 % of the 100 rows of the last one"

func rejectsContent(t *testing.T, w *world) {
	lease := w.doubt(hubShop)
	w.decide(lease, "rejected")
	before := w.levels(hub)
	w.end(lease, ledger.RejectedOutcome)

	lease = w.take(hubShop, ledger.Smart)
	result := w.report(lease, guarded(), many(79))
	require.Empty(t, result.Held, "nobody is asked again")
	require.Equal(t, rejection, result.Rejected)
	require.EqualValues(t, 79, result.Rows)
	require.Zero(t, result.Changed)
	require.Equal(t, before, w.levels(hub), "nothing is recorded")
	require.NotEmpty(t, w.report(lease, guarded(), many(78)).Held, "another content is another question")
	require.Empty(t, w.report(lease, guarded(), many(100)).Rejected)
	require.Equal(t, rejection, w.report(lease, guarded(), many(79)).Rejected, "however often it comes")
	require.Empty(t, w.report(lease, whole(), many(79)).Rejected, "what nobody would be asked about is recorded")
}

func comparesContent(t *testing.T, w *world) {
	rows := func() []inventory.Level {
		rows := many(79)
		rows[3].OnHand, rows[3].Committed = new(int64(7)), new(int64(2))
		rows[4].ReportedAt = began
		return rows
	}
	refusals := func() []inventory.Refusal {
		return []inventory.Refusal{{Facility: "east", SKU: "X", Place: "a.csv:3", Reason: "no figure"}, {SKU: "Y", Place: "a.csv:4", Reason: "no figure"}}
	}
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, guarded(), many(102))
	result := w.report(lease, guarded(), rows(), refusals()...)
	require.NotEmpty(t, result.Held)
	w.asks(lease, ledger.HoldSnapshot, result.Held)
	w.decide(lease, "rejected")

	same := rows()
	same[0], same[78] = same[78], same[0]
	same[4].ReportedAt = began.Add(-1)
	moved := refusals()
	moved[0], moved[1] = moved[1], moved[0]
	moved[0].Place, moved[1].Place = "b.csv:9", ""
	end := guarded()
	end.From, end.SourceCursor, end.AsOf = "b.csv", "b", began.Add(-1)
	require.NotEmpty(t, w.report(lease, end, same, moved...).Rejected, "in another order, with other times, places and names")

	for name, change := range map[string]func(rows []inventory.Level, refusals []inventory.Refusal){
		"a figure":                func(rows []inventory.Level, _ []inventory.Refusal) { rows[5].Available = 6 },
		"a SKU":                   func(rows []inventory.Level, _ []inventory.Refusal) { rows[5].SKU = "another" },
		"a facility":              func(rows []inventory.Level, _ []inventory.Refusal) { rows[5].Facility = "west" },
		"on hand":                 func(rows []inventory.Level, _ []inventory.Refusal) { rows[3].OnHand = nil },
		"committed":               func(rows []inventory.Level, _ []inventory.Refusal) { rows[3].Committed = new(int64(7)) },
		"nothing is not 0":        func(rows []inventory.Level, _ []inventory.Refusal) { rows[5].OnHand = new(int64(0)) },
		"a refused SKU":           func(_ []inventory.Level, refusals []inventory.Refusal) { refusals[0].SKU = "Z" },
		"a refused facility":      func(_ []inventory.Level, refusals []inventory.Refusal) { refusals[0].Facility = "" },
		"the reason of a refusal": func(_ []inventory.Level, refusals []inventory.Refusal) { refusals[0].Reason = "no SKU" },
	} {
		other, others := rows(), refusals()
		change(other, others)
		result := w.report(lease, guarded(), other, others...)
		require.NotEmpty(t, result.Held, name)
		require.Empty(t, result.Rejected, name)
	}
	end = part()
	end.Guard.MaximumRefused = 0
	require.NotEmpty(t, w.report(lease, end, rows(), refusals()...).Held, "a part says something else than a whole")
}

func rejectsByWarehouse(t *testing.T, w *world) {
	lease := w.doubt(hubShop)
	w.decide(lease, "rejected")
	w.end(lease, ledger.RejectedOutcome)
	lease = w.take(annexShop, ledger.Smart)
	w.report(lease, guarded(), many(100))
	require.NotEmpty(t, w.report(lease, guarded(), many(79)).Held)
}

func passesRejected(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	cursor := func() string {
		cursor, err := w.SourceCursor(w.ctx(), hub)
		require.NoError(t, err)
		return cursor
	}
	end := guarded()
	end.SourceCursor = "1"
	w.report(lease, end, many(100))
	end.SourceCursor, end.More = "2", true
	w.asks(lease, ledger.HoldSnapshot, w.report(lease, end, many(79)).Held)
	require.Equal(t, "1", cursor(), "it is looked at again")
	w.decide(lease, "rejected")
	end.More = false
	require.NotEmpty(t, w.report(lease, end, many(79)).Rejected)
	require.Equal(t, "1", cursor(), "the next fetch meets it again, and says so again")
	end.More = true
	require.NotEmpty(t, w.report(lease, end, many(79)).Rejected)
	require.Equal(t, "2", cursor(), "what is behind it can be read")
	require.Len(t, w.levels(hub), 100)
}

func liftsContent(t *testing.T, w *world) {
	lease := w.doubt(hubShop)
	w.decide(lease, "rejected")
	require.NotEmpty(t, w.report(lease, guarded(), many(79)).Rejected)
	now := w.now()
	lifted, err := w.Decide(w.ctx(), lease.Run, "approved", "bob", now)
	require.NoError(t, err)
	require.Len(t, lifted, 1)
	require.Equal(t, []any{"lifted", "bob", now}, []any{lifted[0].Decision, lifted[0].By, *lifted[0].DecidedAt})
	last, err := w.LastSnapshot(w.ctx(), hub)
	require.NoError(t, err)
	require.Empty(t, last.Rejected)
	require.Equal(t, "the full snapshot has 79 rows, fewer than 80 % of the 100 rows of the last one; nothing was recorded; "+
		"the rejection was lifted by bob on 2026-03-01 12:00 UTC (run 1), the next run asks anew", last.Held)

	require.NotEmpty(t, w.report(lease, guarded(), many(79)).Held, "it is asked about anew")
	for _, decision := range []string{"approved", "rejected"} {
		again := w.decide(lease, decision)
		require.Equal(t, lifted, again, "what was lifted stays so")
	}
	w.end(lease, ledger.RejectedOutcome)
	lease = w.take(hubShop, ledger.Smart)
	w.heldSnapshot(lease, many(79))
	w.decide(lease, "rejected")
	require.Contains(t, w.report(lease, guarded(), many(79)).Rejected, "(run 2)")
}

// liftsTogether: several runs waited for one answer, some for the same content and one for another.
func liftsTogether(t *testing.T, w *world) {
	lease := w.doubt(hubShop)
	two := w.take(hubMarket, ledger.Smart)
	w.heldSnapshot(two, many(79))
	w.end(lease, ledger.Held)
	lease = w.take(hubShop, ledger.Smart)
	w.heldSnapshot(lease, many(78))
	require.ElementsMatch(t, []int64{lease.Run, two.Run}, runsOf(w.decide(lease, "rejected")))
	require.NotEmpty(t, w.report(lease, guarded(), many(78)).Rejected)
	require.NotEmpty(t, w.report(lease, guarded(), many(79)).Rejected)
	require.ElementsMatch(t, []int64{lease.Run, two.Run}, runsOf(w.decide(two, "approved")))
	require.NotEmpty(t, w.report(lease, guarded(), many(78)).Held)
	require.NotEmpty(t, w.report(lease, guarded(), many(79)).Held)
}

func approvesOnce(t *testing.T, w *world) {
	lease := w.doubt(hubShop)
	w.decide(lease, "approved")
	require.Equal(t, "approved", w.decide(lease, "rejected")[0].Decision)
	require.Equal(t, "approved", w.decide(lease, "approved")[0].Decision)
	require.NotEmpty(t, w.report(lease, guarded(), many(79)).Held, "and it was not rejected")
	last, err := w.LastSnapshot(w.ctx(), hub)
	require.NoError(t, err)
	require.Contains(t, last.Held, "or reject it", "a later snapshot is another question")
}

func sharesRejected(t *testing.T, w *world) {
	lease := w.doubt(hubShop)
	before := w.now()
	w.end(lease, ledger.Held)
	lease = w.take(hubShop, ledger.Smart)
	w.heldSnapshot(lease, many(79))
	other := w.take(hubMarket, ledger.Smart)
	query := ledger.ShareQuery{Warehouse: hub, Since: before, Full: true, Now: w.now()}
	shared, err := w.Share(w.ctx(), other, query)
	require.NoError(t, err)
	require.Zero(t, shared.Run, "what waits is not taken over")
	w.decide(lease, "rejected")
	shared, err = w.Share(w.ctx(), other, query)
	require.NoError(t, err)
	require.Equal(t, lease.Run, shared.Run)
	require.Contains(t, shared.Result.Rejected, "rejected by ann")
	require.Empty(t, shared.Result.Held)
	w.end(other, ledger.Completed)

	w.decide(lease, "approved")
	other = w.take(hubMarket, ledger.Smart)
	shared, err = w.Share(w.ctx(), other, query)
	require.NoError(t, err)
	require.Zero(t, shared.Run, "what was lifted is asked about anew")
}

func holdsSent(t *testing.T, w *world) {
	lease := w.doubt(hubShop)
	w.decide(lease, "rejected")
	id, err := w.StageUpload(w.ctx(), ledger.SnapshotStart{Warehouse: hub, Now: w.now()})
	require.NoError(t, err)
	require.NoError(t, w.StageRows(w.ctx(), id, many(79), nil))
	end := guarded()
	end.Rows, end.Now = 79, w.now()
	result, err := w.RecordUpload(w.ctx(), id, end)
	require.NoError(t, err)
	require.Contains(t, result.Held, "79 rows")
	require.Empty(t, result.Rejected)
}

func tidiesRejected(t *testing.T, w *world) {
	lease := w.doubt(hubShop)
	w.decide(lease, "rejected")
	w.end(lease, ledger.RejectedOutcome)
	lease = w.take(hubShop, ledger.Smart)
	_, err := w.Tidy(w.ctx(), w.now())
	require.NoError(t, err)
	require.NotEmpty(t, w.report(lease, guarded(), many(79)).Rejected)
	w.report(lease, guarded(), many(100))
	_, err = w.Tidy(w.ctx(), w.now())
	require.NoError(t, err)
	require.NotEmpty(t, w.report(lease, guarded(), many(79)).Held, "what has not come for so long is forgotten")
}

func tellsRejected(t *testing.T, w *world) {
	last := func() ledger.SnapshotEntry {
		last, err := w.LastSnapshot(w.ctx(), hub)
		require.NoError(t, err)
		return last
	}
	lease := w.doubt(hubShop)
	require.Contains(t, last().Held, "or reject it")
	w.decide(lease, "rejected")
	require.Equal(t, rejection, last().Rejected)
	require.Empty(t, last().Held, "nobody is asked any more")
	w.report(lease, guarded(), many(79))
	require.Equal(t, rejection, last().Rejected)
	w.report(lease, guarded(), many(100))
	require.Empty(t, last().Rejected)

	w.end(lease, ledger.Completed)
	lease = w.take(hubShop, ledger.Smart)
	w.heldSnapshot(lease, many(50))
	w.decide(lease, "approved")
	require.Contains(t, last().Held, "nothing was recorded; approved by ann on 2026-03-01 12:00 UTC (run 2), it is fetched again")
}

// holdsNewest: a run that was approved fetches again, and the new snapshot is held again.
func holdsNewest(t *testing.T, w *world) {
	lease := w.doubt(hubShop)
	w.decide(lease, "approved")
	w.heldSnapshot(lease, many(50))
	w.decide(lease, "rejected")
	require.NotEmpty(t, w.report(lease, guarded(), many(50)).Rejected)
	require.NotEmpty(t, w.report(lease, guarded(), many(79)).Held)
}

// rejectsNoOther: a hold of an earlier release, which did not store contents, has none.
func rejectsNoOther(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.asks(lease, ledger.HoldSnapshot, "as it was before")
	w.decide(lease, "rejected")
	w.report(lease, guarded(), many(100))
	require.NotEmpty(t, w.report(lease, guarded(), many(79)).Held)
	w.decide(lease, "approved")
}
