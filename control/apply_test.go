package control

import (
	"testing"

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
	}, unused(definitions))
	definitions.Connections = append(definitions.Connections, ledger.Connection{ID: "other", Warehouse: "attic", Store: "attic"})
	require.Empty(t, unused(definitions))
}
