package extensiv

import (
	"context"
	"fmt"
	"net/url"
	"strconv"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses"
)

// lots are the stock of one facility, added up by SKU. They are held until all of them were read: a sum of some of them is no
// figure. What is held grows with the SKUs of a facility, not with its lots.
type lots struct {
	facility string
	sums     map[string]int // index of the row
	rows     []inventory.Row
	counts   []int // of lots in each row
}

// fetchDetails reads the lots of one facility after the other.
func (s *source) fetchDetails(ctx context.Context, w *walk, sink warehouses.Sink) (warehouses.Snapshot, error) {
	const path = "/inventory/stockdetails"
	var stock []inventory.Row
	for _, number := range s.numbers {
		l := &lots{facility: s.facilities[number], sums: map[string]int{}}
		err := w.through(ctx, s.detailsOf(number), func(p page) error {
			for _, row := range p.rows {
				l.add(row)
			}
			return nil
		})
		if err != nil {
			return warehouses.Snapshot{}, err
		}
		stock = append(stock, l.levels()...)
	}
	if err := w.finish(); err != nil {
		return warehouses.Snapshot{}, err
	}
	if err := warehouses.Pass(ctx, stock, sink); err != nil {
		return warehouses.Snapshot{}, err
	}
	return warehouses.Snapshot{Full: true, Rows: len(stock), AsOf: w.asOf, Cursor: warehouses.WriteCursor(w.next), From: s.Endpoint + path}, nil
}

// detailsOf is the list of the lots in a facility.
func (s *source) detailsOf(number string) list {
	return list{
		path:  "/inventory/stockdetails",
		query: url.Values{"customerid": {strconv.FormatInt(s.customer, 10)}, "facilityid": {number}},
		place: facility(number),
	}
}

// add adds a lot. One that cannot be read makes the whole sum unreadable; one without a figure makes it have none.
func (l *lots) add(lot inventory.Row) {
	at, ok := l.sums[lot.SKU]
	if !ok {
		l.sums[lot.SKU] = len(l.rows)
		lot.Facility, lot.Committed = l.facility, nil // allocations are not told of lots
		l.rows, l.counts = append(l.rows, lot), append(l.counts, 1)
		return
	}
	row := &l.rows[at]
	l.counts[at]++
	if row.Problem == "" && lot.Problem != "" {
		row.Problem, row.Fault = "one of its lots, at "+lot.Place+": "+lot.Problem, lot.Fault
	}
	row.Available = sum(row.Available, lot.Available)
	row.OnHand = sum(row.OnHand, lot.OnHand)
	// Where some lots have a figure and others say that there is none, the sum is not known.
	row.NoAvailable, row.NoOnHand = row.NoAvailable && lot.NoAvailable, row.NoOnHand && lot.NoOnHand
}

// sum adds figures; none and something is none. A figure is bounded, and so many that they could overflow cannot be read.
func sum(figure, other *int64) *int64 {
	if figure == nil || other == nil {
		return nil
	}
	return new(*figure + *other)
}

// levels are the sums, each with the place of its first lot.
func (l *lots) levels() []inventory.Row {
	for i := range l.rows {
		l.rows[i].Place += fmt.Sprintf(" (sum of %d lots)", l.counts[i])
	}
	return l.rows
}
