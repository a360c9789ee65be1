package ledgertest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

var requestTests = tests{
	"which passes cover a request":       coversRequests,
	"no request is never covered":        coversNothing,
	"one uncovered request is enough":    coversAll,
	"a served request is not repeated":   servesOnce,
	"served as Smart, requested as Full": servesStronger,
	"a failed run serves nothing":        failsToServe,
	"requests belong to a connection":    servesConnection,
	"what became of requests":            tellsOutcomes,
	"requests of a group":                tellsGroups,
	"a failed request is made again":     servesAgain,
}

// coversRequests: a request is made before or after a pass began to fetch.
func coversRequests(t *testing.T, w *world) {
	for name, test := range map[string]struct {
		pass, requesting ledger.Mode
		outcome          ledger.Outcome
		change           func(c *ledger.Claim) // of the pass
		scope            []string              // of the request
		dry              bool                  // the request
		late             bool                  // made when the pass fetched already
		noFetch          bool
		covered          bool
	}{
		"smart by smart":             {pass: ledger.Smart, requesting: ledger.Smart, outcome: ledger.Completed, covered: true},
		"smart by smart with faults": {pass: ledger.Smart, requesting: ledger.Smart, outcome: ledger.CompletedWithFailures, covered: true},
		"smart by full":              {pass: ledger.Full, requesting: ledger.Smart, outcome: ledger.Completed, covered: true},
		"full by full":               {pass: ledger.Full, requesting: ledger.Full, outcome: ledger.Completed, covered: true},
		"full by smart":              {pass: ledger.Smart, requesting: ledger.Full, outcome: ledger.Completed},
		"made too late":              {pass: ledger.Full, requesting: ledger.Smart, outcome: ledger.Completed, late: true},
		"nothing was fetched":        {pass: ledger.Full, requesting: ledger.Smart, outcome: ledger.Completed, noFetch: true},
		"a partial pass":             {pass: ledger.Full, requesting: ledger.Smart, outcome: ledger.Partial},
		"a failed pass":              {pass: ledger.Full, requesting: ledger.Smart, outcome: ledger.Failed},
		"a cancelled pass":           {pass: ledger.Full, requesting: ledger.Smart, outcome: ledger.Cancelled},
		"a refused pass":             {pass: ledger.Full, requesting: ledger.Smart, outcome: ledger.RejectedOutcome},
		"a held pass":                {pass: ledger.Full, requesting: ledger.Smart, outcome: ledger.Held},
		"a dry pass":                 {pass: ledger.Full, requesting: ledger.Smart, outcome: ledger.Completed, change: func(c *ledger.Claim) { c.DryRun = true }},
		"a scoped pass": {
			pass: ledger.Full, requesting: ledger.Smart, outcome: ledger.Completed, change: func(c *ledger.Claim) { c.Scope = []string{"A"} },
		},
		"a scoped request by smart": {pass: ledger.Smart, requesting: ledger.Smart, outcome: ledger.Completed, scope: []string{"A"}},
		"a scoped request by full":  {pass: ledger.Full, requesting: ledger.Smart, outcome: ledger.Completed, scope: []string{"A"}, covered: true},
		"a dry request":             {pass: ledger.Full, requesting: ledger.Smart, outcome: ledger.Completed, dry: true},
	} {
		request := w.claim(hubShop, test.requesting)
		request.Scope, request.DryRun = test.scope, test.dry
		request.Requests = []ledger.Request{{ID: w.name("request"), At: w.now()}}
		claim := w.claim(hubShop, test.pass)
		if test.change != nil {
			test.change(&claim)
		}
		lease := w.grant(claim).Lease
		if !test.noFetch {
			_, err := w.Stage(w.ctx(), lease, ledger.SnapshotStart{Warehouse: hub, Now: w.now()})
			require.NoError(t, err)
		}
		if test.late {
			request.Requests[0].At = w.now()
		}
		w.end(lease, test.outcome)
		granted := w.grant(request)
		require.Equal(t, test.covered, granted.Covered, name)
		if test.covered {
			require.Equal(t, ledger.Grant{Covered: true, CoveredBy: lease.Run}, granted, name)
			_, err := w.Holder(w.ctx(), shop)
			require.ErrorIs(t, err, ledger.ErrNotFound, "%s: nothing was taken", name)
		} else {
			w.end(granted.Lease, ledger.Failed)
		}
		// What comes next must not be covered by this pass.
		w.ticks.Add(int64(time.Hour / time.Second))
	}
}

func coversNothing(t *testing.T, w *world) {
	w.pass(hubShop, ledger.Full, level("A", 5))
	claim := w.claim(hubShop, ledger.Smart)
	require.False(t, w.grant(claim).Covered)
}

