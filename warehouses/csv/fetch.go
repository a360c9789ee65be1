package csv

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/tidemark/tidemark/warehouses"
)

// Fetch reads the file, or the next file of the folder. Request.Everything changes nothing: a file whose bytes were read
// before, under the same settings, has nothing more to say.
func (s *source) Fetch(ctx context.Context, request warehouses.Request, sink warehouses.Sink) (warehouses.Snapshot, error) {
	m := s.readCursor(request.Cursor)
	at, err := s.site.visit(ctx)
	if err != nil {
		return warehouses.Snapshot{}, err
	}
	defer at.close()
	info, err := at.stat(s.path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !m.empty():
		return warehouses.Snapshot{}, warehouses.Faltered(nil, "%s was read before and is not there now", s.path)
	case err != nil:
		return warehouses.Snapshot{}, unreadable(s.path, err)
	case info.IsDir():
		return s.fetchNext(ctx, at, m, request, sink)
	case !info.Mode().IsRegular():
		return warehouses.Snapshot{}, warehouses.NeedsPerson(nil, "%s is neither a file nor a folder; correct the setting path", s.path)
	}
	return s.fetchFile(ctx, at, m, info, request, sink)
}

// fetchFile reads a single file unless its content is known.
func (s *source) fetchFile(ctx context.Context, at place, m sourceCursor, info fs.FileInfo, request warehouses.Request, sink warehouses.Sink) (
	warehouses.Snapshot, error,
) {
	unchanged := warehouses.Snapshot{Unchanged: true, Full: s.full, Cursor: request.Cursor, From: s.path}
	complete, until, err := s.completion.check(at.stat, s.path, info, s.now())
	if err != nil {
		return warehouses.Snapshot{}, err
	}
	if !complete {
		if until.IsZero() && !m.empty() {
			return unchanged, nil // the next file is being written; the one before it was read
		}
		return warehouses.Snapshot{}, s.incomplete(s.path, until)
	}
	hash, err := s.hash(ctx, at, s.path)
	if err != nil {
		return warehouses.Snapshot{}, err
	}
	name := filepath.Base(s.path)
	if file, ok := m.find(name); ok && file.Hash == hash {
		return unchanged, nil
	}
	content, err := s.read(ctx, at, s.path, s.full, m.expected(s.full), hash, &pages{sink: sink, report: request.Report})
	if err != nil {
		return warehouses.Snapshot{}, err
	}
	asOf, err := s.made(name, content, time.Time{}, time.Time{})
	if err != nil {
		return warehouses.Snapshot{}, err
	}
	now := read{Name: name, Hash: hash, Size: info.Size(), Modified: content.modified, AsOf: asOf}
	next := sourceCursor{Settings: s.fingerprint, Known: m.Known, Files: []read{now}}
	next.learn(s.full, content.decoder)
	return warehouses.Snapshot{Full: s.full, Rows: content.rows, AsOf: asOf, Cursor: next.String(), From: s.path}, nil
}

// fetchNext reads the next file of a folder.
func (s *source) fetchNext(ctx context.Context, at place, m sourceCursor, request warehouses.Request, sink warehouses.Sink) (warehouses.Snapshot, error) {
	files, err := s.list(at)
	if err != nil {
		return warehouses.Snapshot{}, err
	}
	p, err := s.plan(m, files, func(f file, previous read) (bool, error) {
		// Only the file read last can have changed unseen within the time that a place tells apart.
		seen := at.exact() || previous.Name != m.Files[len(m.Files)-1].Name
		return s.same(ctx, at, f, previous, seen)
	})
	if err != nil {
		return warehouses.Snapshot{}, err
	}
	if p.next == nil {
		if m.empty() {
			return warehouses.Snapshot{}, s.nothing(files)
		}
		return warehouses.Snapshot{Unchanged: true, Cursor: request.Cursor, From: s.path}, nil
	}
	path := s.inFolder(p.next.name)
	hash := ""
	if !at.exact() {
		if hash, err = s.hash(ctx, at, path); err != nil {
			return warehouses.Snapshot{}, err
		}
	}
	content, err := s.read(ctx, at, path, p.next.full, m.expected(p.next.full), hash, &pages{sink: sink, report: request.Report})
	if err != nil {
		return warehouses.Snapshot{}, err
	}
	asOf, err := s.made(p.next.name, content, p.before(), p.after)
	if err != nil {
		return warehouses.Snapshot{}, err
	}
	next := p.cursor
	next.learn(p.next.full, content.decoder)
	next.Files = append(next.Files, read{Name: p.next.name, Hash: content.hash, Size: content.size, Modified: content.modified, AsOf: asOf})
	next.bound()
	return warehouses.Snapshot{Full: p.next.full, Rows: content.rows, AsOf: asOf, More: p.more, Cursor: next.String(), From: p.from(path)}, nil
}

func (s *source) inFolder(name string) string { return s.site.join(s.path, name) }

// same tells whether a file of a folder is still what was read. Equal in size and time is taken for equal where a change is
// seen there; otherwise its content decides, so that a file that was copied anew is not read twice.
func (s *source) same(ctx context.Context, at place, f file, previous read, seen bool) (bool, error) {
	if seen && f.size == previous.Size && f.modified.Equal(previous.Modified) {
		return true, nil
	}
	hash, err := s.hash(ctx, at, s.inFolder(f.name))
	return hash == previous.Hash, err
}

// nothing is the error of a folder that has nothing to read and never had.
func (s *source) nothing(files []file) error {
	if len(files) > 0 {
		first := files[0]
		for _, f := range files {
			if f.until.Before(first.until) {
				first = f
			}
		}
		return s.incomplete(s.inFolder(first.name), first.until)
	}
	patterns := s.folder.pattern
	if patterns == "" {
		patterns = "full_pattern: " + s.folder.full + " or delta_pattern: " + s.folder.delta
	}
	return warehouses.NeedsPerson(nil, "%s: no file there matches %s; check the settings, and that the warehouse writes its files there", s.path, patterns)
}

// incomplete is the error of a file that may not be read yet.
func (s *source) incomplete(path string, until time.Time) error {
	if !until.IsZero() {
		return warehouses.Throttled(until, "%s is not complete yet: %s", path, s.completion.wanted(path))
	}
	return warehouses.Faltered(nil, "%s is not complete yet: %s", path, s.completion.wanted(path))
}
