package ledgertest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

var gateTests = tests{
	"fences grow":                           fencesGrow,
	"a taken store names its holder":        namesHolder,
	"one gate for all connections":          oneGate,
	"the same pass gets the same lease":     samePass,
	"a dead holder is replaced":             replaces,
	"nobody calls before the last deadline": notBefore,
	"released and retaken":                  retakes,
	"who waits has its turn":                givesTurns,
	"who needs no turn any more has none":   leaves,
	"a stale lease releases nothing":        releasesNothing,
	"retaking what cannot be retaken":       refusesRetake,
	"a run is recorded":                     recordsRun,
	"a claim that makes no sense":           refusesClaim,
	"a skipped run":                         skips,
	"a skipped pass may still run":          runsAfterSkip,
}

func fencesGrow(t *testing.T, w *world) {
	last := int64(0)
	for range 3 {
		for _, id := range []string{hubShop, annexShop} {
			lease := w.take(id, ledger.Smart)
			require.Equal(t, shop, lease.Store)
			require.Greater(t, lease.Fence, last)
			last = lease.Fence
			w.end(lease, ledger.Completed)
		}
	}
	other := w.take(hubMarket, ledger.Smart)
	lease := w.take(hubShop, ledger.Smart)
	require.NotEqual(t, other.Run, lease.Run)
}

func namesHolder(t *testing.T, w *world) {
	claim := w.claim(hubShop, ledger.Full)
	held := w.grant(claim).Lease
	require.Equal(t, ledger.Mode("full"), w.runOf(held).Mode)
	want := ledger.Holder{
		Store: shop, Fence: held.Fence, Run: held.Run, Connection: hubShop, Workflow: claim.Workflow, WorkflowRun: claim.WorkflowRun, TakenAt: claim.Now,
	}
	holder, err := w.Holder(w.ctx(), shop)
	require.NoError(t, err)
	require.Equal(t, want, holder)

	_, err = w.Begin(w.ctx(), w.claim(hubShop, ledger.Smart))
	var busy *ledger.BusyError
	require.ErrorAs(t, err, &busy)
	require.Equal(t, want, busy.Holder)
	require.Contains(t, busy.Error(), claim.Workflow)
	require.Contains(t, busy.Error(), shop)

	_, err = w.Holder(w.ctx(), market)
	require.ErrorIs(t, err, ledger.ErrNotFound)
	runs, err := w.Runs(w.ctx(), "", 10)
	require.NoError(t, err)
	require.Len(t, runs, 1, "a claim that was refused leaves no run")
}

func oneGate(t *testing.T, w *world) {
	lease := w.take(annexShop, ledger.Smart)
	dry := w.claim(hubShop, ledger.Full)
	dry.DryRun = true
	for _, claim := range []ledger.Claim{w.claim(hubShop, ledger.Smart), w.claim(hubShop, ledger.Full), dry} {
		_, err := w.Begin(w.ctx(), claim)
		var busy *ledger.BusyError
		require.ErrorAs(t, err, &busy)
		require.Equal(t, annexShop, busy.Holder.Connection)
	}
	w.take(hubMarket, ledger.Smart)
	w.end(lease, ledger.Completed)
	w.grant(dry)
	_, err := w.Begin(w.ctx(), w.claim(annexShop, ledger.Smart))
	require.Error(t, err, "a dry run takes the store as well")
}

func samePass(t *testing.T, w *world) {
	claim := w.claim(hubShop, ledger.Smart)
	first := w.grant(claim)
	claim.Now = w.now()
	require.Equal(t, first, w.grant(claim))
	holder, err := w.Holder(w.ctx(), shop)
	require.NoError(t, err)
	require.Equal(t, first.Lease.Fence, holder.Fence)

	claim.Pass++
	_, err = w.Begin(w.ctx(), claim)
	var busy *ledger.BusyError
	require.ErrorAs(t, err, &busy, "another pass is another run")
	w.end(first.Lease, ledger.Completed)
	second := w.grant(claim)
	require.NotEqual(t, first.Lease.Run, second.Lease.Run)
	claim.Pass--
	_, err = w.Begin(w.ctx(), claim)
	require.Error(t, err, "a pass that is over does not begin anew")
	require.Equal(t, second.Lease.Run, w.runsOf(claim.WorkflowRun, claim.Pass+1)[0].ID)
}

