package activities

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
)

// teller is a Temporal that records its signals.
type teller struct {
	living
	signals []string
	failure error
}

func (t *teller) Dissolved(_ context.Context, workflow string, run int64, by string) error {
	t.signals = append(t.signals, fmt.Sprintf("%s run %d: %s", workflow, run, by))
	return t.failure
}

func (t *teller) Decide(_ context.Context, workflow, decision, by string) error {
	t.signals = append(t.signals, fmt.Sprintf("%s: %s by %s", workflow, decision, by))
	return t.failure
}

// folder is a warehouse that reads one file after the other; its source cursor is the number of files that it has read.
type folder struct{ files []file }

type file struct {
	rows int
	bad  int // of them, at the beginning: rows without a figure
	part bool
}

func (f *folder) Check(context.Context) (warehouses.Finding, error) { return warehouses.Finding{}, nil }

func (f *folder) Fetch(ctx context.Context, request warehouses.Request, sink warehouses.Sink) (warehouses.Snapshot, error) {
	at := len(request.Cursor)
	if at == len(f.files) {
		return warehouses.Snapshot{Unchanged: true}, nil
	}
	next := f.files[at]
	rows := make([]inventory.Row, next.rows)
	for i := range rows {
		rows[i] = inventory.Row{SKU: fmt.Sprintf("SKU-%03d", i), Facility: "east", Available: new(int64(5))}
		if i < next.bad {
			rows[i].Available = nil
		}
	}
	return warehouses.Snapshot{Full: !next.part, Rows: len(rows), From: fmt.Sprint("file ", at), Cursor: request.Cursor + "|", More: at+1 < len(f.files)},
		sink(ctx, rows)
}

// reading is a depot of files, each read by a run of its own.
type reading struct {
	*world
	folder
	teller
	runs int
}

func newReading(t *testing.T, files ...file) *reading {
	t.Helper()
	r := &reading{world: setup(t), folder: folder{files: files}}
	r.guarded(time.Minute)
	return r
}

// guarded makes the guard judge the depot only by its numbers of rows.
func (r *reading) guarded(freshness time.Duration) {
	r.t.Helper()
	d := definitions()
	d.Warehouses[0].Freshness, d.Warehouses[0].Guard.MaximumMissing = freshness, 1
	r.apply(d)
}

func (r *reading) start(connection string) ledger.Lease {
	r.t.Helper()
	r.runs++
	granted, err := r.world.Begin(r.t.Context(), ledger.Claim{
		Connection: connection, Mode: ledger.Smart, Trigger: ledger.TriggerRequest, Workflow: "smart-sync/" + connection, WorkflowRun: fmt.Sprint(r.runs), Now: r.now,
	})
	require.NoError(r.t, err)
	return granted.Lease
}

func (r *reading) read(lease ledger.Lease, connection string) FetchResult {
	r.t.Helper()
	driver := warehouses.Driver{Open: func(string, settings.Values, settings.Environment) (warehouses.Source, error) { return &r.folder, nil }}
	fetch := &Fetch{Ledger: r.Ledger, Drivers: map[string]warehouses.Driver{"source": driver}, Executions: &r.teller, Now: r.clock}
	result, err := do[FetchResult](r.world, fetch.Fetch, FetchInput{Lease: lease, Connection: connection, Mode: ledger.Smart})
	require.NoError(r.t, err)
	return result
}

// asks lets a run wait for a person, as the workflow does.
func (w *world) asks(lease ledger.Lease, kind ledger.HoldKind, reason string) {
	w.t.Helper()
	run, err := w.Run(w.t.Context(), lease.Run)
	require.NoError(w.t, err)
	require.NoError(w.t, w.Hold(w.t.Context(), ledger.Hold{
		Run: run.ID, Kind: kind, Connection: run.Connection, Warehouse: run.Warehouse, Workflow: run.Workflow, Reason: reason, At: w.now,
	}))
	require.NoError(w.t, w.Release(w.t.Context(), lease))
}

// answers lets a person answer, as the workflow does.
func (w *world) answers(lease ledger.Lease, decision string, executions Executions) DecideResult {
	w.t.Helper()
	result, err := do[DecideResult](w, w.gateTo(executions).Decide, DecideInput{Run: lease.Run, Decision: decision, By: "ann"})
	require.NoError(w.t, err)
	return result
}

