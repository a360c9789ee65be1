package ledgertest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

var enableTests = tests{
	"a connection is enabled beside the configuration, and an apply leaves it so": enablesBeside,
	"who leaves it to the pages leaves it as it is":                               enablesHanded,
	"the configuration's own is refused":                                          enablesRefused,
	"what stores share is shared anew":                                            enablesSharing,
}

// leftToPages returns the usual definitions, which leave it to the pages whether hub-shop is enabled.
func leftToPages() ledger.Definitions {
	return alter(func(d *ledger.Definitions) {
		for i := range d.Connections {
			if d.Connections[i].ID == hubShop {
				d.Connections[i].Enabled, d.Connections[i].EnabledByPages = false, true
			}
		}
	})
}

func (w *world) active(connection string) bool {
	w.t.Helper()
	stored, err := w.Connection(w.ctx(), connection)
	require.NoError(w.t, err)
	return stored.Active()
}

func enablesBeside(t *testing.T, w *world) {
	w.apply(leftToPages())
	_, err := w.SetEnabled(w.ctx(), hubShop, false, w.now())
	require.NoError(t, err)
	require.False(t, w.active(hubShop))
	w.pass(hubShop, ledger.Full)
	after, err := w.SetEnabled(w.ctx(), hubShop, true, w.now())
	require.NoError(t, err)
	require.True(t, after.Active())
	require.True(t, w.active(hubShop))
	states, err := w.ScheduleStates(w.ctx(), hubShop)
	require.NoError(t, err)
	require.Len(t, states, 2)
	for _, state := range states {
		require.Less(t, state.Reconciled, state.Version, "Temporal is to be brought to it")
	}
	granted := w.grant(w.claim(hubShop, ledger.Smart))
	require.Equal(t, ledger.Full, granted.Mode, "the first run is a Full Sync")
	w.end(granted.Lease, ledger.Completed)
	require.Equal(t, ledger.Smart, w.grant(w.claim(hubShop, ledger.Smart)).Mode, "and the next is not")

	before, err := w.ScheduleStates(w.ctx(), hubShop)
	require.NoError(t, err)
	_, err = w.SetEnabled(w.ctx(), hubShop, true, w.now())
	require.NoError(t, err)
	same, err := w.ScheduleStates(w.ctx(), hubShop)
	require.NoError(t, err)
	require.Equal(t, before, same, "what is so already changes nothing")
	require.Empty(t, w.apply(leftToPages()))
	require.True(t, w.active(hubShop))
}

func enablesHanded(t *testing.T, w *world) {
	require.True(t, w.active(hubShop))
	w.apply(leftToPages())
	require.True(t, w.active(hubShop), "it stays as the configuration had it")
}

func enablesRefused(t *testing.T, w *world) {
	_, err := w.SetEnabled(w.ctx(), hubShop, false, w.now())
	require.ErrorIs(t, err, ledger.ErrEnabledInFile)
	require.True(t, w.active(hubShop))
	_, err = w.SetEnabled(w.ctx(), "nobody", false, w.now())
	require.ErrorIs(t, err, ledger.ErrNotFound)
}

func enablesSharing(t *testing.T, w *world) {
	w.apply(leftToPages())
	w.pass(hubMarket, ledger.Full, level("A", 10))
	plan, err := w.Plan(w.ctx(), hubMarket, ledger.Smart)
	require.NoError(t, err)
	require.Len(t, plan.Sharing, 2)
	_, err = w.SetEnabled(w.ctx(), hubShop, false, w.now())
	require.NoError(t, err)
	plan, err = w.Plan(w.ctx(), hubMarket, ledger.Smart)
	require.NoError(t, err)
	require.Len(t, plan.Sharing, 1, "the stock is no longer divided with it")
}
