package ledger

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Levels of an earlier release get a clock: the source's where the source gave their time, otherwise ours. Confirmed levels stay confirmed.
func TestLevelsOfAnEarlierProgramHaveAClock(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tidemark.db")
	steps, err := migrationsOf("sqlite")
	require.NoError(t, err)
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	run := func(statement string, arguments ...any) {
		t.Helper()
		_, err := db.ExecContext(t.Context(), statement, arguments...)
		require.NoError(t, err, statement)
	}
	run(migrationTable)
	for _, step := range steps[:7] {
		run(step.content)
		run("INSERT INTO tidemark_migrations VALUES (?, ?, ?, 0)", step.version, step.name, step.checksum)
	}
	run("INSERT INTO state (only_one, epoch, ledger) VALUES (1, 'before', 'identity')")
	for _, id := range []string{"depot", "events"} {
		run(`INSERT INTO warehouses (id, merchant, definition, confirmed_at) VALUES (?, 'acme', '{"id":"' || ? || '","merchant":"acme"}', 1000)`, id, id)
	}
	run("INSERT INTO snapshots (warehouse, run, state, began_at) VALUES ('depot', 1, 'recorded', 1000), ('events', 1, 'held', 1000)")
	level := func(warehouse, sku, facility string, reported any, observed, confirmed int64) {
		run(`INSERT INTO levels (warehouse, sku, facility, available, reported_at, observed_at, confirmed, version, recorded_at)
			VALUES (?, ?, ?, 5, ?, ?, ?, 1, 500)`, warehouse, sku, facility, reported, observed, confirmed)
	}
	level("depot", "SEEN", "east", nil, 900, 1)
	level("depot", "LATER", "east", nil, 1100, 1)
	level("depot", "DATED", "west", 1000, 1000, 1)
	level("depot", "OLD", "", 700, 700, 0)
	level("events", "EVENT", "moon", 700, 700, 0)
	run(fmt.Sprintf("PRAGMA application_id = %d", sqliteApplication))
	require.NoError(t, db.Close())

	opened, err := Open(t.Context(), path, time.Now())
	require.NoError(t, err)
	require.NoError(t, opened.Close())
	db, err = sql.Open("sqlite", path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	texts := func(query string) (texts []string) {
		t.Helper()
		rows, err := db.QueryContext(t.Context(), query)
		require.NoError(t, err)
		for rows.Next() {
			var text string
			require.NoError(t, rows.Scan(&text))
			texts = append(texts, text)
		}
		require.NoError(t, rows.Err())
		require.NoError(t, rows.Close())
		return texts
	}
	require.Equal(t, []string{
		"DATED: of 1000, ours 0, received 500, confirmed 0", "EVENT: of 700, ours 0, received 500, confirmed 0",
		"LATER: of 1100, ours 1, received 500, confirmed 0", "OLD: of 700, ours 0, received 500, confirmed 0",
		"SEEN: of 900, ours 1, received 500, confirmed 1",
	}, texts("SELECT sku || ': of ' || observed_at || ', ours ' || ours || ', received ' || received_at || ', confirmed ' || confirmed FROM levels ORDER BY sku"))
	require.Equal(t, []string{"1000, ours 1, received 1000", "1000, ours 1, received 1000"},
		texts("SELECT confirmed_at || ', ours ' || confirmed_ours || ', received ' || confirmed_received FROM warehouses"))
	require.Equal(t, []string{"depot:", "depot:east", "depot:west"}, texts("SELECT warehouse || ':' || facility FROM facilities ORDER BY 1"))
}