func replaces(t *testing.T, w *world) {
	dead := w.take(hubShop, ledger.Smart)
	claim := w.claim(annexShop, ledger.Smart)
	for _, wrong := range []int64{dead.Fence - 1, dead.Fence + 1, 0} {
		claim.Replace = wrong
		_, err := w.Begin(w.ctx(), claim)
		var busy *ledger.BusyError
		require.ErrorAs(t, err, &busy)
	}
	claim.Replace = dead.Fence
	granted := w.grant(claim)
	require.Greater(t, granted.Lease.Fence, dead.Fence)
	require.True(t, granted.NotBefore.IsZero(), "the dead one made no call")
	_, err := w.Stage(w.ctx(), dead, ledger.SnapshotStart{Warehouse: hub, Now: w.now()})
	require.ErrorIs(t, err, ledger.ErrFenced)
	require.Equal(t, ledger.Running, w.runOf(dead).Outcome, "it may still end itself")

	claim = w.claim(hubShop, ledger.Smart)
	claim.Replace = dead.Fence
	_, err = w.Begin(w.ctx(), claim)
	require.Error(t, err, "a fence is replaced once")
}

func notBefore(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5), level("B", 6))
	late := w.intend(lease, w.item(lease, "A"))
	now := w.now()
	require.NoError(t, w.Intend(w.ctx(), lease, ledger.Intent{Key: "early", Items: []ledger.DueItem{w.item(lease, "B")}, Deadline: now, Now: now}))
	holder, err := w.Holder(w.ctx(), shop)
	require.NoError(t, err)
	require.Equal(t, late.Deadline, holder.BusyUntil, "it never moves back")

	claim := w.claim(annexShop, ledger.Smart)
	claim.Replace = lease.Fence
	claim.Now = late.Deadline.Add(-time.Microsecond)
	granted := w.grant(claim)
	require.Equal(t, late.Deadline, granted.NotBefore)
	require.NoError(t, w.Release(w.ctx(), granted.Lease))
	granted, err = w.Reacquire(w.ctx(), granted.Lease.Run, 0, late.Deadline.Add(-time.Microsecond))
	require.NoError(t, err)
	require.Equal(t, late.Deadline, granted.NotBefore, "retaking is no shortcut")
	w.end(granted.Lease, ledger.Completed)

	claim = w.claim(hubShop, ledger.Smart)
	claim.Now = late.Deadline
	require.True(t, w.grant(claim).NotBefore.IsZero())
}

func givesTurns(t *testing.T, w *world) {
	few := func() ledger.Claim {
		claim := w.claim(annexShop, ledger.Smart)
		claim.Scope = []string{"A"}
		return claim
	}
	refused := func(by string) {
		t.Helper()
		_, err := w.Begin(w.ctx(), few())
		var turn *ledger.TurnError
		require.ErrorAs(t, err, &turn)
		require.Equal(t, ledger.TurnError{Store: shop, Workflow: by}, *turn)
		require.Contains(t, err.Error(), by)
	}
	whole := w.claim(hubShop, ledger.Full)
	await := func(workflow string, within time.Duration) {
		t.Helper()
		now := w.now()
		require.NoError(t, w.Await(w.ctx(), shop, workflow, now.Add(within), now))
	}

	held := w.grant(few()).Lease
	await(whole.Workflow, time.Hour)
	await("another", time.Hour)
	_, err := w.Begin(w.ctx(), few())
	var busy *ledger.BusyError
	require.ErrorAs(t, err, &busy, "who has the store is named before who waits for it")
	w.end(held, ledger.Completed)
	refused(whole.Workflow)
	_, err = w.Holder(w.ctx(), shop)
	require.ErrorIs(t, err, ledger.ErrNotFound, "nothing was taken")
	claim := few()
	claim.Workflow = whole.Workflow
	w.end(w.grant(claim).Lease, ledger.Completed)

	await(whole.Workflow, time.Hour)
	w.end(w.take(annexShop, ledger.Smart), ledger.Completed)
	refused(whole.Workflow)
	w.end(w.grant(whole).Lease, ledger.Completed)
	w.end(w.grant(few()).Lease, ledger.Completed)

	await(whole.Workflow, time.Microsecond)
	w.end(w.grant(few()).Lease, ledger.Completed)
	await("another", time.Hour)
	refused("another")
}

