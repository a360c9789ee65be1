package activities

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// executions is a Temporal that answers the same for every workflow, or that cannot be reached.
type executions struct {
	living
	alive   bool
	failure error
}

func (e executions) Alive(context.Context, string, string) (bool, error) { return e.alive, e.failure }

var (
	everyoneLives = executions{alive: true}
	everyoneDied  = executions{}
	outOfReach    = executions{failure: errors.New("no server answers")}
)

func (w *world) gateTo(e Executions) *Gate {
	gate := w.gate()
	gate.Executions = e
	return gate
}

// mute is a ledger that cannot end runs for a while.
type mute struct {
	ledger.Ledger
	failures int
}

func (m *mute) EndRun(ctx context.Context, lease ledger.Lease, end ledger.RunEnd) error {
	if m.failures > 0 {
		m.failures--
		return errors.New("the disk is slow")
	}
	return m.Ledger.EndRun(ctx, lease, end)
}

// waysIn are the ways to take a store: for a run that begins, for one that has fetched, and for one that released its store while a person decided.
var waysIn = map[string]func(w *world) func(e Executions) (BeginResult, error){
	"a run that begins": func(w *world) func(Executions) (BeginResult, error) {
		return func(e Executions) (BeginResult, error) {
			return do[BeginResult](w, w.gateTo(e).Begin, BeginInput{FirstRun: "new", Connection: "north", Mode: ledger.Smart, Trigger: ledger.TriggerRequest})
		}
	},
	"a run that has fetched": func(w *world) func(Executions) (BeginResult, error) {
		fetched := w.fetching(ledger.TriggerRequest)
		return func(e Executions) (BeginResult, error) {
			return do[BeginResult](w, w.gateTo(e).Acquire, AcquireInput{Run: fetched.Lease.Run, Connection: "north", Trigger: ledger.TriggerRequest})
		}
	},
	"a run that was held": func(w *world) func(Executions) (BeginResult, error) {
		held := w.take("north", ledger.Smart)
		require.NoError(w.t, w.Release(w.t.Context(), held))
		return func(e Executions) (BeginResult, error) {
			return do[BeginResult](w, w.gateTo(e).Retake, ReacquireInput{Run: held.Run, Connection: "north"})
		}
	},
}

// calls records the intent of a call of a run, which may be in progress until the deadline.
func (w *world) calls(lease ledger.Lease, deadline time.Time) {
	w.t.Helper()
	_, err := w.Observe(w.t.Context(), "depot", []ledger.Observation{{Event: "e", Level: inventory.Level{SKU: "BIKE", Facility: "east", Available: 5}}}, w.now)
	require.NoError(w.t, err)
	_, err = do[ResolveResult](w, w.resolver().Resolve, ResolveInput{Lease: lease, Connection: "north", Mode: ledger.Full})
	require.NoError(w.t, err)
	due, err := w.NextDue(w.t.Context(), ledger.DueQuery{Connection: "north", Run: lease.Run})
	require.NoError(w.t, err)
	require.NoError(w.t, w.Intend(w.t.Context(), lease, ledger.Intent{Key: "k", Items: due, Now: w.now, Deadline: deadline}))
}

func (w *world) resolver() *Resolve { return &Resolve{Ledger: w.Ledger, Now: w.clock} }

// A holder whose workflow is over is replaced: its run is closed, and the new run learns until when the last call of the dead one may arrive.
func TestDeadHolderIsReplaced(t *testing.T) {
	t.Parallel()
	for name, way := range waysIn {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			enter := way(w)
			dead := w.take("north", ledger.Full)
			deadline := noon.Add(35 * time.Second)
			w.calls(dead, deadline)

			begun, err := enter(everyoneDied)
			require.NoError(t, err)
			require.Equal(t, BeginGo, begun.Action)
			require.NotEqual(t, dead.Run, begun.Lease.Run)
			require.True(t, deadline.Equal(begun.NotBefore), "its last call may be under way until %s, and not %s", deadline, begun.NotBefore)
			holder, err := w.Holder(t.Context(), "north")
			require.NoError(t, err)
			require.Equal(t, begun.Lease.Run, holder.Run)
			run, err := w.Run(t.Context(), dead.Run)
			require.NoError(t, err)
			require.Equal(t, ledger.Cancelled, run.Outcome)
			require.NotNil(t, run.EndedAt, "the run of the dead holder is closed")
			require.Contains(t, run.Reason, "its workflow ended")
		})
	}
}

// The run of a dead holder that could not be closed is closed by the next attempt. The step does not succeed before.
func TestDeadHolderIsClosedByTheNextTry(t *testing.T) {
	t.Parallel()
	for name, way := range waysIn {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			enter := way(w)
			dead := w.take("north", ledger.Full)
			w.Ledger = &mute{Ledger: w.Ledger, failures: 1}
			_, err := enter(everyoneDied)
			require.False(t, temporalError(t, err).NonRetryable(), "%v", err)
			begun, err := enter(everyoneDied)
			require.NoError(t, err)
			require.Equal(t, BeginGo, begun.Action)
			run, err := w.Run(t.Context(), dead.Run)
			require.NoError(t, err)
			require.Equal(t, ledger.Cancelled, run.Outcome)
			require.NotNil(t, run.EndedAt)
		})
	}
}

// A living holder keeps its store. So does one about which Temporal cannot be asked. The step that wanted the store is retried.
func TestHolderThatMayLiveKeepsItsStore(t *testing.T) {
	t.Parallel()
	for name, way := range waysIn {
		for why, test := range map[string]struct {
			executions executions
			kind, says string
		}{
			"it lives":                 {everyoneLives, ErrorStoreBusy, "waiting for smart-sync/north"},
			"Temporal is out of reach": {outOfReach, ErrorFaltered, "no server answers"},
		} {
			t.Run(name+", "+why, func(t *testing.T) {
				t.Parallel()
				w := setup(t)
				enter := way(w)
				holder := w.take("north", ledger.Full)
				_, err := enter(test.executions)
				require.Equal(t, test.kind, temporalError(t, err).Type())
				require.False(t, temporalError(t, err).NonRetryable())
				require.Contains(t, err.Error(), test.says)
				current, err := w.Holder(t.Context(), "north")
				require.NoError(t, err)
				require.Equal(t, holder, ledger.Lease{Store: "north", Fence: current.Fence, Run: current.Run})
				run, err := w.Run(t.Context(), holder.Run)
				require.NoError(t, err)
				require.Nil(t, run.EndedAt)
			})
		}
	}
}
