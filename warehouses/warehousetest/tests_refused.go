package warehousetest

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/warehouses"
)

// depot is a ledger that a source is read into, as the activity of a fetch does it.
type depot struct {
	ledger.Ledger
	t     *testing.T
	lease ledger.Lease
	mark  string
	now   time.Time
}

func newDepot(t *testing.T, policy inventory.RefusedPolicy) *depot {
	t.Helper()
	at := time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
	state, err := ledger.Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"), at)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, state.Close()) })
	_, err = state.Apply(t.Context(), ledger.Definitions{
		Warehouses:  []ledger.Warehouse{{ID: "depot", Merchant: "acme", Driver: "source", Refused: policy}},
		Stores:      []ledger.Store{{ID: "shop", Merchant: "acme", Driver: "sandbox"}},
		Connections: []ledger.Connection{{ID: "shop", Merchant: "acme", Warehouse: "depot", Store: "shop", Enabled: true}},
	}, ledger.ApplyOptions{})
	require.NoError(t, err)
	granted, err := state.Take(t.Context(), ledger.Claim{Connection: "shop", Mode: ledger.Smart, Trigger: ledger.TriggerSchedule, Workflow: "w", WorkflowRun: "r", Now: at})
	require.NoError(t, err)
	return &depot{Ledger: state, t: t, lease: granted.Lease, now: at}
}

// read reads what is new of a source. It returns no rows when the source says that nothing is.
func (d *depot) read(source warehouses.Source, policy inventory.RefusedPolicy) ledger.SnapshotResult {
	d.t.Helper()
	d.now = d.now.Add(time.Minute)
	id, err := d.Stage(d.t.Context(), d.lease, ledger.SnapshotStart{Warehouse: "depot", Now: d.now})
	require.NoError(d.t, err)
	got, snapshot := whole(d.t, source, warehouses.Request{Mark: d.mark})
	if snapshot.Unchanged {
		require.NoError(d.t, d.Discard(d.t.Context(), id))
		return ledger.SnapshotResult{}
	}
	var levels []inventory.Level
	var refusals []inventory.Refusal
	for _, row := range got.rows {
		if level, refusal := inventory.Accept(row, inventory.QuantityAvailable); refusal != nil {
			refusals = append(refusals, *refusal)
		} else {
			levels = append(levels, level)
		}
	}
	require.NoError(d.t, d.StageRows(d.t.Context(), id, levels, refusals))
	result, err := d.Record(d.t.Context(), d.lease, id, ledger.SnapshotEnd{
		Full: snapshot.Full, Rows: snapshot.Rows, Mark: snapshot.Mark, From: snapshot.From, Refused: policy,
		Guard: ledger.Guard{MaximumRefused: 1, MaximumMissing: 1}, Now: d.now,
	})
	require.NoError(d.t, err)
	d.mark = snapshot.Mark
	return result
}

// stale are the levels whose last row was refused.
func (d *depot) stale() []ledger.StaleLevel {
	d.t.Helper()
	found, err := d.StaleLevels(d.t.Context(), "depot", "", ledger.Page{Limit: 1000})
	require.NoError(d.t, err)
	return found
}

func (d *depot) available(item Item) int64 {
	d.t.Helper()
	rows, err := d.Levels(d.t.Context(), "depot", item.SKU, ledger.Page{})
	require.NoError(d.t, err)
	require.Len(d.t, rows, 1)
	return rows[0].Available
}

// marksRefused: a level is stale from when its row is refused until it is read, whatever the source brings in between.
func (s Subject) marksRefused(t *testing.T) {
	for _, policy := range []inventory.RefusedPolicy{inventory.RefusedKeep, inventory.RefusedZero} {
		t.Run(string(policy), func(t *testing.T) {
			t.Parallel()
			stock := Stock(20)
			stock[7].Available, stock[8].Available = "5", "6"
			warehouse, to := s.Start(t, stock), newDepot(t, policy)
			require.EqualValues(t, 20, to.read(warehouse.Open(t), policy).Rows)
			require.Empty(t, to.stale())

			stock[7].Available = "1e3"
			warehouse.Set(t, stock)
			result := to.read(warehouse.Open(t), policy)
			require.EqualValues(t, 1, result.Refused)
			found := to.stale()
			require.Len(t, found, 1, "the level that the row names, and no other")
			require.Equal(t, stock[7].SKU, found[0].SKU)
			require.Equal(t, stock[7].Facility, found[0].Facility)
			require.Equal(t, new(int64(5)), found[0].Read)
			require.NotEmpty(t, found[0].Reason)
			require.NotEmpty(t, found[0].Place)
			want := int64(5)
			if policy == inventory.RefusedZero {
				want = 0
			}
			require.Equal(t, want, to.available(stock[7]))

			to.read(warehouse.Open(t), policy)
			stock[8].Available = "7"
			warehouse.Set(t, stock)
			require.Positive(t, to.read(warehouse.Open(t), policy).Rows)
			require.EqualValues(t, 7, to.available(stock[8]))
			require.Len(t, to.stale(), 1, "another level was read, and this one was not")
			require.Equal(t, want, to.available(stock[7]))

			stock[7].Available = "4"
			warehouse.Set(t, stock)
			to.read(warehouse.Open(t), policy)
			require.Empty(t, to.stale())
			require.EqualValues(t, 4, to.available(stock[7]))
		})
	}
}

// refusesAll: a source of which every row is refused says so row by row, and does not pass for one that has nothing new.
func (s Subject) refusesAll(t *testing.T) {
	stock := Stock(3)
	warehouse, to := s.Start(t, stock), newDepot(t, inventory.RefusedKeep)
	to.read(warehouse.Open(t), inventory.RefusedKeep)
	for i := range stock {
		stock[i].Available = "1e3"
	}
	warehouse.Set(t, stock)
	result := to.read(warehouse.Open(t), inventory.RefusedKeep)
	require.EqualValues(t, 3, result.Rows)
	require.Equal(t, result.Rows, result.Refused)
	require.Len(t, to.stale(), 3)
}

// refusesPlaces: what is no facility refuses its row, which may be of any level of its SKU.
func (s Subject) refusesPlaces(t *testing.T) {
	for name, facility := range map[string]string{"invalid UTF-8": "e\xffast", "NUL": "e\x00ast"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stock := Stock(3)
			stock[1].Facility = facility
			got, _ := whole(t, s.Start(t, stock).Open(t), warehouses.Request{})
			require.Len(t, got.rows, 3)
			_, refusal := inventory.Accept(got.rows[1], inventory.QuantityAvailable)
			require.NotNil(t, refusal)
			require.True(t, refusal.UnreadableFacility || refusal.Facility == "", "the facility is %q", refusal.Facility)
			requireStock(t, []Item{stock[0], stock[2]}, []inventory.Row{got.rows[0], got.rows[2]})
		})
	}
}
