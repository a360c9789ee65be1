package ledger

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"modernc.org/sqlite"
)

const (
	// sqliteEngine is the oldest allowed version of SQLite. Versions 3.7.0 to 3.51.2 can corrupt a file in WAL mode when two
	// connections write and checkpoint at once (sqlite.org/wal.html#walresetbug).
	sqliteEngine = "3.51.3"
	// sqliteApplication marks a file as a ledger ("Tide").
	sqliteApplication = 0x54696465
	// sqliteReaders is the size of the pool for reading.
	sqliteReaders = 4
	// sqliteOpenPatience is how long an opening process waits for another that migrates or checks the file.
	sqliteOpenPatience = time.Minute
	// sqlitePatience is how long a statement waits for the file's lock.
	sqlitePatience = 5 * time.Second
)

// openSQLite opens a ledger in a file.
func openSQLite(ctx context.Context, location string, now time.Time) (*database, error) {
	return openFile(ctx, location, now, inspectionPace{patience: inspectPatience})
}

func openFile(ctx context.Context, location string, now time.Time, pace inspectionPace) (opened *database, err error) {
	path, err := filepath.Abs(location)
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	dialect := sqliteDialect{folder: filepath.Dir(path)}
	if err := checkEngine(ctx); err != nil {
		return nil, err
	}
	steps, err := migrationsOf("sqlite")
	if err != nil {
		return nil, err
	}
	state, err := inspectFile(path)
	if err == nil {
		err = narrow(path)
	}
	if err == nil && state == fileAbsent {
		err = createFile(ctx, path, steps, now)
	}
	if err == nil && state == fileUnclean {
		err = checkAfterCrash(ctx, path)
	}
	var inspected *inspection
	if err == nil && state != fileAbsent {
		inspected, err = inspect(path, pace)
	}
	defer func() {
		if err != nil {
			_ = inspected.stop() // the error contains its result
		}
	}()
	if err == nil {
		err = migrateFile(ctx, path, "rw", steps, now)
	}
	if err != nil {
		return nil, fmt.Errorf("the ledger %s: %w", Shown(path), dialect.explain(err))
	}
	writer, err := openKeeping(sqliteAddress(path, "rw", sqlitePatience, "cache_size(-65536)"))
	if err != nil {
		return nil, fmt.Errorf("the ledger %s: %w", Shown(path), err)
	}
	writer.SetMaxOpenConns(1)
	reader, err := openKeeping(sqliteAddress(path, "rw", sqlitePatience, "cache_size(-16384)", "query_only(1)"))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the ledger %s: %w", Shown(path), err), writer.Close())
	}
	reader.SetMaxOpenConns(sqliteReaders)
	reader.SetMaxIdleConns(sqliteReaders)
	return &database{
		dialect: dialect, writer: writer, reader: reader, schema: len(steps),
		generationFile: path + generationSuffix, inspection: inspected,
	}, nil
}

// openKeeping opens a pool of connections that keep their prepared statements.
func openKeeping(address string) (*sql.DB, error) {
	connector, err := sqlite.NewConnector(address)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(keepStatements{connector}), nil
}

// sqliteAddress returns the driver's address for a path. Every transaction that may write takes the write lock at its beginning. One that
// reads first and writes later would fail at once, whatever the timeout, when another process wrote in between.
func sqliteAddress(path, mode string, patience time.Duration, pragmas ...string) string {
	query := url.Values{
		"mode":    {mode},
		"_txlock": {"immediate"},
		"_pragma": append([]string{
			fmt.Sprintf("busy_timeout(%d)", patience.Milliseconds()), "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)",
			"wal_autocheckpoint(4000)", "journal_size_limit(67108864)",
		}, pragmas...),
	}
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: query.Encode()}).String()
}

// checkEngine refuses an engine with a known corruption bug.
func checkEngine(ctx context.Context) error {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	defer func() { _ = db.Close() }() // nothing was written
	var version string
	if err := db.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version); err != nil {
		return fmt.Errorf("ledger: the SQLite engine does not answer: %w", err)
	}
	return checkEngineVersion(version)
}

func checkEngineVersion(version string) error {
	var have, need [3]int
	_, err := fmt.Sscanf(version, "%d.%d.%d", &have[0], &have[1], &have[2])
	if err != nil {
		return fmt.Errorf("ledger: the SQLite engine calls itself %q: %w", version, err)
	}
	if _, err := fmt.Sscanf(sqliteEngine, "%d.%d.%d", &need[0], &need[1], &need[2]); err != nil {
		return err
	}
	for i := range have {
		if have[i] != need[i] {
			if have[i] < need[i] {
				return fmt.Errorf("ledger: the SQLite engine is %s, and those before %s can corrupt a ledger; "+
					"build with a newer modernc.org/sqlite", version, sqliteEngine)
			}
			return nil
		}
	}
	return nil
}

// sqliteDialect is the dialect of SQLite.
type sqliteDialect struct {
	folder string // the file's folder; empty when explain need not tell a full disk from other faults
}

func (sqliteDialect) rebind(statement string) string { return statement }

