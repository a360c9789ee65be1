package bench

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/sandbox"
)

const (
	merchantID  = "acme"
	warehouseID = "depot"
)

// house is a real ledger with one warehouse and some stores on it, and the real activities, as a worker runs them.
type house struct {
	t      testing.TB
	ledger ledger.Ledger
	depot  *depot
	till   *till
	runs   int
}

// definitions of a warehouse that feeds stores.
func definitions(d *depot, stores int) ledger.Definitions {
	all := ledger.Definitions{Warehouses: []ledger.Warehouse{{
		ID: warehouseID, Merchant: merchantID, Driver: "sandbox", Settings: d.settings(), Quantity: inventory.QuantityAvailable, Missing: inventory.MissingKeep,
		Guard: ledger.Guard{MinimumRows: 0.8, MaximumRefused: 0.05, MaximumMissing: 0.05, MaximumZeroed: 0.2},
	}}}
	for i := range stores {
		id := fmt.Sprintf("shop-%d", i)
		all.Stores = append(all.Stores, ledger.Store{ID: id, Merchant: merchantID, Driver: "till", Budget: ledger.Budget{Share: 0.8}})
		all.Connections = append(all.Connections, ledger.Connection{
			ID: id, Merchant: merchantID, Warehouse: warehouseID, Store: id, Enabled: true,
			Inventory: ledger.Flow{Enabled: true, Timezone: "UTC", Overlap: ledger.OverlapSkip, Unlisted: inventory.UnlistedPush},
		})
	}
	return all
}

// newHouse makes a house at a ledger's location; empty is a new SQLite file.
func newHouse(t testing.TB, location string, d *depot, all ledger.Definitions) *house {
	t.Helper()
	if location == "" {
		location = filepath.Join(t.TempDir(), "ledger.db")
	}
	state, err := ledger.Open(t.Context(), location, time.Now())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, state.Close()) })
	_, err = state.Apply(t.Context(), all, ledger.ApplyOptions{})
	require.NoError(t, err)
	return &house{t: t, ledger: state, depot: d, till: &till{}}
}

// run is one run of a connection.
type run struct {
	*house
	connection string
	mode       ledger.Mode
	lease      ledger.Lease
}

// begin takes the store for a run.
func (h *house) begin(connection string, mode ledger.Mode) run {
	h.t.Helper()
	h.runs++
	grant, err := h.ledger.Begin(h.t.Context(), ledger.Claim{
		Connection: connection, Mode: mode, Trigger: ledger.TriggerRequest, Workflow: "sync/" + connection,
		WorkflowRun: fmt.Sprint("run-", h.runs), Now: time.Now(),
	})
	require.NoError(h.t, err)
	return run{h, connection, mode, grant.Lease}
}

// end ends the run.
func (r run) end() {
	r.t.Helper()
	require.NoError(r.t, r.ledger.EndRun(r.t.Context(), r.lease, ledger.RunEnd{Outcome: ledger.Completed, Now: time.Now()}))
}

// do runs an activity.
func do[T any](t testing.TB, activity, input any) T {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	environment := suite.NewTestActivityEnvironment()
	environment.SetTestTimeout(20 * time.Minute)
	environment.RegisterActivity(activity)
	var result T
	value, err := environment.ExecuteActivity(activity, input)
	require.NoError(t, err)
	require.NoError(t, value.Get(&result))
	return result
}

func (r run) fetch() activities.FetchResult {
	r.t.Helper()
	fetch := &activities.Fetch{
		Ledger: r.ledger, Drivers: map[string]warehouses.Driver{"sandbox": sandbox.Driver()}, Environment: environment(), Now: time.Now,
	}
	result := do[activities.FetchResult](r.t, fetch.Fetch, activities.FetchInput{Lease: r.lease, Connection: r.connection, Mode: r.mode})
	require.Empty(r.t, result.Held)
	return result
}

func (r run) resolve() activities.ResolveResult {
	r.t.Helper()
	resolve := &activities.Resolve{Ledger: r.ledger, Now: time.Now}
	return do[activities.ResolveResult](r.t, resolve.Resolve, activities.ResolveInput{Lease: r.lease, Connection: r.connection, Mode: r.mode})
}

func (r run) push() activities.PushResult {
	r.t.Helper()
	push := &activities.Push{
		Ledger: r.ledger, Drivers: map[string]channels.Driver{"till": r.till.driver()}, Stores: activities.NewStores(), Now: time.Now,
		After: func(span time.Duration, _ int) <-chan time.Time { return time.After(span) }, Slice: time.Hour,
	}
	for {
		result := do[activities.PushResult](r.t, push.Push, activities.PushInput{Lease: r.lease, Connection: r.connection})
		if result.Done {
			return result
		}
	}
}

// sync is a whole run.
func (h *house) sync(connection string, mode ledger.Mode) (activities.FetchResult, activities.PushResult) {
	h.t.Helper()
	r := h.begin(connection, mode)
	defer r.end()
	fetched := r.fetch()
	r.resolve()
	return fetched, r.push()
}