const rejectedSnapshot = "rejected by ann on 2026-11-25 12:00 UTC (run 1): the full snapshot has 1 rows, fewer than 80 % of the 10 rows of the last one"

// A fetch reports that its snapshot was rejected before, until a full snapshot comes. When the cursor is past the rejected one, it does so even if
// nothing is new.
func TestFetchSaysWhatWasRejected(t *testing.T) {
	t.Parallel()
	r := newReading(t, file{rows: 10}, file{rows: 1})
	lease := r.start("north")
	held := r.read(lease, "north")
	require.Contains(t, held.Held, "1 rows")
	require.Empty(t, held.Rejected)
	r.asks(lease, ledger.HoldSnapshot, held.Held)
	require.Equal(t, Rejected, r.answers(lease, Rejected, &r.teller).Decision)

	lease = r.start("north")
	again := r.read(lease, "north")
	require.Equal(t, FetchResult{From: "file 1", SnapshotFigures: ledger.SnapshotFigures{Rows: 1, Missing: 9}, Rejected: rejectedSnapshot}, again,
		"it is the newest that there is")
	require.Equal(t, again, r.read(lease, "north"))
	require.Equal(t, FetchResult{From: "file 1", SnapshotFigures: ledger.SnapshotFigures{Rows: 1, Missing: 9}, Rejected: rejectedSnapshot, Shared: lease.Run},
		r.read(r.start("south"), "south"),
		"taken over")

	r.files = append(r.files, file{rows: 2, part: true})
	part := r.read(lease, "north")
	require.Equal(t, rejectedSnapshot, part.Rejected, "a part does not make up for it")
	require.EqualValues(t, 3, part.Rows)
	require.True(t, r.read(lease, "north").Unchanged)
	require.Empty(t, r.read(lease, "north").Rejected, "the last snapshot is another")

	r.files = append(r.files, file{rows: 1})
	require.Equal(t, rejectedSnapshot, r.read(lease, "north").Rejected)
	r.files = append(r.files, file{rows: 10})
	require.Equal(t, FetchResult{From: "file 4", SnapshotFigures: ledger.SnapshotFigures{Rows: 11, Missing: 0}}, r.read(lease, "north"),
		"a whole one behind it makes up for it")
}

// A fetch whose source has nothing new reports the state of the last snapshot again.
func TestUnchangedFetchSaysWhatWasRejected(t *testing.T) {
	t.Parallel()
	r := newReading(t, file{rows: 10}, file{rows: 1}, file{rows: 1, part: true})
	lease := r.start("north")
	held := r.read(lease, "north")
	r.asks(lease, ledger.HoldSnapshot, held.Held)
	r.answers(lease, Rejected, &r.teller)
	lease = r.start("north")
	r.files = append(r.files[:2:2], file{rows: 1})
	require.Equal(t, rejectedSnapshot, r.read(lease, "north").Rejected)
	r.files = r.files[:2]
	unchanged := r.read(lease, "north")
	require.Equal(t, FetchResult{Unchanged: true, Rejected: rejectedSnapshot}, unchanged)
	r.answers(ledger.Lease{Run: 1}, Approved, &r.teller)
	require.Equal(t, FetchResult{Unchanged: true}, r.read(lease, "north"), "it was lifted")
}

// Every run whose hold a full snapshot dissolves is signalled. A signal that fails does not make the step fail.
func TestFetchTellsOfDissolvedHolds(t *testing.T) {
	t.Parallel()
	r := newReading(t, file{rows: 10}, file{rows: 1})
	r.guarded(0) // nothing is shared
	north := r.start("north")
	r.asks(north, ledger.HoldSnapshot, r.read(north, "north").Held)
	south := r.start("south")
	r.asks(south, ledger.HoldSnapshot, r.read(south, "south").Held)
	require.Empty(t, r.signals)

	r.files[1].rows, r.failure = 10, errors.New("no server answers")
	require.Empty(t, r.read(r.start("north"), "north").Held)
	require.ElementsMatch(t, []string{"smart-sync/north run 1: run 3", "smart-sync/south run 2: run 3"}, r.signals)
	open, err := r.OpenHolds(t.Context())
	require.NoError(t, err)
	require.Empty(t, open)
	require.Equal(t, DecideResult{
		Decision: Dissolved, By: "run 3", Runs: []int64{1},
		Verdict: "dissolved by run 3 on 2026-11-25 12:00 UTC (run 1): the full snapshot has 1 rows, fewer than 80 % of the 10 rows of the last one",
	}, r.answers(north, Approved, living{}))
}

