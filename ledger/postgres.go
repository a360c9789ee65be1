package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	// postgresSchema is the schema of Tidemark's tables when the address names no search_path.
	postgresSchema = "tidemark"
	// postgresConnections is the size of the pool.
	postgresConnections = 16
	// postgresMigrationLock is the key of the advisory lock that is held while the schema is changed.
	postgresMigrationLock = 0x54696465_6d61726b
)

// postgresSettings are the settings of each session, unless the address has others.
var postgresSettings = map[string]string{
	"application_name":                    "tidemark",
	"search_path":                         postgresSchema,
	"statement_timeout":                   "300s", // the longest statement records a million levels
	"lock_timeout":                        "30s",
	"idle_in_transaction_session_timeout": "60s",
}

// openPostgres opens a ledger in a PostgreSQL database.
func openPostgres(ctx context.Context, location string, now time.Time) (*database, error) {
	config, err := pgx.ParseConfig(location)
	if err != nil {
		// The parser's error may contain the address, and so the password.
		return nil, errors.New("ledger: the PostgreSQL address cannot be read; it looks like postgres://user:password@host:5432/database")
	}
	for name, value := range postgresSettings {
		if _, ok := config.RuntimeParams[name]; !ok {
			config.RuntimeParams[name] = value
		}
	}
	steps, err := migrationsOf("postgres")
	if err != nil {
		return nil, err
	}
	db := stdlib.OpenDB(*config)
	db.SetMaxOpenConns(postgresConnections)
	db.SetMaxIdleConns(postgresConnections)
	if err := preparePostgres(ctx, db, steps, now); err != nil {
		place := fmt.Sprintf("the ledger in PostgreSQL database %s on %s:%d", config.Database, config.Host, config.Port)
		return nil, errors.Join(fmt.Errorf("%s: %w", place, hide(postgresDialect{}.explain(err), config.Password)), db.Close())
	}
	return &database{dialect: postgresDialect{}, writer: db, reader: db, schema: len(steps)}, nil
}

// hide replaces an error that contains the password.
func hide(err error, password string) error {
	if password != "" && strings.Contains(err.Error(), password) {
		return errors.New("it cannot be opened; the reason is not shown because it holds the password")
	}
	return err
}

// preparePostgres checks the database and migrates it.
func preparePostgres(ctx context.Context, db *sql.DB, steps []migration, now time.Time) (err error) {
	connection, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, connection.Close()) }()
	var replica bool
	if err := connection.QueryRowContext(ctx, "SELECT pg_is_in_recovery()").Scan(&replica); err != nil {
		return err
	}
	if replica {
		return errors.New("this server is a replica, which lags; name the primary")
	}
	if _, err := connection.ExecContext(ctx, "BEGIN"); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_, failed := connection.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
			err = errors.Join(err, failed)
		}
	}()
	// The lock ends with the transaction. Another process may take long to migrate, so only the context limits the wait.
	if _, err := connection.ExecContext(ctx, "SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0"); err != nil {
		return err
	}
	if _, err := connection.ExecContext(ctx, "SELECT pg_advisory_xact_lock($1)", int64(postgresMigrationLock)); err != nil {
		return err
	}
	if err := checkPostgresSchema(ctx, connection); err != nil {
		return err
	}
	if err := migrate(ctx, connection, postgresDialect{}.rebind, steps, now); err != nil {
		return err
	}
	_, err = connection.ExecContext(ctx, "COMMIT")
	return err
}

