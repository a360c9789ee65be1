package bench

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // the engine of the floor

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/sandbox"
)

// floor is what the same work costs without Tidemark: a table of levels, into which rows go by one prepared statement for many of them.
type floor struct {
	t  testing.TB
	db *sql.DB
}

// atOnce is how many rows a statement of the floor takes.
const atOnce = 250

func newFloor(t testing.TB) *floor {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "floor.db")+
		"?_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=wal_autocheckpoint(4000)&_pragma=cache_size(-65536)")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	_, err = db.ExecContext(t.Context(), `CREATE TABLE levels (warehouse TEXT NOT NULL, sku TEXT NOT NULL, facility TEXT NOT NULL, available INTEGER NOT NULL,
		on_hand INTEGER, committed INTEGER, reported_at INTEGER, observed_at INTEGER NOT NULL, version INTEGER NOT NULL, recorded_at INTEGER NOT NULL,
		PRIMARY KEY (warehouse, sku, facility)) STRICT, WITHOUT ROWID`)
	require.NoError(t, err)
	return &floor{t, db}
}

// writing is an open transaction of the floor.
type writing struct {
	*floor
	tx         *sql.Tx
	many, each *sql.Stmt
}

func (f *floor) begin() *writing {
	f.t.Helper()
	tx, err := f.db.BeginTx(f.t.Context(), nil)
	require.NoError(f.t, err)
	return &writing{floor: f, tx: tx, many: f.prepare(tx, atOnce), each: f.prepare(tx, 1)}
}

func (f *floor) prepare(tx *sql.Tx, rows int) *sql.Stmt {
	f.t.Helper()
	const place = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	statement, err := tx.PrepareContext(f.t.Context(), "INSERT INTO levels VALUES "+place+strings.Repeat(", "+place, rows-1)+
		` ON CONFLICT (warehouse, sku, facility) DO UPDATE SET available = excluded.available, on_hand = excluded.on_hand, committed = excluded.committed,
		reported_at = excluded.reported_at, observed_at = excluded.observed_at, version = excluded.version, recorded_at = excluded.recorded_at`)
	require.NoError(f.t, err)
	return statement
}

// row is a row of the floor.
type row struct {
	sku, facility string
	available     int64
	onHand        *int64
}

func (w *writing) write(rows []row) {
	w.t.Helper()
	for len(rows) > 0 {
		statement, n := w.each, 1
		if len(rows) >= atOnce {
			statement, n = w.many, atOnce
		}
		values, now := make([]any, 0, 10*n), time.Now().UnixMicro()
		for _, one := range rows[:n] {
			values = append(values, warehouseID, one.sku, one.facility, one.available, one.onHand, nil, nil, now, int64(1), now)
		}
		_, err := statement.ExecContext(w.t.Context(), values...)
		require.NoError(w.t, err)
		rows = rows[n:]
	}
}

func (w *writing) end() {
	w.t.Helper()
	require.NoError(w.t, w.many.Close())
	require.NoError(w.t, w.each.Close())
	require.NoError(w.t, w.tx.Commit())
}

// read reads the depot by the same driver, and upserts its rows in one transaction.
func (f *floor) read(d *depot) {
	f.t.Helper()
	source, err := sandbox.Driver().Open(warehouseID, d.settings(), environment())
	require.NoError(f.t, err)
	writes := f.begin()
	_, err = source.Fetch(f.t.Context(), warehouses.Request{}, func(_ context.Context, page []inventory.Row) error {
		rows := make([]row, len(page))
		for i, one := range page {
			rows[i] = row{one.SKU, one.Facility, *one.Available, one.OnHand}
		}
		writes.write(rows)
		return nil
	})
	require.NoError(f.t, err)
	writes.end()
}

// push makes the calls for n SKUs, and one durable upsert for the rows of each.
func (f *floor) push(d *depot, store *till) {
	f.t.Helper()
	for begin := 0; begin < d.n; begin += batch {
		items, rows := make([]channels.Item, 0, batch), make([]row, 0, batch)
		for i := begin; i < min(begin+batch, d.n); i++ {
			items = append(items, channels.Item{ChannelSKU: sku(i), Quantity: d.figure(i)})
			rows = append(rows, row{sku: sku(i), available: d.figure(i)})
		}
		body, err := store.Encode(items, "key")
		require.NoError(f.t, err)
		_, err = store.Send(f.t.Context(), channels.Call{Key: "key", Body: body, Items: items})
		require.NoError(f.t, err)
		writes := f.begin()
		writes.write(rows)
		writes.end()
	}
}

// catalogue is what row 5 resolves, in memory.
type catalogue struct {
	levels  map[string][]inventory.Level
	bundles []inventory.Bundle
	stores  []string
}

// resolve resolves everything for every store, and returns how many levels there are.
func (c catalogue) resolve(strategy *inventory.Strategy) int {
	resolved := 0
	for _, store := range c.stores {
		one := func(product string, bundle *inventory.Bundle, levels map[string][]inventory.Level) {
			resolved += len(inventory.Resolve(inventory.Input{
				Product: product, Bundle: bundle, Levels: levels, Connection: store, Unlisted: inventory.UnlistedPush, Strategy: strategy, Sharing: c.stores,
			}))
		}
		for sku, levels := range c.levels {
			one(sku, nil, map[string][]inventory.Level{sku: levels})
		}
		for _, bundle := range c.bundles {
			levels := map[string][]inventory.Level{}
			for _, component := range bundle.Components {
				levels[component.SKU] = c.levels[component.SKU]
			}
			one(bundle.SKU, &bundle, levels)
		}
	}
	return resolved
}

// newCatalogue is the levels of a depot, with a bundle of four for every ten of them.
func newCatalogue(d *depot, stores []string) catalogue {
	c := catalogue{levels: make(map[string][]inventory.Level, d.n), stores: stores}
	for i := range d.n {
		c.levels[sku(i)] = []inventory.Level{{SKU: sku(i), Facility: "east", Available: d.figure(i), ReportedAt: time.Time{}}}
		if i%10 == 0 {
			bundle := inventory.Bundle{SKU: "SET-" + sku(i)}
			for k := range 4 {
				bundle.Components = append(bundle.Components, inventory.Component{SKU: sku((i + k) % d.n), Count: int64(1 + k%2)})
			}
			c.bundles = append(c.bundles, bundle)
		}
	}
	return c
}
