package activities

import (
	"context"
	"sync/atomic"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/warehouses"
)

// staging takes a snapshot's pages into the ledger as they come.
type staging struct {
	*Fetch
	snapshot int64
	quantity inventory.QuantityField
	read     *atomic.Int64

	rows, none int // none: of rows that state that there is no level, which are passed over
	odd        inventory.Oddities
}

// page is where a source puts its rows.
func (s *staging) page(ctx context.Context, page []inventory.Row) error {
	levels := make([]inventory.Level, 0, len(page))
	var refusals []inventory.Refusal
	for _, row := range page {
		if inventory.NoLevel(row, s.quantity) {
			s.none++
			s.odd.Add(row)
			continue
		}
		level, refusal := inventory.Accept(inventory.Timely(row, s.Now()), s.quantity)
		if refusal != nil {
			refusals = append(refusals, *refusal)
			continue
		}
		levels = append(levels, level)
		s.odd.Add(row)
	}
	s.rows += len(page)
	s.read.Add(int64(len(page)))
	return s.Ledger.StageRows(ctx, s.snapshot, levels, refusals)
}

// noteOddities keeps what looks odd with the snapshot.
func (s *staging) noteOddities(ctx context.Context) error {
	list := s.odd.List()
	if len(list) == 0 {
		return nil
	}
	return s.Ledger.NoteOddities(ctx, s.snapshot, list)
}

// addOdd adds what looks odd in a snapshot to what did in those before it. A whole one says all that they would have said; and a source
// that has nothing new leaves what its last snapshot said.
func addOdd(total []inventory.Oddity, first bool, snapshot warehouses.Snapshot, result ledger.SnapshotResult) []inventory.Oddity {
	switch {
	case snapshot.Unchanged && !first:
		return total
	case snapshot.Full || snapshot.Unchanged:
		return result.Oddities
	}
	return inventory.JoinOddities(total, result.Oddities)
}

// looksOdd says in the result what looks odd.
func (r FetchResult) looksOdd(odd []inventory.Oddity) FetchResult {
	r.Odd, r.Oddities = 0, nil
	for _, one := range odd {
		r.Odd += one.Count
		r.Oddities = append(r.Oddities, one.Text)
	}
	return r
}