func coversAll(t *testing.T, w *world) {
	early := ledger.Request{ID: "early", At: w.now()}
	run := w.pass(hubShop, ledger.Full, level("A", 5))
	claim := w.claim(hubShop, ledger.Smart)
	claim.Requests = []ledger.Request{early, {ID: "late", At: w.now()}}
	lease := w.grant(claim).Lease
	require.NotEqual(t, run, lease.Run)
	w.end(lease, ledger.Completed)
	claim = w.claim(hubShop, ledger.Smart)
	claim.Requests = []ledger.Request{early, {ID: "late", At: w.now()}}
	require.Equal(t, ledger.Grant{Covered: true, CoveredBy: lease.Run}, w.grant(claim), "both were served by it")
}

// requesting returns a claim with one request that is made now.
func (w *world) requesting(connection string, mode ledger.Mode, id string) ledger.Claim {
	claim := w.claim(connection, mode)
	claim.Trigger, claim.Requests = ledger.TriggerRequest, []ledger.Request{{ID: id, At: w.now()}}
	return claim
}

func servesOnce(t *testing.T, w *world) {
	for _, outcome := range []ledger.Outcome{ledger.Completed, ledger.CompletedWithFailures, ledger.Partial} {
		lease := w.grant(w.requesting(hubShop, ledger.Smart, string(outcome))).Lease
		w.end(lease, outcome)
		granted := w.grant(w.requesting(hubShop, ledger.Smart, string(outcome)))
		require.Equal(t, ledger.Grant{Covered: true, CoveredBy: lease.Run}, granted, "the same request, however often it is sent")
	}
}

func servesStronger(t *testing.T, w *world) {
	w.end(w.grant(w.requesting(hubShop, ledger.Smart, "r")).Lease, ledger.Completed)
	granted := w.grant(w.requesting(hubShop, ledger.Full, "r"))
	require.False(t, granted.Covered)
	w.end(granted.Lease, ledger.Completed)
	for _, mode := range []ledger.Mode{ledger.Smart, ledger.Full} {
		require.Equal(t, ledger.Grant{Covered: true, CoveredBy: granted.Lease.Run}, w.grant(w.requesting(hubShop, mode, "r")))
	}
}

func failsToServe(t *testing.T, w *world) {
	for _, outcome := range []ledger.Outcome{ledger.Failed, ledger.Cancelled, ledger.Held, ledger.RejectedOutcome, ledger.Skipped} {
		w.end(w.grant(w.requesting(hubShop, ledger.Smart, "r")).Lease, outcome)
	}
	dead := w.grant(w.requesting(hubShop, ledger.Smart, "r")).Lease
	claim := w.requesting(hubShop, ledger.Smart, "r")
	claim.Replace = dead.Fence
	granted := w.grant(claim)
	require.False(t, granted.Covered)
	w.end(granted.Lease, ledger.Completed)
	require.Equal(t, granted.Lease.Run, w.grant(w.requesting(hubShop, ledger.Smart, "r")).CoveredBy)
}

func servesConnection(t *testing.T, w *world) {
	claim := w.requesting(hubShop, ledger.Full, "r")
	lease := w.grant(claim).Lease
	w.report(lease, whole(), nil)
	w.end(lease, ledger.Completed)
	other := w.claim(annexShop, ledger.Smart)
	other.Requests = claim.Requests
	require.False(t, w.grant(other).Covered)
}

// outcome returns the ledger's entry of a request as text.
func (w *world) outcome(t *testing.T, id string) ledger.RequestEntry {
	t.Helper()
	entries, err := w.Requests(w.ctx(), ledger.RequestQuery{ID: id})
	require.NoError(t, err)
	require.Len(t, entries, 1, id)
	return entries[0]
}

