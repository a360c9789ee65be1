package csv

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
)

// folder says which files of a folder are read, and what they are.
type folder struct {
	pattern string // of files whose kind the setting kind tells; empty when the two below tell it
	full    string
	delta   string
}

func newFolder(values settings.Values) (folder, error) {
	f := folder{pattern: values.Text("pattern"), full: values.Text("full_pattern"), delta: values.Text("delta_pattern")}
	if f.full != "" || f.delta != "" {
		if f.pattern != "" {
			return f, fmt.Errorf("the settings pattern and full_pattern or delta_pattern exclude each other; set either")
		}
	} else if f.pattern == "" {
		f.pattern = "*.csv"
	}
	for name, pattern := range map[string]string{"pattern": f.pattern, "full_pattern": f.full, "delta_pattern": f.delta} {
		if _, err := filepath.Match(pattern, "name"); err != nil || strings.ContainsAny(pattern, `/`+string(filepath.Separator)) {
			return f, fmt.Errorf("the setting %s: %q is not a pattern for file names, like *.csv", name, pattern)
		}
	}
	return f, nil
}

// position is where a file stands in the order of a folder.
type position struct {
	name string
	key  string // what the wildcards of its pattern stand for, up to the last literal part: the same for both kinds
	full bool
}

// place finds out what a file name is; ok is false when the file is none of ours. A name that matches both patterns is a
// delta, which can do less harm.
func (f folder) place(name string, full bool) (at position, ok bool) {
	if strings.HasPrefix(name, ".") {
		return position{}, false // tools that copy files write them so until they are complete
	}
	for _, candidate := range []struct {
		pattern string
		full    bool
	}{{f.delta, false}, {f.full, true}, {f.pattern, full}} {
		if matched, err := filepath.Match(candidate.pattern, name); candidate.pattern != "" && err == nil && matched {
			return position{name: name, key: wild(candidate.pattern, name), full: candidate.full}, true
		}
	}
	return position{}, false
}

// wild is the part of a name that stands between a pattern's literal beginning and its literal end.
func wild(pattern, name string) string {
	first, last := strings.IndexAny(pattern, `*?[\`), strings.LastIndexAny(pattern, `*?]\`)
	if first < 0 || strings.Contains(pattern, `\`) {
		return name
	}
	return name[first : len(name)-(len(pattern)-last-1)]
}

// compare orders files: by key, the full one first, then by name.
func (p position) compare(other position) int {
	if order := natural(p.key, other.key); order != 0 {
		return order
	}
	if p.full != other.full {
		if p.full {
			return -1
		}
		return 1
	}
	return strings.Compare(p.name, other.name)
}

// natural compares texts in which digits are numbers, so that stock-9 comes before stock-10.
func natural(a, b string) int {
	for a != "" && b != "" {
		x, y := digits(a), digits(b)
		if x == 0 || y == 0 {
			if a[0] != b[0] {
				return strings.Compare(a[:1], b[:1])
			}
			a, b = a[1:], b[1:]
			continue
		}
		m, n := strings.TrimLeft(a[:x], "0"), strings.TrimLeft(b[:y], "0")
		if len(m) != len(n) {
			return len(m) - len(n)
		}
		if m != n {
			return strings.Compare(m, n)
		}
		a, b = a[x:], b[y:]
	}
	return strings.Compare(a, b)
}

// digits is how many digits a text begins with.
func digits(text string) int {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return i
		}
	}
	return len(text)
}

// file is a file as it was found.
type file struct {
	position
	size     int64
	modified time.Time
	complete bool
	until    time.Time // for a file that must be left alone longer: how long; zero when that is not known
}

// completion is how a file is known to be complete before it is read.
type completion struct {
	marker   string        // a suffix; empty when there is none
	quietFor time.Duration // 0 when it does not matter
}

func newCompletion(values settings.Values) (completion, error) {
	switch values.Text("complete") {
	case "marker":
		marker := values.Text("marker")
		if marker == "" || strings.ContainsAny(marker, `/\`) {
			return completion{}, fmt.Errorf("the setting marker: %q is not a suffix of a file name, like .done", marker)
		}
		return completion{marker: marker}, nil
	case "quiet":
		quiet := values.Duration("quiet_for")
		if quiet <= 0 {
			return completion{}, fmt.Errorf("the setting quiet_for must be above 0 when complete is quiet")
		}
		return completion{quietFor: quiet}, nil
	}
	return completion{}, nil
}

// check finds out whether a file may be read. A marker that is older than its file belongs to the file before it.
// look is asked for the marker.
func (c completion) check(look func(path string) (fs.FileInfo, error), path string, info fs.FileInfo, now time.Time) (complete bool, until time.Time,
	err error,
) {
	if c.marker == "" && c.quietFor == 0 {
		return true, time.Time{}, nil
	}
	if info.ModTime().IsZero() {
		return false, time.Time{}, warehouses.NeedsPerson(nil, "%s: the server does not say when the file was written, so that complete: marker and complete: "+
			"quiet cannot be used; set another", path)
	}
	if c.quietFor > 0 {
		until = info.ModTime().Add(c.quietFor)
		return !now.Before(until), until, nil
	}
	marker, err := look(path + c.marker)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return false, time.Time{}, nil
	case err != nil:
		return false, time.Time{}, unreadable(path+c.marker, err)
	}
	return !marker.ModTime().Before(info.ModTime()), time.Time{}, nil
}

// wanted says what a file that is not complete waits for.
func (c completion) wanted(path string) string {
	if c.marker != "" {
		return fmt.Sprintf("%s is not there, or is older than the file", path+c.marker)
	}
	return fmt.Sprintf("it was written to less than %s ago", c.quietFor)
}

// list finds the files of the folder, complete or not, in no order. Only regular files count.
func (s *source) list(at place) ([]file, error) {
	entries, err := at.list(s.path)
	if err != nil {
		return nil, unreadable(s.path, err)
	}
	listed := make(map[string]fs.DirEntry, len(entries))
	for _, entry := range entries {
		listed[entry.Name()] = entry
	}
	// A server is asked once for all files, not once for each.
	look := func(path string) (fs.FileInfo, error) {
		entry, ok := listed[filepath.Base(path)]
		switch {
		case !ok:
			return nil, fs.ErrNotExist
		case entry.Type()&fs.ModeSymlink != 0:
			return at.stat(path)
		}
		return entry.Info()
	}
	var files []file
	now := s.now()
	for _, entry := range entries {
		where, ok := s.folder.place(entry.Name(), s.full)
		if !ok || s.completion.marker != "" && strings.HasSuffix(entry.Name(), s.completion.marker) {
			continue
		}
		path := s.inFolder(entry.Name())
		info, err := look(path)
		if err != nil || !info.Mode().IsRegular() {
			continue // gone since the folder was listed, or a folder, or a link that leads nowhere
		}
		complete, until, err := s.completion.check(look, path, info, now)
		if err != nil {
			return nil, err
		}
		files = append(files, file{position: where, size: info.Size(), modified: info.ModTime(), complete: complete, until: until})
	}
	return files, nil
}