// checkPostgresSchema creates Tidemark's schema when it is missing, and refuses a schema that holds other tables.
func checkPostgresSchema(ctx context.Context, connection *sql.Conn) error {
	var schema sql.NullString
	if err := connection.QueryRowContext(ctx, "SELECT current_schema()").Scan(&schema); err != nil {
		return err
	}
	if !schema.Valid {
		if _, err := connection.ExecContext(ctx, "CREATE SCHEMA IF NOT EXISTS "+postgresSchema); err != nil {
			return fmt.Errorf("the schema %s cannot be made; make it and give this user the right to create tables in it: %w", postgresSchema, err)
		}
		if err := connection.QueryRowContext(ctx, "SELECT current_schema()").Scan(&schema); err != nil {
			return err
		}
		if !schema.Valid {
			return errors.New("the search_path of the address names no schema that exists; make the schema first")
		}
	}
	var tables, ours int
	err := connection.QueryRowContext(ctx,
		"SELECT COUNT(*), COUNT(*) FILTER (WHERE tablename = 'tidemark_migrations') FROM pg_tables WHERE schemaname = current_schema()").
		Scan(&tables, &ours)
	if err != nil {
		return err
	}
	if tables > 0 && ours == 0 {
		return damaged("the schema %s holds %d tables and none of them is Tidemark's; name another with ?search_path= in the address", schema.String, tables)
	}
	return nil
}

// postgresDialect is the dialect of PostgreSQL.
type postgresDialect struct{}

func (postgresDialect) rebind(statement string) string { return numbered(statement, '$') }

func (postgresDialect) part(left int) int { return min(left, 10_000) }

func (postgresDialect) bulk(rows table, statement string, arguments []any) (string, []any) {
	values := make([]any, len(rows.columns))
	parts := make([]string, len(rows.columns))
	for i, column := range rows.columns {
		switch column.kind {
		case text:
			values[i], parts[i] = column.texts, "CAST(? AS text[])"
		case number:
			values[i], parts[i] = column.numbers, "CAST(? AS bigint[])"
		case optional:
			values[i], parts[i] = column.optional, "CAST(? AS bigint[])"
		case truth:
			values[i], parts[i] = column.truths, "CAST(? AS boolean[])"
		}
	}
	return "WITH input (" + rows.names() + ") AS (SELECT * FROM unnest(" + strings.Join(parts, ", ") + ")) " + statement, append(values, arguments...)
}

func (postgresDialect) set() string { return "unnest(CAST(? AS text[])) AS j (value)" }

func (postgresDialect) list(texts []string) any {
	if texts == nil {
		return []string{}
	}
	return texts
}

func (postgresDialect) lock(table string) string { return " FOR UPDATE OF " + table }

func (postgresDialect) walk(column string) string { return "(" + column + " + 0)" }

func (postgresDialect) analyze(table string) string { return "ANALYZE " + table }

// readIsolation lets all statements of a transaction see the same state. With the default, each would see the newest.
func (postgresDialect) readIsolation() sql.IsolationLevel { return sql.LevelRepeatableRead }

// scratch runs a transaction whose commit does not wait for the disk.
func (postgresDialect) scratch(ctx context.Context, db *sql.DB, work func(raw *sql.Tx) error) error {
	raw, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if _, err := raw.ExecContext(ctx, "SET LOCAL synchronous_commit = off"); err != nil {
		return errors.Join(err, ignoreDone(raw.Rollback()))
	}
	return work(raw)
}

// SQLSTATE codes of PostgreSQL (postgresql.org/docs/current/errcodes-appendix.html).
const (
	postgresSerialization = "40001"
	postgresDeadlock      = "40P01"
	postgresDiskFull      = "53100"
	postgresDataCorrupted = "XX001"
	postgresIndexCorrupt  = "XX002"
)

func (postgresDialect) beginAgain(err error) bool {
	var failed *pgconn.PgError
	return errors.As(err, &failed) && (failed.Code == postgresSerialization || failed.Code == postgresDeadlock)
}

func (postgresDialect) explain(err error) error {
	var failed *pgconn.PgError
	if !errors.As(err, &failed) || errors.Is(err, ErrFull) || errors.Is(err, ErrDamaged) {
		return err
	}
	switch failed.Code {
	case postgresDiskFull:
		return fmt.Errorf("%w: %w", ErrFull, err)
	case postgresDataCorrupted, postgresIndexCorrupt:
		return fmt.Errorf("%w: %w; stop every process that uses it and restore a backup, then run starter restored", ErrDamaged, err)
	}
	return err
}