// leaves: a workflow that waited for a store, and ends without it, no longer reserves it.
func leaves(t *testing.T, w *world) {
	scoped := w.claim(annexShop, ledger.Smart)
	for name, leave := range map[string]func(waits ledger.Claim){
		"covered": func(waits ledger.Claim) {
			granted := w.grant(waits)
			require.True(t, granted.Covered)
		},
		"skipped": func(waits ledger.Claim) {
			_, err := w.SkipRun(w.ctx(), waits, ledger.Skipped, "the connection was disabled while it waited")
			require.NoError(t, err)
		},
		"cancelled": func(waits ledger.Claim) {
			require.NoError(t, w.Leave(w.ctx(), waits.WorkflowRun, waits.Pass, waits.Workflow, ledger.RunEnd{Outcome: ledger.Cancelled, Now: w.now()}))
		},
	} {
		waits := w.requesting(hubShop, ledger.Smart, w.name("request"))
		w.pass(hubShop, ledger.Full, level("A", 5)) // it covers the request
		require.NoError(t, w.Await(w.ctx(), shop, waits.Workflow, w.now().Add(time.Hour), w.now()))
		few := w.claim(annexShop, ledger.Smart)
		few.Scope = []string{"A"}
		_, err := w.Begin(w.ctx(), few)
		var turn *ledger.TurnError
		require.ErrorAs(t, err, &turn, name)
		leave(waits)
		granted, err := w.Begin(w.ctx(), few)
		require.NoError(t, err, name)
		w.end(granted.Lease, ledger.Completed)
	}

	// A run that gave its store back and ends while it waits for it again.
	held := w.take(hubShop, ledger.Full)
	require.NoError(t, w.Release(w.ctx(), held))
	require.NoError(t, w.Await(w.ctx(), shop, w.runOf(held).Workflow, w.now().Add(time.Hour), w.now()))
	w.end(held, ledger.Cancelled)
	scoped.Scope = []string{"A"}
	lease := w.grant(scoped).Lease

	// Another's turn is not given up, and a run that has the store unknown to its workflow gives it back.
	require.NoError(t, w.Await(w.ctx(), shop, "another", w.now().Add(time.Hour), w.now()))
	require.NoError(t, w.Leave(w.ctx(), scoped.WorkflowRun, scoped.Pass, scoped.Workflow, ledger.RunEnd{Outcome: ledger.Failed, Reason: "lost", Now: w.now()}))
	require.Equal(t, ledger.Failed, w.runOf(lease).Outcome)
	_, err := w.Holder(w.ctx(), shop)
	require.ErrorIs(t, err, ledger.ErrNotFound)
	again := w.claim(annexShop, ledger.Smart)
	again.Scope = []string{"A"}
	_, err = w.Begin(w.ctx(), again)
	var turn *ledger.TurnError
	require.ErrorAs(t, err, &turn)
}

func retakes(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, whole(), []inventory.Level{level("A", 5)})
	require.NoError(t, w.Release(w.ctx(), lease))
	require.NoError(t, w.Release(w.ctx(), lease), "it was released already")
	require.Equal(t, ledger.Running, w.runOf(lease).Outcome)
	_, err := w.Holder(w.ctx(), shop)
	require.ErrorIs(t, err, ledger.ErrNotFound)
	require.ErrorIs(t, w.AdvanceCursor(w.ctx(), lease, w.plan(hubShop, ledger.Smart)), ledger.ErrFenced)

	other := w.take(annexShop, ledger.Smart)
	_, err = w.Reacquire(w.ctx(), lease.Run, 0, w.now())
	var busy *ledger.BusyError
	require.ErrorAs(t, err, &busy)
	require.Equal(t, annexShop, busy.Holder.Connection)
	_, err = w.Reacquire(w.ctx(), lease.Run, lease.Fence, w.now())
	require.ErrorAs(t, err, &busy)
	granted, err := w.Reacquire(w.ctx(), lease.Run, other.Fence, w.now())
	require.NoError(t, err)
	require.Equal(t, lease.Run, granted.Lease.Run)
	require.Equal(t, ledger.Smart, granted.Mode)
	require.Greater(t, granted.Lease.Fence, other.Fence)
	again, err := w.Reacquire(w.ctx(), lease.Run, 0, w.now())
	require.NoError(t, err)
	require.Equal(t, granted.Lease, again.Lease, "a retry gets the same lease")
	w.resolve(granted.Lease, ledger.Smart)
	require.Equal(t, map[string]string{"A": "pending 5, shows ?"}, w.rows(hubShop))
}

func releasesNothing(t *testing.T, w *world) {
	stale := w.take(hubShop, ledger.Smart)
	lease := w.replaced(stale, annexShop)
	require.NoError(t, w.Release(w.ctx(), stale))
	require.NoError(t, w.Release(w.ctx(), ledger.Lease{Store: shop, Fence: lease.Fence, Run: stale.Run}))
	require.NoError(t, w.Release(w.ctx(), ledger.Lease{Store: "moon", Fence: 1, Run: 1}))
	holder, err := w.Holder(w.ctx(), shop)
	require.NoError(t, err)
	require.Equal(t, lease.Run, holder.Run)
}

func refusesRetake(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	w.end(lease, ledger.Completed)
	_, err := w.Reacquire(w.ctx(), lease.Run, 0, w.now())
	require.Error(t, err, "the run is over")
	_, err = w.Reacquire(w.ctx(), lease.Run+1000, 0, w.now())
	require.ErrorIs(t, err, ledger.ErrNotFound)
	_, err = w.Holder(w.ctx(), shop)
	require.ErrorIs(t, err, ledger.ErrNotFound)
}

