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
	// inspectWhole is the largest file, in bytes, that is read from end to end before it is used: a quarter of a second.
	inspectWhole = 8 << 20
	// inspectPatience is how long the opening of a larger file waits for its inspection, which then goes on in the background.
	inspectPatience = 500 * time.Millisecond
)

// inspection reads the pages of a file that was there, to find what was changed in it by something else than SQLite: a failing disk, a
// copy that went wrong. SQLite itself notices only what it happens to stumble over.
//
// It finds broken pages, free pages that are in use, rows that their table does not allow, and indexes that do not agree with their
// tables. It cannot find a value that was changed into another valid one and is in no index.
type inspection struct {
	cancel   context.CancelFunc
	ended    chan struct{}
	fault    error // set before ended is closed; nil when nothing was found
	reported atomic.Bool
}

// inspectionPace is how the inspection of a large file goes.
type inspectionPace struct {
	patience time.Duration   // how long the opening waits for it
	begin    <-chan struct{} // it begins when this is closed; at once where this is nil
}

// inspect begins to read a file, and waits for what it finds: to the end for a small file, for the patience of pace for a larger one.
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
			i.fault = err // anything else does not say that the file is broken
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

// inspectPages checks everything in one statement, or first the structure of all pages, which is quick, and then table by table, so
// that no statement keeps the log from being moved into the file for long.
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
			continue // a migration has removed it meanwhile
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// inspectWith runs a check, of which the first line is enough.
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

// damage is what was found so far.
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

// stop ends the inspection, and returns what was found and not told yet.
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

// AwaitDamage waits until the inspection of an open ledger finds damage, and returns it; nil when the context ends first. From then on
// the ledger refuses all work, so a process that runs for long should end with the reason.
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
