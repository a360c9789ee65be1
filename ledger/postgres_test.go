package ledger_test

import (
	"net/url"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/ledger/ledgertest"
)

// run runs SQL on a PostgreSQL database without the ledger.
func run(t *testing.T, address string, all ...string) {
	t.Helper()
	connection, err := pgx.Connect(t.Context(), address)
	require.NoError(t, err)
	for _, statement := range all {
		_, err := connection.Exec(t.Context(), statement)
		require.NoError(t, err)
	}
	require.NoError(t, connection.Close(t.Context()))
}

// tables returns the tables of a PostgreSQL database, without the server's own.
func tables(t *testing.T, address string) []string {
	t.Helper()
	connection, err := pgx.Connect(t.Context(), address)
	require.NoError(t, err)
	rows, err := connection.Query(t.Context(), `SELECT schemaname || '.' || tablename FROM pg_tables
		WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`)
	require.NoError(t, err)
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	require.NoError(t, connection.Close(t.Context()))
	return tables
}

// changed returns an address with a part of it changed.
func changed(t *testing.T, address string, change func(u *url.URL, query url.Values)) string {
	t.Helper()
	u, err := url.Parse(address)
	require.NoError(t, err)
	query := u.Query()
	change(u, query)
	u.RawQuery = query.Encode()
	return u.String()
}

func TestPostgresNeverShowsAPassword(t *testing.T) {
	t.Parallel()
	const canary = "canary-pass-9f31"
	address := ledgertest.EmptyPostgres(t)
	run(t, address, "CREATE ROLE guest LOGIN PASSWORD 'another'") // it ends with the server
	for name, location := range map[string]string{
		"a wrong password":        changed(t, address, func(u *url.URL, _ url.Values) { u.User = url.UserPassword("guest", canary) }),
		"a role that is not":      changed(t, address, func(u *url.URL, _ url.Values) { u.User = url.UserPassword("nobody_at_all", canary) }),
		"a database that is not":  changed(t, address, func(u *url.URL, _ url.Values) { u.User, u.Path = url.UserPassword("tidemark", canary), "/nowhere" }),
		"a server that is not":    "postgres://user:" + canary + "@/db?host=" + url.QueryEscape(t.TempDir()),
		"a port that is none":     "postgres://user:" + canary + "@localhost:no/db",
		"an unreadable address":   "postgres://user:" + canary + "@local host:%zz/db",
		"an unknown TLS mode":     "postgresql://user:" + canary + "@localhost/db?sslmode=" + canary,
		"a password in the query": "postgres://user@/db?password=" + canary + "&host=" + url.QueryEscape(t.TempDir()),
		"a setting that is none": changed(t, address, func(u *url.URL, query url.Values) {
			u.User = url.UserPassword("tidemark", canary)
			query.Set("nonsense", canary)
		}),
	} {
		_, err := ledger.Open(t.Context(), location, now)
		require.Error(t, err, name)
		require.NotContains(t, err.Error(), canary, name)
		require.NotErrorIs(t, err, ledger.ErrDamaged, name)
	}
}

func TestPostgresRefusesWhatIsNoLedger(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(t *testing.T) (address string){
		"a schema with other tables": func(t *testing.T) string {
			address := ledgertest.EmptyPostgres(t)
			run(t, address, "CREATE SCHEMA tidemark", "CREATE TABLE tidemark.orders (id int)")
			return address
		},
		"another schema under our name": func(t *testing.T) string {
			address := ledgertest.Postgres(t)
			run(t, address, "UPDATE tidemark.tidemark_migrations SET checksum = 'another'")
			return address
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := spoil(t)
			before := tables(t, address)
			_, err := ledger.Open(t.Context(), address, now)
			require.ErrorIs(t, err, ledger.ErrDamaged)
			require.Equal(t, before, tables(t, address), "nothing was changed")
		})
	}
}

func TestPostgresRefusesANewerSchema(t *testing.T) {
	t.Parallel()
	address := ledgertest.Postgres(t)
	opened := open(t, address)
	require.NoError(t, opened.Check(t.Context()))
	run(t, address, `INSERT INTO tidemark.tidemark_migrations (version, name, checksum, applied_at)
		VALUES (997, 'later', '', 0), (998, 'later', '', 0), (999, 'later', '', 0), (1000, 'latest', '', 0)`)
	require.ErrorIs(t, opened.Check(t.Context()), ledger.ErrNewer, "a program that runs already notices")
	_, err := ledger.Open(t.Context(), address, now)
	require.ErrorIs(t, err, ledger.ErrNewer)
	require.ErrorContains(t, err, "is at version 1000 ", "the newest")
}

func TestPostgresIsOpenedByManyAtOnce(t *testing.T) {
	t.Parallel()
	openTogether(t, ledgertest.EmptyPostgres(t))
}

func TestPostgresKeepsToItsSchema(t *testing.T) {
	t.Parallel()
	address := ledgertest.EmptyPostgres(t)
	run(t, address, "CREATE TABLE public.orders (id int)", "CREATE SCHEMA second")
	first := open(t, address)
	hubRun(t, first)
	second := open(t, changed(t, address, func(_ *url.URL, query url.Values) { query.Set("search_path", "second") }))
	hubs, err := second.Warehouses(t.Context())
	require.NoError(t, err)
	require.Empty(t, hubs, "two ledgers in one database are two")
	for _, table := range tables(t, address) {
		if table != "public.orders" {
			require.Regexp(t, "^(tidemark|second)[.]", table)
		}
	}
	_, err = ledger.Open(t.Context(), changed(t, address, func(_ *url.URL, query url.Values) { query.Set("search_path", "missing") }), now)
	require.Error(t, err)
}
