package ledgertest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

var fenceTests = tests{
	"replaced": func(t *testing.T, w *world) {
		fencesOff(t, w, func(lease ledger.Lease) { w.replaced(lease, annexShop) })
	},
	"replaced by itself": func(t *testing.T, w *world) {
		fencesOff(t, w, func(lease ledger.Lease) { w.replaced(lease, hubShop) })
	},
	"released": func(t *testing.T, w *world) {
		fencesOff(t, w, func(lease ledger.Lease) { require.NoError(t, w.Release(w.ctx(), lease)) })
	},
	"retaken": func(t *testing.T, w *world) {
		fencesOff(t, w, func(lease ledger.Lease) {
			require.NoError(t, w.Release(w.ctx(), lease))
			_, err := w.Reacquire(w.ctx(), lease.Run, 0, w.now())
			require.NoError(t, err)
		})
	},
	"ended": func(t *testing.T, w *world) {
		fencesOff(t, w, func(lease ledger.Lease) { w.end(lease, ledger.Cancelled) })
	},
	"another store's lease": func(t *testing.T, w *world) {
		fencesForged(t, w, func(lease ledger.Lease) ledger.Lease { lease.Store = market; return lease })
	},
	"another run's lease": func(t *testing.T, w *world) {
		fencesForged(t, w, func(lease ledger.Lease) ledger.Lease { lease.Run = w.take(hubMarket, ledger.Smart).Run; return lease })
	},
	"an invented fence": func(t *testing.T, w *world) {
		fencesForged(t, w, func(lease ledger.Lease) ledger.Lease { lease.Fence++; return lease })
	},
	"no lease at all": func(t *testing.T, w *world) {
		fencesForged(t, w, func(ledger.Lease) ledger.Lease { return ledger.Lease{} })
	},
}

// writes returns all methods that write with a lease. The snapshot is staged, A is due and B is in the open call.
func (w *world) writes(snapshot int64, plan ledger.Plan, item ledger.DueItem, call ledger.Intent) map[string]func(lease ledger.Lease) error {
	now := w.now()
	return map[string]func(lease ledger.Lease) error{
		"Stage": func(lease ledger.Lease) error {
			_, err := w.Stage(w.ctx(), lease, ledger.SnapshotStart{Warehouse: hub, Now: now})
			return err
		},
		"Share": func(lease ledger.Lease) error {
			_, err := w.Share(w.ctx(), lease, ledger.ShareQuery{Warehouse: hub, Since: began, Now: now})
			return err
		},
		"Record": func(lease ledger.Lease) error {
			_, err := w.Record(w.ctx(), lease, snapshot, ledger.SnapshotEnd{Full: true, Rows: 1, SourceCursor: "fenced", Guard: lax, Now: now})
			return err
		},
		"Resolve": func(lease ledger.Lease) error {
			_, err := w.Resolve(w.ctx(), lease, plan, []ledger.Resolution{
				{Affected: ledger.Affected{Product: "A"}, Levels: []inventory.ChannelLevel{{ChannelSKU: "A", Quantity: 77}}},
			}, now)
			return err
		},
		"AdvanceCursor": func(lease ledger.Lease) error { return w.AdvanceCursor(w.ctx(), lease, plan) },
		"Intend": func(lease ledger.Lease) error {
			return w.Intend(w.ctx(), lease, ledger.Intent{Key: "fenced", Items: []ledger.DueItem{item}, Deadline: now.Add(10 * callTime), Now: now})
		},
		"Resend": func(lease ledger.Lease) error { return w.Resend(w.ctx(), lease, call.Key, now.Add(10*callTime), now) },
		"Answer": func(lease ledger.Lease) error {
			return w.ApplyResponses(w.ctx(), lease, ledger.Response{Key: call.Key, Items: []ledger.ItemResponse{says(call.Items[0], ledger.StatusExported)}, Now: now})
		},
		"Abandon":  func(lease ledger.Lease) error { return w.Abandon(w.ctx(), lease, call.Key, "fenced", now) },
		"Remember": func(lease ledger.Lease) error { return w.Remember(w.ctx(), lease, map[string]string{"A": "new"}, now) },
		"Forget":   func(lease ledger.Lease) error { return w.Forget(w.ctx(), lease, []string{"A"}) },
		"Park": func(lease ledger.Lease) error {
			return w.Park(w.ctx(), lease, []ledger.DueItem{item}, []ledger.ItemResponse{says(item, ledger.StatusRejected)}, now)
		},
	}
}

// state returns everything of a connection that a write could change.
type state struct {
	Levels       []ledger.LevelRow
	Rows         []ledger.ChannelLevelRow
	Calls        []ledger.OpenCall
	Activity     []ledger.ActivityEntry
	Cursor       ledger.Cursor
	Next         ledger.Cursor
	CallsOn      int64
	SourceCursor string
	References   map[string]string
}

func (w *world) state() state {
	w.t.Helper()
	plan := w.plan(hubShop, ledger.Smart)
	cursor, err := w.SourceCursor(w.ctx(), hub)
	require.NoError(w.t, err)
	return state{
		Levels: w.levels(hub), Rows: w.channelLevels(hubShop), Calls: w.openCalls(hubShop), Activity: append(w.activity("A", ""), w.activity("B", "")...),
		Cursor: plan.Cursor, Next: plan.Next, CallsOn: w.callsOn(shop, began), SourceCursor: cursor, References: w.references(shop, "A", "B"),
	}
}

// fencesOff tries every write with leases that were lost in different ways.
func fencesOff(t *testing.T, w *world, lose func(lease ledger.Lease)) {
	lease, writes := w.atWork()
	lose(lease)
	w.refuseAll(lease, writes)
}

// fencesForged tries every write with leases that were never given.
func fencesForged(t *testing.T, w *world, forge func(lease ledger.Lease) ledger.Lease) {
	lease, writes := w.atWork()
	w.refuseAll(forge(lease), writes)
	for _, name := range []string{"AdvanceCursor", "Answer", "Record"} {
		require.NoError(t, writes[name](lease), "%s: the real one still holds", name)
	}
}

// atWork returns a run in the middle of its work, and the writes that it could do next.
func (w *world) atWork() (ledger.Lease, map[string]func(lease ledger.Lease) error) {
	w.t.Helper()
	lease := w.changed(hubShop, level("A", 5), level("B", 6))
	require.NoError(w.t, w.Remember(w.ctx(), lease, map[string]string{"A": "old"}, w.now()))
	call := w.intend(lease, w.item(lease, "B"))
	w.report(lease, part(), []inventory.Level{level("A", 7)})
	snapshot := w.stage(lease, []inventory.Level{level("A", 8)})
	return lease, w.writes(snapshot, w.plan(hubShop, ledger.Smart), w.item(lease, "A"), call)
}

func (w *world) refuseAll(lease ledger.Lease, writes map[string]func(lease ledger.Lease) error) {
	w.t.Helper()
	before := w.state()
	run, err := w.Run(w.ctx(), max(lease.Run, 1))
	require.NoError(w.t, err)
	for name, write := range writes {
		require.ErrorIs(w.t, write(lease), ledger.ErrFenced, name)
		require.Equal(w.t, before, w.state(), name)
		after, err := w.Run(w.ctx(), max(lease.Run, 1))
		require.NoError(w.t, err)
		require.Equal(w.t, run, after, name)
	}
}
