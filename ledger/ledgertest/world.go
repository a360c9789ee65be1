package ledgertest

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// The world of the tests: a merchant whose two warehouses feed two stores.
const (
	merchant = "acme"

	hub   = "hub"
	annex = "annex"

	shop   = "shop"
	market = "market"

	hubShop   = "hub-shop"
	hubMarket = "hub-market"
	annexShop = "annex-shop" // leads to the same store as hubShop
)

// began is when the tests begin, by their own clock. It uses the finest precision that a ledger stores.
var began = time.Date(2026, time.March, 1, 12, 0, 0, 123456000, time.UTC)

// tester is a *testing.T or a *rapid.T.
type tester interface {
	require.TestingT
	Helper()
	Context() context.Context
}

// world is a ledger with definitions. Its methods are the steps of a run, as the activities take them.
type world struct {
	ledger.Ledger
	t       tester
	ticks   *atomic.Int64 // seconds since began
	counter *atomic.Int64 // makes names that are used once
}

func newWorld(t tester, opened ledger.Ledger) *world {
	w := &world{Ledger: opened, t: t, ticks: &atomic.Int64{}, counter: &atomic.Int64{}}
	w.apply(definitions())
	return w
}

// definitions returns the definitions that every test begins with.
func definitions() ledger.Definitions {
	return ledger.Definitions{
		Warehouses:  []ledger.Warehouse{warehouse(hub), warehouse(annex)},
		Stores:      []ledger.Store{store(shop), store(market)},
		Connections: []ledger.Connection{connection(hub, shop), connection(hub, market), connection(annex, shop)},
	}
}

func warehouse(id string) ledger.Warehouse {
	return ledger.Warehouse{
		ID: id, Merchant: merchant, Driver: "sandbox", Quantity: inventory.QuantityAvailable, Missing: inventory.MissingKeep, Guard: strict,
	}
}

func store(id string) ledger.Store {
	return ledger.Store{ID: id, Merchant: merchant, Driver: "sandbox", Budget: ledger.Budget{Share: 0.8}}
}

func connection(warehouse, store string) ledger.Connection {
	return ledger.Connection{
		ID: warehouse + "-" + store, Merchant: merchant, Warehouse: warehouse, Store: store, Enabled: true,
		Inventory: ledger.Flow{
			Enabled: true, Smart: []ledger.Rule{{Every: time.Hour}}, Timezone: "UTC",
			Overlap: ledger.OverlapSkip, Unlisted: inventory.UnlistedPush,
		},
	}
}

// alter returns the usual definitions after a change.
func alter(change func(d *ledger.Definitions)) ledger.Definitions {
	d := definitions()
	change(&d)
	return d
}

func listing(store, sku, channelSKU string) ledger.ListingDefinition {
	return ledger.ListingDefinition{Store: store, Listing: inventory.Listing{SKU: sku, ChannelSKU: channelSKU}}
}

func bundle(sku string, components ...inventory.Component) ledger.BundleDefinition {
	return ledger.BundleDefinition{Merchant: merchant, Bundle: inventory.Bundle{SKU: sku, Components: components}}
}

func of(sku string, count int64) inventory.Component {
	return inventory.Component{SKU: sku, Count: count}
}

func (w *world) ctx() context.Context { return w.t.Context() }

// now returns a time one second later at each call.
func (w *world) now() time.Time { return began.Add(time.Duration(w.ticks.Add(1)) * time.Second) }

func (w *world) name(kind string) string { return fmt.Sprintf("%s-%d", kind, w.counter.Add(1)) }

func (w *world) apply(d ledger.Definitions) []ledger.Change {
	w.t.Helper()
	changes, err := w.Apply(w.ctx(), d, ledger.ApplyOptions{})
	require.NoError(w.t, err)
	return changes
}

// claim returns a claim of a workflow that has not been used before.
func (w *world) claim(connection string, mode ledger.Mode) ledger.Claim {
	return ledger.Claim{
		Connection: connection, Mode: mode, Trigger: ledger.TriggerSchedule,
		Workflow: string(mode) + "-sync/" + connection, WorkflowRun: w.name("workflow"), Now: w.now(),
	}
}

func (w *world) grant(claim ledger.Claim) ledger.Grant {
	w.t.Helper()
	granted, err := w.Begin(w.ctx(), claim)
	require.NoError(w.t, err)
	return granted
}

func (w *world) take(connection string, mode ledger.Mode) ledger.Lease {
	w.t.Helper()
	granted := w.grant(w.claim(connection, mode))
	require.False(w.t, granted.Covered)
	return granted.Lease
}

func (w *world) end(lease ledger.Lease, outcome ledger.Outcome) {
	w.t.Helper()
	require.NoError(w.t, w.EndRun(w.ctx(), lease, ledger.RunEnd{Outcome: outcome, Now: w.now()}))
}

// replaced takes the lease's store for another run, as if the first one had died.
func (w *world) replaced(lease ledger.Lease, connection string) ledger.Lease {
	w.t.Helper()
	claim := w.claim(connection, ledger.Smart)
	claim.Replace = lease.Fence
	return w.grant(claim).Lease
}

