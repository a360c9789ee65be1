package control

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

func TestUnused(t *testing.T) {
	t.Parallel()
	definitions := ledger.Definitions{
		Warehouses:  []ledger.Warehouse{{ID: "depot"}, {ID: "attic"}},
		Stores:      []ledger.Store{{ID: "attic"}, {ID: "shop"}},
		Connections: []ledger.Connection{{ID: "acme-shop", Warehouse: "depot", Store: "shop"}},
	}
	require.Equal(t, []string{
		"warehouse attic is in no connection, so nothing is done with it", "store attic is in no connection, so nothing is done with it",
	}, unusedPartners(definitions))
	definitions.Connections = append(definitions.Connections, ledger.Connection{ID: "other", Warehouse: "attic", Store: "attic"})
	require.Empty(t, unusedPartners(definitions))
}

func TestNothingIsEnabled(t *testing.T) {
	t.Parallel()
	off, left := ledger.Connection{ID: "off"}, ledger.Connection{ID: "left", EnabledByPages: true}
	on := ledger.Connection{ID: "on", EnabledByPages: true, Enabled: true, Inventory: ledger.Flow{Enabled: true}}
	for _, test := range []struct {
		connections []ledger.Connection
		warned      bool
	}{{nil, false}, {[]ledger.Connection{off}, false}, {[]ledger.Connection{off, left}, true}, {[]ledger.Connection{left, on}, false}} {
		require.Equal(t, test.warned, len(nothingEnabled(ledger.Definitions{Connections: test.connections})) == 1, "%v", test.connections)
	}
}

// The time that a run waited for a person is no time that runs take.
func TestAdviceOnTheInterval(t *testing.T) {
	t.Parallel()
	state := shopLedger(t)
	c := &Control{state: state}
	connection, err := state.Connection(t.Context(), "acme-shop")
	require.NoError(t, err)
	at := noon
	run := func(took time.Duration, held bool) {
		at = at.Add(24 * time.Hour)
		lease := runIn(t, state, fmt.Sprint("run at ", at), at)
		if held {
			hold(t, state, lease, at)
		}
		require.NoError(t, state.EndRun(t.Context(), lease, ledger.RunEnd{Outcome: ledger.Completed, Now: at.Add(took)}))
	}
	for range 5 {
		run(time.Minute, false)
	}
	run(20*time.Hour, true)
	require.Empty(t, c.advise(t.Context(), connection))
	run(40*time.Minute, false)
	require.Equal(t, []string{
		"connection acme-shop: Smart Sync every 60 minutes, but 95 % of its last 6 runs took up to 40 min; an interval below 1 h 20 min makes no store " +
			"fresher and costs API calls",
	}, c.advise(t.Context(), connection))
}
