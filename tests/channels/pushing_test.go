// Package channels pushes through the real push activity, a real ledger and each driver against the fake of its store: what an
// offender costs, and how near to the store's own limit a push runs.
package channels

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/all"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
)

// clock is the time of a test: it moves only when somebody waits.
type clock struct {
	mutex sync.Mutex
	at    time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.at
}

func (c *clock) set(at time.Time) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.at = at
}

func (c *clock) after(span time.Duration) <-chan time.Time {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.at = c.at.Add(max(span, 0))
	fired := make(chan time.Time, 1)
	fired <- c.at
	return fired
}

// wait is after for the push: calls are answered before the time moves.
func (c *clock) wait(span time.Duration, calls int) <-chan time.Time {
	if calls > 0 {
		return nil
	}
	return c.after(span)
}

// pushing is one connection to a fake of a store, with the ledger in which it stands.
type pushing struct {
	t      testing.TB
	clock  *clock
	ledger ledger.Ledger
	lease  ledger.Lease
	push   *activities.Push
	mode   ledger.Mode // of the runs; Smart when nothing is set
	passes int
	calls  []call // to the store so far, without look-ups
	before func() // a call, which is in calls already; nil does nothing
}

// call is a call to a store as the ledger hears of it before it is made.
type call struct {
	at     time.Time
	report bool // or the same bytes again
}

// noted notes the calls that the ledger hears of.
type noted struct {
	ledger.Ledger
	to *pushing
}

func (n noted) Intend(ctx context.Context, lease ledger.Lease, intents ...ledger.Intent) error {
	for _, intent := range intents {
		n.to.made(call{at: intent.Now})
	}
	return n.Ledger.Intend(ctx, lease, intents...)
}

func (n noted) Resend(ctx context.Context, lease ledger.Lease, key string, deadline, now time.Time) error {
	n.to.made(call{at: now, report: true})
	return n.Ledger.Resend(ctx, lease, key, deadline, now)
}

func (p *pushing) made(one call) {
	p.calls = append(p.calls, one)
	if p.before != nil {
		p.before()
	}
}

// shop is a fake store that a driver pushes to.
type shop struct {
	driver      string
	settings    settings.Values
	environment settings.Environment
	batch       int // the connection's own limit of a call; 0 is the store's
}

const (
	connectionID = "shop"
	warehouseID  = "depot"
	facility     = "east"
)

// newPushing makes a ledger with one connection to the store. The location, if any, shows the one facility.
func newPushing(t testing.TB, at *clock, to shop, location string) *pushing {
	t.Helper()
	state, err := ledger.Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"), at.now())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, state.Close()) })
	environment := to.environment
	environment.Now = at.now
	p := &pushing{t: t, clock: at, ledger: state}
	p.push = &activities.Push{
		Ledger: noted{state, p}, Drivers: all.Drivers(), Environment: environment, Stores: activities.NewStores(),
		Now: at.now, After: at.wait, Slice: time.Hour,
	}
	spec, known := all.Specs()[to.driver]
	require.True(t, known, "no driver %s", to.driver)
	values, problems := spec.Check(to.settings)
	require.Empty(t, problems)
	connection := ledger.Connection{
		ID: connectionID, Merchant: "acme", Warehouse: warehouseID, Store: connectionID, Enabled: true,
		Inventory: ledger.Flow{Enabled: true, Timezone: "UTC", Overlap: ledger.OverlapSkip, Unlisted: inventory.UnlistedPush},
	}
	if location != "" {
		connection.Inventory.Locations = []inventory.Location{{ID: location, Facilities: []string{facility}}}
	}
	_, err = state.Apply(t.Context(), ledger.Definitions{
		Warehouses: []ledger.Warehouse{{
			ID: warehouseID, Merchant: "acme", Driver: "sandbox", Quantity: inventory.QuantityAvailable, Missing: inventory.MissingKeep,
			Guard: ledger.Guard{MaximumRefused: 1, MaximumZeroed: 1},
		}},
		Stores: []ledger.Store{{
			ID: connectionID, Merchant: "acme", Driver: to.driver, Settings: values, BatchSize: to.batch,
			Budget: ledger.Budget{Share: share},
		}},
		Connections: []ledger.Connection{connection},
	}, ledger.ApplyOptions{})
	require.NoError(t, err)
	return p
}

// share is the part of a store's budget that is used.
const share = 0.8

