package ledgertest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

var markTests = tests{"marks change with what is shown, and with nothing else": marksChange}

// marksChange: a change of a connection changes its mark and the mark of everything, but not the mark of another connection.
func marksChange(t *testing.T, w *world) {
	marks := func() ledger.Marks {
		current, err := w.Marks(w.ctx())
		require.NoError(t, err)
		return current
	}
	last := marks()
	changes := func(what string, own, others bool) {
		t.Helper()
		now := marks()
		require.Equal(t, own, now.Of(hubShop) != last.Of(hubShop), "the connection after %s", what)
		require.Equal(t, others, now.Of(hubMarket) != last.Of(hubMarket), "another connection after %s", what)
		require.Equal(t, own || others, now.Of("") != last.Of(""), "everything after %s", what)
		last = now
	}
	changes("nothing", false, false)
	lease := w.take(hubShop, ledger.Smart)
	changes("a run has begun", true, false)
	require.NoError(t, w.Progress(w.ctx(), lease.Run, "fetching", ledger.Counts{}))
	changes("a step", true, false)
	w.change(lease, level("A", 1), level("B", 2))
	changes("a snapshot", true, true)
	intent := w.intend(lease, w.item(lease, "A"))
	changes("a call", true, false)
	w.answered(lease, intent, ledger.StatusExported)
	changes("an answer", true, false)
	require.NoError(t, w.Hold(w.ctx(), ledger.Hold{
		Run: lease.Run, Kind: ledger.HoldZeroing, Connection: hubShop, Warehouse: hub, Workflow: "w", Reason: "many", At: w.now(),
	}))
	changes("a hold", true, true)
	w.end(lease, ledger.Completed)
	changes("its end", true, false)
	require.NoError(t, w.Audit(w.ctx(), ledger.AuditEntry{At: w.now(), Who: "ann", From: "page", Act: "pause", On: "connection hub-market", Result: "done"}))
	changes("an act", true, true)
	w.apply(alter(func(d *ledger.Definitions) { d.Connections[1].Enabled = false }))
	changes("a configuration", true, true)
	changes("nothing", false, false)
}
