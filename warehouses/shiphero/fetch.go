package shiphero

import (
	"context"
	"net/http"
	"time"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses"
)

// Fetch reads everything, or what was updated since the source cursor.
//
// The same level twice is passed on twice, for nothing says which one counts; the ledger refuses both, and the level keeps its
// recorded value.
func (s *source) Fetch(ctx context.Context, request warehouses.Request, sink warehouses.Sink) (warehouses.Snapshot, error) {
	s = s.afresh(request.Report)
	began, cursor := s.Now(), warehouses.ReadCursor[sourceCursor](&s.Base, request.Cursor)
	switch full := request.Everything || cursor.At.IsZero(); {
	case full && !s.byPages && request.Report == nil: // a look leaves no snapshot behind
		return s.fetchFile(ctx, cursor, began, sink)
	case full:
		return s.fetchPages(ctx, cursor, began, nil, request.Cursor, sink)
	}
	return s.fetchPages(ctx, cursor, began, new(cursor.At.Add(-s.overlap)), request.Cursor, sink)
}

// afresh is the source with a reading of figures of its own, for one fetch.
func (s *source) afresh(report *warehouses.Collector) *source {
	again := *s
	again.figures = s.Reading(report, s.used())
	return &again
}

// variables are the variables of a page. What is not set is left out.
type variables struct {
	Warehouse string `json:"warehouse,omitempty"`
	Customer  string `json:"customer,omitempty"`
	Since     string `json:"since,omitempty"` // UTC
	First     int    `json:"first"`
	After     string `json:"after,omitempty"`
}

// fetchPages reads page by page what was updated since a time; all there is when there is none.
func (s *source) fetchPages(ctx context.Context, previous sourceCursor, began time.Time, since *time.Time, cursor string, sink warehouses.Sink) (
	warehouses.Snapshot, error,
) {
	turns, variables := s.pace(), variables{Warehouse: s.warehouse, Customer: s.customer, First: s.page}
	if since != nil {
		variables.Since = since.UTC().Format(time.RFC3339) // what is finer is cut off, so it is not later
	}
	read := trail{cursors: map[string]bool{}}
	var next sourceCursor
	var asOf time.Time
	var memory []inventory.Row
	for number := 1; number <= s.MaxPages; number++ {
		p, header, err := s.levels(ctx, turns, number, variables, memory)
		if err != nil {
			return warehouses.Snapshot{}, err
		}
		if number == 1 {
			if next, asOf, err = s.begin(previous, began, header); err != nil {
				return warehouses.Snapshot{}, err
			}
		}
		if err := s.prove(number, p, &read); err != nil {
			return warehouses.Snapshot{}, err
		}
		if err := warehouses.Pass(ctx, p.rows, sink); err != nil {
			return warehouses.Snapshot{}, err
		}
		if !p.more {
			if err := s.finish(read.seen); err != nil {
				return warehouses.Snapshot{}, err
			}
			if since != nil && read.rows == 0 {
				return warehouses.Snapshot{Unchanged: true, Cursor: cursor, From: s.Endpoint}, nil
			}
			return warehouses.Snapshot{Full: since == nil, Rows: read.rows, AsOf: asOf, Cursor: warehouses.WriteCursor(next), From: s.Endpoint}, nil
		}
		memory, variables.After = p.rows, p.cursor
	}
	return warehouses.Snapshot{}, s.Endless("page")
}

// trail is what was read of a fetch so far. It does not grow with the rows, only by a text or two for each page.
type trail struct {
	seen
	cursors  map[string]bool // that led to a page
	products warehouses.Overlap[string]
}

// prove checks that a page continues the ones before it.
//
// ShipHero does not count what there is, and its list is not frozen while it is read. What moves on to the next page is seen
// twice, which is noticed here; what moves back is not seen: it counts as missing in a full fetch, and in a smart one it was
// updated after the fetch began, so the next one brings it.
func (s *source) prove(number int, p page, read *trail) error {
	switch {
	case p.more && p.count == 0:
		return s.Unbelieved(warehouses.Page(number), "it is empty, and not the last page")
	case p.more && read.cursors[p.cursor]:
		return s.Unbelieved(warehouses.Page(number), "its endCursor leads back to a page that was read already")
	}
	read.cursors[p.cursor] = true
	if moved := read.products.Moved(p.ids, func(string) string { return "a product" }); moved != "" {
		return s.Unbelieved(warehouses.Page(number), "%s", moved)
	}
	read.merge(p.seen)
	return nil
}

// finish checks what only the whole can tell.
func (s *source) finish(read seen) error {
	if read.foreign {
		return warehouses.NeedsPerson(nil,
			"warehouse %s: warehouse_id is %q, and there are products of another warehouse among the answers; nothing of the snapshot was taken", s.ID, s.warehouse)
	}
	if read.several {
		return warehouses.NeedsPerson(nil,
			"warehouse %s: there is stock of several customers, whose SKUs may be the same; set customer_account_id; nothing of the snapshot was taken", s.ID)
	}
	return s.Renamed(read.rows, "", warehouses.Member{Name: "sku", Given: read.sku}, warehouses.Member{Name: "available", Given: read.available})
}

// levels asks for one page.
func (s *source) levels(ctx context.Context, turns *pace, number int, variables variables, memory []inventory.Row) (page, http.Header, error) {
	response, err := s.ask(ctx, turns, "warehouse_products", levelsDocument, variables)
	if err != nil {
		return page{}, nil, err
	}
	p, err := decodePage(response.Body, number, s.warehouse, s.figures, memory)
	if err != nil {
		return page{}, nil, s.Unbelieved(warehouses.Page(number), "%v", err)
	}
	return p, response.Header, nil
}
