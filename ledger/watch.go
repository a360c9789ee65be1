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

// A backup that is put back over a ledger does not know what the stores were told after it was made. So that nobody has to
// remember to say so, the generation file stands beside a SQLite ledger and keeps how far the ledger had come; the backup does not
// bring it back.
//
//   - The generation grows when a run takes its store, when it ends, and while it calls the store.
//   - The file is written after the commit and before the store is called: it is never ahead of its own ledger, however a process
//     dies. A file that is ahead, or of another epoch, means that the ledger was put back from a backup.
//   - It is read and written under the file's write lock, so that no process lowers what another one wrote.

// generation is how far a ledger had come.
type generation struct {
	Epoch      string `json:"epoch"`
	Generation int64  `json:"generation"`
}

// generationSuffix is what the file's name adds to the ledger's.
const generationSuffix = ".generation"

// moveEvery is how old the last move of the generation may be when a store is called. The file takes some milliseconds to write.
const moveEvery = time.Second

// Watch tells whether the ledger was put back from a backup; see Definer. A ledger that was used and has no generation file
// counts as restored, for it came to this place without it. A PostgreSQL ledger has no place beside it, so its restoring has to be declared.
func (d *database) Watch(ctx context.Context, now time.Time) (string, error) {
	if d.generationFile == "" {
		return "", nil
	}
	var restored string
	err := d.write(ctx, func(t *tx) error {
		seen, ok, err := readGeneration(d.generationFile)
		if err != nil {
			return err
		}
		at, used, err := t.progress(ctx)
		if err != nil {
			return err
		}
		switch name := filepath.Base(d.generationFile); {
		case ok && (at.Epoch != seen.Epoch || at.Generation < seen.Generation):
			restored = "the ledger is older than its generation file " + name
		case !ok && used:
			restored = "the ledger has been used and its generation file " + name + " is not beside it"
		case ok && at == seen:
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

// move is write for what begins or ends a run. The generation file is written when it returns nil.
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

// moveOnce is write, or move when this process last did that a while ago.
func (d *database) moveOnce(ctx context.Context, now time.Time, work func(t *tx) error) error {
	if since := micros(now) - d.moved.Load(); since >= 0 && since < moveEvery.Microseconds() {
		return d.write(ctx, work)
	}
	return d.move(ctx, now, work)
}

// progress is how far the ledger has come, and whether a run has ever used it.
func (t *tx) progress(ctx context.Context) (at generation, used bool, err error) {
	err = t.row(ctx, "SELECT epoch, generation, EXISTS (SELECT 1 FROM runs) OR EXISTS (SELECT 1 FROM channel_levels) FROM state").
		Scan(&at.Epoch, &at.Generation, &used)
	return at, used, err
}

// follow brings the generation file up to the ledger. One that is missing, or of an epoch or a generation that the ledger has not come
// to, is left for Watch to find.
func (t *tx) follow(ctx context.Context, path string) error {
	seen, ok, err := readGeneration(path)
	if err != nil || !ok {
		return err
	}
	at, _, err := t.progress(ctx)
	if err != nil || at.Epoch != seen.Epoch || at.Generation <= seen.Generation {
		return err
	}
	return writeGenerationFile(path, at)
}

// writeGeneration writes what the ledger is about to be. Should the transaction fail, the file of a restored ledger
// says so again at the next start.
func (t *tx) writeGeneration(ctx context.Context, path string) error {
	at, _, err := t.progress(ctx)
	if err != nil {
		return err
	}
	return writeGenerationFile(path, at)
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
		return generation{}, false, fmt.Errorf("ledger: the generation file %s is damaged; remove it: the ledger then counts as restored, and every connection's next run is a Full Sync", path)
	}
	return recorded, true, nil
}

// writeGenerationFile replaces the file in one step, so that a process that dies leaves the old one or the new one.
func writeGenerationFile(path string, seen generation) error {
	content, err := json.Marshal(seen)
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
