package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// witness stands beside a SQLite ledger and remembers how far it had come. A backup that is put back over the ledger does not
// bring the witness back with it.
type witness struct {
	Epoch      string `json:"epoch"`
	Generation int64  `json:"generation"`
}

// witnessSuffix is what the witness's name adds to the ledger's.
const witnessSuffix = ".generation"

// Watch counts the start of a process, and tells whether the ledger was put back from a backup since the last one: then what the
// stores were told since is not in it, and Restored has been called. A PostgreSQL ledger has no place beside it, so its restoring
// has to be declared (starter restored).
func Watch(ctx context.Context, state Ledger, location string, now time.Time) (restored bool, err error) {
	if isPostgres(location) {
		_, err := state.Advance(ctx)
		return false, err
	}
	path := location + witnessSuffix
	seen, known, err := readWitness(path)
	if err != nil {
		return false, err
	}
	epoch, err := state.Epoch(ctx)
	if err != nil {
		return false, err
	}
	generation, err := state.Generation(ctx)
	if err != nil {
		return false, err
	}
	if known && (epoch != seen.Epoch || generation < seen.Generation) {
		restored = true
		if err := state.Restored(ctx, "the ledger is older than its witness "+filepath.Base(path), now); err != nil {
			return false, err
		}
	}
	return restored, Witness(ctx, state, location)
}

// Witness counts a start and notes beside a SQLite ledger how far it has come. It is also called after a declared restore.
func Witness(ctx context.Context, state Ledger, location string) error {
	generation, err := state.Advance(ctx)
	if err != nil {
		return err
	}
	if isPostgres(location) {
		return nil
	}
	epoch, err := state.Epoch(ctx)
	if err != nil {
		return err
	}
	return writeWitness(location+witnessSuffix, witness{Epoch: epoch, Generation: generation})
}

func readWitness(path string) (witness, bool, error) {
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return witness{}, false, nil
	} else if err != nil {
		return witness{}, false, fmt.Errorf("ledger: the witness %s cannot be read: %w", path, err)
	}
	var found witness
	if err := json.Unmarshal(content, &found); err != nil {
		return witness{}, false, fmt.Errorf("ledger: the witness %s is damaged; if the ledger was restored from a backup run starter restored, then remove the witness", path)
	}
	return found, true, nil
}

// writeWitness replaces the file in one step, so that a process that dies leaves the old one or the new one.
func writeWitness(path string, seen witness) error {
	content, err := json.Marshal(seen)
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*")
	if err != nil {
		return fmt.Errorf("ledger: the witness %s cannot be written: %w", path, err)
	}
	_, err = file.Write(append(content, '\n'))
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("ledger: the witness %s cannot be written: %w", path, err), os.Remove(file.Name()))
	}
	return syncFolder(filepath.Dir(path))
}
