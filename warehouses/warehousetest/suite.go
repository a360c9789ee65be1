// Package warehousetest is the contract of warehouses.Source as tests. Every driver runs it against a fake of its warehouse:
//
//	func TestConformance(t *testing.T) {
//		warehousetest.Run(t, warehousetest.Subject{Driver: driver.Driver(), Start: start})
//	}
//
// The fake speaks the warehouse's form correctly until a fault is provoked. What a warehouse cannot show is excused with a
// reason, and the reason is shown.
package warehousetest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
)

// Credential is what the fake takes for its secret, where it has one; no error and no finding may hold it.
const Credential = "canary-credential-81c4"

// Item is one row of a fake warehouse.
type Item struct {
	SKU      string
	Facility string
	// Available is the figure as the warehouse's form writes it ("12" both in CSV and in JSON); empty leaves it out.
	Available string
	// ReportedAt is the row's own time, in RFC 3339, where the warehouse's form has one; empty leaves it to the fake.
	ReportedAt string
}

// Subject is a driver under test.
type Subject struct {
	// Driver opens the warehouse.
	Driver warehouses.Driver
	// Here is true when nothing is called, for the files are on this machine.
	Here bool
	// Start starts a fresh fake of the warehouse with this stock, in pages of at most PageRows rows; it ends with the test.
	Start func(t testing.TB, stock []Item) Warehouse
	// Unreadable are figures in the warehouse's form that must be refused, besides those of the suite, by a name.
	Unreadable map[string]string
	// Excused says of faults that the warehouse's form cannot show, why not.
	Excused map[Fault]string
}

// Warehouse is a running fake.
type Warehouse interface {
	// Open returns a new source that reads the fake, with Credential.
	Open(t testing.TB) warehouses.Source
	// OpenWith returns a new source with other settings on top.
	OpenWith(t testing.TB, other map[string]any) warehouses.Source
	// Settings are those with which the driver is opened, with others on top.
	Settings(other map[string]any) settings.Values
	// Set replaces the stock.
	Set(t testing.TB, stock []Item)
	// Provoke gives every later fetch a fault, until the next Provoke; None ends it.
	Provoke(t testing.TB, fault Fault)
	// Date has the warehouse state that its figures are of a time, in whole seconds; a time of zero has it state none.
	Date(t testing.TB, at time.Time)
}

// PageRows is the most rows that a source under test may pass on at once.
const PageRows = 1000

// Fault is something that goes wrong at a warehouse.
type Fault string

// The faults.
const (
	None         Fault = "none"
	BreaksOff    Fault = "breaks off"   // in the middle of a row, after rows were passed on
	Truncated    Fault = "truncated"    // ends early, as if that were the end
	Repeats      Fault = "repeats"      // a page leads back to itself
	Unauthorised Fault = "unauthorised" // the credential is not accepted
	Redirects    Fault = "redirects"    // to another address
	Throttles    Fault = "throttles"
	ServerError  Fault = "falters" // a fault of the server
	Garbage      Fault = "garbage" // something else than the warehouse's form, as if it were right
)

// What a warehouse's form may lack; to be excused like a fault.
const (
	Undated      Fault = "states no time of its figures" // a form that always states one
	RowsWithTime Fault = "rows with a time of their own" // a form whose rows have none
)

// faults are what should happen next after each fault.
var faults = map[Fault][]warehouses.Next{
	BreaksOff:    {warehouses.Retry},
	Truncated:    {warehouses.Retry},
	Repeats:      {warehouses.Retry},
	Unauthorised: {warehouses.AskPerson},
	Redirects:    {warehouses.AskPerson},
	Throttles:    {warehouses.Wait},
	ServerError:  {warehouses.Retry},
	Garbage:      {warehouses.Retry, warehouses.AskPerson},
}

// Run tests a driver. The caller must not be parallel: the first tests watch goroutines and memory, and run by themselves.
func Run(t *testing.T, subject Subject) {
	t.Helper()
	t.Run("leaves no goroutine", subject.leavesNoGoroutine)
	t.Run("memory does not grow with the stock", subject.memoryIsBounded)
	for name, test := range map[string]func(*testing.T){
		"the whole stock arrives once":    subject.arrivesOnce,
		"an empty stock":                  subject.empty,
		"unreadable figures are refused":  subject.refusesFigures,
		"a negative figure is kept":       subject.keepsNegatives,
		"whole numbers with decimals":     subject.wholeDecimals,
		"figures that are codes":          subject.codes,
		"SKUs that are undressed":         subject.undresses,
		"SKUs that clash undressed":       subject.reportsClashes,
		"SKUs are opaque":                 subject.keepsSKUs,
		"texts that are not text":         subject.refusesBytes,
		"facilities that are not text":    subject.refusesPlaces,
		"the source cursor":               subject.sourceCursor,
		"everything":                      subject.everything,
		"a foreign cursor":                subject.foreignCursor,
		"cancelled before":                subject.cancelledBefore,
		"cancelled while reading":         subject.cancelledWhile,
		"the error of the sink":           subject.sinkError,
		"several fetches at once":         subject.atOnce,
		"check":                           subject.check,
		"a report":                        subject.report,
		"a report of refused rows":        subject.reportsRefused,
		"a report that is enough":         subject.reportEnds,
		"as of when its rows count":       subject.asOf,
		"a clock that is ahead":           subject.clockAhead,
		"rows with a time of their own":   subject.rowTimes,
		"addresses that are refused":      subject.reach,
		"a fault does not outlive itself": subject.recovers,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t)
		})
	}
	RunRefusals(t, subject.intake())
	for fault, next := range faults {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			if reason, ok := subject.Excused[fault]; ok {
				t.Logf("excused: %s", reason)
				return
			}
			subject.fails(t, fault, next)
		})
	}
}

// Stock makes so many rows, in two facilities.
func Stock(rows int) []Item {
	stock := make([]Item, rows)
	for i := range stock {
		stock[i] = Item{SKU: fmt.Sprintf("SKU-%07d", i), Facility: []string{"east", "west"}[i%2], Available: fmt.Sprint(i % 97)}
	}
	return stock
}

// fetched is what a fetch passed on.
type fetched struct {
	rows  []inventory.Row
	calls int
}

// sink keeps a copy of the rows, for their slice is not ours.
func (f *fetched) sink(_ context.Context, rows []inventory.Row) error {
	f.rows = append(f.rows, slices.Clone(rows)...)
	f.calls++
	return nil
}

// whole fetches and expects no error.
func whole(t *testing.T, source warehouses.Source, request warehouses.Request) (fetched, warehouses.Snapshot) {
	t.Helper()
	var got fetched
	snapshot, err := source.Fetch(t.Context(), request, got.sink)
	require.NoError(t, err)
	require.Len(t, got.rows, snapshot.Rows, "Rows counts what was passed on")
	return got, snapshot
}

// requireStock checks that the rows are the stock, in its order, and acceptable.
func requireStock(t *testing.T, stock []Item, rows []inventory.Row) {
	t.Helper()
	require.Len(t, rows, len(stock))
	places := map[string]bool{}
	for i, row := range rows {
		level, refusal := inventory.Accept(row, inventory.QuantityAvailable)
		require.Nil(t, refusal, "%s: %v", row.Place, refusal)
		require.Equal(t, stock[i], Item{SKU: level.SKU, Facility: level.Facility, Available: fmt.Sprint(level.Available)})
		require.NotEmpty(t, row.Place)
		require.False(t, places[row.Place], "two rows stand at %s", row.Place)
		places[row.Place] = true
	}
}
