package activities

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/warehouses"
)

// fetching starts a run that takes its store after its fetch.
func (w *world) fetching(trigger ledger.Trigger) BeginResult {
	w.t.Helper()
	begun, err := do[BeginResult](w, w.gate().Begin, BeginInput{
		FirstRun: "fetching " + string(trigger), Connection: "north", Mode: ledger.Smart, Trigger: trigger, FetchFirst: true,
	})
	require.NoError(w.t, err)
	require.Equal(w.t, BeginGo, begun.Action)
	require.Zero(w.t, begun.Lease.Fence, "it has no store yet")
	return begun
}

// A run that has fetched takes its store. When another run holds it, a requested run waits, and a scheduled one ends as skipped.
func TestAcquire(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		trigger ledger.Trigger
		holder  []string // the scope of the run that has the store
		waits   bool
		overlap ledger.Overlap
		skips   bool
	}{
		"a scheduled run does not wait":                 {trigger: ledger.TriggerSchedule, skips: true},
		"a scheduled run that may wait":                 {trigger: ledger.TriggerSchedule, overlap: ledger.OverlapBuffer},
		"a scheduled run that a person has approved":    {trigger: ledger.TriggerSchedule, waits: true},
		"a scheduled run waits for a run of a few SKUs": {trigger: ledger.TriggerSchedule, holder: []string{"BIKE"}},
		"a run that somebody asked for waits":           {trigger: ledger.TriggerRequest},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			if test.overlap != "" {
				d := definitions()
				d.Connections[0].Inventory.Overlap = test.overlap
				w.apply(d)
			}
			begun := w.fetching(test.trigger)
			holder := w.take("north", ledger.Full, test.holder...)
			input := AcquireInput{Run: begun.Lease.Run, Connection: "north", Trigger: test.trigger, Waits: test.waits}
			acquired, err := do[BeginResult](w, w.gate().Acquire, input)
			if test.skips {
				require.NoError(t, err)
				require.Equal(t, BeginSkip, acquired.Action)
				require.Contains(t, acquired.Reason, "store north is in use by smart-sync/north")
				return
			}
			require.Equal(t, ErrorStoreBusy, temporalError(t, err).Type())
			require.NoError(t, w.EndRun(t.Context(), holder, ledger.RunEnd{Outcome: ledger.Completed, Now: w.now}))
			acquired, err = do[BeginResult](w, w.gate().Acquire, input)
			require.NoError(t, err)
			require.Equal(t, BeginGo, acquired.Action)
			require.NotZero(t, acquired.Lease.Fence)
		})
	}
}

// A run whose workflow was terminated while it had no store is closed by the next run; a run whose workflow may live is not closed.
func TestRunsWithoutAStoreAreClosed(t *testing.T) {
	t.Parallel()
	w := setup(t)
	dead := w.fetching(ledger.TriggerSchedule)
	next := func(e Executions) error {
		_, err := do[BeginResult](w, w.gateTo(e).Begin, BeginInput{
			FirstRun: "next", Connection: "north", Mode: ledger.Smart, Trigger: ledger.TriggerRequest,
			FetchFirst: true,
		})
		return err
	}
	ended := func() ledger.Outcome {
		run, err := w.Run(t.Context(), dead.Lease.Run)
		require.NoError(t, err)
		return run.Outcome
	}
	require.ErrorContains(t, next(outOfReach), "no server answers")
	require.Equal(t, ledger.Running, ended())
	require.NoError(t, next(everyoneLives))
	require.Equal(t, ledger.Running, ended())
	state := w.Ledger
	w.Ledger = &mute{Ledger: state, failures: 1}
	require.ErrorContains(t, next(everyoneDied), "the disk is slow")
	w.Ledger = state
	require.NoError(t, next(everyoneDied))
	require.Equal(t, ledger.Cancelled, ended())
}

