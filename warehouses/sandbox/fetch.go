package sandbox

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/warehouses"
)

// sourceCursor is the last snapshot that was recorded. The warehouse takes a new one for every fetch, so a known one can only come from
// something between us that answers from memory.
type sourceCursor struct {
	Snapshot string    `json:"snapshot"`
	AsOf     time.Time `json:"as_of"`
}

// Fetch reads a whole snapshot. The warehouse has no deltas, so Request.Everything changes nothing.
func (s *source) Fetch(ctx context.Context, request warehouses.Request, sink warehouses.Sink) (warehouses.Snapshot, error) {
	s = s.afresh(request.Report)
	var previous sourceCursor
	if json.Unmarshal([]byte(request.Cursor), &previous) != nil {
		previous = sourceCursor{}
	}
	var first page
	var memory []inventory.Row
	cursor, cursors, rows := "", map[string]bool{}, int64(0)
	for number := 1; number <= s.MaxPages; number++ {
		p, err := s.levels(ctx, number, cursor, s.page, memory)
		if err != nil {
			return warehouses.Snapshot{}, err
		}
		if number == 1 {
			first = p
			if p.snapshot == previous.Snapshot && p.asOf.Equal(previous.AsOf) {
				return warehouses.Snapshot{Unchanged: true, Full: true, AsOf: p.asOf, Cursor: request.Cursor, From: s.Endpoint}, nil
			}
		}
		rows += int64(len(p.rows))
		if err := s.prove(number, first, p, rows, cursors); err != nil {
			return warehouses.Snapshot{}, err
		}
		if len(p.rows) > 0 {
			if err := sink(ctx, p.rows); err != nil {
				return warehouses.Snapshot{}, err
			}
		}
		if p.next == "" {
			return s.snapshot(first, rows), nil
		}
		memory, cursor = p.rows, p.next
	}
	return warehouses.Snapshot{}, s.Endless("page")
}

// afresh is the source with a reading of its own, for one fetch.
func (s *source) afresh(report *warehouses.Collector) *source {
	again := *s
	again.figures = s.Reading(report, s.used())
	return &again
}

// prove checks that a page continues the snapshot that the first page began, and that the last one completes it.
func (s *source) prove(number int, first, p page, rows int64, cursors map[string]bool) error {
	switch {
	case p.snapshot != first.snapshot || !p.asOf.Equal(first.asOf) || p.total != first.total:
		return s.Unbelieved(warehouses.Page(number), "it belongs to another snapshot than the first page")
	case rows > first.total:
		return s.Unbelieved(warehouses.Page(number), "there are more rows than the %d that the first page promised", first.total)
	case p.next == "" && rows != first.total:
		return s.Unbelieved(warehouses.Page(number), "it is the last page, and there were %d rows of %d", rows, first.total)
	case p.next != "" && len(p.rows) == 0:
		return s.Unbelieved(warehouses.Page(number), "it is empty, and not the last page")
	case p.next != "" && cursors[p.next]:
		return s.Unbelieved(warehouses.Page(number), "its cursor leads back to a page that was read already")
	}
	cursors[p.next] = true
	return nil
}

func (s *source) snapshot(first page, rows int64) warehouses.Snapshot {
	return warehouses.Snapshot{
		Full: true, Rows: int(rows), AsOf: s.NotAhead(first.asOf), Cursor: warehouses.WriteCursor(sourceCursor{Snapshot: first.snapshot, AsOf: first.asOf}),
		From: s.Endpoint,
	}
}

// levels asks for one page.
func (s *source) levels(ctx context.Context, number int, cursor string, limit int, memory []inventory.Row) (page, error) {
	query := url.Values{"limit": {strconv.Itoa(limit)}}
	if cursor != "" {
		query.Set("cursor", cursor)
	}
	response, err := s.get(ctx, "/levels?"+query.Encode())
	if err != nil {
		return page{}, err
	}
	p, err := decodePage(response.Body, number, s.figures, memory)
	if err != nil {
		return page{}, s.Unbelieved(warehouses.Page(number), "%v", err)
	}
	return p, nil
}

// get makes one call and returns only answers with status 200.
func (s *source) get(ctx context.Context, path string) (outbound.Response, error) {
	return s.Call(ctx, http.MethodGet, s.Endpoint+path, outbound.Bearer(s.token), nil, s.refused)
}
