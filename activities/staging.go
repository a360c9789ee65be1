package activities

import (
	"context"
	"sync/atomic"

	"github.com/tidemark/tidemark/crash"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/warehouses"
)

// staging stages a snapshot's pages in the ledger as they arrive. Pages that are the same as in the last snapshot are kept until one differs.
type staging struct {
	*Fetch
	snapshot int64
	quantity inventory.QuantityField
	read     *atomic.Int64
	pages    pages
	accepted accepted // the rows of the last page

	rows int // number of rows so far
	none int // of these, rows that state that there is no level, which are skipped
	odd  inventory.Oddities
}

// page takes a page of the source's rows.
func (s *staging) page(ctx context.Context, page []inventory.Row) error {
	s.accept(page)
	s.rows += len(page)
	s.none += s.accepted.none
	s.read.Add(int64(len(page)))
	same, err := s.pages.add(page, s.accepted.plain)
	if err != nil || same {
		return err
	}
	if s.pages.keeps() {
		if err := s.stageKept(ctx); err != nil {
			return err
		}
		s.accept(page)
	}
	return s.stage(ctx)
}

// stageKept stages the pages that were kept in memory.
func (s *staging) stageKept(ctx context.Context) error {
	return s.pages.release(func(page []inventory.Row) error {
		s.accept(page)
		return s.stage(ctx)
	})
}

// accepted holds a page's rows, sorted into levels and refusals.
type accepted struct {
	levels   []inventory.Level
	refusals []inventory.Refusal
	taken    []inventory.Row // the rows that were not refused
	none     int             // rows that state that there is no level
	plain    bool            // no row was refused, and no row has a time in the future, which is set to now
}

// accept sorts a page's rows into levels and refusals. They replace those of the previous page.
func (s *staging) accept(page []inventory.Row) {
	sorted := accepted{levels: s.accepted.levels[:0], refusals: s.accepted.refusals[:0], taken: s.accepted.taken[:0], plain: true}
	for _, row := range page {
		if inventory.NoLevel(row, s.quantity) {
			sorted.none++
			sorted.taken = append(sorted.taken, row)
			continue
		}
		timely := inventory.RefuseFuture(row, s.Now())
		level, refusal := inventory.Accept(timely, s.quantity)
		sorted.plain = sorted.plain && refusal == nil && timely.ReportedAt.Equal(row.ReportedAt)
		if refusal != nil {
			sorted.refusals = append(sorted.refusals, *refusal)
			continue
		}
		sorted.levels = append(sorted.levels, level)
		sorted.taken = append(sorted.taken, row)
	}
	s.accepted = sorted
}

// stage stages the rows of the last page.
func (s *staging) stage(ctx context.Context) error {
	for _, row := range s.accepted.taken {
		s.odd.Add(row)
	}
	if err := s.Ledger.StageRows(ctx, s.snapshot, s.accepted.levels, s.accepted.refusals); err != nil {
		return err
	}
	crash.At(crash.PageStaged)
	return nil
}

// noteOddities records the oddities of the snapshot.
func (s *staging) noteOddities(ctx context.Context) error {
	list := s.odd.List()
	if len(list) == 0 {
		return nil
	}
	return s.Ledger.NoteOddities(ctx, s.snapshot, list)
}

// addOdd adds a snapshot's oddities to those of the snapshots before it. A full snapshot replaces them. When the source has nothing new, the
// oddities are those of its last snapshot.
func addOdd(total []inventory.Oddity, first bool, snapshot warehouses.Snapshot, result ledger.SnapshotResult) []inventory.Oddity {
	switch {
	case snapshot.Unchanged && !first:
		return total
	case snapshot.Full || snapshot.Unchanged:
		return result.Oddities
	}
	return inventory.JoinOddities(total, result.Oddities)
}

// looksOdd returns the result with oddities.
func (r FetchResult) looksOdd(odd []inventory.Oddity) FetchResult {
	r.Odd, r.Oddities = 0, nil
	for _, oddity := range odd {
		r.Odd += oddity.Count
		r.Oddities = append(r.Oddities, oddity.Text)
	}
	return r
}
