package stock

import (
	"strconv"
	"time"

	"github.com/tidemark/tidemark/sandbox/internal/draw"
)

// Shape is what is wrong with a snapshot. It is fixed when the snapshot is taken, so that its pages agree with each other.
type Shape struct {
	Shrink  float64 // the part of the rows that is left out
	BadRows float64 // the part of the rows that has a fault
	Empty   bool    // no rows at all
}

// Snapshot is what the levels were at one time. It is safe for concurrent use.
type Snapshot struct {
	ID    string
	AsOf  time.Time
	Total int // rows that are shown
	Shape Shape

	draws      draw.Source
	chunks     []*chunk
	rows       int
	facilities []string
	generated  int
	names      []string
}

// Take takes a snapshot and remembers it for Snapshot.
func (w *Warehouse) Take(shape Shape) *Snapshot {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.taken++
	s := w.present()
	s.ID = "s" + strconv.FormatUint(w.taken, 10)
	s.Shape = shape
	s.Total = s.rows
	switch {
	case shape.Empty:
		s.Total, s.rows = 0, 0
	case shape.Shrink > 0:
		s.Total = 0
		for i := range s.rows {
			if !spread(i, shape.Shrink) {
				s.Total++
			}
		}
	}
	if len(w.snapshots) == Snapshots {
		w.snapshots = append(w.snapshots[:0], w.snapshots[1:]...)
	}
	w.snapshots = append(w.snapshots, s)
	return s
}

// present shares the rows as they are now.
func (w *Warehouse) present() *Snapshot {
	w.generation++ // whoever writes from now on copies first
	return &Snapshot{
		AsOf: w.now().UTC(), draws: w.draws, chunks: append([]*chunk(nil), w.chunks...), rows: w.count,
		facilities: w.facilities, generated: w.generated, names: w.names,
	}
}

// Snapshot returns a remembered snapshot, or nil.
func (w *Warehouse) Snapshot(id string) *Snapshot {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	for _, s := range w.snapshots {
		if s.ID == id {
			return s
		}
	}
	return nil
}

// Levels calls yield with every true level, as of one time.
func (w *Warehouse) Levels(yield func(Level) bool) {
	w.mutex.Lock()
	s := w.present()
	w.mutex.Unlock()
	for i := range s.rows {
		if !yield(s.level(i)) {
			return
		}
	}
}

func (s *Snapshot) level(i int) Level {
	r := &s.chunks[i/chunkRows].rows[i%chunkRows]
	return Level{
		SKU: nameOf(i, s.generated, s.names), Facility: s.facilities[r.facility],
		Available: r.available, Committed: int64(r.committed), ReportedAt: time.UnixMicro(r.reportedAt).UTC(),
	}
}

// Row is one row of a page.
type Row struct {
	Level
	// Available is the figure as it stands in the answer, which need not be a number.
	Available string
}

// Page returns up to limit rows from a place on, and the place after the last of them; more is false when that is the end.
func (s *Snapshot) Page(from, limit int) (rows []Row, next int, more bool) {
	rows = make([]Row, 0, min(limit, max(s.rows-from, 0)))
	i := s.skip(max(from, 0))
	for i < s.rows && len(rows) < limit {
		rows = append(rows, s.row(i))
		i = s.skip(i + 1) // a next page is announced only if there is a row for it
	}
	return rows, i, i < s.rows
}

// skip is the first row from i on that is not left out.
func (s *Snapshot) skip(i int) int {
	for i < s.rows && s.Shape.Shrink > 0 && spread(i, s.Shape.Shrink) {
		i++
	}
	return i
}

// row is row i as it is shown.
func (s *Snapshot) row(i int) Row {
	r := Row{Level: s.level(i)}
	r.Available = strconv.FormatInt(r.Level.Available, 10)
	if s.Shape.BadRows == 0 || !spread(i, s.Shape.BadRows) {
		return r
	}
	switch s.draws.Below(uint64(i), "bad row", 4) {
	case 0:
		r.Available = "null"
	case 1:
		r.Available = `"n/a"`
	case 2:
		r.Available += ".5"
	case 3:
		if i == 0 {
			r.Available = "null"
			break
		}
		// The row before once more, with another figure; what should stand here is missing.
		r = Row{Level: s.level(i - 1)}
		r.Available = strconv.FormatInt(r.Level.Available+1, 10)
	}
	return r
}

// spread picks a part of all rows, evenly: exactly that part of them, however few they are.
func spread(i int, part float64) bool {
	return int64(float64(i+1)*part) > int64(float64(i)*part)
}
