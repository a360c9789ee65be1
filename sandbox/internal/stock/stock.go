// Package stock is what a sandbox warehouse holds: its true levels, consistent snapshots of them, and trade.
//
// It is made for a million rows. A row takes 24 bytes and no text; rows live in chunks that a snapshot shares with the present
// until one of them is written, so a snapshot costs a pointer for every chunk.
package stock

import (
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/tidemark/tidemark/sandbox/internal/draw"
)

// Snapshots is how many snapshots a warehouse remembers; the oldest is forgotten first.
const Snapshots = 32

// chunkRows is how many rows are copied when one of them changes after a snapshot.
const chunkRows = 1024

// row is one level.
type row struct {
	available  int64
	reportedAt int64 // microseconds since 1970
	committed  int32
	facility   uint16
}

type chunk struct {
	generation uint64 // the warehouse's when the chunk was made; an older one is shared with a snapshot
	rows       [chunkRows]row
}

// Warehouse holds levels. It is safe for concurrent use.
type Warehouse struct {
	draws      draw.Source
	now        func() time.Time
	facilities []string // one that is "" where the warehouse has none
	generated  int      // the first rows are SKU-00001 and so on, and have no name in names

	mutex      sync.Mutex
	generation uint64
	chunks     []*chunk
	count      int
	names      []string // of the rows after the generated ones
	found      map[place]int
	taken      uint64 // snapshots so far
	snapshots  []*Snapshot
	steps      uint64 // of trade so far
}

type place struct {
	sku      string
	facility uint16
}

// Level is one row as people see it.
type Level struct {
	SKU        string
	Facility   string
	Available  int64
	Committed  int64
	ReportedAt time.Time
}

// OnHand is what is there, sold or not.
func (l Level) OnHand() int64 { return l.Available + l.Committed }

// Setup describes a new warehouse.
type Setup struct {
	Facilities []string
	SKUs       int // how many are generated, spread over the facilities by the draws
	Items      []Level
}

// New makes a warehouse. Items are given by SKU and facility, each pair once.
func New(setup Setup, draws draw.Source, now func() time.Time) (*Warehouse, error) {
	w := &Warehouse{draws: draws, now: now, facilities: setup.Facilities, generated: setup.SKUs, generation: 1, found: map[place]int{}}
	if len(w.facilities) == 0 {
		w.facilities = []string{""}
	}
	at := now().UnixMicro()
	for i := range setup.SKUs {
		n := uint64(i)
		available := int64(draws.Below(n, "available", 120))
		if draws.Below(n, "sold out", 25) == 0 {
			available = 0
		}
		w.add(row{
			available: available, committed: int32(draws.Below(n, "committed", 6)),
			facility: uint16(draws.Below(n, "facility", len(w.facilities))), reportedAt: at,
		})
	}
	for _, item := range setup.Items {
		facility, err := w.facility(item.SKU, item.Facility)
		if err != nil {
			return nil, err
		}
		i, exists := w.find(item.SKU, facility)
		if !exists {
			i = w.name(item.SKU, facility)
		}
		*w.change(i) = row{available: item.Available, committed: int32(item.Committed), facility: facility, reportedAt: at}
	}
	return w, nil
}

// Facilities are the ids of the facilities.
func (w *Warehouse) Facilities() []string {
	if w.facilities[0] == "" {
		return nil
	}
	return w.facilities
}

// Count is how many levels there are.
func (w *Warehouse) Count() int {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.count
}

func (w *Warehouse) facility(sku, id string) (uint16, error) {
	for i, name := range w.facilities {
		if name == id {
			return uint16(i), nil
		}
	}
	if w.facilities[0] == "" {
		return 0, fmt.Errorf("%s names the facility %q, but the warehouse has none; leave it out", sku, id)
	}
	return 0, fmt.Errorf("%s names the facility %q; the warehouse has %q", sku, id, w.facilities)
}

// add appends a row.
func (w *Warehouse) add(r row) {
	if w.count == len(w.chunks)*chunkRows {
		w.chunks = append(w.chunks, &chunk{generation: w.generation})
	}
	w.count++
	*w.change(w.count - 1) = r
}

// name appends an empty row with a name and returns its index.
func (w *Warehouse) name(sku string, facility uint16) int {
	w.add(row{facility: facility})
	w.names = append(w.names, sku)
	w.found[place{sku, facility}] = w.count - 1
	return w.count - 1
}

// change returns row i for writing; a chunk that a snapshot shares is copied first.
func (w *Warehouse) change(i int) *row {
	at := i / chunkRows
	if w.chunks[at].generation != w.generation {
		own := *w.chunks[at]
		own.generation = w.generation
		w.chunks[at] = &own
	}
	return &w.chunks[at].rows[i%chunkRows]
}

// find returns the index of a level.
func (w *Warehouse) find(sku string, facility uint16) (int, bool) {
	if i, ok := number(sku); ok && i < w.generated && w.chunks[i/chunkRows].rows[i%chunkRows].facility == facility {
		return i, true
	}
	i, ok := w.found[place{sku, facility}]
	return i, ok
}

const prefix = "SKU-"

// appendName appends the name of generated row i: SKU-00001 and so on.
func appendName(to []byte, i int) []byte {
	to = append(to, prefix...)
	for limit := 10_000; i+1 < limit; limit /= 10 {
		to = append(to, '0')
	}
	return strconv.AppendInt(to, int64(i+1), 10)
}

// number is the index of the generated row that could have a name.
func number(sku string) (int, bool) {
	if len(sku) < len(prefix)+5 || len(sku) > len(prefix)+9 || sku[:len(prefix)] != prefix {
		return 0, false
	}
	n, err := strconv.Atoi(sku[len(prefix):])
	if err != nil || n < 1 || string(appendName(nil, n-1)) != sku {
		return 0, false
	}
	return n - 1, true
}

// Figure is a level to set.
type Figure struct {
	SKU       string
	Facility  string
	Available int64
}

// Set sets figures; unknown SKUs are added. Nothing is set when one of them names a facility that does not exist.
func (w *Warehouse) Set(figures []Figure) error {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	facilities := make([]uint16, len(figures))
	for n, figure := range figures {
		var err error
		if facilities[n], err = w.facility(figure.SKU, figure.Facility); err != nil {
			return err
		}
	}
	at := w.now().UnixMicro()
	for n, figure := range figures {
		i, exists := w.find(figure.SKU, facilities[n])
		if !exists {
			i = w.name(figure.SKU, facilities[n])
		}
		r := w.change(i)
		r.available, r.reportedAt = figure.Available, at
	}
	return nil
}