// A scheduled run that finds the store taken ends as skipped. A run of a disabled connection never begins.
func TestBeginOfRunsThatDoNotRun(t *testing.T) {
	t.Parallel()
	w := setup(t)
	begin := func(connection string, trigger ledger.Trigger, firstRun string) (BeginResult, error) {
		return do[BeginResult](w, w.gate().Begin, BeginInput{FirstRun: firstRun, Connection: connection, Mode: ledger.Smart, Trigger: trigger, Requests: nil})
	}
	_, err := begin("nowhere", ledger.TriggerRequest, "a")
	require.Equal(t, ErrorNotConfigured, temporalError(t, err).Type())
	require.Contains(t, err.Error(), `there is no connection "nowhere"`)

	begun, err := begin("closed", ledger.TriggerSchedule, "b")
	require.NoError(t, err)
	require.Equal(t, BeginSkip, begun.Action)
	require.Equal(t, "connection closed is not enabled", begun.Reason)

	w.take("north", ledger.Full)
	begun, err = begin("north", ledger.TriggerSchedule, "c")
	require.NoError(t, err)
	require.Equal(t, BeginSkip, begun.Action)
	require.Contains(t, begun.Reason, "store north is in use by smart-sync/north (run")
	run, err := w.Run(t.Context(), begun.Lease.Run)
	require.NoError(t, err)
	require.Equal(t, ledger.Skipped, run.Outcome)
}

// The final counts of a run are those that the ledger counted for the push, and those that the workflow counted for the other steps.
func TestFinish(t *testing.T) {
	t.Parallel()
	p := newPushing(t, &script{limits: channels.Limits{Batch: 1}}, "A", "B")
	require.NoError(t, p.run())
	finished, err := do[FinishResult](p.world, p.gate().Finish, FinishInput{
		Lease: p.lease, Outcome: ledger.Completed, Reason: "done", Counts: ledger.Counts{Resolved: 2, Exported: 99},
	})
	require.NoError(t, err)
	require.Equal(t, ledger.Counts{Resolved: 2, Exported: 2, Calls: 2}, finished.Counts)
	run, err := p.Run(t.Context(), p.lease.Run)
	require.NoError(t, err)
	require.Equal(t, ledger.Completed, run.Outcome)
	require.Equal(t, "done", run.Reason)
	_, err = p.Holder(t.Context(), "north")
	require.ErrorIs(t, err, ledger.ErrNotFound)

	gone := FinishInput{
		Lease: ledger.Lease{Store: "north", Run: 99}, Outcome: ledger.Failed,
		Counts: ledger.Counts{SnapshotFigures: ledger.SnapshotFigures{Rows: 3}},
	}
	finished, err = do[FinishResult](p.world, p.gate().Finish, gone)
	require.NoError(t, err, "it was removed with its connection")
	require.Equal(t, FinishResult{Outcome: ledger.Failed, Counts: ledger.Counts{SnapshotFigures: ledger.SnapshotFigures{Rows: 3}}}, finished)

	p.begin()
	p.push.Ledger = nil
	p.world.Ledger = &mute{Ledger: p.world.Ledger, failures: 1}
	_, err = do[FinishResult](p.world, p.gate().Finish, FinishInput{Lease: p.lease, Outcome: ledger.Completed})
	require.ErrorContains(t, err, "ending the run: the disk is slow")
}

// A run that waits for a person does not hold its store.
func TestHoldGivesTheStoreBack(t *testing.T) {
	t.Parallel()
	w := setup(t)
	lease := w.take("north", ledger.Smart)
	held, err := do[HoldResult](w, w.gate().Hold, HoldInput{Lease: lease, Connection: "north", Kind: ledger.HoldZeroing, Reason: "30 of 100", Zeroing: 30})
	require.NoError(t, err)
	warehouse, err := w.Warehouse(t.Context(), "depot")
	require.NoError(t, err)
	require.Equal(t, warehouse.Guard.DecideWithin, held.Within)
	_, err = w.Holder(t.Context(), "north")
	require.ErrorIs(t, err, ledger.ErrNotFound)
	hold, err := w.HoldOf(t.Context(), lease.Run)
	require.NoError(t, err)
	require.Equal(t, "30 of 100", hold.Reason)
	require.EqualValues(t, 30, hold.Zeroing)
	_, err = do[HoldResult](w, w.gate().Hold, HoldInput{Lease: lease, Connection: "nowhere"})
	require.Error(t, err)
}

