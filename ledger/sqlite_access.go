package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// ownerOnly is the mode of a ledger's files. They hold figures, names and partners' messages of every merchant.
const ownerOnly = 0o600

// filesOf lists a SQLite ledger's file and the files beside it.
func filesOf(path string) []string {
	return []string{path, path + "-wal", path + "-shm", path + generationSuffix}
}

// narrow removes the rights of other users from a ledger's files. SQLite gives a log the same rights as its file. Files of another owner
// stay as they are; Exposed lists them.
func narrow(path string) error {
	for _, name := range filesOf(path) {
		about, err := os.Stat(name)
		if err == nil && about.Mode().Perm()&^ownerOnly != 0 && about.Mode().IsRegular() {
			err = os.Chmod(name, about.Mode().Perm()&ownerOnly)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) && !errors.Is(err, syscall.EROFS) {
			return fmt.Errorf("ledger: the rights of %s cannot be narrowed to its owner's: %w", filepath.Base(name), err)
		}
	}
	return nil
}

// Exposed lists the files of a SQLite ledger that other users than their owner may read or write, although the ledger was opened. Only their
// owner can change that.
func Exposed(location string) []string {
	var exposed []string
	if isPostgres(location) {
		return nil
	}
	for _, name := range filesOf(location) {
		if about, err := os.Stat(name); err == nil && about.Mode().Perm()&0o077 != 0 {
			exposed = append(exposed, name)
		}
	}
	return exposed
}

// isFull is true for an error of the operating system that means that the disk or the user's quota is full.
func isFull(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }

// noRoom is true when a folder's disk or quota is full. SQLite's codes for a failed write do not tell why it failed.
func noRoom(folder string) bool {
	if folder == "" {
		return false
	}
	file, err := os.CreateTemp(folder, ".tidemark-room-*")
	if err != nil {
		return isFull(err)
	}
	_, err = file.Write(make([]byte, probeBytes))
	err = errors.Join(err, file.Sync(), file.Close(), os.Remove(file.Name()))
	return isFull(err)
}

// probeBytes is about what SQLite needs to go on: the shared memory of a log, and some pages.
const probeBytes = 128 << 10