func TestRecordSnapshotTellsOfDissolvedHolds(t *testing.T) {
	t.Parallel()
	w := setup(t)
	lease := w.take("north", ledger.Smart)
	w.asks(lease, ledger.HoldSnapshot, "few rows")
	temporal := &teller{}
	intake := w.intake()
	intake.Executions = temporal
	_, err := do[RecordSnapshotResult](w, intake.RecordSnapshot, RecordSnapshotInput{Warehouse: "depot", Snapshot: Snapshot{
		ID: w.upload("A"), Full: true,
		Rows: 1,
	}})
	require.NoError(t, err)
	require.Equal(t, []string{"smart-sync/north run 1: the snapshot 1 that was sent"}, temporal.signals)
}

// An answer returns every run whose hold it decided, the answered one first, and signals the others. A lifted rejection signals none.
func TestDecideNamesTheRunsThatItAnswered(t *testing.T) {
	t.Parallel()
	w := setup(t)
	north, south := w.take("north", ledger.Smart), w.take("south", ledger.Smart)
	w.asks(north, ledger.HoldSnapshot, "few rows")
	w.asks(south, ledger.HoldSnapshot, "few rows")
	temporal := &teller{}
	result := w.answers(south, Rejected, temporal)
	require.Equal(t, DecideResult{
		Decision: Rejected, By: "ann", Runs: []int64{south.Run, north.Run}, Verdict: "rejected by ann on 2026-11-25 12:00 UTC (run 2): few rows",
	}, result)
	require.Equal(t, []string{"smart-sync/north: rejected by ann"}, temporal.signals)
	require.Equal(t, DecideResult{
		Decision: Rejected, By: "ann", Runs: []int64{north.Run}, Verdict: "rejected by ann on 2026-11-25 12:00 UTC (run 1): few rows",
	}, w.answers(north, Rejected, temporal))

	temporal.signals = nil
	result = w.answers(north, Approved, temporal)
	require.Equal(t, DecideResult{
		Decision: Lifted, By: "ann", Runs: []int64{north.Run, south.Run}, Verdict: "the rejection was lifted by ann on 2026-11-25 12:00 UTC (run 1): few rows",
	}, result)
	require.Empty(t, temporal.signals, "their workflows are over, and may have asked something else since")
}

const rejectedZeroing = "rejected by ann on 2026-11-25 12:00 UTC (run 2)"

// rejects holds a run, and rejects the hold.
func (s *losses) rejects() ledger.Lease {
	s.t.Helper()
	lease := s.start()
	result := s.resolve(lease, 0)
	require.NotEmpty(s.t, result.Held)
	s.asks(lease, ledger.HoldZeroing, result.Held)
	s.answers(lease, Rejected, living{})
	s.end(lease)
	return lease
}

// A push of the same rejected rows, or fewer, is not held again. A push with more rows is held for the new ones only.
func TestRejectedZeroingIsNotAskedAboutAgain(t *testing.T) {
	t.Parallel()
	s := newLosses(t)
	s.set(0, 30, 0)
	first := s.rejects()
	result := s.run()
	require.Empty(t, result.Held)
	require.Zero(t, result.Zeroing)
	require.Equal(t, "30 figures stay above 0: taking them to 0 was "+rejectedZeroing, result.Rejected)

	s.set(0, 10, 5)
	require.Equal(t, "20 figures stay above 0: taking them to 0 was "+rejectedZeroing, s.run().Rejected, "10 came back")
	require.Empty(t, s.run(s.set(50, 51, 5)...).Rejected, "none of this run's scope")
	require.Equal(t, "1 figure stays above 0: taking it to 0 was "+rejectedZeroing, s.run("SKU-010").Rejected)

	s.set(60, 95, 0)
	result = s.run()
	require.Equal(t, "35 of 100 live rows would newly go to 0, more than 20 %", result.Held, "more are asked about alone")
	require.Equal(t, "20 figures stay above 0: taking them to 0 was "+rejectedZeroing, result.Rejected)
	second := s.rejects()
	require.Equal(t, fmt.Sprintf("55 figures stay above 0: taking them to 0 was rejected by ann on 2026-11-25 12:00 UTC (run %d) and others", second.Run),
		s.run().Rejected)

	s.answers(first, Approved, living{})
	s.answers(second, Approved, living{})
	result = s.run()
	require.Equal(t, "55 of 100 live rows would newly go to 0, more than 20 %", result.Held, "what was lifted is asked about anew")
	require.Empty(t, result.Rejected)
}

