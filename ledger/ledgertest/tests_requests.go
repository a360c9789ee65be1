package ledgertest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

var requestTests = tests{
	"which passes cover a request":     coversRequests,
	"no request is never covered":      coversNothing,
	"one uncovered request is enough":  coversAll,
	"a served request is not repeated": servesOnce,
	"served as Smart, wished as Full":  servesStronger,
	"a failed run serves nothing":      failsToServe,
	"requests belong to a connection":  servesConnection,
}

// coversRequests: a request that was made at a time, after a pass that began to fetch at a time.
func coversRequests(t *testing.T, w *world) {
	for name, one := range map[string]struct {
		pass, wish ledger.Mode
		outcome    ledger.Outcome
		change     func(c *ledger.Claim) // of the pass
		scope      []string              // of the wish
		dry        bool                  // the wish
		late       bool                  // made when the pass fetched already
		noFetch    bool
		covered    bool
	}{
		"smart by smart":             {pass: ledger.Smart, wish: ledger.Smart, outcome: ledger.Completed, covered: true},
		"smart by smart with faults": {pass: ledger.Smart, wish: ledger.Smart, outcome: ledger.CompletedWithFailures, covered: true},
		"smart by full":              {pass: ledger.Full, wish: ledger.Smart, outcome: ledger.Completed, covered: true},
		"full by full":               {pass: ledger.Full, wish: ledger.Full, outcome: ledger.Completed, covered: true},
		"full by smart":              {pass: ledger.Smart, wish: ledger.Full, outcome: ledger.Completed},
		"made too late":              {pass: ledger.Full, wish: ledger.Smart, outcome: ledger.Completed, late: true},
		"nothing was fetched":        {pass: ledger.Full, wish: ledger.Smart, outcome: ledger.Completed, noFetch: true},
		"a partial pass":             {pass: ledger.Full, wish: ledger.Smart, outcome: ledger.Partial},
		"a failed pass":              {pass: ledger.Full, wish: ledger.Smart, outcome: ledger.Failed},
		"a cancelled pass":           {pass: ledger.Full, wish: ledger.Smart, outcome: ledger.Cancelled},
		"a refused pass":             {pass: ledger.Full, wish: ledger.Smart, outcome: ledger.RejectedOutcome},
		"a held pass":                {pass: ledger.Full, wish: ledger.Smart, outcome: ledger.Held},
		"a dry pass":                 {pass: ledger.Full, wish: ledger.Smart, outcome: ledger.Completed, change: func(c *ledger.Claim) { c.DryRun = true }},
		"a scoped pass":              {pass: ledger.Full, wish: ledger.Smart, outcome: ledger.Completed, change: func(c *ledger.Claim) { c.Scope = []string{"A"} }},
		"a scoped wish by smart":     {pass: ledger.Smart, wish: ledger.Smart, outcome: ledger.Completed, scope: []string{"A"}},
		"a scoped wish by full":      {pass: ledger.Full, wish: ledger.Smart, outcome: ledger.Completed, scope: []string{"A"}, covered: true},
		"a dry wish":                 {pass: ledger.Full, wish: ledger.Smart, outcome: ledger.Completed, dry: true},
	} {
		wish := w.claim(hubShop, one.wish)
		wish.Scope, wish.DryRun = one.scope, one.dry
		wish.Requests = []ledger.Request{{ID: w.name("request"), At: w.now()}}
		claim := w.claim(hubShop, one.pass)
		if one.change != nil {
			one.change(&claim)
		}
		lease := w.grant(claim).Lease
		if !one.noFetch {
			_, err := w.Stage(w.ctx(), lease, ledger.SnapshotStart{Warehouse: hub, Now: w.now()})
			require.NoError(t, err)
		}
		if one.late {
			wish.Requests[0].At = w.now()
		}
		w.end(lease, one.outcome)
		granted := w.grant(wish)
		require.Equal(t, one.covered, granted.Covered, name)
		if one.covered {
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

// wish is a claim with one request that is made now.
func (w *world) wish(connection string, mode ledger.Mode, id string) ledger.Claim {
	claim := w.claim(connection, mode)
	claim.Trigger, claim.Requests = ledger.TriggerRequest, []ledger.Request{{ID: id, At: w.now()}}
	return claim
}

func servesOnce(t *testing.T, w *world) {
	for _, outcome := range []ledger.Outcome{ledger.Completed, ledger.CompletedWithFailures, ledger.Partial} {
		lease := w.grant(w.wish(hubShop, ledger.Smart, string(outcome))).Lease
		w.end(lease, outcome)
		granted := w.grant(w.wish(hubShop, ledger.Smart, string(outcome)))
		require.Equal(t, ledger.Grant{Covered: true, CoveredBy: lease.Run}, granted, "the same wish, however often it is sent")
	}
}

func servesStronger(t *testing.T, w *world) {
	w.end(w.grant(w.wish(hubShop, ledger.Smart, "r")).Lease, ledger.Completed)
	granted := w.grant(w.wish(hubShop, ledger.Full, "r"))
	require.False(t, granted.Covered)
	w.end(granted.Lease, ledger.Completed)
	for _, mode := range []ledger.Mode{ledger.Smart, ledger.Full} {
		require.Equal(t, ledger.Grant{Covered: true, CoveredBy: granted.Lease.Run}, w.grant(w.wish(hubShop, mode, "r")))
	}
}

func failsToServe(t *testing.T, w *world) {
	for _, outcome := range []ledger.Outcome{ledger.Failed, ledger.Cancelled, ledger.Held, ledger.RejectedOutcome, ledger.Skipped} {
		w.end(w.grant(w.wish(hubShop, ledger.Smart, "r")).Lease, outcome)
	}
	dead := w.grant(w.wish(hubShop, ledger.Smart, "r")).Lease
	claim := w.wish(hubShop, ledger.Smart, "r")
	claim.Replace = dead.Fence
	granted := w.grant(claim)
	require.False(t, granted.Covered)
	w.end(granted.Lease, ledger.Completed)
	require.Equal(t, granted.Lease.Run, w.grant(w.wish(hubShop, ledger.Smart, "r")).CoveredBy)
}

func servesConnection(t *testing.T, w *world) {
	claim := w.wish(hubShop, ledger.Full, "r")
	lease := w.grant(claim).Lease
	w.report(lease, whole(), nil)
	w.end(lease, ledger.Completed)
	other := w.claim(annexShop, ledger.Smart)
	other.Requests = claim.Requests
	require.False(t, w.grant(other).Covered)
}
