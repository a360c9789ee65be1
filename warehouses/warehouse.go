// Package warehouses is the port to the systems that report stock.
//
// A source reads; it does not judge. It streams rows page by page, in the source's order, and says at the end whether it
// saw the whole of what the warehouse had to say. Whether rows are believed, and whether the snapshot may change anything,
// is decided by the domain and the ledger.
package warehouses

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/settings"
)

// Request is what a fetch is asked for.
type Request struct {
	// Cursor is what the source returned with the last snapshot that was recorded; empty at first. It is the source's own and
	// opaque to everyone else: file hashes, a cursor, a time.
	Cursor string
	// Everything asks for the whole stock even where the source could tell only what changed. Content that was already read
	// may still be skipped when it is provably the same.
	Everything bool
	// Report collects what is found beside the rows, where a person checks a warehouse; nil in a run. Such a fetch leaves nothing behind at
	// the warehouse.
	Report *Collector
}

// Snapshot is the end of a fetch: what was read, and proof that it was whole.
type Snapshot struct {
	// Full is true when the snapshot names every SKU that the warehouse has; false for a delta, which says nothing about
	// SKUs that it does not name.
	Full bool
	// Unchanged is true when the source had nothing that was not read before; no rows were passed on.
	Unchanged bool
	// Rows is how many rows were passed on, refused ones included.
	Rows int
	// AsOf is when the warehouse took the snapshot; zero when it does not say.
	AsOf time.Time
	// More is true when another fetch, asked with this snapshot's Cursor, would have more to read now: a folder in which several
	// files wait is read one file a snapshot, so that each is recorded, or held, by itself.
	More bool
	// Cursor is kept by the ledger when the snapshot is recorded and comes back in the next Request.
	Cursor string
	// From names what was read, for people: file names, an address.
	From string
}

// Sink takes rows as they are read. It is called from one goroutine; the slice is not used after the call returns.
type Sink func(ctx context.Context, rows []inventory.Row) error

// Source reads one warehouse.
type Source interface {
	// Fetch streams the warehouse's rows into sink. It returns a Snapshot only when everything was read to the proven end;
	// any doubt (a short file, a repeated page, a count that does not match) is an error, and nothing is recorded.
	Fetch(ctx context.Context, request Request, sink Sink) (Snapshot, error)
	// Check proves credentials and one read without changing anything.
	Check(ctx context.Context) (Finding, error)
}

// Finding is what Check found, for people.
type Finding struct {
	Facilities []string
	Sample     []inventory.Row // a few rows as they would be read
	Notes      []string
}

// Setting is a line of a warehouse's settings.
type Setting struct {
	Name  string `json:"name"`
	Value any    `json:"value"` // string, bool, int64, []string or map[string]string
}

// Driver opens sources of one kind. Drivers are listed in warehouses/all.
type Driver struct {
	Spec  settings.Spec
	Files bool // it reads files, which may be read again without a cost to anybody
	Open  func(warehouse string, values settings.Values, environment settings.Environment) (Source, error)
}

// NewDriver returns the driver of sources with an HTTP API. Settings that are not right are refused before a source is opened.
func NewDriver(spec settings.Spec, open func(base Base, values settings.Values, environment settings.Environment) (Source, error)) Driver {
	return Driver{Spec: spec, Open: func(warehouse string, given settings.Values, environment settings.Environment) (Source, error) {
		base, values, err := NewBase(spec, warehouse, given, environment, 0)
		if err != nil {
			return nil, err
		}
		return open(base, values, environment)
	}}
}

// Drivers are drivers by their names.
type Drivers map[string]Driver

// ErrNoDriver: a warehouse's driver is not one of those that this program has.
var ErrNoDriver = errors.New("no such driver")

// Open opens a warehouse with the driver that it names. Its error says what to correct.
func (d Drivers) Open(driver, warehouse string, values settings.Values, environment settings.Environment) (Source, error) {
	existing, ok := d[driver]
	if !ok {
		return nil, ErrNoDriver
	}
	return existing.Open(warehouse, values, environment)
}

// Next is what should happen after a fetch failed.
type Next int

// What should happen next.
const (
	Retry     Next = iota // the source had a fault that may pass; try again
	Wait                  // throttled; wait until Error.Until
	AskPerson             // credentials, configuration or a source that breaks its own format: a person must act
)

// Error is a fetch that failed. Its message names the place and never holds a credential.
type Error struct {
	Next   Next
	Until  time.Time // for Wait
	Reason string    // what happened, where (file:line, address, page), and what to do
	Cause  error
	Mends  []Setting // settings of which each would mend it, as far as can be told; mostly none
}

func (e *Error) Error() string {
	if e.Cause != nil {
		return fmt.Sprintf("%s: %v", e.Reason, e.Cause)
	}
	return e.Reason
}

func (e *Error) Unwrap() error { return e.Cause }
