package ledger

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"modernc.org/sqlite"
)

// fileState is the state of the file at a ledger's path before it is opened.
type fileState int

const (
	fileAbsent fileState = iota
	fileClean
	fileUnclean // it has a log: it is in use, or its last user died
)

const sqliteMagic = "SQLite format 3\x00"

// damaged returns ErrDamaged with an explanation.
func damaged(format string, arguments ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrDamaged}, arguments...)...)
}

const restoreAdvice = "restore a backup and run starter restored, or name another path to begin anew"

// inspectFile checks the first bytes of a file before SQLite may touch it. It never lets a new ledger be created over a file that was
// there, because people would trust the empty ledger.
func inspectFile(path string) (fileState, error) {
	log, err := sizeOf(path + "-wal")
	if err != nil {
		return 0, err
	}
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		if log > 0 {
			return 0, damaged("the file is gone but its log %s-wal is there; put the file back, or %s", filepath.Base(path), restoreAdvice)
		}
		return fileAbsent, nil
	} else if err != nil {
		return 0, fmt.Errorf("ledger: %w", err)
	}
	defer func() { _ = file.Close() }() // only read
	about, err := file.Stat()
	if err != nil {
		return 0, fmt.Errorf("ledger: %w", err)
	}
	if about.IsDir() {
		return 0, fmt.Errorf("ledger: this is a folder; name a file in it")
	}
	header := make([]byte, 100)
	if _, err := io.ReadFull(file, header); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return 0, damaged("the file has %d bytes and is no database; %s", about.Size(), restoreAdvice)
	} else if err != nil {
		return 0, fmt.Errorf("ledger: %w", err)
	}
	if string(header[:len(sqliteMagic)]) != sqliteMagic {
		return 0, damaged("the file is not a SQLite database; %s", restoreAdvice)
	}
	if application := binary.BigEndian.Uint32(header[68:]); application != sqliteApplication {
		return 0, damaged("the file is a SQLite database of another program; name another path")
	}
	if log > 0 {
		return fileUnclean, nil
	}
	// Offsets and meanings: sqlite.org/fileformat2.html#the_database_header.
	pageSize := int64(binary.BigEndian.Uint16(header[16:]))
	if pageSize == 1 {
		pageSize = 65536
	}
	pages := int64(binary.BigEndian.Uint32(header[28:]))
	if sizeValid := string(header[24:28]) == string(header[92:96]); sizeValid && about.Size() < pages*pageSize {
		return 0, damaged("the file was cut off: it has %d of %d bytes; %s", about.Size(), pages*pageSize, restoreAdvice)
	}
	return fileClean, nil
}

func sizeOf(path string) (int64, error) {
	about, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	} else if err != nil {
		return 0, fmt.Errorf("ledger: %w", err)
	}
	return about.Size(), nil
}

// createFile creates a new ledger under a temporary name and then links it to its path, so that no process ever sees a half-made ledger.
func createFile(ctx context.Context, path string, steps []migration, now time.Time) (err error) {
	temporary := path + ".new-" + rand.Text()
	defer func() {
		for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
			if failed := os.Remove(temporary + suffix); failed != nil && !errors.Is(failed, fs.ErrNotExist) {
				err = errors.Join(err, failed)
			}
		}
	}()
	// SQLite would create the file with the default rights of this process.
	file, err := os.OpenFile(temporary, os.O_CREATE|os.O_EXCL|os.O_RDWR, ownerOnly)
	if err != nil {
		return fmt.Errorf("ledger: a new file cannot be made: %w", err)
	}
	if err := file.Close(); err != nil {
		return err
	}
	if err := migrateFile(ctx, temporary, "rwc", steps, now); err != nil {
		return err
	}
	if err := os.Link(temporary, path); errors.Is(err, fs.ErrExist) {
		return nil // another process was first, and its file serves as well
	} else if err != nil {
		return fmt.Errorf("ledger: the new file cannot be given its name: %w", err)
	}
	return syncFolder(filepath.Dir(path))
}

func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// migrateFile brings a file's schema up to date, under the file's write lock.
func migrateFile(ctx context.Context, path, mode string, steps []migration, now time.Time) error {
	return withFile(ctx, sqliteAddress(path, mode, sqliteOpenPatience), func(connection *sql.Conn) (err error) {
		if mode == "rwc" {
			if _, err := connection.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", sqliteApplication)); err != nil {
				return err
			}
		}
		if _, err := connection.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
			return err
		}
		defer func() {
			if err != nil {
				_, failed := connection.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
				err = errors.Join(err, failed)
			}
		}()
		if err := migrate(ctx, connection, sqliteDialect{}.rebind, steps, now); err != nil {
			return err
		}
		_, err = connection.ExecContext(ctx, "COMMIT")
		return err
	})
}

// checkAfterCrash checks the structure of a file whose last user died. It leaves a file that is in use alone.
func checkAfterCrash(ctx context.Context, path string) (err error) {
	var keeper *sql.DB
	defer func() {
		if keeper != nil {
			err = errors.Join(err, keeper.Close())
		}
	}()
	err = withFile(ctx, sqliteAddress(path, "rw", 0, "locking_mode(EXCLUSIVE)"), func(connection *sql.Conn) error {
		var text string
		switch err := connection.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&text); {
		case err != nil:
			keeper = leaveLog(ctx, connection, path)
			return err
		case text != "ok":
			keeper = leaveLog(ctx, connection, path)
			return damaged("%s; %s", text, restoreAdvice)
		}
		return nil
	})
	var failed *sqlite.Error
	if errors.As(err, &failed) && failed.Code()&0xff == sqliteBusy {
		return nil
	}
	return err
}

// leaveLog keeps SQLite from moving the log of a damaged file into the file when the connection closes. That would change the file that a
// person has to examine, and without its log the file would pass as intact the next time. SQLite leaves the log while another connection has
// the file open, so leaveLog returns such a connection, which must be closed after the first one. It only reads, so it cannot move the log.
func leaveLog(ctx context.Context, connection *sql.Conn, path string) *sql.DB {
	// If one of these fails, the file is refused all the same.
	_, _ = connection.ExecContext(ctx, "PRAGMA locking_mode = NORMAL; SELECT COUNT(*) FROM sqlite_schema")
	reader, err := sql.Open("sqlite", sqliteAddress(path, "ro", 0))
	if err != nil {
		return nil
	}
	_, _ = reader.ExecContext(ctx, "SELECT COUNT(*) FROM sqlite_schema")
	return reader
}

func withFile(ctx context.Context, address string, work func(connection *sql.Conn) error) error {
	db, err := sql.Open("sqlite", address)
	if err != nil {
		return err
	}
	connection, err := db.Conn(ctx)
	if err != nil {
		return errors.Join(err, db.Close())
	}
	return errors.Join(work(connection), connection.Close(), db.Close())
}