func recordsRun(t *testing.T, w *world) {
	claim := w.claim(hubShop, ledger.Full)
	claim.Trigger, claim.Pass, claim.DryRun, claim.Scope = ledger.TriggerRequest, 3, true, []string{"A", "b c", "'%_\"🚲"}
	claim.Requests = []ledger.Request{{ID: "r1", By: "ann\x00", At: began}, {ID: "r2", At: began.In(time.FixedZone("", 3600)).Add(time.Nanosecond)}}
	lease := w.grant(claim).Lease
	want := ledger.Run{
		ID: lease.Run, Connection: hubShop, Store: shop, Warehouse: hub, Mode: ledger.Full, Trigger: ledger.TriggerRequest,
		Workflow: claim.Workflow, WorkflowRun: claim.WorkflowRun, Pass: 3, DryRun: true, Scope: claim.Scope,
		Requests:  []ledger.Request{{ID: "r1", By: "ann\uFFFD", At: began}, {ID: "r2", At: began}},
		StartedAt: claim.Now, Outcome: ledger.Running, Phase: ledger.PhaseResolving,
	}
	require.Equal(t, want, w.runOf(lease))
	require.Equal(t, []ledger.Run{want}, w.runsOf(claim.WorkflowRun, 3))
	require.Empty(t, w.runsOf(claim.WorkflowRun, 2))
	require.Empty(t, w.runsOf("another", 3))
	_, err := w.Run(w.ctx(), lease.Run+1000)
	require.ErrorIs(t, err, ledger.ErrNotFound)
}

func refusesClaim(t *testing.T, w *world) {
	unknown := w.claim("moon", ledger.Smart)
	_, err := w.Begin(w.ctx(), unknown)
	require.ErrorIs(t, err, ledger.ErrNotFound)
	for name, spoil := range map[string]func(c *ledger.Claim){
		"no mode":                func(c *ledger.Claim) { c.Mode = "" },
		"an unknown mode":        func(c *ledger.Claim) { c.Mode = "clever" },
		"no workflow run":        func(c *ledger.Claim) { c.WorkflowRun = "" },
		"a NUL in a request":     func(c *ledger.Claim) { c.Requests = []ledger.Request{{ID: "a\x00"}} },
		"no text in the scope":   func(c *ledger.Claim) { c.Scope = []string{"a\xff"} },
		"a NUL in the scope":     func(c *ledger.Claim) { c.Scope = []string{"\x00"} },
		"no text in the request": func(c *ledger.Claim) { c.Requests = []ledger.Request{{ID: "\xc3"}} },
	} {
		claim := w.claim(hubShop, ledger.Smart)
		spoil(&claim)
		_, err := w.Begin(w.ctx(), claim)
		require.Error(t, err, name)
		_, err = w.SkipRun(w.ctx(), claim, ledger.Skipped, "")
		require.Error(t, err, name)
	}
	runs, err := w.Runs(w.ctx(), "", 10)
	require.NoError(t, err)
	require.Empty(t, runs)
}

func skips(t *testing.T, w *world) {
	holder := w.take(annexShop, ledger.Full)
	claim := w.claim(hubShop, ledger.Smart)
	id, err := w.SkipRun(w.ctx(), claim, ledger.Skipped, "full-sync/annex-shop has the store")
	require.NoError(t, err)
	run, err := w.Run(w.ctx(), id)
	require.NoError(t, err)
	require.Equal(t, ledger.Skipped, run.Outcome)
	require.Equal(t, "full-sync/annex-shop has the store", run.Reason)
	require.Equal(t, &claim.Now, run.EndedAt)
	require.Equal(t, claim.Now, run.StartedAt)
	again, err := w.SkipRun(w.ctx(), claim, ledger.Skipped, "another reason")
	require.NoError(t, err)
	require.Equal(t, id, again)
	run, err = w.Run(w.ctx(), id)
	require.NoError(t, err)
	require.Equal(t, "full-sync/annex-shop has the store", run.Reason)
	current, err := w.Holder(w.ctx(), shop)
	require.NoError(t, err)
	require.Equal(t, holder.Fence, current.Fence, "the holder is left alone")
	_, err = w.SkipRun(w.ctx(), w.claim("moon", ledger.Smart), ledger.Skipped, "")
	require.ErrorIs(t, err, ledger.ErrNotFound)
}

// runsAfterSkip: the answer to SkipRun was lost, and the store has become free meanwhile.
func runsAfterSkip(t *testing.T, w *world) {
	claim := w.claim(hubShop, ledger.Smart)
	id, err := w.SkipRun(w.ctx(), claim, ledger.Skipped, "busy")
	require.NoError(t, err)
	lease := w.grant(claim).Lease
	require.Equal(t, id, lease.Run)
	run := w.runOf(lease)
	require.Equal(t, ledger.Running, run.Outcome)
	require.Nil(t, run.EndedAt)
	require.Empty(t, run.Reason)
}
