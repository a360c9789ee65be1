package ledger_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger/ledgertest"
)

// TestTheSchemasAreTheSame: each statement is written once for both databases, so both need the same tables, columns and indexes.
func TestTheSchemasAreTheSame(t *testing.T) {
	t.Parallel()
	address := ledgertest.Postgres(t)
	path := filepath.Join(t.TempDir(), "tidemark.db")
	open(t, path)
	// A key column of SQLite is reported as nullable unless it says otherwise, and its truths are numbers.
	lite := ask(t, "sqlite", path, `SELECT t.name || '.' || c.name || CASE c.type WHEN 'TEXT' THEN ' text' WHEN 'BLOB' THEN ' bytes' ELSE ' number' END
		|| CASE WHEN c."notnull" = 1 OR c.pk > 0 THEN '' ELSE ' or null' END || CASE WHEN c.pk > 0 THEN ', key ' || c.pk ELSE '' END
		FROM pragma_table_list t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND t.schema = 'main' AND t.name NOT LIKE 'sqlite%'`)
	post := ask(t, "pgx", address, `SELECT c.table_name || '.' || c.column_name
		|| CASE c.data_type WHEN 'text' THEN ' text' WHEN 'bytea' THEN ' bytes' WHEN 'bigint' THEN ' number' WHEN 'boolean' THEN ' number' ELSE ' ' || c.data_type END
		|| CASE c.is_nullable WHEN 'NO' THEN '' ELSE ' or null' END || COALESCE(', key ' || k.ordinal_position, '')
		FROM information_schema.columns c
		LEFT JOIN information_schema.table_constraints p ON p.table_schema = c.table_schema AND p.table_name = c.table_name AND p.constraint_type = 'PRIMARY KEY'
		LEFT JOIN information_schema.key_column_usage k ON k.constraint_schema = p.constraint_schema
			AND k.constraint_name = p.constraint_name AND k.column_name = c.column_name
		WHERE c.table_schema = 'tidemark'`)
	require.Greater(t, len(lite), 100)
	require.Equal(t, lite, post)

	lite = ask(t, "sqlite", path, `SELECT t.name || ': ' || i.name || CASE WHEN i."unique" = 1 THEN ', unique' ELSE '' END
			|| CASE WHEN i.partial = 1 THEN ', partial' ELSE '' END
		FROM pragma_table_list t JOIN pragma_index_list(t.name) i WHERE t.schema = 'main' AND i.origin = 'c'`)
	post = ask(t, "pgx", address, `SELECT r.relname || ': ' || c.relname || CASE WHEN x.indisunique THEN ', unique' ELSE '' END
			|| CASE WHEN x.indpred IS NOT NULL THEN ', partial' ELSE '' END
		FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid JOIN pg_class r ON r.oid = x.indrelid
		WHERE c.relnamespace = 'tidemark'::regnamespace AND NOT x.indisprimary`)
	require.Greater(t, len(lite), 20)
	require.Equal(t, lite, post)
	require.Empty(t, ask(t, "pgx", address, `SELECT table_name || '.' || column_name FROM information_schema.columns
		WHERE table_schema = 'tidemark' AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C' AND table_name <> 'tidemark_migrations'`),
		"texts that do not compare byte by byte")
}

// ask returns the rows of a query for one text, sorted.
func ask(t *testing.T, driver, location, query string) []string {
	t.Helper()
	db, err := sql.Open(driver, location)
	require.NoError(t, err)
	rows, err := db.QueryContext(t.Context(), query)
	require.NoError(t, err, fmt.Sprint(driver, ": ", query))
	var texts []string
	for rows.Next() {
		var text string
		require.NoError(t, rows.Scan(&text))
		texts = append(texts, text)
	}
	require.NoError(t, rows.Err())
	require.NoError(t, rows.Close())
	require.NoError(t, db.Close())
	slices.Sort(texts)
	return texts
}
