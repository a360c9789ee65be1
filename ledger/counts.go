package ledger

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"sync"
)

// Counting half a million rows takes a tenth of a second, and pages and metrics ask for the counts of every connection each few seconds. Whatever
// changes rows gives the connection's rows a new version in the same transaction, before it changes them; a count is kept with the version that it
// is of, and counts for as long as that is the newest.

// counted is a connection's rows by status, as of a version of them.
type rowCount struct {
	version int64
	rows    map[Status]int64
}

// rowCounts are what this process has counted.
type rowCounts struct {
	mutex sync.Mutex
	known map[string]rowCount
}

func (c *rowCounts) of(connection string, version int64) (map[Status]int64, bool) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	known, found := c.known[connection]
	return maps.Clone(known.rows), found && known.version == version
}

func (c *rowCounts) keep(connection string, found rowCount) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.known == nil {
		c.known = map[string]rowCount{}
	}
	c.known[connection] = rowCount{found.version, maps.Clone(found.rows)}
}

// StatusCounts counts a connection's rows by status. Statuses without rows are absent.
func (d *database) StatusCounts(ctx context.Context, connection string) (map[Status]int64, error) {
	var found rowCount
	err := d.read(ctx, func(t *tx) (err error) {
		if found.version, err = t.rowVersion(ctx, connection); err != nil {
			return err
		}
		var known bool
		if found.rows, known = d.counts.of(connection, found.version); known {
			return nil
		}
		found.rows, err = t.countRows(ctx, connection)
		return err
	})
	if err != nil {
		return nil, err
	}
	d.counts.keep(connection, found)
	return found.rows, nil
}

func (t *tx) rowVersion(ctx context.Context, connection string) (int64, error) {
	var version int64
	err := t.row(ctx, "SELECT version FROM row_versions WHERE connection = ?", connection).Scan(&version)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return version, err
}

func (t *tx) countRows(ctx context.Context, connection string) (map[Status]int64, error) {
	found := map[Status]int64{}
	return found, t.each(ctx, func(row *sql.Rows) error {
		var status Status
		var rows int64
		err := row.Scan(&status, &rows)
		found[status] = rows
		return err
	}, "SELECT status, COUNT(*) FROM channel_levels WHERE connection = ? GROUP BY status", connection)
}

// rowsChange gives the rows of a connection a new version. It comes before the change, in the same transaction.
func (t *tx) rowsChange(ctx context.Context, connection string) error {
	_, err := t.exec(ctx, "INSERT INTO row_versions (connection, version) VALUES (?, 1) ON CONFLICT (connection) DO UPDATE SET version = row_versions.version + 1", connection)
	return err
}

// rowsOfStoreChange is rowsChange for the connections to a store, or to every store when it is empty.
func (t *tx) rowsOfStoreChange(ctx context.Context, store string) error {
	_, err := t.exec(ctx, `INSERT INTO row_versions (connection, version) SELECT id, 1 FROM connections WHERE CAST(? AS TEXT) = '' OR store = ?
		ON CONFLICT (connection) DO UPDATE SET version = row_versions.version + 1`, store, store)
	return err
}
