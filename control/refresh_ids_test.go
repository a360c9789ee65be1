package control

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

func TestRefreshIDsSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	state := emptyLedger(t)
	c := &Control{state: state, now: func() time.Time { return noon }}
	var wrong *UsageError

	_, err := c.RefreshIDs(acting(t), "shop", nil)
	require.ErrorAs(t, err, &wrong)
	require.EqualError(t, err, `there is no store "shop", and no other; apply a configuration first (starter apply FILE)`)

	_, err = state.Apply(t.Context(), ledger.Definitions{
		Warehouses:  []ledger.Warehouse{{ID: "depot", Merchant: "acme", Driver: "sandbox"}},
		Stores:      []ledger.Store{{ID: "shop", Merchant: "acme", Driver: "sandbox"}},
		Connections: []ledger.Connection{{ID: "acme-shop", Merchant: "acme", Warehouse: "depot", Store: "shop"}},
	}, ledger.ApplyOptions{})
	require.NoError(t, err)
	_, err = c.RefreshIDs(acting(t), "shap", nil)
	require.ErrorAs(t, err, &wrong)
	require.EqualError(t, err, `there is no store "shap"; there are shop`)
	_, err = c.RefreshIDs(acting(t), "shop", []string{"BIKE", "LIGHT"})
	require.ErrorAs(t, err, &wrong)
	require.EqualError(t, err, "no connection of store shop pushes BIKE, LIGHT; starter levels channel CONNECTION lists its SKUs")
	done, err := c.RefreshIDs(acting(t), "shop", nil)
	require.NoError(t, err)
	require.Zero(t, done)

	_, err = state.Begin(t.Context(),
		ledger.Claim{Connection: "acme-shop", Mode: ledger.Full, Trigger: ledger.TriggerRequest, Workflow: "full-sync/acme-shop", WorkflowRun: "one", Now: noon})
	require.NoError(t, err)
	_, err = c.RefreshIDs(acting(t), "shop", nil)
	require.EqualError(t, err, "nothing was changed: store shop is in use by full-sync/acme-shop (run 1); do it again when that is over")
	require.NotErrorAs(t, err, &wrong)
}
