package ledger

import (
	"context"
	"errors"
	"maps"
	"testing"

	"github.com/stretchr/testify/require"
)

// WatchCounts compares the cached counts with the rows after each write of a test. It finds code that changes rows without a new version.
func WatchCounts(t testing.TB, opened Ledger) {
	d := opened.(*database)
	d.committed = func() {
		connections := map[string]bool{}
		rows, err := d.reader.QueryContext(t.Context(), "SELECT id FROM connections UNION SELECT connection FROM channel_levels")
		if err != nil {
			return // the ledger of this test is damaged or closed
		}
		for rows.Next() {
			var id string
			if rows.Scan(&id) == nil {
				connections[id] = true
			}
		}
		if errors.Join(rows.Err(), rows.Close()) != nil {
			return // as above
		}
		for id := range maps.Keys(connections) {
			before, kept, failed := d.versionOf(t, id)
			after, _, err := d.versionOf(t, id)
			counted := map[Status]int64{}
			var places, placesKept []Left
			err = errors.Join(failed, err, d.read(t.Context(), func(now *tx) error {
				var errs [3]error
				counted, errs[0] = now.countRows(t.Context(), id)
				places, errs[1] = now.left(t.Context(), id, now.locations(t, id))
				placesKept, errs[2] = d.byPlace.of(t.Context(), id, before, func(ctx context.Context) ([]Left, error) {
					kept, err := now.rowPlaces(ctx, []string{id})
					if err != nil {
						return nil, err
					}
					return now.left(ctx, id, kept[id])
				})
				return errors.Join(errs[:]...)
			}))
			last, _, lost := d.versionOf(t, id)
			if err == nil && lost == nil && before == after && after == last { // nobody wrote meanwhile
				require.Equal(t, counted, kept, "the rows of %s", id)
				require.Equal(t, places, placesKept, "what %s shows where", id)
			}
		}
	}
}

// locations returns the locations at which a connection has rows.
func (t *tx) locations(test testing.TB, connection string) []string {
	locations, err := t.texts(test.Context(), "SELECT DISTINCT location FROM channel_levels WHERE connection = ? ORDER BY location", connection)
	require.NoError(test, err)
	return locations
}

// versionOf returns the version of a connection's rows, and then their counts.
func (d *database) versionOf(t testing.TB, connection string) (version int64, rows map[Status]int64, err error) {
	err = d.read(t.Context(), func(now *tx) (err error) {
		versions, err := now.rowVersions(t.Context(), []string{connection})
		version = versions[connection]
		return err
	})
	rows, failed := d.StatusCounts(t.Context(), connection)
	return version, rows, errors.Join(err, failed)
}