// A dry run shows no changes for rows that a rejection keeps.
func TestPreviewShowsWhatIsKept(t *testing.T) {
	t.Parallel()
	s := newLosses(t)
	s.set(0, 30, 0)
	s.rejects()
	s.set(0, 1, 7)
	s.set(40, 41, 0)
	resolve := &Resolve{Ledger: s.Ledger, Now: s.clock}
	result, err := do[ResolveResult](s.world, resolve.Resolve, ResolveInput{Lease: s.start(), Connection: "north", Mode: ledger.Full, DryRun: true})
	require.NoError(t, err)
	result.Preview.Lines = nil
	require.Equal(t, Preview{PreviewCounts: ledger.PreviewCounts{Raise: 1, Zero: 1, Same: 69, Blocked: 29}}, *result.Preview)
	kept, err := s.Ledger.Preview(t.Context(), "north", s.clock())
	require.NoError(t, err)
	require.Equal(t, ledger.PreviewCounts{Raise: 1, Zero: 1, Same: 69, Blocked: 29}, kept.PreviewCounts)
	require.Equal(t, 24*time.Hour, kept.ExpiresAt.Sub(kept.MadeAt))
	rows, err := s.Ledger.PreviewRows(t.Context(), kept.Run, "", 0, 100)
	require.NoError(t, err)
	require.Len(t, rows, 31, "what is pushed and stays the same is counted alone")
	raised, err := s.Ledger.PreviewRows(t.Context(), kept.Run, ledger.PreviewRaise, 0, 100)
	require.NoError(t, err)
	require.Len(t, raised, 1)
	require.EqualValues(t, 7, raised[0].Would)
	require.Contains(t, raised[0].Why, "7 available")
	blocked, err := s.Ledger.PreviewRows(t.Context(), kept.Run, ledger.PreviewBlocked, 0, 1)
	require.NoError(t, err)
	require.Contains(t, blocked[0].Why, "rejected")
	require.EqualValues(t, 1, result.Zeroing)
	require.Contains(t, result.Rejected, "30 figures stay above 0")
}

// An unscoped run that the guard lets pass ends the wait of the runs that were held before it.
func TestResolveTellsOfDissolvedHolds(t *testing.T) {
	t.Parallel()
	s := newLosses(t)
	s.set(0, 30, 0)
	held := s.start()
	s.asks(held, ledger.HoldZeroing, s.resolve(held, 0).Held)
	temporal := &teller{failure: errors.New("no server answers")}
	resolve := func(lease ledger.Lease, scope ...string) ResolveResult {
		result, err := do[ResolveResult](s.world, (&Resolve{Ledger: s.Ledger, Executions: temporal, Now: s.clock}).Resolve,
			ResolveInput{Lease: lease, Connection: "north", Mode: ledger.Smart, Scope: scope})
		require.NoError(t, err)
		return result
	}
	other := s.start()
	require.NotEmpty(t, resolve(other).Held)
	s.end(other)
	back := s.set(0, 25, 5)
	few := s.start(back...)
	require.Empty(t, resolve(few, back...).Held)
	require.Empty(t, temporal.signals, "a run of a few SKUs says nothing of the others")
	s.end(few)
	require.Empty(t, resolve(s.start()).Held)
	require.Equal(t, []string{fmt.Sprintf("smart-sync/north run %d: run %d", held.Run, held.Run+3)}, temporal.signals)
	hold, err := s.HoldOf(t.Context(), held.Run)
	require.NoError(t, err)
	require.Equal(t, Dissolved, hold.Decision)
}
