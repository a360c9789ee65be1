package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/tidemark/tidemark/crash"
)

// database is the ledger over SQL. Everything that the two databases have in common, which is nearly everything, is
// written once against it; what differs is in dialect.
type database struct {
	dialect dialect
	// writer and reader are one pool on PostgreSQL. On SQLite the writer is a single connection, so that writes queue in
	// this process instead of failing on the file's lock, and readers never wait for it.
	writer, reader *sql.DB
	schema         int // the newest migration of this program

	inspection *inspection // of a SQLite file that was there; nil otherwise

	generationFile string       // the path of a SQLite ledger's generation file; empty for PostgreSQL
	moved          atomic.Int64 // when this process last moved the generation, in microseconds

	byStatus  keptCounts[map[Status]int64]
	byPlace   keptCounts[[]Left]
	committed func() // after each write; nil but in tests
}

// tx is a transaction in either dialect. Statements are written with ? for arguments.
type tx struct {
	raw     *sql.Tx
	dialect dialect
}

// deadlockTries bounds how often a transaction is begun anew after the database itself asked for that.
const deadlockTries = 4

// write runs a transaction that holds what it wrote on disk when it returns nil. work may run more than once.
func (d *database) write(ctx context.Context, work func(t *tx) error) error {
	return d.attempt(ctx, func() error {
		raw, err := d.writer.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		err = d.finish(raw, func(t *tx) error {
			if err := work(t); err != nil {
				return err
			}
			crash.At(crash.BeforeCommit)
			return nil
		})
		if err != nil {
			return err
		}
		crash.At(crash.Committed)
		if d.committed != nil {
			d.committed()
		}
		return nil
	})
}

// writeScratch is write for rows that may be lost with the machine's power, because nothing counts on them before a
// later write that may not.
func (d *database) writeScratch(ctx context.Context, work func(t *tx) error) error {
	return d.attempt(ctx, func() error {
		return d.dialect.scratch(ctx, d.writer, func(raw *sql.Tx) error { return d.finish(raw, work) })
	})
}

// read runs a transaction that sees one state of the ledger throughout.
func (d *database) read(ctx context.Context, work func(t *tx) error) error {
	return d.attempt(ctx, func() error {
		raw, err := d.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: d.dialect.readIsolation()})
		if err != nil {
			return err
		}
		return d.finish(raw, work)
	})
}

func (d *database) attempt(ctx context.Context, once func() error) error {
	for try := 1; ; try++ {
		if err := d.inspection.damage(); err != nil {
			return err
		}
		err := once()
		if errors.Is(err, sql.ErrTxDone) && ctx.Err() != nil {
			return ctx.Err() // the cancellation has ended the transaction, in the middle of which a statement says only that it is over
		}
		if err == nil || try == deadlockTries || ctx.Err() != nil || !d.dialect.beginAgain(err) {
			return d.dialect.explain(err)
		}
	}
}

func (d *database) finish(raw *sql.Tx, work func(t *tx) error) error {
	if err := work(&tx{raw: raw, dialect: d.dialect}); err != nil {
		return errors.Join(err, ignoreDone(raw.Rollback()))
	}
	return raw.Commit()
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// exec runs a statement and returns how many rows it changed.
func (t *tx) exec(ctx context.Context, statement string, arguments ...any) (int64, error) {
	result, err := t.raw.ExecContext(ctx, t.dialect.rebind(statement), arguments...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// row runs a query for one row.
func (t *tx) row(ctx context.Context, query string, arguments ...any) *sql.Row {
	return t.raw.QueryRowContext(ctx, t.dialect.rebind(query), arguments...)
}

// each calls scan for every row of a query.
func (t *tx) each(ctx context.Context, scan func(row *sql.Rows) error, query string, arguments ...any) error {
	rows, err := t.raw.QueryContext(ctx, t.dialect.rebind(query), arguments...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // rows.Err below tells what went wrong
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// texts returns the rows of a query for one text column.
func (t *tx) texts(ctx context.Context, query string, arguments ...any) ([]string, error) {
	var matches []string
	err := t.each(ctx, func(row *sql.Rows) error {
		var text string
		err := row.Scan(&text)
		matches = append(matches, text)
		return err
	}, query, arguments...)
	return matches, err
}

// bulk runs a statement for many rows at once: it sees them as the table "input". It returns how many rows it changed.
func (t *tx) bulk(ctx context.Context, input table, statement string, arguments ...any) (int64, error) {
	var changed int64
	for begin := 0; begin < input.rows; {
		end := begin + t.dialect.part(input.rows-begin)
		text, values := t.dialect.bulk(input.slice(begin, end), statement, arguments)
		affected, err := t.exec(ctx, text, values...)
		if err != nil {
			return changed, err
		}
		changed, begin = changed+affected, end
	}
	return changed, nil
}

// Check proves that the ledger answers and that its schema is this program's.
func (d *database) Check(ctx context.Context) error {
	return d.read(ctx, func(t *tx) error {
		var version int
		if err := t.row(ctx, "SELECT COALESCE(MAX(version), 0) FROM tidemark_migrations").Scan(&version); err != nil {
			return fmt.Errorf("ledger: the schema's version cannot be read: %w", err)
		}
		return checkVersion(version, d.schema)
	})
}

// Close waits for running work. It returns ErrDamaged when the file was found to be damaged and nobody was told yet.
func (d *database) Close() error {
	match := d.inspection.stop()
	if d.reader == d.writer {
		return d.writer.Close()
	}
	return errors.Join(match, d.reader.Close(), d.writer.Close())
}

// numbers returns the rows of a query for one number.
func (t *tx) numbers(ctx context.Context, query string, arguments ...any) ([]int64, error) {
	var numbers []int64
	err := t.each(ctx, func(row *sql.Rows) error {
		var number int64
		err := row.Scan(&number)
		numbers = append(numbers, number)
		return err
	}, query, arguments...)
	return numbers, err
}