func tellsOutcomes(t *testing.T, w *world) {
	ask := func(id string) ledger.Claim {
		claim := w.claim(hubShop, ledger.Smart)
		claim.Requests = []ledger.Request{{ID: id, By: "ann", At: w.now()}}
		return claim
	}
	for outcome, want := range map[ledger.Outcome]ledger.RequestOutcome{
		ledger.Completed: ledger.RequestServed, ledger.CompletedWithFailures: ledger.RequestServed, ledger.Partial: ledger.RequestServed,
		ledger.Failed: ledger.RequestFailed, ledger.Cancelled: ledger.RequestFailed, ledger.Held: ledger.RequestFailed, ledger.RejectedOutcome: ledger.RequestFailed,
	} {
		id := "r/" + string(outcome)
		granted := w.grant(ask(id))
		entry := w.outcome(t, id)
		require.Equal(t, ledger.RequestRunning, entry.Outcome)
		require.Equal(t, granted.Lease.Run, entry.Run)
		require.Equal(t, "ann", entry.By)
		require.Nil(t, entry.EndedAt)
		require.NoError(t, w.EndRun(w.ctx(), granted.Lease, ledger.RunEnd{Outcome: outcome, Reason: "the token has expired", Now: w.now()}))
		entry = w.outcome(t, id)
		require.Equal(t, want, entry.Outcome, outcome)
		require.NotNil(t, entry.EndedAt)
		if want == ledger.RequestFailed {
			require.Equal(t, fmt.Sprintf("run %d ended as %s: the token has expired", granted.Lease.Run, outcome), entry.Reason)
		} else {
			require.Empty(t, entry.Reason)
		}
	}

	covered := ask("covered")
	claim := ask("covers")
	claim.Mode = ledger.Full
	lease := w.grant(claim).Lease
	_, err := w.Stage(w.ctx(), lease, ledger.SnapshotStart{Warehouse: hub, Now: w.now()})
	require.NoError(t, err)
	w.end(lease, ledger.Completed)
	require.True(t, w.grant(covered).Covered)
	entry := w.outcome(t, "covered")
	require.Equal(t, ledger.RequestCovered, entry.Outcome)
	require.Equal(t, lease.Run, entry.Run)
	require.Contains(t, entry.Reason, fmt.Sprintf("by run %d", lease.Run))

	skipped := ask("skipped")
	_, err = w.SkipRun(w.ctx(), skipped, ledger.Skipped, "connection hub-shop is not enabled")
	require.NoError(t, err)
	require.Equal(t, ledger.RequestFailed, w.outcome(t, "skipped").Outcome)
	require.Equal(t, "connection hub-shop is not enabled", w.outcome(t, "skipped").Reason)

	require.NoError(t, w.EndUnserved(w.ctx(), hubShop, ledger.Smart, []ledger.Request{{ID: "covers", At: w.now()}, {ID: "new", At: w.now()}},
		ledger.RequestEnd{Outcome: ledger.RequestFailed, Reason: "the store could not be taken", Now: w.now()}))
	require.Equal(t, ledger.RequestServed, w.outcome(t, "covers").Outcome, "what was served stays so")
	require.Equal(t, "the store could not be taken", w.outcome(t, "new").Reason)
	all, err := w.Requests(w.ctx(), ledger.RequestQuery{Connection: hubShop, Limit: 3})
	require.NoError(t, err)
	require.Len(t, all, 3)
	require.Equal(t, "new", all[0].ID, "newest first")
}

func tellsGroups(t *testing.T, w *world) {
	var many []ledger.Request
	for i := range 2500 {
		many = append(many, ledger.Request{ID: fmt.Sprint("r", i), At: w.now()})
	}
	for range 2 { // tried again
		require.NoError(t, w.NoteRequests(w.ctx(), hubShop, ledger.Smart, "run/group/1", append(many, many[0])))
	}
	entry := w.outcome(t, "r7")
	require.Equal(t, ledger.RequestWaiting, entry.Outcome)
	require.Equal(t, "run/group/1", entry.Group)
	claim := w.claim(hubShop, ledger.Smart)
	claim.Requests = []ledger.Request{{ID: "run/group/1", At: w.now()}}
	lease := w.grant(claim).Lease
	require.NoError(t, w.NoteRequests(w.ctx(), hubShop, ledger.Smart, "run/group/2", []ledger.Request{{ID: "late", At: w.now()}}))
	require.Equal(t, ledger.RequestRunning, w.outcome(t, "r2499").Outcome)
	w.end(lease, ledger.Completed)
	require.Equal(t, ledger.RequestServed, w.outcome(t, "r2499").Outcome)
	require.Equal(t, lease.Run, w.outcome(t, "r2499").Run)
	require.Equal(t, ledger.RequestWaiting, w.outcome(t, "late").Outcome, "it came after the group was taken up")

	covered := w.claim(hubShop, ledger.Smart)
	covered.Requests = []ledger.Request{{ID: "r5", At: w.now()}}
	require.True(t, w.grant(covered).Covered, "a request of a group that was served is not done again")
}

func servesAgain(t *testing.T, w *world) {
	claim := w.claim(hubShop, ledger.Smart)
	claim.Requests = []ledger.Request{{ID: "again", At: w.now()}}
	w.end(w.grant(claim).Lease, ledger.Failed)
	claim.WorkflowRun += "/2"
	w.end(w.grant(claim).Lease, ledger.Completed)
	entry := w.outcome(t, "again")
	require.Equal(t, ledger.RequestServed, entry.Outcome)
	require.Empty(t, entry.Reason)
}
