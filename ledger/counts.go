package ledger

import (
	"context"
	"database/sql"
	"maps"
	"sync"
)

// Counting half a million rows takes a tenth of a second, and the pages and the metrics ask for the counts of every connection
// every few seconds. So counts are cached. A transaction that changes rows of a connection first gives these rows a new version;
// a cached count holds the version that it was made at, and is used for as long as that is the newest.

// keptCounts caches this process's counts of connections' rows.
type keptCounts[T any] struct {
	mutex sync.Mutex
	kept  map[string]keptCount[T]
}

// keptCount is a count as of a version of a connection's rows.
type keptCount[T any] struct {
	version int64
	count   T
}

// of returns the cached count of a key, or calls count when the cached one is of another version. The key names what is counted.
// It must be called in the transaction that read the version. The caller must not change the result.
func (k *keptCounts[T]) of(ctx context.Context, key string, version int64, count func(context.Context) (T, error)) (T, error) {
	k.mutex.Lock()
	kept, ok := k.kept[key]
	k.mutex.Unlock()
	if ok && kept.version == version {
		return kept.count, nil
	}
	counted, err := count(ctx)
	if err != nil {
		return *new(T), err
	}
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if k.kept == nil {
		k.kept = map[string]keptCount[T]{}
	}
	k.kept[key] = keptCount[T]{version, counted}
	return counted, nil
}

// StatusCounts counts a connection's rows by status. Statuses without rows are absent.
func (d *database) StatusCounts(ctx context.Context, connection string) (map[Status]int64, error) {
	var counts map[Status]int64
	err := d.read(ctx, func(t *tx) error {
		versions, err := t.rowVersions(ctx, []string{connection})
		if err != nil {
			return err
		}
		rows, err := d.rowsByStatus(ctx, t, connection, versions[connection])
		counts = maps.Clone(rows)
		return err
	})
	return counts, err
}

// rowsByStatus counts a connection's rows, which have the given version, by status. The caller must not change the result.
func (d *database) rowsByStatus(ctx context.Context, t *tx, connection string, version int64) (map[Status]int64, error) {
	return d.byStatus.of(ctx, connection, version, func(ctx context.Context) (map[Status]int64, error) { return t.countRows(ctx, connection) })
}

// rowVersions returns the versions of connections' rows, by connection. A connection whose rows never changed is absent, which means 0.
func (t *tx) rowVersions(ctx context.Context, connections []string) (map[string]int64, error) {
	versions := map[string]int64{}
	return versions, t.each(ctx, func(row *sql.Rows) error {
		var connection string
		var version int64
		err := row.Scan(&connection, &version)
		versions[connection] = version
		return err
	}, "SELECT connection, version FROM row_versions WHERE connection IN (SELECT j.value FROM "+t.dialect.set()+")",
		t.dialect.list(connections))
}

func (t *tx) countRows(ctx context.Context, connection string) (map[Status]int64, error) {
	counts := map[Status]int64{}
	return counts, t.each(ctx, func(row *sql.Rows) error {
		var status Status
		var rows int64
		err := row.Scan(&status, &rows)
		counts[status] = rows
		return err
	}, "SELECT status, COUNT(*) FROM channel_levels WHERE connection = ? GROUP BY status", connection)
}

// rowsChange gives the rows of a connection a new version. It must run before the change, in the same transaction.
func (t *tx) rowsChange(ctx context.Context, connection string) error {
	_, err := t.exec(ctx, `INSERT INTO row_versions (connection, version) VALUES (?, 1)
		ON CONFLICT (connection) DO UPDATE SET version = row_versions.version + 1`, connection)
	return err
}

// rowsOfStoreChange is rowsChange for all connections of a store, or of every store when the name is empty.
func (t *tx) rowsOfStoreChange(ctx context.Context, store string) error {
	_, err := t.exec(ctx, `INSERT INTO row_versions (connection, version) SELECT id, 1 FROM connections WHERE CAST(? AS TEXT) = '' OR store = ?
		ON CONFLICT (connection) DO UPDATE SET version = row_versions.version + 1`, store, store)
	return err
}
