package warehousetest

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/warehouses"
)

// Intake is a way by which the rows of a warehouse come into a ledger: they are fetched by a driver, or the warehouse sends them. On each a
// refused row is counted, marks its level, and stops no other.
type Intake struct {
	// Open opens the way into a ledger of its own, of the warehouse "depot", whose guard holds nothing. What a full snapshot leaves out
	// counts as 0 there.
	Open func(t *testing.T, refused inventory.RefusedPolicy) Road
	// GivesBack is true where rows of which every one is refused are given back to their sender as they are, and nothing of them counts.
	GivesBack bool
}

// Road is such a way, opened.
type Road interface {
	// Ledger is where the rows come to.
	Ledger() ledger.Ledger
	// Bring brings rows, later than those that came before, and returns what who asked for them, or sent them, is told.
	Bring(t *testing.T, stock []Item) Brought
}

// Brought is what became of rows that were brought.
type Brought struct {
	Rows, Refused int64
	Unchanged     bool // nothing new was read
	Failed        bool // who sent them is told that they are refused
}

// RunRefusals tests a way by which rows come: what is refused on it is never silent.
func RunRefusals(t *testing.T, intake Intake) {
	t.Helper()
	for _, policy := range []inventory.RefusedPolicy{inventory.RefusedKeep, inventory.RefusedZero} {
		t.Run("a refused row marks its level, "+string(policy), func(t *testing.T) {
			t.Parallel()
			intake.marks(t, policy)
		})
	}
	t.Run("every row is refused", func(t *testing.T) {
		t.Parallel()
		intake.refusesAll(t)
	})
}

// unreadableFigure is a figure that no form may let through.
const unreadableFigure = "1e3"

// marks: a level is stale from when its row is refused until it is read, whatever comes in between; a row that is of no level that anybody
// could name is counted; a level that was never read is named; and what stands beside them is read.
func (i Intake) marks(t *testing.T, policy inventory.RefusedPolicy) {
	stock := Stock(20)
	stock[7].Available, stock[8].Available = "5", "6"
	stock[9].Available, stock[10].Available = "9", "10"
	stock[12].SKU = stock[7].SKU // in another facility
	road := i.Open(t, policy)
	require.Equal(t, Brought{Rows: 20}, road.Bring(t, stock))
	require.Empty(t, stale(t, road))

	stock[7].Available, stock[9].Available = unreadableFigure, "19"
	require.EqualValues(t, 1, road.Bring(t, stock).Refused)
	want := int64(5)
	if policy == inventory.RefusedZero {
		want = 0
	}
	requireStale := func(rest int) {
		t.Helper()
		levels := stale(t, road)
		require.Len(t, levels, 1+rest, "the level that the row names, and no other")
		require.Equal(t, []string{stock[7].SKU, stock[7].Facility}, []string{levels[0].SKU, levels[0].Facility})
		require.Equal(t, new(int64(5)), levels[0].Read, "its last figure that was read")
		require.NotEmpty(t, levels[0].Reason)
		require.Equal(t, want, available(t, road, stock[7]))
	}
	requireStale(0)
	require.EqualValues(t, 19, available(t, road, stock[9]), "a row beside it")

	road.Bring(t, stock)
	requireStale(0)
	stock[8].Available = "7"
	require.Positive(t, road.Bring(t, stock).Rows)
	requireStale(0)
	require.EqualValues(t, 7, available(t, road, stock[8]), "another level is read, and this one is not")

	stock = append(stock, Item{SKU: "SKU-NEW", Facility: "east", Available: unreadableFigure}, Item{SKU: "a\x00b", Facility: "east", Available: "1"})
	stock[10].Available = "11"
	require.Contains(t, []int64{2, 3}, road.Bring(t, stock).Refused, "two that are new; who tells only what changed says no more")
	requireStale(1)
	marked := stale(t, road)
	require.Equal(t, "SKU-NEW", marked[1].SKU)
	require.Nil(t, marked[1].Read, "no row of it was ever read")
	require.NotEmpty(t, marked[1].Reason)
	require.EqualValues(t, 11, available(t, road, stock[10]))
	count, err := road.Ledger().CountStale(t.Context(), "depot")
	require.NoError(t, err)
	require.EqualValues(t, 1, count.Levels)
	require.EqualValues(t, 1, count.Unread)

	stock = stock[:21]
	stock[7].Available, stock[20].Available = "4", "8"
	require.Zero(t, road.Bring(t, stock).Refused)
	require.Empty(t, stale(t, road))
	require.EqualValues(t, 4, available(t, road, stock[7]))
	require.EqualValues(t, 8, available(t, road, stock[20]))
}

