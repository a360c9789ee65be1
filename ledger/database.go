package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/tidemark/tidemark/crash"
)

// database is the ledger over SQL. The code that the two databases share, nearly all of it, is written once here; their
// differences are in dialect.
type database struct {
	dialect dialect
	// writer and reader are the same pool on PostgreSQL. On SQLite the writer is a single connection, so that writes queue in
	// this process instead of failing on the file's lock, and readers never wait for it.
	writer, reader *sql.DB
	schema         int // the newest migration of this program

	inspection *inspection // of a SQLite file that existed before; nil otherwise

	generationFile string       // the path of a SQLite ledger's generation file; empty for PostgreSQL
	moved          atomic.Int64 // when this process last advanced the generation, in microseconds

	byStatus  keptCounts[map[Status]int64]
	byPlace   keptCounts[[]Left]
	committed func() // called after each write; nil except in tests
}

// tx is a transaction on either database. Its statements have ? for arguments.
type tx struct {
	raw     *sql.Tx
	dialect dialect
}

// deadlockTries is how often a transaction is tried when the database itself asks to begin it again.
const deadlockTries = 4

// write runs a transaction. When it returns nil, the changes are on disk. work may run more than once.
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

// writeScratch is write for rows that may be lost in a power cut, because nothing depends on them before a later write that is
// durable.
func (d *database) writeScratch(ctx context.Context, work func(t *tx) error) error {
	return d.attempt(ctx, func() error {
		return d.dialect.scratch(ctx, d.writer, func(raw *sql.Tx) error { return d.finish(raw, work) })
	})
}

// read runs a transaction that sees the same state of the ledger throughout.
func (d *database) read(ctx context.Context, work func(t *tx) error) error {
	return d.attempt(ctx, func() error {
		raw, err := d.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: d.dialect.readIsolation()})
		if err != nil {
			return err
		}
		return d.finish(raw, work)
	})
}

func (d *database) attempt(ctx context.Context, run func() error) error {
	for try := 1; ; try++ {
		if err := d.inspection.damage(); err != nil {
			return err
		}
		err := run()
		if errors.Is(err, sql.ErrTxDone) && ctx.Err() != nil {
			return ctx.Err() // the cancellation ended the transaction, and the statement in progress reports only that it is over
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
	defer func() { _ = rows.Close() }() // rows.Err below reports the errors
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// texts returns the result of a query for one text column.
func (t *tx) texts(ctx context.Context, query string, arguments ...any) ([]string, error) {
	var texts []string
	err := t.each(ctx, func(row *sql.Rows) error {
		var text string
		err := row.Scan(&text)
		texts = append(texts, text)
		return err
	}, query, arguments...)
	return texts, err
}

// bulk runs a statement for many rows at once. The statement reads them from the table "input". It returns how many rows changed.
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

// Check verifies that the ledger answers and has this program's schema.
func (d *database) Check(ctx context.Context) error {
	return d.read(ctx, func(t *tx) error {
		var version int
		if err := t.row(ctx, "SELECT COALESCE(MAX(version), 0) FROM tidemark_migrations").Scan(&version); err != nil {
			return fmt.Errorf("ledger: the schema's version cannot be read: %w", err)
		}
		return checkVersion(version, d.schema)
	})
}

// Close waits for running work. It returns ErrDamaged when the file was found to be damaged and no earlier call reported it.
func (d *database) Close() error {
	damage := d.inspection.stop()
	if d.reader == d.writer {
		return d.writer.Close()
	}
	return errors.Join(damage, d.reader.Close(), d.writer.Close())
}

// numbers returns the result of a query for one number column.
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
