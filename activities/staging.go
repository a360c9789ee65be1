package activities

import (
	"context"
	"sync/atomic"

	"github.com/tidemark/tidemark/crash"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/warehouses"
)

// staging takes a snapshot's pages into the ledger as they come. Those that are the same as in the last snapshot wait until one differs.
type staging struct {
	*Fetch
	snapshot int64
	quantity inventory.QuantityField
	read     *atomic.Int64
	pages    pages
	accepted accepted // of the page that came last

	rows, none int // none: of rows that state that there is no level, which are passed over
	odd        inventory.Oddities
}

// page is where a source puts its rows.
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

// stageKept stages the pages that were kept back.
func (s *staging) stageKept(ctx context.Context) error {
	return s.pages.release(func(page []inventory.Row) error {
		s.accept(page)
		return s.stage(ctx)
	})
}

// accepted is what becomes of a page's rows.
type accepted struct {
	levels   []inventory.Level
	refusals []inventory.Refusal
	taken    []inventory.Row // those that were not refused
	none     int             // rows that state that there is no level
	plain    bool            // none was refused, and none has a time that has not come, which counts as of now
}

// accept decides what becomes of a page's rows, in place of those of the page before.
func (s *staging) accept(page []inventory.Row) {
	match := accepted{levels: s.accepted.levels[:0], refusals: s.accepted.refusals[:0], taken: s.accepted.taken[:0], plain: true}
	for _, row := range page {
		if inventory.NoLevel(row, s.quantity) {
			match.none++
			match.taken = append(match.taken, row)
			continue
		}
		timely := inventory.RefuseFuture(row, s.Now())
		level, refusal := inventory.Accept(timely, s.quantity)
		match.plain = match.plain && refusal == nil && timely.ReportedAt.Equal(row.ReportedAt)
		if refusal != nil {
			match.refusals = append(match.refusals, *refusal)
			continue
		}
		match.levels = append(match.levels, level)
		match.taken = append(match.taken, row)
	}
	s.accepted = match
}

// stage stages the rows that were accepted last.
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
	for _, oddity := range odd {
		r.Odd += oddity.Count
		r.Oddities = append(r.Oddities, oddity.Text)
	}
	return r
}
