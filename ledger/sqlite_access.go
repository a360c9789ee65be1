package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// ownerOnly is the mode of a ledger's files: they hold figures, names and partners' words of every merchant.
const ownerOnly = 0o600

// filesOf are a SQLite ledger's file and what stands beside it.
func filesOf(path string) []string {
	return []string{path, path + "-wal", path + "-shm", path + generationSuffix}
}

// narrow takes the rights of others from a ledger's files. SQLite gives a log the rights of its file. Files of another owner stay as
// they are; Exposed names them.
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

// Exposed are the files of a SQLite ledger that others than their owner may read or write, although it was opened. Only who owns them
// can change that.
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

// isFull is whether an error of the operating system means that there is no room: the disk's or the user's share of it.
func isFull(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }

// noRoom is whether a folder takes no more: SQLite's codes for a failed write do not say why it failed.
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

// probeBytes is as much as SQLite needs to go on: the shared memory of a log, and some pages.
const probeBytes = 128 << 10
