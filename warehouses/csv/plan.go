package csv

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tidemark/tidemark/warehouses"
)

// selection is what to read of a folder.
type selection struct {
	next *file // nil when there is nothing to read
	more bool  // other files wait after it
	// after is when the first of the files behind it was modified that say so; zero when there are none.
	after time.Time
	// replaced were never read and never will be, for the next file replaces them.
	replaced []file
	// cursor is what is known once next has been read, next itself left out.
	cursor sourceCursor
}

// plan decides which file of a folder is read next. A folder means: its last full file, then every delta after it, in order.
//
// Full files before the last are passed over. From the first file that was not read as it is now, every later one is read,
// a second time where it was read before: a delta that comes late or is rewritten then never outlives a newer one. same
// tells whether a file still is what was read of it.
func (s *source) plan(m sourceCursor, files []file, same func(file, read) (bool, error)) (selection, error) {
	slices.SortFunc(files, func(a, b file) int { return a.compare(b.position) })
	base, replaced, err := s.base(m, files)
	if err != nil {
		return selection{}, err
	}
	p := selection{replaced: replaced, cursor: m}
	for i := range files {
		f := &files[i]
		switch {
		case !f.complete, base != nil && f.compare(*base) < 0:
			continue
		case p.next != nil:
			p.more = true
			if at := stated(f.modified); !at.IsZero() && (p.after.IsZero() || at.Before(p.after)) {
				p.after = at
			}
			continue
		}
		previous, ok := m.find(f.name)
		if !ok && s.forgotten(m, f.position) {
			continue
		}
		if ok {
			if ok, err = same(*f, previous); err != nil {
				return selection{}, err
			}
		}
		if !ok {
			p.next = f
		}
	}
	if p.next == nil {
		return selection{cursor: m}, nil
	}
	return p, s.advance(&p, files)
}

// base finds the file before which nothing counts, nil when there is none, and which files it replaced unread.
func (s *source) base(m sourceCursor, files []file) (*position, []file, error) {
	var base *position
	if at, ok := s.folder.place(m.Full, s.full); ok && m.Full != "" {
		base = &at
	}
	isNew := false
	for i := range files {
		if f := &files[i]; f.full && f.complete && (base == nil || f.compare(*base) > 0) {
			base, isNew = &f.position, true
		}
	}
	var replaced []file
	for _, f := range files {
		if base == nil || f.compare(*base) >= 0 {
			break
		}
		if _, ok := m.find(f.name); ok || s.forgotten(m, f.position) {
			continue
		}
		if !isNew {
			return nil, nil, warehouses.NeedsPerson(nil, "%s is new, but its name sorts before %s, which was read already and replaced everything before it; "+
				"remove it, or give it a name that sorts last if it is newer", s.inFolder(f.name), base.name)
		}
		replaced = append(replaced, f)
	}
	return base, replaced, nil
}

// forgotten is true for files that were read so long ago that the source cursor no longer lists them.
func (s *source) forgotten(m sourceCursor, at position) bool {
	before, ok := s.folder.place(m.Before, s.full)
	return ok && at.compare(before) <= 0
}

// advance makes the source cursor that holds when next has been read: what was read before it, and what it replaces. What was read
// after it will be read again, so it must still be there.
func (s *source) advance(p *selection, files []file) error {
	kept := make([]read, 0, len(p.cursor.Files)+len(p.replaced)+1)
	for _, previous := range p.cursor.Files {
		at, ok := s.folder.place(previous.Name, s.full)
		if !ok || at.compare(p.next.position) < 0 {
			kept = append(kept, previous)
			continue
		}
		if !slices.ContainsFunc(files, func(f file) bool { return f.name == previous.Name }) {
			return warehouses.NeedsPerson(nil,
				"%s is new or was changed, but %s, which sorts after it and was read already, is gone, so the order of the two cannot be kept; "+
					"remove the file, or give it a name that sorts last if it is newer", s.inFolder(p.next.name), previous.Name)
		}
	}
	for _, f := range p.replaced {
		kept = append(kept, read{Name: f.name, Size: f.size, Modified: f.modified})
	}
	slices.SortFunc(kept, func(a, b read) int {
		x, _ := s.folder.place(a.Name, s.full)
		y, _ := s.folder.place(b.Name, s.full)
		return x.compare(y)
	})
	p.cursor.Files = kept
	if p.next.full {
		p.cursor.Full = p.next.name
	}
	return nil
}

// shownReplaced is how many replaced files are named.
const shownReplaced = 5

// before is as of when the last file before the next one counted; zero when it is not known.
func (p selection) before() time.Time {
	for _, read := range slices.Backward(p.cursor.Files) {
		if !read.AsOf.IsZero() { // it was read, and said when
			return read.AsOf
		}
	}
	return time.Time{}
}

// from names the file and those that it replaces.
func (p selection) from(path string) string {
	if len(p.replaced) == 0 {
		return path
	}
	names := make([]string, 0, shownReplaced+1)
	for i, f := range p.replaced {
		if i == shownReplaced {
			names = append(names, fmt.Sprintf("%d more", len(p.replaced)-i))
			break
		}
		names = append(names, f.name)
	}
	return path + " (which replaces " + strings.Join(names, ", ") + ")"
}