// sqliteParts are the sizes of the parts in which rows are passed. There are few, so that each statement is prepared for few sizes. The
// largest stays below SQLite's 32,766 arguments at 20 columns.
var sqliteParts = []int{250, 64, 16, 4, 1}

func (sqliteDialect) part(left int) int {
	for _, size := range sqliteParts {
		if size <= left {
			return size
		}
	}
	return left
}

// bulk numbers the statement's own arguments before those of the rows. While SQLite plans, it looks at the arguments that columns are compared
// with, and it plans again when such an argument changes to or from 0 or 1. It distinguishes only the first 31 arguments and treats all others
// as one. So the arguments that are compared must come before the figures of the rows.
func (sqliteDialect) bulk(rows table, statement string, arguments []any) (string, []any) {
	values := make([]any, 0, len(arguments)+rows.rows*len(rows.columns))
	values = append(values, arguments...)
	for i := range rows.rows {
		for _, column := range rows.columns {
			switch column.kind {
			case text:
				values = append(values, column.texts[i])
			case number:
				values = append(values, column.numbers[i])
			case optional:
				if column.optional[i] == nil {
					values = append(values, nil)
				} else {
					values = append(values, *column.optional[i])
				}
			case truth:
				values = append(values, column.truths[i])
			}
		}
	}
	others := strings.Repeat(", ?", len(rows.columns)-1) + ")"
	return fmt.Sprintf("WITH input (%s) AS (VALUES (?%d%s%s) %s", rows.names(), len(arguments)+1, others,
		strings.Repeat(", (?"+others, rows.rows-1), numbered(statement, '?')), values
}

func (sqliteDialect) set() string { return "json_each(?) AS j" }

func (sqliteDialect) list(texts []string) any {
	content, err := json.Marshal(texts)
	if err != nil {
		panic("ledger: texts cannot be written as JSON: " + err.Error())
	}
	if texts == nil {
		return "[]"
	}
	return string(content)
}

// lock is empty, because a write locks the whole file from its beginning.
func (sqliteDialect) lock(string) string { return "" }

func (sqliteDialect) walk(column string) string { return "+" + column }

func (sqliteDialect) analyze(string) string { return "" }

func (sqliteDialect) readIsolation() sql.IsolationLevel { return sql.LevelDefault }

// scratch runs a transaction whose commit does not wait for the disk. The log is written in order, so the next commit that waits makes
// this one durable too.
func (sqliteDialect) scratch(ctx context.Context, db *sql.DB, work func(raw *sql.Tx) error) (err error) {
	connection, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, connection.Close()) }()
	if _, err := connection.ExecContext(ctx, "PRAGMA synchronous = NORMAL"); err != nil {
		return err
	}
	defer func() {
		if _, failed := connection.ExecContext(context.WithoutCancel(ctx), "PRAGMA synchronous = FULL"); failed != nil {
			// The connection would go on without waiting for the disk, so it must not be used again.
			err = errors.Join(err, failed, ignoreBad(connection.Raw(func(any) error { return driver.ErrBadConn })))
		}
	}()
	raw, err := connection.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	return work(raw)
}

func ignoreBad(err error) error {
	if errors.Is(err, driver.ErrBadConn) {
		return nil
	}
	return err
}

func (sqliteDialect) beginAgain(error) bool { return false }

// Result codes of SQLite (sqlite.org/rescode.html). The lowest byte of a code is the primary code.
const (
	sqliteError      = 1
	sqliteBusy       = 5
	sqliteReadOnly   = 8
	sqliteIO         = 10
	sqliteCorrupt    = 11
	sqliteFull       = 13
	sqliteCannotOpen = 14
	sqliteNotADB     = 26

	sqliteIORead      = sqliteIO | 1<<8
	sqliteIOShortRead = sqliteIO | 2<<8
)

func (d sqliteDialect) explain(err error) error {
	if err == nil || errors.Is(err, ErrFull) || errors.Is(err, ErrDamaged) {
		return err
	}
	var failed *sqlite.Error
	if isFull(err) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	} else if !errors.As(err, &failed) {
		return err
	}
	return explainCode(failed.Code(), err, func() bool { return noRoom(d.folder) })
}

// explainCode adds the meaning of a code of SQLite to an error. When a code says only that something was not written, it calls full to
// find out whether the disk is full.
func explainCode(code int, err error, full func() bool) error {
	switch code & 0xff {
	case sqliteFull:
		return fmt.Errorf("%w: %w", ErrFull, err)
	case sqliteIO: // the log, its shared memory or the file; an exhausted disk quota has this code too
		if code != sqliteIORead && code != sqliteIOShortRead && full() {
			return fmt.Errorf("%w: %w", ErrFull, err)
		}
	case sqliteCorrupt, sqliteNotADB:
		return fmt.Errorf("%w: %w; stop every process that uses it and %s", ErrDamaged, err, restoreAdvice)
	case sqliteBusy:
		return fmt.Errorf("ledger: another process holds the file's lock for too long: %w", err)
	case sqliteReadOnly, sqliteCannotOpen:
		if full() {
			return fmt.Errorf("%w: %w", ErrFull, err)
		}
		return fmt.Errorf("ledger: the file cannot be written; check its owner, its folder and the file system: %w", err)
	}
	return err
}