// refusesAll: rows of which every one is refused are no success, and do not pass for nothing new.
func (i Intake) refusesAll(t *testing.T) {
	stock := Stock(3)
	road := i.Open(t, inventory.RefusedKeep)
	road.Bring(t, stock)
	for at := range stock {
		stock[at].Available = unreadableFigure
	}
	got := road.Bring(t, stock)
	if i.GivesBack {
		require.Equal(t, Brought{Failed: true}, got)
		require.Empty(t, stale(t, road))
		return
	}
	require.Equal(t, int64(3), got.Rows)
	require.Equal(t, got.Rows, got.Refused, "workflows.withRefusals makes a failure of it")
	require.Len(t, stale(t, road), 3)
	for at, item := range Stock(3) {
		require.EqualValues(t, at, available(t, road, item), "it keeps its figure")
	}
}

// stale are the levels whose last row was refused.
func stale(t *testing.T, road Road) []ledger.StaleLevel {
	t.Helper()
	levels, err := road.Ledger().StaleLevels(t.Context(), "depot", "", ledger.Page{Limit: 1000})
	require.NoError(t, err)
	return levels
}

func available(t *testing.T, road Road, item Item) int64 {
	t.Helper()
	rows, err := road.Ledger().Levels(t.Context(), "depot", item.SKU, ledger.Page{})
	require.NoError(t, err)
	rows = slices.DeleteFunc(rows, func(row ledger.LevelRow) bool { return row.Facility != item.Facility })
	require.Len(t, rows, 1)
	return rows[0].Available
}

// fetching is the road of a driver: a ledger that its source is read into, as the activity of a fetch does it.
type fetching struct {
	state     ledger.Ledger
	lease     ledger.Lease
	start     func(t testing.TB, stock []Item) Warehouse
	warehouse Warehouse // from when it has a stock
	cursor    string
	now       time.Time
}

// intake is that of what a driver fetches.
func (s Subject) intake() Intake {
	return Intake{Open: func(t *testing.T, refused inventory.RefusedPolicy) Road {
		t.Helper()
		f := &fetching{start: s.Start, now: time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)}
		f.open(t, refused)
		return f
	}}
}

func (f *fetching) open(t *testing.T, refused inventory.RefusedPolicy) {
	t.Helper()
	state, err := ledger.Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"), f.now)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, state.Close()) })
	_, err = state.Apply(t.Context(), ledger.Definitions{
		Warehouses:  []ledger.Warehouse{{ID: "depot", Merchant: "acme", Driver: "source", Refused: refused, Missing: inventory.MissingZero}},
		Stores:      []ledger.Store{{ID: "shop", Merchant: "acme", Driver: "sandbox"}},
		Connections: []ledger.Connection{{ID: "shop", Merchant: "acme", Warehouse: "depot", Store: "shop", Enabled: true}},
	}, ledger.ApplyOptions{})
	require.NoError(t, err)
	granted, err := state.Begin(t.Context(), ledger.Claim{
		Connection: "shop", Mode: ledger.Smart, Trigger: ledger.TriggerSchedule, Workflow: "w", WorkflowRun: "r",
		Now: f.now,
	})
	require.NoError(t, err)
	f.state, f.lease = state, granted.Lease
}

// Ledger is where the rows come to.
func (f *fetching) Ledger() ledger.Ledger { return f.state }

// Bring has the warehouse hold a stock, and reads what is new of it.
func (f *fetching) Bring(t *testing.T, stock []Item) Brought {
	t.Helper()
	if f.warehouse == nil {
		f.warehouse = f.start(t, stock)
	} else {
		f.warehouse.Set(t, stock)
	}
	f.now = f.now.Add(time.Minute)
	id, err := f.state.Stage(t.Context(), f.lease, ledger.SnapshotStart{Warehouse: "depot", Now: f.now})
	require.NoError(t, err)
	got, snapshot := whole(t, f.warehouse.Open(t), warehouses.Request{Cursor: f.cursor})
	if snapshot.Unchanged {
		require.NoError(t, f.state.Discard(t.Context(), id))
		return Brought{Unchanged: true}
	}
	var levels []inventory.Level
	var refusals []inventory.Refusal
	for _, row := range got.rows {
		if level, refusal := inventory.Accept(row, inventory.QuantityAvailable); refusal != nil {
			require.NotEmpty(t, refusal.Place)
			require.NotEmpty(t, refusal.Reason)
			refusals = append(refusals, *refusal)
		} else {
			levels = append(levels, level)
		}
	}
	require.NoError(t, f.state.StageRows(t.Context(), id, levels, refusals))
	warehouse, err := f.state.Warehouse(t.Context(), "depot")
	require.NoError(t, err)
	result, err := f.state.Record(t.Context(), f.lease, id, ledger.SnapshotEnd{
		Full: snapshot.Full, Rows: snapshot.Rows, SourceCursor: snapshot.Cursor, From: snapshot.From, Refused: warehouse.Refused, Missing: warehouse.Missing,
		Guard: ledger.Guard{MaximumRefused: 1, MaximumMissing: 1}, Now: f.now,
	})
	require.NoError(t, err)
	require.Empty(t, result.Held)
	f.cursor = snapshot.Cursor
	return Brought{Rows: result.Rows, Refused: result.Refused}
}
