package ledger

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"modernc.org/sqlite"
)

const (
	// inspectWhole is the largest file, in bytes, that is inspected completely before it is used. That takes a quarter of a second.
	inspectWhole = 8 << 20
	// inspectPatience is how long opening a larger file waits for its inspection, which then goes on in the background.
	inspectPatience = 500 * time.Millisecond
)

// inspection reads the pages of a file that existed before, to find changes that were not made by SQLite, for example by a failing disk or
// a faulty copy. SQLite itself notices only damage in the pages that it happens to read.
//
// It finds broken pages, free pages that are in use, rows that their table does not allow, and indexes that do not match their tables. It
// cannot find a value that was changed into another valid one and is in no index.
type inspection struct {
	cancel   context.CancelFunc
	ended    chan struct{}
	fault    error // set before ended is closed; nil when no damage was found
	reported atomic.Bool
}

// inspectionPace controls the inspection of a large file.
type inspectionPace struct {
	patience time.Duration   // how long opening the file waits for the inspection
	begin    <-chan struct{} // the inspection begins when this is closed; nil: at once
}

// inspect begins the inspection of a file and waits for its result: to the end for a small file, at most pace.patience for a larger one.
func inspect(path string, pace inspectionPace) (*inspection, error) {
	about, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	small := about.Size() <= inspectWhole
	ctx, cancel := context.WithCancel(context.Background()) // it outlives the opening
	i := &inspection{cancel: cancel, ended: make(chan struct{})}
	go func() {
		defer close(i.ended)
		if pace.begin != nil && !small {
			select {
			case <-pace.begin:
			case <-ctx.Done():
			}
		}
		err := withFile(ctx, sqliteAddress(path, "rw", sqlitePatience, "query_only(1)"), func(connection *sql.Conn) error {
			return inspectPages(ctx, connection, small)
		})
		if err = (sqliteDialect{}).explain(err); errors.Is(err, ErrDamaged) {
			i.fault = err // other errors do not mean that the file is damaged
		}
	}()
	if small {
		<-i.ended
		return i, i.damage()
	}
	timer := time.NewTimer(pace.patience)
	defer timer.Stop()
	select {
	case <-i.ended:
	case <-timer.C:
	}
	return i, i.damage()
}

// inspectPages checks everything in one statement when the file is small. Otherwise it first checks the structure of all pages, which is
// quick, and then one table at a time, because a long statement would keep SQLite from moving the log into the file.
func inspectPages(ctx context.Context, connection *sql.Conn, small bool) error {
	if small {
		return inspectWith(ctx, connection, "integrity_check(1)")
	}
	if err := inspectWith(ctx, connection, "quick_check(1)"); err != nil {
		return err
	}
	var tables []string
	rows, err := connection.QueryContext(ctx, "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0")
	if err != nil {
		return err
	}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return errors.Join(err, rows.Close())
		}
		tables = append(tables, name)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	for _, name := range tables {
		err := inspectWith(ctx, connection, "integrity_check('"+strings.ReplaceAll(name, "'", "''")+"')")
		var failed *sqlite.Error
		if errors.As(err, &failed) && failed.Code()&0xff == sqliteError {
			continue // a migration has removed the table meanwhile
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// inspectWith runs a check. It reads only the first line of the result.
func inspectWith(ctx context.Context, connection *sql.Conn, check string) error {
	var text string
	if err := connection.QueryRowContext(ctx, "PRAGMA "+check).Scan(&text); err != nil {
		return err
	}
	if text != "ok" {
		return damaged("%s; stop every process that uses it and %s", strings.TrimSpace(text), restoreAdvice)
	}
	return nil
}

// damage returns the damage that was found so far; nil when there is none.
func (i *inspection) damage() error {
	if i == nil {
		return nil
	}
	select {
	case <-i.ended:
		if i.fault != nil {
			i.reported.Store(true)
		}
		return i.fault
	default:
		return nil
	}
}

// stop ends the inspection, and returns damage that was found and not reported yet.
func (i *inspection) stop() error {
	if i == nil {
		return nil
	}
	i.cancel()
	<-i.ended
	if i.reported.Swap(true) {
		return nil
	}
	return i.fault
}

// AwaitDamage waits until the inspection of an open ledger finds damage, and returns it; nil when the context ends first. After damage was
// found, the ledger refuses all work, so a long-running process should end with this error.
func AwaitDamage(ctx context.Context, state Ledger) error {
	opened, ok := state.(*database)
	if !ok || opened.inspection == nil {
		return nil
	}
	select {
	case <-opened.inspection.ended:
		return opened.inspection.damage()
	case <-ctx.Done():
		return nil
	}
}