// take begins a run.
func (p *pushing) take() {
	p.t.Helper()
	p.passes++
	grant, err := p.ledger.Begin(p.t.Context(), ledger.Claim{
		Connection: connectionID, Mode: cmp.Or(p.mode, ledger.Smart), Trigger: ledger.TriggerRequest, Workflow: "smart-sync/shop",
		WorkflowRun: fmt.Sprint("run-", p.passes), Now: p.clock.now(),
	})
	require.NoError(p.t, err)
	p.lease = grant.Lease
}

// end ends the run.
func (p *pushing) end() {
	p.t.Helper()
	require.NoError(p.t, p.ledger.EndRun(p.t.Context(), p.lease, ledger.RunEnd{Outcome: ledger.Completed, Now: p.clock.now()}))
}

// report records what the warehouse has and makes it due.
func (p *pushing) report(levels map[string]int64) {
	p.t.Helper()
	ctx := p.t.Context()
	snapshot, err := p.ledger.Stage(ctx, p.lease, ledger.SnapshotStart{Warehouse: warehouseID, Now: p.clock.now()})
	require.NoError(p.t, err)
	rows := make([]inventory.Level, 0, len(levels))
	for sku, available := range levels {
		rows = append(rows, inventory.Level{SKU: sku, Facility: facility, Available: available})
	}
	const page = 5000
	for begin := 0; begin < len(rows); begin += page {
		require.NoError(p.t, p.ledger.StageRows(ctx, snapshot, rows[begin:min(begin+page, len(rows))], nil))
	}
	_, err = p.ledger.Record(ctx, p.lease, snapshot, ledger.SnapshotEnd{Rows: len(rows), Guard: ledger.Guard{MaximumRefused: 1}, Now: p.clock.now()})
	require.NoError(p.t, err)
	var suite testsuite.WorkflowTestSuite
	environment := suite.NewTestActivityEnvironment()
	environment.SetTestTimeout(10 * time.Minute)
	resolve := &activities.Resolve{Ledger: p.ledger, Now: p.clock.now}
	environment.RegisterActivity(resolve)
	_, err = environment.ExecuteActivity(resolve.Resolve, activities.ResolveInput{
		Lease: p.lease, Connection: connectionID, Mode: cmp.Or(p.mode, ledger.Smart), Approved: true, ApprovedZeroing: 1 << 40,
	})
	require.NoError(p.t, err)
}

// run pushes until nothing is left, as the workflow does: it waits where the activity asks to wait.
func (p *pushing) run() activities.PushResult {
	p.t.Helper()
	result, err := p.try()
	require.NoError(p.t, err)
	return result
}

// try is run, and returns the error that stops the store.
func (p *pushing) try() (activities.PushResult, error) {
	p.t.Helper()
	for range 10_000 {
		var suite testsuite.WorkflowTestSuite
		environment := suite.NewTestActivityEnvironment()
		environment.SetTestTimeout(20 * time.Minute)
		environment.RegisterActivity(p.push)
		value, err := environment.ExecuteActivity(p.push.Push, activities.PushInput{Lease: p.lease, Connection: connectionID})
		if err != nil {
			return activities.PushResult{}, err
		}
		var result activities.PushResult
		require.NoError(p.t, value.Get(&result))
		if result.Done {
			return result, nil
		}
		if wait := result.Until.Sub(p.clock.now()); wait > 0 {
			p.clock.after(wait)
		}
	}
	p.t.Fatal("the push does not come to an end")
	return activities.PushResult{}, nil
}

// statuses counts the rows by status.
func (p *pushing) statuses() map[ledger.Status]int64 {
	p.t.Helper()
	counts, err := p.ledger.StatusCounts(context.WithoutCancel(p.t.Context()), connectionID)
	require.NoError(p.t, err)
	return counts
}

// catalogue is n SKUs with their figures.
func catalogue(n int, figure int64) map[string]int64 {
	levels := make(map[string]int64, n)
	for i := range n {
		levels[fmt.Sprintf("SKU-%06d", i)] = figure + int64(i%50)
	}
	return levels
}

// items are a catalogue as a store knows it.
func items(location string, levels map[string]int64) []channels.Item {
	known := make([]channels.Item, 0, len(levels))
	for sku := range levels {
		known = append(known, channels.Item{Location: location, ChannelSKU: sku})
	}
	return known
}
