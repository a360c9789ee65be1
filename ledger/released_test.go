package ledger_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // opens the databases
	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger/ledgertest"
)

// TestLedgersOfEarlierReleases: after today's program has brought the schema of an earlier release's ledger up to date, each row of each table is
// still there, in the columns that existed then. The stored figures agree with a recount, and the calls in progress are open, with
// everything that is needed to complete them.
func TestLedgersOfEarlierReleases(t *testing.T) {
	t.Parallel()
	for _, left := range ledgertest.ReleasedLedgers(t, "testdata/released") {
		t.Run(left.Release+"_on_"+left.Database, func(t *testing.T) {
			t.Parallel()
			location := left.Load(t, ledgertest.ReleasedBox)
			before := everyTable(t, left.Database, location)
			opened := open(t, location)
			after := everyTable(t, left.Database, location)
			for name, was := range before {
				is, there := after[name]
				require.True(t, there, "the table %s is gone", name)
				require.Equal(t, was.of(was.columns), is.of(was.columns), name)
			}

			recount, err := opened.Recount(t.Context())
			require.NoError(t, err)
			require.Empty(t, recount.Wrong)
			connections, err := opened.Connections(t.Context())
			require.NoError(t, err)
			require.Len(t, connections, 4)
			for _, connection := range connections {
				require.True(t, connection.Active(), connection.ID)
			}
			hanging, err := opened.OpenCalls(t.Context(), "shop")
			require.NoError(t, err)
			require.Len(t, hanging, 1)
			call, err := opened.OpenCall(t.Context(), "shop", hanging[0].Key)
			require.NoError(t, err)
			require.NotEmpty(t, call.Body, "it is sent again as it was")
			require.NotEmpty(t, call.Items)
			taken, err := opened.OpenCalls(t.Context(), "outlet")
			require.NoError(t, err)
			require.Len(t, taken, 1)
			require.NotEmpty(t, taken[0].Ticket, "the store is asked for what became of it")
			restored, err := opened.Watch(t.Context(), now)
			require.NoError(t, err)
			require.Empty(t, restored, "it is not taken for a backup")
		})
	}
}

// tableContent holds the rows of a table, each as the texts of its columns.
type tableContent struct {
	columns []string
	rows    [][]string
}

// of returns the rows in some columns, sorted.
func (c tableContent) of(columns []string) (rows []string) {
	for _, row := range c.rows {
		var texts []string
		for _, column := range columns {
			if at := slices.Index(c.columns, column); at >= 0 {
				texts = append(texts, column+": "+row[at])
			}
		}
		rows = append(rows, strings.Join(texts, ", "))
	}
	slices.Sort(rows)
	return rows
}

// everyTable reads a ledger without its own code.
func everyTable(t *testing.T, database, location string) map[string]tableContent {
	t.Helper()
	driver, list := "sqlite", "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
	if database == "postgres" {
		driver, list = "pgx", "SELECT 'tidemark.' || tablename FROM pg_tables WHERE schemaname = 'tidemark'"
	}
	db, err := sql.Open(driver, location)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	read := func(query string) (content tableContent) {
		t.Helper()
		rows, err := db.QueryContext(t.Context(), query)
		require.NoError(t, err)
		defer func() { _ = rows.Close() }()
		content.columns, err = rows.Columns()
		require.NoError(t, err)
		for rows.Next() {
			values := make([]any, len(content.columns))
			for i := range values {
				values[i] = new(any)
			}
			require.NoError(t, rows.Scan(values...))
			row := make([]string, len(values))
			for i, value := range values {
				row[i] = fmt.Sprint(*value.(*any))
			}
			content.rows = append(content.rows, row)
		}
		require.NoError(t, rows.Err())
		return content
	}
	tables := map[string]tableContent{}
	for _, row := range read(list).rows {
		if name := strings.TrimPrefix(row[0], "tidemark."); name != "tidemark_migrations" {
			tables[name] = read("SELECT * FROM " + row[0])
		}
	}
	return tables
}