// A pass that ends before it has its store ends its wait.
func TestLeave(t *testing.T) {
	t.Parallel()
	w := setup(t)
	begun := w.fetching(ledger.TriggerRequest)
	leave := func(ctx context.Context, input LeaveInput) (bool, error) { return true, w.gate().Leave(ctx, input) }
	_, err := do[bool](w, leave, LeaveInput{FirstRun: "fetching " + string(ledger.TriggerRequest), Outcome: ledger.Cancelled, Reason: "by ann"})
	require.NoError(t, err)
	run, err := w.Run(t.Context(), begun.Lease.Run)
	require.NoError(t, err)
	require.Equal(t, ledger.Cancelled, run.Outcome)
	require.Equal(t, "by ann", run.Reason)
}

// Requests that no run serves are stored by their ids, and end with a reason.
func TestRequestsWithoutARun(t *testing.T) {
	t.Parallel()
	w := setup(t)
	request := ledger.Request{ID: "r1", At: w.now}
	_, err := do[RequestsResult](w, w.gate().Note, RequestsInput{Connection: "north", Mode: ledger.Smart, Group: "g", Requests: []ledger.Request{request}})
	require.NoError(t, err)
	_, err = do[RequestsResult](w, w.gate().Settle, RequestsInput{
		Connection: "north", Mode: ledger.Smart, Requests: []ledger.Request{request},
		Outcome: ledger.RequestFailed, Reason: "the workflow was cancelled",
	})
	require.NoError(t, err)
	_, err = do[RequestsResult](w, w.gate().Settle, RequestsInput{
		Connection: "nowhere", Mode: ledger.Smart, Requests: []ledger.Request{request},
		Outcome: ledger.RequestFailed,
	})
	require.NoError(t, err, "the connection was removed meanwhile")
}

// Each failure becomes an error that tells Temporal what to do.
func TestConvert(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err   error
		kind  string
		final bool
		wait  time.Duration
	}{
		"another run has the store":         {ledger.ErrFenced, ErrorStoreLost, true, 0},
		"what it works on was removed":      {ledger.ErrNotFound, ErrorStoreLost, true, 0},
		"the ledger is damaged":             {ledger.ErrDamaged, ErrorNotConfigured, true, 0},
		"the ledger is of a newer Tidemark": {ledger.ErrNewer, ErrorNotConfigured, true, 0},
		"a person must look at a warehouse": {&warehouses.Error{Next: warehouses.AskPerson}, ErrorSource, true, 0},
		"a warehouse asks to wait":          {&warehouses.Error{Next: warehouses.Wait, Until: noon.Add(time.Minute)}, ErrorThrottled, false, time.Minute},
		"a warehouse falters":               {&warehouses.Error{Next: warehouses.Retry}, ErrorFaltered, false, 0},
		"a person must look at a store":     {&channels.Error{Next: channels.AskPerson}, ErrorCredentials, true, 0},
		"a store falters":                   {&channels.Error{Next: channels.Resend}, ErrorFaltered, false, 0},
		"anything else":                     {errors.New("no"), ErrorFaltered, false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			converted := temporalError(t, convert("pushing", test.err, noon))
			require.Equal(t, test.kind, converted.Type())
			require.Equal(t, test.final, converted.NonRetryable())
			require.Equal(t, test.wait, converted.NextRetryDelay())
			require.Contains(t, converted.Error(), "pushing: ")
		})
	}
	require.NoError(t, convert("pushing", nil, noon))
	require.Equal(t, context.Canceled, convert("pushing", context.Canceled, noon))
	made := askPerson(ErrorSource, "no", nil)
	require.Equal(t, made, convert("pushing", made, noon))
}