func (w *world) runOf(lease ledger.Lease) ledger.Run {
	w.t.Helper()
	run, err := w.Run(w.ctx(), lease.Run)
	require.NoError(w.t, err)
	return run
}

// runsOf lists the runs of a workflow's pass.
func (w *world) runsOf(workflowRun string, pass int) []ledger.Run {
	w.t.Helper()
	runs, err := w.Runs(w.ctx(), "", 1000)
	require.NoError(w.t, err)
	return slices.DeleteFunc(runs, func(run ledger.Run) bool { return run.WorkflowRun != workflowRun || run.Pass != pass })
}

// The guards of the tests: strict has the usual thresholds for rows, lax has none. Thresholds for missing levels are in the tests of
// facilities.
var (
	strict = ledger.Guard{MinimumRows: 0.8, MaximumRefused: 0.05, MaximumMissing: 1, MaximumZeroed: 0.2}
	lax    = ledger.Guard{MinimumRows: 0, MaximumRefused: 1, MaximumMissing: 1, MaximumZeroed: 1}
)

// whole and part are the ends of a full and of a partial snapshot, which no guard holds.
func whole() ledger.SnapshotEnd {
	return ledger.SnapshotEnd{Full: true, Guard: lax, Missing: inventory.MissingKeep}
}

func part() ledger.SnapshotEnd { return ledger.SnapshotEnd{Guard: lax, Missing: inventory.MissingKeep} }

// level returns a level in the facility east, without a time.
func level(sku string, available int64) inventory.Level {
	return inventory.Level{Facility: "east", SKU: sku, Available: available}
}

func levelAt(sku string, available int64, reported time.Time) inventory.Level {
	one := level(sku, available)
	one.ReportedAt = reported
	return one
}

func (w *world) stage(lease ledger.Lease, rows []inventory.Level, refusals ...inventory.Refusal) int64 {
	w.t.Helper()
	id, err := w.Stage(w.ctx(), lease, ledger.SnapshotStart{Warehouse: w.runOf(lease).Warehouse, Now: w.now()})
	require.NoError(w.t, err)
	require.NoError(w.t, w.StageRows(w.ctx(), id, rows, refusals))
	return id
}

// report stages and records a snapshot. It counts the rows, and fills in times that are zero.
func (w *world) report(lease ledger.Lease, end ledger.SnapshotEnd, rows []inventory.Level, refusals ...inventory.Refusal) ledger.SnapshotResult {
	w.t.Helper()
	id := w.stage(lease, rows, refusals...)
	end.Rows = len(rows) + len(refusals)
	end.Now = w.now()
	if end.AsOf.IsZero() {
		end.AsOf = end.Now
	}
	result, err := w.Record(w.ctx(), lease, id, end)
	require.NoError(w.t, err)
	return result
}

// pageRows is small, so that every test reads several pages.
const pageRows = 2

// affected reads all pages of affected products.
func (w *world) affected(plan ledger.Plan, scope ...string) []ledger.Affected {
	w.t.Helper()
	var products []ledger.Affected
	after := ""
	for {
		page, err := w.Affected(w.ctx(), plan, scope, after, pageRows)
		require.NoError(w.t, err)
		require.LessOrEqual(w.t, len(page), pageRows)
		for _, next := range page {
			require.Greater(w.t, next.Product, after, "products come once and in order")
			after = next.Product
		}
		products = append(products, page...)
		if len(page) == 0 {
			return products
		}
	}
}

func (w *world) plan(connection string, mode ledger.Mode) ledger.Plan {
	w.t.Helper()
	plan, err := w.Plan(w.ctx(), connection, mode)
	require.NoError(w.t, err)
	return plan
}

// resolvePage resolves some products.
func (w *world) resolvePage(lease ledger.Lease, plan ledger.Plan, page []ledger.Affected) {
	w.t.Helper()
	products := make([]string, len(page))
	for i, affected := range page {
		products[i] = affected.Product
	}
	inputs, err := w.Inputs(w.ctx(), plan, products)
	require.NoError(w.t, err)
	require.Len(w.t, inputs, len(products))
	resolved := make([]ledger.Resolution, len(page))
	rows := 0
	for i, affected := range page {
		require.Equal(w.t, affected.Product, inputs[i].Product, "inputs come in the order of the products")
		resolved[i] = ledger.Resolution{Affected: affected, Levels: inventory.Resolve(inputs[i])}
		rows += len(resolved[i].Levels)
	}
	_, err = w.Resolve(w.ctx(), lease, plan, resolved, w.now())
	require.NoError(w.t, err)
}

// resolve resolves the affected products and moves the cursor, as the activity does.
func (w *world) resolve(lease ledger.Lease, mode ledger.Mode, scope ...string) ledger.Plan {
	w.t.Helper()
	plan := w.plan(w.runOf(lease).Connection, mode)
	for after := ""; ; {
		page, err := w.Affected(w.ctx(), plan, scope, after, pageRows)
		require.NoError(w.t, err)
		if len(page) == 0 {
			break
		}
		w.resolvePage(lease, plan, page)
		after = page[len(page)-1].Product
	}
	if len(scope) == 0 {
		require.NoError(w.t, w.AdvanceCursor(w.ctx(), lease, plan))
	}
	return plan
}
