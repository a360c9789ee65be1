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

// When a backup is put in the place of a ledger, it does not know which figures the stores got after it was made. So that nobody has to
// remember to declare this, a generation file beside a SQLite ledger records the ledger's generation. Restoring a backup of the ledger does
// not restore this file.
//
//   - The generation grows when a run takes its store, when it ends, and while it calls the store.
//   - The file is written after the commit and before the store is called, so it is never ahead of its own ledger, whenever a process
//     dies. A file that is ahead, or has another epoch, means that the ledger was restored from a backup.
//   - The file is read and written under the ledger's write lock, so that no process lowers what another one wrote.

// generation is the content of a generation file.
type generation struct {
	Epoch      string `json:"epoch"`
	Generation int64  `json:"generation"`
}

// generationSuffix is added to the ledger's path for that of its generation file.
const generationSuffix = ".generation"

// moveEvery is how long ago the generation may have grown last when a store is called. It is not 0, because writing the file takes some
// milliseconds.
const moveEvery = time.Second

// Watch finds out whether the ledger was restored from a backup; see Definer. A ledger that was used and has no generation file counts as
// restored, because it was copied to its path without the file. A PostgreSQL ledger has no such file, so a person must declare that it was
// restored.
func (d *database) Watch(ctx context.Context, now time.Time) (string, error) {
	if d.generationFile == "" {
		return "", nil
	}
	var restored string
	err := d.write(ctx, func(t *tx) error {
		inFile, ok, err := readGeneration(d.generationFile)
		if err != nil {
			return err
		}
		current, used, err := t.progress(ctx)
		if err != nil {
			return err
		}
		switch name := filepath.Base(d.generationFile); {
		case ok && (current.Epoch != inFile.Epoch || current.Generation < inFile.Generation):
			restored = "the ledger is older than its generation file " + name
		case !ok && used:
			restored = "the ledger has been used and its generation file " + name + " is not beside it"
		case ok && current == inFile:
			return nil
		}
		if restored != "" {
			if err := t.restored(ctx, restored, now); err != nil {
				return err
			}
		}
		return t.writeGeneration(ctx, d.generationFile)
	})
	return restored, err
}

// move is write for the beginning and the end of a run: it also increases the generation. When it returns nil, the generation file is
// written too.
func (d *database) move(ctx context.Context, now time.Time, work func(t *tx) error) error {
	if d.generationFile == "" {
		return d.write(ctx, work)
	}
	err := d.write(ctx, func(t *tx) error {
		if err := work(t); err != nil {
			return err
		}
		_, err := t.exec(ctx, "UPDATE state SET generation = generation + 1")
		return err
	})
	if err != nil {
		return err
	}
	if err := d.write(ctx, func(t *tx) error { return t.follow(ctx, d.generationFile) }); err != nil {
		return err
	}
	d.moved.Store(micros(now))
	return nil
}

// moveOnce is move if this process last increased the generation more than moveEvery ago; otherwise write.
func (d *database) moveOnce(ctx context.Context, now time.Time, work func(t *tx) error) error {
	if since := micros(now) - d.moved.Load(); since >= 0 && since < moveEvery.Microseconds() {
		return d.write(ctx, work)
	}
	return d.move(ctx, now, work)
}

// progress returns the ledger's epoch and generation, and whether a run has ever used it.
func (t *tx) progress(ctx context.Context) (current generation, used bool, err error) {
	err = t.row(ctx, "SELECT epoch, generation, EXISTS (SELECT 1 FROM runs) OR EXISTS (SELECT 1 FROM channel_levels) FROM state").
		Scan(&current.Epoch, &current.Generation, &used)
	return current, used, err
}

// follow writes the ledger's generation to the generation file. A file that is missing, has another epoch or is ahead of the ledger is left
// as it is, so that Watch finds it.
func (t *tx) follow(ctx context.Context, path string) error {
	inFile, ok, err := readGeneration(path)
	if err != nil || !ok {
		return err
	}
	current, _, err := t.progress(ctx)
	if err != nil || current.Epoch != inFile.Epoch || current.Generation <= inFile.Generation {
		return err
	}
	return writeGenerationFile(path, current)
}

// writeGeneration writes the generation that the ledger will have after the commit. If the transaction fails, the file is ahead, and the
// ledger counts as restored again at the next start.
func (t *tx) writeGeneration(ctx context.Context, path string) error {
	current, _, err := t.progress(ctx)
	if err != nil {
		return err
	}
	return writeGenerationFile(path, current)
}

func readGeneration(path string) (generation, bool, error) {
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return generation{}, false, nil
	} else if err != nil {
		return generation{}, false, fmt.Errorf("ledger: the generation file %s cannot be read: %w", path, err)
	}
	var recorded generation
	if err := json.Unmarshal(content, &recorded); err != nil {
		return generation{}, false, fmt.Errorf("ledger: the generation file %s is damaged; remove it: "+
			"the ledger then counts as restored, and every connection's next run is a Full Sync", path)
	}
	return recorded, true, nil
}

// writeGenerationFile replaces the file in one step, so that a process that dies leaves either the old file or the new one.
func writeGenerationFile(path string, current generation) error {
	content, err := json.Marshal(current)
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*")
	if err != nil {
		return fmt.Errorf("ledger: the generation file %s cannot be written: %w", path, err)
	}
	_, err = file.Write(append(content, '\n'))
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("ledger: the generation file %s cannot be written: %w", path, err), os.Remove(file.Name()))
	}
	return syncFolder(filepath.Dir(path))
}
