package activities

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
)

var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// world is a ledger with a warehouse, "depot", that feeds two stores, and the activities on it by a clock that stands.
type world struct {
	ledger.Ledger
	path     string // the ledger's file
	t        *testing.T
	now      time.Time
	ticking  sync.Mutex // calls of a push read the time beside its loop
	source   *source
	requests map[string][]SyncRequest // by connection
	refuses  map[string]error         // connections that cannot be asked
}

// source is a warehouse that counts its fetches.
type source struct {
	rows    []inventory.Row
	fetches int
	read    func() // while it is read
	still   bool   // it has nothing new
	delta   bool   // it names only what changed
	err     error  // why it cannot be read
}

func (s *source) Check(context.Context) (warehouses.Finding, error) { return warehouses.Finding{}, nil }

func (s *source) Fetch(ctx context.Context, _ warehouses.Request, sink warehouses.Sink) (warehouses.Snapshot, error) {
	s.fetches++
	if s.read != nil {
		s.read()
	}
	if s.err != nil {
		return warehouses.Snapshot{}, s.err
	}
	if s.still {
		return warehouses.Snapshot{Unchanged: true}, nil
	}
	return warehouses.Snapshot{Full: !s.delta, Rows: len(s.rows), From: "page 1"}, sink(ctx, s.rows)
}

func definitions() ledger.Definitions {
	d := ledger.Definitions{Warehouses: []ledger.Warehouse{
		{
			ID: "depot", Merchant: "acme", Driver: "source", Quantity: inventory.QuantityAvailable, Missing: inventory.MissingKeep,
			Guard: ledger.Guard{MinimumRows: 0.8, MaximumRefused: 0.05, MaximumMissing: 0.05, MaximumZeroed: 0.2}, Freshness: time.Minute,
		},
		{ID: "annex", Merchant: "acme", Driver: "source", Quantity: inventory.QuantityOnHand, Missing: inventory.MissingKeep},
	}}
	for _, id := range []string{"north", "south", "closed"} {
		d.Stores = append(d.Stores, ledger.Store{ID: id, Merchant: "acme", Driver: "sandbox"})
		d.Connections = append(d.Connections, ledger.Connection{
			ID: id, Merchant: "acme", Warehouse: "depot", Store: id, Enabled: id != "closed",
			Inventory: ledger.Flow{
				Enabled: true, Timezone: "UTC", Overlap: ledger.OverlapSkip, Unlisted: inventory.UnlistedPush,
				Smart: []ledger.Rule{{Every: time.Hour}},
			},
		})
	}
	return d
}

func setup(t *testing.T) *world {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ledger.db")
	state, err := ledger.Open(t.Context(), path, noon)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, state.Close()) })
	w := &world{
		Ledger: state, path: path, t: t, now: noon, source: &source{rows: []inventory.Row{{SKU: "BIKE", Facility: "east", Available: new(int64(5))}}},
		requests: map[string][]SyncRequest{}, refuses: map[string]error{},
	}
	w.apply(definitions())
	return w
}

func (w *world) apply(d ledger.Definitions) {
	w.t.Helper()
	_, err := w.Apply(w.t.Context(), d, ledger.ApplyOptions{})
	require.NoError(w.t, err)
}

func (w *world) clock() time.Time {
	w.ticking.Lock()
	defer w.ticking.Unlock()
	return w.now
}

// pass advances the time, even during a call.
func (w *world) pass(span time.Duration) {
	w.ticking.Lock()
	defer w.ticking.Unlock()
	w.now = w.now.Add(span)
}

// after advances the time by a wait; calls are answered first.
func (w *world) after(span time.Duration, calls int) <-chan time.Time {
	if calls > 0 {
		return nil
	}
	w.now = w.now.Add(span)
	fired := make(chan time.Time, 1)
	fired <- w.now
	return fired
}

// Request records the requests of connections.
func (w *world) Request(_ context.Context, connection ledger.Connection, wish SyncRequest) error {
	w.requests[connection.ID] = append(w.requests[connection.ID], wish)
	return w.refuses[connection.ID]
}

// living is a Temporal in which every workflow is alive.
type living struct{}

func (living) Alive(context.Context, string, string) (bool, error)    { return true, nil }
func (living) Decide(context.Context, string, string, string) error   { return nil }
func (living) Dissolved(context.Context, string, int64, string) error { return nil }
func (living) Attributes(context.Context) (bool, error)               { return true, nil }

func (w *world) intake() *Intake {
	return &Intake{Ledger: w.Ledger, Requests: w, Executions: living{}, Now: w.clock}
}

func (w *world) gate() *Gate {
	return &Gate{Ledger: w.Ledger, Executions: living{}, Now: w.clock, Poll: 2 * time.Second}
}

func (w *world) fetcher() *Fetch {
	driver := warehouses.Driver{Open: func(string, settings.Values, settings.Environment) (warehouses.Source, error) { return w.source, nil }}
	return &Fetch{Ledger: w.Ledger, Drivers: map[string]warehouses.Driver{"source": driver}, Now: w.clock}
}

// do runs an activity.
func do[T any](w *world, activity, input any) (T, error) {
	w.t.Helper()
	var suite testsuite.WorkflowTestSuite
	environment := suite.NewTestActivityEnvironment()
	environment.RegisterActivity(activity)
	var result T
	value, err := environment.ExecuteActivity(activity, input)
	if err == nil {
		err = value.Get(&result)
	}
	return result, err
}

// temporalError returns the error that Temporal gets.
func temporalError(t *testing.T, err error) *temporal.ApplicationError {
	t.Helper()
	var application *temporal.ApplicationError
	require.ErrorAs(t, err, &application)
	return application
}

// take starts a run.
func (w *world) take(connection string, mode ledger.Mode, scope ...string) ledger.Lease {
	w.t.Helper()
	granted, err := w.Begin(w.t.Context(), ledger.Claim{
		Connection: connection, Mode: mode, Trigger: ledger.TriggerRequest, Workflow: "smart-sync/" + connection, WorkflowRun: connection + string(mode),
		Scope: scope, Now: w.now,
	})
	require.NoError(w.t, err)
	return granted.Lease
}

// available returns the figures of the depot by SKU.
func (w *world) available() map[string]int64 {
	w.t.Helper()
	rows, err := w.Levels(w.t.Context(), "depot", "", ledger.Page{Limit: 1000})
	require.NoError(w.t, err)
	figures := map[string]int64{}
	for _, row := range rows {
		figures[row.SKU] = row.Available
	}
	return figures
}
