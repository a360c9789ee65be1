package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"modernc.org/sqlite"
)

// planned returns a counter of the statements that SQLite plans on the writer's connection.
func planned(t *testing.T, d *database) *atomic.Int64 {
	t.Helper()
	count := &atomic.Int64{}
	connection, err := d.writer.Conn(t.Context())
	require.NoError(t, err)
	defer func() { require.NoError(t, connection.Close()) }()
	require.NoError(t, connection.Raw(func(opened any) error {
		authorizer, ok := opened.(*keptConnection).Unwrap().(sqlite.AuthorizerRegisterer)
		if !ok {
			return errors.New("the driver does not report what it plans")
		}
		return authorizer.RegisterAuthorizer(func(sqlite.AuthorizerActionCode, string, string, string, string) sqlite.AuthorizerReturnCode {
			count.Add(1)
			return sqlite.AuthorizerOK
		})
	}))
	return count
}

func openKept(t *testing.T) *database {
	t.Helper()
	d, err := openSQLite(t.Context(), filepath.Join(t.TempDir(), "ledger.db"), time.Now())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	return d
}

// A statement for many rows is planned once, whatever figures the rows hold. For figures that change to or from 0 and 1, SQLite would plan
// again if the arguments were in another order.
func TestBulkIsPlannedOnce(t *testing.T) {
	t.Parallel()
	d := openKept(t)
	count := planned(t, d)
	write := func(figure int64) {
		input := newTable(319) // 250 + 64 + 4 + 1
		days, skus, calls := input.numbers("day"), input.texts("channel_sku"), input.numbers("calls")
		for i := range days {
			days[i], skus[i], calls[i] = int64(i), fmt.Sprint("SKU-", i), figure*int64(i%3)
		}
		require.NoError(t, d.write(t.Context(), func(t *tx) error {
			_, err := t.bulk(context.Background(), *input, `INSERT INTO item_days (store, day, channel_sku, calls)
				SELECT CAST(? AS TEXT), day, channel_sku, calls FROM input WHERE TRUE
				ON CONFLICT (store, day, channel_sku) DO UPDATE SET calls = item_days.calls + excluded.calls`, "shop")
			if err == nil {
				_, err = t.bulk(context.Background(), *input, `UPDATE item_days AS d SET calls = i.calls FROM input i
					WHERE d.store = ? AND d.day = i.day AND d.channel_sku = i.channel_sku`, "shop")
			}
			return err
		}))
	}
	write(5)
	write(1) // the first change of a figure to 0 or 1 may cause one more plan
	require.Positive(t, count.Load())
	before := count.Load()
	for figure := range int64(4) {
		write(figure)
	}
	const bounds = 2 // BEGIN and COMMIT of a transaction
	require.LessOrEqual(t, count.Load()-before, int64(4*bounds), "statements were planned again")
	var sum int64
	require.NoError(t, d.read(t.Context(), func(r *tx) error {
		return r.row(t.Context(), "SELECT SUM(calls) FROM item_days WHERE store = ?", "shop").Scan(&sum)
	}))
	require.Equal(t, int64(3*318), sum)
}

// A connection with cached statements gets the right durability for each write: scratch rows do not wait for the disk, and all other rows
// do.
func TestKeptStatementsAndDurability(t *testing.T) {
	t.Parallel()
	d := openKept(t)
	for range 3 {
		require.NoError(t, d.writeScratch(t.Context(), func(r *tx) error {
			require.Equal(t, 1, synchronous(t, r), "NORMAL")
			_, err := r.exec(t.Context(), "UPDATE state SET definitions = definitions")
			return err
		}))
		require.NoError(t, d.write(t.Context(), func(r *tx) error {
			require.Equal(t, 2, synchronous(t, r), "FULL")
			return nil
		}))
	}
}

func synchronous(t *testing.T, r *tx) (level int) {
	t.Helper()
	require.NoError(t, r.row(t.Context(), "PRAGMA synchronous").Scan(&level))
	return level
}

// A query may run again while its rows are being read.
func TestKeptStatementInUse(t *testing.T) {
	t.Parallel()
	d := openKept(t)
	require.NoError(t, d.write(t.Context(), func(r *tx) error {
		const numbers = "SELECT j.value FROM json_each(?) AS j"
		var pairs []int
		err := r.each(t.Context(), func(outer *sql.Rows) error {
			var a int
			if err := outer.Scan(&a); err != nil {
				return err
			}
			return r.each(t.Context(), func(inner *sql.Rows) error {
				var b int
				err := inner.Scan(&b)
				pairs = append(pairs, 10*a+b)
				return err
			}, numbers, "[1,2]")
		}, numbers, "[1,2]")
		require.Equal(t, []int{11, 12, 21, 22}, pairs)
		return err
	}))
}

// A connection caches a bounded number of statements, and none that has failed.
func TestKeptStatementsAreBounded(t *testing.T) {
	t.Parallel()
	d := openKept(t)
	require.NoError(t, d.write(t.Context(), func(r *tx) error {
		for i := range 3 * maximumStatements {
			var selected int
			require.NoError(t, r.row(t.Context(), fmt.Sprintf("SELECT %d", i)).Scan(&selected))
			require.Equal(t, i, selected)
		}
		_, err := r.exec(t.Context(), "INSERT INTO facilities (warehouse, facility) VALUES (?, ?)", "depot", "east")
		require.NoError(t, err)
		_, err = r.exec(t.Context(), "INSERT INTO facilities (warehouse, facility) VALUES (?, ?)", "depot", "east")
		require.ErrorContains(t, err, "UNIQUE")
		_, err = r.exec(t.Context(), "INSERT INTO facilities (warehouse, facility) VALUES (?, ?)", "depot", "west")
		return err
	}))
	connection, err := d.writer.Conn(t.Context())
	require.NoError(t, err)
	defer func() { require.NoError(t, connection.Close()) }()
	require.NoError(t, connection.Raw(func(opened any) error {
		kept := opened.(*keptConnection)
		require.LessOrEqual(t, len(kept.kept), maximumStatements)
		require.Len(t, kept.kept, kept.order.Len())
		for element := kept.order.Front(); element != nil; element = element.Next() {
			require.False(t, element.Value.(*keptStatement).used)
		}
		return nil
	}))
}

// A cancelled write leaves the ledger usable.
func TestKeptStatementIsCancelled(t *testing.T) {
	t.Parallel()
	d := openKept(t)
	const long = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT COUNT(*) FROM n"
	for _, last := range []int{10, 1 << 40, 10} {
		ctx, cancel := context.WithCancel(t.Context())
		if last > 10 {
			cancel()
		}
		var count int
		err := d.write(ctx, func(r *tx) error { return r.row(ctx, long, last).Scan(&count) })
		if last > 10 {
			require.ErrorIs(t, err, context.Canceled)
		} else {
			require.NoError(t, err)
			require.Equal(t, last, count)
		}
		cancel()
	}
}
